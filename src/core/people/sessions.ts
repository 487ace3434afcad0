// Sessions of the desk: opened at the end of a sign-in, looked up by their token's hash, confirmed anew before sensitive acts, listed
// and ended by their person. Not for: how somebody proves who they are (signin.ts, passkeys.ts).
import { base64url, sha256 } from '../../lib/crypto.ts'
import type { Services } from '../../services.ts'
import type { Compilable } from '../../storage/store.ts'
import { StoreBusy } from '../../storage/store.ts'
import { AppError, type Doer, type Role } from '../context.ts'
import { recorded } from '../record.ts'
import { purgeAttempts } from './attempts.ts'
import { type Preferences, toPreferences } from './preferences.ts'

const TOKEN_BYTES = 32
/** A session ends after 30 minutes without a request and after 12 hours in any case (ASVS 7.3). */
const IDLE_MS = 30 * 60_000
const ABSOLUTE_MS = 12 * 3_600_000
/** How stale `last_seen_at` may grow before a request writes it anew, so that not every read is a write. */
const SEEN_STEP_MS = 60_000
/** For so long after signing in or confirming, a page offers sensitive acts, and for as long again what it offered may be sent. */
const CONFIRMED_MS = 10 * 60_000
const SENDING_MS = 2 * CONFIRMED_MS
/** What was used up is remembered longer than anything could still be tried. */
const SPENT_KEPT_MS = 7 * 24 * 3_600_000
const DAY_MS = 24 * 3_600_000

/** How somebody signed in. */
export type SessionMethod = 'code' | 'recovery' | 'passkey' | 'provider' | 'demo'
export type Person = {
  id: string
  name: string
  email: string
  preferences: Preferences
  roles: { siteId: string; slug: string; siteName: string; role: Role }[]
}
export type Session = { tokenHash: string; id: string; method: SessionMethod; confirmedAt: string; person: Person }
/** A new session's token, which only its cookie ever holds, and the statements that open it. */
export type NewSession = { token: string; maxAgeSeconds: number; statements: Compilable[] }

/** Opens a session for a person; nothing is opened for one that is disabled when the batch is written. */
export function newSession(
  services: Services,
  { staff, method, agent }: { staff: { id: string; name: string }; method: SessionMethod; agent: string },
): NewSession {
  const { db } = services.store
  const now = services.now()
  const at = now.toISOString()
  const token = base64url(services.randomBytes(TOKEN_BYTES))
  const session = {
    token_hash: sha256(token),
    id: services.newId(),
    method,
    agent,
    confirmed_at: at,
    last_seen_at: at,
    expires_at: new Date(now.getTime() + ABSOLUTE_MS).toISOString(),
    created_at: at,
  }
  const columns = Object.keys(session) as (keyof typeof session)[]
  return {
    token,
    maxAgeSeconds: ABSOLUTE_MS / 1_000,
    statements: [
      db
        .insertInto('session')
        .columns([...columns, 'staff_id'])
        .expression((is) =>
          is
            .selectFrom('staff')
            .select((pick) => [
              ...columns.map((column) => pick.cast<string>(pick.val(session[column]), 'text').as(column)),
              'staff.id as staff_id',
            ])
            .where('staff.id', '=', staff.id)
            .where('staff.disabled_at', 'is', null),
        ),
      auditedAccount(services, staff, 'session.start', { method }),
    ],
  }
}

