// Rate limits per network: token buckets in memory, on a clock that cannot be set back. Of several processes the primary has the
// memory and the others ask it, so that a limit stays what it says. Not for: bans and challenges; those are screening's.
import { AppError } from '../core/context.ts'

/** What is limited: `burst` at once, then `perMinute`. Generous, since a whole office can share one address. */
const BUCKETS = {
  write: { burst: 30, perMinute: 30 },
  like: { burst: 120, perMinute: 120 },
  report: { burst: 10, perMinute: 10 },
  nudge: { burst: 30, perMinute: 30 },
  receipt: { burst: 30, perMinute: 30 },
  // Each sign-in takes two, and an office begins its day at one time; what one account may be tried is counted in attempts.ts.
  signin: { burst: 40, perMinute: 40 },
} as const
export type Bucket = keyof typeof BUCKETS

/** Networks remembered at most; beyond it those idle longest are forgotten, so that memory is bounded under attack. */
const MAX_NETWORKS = 50_000
const MINUTE_MS = 60_000

/** Takes one token for a network and gives the seconds to wait for the next, 0 when there was one. */
export type Allowance = (bucket: Bucket, network: string) => number | Promise<number>
/** Takes one token, or throws `rate_limited` with the seconds to wait. */
export type RateLimiter = (bucket: Bucket, network: string) => Promise<void>

/** An allowance with a memory of its own. */
export function createAllowance(monotonicMs: () => number): (bucket: Bucket, network: string) => number {
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
    return tokens < 1 ? Math.ceil(((1 - tokens) / perMinute) * 60) : 0
  }
}

/** A limiter over an allowance, here or in another process; `refused` is told of each refusal. */
export function createRateLimiter(allowance: Allowance, refused: (bucket: Bucket) => void = () => {}): RateLimiter {
  return async (bucket, network) => {
    const seconds = await allowance(bucket, network)
    if (seconds === 0) return
    refused(bucket)
    throw new AppError('rate_limited', { retryAfter: seconds, values: { n: seconds } })
  }
}
