// One's own account, the people of a site and its tokens, as their pages do it without script: what is open, what needs a fresh proof,
// what ends at once, and what nobody may do to themselves or to those above them.
import { beforeAll, describe, expect, it } from 'vitest'
import type { Role } from '../../src/core/context.ts'
import { USUAL_KEYS } from '../../src/core/moderation/desk.ts'
import { invite } from '../../src/core/people/team.ts'
import { hidden, newClient } from '../support/browser.ts'
import { codeOf, linkIn, PASSWORD, setUp } from '../support/person.ts'
import { openWard, type Ward } from '../support/ward.ts'

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
})

let people = 0
const tick = (seconds: number) => {
  ward.clock.ms += seconds * 1_000
}

/** A person with a whole account, signed in. */
async function member(name: string, role: Role = 'admin', slug = ward.slug) {
  const email = `${name}-${++people}-${ward.slug}@phuongthu.example`
  const { link, statements } = invite(ward.services, { email, site: slug, role })
  await ward.store.batch(statements)
  const { secret, token } = await setUp(ward.services, link.url, `Cán bộ ${name}`)
  tick(60)
  const { id } = await ward.store.db.selectFrom('staff').select('id').where('email', '=', email).executeTakeFirstOrThrow()
  const client = newClient(ward, { cookie: `ykien-80=${token}` })
  const room = (path: string) => `/desk/${slug}/${path}`
  return { id, email, secret, client, room, code: (steps = 0) => codeOf(secret, ward.services.now(), steps) }
}

const actionsFor = async (id: string) =>
  (await ward.store.db.selectFrom('audit').select('action').where('subject_id', '=', id).orderBy('id').execute()).map(
    ({ action }) => action,
  )

/** What the record tells of a person's acts of one kind, the oldest first. */
async function recordedOf(action: string, id: string): Promise<unknown[]> {
  const acts = ward.store.db.selectFrom('audit').select('detail').where('action', '=', action).where('actor_id', '=', id)
  return (await acts.orderBy('id').execute()).map(({ detail }) => JSON.parse(detail))
}

