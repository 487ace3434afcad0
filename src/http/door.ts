// What every door shares: the type of the app's environment and the reading of a request into core's terms.
import type { Context } from 'hono'
import type { Weigh } from '../core/abuse/pressure.ts'
import type { Actor, Ctx, Site } from '../core/context.ts'
import type { Session } from '../core/people/sessions.ts'
import { findSite } from '../core/sites.ts'
import type { Language } from '../i18n/index.ts'
import type { Services } from '../services.ts'

/**
 * `peer` is the address of the socket's other end, which the host knows; on Workers the reader's own address. `header` reads a
 * request's header where the host has a quicker way than a Headers object; `turn` says when work that takes a while may begin.
 * `site` is set by CORS, `ctx` by the staff guard, for the routes behind them; `session` once it was asked for.
 */
export type AppEnv = {
  Bindings: { peer?: string | undefined; header?: (name: string) => string | undefined; turn?: () => Promise<void> | null }
  Variables: {
    services: Services
    weigh: Weigh
    language: Language
    requestId: string
    nonce: string | undefined
    site: Site
    ctx: Ctx
    session: Session | null
  }
}
export type AppContext = Context<AppEnv>

/** The context of a citizen's request to a site. Throws `not_found`. */
export async function readerCtx(c: AppContext, siteSlug: string, actor: Actor = { kind: 'reader' }): Promise<Ctx> {
  const { services, site } = c.var
  return { services, actor, site: site ?? (await findSite(services, siteSlug)) }
}
