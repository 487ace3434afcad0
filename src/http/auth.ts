// Who a staff request comes from: a bearer token or the desk's session cookie becomes an actor on one site.
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { type Actor, AppError, type Ctx } from '../core/context.ts'
import { findSession, type Session } from '../core/people/sessions.ts'
import { findToken } from '../core/people/team.ts'
import { findSite } from '../core/sites.ts'
import type { AppContext } from './door.ts'
import { bearerOf } from './guards.ts'

/** The session of a request's cookie, or null; looked up once for each request. */
export async function sessionOf(c: AppContext): Promise<Session | null> {
  if (c.var.session !== undefined) return c.var.session
  const token = getCookie(c, cookieName(c))
  const session = token === undefined ? null : await findSession(c.var.services, token)
  c.set('session', session)
  return session
}

/** Puts the session's token into its cookie, the only place it is ever sent to. */
export function rememberSession(c: AppContext, token: string, maxAgeSeconds: number): void {
  setCookie(c, cookieName(c), token, { path: '/', httpOnly: true, sameSite: 'Lax', secure: isHttps(c), maxAge: maxAgeSeconds })
}

/** Removes the session's cookie. */
export function forgetSession(c: AppContext): void {
  deleteCookie(c, cookieName(c), { path: '/', secure: isHttps(c) })
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
  const actor = holder(site.id)
  if (!actor) throw new AppError('not_found')
  return { services, actor, site }
}

/** Gives the actor that the request's holder is on a site; a bearer token goes before a cookie. */
async function holderOf(c: AppContext): Promise<((siteId: string) => Actor | null) | null> {
  const bearer = bearerOf(c)
  if (bearer !== null) {
    const token = await findToken(c.var.services, bearer)
    return token && ((siteId) => (token.siteId === siteId ? { kind: 'token', id: token.id, name: token.name, role: token.role } : null))
  }
  const session = await sessionOf(c)
  if (!session) return null
  const { person } = session
  return (siteId) => {
    const role = person.roles.find((held) => held.siteId === siteId)?.role
    return role ? { kind: 'staff', id: person.id, name: person.name, role } : null
  }
}

/** The port is in the name: cookies do not tell ports apart, and two services on one machine would sign each other out. */
function cookieName(c: AppContext): string {
  const { protocol, port } = new URL(c.var.services.config.baseUrl)
  return `${isHttps(c) ? '__Host-' : ''}ykien-${port || (protocol === 'https:' ? '443' : '80')}`
}

function isHttps(c: AppContext): boolean {
  return c.var.services.config.baseUrl.startsWith('https:')
}
