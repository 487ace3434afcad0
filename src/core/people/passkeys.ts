// Passkeys: a full way to sign in, since the device asks for a finger, a face or a PIN. A challenge is sealed into the page that asks for it,
// bound to what it is for, and works once. Attestation is not asked for: which make a key is does not matter here.
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server'
import { z } from 'zod'
import { base64url, fromBase64url, seal, sha256, unseal } from '../../lib/crypto.ts'
import type { Services } from '../../services.ts'
import type { Compilable } from '../../storage/store.ts'
import { AppError, faulty } from '../context.ts'
import { changed } from './account.ts'
import type { Visitor } from './attempts.ts'
import { spend } from './factors.ts'
import { confirmSession, requireConfirmed, type Session } from './sessions.ts'
import { enrol, openSession, readTicket, type SignedIn, spending } from './signin.ts'

/** How long a page that asks for a passkey may lie open. */
const CHALLENGE_MS = 30 * 60_000
const CHALLENGE_BYTES = 32
const MAX_PASSKEYS = 20
const MAX_NAME_LENGTH = 100

/** What a page gives to its script: the options of the browser's call, and the sealed challenge for the form. */
export type PasskeyRequest = { options: Record<string, unknown>; sealed: string }
export type Passkey = { id: string; name: string; created_at: string; last_used_at: string | null }
type Purpose = { kind: 'use' | 'add'; staffId: string | null }

const Response = z.looseObject({
  id: z.string().max(1_400),
  rawId: z.string().max(1_400),
  type: z.literal('public-key'),
  response: z.looseObject({}),
})

/** Whether passkeys can work at this service's address: they belong to a host name, and need https or this very machine. */
function arePasskeysPossible(services: Services): boolean {
  const { protocol, hostname } = new URL(services.config.baseUrl)
  return (
    /[a-z]/i.test(hostname) &&
    !hostname.startsWith('[') &&
    (protocol === 'https:' || hostname === 'localhost' || hostname.endsWith('.localhost'))
  )
}

/** Asks for a passkey of this person, or of whoever sits there. Null where passkeys cannot work. */
export async function askForPasskey(services: Services, staffId: string | null): Promise<PasskeyRequest | null> {
  if (!arePasskeysPossible(services)) return null
  const known = staffId === null ? [] : await listPasskeys(services, staffId)
  if (staffId !== null && known.length === 0) return null
  const { challenge, sealed } = await newChallenge(services, { kind: 'use', staffId })
  return {
    sealed,
    options: {
      challenge,
      rpId: hostOf(services),
      userVerification: 'required',
      allowCredentials: known.map(({ id }) => ({ id, type: 'public-key' })),
    },
  }
}

