// What an operator's machines ask: is it ready, and what does it count.
import { beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import type { Services } from '../../src/services.ts'
import { StoreBusy } from '../../src/storage/store.ts'
import { dump } from '../support/dump.ts'
import { BASE, openWard, type Ward } from '../support/ward.ts'

const TOKEN = 'a-token-of-the-operator'

let ward: Ward
beforeAll(async () => {
  ward = await openWard({ YKIEN_METRICS_TOKEN: TOKEN })
})

const askOf = (services: Services) => {
  const app = createApp(services)
  return (path: string, headers: Record<string, string> = {}) =>
    app.fetch(new Request(`${BASE}${path}`, { headers }), { peer: '203.0.113.7' }) as Promise<Response>
}

describe('/readyz', () => {
  it('answers 200 when it can read and write, and leaves nothing behind', async () => {
    const before = await dump(ward.store)
    const response = await ward.request('/readyz')
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toEqual({ status: 'ready', checks: { read: true, write: true, draining: false } })
    expect(await dump(ward.store)).toEqual(before)
  })

  it('writes at most once a second however often it is asked', async () => {
    let batches = 0
    const batch: typeof ward.store.batch = (statements) => {
      batches++
      return ward.store.batch(statements)
    }
    const ask = askOf({ ...ward.services, store: { ...ward.store, batch } })
    const startedAt = performance.now()
    const answers = await Promise.all(Array.from({ length: 200 }, () => ask('/readyz')))
    const tookSeconds = (performance.now() - startedAt) / 1_000
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(batches).toBeLessThanOrEqual(1 + Math.floor(tookSeconds))
  })

  it('answers 503 and names the check when nothing can be written, while the process lives', async () => {
    const batch = () => Promise.reject(new StoreBusy('SQLITE_FULL'))
    const ask = askOf({ ...ward.services, store: { ...ward.store, batch } })
    const response = await ask('/readyz')
    expect(response.status).toBe(503)
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(await response.json()).toMatchObject({ status: 503, code: 'busy', failed: ['write'], checks: { read: true, write: false } })
    expect((await ask('/healthz')).status).toBe(200)
    expect(ward.logged).toContainEqual({ event: 'not_ready', reason: 'SQLITE_FULL' })
  })

  it('answers 503 while the process drains', async () => {
    const response = await askOf({ ...ward.services, isDraining: () => true })('/readyz')
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ failed: ['draining'] })
  })
})

describe('/metrics', () => {
  const metrics = async () => (await ward.request('/metrics', { headers: { authorization: `Bearer ${TOKEN}` } })).text()
  const numberOf = (text: string, series: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${series} `))
        ?.split(' ')
        .at(-1) ?? Number.NaN,
    )

  it('is not there without the setting', async () => {
    const other = await openWard()
    expect((await other.request('/metrics', { headers: { authorization: `Bearer ${TOKEN}` } })).status).toBe(404)
  })

  it.each([{}, { authorization: 'Bearer wrong-token-of-nobody' }, { authorization: `Basic ${TOKEN}` }])('refuses %j', async (headers) => {
    expect((await ward.request('/metrics', { headers: headers as Record<string, string> })).status).toBe(401)
  })

  it('counts requests by the route’s pattern, comments and decisions by what came of them', async () => {
    const before = await metrics()
    const sent = await ward.submit('Đếm một ý kiến.', { article: { key: 'dem' } })
    await ward.request(`/api/v1/sites/${ward.slug}/comments`, { method: 'POST', body: { article: { key: 'dem' }, body: 'x' } })
    await ward.decide(await ward.token(), { comment: sent.comment.id, version: 1, verdict: 'hold' })
    await ward.request('/no/such/page/at/all')
    const after = await metrics()
    const grown = (series: string) => numberOf(after, series) - (numberOf(before, series) || 0)
    expect(grown('ykien_http_requests_total{method="POST",route="/api/v1/sites/:site/comments",status="2xx"}')).toBe(1)
    expect(grown('ykien_http_requests_total{method="POST",route="/api/v1/sites/:site/comments",status="4xx"}')).toBe(1)
    expect(grown('ykien_http_requests_total{method="GET",route="none",status="4xx"}')).toBe(1)
    expect(grown('ykien_http_request_duration_seconds_count{route="/api/v1/sites/:site/comments"}')).toBe(2)
    expect(grown('ykien_posts_total{outcome="accepted"}')).toBe(1)
    expect(grown('ykien_posts_total{outcome="body_too_short"}')).toBe(1)
    expect(grown('ykien_decisions_total{verdict="hold",outcome="done"}')).toBe(1)
    expect(numberOf(after, 'ykien_comments{state="held"}')).toBe(1)
    expect(numberOf(after, 'ykien_outbox_given_up')).toBe(0)
    expect(numberOf(after, 'ykien_database_up')).toBe(1)
  })

  it('counts what the rate limits refuse, by bucket', async () => {
    const strict = await openWard({ YKIEN_METRICS_TOKEN: TOKEN, YKIEN_LIMITS: 'on' })
    for (let sent = 0; sent < 31; sent++) await strict.request('/api/v1/receipts/ABCDEFGH', { headers: { authorization: 'Bearer x' } })
    const text = await (await strict.request('/metrics', { headers: { authorization: `Bearer ${TOKEN}` } })).text()
    expect(numberOf(text, 'ykien_rate_limited_total{bucket="receipt"}')).toBe(1)
  })

  it('keeps nothing of the requests and no more series than there are routes, whatever is asked for', async () => {
    const lines = (await metrics()).split('\n').length
    for (let asked = 0; asked < 500; asked++) await ward.request(`/secret-${asked}?q=Nguyen`, { peer: `198.51.100.${asked % 250}` })
    const text = await metrics()
    expect(text).not.toMatch(/secret-|198\.51|Nguyen|phuong-thu/)
    expect(text.split('\n').length).toBeLessThanOrEqual(lines + 12)
  })

  it('is text that Prometheus reads: every sample under a heading of its own', async () => {
    const text = await metrics()
    const known = new Set([...text.matchAll(/^# TYPE (\S+) (?:counter|gauge|histogram)$/gm)].map(([, name]) => name))
    for (const line of text
      .trim()
      .split('\n')
      .filter((each) => !each.startsWith('#'))) {
      expect(line).toMatch(/^[a-z_]+(?:\{(?:[a-z]+="[^"\n]*",?)*\})? (?:-?\d[\d.e+-]*)$/)
      const [name = ''] = /^[a-z_]+/.exec(line) ?? []
      expect(known.has(name) || known.has(name.replace(/_(?:bucket|sum|count)$/, '')), line).toBe(true)
    }
  })

  it('is told even when the database cannot be read', async () => {
    const { db: _db, ...store } = ward.store
    const broken = {
      ...store,
      db: new Proxy(ward.store.db, {
        get: () => () => {
          throw new Error('disk I/O error')
        },
      }),
    }
    const response = await askOf({ ...ward.services, store: broken })('/metrics', { authorization: `Bearer ${TOKEN}` })
    expect(response.status).toBe(200)
    expect(numberOf(await response.text(), 'ykien_database_up')).toBe(0)
  })
})
