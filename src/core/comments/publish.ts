// What decisions do outward: publication at the end of an undo window, taking off the page at once, and settling.
// `settlement(decision_id)` is unique: it decides between a decision's effect and its undoing, whoever comes first.
import type { Compilable } from '../../storage/store.ts'
import { conflictOn } from '../../storage/store.ts'
import { AppError, allow, type Ctx } from '../context.ts'
import { commit } from '../record.ts'
import { countedAnew, findThreadById, reschedule, showLikes, type Thread, type ThreadId, threadOf, touchThread } from '../threads.ts'
import { type Comment, findUnsealed } from './comment.ts'
import { type Mask, masked, masksColumn, masksOf } from './masks.ts'
import { RENDERER_VERSION, toHtml } from './text.ts'

/** How many due publications one settling takes; the rest follows with the next. */
const SETTLED_AT_ONCE = 50

export type Place = { id: string; threadId: string; parentId: string | null }

/** The row that fixes whether a decision took effect. */
export function settle(ctx: Ctx, decisionId: string, outcome: 'applied' | 'undone'): Compilable {
  const { store, now } = ctx.services
  return store.db.insertInto('settlement').values({ decision_id: decisionId, outcome, created_at: now().toISOString() })
}

/** Calls off a publication that still waits: the decision is settled as undone and the thread expects it no more. */
export function callOff(ctx: Ctx, decisionId: string, threadId: ThreadId): Compilable[] {
  return [settle(ctx, decisionId, 'undone'), unschedule(ctx, decisionId), reschedule(ctx, threadId)]
}

/** Lets a publication wait for the end of its undo window. */
export function schedule(ctx: Ctx, decisionId: string, threadId: ThreadId, takesEffectAt: string): Compilable[] {
  const { db } = ctx.services.store
  return [
    db.insertInto('pending_publication').values({ decision_id: decisionId, thread_id: threadId, takes_effect_at: takesEffectAt }),
    reschedule(ctx, threadId),
  ]
}

/**
 * Puts a judged text before the public, but for the parts that the decision hides. The first publication's time stays the comment's
 * place in the list.
 */
export function publish(
  ctx: Ctx,
  comment: Place,
  text: { revisionId: string; body: string; masks: readonly Mask[]; at: string },
): Compilable[] {
  const { db } = ctx.services.store
  const shown = masked(ctx, text.body, text.masks)
  const change = db
    .updateTable('comment')
    .set((is) => ({
      public_revision_id: text.revisionId,
      public_text: shown,
      public_html: toHtml(shown),
      public_masks: masksColumn(text.masks),
      renderer: RENDERER_VERSION,
      published_at: is.fn.coalesce('published_at', is.val(text.at)),
      official_signed_at: is
        .case()
        .when('official_agency', 'is not', null)
        .then(is.fn.coalesce('published_at', is.val(text.at)))
        .end(),
      hidden_at: null,
    }))
    .where('id', '=', comment.id)
  return [...countedAnew(ctx, comment, [change]), ...touchThread(ctx, threadOf(comment))]
}

/** Takes a comment off the page, keeping what was approved. */
export function takeOff(ctx: Ctx, comment: Place, at: string): Compilable[] {
  return setHidden(ctx, comment, at)
}

/** Puts back what {@link takeOff} took off. */
export function putBack(ctx: Ctx, comment: Place): Compilable[] {
  return setHidden(ctx, comment, null)
}

/**
 * Removes a comment's text from public view for good. A withdrawn comment's place stays, so that public replies stay under it; the
 * confidential route takes the place too, and with it whatever hangs there.
 */
export function remove(ctx: Ctx, comment: Place, place: 'kept' | 'taken'): Compilable[] {
  const change = ctx.services.store.db
    .updateTable('comment')
    .set({
      public_revision_id: null,
      public_text: null,
      public_html: null,
      public_masks: null,
      renderer: null,
      pin_slot: null,
      ...(place === 'taken' ? { published_at: null, network_hash: null } : {}),
    })
    .where('id', '=', comment.id)
  return [...countedAnew(ctx, comment, [change]), ...touchThread(ctx, threadOf(comment))]
}

/**
 * Settles every publication of a thread whose undo window has ended, and lets waiting likes be seen. Called by the first reader past it and by the clock;
 * when several come at once, one writes and the others find it done.
 */
