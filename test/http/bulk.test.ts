// Deciding on many: an outcome for each, the same for a repeated request, bounded to what the page showed, and one undo for all.
import { beforeAll, describe, expect, it } from 'vitest'
import type { Actor, Ctx } from '../../src/core/context.ts'
import { decideView, readRequest, undoRequest } from '../../src/core/moderation/bulk.ts'
import { decide } from '../../src/core/moderation/decide.ts'
import { readQueue } from '../../src/core/moderation/queue.ts'
import { undoMany } from '../../src/core/moderation/undo.ts'
import { openWard, type Ward } from '../support/ward.ts'

const clerk = (id: string): Actor => ({ kind: 'staff', id, name: `Cô ${id}`, role: 'moderator' })

/** A ward of its own, so that its tabs hold what this test put there. */
async function openDesk(): Promise<{ ward: Ward; one: Ctx; other: Ctx; send: (n: number) => Promise<string[]> }> {
  const ward = await openWard()
  return {
    ward,
    one: await ward.ctx(clerk('một')),
    other: await ward.ctx(clerk('hai')),
    async send(n) {
      const ids: string[] = []
      for (let i = 0; i < n; i++) {
        ward.clock.ms += 1_000
        ids.push((await ward.submit(`Ý kiến số ${i}.`)).comment.id)
      }
      return ids
    },
  }
}

describe('a bulk decision', () => {
  it('gives an outcome for each: done, decided by somebody else, changed since', async () => {
    const { ward, one, other, send } = await openDesk()
    const ids = await send(3)
    const changed = await ward.submit('Sắp sửa.')
    await decide(other, { items: [{ comment: ids[1], version: 1, verdict: 'hold' }] }, null)
    await ward.request(`/api/v1/comments/${changed.comment.id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${changed.edit.token}` },
      body: { body: 'Đã sửa.' },
    })
    const items = [...ids, changed.comment.id].map((comment) => ({ comment, version: 1, verdict: 'spam' }))
    const outcomes = await decide(one, { items }, 'lần-1')
    expect(outcomes.map(({ status, by }) => [status, by])).toEqual([
      ['done', 'Cô một'],
      ['conflict', 'Cô hai'],
      ['done', 'Cô một'],
      ['conflict', null],
    ])
  })

  it('is undone as one, but for what somebody decided since', async () => {
    const { one, other, send } = await openDesk()
    const ids = await send(3)
    await decide(one, { items: ids.map((comment) => ({ comment, version: 1, verdict: 'spam' })) }, 'lần-2')
    await decide(other, { items: [{ comment: ids[1], version: 2, verdict: 'hold' }] }, null)
    const outcomes = await undoRequest(one, 'lần-2')
    expect(outcomes.map(({ status, code }) => [status, code])).toEqual([
      ['undone', null],
      ['refused', 'conflict'],
      ['undone', null],
    ])
    expect((await readQueue(one, { state: 'pending', limit: 10 })).items.map(({ id }) => id)).toEqual([ids[0], ids[2]])
    await expect(undoRequest(other, 'lần-2')).rejects.toMatchObject({ code: 'not_found' })
  })

  it('can be undone by its decisions too, each by itself, and by nobody who may not', async () => {
    const { ward, one, other, send } = await openDesk()
    const ids = await send(2)
    const done = await decide(one, { items: ids.map((comment) => ({ comment, version: 1, verdict: 'hold' })) }, null)
    const decisions = done.map(({ decision }) => decision ?? '')
    expect((await undoMany(other, { decisions })).map(({ code }) => code)).toEqual(['forbidden', 'forbidden'])
    const viewer = await ward.ctx({ kind: 'staff', id: 'v', name: 'Xem', role: 'viewer' })
    await expect(undoMany(viewer, { decisions })).rejects.toMatchObject({ code: 'forbidden' })
    expect((await undoMany(one, { decisions })).map(({ status }) => status)).toEqual(['undone', 'undone'])
  })
})

describe('a decision on all of a view', () => {
  let desk: Awaited<ReturnType<typeof openDesk>>
  beforeAll(async () => {
    desk = await openDesk()
  })

  it('empties the tab up to the newest comment that was shown, leaves what came or was changed later, and is done once', async () => {
    const { ward, one, send } = desk
    const ids = await send(5)
    const edited = await ward.submit('Bị sửa sau khi trang mở.')
    const page = await readQueue(one, { state: 'pending', sort: 'newest', limit: 2 })
    const made = ward.services.newId()
    ward.clock.ms += 1_000
    const [late = ''] = await send(1)
    await ward.request(`/api/v1/comments/${edited.comment.id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${edited.edit.token}` },
      body: { body: 'Nội dung khác.' },
    })
    const input = { newest: page.items[0]?.id, made, verdict: 'reject', reason: 'ads' }
    const view = { state: 'pending', sort: 'newest', limit: 2 } as const
    const first = await decideView(one, view, input, 'dọn')
    expect(first.outcomes.filter(({ status }) => status === 'done')).toHaveLength(5)
    expect(first.outcomes.filter(({ status }) => status === 'conflict').map(({ comment }) => comment)).toEqual([edited.comment.id])
    expect((await readQueue(one, { state: 'pending', limit: 10 })).items.map(({ id }) => id)).toEqual([edited.comment.id, late])

    const again = await decideView(one, view, input, 'dọn')
    expect(again.outcomes.map(({ comment }) => comment).sort()).toEqual([...ids].sort())
    expect((await readRequest(one, 'dọn')).map(({ status }) => status)).toEqual(['done', 'done', 'done', 'done', 'done'])
    await expect(decideView(one, view, { ...input, verdict: 'spam' }, 'dọn')).rejects.toMatchObject({ code: 'idempotency_mismatch' })
  })

  it('never approves, and needs a reason to reject', async () => {
    const { one, ward } = desk
    const id = ward.services.newId()
    const view = { state: 'pending', limit: 2 } as const
    await expect(decideView(one, view, { newest: id, made: id, verdict: 'approve' }, 'x')).rejects.toThrow()
    await expect(decideView(one, view, { newest: id, made: id, verdict: 'reject' }, 'x')).rejects.toThrow()
  })
})

