// What is found out about a comment after its sender was answered: what the office's decisions say of it, its twins, and its place.
import { beforeEach, describe, expect, it } from 'vitest'
import { openAgain } from '#platform'
import { keepAssessments } from '../../src/core/moderation/assess.ts'
import { keepCatalogue } from '../../src/core/moderation/catalogue.ts'
import { readModel, readQuality } from '../../src/core/moderation/lessons.ts'
import { type QueueQuery, readQueue } from '../../src/core/moderation/queue.ts'
import { emptyModel, encode, learn } from '../../src/core/screening/learn.ts'
import { setSite } from '../../src/core/sites.ts'
import type { Services } from '../../src/services.ts'
import { openWard, type Ward } from '../support/ward.ts'

const SPAM = ['Nạp tiền nhận thưởng vào nhà cái uy tín', 'Cá độ bóng đá hoàn tiền thua trận đầu', 'Vay tiền nhanh giải ngân trong ngày']
const CLEAN = ['Đường trước trường ngập khi mưa lớn', 'Cảm ơn phường đã sửa đèn đường', 'Cho hỏi làm căn cước cần giấy tờ gì']

let ward: Ward
let token: string
let suffix = 0
beforeEach(async () => {
  ward = await openWard()
  token = await ward.token('leader')
})

const assess = async (services: Services = ward.services) => {
  while (await keepAssessments(services));
}
const decide = (id: string, verdict: string, more: Record<string, unknown> = {}) =>
  ward.decide(token, { comment: id, version: 1, verdict, ...more })
const staff = async (slug = ward.slug) => ward.ctx({ kind: 'staff', id: 'a', name: 'Cô Một', role: 'admin' }, slug)
const queue = async (more: Partial<QueueQuery> = {}) => (await readQueue(await staff(), { state: 'pending', limit: 50, ...more })).items
/** A comment that nothing but its words makes alike to others. */
const sent = async (text: string) => (await ward.submit(`${text} ${++suffix}`)).comment.id
const tables = async () => {
  const { texts, ...rest } = await readModel(await staff())
  return { texts, tables: encode({ texts, ...rest }) }
}
/** Enough decisions for the site's own to have a say. */
const teach = async (rounds = 18) => {
  for (let round = 0; round < rounds; round++) {
    for (const text of SPAM) await decide(await sent(text), 'spam')
    for (const text of CLEAN) await decide(await sent(text), 'approve')
  }
}

describe('a decision', () => {
  it('teaches the text it judged, once, however often it is looked at', async () => {
    const [good, bad] = [await sent(CLEAN[0] ?? ''), await sent(SPAM[0] ?? '')]
    await decide(good, 'approve')
    await decide(bad, 'spam')
    await assess()
    await ward.store.batch([ward.store.db.updateTable('assessment_cursor').set({ fact_id: '' })])
    await assess()
    const expected = emptyModel()
    learn(expected, `${CLEAN[0]} ${suffix - 1}`, 'kept')
    learn(expected, `${SPAM[0]} ${suffix}`, 'refused')
    expect(await tables()).toEqual({ texts: { kept: 1, refused: 1 }, tables: encode(expected) })
  })

  it('that is undone, or replaced, is unlearned exactly', async () => {
    const id = await sent(SPAM[1] ?? '')
    const outcome = await decide(id, 'spam')
    await assess()
    expect((await tables()).texts).toEqual({ kept: 0, refused: 1 })
    const undone = await ward.request(`/api/v1/admin/sites/${ward.slug}/decisions/${outcome.decision}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${token}` },
    })
    expect(undone.status).toBe(200)
    await assess()
    expect(await tables()).toEqual({ texts: { kept: 0, refused: 0 }, tables: encode(emptyModel()) })
    await ward.decide(token, { comment: id, version: 3, verdict: 'spam' })
    await assess()
    await ward.decide(token, { comment: id, version: 4, verdict: 'approve' })
    await assess()
    expect((await tables()).texts).toEqual({ kept: 1, refused: 0 })
  })

  it('teaches nothing by a reason that does not speak of the text, by deferring, or where the site turned it off', async () => {
    await decide(await sent(CLEAN[1] ?? ''), 'reject', { reason: 'duplicate' })
    await decide(await sent(CLEAN[2] ?? ''), 'hold')
    await setSite(ward.services, ward.slug, { learning: false })
    await decide(await sent(SPAM[0] ?? ''), 'spam')
    await assess()
    expect((await tables()).texts).toEqual({ kept: 0, refused: 0 })
  })

  it('is lost by neither of two processes that learn at once', async () => {
    const other: Services = { ...ward.services, store: openAgain(ward.store) }
    for (let n = 0; n < 6; n++) await decide(await sent(SPAM[n % 3] ?? ''), 'spam')
    await Promise.all([assess(), assess(other), assess(), assess(other)])
    for (let n = 0; n < 6; n++) await decide(await sent(CLEAN[n % 3] ?? ''), 'approve')
    await Promise.all([assess(other), assess()])
    expect((await tables()).texts).toEqual({ kept: 6, refused: 6 })
    const turns = await ward.store.db
      .selectFrom('assessment_turn')
      .selectAll()
      .where('site_id', '=', (await staff()).site.id)
      .execute()
    expect(turns.length).toBe(1)
  })

  it('teaches its own site only', async () => {
    await decide(await sent(SPAM[0] ?? ''), 'spam')
    await assess()
    expect((await readModel(await staff(ward.otherSlug))).texts).toEqual({ kept: 0, refused: 0 })
  })
})