describe('one’s own account', () => {
  it('changes the password with the current one, and ends the other sessions', async () => {
    const { client, email, room, code } = await member('mat-khau', 'moderator')
    const other = newClient(ward)
    await other.post('/desk/signin', { email, password: PASSWORD })
    expect((await other.post('/desk/signin/code', { code: code() })).to).toBe('/desk')
    const chosen = 'bảy con mèo mướp'
    const wrong = await client.post(room('account/password'), { current: 'không phải mật khẩu', password: chosen })
    expect([wrong.status, wrong.html.includes(chosen)]).toEqual([401, false])
    expect((await client.post(room('account/password'), { current: PASSWORD, password: 'ngắn' })).status).toBe(422)
    expect((await client.post(room('account/password'), { current: PASSWORD, password: chosen })).to).toContain('done=password')
    expect((await client.get(room('account?done=password'))).html).toContain('Đã đổi mật khẩu.')
    expect((await other.get(room('queue'))).status).toBe(303)
  })

  it('lists its sessions, and ends one or all others on the server, but nobody else’s', async () => {
    const { client, email, id, room, code } = await member('phien', 'viewer')
    const others = [newClient(ward), newClient(ward)]
    for (const [n, each] of others.entries()) {
      await each.post('/desk/signin', { email, password: PASSWORD }, { 'user-agent': 'Mozilla/5.0 (Windows NT 10.0) Firefox/140.0' })
      await each.post('/desk/signin/code', { code: code(n) }, { 'user-agent': 'Mozilla/5.0 (Windows NT 10.0) Firefox/140.0' })
    }
    const page = await client.get(room('account'))
    expect(page.html.match(/Firefox, Windows/g)).toHaveLength(2)
    const sessions = await ward.store.db.selectFrom('session').select(['id', 'agent']).where('staff_id', '=', id).execute()
    const foreign = await ward.store.db.selectFrom('session').select('id').where('staff_id', '!=', id).executeTakeFirstOrThrow()
    expect((await client.post(room('account/sessions'), { session: foreign.id })).status).toBe(404)
    const first = sessions.find(({ agent }) => agent === 'Firefox, Windows')?.id ?? ''
    await client.post(room('account/sessions'), { session: first })
    const statuses = async () => Promise.all(others.map(async (each) => (await each.get(room('queue'))).status))
    expect((await statuses()).sort()).toEqual([200, 303])
    await client.post(room('account/sessions'), { session: 'others' })
    expect(await statuses()).toEqual([303, 303])
    expect((await client.get(room('queue'))).status).toBe(200)
  })

  it('asks for a fresh proof before it offers a new app or new codes, and takes what it offered a while longer', async () => {
    const { client, room, code, id } = await member('xac-nhan', 'moderator')
    const offered = await client.get(room('account/app'))
    expect(offered.html).toContain('class="qr"')
    tick(10 * 60)
    const closed = await client.get(room('account'))
    expect(closed.html).toContain('Xác nhận danh tính')
    expect(closed.html).not.toContain('account/codes')
    expect((await client.get(room('account/app'))).status).toBe(303)
    const fresh = /<p class="secret"><code>([A-Z2-7 ]+)</.exec(offered.html)?.[1]?.replaceAll(' ', '') ?? ''
    const taken = { offer: hidden(offered.html, 'offer'), code: codeOf(fresh, ward.services.now()) }
    tick(11 * 60)
    const late = await client.post(room('account/app'), taken)
    expect(late.status).toBe(403)
    expect((await client.post(room('account/codes'), {})).status).toBe(403)
    expect((await client.post(room('confirm'), { room: 'account', code: '000000' })).status).toBe(422)
    const to = await client.post(room('confirm'), { room: 'https://evil.example', code: code() })
    expect(to.to).toBe(room('account?done=confirmed'))
    const codes = await client.post(room('account/codes'), {})
    expect(codes.html.match(/<code>[0-9A-Z]{5}-[0-9A-Z]{5}<\/code>/g)).toHaveLength(10)
    expect((await client.post(room('account/app'), { ...taken, code: codeOf(fresh, ward.services.now()) })).to).toContain('done=saved')
    expect((await client.post(room('account/app/remove'), {})).status).toBe(409)
    expect(await actionsFor(id)).toEqual(
      expect.arrayContaining(['factor.enrol', 'session.confirm', 'factor.codes', 'factor.app', 'session.refuse']),
    )
  })

  it('speaks the language that was chosen, whatever the site’s is', async () => {
    const { client, room } = await member('tieng', 'viewer')
    await client.post(room('preferences'), { language: 'en' })
    expect((await client.get(room('account'))).html).toContain('<html lang="en">')
    await client.post(room('preferences'), { language: 'fr' })
    expect((await client.get(room('account'))).html).toContain('<html lang="vi">')
  })
})

