// The log: who did what in words, narrowed in the address, for those who may; taken away as a file that no spreadsheet runs, which is
// itself in the log.
import { beforeEach, describe, expect, it } from 'vitest'
import { type LogQuery, readLog } from '../../src/core/archive/log.ts'
import { audited } from '../../src/core/record.ts'
import { csvLine } from '../../src/lib/csv.ts'
import { BASE, openWard, type Ward } from '../support/ward.ts'

let ward: Ward

/** A database, its migrations and some people, while other tests use the processors too. */
const SET_UP_MS = 60_000

beforeEach(async () => {
  ward = await openWard()
}, SET_UP_MS)

const page = async (cookie: string, query = '') => ward.request(`/desk/${ward.slug}/log${query}`, { headers: { cookie } })
const take = (cookie: string, fields: Record<string, string>) =>
  ward.request(`/desk/${ward.slug}/log/export`, { method: 'POST', headers: { cookie, origin: BASE }, body: new URLSearchParams(fields) })

async function all(query: Partial<LogQuery> = {}) {
  const ctx = await ward.ctx({ kind: 'token', id: 't', name: 'máy', role: 'admin' })
  const found: string[] = []
  for (let after: string | undefined; ; ) {
    const { items, next } = await readLog(ctx, { place: 'site', ...query, after })
    found.push(...items.map(({ id }) => id))
    if (next === null) return found
    after = next
  }
}

describe('the page', () => {
  it('tells acts in words, with what was before and after, and escapes what people wrote', async () => {
    const { comment } = await ward.submit('Một ý kiến.')
    await ward.decide(await ward.token('moderator', ward.slug, '<b>máy</b>'), { comment: comment.id, version: 1, verdict: 'approve' })
    const ctx = await ward.ctx({ kind: 'staff', id: 's', name: 'Cô Một', role: 'admin' })
    const change = { before: { body_max: 2000 }, after: { body_max: 1500 } }
    await ward.store.batch([audited(ctx, 'site.set', { kind: 'site', id: ctx.site.id }, change)])
    const html = await (await page(await ward.signIn('admin'))).text()
    expect(html).toContain('gửi ý kiến')
    expect(html).toContain('quyết định về ý kiến')
    expect(html).toContain('&lt;b&gt;máy&lt;/b&gt;')
    expect(html).toMatch(/<del>2000<\/del>.*<ins>1500<\/ins>/)
    expect(html).not.toContain('comment.decide</span>')
  })

  it('names what was changed as its page does, tells times, choices and duties in words, and leaves ids to the file', async () => {
    const ctx = await ward.ctx({ kind: 'staff', id: 's', name: 'Cô Một', role: 'admin' })
    const duty = { ...ctx, actor: { kind: 'system', name: 'flood' } } as const
    const site = { kind: 'site', id: ctx.site.id }
    const id = '01a22078-14fa-7636-8f98-2bd664091d49'
    await ward.store.batch([
      audited(ctx, 'site.set', site, { before: { quick_lane: false }, after: { quick_lane: true } }),
      audited(ctx, 'canned.add', { kind: 'canned', id: 'm' }, { before: null, after: { name: 'Cảm ơn', body: 'Xin cảm ơn.' } }),
      audited(ctx, 'ban.add', { kind: 'ban', id: 'b' }, { kind: 'email', until: '2026-12-28T04:44:30.336Z', comment: id }),
      audited(duty, 'flood.begin', { kind: 'thread', id: 't' }),
    ])
    const html = await (await page(await ward.signIn('admin'))).text()
    for (const row of [
      '<dt>Làn nhanh</dt><dd><del>không</del> → <span class="unseen">thành </span><ins>có</ins></dd>',
      '<dt>Nội dung</dt><dd><del>–</del> → <span class="unseen">thành </span><ins>Xin cảm ơn.</ins></dd>',
      '<dt>Loại</dt><dd><ins>Thư điện tử</ins></dd>',
      '<dt>Đến</dt><dd><ins>11:44 28/12/2026</ins></dd>',
      '<bdi>Hệ thống</bdi>',
    ])
      expect(html).toContain(row)
    expect(html).not.toContain('<dt>Giá trị</dt>')
    expect(html).not.toContain(id)
  })

  it('calls every part of an act and every setting by a name of people', async () => {
    const ctx = await ward.ctx({ kind: 'staff', id: 's', name: 'Cô Một', role: 'admin' })
    const { consent_version: _, ...settable } = ctx.site.settings
    const settings = Object.fromEntries(Object.keys(settable).map((name) => [name, name]))
    await ward.store.batch([audited(ctx, 'site.set', { kind: 'site', id: ctx.site.id }, { before: {}, after: settings })])
    const html = await (await page(await ward.signIn('admin'))).text()
    expect([...html.matchAll(/<dt>([a-z_]+)<\/dt>/g)].map(([, name]) => name)).toEqual([])
  })

  it('is for leaders and administrators; only administrators take it away', async () => {
    for (const [role, reads, takes] of [
      ['viewer', 403, 403],
      ['moderator', 403, 403],
      ['replier', 403, 403],
      ['reception', 403, 403],
      ['leader', 200, 403],
      ['admin', 200, 200],
      ['system', 200, 200],
    ] as const) {
      const cookie = await ward.signIn(role)
      expect((await page(cookie)).status, role).toBe(reads)
      expect((await take(cookie, { format: 'csv' })).status, role).toBe(takes)
      const home = await (await ward.request(`/desk/${ward.slug}/queue`, { headers: { cookie } })).text()
      expect(home.includes(`/desk/${ward.slug}/log"`), role).toBe(reads === 200)
    }
  })

  it('is narrowed by who, what, subject and days, page by page without a gap', async () => {
    const ctx = await ward.ctx({ kind: 'staff', id: 'canbo-1', name: 'Cô Một', role: 'admin' })
    const other = { ...ctx, actor: { kind: 'staff', id: 'canbo-2', name: 'Cô Hai', role: 'admin' } } as const
    for (let n = 0; n < 120; n++) {
      ward.clock.ms += 1_000
      const by = n % 3 === 0 ? other : ctx
      await ward.store.batch([audited(by, n % 2 ? 'comment.pin' : 'comment.unpin', { kind: 'comment', id: `y-${n % 5}` })])
    }
    expect(await all({ who: 'canbo-1' })).toHaveLength(80)
    expect(await all({ who: 'canbo-2', what: 'comment.pin' })).toHaveLength(20)
    expect(await all({ subject: 'y-3' })).toHaveLength(24)
    expect(await all({ subject: 'y-3', who: 'canbo-2', what: 'comment.pin' })).toHaveLength(4)
    const ids = await all({ what: 'comment.pin' })
    expect(ids).toHaveLength(60)
    expect(ids).toEqual([...ids].sort().reverse())
    expect(await all({ from: '2026-11-24' })).toEqual([])
    expect(await all({ from: '2026-11-23', to: '2026-11-23', who: 'canbo-1' })).toHaveLength(80)
    const cookie = await ward.signIn('admin')
    expect((await page(cookie, '?from=2026-11-24&to=2026-11-23')).status).toBe(422)
    expect(await (await page(cookie, '?who=canbo-2&what=comment.pin')).text()).toContain('<option value="comment.pin" selected')
  })

  it('shows what belongs to no site to system administrators alone', async () => {
    expect((await page(await ward.signIn('admin'), '?place=installation')).status).toBe(403)
    const html = await (await page(await ward.signIn('system'), '?place=installation')).text()
    expect(html).toContain('đăng nhập')
  })
})

