// Who may do what, tried rather than read: every route of staff and desk, with every role, and where it is about a comment with one in
// every state. What the table of acts does not give a role is refused and changes nothing, and no page offers it. The routes are the
// app's own, so that a new one needs a line here; and no GET changes anything, prefetching included.
import { type DefaultTreeAdapterTypes, parse } from 'parse5'
import { beforeAll, describe, expect, it } from 'vitest'
import { STATES, type State, VERDICTS, type Verdict } from '../../src/core/comments/states.ts'
import { ROLES, type Role, roleMay, type StaffAct } from '../../src/core/context.ts'
import { invite } from '../../src/core/people/team.ts'
import { dump } from '../support/dump.ts'
import { linkIn } from '../support/person.ts'
import { filled, nameOf, type Route, routesOf } from '../support/routes.ts'
import { BASE, openWard, type Ward } from '../support/ward.ts'

/**
 * What a route asks for: one of these acts; `own` is every person's own account or session; `open` needs none. A line stands for all
 * routes of a room.
 */
const NEEDS: readonly [RegExp, readonly StaffAct[] | 'own' | 'open'][] = [
  [/^GET \/desk$|^(?:GET|POST) \/desk\/signin(?:\/|$)|^POST \/desk\/signout$/, 'open'],
  [/^(?:GET|POST) \/desk\/:site\/(?:account(?:\/|$)|preferences$)|^POST \/desk\/:site\/confirm$/, 'own'],
  [/^(?:GET|POST) \/desk\/:site\/practice$/, ['queue.read']],
  [/^GET .*\/(?:queue|stamp|colleagues)$|^GET .*\/(?:comments|cards)\/:id(?:\/surroundings)?$|^POST \/desk\/:site\/moved$/, ['queue.read']],
  [/\/(?:views|keys)(?:\/:id\/delete)?$|\/comments\/:id\/viewing$/, ['queue.read']],
  [/^POST \/desk\/:site\/acts$/, ['comment.pin', 'thread.close', 'comment.decide']],
  [/\/assignee$|\/assign$/, ['comment.assign']],
  [/\/notes(?:\/|$)/, ['note.write']],
  [/\/contact$/, ['contact.read']],
  [/^GET .*\/(?:rules|words|words\.csv)$|\/rules\/:scope\/trial$/, ['rules.read']],
  // One form tries lists and keeps them; who may only try is refused the keeping by the command.
  [/^POST \/desk\/:site\/words$/, ['rules.read']],
  [/\/rules\/:scope$|\/switches$|^POST .*\/words\/switch$/, ['rules.manage']],
  [/\/bans(?:\/|$)/, ['ban.manage']],
  [/^POST \/desk\/:site\/bulk$/, ['comment.decide']],
  [/^POST .*\/decisions$/, ['comment.decide']],
  [/^DELETE .*\/decisions\/:id$|^POST .*\/decisions\/:id\/undo$/, ['comment.decide', 'reply.publish']],
  // Answers for each item; what the person may not undo is refused there.
  [/^POST \/api\/v1\/admin\/sites\/:site\/undos$|^POST \/desk\/:site\/bulk\/undo$/, ['queue.read']],
  [/^POST .*\/comments\/:id\/replies$/, ['reply.publish']],
  [/\/comments\/:id\/pin$/, ['comment.pin']],
  [/\/comments\/:id\/reports$/, ['comment.decide']],
  [/\/threads\/:id\/closed$/, ['thread.close']],
  // The first page lists the parts that are one's own; what to embed is no secret among colleagues.
  [/^GET \/desk\/:site\/settings(?:\/embed)?$/, ['queue.read']],
  [/^(?:GET|POST) \/desk\/:site\/articles(?:\/|$)/, ['thread.manage']],
  [/\/settings\/canned$/, ['canned.manage']],
  [/^GET \/api\/v1\/admin\/sites\/:site\/(?:articles(?:\/:id)?|canned)$/, ['queue.read']],
  [/\/api\/v1\/admin\/sites\/:site\/articles(?:\/|$)/, ['thread.manage']],
  [/\/api\/v1\/admin\/sites\/:site\/canned(?:\/|$)/, ['canned.manage']],
  [/^POST \/desk\/:site\/comments\/:id\/reply$/, ['reply.publish']],
  [/\/settings(?:\/(?:site|origins|consents|embed))?$/, ['site.configure']],
  [/^GET \/desk\/:site\/people$/, ['people.read']],
  [/^POST \/desk\/:site\/people(?:\/|$)/, ['people.manage']],
  [/\/tokens(?:\/|$)/, ['token.manage']],
  [/^GET \/desk\/:site\/learning$/, ['learning.read']],
  [/^GET .*\/log$/, ['record.read']],
  [/^POST .*\/log\/export$/, ['record.export']],
  [/^(?:GET|POST) \/desk\/:site\/quick$/, ['comment.decide']],
]

