// Measures every request by its route's pattern. The hot path pays for two map entries; nothing of the request is kept.
import type { MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import type { Meters } from '../lib/meters.ts'
import type { AppEnv } from './door.ts'

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** The guard that stands before all others. */
export function measured(meters: Meters): MiddlewareHandler<AppEnv> {
  return async (c, next) => {
    const startedAt = performance.now()
    await next()
    const route = matchedRoutes(c).findLast(({ method }) => method !== 'ALL')?.path ?? 'none'
    measure(meters, { method: c.req.method, route, status: c.res.status, ms: performance.now() - startedAt })
  }
}

/** Counts one answered request; for answers given outside the app's own chain. */
export function measure(meters: Meters, answer: { method: string; route: string; status: number; ms: number }): void {
  meters.requests.add(METHODS.has(answer.method) ? answer.method : 'other', answer.route, `${Math.floor(answer.status / 100)}xx`)
  meters.durations.observe(answer.ms / 1_000, answer.route)
}
