// What an office does with its rules: lists kept over the version that was read, tried before they are kept, the province's on every site,
// every signal led to its rule, and what is turned off gone from new and from waiting comments.
import { beforeEach, describe, expect, it } from 'vitest'
import type { Role } from '../../src/core/context.ts'
import { keepAssessments } from '../../src/core/moderation/assess.ts'
import { runOutbox } from '../../src/core/outbound/outbox.ts'
import { type Facts, screened } from '../../src/core/screening/screen.ts'
import { SIGNAL_CODES } from '../../src/core/screening/signal.ts'
import { rulesFor, type Trial, tryLists, type Wordlist } from '../../src/core/screening/wordlist.ts'
import { BASE, openWard, type Ward } from '../support/ward.ts'

/** A text in which every signal of a text is found, but those of another encoding and of no marks. */
const EVERYTHING = `Dự án treo, chợ tạm. Đồ óc chó, mày xem vcl, đ.ị.t m.ẹ, kuwin, cho vay tiền nhanh, bùa yêu. Vào https://vidu.example,
  zalo 0912345678 giá rẻ. Tôi tố cáo, khiếu nại và đề nghị xử lý; nhà bên đang cháy. ẩn\u200Bchữ, đảo\u202Echiều, a\u0300\u0301\u0302\u0303\u0304, pаypal.`.normalize(
  'NFC',
)
const TCVN3 = '§\u00ADêng phè nhµ t«i ngËp n\u00ADíc ®· l©u, ®Ò nghÞ ph\u00ADêng söa ch÷a.'

let ward: Ward
beforeEach(async () => {
  ward = await openWard()
})

const EMPTY = { hold: [], mark: [], allow: [] }

