// Command of the people who judge: deciding, each with the official reply that may go out beside an approval.
// A decision names the version and so the revision it judged; `unique(comment_id, from_version)` lets one of two win.
import { z } from 'zod'
import { sha256 } from '../../lib/crypto.ts'
import { type Comment, findComment } from '../comments/comment.ts'
import { acceptMasks, MAX_MASKS, type Mask, masksColumn, masksOf } from '../comments/masks.ts'
import { callOff, findSettled, publish, remove, schedule, settle, takeOff } from '../comments/publish.ts'
import { isPublic, nextState, outwardEffect, REASONS, type State, VERDICTS, type Verdict } from '../comments/states.ts'
import { AppError, actorColumns, allow, type Ctx, type ErrorCode } from '../context.ts'
import { announce, audited, commit, retrying } from '../record.ts'
import { threadOf } from '../threads.ts'
import { acceptReply, issueReply, ReplyInput, windowEnd } from './reply.ts'
import { handleReports } from './reports.ts'
import { MAX_ITEMS, takingBackBeside } from './undo.ts'

const MAX_NOTE_LENGTH = 2_000

const Words = z
  .string()
  .max(MAX_NOTE_LENGTH)
  .refine((text) => text.isWellFormed() && !text.includes('\u0000'))

const DecideItem = z
  .strictObject({
    comment: z.string().min(1).max(64),
    version: z.number().int().min(1),
    verdict: z.enum(VERDICTS),
    reason: z.enum(REASONS).optional(),
    /** What the sender reads beside the coded reason. */
    reason_text: Words.optional(),
    /** For colleagues only. */
    note: Words.optional(),
    /** Parts of the judged text that the public does not read, as UTF-16 offsets [start, end). Left out, what was hidden stays hidden. */
    masks: z
      .array(z.tuple([z.number().int(), z.number().int()]))
      .max(MAX_MASKS)
      .optional(),
    /** What the agency answers, published with the approval. */
    reply: ReplyInput.optional(),
  })
  .refine((item) => item.verdict === 'approve' || item.reply === undefined, { path: ['reply'] })
  .refine((item) => item.verdict === 'approve' || item.masks === undefined, { path: ['masks'] })
  .refine((item) => item.verdict !== 'reject' || item.reason !== undefined, { path: ['reason'], params: { code: 'reason_required' } })

export const DecideInput = z.strictObject({ items: z.array(DecideItem).min(1).max(MAX_ITEMS) })
type DecideItem = z.infer<typeof DecideItem>

export type Outcome = {
  comment: string
  status: 'done' | 'conflict' | 'refused'
  /** The decision taken, or the one that won. */
  decision: string | null
  state: State | null
  version: number | null
  /** Who decided, for a conflict; null when the sender changed the text. */
  by: string | null
  at: string | null
  /** Until when the decision can be undone; null when it cannot. */
  undo_until: string | null
  code: ErrorCode | null
  /** The official reply published with an approval. */
  reply: string | null
}

type Request = { key: string | null; hash: string }
type WaitingPublication = { id: string; state_before: string | null; revision_id: string; masks: string | null }

/**
 * Takes decisions, each by itself: an outcome per item, in the order given. With an idempotency key a repeated request
 * gets the outcomes of the first; the same key with other items throws `idempotency_mismatch`. Throws `not_found` when
 * none of the comments is the site's. `requestHash` tells requests apart that name no items (bulk.ts).
 */
export async function decide(ctx: Ctx, raw: unknown, idempotencyKey: string | null, requestHash?: string): Promise<Outcome[]> {
  allow(ctx, 'comment.decide')
  const { items } = DecideInput.parse(raw)
  if (items.some((item) => item.reply !== undefined)) allow(ctx, 'reply.publish')
  // Before the first decision, so that a fault in the last reply leaves none half done.
  for (const [index, item] of items.entries()) if (item.reply) acceptReply(ctx, item.reply, `/items/${index}/reply`)
  const request = { key: idempotencyKey, hash: requestHash ?? sha256(JSON.stringify(items)) }
  await refuseOtherRequest(ctx, request)
  const outcomes: Outcome[] = []
  for (const item of items) {
    const outcome = await decideOne(ctx, item, request)
    ctx.services.meters.decisions.add(item.verdict, outcome.status)
    outcomes.push(outcome)
  }
  if (outcomes.every((outcome) => outcome.code === 'not_found')) throw new AppError('not_found')
  return outcomes
}

