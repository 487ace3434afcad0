// Commands: putting a published root before all others of its article, and taking it from there.
import { MAX_PINNED } from '../comments/page.ts'
import { findSettled } from '../comments/publish.ts'
import { isPublic } from '../comments/states.ts'
import { AppError, allow, type Ctx } from '../context.ts'
import { audited, commit, retrying } from '../record.ts'
import { touchThread } from '../threads.ts'

export type Pinned = { comment: { id: string }; pinned: boolean }

/**
 * Pins a published root comment. Each takes one of a few places, a unique key, so that no race pins more. Again: the same answer.
 * Throws `illegal_transition` for what is no root or not public, `pins_full` when all places are taken, `not_found`.
 */
export async function pin(ctx: Ctx, commentId: string): Promise<Pinned> {
  allow(ctx, 'comment.pin')
  return retrying(async () => {
    const comment = await findSettled(ctx, commentId)
    if (comment.parentId !== null || !isPublic(comment)) throw new AppError('illegal_transition')
    if (comment.pinSlot !== null) return { comment: { id: comment.id }, pinned: true }
    const taken = await ctx.services.store.db
      .selectFrom('comment')
      .select('pin_slot')
      .where('thread_id', '=', comment.threadId)
      .where('pin_slot', 'is not', null)
      .execute()
    const places = Array.from({ length: MAX_PINNED }, (_, index) => index + 1)
    const slot = places.find((place) => taken.every((row) => row.pin_slot !== place))
    if (slot === undefined) throw new AppError('pins_full', { values: { n: MAX_PINNED } })
    await put(ctx, comment, slot)
    return { comment: { id: comment.id }, pinned: true }
  })
}

/** Takes a comment from among the pinned. Again, or when it never was: the same answer. Throws `not_found`. */
export async function unpin(ctx: Ctx, commentId: string): Promise<Pinned> {
  allow(ctx, 'comment.pin')
  const comment = await findSettled(ctx, commentId)
  if (comment.pinSlot !== null) await put(ctx, comment, null)
  return { comment: { id: comment.id }, pinned: false }
}

async function put(ctx: Ctx, comment: { id: string; threadId: string }, slot: number | null): Promise<void> {
  await commit(ctx, [
    ...touchThread(ctx, comment.threadId),
    ctx.services.store.db.updateTable('comment').set({ pin_slot: slot }).where('id', '=', comment.id),
    audited(ctx, slot === null ? 'comment.unpin' : 'comment.pin', { kind: 'comment', id: comment.id }),
  ])
}
