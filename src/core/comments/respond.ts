// What readers do with a published comment beside answering it: like it, take that back, report it. Neither is a version of the comment.
// Not for: what staff do with reports (moderation/reports.ts).
import { sql } from 'kysely'
import { z } from 'zod'
import type { Compilable } from '../../storage/store.ts'
import { AppError, allow, type Ctx } from '../context.ts'
import { audited, commit } from '../record.ts'
import { threadOf, touchForLikes } from '../threads.ts'
import { keyed } from './author.ts'
import { acceptLine } from './text.ts'

/** Who asks, as far as a reader without an account is known: a token of the browser's own, else its network and agent. */
export type Reader = { token: string | null; network: string; agent: string }

export type Liked = { likes: number; liked: boolean }
export type Reported = { reported: true }

/** Likes of one comment that one network may add in a day. A carrier hides a town behind one address, a script hides behind one too. */
const LIKES_PER_NETWORK_A_DAY = 300
/** Open reports of one comment that are kept: the first ones say what is to be said, and nobody reads more. */
const REPORTS_KEPT = 200
const MAX_REPORT_GRAPHEMES = 500
const DAY_MS = 86_400_000
const HOUR_SECONDS = 3_600

/** Why a reader reports a comment: the coded reasons for not publishing that a passer-by can judge. */
export const REPORT_REASONS = [
  'insult',
  'profanity',
  'ads',
  'gambling',
  'scam',
  'false',
  'privacy',
  'child',
  'illegal',
  'hate',
  'imperson',
  'other',
] as const
export type ReportReason = (typeof REPORT_REASONS)[number]

export const ReportInput = z.strictObject({ reason: z.enum(REPORT_REASONS), text: z.string().optional() })

/**
 * Likes a published comment, once per reader; again gives the same answer. Throws `not_found` for what is not public and
 * `rate_limited` when too many likes of it came from one network.
 */
export async function like(ctx: Ctx, commentId: string, reader: Reader): Promise<Liked> {
  allow(ctx, 'comment.like')
  const now = ctx.services.now()
  const network = keyed(ctx, 'network', commentId, reader.network)
  const since = new Date(now.getTime() - DAY_MS).toISOString()
  const voter = voterOf(ctx, commentId, reader)
  const comment = await findPublic(ctx, commentId, voter, { network, since })
  if (comment.isLiked) return { likes: comment.likes, liked: true }
  if (ctx.services.config.limits && comment.fromNetwork >= LIKES_PER_NETWORK_A_DAY)
    throw new AppError('rate_limited', { retryAfter: HOUR_SECONDS, values: { n: HOUR_SECONDS } })
  return recounted(ctx, comment, true, [
    ctx.services.store.db
      .insertInto('comment_like')
      .values({ id: ctx.services.newId(), comment_id: commentId, voter, network, created_at: now.toISOString() })
      .onConflict((conflict) => conflict.columns(['comment_id', 'voter']).doNothing()),
  ])
}

/** Takes one's like back; without one it gives the same answer. Throws `not_found` for what is not public. */
export async function unlike(ctx: Ctx, commentId: string, reader: Reader): Promise<Liked> {
  allow(ctx, 'comment.like')
  const voter = voterOf(ctx, commentId, reader)
  const comment = await findPublic(ctx, commentId, voter)
  if (!comment.isLiked) return { likes: comment.likes, liked: false }
  return recounted(ctx, comment, false, [
    ctx.services.store.db.deleteFrom('comment_like').where('comment_id', '=', commentId).where('voter', '=', voter),
  ])
}

/**
 * Reports a published comment to the staff, once per reader; again gives the same answer and changes nothing. Of the reporter nothing
 * is kept but a keyed hash. Throws `not_found` for what is not public, `report_text_invalid` for more than 500 graphemes.
 */