async function api(role: Role, method: string, path: string, body?: unknown, slug = ward.slug) {
  const token = await ward.token(role, slug)
  const response = await ward.request(`/api/v1/admin/sites/${slug}/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: body as Record<string, unknown> }),
  })
  return { status: response.status, json: (await response.json()) as never }
}

const rules = async (slug = ward.slug) => (await api('leader', 'GET', 'rules', undefined, slug)).json as Wordlist
const save = async (lists: object, scope = 'ward', role: Role = 'leader') =>
  api(role, 'PUT', `rules/${scope}`, { ...EMPTY, ...lists, version: (await rules()).version })
async function signalsOf(id: string, slug = ward.slug): Promise<{ code: string; rule: string; spans: number[][] }[]> {
  return ((await api('viewer', 'GET', `comments/${id}`, undefined, slug)).json as { signals: [] }).signals
}
const codesOf = async (id: string, slug = ward.slug) => (await signalsOf(id, slug)).map(({ code }) => code)

describe('an office’s lists', () => {
  it('point out what comes after them, and name the rule', async () => {
    expect((await save({ hold: ['dự án treo'], mark: ['khu*chế'] })).status).toBe(200)
    const { comment } = await ward.submit('Dự án treo ở khuchế đã lâu.')
    const [hold] = await signalsOf(comment.id)
    expect(hold).toMatchObject({ code: 'word_hold', spans: [[0, 10]] })
    expect(hold?.rule).toMatch(/^rule:/)
    expect(await codesOf(comment.id)).toContain('word_mark')
  })

  it('that another process changed just now keep no sender waiting, and are told of what came meanwhile', async () => {
    await save({ mark: ['chợ tạm'] })
    const { db } = ward.store
    const { id: site } = await db.selectFrom('site').select('id').where('slug', '=', ward.slug).executeTakeFirstOrThrow()
    const rule = { id: ward.services.newId(), site_id: site, text: 'dự án treo', words: 'dự án treo', effect: 'hold', created_at: '' }
    await ward.store.batch([
      db.insertInto('screening_rule').values(rule),
      db.updateTable('site').set({ rules_version: 2 }).where('id', '=', site),
    ])
    const { comment } = await ward.submit('Dự án treo cạnh chợ tạm.')
    expect(await codesOf(comment.id)).toEqual(['word_mark'])
    await runOutbox(ward.services)
    expect(await codesOf(comment.id)).toEqual(['word_hold', 'word_mark'])
    const { comment: later } = await ward.submit('Dự án treo kia nữa.')
    expect(await codesOf(later.id)).toEqual(['word_hold'])
  })

  it('are tried on comments that are there, and nothing is kept', async () => {
    for (const body of ['Chợ tạm gây ồn.', 'Chợ tạm bẩn quá.', 'Đường đẹp.']) await ward.submit(body)
    const { json } = await api('leader', 'POST', 'rules/ward/trial', { ...EMPTY, hold: ['chợ tạm'] })
    const trial = json as Trial
    expect(trial).toMatchObject({ looked: 3, held: 2, marked: 0, freed: 0 })
    expect(trial.comments.map(({ gained }) => gained)).toEqual([['chợ tạm'], ['chợ tạm']])
    expect((await rules()).ward).toEqual(EMPTY)
  })

  it('are tried with those to look at carefully shown first, however many others change, and let others in meanwhile', async () => {
    const one = await ward.submit('Dự án treo ở xóm dưới.')
    ward.clock.ms += 1_000
    const two = await ward.submit('Lại một dự án treo.')
    ward.clock.ms += 1_000
    for (let n = 0; n < 60; n++) await ward.submit(`Chợ tạm số ${n}.`)
    let pauses = 0
    const ctx = await ward.ctx({ kind: 'staff', id: 'a', name: 'Cô Một', role: 'leader' })
    const pause = async () => {
      pauses++
    }
    const trial = await tryLists({ ...ctx, services: { ...ctx.services, pause } }, 'ward', {
      ...EMPTY,
      hold: ['dự án treo'],
      mark: ['chợ tạm'],
    })
    expect(trial).toMatchObject({ looked: 62, held: 2, marked: 60 })
    expect(trial.comments.slice(0, 2).map(({ id }) => id)).toEqual([two.comment.id, one.comment.id])
    expect(trial.comments).toHaveLength(50)
    expect(pauses).toBeGreaterThan(0)
    const shown = await (
      await send(await ward.signIn('leader'), 'words', { scope: 'ward', version: '0', hold: 'dự án treo', mark: 'chợ tạm', act: 'try' })
    ).text()
    expect(shown).toContain('50 ý kiến đầu tiên')
  })

  it('are tried also where an entry would only weigh more than now', async () => {
    await save({ mark: ['chợ tạm'] })
    await ward.submit('Chợ tạm gây ồn.')
    const { json } = await api('leader', 'POST', 'rules/ward/trial', { ...EMPTY, hold: ['chợ tạm'] })
    expect(json as Trial).toMatchObject({ looked: 1, held: 1, marked: 0, freed: 0 })
  })

  it('of ten thousand entries are tried, kept and taken in through the desk’s form', async () => {
    const cookie = await ward.signIn('leader')
    const entries = Array.from({ length: 10_000 }, (_, n) => `đường quảng cáo ${n}`)
    const fields = { scope: 'ward', version: String((await rules()).version), hold: entries.join('\r\n') }
    expect((await send(cookie, 'words', { ...fields, act: 'try' })).status).toBe(200)
    expect((await send(cookie, 'words', { ...fields, act: 'save' })).status).toBe(303)
    expect((await rules()).ward.hold).toHaveLength(10_000)
  })

  it('are not saved over another’s change, and each change is told with who made it', async () => {
    const stale = (await rules()).version
    await save({ hold: ['một', 'hai'] })
    const lost = await api('leader', 'PUT', 'rules/ward', { ...EMPTY, hold: ['ba'], version: stale })
    expect(lost.status).toBe(409)
    expect(lost.json).toMatchObject({ code: 'rules_changed' })
    await save({ hold: ['hai'], allow: ['bốn'] })
    const { ward: lists, changes } = await rules()
    expect(lists).toEqual({ hold: ['hai'], mark: [], allow: ['bốn'] })
    expect(changes[0]).toMatchObject({
      by: 'máy của leader',
      changes: { added: [{ text: 'bốn', effect: 'allow' }], removed: [{ text: 'một', effect: 'hold' }] },
    })
  })

  it('refuse what would match everything, or two things at once, and say which', async () => {
    const wide = await save({ hold: ['*', 'đúng'] })
    expect(wide.status).toBe(422)
    expect(wide.json).toMatchObject({ code: 'rule_invalid', errors: [{ pointer: '/hold/0' }] })
    expect((await save({ hold: ['Hòa bình'], allow: ['hoà  bình'] })).json).toMatchObject({ code: 'rule_twice' })
  })

  it('are the leader’s and admin’s to change; the province’s are the operator’s and hold on every site', async () => {
    for (const role of ['viewer', 'moderator', 'replier'] as const) expect((await save({ hold: ['x y'] }, 'ward', role)).status).toBe(403)
    expect((await save({ hold: ['toàn tỉnh cấm'] }, 'province', 'admin')).status).toBe(403)
    expect((await save({ hold: ['toàn tỉnh cấm'] }, 'province', 'system')).status).toBe(200)
    expect((await rules(ward.otherSlug)).province.hold).toContain('toàn tỉnh cấm')
  })
})

describe('a rule that is turned off', () => {
  it('is gone from comments that wait, with all others left, and comes back when it is turned on', async () => {
    const { comment } = await ward.submit('Đồ óc chó, vào https://kuwin88.com nhé, gọi 0912345678.')
    const before = await signalsOf(comment.id)
    expect(before.map(({ rule }) => rule)).toEqual(expect.arrayContaining(['links', 'vulgar:óc chó', 'personal_data', 'gambling:kuwin*']))
    for (const rule of before.map(({ rule }) => rule)) {
      expect((await api('leader', 'PUT', 'switches', { rule, off: true })).status).toBe(200)
      await runOutbox(ward.services)
      expect(await signalsOf(comment.id)).toEqual(before.filter((each) => each.rule !== rule))
      const { comment: later } = await ward.submit(`Đồ óc chó, vào https://kuwin88.com nhé, gọi 0912345678. ${rule}`)
      expect((await signalsOf(later.id)).map((each) => each.rule)).not.toContain(rule)
      await api('leader', 'PUT', 'switches', { rule, off: false })
      await runOutbox(ward.services)
      expect(await signalsOf(comment.id)).toEqual(before)
    }
  })

  it('of every kind is where the desk leads from its signal, and takes it off the card and puts it back', async () => {
    await save({ hold: ['dự án treo'], mark: ['chợ tạm'] })
    const cookie = await ward.signIn('leader')
    const page = async (path: string) => {
      const response = await ward.request(`/desk/${ward.slug}/${path}`, { headers: { cookie } })
      return { status: response.status, html: await response.text() }
    }
    const { comment: full } = await ward.submit(EVERYTHING, { author: { name: 'Chủ tịch UBND Phường' } })
    const { comment: bare } = await ward.submit('Duong ngo nay ngap nuoc da lau ma khong ai sua ca.')
    const { comment: old } = await ward.submit(TCVN3)
    for (const word of ['một', 'hai']) await ward.submit(`Xin hỏi lịch tiếp dân tháng này ở phường ta ra sao, tổ ${word}`)
    while (await keepAssessments(ward.services));
    // What no single post brings about: as a post keeps it.
    const everything: Facts = {
      isForeignArticle: true,
      rejectedBefore: 2,
      rejectedNearby: 1,
      wasBanned: true,
      isFlooded: true,
      sending: { isHoneypotFilled: true, isTooFast: true, isPasted: true },
    }
    const row = await ward.store.db.selectFrom('comment').select('revision_id').where('id', '=', full.id).executeTakeFirstOrThrow()
    const site = await ward.ctx({ kind: 'system', name: 'test' })
    await ward.store.batch([
      ward.store.db
        .updateTable('revision')
        .set({ signals: screened({ body: EVERYTHING, name: null }, await rulesFor(site), { ...everything, isImitation: true }) })
        .where('id', '=', row.revision_id),
    ])
    const queue = ((await api('viewer', 'GET', 'queue')).json as { items: { id: string; signals: { code: string }[] }[] }).items
    const twin = queue.find(({ signals }) => signals.some(({ code }) => code === 'twins'))?.id ?? ''

    const rulesOn = async (id: string) =>
      [...(await page(`comments/${id}`)).html.matchAll(/href="[^"]*\/words\?rule=([^"&#]+)/g)].map(([, rule]) =>
        decodeURIComponent((rule ?? '').replaceAll('+', ' ')),
      )
    const seen = new Set<string>()
    for (const id of [full.id, bare.id, old.id, twin]) {
      const before = await signalsOf(id)
      const links = await rulesOn(id)
      expect(links.sort()).toEqual(before.map(({ rule }) => rule).sort())
      for (const { code, rule } of before) {
        if (seen.has(code)) continue
        seen.add(code)
        const room = await page(`words?rule=${encodeURIComponent(rule)}`)
        expect([room.status, room.html.includes('Tắt quy tắc')], rule).toEqual([200, true])
        await send(cookie, 'words/switch', { rule, off: '1' })
        await runOutbox(ward.services)
        expect(await rulesOn(id), rule).not.toContain(rule)
        expect((await signalsOf(id)).map((each) => each.rule).sort(), rule).toEqual(links.filter((each) => each !== rule))
        await send(cookie, 'words/switch', { rule, off: '' })
        await runOutbox(ward.services)
        expect(await signalsOf(id), rule).toEqual(before)
      }
    }
    expect([...seen].sort()).toEqual([...SIGNAL_CODES].sort())
  }, 120_000)

  it('moves what waits to where it stands without it', async () => {
    await ward.submit('Đường đẹp.')
    const { comment } = await ward.submit('Tôi tố cáo ông ấy nhận hối lộ.')
    while (await keepAssessments(ward.services));
    const first = async () => ((await api('viewer', 'GET', 'queue?sort=urgent')).json as { items: { id: string }[] }).items[0]?.id
    expect(await first()).toBe(comment.id)
    await api('leader', 'PUT', 'switches', { rule: 'denunciation', off: true })
    await runOutbox(ward.services)
    expect(await first()).not.toBe(comment.id)
    await api('leader', 'PUT', 'switches', { rule: 'denunciation', off: false })
    await runOutbox(ward.services)
    expect(await first()).toBe(comment.id)
  })

  it('is found by the search as it is told now', async () => {
    const { comment } = await ward.submit('Xem https://vidu.example nhé.')
    const found = async () =>
      ((await api('viewer', 'GET', 'queue?signal=links')).json as { items: { id: string }[] }).items.map(({ id }) => id)
    expect(await found()).toEqual([comment.id])
    await api('leader', 'PUT', 'switches', { rule: 'links', off: true })
    await runOutbox(ward.services)
    expect(await found()).toEqual([])
  })

  it('is one that there is', async () => {
    expect((await api('leader', 'PUT', 'switches', { rule: 'vulgar:không có', off: true })).status).toBe(404)
    expect((await api('moderator', 'PUT', 'switches', { rule: 'links', off: true })).status).toBe(403)
  })
})

