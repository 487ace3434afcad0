// Rate limits per network: token buckets in this process's memory, on a clock that cannot be set back.
// Not for: bans, challenges and limits that several processes share; those are screening's.
import { AppError } from '../core/context.ts'

/** What is limited: `burst` at once, then `perMinute`. Generous, since a whole office can share one address. */
const BUCKETS = {
  write: { burst: 30, perMinute: 30 },
  like: { burst: 120, perMinute: 120 },
  report: { burst: 10, perMinute: 10 },
  nudge: { burst: 30, perMinute: 30 },
  receipt: { burst: 30, perMinute: 30 },
  signin: { burst: 10, perMinute: 10 },
} as const
export type Bucket = keyof typeof BUCKETS

/** Networks remembered at most; beyond it those idle longest are forgotten, so that memory is bounded under attack. */
const MAX_NETWORKS = 50_000
const MINUTE_MS = 60_000

export type RateLimiter = (bucket: Bucket, network: string) => void

/** A limiter with a memory of its own. Calling it takes one token, or throws `rate_limited` with the seconds to wait, after `refused`. */
export function createRateLimiter(monotonicMs: () => number, refused: (bucket: Bucket) => void = () => {}): RateLimiter {
  const levels = new Map<string, { tokens: number; at: number }>()
  return (bucket, network) => {
    const { burst, perMinute } = BUCKETS[bucket]
    const key = `${bucket} ${network}`
    const at = monotonicMs()
    const before = levels.get(key)
    const tokens = before ? Math.min(burst, before.tokens + ((at - before.at) / MINUTE_MS) * perMinute) : burst
    // Taken out and put back, so that the map's order is that of last use.
    levels.delete(key)
    levels.set(key, { tokens: tokens < 1 ? tokens : tokens - 1, at })
    if (levels.size > MAX_NETWORKS) levels.delete(levels.keys().next().value ?? '')
    if (tokens < 1) {
      refused(bucket)
      const seconds = Math.ceil(((1 - tokens) / perMinute) * 60)
      throw new AppError('rate_limited', { retryAfter: seconds, values: { n: seconds } })
    }
  }
}
