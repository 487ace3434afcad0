// What a citizen or a clerk entrusts to the service shows nowhere it should not: marked values are sent, then every public
// byte, the log and the database itself are searched for them.
import { beforeAll, describe, expect, it } from 'vitest'
import type { Submitted } from '../../src/core/comments/submit.ts'
import { invite } from '../../src/core/people/team.ts'
import { unseal } from '../../src/lib/crypto.ts'
import { textsOf } from '../support/dump.ts'
import { BASE, openWard, PORTAL, type Ward } from '../support/ward.ts'

const MARKED = {
  email: 'dau.vet-thu@example.com',
  phone: '0900 111 999',
  name: 'Dấu Vết Họ Tên',
  agent: 'DauVetTrinhDuyet/9.1',
  address: '198.51.100.231',
  note: 'Dấu vết ghi chú nội bộ',
}
/** Each value as it could turn up: as sent, without spaces, in lower case. */
const FORMS = Object.values(MARKED).flatMap((value) => [value, value.replaceAll(' ', ''), value.toLowerCase()])

const found = (text: string) => FORMS.filter((form) => text.includes(form))

let ward: Ward
let token: string
let published: Submitted
let waiting: Submitted
const article = { key: 'rieng-tu', url: `${PORTAL}/rieng-tu`, title: 'Bài về riêng tư' }

beforeAll(async () => {
  ward = await openWard()
  token = await ward.token('admin')
  const send = async (body: string) => {
    const response = await ward.request(`/api/v1/sites/${ward.slug}/comments`, {
      method: 'POST',
      peer: MARKED.address,
      headers: { 'user-agent': MARKED.agent, 'x-forwarded-for': MARKED.address },
      body: { article, body, author: { name: MARKED.name, email: MARKED.email, phone: MARKED.phone }, consents: ['terms', 'notify'] },
    })
    expect(response.status).toBe(202)
    return (await response.json()) as Submitted
  }
  published = await send('Ý kiến được đăng.')
  waiting = await send('Ý kiến còn chờ.')
  await ward.decide(token, { comment: published.comment.id, version: 1, verdict: 'approve', note: MARKED.note })
  ward.clock.ms += 10_001
  await ward.thread('?key=rieng-tu')
})

/** Everything of an answer that leaves the machine: status line aside, headers and body. */
async function bytesOf(response: Response): Promise<string> {
  const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n')
  const body = await response.text()
  return `${headers}\n${body}\n${decodeURIComponent(headers.replace(/%(?![0-9a-f]{2})/gi, '%25'))}`
}

