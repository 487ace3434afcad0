// Bans: made by those who may, told politely, over when they are over, known by hashes alone.
import { beforeAll, describe, expect, it } from 'vitest'
import type { Submitted } from '../../src/core/comments/submit.ts'
import { tick } from '../../src/jobs.ts'
import { dump } from '../support/dump.ts'
import { BASE, openWard, type Ward } from '../support/ward.ts'

const DAY_MS = 86_400_000
const NETWORK = '198.51.100.23'
const TOKEN = 'trinh-duyet-cua-nguoi-gui'

let ward: Ward
let leader: string
beforeAll(async () => {
  ward = await openWard()
  leader = await ward.signIn('leader')
})

type From = { peer?: string; token?: string; email?: string; phone?: string }
let sent = 0
const send = async ({ peer = '203.0.113.1', token, email, phone }: From, slug = ward.slug) => {
  const response = await ward.request(`/api/v1/sites/${slug}/comments`, {
    method: 'POST',
    peer,
    headers: { 'accept-language': 'vi', ...(token ? { 'ykien-reader': token } : {}) },
    body: {
      article: { key: 'bai-1' },
      body: `Ý kiến thứ ${++sent}.`,
      author: { ...(email ? { email } : {}), ...(phone ? { phone } : {}) },
    },
  })
  return { status: response.status, answer: (await response.json()) as Submitted & { code?: string; detail?: string } }
}
const desk = (path: string, fields?: Record<string, string>, cookie = leader) =>
  ward.request(`/desk/${ward.slug}${path}`, {
    headers: { cookie, ...(fields ? { origin: BASE, 'content-type': 'application/x-www-form-urlencoded' } : {}) },
    ...(fields ? { method: 'POST', body: new URLSearchParams(fields).toString() } : {}),
  })
const ban = async (fields: Record<string, string>) => {
  const response = await desk('/bans', { reason: 'Gửi quảng cáo nhiều lần', ...fields })
  expect(response.status, await response.text()).toBe(303)
  const { id } = await ward.store.db.selectFrom('ban').select('id').orderBy('id', 'desc').executeTakeFirstOrThrow()
  return id
}
const lift = (id: string) => desk(`/bans/${id}/lift`, {})

describe('somebody banned', () => {
  it.each([
    ['the network', 'network 1', { peer: NETWORK }, { peer: NETWORK }],
    ['the browser', 'reader 1', { token: TOKEN }, { token: TOKEN, peer: '203.0.113.200' }],
    ['the e-mail address, however written', 'email 1', { email: 'nguoi.gui@thu.example' }, { email: ' Nguoi.Gui@THU.example' }],
    ['the telephone, however written', 'phone 1', { phone: '0912 345 678' }, { phone: '+84 912.345.678' }],
  ])('by %s is told until when and where to turn; others are not, nor other wards’', async (_name, span, first, again) => {
    const { answer } = await send(first)
    const id = await ban({ comment: answer.comment.id, span })
    const refused = await send(again)
    expect(refused).toMatchObject({ status: 403, answer: { code: 'banned' } })
    expect(refused.answer.detail).toMatch(/đến 15:00 24\/11\/2026\..*xin liên hệ trực tiếp Phường Thử\.$/)
    expect((await send({ peer: '203.0.113.77', token: 'may-cua-nguoi-khac-hoan-toan' })).status).toBe(202)
    expect((await send(again, ward.otherSlug)).status).toBe(202)
    await lift(id)
    expect((await send(again)).status).toBe(202)
  })

  it('by a contact that staff typed is told so too', async () => {
    const id = await ban({ contact: 'khac@thu.example', span: 'email 7' })
    expect((await send({ email: 'khac@thu.example' })).status).toBe(403)
    await lift(id)
  })

  it('may write again once it is over, which staff see at what they write then; a lifted ban says nothing', async () => {
    const { answer } = await send({ token: 'het-han-roi-lai-gui-tiep' })
    await ban({ comment: answer.comment.id, span: 'reader 1' })
    ward.clock.ms += DAY_MS
    leader = await ward.signIn('leader')
    const again = await send({ token: 'het-han-roi-lai-gui-tiep' })
    expect(again.status).toBe(202)
    const signalsOf = async (id: string) => {
      const row = await ward.store.db.selectFrom('revision').select('signals').where('comment_id', '=', id).executeTakeFirstOrThrow()
      return (JSON.parse(row.signals) as { code: string }[]).map(({ code }) => code)
    }
    expect(await signalsOf(again.answer.comment.id)).toContain('banned_before')
    expect(await signalsOf((await send({ token: TOKEN })).answer.comment.id)).not.toContain('banned_before')
  })

  it('can still read, and follow what they sent', async () => {
    const { answer } = await send({ token: 'doc-van-duoc-nhu-moi-nguoi' })
    const id = await ban({ comment: answer.comment.id, span: 'reader 1' })
    const { code, secret } = answer.receipt
    const receipt = await ward.request(`/api/v1/receipts/${code}`, { headers: { authorization: `Bearer ${secret}` } })
    expect(receipt.status).toBe(200)
    await lift(id)
  })
})