describe('what waits', () => {
  it('is ordered by what the office decided, with the words that say so, once it has decided enough', async () => {
    const [bad, good] = [await sent('Nhà cái mới tặng tiền thưởng'), await sent('Đèn đường trước trường hỏng')]
    await assess()
    expect((await queue({ sort: 'suspect' })).map(({ id, reasons }) => [id, reasons])).toEqual([
      [bad, []],
      [good, []],
    ])
    await teach()
    await assess()
    const later = await sent('Mời vào nhà cái nhận tiền thưởng nhé')
    const order = await queue({ sort: 'suspect' })
    expect(order.map(({ id }) => id).indexOf(good)).toBe(2)
    expect(order.find(({ id }) => id === later)?.reasons.length).toBeGreaterThan(0)
    for (const word of order.find(({ id }) => id === later)?.reasons ?? []) expect('mời vào nhà cái nhận tiền thưởng nhé').toContain(word)
    expect(order.find(({ id }) => id === good)?.reasons).toEqual([])
    const quality = await readQuality(await staff())
    expect(quality).toMatchObject({ isOn: true, isTrained: true, texts: { kept: 54, refused: 54 } })
    expect(quality.judged).toBeGreaterThan(0)
    expect(quality.area).toBeGreaterThan(0.95)
  }, 240_000)

  it('begins with likely denunciations and ends with what hardly anybody would publish; pages of it meet without a gap', async () => {
    const ids = [await sent('Bình thường'), await sent('Xin tố cáo việc này'), await sent('Thêm một ý')]
    await assess()
    // What the rules of this text say is theirs; the order takes their signals as they are.
    const weigh = async (id: string, code: string, weight: number) => {
      await ward.store.batch([
        ward.store.db
          .updateTable('revision')
          .set({ signals: JSON.stringify([{ code, weight, spans: [], rule: code, details: {} }]) })
          .where('comment_id', '=', id),
        ward.store.db.deleteFrom('assessment').where('comment_id', '=', id),
      ])
    }
    await weigh(ids[1] ?? '', 'denunciation', 60)
    await weigh(ids[2] ?? '', 'gambling', 90)
    const all = (await queue({ sort: 'urgent' })).map(({ id }) => id)
    expect(all).toEqual([ids[1], ids[0], ids[2]])
    const seen: string[] = []
    for (let after: string | undefined; ; ) {
      const page = await readQueue(await staff(), { state: 'pending', sort: 'urgent', limit: 1, after })
      seen.push(...page.items.map(({ id }) => id))
      if (!page.next) break
      after = page.next
    }
    expect(seen).toEqual(all)
    expect((await queue({ sort: 'suspect' }))[0]?.id).toBe(ids[2])
    await expect(readQueue(await staff(), { state: 'pending', sort: 'urgent', limit: 1, after: 'x' })).rejects.toMatchObject({
      code: 'validation',
    })
  })

  it('keeps its usual order where it does not wait, and in a search', async () => {
    const [first, second] = [await ward.published('Một ý kiến đã đăng'), await ward.published('Hai ý kiến đã đăng')]
    const newest = [second.comment.id, first.comment.id]
    while (await keepCatalogue(ward.services));
    expect((await queue({ state: 'published', sort: 'urgent' })).map(({ id }) => id)).toEqual(newest)
    expect((await queue({ state: 'any', q: 'ý kiến', sort: 'suspect' })).map(({ id }) => id)).toEqual(newest)
  })
})

