// Signing in, in two steps: a password (or a provider's word, or a link) gives a ticket of some minutes, and a second factor makes a
// session of it. The ticket is sealed and kept by the browser, so nothing half signed in stands in the database.
// Not for: passkeys (passkeys.ts) and what a link is (links.ts).
import { seal, sha256, unseal } from '../../lib/crypto.ts'
import type { Services } from '../../services.ts'
import { type Compilable, conflictOn } from '../../storage/store.ts'
import { AppError, faulty } from '../context.ts'
import { recorded } from '../record.ts'
import { accountKey, deviceTokenFor, forgetAttempts, takeAttempt, type Visitor } from './attempts.ts'
import { acceptTotp, newRecoveryCodes, spendCode } from './factors.ts'
import { findLink, type Link, readLink, spendLink } from './links.ts'
import { hashOf, isPassword, requireGoodPassword } from './passwords.ts'
import { auditedAccount, endSessionsOf, newSession, type Session, type SessionMethod } from './sessions.ts'

/** Long enough to find the phone, or to install an authenticator. */
const TICKET_MS = 15 * 60_000
const MAX_NAME_LENGTH = 100

/** What the first step proved: `link` is the hash of the link that is being used, `passwordHash` the password to be set with it. */
type Ticket = {
  staffId: string
  via: 'password' | 'provider' | 'link'
  print: string
  link?: string
  name?: string
  passwordHash?: string
  at: number
}
/** Where somebody with a ticket stands: `code` asks for the factor they have, `enrol` sets one up. */
export type Standing = {
  step: 'code' | 'enrol'
  ticket: Ticket
  staff: Staff
  link: Link | null
  appSince: string | null
  hasPasskey: boolean
}
type Staff = { id: string; email: string; name: string; passwordHash: string | null }
/** A session that was opened, with what the browser keeps to be known again. `codes` are new recovery codes, shown this once. */
export type SignedIn = { token: string; maxAgeSeconds: number; account: string; device: string; codes: string[] }

/** Checks an e-mail address and password. The work is the same whether there is such a person or not. Throws `signin_refused`, `rate_limited`. */
export async function beginWithPassword(
  services: Services,
  { email, password }: { email: string; password: string },
  visitor: Visitor,
): Promise<string> {
  const address = email.trim().toLowerCase()
  await takeAttempt(services, 'password', accountKey(services, address), visitor)
  const staff = await findStaff(services, 'email', address)
  if (!(await isPassword(services, password, staff?.passwordHash ?? null)) || !staff) return refused(services, staff ?? address)
  return ticketFor(services, { staffId: staff.id, via: 'password', print: printOf(staff) })
}

/** Takes a provider's word for who somebody is as the first step. Throws `signin_refused` for somebody who is disabled. */
export async function beginWithProvider(services: Services, staffId: string): Promise<string> {
  const staff = await findStaff(services, 'id', staffId)
  if (!staff) throw new AppError('signin_refused')
  return ticketFor(services, { staffId, via: 'provider', print: printOf(staff) })
}

/**
 * Begins to use a link: an invitation by who has no account yet and an `anew` set a name and a password, a lost second factor asks for
 * the password. Nothing is written before the second factor stands. Throws `link_invalid`, `validation`, `signin_refused`.
 */
export async function beginWithLink(
  services: Services,
  token: string,
  { name, password }: { name: string; password: string },
  visitor: Visitor,
): Promise<string> {
  const link = await readLink(services, token)
  const { staff } = link
  const common = { staffId: staff.id, via: 'link', print: printOf(staff), link: link.hash } as const
  if (link.kind === 'factor') {
    await takeAttempt(services, 'password', accountKey(services, staff.email), { ...visitor, isTrusted: true })
    if (!(await isPassword(services, password, staff.passwordHash))) return refused(services, staff)
    return ticketFor(services, common)
  }
  if (link.kind !== 'anew' && !(link.kind === 'invitation' && link.isNew)) throw new AppError('link_invalid')
  const plainName = name.normalize('NFC').trim().replace(/\s+/g, ' ')
  if (plainName === '' || plainName.length > MAX_NAME_LENGTH || /\p{C}/u.test(plainName)) throw faulty('name_invalid', '/name')
  requireGoodPassword(password, '/password', [plainName, staff.email, link.site?.name ?? ''])
  return ticketFor(services, { ...common, name: plainName, passwordHash: await hashOf(services, password) })
}

