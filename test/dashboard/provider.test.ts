// Signing in through a provider, against a small one of the tests' own that can be told to lie.
import { beforeEach, describe, expect, it } from 'vitest'
import { invite } from '../../src/core/people/team.ts'
import { base64url } from '../../src/lib/crypto.ts'
import { newClient } from '../support/browser.ts'
import { codeOf, setUp } from '../support/person.ts'
import { openWard, type Ward } from '../support/ward.ts'

const ISSUER = 'https://sso.tinh.example'
const encoder = new TextEncoder()

type Claims = Record<string, unknown>
/** What the provider says wrong, and what it was asked. */
let lie: { claims?: Claims; key?: CryptoKey; metadata?: Claims; fails?: () => Promise<Response> } = {}
let asked: URLSearchParams[] = []
let keys: CryptoKeyPair
let ward: Ward
/** The authorization request that is under way. */
let request: URL

const tell = (told: typeof lie) => {
  lie = told
}
const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })

async function provider(incoming: Request): Promise<Response> {
  if (lie.fails) return lie.fails()
  const { pathname } = new URL(incoming.url)
  if (pathname === '/.well-known/openid-configuration')
    return json({
      issuer: ISSUER,
      authorization_endpoint: `${ISSUER}/auth`,
      token_endpoint: `${ISSUER}/token`,
      jwks_uri: `${ISSUER}/jwks`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['S256'],
      ...lie.metadata,
    })
  if (pathname === '/jwks')
    return json({ keys: [{ ...(await crypto.subtle.exportKey('jwk', keys.publicKey)), kid: 'k', alg: 'RS256', use: 'sig' }] })
  if (pathname !== '/token') return new Response(null, { status: 404 })
  const form = new URLSearchParams(await incoming.text())
  asked.push(form)
  const verifier = new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(form.get('code_verifier') ?? '')))
  if (form.get('code') !== 'ma-that' || base64url(verifier) !== request.searchParams.get('code_challenge'))
    return json({ error: 'invalid_grant' }, 400)
  const at = Math.floor(Date.now() / 1_000)
  const claims = {
    iss: ISSUER,
    // The wards of this file can share a database, and with it who is linked.
    sub: `canbo-cua-${ward.slug}`,
    aud: 'ykien',
    iat: at,
    exp: at + 300,
    nonce: request.searchParams.get('nonce'),
    ...lie.claims,
  }
  return json({ access_token: 'x', token_type: 'Bearer', id_token: await signed(claims) })
}

async function signed(claims: Claims): Promise<string> {
  const text = [{ alg: 'RS256', kid: 'k' }, claims].map((part) => base64url(encoder.encode(JSON.stringify(part)))).join('.')
  const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', lie.key ?? keys.privateKey, encoder.encode(text))
  return `${text}.${base64url(new Uint8Array(signature))}`
}

