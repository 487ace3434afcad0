// Signing in as a person does it: invitation, password, code, recovery, and everything that must not work. All of it without script.
import { beforeAll, describe, expect, it } from 'vitest'
import { platformName } from '#platform'
import type { Role } from '../../src/core/context.ts'
import { newLink } from '../../src/core/people/links.ts'
import { invite, recover } from '../../src/core/people/team.ts'
import { createHasher, scrypted } from '../../src/platform/hashing.ts'
import { hidden, newClient } from '../support/browser.ts'
import { dump, textsOf } from '../support/dump.ts'
import { codeOf, linkIn, PASSWORD, setUp } from '../support/person.ts'
import { openWard, type Ward } from '../support/ward.ts'

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
})

let people = 0
const addressOf = (name: string) => `${name}-${++people}-${ward.slug}@phuongthu.example`

async function invited(email: string, role: Role = 'moderator', slug = ward.slug): Promise<string> {
  const { link, statements } = invite(ward.services, { email, site: slug, role })
  await ward.store.batch(statements)
  return link.url
}

/** An account with password and authenticator. */
async function account(name: string, role: Role = 'moderator'): Promise<{ email: string; secret: string; codes: string[] }> {
  const email = addressOf(name)
  const { secret, codes } = await setUp(ward.services, await invited(email, role))
  return { email, secret, codes }
}

async function recovering(email: string, kind: 'password' | 'factor' | 'anew'): Promise<string> {
  const link = recover(ward.services, { email, kind })
  await ward.store.batch(link.statements)
  return linkIn(link.url)
}

const code = (secret: string, steps = 0) => codeOf(secret, ward.services.now(), steps)
const tick = (seconds: number) => {
  ward.clock.ms += seconds * 1_000
}
const session = (client: ReturnType<typeof newClient>) => client.cookies.get('ykien-80')

/** Signs in to the end and gives the last answer. */
async function signIn(client: ReturnType<typeof newClient>, email: string, secret: string, password = PASSWORD) {
  const first = await client.post('/desk/signin', { email, password })
  return first.status === 303 ? client.post('/desk/signin/code', { code: code(secret) }) : first
}