let ward: Ward
const tokens = {} as Record<Role, string>
const cookies = {} as Record<Role, string>
const comments = {} as Record<State, { id: string; version: number }>
let routes: Route[]
/** The article of all comments, the code of one, and a link that nobody has used. */
let thread: string
let receipt: string
let link: string

beforeAll(async () => {
  ward = await openWard()
  for (const role of ROLES) {
    tokens[role] = await ward.token(role)
    cookies[role] = await ward.signIn(role)
  }
  routes = routesOf(ward.services).filter(({ path }) => path.startsWith('/api/v1/admin/') || path.startsWith('/desk'))
  const waiting = await ward.submit('Đang chờ.')
  comments.pending = { id: waiting.comment.id, version: 1 }
  receipt = waiting.receipt.code
  const invited = invite(ward.services, { email: `moi-${ward.slug}@phuongthu.example`, site: ward.slug, role: 'viewer' })
  await ward.store.batch(invited.statements)
  link = linkIn(invited.link.url)
  const published = await ward.published('Đã đăng.')
  comments.published = { id: published.comment.id, version: 2 }
  const hidden = await ward.published('Rồi ẩn.')
  await ward.decide(tokens.leader, { comment: hidden.comment.id, version: 2, verdict: 'hide' })
  comments.hidden = { id: hidden.comment.id, version: 3 }
  for (const [verdict, state] of [
    ['reject', 'rejected'],
    ['spam', 'spam'],
    ['hold', 'held'],
    ['return', 'returned'],
    ['seal', 'sealed'],
  ] as const) {
    const { comment } = await ward.submit(`Sẽ ${state}.`)
    const outcome = await ward.decide(tokens.leader, { comment: comment.id, version: 1, verdict, ...wordsOf(verdict) })
    expect([state, outcome.status, outcome.state]).toEqual([state, 'done', state])
    comments[state] = { id: comment.id, version: 2 }
  }
  const withdrawn = await ward.submit('Sẽ rút lại.')
  const taken = await ward.request(`/api/v1/comments/${withdrawn.comment.id}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${withdrawn.edit.token}` },
  })
  expect(taken.status).toBe(200)
  comments.withdrawn = { id: withdrawn.comment.id, version: 2 }
  // No undo window is open any more, so that no reader settles anything by reading.
  ward.clock.ms += 20_000
  thread = (await ward.thread()).thread.id
})

function needsOf(route: Route): readonly StaffAct[] | 'own' | 'open' {
  const need = NEEDS.find(([pattern]) => pattern.test(nameOf(route)))?.[1]
  if (!need) throw new Error(`${nameOf(route)} has no line in NEEDS`)
  return need
}

const mayCall = (role: Role, route: Route) => {
  const needs = needsOf(route)
  return typeof needs === 'string' || needs.some((act) => roleMay(role, act))
}

/** What a verdict must say. */
function wordsOf(verdict: Verdict): Record<string, string> {
  if (verdict === 'reject') return { reason: 'ads' }
  return verdict === 'return' ? { reason: 'unreadable', reason_text: 'Xin bổ sung.' } : {}
}

