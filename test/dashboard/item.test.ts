// The page of one comment, as plain forms: what was edited, the conversation, the timeline, notes, who has it in hand, who has it open, how
// the author is reached. Each form leads back to the page; what was refused comes back with what was typed; what a role may not is absent.
import { beforeEach, describe, expect, it } from 'vitest'
import type { Submitted } from '../../src/core/comments/submit.ts'
import { textsOfClass } from '../support/markup.ts'
import { openSession } from '../support/person.ts'
import { BASE, openWard, type Ward } from '../support/ward.ts'

let ward: Ward
let sent: Submitted
let an: string
let binh: string

/** A database, its migrations and some people, while other tests use the processors too. */
const SET_UP_MS = 60_000

const signIn = async (name: string, role: 'moderator' | 'viewer' | 'leader' | 'reception') =>
  `ykien-80=${await openSession(ward.services, { email: `${crypto.randomUUID()}@${ward.slug}.example`, site: ward.slug, role, name })}`

beforeEach(async () => {
  ward = await openWard()
  an = await signIn('Cô An', 'moderator')
  binh = await signIn('Chú Bình', 'moderator')
  sent = await ward.submit('Đèn đường hỏng đã lâu.', {
    author: { name: 'Bà Năm', email: 'ba.nam@example.com', phone: '0912345678' },
  })
}, SET_UP_MS)

async function page(cookie: string, id = sent.comment.id, query = ''): Promise<string> {
  const response = await ward.request(`/desk/${ward.slug}/comments/${id}${query}`, { headers: { cookie } })
  expect(response.status).toBe(200)
  return response.text()
}

const post = (cookie: string, part: string, fields: Record<string, string>, id = sent.comment.id) =>
  ward.request(`/desk/${ward.slug}/comments/${id}/${part}`, {
    method: 'POST',
    headers: { cookie, origin: BASE },
    body: new URLSearchParams(fields),
  })

/** The page that a form led to. */
async function followed(response: Response, cookie: string): Promise<string> {
  expect(response.status).toBe(303)
  const answer = await ward.request(response.headers.get('location')?.split('#')[0] ?? '', { headers: { cookie } })
  return answer.text()
}

const part = (html: string, id: string) => html.split(`id="${id}"`)[1]?.split('</section>')[0] ?? ''
const rows = (html: string) =>
  part(html, 'story')
    .split('<li class="')
    .slice(1)
    .map((row) => row.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' '))
const audits = async (action: string) =>
  (await ward.store.db.selectFrom('audit').selectAll().where('subject_id', '=', sent.comment.id).where('action', '=', action).execute())
    .length

async function revise(body: string): Promise<void> {
  const response = await ward.request(`/api/v1/comments/${sent.comment.id}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${sent.edit.token}` },
    body: { body },
  })
  expect(response.status).toBe(200)
}

describe('what was edited', () => {
  it('is told word by word, with the whole text before it', async () => {
    expect(await page(an)).not.toContain('Các lần sửa')
    await revise('Đèn đường ngõ 5 hỏng đã lâu <b>quá</b>.')
    const html = await page(an)
    expect(html).toMatch(/<ins><span class="unseen"> \(phần thêm: <\/span>ngõ 5 <span/)
    expect(html).toContain('&lt;')
    expect(html).not.toContain('<b>quá</b>')
    expect(html).toContain('Toàn văn lần 1')
    expect(textsOfClass(html, 'body')).toContain('Đèn đường hỏng đã lâu.')
  })
})

describe('what was edited often', () => {
  it('is told for the last twenty edits, and that there were earlier ones', async () => {
    for (let n = 1; n <= 23; n++) await revise(`Đèn ngõ ${n} hỏng.`)
    const html = await page(an)
    expect(html.match(/class="body difference"/g)).toHaveLength(20)
    expect(html).toContain('Còn 3 lần sửa trước đó.')
    expect(html).toMatch(/Lần 24[\s\S]*>22<[\s\S]*>23</)
  })
})

describe('who has it in hand', () => {
  const numberOf = (html: string) => /name="assignment" value="(\d+)"/.exec(part(html, 'in-hand'))?.[1] ?? ''

  it('takes it, gives it to a colleague and gives it back, and each is told and recorded', async () => {
    const first = await page(an)
    expect(part(first, 'in-hand')).toContain('Chưa phân công')
    const taken = await followed(await post(an, 'assignee', { act: 'take', assignment: numberOf(first) }), an)
    expect(taken).toContain('Đã nhận phụ trách.')
    expect(part(taken, 'in-hand')).toContain('Cô An (tôi)')
    const [, other = ''] = /<option value="([^"]+)">Chú Bình/.exec(taken) ?? []
    const given = await followed(await post(an, 'assignee', { act: 'give', assignee: other, assignment: numberOf(taken) }), an)
    expect(part(given, 'in-hand')).toMatch(/class="holder"><bdi>Chú Bình</)
    const back = await followed(await post(binh, 'assignee', { act: 'release', assignment: numberOf(given) }), binh)
    expect(back).toContain('Đã bỏ giao.')
    const told = rows(back)
    expect(told.filter((row) => row.startsWith('assigned'))).toEqual([
      expect.stringContaining('Cô An nhận phụ trách'),
      expect.stringContaining('Cô An giao cho Chú Bình'),
      expect.stringContaining('Chú Bình bỏ giao'),
    ])
    expect([await audits('comment.assign'), await audits('comment.unassign')]).toEqual([2, 1])
  })

  it('of two who take it one has it, and the other is told who', async () => {
    const number = numberOf(await page(an))
    await post(binh, 'assignee', { act: 'take', assignment: number })
    const lost = await post(an, 'assignee', { act: 'take', assignment: number })
    expect(lost.status).toBe(409)
    const html = part(await lost.text(), 'in-hand')
    expect(html).toMatch(/role="alert">Chú Bình vừa đổi người phụ trách thành “Chú Bình”/)
    expect(html).toMatch(/class="holder"><bdi>Chú Bình</)
    expect(html).toContain('name="assignment" value="1"')
  })

  it('is nobody whom a form makes up', async () => {
    for (const fields of [{ act: 'give', assignee: 'khong-ai' }, { act: 'x' }, {}] as Record<string, string>[]) {
      const refused = await post(an, 'assignee', { assignment: '0', ...fields })
      expect(refused.status).toBe(422)
      expect(part(await refused.text(), 'in-hand')).toContain('role="alert"')
    }
    expect(await audits('comment.assign')).toBe(0)
  })
})