/** Asks for a new passkey of this person. Null where passkeys cannot work. */
export async function askForNewPasskey(
  services: Services,
  staff: { id: string; email: string; name: string },
): Promise<PasskeyRequest | null> {
  if (!arePasskeysPossible(services)) return null
  const known = await listPasskeys(services, staff.id)
  const { challenge, sealed } = await newChallenge(services, { kind: 'add', staffId: staff.id })
  return {
    sealed,
    options: {
      challenge,
      rp: { id: hostOf(services), name: 'Ý Kiến' },
      user: { id: base64url(new TextEncoder().encode(staff.id)), name: staff.email, displayName: staff.name },
      pubKeyCredParams: [-8, -7, -257].map((alg) => ({ type: 'public-key', alg })),
      excludeCredentials: known.map(({ id }) => ({ id, type: 'public-key' })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      attestation: 'none',
    },
  }
}

/** Signs in with a passkey alone. Throws `passkey_invalid`. */
export async function signInWithPasskey(services: Services, sealed: string, answer: string, visitor: Visitor): Promise<SignedIn> {
  const { staff, statements } = await proved(services, sealed, answer, null)
  return openSession(services, staff, 'passkey', statements, visitor)
}

/** Ends a sign-in that began with a password. Throws `passkey_invalid`, `signin_expired`. */
export async function finishWithPasskey(
  services: Services,
  ticket: string,
  { sealed, answer }: { sealed: string; answer: string },
  visitor: Visitor,
): Promise<SignedIn> {
  const { step, staff } = await readTicket(services, ticket)
  if (step !== 'code') throw new AppError('signin_expired')
  const { statements } = await proved(services, sealed, answer, staff.id)
  return openSession(services, staff, 'passkey', statements, visitor)
}

/** Sets up a passkey as the second factor, and with it all that the ticket's link stands for. Throws `passkey_invalid`, and as `enrol`. */
export async function finishWithNewPasskey(
  services: Services,
  ticket: string,
  fields: { sealed: string; answer: string; name: string },
  visitor: Visitor,
): Promise<SignedIn> {
  const standing = await readTicket(services, ticket)
  return enrol(services, standing, await made(services, standing.staff.id, fields), 'passkey', visitor)
}

/** Proves by a passkey that the person sits there. Throws `passkey_invalid`. */
export async function confirmByPasskey(services: Services, session: Session, sealed: string, answer: string): Promise<void> {
  const { statements } = await proved(services, sealed, answer, session.person.id)
  await spending(services, [...statements, ...confirmSession(services, session)])
}

/** Adds a passkey to one's own account. Throws `confirmation_required`, `passkey_invalid`, `validation`. */
export async function addPasskey(
  services: Services,
  session: Session,
  fields: { sealed: string; answer: string; name: string },
): Promise<void> {
  requireConfirmed(services, session)
  if ((await listPasskeys(services, session.person.id)).length >= MAX_PASSKEYS) throw new AppError('passkey_invalid')
  const statements = await made(services, session.person.id, fields)
  await spending(services, [...statements, ...changed(services, session, 'factor.passkey')])
}

/** Takes a passkey away. Throws `not_found`, `last_factor` when nothing else is left, `confirmation_required`. */
export async function removePasskey(services: Services, session: Session, id: string): Promise<void> {
  requireConfirmed(services, session)
  const { db } = services.store
  const staffId = session.person.id
  const own = await db.selectFrom('passkey').select('id').where('id', '=', id).where('staff_id', '=', staffId).executeTakeFirst()
  if (!own) throw new AppError('not_found')
  const [removed] = await services.store.batch([
    db
      .deleteFrom('passkey')
      .where('id', '=', id)
      .where('staff_id', '=', staffId)
      .where((where) =>
        where.or([
          where.exists(where.selectFrom('totp').select('totp.staff_id').where('totp.staff_id', '=', staffId)),
          where.exists(
            where.selectFrom('passkey as other').select('other.id').where('other.staff_id', '=', staffId).where('other.id', '!=', id),
          ),
        ]),
      )
      .returning('id'),
  ])
  if ((removed?.rows.length ?? 0) === 0) throw new AppError('last_factor')
  await services.store.batch(changed(services, session, 'factor.passkey_removed'))
}

/** A person's passkeys, oldest first. */
export async function listPasskeys(services: Services, staffId: string): Promise<Passkey[]> {
  return services.store.db
    .selectFrom('passkey')
    .select(['id', 'name', 'created_at', 'last_used_at'])
    .where('staff_id', '=', staffId)
    .orderBy('created_at')
    .limit(MAX_PASSKEYS)
    .execute()
}

/** Whose passkey answered, and the statements that use the challenge up and note the use. */
async function proved(services: Services, sealed: string, answer: string, staffId: string | null) {
  const challenge = await openChallenge(services, sealed, { kind: 'use', staffId })
  const response = parsed(answer) as unknown as AuthenticationResponseJSON
  const { db } = services.store
  const row = await db
    .selectFrom('passkey')
    .innerJoin('staff', 'staff.id', 'passkey.staff_id')
    .select(['staff.id as staff_id', 'staff.email', 'staff.name', 'passkey.id', 'passkey.public_key', 'passkey.counter'])
    .where('passkey.id', '=', response.id)
    .where('staff.disabled_at', 'is', null)
    .executeTakeFirst()
  if (!row || (staffId !== null && row.staff_id !== staffId)) throw new AppError('passkey_invalid')
  const { verifyAuthenticationResponse } = await import('@simplewebauthn/server')
  const checked = await orInvalid(() =>
    verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: services.config.baseUrl,
      expectedRPID: hostOf(services),
      requireUserVerification: true,
      credential: { id: row.id, publicKey: fromBase64url(row.public_key) ?? new Uint8Array(), counter: row.counter },
    }),
  )
  if (!checked.verified) throw new AppError('passkey_invalid')
  const statements: Compilable[] = [
    spendChallenge(services, challenge),
    db
      .updateTable('passkey')
      .set({ counter: checked.authenticationInfo.newCounter, last_used_at: services.now().toISOString() })
      .where('id', '=', row.id),
  ]
  return { staff: { id: row.staff_id, email: row.email, name: row.name }, statements }
}

