// The map of doors: the one place that mounts them, in order, behind the guards all of them share.
import { OpenAPIHono } from '@hono/zod-openapi'
import packageJson from '../package.json' with { type: 'json' }
import { AppError } from './core/context.ts'
import { deskDoors } from './dashboard/shell.tsx'
import { demoDoors } from './demo/article.tsx'
import { adminApi } from './http/admin.ts'
import { assetDoors } from './http/assets.ts'
import type { AppEnv } from './http/door.ts'
import { feedDoors } from './http/feeds.ts'
import { introduce, readBody, secureHeaders } from './http/guards.ts'
import { createHotRoad } from './http/hot.ts'
import { createGate, createRateLimiter, type Gate } from './http/limits.ts'
import { measured } from './http/meter.ts'
import { describeApi, opsDoors } from './http/ops.tsx'
import { answerProblem } from './http/problem.ts'
import { publicApi } from './http/public.ts'
import { readingDoors } from './http/reading/doors.tsx'
import type { Services } from './services.ts'

/** The application: give it a Request and what the host knows of it, it answers a Response. `routes` names every door, for tests. */
export type App = {
  fetch(request: Request, host: AppEnv['Bindings']): Response | Promise<Response>
  routes: readonly { method: string; path: string }[]
}

/** The whole application over a host's services; `gate` is given where several processes share their limits. */
export function createApp(services: Services, gate: Gate = createGate(() => performance.now())): App {
  const app = new OpenAPIHono<AppEnv>()
  const limiter = createRateLimiter(gate, (bucket) => services.meters.refusals.add(bucket))
  app.use(measured(services.meters), introduce(services, gate.weigh), secureHeaders(services.config), readBody)
  app.onError((error, c) => answerProblem(c, error))
  app.notFound((c) => answerProblem(c, new AppError('not_found')))

  // Staff before readers: "/api/v1/sites/…" must not be asked for CORS on behalf of "/api/v1/admin/sites/…".
  app.route('/', adminApi())
  app.route('/', publicApi(limiter))
  app.route('/', assetDoors())
  app.route('/', readingDoors(limiter))
  app.route('/', feedDoors())
  app.route('/', deskDoors(limiter))
  if (services.config.demo) app.route('/', demoDoors())
  app.route(
    '/',
    opsDoors(services, packageJson.version, () => describeApi(app, packageJson.version)),
  )

  const hotRoad = createHotRoad(services)
  const onItsTurn = (request: Request, host: AppEnv['Bindings']) => {
    const turn = host.turn?.() ?? null
    return turn === null ? app.fetch(request, host) : turn.then(() => app.fetch(request, host))
  }
  return {
    routes: app.routes,
    fetch(request, host) {
      const { url } = request
      const header = host.header ?? ((name) => request.headers.get(name) ?? undefined)
      const hot = hotRoad(request.method, url.slice(url.indexOf('/', 8)), header)
      if (hot === null) return onItsTurn(request, host)
      return hot instanceof Promise ? hot.then((answer) => answer ?? app.fetch(request, host)) : hot
    },
  }
}