export async function settleThread(ctx: Ctx, thread: Pick<Thread, 'id' | 'nextChangeAt'>): Promise<boolean> {
  const now = ctx.services.now().toISOString()
  if (thread.nextChangeAt === null || thread.nextChangeAt > now) return false
  const due = await ctx.services.store.db
    .selectFrom('pending_publication')
    .innerJoin('fact', 'fact.id', 'pending_publication.decision_id')
    .innerJoin('comment', 'comment.id', 'fact.comment_id')
    .innerJoin('revision', 'revision.id', 'fact.revision_id')
    .select([
      'fact.id as decision',
      'fact.takes_effect_at',
      'fact.revision_id',
      'fact.masks',
      'revision.body',
      'comment.id',
      'comment.thread_id',
      'comment.parent_id',
    ])
    .where('pending_publication.thread_id', '=', thread.id)
    .where('pending_publication.takes_effect_at', '<=', now)
    .where('comment.site_id', '=', ctx.site.id)
    .orderBy('pending_publication.takes_effect_at')
    .limit(SETTLED_AT_ONCE)
    .execute()
  for (const row of due) {
    const place = { id: row.id, threadId: row.thread_id, parentId: row.parent_id }
    try {
      await commit(ctx, [
        settle(ctx, row.decision, 'applied'),
        unschedule(ctx, row.decision),
        ...publish(ctx, place, {
          revisionId: row.revision_id,
          body: row.body,
          masks: masksOf(row.masks),
          at: row.takes_effect_at ?? now,
        }),
      ])
    } catch (error) {
      if (!conflictOn(error, 'settlement.decision_id')) throw error
    }
  }
  if (due.length === 0) await commit(ctx, showLikes(ctx, thread.id))
  return true
}

/** A comment with any publication that is due already done, so that it is judged as it stands. Throws `not_found`, also for a sealed one. */
export async function findSettled(ctx: Ctx, id: string): Promise<Comment> {
  const comment = await findUnsealed(ctx, id)
  const hasSettled = await settleThread(ctx, await findThreadById(ctx, comment.threadId))
  return hasSettled ? findUnsealed(ctx, id) : comment
}

/** Settles the site's threads whose undo windows have ended, for answers that span threads. */
export async function settleSite(ctx: Ctx): Promise<void> {
  const due = await ctx.services.store.db
    .selectFrom('thread')
    .select(['id', 'next_change_at'])
    .where('site_id', '=', ctx.site.id)
    .where('next_change_at', '<=', ctx.services.now().toISOString())
    .limit(SETTLED_AT_ONCE)
    .execute()
  for (const thread of due) await settleThread(ctx, { id: thread.id, nextChangeAt: thread.next_change_at })
}

/**
 * Command of the clock: settles one decision whose window has ended, so that a quiet thread is published too and the
 * outcome of a rejection is fixed. Does nothing when it was settled already.
 */
export async function settleDecision(ctx: Ctx, decisionId: string): Promise<void> {
  allow(ctx, 'decision.settle')
  const { db } = ctx.services.store
  const decision = await db
    .selectFrom('fact')
    .innerJoin('comment', 'comment.id', 'fact.comment_id')
    .innerJoin('thread', 'thread.id', 'comment.thread_id')
    .select(['fact.id', 'fact.takes_effect_at', 'fact.verdict', 'thread.id as thread', 'thread.next_change_at'])
    .where('fact.id', '=', decisionId)
    .where('fact.site_id', '=', ctx.site.id)
    .executeTakeFirst()
  if (!decision) throw new AppError('not_found')
  if (decision.takes_effect_at === null || decision.takes_effect_at > ctx.services.now().toISOString()) return
  if (decision.verdict === 'approve') {
    await settleThread(ctx, { id: decision.thread, nextChangeAt: decision.next_change_at })
    return
  }
  try {
    await commit(ctx, [settle(ctx, decision.id, 'applied')])
  } catch (error) {
    if (!conflictOn(error, 'settlement.decision_id')) throw error
  }
}

function unschedule(ctx: Ctx, decisionId: string): Compilable {
  return ctx.services.store.db.deleteFrom('pending_publication').where('decision_id', '=', decisionId)
}

function setHidden(ctx: Ctx, comment: Place, hiddenAt: string | null): Compilable[] {
  const change = ctx.services.store.db.updateTable('comment').set({ hidden_at: hiddenAt }).where('id', '=', comment.id)
  return [...countedAnew(ctx, comment, [change]), ...touchThread(ctx, threadOf(comment))]
}