describe('twins', () => {
  const TEXT = 'Cho vay tiền nhanh không cần thế chấp, gọi ngay hôm nay để được tư vấn'

  it('are told on each card, across articles and senders, with who and how many', async () => {
    const one = await ward.submit(`${TEXT} 0912`)
    const other = await ward.submit(`${TEXT.toUpperCase()} 0987!!`, { article: { key: 'bai-2' } })
    const alone = await ward.submit('Đường trước trường ngập khi mưa lớn quá phường ơi')
    await assess()
    const items = await queue()
    const twinsOf = (id: string) => items.find((item) => item.id === id)?.twins.map((twin) => twin.id)
    expect(twinsOf(one.comment.id)).toEqual([other.comment.id])
    expect(twinsOf(other.comment.id)).toEqual([one.comment.id])
    expect(twinsOf(alone.comment.id)).toEqual([])
    expect(items.find((item) => item.id === one.comment.id)?.signals.find(({ code }) => code === 'twins')?.details).toEqual({
      twins: [other.comment.id],
      count: 1,
    })
    const detail = await ward.request(`/api/v1/admin/sites/${ward.slug}/comments/${one.comment.id}`, {
      headers: { authorization: `Bearer ${token}` },
    })
    expect(await detail.json()).toMatchObject({ twins: [{ id: other.comment.id, state: 'pending', version: 1 }] })
  })

  it('are none of another site’s, of a sealed comment, or of one that was changed', async () => {
    const elsewhere = await ward.request(`/api/v1/sites/${ward.otherSlug}/comments`, {
      method: 'POST',
      body: { article: { key: 'bai-1' }, body: TEXT },
    })
    expect(elsewhere.status).toBe(202)
    const [head, second, third] = [await ward.submit(TEXT), await ward.submit(TEXT), await ward.submit(TEXT)]
    await assess()
    await decide(second.comment.id, 'seal')
    const changed = await ward.request(`/api/v1/comments/${head.comment.id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${head.edit.token}` },
      body: { body: 'Xin lỗi, tôi gửi nhầm, mong phường bỏ qua giúp tôi nhé.' },
    })
    expect(changed.status).toBe(200)
    await assess()
    const fourth = await ward.submit(`${TEXT}.`)
    await assess()
    const items = await queue()
    const twinsOf = (id: string) => items.find((item) => item.id === id)?.twins.map((twin) => twin.id)
    expect(twinsOf(head.comment.id)).toEqual([])
    expect(twinsOf(third.comment.id)).toEqual([fourth.comment.id])
  })

  it('are a hundred at most; the next one begins anew, and the index holds the open one only', async () => {
    for (let n = 0; n < 102; n++) await ward.submit(TEXT)
    await assess()
    const items = await readQueue(await staff(), { state: 'pending', limit: 100, sort: 'newest' })
    expect(items.items[0]?.twins.length).toBe(1)
    expect(items.items[5]?.twins.length).toBe(99)
    const heads = await ward.store.db
      .selectFrom('twin_band')
      .select('head_id')
      .distinct()
      .where('site_id', '=', (await staff()).site.id)
      .execute()
    expect(heads.length).toBe(1)
  }, 240_000)

  it('are looked for a month long, no longer', async () => {
    await ward.submit(TEXT)
    await assess()
    ward.clock.ms += 31 * 86_400_000
    const late = await ward.submit(TEXT)
    await assess()
    expect((await queue()).find(({ id }) => id === late.comment.id)?.twins).toEqual([])
  })
})
