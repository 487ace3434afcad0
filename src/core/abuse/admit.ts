// Whether a post goes on: at once, after a challenge, or not before some time. It weighs what memory and database know and never judges a
// text. Not for: the numbers (pressure.ts) or the challenges themselves (challenge.ts, question.ts).
import { type RawBuilder, sql } from 'kysely'
import type { Compilable } from '../../storage/store.ts'
import { readerHash } from '../comments/author.ts'
import { AppError, type Ctx } from '../context.ts'
import { commit } from '../record.ts'
import { type BanKind, type Banned, banHashes, bannedUntil, refuseBanned } from './ban.ts'
import { type Challenge, checkWork, newChallenge, type Subject, useWork, type Work } from './challenge.ts'
import { floodGoesOn, floodTook } from './flood.ts'
import { AT_EASE, type Networks, SCOPES, type Scope, type Verdict, type Weigh } from './pressure.ts'
import { checkAnswer } from './question.ts'

/** Who sends, as far as a door knows; `answer` is that to the question which stands for a challenge on the page without script. */
export type Sender = { token: string | null; networks: Networks; weigh: Weigh; answer?: { token: string; text: string } }

/**
 * What the look-up for a post's thread brings along: comments that arrived lately, as one number each, the article's open flood, and until
 * when the sender is or was banned.
 */
export type Lately = {
  ofSite: number
  ofThread: number
  floodUntil: string | null
  bannedUntil: string | null
  rejected: number
  rejectedNearby: number
}

/** What an admitted post takes with it: statements for its batch, whether its article is in flood, and whether its sender was banned before. */
export type Admission = { isFlooded: boolean; wasBanned: boolean; statements: Compilable[] }

/** Within how long comments count as having arrived lately; memory counts by itself, this is for services that share a database only. */
const LATELY_MS = 2 * 60_000
/** How long a rejection is remembered against the next comment of the same reader or network, and how many are counted. */
const REJECTED_MS = 30 * 86_400_000
const MOST_REJECTED = 9
/** Comments counted at most: as many as make a site busy. */
const MOST_LATELY = SCOPES.site.easy.burst

/** What {@link latelyColumns} needs to know of a sender, as values of a look-up, and what that look-up is made of. */
export function latelyOf(ctx: Ctx, sender: Banned) {
  const { services, site } = ctx
  const ago = (ms: number) => new Date(services.now().getTime() - ms).toISOString()
  const hashes = banHashes(ctx, sender)
  const kinds = Object.keys(hashes) as BanKind[]
  return {
    shape: `lately of ${kinds.join()}`,
    kinds,
    values: { siteId: site.id, since: ago(LATELY_MS), rejectedSince: ago(REJECTED_MS), ...hashes },
  }
}

type Asked = ReturnType<typeof latelyOf>

/**
 * The columns of {@link Lately}, for a query that has `thread`: how many comments wait that arrived lately, in the site and under the
 * thread. Those that were decided on meanwhile are not counted: the queue's indexes hold all that is asked, and no comment is read for it.
 */
export function latelyColumns({ kinds }: Asked, values: Asked['values']) {
  const recent = (place: RawBuilder<unknown>) => sql<number>`(SELECT count(*) FROM (SELECT 1 FROM comment
    WHERE comment.site_id = ${values.siteId} AND comment.state = 'pending'${place} AND comment.received_at > ${values.since} LIMIT ${sql.lit(MOST_LATELY)}) AS recent)`
  // The date is wrapped so that SQLite goes by the index of the hash: by the queue's own it would walk through a month of rejected comments.
  const rejected = (column: 'reader_hash' | 'network_hash', hash: string | undefined) =>
    hash === undefined
      ? sql<number>`0`
      : sql<number>`(SELECT count(*) FROM (SELECT 1 FROM comment WHERE site_id = ${values.siteId} AND ${sql.ref(column)} = ${hash}
          AND state IN ('rejected', 'spam') AND coalesce(received_at, '') > ${values.rejectedSince} LIMIT ${sql.lit(MOST_REJECTED)}) AS rejected)`
  return [
    recent(sql``).as('lately_of_site'),
    recent(sql` AND comment.thread_id = thread.id`).as('lately_of_thread'),
    sql<string | null>`(SELECT lasts_until FROM flood WHERE flood.thread_id = thread.id AND flood.ended_at IS NULL)`.as('flood_until'),
    bannedUntil(
      values.siteId,
      kinds.map((kind) => values[kind] ?? ''),
    ).as('banned_until'),
    rejected('reader_hash', values.reader).as('rejected_lately'),
    rejected('network_hash', values.network).as('rejected_nearby'),
  ] as const
}

/** {@link Lately} from a row with its columns. */
export function toLately(
  row:
    | {
        lately_of_site: number | string
        lately_of_thread: number | string
        flood_until: string | null
        banned_until: string | null
        rejected_lately: number | string
        rejected_nearby: number | string
      }
    | undefined,
): Lately {
  return {
    ofSite: Number(row?.lately_of_site ?? 0),
    ofThread: Number(row?.lately_of_thread ?? 0),
    floodUntil: row?.flood_until ?? null,
    bannedUntil: row?.banned_until ?? null,
    rejected: Number(row?.rejected_lately ?? 0),
    rejectedNearby: Number(row?.rejected_nearby ?? 0),
  }
}

