// What colleagues do around one comment: of two who assign it one wins and the other is told; notes are theirs alone; who has it open is
// told and forgotten; how an author is reached is shown for a reason that is recorded; one timeline tells all of it. None of it reaches a
// citizen, and a sealed comment has none.
import { beforeEach, describe, expect, it } from 'vitest'
import type { Submitted } from '../../src/core/comments/submit.ts'
import { readQueue } from '../../src/core/moderation/queue.ts'
import { openSession } from '../support/person.ts'
import { openWard, type Ward } from '../support/ward.ts'

type Person = { id: string; name: string }

let ward: Ward
let comment: Submitted['comment']
let token: string
let people: [Person, Person]

/** A database, its migrations and some people, while other tests use the processors too. */
const SET_UP_MS = 60_000

beforeEach(async () => {
  ward = await openWard()
  token = await ward.token('moderator', ward.slug, 'máy một')
  for (const name of ['Cán bộ An', 'Cán bộ Bình', 'Người xem'])
    await openSession(ward.services, {
      email: `${name.replaceAll(' ', '.')}@${ward.slug}.example`,
      site: ward.slug,
      role: name === 'Người xem' ? 'viewer' : 'moderator',
      name,
    })
  const { items } = await ask<{ items: Person[] }>('GET', 'colleagues')
  people = items as [Person, Person]
  const sent = { author: { name: 'Bà Năm', email: 'ba.nam@example.com', phone: '0912345678' } }
  comment = (await ward.submit('Đèn đường hỏng đã lâu.', sent, { 'ykien-reader': 'r'.repeat(22) })).comment
}, SET_UP_MS)

async function send(method: string, path: string, body?: Record<string, unknown>, as = token): Promise<Response> {
  const headers = { authorization: `Bearer ${as}` }
  return ward.request(`/api/v1/admin/sites/${ward.slug}/${path}`, { method, headers, ...(body ? { body } : {}) })
}

async function ask<Answer = Record<string, never>>(
  method: string,
  path: string,
  body?: Record<string, unknown>,
  as = token,
): Promise<Answer> {
  return (await (await send(method, path, body, as)).json()) as Answer
}

const on = (part: string) => `comments/${comment.id}/${part}`
const audits = async (action: string) =>
  (await ward.store.db.selectFrom('audit').selectAll().where('subject_id', '=', comment.id).where('action', '=', action).execute()).length