describe('preferences', () => {
  it('of colours, page and order hold on every page, are recorded with what was before, and a choice that is none is as for everybody', async () => {
    const { client, room, id } = await member('tuy-chon', 'moderator')
    for (let n = 0; n < 11; n++) {
      ward.clock.ms += 1_000
      await ward.submit(`Ý kiến thứ ${n} để xếp trang.`)
    }
    const shown = async (query = '') =>
      [...(await client.get(`${room('queue')}${query}`)).html.matchAll(/Ý kiến thứ (\d+) để xếp trang/g)].map(([, n]) => Number(n))
    expect(new Set(await shown()).size).toBe(11)
    expect((await client.get(room('account'))).html).toContain('media="(prefers-color-scheme: dark)"')
    const saved = await client.post(room('preferences'), { language: '', theme: 'dark', page_length: '10', queue_order: 'newest' })
    expect(saved.to).toContain('done=saved')
    const { html } = await client.get(room('queue'))
    expect(html).toContain('<link rel="stylesheet" href="/assets/dark.css"/>')
    expect(html).toContain('<meta name="color-scheme" content="dark"/>')
    expect([...new Set(await shown())]).toEqual([10, 9, 8, 7, 6, 5, 4, 3, 2, 1])
    // The next page goes on in that order, also when another is liked better meanwhile.
    const next = /data-next="([^"]*)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? ''
    expect(next).toContain('sort=newest')
    await client.post(room('preferences'), { theme: 'light', page_length: '7', queue_order: 'khac' })
    expect((await client.get(next)).html).toContain('Ý kiến thứ 0 để xếp trang')
    expect((await client.get(room('queue'))).html).not.toContain('dark.css')
    expect((await shown())[0]).toBe(0)
    expect(await recordedOf('account.preferences', id)).toEqual([
      {
        before: { language: null, theme: null, pageLength: 20, queueOrder: null },
        after: { language: null, theme: 'dark', pageLength: 10, queueOrder: 'newest' },
      },
      {
        before: { language: null, theme: 'dark', pageLength: 10, queueOrder: 'newest' },
        after: { language: null, theme: 'light', pageLength: 20, queueOrder: null },
      },
    ])
  })
})

describe('keys', () => {
  it('may be any letter, also one that Telex combines; brackets, which are letters there, are refused with what was typed', async () => {
    const { client, room } = await member('phim', 'moderator')
    const fields = { ...USUAL_KEYS, approve: 'd', spam: 'w', hold: 'o' }
    const refused = await client.post(room('keys'), { ...fields, note: '[' })
    expect(refused.status).toBe(422)
    expect(refused.html).toContain('dấu ngoặc [ ] { } dành cho ơ, ư của Telex')
    expect(refused.html).toMatch(/id="key-note"[^>]*value="\["[^>]*aria-invalid="true"/)
    expect((await client.post(room('keys'), fields)).to).toContain('done=keys')
    expect((await client.get(room('queue'))).html).toContain('<kbd>w</kbd>')
  })

  it('are recorded with what was before, where anything was changed, and told in words', async () => {
    const { client, room, id } = await member('phim-ghi', 'admin')
    for (const more of [{ approve: 'd', help: '' }, { approve: 'd', help: '' }, { act: 'reset' }])
      await client.post(room('keys'), { ...USUAL_KEYS, ...more })
    expect(await recordedOf('keys.set', id)).toEqual([
      { before: { approve: 'a', help: '?' }, after: { approve: 'd', help: '' } },
      { before: { approve: 'd', help: '' }, after: { approve: 'a', help: '?' } },
    ])
    expect((await client.get(room('log'))).html).toContain(
      '<dt>Duyệt đăng</dt><dd><del>a</del> → <span class="unseen">thành </span><ins>d</ins></dd>',
    )
  })
})