describe('an invitation', () => {
  it('is opened as often as scanners like, sets up name, password and app, shows recovery codes once, and leads to the desk', async () => {
    const email = addressOf('moi')
    const link = linkIn(await invited(email))
    const client = newClient(ward)
    const before = await dump(ward.store)
    for (let n = 0; n < 5; n++) expect((await client.get(`/desk/signin?link=${link}`, { 'sec-purpose': 'prefetch' })).status).toBe(200)
    expect((await ward.request(`/desk/signin?link=${link}`, { method: 'HEAD' })).status).toBe(200)
    const begun = await client.post('/desk/signin', { link, name: '  Cô   Thử ', password: PASSWORD })
    expect(begun.to).toBe('/desk/signin/step')
    const page = await client.get('/desk/signin/step')
    expect(page.html).toContain('class="qr"')
    expect(await dump(ward.store)).toEqual(before)
    const secret = /<p class="secret"><code>([A-Z2-7 ]+)</.exec(page.html)?.[1]?.replaceAll(' ', '') ?? ''
    const done = await client.post('/desk/signin/app', { offer: hidden(page.html, 'offer'), code: code(secret) })
    expect(done.status).toBe(200)
    expect(done.html.match(/<code>[0-9A-Z]{5}-[0-9A-Z]{5}<\/code>/g)).toHaveLength(10)
    expect((await client.get('/desk')).response.headers.get('location')).toBe(`/desk/${ward.slug}/queue`)
    expect((await client.get(`/desk/${ward.slug}/queue`)).html).toContain('Cô Thử')
    expect((await client.get(`/desk/signin?link=${link}`)).status).toBe(410)
  })

  it('opens one account when twenty finish it at the same moment, and leaves no trace of the others', async () => {
    const email = addressOf('hai-muoi')
    const link = linkIn(await invited(email))
    const client = newClient(ward)
    await client.post('/desk/signin', { link, name: 'Cô Một', password: PASSWORD })
    const step = [...client.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const offers = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const { html } = await client.get('/desk/signin/step')
        const secret = /<p class="secret"><code>([A-Z2-7 ]+)</.exec(html)?.[1]?.replaceAll(' ', '') ?? ''
        return { offer: hidden(html, 'offer'), code: code(secret) }
      }),
    )
    const results = await Promise.all(offers.map((fields) => newClient(ward, { cookie: step }).post('/desk/signin/app', fields)))
    expect(results.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(results.filter(({ status }) => status === 410)).toHaveLength(19)
    const staff = await ward.store.db.selectFrom('staff').select('id').where('email', '=', email).executeTakeFirstOrThrow()
    const count = async (table: 'totp' | 'session' | 'recovery_code') =>
      (await ward.store.db.selectFrom(table).select('staff_id').where('staff_id', '=', staff.id).execute()).length
    expect([await count('totp'), await count('session'), await count('recovery_code')]).toEqual([1, 1, 10])
  })

  it('is void after 48 hours, and for a role or site that somebody writes into the form', async () => {
    const email = addressOf('muon')
    const link = linkIn(await invited(email, 'viewer'))
    const client = newClient(ward)
    const more = { role: 'system', site: ward.otherSlug, email_other: 'x' }
    await client.post('/desk/signin', { link, name: 'Cô Muộn', password: PASSWORD, ...more })
    const page = await client.get('/desk/signin/step')
    const secret = /<p class="secret"><code>([A-Z2-7 ]+)</.exec(page.html)?.[1]?.replaceAll(' ', '') ?? ''
    await client.post('/desk/signin/app', { offer: hidden(page.html, 'offer'), code: code(secret), ...more })
    const roles = await ward.store.db
      .selectFrom('staff_role')
      .innerJoin('staff', 'staff.id', 'staff_role.staff_id')
      .innerJoin('site', 'site.id', 'staff_role.site_id')
      .select(['role', 'slug'])
      .where('email', '=', email)
      .execute()
    expect(roles).toEqual([{ role: 'viewer', slug: ward.slug }])
    const late = linkIn(await invited(addressOf('qua-han')))
    tick(48 * 3_600)
    expect((await client.post('/desk/signin', { link: late, name: 'Cô Muộn', password: PASSWORD })).status).toBe(410)
  })

  it('of somebody who has an account asks them to sign in, and gives the role to nobody else', async () => {
    const { email, secret } = await account('co-san')
    const link = linkIn(await invited(email, 'leader', ward.otherSlug))
    const stranger = newClient(ward, { cookie: await ward.signIn('admin') })
    expect((await stranger.post('/desk/signin', { link })).status).toBe(410)
    const client = newClient(ward)
    expect((await client.post('/desk/signin', { link, name: 'Kẻ Gian', password: 'mật khẩu của kẻ gian' })).to).toBe(
      `/desk/signin?link=${link}`,
    )
    const first = await client.post('/desk/signin', { link, email, password: PASSWORD })
    expect(first.to).toBe(`/desk/signin/step?link=${link}`)
    expect((await client.post('/desk/signin/code', { link, code: code(secret) })).to).toBe(`/desk/signin?link=${link}`)
    expect((await client.post('/desk/signin', { link })).to).toBe(`/desk/${ward.otherSlug}/queue`)
    expect((await client.get(`/desk/${ward.otherSlug}/queue`)).status).toBe(200)
    expect((await client.post('/desk/signin', { link })).status).toBe(410)
  })

  it('refuses a password that is short or easy to guess, in the reader’s language, and keeps the name that was typed', async () => {
    const email = addressOf('nguyenthithu')
    const link = linkIn(await invited(email))
    for (const [password, sentence] of [
      ['tí hon', 'Mật khẩu quá ngắn (tối thiểu 12 ký tự).'],
      ['matkhau123456', 'Mật khẩu này dễ đoán.'],
      ['Password@2026!', 'Mật khẩu này dễ đoán.'],
      ['abcabcabcabc', 'Mật khẩu này dễ đoán.'],
      ['nguyenthithu2026', 'Mật khẩu này dễ đoán.'],
    ] as const) {
      const { status, html } = await newClient(ward).post('/desk/signin', { link, name: 'Nguyễn Thị Thử', password })
      expect([password, status]).toEqual([password, 422])
      expect(html).toContain(sentence)
      expect(html).toContain('value="Nguyễn Thị Thử"')
      expect(html).not.toContain(password)
    }
    const english = await newClient(ward).post('/desk/signin?lang=en', { link, name: 'Nguyễn Thị Thử', password: 'tí hon' })
    expect(english.html).toContain('The password is too short (at least 12 characters).')
    expect(english.html).toContain('<html lang="en">')
  })
})