describe('the queue', () => {
  it('shows what belongs under one article together, in pages that miss none and show none twice', async () => {
    const { ward, one } = await openDesk()
    for (const [index, key] of ['a', 'b', 'a', 'c', 'b', 'a'].entries()) {
      ward.clock.ms += 1_000
      await ward.submit(`Theo bài ${index}.`, { article: { key } })
    }
    const keys: string[] = []
    for (let after: string | undefined; ; ) {
      const page = await readQueue(one, { state: 'pending', sort: 'article', limit: 2, after })
      keys.push(...page.items.map(({ article }) => article.key))
      if (page.next === null) break
      after = page.next
    }
    expect(keys).toEqual(['a', 'a', 'a', 'b', 'b', 'c'])
    const found = await readQueue(one, { state: 'pending', sort: 'article', q: 'theo bài', limit: 10 })
    expect(found.items.map(({ article }) => article.key)).toEqual(['a', 'a', 'a', 'b', 'b', 'c'])
  })

  it('finds opinions by their kind', async () => {
    const { ward, one } = await openDesk()
    const site = await ward.ctx({ kind: 'system', name: 'thử' })
    await ward.store.batch([
      ward.store.db
        .updateTable('site')
        .set({ settings: JSON.stringify({ ask_kind: 'optional' }) })
        .where('id', '=', site.site.id),
    ])
    await ward.submit('Xin hỏi giờ làm việc.', { kind: 'question' })
    await ward.submit('Đề nghị sửa cống.', { kind: 'proposal' })
    await ward.submit('Không loại.')
    const found = await readQueue(one, { state: 'pending', kind: 'proposal', limit: 10 })
    expect(found.items.map(({ body_text }) => body_text)).toEqual(['Đề nghị sửa cống.'])
  })
})

it('two clerks who decide on the same comments at the same moment, two hundred times, lose none and count none twice', async () => {
  const { ward, one, other } = await openDesk()
  const ROUNDS = 200
  const verdicts = ['spam', 'hold', 'approve', 'reject'] as const
  let won = { one: 0, other: 0 }
  for (let round = 0; round < ROUNDS; round++) {
    const ids = [(await ward.submit(`Vòng ${round}, ý một.`)).comment.id, (await ward.submit(`Vòng ${round}, ý hai.`)).comment.id]
    const asked = (verdict: (typeof verdicts)[number]) => ({
      items: ids.map((comment) => ({ comment, version: 1, verdict, ...(verdict === 'reject' ? { reason: 'other' } : {}) })),
    })
    const [mine, theirs] = await Promise.all([
      decide(one, asked(verdicts[round % 4] ?? 'spam'), `vòng-${round}`),
      decide(other, asked(verdicts[(round + 1) % 4] ?? 'hold'), `vòng-${round}`),
    ])
    for (const [index] of ids.entries()) {
      const statuses = [mine[index]?.status, theirs[index]?.status].sort()
      expect(statuses).toEqual(['conflict', 'done'])
      const [winner, loser] = mine[index]?.status === 'done' ? [mine[index], theirs[index]] : [theirs[index], mine[index]]
      expect(loser).toMatchObject({ by: winner?.by, decision: winner?.decision, state: winner?.state })
    }
    won = { one: won.one + done(mine), other: won.other + done(theirs) }
  }
  const facts = await ward.store.db
    .selectFrom('fact')
    .select(['actor_name', (pick) => pick.fn.countAll<number>().as('n')])
    .where('site_id', '=', one.site.id)
    .where('kind', '=', 'decision')
    .groupBy('actor_name')
    .execute()
  const counted = Object.fromEntries(facts.map(({ actor_name, n }) => [actor_name, Number(n)]))
  expect([counted['Cô một'] ?? 0, counted['Cô hai'] ?? 0]).toEqual([won.one, won.other])
  expect(won.one + won.other).toBe(2 * ROUNDS)
})

function done(outcomes: readonly { status: string }[]): number {
  return outcomes.filter(({ status }) => status === 'done').length
}
