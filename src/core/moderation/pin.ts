// Commands: putting a published root before all others of its article, and taking it from there.
import { type RawBuilder, sql } from 'kysely'
import { conflictOn } from '../../storage/store.ts'
import { MAX_PINNED } from '../comments/page.ts'
import { findSettled } from '../comments/publish.ts'
import { isPublic } from '../comments/states.ts'
import { AppError, allow, type Ctx } from '../context.ts'
import { audited, commit } from '../record.ts'
import { type ThreadId, threadOf, touchThread } from '../threads.ts'

export type Pinned = { comment: { id: string }; pinned: boolean }

/**
 * Pins a published root comment. Again: the same answer. Throws `illegal_transition` for what is no root or not public, `pins_full`
 * when all places are taken, `not_found`.
 */
export async function pin(ctx: Ctx, commentId: string): Promise<Pinned> {
  allow(ctx, 'comment.pin')
  const comment = await findSettled(ctx, commentId)
  if (comment.parentId !== null || !isPublic(comment)) throw new AppError('illegal_transition')
  if (comment.pinSlot === null) {
    try {
      await put(ctx, comment, freeSlot(threadOf(comment)))
    } catch (error) {
      if (!conflictOn(error, 'comment.thread_id,comment.pin_slot')) throw error
      throw new AppError('pins_full', { values: { n: MAX_PINNED } })
    }
  }
  return { comment: { id: comment.id }, pinned: true }
}

/** Takes a comment from among the pinned. Again, or when it never was: the same answer. Throws `not_found`. */
export async function unpin(ctx: Ctx, commentId: string): Promise<Pinned> {
  allow(ctx, 'comment.pin')
  const comment = await findSettled(ctx, commentId)
  if (comment.pinSlot !== null) await put(ctx, comment, null)
  return { comment: { id: comment.id }, pinned: false }
}

/** The first place of a thread that is free at this point of the batch. Without one the first, whose unique key refuses the whole batch. */
function freeSlot(threadId: ThreadId): RawBuilder<number> {
  const slots = sql.join(
    Array.from({ length: MAX_PINNED }, (_, index) => sql`SELECT ${sql.lit(index + 1)} AS slot`),
    sql` UNION ALL `,
  )
  return sql<number>`coalesce((SELECT min(slot) FROM (${slots}) AS places WHERE slot NOT IN (
    SELECT taken.pin_slot FROM comment AS taken WHERE taken.thread_id = ${threadId} AND taken.pin_slot IS NOT NULL)), 1)`
}

async function put(ctx: Ctx, comment: { id: string }, slot: RawBuilder<number> | null): Promise<void> {
  await commit(ctx, [
    ...touchThread(ctx, threadOf(comment)),
    ctx.services.store.db.updateTable('comment').set({ pin_slot: slot }).where('id', '=', comment.id),
    audited(ctx, slot === null ? 'comment.unpin' : 'comment.pin', { kind: 'comment', id: comment.id }),
  ])
}