const send = async (cookie: string, path: string, fields: Record<string, string>) =>
  ward.request(`/desk/${ward.slug}/${path}`, {
    method: 'POST',
    headers: { cookie, origin: BASE },
    body: new URLSearchParams(fields),
  })

describe('the room of words', () => {
  const page = async (cookie: string, path: string) => {
    const response = await ward.request(`/desk/${ward.slug}/${path}`, { headers: { cookie } })
    return { status: response.status, html: await response.text() }
  }
  it('tries, keeps, takes in and gives out a list without script', async () => {
    const cookie = await ward.signIn('leader')
    await ward.submit('Chợ tạm gây ồn.')
    const version = String((await rules()).version)
    const tried = await (await send(cookie, 'words', { scope: 'ward', version, hold: 'chợ tạm', act: 'try' })).text()
    expect(tried).toContain('Thêm 1 ý kiến cần xem kỹ')
    const saved = await send(cookie, 'words', { scope: 'ward', version, hold: 'chợ tạm\r\n', pasted: 'một, hai,hold\nba', act: 'save' })
    expect(saved.status).toBe(303)
    expect((await rules()).ward).toEqual({ hold: ['chợ tạm', 'một, hai'], mark: ['ba'], allow: [] })
    expect((await page(cookie, 'words.csv?scope=ward')).html).toBe('entry,effect\r\nchợ tạm,hold\r\n"một, hai",hold\r\nba,mark\r\n')
  })

  it('tells of each change what was added to which list, and taken from which', async () => {
    await save({ mark: ['chợ tạm'] })
    await save({ hold: ['chợ tạm'], allow: ['cứt trâu'] })
    const history = (await page(await ward.signIn('viewer'), 'words')).html.split('class="history"')[1] ?? ''
    // The province's list is every ward's, so that others may have changed it at the same time.
    const latest = history.match(/<li>.*?<\/li>/gs)?.find((each) => each.includes(': Đơn vị<'))
    for (const told of ['Thêm (Cần xem kỹ): chợ tạm', 'Thêm (Không lưu ý): cứt trâu', 'Bỏ (Cần lưu ý): chợ tạm'])
      expect(latest).toContain(told)
  })

  it('keeps what was typed when it cannot be saved', async () => {
    const cookie = await ward.signIn('leader')
    const answer = await send(cookie, 'words', { scope: 'ward', version: '0', hold: 'đúng\n*', act: 'save' })
    expect(answer.status).toBe(422)
    const html = await answer.text()
    expect(html).toContain('Không dùng được “*”')
    expect(html).toMatch(/<textarea[^>]*name="hold"[^>]*>\s*đúng\n\*/)
  })

  it('is where every signal of a card leads, and where its rule is turned off', async () => {
    const cookie = await ward.signIn('leader')
    const { comment } = await ward.submit('Đồ óc chó, xem https://vidu.example')
    const card = (await page(cookie, `comments/${comment.id}`)).html
    const links = [...card.matchAll(/href="[^"]*\/(words\?rule=[^"]+)"/g)].map(([, href]) => (href ?? '').replaceAll('&amp;', '&'))
    expect(links.length).toBe((await signalsOf(comment.id)).length)
    for (const link of links) {
      const rule = await page(cookie, link)
      expect(rule.status).toBe(200)
      expect(rule.html).toContain('Tắt quy tắc')
    }
    const off = await send(cookie, 'words/switch', { rule: 'vulgar:óc chó', off: '1' })
    expect(off.headers.get('location')).toContain('rule=vulgar')
    expect((await page(cookie, 'words?rule=vulgar:%C3%B3c+ch%C3%B3')).html).toContain('Quy tắc này đang tắt')
  })

  it('shows a viewer the lists, with nothing to press', async () => {
    const { html } = await page(await ward.signIn('viewer'), 'words')
    expect(html).toContain('readonly')
    expect(html).not.toContain('Tắt quy tắc')
  })
})

describe('danger to somebody', () => {
  it('puts an opinion before all others, also before denunciations, and rejects nothing', async () => {
    await ward.submit('Tôi tố cáo ông ấy nhận hối lộ.')
    const { comment } = await ward.submit('Nhà số 4 đang cháy, còn người mắc kẹt bên trong, cứu với!')
    const { items } = (await api('viewer', 'GET', 'queue?sort=urgent')).json as {
      items: { id: string; state: string; signals: { code: string }[] }[]
    }
    expect(items[0]).toMatchObject({ id: comment.id, state: 'pending' })
    expect(items[0]?.signals[0]?.code).toBe('danger')
  })
})

describe('opinions with the same text', () => {
  it('are found by their signal, until they are told no more', async () => {
    const ids: string[] = []
    for (const word of ['một', 'hai'])
      ids.push((await ward.submit(`Xin hỏi lịch tiếp dân tháng này ở phường ta ra sao, tổ ${word}`)).comment.id)
    await ward.submit('Đường đẹp.')
    const found = async () =>
      ((await api('viewer', 'GET', 'queue?signal=twins')).json as { items: { id: string }[] }).items.map(({ id }) => id).sort()
    expect(await found()).toEqual(ids.sort())
    await api('leader', 'PUT', 'switches', { rule: 'twins', off: true })
    expect(await found()).toEqual([])
    await api('leader', 'PUT', 'switches', { rule: 'twins', off: false })
    expect(await found()).toEqual(ids.sort())
  })
})

describe('a network from which opinions were rejected', () => {
  it('is pointed out at the next one from there, whoever sends it, and of no other network', async () => {
    const from = (body: string, address: string) =>
      ward.request(`/api/v1/sites/${ward.slug}/comments`, { method: 'POST', body: { article: { key: 'bai-1' }, body }, peer: address })
    const sent = async (answer: Response) => ((await answer.json()) as { comment: { id: string } }).comment.id
    const refused = await sent(await from('Bị từ chối.', '203.0.113.7'))
    await ward.decide(await ward.token('moderator'), { comment: refused, version: 1, verdict: 'reject', reason: 'ads' })
    expect(await codesOf(await sent(await from('Từ cùng nhà.', '203.0.113.7')))).toContain('address_rejected')
    expect(await codesOf(await sent(await from('Từ nơi khác.', '198.51.100.9')))).not.toContain('address_rejected')
  })
})

describe('an edit', () => {
  it('shakes off nothing of how the opinion came', async () => {
    const { comment, edit } = await ward.submit('Bài này hay quá.', { form: { website: 'https://vidu.example' } })
    expect(await codesOf(comment.id)).toContain('honeypot')
    const edited = await ward.request(`/api/v1/comments/${comment.id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${edit.token}` },
      body: { body: 'Bài này hay lắm.' },
    })
    expect(edited.status).toBe(200)
    expect(await codesOf(comment.id)).toContain('honeypot')
  })
})

