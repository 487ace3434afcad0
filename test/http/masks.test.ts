// Approving with parts hidden: what the public reads, what stays as it was sent, and what the office is told of both.
import { beforeAll, describe, expect, it } from 'vitest'
import { settleSite } from '../../src/core/comments/publish.ts'
import type { QueueItem } from '../../src/core/moderation/queue.ts'
import { openWard, type Ward } from '../support/ward.ts'

const TEXT = 'Gọi tôi số 0912 345 678 nhé, cống nghẹt rồi.'
const PHONE: [number, number] = [TEXT.indexOf('0912'), TEXT.indexOf(' nhé')]
const SHOWN = 'Gọi tôi số [đã ẩn] nhé, cống nghẹt rồi.'

let ward: Ward
let token: string
beforeAll(async () => {
  ward = await openWard()
  token = await ward.token('leader')
})

let articles = 0
const newArticle = () => ({ article: { key: `che-${++articles}`, url: `https://phuongthu.example/che-${articles}` } })
const get = async (path: string, bearer = token) => ward.request(path, { headers: { authorization: `Bearer ${bearer}` } })
const item = async (id: string): Promise<QueueItem> =>
  (await get(`/api/v1/admin/sites/${ward.slug}/comments/${id}`)).json() as Promise<QueueItem>
async function settled() {
  ward.clock.ms += ward.services.config.undoSeconds * 1_000 + 1
  await settleSite(await ward.ctx({ kind: 'reader' }))
}
const shown = async (key: string) => (await ward.thread(`?key=${key}`)).comments.map(({ body_text }) => body_text)

async function approved(body: string, masks?: unknown) {
  const more = newArticle()
  const sent = await ward.submit(body, more)
  const outcome = await ward.decide(token, { comment: sent.comment.id, version: 1, verdict: 'approve', ...(masks ? { masks } : {}) })
  return { sent, outcome, key: more.article.key }
}

describe('an approval with parts hidden', () => {
  it('publishes a plain mark in their place, in the list, as HTML and in the feed, and keeps the text as it was sent', async () => {
    const { sent, key } = await approved(TEXT, [PHONE])
    await settled()
    const { comments } = await ward.thread(`?key=${key}`)
    expect(comments[0]).toMatchObject({ body_text: SHOWN, body_html: `<p>${SHOWN}</p>` })
    const feed = await (await ward.request(`/feeds/${ward.slug}.json`)).text()
    expect(feed).toContain('[đã ẩn]')
    expect(feed).not.toContain('0912 345 678')
    expect(await item(sent.comment.id)).toMatchObject({ body_text: TEXT, public_text: SHOWN, masks: [PHONE], is_public: true })
    const receipt = await ward.request(`/api/v1/receipts/${sent.receipt.code}`, {
      headers: { authorization: `Bearer ${sent.receipt.secret}` },
    })
    expect(await receipt.json()).toMatchObject({ body_text: TEXT, comment: { public_text: SHOWN } })
  })

  it('is proposed where the machine sees personal data, and hides nothing by itself', async () => {
    const { sent, key } = await approved(TEXT)
    expect((await item(sent.comment.id)).proposed_masks).toEqual([{ kind: 'phone', span: PHONE }])
    await settled()
    expect(await shown(key)).toEqual([TEXT])
  })

  it('takes whole letters, and makes one of parts that touch', async () => {
    const body = 'Nhà ông Bảy 👩‍👩‍👧 gần chợ'
    const family = body.indexOf('👩')
    const { key } = await approved(body, [
      [family + 1, family + 2],
      [4, 8],
      [8, 11],
    ])
    await settled()
    expect(await shown(key)).toEqual(['Nhà [đã ẩn] [đã ẩn] gần chợ'])
  })

  it.each([
    ['outside the text', [[0, 999]]],
    ['empty', [[3, 3]]],
    ['of all there is to read', [[0, TEXT.length - 1]]],
  ])('is refused for a part %s, and nothing is decided', async (_name, masks) => {
    const { sent, outcome } = await approved(TEXT, masks)
    expect(outcome).toMatchObject({ status: 'refused', code: 'masks_invalid', version: 1 })
    expect((await item(sent.comment.id)).state).toBe('pending')
  })

  it('stays in force when the comment was hidden and is approved anew, until another decision names other parts', async () => {
    const { sent, key } = await approved(TEXT, [PHONE])
    await settled()
    const id = sent.comment.id
    await ward.decide(token, { comment: id, version: 2, verdict: 'hide' })
    expect(await shown(key)).toEqual([])
    await settled()
    await ward.decide(token, { comment: id, version: 3, verdict: 'approve' })
    await settled()
    expect(await shown(key)).toEqual([SHOWN])
    expect((await item(id)).legal_acts).toContain('mask')
    expect(await ward.decide(token, { comment: id, version: 4, verdict: 'approve', masks: [] })).toMatchObject({ status: 'done' })
    await settled()
    expect(await shown(key)).toEqual([TEXT])
  })

  it('can be given to what is public already, and undone until it takes effect', async () => {
    const { sent, key } = await approved(TEXT)
    await settled()
    const id = sent.comment.id
    expect(await ward.decide(token, { comment: id, version: 2, verdict: 'approve' })).toMatchObject({ code: 'illegal_transition' })
    const { decision } = await ward.decide(token, { comment: id, version: 2, verdict: 'approve', masks: [PHONE] })
    await ward.request(`/api/v1/admin/sites/${ward.slug}/decisions/${decision}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${token}` },
    })
    await settled()
    expect(await shown(key)).toEqual([TEXT])
    await ward.decide(token, { comment: id, version: 4, verdict: 'approve', masks: [PHONE] })
    await settled()
    expect(await shown(key)).toEqual([SHOWN])
  })

  it('ends with an edit: the new text is screened anew and waits, the approved one stays with its parts hidden', async () => {
    const { sent, key } = await approved(TEXT, [PHONE])
    await settled()
    await ward.request(`/api/v1/comments/${sent.comment.id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${sent.edit.token}` },
      body: { body: 'Số mới 0987 654 321.' },
    })
    expect(await item(sent.comment.id)).toMatchObject({
      state: 'pending',
      masks: [],
      public_text: SHOWN,
      proposed_masks: [{ kind: 'phone' }],
    })
    expect(await shown(key)).toEqual([SHOWN])
    await ward.decide(token, { comment: sent.comment.id, version: 3, verdict: 'approve' })
    await settled()
    expect(await shown(key)).toEqual(['Số mới 0987 654 321.'])
  })
})