describe('contact data, an unconsented name, a browser’s name and an address', () => {
  it.each([
    ['the thread', () => `/api/v1/sites/${ward.slug}/threads?key=rieng-tu`],
    ['the thread in the other orders', () => `/api/v1/sites/${ward.slug}/threads?key=rieng-tu&sort=top`],
    ['the site', () => `/api/v1/sites/${ward.slug}`],
    ['the counts', () => `/api/v1/sites/${ward.slug}/counts?key=rieng-tu`],
    ['the page without script', () => `/r/${ward.slug}?key=rieng-tu`],
    ['the receipt page', () => `/r/${ward.slug}/receipt`],
    ['the site’s feed', () => `/feeds/${ward.slug}.atom`],
    ['the site’s JSON feed', () => `/feeds/${ward.slug}.json`],
    ['the sign-in page', () => '/desk/signin'],
    ['the documentation', () => '/openapi.json'],
    ['health', () => '/healthz'],
    ['an unknown page', () => '/khong-co'],
  ])('are in no byte of %s', async (_name, path) => {
    const headers = { 'user-agent': MARKED.agent, 'x-forwarded-for': MARKED.address }
    const bytes = await bytesOf(await ward.request(path(), { peer: MARKED.address, headers }))
    expect(bytes.length).toBeGreaterThan(50)
    expect(found(bytes)).toEqual([])
  })

  it('are in no byte of the thread’s feeds, where the comment is', async () => {
    const { thread } = await ward.thread('?key=rieng-tu')
    for (const kind of ['atom', 'json']) {
      const bytes = await bytesOf(await ward.request(`/feeds/${ward.slug}/${thread.id}.${kind}`))
      expect(bytes).toContain('Ý kiến được đăng.')
      expect(found(bytes)).toEqual([])
    }
  })

  it('are not on the sender’s own receipt either, which is shown on any machine', async () => {
    const headers = { authorization: `Bearer ${waiting.receipt.secret}` }
    const bytes = await bytesOf(await ward.request(`/api/v1/receipts/${waiting.receipt.code}`, { headers }))
    expect(bytes).toContain('Ý kiến còn chờ.')
    expect(found(bytes)).toEqual([])
    const form = new URLSearchParams({ receipt: `${waiting.receipt.code}-${waiting.receipt.secret}` })
    expect(found(await bytesOf(await ward.request(`/r/${ward.slug}/receipt`, { method: 'POST', body: form })))).toEqual([])
  })

  it('come back in no refusal, though they were in the request', async () => {
    const author = { name: MARKED.name, email: MARKED.email, phone: MARKED.phone }
    for (const body of [
      { article, body: 'a', author },
      { article, body: 'Thừa trường', author: { ...author, role: MARKED.name } },
      { article, body: 'Thư sai', author: { ...author, email: `${MARKED.email}@` } },
      { article, body: 'Số sai', author: { ...author, phone: `${MARKED.phone}x` } },
      { article: { url: 'javascript:1' }, body: 'Địa chỉ sai', author },
    ]) {
      const response = await ward.request(`/api/v1/sites/${ward.slug}/comments`, { method: 'POST', body, peer: MARKED.address })
      expect(response.status).toBe(422)
      expect(found(await bytesOf(response))).toEqual([])
    }
  })

  it('do not move a thread’s ETag while the comment waits', async () => {
    const etag = async () => (await ward.request(`/api/v1/sites/${ward.slug}/threads?key=rieng-tu`)).headers.get('etag')
    const before = await etag()
    await ward.submit('Thêm một ý chờ.', { article, author: { name: MARKED.name } })
    expect(await etag()).toBe(before)
    expect(before).toMatch(/^(?:W\/)?"[^"]+"$/)
  })

  it('are not hinted at: an article whose comments all wait reads byte for byte as one that nobody wrote to', async () => {
    const quiet = { key: 'im-lang', url: `${PORTAL}/im-lang`, title: 'Tựa chỉ người gửi biết' }
    const paths = [
      `/api/v1/sites/${ward.slug}/threads?key=im-lang`,
      `/r/${ward.slug}?key=im-lang`,
      `/api/v1/sites/${ward.slug}/counts?key=im-lang`,
    ]
    const read = () =>
      Promise.all(
        paths.map(async (path) => {
          const response = await ward.request(path)
          const text = (await response.text()).replace(/name="request_key" value="[^"]*"/, '')
          return [path, response.status, response.headers.get('etag'), text]
        }),
      )
    const before = await read()
    await ward.submit('Không ai biết là có.', { article: quiet })
    expect(await read()).toEqual(before)
  })

  it('are in no line of the log, also when a request fails inside', async () => {
    const { services } = ward
    const broken = { ...services.store, session: undefined, batch: () => Promise.reject(new Error('the disk is gone')) }
    const { createApp } = await import('../../src/app.ts')
    const app = createApp({ ...services, store: broken })
    const response = await app.fetch(
      new Request(`${BASE}/api/v1/sites/${ward.slug}/comments?email=${encodeURIComponent(MARKED.email)}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'user-agent': MARKED.agent, 'x-forwarded-for': MARKED.address },
        body: JSON.stringify({ article, body: 'Gặp lỗi.', author: { name: MARKED.name, email: MARKED.email, phone: MARKED.phone } }),
      }),
      { peer: MARKED.address },
    )
    expect(response.status).toBe(500)
    expect(found(await bytesOf(response))).toEqual([])
    expect(JSON.stringify(ward.logged)).toContain('the disk is gone')
    expect(found(JSON.stringify(ward.logged))).toEqual([])
  })
})

describe('the database', () => {
  it('holds contact data sealed only, and never the address or the browser’s name', async () => {
    const texts = await textsOf(ward.store)
    const places = texts.filter(({ text }) => found(text).length > 0).map(({ place }) => place)
    // The name is what the clerk reads, the note what a clerk wrote; both are what they are for.
    expect([...new Set(places)].sort()).toEqual(['comment.author_name_given', 'fact.note'])
  })

  it('can give the sealed contact back to who holds the secret, and to nobody else', async () => {
    const row = await ward.store.db.selectFrom('comment').selectAll().where('id', '=', published.comment.id).executeTakeFirstOrThrow()
    const sealed = row.contact_sealed ?? ''
    const { secret } = ward.services.config
    expect(JSON.parse(await unseal(secret, `contact:${row.id}`, sealed))).toEqual({ email: MARKED.email, phone: MARKED.phone })
    await expect(unseal(secret, `contact:${waiting.comment.id}`, sealed)).rejects.toThrow()
    await expect(unseal(`${secret}x`, `contact:${row.id}`, sealed)).rejects.toThrow()
  })

  it('holds no token, session, link, receipt secret or edit right that could be used', async () => {
    const { link, statements } = invite(ward.services, { email: 'nguoi.moi@phuongthu.example', site: ward.slug, role: 'viewer' })
    await ward.store.batch(statements)
    const cookie = await ward.signIn('leader')
    const secrets = [
      token,
      token.replace(/^yk_/, ''),
      new URL(link.url).searchParams.get('link') ?? '',
      cookie.split('=')[1] ?? '',
      published.receipt.secret,
      published.edit.token,
      ward.services.config.secret,
    ]
    expect(secrets.every((secret) => secret.length >= 20)).toBe(true)
    const texts = await textsOf(ward.store)
    for (const secret of secrets) expect(texts.filter(({ text }) => text.includes(secret)).map(({ place }) => place)).toEqual([])
    const hashes = texts.filter(({ place }) => place.endsWith('.token_hash'))
    expect(new Set(hashes.map(({ place }) => place))).toEqual(
      new Set(['api_token.token_hash', 'session.token_hash', 'signin_link.token_hash']),
    )
    expect(hashes.every(({ text }) => /^[0-9a-f]{64}$/.test(text))).toBe(true)
  })

  it('would be found out by this search: a token put there in the clear is seen', async () => {
    await ward.store.batch([
      ward.store.db
        .updateTable('site')
        .set({ name: `rò rỉ ${token}` })
        .where('slug', '=', ward.otherSlug),
    ])
    expect((await textsOf(ward.store)).filter(({ text }) => text.includes(token)).map(({ place }) => place)).toEqual(['site.name'])
  })
})

describe('a session', () => {
  it('is known to no answer but the cookie that carries it', async () => {
    const cookie = await ward.signIn('admin')
    const value = cookie.split('=')[1] ?? ''
    for (const path of ['/desk', `/desk/${ward.slug}/queue`, `/desk/${ward.slug}/comments/${waiting.comment.id}`, '/desk/signin']) {
      expect(await bytesOf(await ward.request(path, { headers: { cookie } })), path).not.toContain(value)
    }
  })
})
