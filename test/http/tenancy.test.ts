// Two wards on one database: with the ids, tokens and sessions of one nothing of the other can be read or changed.
// The cases are held against the app's own table of routes, so that a new route needs one.
import { beforeAll, describe, expect, it } from 'vitest'
import type { Submitted } from '../../src/core/comments/submit.ts'
import type { Outcome } from '../../src/core/moderation/decide.ts'
import { invite } from '../../src/core/people/team.ts'
import { sha256 } from '../../src/lib/crypto.ts'
import { dump } from '../support/dump.ts'
import { nameOf, routesOf, routesOfDocument } from '../support/routes.ts'
import { BASE, openWard, PORTAL, type Ward } from '../support/ward.ts'

/** What one site has that the other must not reach. */
type Side = {
  slug: string
  origin: string
  article: string
  token: string
  /** Of a person who may not undo what others decided. */
  moderator: string
  cookie: string
  personId: string
  sessionId: string
  tokenId: string
  invitation: string
  threadId: string
  published: Submitted
  waiting: Submitted
  /** A note of the person whose token it is. */
  note: string
  /** A prepared reply. */
  canned: string
  /** A decision within its undo window. */
  decision: string
}
/** `showsPublic`: the answer may hold what `there` has published, which is for anyone to read. */
type Call = { path: string; init?: Parameters<Ward['request']>[1]; expected: number; showsPublic?: boolean }

const PUBLISHED_TEXT = 'Chỉ đọc được ở '
const NO_WORDS = { hold: ['x y'], mark: [], allow: [] }
/** A table row that says why a route has nothing to try. */
const NOTHING = 'takes no id, key, token or session of a site'

let ward: Ward
let mine: Side
let other: Side
/** From the one site's ids on the other's paths, both ways round. */
let ways: [here: Side, there: Side][]

beforeAll(async () => {
  ward = await openWard()
  mine = await openSide(ward.slug, PORTAL, 'bai-o-phuong')
  other = await openSide(ward.otherSlug, 'https://xakhac.example', 'bai-o-xa')
  // Last, so that no window ends while the tests run: reading past its end would write.
  for (const side of [mine, other]) side.decision = (await approve(side, (await post(side, 'Vừa được duyệt.')).comment.id)).decision ?? ''
  ways = [
    [mine, other],
    [other, mine],
  ]
})

async function openSide(slug: string, origin: string, article: string): Promise<Side> {
  const token = await ward.token('admin', slug)
  const base = { slug, origin, article, token, moderator: await ward.token('moderator', slug) }
  const published = await post(base, `${PUBLISHED_TEXT}${slug}.`)
  await approve(base, published.comment.id)
  ward.clock.ms += 10_001
  const thread = (await (await ward.request(`/api/v1/sites/${slug}/threads?key=${article}`)).json()) as {
    thread: { id: string; count: number }
  }
  expect(thread.thread.count).toBe(1)
  const waiting = await post(base, 'Chưa ai xem ngoài nơi của nó.')
  const cookie = await ward.signIn('admin', `admin@${slug}.example`, slug)
  const noted = await ward.request(`/api/v1/admin/sites/${slug}/comments/${waiting.comment.id}/notes`, {
    method: 'POST',
    headers: bearer(token),
    body: { body: 'Ghi chú nội bộ.' },
  })
  const { id: note } = (await noted.json()) as { id: string }
  const prepared = await ward.request(`/api/v1/admin/sites/${slug}/canned`, {
    method: 'POST',
    headers: bearer(token),
    body: { name: 'Cảm ơn', body: 'Xin cảm ơn.' },
  })
  const { id: canned } = (await prepared.json()) as { id: string }
  const { db } = ward.store
  const person = await db.selectFrom('staff').select('id').where('email', '=', `admin@${slug}.example`).executeTakeFirstOrThrow()
  const open = await db.selectFrom('session').select('id').where('staff_id', '=', person.id).executeTakeFirstOrThrow()
  const { link, statements } = invite(ward.services, { email: `moi@${slug}.example`, site: slug, role: 'viewer' })
  await ward.store.batch(statements)
  const held = await db
    .selectFrom('api_token')
    .innerJoin('site', 'site.id', 'api_token.site_id')
    .select('api_token.id')
    .where('slug', '=', slug)
    .executeTakeFirstOrThrow()
  const people = {
    personId: person.id,
    sessionId: open.id,
    tokenId: held.id,
    invitation: sha256(new URL(link.url).searchParams.get('link') ?? ''),
  }
  return { ...base, ...people, cookie, threadId: thread.thread.id, published, waiting, note, canned, decision: '' }
}

async function post(side: Pick<Side, 'slug' | 'origin' | 'article'>, body: string): Promise<Submitted> {
  const response = await ward.request(`/api/v1/sites/${side.slug}/comments`, {
    method: 'POST',
    body: { article: { key: side.article, url: `${side.origin}/${side.article}`, title: 'Bài của một nơi' }, body },
  })
  expect(response.status).toBe(202)
  return (await response.json()) as Submitted
}

