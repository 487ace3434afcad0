// Ready bytes as readers and proxies see them: one build for many, the budget, validators, headers for caches. Whether they are
// current is tested in coherence.test.ts.
import { beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { type Counted, counting } from '../support/counting.ts'
import { BASE, openWard, PORTAL, type Ward } from '../support/ward.ts'

let ward: Ward
let thread: string
let counted: Counted
/** The public views, each with something to show. */
let views: [string, string][]

type Asked = { method?: string; headers?: Record<string, string> }
/** A process with nothing kept yet, over the counted store. */
function newProcess(env: { cacheMegabytes?: number } = {}): (path: string, init?: Asked) => Promise<Response> {
  const app = createApp({ ...ward.services, store: counted.store, config: { ...ward.services.config, ...env } })
  return async (path, init = {}) => app.fetch(new Request(`${BASE}${path}`, init), { peer: '203.0.113.7' })
}

beforeAll(async () => {
  ward = await openWard()
  counted = counting(ward.store)
  const root = await ward.published('Ý kiến gốc.')
  await ward.published('Trả lời.', { parent_id: root.comment.id })
  thread = (await ward.thread()).thread.id
  views = [
    ['thread', `/api/v1/sites/${ward.slug}/threads?key=bai-1`],
    ['counts', `/api/v1/sites/${ward.slug}/counts?key=bai-1`],
    ['site Atom', `/feeds/${ward.slug}.atom`],
    ['site JSON', `/feeds/${ward.slug}.json`],
    ['thread Atom', `/feeds/${ward.slug}/${thread}.atom`],
    ['thread JSON', `/feeds/${ward.slug}/${thread}.json`],
  ]
})

describe('fifty first readers at once', () => {
  it('of a thread, and of each feed, cost one build', async () => {
    for (const [name, path] of views.filter(([each]) => each !== 'counts')) {
      const ask = newProcess()
      counted.take()
      const answers = await Promise.all(Array.from({ length: 50 }, async () => (await ask(path)).text()))
      expect(new Set(answers).size, name).toBe(1)
      expect(counted.take(), name).toEqual({ lookups: 50 + 1, batches: 0 })
    }
  })
})

describe('the budget of bytes', () => {
  /** Pages of one thread under many addresses, each kept for itself. */
  const page = (limit: number) => `/api/v1/sites/${ward.slug}/threads?key=bai-lon&limit=${limit}`
  const costs = async (ask: ReturnType<typeof newProcess>, path: string) => {
    counted.take()
    expect((await ask(path)).status).toBe(200)
    return counted.take().lookups
  }

  beforeAll(async () => {
    for (let index = 0; index < 30; index++) await ward.published(`${index} ${'dài '.repeat(490)}`, { article: { key: 'bai-lon' } })
  })

  it('keeps the newest within it and lets go of what nobody asked for longest', async () => {
    const ask = newProcess({ cacheMegabytes: 1 })
    // Sixty-odd kilobytes and more each, so that not all twenty of them fit.
    for (let limit = 11; limit <= 30; limit++) expect(await costs(ask, page(limit))).toBe(2)
    expect(await costs(ask, page(30))).toBe(1)
    expect(await costs(ask, page(11))).toBe(2)
  })

  it('of nothing keeps nothing, and answers all the same', async () => {
    const ask = newProcess({ cacheMegabytes: 0 })
    expect(await costs(ask, page(11))).toBe(2)
    expect(await costs(ask, page(11))).toBe(2)
  })
})

describe('every public view', () => {
  it('may be stored by any cache, which must ask each time, and says what it varies by', async () => {
    for (const [name, path] of views) {
      const { headers } = await ward.request(path)
      expect(headers.get('cache-control'), name).toBe('public, max-age=0, must-revalidate')
      expect(headers.get('vary'), name).toBe(path.startsWith('/feeds/') ? 'Accept-Encoding' : 'Accept-Encoding, Origin')
      expect(headers.get('etag'), name).toMatch(/^"[\w-]{22}"$/)
      expect(headers.get('set-cookie'), name).toBeNull()
    }
  })

  it('is the same in every byte for everybody but for the permission to its reader’s page', async () => {
    for (const [name, path] of views) {
      const plain = await ward.request(path)
      const shown = await ward.request(path, {
        headers: { cookie: 'ykien-443=abc', authorization: 'Bearer abc', 'accept-language': 'en', origin: PORTAL },
      })
      const permission = ['access-control-allow-origin', 'access-control-expose-headers']
      const others = (response: Response) => [...response.headers].filter(([header]) => !permission.includes(header))
      expect(await shown.text(), name).toBe(await plain.text())
      expect(others(shown), name).toEqual(others(plain))
      expect(shown.headers.get('access-control-allow-origin'), name).toBe(path.startsWith('/feeds/') ? '*' : PORTAL)
    }
  })

  it('answers 304 without a body to its ETag, to a list with it, to its weak form and to "*"', async () => {
    for (const [name, path] of views) {
      const etag = (await ward.request(path)).headers.get('etag') ?? ''
      for (const known of [etag, `"khac", ${etag}`, `W/${etag}`, '*']) {
        const response = await ward.request(path, { headers: { 'if-none-match': known } })
        expect(response.status, `${name} ${known}`).toBe(304)
        expect(response.headers.get('etag')).toBe(etag)
        expect(await response.text()).toBe('')
      }
      for (const known of ['"khac"', '""', '"*"'])
        expect((await ward.request(path, { headers: { 'if-none-match': known } })).status, `${name} ${known}`).toBe(200)
    }
  })

  it('answers HEAD with the headers of GET and no body', async () => {
    for (const [name, path] of views) {
      const got = await ward.request(path)
      const head = await ward.request(path, { method: 'HEAD' })
      expect([...head.headers], name).toEqual([...got.headers])
      expect(head.headers.get('content-length'), name).toBe(String((await got.arrayBuffer()).byteLength))
      expect(await head.text()).toBe('')
    }
  })
})

describe('a host that compresses', () => {
  it('sends each view as the reader takes it, under an ETag of its own', async () => {
    const compress = async (bytes: Uint8Array<ArrayBuffer>, encoding: 'br' | 'gzip') =>
      new Uint8Array(new TextEncoder().encode(`${encoding}:${bytes.length}`))
    const app = createApp({ ...ward.services, compress })
    const ask = async (path: string, headers: Record<string, string>) =>
      app.fetch(new Request(`${BASE}${path}`, { headers }), { peer: '203.0.113.7' })
    for (const [name, path] of views) {
      for (const [accepted, sent] of [
        ['gzip, deflate, br', 'br'],
        ['gzip', 'gzip'],
        ['br;q=0, gzip;q=0.5', 'gzip'],
        ['identity', null],
      ] as const) {
        const response = await ask(path, { 'accept-encoding': accepted })
        expect(response.headers.get('content-encoding'), `${name} ${accepted}`).toBe(sent)
        const etag = response.headers.get('etag') ?? ''
        expect(etag).toMatch(sent === null ? /^"[\w-]{22}"$/ : new RegExp(`^"[\\w-]{22}-${sent}"$`))
        expect((await ask(path, { 'accept-encoding': accepted, 'if-none-match': etag })).status, name).toBe(304)
      }
    }
  })
})

describe('a feed that is none', () => {
  it.each([
    ['an unknown site', () => '/feeds/khong-co.atom'],
    ['an unknown thread', () => `/feeds/${ward.slug}/khong-co.json`],
    ['another site’s thread', () => `/feeds/${ward.otherSlug}/${thread}.atom`],
    ['an odd address', () => `/feeds/${ward.slug}/a/b.atom`],
  ])('%s is refused as a problem', async (_name, path) => {
    const response = await ward.request(path())
    expect(response.status).toBe(404)
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(await response.json()).toMatchObject({ code: 'not_found' })
  })

  it('a thread of which nothing is public yet is told like an unknown one', async () => {
    await ward.submit('Chờ duyệt.', { article: { key: 'chua-dang' } })
    const { id } = await ward.store.db.selectFrom('thread').select('id').where('key', '=', 'chua-dang').executeTakeFirstOrThrow()
    expect((await ward.request(`/feeds/${ward.slug}/${id}.atom`)).status).toBe(404)
  })
})
