// Commands: ending the taking of opinions under one article, and beginning it again. What is public stays where it is.
// Not for: times at which it closes and opens by itself (articles.ts), which stay as they were set.
import { readArticle } from '../articles.ts'
import { allow, type Ctx } from '../context.ts'
import { audited, commit, edited, retrying } from '../record.ts'
import { nextIfKnown } from '../threads.ts'

export type Closed = { thread: { id: string; state: 'open' | 'closed' } }

/** Takes no more opinions under an article. Again: the same answer. Throws `not_found`. */
export async function closeArticle(ctx: Ctx, threadId: string): Promise<Closed> {
  return setState(ctx, threadId, 'closed')
}

/** Takes opinions under an article again. Again: the same answer. Throws `not_found`. */
export async function openArticle(ctx: Ctx, threadId: string): Promise<Closed> {
  return setState(ctx, threadId, 'open')
}

function setState(ctx: Ctx, threadId: string, state: 'open' | 'closed'): Promise<Closed> {
  allow(ctx, 'thread.close')
  return retrying(async () => {
    const article = await readArticle(ctx, threadId)
    if (article.state !== state) {
      const { store, now } = ctx.services
      const at = now().toISOString()
      // A time that has passed would speak against what a person says now.
      const ahead = (time: string | null) => (time !== null && time > at ? time : null)
      await commit(ctx, [
        // Somebody with the article's form open learns of it when saving.
        edited(ctx, article.id, article.version),
        store.db
          .updateTable('thread')
          .set({
            closed_at: state === 'closed' ? at : null,
            closes_at: ahead(article.closes_at),
            opens_at: ahead(article.opens_at),
            version: article.version + 1,
            revision: nextIfKnown,
          })
          .where('id', '=', article.id),
        audited(
          ctx,
          state === 'closed' ? 'thread.close' : 'thread.open',
          { kind: 'thread', id: article.id },
          { before: { state: article.state }, after: { state } },
        ),
      ])
    }
    return { thread: { id: article.id, state } }
  }, true)
}
