// Who a staff request comes from: a bearer token or the desk's session cookie becomes an actor on one site. And the cookies of the
// desk, the only place where a session, the first step of a sign-in and a browser that was here before are kept.
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { type Actor, AppError, type Ctx } from '../core/context.ts'
import type { Visitor } from '../core/people/attempts.ts'
import { findSession, type Session } from '../core/people/sessions.ts'
import type { SignedIn } from '../core/people/signin.ts'
import { findToken, markUsed } from '../core/people/tokens.ts'
import { findSite } from '../core/sites.ts'
import type { AppContext } from './door.ts'
import { bearerOf, networksOfReader } from './guards.ts'

/** The first step's proof says itself when it is too old; the cookie goes about then. */
const STEP_SECONDS = 15 * 60
const DEVICE_SECONDS = 365 * 24 * 3_600

/** The session of a request's cookie, or null; looked up once for each request. */
export async function sessionOf(c: AppContext): Promise<Session | null> {
  if (c.var.session !== undefined) return c.var.session
  const token = getCookie(c, cookieName(c))
  const session = token === undefined ? null : await findSession(c.var.services, token)
  c.set('session', session)
  return session
}

/** What a sign-in left is kept: the session's token, and that this browser is one of the person's. */
export function rememberSignIn(c: AppContext, { token, maxAgeSeconds, account, device }: SignedIn): void {
  keep(c, cookieName(c), token, maxAgeSeconds)
  keep(c, deviceCookie(c, account), device, DEVICE_SECONDS)
  forget(c, stepCookie(c))
}

/** Removes the session's cookie. */
export function forgetSession(c: AppContext): void {
  forget(c, cookieName(c))
}

/** Keeps what the first step of a sign-in proved until the second. */
export function rememberStep(c: AppContext, ticket: string): void {
  keep(c, stepCookie(c), ticket, STEP_SECONDS)
}

/** Whether this browser has done the first step of a sign-in. */
export function hasStep(c: AppContext): boolean {
  return getCookie(c, stepCookie(c)) !== undefined
}

/** What the first step of a sign-in proved. Throws `signin_expired` when there was none, or too long ago. */
export function stepOf(c: AppContext): string {
  const ticket = getCookie(c, stepCookie(c))
  if (ticket === undefined) throw new AppError('signin_expired')
  return ticket
}

/** Keeps what a browser left with while its person is at the provider. */
export function rememberJourney(c: AppContext, sealed: string): void {
  keep(c, journeyCookie(c), sealed, STEP_SECONDS)
}

/** What it left with, or null. */
export function journeyOf(c: AppContext): string | null {
  return getCookie(c, journeyCookie(c)) ?? null
}

/** Forgets it. */
export function forgetJourney(c: AppContext): void {
  forget(c, journeyCookie(c))
}

/** Whose browser asks, for counting tries and for the list of sessions. */
export function visitorOf(c: AppContext): Visitor {
  return {
    network: networksOfReader(c).network,
    agent: agentOf(c.req.header('user-agent') ?? ''),
    deviceFor: (account) => getCookie(c, deviceCookie(c, account)) ?? null,
  }
}

/**
 * The context of a staff request to a site. Throws `unauthenticated` without a valid token or session, and `not_found` for a site
 * on which the holder has no role: what is not theirs does not exist for them.
 */
export async function staffCtx(c: AppContext, siteSlug: string): Promise<Ctx> {
  const { services } = c.var
  const holder = await holderOf(c)
  if (!holder) throw new AppError('unauthenticated')
  const site = await findSite(services, siteSlug)
  const actor = holder.on(site.id)
  if (!actor) throw new AppError('not_found')
  await holder.used()
  return { services, actor, site }
}

/** Who holds the request's token or session: the actor they are on a site, and a note that the token was used there. */
type Holder = { on(siteId: string): Actor | null; used(): Promise<void> }

/** A bearer token goes before a cookie. */
async function holderOf(c: AppContext): Promise<Holder | null> {
  const bearer = bearerOf(c)
  if (bearer !== null) {
    const token = await findToken(c.var.services, bearer)
    return (
      token && {
        on: (siteId) => (token.siteId === siteId ? { kind: 'token', id: token.id, name: token.name, role: token.role } : null),
        used: () => markUsed(c.var.services, token),
      }
    )
  }
  const session = await sessionOf(c)
  if (!session) return null
  const { person } = session
  return {
    on(siteId) {
      const role = person.roles.find((held) => held.siteId === siteId)?.role
      return role ? { kind: 'staff', id: person.id, name: person.name, role } : null
    },
    used: async () => {},
  }
}

function keep(c: AppContext, name: string, value: string, maxAge: number): void {
  setCookie(c, name, value, { path: '/', httpOnly: true, sameSite: 'Lax', secure: isHttps(c), maxAge })
}

function forget(c: AppContext, name: string): void {
  deleteCookie(c, name, { path: '/', secure: isHttps(c) })
}

/** The port is in the name: cookies do not tell ports apart, and two services on one machine would sign each other out. */
function cookieName(c: AppContext): string {
  const { protocol, port } = new URL(c.var.services.config.baseUrl)
  return `${isHttps(c) ? '__Host-' : ''}ykien-${port || (protocol === 'https:' ? '443' : '80')}`
}

function stepCookie(c: AppContext): string {
  return `${cookieName(c)}-step`
}

function journeyCookie(c: AppContext): string {
  return `${cookieName(c)}-journey`
}

/** One for each person who uses this browser. */
function deviceCookie(c: AppContext, account: string): string {
  return `${cookieName(c)}-d-${account.slice(0, 8)}`
}

/** The program and the system, as far as a person would name them: "Firefox, Windows". */
function agentOf(header: string): string {
  const program = /\b(Edg|OPR|SamsungBrowser|coc_coc_browser|Firefox|Chrome|Safari)\b/.exec(header)?.[1]
  const system = /\b(Windows|Android|iPhone|iPad|CrOS|Mac OS X|Linux)\b/.exec(header)?.[1]
  const name =
    (program && ({ Edg: 'Edge', OPR: 'Opera', SamsungBrowser: 'Samsung Internet', coc_coc_browser: 'Cốc Cốc' }[program] ?? program)) || '?'
  return system === undefined ? name : `${name}, ${system === 'Mac OS X' ? 'macOS' : system}`
}

function isHttps(c: AppContext): boolean {
  return c.var.services.config.baseUrl.startsWith('https:')
}