/**
 * Lets a post pass, or throws: `banned`; `rate_limited` far above every honest pace; `challenge_required` where site, address, browser, article or
 * service is busy and no solved challenge came with it; `challenge_invalid`, `challenge_expired` or `answer_wrong` for one that does
 * not hold. These carry a fresh challenge for the same text. `threadId` is null for an article without comments.
 */
export async function admit(
  ctx: Ctx,
  sender: Sender,
  post: { subject: Subject; solution: string | null; threadId: string | null; lately: Lately },
): Promise<Admission> {
  const { services } = ctx
  const { subject, threadId, lately } = post
  const wasBanned = refuseBanned(ctx, lately.bannedUntil)
  if (!services.config.limits) return { isFlooded: false, wasBanned, statements: [] }
  const shown = await workOf(ctx, sender, subject, post.solution)
  const work = 'work' in shown ? shown.work : null
  const verdict = await sender.weigh(askedOf(ctx, sender, subject.article, work))
  if (verdict.wait > 0) services.meters.refusals.add('post')
  if (verdict.wait > 0) throw new AppError('rate_limited', { retryAfter: verdict.wait, values: { n: verdict.wait } })

  const { busy, hardness, isFlooded, isBeginning } = busyOf(ctx, verdict, lately)
  const tell = verdict.tell ?? (isBeginning ? { refused: 0 } : null)
  const isNew = lately.floodUntil === null
  if (tell !== null && isNew && threadId !== null) services.meters.floods.add('began')

  const isRefused = 'refusal' in shown || (busy.size > 0 && work === null)
  if (isRefused) {
    if (tell !== null && threadId !== null) await commit(ctx, floodGoesOn(ctx, threadId, { taken: 0, refused: tell.refused, isNew }))
    const code = 'refusal' in shown ? shown.refusal.code : 'challenge_required'
    if (code === 'challenge_required') for (const scope of busy) services.meters.challenges.add(scope)
    const page = questionPage(ctx, subject.article)
    throw new AppError(code, { values: { page }, members: { challenge: await newChallenge(ctx, subject, hardness), page } })
  }
  if (work !== null) services.meters.challengeAnswers.add(post.solution === null ? 'answered' : 'solved')
  return {
    isFlooded,
    wasBanned,
    statements: [
      ...(work === null ? [] : [useWork(ctx, work)]),
      ...(threadId === null || !isFlooded
        ? []
        : tell === null
          ? [floodTook(ctx, threadId)]
          : floodGoesOn(ctx, threadId, { taken: 1, refused: tell.refused, isNew })),
    ],
  }
}

/** Where whose browser cannot solve a challenge answers a question instead: the page without script of an article. */
export function questionPage({ services, site }: Ctx, article: string): string {
  return `${services.config.baseUrl}/r/${site.slug}?${new URLSearchParams({ key: article })}`
}

/** A challenge for a text that has not been sent yet, as hard as things are now, and whether sending it would need one. */
export async function offerChallenge(
  ctx: Ctx,
  sender: Sender,
  post: { article: string; body: string | null; lately: Lately },
): Promise<{ required: boolean; challenge: Challenge | null }> {
  const { article, body, lately } = post
  const { busy, hardness } = ctx.services.config.limits
    ? busyOf(ctx, await sender.weigh({ ...askedOf(ctx, sender, article, null), isLook: true }), lately)
    : { ...AT_EASE, busy: new Set() }
  return { required: busy.size > 0, challenge: body === null ? null : await newChallenge(ctx, { article, body }, hardness) }
}

/** What asks for a challenge, and how hard: what this service's memory finds busy, and what the database does, for services started apart. */
function busyOf(ctx: Ctx, verdict: Verdict, lately: Lately) {
  const isBeginning = lately.ofThread >= SCOPES.article.easy.burst && lately.floodUntil === null
  const isOpen = lately.floodUntil !== null && lately.floodUntil > ctx.services.now().toISOString()
  const isFlooded = verdict.busy.includes('article') || isOpen || isBeginning
  const busy = new Set<Scope>(verdict.busy)
  if (isFlooded) busy.add('article')
  if (lately.ofSite >= MOST_LATELY) busy.add('site')
  const hardness = verdict.hardness * 2 ** (busy.size - verdict.busy.length)
  return { busy, hardness, isFlooded, isBeginning }
}

/** The work that came with a post, null for none, or why it does not hold. */
async function workOf(
  ctx: Ctx,
  { answer }: Sender,
  subject: Subject,
  solution: string | null,
): Promise<{ work: Work | null } | { refusal: AppError }> {
  try {
    if (solution !== null) return { work: await checkWork(ctx, solution, subject) }
    return { work: answer ? checkAnswer(ctx, subject.article, answer.token, answer.text) : null }
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    ctx.services.meters.challengeAnswers.add(error.code)
    return { refusal: error }
  }
}

function askedOf(ctx: Ctx, { token, networks }: Sender, article: string, work: Work | null) {
  return {
    ...networks,
    reader: token === null ? null : readerHash(ctx, token),
    site: ctx.site.id,
    article,
    work: work?.hash ?? null,
  }
}