describe('a note', () => {
  it('is added, corrected and deleted by its writer, and stays in the timeline', async () => {
    const added = await post(an, 'notes', { body: 'Gọi <tổ> dân phố.' })
    const id = /#h-(.+)$/.exec(added.headers.get('location') ?? '')?.[1] ?? ''
    const html = await followed(added, an)
    expect(html).toContain('Đã thêm ghi chú.')
    expect(html).toContain('Gọi &lt;tổ&gt; dân phố.')
    expect(html).toContain(`id="h-${id}"`)
    expect(part(await page(binh), 'story')).not.toContain('Sửa hoặc xóa ghi chú này')
    expect(await followed(await post(an, 'notes', { note: id, act: 'correct', body: 'Đã gọi.' }), an)).toContain('Đã sửa ghi chú.')
    expect(rows(await page(an)).at(-1)).toContain('Đã gọi.')
    const gone = await followed(await post(an, 'notes', { note: id, act: 'delete', body: '' }), an)
    expect(rows(gone).at(-1)).toContain('đã xóa ghi chú của mình')
    expect(gone).not.toContain('Đã gọi.')
    expect([await audits('note.add'), await audits('note.correct'), await audits('note.delete')]).toEqual([1, 1, 1])
  })

  it('that is too long comes back as it was typed, with what is wrong with it', async () => {
    const long = `${'a'.repeat(2_001)}<`
    const refused = await post(an, 'notes', { body: long })
    expect(refused.status).toBe(422)
    const html = await refused.text()
    expect(html).toContain(`${long.slice(0, -1)}&lt;</textarea>`)
    expect(html).toMatch(/id="note-fault" role="alert">[^<]*2000/)
    expect(html).toMatch(/id="note"[^>]*aria-invalid="true"/)
  })

  it('cannot be corrected when it is too late, and what was typed is not lost', async () => {
    const added = await post(an, 'notes', { body: 'Lần một.' })
    const id = /#h-(.+)$/.exec(added.headers.get('location') ?? '')?.[1] ?? ''
    ward.clock.ms += 15 * 60_000
    const late = await post(an, 'notes', { note: id, act: 'correct', body: 'Lần hai.' })
    expect(late.status).toBe(409)
    const html = await late.text()
    expect(html).toContain('Đã quá 15 phút')
    expect(html).toContain('Lần hai.</textarea>')
    expect((await post(binh, 'notes', { note: id, act: 'delete', body: '' })).status).toBe(403)
  })
})

describe('how the author is reached', () => {
  it('is shown in one answer, for a reason, to those who may, and recorded', async () => {
    const leader = await signIn('Bà Trưởng', 'leader')
    const before = await page(leader)
    expect(before).not.toContain('ba.nam@example.com')
    const refused = await post(leader, 'contact', { reason: ' ' })
    expect(refused.status).toBe(422)
    expect(part(await refused.text(), 'contact')).toContain('role="alert"')
    const shown = await post(leader, 'contact', { reason: 'Hỏi lại địa chỉ' })
    expect([shown.status, shown.headers.get('cache-control')]).toEqual([200, 'no-store'])
    const html = part(await shown.text(), 'contact')
    for (const told of ['ba.nam@example.com', '912345678']) expect(html).toContain(told)
    const after = await page(leader)
    expect(after).not.toContain('ba.nam@example.com')
    expect(rows(after).at(-1)).toContain('Bà Trưởng xem thông tin liên hệ')
    expect(await audits('contact.read')).toBe(1)
    const other = await ward.submit('Không để lại gì.')
    expect(part(await page(leader, other.comment.id), 'contact')).toContain('không để lại thông tin liên hệ')
  })
})

