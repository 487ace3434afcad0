// Articles as staff manage them: found by title, closed by hand and by the clock, known by further names, joined to one another.
import { beforeEach, describe, expect, it } from 'vitest'
import { floodGoesOn } from '../../src/core/abuse/flood.ts'
import { addAlias, addArticle, changeArticle, mergeArticles, readArticle, readArticles, removeAlias } from '../../src/core/articles.ts'
import type { Ctx } from '../../src/core/context.ts'
import { closeArticle, openArticle } from '../../src/core/moderation/close.ts'
import { readQueue } from '../../src/core/moderation/queue.ts'
import { openWard, PORTAL, type Ward } from '../support/ward.ts'

let ward: Ward
let admin: Ctx
beforeEach(async () => {
  ward = await openWard()
  admin = await ward.ctx({ kind: 'staff', id: 'a', name: 'Cô Quản', role: 'admin' })
})

const article = (key: string, title = `Bài ${key}`) => ({ article: { key, url: `${PORTAL}/${key}`, title } })
const idOf = async (key: string) => (await readArticles(admin, { limit: 100 })).articles.find((each) => each.key === key)?.id ?? ''
const texts = async (query: string) => (await ward.thread(query)).comments.map((comment) => comment.body_text)
const details = async (action: string) =>
  (
    await ward.store.db.selectFrom('audit').select('detail').where('site_id', '=', admin.site.id).where('action', '=', action).execute()
  ).map(({ detail }) => JSON.parse(detail) as Record<string, unknown>)

/** The counts of the site's threads, as kept and as the rows say. */
async function sums() {
  const threads = await ward.store.db.selectFrom('thread').select(['id', 'public_count']).where('site_id', '=', admin.site.id).execute()
  const rows = await ward.store.db
    .selectFrom('comment')
    .select('thread_id')
    .where('site_id', '=', admin.site.id)
    .where('public_revision_id', 'is not', null)
    .execute()
  return {
    kept: threads.map(({ id, public_count }) => [id, public_count]).sort(),
    counted: threads.map(({ id }) => [id, rows.filter((row) => row.thread_id === id).length]).sort(),
  }
}

const change = async (key: string, more: Record<string, unknown>) => {
  const { id, version } = await readArticle(admin, await idOf(key))
  return changeArticle(admin, id, { version, state: 'open', closes_at: null, opens_at: null, message: null, ...more })
}

