// Staff, their roles on a site, and the tokens of their programs. Written by the command line; read by http/auth.ts.
// The commands only insert, looking up by name inside the statement, so that they can also be printed for D1.
import { z } from 'zod'
import { base64url, sha256 } from '../../lib/crypto.ts'
import type { Services } from '../../services.ts'
import type { Compilable } from '../../storage/store.ts'
import { ROLES, type Role } from '../context.ts'
import { COMMAND_LINE, recorded } from '../record.ts'
import { newLink, type SigninLink } from './sessions.ts'

/** Bytes of a token: 256 random bits, so its plain hash cannot be searched. */
const TOKEN_BYTES = 32

const NewToken = z.object({ site: z.string().min(1), role: z.enum(ROLES), name: z.string().trim().min(1).max(100) })
const Invitation = z.object({
  email: z
    .email()
    .max(254)
    .transform((email) => email.toLowerCase()),
  site: z.string().min(1),
  role: z.enum(ROLES),
  name: z.string().trim().max(100).optional(),
})

export type TokenHolder = { id: string; name: string; role: Role; siteId: string }

/** Makes an API token for a site. Returns it, once: only its hash is kept. The batch fails on `site_id` when there is no such site. */
export async function newToken(services: Services, raw: z.input<typeof NewToken>): Promise<{ token: string; statements: Compilable[] }> {
  const input = NewToken.parse(raw)
  const { db } = services.store
  const token = `yk_${base64url(services.randomBytes(TOKEN_BYTES))}`
  const id = services.newId()
  const created_at = services.now().toISOString()
  const token_hash = sha256(token)
  return {
    token,
    statements: [
      db.insertInto('api_token').values((is) => ({
        id,
        token_hash,
        site_id: is.selectFrom('site').select('id').where('slug', '=', input.site),
        role: input.role,
        name: input.name,
        revoked_at: null,
        created_at,
      })),
      auditedBySystem(services, input.site, 'token.add', { kind: 'token', id }, { role: input.role, name: input.name }),
    ],
  }
}

/** Gives a person a role on a site and a single-use link to sign in with. The batch fails on `site_id` when there is no such site. */
export async function invite(services: Services, raw: z.input<typeof Invitation>): Promise<{ link: SigninLink; statements: Compilable[] }> {
  const input = Invitation.parse(raw)
  const { db } = services.store
  const created_at = services.now().toISOString()
  const link = await newLink(services, input.email)
  return {
    link,
    statements: [
      db
        .insertInto('staff')
        .values({ id: services.newId(), email: input.email, name: input.name || input.email, disabled_at: null, created_at })
        .onConflict((conflict) => conflict.column('email').doNothing()),
      db
        .insertInto('staff_role')
        .values((is) => ({
          staff_id: is.selectFrom('staff').select('id').where('email', '=', input.email),
          site_id: is.selectFrom('site').select('id').where('slug', '=', input.site),
          role: input.role,
          created_at,
        }))
        .onConflict((conflict) => conflict.columns(['staff_id', 'site_id']).doUpdateSet({ role: input.role })),
      ...link.statements,
      auditedBySystem(services, input.site, 'staff.invite', { kind: 'staff', id: input.email }, { role: input.role }),
    ],
  }
}

/** Whom a token belongs to; null when it is unknown or revoked. */
export async function findToken(services: Services, token: string): Promise<TokenHolder | null> {
  const row = await services.store.db
    .selectFrom('api_token')
    .select(['id', 'name', 'role', 'site_id'])
    .where('token_hash', '=', sha256(token))
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return row ? { id: row.id, name: row.name, role: row.role as Role, siteId: row.site_id } : null
}

function auditedBySystem(
  services: Services,
  siteSlug: string,
  action: string,
  subject: { kind: string; id: string },
  detail: Record<string, unknown>,
): Compilable {
  const site = services.store.db.selectFrom('site').select('id').where('slug', '=', siteSlug).$asScalar()
  return recorded(services, site, COMMAND_LINE, { action, subject, detail })
}