describe('an assignment', () => {
  it('offers those who work on comments, and nobody else', () => {
    expect(people.map(({ name }) => name)).toEqual(['Cán bộ An', 'Cán bộ Bình'])
  })

  it('is shown on the comment and in the timeline, and taken back', async () => {
    const [an] = people
    expect(await ask('PUT', on('assignee'), { assignee: an.id, assignment: 0 })).toEqual({
      comment: { id: comment.id },
      assignee: { id: an.id, name: an.name },
      assignment: 1,
    })
    expect(await ask('GET', `comments/${comment.id}`)).toMatchObject({ assignee: { name: an.name }, assignment: 1, version: 1 })
    expect(await ask('PUT', on('assignee'), { assignee: null, assignment: 1 })).toMatchObject({ assignee: null, assignment: 2 })
    const { timeline } = await ask<{ timeline: { kind: string; assignee: string | null; by: string }[] }>('GET', on('surroundings'))
    const told = timeline.filter(({ kind }) => kind === 'assigned')
    expect(told).toMatchObject([{ assignee: an.name, by: 'máy một' }, { assignee: null }])
    expect([await audits('comment.assign'), await audits('comment.unassign')]).toEqual([1, 1])
  })

  it('is told to whom it was given by the quicker, when it was read before', async () => {
    const [an, binh] = people
    await ask('PUT', on('assignee'), { assignee: an.id, assignment: 0 })
    const lost = await send('PUT', on('assignee'), { assignee: binh.id, assignment: 0 })
    expect(lost.status).toBe(409)
    expect(await lost.json()).toMatchObject({ code: 'assigned_meanwhile', detail: expect.stringContaining(an.name) })
    // Who wanted the same has it.
    expect((await send('PUT', on('assignee'), { assignee: an.id, assignment: 0 })).status).toBe(200)
    expect(await audits('comment.assign')).toBe(1)
  })

  it('given by many at once ends with one of them, and each is told the truth', async () => {
    for (let round = 0; round < 10; round++) {
      const { assignment } = await ask<{ assignment: number }>('GET', `comments/${comment.id}`)
      const answers = await Promise.all(
        people.flatMap(({ id }) => [id, id]).map((assignee) => send('PUT', on('assignee'), { assignee, assignment })),
      )
      const won = await ask<{ assignee: Person; assignment: number }>('GET', `comments/${comment.id}`)
      for (const [index, answer] of answers.entries()) {
        const wanted = people[index < 2 ? 0 : 1].id
        expect(answer.status).toBe(wanted === won.assignee.id ? 200 : 409)
      }
      await ask('PUT', on('assignee'), { assignee: null, assignment: won.assignment })
    }
    expect(await audits('comment.assign')).toBe(10)
  })

  it('goes to nobody who is not of the site, and is made by nobody who only reads', async () => {
    expect(await ask('PUT', on('assignee'), { assignee: 'ai-do', assignment: 0 })).toMatchObject({
      errors: [{ pointer: '/assignee', code: 'assignee_unknown' }],
    })
    const viewer = await ward.token('viewer')
    expect((await send('PUT', on('assignee'), { assignee: null, assignment: 0 }, viewer)).status).toBe(403)
  })

  it('narrows the queue: one’s own, a colleague’s, nobody’s, in any state and in a search', async () => {
    const [an, binh] = people
    const second = (await ward.submit('Rác chưa được thu gom.')).comment
    await ask('PUT', on('assignee'), { assignee: an.id, assignment: 0 })
    await ask('PUT', `comments/${second.id}/assignee`, { assignee: binh.id, assignment: 0 })
    const third = (await ward.submit('Đèn ở ngõ 5 cũng hỏng.')).comment
    const ids = async (query: string) => (await ask<{ items: { id: string }[] }>('GET', `queue?${query}`)).items.map(({ id }) => id).sort()
    expect(await ids(`assignee=${an.id}`)).toEqual([comment.id])
    expect(await ids(`assignee=${binh.id}&state=any`)).toEqual([second.id])
    expect(await ids(`assignee=${binh.id}&state=published`)).toEqual([])
    expect(await ids('assignee=none')).toEqual([third.id])
    expect(await ids('assignee=none&q=đèn&state=any')).toEqual([third.id])
    expect(await ids(`assignee=${an.id}&q=đèn`)).toEqual([comment.id])
    const mine = await ward.ctx({ kind: 'staff', ...an, role: 'moderator' })
    expect((await readQueue(mine, { state: 'pending', assignee: 'me', limit: 20 })).items.map(({ id }) => id)).toEqual([comment.id])
  })
})

it('a search for a common word finds what somebody has in hand behind many others', async () => {
  const [an] = people
  for (let n = 0; n < 30; n++) await ward.submit(`Đèn ở ngõ ${n} cũng hỏng.`)
  const last = (await ward.submit('Đèn ở cuối đường vẫn hỏng.')).comment
  await ask('PUT', `comments/${last.id}/assignee`, { assignee: an.id, assignment: 0 })
  const { items } = await ask<{ items: { id: string }[] }>('GET', `queue?assignee=${an.id}&q=đèn&limit=5`)
  expect(items.map(({ id }) => id)).toEqual([last.id])
})

