// What keeps the doors from being overrun: a token bucket for each kind of request and network, and the scale that posts are put on. Of
// several processes the primary has the memory and the others ask it, so that a limit stays what it says.
import { type Asked, createBuckets, createScale, type Networks, type Verdict, type Weigh } from '../core/abuse/pressure.ts'
import { AppError } from '../core/context.ts'

/** What is limited, by network: `burst` at once, then `perMinute`. Generous, since a whole office can share one address. */
const BUCKETS = {
  write: { burst: 30, perMinute: 30 },
  like: { burst: 120, perMinute: 120 },
  report: { burst: 10, perMinute: 10 },
  nudge: { burst: 30, perMinute: 30 },
  receipt: { burst: 30, perMinute: 30 },
  // Each sign-in takes two, and an office begins its day at one time; what one account may be tried is counted in attempts.ts.
  signin: { burst: 40, perMinute: 40 },
  page: { burst: 300, perMinute: 300 },
  challenge: { burst: 60, perMinute: 60 },
  answer: { burst: 10, perMinute: 4 },
} as const
export type Bucket = keyof typeof BUCKETS

/** How many times a /48 may what one of its networks may. */
const WIDE_FACTOR = 4

/** The memory of all limits, here or in another process. */
export type Gate = {
  /** Takes one token for a network and gives the seconds to wait for the next, 0 when there was one. */
  take(bucket: Bucket, networks: Networks): number | Promise<number>
  weigh: Weigh
}
/** Takes one token, or throws `rate_limited` with the seconds to wait. */
export type RateLimiter = (bucket: Bucket, networks: Networks) => Promise<void>

/** What one process asks of the one that has the memory, as plain data. */
export type Question = { kind: 'take'; bucket: Bucket; networks: Networks } | { kind: 'weigh'; asked: Asked }

/** A gate with a memory of its own. */
export function createGate(monotonicMs: () => number): { take(bucket: Bucket, networks: Networks): number; weigh(asked: Asked): Verdict } {
  const take = createBuckets(monotonicMs)
  return {
    take(bucket, { network, wide }) {
      const { burst, perMinute } = BUCKETS[bucket]
      const { wait } = take(`${bucket} ${network}`, { burst, perMinute }, 1)
      if (wide === null) return wait
      return Math.max(wait, take(`${bucket} ${wide}`, { burst: burst * WIDE_FACTOR, perMinute: perMinute * WIDE_FACTOR }, 1).wait)
    },
    weigh: createScale(monotonicMs),
  }
}

/** Answers another process's question by a gate of this one. */
export function answerTo(gate: ReturnType<typeof createGate>, question: Question): number | Verdict {
  return question.kind === 'take' ? gate.take(question.bucket, question.networks) : gate.weigh(question.asked)
}

/** The gate of a process that asks another; `ask` carries a question there and back. */
export function createRemoteGate(ask: (question: Question) => Promise<unknown>): Gate {
  return {
    take: async (bucket, networks) => Number(await ask({ kind: 'take', bucket, networks })),
    weigh: async (asked) => (await ask({ kind: 'weigh', asked })) as Verdict,
  }
}

/** A limiter over a gate; `refused` is told of each refusal. */
export function createRateLimiter({ take }: Pick<Gate, 'take'>, refused: (bucket: Bucket) => void = () => {}): RateLimiter {
  return async (bucket, networks) => {
    const seconds = await take(bucket, networks)
    if (seconds === 0) return
    refused(bucket)
    throw new AppError('rate_limited', { retryAfter: seconds, values: { n: seconds } })
  }
}