/** The statements that keep a new passkey. */
async function made(
  services: Services,
  staffId: string,
  { sealed, answer, name }: { sealed: string; answer: string; name: string },
): Promise<Compilable[]> {
  const plainName = name.normalize('NFC').trim()
  if (plainName === '' || plainName.length > MAX_NAME_LENGTH || /\p{C}/u.test(plainName)) throw faulty('name_invalid', '/passkey_name')
  const challenge = await openChallenge(services, sealed, { kind: 'add', staffId })
  const response = parsed(answer) as unknown as RegistrationResponseJSON
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server')
  const checked = await orInvalid(() =>
    verifyRegistrationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: services.config.baseUrl,
      expectedRPID: hostOf(services),
      requireUserVerification: true,
    }),
  )
  if (!checked.verified) throw new AppError('passkey_invalid')
  const { credential } = checked.registrationInfo
  return [
    spendChallenge(services, challenge),
    services.store.db.insertInto('passkey').values({
      id: credential.id,
      staff_id: staffId,
      public_key: base64url(credential.publicKey),
      counter: credential.counter,
      transports: JSON.stringify(credential.transports ?? []),
      name: plainName,
      last_used_at: null,
      created_at: services.now().toISOString(),
    }),
  ]
}

async function newChallenge(services: Services, purpose: Purpose): Promise<{ challenge: string; sealed: string }> {
  const challenge = base64url(services.randomBytes(CHALLENGE_BYTES))
  return {
    challenge,
    sealed: await seal(services.config.secret, purposeOf(purpose), JSON.stringify({ challenge, at: services.now().getTime() })),
  }
}

async function openChallenge(services: Services, sealed: string, purpose: Purpose): Promise<string> {
  try {
    const { challenge, at } = JSON.parse(await unseal(services.config.secret, purposeOf(purpose), sealed)) as {
      challenge: string
      at: number
    }
    if (services.now().getTime() - at < CHALLENGE_MS) return challenge
  } catch (error) {
    throw new AppError('passkey_invalid', { cause: error })
  }
  throw new AppError('passkey_invalid')
}

function purposeOf({ kind, staffId }: Purpose): string {
  return `passkey ${kind}:${staffId ?? 'anybody'}`
}

function spendChallenge(services: Services, challenge: string): Compilable {
  return spend(services, `passkey:${sha256(challenge)}`)
}

function parsed(answer: string): z.infer<typeof Response> {
  try {
    return Response.parse(JSON.parse(answer))
  } catch (error) {
    throw new AppError('passkey_invalid', { cause: error })
  }
}

/** The library throws for whatever is wrong with an answer. */
async function orInvalid<Result>(verify: () => Promise<Result>): Promise<Result> {
  try {
    return await verify()
  } catch (error) {
    throw new AppError('passkey_invalid', { cause: error })
  }
}

function hostOf(services: Services): string {
  return new URL(services.config.baseUrl).hostname
}