describe('the room of bans', () => {
  it('lists them with reason, time and maker, and lifts one; all of it is in the record', async () => {
    const { answer } = await send({ token: 'danh-sach-cac-truong-hop-ay' })
    const id = await ban({ comment: answer.comment.id, span: 'reader 30', reason: 'Cờ bạc <b>' })
    const listed = await (await desk('/bans')).text()
    expect(listed).toContain('Cờ bạc &lt;b&gt;')
    expect(listed).toContain(answer.receipt.code)
    expect((await lift(id)).headers.get('location')).toMatch(/\/bans\?done=lifted$/)
    expect((await lift(id)).status).toBe(303)
    expect(await (await desk('/bans')).text()).toContain('Đã bỏ lúc')
    const acts = await ward.store.db.selectFrom('audit').select(['action', 'actor_kind', 'detail']).where('subject_id', '=', id).execute()
    expect(acts.map(({ action, actor_kind }) => [action, actor_kind])).toEqual([
      ['ban.add', 'staff'],
      ['ban.lift', 'staff'],
    ])
    for (const { detail } of acts) expect(detail).not.toContain('Cờ bạc')
  })

  it('says what is wrong and keeps what was typed', async () => {
    for (const [fields, sentence] of [
      [{ contact: 'không phải thư', span: 'email 7', reason: 'Lý do vẫn còn' }, 'Địa chỉ thư điện tử không hợp lệ'],
      [{ contact: '12', span: 'phone 7', reason: 'Lý do vẫn còn' }, 'Số điện thoại không hợp lệ'],
      [{ contact: 'a@thu.example', span: 'email 3650', reason: 'Lý do vẫn còn' }, 'Có mục chưa đúng'],
      [{ contact: 'a@thu.example', span: 'network 7', reason: 'Lý do vẫn còn' }, 'Có mục chưa đúng'],
    ] as const) {
      const response = await desk('/bans', fields)
      expect(response.status).toBe(422)
      const html = await response.text()
      expect(html).toContain(sentence)
      expect(html).toContain('value="Lý do vẫn còn"')
    }
    expect((await desk('/bans', { contact: 'a@thu.example', span: 'email 7', reason: ' ' })).status).toBe(422)
  })

  it('is open to leaders and admins, and offered on a comment’s page to nobody else', async () => {
    const { answer } = await send({})
    const offer = async (cookie: string) =>
      (await (await desk(`/comments/${answer.comment.id}`, undefined, cookie)).text()).includes('class="ban"')
    for (const [role, isOpen] of [
      ['admin', true],
      ['leader', true],
      ['moderator', false],
      ['replier', false],
      ['viewer', false],
    ] as const) {
      const cookie = await ward.signIn(role)
      expect((await desk('/bans', undefined, cookie)).status, role).toBe(isOpen ? 200 : 403)
      expect(await offer(cookie), role).toBe(isOpen)
      const before = await dump(ward.store)
      if (!isOpen) {
        expect((await desk('/bans', { comment: answer.comment.id, span: 'network 1', reason: 'x' }, cookie)).status).toBe(403)
        expect((await dump(ward.store)).ban).toEqual(before.ban)
      }
    }
  })
})

describe('what is kept of an address', () => {
  it('is a keyed hash, another on each site, for a week; a comment that takes the confidential road loses it at once', async () => {
    const peer = '2001:db8:77:88::99'
    const [here, there, sealed] = [await send({ peer }), await send({ peer }, ward.otherSlug), await send({ peer })]
    const hashOf = async (id: string) =>
      (await ward.store.db.selectFrom('comment').select('network_hash').where('id', '=', id).executeTakeFirstOrThrow()).network_hash
    const hash = await hashOf(here.answer.comment.id)
    expect(hash).toMatch(/^[\w-]{22}$/)
    expect(await hashOf(there.answer.comment.id)).not.toBe(hash)
    expect(JSON.stringify(await dump(ward.store))).not.toMatch(/2001:db8|198\.51\.100|203\.0\.113/)
    await ward.decide(await ward.token('leader'), { comment: sealed.answer.comment.id, version: 1, verdict: 'seal' })
    expect(await hashOf(sealed.answer.comment.id)).toBeNull()

    ward.clock.ms += 7 * DAY_MS - 1
    await tick(ward.services)
    expect(await hashOf(here.answer.comment.id)).toBe(hash)
    ward.clock.ms += 2
    await tick(ward.services)
    expect(await hashOf(here.answer.comment.id)).toBeNull()
    leader = await ward.signIn('leader')
    const response = await desk('/bans', { comment: here.answer.comment.id, span: 'network 1', reason: 'Quá muộn' })
    expect(response.status).toBe(409)
    expect(await response.text()).toContain('Không còn thông tin để nhận ra người gửi theo cách này.')
  })
})
