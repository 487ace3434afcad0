// How hard a site is being written to, by address, browser, article, site and service: token buckets in memory, on a clock that cannot
// be set back. Of several processes the primary has the memory. Not for: what is asked of a writer then (admit.ts).

/** A bucket holds `burst` and gains `perMinute`. */
type Size = { burst: number; perMinute: number }

/**
 * What one scope may send without being asked for anything (`easy`), and beyond what it is told to wait (`far`). The reasons for each
 * number are in docs/abuse.md.
 */
export const SCOPES = {
  /** An IPv4 address or IPv6 /64: a household, an office, or a carrier's shared address with a town behind it. */
  address: { easy: { burst: 20, perMinute: 20 }, far: { burst: 300, perMinute: 300 } },
  /** An IPv6 /48: one holder of 65,536 networks, or as many telephones of a carrier. */
  wide: { easy: { burst: 200, perMinute: 200 }, far: { burst: 3_000, perMinute: 3_000 } },
  /** A browser's own token: one person, who types. */
  reader: { easy: { burst: 6, perMinute: 4 }, far: { burst: 40, perMinute: 20 } },
  /** An article: beyond it flood mode begins, which ends once the bucket is half full again. */
  article: { easy: { burst: 40, perMinute: 20 }, far: null },
  /** A ward's whole portal. */
  site: { easy: { burst: 120, perMinute: 60 }, far: { burst: 3_000, perMinute: 3_000 } },
  /** Everything this service takes. */
  service: { easy: { burst: 1_200, perMinute: 1_200 }, far: { burst: 12_000, perMinute: 12_000 } },
} as const satisfies Record<string, { easy: Size; far: Size | null }>
export type Scope = keyof typeof SCOPES

/** Where being busy means that the service has more to do than usual; each makes the challenge twice as hard. */
const HARDER: ReadonlySet<Scope> = new Set(['article', 'site', 'service'])

/** Times one solved challenge may be shown before it costs its site anything: a retry on a bad line is honest, a hundred are not. */
const SHOWN: Size = { burst: 5, perMinute: 1 }
/** How often at most a flood that goes on is written down. */
const TOLD_EVERY_MS = 15_000
/** Buckets remembered at most; beyond it those idle longest are forgotten, so that memory is bounded under attack. */
const MAX_BUCKETS = 200_000
const MINUTE_MS = 60_000

/** Where a request comes from, as far as it is counted: the IPv4 address or IPv6 /64, and the /48 around that, null for IPv4. */
export type Networks = { network: string; wide: string | null }

/**
 * A post as it is weighed. `wide` is null for IPv4, `reader` for a browser without a token; `work` names the solved challenge that came
 * with it, null for none. A look (`isLook`) changes nothing.
 */
export type Asked = Networks & {
  reader: string | null
  site: string
  article: string
  work: string | null
  isLook?: boolean
}

/**
 * What a post meets: the seconds to wait (0: none), the scopes that ask for a challenge, how much harder than usual that should be (1 to
 * 16), and for an article in flood, every now and then, how many posts there were refused since this was last told.
 */
export type Verdict = { wait: number; busy: Scope[]; hardness: number; tell: { refused: number } | null }

/** Weighs a post, here or in another process. */
export type Weigh = (asked: Asked) => Verdict | Promise<Verdict>

/** What a place without limits says of every post. */
export const AT_EASE: Verdict = { wait: 0, busy: [], hardness: 1, tell: null }

type Level = { tokens: number; at: number; isOver: boolean }
/** Takes a token, or with `taken` 0 only looks: the seconds until there is one (0: there was), and whether the bucket is over, which it stays until half full. */
export type Take = (key: string, size: Size, taken: 0 | 1) => { wait: number; isOver: boolean; fill: number }

/** Buckets with a memory of their own. */
export function createBuckets(monotonicMs: () => number, maxBuckets = MAX_BUCKETS): Take {
  const levels = new Map<string, Level>()
  return (key, { burst, perMinute }, taken) => {
    const at = monotonicMs()
    const before = levels.get(key)
    const tokens = before ? Math.min(burst, before.tokens + ((at - before.at) / MINUTE_MS) * perMinute) : burst
    const has = tokens >= 1
    const isOver = !has || (before?.isOver === true && tokens < burst / 2)
    if (taken === 1) {
      // Taken out and put back, so that the map's order is that of last use.
      levels.delete(key)
      levels.set(key, { tokens: has ? tokens - 1 : tokens, at, isOver })
      if (levels.size > maxBuckets) levels.delete(levels.keys().next().value ?? '')
    }
    return { wait: has ? 0 : Math.ceil(((1 - tokens) / perMinute) * 60), isOver, fill: tokens / burst }
  }
}

/** A scale with a memory of its own. */
export function createScale(monotonicMs: () => number): (asked: Asked) => Verdict {
  const take = createBuckets(monotonicMs)
  const floods = new Map<string, { refused: number; toldAt: number }>()
  return (asked) => {
    const { network, wide, reader, site, article, work } = asked
    const keys: Record<Scope, string | null> = {
      address: network,
      wide,
      reader,
      article: `${site} ${article}`,
      site,
      service: '',
    }
    const busy: Scope[] = []
    let wait = work === null ? 0 : take(`work ${work}`, SHOWN, asked.isLook ? 0 : 1).wait
    let hardness = 1
    // From the narrow to the wide; what is stopped at one scope does not weigh on those beyond, so that who is held up at one address or
    // article makes it no harder for the others.
    for (const scope of Object.keys(SCOPES) as Scope[]) {
      const key = keys[scope]
      if (key === null) continue
      const { easy, far } = SCOPES[scope]
      const isStopped = wait > 0 || (busy.length > 0 && work === null)
      const taken = asked.isLook || isStopped ? 0 : 1
      const met = take(`${scope} ${key}`, easy, taken)
      const beyond = far === null ? null : take(`far ${scope} ${key}`, far, scope === 'address' && !asked.isLook ? 1 : taken)
      if (scope === 'article' ? met.isOver : met.wait > 0) {
        busy.push(scope)
        if (HARDER.has(scope)) hardness *= 2
      }
      wait = Math.max(wait, beyond?.wait ?? 0)
      if (scope === 'address' && beyond !== null && beyond.fill < 0.5) hardness *= 2
    }
    const isFlooded = busy.includes('article')
    const isRefused = wait > 0 || (busy.length > 0 && work === null)
    return { wait, busy, hardness, tell: isFlooded && !asked.isLook ? told(keys.article ?? '', isRefused) : null }
  }

  function told(article: string, isRefused: boolean): { refused: number } | null {
    const at = monotonicMs()
    const known = floods.get(article)
    const refused = (known?.refused ?? 0) + (isRefused ? 1 : 0)
    const isTime = known === undefined || at - known.toldAt >= TOLD_EVERY_MS
    floods.delete(article)
    floods.set(article, isTime ? { refused: 0, toldAt: at } : { refused, toldAt: known.toldAt })
    if (floods.size > MAX_BUCKETS) floods.delete(floods.keys().next().value ?? '')
    return isTime ? { refused } : null
  }
}