/** A well-formed body for each route that reads one before it asks who sends it. */
function bodyOf(route: Route, comment: { id: string; version: number }, verdict: Verdict): Record<string, unknown> {
  const item = { comment: comment.id, version: comment.version, verdict, ...wordsOf(verdict) }
  if (/\/decisions$/.test(route.path))
    return route.path.startsWith('/api')
      ? { items: [item] }
      : { ...item, version: String(item.version), request_key: crypto.randomUUID(), state: 'pending' }
  if (route.path.endsWith('/acts')) return { act: 'pin', comment: comment.id, state: 'pending' }
  if (/\/(?:bulk|quick)$/.test(route.path))
    return { ...item, [`item-${comment.id}`]: String(comment.version), request_key: crypto.randomUUID(), state: 'pending' }
  if (route.path.endsWith('/assignee')) return { assignee: null, assignment: 0 }
  if (/\/notes(?:\/:id)?$/.test(route.path)) return { body: 'Ghi chú thử.' }
  if (route.path.endsWith('/contact')) return { reason: 'Thử.' }
  if (/\/rules\/:scope/.test(route.path)) return { hold: [], mark: [], allow: [], ...(route.path.endsWith('/trial') ? {} : { version: 0 }) }
  if (route.path.endsWith('/log/export')) return { format: 'csv' }
  if (route.path.endsWith('/switches')) return { rule: 'x', off: true }
  if (route.path.endsWith('/undos')) return { decisions: [] }
  if (route.path.endsWith('/replies')) return { body: 'Trả lời chính thức.', signer_title: 'Chủ tịch' }
  if (route.path.endsWith('/moved')) return { shown: [] }
  if (/^\/api.*\/(?:articles|names)$/.test(route.path))
    return { name: 'bai-khac', ...(route.path.endsWith('/articles') ? { title: '' } : {}) }
  if (/^\/api.*\/articles\/:id$/.test(route.path)) return { version: 1, state: 'open', closes_at: null, opens_at: null, message: null }
  if (/^\/api.*\/merge$/.test(route.path)) return { into: 'x' }
  if (/^\/api.*\/canned/.test(route.path)) return { name: 'Mẫu', body: 'Xin chào.', ...(route.path.endsWith(':id') ? { version: 1 } : {}) }
  if (route.path.startsWith('/api') && route.path.endsWith('/settings')) return { version: 1, changes: {} }
  return { email: 'ai@phuongthu.example', name: 'Ai Đó', role: 'viewer', person: 'x', access: 'off', kind: 'password', token: 'x' }
}

async function call(
  route: Route,
  role: Role,
  by: 'token' | 'cookie',
  comment = comments.pending,
  verdict: Verdict = 'hold',
): Promise<Response> {
  const isApi = route.path.startsWith('/api')
  const body = bodyOf(route, comment, verdict)
  const isJson = isApi || route.path.endsWith('/moved')
  const path = filled(route.path, { site: ward.slug, id: comment.id, scope: 'ward' })
  return ward.request(nameOf(route) === 'DELETE /api/v1/admin/sites/:site/articles/:id/names' ? `${path}?name=x` : path, {
    method: route.method,
    headers: {
      ...(by === 'token' ? { authorization: `Bearer ${tokens[role]}` } : { cookie: cookies[role], origin: BASE }),
      accept: isApi ? 'application/json' : 'text/html',
    },
    ...(['POST', 'PATCH', 'PUT'].includes(route.method)
      ? { body: isJson ? body : new URLSearchParams(body as Record<string, string>) }
      : {}),
  })
}

type Element = DefaultTreeAdapterTypes.Element
const elementsOf = (nodes: readonly DefaultTreeAdapterTypes.ChildNode[]): Element[] =>
  nodes.flatMap((node) => ('tagName' in node ? [node, ...elementsOf(node.childNodes)] : []))
