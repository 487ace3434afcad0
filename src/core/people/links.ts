// Links that are handed over in private and work once: an invitation to a role on a site, the three kinds of recovery, and the
// demonstration's own. The database holds hashes only; the address is built from the configured one and from nothing else.
import { base64url, sha256 } from '../../lib/crypto.ts'
import type { Services } from '../../services.ts'
import type { Compilable } from '../../storage/store.ts'
import { AppError, type Role } from '../context.ts'
import { spend } from './factors.ts'

const TOKEN_BYTES = 32
/** A link lives two days: long enough for a clerk's weekend, short enough for a forgotten letter. */
const LINK_LIFE_MS = 48 * 3_600_000

/**
 * `invitation` gives a role on a site, and whoever has no account yet makes it. Of the recoveries `password` replaces a forgotten
 * password and asks for the second factor, `factor` replaces a lost second factor and asks for the password, `anew` replaces both.
 * `demo` signs in, on a demonstration that only its own machine can reach.
 */
export type LinkKind = 'invitation' | 'demo' | RecoveryKind
export type RecoveryKind = 'password' | 'factor' | 'anew'

export type NewLink = { url: string; expiresAt: string; statements: Compilable[] }
/** `isNew` says that the person has no way to sign in yet. */
export type Link = {
  hash: string
  kind: LinkKind
  staff: { id: string; email: string; name: string; passwordHash: string | null }
  isNew: boolean
  site: { id: string; slug: string; name: string } | null
  role: Role | null
}

/** A new link for the person with this address, and the statement that makes it work; it fails on `staff_id` when there is none. */
export function newLink(
  services: Services,
  { kind, email, siteSlug = null, role = null }: { kind: LinkKind; email: string; siteSlug?: string | null; role?: Role | null },
): NewLink {
  const token = base64url(services.randomBytes(TOKEN_BYTES))
  const now = services.now()
  const expiresAt = new Date(now.getTime() + LINK_LIFE_MS).toISOString()
  const statement = services.store.db.insertInto('signin_link').values((is) => ({
    token_hash: sha256(token),
    kind,
    staff_id: is.selectFrom('staff').select('id').where('email', '=', email),
    site_id: siteSlug === null ? null : is.selectFrom('site').select('id').where('slug', '=', siteSlug),
    role,
    expires_at: expiresAt,
    created_at: now.toISOString(),
  }))
  return { url: `${services.config.baseUrl}/desk/signin?link=${token}`, expiresAt, statements: [statement] }
}

/** What a link is for, without using it up: scanners open links too. Throws `link_invalid`. */
export async function readLink(services: Services, token: string): Promise<Link> {
  return findLink(services, sha256(token))
}

/** The same by the hash, which is all that is carried along while a link is being used. Throws `link_invalid`. */
export async function findLink(services: Services, hash: string): Promise<Link> {
  const row = await services.store.db
    .selectFrom('signin_link')
    .innerJoin('staff', 'staff.id', 'signin_link.staff_id')
    .leftJoin('site', 'site.id', 'signin_link.site_id')
    .select((pick) => [
      'signin_link.kind',
      'signin_link.role',
      'staff.id',
      'staff.email',
      'staff.name',
      'staff.password_hash',
      'site.id as site_id',
      'site.slug',
      'site.name as site_name',
      pick.selectFrom('passkey').select('passkey.id').whereRef('passkey.staff_id', '=', 'staff.id').limit(1).as('passkey'),
      pick.selectFrom('identity').select('identity.subject').whereRef('identity.staff_id', '=', 'staff.id').limit(1).as('identity'),
      pick.selectFrom('spent').select('spent.spent_at').where('spent.key', '=', hash).as('spent_at'),
    ])
    .where('signin_link.token_hash', '=', hash)
    .where('signin_link.expires_at', '>', services.now().toISOString())
    .where('staff.disabled_at', 'is', null)
    .executeTakeFirst()
  if (!row || row.spent_at !== null) throw new AppError('link_invalid')
  const kind = row.kind as LinkKind
  if (kind === 'demo' && !(services.config.demo && services.config.isLoopback)) throw new AppError('link_invalid')
  return {
    hash,
    kind,
    staff: { id: row.id, email: row.email, name: row.name, passwordHash: row.password_hash },
    isNew: row.password_hash === null && row.passkey === null && row.identity === null,
    site:
      row.site_id === null || row.slug === null || row.site_name === null ? null : { id: row.site_id, slug: row.slug, name: row.site_name },
    role: row.role as Role | null,
  }
}

/** The statement that uses a link up; of two batches with it the second fails on `spent.key`. */
export function spendLink(services: Services, hash: string): Compilable {
  return spend(services, hash)
}