describe('signing in', () => {
  it('takes e-mail and password, then a code; the session’s cookie is new, closed to scripts and other sites', async () => {
    const { email, secret } = await account('dang-nhap')
    tick(60)
    const client = newClient(ward, { cookie: `ykien-80=${'A'.repeat(43)}` })
    const first = await client.post('/desk/signin', { email: ` ${email.toUpperCase()} `, password: PASSWORD })
    expect(first.to).toBe('/desk/signin/step')
    expect((await client.get(`/desk/${ward.slug}/queue`)).status).toBe(303)
    const second = await client.post('/desk/signin/code', { code: code(secret).replace(/^.../, '$& ') })
    expect(second.to).toBe('/desk')
    const [line = ''] = second.response.headers.getSetCookie().filter((each) => each.startsWith('ykien-80='))
    expect(line).toMatch(/^ykien-80=[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; SameSite=Lax$/)
    expect(session(client)).not.toBe('A'.repeat(43))
    expect((await client.get(`/desk/${ward.slug}/queue`)).status).toBe(200)
    expect((await newClient(ward, { cookie: `ykien-80=${'A'.repeat(43)}` }).get('/desk')).response.headers.get('location')).toBe(
      '/desk/signin',
    )
  })

  it('under https names its cookies __Host- and marks them Secure', async () => {
    const secure = await openWard({ YKIEN_BASE_URL: 'https://ykien.test' })
    const email = `an-toan-${secure.slug}@phuongthu.example`
    const { link, statements } = invite(secure.services, { email, site: secure.slug, role: 'viewer' })
    await secure.store.batch(statements)
    const { secret } = await setUp(secure.services, link.url)
    const client = newClient(secure, { origin: 'https://ykien.test' })
    const first = await client.post('/desk/signin', { email, password: PASSWORD })
    const second = await client.post('/desk/signin/code', { code: codeOf(secret, secure.services.now()) })
    const lines = [...first.response.headers.getSetCookie(), ...second.response.headers.getSetCookie()].filter(
      (line) => !line.includes('Max-Age=0'),
    )
    expect(lines).toHaveLength(3)
    for (const line of lines) {
      expect(line).toMatch(/^__Host-ykien-443/)
      for (const part of ['Secure', 'HttpOnly', 'Path=/', 'SameSite=Lax']) expect(line).toContain(part)
      expect(line).not.toContain('Domain')
    }
    expect(second.response.headers.get('strict-transport-security')).toContain('max-age=31536000')
  })

  it('says the same of an unknown address and a wrong password, and keeps the address that was typed', async () => {
    const { email } = await account('ai-do')
    const answers = []
    for (const address of [email, 'khong-co-ai@phuongthu.example']) {
      const { status, html } = await newClient(ward, { peer: '198.51.100.1' }).post('/desk/signin', {
        email: address,
        password: 'không phải mật khẩu',
      })
      expect(html).toContain(`value="${address}"`)
      expect(html).not.toContain('không phải mật khẩu')
      answers.push([status, html.replaceAll(address, 'A')])
    }
    expect(answers[0]).toEqual(answers[1])
    expect(answers[0]?.[0]).toBe(401)
  })

  it('does the same work for an address that nobody has, for one that is disabled and for a wrong password', async () => {
    const [{ email }, gone] = [await account('cong-viec'), await account('da-ngung')]
    await ward.store.batch([
      ward.store.db
        .updateTable('staff')
        .set({ disabled_at: new Date(ward.clock.ms).toISOString() })
        .where('email', '=', gone.email),
    ])
    const { hashPassword } = ward.services
    const hashed: unknown[] = []
    ward.services.hashPassword = (password, salt, cost) => {
      hashed.push({ ...cost, salt: salt.length, password: password.length })
      return hashPassword(password, salt, cost)
    }
    const written = async () => {
      const { attempt, audit } = await dump(ward.store)
      return [attempt?.length ?? 0, audit?.length ?? 0]
    }
    const works = []
    for (const address of [email, gone.email, 'khong-co-ai-ca@phuongthu.example']) {
      const [attempts = 0, rows = 0] = await written()
      hashed.length = 0
      const { status } = await newClient(ward).post('/desk/signin', { email: address, password: 'không phải mật khẩu' })
      const [attemptsNow = 0, rowsNow = 0] = await written()
      works.push({ status, hashed: [...hashed], attempts: attemptsNow - attempts, rows: rowsNow - rows })
    }
    ward.services.hashPassword = hashPassword
    expect(works[0]).toMatchObject({ status: 401, attempts: 2, rows: 1 })
    expect(works[0]?.hashed).toHaveLength(1)
    expect(works[1]).toEqual(works[0])
    expect(works[2]).toEqual(works[0])
    // What the record keeps of it names nobody's address.
    expect((await textsOf(ward.store)).filter(({ text }) => text.includes('khong-co-ai-ca'))).toEqual([])
  })

  it('answers thirty-two at once, and hashes at most two passwords at a time', async () => {
    const { hashPassword } = ward.services
    let [running, most, done] = [0, 0, 0]
    const hash = createHasher(async (password, salt, cost) => {
      most = Math.max(most, ++running)
      try {
        return await scrypted(password, salt, cost)
      } finally {
        running--
        done++
      }
    })
    ward.services.hashPassword = (password, salt, cost) => hash(password, salt, { ...cost, n: cost.n / 16 })
    const answers = await Promise.all(
      Array.from({ length: 32 }, (_, n) =>
        newClient(ward, { peer: `198.51.100.${n}` }).post('/desk/signin', {
          email: `ai-${n}@phuongthu.example`,
          password: 'không phải mật khẩu',
        }),
      ),
    )
    ward.services.hashPassword = hashPassword
    const refused = answers.filter(({ status }) => status === 401)
    // Who finds the line full is told to come again, and when.
    const sentAway = answers.filter(({ status, response }) => status === 429 && Number(response.headers.get('retry-after')) > 0)
    expect([refused.length + sentAway.length, refused.length]).toEqual([32, done])
    expect(refused.length).toBeGreaterThanOrEqual(22)
    // workerd hashes on its only thread.
    expect(most).toBe(platformName === 'workers' ? 1 : 2)
  })

  it('takes each code once, also when it is sent twenty times at the same moment, and the neighbour’s in time once as well', async () => {
    const { email, secret } = await account('mot-lan')
    tick(3_600)
    const first = newClient(ward)
    await first.post('/desk/signin', { email, password: PASSWORD })
    const step = [...first.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const once = code(secret)
    const networks = Array.from({ length: 4 }, (_, n) => `192.0.2.${n}`)
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        newClient(ward, { cookie: step, peer: networks[n % 4] ?? '' }).post('/desk/signin/code', { code: once }),
      ),
    )
    expect(results.filter(({ status }) => status === 303)).toHaveLength(1)
    expect(results.filter(({ to }) => to === '/desk')).toHaveLength(1)
    expect(results.filter(({ status }) => status === 422 || status === 429)).toHaveLength(19)
    tick(3_600)
    const again = newClient(ward)
    await again.post('/desk/signin', { email, password: PASSWORD })
    expect((await again.post('/desk/signin/code', { code: code(secret, -1) })).to).toBe('/desk')
    await again.post('/desk/signin', { email, password: PASSWORD })
    expect((await again.post('/desk/signin/code', { code: code(secret, -1) })).status).toBe(422)
    expect((await again.post('/desk/signin/code', { code: code(secret, -2) })).status).toBe(422)
    expect((await again.post('/desk/signin/code', { code: code(secret, 2) })).status).toBe(422)
  })

  it('takes each recovery code once, however it is written', async () => {
    const { email, codes } = await account('khoi-phuc')
    const [one = '', two = ''] = codes
    const client = newClient(ward)
    for (const [typed, expected] of [
      [one.toLowerCase(), 303],
      [one, 422],
      [two.replace('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l'), 303],
      ['ABCDE-ABCDE', 422],
    ] as const) {
      await client.post('/desk/signin', { email, password: PASSWORD })
      expect((await client.post('/desk/signin/code', { code: typed })).status, typed).toBe(expected)
    }
  })

  it('slows whoever guesses a password, from one address and from many, and lets the person’s own browser in all the while', async () => {
    const { email, secret } = await account('bi-do')
    tick(60)
    const own = newClient(ward, { peer: '198.51.100.9' })
    expect((await signIn(own, email, secret)).to).toBe('/desk')
    const guess = (peer: string) => newClient(ward, { peer }).post('/desk/signin', { email, password: 'đoán mò đoán mẫm' })
    const statuses: number[] = []
    for (let n = 0; n < 8; n++) statuses.push((await guess('198.51.100.20')).status)
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429])
    for (let n = 0; n < 40; n++) statuses.push((await guess(`198.51.100.${50 + n}`)).status)
    // Thirty by strangers, of which the person's own first time was one.
    expect(statuses.filter((status) => status === 401)).toHaveLength(29)
    const refused = await guess('198.51.100.200')
    expect(Number(refused.response.headers.get('retry-after'))).toBeGreaterThan(60)
    expect((await newClient(ward, { peer: '198.51.100.201' }).post('/desk/signin', { email, password: PASSWORD })).status).toBe(429)
    tick(60)
    expect((await signIn(own, email, secret)).to).toBe('/desk')
    tick(15 * 60)
    expect((await signIn(newClient(ward, { peer: '198.51.100.201' }), email, secret)).to).toBe('/desk')
  })

  it('slows whoever has the password and guesses codes', async () => {
    const { email } = await account('do-ma')
    const statuses: number[] = []
    for (let n = 0; n < 14; n++) {
      const client = newClient(ward, { peer: `198.51.100.${n >> 2}` })
      await client.post('/desk/signin', { email, password: PASSWORD })
      statuses.push((await client.post('/desk/signin/code', { code: '000000' })).status)
    }
    expect(statuses.filter((status) => status === 422).length).toBeLessThanOrEqual(10)
    expect(statuses.slice(-3)).toEqual([429, 429, 429])
  })

  it('forgets what a password proved when it is changed meanwhile, after a quarter of an hour, and for a ticket that is no ticket', async () => {
    const { email, secret } = await account('qua-gio')
    const client = newClient(ward)
    await client.post('/desk/signin', { email, password: PASSWORD })
    tick(15 * 60)
    expect((await client.post('/desk/signin/code', { code: code(secret) })).status).toBe(401)
    await client.post('/desk/signin', { email, password: PASSWORD })
    await ward.store.batch([ward.store.db.updateTable('staff').set({ password_hash: 'scrypt$1$1$1$x$y' }).where('email', '=', email)])
    expect((await client.post('/desk/signin/code', { code: code(secret) })).status).toBe(401)
    client.cookies.set('ykien-80-step', 'x.y')
    expect((await client.post('/desk/signin/code', { code: code(secret) })).status).toBe(401)
  })

  it('speaks Vietnamese first and English by a switch that stays', async () => {
    const client = newClient(ward)
    const page = await client.get('/desk/signin', { 'accept-language': 'en' })
    expect(page.html).toContain('<html lang="vi">')
    expect(page.html).toContain('href="/desk/signin?lang=en"')
    const english = await client.get('/desk/signin?lang=en')
    expect(english.html).toContain('action="/desk/signin?lang=en"')
    expect(english.html).toContain('Sign in')
  })
})