/** Where somebody with this ticket stands. Throws `signin_expired`, `link_invalid`. */
export async function readTicket(services: Services, sealed: string): Promise<Standing> {
  const ticket = await openTicket(services, sealed)
  const staff = await findStaff(services, 'id', ticket.staffId)
  // A password that was changed meanwhile takes back what the old one proved.
  if (!staff || printOf(staff) !== ticket.print) throw new AppError('signin_expired')
  const link = ticket.link === undefined ? null : await findLink(services, ticket.link)
  const { appSince, hasPasskey } = await factorsOf(services, staff.id)
  // Only a link sets a factor up: a password, or a provider's word, alone is never enough for that.
  return { step: link === null ? 'code' : 'enrol', ticket, staff, link, appSince, hasPasskey }
}

/** Ends a sign-in by a code of the app or a recovery code. Throws `code_invalid`, `rate_limited`, `signin_expired`. */
export async function finishWithCode(services: Services, sealed: string, code: string, visitor: Visitor): Promise<SignedIn> {
  const { step, staff } = await readTicket(services, sealed)
  if (step !== 'code') throw new AppError('signin_expired')
  const { kind, statements } = await spendCodeOf(services, staff, code, visitor)
  return openSession(services, staff, kind === 'recovery' ? 'recovery' : 'code', statements, visitor)
}

/** Ends a sign-in with a factor that the caller has proved and whose statements note it. */
export async function openSession(
  services: Services,
  staff: { id: string; email: string; name: string },
  method: SessionMethod,
  proof: readonly Compilable[],
  visitor: Visitor,
): Promise<SignedIn> {
  const account = accountKey(services, staff.email)
  const { token, maxAgeSeconds, statements } = newSession(services, { staff, method, agent: visitor.agent })
  await spending(services, [...proof, ...statements, forgetAttempts(services, account, visitor)])
  return { token, maxAgeSeconds, account, device: deviceTokenFor(services, account), codes: [] }
}

/** Sets up the app as the second factor, and with it all that the ticket's link stands for. Throws as {@link enrol}, and `code_invalid`. */
export async function finishWithApp(
  services: Services,
  sealed: string,
  { offer, code }: { offer: string; code: string },
  visitor: Visitor,
): Promise<SignedIn> {
  const standing = await readTicket(services, sealed)
  return enrol(services, standing, await acceptTotp(services, standing.staff, offer, code), 'code', visitor)
}

/**
 * Sets up a second factor by the statements given, and with it name, password and role of an invitation, or what a recovery replaces:
 * all of it, or nothing. Throws `signin_expired` where there is one already, `link_invalid` when another was quicker with the link.
 */
export async function enrol(
  services: Services,
  standing: Standing,
  factor: readonly Compilable[],
  method: SessionMethod,
  visitor: Visitor,
): Promise<SignedIn> {
  const { db } = services.store
  const { step, ticket, link } = standing
  if (step !== 'enrol') throw new AppError('signin_expired')
  const staff = { ...standing.staff, name: ticket.name ?? standing.staff.name }
  const isRecovery = link !== null && link.kind !== 'invitation'
  const account = accountKey(services, staff.email)
  const codes = newRecoveryCodes(services, staff.id)
  const session = newSession(services, { staff, method, agent: visitor.agent })
  await spending(
    services,
    [
      ...(link === null ? [] : [spendLink(services, link.hash)]),
      ...(ticket.passwordHash === undefined
        ? []
        : [db.updateTable('staff').set({ name: staff.name, password_hash: ticket.passwordHash }).where('id', '=', staff.id)]),
      ...(isRecovery
        ? [
            db.deleteFrom('totp').where('staff_id', '=', staff.id),
            db.deleteFrom('passkey').where('staff_id', '=', staff.id),
            ...(link.kind === 'anew' ? [db.deleteFrom('identity').where('staff_id', '=', staff.id)] : []),
            endSessionsOf(services, staff.id),
          ]
        : []),
      ...factor,
      ...codes.statements,
      ...(link === null ? [] : roleGiven(services, link)),
      auditedAccount(services, staff, isRecovery ? `recovery.${link.kind}` : 'factor.enrol', { method }),
      ...session.statements,
      forgetAttempts(services, account, visitor),
    ],
    link?.hash,
  )
  return { ...session, account, device: deviceTokenFor(services, account), codes: codes.codes }
}