const newKeys = () =>
  crypto.subtle.generateKey(
    { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' },
    true,
    ['sign', 'verify'],
  ) as Promise<CryptoKeyPair>

async function open(env: Record<string, string> = {}) {
  lie = {}
  asked = []
  keys = await newKeys()
  ward = await openWard({
    YKIEN_OIDC_ISSUER: ISSUER,
    YKIEN_OIDC_CLIENT_ID: 'ykien',
    YKIEN_OIDC_CLIENT_SECRET: 'bí mật',
    YKIEN_OIDC_NAME: 'SSO tỉnh',
    ...env,
  })
  ward.services.fetchOut = provider
  // The library compares with the machine's own clock.
  ward.clock.ms = Date.now()
}

let people = 0
async function account() {
  const { link, statements } = invite(ward.services, {
    email: `tinh-${++people}-${ward.slug}@phuongthu.example`,
    site: ward.slug,
    role: 'moderator',
  })
  await ward.store.batch(statements)
  const { secret, token } = await setUp(ward.services, link.url)
  return { secret, client: newClient(ward, { cookie: `ykien-80=${token}` }) }
}

type Browser = ReturnType<typeof newClient>

/** Goes to the provider from this page, and gives what the browser would be sent back with. */
async function leave(client: Browser, from = '/desk/signin/provider'): Promise<URLSearchParams> {
  const left = await client.get(from)
  expect(left.status).toBe(303)
  request = new URL(left.response.headers.get('location') ?? '')
  return new URLSearchParams({ code: 'ma-that', state: request.searchParams.get('state') ?? '' })
}

/** Comes back with this and presses the button. */
async function comeBack(client: Browser, answer: URLSearchParams) {
  const page = await client.get(`/desk/signin/provider/return?${answer}`)
  expect(page.status).toBe(200)
  return client.post('/desk/signin/provider', { query: `?${answer}` })
}

async function linked() {
  const person = await account()
  const from = `/desk/${ward.slug}/account/provider`
  expect((await comeBack(person.client, await leave(person.client, from))).to).toContain('done=saved')
  return person
}

describe('the province’s sign-on', () => {
  beforeEach(() => open())

  it('signs in whoever linked their account there, and asks for the second factor', async () => {
    const { secret } = await linked()
    const client = newClient(ward)
    expect((await client.get('/desk/signin')).html).toContain('Đăng nhập bằng SSO tỉnh')
    const answer = await leave(client)
    expect(request.origin).toBe(ISSUER)
    expect(Object.fromEntries(request.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'ykien',
      redirect_uri: 'http://ykien.test/desk/signin/provider/return',
      code_challenge_method: 'S256',
    })
    expect((await comeBack(client, answer)).to).toBe('/desk/signin/step')
    expect((await client.get('/desk')).response.headers.get('location')).toBe('/desk/signin')
    ward.clock.ms += 30_000
    expect((await client.post('/desk/signin/code', { code: codeOf(secret, ward.services.now()) })).to).toBe('/desk')
    expect(asked.at(-1)?.get('code_verifier')).toMatch(/^[\w-]{43}$/)
  })

  it('does not sign in somebody who linked nothing, whatever address the provider names', async () => {
    const client = newClient(ward)
    lie.claims = { sub: 'ai-khac', email: 'admin@phuongthu.example', email_verified: true }
    const result = await comeBack(client, await leave(client))
    expect([result.status, client.cookies.has('ykien-80'), client.cookies.has('ykien-80-step')]).toEqual([403, false, false])
  })

  it('links an account to one person only, and lets it be unlinked', async () => {
    const { client } = await linked()
    const other = await account()
    expect((await comeBack(other.client, await leave(other.client, `/desk/${ward.slug}/account/provider`))).status).toBe(409)
    expect((await client.get(`/desk/${ward.slug}/account`)).html).toContain('Bỏ liên kết')
    await client.post(`/desk/${ward.slug}/account/provider/unlink`, {})
    const stranger = newClient(ward)
    expect((await comeBack(stranger, await leave(stranger))).status).toBe(403)
  })

  it.each<[string, () => void | Promise<void>, (answer: URLSearchParams) => void]>([
    ['another state', () => {}, (answer) => answer.set('state', 'A'.repeat(43))],
    ['no state', () => {}, (answer) => answer.delete('state')],
    ['another code', () => {}, (answer) => answer.set('code', 'ma-gia')],
    ['another issuer beside the code', () => {}, (answer) => answer.set('iss', 'https://evil.example')],
    ['an error', () => {}, (answer) => answer.set('error', 'access_denied')],
    ['another nonce', () => tell({ claims: { nonce: 'A'.repeat(43) } }), () => {}],
    ['no nonce', () => tell({ claims: { nonce: undefined } }), () => {}],
    ['another issuer in the token', () => tell({ claims: { iss: 'https://evil.example' } }), () => {}],
    ['another audience', () => tell({ claims: { aud: 'nguoi-khac' } }), () => {}],
    ['a token that is over', () => tell({ claims: { exp: 1_000, iat: 900 } }), () => {}],
    ['a token signed by somebody else', async () => tell({ key: (await newKeys()).privateKey }), () => {}],
  ])('is not believed with %s', async (_name, lies, change) => {
    await linked()
    const client = newClient(ward)
    const answer = await leave(client)
    await lies()
    change(answer)
    const result = await comeBack(client, answer)
    expect([result.status, client.cookies.has('ykien-80'), client.cookies.has('ykien-80-step')]).toEqual([400, false, false])
  })

  it('is not believed when it describes itself as another issuer', async () => {
    lie.metadata = { issuer: 'https://evil.example' }
    expect((await newClient(ward).get('/desk/signin/provider')).status).toBe(502)
  })

  it('is not gone to where it names no address that is safe to go to', async () => {
    lie.metadata = { authorization_endpoint: 'http://sso.tinh.example/auth' }
    expect((await newClient(ward).get('/desk/signin/provider')).status).toBe(502)
  })

  it.each<[string, () => Promise<Response>]>([
    ['cannot be reached', () => Promise.reject(new TypeError('fetch failed'))],
    ['says that it failed', async () => new Response('down', { status: 503 })],
  ])('is told to have failed itself where it %s, before the journey and after', async (_name, fails) => {
    await linked()
    const client = newClient(ward)
    const answer = await leave(client)
    tell({ fails })
    const returned = await comeBack(client, answer)
    expect([returned.status, client.cookies.has('ykien-80-step')]).toEqual([502, false])
    expect(returned.html).toContain('Hiện chưa kết nối được với hệ thống đăng nhập tập trung.')
    await open()
    tell({ fails })
    expect((await newClient(ward).get('/desk/signin/provider')).status).toBe(502)
  })

  it('answers one browser, once: another’s return, and the same again, sign nobody in', async () => {
    await linked()
    const [client, other] = [newClient(ward), newClient(ward)]
    const answer = await leave(client)
    const kept = new Map(client.cookies)
    expect((await other.post('/desk/signin/provider', { query: `?${answer}` })).status).toBe(400)
    await leave(other)
    expect((await other.post('/desk/signin/provider', { query: `?${answer}` })).status).toBe(400)
    request.searchParams.set('code_challenge', request.searchParams.get('code_challenge') ?? '')
    const mine = newClient(ward)
    const fresh = await leave(mine)
    expect((await comeBack(mine, fresh)).to).toBe('/desk/signin/step')
    for (const [name, value] of kept) mine.cookies.set(name, value)
    expect((await mine.post('/desk/signin/provider', { query: `?${fresh}` })).status).toBe(400)
  })
})

it('a provider that says it asked for a second factor itself is trusted where the operator says so, and only then', async () => {
  await open({ YKIEN_OIDC_ACR: 'muc-2' })
  await linked()
  for (const [acr, to] of [
    ['muc-2', '/desk'],
    ['muc-1', '/desk/signin/step'],
    [undefined, '/desk/signin/step'],
  ] as const) {
    lie.claims = { acr }
    const client = newClient(ward)
    const answer = await leave(client)
    expect(request.searchParams.get('acr_values')).toBe('muc-2')
    expect((await comeBack(client, answer)).to).toBe(to)
  }
})

it('without a provider there is no button and no way', async () => {
  await open({ YKIEN_OIDC_ISSUER: '' })
  const client = newClient(ward)
  expect((await client.get('/desk/signin')).html).not.toContain('/desk/signin/provider')
  expect((await client.get('/desk/signin/provider')).response.headers.get('location')).toBe('/desk/signin')
  expect((await client.post('/desk/signin/provider', { query: '?code=x' })).status).toBe(400)
})
