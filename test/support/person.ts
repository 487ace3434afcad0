// People of the tests: a session that is open, for tests about something else; and for those about signing in a whole account with
// its password and authenticator, set up by the product's own commands.

import { Secret, TOTP } from 'otpauth'
import type { Role } from '../../src/core/context.ts'
import type { Visitor } from '../../src/core/people/attempts.ts'
import { offerTotp } from '../../src/core/people/factors.ts'
import { newSession } from '../../src/core/people/sessions.ts'
import { beginWithLink, finishWithApp, readTicket, type SignedIn } from '../../src/core/people/signin.ts'
import type { Services } from '../../src/services.ts'

/** The token of a new session of this person, who has this role on the site from now on. */
export async function openSession(
  services: Services,
  { email, site, role, name }: { email: string; site: string; role: Role; name: string },
): Promise<string> {
  const { db } = services.store
  const created_at = services.now().toISOString()
  await services.store.batch([
    db
      .insertInto('staff')
      .values({ id: services.newId(), email, name, password_hash: null, language: null, disabled_at: null, created_at })
      .onConflict((conflict) => conflict.column('email').doNothing()),
    db
      .insertInto('staff_role')
      .values((is) => ({
        staff_id: is.selectFrom('staff').select('id').where('email', '=', email),
        site_id: is.selectFrom('site').select('id').where('slug', '=', site),
        role,
        disabled_at: null,
        created_at,
      }))
      .onConflict((conflict) => conflict.columns(['staff_id', 'site_id']).doUpdateSet({ role, disabled_at: null })),
  ])
  const staff = await db.selectFrom('staff').select(['id', 'name']).where('email', '=', email).executeTakeFirstOrThrow()
  const session = newSession(services, { staff, method: 'code', agent: 'Chrome, Linux' })
  await services.store.batch(session.statements)
  return session.token
}

export const PASSWORD = 'bốn chiếc thuyền nan'
export const VISITOR: Visitor = { network: '203.0.113.7', agent: 'Chrome, Linux', deviceFor: () => null }

/** The code that an authenticator with this secret shows at a moment, `steps` half minutes away from it. */
export function codeOf(secret: string, now: Date, steps = 0): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: now.getTime() + steps * 30_000 })
}

/** Makes an account by an invitation's link, with {@link PASSWORD} and an authenticator. */
export async function setUp(services: Services, url: string, name = 'Cô Thử Nghiệm'): Promise<SignedIn & { secret: string }> {
  const ticket = await beginWithLink(services, linkIn(url), { name, password: PASSWORD }, VISITOR)
  const { secret, sealed } = await offerTotp(services, (await readTicket(services, ticket)).staff)
  const code = codeOf(secret, services.now(), -1)
  return { ...(await finishWithApp(services, ticket, { offer: sealed, code }, VISITOR)), secret }
}

/** The token in a link. */
export function linkIn(url: string): string {
  return new URL(url).searchParams.get('link') ?? ''
}