describe('the same reader’s other comments', () => {
  it('are listed and found without saying who that is', async () => {
    const other = (await ward.submit('Vỉa hè bị lấn chiếm.', {}, { 'ykien-reader': 'r'.repeat(22) })).comment
    await ward.submit('Của người khác.', {}, { 'ykien-reader': 's'.repeat(22) })
    await ward.submit('Không có mã.')
    const { same_author } = await ask<{ same_author: { items: { id: string }[]; more: boolean } }>('GET', on('surroundings'))
    expect(same_author).toMatchObject({ items: [{ id: other.id, state: 'pending' }], more: false })
    const { items } = await ask<{ items: { id: string }[] }>('GET', `queue?author=${comment.id}&state=any`)
    expect(items.map(({ id }) => id).sort()).toEqual([comment.id, other.id].sort())
    const text = await (await send('GET', on('surroundings'))).text()
    const { reader_hash } = await ward.store.db
      .selectFrom('comment')
      .select('reader_hash')
      .where('id', '=', comment.id)
      .executeTakeFirstOrThrow()
    expect(reader_hash).not.toBeNull()
    expect(text).not.toContain(reader_hash ?? '')
  })
})

describe('a note', () => {
  it('is read by colleagues and by no citizen', async () => {
    await ask('POST', on('notes'), { body: 'Gọi lại\ncho tổ dân phố.' })
    expect((await ask<{ timeline: object[] }>('GET', on('surroundings'))).timeline).toContainEqual(
      expect.objectContaining({ kind: 'noted', text: 'Gọi lại\ncho tổ dân phố.', by: 'máy một' }),
    )
    await ward.decide(token, { comment: comment.id, version: 1, verdict: 'approve' })
    ward.clock.ms += 11_000
    for (const path of [`/api/v1/sites/${ward.slug}/threads?key=bai-1`, `/r/${ward.slug}?key=bai-1`, `/feeds/${ward.slug}.json`])
      expect(await (await ward.request(path)).text(), path).not.toContain('Gọi lại')
  })

  it('is corrected and deleted by its writer alone, for a quarter of an hour, and that is recorded', async () => {
    const note = await ask<{ id: string; can_change_until: string }>('POST', on('notes'), { body: 'Lần một' })
    const other = await ward.token('leader')
    expect((await send('PATCH', `notes/${note.id}`, { body: 'của tôi' }, other)).status).toBe(403)
    ward.clock.ms += 60_000
    expect(await ask('PATCH', `notes/${note.id}`, { body: 'Lần hai' })).toMatchObject({
      body_text: 'Lần hai',
      corrected_at: expect.any(String),
    })
    expect(await ask('DELETE', `notes/${note.id}`)).toMatchObject({ body_text: '', deleted_at: expect.any(String) })
    expect((await send('PATCH', `notes/${note.id}`, { body: 'Lần ba' })).status).toBe(404)
    expect([await audits('note.add'), await audits('note.correct'), await audits('note.delete')]).toEqual([1, 1, 1])
    const late = await ask<{ id: string }>('POST', on('notes'), { body: 'Để lâu' })
    ward.clock.ms += 15 * 60_000
    expect(await ask('DELETE', `notes/${late.id}`)).toMatchObject({ code: 'edit_closed' })
    expect(await ask('POST', on('notes'), { body: '  ' })).toMatchObject({ errors: [{ pointer: '/body', code: 'body_too_short' }] })
  })
})

describe('who has it open', () => {
  it('is told to the others until two heartbeats were missed, and stays in the timeline', async () => {
    const other = await ward.token('leader', ward.slug, 'máy hai')
    expect(await ask('PUT', on('viewing'))).toEqual({ others: [] })
    expect(await ask('PUT', on('viewing'), undefined, other)).toEqual({ others: ['máy một'] })
    ward.clock.ms += 46_000
    expect(await ask('PUT', on('viewing'))).toEqual({ others: [] })
    const { timeline } = await ask<{ timeline: { kind: string; by: string }[] }>('GET', on('surroundings'))
    expect(timeline.filter(({ kind }) => kind === 'seen').map(({ by }) => by)).toEqual(['máy một', 'máy hai'])
  })

  it('keeps nobody from deciding, and reading alone says nothing', async () => {
    await ask('PUT', on('viewing'))
    const other = await ward.token('leader', ward.slug, 'máy hai')
    await send('GET', `comments/${comment.id}`, undefined, other)
    await send('GET', on('surroundings'), undefined, other)
    expect(await ward.store.db.selectFrom('viewing').selectAll().where('comment_id', '=', comment.id).execute()).toHaveLength(1)
    expect(await ward.decide(other, { comment: comment.id, version: 1, verdict: 'approve' })).toMatchObject({ status: 'done' })
  })
})

