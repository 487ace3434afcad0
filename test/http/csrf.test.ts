// What another site's page makes a signed-in person's browser send changes nothing, whatever its content type; programs
// with a token pass; and no answer of desk or staff API can be framed, whatever its status.
import { beforeAll, describe, expect, it } from 'vitest'
import type { Submitted } from '../../src/core/comments/submit.ts'
import { dump } from '../support/dump.ts'
import { filled, nameOf, type Route, routesOf, writeRoutesOf } from '../support/routes.ts'
import { BASE, openWard, type Ward } from '../support/ward.ts'

const isStaffRoute = ({ path }: Route) => path.startsWith('/api/v1/admin/') || path.startsWith('/desk')

let ward: Ward
let token: string
let cookie: string
let waiting: Submitted
let decision: string
let article: string

beforeAll(async () => {
  ward = await openWard()
  token = await ward.token('admin')
  cookie = await ward.signIn('admin')
  waiting = await ward.submit('Đang chờ.')
  article = (await ward.store.db.selectFrom('comment').select('thread_id').where('id', '=', waiting.comment.id).executeTakeFirstOrThrow())
    .thread_id
  const decided = await ward.submit('Vừa duyệt.')
  decision = (await ward.decide(token, { comment: decided.comment.id, version: 1, verdict: 'approve' })).decision ?? ''
})

const pathOf = (route: Route) => {
  const id = route.path.includes('/decisions/') ? decision : route.path.includes('/articles/') ? article : waiting.comment.id
  return filled(route.path, { site: ward.slug, id })
}

const FORM = 'application/x-www-form-urlencoded'
const MULTIPART = 'multipart/form-data; boundary=x'
const EVIL = 'https://evil.example'

/** What a browser sends for another site's page, old browsers without Sec-Fetch-Site included. */
const CROSS_SITE: Record<string, string>[] = [
  { 'sec-fetch-site': 'cross-site', origin: EVIL, 'content-type': 'application/json' },
  { 'sec-fetch-site': 'cross-site', origin: EVIL, 'content-type': FORM },
  { 'sec-fetch-site': 'cross-site', 'content-type': 'text/plain' },
  { 'sec-fetch-site': 'cross-site', origin: BASE, 'content-type': 'application/json' },
  { 'sec-fetch-site': 'same-site', origin: 'http://other.ykien.test', 'content-type': 'application/json' },
  { 'sec-fetch-site': 'same-site', origin: 'http://other.ykien.test', 'content-type': MULTIPART },
  { 'sec-fetch-site': 'none', 'content-type': FORM },
  { origin: EVIL, 'content-type': 'application/json' },
  { origin: EVIL, 'content-type': 'text/plain' },
  { origin: 'null', 'content-type': FORM },
  { origin: `${BASE}.evil.example`, 'content-type': FORM },
  { 'content-type': 'application/json' },
]

const body = (type: string | undefined) =>
  type === 'application/json'
    ? JSON.stringify({ items: [{ comment: waiting.comment.id, version: 1, verdict: 'approve' }] })
    : `comment=${waiting.comment.id}&version=1&verdict=approve&request_key=khoa-cua-trang&link=x`

function send(route: Route, headers: Record<string, string>): Promise<Response> {
  const isBare = route.method === 'DELETE'
  return ward.request(pathOf(route), {
    method: route.method,
    headers: { accept: 'application/json', ...headers },
    ...(isBare ? {} : { body: body(headers['content-type']) }),
  })
}