describe('who has it open', () => {
  it('is told to a colleague who opens it, and to the script of one who had', async () => {
    expect(await (await post(an, 'viewing', {})).json()).toEqual({ sentence: '' })
    expect(await page(binh)).toMatch(/id="here" role="status">Cô An cũng đang mở ý kiến này\./)
    expect(await page(an)).toMatch(/id="here" role="status" hidden/)
    await post(binh, 'viewing', {})
    expect(await (await post(an, 'viewing', {})).json()).toEqual({ sentence: 'Chú Bình cũng đang mở ý kiến này.' })
    ward.clock.ms += 46_000
    expect(await page(an)).toMatch(/id="here" role="status" hidden/)
  })
})

describe('the timeline and what is around', () => {
  it('tells it all in one order: received and why, seen, decided, undone, replied, into force', async () => {
    sent = await ward.submit('Gọi số 0987 654 321 nhé.')
    await post(an, 'viewing', {})
    const token = await ward.token('leader', ward.slug, 'Bà Trưởng')
    ward.clock.ms += 1_000
    const decided = await ward.decide(token, { comment: sent.comment.id, version: 1, verdict: 'hold', note: 'Chờ hỏi lại.' })
    ward.clock.ms += 1_000
    await ward.request(`/api/v1/admin/sites/${ward.slug}/decisions/${decided.decision}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${token}` },
    })
    ward.clock.ms += 1_000
    const reply = { body: 'Phường đã tiếp nhận.', signer_title: 'Phó Chủ tịch' }
    await ward.decide(token, { comment: sent.comment.id, version: 3, verdict: 'approve', reply })
    ward.clock.ms += 60_000
    await ward.thread()
    const html = await page(an)
    expect(rows(html).map((row) => row.split('"')[0])).toEqual(['received', 'seen', 'decided', 'undone', 'decided', 'replied', 'effective'])
    const [received, , held] = rows(html)
    expect(received).toContain('Người gửi gửi ý kiến')
    expect(received).toContain('Có thông tin cá nhân')
    expect(held).toMatch(/Bà Trưởng quyết định: Để xem xét sau .* đã hoàn tác .* Chờ hỏi lại\./)
    expect(rows(html)[5]).toContain('Phường đã tiếp nhận.')
    expect(part(html, 'conversation')).toContain('Phường đã tiếp nhận.')
  })

  it('shows what a reply answers with the other replies, and leads from one to the other', async () => {
    const root = await ward.published('Câu hỏi gốc.')
    const one = await ward.submit('Trả lời một.', { parent_id: root.comment.id })
    const two = await ward.submit('Trả lời hai.', { parent_id: root.comment.id })
    const html = part(await page(an, two.comment.id), 'conversation')
    expect(html).toContain('Câu hỏi gốc.')
    expect(html).toContain(`/desk/${ward.slug}/comments/${one.comment.id}`)
    expect(html).not.toContain('Trả lời hai.')
    expect(part(await page(an, root.comment.id), 'conversation')).toMatch(/Trả lời một\.[\s\S]*Trả lời hai\./)
  })

  it('lists the same reader’s others and leads to all of them', async () => {
    const reader = { 'ykien-reader': 'r'.repeat(22) }
    const own: Submitted[] = []
    for (let n = 0; n < 7; n++) own.push(await ward.submit(`Ý kiến số ${n}.`, {}, reader))
    const id = own[0]?.comment.id ?? ''
    const html = part(await page(an, id), 'same-author')
    expect(html.match(/class="excerpt"/g)).toHaveLength(5)
    const [, href = ''] = /class="more"><a href="([^"]+)"/.exec(html) ?? []
    const all = await ward.request(href.replaceAll('&amp;', '&'), { headers: { cookie: an } })
    expect((await all.text()).match(/<article/g)).toHaveLength(7)
  })
})

describe('what a role may not', () => {
  it('is absent: whoever only reads has no form, whoever receives citizens writes notes and reads contacts', async () => {
    const forms = (html: string) => [...html.matchAll(/action="[^"]*\/comments\/[^/"]+\/([a-z]+)"/g)].map(([, name]) => name)
    expect(forms(await page(await signIn('Người xem', 'viewer')))).toEqual([])
    expect(forms(await page(await signIn('Cán bộ tiếp dân', 'reception')))).toEqual(['contact', 'notes'])
    expect(forms(await page(an))).toEqual(['assignee', 'notes'])
    expect(await page(an)).not.toContain('id="contact"')
  })
})
