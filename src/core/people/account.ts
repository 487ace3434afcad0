// What people do with their own account while they are signed in: preferences, second factor, recovery codes, and the proof that it is
// still they who sit there. Each change of a factor ends the other sessions. Not for: passwords and signing in (signin.ts).
import type { Services } from '../../services.ts'
import type { Compilable } from '../../storage/store.ts'
import { AppError } from '../context.ts'
import type { Visitor } from './attempts.ts'
import { acceptTotp, newRecoveryCodes } from './factors.ts'
import { Preferences } from './preferences.ts'
import { auditedAccount, confirmSession, endSessionsOf, requireConfirmed, type Session } from './sessions.ts'
import { spendCodeOf, spending } from './signin.ts'

/** Keeps what a person likes. A choice that is none means what everybody gets; what changes nothing leaves no trace. */
export async function setPreferences(services: Services, { person }: Session, raw: Record<keyof Preferences, unknown>): Promise<void> {
  const [before, after] = [person.preferences, Preferences.parse(raw)]
  if (JSON.stringify(before) === JSON.stringify(after)) return
  const { language, theme, pageLength: page_length, queueOrder: queue_order } = after
  await services.store.batch([
    services.store.db.updateTable('staff').set({ language, theme, page_length, queue_order }).where('id', '=', person.id),
    auditedAccount(services, person, 'account.preferences', { before, after }),
  ])
}

/** Proves by a code that the person sits there. Throws `code_invalid`, `rate_limited`. */
export async function confirmByCode(services: Services, session: Session, code: string, visitor: Visitor): Promise<void> {
  const { statements } = await spendCodeOf(services, session.person, code, visitor)
  await spending(services, [...statements, ...confirmSession(services, session)])
}

/** Sets up an app as second factor in the place of the one before. Throws `confirmation_required`, `code_invalid`, `signin_expired`. */
export async function replaceApp(services: Services, session: Session, { offer, code }: { offer: string; code: string }): Promise<void> {
  requireConfirmed(services, session)
  const { person } = session
  const accepted = await acceptTotp(services, person, offer, code)
  await spending(services, [
    services.store.db.deleteFrom('totp').where('staff_id', '=', person.id),
    ...accepted,
    ...changed(services, session, 'factor.app'),
  ])
}

/** Takes the app away. Throws `last_factor` without a passkey, and `confirmation_required`. */
export async function removeApp(services: Services, session: Session): Promise<void> {
  requireConfirmed(services, session)
  const { db } = services.store
  const { id } = session.person
  const removal = db
    .deleteFrom('totp')
    .where('staff_id', '=', id)
    .where((where) => where.exists(where.selectFrom('passkey').select('passkey.id').where('passkey.staff_id', '=', id)))
    .returning('staff_id')
  const [removed] = await services.store.batch([removal])
  if ((removed?.rows.length ?? 0) === 0) throw new AppError('last_factor')
  await services.store.batch(changed(services, session, 'factor.app_removed'))
}

/** New recovery codes in the place of the old ones, to be shown once. Throws `confirmation_required`. */
export async function renewRecoveryCodes(services: Services, session: Session): Promise<string[]> {
  requireConfirmed(services, session)
  const { codes, statements } = newRecoveryCodes(services, session.person.id)
  await services.store.batch([...statements, auditedAccount(services, session.person, 'factor.codes')])
  return codes
}

/** What every change of a factor leaves behind. */
export function changed(services: Services, session: Session, action: string, detail: Record<string, unknown> = {}): Compilable[] {
  return [endSessionsOf(services, session.person.id, session.id), auditedAccount(services, session.person, action, detail)]
}