describe('the people of a site', () => {
  it('are invited with a link that is shown once, taken back, and told apart from those who came', async () => {
    const { client, room } = await member('quan-tri')
    const email = `khach-${ward.slug}@phuongthu.example`
    const made = await client.post(room('people'), { email: ` ${email.toUpperCase()} `, name: 'Cô Khách', role: 'replier' })
    const [, url = ''] = /class="once" value="([^"]+)"/.exec(made.html) ?? []
    expect(url).toMatch(/^http:\/\/ykien\.test\/desk\/signin\?link=[\w-]{43}$/)
    const page = await client.get(room('people'))
    expect(page.html).toContain(`${email}: Người được ủy quyền trả lời`)
    expect(page.html).not.toContain(linkIn(url))
    await client.post(room('people/withdraw'), { invitation: hidden(page.html, 'invitation') })
    expect((await newClient(ward).get(`/desk/signin?link=${linkIn(url)}`)).status).toBe(410)
    expect((await client.get(room('people'))).html).not.toContain(email)
    const faulty = await client.post(room('people'), { email: 'không phải', name: 'Cô Khách', role: 'viewer' })
    expect(faulty.status).toBe(422)
    expect(faulty.html).toContain('value="không phải"')
  })

  it('lose their access at once, with all sessions, and get it back', async () => {
    const [admin, clerk] = [await member('chu'), await member('bi-khoa', 'moderator')]
    await admin.client.post(admin.room('people/access'), { person: clerk.id, access: 'off' })
    expect((await clerk.client.get(clerk.room('queue'))).status).toBe(303)
    tick(60)
    await clerk.client.post('/desk/signin', { email: clerk.email, password: PASSWORD })
    await clerk.client.post('/desk/signin/code', { code: clerk.code() })
    expect((await clerk.client.get(clerk.room('queue'))).status).toBe(404)
    await admin.client.post(admin.room('people/access'), { person: clerk.id, access: 'on' })
    expect((await clerk.client.get(clerk.room('queue'))).status).toBe(200)
    await admin.client.post(admin.room('people/role'), { person: clerk.id, role: 'admin' })
    expect((await clerk.client.get(clerk.room('people'))).status).toBe(200)
    await admin.client.post(admin.room('people/role'), { person: clerk.id, role: 'viewer' })
    expect((await clerk.client.get(clerk.room('people'))).status).toBe(403)
    expect(await actionsFor(clerk.id)).toEqual(expect.arrayContaining(['staff.disable', 'staff.enable', 'staff.role']))
  })

  it('change nothing about themselves, nor about those above them, and make nobody who may do more than they', async () => {
    const [admin, system] = [await member('toi'), await member('he-thong', 'system')]
    const post = (path: string, fields: Record<string, string>) => admin.client.post(admin.room(path), fields)
    expect((await post('people/role', { person: admin.id, role: 'system' })).status).toBe(403)
    expect((await post('people/role', { person: admin.id, role: 'viewer' })).status).toBe(409)
    expect((await post('people/access', { person: admin.id, access: 'off' })).status).toBe(409)
    expect((await post('people/recovery', { person: admin.id, kind: 'factor' })).status).toBe(409)
    for (const [path, fields] of [
      ['people/role', { person: system.id, role: 'viewer' }],
      ['people/access', { person: system.id, access: 'off' }],
      ['people/recovery', { person: system.id, kind: 'password' }],
      ['people', { email: 'moi@phuongthu.example', name: '', role: 'system' }],
      ['tokens', { name: 'Máy', role: 'system' }],
    ] as const)
      expect([path, (await post(path, fields)).status]).toEqual([path, 403])
    const page = await admin.client.get(admin.room('people'))
    expect(page.html).not.toContain(`value="${system.id}"`)
    expect(page.html).not.toContain('value="system"')
  })

  it('get back in by a link of the administrator, who cannot use it, and by one that replaces all only of the system’s', async () => {
    const [admin, system, clerk] = [await member('cap'), await member('cap-tren', 'system'), await member('quen-het', 'moderator')]
    const made = await admin.client.post(admin.room('people/recovery'), { person: clerk.id, kind: 'password' })
    const [, url = ''] = /class="once" value="([^"]+)"/.exec(made.html) ?? []
    const stolen = await newClient(ward).post('/desk/signin', { link: linkIn(url), password: 'tám con gà trống', code: '000000' })
    expect(stolen.status).toBe(422)
    expect((await admin.client.post(admin.room('people/recovery'), { person: clerk.id, kind: 'anew' })).status).toBe(403)
    expect((await system.client.post(system.room('people/recovery'), { person: clerk.id, kind: 'anew' })).status).toBe(200)
    const elsewhere = await member('hai-noi', 'moderator')
    const { link, statements } = invite(ward.services, { email: elsewhere.email, site: ward.otherSlug, role: 'viewer' })
    await ward.store.batch(statements)
    await elsewhere.client.post('/desk/signin', { link: linkIn(link.url) })
    expect((await system.client.post(system.room('people/recovery'), { person: elsewhere.id, kind: 'anew' })).status).toBe(403)
  })

  it('get links to the configured address, whatever host, protocol or place to go on to a request names', async () => {
    const [admin, clerk] = [await member('goc', 'admin'), await member('goc-hai', 'moderator')]
    const evil = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'http',
      'x-original-url': 'https://evil.example/',
      forwarded: 'host=evil.example;proto=http',
    }
    const more = { next: 'https://evil.example/', link: '//evil.example', base: 'https://evil.example' }
    const email = `goc-moi-${ward.slug}@phuongthu.example`
    const urls: string[] = []
    for (const [path, fields] of [
      ['people?next=//evil.example', { email, name: 'Cô Khách', role: 'viewer' }],
      ['people/recovery?next=//evil.example', { person: clerk.id, kind: 'password' }],
      ['people/recovery', { person: clerk.id, kind: 'factor' }],
    ] as const) {
      const made = await admin.client.post(admin.room(path), { ...fields, ...more }, evil)
      expect([path, made.status]).toEqual([path, 200])
      urls.push(/class="once" value="([^"]+)"/.exec(made.html)?.[1] ?? '')
      expect(urls.at(-1)).toMatch(/^http:\/\/ykien\.test\/desk\/signin\?link=[\w-]{43}$/)
      expect(made.html).not.toContain('evil.example')
    }
    // And whoever opens one is sent nowhere else.
    const link = linkIn(urls[0] ?? '')
    const stranger = newClient(ward)
    const begun = await stranger.post('/desk/signin?next=//evil.example', { ...more, link, name: 'Cô Mới', password: PASSWORD }, evil)
    expect(begun.to).toBe('/desk/signin/step')
    const page = await stranger.get('/desk/signin/step?next=//evil.example', evil)
    expect(page.html).not.toContain('evil.example')
  })

  it('are changed only after a fresh proof', async () => {
    const [admin, clerk] = [await member('cu'), await member('cu-hai', 'moderator')]
    tick(21 * 60)
    const page = await admin.client.get(admin.room('people'))
    expect(page.html).toContain('Xác nhận danh tính')
    for (const form of ['people/role', 'people/access', 'people/recovery']) expect(page.html).not.toContain(form)
    for (const [path, fields] of [
      ['people', { email: 'ai@phuongthu.example', name: '', role: 'viewer' }],
      ['people/role', { person: clerk.id, role: 'viewer' }],
      ['people/access', { person: clerk.id, access: 'off' }],
      ['people/recovery', { person: clerk.id, kind: 'password' }],
      ['tokens', { name: 'Máy', role: 'viewer' }],
    ] as const)
      expect([path, (await admin.client.post(admin.room(path), fields)).status]).toEqual([path, 403])
  })
})

describe('the tokens of a site', () => {
  it('are shown once, told with their last use, and worthless once revoked', async () => {
    const { client, room } = await member('may')
    const made = await client.post(room('tokens'), { name: 'Máy quét', role: 'moderator' })
    const [, token = ''] = /class="once" value="(yk_[\w-]{43})"/.exec(made.html) ?? []
    const ask = async () =>
      (await ward.request(`/api/v1/admin/sites/${ward.slug}/queue`, { headers: { authorization: `Bearer ${token}` } })).status
    expect((await client.get(room('tokens'))).html).toContain('Chưa dùng')
    expect(await ask()).toBe(200)
    const page = await client.get(room('tokens'))
    expect(page.html).toContain('Dùng gần nhất')
    expect(page.html).not.toContain(token)
    const id = hidden(page.html, 'token')
    await client.post(room('tokens/revoke'), { token: id })
    expect(await ask()).toBe(401)
    expect(await actionsFor(id)).toEqual(['token.add', 'token.revoke'])
    expect((await client.post(room('tokens'), { name: '   ', role: 'viewer' })).status).toBe(422)
  })
})
