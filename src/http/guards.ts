// What stands before the doors: request id and language, security headers, the body's bytes, CORS by site, CSRF, rate limits.
import type { MiddlewareHandler } from 'hono'
import type { Config } from '../config.ts'
import type { Sender } from '../core/abuse/admit.ts'
import type { Networks, Weigh } from '../core/abuse/pressure.ts'
import type { Reader } from '../core/comments/respond.ts'
import { AppError, type Site } from '../core/context.ts'
import { preferredLanguage } from '../i18n/index.ts'
import { reading, type Services } from '../services.ts'
import type { Freshness } from '../storage/store.ts'
import { networksOf, readerAddress } from './address.ts'
import type { AppContext, AppEnv } from './door.ts'
import type { Bucket, RateLimiter } from './limits.ts'

type Guard = MiddlewareHandler<AppEnv>

/** Bytes a request may have: 64 KiB of body text with each character escaped in JSON, and some more fields. */
const MAX_REQUEST_BYTES = 512 * 1024
/** Lists of words have ten thousand entries; one letter with its marks takes nine bytes in a form. */
const MAX_LIST_BYTES = 4 * 1024 * 1024
const LISTS = /^\/(?:desk\/[^/]+\/words|api\/v1\/admin\/sites\/[^/]+\/rules\/[^/]+(?:\/trial)?)$/
const UNSAFE = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])
/** How long a browser may remember a preflight, in seconds: Chromium's own ceiling. */
const PREFLIGHT_SECONDS = '7200'

/** What anybody may read: these may come from a copy of the database that is some moments behind. */
const PUBLIC_PAGES = /^\/(?:api\/v1\/sites|feeds|r)\//

/**
 * How current the answer to a request must be. Whoever writes, or shows any token (an author's, a program's, a session's cookie),
 * reads the latest and so sees what they wrote; a reader without one may be answered from a copy.
 */
export function freshnessOf(method: string, path: string, header: (name: string) => string | undefined): Freshness {
  const isPublic = !UNSAFE.has(method) && PUBLIC_PAGES.test(path)
  return isPublic && header('authorization') === undefined && header('cookie') === undefined ? 'recent' : 'latest'
}

/** Gives each request its services, with a store as fresh as it must be, its id and language. */
export function introduce(services: Services, weigh: Weigh): Guard {
  return async (c, next) => {
    c.set('weigh', weigh)
    c.set(
      'services',
      reading(
        services,
        freshnessOf(c.req.method, c.req.path, (name) => c.req.header(name)),
      ),
    )
    c.set('requestId', services.newId())
    c.set('language', preferredLanguage(c.req.header('accept-language')))
    await next()
  }
}

/**
 * Headers every answer carries. What a page may load is decided by its door; an answer without a policy of its own may load
 * nothing. The referrer policy is same-origin, since under no-referrer a form's Origin reads "null".
 */
export function commonHeaders(config: Pick<Config, 'baseUrl'>): Record<string, string> {
  return {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    ...(config.baseUrl.startsWith('https:') ? { 'strict-transport-security': 'max-age=31536000; includeSubDomains' } : {}),
  }
}

/** Puts {@link commonHeaders} on each answer, where its door has not set its own, and the request's id. */
export function secureHeaders(config: Pick<Config, 'baseUrl'>): Guard {
  const common = Object.entries(commonHeaders(config))
  return async (c, next) => {
    await next()
    const { headers } = c.res
    for (const [name, value] of common) if (!headers.has(name)) headers.set(name, value)
    headers.set('x-request-id', c.var.requestId)
  }
}

/**
 * Reads the body of an unsafe request once, within its limit and as strict UTF-8, so that no byte is silently replaced,
 * and refuses JSON that is none before a handler sees it.
 */
export const readBody: Guard = async (c, next) => {
  if (UNSAFE.has(c.req.method)) {
    const text = decode(await readBytes(c))
    if (isJson(c) && text !== '') parseOrRefuse(text)
    c.req.bodyCache.text = Promise.resolve(text) as never
  }
  await next()
}

/** Refuses a body that is not declared as JSON, on routes that take JSON. A form of another site cannot declare it without a preflight. */
export const jsonOnly: Guard = async (c, next) => {
  if ((c.req.method === 'POST' || c.req.method === 'PATCH') && !isJson(c)) throw new AppError('unsupported_media_type')
  await next()
}

/**
 * CORS for a site's routes: its registered origins may read, without credentials; another origin's browser gets no
 * permission, and its unsafe requests are refused. `siteOf` finds the site and throws `not_found` where there is none.
 */
export function cors(siteOf: (c: AppContext) => Promise<Site>): Guard {
  return async (c, next) => {
    const site = await siteOf(c)
    c.set('site', site)
    const origin = c.req.header('origin')
    const isAllowed = origin === undefined || mayRead(site, c.var.services.config, origin) || isSameOrigin(c, origin)
    if (c.req.method === 'OPTIONS') {
      if (!isAllowed) throw new AppError('origin_not_allowed')
      c.header('access-control-allow-methods', 'GET, POST, PATCH, PUT, DELETE')
      c.header('access-control-allow-headers', 'authorization, content-type, idempotency-key, ykien-reader')
      c.header('access-control-max-age', PREFLIGHT_SECONDS)
      allowOrigin(c, origin)
      return c.body(null, 204)
    }
    if (!isAllowed && UNSAFE.has(c.req.method)) throw new AppError('origin_not_allowed')
    c.header('cross-origin-resource-policy', 'cross-origin')
    c.header('vary', 'Origin', { append: true })
    if (isAllowed) allowOrigin(c, origin)
    return next()
  }
}