describe('recovery', () => {
  it('of a password asks for the second factor, ends the sessions, and works once', async () => {
    const { email, secret } = await account('quen')
    tick(60)
    const old = newClient(ward)
    await signIn(old, email, secret)
    const link = await recovering(email, 'password')
    const client = newClient(ward, { peer: '198.51.100.77' })
    const chosen = 'năm con chim sẻ nâu'
    expect((await client.post('/desk/signin', { link, password: chosen, code: '000000' })).status).toBe(422)
    expect((await client.post('/desk/signin', { link, password: chosen, code: '' })).status).toBe(422)
    tick(60)
    expect((await client.post('/desk/signin', { link, password: chosen, code: code(secret) })).to).toBe('/desk')
    expect((await client.get(`/desk/${ward.slug}/queue`)).status).toBe(200)
    expect((await old.get(`/desk/${ward.slug}/queue`)).status).toBe(303)
    expect((await client.post('/desk/signin', { link, password: chosen, code: code(secret, 1) })).status).toBe(410)
    tick(60)
    expect((await signIn(newClient(ward), email, secret)).status).toBe(401)
    expect((await signIn(newClient(ward), email, secret, chosen)).to).toBe('/desk')
  })

  it('of a second factor asks for the password, and the old factor and sessions stop working', async () => {
    const { email, secret, codes } = await account('mat-may')
    tick(60)
    const old = newClient(ward)
    await signIn(old, email, secret)
    const link = await recovering(email, 'factor')
    const client = newClient(ward)
    expect((await client.post('/desk/signin', { link, password: 'không phải mật khẩu' })).status).toBe(401)
    expect((await client.post('/desk/signin', { link, password: PASSWORD })).to).toBe('/desk/signin/step')
    const page = await client.get('/desk/signin/step')
    const fresh = /<p class="secret"><code>([A-Z2-7 ]+)</.exec(page.html)?.[1]?.replaceAll(' ', '') ?? ''
    expect((await client.post('/desk/signin/app', { offer: hidden(page.html, 'offer'), code: code(fresh) })).status).toBe(200)
    expect((await old.get(`/desk/${ward.slug}/queue`)).status).toBe(303)
    tick(60)
    const again = newClient(ward)
    expect((await signIn(again, email, secret)).status).toBe(422)
    expect((await again.post('/desk/signin/code', { code: codes[0] ?? '' })).status).toBe(422)
    expect((await again.post('/desk/signin/code', { code: code(fresh) })).to).toBe('/desk')
  })

  it('of one kind is of no use for another, and a secret that was offered to one person is none of another', async () => {
    const { email, secret } = await account('khac-loai')
    const [ofPassword, ofFactor] = [await recovering(email, 'password'), await recovering(email, 'factor')]
    const client = newClient(ward)
    expect((await client.post('/desk/signin', { link: ofPassword, name: 'x', password: PASSWORD })).status).toBe(422)
    expect(
      (await client.post('/desk/signin', { link: ofFactor, password: 'một mật khẩu hoàn toàn khác', code: code(secret, 1) })).status,
    ).toBe(401)
    const [other, mine] = [await account('nguoi-khac'), newClient(ward)]
    await mine.post('/desk/signin', { link: await recovering(other.email, 'factor'), password: PASSWORD })
    await client.post('/desk/signin', { link: ofFactor, password: PASSWORD })
    const theirs = await mine.get('/desk/signin/step')
    const theirSecret = /<p class="secret"><code>([A-Z2-7 ]+)</.exec(theirs.html)?.[1]?.replaceAll(' ', '') ?? ''
    expect((await client.post('/desk/signin/app', { offer: hidden(theirs.html, 'offer'), code: code(theirSecret) })).status).toBe(401)
  })

  it('of both starts over', async () => {
    const { email, secret } = await account('mat-het')
    const link = await recovering(email, 'anew')
    const client = newClient(ward)
    const chosen = 'sáu chú vịt con vàng'
    await client.post('/desk/signin', { link, name: 'Cô Mới', password: chosen })
    const page = await client.get('/desk/signin/step')
    const fresh = /<p class="secret"><code>([A-Z2-7 ]+)</.exec(page.html)?.[1]?.replaceAll(' ', '') ?? ''
    expect((await client.post('/desk/signin/app', { offer: hidden(page.html, 'offer'), code: code(fresh) })).status).toBe(200)
    tick(60)
    expect((await signIn(newClient(ward), email, secret)).status).toBe(401)
    expect((await signIn(newClient(ward), email, fresh, chosen)).to).toBe('/desk')
  })
})