describe('how an author is reached', () => {
  it('is shown for a reason to those who may, and each look is recorded without what was seen', async () => {
    const leader = await ward.token('leader')
    expect((await send('POST', on('contact'), { reason: 'Xem thử' })).status).toBe(403)
    expect(await ask('POST', on('contact'), { reason: '' }, leader)).toMatchObject({ errors: [{ pointer: '/reason' }] })
    expect(await ask('POST', on('contact'), { reason: 'Gọi lại cho người gửi' }, leader)).toEqual({
      email: 'ba.nam@example.com',
      phone: expect.stringContaining('912345678'),
      address: null,
    })
    const row = await ward.store.db.selectFrom('audit').selectAll().where('action', '=', 'contact.read').executeTakeFirstOrThrow()
    expect(JSON.parse(row.detail)).toEqual({ reason: 'Gọi lại cho người gửi' })
    const other = (await ward.submit('Không để lại gì.')).comment
    expect((await send('POST', `comments/${other.id}/contact`, { reason: 'Gọi lại' }, leader)).status).toBe(404)
  })
})

describe('the timeline', () => {
  it('tells everything once, in its order', async () => {
    await ask('PUT', on('viewing'))
    ward.clock.ms += 1_000
    const decided = await ward.decide(token, { comment: comment.id, version: 1, verdict: 'reject', reason: 'offtopic' })
    ward.clock.ms += 1_000
    await send('DELETE', `decisions/${decided.decision}`)
    ward.clock.ms += 1_000
    await ward.decide(token, { comment: comment.id, version: 3, verdict: 'approve' })
    ward.clock.ms += 11_000
    await ward.thread()
    const leader = await ward.token('leader')
    await ask('POST', on('contact'), { reason: 'Gọi lại' }, leader)
    const { timeline } = await ask<{ timeline: { kind: string; at: string }[] }>('GET', on('surroundings'))
    expect(timeline.map(({ kind }) => kind)).toEqual(['received', 'seen', 'decided', 'undone', 'decided', 'effective', 'recorded'])
    expect(timeline[2]).toMatchObject({ verdict: 'reject', reason: 'offtopic', undone: true })
    expect(timeline.map(({ at }) => at)).toEqual(timeline.map(({ at }) => at).sort())
  })
})

describe('a sealed comment', () => {
  it('has no story, no notes, no contact and no one in charge for anybody', async () => {
    await ask('POST', on('notes'), { body: 'Trước khi niêm phong' })
    const leader = await ward.token('leader')
    await ward.decide(leader, { comment: comment.id, version: 1, verdict: 'seal' })
    for (const [method, path, body] of [
      ['GET', 'surroundings'],
      ['PUT', 'assignee', { assignee: null, assignment: 0 }],
      ['POST', 'notes', { body: 'Sau' }],
      ['PUT', 'viewing'],
      ['POST', 'contact', { reason: 'Xem' }],
    ] as const)
      expect((await send(method, on(path), body, leader)).status, path).toBe(404)
    const other = (await ward.submit('Cùng người gửi.', {}, { 'ykien-reader': 'r'.repeat(22) })).comment
    const { same_author } = await ask<{ same_author: { items: object[] } }>('GET', `comments/${other.id}/surroundings`, undefined, leader)
    expect(same_author.items).toEqual([])
    for (const query of [`author=${other.id}&state=any`, `author=${comment.id}&state=any`]) {
      const { items } = await ask<{ items: { id: string }[] }>('GET', `queue?${query}`, undefined, leader)
      expect(items.map(({ id }) => id)).not.toContain(comment.id)
    }
  })
})
