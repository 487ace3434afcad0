// The Cloudflare Workers host: D1, static assets by binding, settings from the worker's variables.
import { waitUntil } from 'cloudflare:workers'
import type { D1Database, Fetcher, WorkerVersionMetadata } from '@cloudflare/workers-types'
import { parseConfig } from '../config.ts'
import { createMeters } from '../lib/meters.ts'
import type { Services } from '../services.ts'
import { openD1 } from '../storage/d1.ts'
import { meteredStore } from '../storage/metered.ts'
import { createHasher } from './hashing.ts'
import { createIds } from './id.ts'
import { fetchOut } from './outgoing.ts'
import { sharedBytes } from './place.ts'

export type WorkerEnv = { DB: D1Database; ASSETS: Fetcher; VERSION: WorkerVersionMetadata } & Record<string, unknown>

/**
 * Everything the product needs of this host, for the life of an isolate: what it keeps (ready bytes, limits, meters) serves many
 * requests; each of them gets a D1 session of its own. Throws ConfigError; YKIEN_SECRET and YKIEN_BASE_URL must be set.
 */
export function workerServices(env: WorkerEnv): Services {
  const texts = Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
  const config = parseConfig(texts, () => {
    throw new Error('YKIEN_SECRET: set it with "wrangler secret put YKIEN_SECRET"')
  })
  const meters = createMeters()
  return {
    store: meteredStore(openD1(env.DB), meters),
    config,
    log: (event) => console.error(JSON.stringify({ at: new Date().toISOString(), ...event })),
    now: () => new Date(),
    newId: createIds(Date.now),
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    hashPassword: createHasher(),
    fetchOut,
    // The edge compresses what leaves it, and so keeps one form of each answer.
    compress: null,
    shared: sharedBytes(config.baseUrl, env.VERSION.id),
    background: waitUntil,
    asset: async (path) => {
      const response = await env.ASSETS.fetch(new URL(path, 'https://assets.invalid/').href)
      if (!response.ok) return null
      const body = new Uint8Array(await response.arrayBuffer())
      return {
        body,
        type: response.headers.get('content-type') ?? 'application/octet-stream',
        etag: response.headers.get('etag') ?? `"${body.length}"`,
      }
    },
    // The cron trigger sweeps, and readers settle what is due; an isolate has no timer that outlives its request.
    nudge: () => {},
    meters,
    anchor: null,
    pause: () => new Promise((resolve) => setTimeout(resolve)),
    isDraining: () => false,
  }
}