export async function report(ctx: Ctx, commentId: string, raw: unknown, reader: Reader): Promise<Reported> {
  allow(ctx, 'comment.report')
  const input = ReportInput.parse(raw)
  const text = acceptLine(input.text, { max: MAX_REPORT_GRAPHEMES, code: 'report_text_invalid', pointer: '/text' })
  const { newId, now, store } = ctx.services
  const reporter = keyed(ctx, 'report', commentId, ...partsOf(reader))
  const comment = await findPublic(ctx, commentId, '')
  const earlier = await store.db
    .selectFrom('report')
    .select('id')
    .where('comment_id', '=', commentId)
    .where('reporter', '=', reporter)
    .executeTakeFirst()
  if (earlier || comment.openReports >= REPORTS_KEPT) return { reported: true }
  const id = newId()
  await commit(ctx, [
    store.db
      .insertInto('report')
      .values({
        id,
        site_id: ctx.site.id,
        comment_id: commentId,
        reporter,
        reason: input.reason,
        body: text,
        created_at: now().toISOString(),
      })
      .onConflict((conflict) => conflict.columns(['comment_id', 'reporter']).doNothing()),
    recountReports(ctx, commentId),
    audited(ctx, 'comment.report', { kind: 'comment', id: commentId }, { report: id, reason: input.reason }),
  ])
  return { reported: true }
}

/** Counts a comment's open reports anew, as they are at this point of the batch. */
export function recountReports(ctx: Ctx, commentId: string) {
  return ctx.services.store.db
    .updateTable('comment')
    .set({ open_reports: sql<number>`(SELECT count(*) FROM report WHERE report.comment_id = ${commentId} AND report.handled_at IS NULL)` })
    .where('id', '=', commentId)
}

type Public = { id: string; threadId: string; likes: number; openReports: number; isLiked: boolean; fromNetwork: number }

/** A comment that readers see, with what one voter and one network did to it, in one look-up. Throws `not_found`. */
async function findPublic(ctx: Ctx, id: string, voter: string, from?: { network: string; since: string }): Promise<Public> {
  const row = await ctx.services.store.db
    .selectFrom('comment')
    .leftJoin('comment as root', 'root.id', 'comment.parent_id')
    .select(['comment.id', 'comment.thread_id', 'comment.likes', 'comment.open_reports'])
    .select((is) => [
      is
        .selectFrom('comment_like')
        .select((pick) => pick.fn.countAll<number>().as('n'))
        .where('comment_like.comment_id', '=', id)
        .where('comment_like.voter', '=', voter)
        .as('liked'),
      is
        .selectFrom(
          is
            .selectFrom('comment_like')
            .select('voter')
            .where('comment_like.comment_id', '=', id)
            .where('comment_like.network', '=', from?.network ?? '')
            .where('comment_like.created_at', '>', from?.since ?? '')
            .limit(LIKES_PER_NETWORK_A_DAY)
            .as('bounded'),
        )
        .select((pick) => pick.fn.countAll<number>().as('n'))
        .as('from_network'),
    ])
    .where('comment.id', '=', id)
    .where('comment.site_id', '=', ctx.site.id)
    .where('comment.public_revision_id', 'is not', null)
    .where('comment.hidden_at', 'is', null)
    .where((is) => is.or([is('comment.parent_id', 'is', null), is('root.published_at', 'is not', null)]))
    .executeTakeFirst()
  if (!row) throw new AppError('not_found')
  return {
    id: row.id,
    threadId: row.thread_id,
    likes: row.likes,
    openReports: row.open_reports,
    isLiked: Number(row.liked ?? 0) > 0,
    fromNetwork: Number(row.from_network ?? 0),
  }
}

/**
 * Changes the likes and counts them anew in one batch, the thread's row before the comment's. The number is the count and never a sum of
 * steps, so no storm can bend it. A like leaves no audit row: it has one of its own, and is nobody's act that can be named.
 */
async function recounted(ctx: Ctx, comment: Public, liked: boolean, changes: readonly Compilable[]): Promise<Liked> {
  const results = await commit(ctx, [
    touchForLikes(ctx, threadOf(comment)),
    ...changes,
    ctx.services.store.db
      .updateTable('comment')
      .set({ likes: sql<number>`(SELECT count(*) FROM comment_like WHERE comment_like.comment_id = ${comment.id})` })
      .where('id', '=', comment.id)
      .returning('likes'),
  ])
  return { likes: Number(results.at(-1)?.rows[0]?.likes ?? comment.likes), liked }
}

function voterOf(ctx: Ctx, commentId: string, reader: Reader): string {
  return keyed(ctx, 'like', commentId, ...partsOf(reader))
}

function partsOf(reader: Reader): string[] {
  return reader.token === null ? [reader.network, reader.agent] : [reader.token]
}
