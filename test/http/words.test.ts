// What an office does with its rules: lists kept over the version that was read, tried before they are kept, the province's on every site,
// every signal led to its rule, and what is turned off gone from new and from waiting comments.
import { beforeEach, describe, expect, it } from 'vitest'
import type { Role } from '../../src/core/context.ts'
import { runOutbox } from '../../src/core/outbound/outbox.ts'
import type { Trial, Wordlist } from '../../src/core/screening/wordlist.ts'
import { BASE, openWard, type Ward } from '../support/ward.ts'

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

describe('the room of words', () => {
  const page = async (cookie: string, path: string) => {
    const response = await ward.request(`/desk/${ward.slug}/${path}`, { headers: { cookie } })
    return { status: response.status, html: await response.text() }
  }
  const send = async (cookie: string, path: string, fields: Record<string, string>) =>
    ward.request(`/desk/${ward.slug}/${path}`, {
      method: 'POST',
      headers: { cookie, origin: BASE },
      body: new URLSearchParams(fields),
    })

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
