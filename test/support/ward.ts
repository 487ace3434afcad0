// The cast of the tests: two wards on one database, readers, two moderators, and a clock that only moves when told to.

import { openEmptyStore, readMigrations } from '#platform'
import { createApp } from '../../src/app.ts'
import { parseConfig } from '../../src/config.ts'
import { settleSite } from '../../src/core/comments/publish.ts'
import type { Submitted } from '../../src/core/comments/submit.ts'
import type { Actor, Ctx, Role } from '../../src/core/context.ts'
import type { Outcome } from '../../src/core/moderation/decide.ts'
import { newToken } from '../../src/core/people/tokens.ts'
import { addSite, findSite } from '../../src/core/sites.ts'
import { createMeters } from '../../src/lib/meters.ts'
import { createHasher } from '../../src/platform/hashing.ts'
import { createIds } from '../../src/platform/id.ts'
import type { LogEvent, Services } from '../../src/services.ts'
import { migrate } from '../../src/storage/migrate.ts'
import type { Store } from '../../src/storage/store.ts'
import { openSession } from './person.ts'

export const BASE = 'http://ykien.test'
/** Where the ward's pages live. */
export const PORTAL = 'https://phuongthu.example'

export type Ward = {
  services: Services
  store: Store
  slug: string
  otherSlug: string
  clock: { ms: number }
  logged: LogEvent[]
  /** Sends a request to the app; a plain object as body is sent as JSON. */
  request(path: string, init?: Omit<RequestInit, 'body'> & { body?: unknown; peer?: string }): Promise<Response>
  /** Sends a comment and gives what its sender gets. */
  submit(body: string, more?: Record<string, unknown>, headers?: Record<string, string>): Promise<Submitted>
  token(role?: Role, slug?: string, name?: string): Promise<string>
  /** Decides on one comment by API. */
  decide(token: string, item: Record<string, unknown>): Promise<Outcome>
  /** A comment that is public, its undo window over. */
  published(body: string, more?: Record<string, unknown>): Promise<Submitted>
  thread(query?: string): Promise<{
    thread: { id: string; count: number; state: string }
    comments: {
      id: string
      body_text: string
      body_html: string
      author: { name: string }
      likes: number
      replies: { id: string; body_text: string }[]
      replies_next: string | null
    }[]
    next: string | null
  }>
  ctx(actor: Actor, slug?: string): Promise<Ctx>
  /** A session of a person with a role on a site, ready for use, as the cookie header. */
  signIn(role?: Role, email?: string, slug?: string): Promise<string>
}

let wards = 0

/** A fresh ward. Settings are those of production but for the limits; `env` changes them. */
export async function openWard(env: Record<string, string> = {}): Promise<Ward> {
  const store = await openEmptyStore()
  const clock = { ms: Date.parse('2026-11-23T08:00:00.000Z') }
  await migrate(store, readMigrations(), new Date(clock.ms))
  const config = parseConfig(
    { YKIEN_SECRET: 'a secret that only the tests know, 32+', YKIEN_BASE_URL: BASE, YKIEN_LIMITS: 'off', YKIEN_DEMO: '0', ...env },
    () => '',
  )
  const logged: LogEvent[] = []
  const hash = createHasher()
  const services: Services = {
    store,
    config,
    log: (event) => logged.push(event),
    now: () => new Date(clock.ms),
    newId: createIds(() => clock.ms),
    randomBytes: (length) => crypto.getRandomValues(new Uint8Array(length)),
    // The same work as in production, a sixty-fourth of it.
    hashPassword: (password, salt, cost) => hash(password, salt, { ...cost, n: cost.n / 64 }),
    fetchOut: async (request) => {
      throw new Error(`no server stands for ${request.url}`)
    },
    compress: null,
    shared: null,
    background: () => {},
    asset: async () => null,
    nudge: () => {},
    meters: createMeters(),
    anchor: null,
    pause: () => new Promise((resolve) => setTimeout(resolve)),
    isDraining: () => false,
  }
  const app = createApp(services)
  const suffix = `${++wards}-${crypto.randomUUID().slice(0, 8)}`
  const slug = `phuong-thu-${suffix}`
  const otherSlug = `xa-khac-${suffix}`
  await addSite(services, { slug, name: 'Phường Thử', origins: [PORTAL] })
  await addSite(services, { slug: otherSlug, name: 'Xã Khác', origins: ['https://xakhac.example'] })

  const ward: Ward = {
    services,
    store,
    slug,
    otherSlug,
    clock,
    logged,
    async request(path, { body, headers, peer, ...init } = {}) {
      const isPlain = typeof body === 'object' && body !== null && Object.getPrototypeOf(body) === Object.prototype
      const sent = new Headers(headers)
      if (isPlain && !sent.has('content-type')) sent.set('content-type', 'application/json')
      const request = new Request(`${BASE}${path}`, {
        ...init,
        headers: sent,
        ...(body === undefined ? {} : { body: isPlain ? JSON.stringify(body) : (body as BodyInit) }),
      })
      return app.fetch(request, { peer: peer ?? '203.0.113.7' })
    },
    async submit(body, more = {}, headers = {}) {
      const response = await ward.request(`/api/v1/sites/${slug}/comments`, {
        method: 'POST',
        headers,
        body: { article: { key: 'bai-1', url: `${PORTAL}/bai-1`, title: 'Bài viết thử' }, body, ...more },
      })
      if (response.status !== 202) throw new Error(`submit: ${response.status} ${await response.text()}`)
      return (await response.json()) as Submitted
    },
    async token(role = 'moderator', forSlug = slug, name = `máy của ${role}`) {
      const { token, statements } = await newToken(services, { site: forSlug, role, name })
      await store.batch(statements)
      return token
    },
    async decide(token, item) {
      const response = await ward.request(`/api/v1/admin/sites/${slug}/decisions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}` },
        body: { items: [item] },
      })
      if (response.status !== 200) throw new Error(`decide: ${response.status} ${await response.text()}`)
      const { outcomes } = (await response.json()) as { outcomes: [Outcome] }
      return outcomes[0]
    },
    async published(body, more = {}) {
      const submitted = await ward.submit(body, more)
      const outcome = await ward.decide(await ward.token(), { comment: submitted.comment.id, version: 1, verdict: 'approve' })
      if (outcome.status !== 'done') throw new Error(`approve: ${JSON.stringify(outcome)}`)
      clock.ms += services.config.undoSeconds * 1000 + 1
      await settleSite(await ward.ctx({ kind: 'reader' }))
      return submitted
    },
    async thread(query = '?key=bai-1') {
      const response = await ward.request(`/api/v1/sites/${slug}/threads${query}`)
      if (response.status !== 200) throw new Error(`thread: ${response.status} ${await response.text()}`)
      return (await response.json()) as Awaited<ReturnType<Ward['thread']>>
    },
    async ctx(actor, forSlug = slug) {
      return { services, actor, site: await findSite(services, forSlug) }
    },
    async signIn(role = 'moderator', email = `${role}-${suffix}@phuongthu.example`, forSlug = slug) {
      return `ykien-80=${await openSession(services, { email, site: forSlug, role, name: `Cán bộ ${role}` })}`
    },
  }
  return ward
}