async function refuseOtherRequest(ctx: Ctx, request: Request): Promise<void> {
  if (request.key === null) return
  const earlier = await ctx.services.store.db
    .selectFrom('fact')
    .select('request_hash')
    .where('site_id', '=', ctx.site.id)
    .where('actor_id', '=', actorColumns(ctx.actor).actor_id)
    .where('request_key', '=', request.key)
    .limit(1)
    .executeTakeFirst()
  if (earlier && earlier.request_hash !== request.hash) throw new AppError('idempotency_mismatch')
}

async function decideOne(ctx: Ctx, item: DecideItem, request: Request): Promise<Outcome> {
  try {
    return await retrying(() => rule(ctx, item, request))
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'conflict') return lost(ctx, item, request)
    if (error.code === 'not_found') return refused(item, null, 'not_found')
    if (error.code === 'illegal_transition' || error.code === 'forbidden' || error.code === 'masks_invalid')
      return refused(item, await findComment(ctx, item.comment), error.code)
    throw error
  }
}

/** Rules on one comment. Throws `conflict` when another fact took its version first; nothing is written then. */
async function rule(ctx: Ctx, item: DecideItem, request: Request): Promise<Outcome> {
  const { services } = ctx
  const { db } = services.store
  const comment = await findSettled(ctx, item.comment)
  if (comment.version !== item.version) throw new AppError('conflict')
  // What the agency says is published by those who may speak for it, also after it was hidden.
  if (comment.official !== null && item.verdict === 'approve') allow(ctx, 'reply.publish')
  const waiting = await waitingPublications(ctx, comment)
  const replaced = waiting.find((publication) => publication.revision_id === comment.revisionId) ?? null
  const standing = { ...comment, state: (replaced?.state_before as State | undefined) ?? comment.state }
  const state = nextState(standing, item.verdict, item.masks !== undefined)
  const effect = outwardEffect(standing, item.verdict)
  // What takes a comment away also takes away an approval of an earlier text that has not taken effect.
  const calledOff = effect === 'off' || item.verdict === 'seal' ? waiting : replaced === null ? [] : [replaced]

  const now = services.now()
  const at = now.toISOString()
  const id = services.newId()
  const takesEffectAt = item.verdict === 'seal' ? null : windowEnd(ctx, now)
  const body = effect === 'publish' && (takesEffectAt === null || item.masks) ? await bodyOf(ctx, comment.revisionId) : ''
  const masks = effect !== 'publish' ? [] : item.masks ? acceptMasks(body, item.masks) : masksKept(comment, replaced)
  const issue = { at, takesEffectAt, besideId: id, requestKey: null, requestHash: request.hash }
  const answer = item.reply ? issueReply(ctx, comment, acceptReply(ctx, item.reply, '/reply'), issue) : null
  const takenBack = await Promise.all(calledOff.map((publication) => takingBackBeside(ctx, publication.id)))

  await commit(ctx, [
    db.insertInto('fact').values({
      id,
      site_id: ctx.site.id,
      comment_id: comment.id,
      from_version: comment.version,
      kind: 'decision',
      revision_id: comment.revisionId,
      verdict: item.verdict,
      reason: item.reason ?? null,
      reason_text: item.reason_text ?? null,
      note: item.note ?? null,
      state_before: standing.state,
      state_after: state,
      ...actorColumns(ctx.actor),
      request_key: request.key,
      request_hash: request.hash,
      takes_effect_at: takesEffectAt,
      masks: masksColumn(masks),
      created_at: at,
    }),
    ...calledOff.flatMap((publication) => callOff(ctx, publication.id, threadOf(comment))),
    ...takenBack.flat(),
    ...(takesEffectAt === null
      ? [
          settle(ctx, id, 'applied'),
          ...(effect === 'publish' ? publish(ctx, comment, { revisionId: comment.revisionId, body, masks, at }) : []),
        ]
      : [
          ...(effect === 'publish' ? schedule(ctx, id, threadOf(comment), takesEffectAt) : []),
          announce(ctx, 'decision.due', { decision: id }, takesEffectAt),
        ]),
    ...outwardAtOnce(ctx, comment, item.verdict, effect, at),
    // The thread's row before the comment's, in every batch: two that took them crosswise would wait for each other.
    db
      .updateTable('comment')
      .set({ state, version: comment.version + 1 })
      .where('id', '=', comment.id),
    ...(comment.openReports > 0 ? handleReports(ctx, comment.id) : []),
    ...(answer?.statements ?? []),
    audited(
      ctx,
      'comment.decide',
      { kind: 'comment', id: comment.id },
      {
        decision: id,
        verdict: item.verdict,
        reason: item.reason ?? null,
        revision: comment.revisionId,
        state_before: comment.state,
        state_after: state,
        ...(masks.length > 0 ? { parts_hidden: masks.length } : {}),
      },
    ),
  ])
  if (takesEffectAt !== null) services.nudge(takesEffectAt)
  return {
    comment: comment.id,
    status: 'done',
    decision: id,
    state,
    version: comment.version + 1,
    by: actorColumns(ctx.actor).actor_name,
    at,
    undo_until: takesEffectAt,
    code: null,
    reply: answer?.id ?? null,
  }
}