/** Sets a new password by a recovery link and a second factor that was not lost. Throws `link_invalid`, `code_invalid`, `validation`. */
export async function resetPassword(
  services: Services,
  token: string,
  { password, code }: { password: string; code: string },
  visitor: Visitor,
): Promise<SignedIn> {
  const link = await readLink(services, token)
  if (link.kind !== 'password') throw new AppError('link_invalid')
  const { staff } = link
  requireGoodPassword(password, '/password', [staff.name, staff.email])
  const proof = await spendCodeOf(services, staff, code, { ...visitor, isTrusted: true })
  return replacePassword(services, link, password, proof.kind === 'recovery' ? 'recovery' : 'code', proof.statements, visitor)
}

/** The same once a factor was proved in another way. */
async function replacePassword(
  services: Services,
  link: Link,
  password: string,
  method: SessionMethod,
  proof: readonly Compilable[],
  visitor: Visitor,
): Promise<SignedIn> {
  const { staff } = link
  requireGoodPassword(password, '/password', [staff.name, staff.email])
  const password_hash = await hashOf(services, password)
  const statements = [
    spendLink(services, link.hash),
    ...proof,
    services.store.db.updateTable('staff').set({ password_hash }).where('id', '=', staff.id),
    endSessionsOf(services, staff.id),
    auditedAccount(services, staff, 'recovery.password'),
  ]
  return openSession(services, staff, method, statements, visitor)
}

/** Signs in by the demonstration's link, once. Throws `link_invalid`. */
export async function signInToDemo(services: Services, token: string, visitor: Visitor): Promise<SignedIn> {
  const link = await readLink(services, token)
  if (link.kind !== 'demo') throw new AppError('link_invalid')
  return openSession(services, link.staff, 'demo', [spendLink(services, link.hash)], visitor).catch(asUsedLink)
}

/** Takes on the role of an invitation with the account one is signed in with. Throws `link_invalid` for anybody else's. */
export async function acceptInvitation(services: Services, token: string, session: Session): Promise<{ slug: string }> {
  const link = await readLink(services, token)
  if (link.kind !== 'invitation' || link.site === null || link.staff.id !== session.person.id) throw new AppError('link_invalid')
  await spending(services, [spendLink(services, link.hash), ...roleGiven(services, link)], link.hash)
  return { slug: link.site.slug }
}

/** Changes one's own password; the other sessions end. Throws `signin_refused`, `validation`, `rate_limited`. */
export async function changePassword(
  services: Services,
  session: Session,
  { current, password }: { current: string; password: string },
  visitor: Visitor,
): Promise<void> {
  const staff = await findStaff(services, 'id', session.person.id)
  if (!staff) throw new AppError('unauthenticated')
  requireGoodPassword(password, '/password', [staff.name, staff.email])
  await takeAttempt(services, 'password', accountKey(services, staff.email), { ...visitor, isTrusted: true })
  if (!(await isPassword(services, current, staff.passwordHash))) return refused(services, staff)
  const password_hash = await hashOf(services, password)
  await services.store.batch([
    services.store.db.updateTable('staff').set({ password_hash }).where('id', '=', staff.id),
    endSessionsOf(services, staff.id, session.id),
    auditedAccount(services, staff, 'password.change'),
  ])
}

/** The statements that use up a code of this person's. Each try is counted. Throws `code_invalid`, `rate_limited`. */
export async function spendCodeOf(services: Services, staff: { id: string; email: string; name: string }, code: string, visitor: Visitor) {
  await takeAttempt(services, 'code', accountKey(services, staff.email), visitor)
  try {
    return await spendCode(services, staff.id, code)
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'code_invalid') throw error
    await services.store.batch([auditedAccount(services, staff, 'session.refuse', { at: 'code' }, { kind: 'reader' })])
    throw error
  }
}