describe('an unsafe request of another site’s page', () => {
  it('is refused on every unsafe route of staff and desk, with each mix of headers, and changes nothing', async () => {
    const routes = writeRoutesOf(ward.services).filter(isStaffRoute)
    expect(routes.map(nameOf)).toEqual(
      expect.arrayContaining(['POST /api/v1/admin/sites/:site/decisions', 'POST /desk/:site/decisions', 'POST /desk/signin']),
    )
    const before = await dump(ward.store)
    for (const route of routes) {
      for (const mix of CROSS_SITE) {
        const response = await send(route, { cookie, ...mix })
        const told = `${nameOf(route)} with ${JSON.stringify(mix)}`
        expect(await response.json(), told).toMatchObject({ status: 403, code: 'cross_site' })
        expect(response.headers.get('access-control-allow-origin'), told).toBeNull()
      }
    }
    expect(await dump(ward.store)).toEqual(before)
  })

  it('is refused with a bearer token as well, since a program sends no such headers', async () => {
    for (const route of writeRoutesOf(ward.services).filter(isStaffRoute)) {
      for (const mix of CROSS_SITE.filter((headers) => 'origin' in headers || 'sec-fetch-site' in headers)) {
        const response = await send(route, { authorization: `Bearer ${token}`, ...mix })
        expect(response.status, `${nameOf(route)} with ${JSON.stringify(mix)}`).toBe(403)
      }
    }
  })
})

describe('the guard lets through', () => {
  it('a program with a bearer token and none of a browser’s headers', async () => {
    const sent = await ward.submit('Máy duyệt.')
    const outcome = await ward.decide(token, { comment: sent.comment.id, version: 1, verdict: 'hold' })
    expect(outcome.status).toBe('done')
  })

  it.each<Record<string, string>>([
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'same-origin', origin: BASE },
    { origin: BASE },
  ])('the desk’s own page, %j', async (headers) => {
    const sent = await ward.submit('Trang duyệt.')
    const response = await ward.request(`/desk/${ward.slug}/decisions`, {
      method: 'POST',
      headers: { cookie, accept: 'application/json', ...headers },
      body: new URLSearchParams({ comment: sent.comment.id, version: '1', verdict: 'hold', request_key: `khoa-${sent.comment.id}` }),
    })
    expect(await response.json()).toMatchObject({ outcome: { status: 'done', state: 'held' } })
  })

  it('GET, which changes nothing, from anywhere', async () => {
    const before = await dump(ward.store)
    for (const route of routesOf(ward.services).filter((each) => each.method === 'GET' && isStaffRoute(each))) {
      const response = await ward.request(pathOf(route), { headers: { cookie, 'sec-fetch-site': 'cross-site', origin: EVIL } })
      expect(response.status, nameOf(route)).toBeLessThan(400)
      expect(response.headers.get('access-control-allow-origin')).toBeNull()
    }
    expect(await dump(ward.store)).toEqual(before)
  })
})

describe('an answer of desk or staff API', () => {
  it('cannot be framed, cached or sniffed, whatever its status', async () => {
    const statuses = new Set<number>()
    const origin = { origin: BASE }
    for (const route of routesOf(ward.services).filter(isStaffRoute)) {
      const unknown = filled(route.path, { site: ward.slug, id: 'khong-co' })
      const calls = [
        ward.request(pathOf(route), { method: route.method, headers: origin }),
        ward.request(unknown, { method: route.method, headers: { ...origin, cookie } }),
        ward.request(filled(route.path, { site: 'khong-co', id: 'x' }), { method: route.method, headers: { ...origin, cookie } }),
        ward.request(pathOf(route), {
          method: route.method,
          headers: { ...origin, cookie },
          ...(route.method === 'POST' ? { body: {} } : {}),
        }),
        ward.request(pathOf(route), { method: route.method, headers: { origin: EVIL, cookie } }),
        ward.request(`${pathOf(route)}/khong-co/gi-ca`, { method: route.method, headers: { ...origin, cookie } }),
      ]
      for (const call of calls) {
        const response = await call
        const told = `${nameOf(route)} ${response.status}`
        statuses.add(response.status)
        expect(response.status, told).toBeLessThan(500)
        expect(response.headers.get('content-security-policy') ?? '', told).toContain("frame-ancestors 'none'")
        expect(response.headers.get('cache-control'), told).toBe('no-store')
        expect(response.headers.get('x-content-type-options'), told).toBe('nosniff')
        // Signing out is among the routes; each call needs a person who is signed in.
        if (route.path === '/desk/signout') cookie = await ward.signIn('admin')
      }
    }
    expect([...statuses].sort()).toEqual(expect.arrayContaining([200, 303, 401, 403, 404, 422]))
  })
})