function outwardAtOnce(ctx: Ctx, comment: Comment, verdict: Verdict, effect: 'publish' | 'off' | 'none', at: string) {
  if (verdict === 'seal') return remove(ctx, comment, 'taken')
  return effect === 'off' && isPublic(comment) ? takeOff(ctx, comment, at) : []
}

/**
 * Approvals that have not taken effect, of the current text or, when the author changed it meanwhile, of an earlier one. A further
 * decision calls off that of the current text and stands in its place.
 */
async function waitingPublications(ctx: Ctx, comment: Comment): Promise<WaitingPublication[]> {
  return ctx.services.store.db
    .selectFrom('pending_publication')
    .innerJoin('fact', 'fact.id', 'pending_publication.decision_id')
    .select(['fact.id', 'fact.state_before', 'fact.revision_id', 'fact.masks'])
    .where('pending_publication.thread_id', '=', comment.threadId)
    .where('fact.comment_id', '=', comment.id)
    .execute()
}

/** What was hidden in this very text when it was approved before: approving it anew must not lay it open. */
function masksKept(comment: Comment, replaced: WaitingPublication | null): Mask[] {
  if (replaced !== null) return masksOf(replaced.masks)
  return comment.publicRevisionId === comment.revisionId ? comment.publicMasks : []
}

async function bodyOf(ctx: Ctx, revisionId: string): Promise<string> {
  return (await ctx.services.store.db.selectFrom('revision').select('body').where('id', '=', revisionId).executeTakeFirstOrThrow()).body
}

/** The outcome of an item whose version was taken: one's own repeated request is done, anything else a conflict with the winner. */
async function lost(ctx: Ctx, item: DecideItem, request: Request): Promise<Outcome> {
  const comment = await findComment(ctx, item.comment)
  const winner = await ctx.services.store.db
    .selectFrom('fact')
    .select(['id', 'kind', 'state_after', 'actor_id', 'actor_name', 'request_key', 'takes_effect_at', 'created_at'])
    .where('comment_id', '=', comment.id)
    .where('from_version', '=', item.version)
    .executeTakeFirst()
  if (!winner) return refused(item, comment, 'conflict')
  const isRepeat = request.key !== null && winner.request_key === request.key && winner.actor_id === actorColumns(ctx.actor).actor_id
  return {
    comment: comment.id,
    status: isRepeat ? 'done' : 'conflict',
    decision: winner.kind === 'decision' ? winner.id : null,
    state: isRepeat ? (winner.state_after as State) : comment.state,
    version: isRepeat ? item.version + 1 : comment.version,
    by: winner.actor_name,
    at: winner.created_at,
    undo_until: isRepeat ? winner.takes_effect_at : null,
    code: isRepeat ? null : 'conflict',
    reply: isRepeat && item.reply ? await replyBeside(ctx, winner.id) : null,
  }
}

async function replyBeside(ctx: Ctx, decisionId: string): Promise<string | null> {
  const row = await ctx.services.store.db.selectFrom('fact').select('comment_id').where('beside_id', '=', decisionId).executeTakeFirst()
  return row?.comment_id ?? null
}

function refused(item: DecideItem, comment: Comment | null, code: ErrorCode): Outcome {
  return {
    comment: item.comment,
    status: 'refused',
    decision: null,
    state: comment?.state ?? null,
    version: comment?.version ?? null,
    by: null,
    at: null,
    undo_until: null,
    code,
    reply: null,
  }
}