describe('the file', () => {
  it('holds every line that fits, and that it was taken is the newest of them', async () => {
    const cookie = await ward.signIn('admin')
    for (let n = 0; n < 7; n++) await ward.submit(`Ý kiến ${n}.`)
    const before = await all()
    const response = await take(cookie, { format: 'ndjson' })
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename="phuong-thu-.*-log-2026-11-23\.ndjson"$/)
    const lines = (await response.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; action: string })
    expect(lines[0]).toMatchObject({ action: 'record.export', detail: { format: 'ndjson', place: 'site' } })
    expect(lines.slice(1).map(({ id }) => id)).toEqual(before)
    const sent = await take(cookie, { format: 'csv', what: 'comment.submit' })
    expect(sent.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect((await sent.text()).trim().split('\r\n')).toHaveLength(8)
    expect((await take(cookie, { format: 'xlsx' })).status).toBe(400)
  })

  it.each(['=1+1', '+84', '-2', '@SUM(A1)', '\t=1', '\r=1', '|calc', '%0A', '＝1+1', '＋1', '－1', '＠x', ' =1', '\u200b=1', '–1', '"=1"'])(
    'gives %j to a spreadsheet as text',
    (text) => {
      const line = csvLine([text, 'sau'])
      const [, field = ''] = /^"((?:[^"]|"")*)","sau"\r\n$/.exec(line) ?? []
      const read = field.replaceAll('""', '"')
      expect(read.replace(/^'/, '')).toBe(text)
      expect(read).toMatch(/^['"]/)
    },
  )
})