/** The session of a token with the person's roles; null when it is unknown, revoked, idle too long, or its person disabled. */
export async function findSession(services: Services, token: string): Promise<Session | null> {
  const { db } = services.store
  const tokenHash = sha256(token)
  const now = services.now()
  const rows = await db
    .selectFrom('session')
    .innerJoin('staff', 'staff.id', 'session.staff_id')
    .leftJoin('staff_role', (join) => join.onRef('staff_role.staff_id', '=', 'staff.id').on('staff_role.disabled_at', 'is', null))
    .leftJoin('site', 'site.id', 'staff_role.site_id')
    .select([
      'staff.id',
      'staff.name',
      'staff.email',
      'staff.language',
      'staff.theme',
      'staff.page_length',
      'staff.queue_order',
      'session.id as session_id',
      'session.method',
      'session.confirmed_at',
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
    id: first.session_id,
    method: first.method as SessionMethod,
    confirmedAt: first.confirmed_at,
    person: {
      id: first.id,
      name: first.name,
      email: first.email,
      preferences: toPreferences(first),
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

/** Whether the person has proved lately that they sit there, so that a page may offer what is sensitive. */
export function isConfirmed(services: Services, session: Session): boolean {
  return confirmedWithin(services, session, CONFIRMED_MS)
}

/** Throws `confirmation_required` unless the person has proved lately that they sit there. */
export function requireConfirmed(services: Services, session: Session): void {
  if (!confirmedWithin(services, session, SENDING_MS)) throw new AppError('confirmation_required')
}

/** The statements that note such a proof. */
export function confirmSession(services: Services, session: Session): Compilable[] {
  return [
    services.store.db
      .updateTable('session')
      .set({ confirmed_at: services.now().toISOString() })
      .where('token_hash', '=', session.tokenHash),
    auditedAccount(services, session.person, 'session.confirm'),
  ]
}

/** A person's live sessions, newest first. */
export async function listSessions(services: Services, session: Session) {
  const now = services.now()
  const rows = await services.store.db
    .selectFrom('session')
    .select(['id', 'method', 'agent', 'created_at', 'last_seen_at'])
    .where('staff_id', '=', session.person.id)
    .where('revoked_at', 'is', null)
    .where('expires_at', '>', now.toISOString())
    .where('last_seen_at', '>', new Date(now.getTime() - IDLE_MS).toISOString())
    .orderBy('created_at', 'desc')
    .limit(50)
    .execute()
  return rows.map((row) => ({ ...row, method: row.method as SessionMethod, isThis: row.id === session.id }))
}

/** Ends a session on the server. */
export async function signOut(services: Services, session: Session): Promise<void> {
  await services.store.batch([
    revoke(services).where('token_hash', '=', session.tokenHash),
    auditedAccount(services, session.person, 'session.end'),
  ])
}

/** Ends one of one's own sessions. Throws `not_found` for any other. */
export async function endSession(services: Services, session: Session, id: string): Promise<void> {
  const { db } = services.store
  const own = await db.selectFrom('session').select('id').where('id', '=', id).where('staff_id', '=', session.person.id).executeTakeFirst()
  if (!own) throw new AppError('not_found')
  await services.store.batch([
    revoke(services).where('id', '=', id),
    auditedAccount(services, session.person, 'session.revoke', { session: id }),
  ])
}

/** Ends all of one's sessions but this one. */
export async function endOtherSessions(services: Services, session: Session): Promise<void> {
  await services.store.batch([
    endSessionsOf(services, session.person.id, session.id),
    auditedAccount(services, session.person, 'session.revoke', { session: 'others' }),
  ])
}

/** The statement that ends every session of a person, but for one where that is named. */
export function endSessionsOf(services: Services, staffId: string, exceptId?: string): Compilable {
  const all = revoke(services).where('staff_id', '=', staffId)
  return exceptId === undefined ? all : all.where('id', '!=', exceptId)
}

/** The audit row of an act on an account, which belongs to no site. */
export function auditedAccount(
  services: Services,
  staff: { id: string; name: string },
  action: string,
  detail: Record<string, unknown> = {},
  actor: Doer = { kind: 'staff', id: staff.id, name: staff.name },
): Compilable {
  return recorded(services, null, actor, { action, subject: { kind: 'staff', id: staff.id }, detail })
}

/** Removes what ended: sessions and links a day later, what was used up or counted when nothing can be tried with it any more. Nothing is left. */
export async function purgeEnded(services: Services): Promise<false> {
  const { db } = services.store
  const ago = (ms: number) => new Date(services.now().getTime() - ms).toISOString()
  await services.store.batch([
    db.deleteFrom('session').where('expires_at', '<', ago(DAY_MS)),
    db.deleteFrom('signin_link').where('expires_at', '<', ago(DAY_MS)),
    db.deleteFrom('spent').where('spent_at', '<', ago(SPENT_KEPT_MS)),
    purgeAttempts(services, ago(DAY_MS)),
  ])
  return false
}

function revoke(services: Services) {
  return services.store.db.updateTable('session').set({ revoked_at: services.now().toISOString() }).where('revoked_at', 'is', null)
}

/** The demonstration's clerk has no second factor to show, and nobody else can reach that machine. */
function confirmedWithin(services: Services, session: Session, ms: number): boolean {
  return session.method === 'demo' || session.confirmedAt > new Date(services.now().getTime() - ms).toISOString()
}