/** Which second factors a person has: since when an app, and whether a passkey. */
export async function factorsOf(services: Services, staffId: string): Promise<{ appSince: string | null; hasPasskey: boolean }> {
  const { db } = services.store
  const row = await db
    .selectFrom('staff')
    .select((pick) => [
      pick.selectFrom('totp').select('totp.created_at').whereRef('totp.staff_id', '=', 'staff.id').as('totp'),
      pick.selectFrom('passkey').select('passkey.id').whereRef('passkey.staff_id', '=', 'staff.id').limit(1).as('passkey'),
    ])
    .where('staff.id', '=', staffId)
    .executeTakeFirst()
  return { appSince: row?.totp ?? null, hasPasskey: (row?.passkey ?? null) !== null }
}

/**
 * Writes a batch that uses something up. Throws `link_invalid` when the link was used meanwhile, `code_invalid` when the code was,
 * `signin_expired` when another second factor stands already.
 */
export async function spending(services: Services, statements: readonly Compilable[], linkHash?: string): Promise<void> {
  try {
    await services.store.batch(statements)
  } catch (error) {
    if (conflictOn(error, 'totp.staff_id')) throw new AppError('signin_expired', { cause: error })
    if (!conflictOn(error, 'spent.key')) throw error
    if (linkHash !== undefined) await findLink(services, linkHash)
    throw new AppError('code_invalid', { cause: error })
  }
}

/** The role that an invitation gives. */
function roleGiven(services: Services, link: Link): Compilable[] {
  const { site, role, staff } = link
  if (link.kind !== 'invitation' || site === null || role === null) return []
  const actor = { kind: 'staff', id: staff.id, name: staff.name } as const
  return [
    services.store.db
      .insertInto('staff_role')
      .values({ staff_id: staff.id, site_id: site.id, role, disabled_at: null, created_at: services.now().toISOString() })
      .onConflict((conflict) => conflict.columns(['staff_id', 'site_id']).doUpdateSet({ role, disabled_at: null })),
    recorded(services, site.id, actor, { action: 'staff.join', subject: { kind: 'staff', id: staff.id }, detail: { role } }),
  ]
}

function asUsedLink(error: unknown): never {
  if (error instanceof AppError && error.code === 'code_invalid') throw new AppError('link_invalid', { cause: error })
  throw error
}

/**
 * Records the refusal and throws `signin_refused`. An address without an account is recorded under a keyed hash: guesses at many addresses show
 * in the log, and the refusal does the same work as for a known account (threat 17).
 */
async function refused(services: Services, staff: Staff | string): Promise<never> {
  const subject = typeof staff === 'string' ? { kind: 'account', id: accountKey(services, staff) } : { kind: 'staff', id: staff.id }
  await services.store.batch([
    recorded(services, null, { kind: 'reader' }, { action: 'session.refuse', subject, detail: { at: 'password' } }),
  ])
  throw new AppError('signin_refused')
}

async function findStaff(services: Services, by: 'id' | 'email', value: string): Promise<Staff | null> {
  const row = await services.store.db
    .selectFrom('staff')
    .select(['id', 'email', 'name', 'password_hash'])
    .where(by, '=', value)
    .where('disabled_at', 'is', null)
    .executeTakeFirst()
  return row ? { id: row.id, email: row.email, name: row.name, passwordHash: row.password_hash } : null
}

function printOf(staff: { passwordHash: string | null }): string {
  return sha256(staff.passwordHash ?? '').slice(0, 16)
}

function ticketFor(services: Services, ticket: Omit<Ticket, 'at'>): Promise<string> {
  return seal(services.config.secret, 'sign-in ticket', JSON.stringify({ ...ticket, at: services.now().getTime() }))
}

async function openTicket(services: Services, sealed: string): Promise<Ticket> {
  try {
    const ticket = JSON.parse(await unseal(services.config.secret, 'sign-in ticket', sealed)) as Ticket
    if (services.now().getTime() - ticket.at < TICKET_MS) return ticket
  } catch (error) {
    throw new AppError('signin_expired', { cause: error })
  }
  throw new AppError('signin_expired')
}
