// The second factor beside passkeys: codes of an authenticator app (RFC 6238), each accepted once, and recovery codes.
// A secret is offered sealed into the form that asks for its first code, so that nothing is kept of one that is not taken.
import { Secret, TOTP } from 'otpauth'
import { base32, base64url, hmac, seal, unseal } from '../../lib/crypto.ts'
import type { Services } from '../../services.ts'
import type { Compilable } from '../../storage/store.ts'
import { AppError } from '../context.ts'

const PERIOD_SECONDS = 30
/** 160 bits, as RFC 4226 advises. */
const SECRET_BYTES = 20
/** Ten of 50 bits each, kept as keyed hashes: too many to try, and of no use without the service's secret. */
const RECOVERY_CODES = 10
const RECOVERY_LENGTH = 10
/** How long a page that shows a new secret may lie open. */
const OFFER_MS = 30 * 60_000

/** A new secret as the page shows it: for the eye, for the camera, and sealed for the form. */
export type TotpOffer = { secret: string; uri: string; sealed: string }

/** Who a secret is offered to. */
type Holder = { id: string; email: string }

/** Offers a new secret, or the one that was offered to the same person before. Throws `signin_expired` for one that is too old. */
export async function offerTotp(services: Services, holder: Holder, sealed: string | null = null): Promise<TotpOffer> {
  const secret =
    sealed === null ? new Secret({ buffer: services.randomBytes(SECRET_BYTES).buffer }) : await openOffer(services, holder, sealed)
  const offer = JSON.stringify({ secret: secret.base32, at: services.now().getTime() })
  return {
    secret: secret.base32,
    uri: totpOf(services, secret, holder.email).toString(),
    sealed: sealed ?? (await seal(services.config.secret, `totp offer:${holder.id}`, offer)),
  }
}

/** The statements that make an offered secret the person's own, once a code proves that it arrived. Throws `code_invalid`, `signin_expired`. */
export async function acceptTotp(services: Services, holder: Holder, sealed: string, code: string): Promise<Compilable[]> {
  const { db } = services.store
  const secret = await openOffer(services, holder, sealed)
  const step = stepOf(services, secret, code)
  if (step === null) throw new AppError('code_invalid')
  return [
    db.insertInto('totp').values({
      staff_id: holder.id,
      secret_sealed: await seal(services.config.secret, `totp:${holder.id}`, secret.base32),
      created_at: services.now().toISOString(),
    }),
    spendStep(services, holder.id, secret, step),
  ]
}

/**
 * The statement that uses up this code of the person's: one of the app's, or a recovery code. Its key is unique, so that of the same
 * code sent twice one batch fails on `spent.key`. Throws `code_invalid`.
 */
export async function spendCode(
  services: Services,
  staffId: string,
  code: string,
): Promise<{ kind: 'totp' | 'recovery'; statements: Compilable[] }> {
  const { db } = services.store
  const plain = code.replace(/[\s-]/g, '').toUpperCase()
  if (/^\d{6}$/.test(plain)) {
    const row = await db.selectFrom('totp').select('secret_sealed').where('staff_id', '=', staffId).executeTakeFirst()
    const secret = row && Secret.fromBase32(await unseal(services.config.secret, `totp:${staffId}`, row.secret_sealed))
    const step = secret ? stepOf(services, secret, plain) : null
    if (secret && step !== null) return { kind: 'totp', statements: [spendStep(services, staffId, secret, step)] }
  } else if (plain.length === RECOVERY_LENGTH) {
    const code_hash = recoveryHash(services, staffId, plain)
    const row = await db.selectFrom('recovery_code').select('code_hash').where('code_hash', '=', code_hash).executeTakeFirst()
    if (row)
      return {
        kind: 'recovery',
        statements: [spend(services, `recovery:${code_hash}`), db.deleteFrom('recovery_code').where('code_hash', '=', code_hash)],
      }
  }
  throw new AppError('code_invalid')
}

/** How many recovery codes a person has left. */
export async function countRecoveryCodes(services: Services, staffId: string): Promise<number> {
  const rows = await services.store.db.selectFrom('recovery_code').select('code_hash').where('staff_id', '=', staffId).execute()
  return rows.length
}

/** New recovery codes for a person, to be shown once, and the statements that put them in the place of the old ones. */
export function newRecoveryCodes(services: Services, staffId: string): { codes: string[]; statements: Compilable[] } {
  const { db } = services.store
  const created_at = services.now().toISOString()
  const codes = Array.from({ length: RECOVERY_CODES }, () => base32(services.randomBytes(8), RECOVERY_LENGTH))
  return {
    codes: codes.map((code) => `${code.slice(0, 5)}-${code.slice(5)}`),
    statements: [
      db.deleteFrom('recovery_code').where('staff_id', '=', staffId),
      db
        .insertInto('recovery_code')
        .values(codes.map((code) => ({ code_hash: recoveryHash(services, staffId, code), staff_id: staffId, created_at }))),
    ],
  }
}

/** Marks something as used up: a second batch with the same key fails on `spent.key`. */
export function spend(services: Services, key: string): Compilable {
  return services.store.db.insertInto('spent').values({ key, spent_at: services.now().toISOString() })
}

/** A step belongs to its secret: the first code of a new app is not the last one of the old. */
function spendStep(services: Services, staffId: string, secret: Secret, step: number): Compilable {
  const app = base64url(hmac(services.config.secret, 'totp step', staffId, secret.base32)).slice(0, 12)
  return spend(services, `totp:${staffId}:${app}:${step}`)
}

async function openOffer(services: Services, holder: Holder, sealed: string): Promise<Secret> {
  try {
    const { secret, at } = JSON.parse(await unseal(services.config.secret, `totp offer:${holder.id}`, sealed)) as {
      secret: string
      at: number
    }
    if (services.now().getTime() - at < OFFER_MS) return Secret.fromBase32(secret)
  } catch (error) {
    throw new AppError('signin_expired', { cause: error })
  }
  throw new AppError('signin_expired')
}

/** The time step whose code this is: now's, or a neighbour's for a phone whose clock is off. */
function stepOf(services: Services, secret: Secret, code: string): number | null {
  const plain = code.replace(/\s/g, '')
  if (!/^\d{6}$/.test(plain)) return null
  const timestamp = services.now().getTime()
  const delta = totpOf(services, secret, '').validate({ token: plain, timestamp, window: 1 })
  return delta === null ? null : Math.floor(timestamp / 1_000 / PERIOD_SECONDS) + delta
}

function totpOf(services: Services, secret: Secret, label: string): TOTP {
  const issuer = `Ý Kiến ${new URL(services.config.baseUrl).host}`
  return new TOTP({ issuer, label, secret, period: PERIOD_SECONDS, digits: 6, algorithm: 'SHA1' })
}

/** A person types O for 0 and I or L for 1. */
function recoveryHash(services: Services, staffId: string, code: string): string {
  const plain = code.replaceAll('O', '0').replace(/[IL]/g, '1')
  return base64url(hmac(services.config.secret, 'recovery code', staffId, plain))
}
