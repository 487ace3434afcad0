// How often somebody may try to be a person: counted in the database, by account and network, before anything costly is done.
// A browser that has signed in as the person before is counted apart, so that strangers can slow each other down but never keep
// the person out. Not for: the flood of a network (http/limits.ts).
import { sql } from 'kysely'
import { base64url, equalSecret, hmac } from '../../lib/crypto.ts'
import type { Services } from '../../services.ts'
import type { Compilable } from '../../storage/store.ts'
import { AppError } from '../context.ts'

const MINUTE_MS = 60_000

/** What is tried. A code has a million values, three of them right at a time, so its ceiling is lower. */
const LIMITS = {
  password: { windowMs: 15 * MINUTE_MS, ofNetwork: 5, ofStrangers: 30, ofDevice: 10 },
  code: { windowMs: 60 * MINUTE_MS, ofNetwork: 5, ofStrangers: 10, ofDevice: 15 },
} as const
export type AttemptKind = keyof typeof LIMITS

/** Whose browser asks: its network, a few words about the program, and what it holds for each account it has signed in to. */
export type Visitor = { network: string; agent: string; deviceFor(account: string): string | null; isTrusted?: boolean }

/** The name under which an account is counted, known or not: keyed, so that the table tells no address. */
export function accountKey(services: Services, email: string): string {
  return base64url(hmac(services.config.secret, 'account', email)).slice(0, 22)
}

/** What a browser is given that has signed in to an account: worthless for any other account, and no sign-in by itself. */
export function deviceTokenFor(services: Services, account: string): string {
  const id = base64url(services.randomBytes(12))
  return `${id}.${signatureOf(services, account, id)}`
}

/** Counts one try and throws `rate_limited` when there were too many; what is refused is not tried at all. */
export async function takeAttempt(services: Services, kind: AttemptKind, account: string, visitor: Visitor): Promise<void> {
  const limits = LIMITS[kind]
  const now = services.now()
  const { db } = services.store
  const windowStart = new Date(now.getTime() - limits.windowMs).toISOString()
  // One after the other: what a network was refused does not count among strangers, or one of them could use up everybody's tries.
  for (const { key, most } of countersOf(services, kind, account, visitor)) {
    const [result] = await services.store.batch([
      db
        .insertInto('attempt')
        .values({ key, tries: 1, since: now.toISOString() })
        .onConflict((conflict) =>
          conflict.column('key').doUpdateSet({
            tries: sql`CASE WHEN attempt.since <= ${windowStart} THEN 1 ELSE attempt.tries + 1 END`,
            since: sql`CASE WHEN attempt.since <= ${windowStart} THEN excluded.since ELSE attempt.since END`,
          }),
        )
        .returning(['tries', 'since']),
    ])
    const [row] = (result?.rows ?? []) as { tries: number; since: string }[]
    if (!row || Number(row.tries) <= most) continue
    const seconds = Math.max(1, Math.ceil((Date.parse(row.since) + limits.windowMs - now.getTime()) / 1_000))
    throw new AppError('rate_limited', { retryAfter: seconds, values: { n: seconds } })
  }
}

/** Forgets what this browser tried, since it was the person after all; what strangers tried from elsewhere stays counted. */
export function forgetAttempts(services: Services, account: string, visitor: Visitor): Compilable {
  const keys = (Object.keys(LIMITS) as AttemptKind[]).flatMap((kind) => countersOf(services, kind, account, visitor).map(({ key }) => key))
  const own = keys.filter((key) => !key.endsWith(':all'))
  return services.store.db.deleteFrom('attempt').where('key', 'in', own)
}

/** Removes counters whose time is long over. */
export function purgeAttempts(services: Services, before: string): Compilable {
  return services.store.db.deleteFrom('attempt').where('since', '<', before)
}

function countersOf(services: Services, kind: AttemptKind, account: string, visitor: Visitor): { key: string; most: number }[] {
  const { ofNetwork, ofStrangers, ofDevice } = LIMITS[kind]
  const device = knownDevice(services, account, visitor)
  if (device !== null) return [{ key: `${kind}:${account}:${device}`, most: ofDevice }]
  const network = base64url(hmac(services.config.secret, 'attempt network', account, visitor.network)).slice(0, 22)
  const ofThis = { key: `${kind}:${account}:${network}`, most: ofNetwork }
  // Whoever holds a link of the person, handed over in private, is not counted among strangers.
  return visitor.isTrusted ? [ofThis] : [ofThis, { key: `${kind}:${account}:all`, most: ofStrangers }]
}

function knownDevice(services: Services, account: string, visitor: Visitor): string | null {
  const [id = '', signature = ''] = (visitor.deviceFor(account) ?? '').split('.')
  return /^[\w-]{16}$/.test(id) && equalSecret(signature, signatureOf(services, account, id)) ? id : null
}

function signatureOf(services: Services, account: string, id: string): string {
  return base64url(hmac(services.config.secret, 'device', account, id))
}
