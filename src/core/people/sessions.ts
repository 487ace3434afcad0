// Signing in by a single-use link, and the session that follows. Tokens are 256 random bits; the database holds hashes only.
import { base64url, sha256 } from '../../lib/crypto.ts'
import type { Services } from '../../services.ts'
import type { Compilable } from '../../storage/store.ts'
import { conflictOn, StoreBusy } from '../../storage/store.ts'
import { AppError, type Role } from '../context.ts'

const TOKEN_BYTES = 32
/** An invitation's link lives two days: long enough for a clerk's weekend, short enough for a forgotten letter. */
const LINK_LIFE_MS = 48 * 3_600_000
/** A session ends after 30 minutes without a request and after 12 hours in any case (ASVS 7.3). */
const IDLE_MS = 30 * 60_000
const ABSOLUTE_MS = 12 * 3_600_000
/** How stale `last_seen_at` may grow before a request writes it anew, so that not every read is a write. */
const SEEN_STEP_MS = 60_000

export type SigninLink = { url: string; expiresAt: string; statements: Compilable[] }
export type Person = { id: string; name: string; email: string; roles: { siteId: string; slug: string; siteName: string; role: Role }[] }
export type Session = { tokenHash: string; person: Person }

/** A new sign-in link for the person with this address, and the statement that makes it work. */
export async function newLink(services: Services, email: string): Promise<SigninLink> {
  const token = base64url(services.randomBytes(TOKEN_BYTES))
  const now = services.now()
  const expiresAt = new Date(now.getTime() + LINK_LIFE_MS).toISOString()
  const token_hash = sha256(token)
  const statement = services.store.db.insertInto('signin_link').values((is) => ({
    token_hash,
    staff_id: is.selectFrom('staff').select('id').where('email', '=', email),
    expires_at: expiresAt,
    created_at: now.toISOString(),
  }))
  return { url: `${services.config.baseUrl}/desk/signin?link=${token}`, expiresAt, statements: [statement] }
}

/** Whose link this is, without using it up: scanners open links too. Throws `link_invalid`. */
export async function readLink(services: Services, token: string): Promise<{ name: string }> {
  const link = await services.store.db
    .selectFrom('signin_link')
    .innerJoin('staff', 'staff.id', 'signin_link.staff_id')
    .leftJoin('signin_use', 'signin_use.token_hash', 'signin_link.token_hash')
    .select(['staff.id', 'staff.name', 'signin_use.used_at', 'signin_link.expires_at'])
    .where('signin_link.token_hash', '=', sha256(token))
    .where('staff.disabled_at', 'is', null)
    .executeTakeFirst()
  if (!link || link.used_at !== null || link.expires_at <= services.now().toISOString()) throw new AppError('link_invalid')
  return { name: link.name }
}

/** Signs in with a link, once: of two uses at the same moment one wins. Returns the session's token, new for each sign-in. */
export async function signIn(services: Services, linkToken: string): Promise<{ token: string; maxAgeSeconds: number }> {
  await readLink(services, linkToken)
  const { db } = services.store
  const now = services.now()
  const at = now.toISOString()
  const linkHash = sha256(linkToken)
  const token = base64url(services.randomBytes(TOKEN_BYTES))
  const token_hash = sha256(token)
  try {
    await services.store.batch([
      db.insertInto('signin_use').values({ token_hash: linkHash, used_at: at }),
      db.insertInto('session').values((is) => ({
        token_hash,
        staff_id: is.selectFrom('signin_link').select('staff_id').where('token_hash', '=', linkHash),
        last_seen_at: at,
        expires_at: new Date(now.getTime() + ABSOLUTE_MS).toISOString(),
        revoked_at: null,
        created_at: at,
      })),
      auditedByStaff(services, linkHash, 'session.start'),
    ])
  } catch (error) {
    if (conflictOn(error, 'signin_use.token_hash')) throw new AppError('link_invalid', { cause: error })
    throw error
  }
  return { token, maxAgeSeconds: ABSOLUTE_MS / 1_000 }
}