describe('a text in an old encoding on the page without script', () => {
  const send = (fields: Record<string, string>) =>
    ward.request(`/r/${ward.slug}`, { method: 'POST', body: new URLSearchParams({ key: 'bai-cu', consent_terms: '1', ...fields }) })
  const bodies = async () => {
    const rows = ward.store.db.selectFrom('revision').innerJoin('comment', 'comment.id', 'revision.comment_id')
    const own = rows.innerJoin('site', 'site.id', 'comment.site_id').select('revision.body').where('site.slug', '=', ward.slug)
    return (await own.execute()).map(({ body }) => body)
  }

  it('is shown converted, to be mended and sent instead; nothing is kept before', async () => {
    const shown = await (await send({ body: TCVN3 })).text()
    const converted = /<textarea[^>]*name="converted"[^>]*>\s*([^<]*)</.exec(shown)?.[1] ?? ''
    expect(converted).toContain('ngập nước đã lâu')
    expect(await bodies()).toEqual([])
    const mended = `${converted.trim()} Xin cảm ơn.`
    await send({ body: TCVN3, converted: mended, confirmed: mended, use: 'converted' })
    expect(await bodies()).toEqual([mended])
  })

  it('is kept as it was typed where its author sends that', async () => {
    await send({ body: TCVN3, converted: 'Không dùng bản này.', confirmed: TCVN3 })
    expect(await bodies()).toEqual([TCVN3])
  })
})

