// Commands: ending the taking of opinions under one article, and beginning it again. What is public stays where it is.
import { allow, type Ctx } from '../context.ts'
import { audited, commit } from '../record.ts'
import { findThreadById, touchThread } from '../threads.ts'

export type Closed = { thread: { id: string; state: 'open' | 'closed' } }

/** Takes no more opinions under an article. Again: the same answer. Throws `not_found`. */
export async function closeArticle(ctx: Ctx, threadId: string): Promise<Closed> {
  return setClosed(ctx, threadId, true)
}

/** Takes opinions under an article again. Again: the same answer. Throws `not_found`. */
export async function openArticle(ctx: Ctx, threadId: string): Promise<Closed> {
  return setClosed(ctx, threadId, false)
}

async function setClosed(ctx: Ctx, threadId: string, isClosed: boolean): Promise<Closed> {
  allow(ctx, 'thread.close')
  const thread = await findThreadById(ctx, threadId)
  const { store, now } = ctx.services
  if ((thread.closedAt !== null) !== isClosed) {
    await commit(ctx, [
      store.db
        .updateTable('thread')
        .set({ closed_at: isClosed ? now().toISOString() : null })
        .where('id', '=', thread.id),
      ...touchThread(ctx, thread.id),
      audited(ctx, isClosed ? 'thread.close' : 'thread.open', { kind: 'thread', id: thread.id }),
    ])
  }
  return { thread: { id: thread.id, state: isClosed ? 'closed' : 'open' } }
}
