// What went the confidential way is nowhere any more: every route that reads, asked by everybody who may and by nobody in particular, with
// everything around the sealed opinion that could still lead to it. And nothing brings it back.
import { beforeAll, describe, expect, it } from 'vitest'
import { VERDICTS } from '../../src/core/comments/states.ts'
import { ROLES, type Role } from '../../src/core/context.ts'
import { LISTED_STATES } from '../../src/core/moderation/queue.ts'
import { dump } from '../support/dump.ts'
import { filled, nameOf, type Route, routesOf } from '../support/routes.ts'
import { BASE, openWard, PORTAL, type Ward } from '../support/ward.ts'

const READER = { 'ykien-reader': 'k'.repeat(22) }
const ARTICLE = { key: 'bai-kin', url: `${PORTAL}/bai-kin`, title: 'Bài về kho bãi' }
/** Words that stand in the sealed opinion and in what was written about it, and nowhere else. */
const SECRETS = ['khuất tất', 'Lê Kín Đáo', 'dặn riêng', 'ngờ vực']

let ward: Ward
let routes: Route[]
const cookies = {} as Record<Role, string>
const tokens = {} as Record<Role, string>
let sealing: string
let sealed: { id: string; receipt: string; edit: string; thread: string }
/** What is still to be seen beside it, by id. */
let around: { reply: string; same: string; twin: string }

/** Sends as staff and expects it done. */
async function act(method: string, path: string, body?: unknown): Promise<{ id?: string }> {
  const response = await ward.request(`/api/v1/admin/sites/${ward.slug}/${path}`, {
    method,
    headers: { authorization: `Bearer ${tokens.admin}` },
    body,
  })
  expect(response.status, `${method} ${path}`).toBeLessThan(300)
  return response.status === 204 ? {} : ((await response.json()) as { id?: string })
}

beforeAll(async () => {
  ward = await openWard()
  for (const role of ROLES) [cookies[role], tokens[role]] = [await ward.signIn(role), await ward.token(role)]
  routes = routesOf(ward.services).filter(({ method }) => method === 'GET')
  const text = 'Ở kho bãi cuối đường có chuyện khuất tất, xe ra vào ban đêm, đề nghị kiểm tra giúp bà con trong tổ.'
  const sent = await ward.submit(text, { article: ARTICLE, author: { name: 'Lê Kín Đáo' }, consents: ['name'] }, READER)
  await ward.decide(tokens.moderator, { comment: sent.comment.id, version: 1, verdict: 'approve' })
  ward.clock.ms += 20_000
  const { thread } = await ward.thread('?key=bai-kin')
  const reply = await ward.submit('Tôi cũng thấy như vậy.', { article: ARTICLE, parent_id: sent.comment.id })
  await ward.submit('Xin trả lời thêm.', { article: ARTICLE, parent_id: sent.comment.id })
  const same = await ward.submit('Đèn ngõ 4 hỏng.', {}, READER)
  const twin = await ward.submit(text.replace('chuyện khuất tất', 'chuyện lạ lùng'), { article: ARTICLE })
  await act('POST', `comments/${sent.comment.id}/notes`, { body: 'Một lời dặn riêng.' })
  await act('PUT', `comments/${sent.comment.id}/pin`)
  await act('POST', `comments/${sent.comment.id}/replies`, { body: 'Phường đã nghe.', signer_title: 'Chủ tịch' })
  ward.clock.ms += 20_000
  await ward.request(`/api/v1/comments/${sent.comment.id}/reports`, { method: 'POST', body: { reason: 'other', text: 'Tôi ngờ vực.' } })
  sealed = { id: sent.comment.id, receipt: sent.receipt.code, edit: sent.edit.token, thread: thread.id }
  around = { reply: reply.comment.id, same: same.comment.id, twin: twin.comment.id }
})