const attributeOf = (element: Element, name: string) => element.attrs.find((attribute) => attribute.name === name)?.value

/** The route that a link or form of a page leads to. */
function routeTo(method: string, address: string): Route | undefined {
  const path = new URL(address, BASE).pathname
  return routes.find((route) => {
    const pattern = route.path.replace(/:\w+(?:\{[^}]*\})?/g, '[^/]+')
    return route.method === method && new RegExp(`^${pattern}$`).test(path)
  })
}

describe('the table', () => {
  it('has a line for every route of staff and desk', () => {
    expect(routes.length).toBeGreaterThan(40)
    expect(routes.filter((route) => !NEEDS.some(([pattern]) => pattern.test(nameOf(route)))).map(nameOf)).toEqual([])
  })

  it('tells roles apart: each act is somebody’s, and not everybody may everything', () => {
    const written = routes.filter((route) => route.method !== 'GET')
    const counts = ROLES.map((role) => written.filter((route) => mayCall(role, route)).length)
    expect(Math.min(...counts)).toBeLessThan(Math.max(...counts))
  })
})

describe.each(ROLES)('%s', (role) => {
  it('is refused every route that the table does not give, in every state, by token and by session, and nothing changes', async () => {
    const before = await dump(ward.store)
    let tried = 0
    for (const route of routes.filter((each) => !mayCall(role, each))) {
      const isAboutComment = /\/comments\/:id|\/decisions$/.test(route.path)
      for (const state of isAboutComment ? STATES : (['pending'] as const)) {
        for (const by of route.path.startsWith('/api') ? (['token', 'cookie'] as const) : (['cookie'] as const)) {
          const response = await call(route, role, by, comments[state])
          tried++
          // What is sealed does not exist on pages that name it.
          expect([nameOf(route), state, by, response.status]).toEqual([nameOf(route), state, by, 403])
          expect(await response.text()).not.toContain('Đang chờ.')
        }
      }
    }
    expect(await dump(ward.store)).toEqual(before)
    if (role !== 'system') expect(tried).toBeGreaterThan(role === 'admin' ? -1 : 5)
  })

  it('is told so by a form of the desk before anything is said of what it holds', async () => {
    const before = await dump(ward.store)
    for (const route of routes.filter((each) => each.method === 'POST' && each.path.startsWith('/desk') && !mayCall(role, each))) {
      const response = await ward.request(filled(route.path, { site: ward.slug, id: 'khong-co' }), {
        method: 'POST',
        headers: { cookie: cookies[role], origin: BASE, accept: 'text/html' },
        body: new URLSearchParams(),
      })
      expect([nameOf(route), response.status]).toEqual([nameOf(route), 403])
    }
    expect(await dump(ward.store)).toEqual(before)
  })

  it('is let to every route that the table gives', async () => {
    for (const route of routes.filter((each) => mayCall(role, each) && needsOf(each) !== 'open')) {
      const nobody = { id: 'khong-co', version: 1 }
      for (const by of route.path.startsWith('/api') ? (['token', 'cookie'] as const) : (['cookie'] as const)) {
        if (route.method !== 'GET' && !/:id|\/decisions$/.test(route.path)) continue
        const { status } = await call(route, role, by, route.method === 'GET' && route.path.includes(':id') ? comments.pending : nobody)
        expect([nameOf(route), by, status]).not.toEqual([nameOf(route), by, 403])
        expect(status, nameOf(route)).toBeLessThan(500)
      }
    }
  })

  it('can give no verdict that the state does not know, and none at all without the act', async () => {
    const before = await dump(ward.store)
    const decide = routes.find((route) => nameOf(route) === 'POST /api/v1/admin/sites/:site/decisions')
    if (!decide) throw new Error('no route to decide')
    for (const state of STATES) {
      for (const verdict of VERDICTS) {
        const isOpen = roleMay(role, 'comment.decide') && LEGAL[state].includes(verdict)
        if (isOpen) continue
        const response = await call(decide, role, 'token', comments[state], verdict)
        if (!roleMay(role, 'comment.decide')) expect([state, verdict, response.status]).toEqual([state, verdict, 403])
        // What is sealed does not exist for a decision.
        else if (state === 'sealed') expect([verdict, response.status]).toEqual([verdict, 404])
        else {
          const { outcomes } = (await response.json()) as { outcomes?: { status: string }[] }
          expect([state, verdict, outcomes?.[0]?.status]).toEqual([state, verdict, 'refused'])
        }
      }
    }
    expect(await dump(ward.store)).toEqual(before)
  })

  it('pins and answers nothing that the public does not see, and finds nothing that is sealed', async () => {
    const before = await dump(ward.store)
    let tried = 0
    for (const route of routes.filter(({ method, path }) => method !== 'GET' && path.startsWith('/api') && path.includes('/comments/:id')))
      for (const state of STATES) {
        const isOfPublic = /\/(?:pin|replies)$/.test(route.path) && route.method !== 'DELETE'
        if (!mayCall(role, route) || !(state === 'sealed' || (isOfPublic && state !== 'published'))) continue
        const { status } = await call(route, role, 'token', comments[state])
        tried++
        expect([nameOf(route), state, status]).toEqual([nameOf(route), state, state === 'sealed' ? 404 : expect.toSatisfy(isRefusal)])
      }
    expect(tried).toBeGreaterThan(0)
    expect(await dump(ward.store)).toEqual(before)
  })

  it('finds no form, button or link on any page that leads where they may not go', async () => {
    // Where a provider of identities sends people back to is no page without one.
    const pages = routes.filter(
      (route) =>
        route.method === 'GET' && route.path.startsWith('/desk/:site') && !route.path.endsWith('/account/provider') && mayCall(role, route),
    )
    const listed = STATES.filter((state) => state !== 'sealed')
    const addresses: { address: string; state: State | null; isSilent?: boolean }[] = []
    for (const { path } of pages) {
      if (path.includes('/comments/:id'))
        for (const state of listed) addresses.push({ address: filled(path, { site: ward.slug, id: comments[state].id }), state })
      else if (path.includes('/articles/:id')) addresses.push({ address: filled(path, { site: ward.slug, id: thread }), state: null })
      else if (path.includes('/cards/:id'))
        for (const state of listed) addresses.push({ address: filled(path, { site: ward.slug, id: comments[state].id }), state })
      else addresses.push({ address: filled(path, { site: ward.slug }), state: null, isSilent: path.endsWith('/stamp') })
    }
    expect(addresses.filter(({ address }) => address.includes(':'))).toEqual([])
    for (const state of listed) addresses.push({ address: `/desk/${ward.slug}/queue?state=${state}`, state })
    let forms = 0
    let acts = 0
    for (const { address, state, isSilent = false } of addresses) {
      const response = await ward.request(address, { headers: { cookie: cookies[role] } })
      // What a page asks to hear whether anything moved has no words; everything else is a page.
      expect([address, response.status]).toEqual([address, isSilent ? 204 : 200])
      const elements = elementsOf(parse(await response.text()).childNodes)
      for (const element of elements) {
        const isForm = element.tagName === 'form' && attributeOf(element, 'method') === 'post'
        const target = isForm
          ? attributeOf(element, 'action')
          : (attributeOf(element, 'formaction') ?? (element.tagName === 'a' ? attributeOf(element, 'href') : undefined))
        if (!target?.startsWith('/desk')) continue
        const route = routeTo(isForm || element.tagName === 'button' ? 'POST' : 'GET', target)
        expect(route, `${address} leads to ${target}, which is no route`).toBeDefined()
        if (isForm) forms++
        // The desk's door for decisions takes the official reply too.
        const isReply = elementsOf(element.childNodes).some((each) => attributeOf(each, 'value') === 'reply')
        const isLed = route && (mayCall(role, route) || (isReply && roleMay(role, 'reply.publish')))
        if (route) expect([role, address, nameOf(route), isLed]).toEqual([role, address, nameOf(route), true])
        if (route && /\/decisions$/.test(route.path) && isForm && state !== null) {
          const offered = elementsOf(element.childNodes).filter(
            (each) => attributeOf(each, 'name') === 'verdict' && attributeOf(each, 'value') !== 'reply',
          )
          // What is public already can be approved once more, with parts of it hidden.
          const legal = state === 'published' ? [...LEGAL[state], 'approve'] : LEGAL[state]
          for (const each of offered) expect([state, legal]).toEqual([state, expect.arrayContaining([attributeOf(each, 'value')])])
        }
        if (route?.path.endsWith('/acts') && state !== null)
          for (const each of elementsOf(element.childNodes).filter((one) => attributeOf(one, 'name') === 'act')) {
            const act = attributeOf(each, 'value') ?? ''
            acts++
            expect([state, act, /pin/.test(act) && state !== 'published']).toEqual([state, act, false])
            expect([role, act, roleMay(role, ACTS[act] ?? 'token.manage')]).toEqual([role, act, true])
          }
      }
    }
    expect(forms).toBeGreaterThan(5)
    expect(acts > 0).toBe(roleMay(role, 'thread.close'))
  })
})