describe('a text in an old encoding at the desk', () => {
  const fieldsIn = (html: string) => {
    const form = /<details class="converted">.*?<form.*?<\/form>/s.exec(html)?.[0] ?? ''
    const hidden = [...form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ])
    const [, text = ''] = /<textarea[^>]*name="reason_text"[^>]*>\n?([^<]*)</.exec(form) ?? []
    return { ...Object.fromEntries(hidden), reason_text: text } as Record<string, string>
  }
  const card = async (id: string, role: Role) =>
    (await ward.request(`/desk/${ward.slug}/comments/${id}`, { headers: { cookie: await ward.signIn(role) } })).text()

  it('is shown converted, to be mended and returned to its author, and stays as it was sent', async () => {
    const { comment, receipt } = await ward.submit(TCVN3)
    const fields = fieldsIn(await card(comment.id, 'moderator'))
    expect(fields.reason_text).toMatch(/bảng mã cũ.*ngập nước đã lâu/s)
    const mended = (fields.reason_text ?? '').replace('ngập nước', 'ngập sâu')
    expect((await send(await ward.signIn('moderator'), 'decisions', { ...fields, reason_text: mended })).status).toBe(303)
    ward.clock.ms += 11_000
    const shown = await ward.request(`/api/v1/receipts/${receipt.code}`, { headers: { authorization: `Bearer ${receipt.secret}` } })
    expect(await shown.json()).toMatchObject({ comment: { state: 'returned' }, reason_text: mended.trim() })
    const item = (await api('viewer', 'GET', `comments/${comment.id}`)).json as { body_text: string }
    expect(item.body_text).toBe(TCVN3)
  })

  it('is shown to who may not decide without anything to press', async () => {
    const { comment } = await ward.submit(TCVN3)
    const html = await card(comment.id, 'viewer')
    expect(html).toContain('ngập nước đã lâu')
    expect(fieldsIn(html)).toEqual({ reason_text: '' })
  })
})

