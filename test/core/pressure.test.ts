// How hard things are written to, on a clock that stands still unless it is told to go: what each scope asks, and when, and what it leaves to others.
import { beforeEach, describe, expect, it } from 'vitest'
import { type Asked, createScale, SCOPES, type Scope, type Verdict } from '../../src/core/abuse/pressure.ts'

const MINUTE_MS = 60_000

let clock: { ms: number }
let weigh: (asked: Asked) => Verdict
let posts = 0
beforeEach(() => {
  clock = { ms: 0 }
  weigh = createScale(() => clock.ms)
})

/** A post that shares nothing with others but what `more` says. */
const post = (more: Partial<Asked> = {}): Verdict => {
  const n = ++posts
  return weigh({ network: `network ${n}`, wide: null, reader: null, site: `site ${n}`, article: `article ${n}`, work: null, ...more })
}
/** The same with a challenge solved. */
const solved = (more: Partial<Asked> = {}) => post({ work: `work ${posts}`, ...more })
const asks = ({ busy, wait }: Verdict) => busy.length > 0 || wait > 0
/** How many posts go through before one is stopped, and the one that is. */
const untilStopped = (send: () => Verdict, isStopped: (verdict: Verdict) => boolean = asks) => {
  for (let n = 0; ; n++) {
    const verdict = send()
    if (isStopped(verdict)) return { n, verdict }
    if (n > 20_000) throw new Error('never stopped')
  }
}
const waits = ({ wait }: Verdict) => wait > 0

/** Posts that have one scope in common and nothing else. */
const SHARED = {
  address: { network: 'shared' },
  wide: { wide: 'shared' },
  reader: { reader: 'shared' },
  article: { site: 'shared', article: 'shared' },
  site: { site: 'shared' },
  service: {},
} as const satisfies Record<Scope, Partial<Asked>>
const NAMES = Object.keys(SCOPES) as Scope[]

describe('a post', () => {
  it.each(NAMES)('meets a challenge once its %s alone has had its share, and no other scope is busy by that', (scope) => {
    const { n, verdict } = untilStopped(() => post(SHARED[scope]))
    expect(n).toBe(SCOPES[scope].easy.burst)
    expect(verdict).toMatchObject({ busy: [scope], wait: 0 })
    if (scope !== 'service') expect(asks(post())).toBe(false)
  })

  it.each(NAMES.filter((scope) => SCOPES[scope].far !== null))(
    'with a solved challenge goes on up to the ceiling of its %s, and then waits',
    (scope) => {
      const { n, verdict } = untilStopped(() => solved(SHARED[scope]), waits)
      expect(n).toBe(SCOPES[scope].far?.burst)
      clock.ms += verdict.wait * 1_000
      expect(waits(solved(SHARED[scope]))).toBe(false)
    },
  )

  it('with a solved challenge is never told to wait by its article, however many came before', () => {
    for (let n = 0; n < 2_000; n++) expect(waits(solved(SHARED.article))).toBe(false)
  })

  it('of a town behind one address goes on: five a second for a minute, each with its challenge', () => {
    for (let n = 0; n < 300; n++) {
      expect(waits(solved(SHARED.address))).toBe(false)
      clock.ms += MINUTE_MS / 300
    }
  })

  it('that is stopped at its address weighs on neither its article nor its site nor the service', () => {
    const near = { network: 'shared', site: 'shared', article: 'shared' }
    for (let n = 0; n < 250; n++) post(near)
    expect(asks(post({ site: 'shared', article: 'shared' }))).toBe(false)
    const { n } = untilStopped(() => post(SHARED.site))
    expect(n).toBe(SCOPES.site.easy.burst - SCOPES.address.easy.burst - 1)
  })

  it('is free again once a minute has filled its bucket', () => {
    untilStopped(() => post(SHARED.site))
    clock.ms += MINUTE_MS
    expect(untilStopped(() => post(SHARED.site)).n).toBe(SCOPES.site.easy.perMinute)
  })

  it('that only looks takes nothing', () => {
    for (let n = 0; n < 1_000; n++) expect(asks(post({ ...SHARED.address, isLook: true }))).toBe(false)
    expect(untilStopped(() => post(SHARED.address)).n).toBe(SCOPES.address.easy.burst)
  })
})

describe('a challenge', () => {
  it('is twice as hard for each of article, site and service that is busy, and for an address past half of its last limit', () => {
    expect(post().hardness).toBe(1)
    untilStopped(() => post(SHARED.reader))
    expect(post(SHARED.reader).hardness).toBe(1)
    untilStopped(
      () => solved(SHARED.article),
      ({ busy }) => busy.includes('article'),
    )
    expect(post(SHARED.article).hardness).toBe(2)
    untilStopped(
      () => solved(SHARED.article),
      ({ busy }) => busy.includes('site'),
    )
    expect(solved(SHARED.article).hardness).toBe(4)
    untilStopped(
      () => solved(),
      ({ busy }) => busy.includes('service'),
    )
    expect(solved(SHARED.article).hardness).toBe(8)
    for (let n = 0; n < SCOPES.address.far.burst / 2 + 1; n++) post(SHARED.address)
    expect(solved({ ...SHARED.article, ...SHARED.address }).hardness).toBe(16)
  })

  it('that is shown more than a few times is told to wait', () => {
    const { n } = untilStopped(() => post({ work: 'shown again' }), waits)
    expect(n).toBe(5)
  })
})
