// What feeds list: the newest published comments of a site or of one thread.
// Not for: how a feed is written (http/feeds.ts).
import { allow, type Ctx } from '../context.ts'
import { findThreadById, type Thread } from '../threads.ts'
import { ifWritable, settleSite } from './publish.ts'
import { nameShown } from './views.ts'

/** Comments in a feed. */
const FEED_LENGTH = 50

export type FeedEntry = {
  id: string
  author: string
  /** Whether the agency itself speaks, which no author's name can say. */
  is_official: boolean
  body_html: string
  body_text: string
  published_at: string
  url: string
  title: string
}

/** The newest published comments of a site or of one thread. Throws `not_found` for a thread that is not the site's. */
export async function readFeed(ctx: Ctx, threadId: string | null): Promise<{ thread: Thread | null; entries: FeedEntry[] }> {
  allow(ctx, 'thread.read')
  await ifWritable(ctx.services, () => settleSite(ctx))
  const thread = threadId === null ? null : await findThreadById(ctx, threadId)
  let rows = ctx.services.store.db
    .selectFrom('comment')
    .innerJoin('thread', 'thread.id', 'comment.thread_id')
    .leftJoin('comment as root', 'root.id', 'comment.parent_id')
    .select([
      'comment.id',
      'comment.author_name',
      'comment.official_agency',
      'comment.public_html',
      'comment.public_text',
      'comment.published_at',
      'thread.url',
      'thread.title',
    ])
    .where('comment.site_id', '=', ctx.site.id)
    .where('comment.public_revision_id', 'is not', null)
    .where('comment.hidden_at', 'is', null)
    .where((is) => is.or([is('comment.parent_id', 'is', null), is('root.published_at', 'is not', null)]))
    .orderBy('comment.published_at', 'desc')
    .orderBy('comment.id', 'desc')
    .limit(FEED_LENGTH)
  if (thread) rows = rows.where('comment.thread_id', '=', thread.id)
  const entries = (await rows.execute()).map((row) => ({
    id: row.id,
    author: nameShown(ctx, row),
    is_official: row.official_agency !== null,
    body_html: row.public_html ?? '',
    body_text: row.public_text ?? '',
    published_at: row.published_at ?? '',
    url: row.url,
    title: row.title,
  }))
  return { thread, entries }
}