describe('a GET', () => {
  it('changes nothing, whoever asks, also while a browser fetches ahead', async () => {
    const all = routesOf(ward.services).filter((route) => route.method === 'GET')
    expect(all.length).toBeGreaterThan(25)
    const headers: Record<string, string>[] = [
      {},
      { purpose: 'prefetch' },
      { 'sec-purpose': 'prefetch;prerender' },
      { 'x-moz': 'prefetch' },
      { 'x-purpose': 'preview' },
    ]
    const before = await dump(ward.store)
    for (const route of all) {
      for (const role of ROLES) {
        for (const more of role === 'admin' || role === 'moderator' ? headers : headers.slice(2, 3)) {
          const path = filled(route.path, {
            site: ward.slug,
            id: route.path.includes('/articles/') ? thread : comments.pending.id,
            code: receipt,
            scope: 'ward',
            file: 'x.js',
            feed: `${ward.slug}.atom`,
          })
          const who = {
            cookie: cookies[role],
            ...(route.path.startsWith('/api/v1/admin/') ? { authorization: `Bearer ${tokens[role]}` } : {}),
          }
          for (const query of ['', '?key=bai-1', ...(route.path.startsWith('/desk/signin') ? [`?link=${link}`] : [])])
            for (const method of ['GET', 'HEAD']) await ward.request(`${path}${query}`, { method, headers: { ...who, ...more } })
        }
      }
    }
    expect(await dump(ward.store)).toEqual(before)
  })
})

/** What each act of a card's buttons is in the table of acts. */
const ACTS: Record<string, StaffAct> = {
  pin: 'comment.pin',
  unpin: 'comment.pin',
  close_article: 'thread.close',
  open_article: 'thread.close',
  dismiss_reports: 'comment.decide',
}

const isRefusal = (status: number) => [404, 409, 422].includes(status)

/** The verdicts that a comment of the ward in each state can get, written down anew: the program's own table is what is tried. */
const LEGAL: Record<State, readonly Verdict[]> = {
  pending: ['approve', 'reject', 'spam', 'hold', 'return', 'seal'],
  held: ['approve', 'reject', 'spam', 'return', 'seal'],
  returned: ['approve', 'reject', 'spam', 'hold', 'seal'],
  rejected: ['approve', 'spam', 'hold', 'return', 'seal'],
  spam: ['approve', 'reject', 'hold', 'seal'],
  published: ['hide', 'reject', 'spam', 'return', 'seal'],
  hidden: ['approve', 'reject', 'spam', 'seal'],
  withdrawn: [],
  sealed: [],
}