async function approve(side: Pick<Side, 'slug' | 'token'>, id: string): Promise<Outcome> {
  const response = await ward.request(`/api/v1/admin/sites/${side.slug}/decisions`, {
    method: 'POST',
    headers: bearer(side.token),
    body: { items: [{ comment: id, version: 1, verdict: 'approve' }] },
  })
  return ((await response.json()) as { outcomes: [Outcome] }).outcomes[0]
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const session = (cookie: string) => ({ cookie, origin: BASE, accept: 'application/json' })
const form = (fields: Record<string, string>) => new URLSearchParams(fields)

/** A staff path of one site tried with the token and the session of the other. */
const asStranger = (here: Side, path: string, init: Omit<NonNullable<Call['init']>, 'headers'> = {}): Call[] => [
  { path, init: { ...init, headers: bearer(here.token) }, expected: 404 },
  { path, init: { ...init, headers: session(here.cookie) }, expected: 404 },
]
/** A staff path of one's own site with an id of the other. */
const withIds = (there: Side, path: string, init: Omit<NonNullable<Call['init']>, 'headers'> = {}): Call[] => [
  { path, init: { ...init, headers: bearer(there.token) }, expected: 404 },
  { path, init: { ...init, headers: session(there.cookie) }, expected: 404 },
]
/** A page of the desk of one site tried with the session of the other; and with a token alone, which opens no page. */
const onDesk = (here: Side, path: string, init: Omit<NonNullable<Call['init']>, 'headers'> = {}): Call[] => [
  { path, init: { ...init, headers: session(here.cookie) }, expected: 404 },
  { path, init: { ...init, headers: { ...bearer(here.token), accept: 'application/json' } }, expected: 401 },
]

/** A form of one's own desk that names something of the other site. */
const onRoom = (there: Side, room: string, fields: Record<string, string>): Call => ({
  path: `/desk/${there.slug}/${room}`,
  init: { method: 'POST', headers: session(there.cookie), body: form(fields) },
  expected: 404,
})

/** A staff path that names a comment: the other site's path with either id, and one's own path with the other's id. */
const staffOn = (here: Side, there: Side, part: (side: Side) => string, init: Omit<NonNullable<Call['init']>, 'headers'>): Call[] => [
  ...asStranger(here, `/api/v1/admin/sites/${there.slug}/${part(there)}`, init),
  ...asStranger(here, `/api/v1/admin/sites/${there.slug}/${part(here)}`, init),
  ...withIds(there, `/api/v1/admin/sites/${there.slug}/${part(here)}`, init),
]
/** A route that takes no right, tried from a page of the other site. */
const fromPageOf = (here: Side, path: string, method: string, body?: Record<string, unknown>): Call[] => [
  { path, init: { method, headers: { origin: here.origin }, ...(body ? { body } : {}) }, expected: 403 },
]

/** A page of an article: the other site's, and one's own with the other's article. */
const onArticle = (here: Side, there: Side, part: string, body?: URLSearchParams): Call[] => [
  ...onDesk(here, `/desk/${there.slug}/articles/${there.threadId}${part}`, body ? { method: 'POST', body } : {}),
  {
    path: `/desk/${there.slug}/articles/${here.threadId}${part}`,
    init: { headers: session(there.cookie), ...(body ? { method: 'POST', body } : {}) },
    expected: 404,
  },
]

const decideOn = (side: Side) => ({ items: [{ comment: side.waiting.comment.id, version: 1, verdict: 'approve' }] })
const deskDecision = (side: Side) =>
  form({ comment: side.waiting.comment.id, version: '1', verdict: 'approve', request_key: 'khoa-cua-trang-1', state: 'pending' })

const deskBulk = (side: Side) =>
  form({ [`item-${side.waiting.comment.id}`]: '1', verdict: 'spam', request_key: 'khoa-cua-trang-2', scope: 'chosen' })

/** For each route: how ids, tokens and sessions of `here` are tried at `there`; every call must be refused and change nothing. */
const CASES: Record<string, string | ((here: Side, there: Side) => Call[])> = {
  'GET /api/v1/admin/sites/:site/queue': (here, there) => asStranger(here, `/api/v1/admin/sites/${there.slug}/queue`),
  'GET /api/v1/admin/sites/:site/comments/:id': (here, there) => [
    ...asStranger(here, `/api/v1/admin/sites/${there.slug}/comments/${there.waiting.comment.id}`),
    ...asStranger(here, `/api/v1/admin/sites/${there.slug}/comments/${here.waiting.comment.id}`),
    ...withIds(there, `/api/v1/admin/sites/${there.slug}/comments/${here.waiting.comment.id}`),
  ],
  'POST /api/v1/admin/sites/:site/decisions': (here, there) => [
    ...asStranger(here, `/api/v1/admin/sites/${there.slug}/decisions`, { method: 'POST', body: decideOn(there) }),
    ...asStranger(here, `/api/v1/admin/sites/${there.slug}/decisions`, { method: 'POST', body: decideOn(here) }),
    ...withIds(there, `/api/v1/admin/sites/${there.slug}/decisions`, { method: 'POST', body: decideOn(here) }),
  ],
  'DELETE /api/v1/admin/sites/:site/decisions/:id': (here, there) => [
    ...asStranger(here, `/api/v1/admin/sites/${there.slug}/decisions/${there.decision}`, { method: 'DELETE' }),
    ...withIds(there, `/api/v1/admin/sites/${there.slug}/decisions/${here.decision}`, { method: 'DELETE' }),
    {
      path: `/api/v1/admin/sites/${there.slug}/decisions/${here.decision}`,
      init: { method: 'DELETE', headers: bearer(there.moderator) },
      expected: 404,
    },
  ],
  'GET /api/v1/admin/sites/:site/comments/:id/surroundings': (here, there) =>
    staffOn(here, there, (side) => `comments/${side.waiting.comment.id}/surroundings`, {}),
  'GET /api/v1/admin/sites/:site/colleagues': (here, there) => asStranger(here, `/api/v1/admin/sites/${there.slug}/colleagues`),
  'PUT /api/v1/admin/sites/:site/comments/:id/assignee': (here, there) =>
    staffOn(here, there, (side) => `comments/${side.waiting.comment.id}/assignee`, {
      method: 'PUT',
      body: { assignee: null, assignment: 0 },
    }),
  'POST /api/v1/admin/sites/:site/comments/:id/notes': (here, there) =>
    staffOn(here, there, (side) => `comments/${side.waiting.comment.id}/notes`, { method: 'POST', body: { body: 'Ghi sang nơi khác.' } }),
  'PATCH /api/v1/admin/sites/:site/notes/:id': (here, there) =>
    staffOn(here, there, (side) => `notes/${side.note}`, { method: 'PATCH', body: { body: 'Sửa của nơi khác.' } }),
  'DELETE /api/v1/admin/sites/:site/notes/:id': (here, there) => staffOn(here, there, (side) => `notes/${side.note}`, { method: 'DELETE' }),
  'PUT /api/v1/admin/sites/:site/comments/:id/viewing': (here, there) =>
    staffOn(here, there, (side) => `comments/${side.waiting.comment.id}/viewing`, { method: 'PUT' }),
  'POST /api/v1/admin/sites/:site/comments/:id/contact': (here, there) =>
    staffOn(here, there, (side) => `comments/${side.waiting.comment.id}/contact`, { method: 'POST', body: { reason: 'Tò mò.' } }),
  'POST /api/v1/admin/sites/:site/undos': (here, there) => [
    ...asStranger(here, `/api/v1/admin/sites/${there.slug}/undos`, { method: 'POST', body: { decisions: [there.decision] } }),
    ...withIds(there, `/api/v1/admin/sites/${there.slug}/undos`, { method: 'POST', body: { decisions: [here.decision] } }),
  ],
  'PUT /api/v1/admin/sites/:site/threads/:id/closed': (here, there) =>
    staffOn(here, there, (side) => `threads/${side.threadId}/closed`, { method: 'PUT' }),
  'DELETE /api/v1/admin/sites/:site/threads/:id/closed': (here, there) =>
    staffOn(here, there, (side) => `threads/${side.threadId}/closed`, { method: 'DELETE' }),
  'POST /api/v1/admin/sites/:site/comments/:id/replies': (here, there) =>
    staffOn(here, there, (side) => `comments/${side.published.comment.id}/replies`, {
      method: 'POST',
      body: { body: 'Trả lời sang nơi khác.', signer_title: 'Chủ tịch' },
    }),
  'PUT /api/v1/admin/sites/:site/comments/:id/pin': (here, there) =>
    staffOn(here, there, (side) => `comments/${side.published.comment.id}/pin`, { method: 'PUT' }),
  'DELETE /api/v1/admin/sites/:site/comments/:id/pin': (here, there) =>
    staffOn(here, there, (side) => `comments/${side.published.comment.id}/pin`, { method: 'DELETE' }),
  'DELETE /api/v1/admin/sites/:site/comments/:id/reports': (here, there) =>
    staffOn(here, there, (side) => `comments/${side.published.comment.id}/reports`, { method: 'DELETE' }),
  'GET /api/v1/admin/sites/:site/rules': (here, there) => asStranger(here, `/api/v1/admin/sites/${there.slug}/rules`),
  'PUT /api/v1/admin/sites/:site/rules/:scope': (here, there) =>
    asStranger(here, `/api/v1/admin/sites/${there.slug}/rules/ward`, { method: 'PUT', body: { ...NO_WORDS, version: 0 } }),
  'POST /api/v1/admin/sites/:site/rules/:scope/trial': (here, there) =>
    asStranger(here, `/api/v1/admin/sites/${there.slug}/rules/ward/trial`, { method: 'POST', body: NO_WORDS }),
  'PUT /api/v1/admin/sites/:site/switches': (here, there) =>
    asStranger(here, `/api/v1/admin/sites/${there.slug}/switches`, { method: 'PUT', body: { rule: 'links', off: true } }),
  'GET /api/v1/sites/:site': 'tells a site’s public settings',
  'GET /api/v1/sites/:site/threads': (here, there) => [
    { path: `/api/v1/sites/${there.slug}/threads?key=${here.article}`, expected: 200 },
    { path: `/api/v1/sites/${there.slug}/threads?url=${encodeURIComponent(`${here.origin}/${here.article}`)}`, expected: 200 },
    { path: `/api/v1/sites/${there.slug}/threads?key=${there.article}-x&around=${here.published.comment.id}`, expected: 200 },
    { path: `/api/v1/sites/${there.slug}/threads?key=${there.article}-x&parent=${here.published.comment.id}`, expected: 200 },
  ],
  'GET /api/v1/sites/:site/counts': (here, there) => [{ path: `/api/v1/sites/${there.slug}/counts?key=${here.article}`, expected: 200 }],
  'GET /api/v1/sites/:site/challenge': (here, there) => [
    { path: `/api/v1/sites/${there.slug}/challenge?key=${here.article}&body=${'0'.repeat(64)}`, expected: 200 },
  ],
  'POST /api/v1/sites/:site/counts': (here, there) => [
    { path: `/api/v1/sites/${there.slug}/counts`, init: { method: 'POST', body: { articles: [{ key: here.article }] } }, expected: 200 },
  ],
  'POST /api/v1/sites/:site/comments': (here, there) => [
    {
      path: `/api/v1/sites/${there.slug}/comments`,
      init: {
        method: 'POST',
        body: { article: { key: there.article }, body: 'Trả lời sang nơi khác.', parent_id: here.published.comment.id },
      },
      expected: 422,
    },
    {
      path: `/api/v1/sites/${there.slug}/comments`,
      init: { method: 'POST', headers: { origin: here.origin }, body: { article: { key: there.article }, body: 'Từ trang nơi khác.' } },
      expected: 403,
    },
  ],
  'PATCH /api/v1/comments/:id': (here, there) => [
    {
      path: `/api/v1/comments/${there.waiting.comment.id}`,
      init: { method: 'PATCH', headers: bearer(here.waiting.edit.token), body: { body: 'Sửa bài nơi khác.' } },
      expected: 404,
    },
    {
      path: `/api/v1/comments/${there.waiting.comment.id}`,
      init: { method: 'PATCH', headers: bearer(here.token), body: { body: 'Sửa bằng thẻ cán bộ.' } },
      expected: 404,
    },
    {
      path: `/api/v1/comments/${there.waiting.comment.id}`,
      init: {
        method: 'PATCH',
        headers: { ...bearer(there.waiting.edit.token), origin: here.origin },
        body: { body: 'Sửa từ trang khác.' },
      },
      expected: 403,
    },
  ],
  'DELETE /api/v1/comments/:id': (here, there) => [
    {
      path: `/api/v1/comments/${there.waiting.comment.id}`,
      init: { method: 'DELETE', headers: bearer(here.waiting.edit.token) },
      expected: 404,
    },
    { path: `/api/v1/comments/${there.waiting.comment.id}`, init: { method: 'DELETE', headers: bearer(here.token) }, expected: 404 },
  ],
  'PUT /api/v1/comments/:id/like': (here, there) => fromPageOf(here, `/api/v1/comments/${there.published.comment.id}/like`, 'PUT'),
  'DELETE /api/v1/comments/:id/like': (here, there) => fromPageOf(here, `/api/v1/comments/${there.published.comment.id}/like`, 'DELETE'),
  'POST /api/v1/comments/:id/reports': (here, there) =>
    fromPageOf(here, `/api/v1/comments/${there.published.comment.id}/reports`, 'POST', { reason: 'ads' }),
  'POST /api/v1/sites/:site/nudges': (here, there) => [
    ...fromPageOf(here, `/api/v1/sites/${there.slug}/nudges`, 'POST', { body: 'Từ trang nơi khác.' }),
    {
      path: `/api/v1/sites/${there.slug}/nudges`,
      init: { method: 'POST', body: { article: { key: here.article }, body: `${PUBLISHED_TEXT}${here.slug}.` } },
      expected: 200,
    },
  ],
  'GET /api/v1/receipts/:code': (here, there) => [
    { path: `/api/v1/receipts/${there.waiting.receipt.code}`, init: { headers: bearer(here.waiting.receipt.secret) }, expected: 404 },
    { path: `/api/v1/receipts/${there.waiting.receipt.code}`, init: { headers: bearer(here.token) }, expected: 404 },
    { path: `/api/v1/receipts/${there.waiting.receipt.code}`, init: { headers: bearer(there.waiting.edit.token) }, expected: 404 },
  ],
  'GET /api/v1/sites/:site/receipts/:code': (here, there) => [
    {
      path: `/api/v1/sites/${there.slug}/receipts/${here.waiting.receipt.code}`,
      init: { headers: bearer(here.waiting.receipt.secret) },
      expected: 404,
    },
    {
      path: `/api/v1/sites/${here.slug}/receipts/${there.waiting.receipt.code}`,
      init: { headers: bearer(here.waiting.receipt.secret) },
      expected: 404,
    },
  ],
  'GET /api/v1/sites/:site/reasons': (_here, there) => [{ path: `/api/v1/sites/${there.slug}/reasons`, expected: 200 }],
  'GET /widget/:file': NOTHING,
  'GET /assets/:file': NOTHING,
  'GET /feeds/:feed{.+\\.(?:atom|json)}': (here, there) =>
    ['atom', 'json'].map((kind) => ({ path: `/feeds/${there.slug}/${here.threadId}.${kind}`, expected: 404 })),
  'GET /r/:site': (here, there) => [
    { path: `/r/${there.slug}?key=${here.article}`, expected: 200 },
    { path: `/r/${there.slug}?key=${there.article}-x&parent=${here.published.comment.id}`, expected: 200 },
  ],
  'POST /r/:site': (here, there) => [
    {
      path: `/r/${there.slug}`,
      init: {
        method: 'POST',
        body: form({ key: there.article, body: 'Trả lời sang nơi khác.', parent_id: here.published.comment.id, consent_terms: 'on' }),
      },
      expected: 422,
      showsPublic: true,
    },
  ],
  'POST /r/:site/like': (here, there) => [
    {
      path: `/r/${there.slug}/like`,
      init: { method: 'POST', body: form({ key: there.article, comment: here.published.comment.id }) },
      expected: 404,
    },
  ],
  'GET /r/:site/report': (here, there) => [
    { path: `/r/${there.slug}/report?key=${there.article}&comment=${here.published.comment.id}`, expected: 200 },
  ],
  'POST /r/:site/report': (here, there) => [
    {
      path: `/r/${there.slug}/report`,
      init: { method: 'POST', body: form({ key: there.article, comment: here.published.comment.id, reason: 'ads' }) },
      expected: 404,
    },
  ],
  'GET /r/:site/receipt': NOTHING,
  'POST /r/:site/receipt': (here, there) => [
    {
      path: `/r/${there.slug}/receipt`,
      init: { method: 'POST', body: form({ receipt: `${there.waiting.receipt.code}-${here.waiting.receipt.secret}` }) },
      expected: 404,
    },
    {
      path: `/r/${there.slug}/receipt`,
      init: { method: 'POST', body: form({ receipt: `${here.waiting.receipt.code}-${there.waiting.receipt.secret}` }) },
      expected: 404,
    },
  ],
  'GET /desk': 'leads to the person’s own first site',
  'GET /desk/signin': 'takes a sign-in link, which is a person’s and no site’s',
  'POST /desk/signin': 'takes a sign-in link, which is a person’s and no site’s',
  'GET /desk/signin/step': 'shows the second step of a sign-in, which is a person’s and no site’s',
  'POST /desk/signin/code': 'ends a sign-in, which is a person’s and no site’s',
  'GET /desk/signin/provider': 'begins a sign-in, which is a person’s and no site’s',
  'GET /desk/signin/provider/return': 'ends a sign-in, which is a person’s and no site’s',
  'POST /desk/signin/provider': 'ends a sign-in, which is a person’s and no site’s',
  'POST /desk/signin/app': 'ends a sign-in, which is a person’s and no site’s',
  'POST /desk/signin/passkey': 'ends a sign-in, which is a person’s and no site’s',
  'POST /desk/signin/passkey/new': 'ends a sign-in, which is a person’s and no site’s',
  'POST /desk/signout': 'ends one’s own session',
  'GET /desk/:site/queue': (here, there) => onDesk(here, `/desk/${there.slug}/queue`),
  'GET /desk/:site/comments/:id': (here, there) => [
    ...onDesk(here, `/desk/${there.slug}/comments/${there.waiting.comment.id}`),
    {
      path: `/desk/${there.slug}/comments/${here.waiting.comment.id}`,
      init: { headers: session(there.cookie) },
      expected: 404,
    },
  ],
  ...Object.fromEntries(
    (['assignee', 'notes', 'contact', 'viewing'] as const).map((part) => [
      `POST /desk/:site/comments/:id/${part}`,
      (here: Side, there: Side) => {
        const init = { method: 'POST', body: form({ act: 'release', assignment: '0', body: 'Sang nơi khác.', reason: 'Tò mò.' }) }
        return [
          ...onDesk(here, `/desk/${there.slug}/comments/${there.waiting.comment.id}/${part}`, init),
          {
            path: `/desk/${there.slug}/comments/${here.waiting.comment.id}/${part}`,
            init: { ...init, headers: session(there.cookie) },
            expected: 404,
          },
        ]
      },
    ]),
  ),
  'GET /desk/:site/log': (here, there) => onDesk(here, `/desk/${there.slug}/log`),
  'POST /desk/:site/log/export': (here, there) =>
    onDesk(here, `/desk/${there.slug}/log/export`, { method: 'POST', body: form({ format: 'csv' }) }),
  'GET /desk/:site/bans': (here, there) => onDesk(here, `/desk/${there.slug}/bans`),
  'POST /desk/:site/bans': (here, there) => {
    const body = form({ comment: there.waiting.comment.id, span: 'network 1', reason: 'Thử' })
    return onDesk(here, `/desk/${there.slug}/bans`, { method: 'POST', body })
  },
  'POST /desk/:site/bans/:id/lift': (here, there) =>
    onDesk(here, `/desk/${there.slug}/bans/khong-co/lift`, { method: 'POST', body: form({}) }),
  'POST /desk/:site/decisions': (here, there) => [
    ...onDesk(here, `/desk/${there.slug}/decisions`, { method: 'POST', body: deskDecision(there) }),
    {
      path: `/desk/${there.slug}/decisions`,
      init: { method: 'POST', headers: session(there.cookie), body: deskDecision(here) },
      expected: 404,
    },
  ],
  'POST /desk/:site/decisions/:id/undo': (here, there) => [
    ...onDesk(here, `/desk/${there.slug}/decisions/${there.decision}/undo`, { method: 'POST', body: form({ version: '2' }) }),
    {
      path: `/desk/${there.slug}/decisions/${here.decision}/undo`,
      init: { method: 'POST', headers: session(there.cookie), body: form({ version: '2' }) },
      expected: 404,
    },
  ],
  'GET /desk/:site/learning': (here, there) => onDesk(here, `/desk/${there.slug}/learning`),
  'GET /desk/:site/words': (here, there) => onDesk(here, `/desk/${there.slug}/words`),
  'GET /desk/:site/words.csv': (here, there) => onDesk(here, `/desk/${there.slug}/words.csv`),
  'POST /desk/:site/words': (here, there) =>
    onDesk(here, `/desk/${there.slug}/words`, { method: 'POST', body: form({ version: '0', hold: 'x y', act: 'save' }) }),
  'POST /desk/:site/words/switch': (here, there) =>
    onDesk(here, `/desk/${there.slug}/words/switch`, { method: 'POST', body: form({ rule: 'links', off: '1' }) }),
  'GET /desk/:site/stamp': (here, there) => onDesk(here, `/desk/${there.slug}/stamp`),
  'GET /desk/:site/cards/:id': (here, there) => [
    ...onDesk(here, `/desk/${there.slug}/cards/${there.waiting.comment.id}`),
    { path: `/desk/${there.slug}/cards/${here.waiting.comment.id}`, init: { headers: session(there.cookie) }, expected: 404 },
  ],
  'POST /desk/:site/acts': (here, there) => [
    ...onDesk(here, `/desk/${there.slug}/acts`, {
      method: 'POST',
      body: form({ comment: there.published.comment.id, act: 'pin' }),
    }),
    {
      path: `/desk/${there.slug}/acts`,
      init: {
        method: 'POST',
        headers: session(there.cookie),
        body: form({ comment: here.published.comment.id, act: 'close_article' }),
      },
      expected: 404,
    },
  ],
  'POST /desk/:site/bulk': (here, there) => [
    ...onDesk(here, `/desk/${there.slug}/bulk`, { method: 'POST', body: deskBulk(there) }),
    { path: `/desk/${there.slug}/bulk`, init: { method: 'POST', headers: session(there.cookie), body: deskBulk(here) }, expected: 404 },
  ],
  'POST /desk/:site/bulk/undo': (here, there) =>
    onDesk(here, `/desk/${there.slug}/bulk/undo`, { method: 'POST', body: form({ request_key: 'khoa-cua-trang-1' }) }),
  'POST /desk/:site/views': (here, there) =>
    onDesk(here, `/desk/${there.slug}/views`, { method: 'POST', body: form({ name: 'Của nơi khác', state: 'spam' }) }),
  'POST /desk/:site/views/:id/delete': (here, there) =>
    onDesk(here, `/desk/${there.slug}/views/${there.waiting.comment.id}/delete`, { method: 'POST', body: form({}) }),
  'GET /desk/:site/preferences': (here, there) => onDesk(here, `/desk/${there.slug}/preferences`),
  'POST /desk/:site/preferences': (here, there) =>
    onDesk(here, `/desk/${there.slug}/preferences`, { method: 'POST', body: form({ theme: 'dark' }) }),
  'POST /desk/:site/keys': (here, there) => onDesk(here, `/desk/${there.slug}/keys`, { method: 'POST', body: form({ approve: 'd' }) }),
  'POST /desk/:site/moved': (here, there) => [
    ...onDesk(here, `/desk/${there.slug}/moved`, { method: 'POST', body: { shown: [] } }),
    {
      path: `/desk/${there.slug}/moved`,
      init: {
        method: 'POST',
        headers: session(there.cookie),
        body: { shown: [{ id: here.published.comment.id, version: 1, assignment: 0 }] },
      },
      expected: 200,
    },
  ],
  'POST /desk/:site/confirm': (here, there) =>
    onDesk(here, `/desk/${there.slug}/confirm`, { method: 'POST', body: form({ code: '000000' }) }),
  'GET /desk/:site/account': (here, there) => onDesk(here, `/desk/${there.slug}/account`),
  'GET /desk/:site/account/provider': (here, there) => onDesk(here, `/desk/${there.slug}/account/provider`),
  'GET /desk/:site/account/app': (here, there) => onDesk(here, `/desk/${there.slug}/account/app`),
  ...Object.fromEntries(
    [
      'account/password',
      'account/app',
      'account/app/remove',
      'account/codes',
      'account/passkeys',
      'account/passkeys/remove',
      'account/provider/unlink',
    ].map((room) => [
      `POST /desk/:site/${room}`,
      (here: Side, there: Side) => onDesk(here, `/desk/${there.slug}/${room}`, { method: 'POST', body: form({}) }),
    ]),
  ),
  'POST /desk/:site/account/sessions': (here, there) => [
    ...onDesk(here, `/desk/${there.slug}/account/sessions`, { method: 'POST', body: form({ session: 'others' }) }),
    onRoom(there, 'account/sessions', { session: here.sessionId }),
  ],
  'GET /desk/:site/people': (here, there) => onDesk(here, `/desk/${there.slug}/people`),
  'POST /desk/:site/people': (here, there) =>
    onDesk(here, `/desk/${there.slug}/people`, { method: 'POST', body: form({ email: 'ai@do.example', name: 'Ai', role: 'viewer' }) }),
  'POST /desk/:site/people/withdraw': (here, there) => [
    ...onDesk(here, `/desk/${there.slug}/people/withdraw`, { method: 'POST', body: form({ invitation: there.invitation }) }),
    onRoom(there, 'people/withdraw', { invitation: here.invitation }),
  ],
  'POST /desk/:site/people/role': (here, there) => [
    ...onDesk(here, `/desk/${there.slug}/people/role`, { method: 'POST', body: form({ person: there.personId, role: 'viewer' }) }),
    onRoom(there, 'people/role', { person: here.personId, role: 'viewer' }),
  ],
  'POST /desk/:site/people/access': (here, there) => [
    ...onDesk(here, `/desk/${there.slug}/people/access`, { method: 'POST', body: form({ person: there.personId, access: 'off' }) }),
    onRoom(there, 'people/access', { person: here.personId, access: 'off' }),
  ],
  'POST /desk/:site/people/recovery': (here, there) => [
    ...onDesk(here, `/desk/${there.slug}/people/recovery`, { method: 'POST', body: form({ person: there.personId, kind: 'password' }) }),
    onRoom(there, 'people/recovery', { person: here.personId, kind: 'password' }),
  ],
  'GET /desk/:site/tokens': (here, there) => onDesk(here, `/desk/${there.slug}/tokens`),
  'POST /desk/:site/tokens': (here, there) =>
    onDesk(here, `/desk/${there.slug}/tokens`, { method: 'POST', body: form({ name: 'Máy', role: 'viewer' }) }),
  'POST /desk/:site/tokens/revoke': (here, there) => [
    ...onDesk(here, `/desk/${there.slug}/tokens/revoke`, { method: 'POST', body: form({ token: there.tokenId }) }),
    onRoom(there, 'tokens/revoke', { token: here.tokenId }),
  ],
  'GET /desk/:site/settings': (here, there) => onDesk(here, `/desk/${there.slug}/settings`),
  'GET /desk/:site/settings/site': (here, there) => onDesk(here, `/desk/${there.slug}/settings/site`),
  'POST /desk/:site/settings/site': (here, there) =>
    onDesk(here, `/desk/${there.slug}/settings/site`, { method: 'POST', body: form({ version: '1', agency: 'Của nơi khác' }) }),
  'GET /desk/:site/settings/origins': (here, there) => onDesk(here, `/desk/${there.slug}/settings/origins`),
  'POST /desk/:site/settings/origins': (here, there) =>
    onDesk(here, `/desk/${there.slug}/settings/origins`, { method: 'POST', body: form({ origin: here.origin }) }),
  'GET /desk/:site/settings/embed': (here, there) => onDesk(here, `/desk/${there.slug}/settings/embed`),
  'GET /desk/:site/settings/canned': (here, there) => onDesk(here, `/desk/${there.slug}/settings/canned`),
  'POST /desk/:site/settings/canned': (here, there) =>
    onDesk(here, `/desk/${there.slug}/settings/canned`, { method: 'POST', body: form({ name: 'Của nơi khác', body: 'Xin chào.' }) }),
  'POST /desk/:site/comments/:id/reply': (here, there) => [
    ...onDesk(here, `/desk/${there.slug}/comments/${there.waiting.comment.id}/reply`, { method: 'POST', body: form({ version: '1' }) }),
    {
      path: `/desk/${there.slug}/comments/${here.waiting.comment.id}/reply`,
      init: { method: 'POST', headers: session(there.cookie), body: form({ version: '1' }) },
      expected: 404,
    },
  ],
  'GET /desk/:site/articles': (here, there) => onDesk(here, `/desk/${there.slug}/articles`),
  'POST /desk/:site/articles': (here, there) =>
    onDesk(here, `/desk/${there.slug}/articles`, { method: 'POST', body: form({ name: 'bai-moi', title: 'Bài mới' }) }),
  'GET /desk/:site/articles/:id': (here, there) => onArticle(here, there, ''),
  'POST /desk/:site/articles/:id': (here, there) => onArticle(here, there, '', form({ version: '1', state: 'closed' })),
  'POST /desk/:site/articles/:id/names': (here, there) => onArticle(here, there, '/names', form({ name: 'ten-khac' })),
  'GET /desk/:site/articles/:id/merge': (here, there) => onArticle(here, there, '/merge'),
  'POST /desk/:site/articles/:id/merge': (here, there) => [
    ...onArticle(here, there, '/merge', form({ into: there.threadId })),
    {
      path: `/desk/${there.slug}/articles/${there.threadId}/merge`,
      init: { method: 'POST', headers: session(there.cookie), body: form({ into: here.threadId }) },
      expected: 404,
    },
  ],
  'GET /desk/:site/practice': (here, there) => onDesk(here, `/desk/${there.slug}/practice`),
  'POST /desk/:site/practice': (here, there) =>
    onDesk(here, `/desk/${there.slug}/practice`, { method: 'POST', body: form({ case: 'khen-duong', choice: 'approve' }) }),
  'GET /desk/:site/quick': (here, there) => onDesk(here, `/desk/${there.slug}/quick`),
  'POST /desk/:site/quick': (here, there) =>
    onDesk(here, `/desk/${there.slug}/quick`, {
      method: 'POST',
      body: form({ request_key: 'khoa-cua-trang-9', 'item-0': `${there.waiting.comment.id} 1` }),
    }),
  'GET /desk/:site/settings/consents': (here, there) => onDesk(here, `/desk/${there.slug}/settings/consents`),
  'GET /api/v1/admin/sites/:site/settings': (here, there) => asStranger(here, `/api/v1/admin/sites/${there.slug}/settings`),
  'PATCH /api/v1/admin/sites/:site/settings': (here, there) =>
    asStranger(here, `/api/v1/admin/sites/${there.slug}/settings`, {
      method: 'PATCH',
      body: { version: 1, changes: { agency: 'Của nơi khác' } },
    }),
  'GET /api/v1/admin/sites/:site/articles': (here, there) => asStranger(here, `/api/v1/admin/sites/${there.slug}/articles`),
  'POST /api/v1/admin/sites/:site/articles': (here, there) =>
    asStranger(here, `/api/v1/admin/sites/${there.slug}/articles`, { method: 'POST', body: { name: 'bai-moi', title: 'Bài mới' } }),
  'GET /api/v1/admin/sites/:site/articles/:id': (here, there) => staffOn(here, there, (side) => `articles/${side.threadId}`, {}),
  'PUT /api/v1/admin/sites/:site/articles/:id': (here, there) =>
    staffOn(here, there, (side) => `articles/${side.threadId}`, {
      method: 'PUT',
      body: { version: 1, state: 'closed', closes_at: null, opens_at: null, message: 'Của nơi khác.' },
    }),
  'POST /api/v1/admin/sites/:site/articles/:id/names': (here, there) =>
    staffOn(here, there, (side) => `articles/${side.threadId}/names`, { method: 'POST', body: { name: 'ten-khac' } }),
  'DELETE /api/v1/admin/sites/:site/articles/:id/names': (here, there) =>
    staffOn(here, there, (side) => `articles/${side.threadId}/names?name=ten-khac`, { method: 'DELETE' }),
  'POST /api/v1/admin/sites/:site/articles/:id/merge': (here, there) => [
    ...staffOn(here, there, (side) => `articles/${side.threadId}/merge`, { method: 'POST', body: { into: there.threadId } }),
    ...withIds(there, `/api/v1/admin/sites/${there.slug}/articles/${there.threadId}/merge`, {
      method: 'POST',
      body: { into: here.threadId },
    }),
  ],
  'GET /api/v1/admin/sites/:site/canned': (here, there) => asStranger(here, `/api/v1/admin/sites/${there.slug}/canned`),
  'POST /api/v1/admin/sites/:site/canned': (here, there) =>
    asStranger(here, `/api/v1/admin/sites/${there.slug}/canned`, { method: 'POST', body: { name: 'Của nơi khác', body: 'Xin chào.' } }),
  'PUT /api/v1/admin/sites/:site/canned/:id': (here, there) =>
    staffOn(here, there, (side) => `canned/${side.canned}`, { method: 'PUT', body: { version: 1, name: 'Đổi', body: 'Đổi.' } }),
  'DELETE /api/v1/admin/sites/:site/canned/:id': (here, there) =>
    staffOn(here, there, (side) => `canned/${side.canned}`, { method: 'DELETE' }),
  'POST /api/v1/admin/sites/:site/log/export': (here, there) =>
    asStranger(here, `/api/v1/admin/sites/${there.slug}/log/export`, { method: 'POST', body: { format: 'csv' } }),
  'GET /api/v1/admin/sites/:site/log': (here, there) => [
    ...asStranger(here, `/api/v1/admin/sites/${there.slug}/log`),
    {
      path: `/api/v1/admin/sites/${there.slug}/log?subject=${here.waiting.comment.id}`,
      init: { headers: bearer(there.token) },
      expected: 200,
    },
  ],
  'GET /healthz': NOTHING,
  'GET /openapi.json': NOTHING,
  'GET /docs': NOTHING,
  'GET /readyz': NOTHING,
  'GET /metrics': NOTHING,
}

/** What is in an answer that must not be: texts and ids of the other side, and what nobody has approved. */
function leaks(text: string, call: Call, here: Side, there: Side): string[] {
  const brought = `${call.path} ${JSON.stringify(call.init?.body ?? '')} ${String(call.init?.body ?? '')}`
  const ofReaders = (side: Side) => [side.published.comment.id, `${PUBLISHED_TEXT}${side.slug}`, side.threadId]
  const ofStaff = (side: Side) => [side.waiting.comment.id, side.waiting.receipt.code, side.waiting.receipt.secret, side.decision]
  const secrets = [...ofReaders(here), ...(call.showsPublic ? [] : ofReaders(there)), ...ofStaff(here), ...ofStaff(there)]
  return [...secrets, 'Chưa ai xem ngoài', 'Vừa được duyệt'].filter((secret) => text.includes(secret) && !brought.includes(secret))
}

describe('the table of routes', () => {
  it('has a case for each route, and no case without a route', () => {
    expect(Object.keys(CASES).sort()).toEqual(routesOf(ward.services).map(nameOf).sort())
  })

  it('holds every route of the OpenAPI document', async () => {
    const document = (await (await ward.request('/openapi.json')).json()) as Parameters<typeof routesOfDocument>[0]
    const declared = routesOfDocument(document).map(nameOf)
    expect(declared.length).toBeGreaterThan(10)
    expect(routesOf(ward.services).map(nameOf)).toEqual(expect.arrayContaining(declared))
  })
})

describe('of another site', () => {
  it.each(Object.entries(CASES).flatMap(([route, calls]) => (typeof calls === 'string' ? [] : [[route, calls] as const])))(
    '%s gives and changes nothing',
    async (_route, calls) => {
      for (const [here, there] of ways) {
        for (const call of calls(here, there)) {
          const before = await dump(ward.store)
          const response = await ward.request(call.path, call.init)
          const text = await response.text()
          expect(response.status, `${call.path}: ${text.slice(0, 300)}`).toBe(call.expected)
          expect(leaks(text, call, here, there), call.path).toEqual([])
          expect(await dump(ward.store), `${call.path} changed the database`).toEqual(before)
        }
      }
    },
  )

  it('a request with ids of both sites acts on its own only', async () => {
    const before = await dump(ward.store)
    const response = await ward.request(`/api/v1/admin/sites/${mine.slug}/decisions`, {
      method: 'POST',
      headers: bearer(mine.token),
      body: { items: [...decideOn(other).items, ...decideOn(mine).items] },
    })
    expect(await response.json()).toMatchObject({
      outcomes: [
        { status: 'refused', code: 'not_found', state: null, version: null },
        { status: 'done', state: 'published' },
      ],
    })
    const after = await dump(ward.store)
    const ofOther = (rows: Record<string, unknown>[] | undefined) => rows?.filter((row) => row.id === other.waiting.comment.id)
    expect(ofOther(after.comment)).toEqual(ofOther(before.comment))
  })

  it('the same calls with one’s own ids and rights do succeed', async () => {
    const own = await ward.request(`/api/v1/admin/sites/${other.slug}/comments/${other.waiting.comment.id}`, {
      headers: bearer(other.token),
    })
    const desk = await ward.request(`/desk/${other.slug}/comments/${other.waiting.comment.id}`, { headers: session(other.cookie) })
    const feed = await ward.request(`/feeds/${other.slug}/${other.threadId}.atom`)
    const receipt = await ward.request(`/api/v1/receipts/${other.waiting.receipt.code}`, { headers: bearer(other.waiting.receipt.secret) })
    expect([own.status, desk.status, feed.status, receipt.status]).toEqual([200, 200, 200, 200])
    expect(leaks(await own.text(), { path: '', expected: 200 }, mine, other)).not.toEqual([])
  })
})

describe('an article key that both sites use', () => {
  it('names an article of each, however often and in whatever turn they are read', async () => {
    for (const side of [mine, other]) {
      const shared = { ...side, article: 'chung-mot-ten' }
      await approve(shared, (await post(shared, `Chung tên, viết ở ${side.slug}.`)).comment.id)
    }
    ward.clock.ms += 10_001
    for (const side of [mine, other, mine, other]) {
      const texts = async (path: string) => (await ward.request(path)).text()
      for (const path of [
        `/api/v1/sites/${side.slug}/threads?key=chung-mot-ten`,
        `/api/v1/sites/${side.slug}/threads?key=chung-mot-ten&sort=top`,
        `/r/${side.slug}?key=chung-mot-ten`,
        `/feeds/${side.slug}.json`,
      ]) {
        const [own, foreign] = [side.slug, side === mine ? other.slug : mine.slug]
        const text = await texts(path)
        expect(text, path).toContain(`Chung tên, viết ở ${own}.`)
        expect(text, path).not.toContain(foreign)
      }
    }
  })
})