/** Every address that reads, with what could lead to the sealed opinion put in. */
function addresses(): { route: Route; address: string }[] {
  const ids = [sealed.id, around.reply, around.same, around.twin, sealed.thread]
  const queries = [
    '',
    '?key=bai-kin',
    `?key=bai-kin&parent=${sealed.id}`,
    `?key=bai-kin&around=${sealed.id}`,
    `?author=${sealed.id}&state=any`,
    `?author=${around.same}&state=any`,
    '?q=khuat+tat&state=any',
    `?q=${sealed.receipt}&state=any`,
    '?article=bai-kin&state=any',
    '?state=any&signal=twins',
    '?state=any&reported=1',
    ...LISTED_STATES.map((state) => `?state=${state}`),
  ]
  return routes.flatMap((route) => {
    const paths = route.path.includes(':id')
      ? ids.map((id) => filled(route.path, { site: ward.slug, id, scope: 'ward' }))
      : [filled(route.path, { site: ward.slug, code: sealed.receipt, feed: `${ward.slug}.json`, scope: 'ward' })]
    return paths.flatMap((path) => (path.includes('/comments/') ? [''] : queries).map((query) => ({ route, address: `${path}${query}` })))
  })
}

/** What of the sealed opinion stands in the answers. The address of a page may stand in itself, as what was asked for. */
async function leaks(): Promise<string[]> {
  const found = new Set<string>()
  for (const { route, address } of addresses()) {
    const isStaff = route.path.startsWith('/desk') || route.path.startsWith('/api/v1/admin/')
    const askers: Record<string, string>[] = isStaff
      ? route.path.startsWith('/api')
        ? [{ authorization: `Bearer ${tokens.viewer}` }, { authorization: `Bearer ${tokens.system}` }]
        : [{ cookie: cookies.viewer }, { cookie: cookies.leader }]
      : [{}]
    for (const headers of askers) {
      const response = await ward.request(address, {
        headers: { accept: route.path.startsWith('/api') ? 'application/json' : 'text/html', ...headers },
      })
      const text = await response.text()
      const asked = [...new URL(address, BASE).searchParams.values(), address]
      for (const secret of [...SECRETS, sealed.id, sealed.receipt])
        if (text.includes(secret) && !asked.some((part) => part.includes(secret))) found.add(`${nameOf(route)}: ${secret}`)
    }
  }
  return [...found].sort()
}

describe('an opinion that is sealed', () => {
  it('was there before', async () => {
    const text = (await leaks()).join('\n')
    for (const secret of [...SECRETS, sealed.id, sealed.receipt]) expect(text).toContain(secret)
  })

  it('is in no list, count, feed, search, neighbour’s page or public answer, for anybody', async () => {
    const { decision } = await ward.decide(tokens.leader, { comment: sealed.id, version: 2, verdict: 'seal' })
    sealing = decision ?? ''
    ward.clock.ms += 20_000
    // The record of who did what keeps its acts, named by id and receipt code, and none of the words.
    const found = (await leaks()).filter((leak) => !/\/log: /.test(leak) || SECRETS.some((secret) => leak.endsWith(secret)))
    expect(found).toEqual([])
    expect((await ward.thread('?key=bai-kin')).thread.count).toBe(0)
    const counted = await ward.request(`/api/v1/sites/${ward.slug}/counts?key=bai-kin`)
    expect(await counted.json()).toEqual({ counts: [0] })
  })

  it('comes back by no verdict, undo, edit or withdrawal', async () => {
    const before = await dump(ward.store)
    const asked: [method: string, path: string, body?: object | undefined, token?: string][] = [
      ...VERDICTS.flatMap((verdict) =>
        [2, 3, 4].map((version): [string, string, object] => [
          'POST',
          `/api/v1/admin/sites/${ward.slug}/decisions`,
          {
            items: [{ comment: sealed.id, version, verdict, ...(verdict === 'reject' || verdict === 'return' ? { reason: 'ads' } : {}) }],
          },
        ]),
      ),
      ['DELETE', `/api/v1/admin/sites/${ward.slug}/decisions/${sealing}`],
      ['PUT', `/api/v1/admin/sites/${ward.slug}/comments/${sealed.id}/pin`],
      ['POST', `/api/v1/admin/sites/${ward.slug}/comments/${sealed.id}/replies`, { body: 'Trả lời.', signer_title: 'Chủ tịch' }],
      ['PATCH', `/api/v1/comments/${sealed.id}`, { body: 'Sửa lại.' }, sealed.edit],
      ['DELETE', `/api/v1/comments/${sealed.id}`, undefined, sealed.edit],
    ]
    for (const [method, path, body, token = tokens.system] of asked) {
      const response = await ward.request(path, { method, headers: { authorization: `Bearer ${token}` }, body })
      expect([method, path, response.status >= 400]).toEqual([method, path, true])
    }
    expect(await dump(ward.store)).toEqual(before)
  })
})