/** The session of a token with the person's roles; null when it is unknown, revoked, idle too long, or its person disabled. */
export async function findSession(services: Services, token: string): Promise<Session | null> {
  const { db } = services.store
  const tokenHash = sha256(token)
  const now = services.now()
  const rows = await db
    .selectFrom('session')
    .innerJoin('staff', 'staff.id', 'session.staff_id')
    .leftJoin('staff_role', 'staff_role.staff_id', 'staff.id')
    .leftJoin('site', 'site.id', 'staff_role.site_id')
    .select([
      'staff.id',
      'staff.name',
      'staff.email',
      'session.last_seen_at',
      'session.expires_at',
      'staff_role.role',
      'site.id as site_id',
      'site.slug',
      'site.name as site_name',
    ])
    .where('session.token_hash', '=', tokenHash)
    .where('session.revoked_at', 'is', null)
    .where('staff.disabled_at', 'is', null)
    .orderBy('site.name')
    .execute()
  const [first] = rows
  const idleSince = new Date(now.getTime() - IDLE_MS).toISOString()
  if (!first || first.expires_at <= now.toISOString() || first.last_seen_at <= idleSince) return null
  if (first.last_seen_at <= new Date(now.getTime() - SEEN_STEP_MS).toISOString()) {
    await markSeen(services, tokenHash, now.toISOString())
  }
  return {
    tokenHash,
    person: {
      id: first.id,
      name: first.name,
      email: first.email,
      roles: rows.flatMap((row) =>
        row.role === null || row.site_id === null || row.slug === null || row.site_name === null
          ? []
          : [{ siteId: row.site_id, slug: row.slug, siteName: row.site_name, role: row.role as Role }],
      ),
    },
  }
}

/** While the database cannot be written a session is as good as before, and the next request marks it. */
async function markSeen(services: Services, tokenHash: string, at: string): Promise<void> {
  try {
    await services.store.batch([services.store.db.updateTable('session').set({ last_seen_at: at }).where('token_hash', '=', tokenHash)])
  } catch (error) {
    if (!(error instanceof StoreBusy)) throw error
  }
}

/** Ends a session on the server. */
export async function signOut(services: Services, session: Session): Promise<void> {
  const { db } = services.store
  const at = services.now().toISOString()
  await services.store.batch([
    db.updateTable('session').set({ revoked_at: at }).where('token_hash', '=', session.tokenHash),
    db.insertInto('audit').values({
      id: services.newId(),
      site_id: null,
      action: 'session.end',
      subject_kind: 'staff',
      subject_id: session.person.id,
      actor_kind: 'staff',
      actor_id: session.person.id,
      actor_name: session.person.name,
      detail: '{}',
      created_at: at,
    }),
  ])
}

/** Removes sessions and links that ended a day ago or more: nothing can be done with them. Nothing is left afterwards. */
export async function purgeEnded(services: Services): Promise<false> {
  const { db } = services.store
  const before = new Date(services.now().getTime() - 24 * 3_600_000).toISOString()
  const ended = db.selectFrom('signin_link').select('token_hash').where('expires_at', '<', before)
  await services.store.batch([
    db.deleteFrom('session').where('expires_at', '<', before),
    db.deleteFrom('signin_use').where('token_hash', 'in', ended),
    db.deleteFrom('signin_link').where('expires_at', '<', before),
  ])
  return false
}

function auditedByStaff(services: Services, linkHash: string, action: string): Compilable {
  return services.store.db
    .insertInto('audit')
    .columns(['id', 'site_id', 'action', 'subject_kind', 'subject_id', 'actor_kind', 'actor_id', 'actor_name', 'detail', 'created_at'])
    .expression((is) =>
      is
        .selectFrom('signin_link')
        .innerJoin('staff', 'staff.id', 'signin_link.staff_id')
        .select((pick) => [
          pick.val(services.newId()).as('id'),
          pick.val<string | null>(null).as('site_id'),
          pick.val(action).as('action'),
          pick.val('staff').as('subject_kind'),
          'staff.id as subject_id',
          pick.val('staff').as('actor_kind'),
          'staff.id as actor_id',
          'staff.name as actor_name',
          pick.val('{}').as('detail'),
          pick.val(services.now().toISOString()).as('created_at'),
        ])
        .where('signin_link.token_hash', '=', linkHash),
    )
}
