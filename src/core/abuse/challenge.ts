// The proof of work that a busy place asks for: an ALTCHA challenge, signed, bound to site, article and text, good for ten minutes and for
// one comment. Not for: when it is asked for (admit.ts) or how a browser solves it (widget/solver.ts).
import { createChallenge, verifySolution } from 'altcha-lib'
import { z } from 'zod'
import { base64url, hmac, sha256, sha256Bytes } from '../../lib/crypto.ts'
import type { Services } from '../../services.ts'
import { insertRow } from '../../storage/store.ts'
import { AppError, type Ctx } from '../context.ts'

/** What a challenge is bound to: the article's key and the SHA-256 of the text as it is sent, in hex. */
export type Subject = { article: string; body: string }

/** Work that was done: the hash under which its use is kept, and until when it could be shown again. */
export type Work = { hash: string; expiresAt: string }

/**
 * Hashes that solving takes at most at hardness 1, half of them on average: a tenth of a second on a desk's computer, about a second on a
 * phone of 2016.
 */
const TRIES = 100_000
const LASTS_MS = 10 * 60_000
const ALGORITHM = 'SHA-256'

const Hex = z.string().regex(/^(?:[0-9a-f]{2})+$/)
const Data = z.strictObject({ site: z.string(), article: z.string(), body: z.string(), until: z.string() })
const Parameters = z.strictObject({
  algorithm: z.literal(ALGORITHM),
  cost: z.literal(1),
  data: Data,
  keyLength: z.literal(32),
  keyPrefix: Hex.length(32),
  nonce: Hex.length(32),
  salt: Hex.length(32),
})
const Payload = z.object({
  challenge: z.object({ parameters: Parameters, signature: Hex.length(64) }),
  solution: z.object({ counter: z.number().int().min(0).max(0xffff_ffff), derivedKey: Hex.length(64) }),
})

/** A challenge as the reader API gives it: ALTCHA's second version. */
export const ChallengeShape = z.object({ parameters: Parameters, signature: z.string() })
export type Challenge = z.infer<typeof ChallengeShape>

/** The longest solution taken; one is about 700 characters. */
export const MAX_SOLUTION_LENGTH = 2_000

/** A fresh challenge for a text under an article of the context's site. `hardness` is a factor on the work. */
export async function newChallenge(ctx: Ctx, subject: Subject, hardness: number): Promise<Challenge> {
  const { services, site } = ctx
  const until = new Date(services.now().getTime() + LASTS_MS).toISOString()
  const made = await createChallenge({
    algorithm: ALGORITHM,
    cost: 1,
    counter: below(TRIES * hardness, services),
    data: { site: site.id, article: sha256(subject.article), body: subject.body, until },
    deriveKey,
    hmacSignatureSecret: keyOf(services),
  })
  return ChallengeShape.parse(made)
}

/**
 * Checks a solution: base64 of the challenge and its counter, as ALTCHA's clients send it. Throws `challenge_invalid` when it is not ours,
 * not solved, or for another site, article or text, and `challenge_expired`. That it was used is found by the batch that uses it.
 */
export async function checkWork(ctx: Ctx, solution: string, subject: Subject): Promise<Work> {
  const { services, site } = ctx
  const parsed = Payload.safeParse(decoded(solution))
  if (!parsed.success) throw new AppError('challenge_invalid')
  const { challenge, solution: found } = parsed.data
  const { verified } = await verifySolution({ challenge, solution: found, deriveKey, hmacSignatureSecret: keyOf(services) })
  const { data } = challenge.parameters
  const isOurs = verified && data.site === site.id && data.article === sha256(subject.article) && data.body === subject.body
  if (!isOurs) throw new AppError('challenge_invalid')
  if (data.until <= services.now().toISOString()) throw new AppError('challenge_expired')
  return { hash: sha256(challenge.signature), expiresAt: data.until }
}

/** The row that uses work up; a second use breaks the batch on `challenge_use.hash`. */
export function useWork(ctx: Ctx, work: Work) {
  return insertRow(ctx.services.store.db, 'challenge_use', { hash: work.hash, expires_at: work.expiresAt })
}

/** Forgets used work that has expired anyway. All at once, so nothing is ever left to do. */
export async function purgeUsedWork({ store, now }: Services): Promise<boolean> {
  await store.batch([store.db.deleteFrom('challenge_use').where('expires_at', '<=', now().toISOString())])
  return false
}

/** A key of its own, so that no challenge can stand for another thing that is signed with the secret. */
function keyOf({ config }: Services): string {
  return base64url(hmac(config.secret, 'challenge'))
}

async function deriveKey(_parameters: unknown, salt: Uint8Array, password: Uint8Array): Promise<{ derivedKey: Uint8Array }> {
  const both = new Uint8Array(salt.length + password.length)
  both.set(salt)
  both.set(password, salt.length)
  return { derivedKey: sha256Bytes(both) }
}

/** A random number from 0 to below `limit`; the remainder's bias, of 2^32 to a million, helps nobody. */
function below(limit: number, { randomBytes }: Services): number {
  return new DataView(randomBytes(4).buffer).getUint32(0) % limit
}

function decoded(solution: string): unknown {
  try {
    return JSON.parse(atob(solution))
  } catch {
    return null
  }
}