describe('a comment returned for revision', () => {
  it('tells its sender why by the receipt, and can be edited past the edit window', async () => {
    const sent = await ward.submit('Thiếu địa chỉ.', newArticle())
    await ward.decide(token, {
      comment: sent.comment.id,
      version: 1,
      verdict: 'return',
      reason: 'unreadable',
      reason_text: 'Xin ghi rõ ngõ.',
    })
    ward.clock.ms += 24 * 3_600_000
    const receipt = await ward.request(`/api/v1/receipts/${sent.receipt.code}`, {
      headers: { authorization: `Bearer ${sent.receipt.secret}` },
    })
    expect(await receipt.json()).toMatchObject({
      comment: { state: 'returned' },
      reason: 'unreadable',
      reason_text: 'Xin ghi rõ ngõ.',
      may_edit: true,
    })
    const edited = await ward.request(`/api/v1/comments/${sent.comment.id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${sent.edit.token}` },
      body: { body: 'Ngõ 12.' },
    })
    expect(edited.status).toBe(200)
    expect(await item(sent.comment.id)).toMatchObject({ state: 'pending', body_text: 'Ngõ 12.' })
  })
})

describe('the acts that are told', () => {
  it('are those that the person may do with the comment as it stands', async () => {
    const sent = await ward.published('Để xem ai được làm gì.', newArticle())
    const acts = async (role: 'viewer' | 'moderator' | 'replier' | 'leader') => {
      const response = await get(`/api/v1/admin/sites/${ward.slug}/comments/${sent.comment.id}`, await ward.token(role))
      const { legal_verdicts, legal_acts } = (await response.json()) as QueueItem
      return { legal_verdicts, legal_acts }
    }
    expect(await acts('viewer')).toEqual({ legal_verdicts: [], legal_acts: [] })
    expect(await acts('replier')).toEqual({ legal_verdicts: [], legal_acts: ['reply'] })
    expect(await acts('moderator')).toEqual({
      legal_verdicts: ['hide', 'reject', 'spam', 'return', 'seal'],
      legal_acts: ['mask', 'pin', 'close_article'],
    })
    expect((await acts('leader')).legal_acts).toEqual(['mask', 'reply', 'pin', 'close_article'])
  })

  it('close an article to new opinions, and open it again', async () => {
    const more = newArticle()
    const sent = await ward.published('Bài sắp đóng.', more)
    const { article } = await item(sent.comment.id)
    const path = `/api/v1/admin/sites/${ward.slug}/threads/${article.thread_id}/closed`
    const as = async (method: string) => (await ward.request(path, { method, headers: { authorization: `Bearer ${token}` } })).json()
    expect(await as('PUT')).toEqual({ thread: { id: article.thread_id, state: 'closed' } })
    expect(await as('PUT')).toEqual({ thread: { id: article.thread_id, state: 'closed' } })
    expect((await ward.thread(`?key=${more.article.key}`)).thread.state).toBe('closed')
    await expect(ward.submit('Muộn rồi.', more)).rejects.toThrow('409')
    expect(await as('DELETE')).toEqual({ thread: { id: article.thread_id, state: 'open' } })
    await ward.submit('Lại được.', more)
  })
})