describe('a list of articles', () => {
  it('is searched by title with and without marks, by all words, and by state', async () => {
    await ward.submit('Một.', article('a', 'Lịch cắt điện tuần này'))
    ward.clock.ms += 1
    await ward.submit('Hai.', article('b', 'Sửa đường Đồng Cờ'))
    await change('a', { state: 'closed' })
    const titles = async (query: Record<string, unknown>) =>
      (await readArticles(admin, { limit: 10, ...query })).articles.map(({ key }) => key)
    expect(await titles({})).toEqual(['b', 'a'])
    expect(await titles({ q: 'dong duong' })).toEqual(['b'])
    expect(await titles({ q: 'ĐỒNG CỜ' })).toEqual(['b'])
    expect(await titles({ q: 'đường điện' })).toEqual([])
    expect(await titles({ state: 'closed' })).toEqual(['a'])
  })

  it('goes on from page to page, and holds those of its own site only', async () => {
    for (let n = 0; n < 5; n++) {
      await ward.submit('x y', article(`bai-${n}`))
      ward.clock.ms += 1
    }
    const first = await readArticles(admin, { limit: 2 })
    const second = await readArticles(admin, { limit: 2, after: first.next ?? '' })
    const third = await readArticles(admin, { limit: 2, after: second.next ?? '' })
    expect([first, second, third].flatMap((page) => page.articles.map(({ key }) => key))).toEqual([
      'bai-4',
      'bai-3',
      'bai-2',
      'bai-1',
      'bai-0',
    ])
    expect(third.next).toBeNull()
    const other = await ward.ctx({ kind: 'staff', id: 'b', name: 'Cô Khác', role: 'admin' }, ward.otherSlug)
    expect((await readArticles(other, { limit: 10 })).articles).toEqual([])
    await expect(readArticle(other, await idOf('bai-0'))).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('an article', () => {
  it('closes and opens again by itself, tells its message, and neither needs a clock to run', async () => {
    await ward.published('Đã đăng.')
    const at = (minutes: number) => new Date(ward.clock.ms + minutes * 60_000).toISOString()
    await change('bai-1', { closes_at: at(10), opens_at: at(20), message: 'Nhận ý kiến đến hết tuần.' })
    expect((await ward.thread()).thread).toMatchObject({ state: 'open', message: 'Nhận ý kiến đến hết tuần.' })
    ward.clock.ms += 11 * 60_000
    expect((await ward.thread()).thread).toMatchObject({ state: 'closed', closed: { reason: 'article' } })
    await expect(ward.submit('Muộn.')).rejects.toThrow(/thread_closed/)
    ward.clock.ms += 10 * 60_000
    expect((await ward.thread()).thread.state).toBe('open')
    await ward.submit('Lại được.')
    expect(await details('thread.change')).toMatchObject([
      { before: { closes_at: null, message: null }, after: { message: 'Nhận ý kiến đến hết tuần.' } },
    ])
  })

  it('is on a card of the queue what it is by the clock, and is opened and closed from there whatever the clock did', async () => {
    await ward.submit('Một.')
    const at = (minutes: number) => new Date(ward.clock.ms + minutes * 60_000).toISOString()
    await change('bai-1', { closes_at: at(10) })
    const card = async () => (await readQueue(admin, { state: 'pending', limit: 1 })).items[0]
    expect(await card()).toMatchObject({ article: { state: 'open' } })
    expect((await card())?.legal_acts).toContain('close_article')
    ward.clock.ms += 11 * 60_000
    expect(await card()).toMatchObject({ article: { state: 'closed' } })
    expect((await card())?.legal_acts).toContain('open_article')
    const { id, version } = await readArticle(admin, await idOf('bai-1'))
    expect(await openArticle(admin, id)).toEqual({ thread: { id, state: 'open' } })
    expect((await card())?.article.state).toBe('open')
    expect((await ward.thread()).thread.state).toBe('open')
    await openArticle(admin, id)
    expect(await details('thread.open')).toEqual([{ before: { state: 'closed' }, after: { state: 'open' } }])
    // Whoever had the form open meanwhile is told instead of closing it again unawares.
    const form = { version, state: 'closed', closes_at: null, opens_at: null, message: null }
    await expect(changeArticle(admin, id, form)).rejects.toMatchObject({ code: 'conflict' })
    await change('bai-1', { opens_at: at(10) })
    await closeArticle(admin, id)
    expect((await card())?.article.state).toBe('closed')
    ward.clock.ms += 11 * 60_000
    expect((await card())?.article.state).toBe('open')
  })

  it('can be closed before anybody wrote, and shows nothing else then', async () => {
    const { id } = await addArticle(admin, { name: `${PORTAL}/moi?utm_source=x`, title: 'Bài mới' })
    await changeArticle(admin, id, { version: 1, state: 'closed', closes_at: null, opens_at: null, message: 'Chưa nhận.' })
    expect((await ward.thread(`?url=${encodeURIComponent(`${PORTAL}/moi`)}`)).thread).toMatchObject({
      id: null,
      state: 'closed',
      message: 'Chưa nhận.',
    })
    await expect(addArticle(admin, { name: `${PORTAL}/moi`, title: '' })).rejects.toMatchObject({ code: 'alias_taken' })
  })

  it('takes one of two changes that start from one version, and no time that has passed', async () => {
    await ward.submit('Một.')
    const id = await idOf('bai-1')
    const input = { version: 1, state: 'open', closes_at: null, opens_at: null }
    const answers = await Promise.allSettled(['a', 'b', 'c'].map((message) => changeArticle(admin, id, { ...input, message })))
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const answer of answers)
      if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ code: 'conflict', values: { name: 'Cô Quản' } })
    const past = new Date(ward.clock.ms - 1_000).toISOString()
    await expect(change('bai-1', { closes_at: past })).rejects.toMatchObject({ faults: [{ pointer: '/closes_at' }] })
  })

  it('was changed last by a person, whatever flood was told of it since', async () => {
    await ward.submit('Một.')
    await change('bai-1', { message: 'Lấy ý kiến đến hết tuần.' })
    const id = await idOf('bai-1')
    ward.clock.ms += 1_000
    await ward.store.batch(floodGoesOn(admin, id, { taken: 40, refused: 12, isNew: true }))
    expect((await readArticle(admin, id)).changed?.by).toBe('Cô Quản')
  })

  it('is not managed by those who may only read or answer', async () => {
    await ward.submit('Một.')
    const id = await idOf('bai-1')
    for (const role of ['viewer', 'replier', 'reception'] as const) {
      const ctx = await ward.ctx({ kind: 'staff', id: 'r', name: 'Ai đó', role })
      await expect(mergeArticles(ctx, id, { into: id })).rejects.toMatchObject({ code: 'forbidden' })
      await expect(addAlias(ctx, id, { name: 'x' })).rejects.toMatchObject({ code: 'forbidden' })
      await expect(addArticle(ctx, { name: 'x', title: '' })).rejects.toMatchObject({ code: 'forbidden' })
    }
  })
})

describe('an article that moved', () => {
  it('keeps its opinions under the new key and address, for reading, counting and writing', async () => {
    await ward.published('Từ địa chỉ cũ.')
    await addAlias(admin, await idOf('bai-1'), { name: 'ma-moi' })
    await addAlias(admin, await idOf('bai-1'), { name: `${PORTAL}/moi/` })
    const address = encodeURIComponent(`${PORTAL}/moi/`)
    expect(await texts('?key=ma-moi')).toEqual(['Từ địa chỉ cũ.'])
    expect(await texts(`?url=${address}`)).toEqual(['Từ địa chỉ cũ.'])
    await ward.published('Từ địa chỉ mới.', { article: { url: `${PORTAL}/moi/` } })
    expect((await texts('?key=bai-1')).sort()).toEqual(['Từ địa chỉ cũ.', 'Từ địa chỉ mới.'])
    const counts = await ward.request(`/api/v1/sites/${ward.slug}/counts?key=ma-moi&key=bai-1&key=khong-co&url=${address}`)
    expect(await counts.json()).toEqual({ counts: [2, 2, 0, 2] })
    await removeAlias(admin, await idOf('bai-1'), 'ma-moi')
    expect(await texts('?key=ma-moi')).toEqual([])
    expect(await details('thread.alias_add')).toEqual([
      { before: null, after: 'ma-moi' },
      { before: null, after: `${PORTAL}/moi/` },
    ])
  })

  it('cannot take another article’s name', async () => {
    await ward.submit('Một.', article('a'))
    await ward.submit('Hai.', article('b'))
    const a = await idOf('a')
    for (const name of ['b', `${PORTAL}/b`]) await expect(addAlias(admin, a, { name })).rejects.toMatchObject({ code: 'alias_taken' })
  })
})

describe('two articles that are one', () => {
  it('are joined with all opinions, numbers, names, links and feeds', async () => {
    const kept = await ward.published('Ở bài giữ lại.', article('giu'))
    const moved = await ward.published('Ở bài gộp đi.', article('gop'))
    await ward.published('Trả lời ở bài gộp đi.', { ...article('gop'), parent_id: moved.comment.id })
    await ward.submit('Đang chờ ở bài gộp đi.', article('gop'))
    const from = await idOf('gop')
    const to = await idOf('giu')
    await mergeArticles(admin, from, { into: to })

    for (const query of ['?key=giu', '?key=gop']) {
      const { thread, comments } = await ward.thread(query)
      expect(thread).toMatchObject({ id: to, count: 3 })
      expect(comments.map(({ id }) => id)).toEqual([moved.comment.id, kept.comment.id])
    }
    expect(await texts(`?key=giu&around=${moved.comment.id}`)).toContain('Ở bài gộp đi.')
    expect((await ward.request(`/feeds/${ward.slug}/${from}.atom`)).status).toBe(200)
    expect(await (await ward.request(`/api/v1/sites/${ward.slug}/counts?key=gop&key=giu`)).json()).toEqual({ counts: [3, 3] })
    const { kept: keptSums, counted } = await sums()
    expect(keptSums).toEqual(counted)
    const found = await readQueue(admin, { state: 'any', article: 'giu', limit: 20 })
    expect(found.items.map(({ body_text }) => body_text).sort()).toEqual(
      ['Trả lời ở bài gộp đi.', 'Đang chờ ở bài gộp đi.', 'Ở bài giữ lại.', 'Ở bài gộp đi.'].sort(),
    )
    expect(await details('thread.merge')).toMatchObject([{ before: { id: from, key: 'gop' }, after: { id: to, key: 'giu' } }])
    await expect(mergeArticles(admin, to, { into: to })).rejects.toMatchObject({ code: 'validation' })
  })

  it('publish there what was approved before and takes effect after', async () => {
    await ward.published('Ở bài giữ lại.', article('giu'))
    const waiting = await ward.submit('Vừa được duyệt.', article('gop'))
    await ward.decide(await ward.token(), { comment: waiting.comment.id, version: 1, verdict: 'approve' })
    await mergeArticles(admin, await idOf('gop'), { into: await idOf('giu') })
    ward.clock.ms += 60_000
    expect((await texts('?key=giu')).sort()).toEqual(['Vừa được duyệt.', 'Ở bài giữ lại.'].sort())
    expect((await ward.thread('?key=giu')).thread.count).toBe(2)
  })

  it('lose no opinion that is sent, and no number, while they are joined', async () => {
    const token = await ward.token()
    for (let round = 0; round < 5; round++) {
      const [into, gone] = [`dich-${round}`, `nguon-${round}`]
      await ward.published('Có sẵn.', article(into))
      const first = await ward.published('Có sẵn ở nguồn.', article(gone))
      const waiting = await ward.submit('Chờ duyệt.', article(gone))
      const [from, to] = [await idOf(gone), await idOf(into)]
      const sending = Array.from({ length: 8 }, (_, n) => ward.submit(`Gửi khi đang gộp ${n}.`, article(gone)))
      const like = ward.request(`/api/v1/comments/${first.comment.id}/like`, { method: 'PUT' })
      const decision = ward.decide(token, { comment: waiting.comment.id, version: 1, verdict: 'approve' })
      await Promise.all([...sending.slice(0, 4), mergeArticles(admin, from, { into: to }), ...sending.slice(4), like, decision])
      ward.clock.ms += 60_000
      expect((await ward.thread(`?key=${gone}`)).thread).toMatchObject({ id: to, count: 3 })
    }
    const rows = await ward.store.db.selectFrom('comment').select('id').where('site_id', '=', admin.site.id).execute()
    expect(rows).toHaveLength(5 * 11)
    const { kept, counted } = await sums()
    expect(kept).toEqual(counted)
    expect(kept).toHaveLength(5)
  })
})
