// Ready bytes that the isolates of one Cloudflare location share, in a cache of their own. On workers.dev the platform keeps
// nothing there, and every isolate builds for itself.
import { sha256 } from '../lib/crypto.ts'
import type { SharedBytes } from '../services.ts'

const CACHE = 'ykien-ready'
/** A key names a state of the database, so its bytes hold for ever; the cache drops what nobody asks for much sooner. */
const KEPT_SECONDS = 86_400

/** The shared bytes of this deployment: another version of the program, which may write an answer otherwise, has other names. */
export function sharedBytes(baseUrl: string, version: string): SharedBytes {
  // The service's own host, so that the platform need not look another one up. The name is a hash: keys are of any length.
  const addressOf = (key: string) => `${baseUrl}/ready/${sha256(`${version}\n${key}`)}`
  return {
    async get(key) {
      const cache = await caches.open(CACHE)
      const kept = await cache.match(addressOf(key))
      return kept ? new Uint8Array(await kept.arrayBuffer()) : null
    },
    async put(key, bytes) {
      const cache = await caches.open(CACHE)
      const headers = { 'content-type': 'application/octet-stream', 'cache-control': `public, max-age=${KEPT_SECONDS}` }
      await cache.put(addressOf(key), new Response(bytes, { headers }))
    },
  }
}