describe('a link’s address', () => {
  it('is built from the configured one, whatever host a request names, and a redirect stays on the service', async () => {
    const { email, secret } = await account('dia-chi')
    tick(60)
    const evil = { host: 'evil.example', 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example', 'x-forwarded-proto': 'http' }
    const client = newClient(ward)
    const first = await client.post(
      '/desk/signin?next=https://evil.example&link_to=//evil.example',
      { email, password: PASSWORD, next: '//evil.example' },
      evil,
    )
    const second = await client.post('/desk/signin/code', { code: code(secret), next: 'https://evil.example' }, evil)
    for (const { to } of [first, second]) expect(to).toMatch(/^\/desk/)
    for (const link of ['//evil.example', 'https://evil.example/x', `${'A'.repeat(43)}/../..`, '\\\\evil.example', '%0d%0aset-cookie:x'])
      expect((await client.post('/desk/signin', { email, password: PASSWORD, link }, evil)).status, link).toBe(410)
    expect(linkIn(await invited(addressOf('goc')))).toMatch(/^[\w-]{43}$/)
    expect(new URL(await invited(addressOf('goc'))).origin).toBe('http://ykien.test')
  })
})

describe('the demonstration’s link', () => {
  it('works on the demonstration of a machine that nobody else reaches, once, and nowhere else', async () => {
    const env = { YKIEN_DEMO: '1', YKIEN_HOST: '127.0.0.1' }
    for (const [more, expected] of [
      [{ ...env, YKIEN_BASE_URL: 'http://127.0.0.1:8787' }, 303],
      [{ ...env, YKIEN_BASE_URL: 'http://127.0.0.1:8787', YKIEN_DEMO: '0' }, 410],
      [{ ...env, YKIEN_BASE_URL: 'https://ykien.test' }, 410],
      [{ ...env, YKIEN_BASE_URL: 'http://127.0.0.1:8787', YKIEN_HOST: '0.0.0.0' }, 410],
    ] as const) {
      const demo = await openWard(more)
      const email = `demo-${demo.slug}@phuongthu.example`
      await demo.signIn('admin', email)
      const link = newLink(demo.services, { kind: 'demo', email })
      await demo.store.batch(link.statements)
      const client = newClient(demo, { origin: new URL(more.YKIEN_BASE_URL).origin })
      const result = await client.post('/desk/signin', { link: linkIn(link.url) })
      expect([more, result.status]).toEqual([more, expected])
      expect((await client.post('/desk/signin', { link: linkIn(link.url) })).status).toBe(410)
    }
  })
})

describe('a session', () => {
  it('ends on the server after 30 idle minutes, after 12 hours in any case, and when it is signed out', async () => {
    const open = async (name: string) => newClient(ward, { cookie: await ward.signIn('moderator', addressOf(name)) })
    const queue = `/desk/${ward.slug}/queue`
    const idle = await open('idle')
    tick(30 * 60)
    expect((await idle.get(queue)).status).toBe(303)
    const busy = await open('busy')
    for (let minutes = 0; minutes < 12 * 60; minutes += 20) {
      expect((await busy.get(queue)).status).toBe(200)
      tick(20 * 60)
    }
    expect((await busy.get(queue)).status).toBe(303)
    const out = await open('out')
    const value = session(out) ?? ''
    expect((await out.post('/desk/signout', {})).to).toBe('/desk/signin?signed=out')
    expect(session(out)).toBeUndefined()
    expect((await newClient(ward, { cookie: `ykien-80=${value}` }).get(queue)).status).toBe(303)
  })
})

describe('a stolen database', () => {
  it('holds nothing that works as password, code, link, token or session', async () => {
    const { email, codes } = await account('bi-trom', 'admin')
    const open = linkIn(await invited(addressOf('dang-moi')))
    const token = await ward.token('admin')
    const cookie = await ward.signIn('admin')
    const texts = await textsOf(ward.store)
    for (const secret of [PASSWORD, ...codes, ...codes.map((each) => each.replace('-', '')), open, token, cookie.split('=')[1] ?? ''])
      expect(texts.filter(({ text }) => text.includes(secret)).map(({ place }) => place)).toEqual([])

    const ours = /^(?:staff|totp|recovery_code|session|signin_link|api_token|passkey|identity|spent|attempt)\./
    const stolen = [...new Set(texts.filter(({ place }) => ours.test(place)).flatMap(({ text }) => [text, ...text.split(/[$.:]/)]))].filter(
      (text) => text.length >= 6,
    )
    expect(stolen.length).toBeGreaterThan(100)
    const queue = `/desk/${ward.slug}/queue`
    for (const text of stolen) {
      const value = encodeURIComponent(text)
      expect((await ward.request(queue, { headers: { cookie: `ykien-80=${value}` } })).status, text).toBe(303)
      expect((await ward.request('/desk/signin/step', { headers: { cookie: `ykien-80-step=${value}` } })).status, text).toBe(401)
      expect((await ward.request(`/desk/signin?link=${value}`)).status, text).toBe(410)
      const bearer = { authorization: `Bearer ${/^[\w.~+/=-]+$/.test(text) ? text : 'x'}` }
      expect((await ward.request(`/api/v1/admin/sites/${ward.slug}/queue`, { headers: bearer })).status, text).toBe(401)
    }
    // As a password, and as a code beside the right password: the tries are counted, so each comes from a time of its own.
    const staff = await ward.store.db.selectFrom('staff').selectAll().where('email', '=', email).executeTakeFirstOrThrow()
    const ofPerson = [staff.password_hash ?? '', ...(staff.password_hash ?? '').split('$'), staff.id]
    const client = newClient(ward)
    for (const text of ofPerson) expect((await client.post('/desk/signin', { email, password: text })).status).not.toBe(303)
    tick(3_600)
    const kept = await ward.store.db.selectFrom('recovery_code').select('code_hash').where('staff_id', '=', staff.id).execute()
    const totp = await ward.store.db.selectFrom('totp').select('secret_sealed').where('staff_id', '=', staff.id).executeTakeFirstOrThrow()
    for (const text of [...kept.slice(0, 3).map(({ code_hash }) => code_hash), totp.secret_sealed]) {
      tick(3_600)
      await client.post('/desk/signin', { email, password: PASSWORD })
      expect((await client.post('/desk/signin/code', { code: text })).status).toBe(422)
    }
  })
})