/**
 * Refuses unsafe requests that another site's page may have caused, whatever their content type: a browser says so by
 * Sec-Fetch-Site, or else by Origin. A program with a bearer token sends neither and has no cookie to abuse.
 */
export const csrf: Guard = async (c, next) => {
  if (UNSAFE.has(c.req.method)) {
    const fetchSite = c.req.header('sec-fetch-site')
    const origin = c.req.header('origin')
    const isProgram = fetchSite === undefined && origin === undefined && isBearer(c)
    const isOwnPage = fetchSite === undefined ? origin === new URL(c.var.services.config.baseUrl).origin : fetchSite === 'same-origin'
    if (!isProgram && !isOwnPage) throw new AppError('cross_site')
  }
  await next()
}

/** Takes one token of a bucket for the reader's network; throws `rate_limited`. */
export function limited(limiter: RateLimiter, bucket: Bucket, methods: readonly string[]): Guard {
  return async (c, next) => {
    if (c.var.services.config.limits && methods.includes(c.req.method)) await limiter(bucket, networksOfReader(c))
    await next()
  }
}

/** Whether the request carries a bearer token. */
function isBearer(c: AppContext): boolean {
  return bearerOf(c) !== null
}

/** The bearer token of a request, or null. */
export function bearerOf(c: AppContext): string | null {
  return /^Bearer ([\w.~+/=-]+)$/i.exec(c.req.header('authorization') ?? '')?.[1] ?? null
}

/** The `Idempotency-Key` of a request: 1 to 200 printable ASCII characters, or null. Throws `idempotency_key_invalid`. */
export function idempotencyKeyOf(c: AppContext): string | null {
  const key = c.req.header('idempotency-key')
  if (key === undefined) return null
  if (!/^[\x21-\x7E](?:[\x20-\x7E]{0,198}[\x21-\x7E])?$/.test(key)) throw new AppError('idempotency_key_invalid')
  return key
}

/** The browser's own token, by which a reader is known again: `Ykien-Reader`, 22 to 128 base64url characters, or null. Throws `reader_token_invalid`. */
function readerTokenOf(c: AppContext): string | null {
  const token = c.req.header('ykien-reader')
  if (token === undefined) return null
  if (!/^[\w-]{22,128}$/.test(token)) throw new AppError('reader_token_invalid')
  return token
}

/** Who asks, without an account: the browser's token, the network and the agent, which leave this process as keyed hashes only. */
export function readerOf(c: AppContext): Reader {
  return { token: readerTokenOf(c), network: networksOfReader(c).network, agent: c.req.header('user-agent') ?? '' }
}

/** Who sends a comment, and the scale it is put on. Throws `reader_token_invalid`. */
export function senderOf(c: AppContext): Sender {
  return { token: readerTokenOf(c), networks: networksOfReader(c), weigh: c.var.weigh }
}

/** Whether a page of this origin may read a site's answers: one of its registered origins, or the service's own. */
export function mayRead(site: Site, config: Pick<Config, 'baseUrl'>, origin: string): boolean {
  return site.origins.includes(origin) || origin === config.baseUrl
}

/** The headers by which a browser learns that the page of this origin may read the answer. */
export function readableBy(origin: string): Record<string, string> {
  return { 'access-control-allow-origin': origin, 'access-control-expose-headers': 'etag, retry-after' }
}

/** The networks that the request is counted under. */
export function networksOfReader(c: AppContext): Networks {
  return networksOf(readerAddress(c.env?.peer, c.req.header('x-forwarded-for'), c.var.services.config.trustedProxies))
}

function isSameOrigin(c: AppContext, origin: string): boolean {
  return c.req.header('sec-fetch-site') === 'same-origin' || origin === new URL(c.req.url).origin
}

function allowOrigin(c: AppContext, origin: string | undefined): void {
  if (origin === undefined) return
  for (const [name, value] of Object.entries(readableBy(origin))) c.header(name, value)
}

function isJson(c: AppContext): boolean {
  return /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(c.req.header('content-type') ?? '')
}

async function readBytes(c: AppContext): Promise<Uint8Array[]> {
  const most = LISTS.test(c.req.path) ? MAX_LIST_BYTES : MAX_REQUEST_BYTES
  const declared = c.req.header('content-length')
  if (Number(declared ?? 0) > most) throw new AppError('too_large')
  // A host holds a request to the length it declares, so there is no need to count along, and no stream to be made.
  if (declared !== undefined) return [new Uint8Array(await c.req.raw.arrayBuffer())]
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = c.req.raw.body?.getReader()
  while (reader) {
    const { done, value } = await reader.read()
    if (done) break
    length += value.byteLength
    if (length > most) {
      await reader.cancel()
      throw new AppError('too_large')
    }
    chunks.push(value)
  }
  return chunks
}

function decode(chunks: readonly Uint8Array[]): string {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    return chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('') + decoder.decode()
  } catch (error) {
    throw new AppError('bad_encoding', { cause: error })
  }
}

function parseOrRefuse(text: string): void {
  try {
    JSON.parse(text)
  } catch (error) {
    throw new AppError('bad_request', { cause: error })
  }
}