describe('a number that the office allows', () => {
  it('is no personal data, however it is spelled, and another one is', async () => {
    await save({ allow: ['0912 345 678'] })
    for (const own of ['0912345678', '0912.345.678', '+84 912 345 678'])
      expect(await codesOf((await ward.submit(`Đường dây nóng của phường là ${own}.`)).comment.id), own).not.toContain('personal_data')
    expect(await codesOf((await ward.submit('Số của bà Hoa là 0987 654 321.')).comment.id)).toContain('personal_data')
    const nudged = await ward.request(`/api/v1/sites/${ward.slug}/nudges`, { method: 'POST', body: { body: 'Gọi 0912345678 để hỏi.' } })
    expect(await nudged.json()).toMatchObject({ nudges: [] })
  })
})

describe('an author whose opinions were rejected', () => {
  it('is pointed out at the next one, by the browser’s token, and nobody else is', async () => {
    const reader = { 'ykien-reader': 'r'.repeat(22) }
    const { comment } = await ward.submit('Bị từ chối.', {}, reader)
    const token = await ward.token('moderator')
    await ward.decide(token, { comment: comment.id, version: 1, verdict: 'reject', reason: 'ads' })
    const again = await ward.submit('Gửi tiếp lần nữa.', {}, reader)
    expect(await codesOf(again.comment.id)).toContain('rejected_before')
    const other = await ward.submit('Người khác gửi.', {}, { 'ykien-reader': 's'.repeat(22) })
    expect(await codesOf(other.comment.id)).not.toContain('rejected_before')
  })
})
