// Passwords: which are good enough, and how one is kept: as scrypt of a keyed hash, so that neither the database alone nor a list of
// common passwords is of use to whoever steals it. Not for: how often one may be tried (attempts.ts).
import { base64url, equalSecret, fromBase64url, hmac } from '../../lib/crypto.ts'
import { type HashCost, HashQueueFull, type Services } from '../../services.ts'
import { AppError, faulty } from '../context.ts'
import { fold } from '../screening/vietnamese.ts'

/** OWASP's scrypt row that fits a Worker's memory: 16 MiB, about 150 ms. */
const COST: HashCost = { n: 2 ** 14, r: 8, p: 5 }
const SALT_BYTES = 16
/** Beside a second factor twelve are enough, and a sentence of a few words has them (ASVS 6.2.1). */
export const MIN_PASSWORD_LENGTH = 12
/** Longer ones are refused, not cut; it bounds what is hashed. */
const MAX_PASSWORD_BYTES = 1_024
/** When passwords wait in line, most of the line is gone by then. */
const QUEUE_RETRY_SECONDS = 5

/** What the commonest passwords are made of, folded: what is left of one without these must still be something. */
const COMMON_PARTS =
  /passw(?:or|0r)d|p[a@4]ssw[o0]rd|matkhau|mat khau|qwerty(?:uiop)?|asdfgh(?:jkl)?|zxcvbn(?:m)?|iloveyou|anhyeuem|emyeuanh|toiyeu|admin(?:istrator)?|root|welcome|letmein|dragon|monkey|football|vietnam|hanoi|saigon|hochiminh|phuong|ubnd|abcdefgh?|abc|0?1234567890?|123456789|12345678|1234567|123456|12345|1234|123|987654321|654321|(?:19|20)\d\d/g

/** Refuses a password that is too short, too long, or easy to guess for somebody who knows this about the person. Throws `validation`. */
export function requireGoodPassword(password: string, pointer: string, known: readonly string[]): void {
  if ([...password].length < MIN_PASSWORD_LENGTH) throw faulty('password_short', pointer, { n: MIN_PASSWORD_LENGTH })
  if (new TextEncoder().encode(password).length > MAX_PASSWORD_BYTES) throw faulty('password_long', pointer)
  const plain = fold(password).toLowerCase()
  const parts = known
    .flatMap((text) =>
      fold(text)
        .toLowerCase()
        .split(/[^a-z0-9]+/),
    )
    .filter((part) => part.length >= 3)
  const rest = parts.reduce((left, part) => left.replaceAll(part, ''), plain.replace(COMMON_PARTS, ''))
  // Four different characters beside words and years that everybody tries first, and no short piece said over and over.
  const isPoor = new Set(rest.replace(/[^\p{L}\p{N}]/gu, '')).size < 4 || /^(.{1,4})\1+.{0,3}$/su.test(plain)
  if (isPoor) throw faulty('password_weak', pointer)
}

/** The hash to keep: `scrypt$N$r$p$salt$key`. Throws `rate_limited` while too many wait. */
export async function hashOf(services: Services, password: string): Promise<string> {
  const salt = services.randomBytes(SALT_BYTES)
  const key = await derive(services, password, salt, COST)
  return `scrypt$${COST.n}$${COST.r}$${COST.p}$${base64url(salt)}$${base64url(key)}`
}

/** Whether the password is the one of this hash. With null the same work is done and the answer is no. Throws as {@link hashOf}. */
export async function isPassword(services: Services, password: string, hash: string | null): Promise<boolean> {
  const [kind, n, r, p, salt, key] = (hash ?? '').split('$')
  const bytes = fromBase64url(salt ?? '')
  const isKnown = kind === 'scrypt' && bytes !== null && key !== undefined
  const cost = isKnown ? { n: Number(n), r: Number(r), p: Number(p) } : COST
  if (password.length > MAX_PASSWORD_BYTES) return false
  const derived = await derive(services, password, isKnown ? bytes : new Uint8Array(SALT_BYTES), cost)
  return isKnown && equalSecret(base64url(derived), key)
}

async function derive(services: Services, password: string, salt: Uint8Array, cost: HashCost): Promise<Uint8Array> {
  // NFC, since the same keys give other code points on another machine.
  const keyed = base64url(hmac(services.config.secret, 'password', password.normalize('NFC')))
  try {
    return await services.hashPassword(keyed, salt, cost)
  } catch (error) {
    if (!(error instanceof HashQueueFull)) throw error
    throw new AppError('rate_limited', { retryAfter: QUEUE_RETRY_SECONDS, values: { n: QUEUE_RETRY_SECONDS }, cause: error })
  }
}
