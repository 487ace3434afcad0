// What feeds list: the newest published comments of a site or of one thread. Public rows only.
import { type Expression, sql } from 'kysely'
import type { Services } from '../../services.ts'
import { AppError, allow, type Ctx, type Site } from '../context.ts'
import { toSite } from '../sites.ts'
import { type Thread, threadIdsOf, toThread } from '../threads.ts'
import { lookSettled } from './due.ts'
import { settleSite, settleThread } from './publish.ts'
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

type Found = { site: Site; thread: Thread | null; print: string; nextChangeAt: string | null }

/** What one look-up tells of a feed: its site, its thread where it is of one, and a print that moves with what it lists. */
export type FeedStamp = Found & { services: Services }

/**
 * Looks a feed up with one indexed query. What is due is settled first. Throws `not_found` for an unknown site and for a thread that
 * is not the site's or of which nothing was ever public.
 */
export async function stampFeed(services: Services, siteSlug: string, threadId: string | null): Promise<FeedStamp> {
  const settled = await lookSettled<Found>(services, {
    look: (from) => (threadId === null ? lookUpSite(from, siteSlug) : lookUpThread(from, siteSlug, threadId)),
    dueAt: ({ nextChangeAt }) => nextChangeAt,
    settle: (latest, { site, thread }) => {
      const ctx: Ctx = { services: latest, actor: { kind: 'reader' }, site }
      return thread ? settleThread(ctx, thread) : settleSite(ctx)
    },
  })
  const { found } = settled
  if (threadId !== null && (found.thread === null || found.thread.revision === 0)) throw new AppError('not_found')
  return { ...found, services: settled.services }
}

/** The entries of a feed, newest first. */
export async function readFeed(stamp: FeedStamp): Promise<FeedEntry[]> {
  const ctx: Ctx = { services: stamp.services, actor: { kind: 'reader' }, site: stamp.site }
  allow(ctx, 'thread.read')
  const { db } = ctx.services.store
  const listed = stamp.thread
    ? newestOf(ctx.services, 'thread_id', sql.val(stamp.thread.id))
    : newestOf(ctx.services, 'site_id', sql.val(stamp.site.id))
  const rows = await db
    .selectFrom('comment')
    .innerJoin('thread', 'thread.id', 'comment.thread_id')
    .select([
      'comment.id',
      'comment.author_name',
      'comment.official_agency',
      'comment.public_html',
      'comment.public_text',
      'comment.published_at',
    ])
    .select(['thread.url', 'thread.title'])
    .where('comment.id', 'in', (is) => is.selectFrom(listed.as('listed')).select('listed.id'))
    .orderBy('comment.published_at', 'desc')
    .orderBy('comment.id', 'desc')
    .execute()
  return rows.map((row) => ({
    id: row.id,
    author: nameShown(ctx, row),
    is_official: row.official_agency !== null,
    body_html: row.public_html ?? '',
    body_text: row.public_text ?? '',
    published_at: row.published_at ?? '',
    url: row.url,
    title: row.title,
  }))
}

/**
 * The print of a site's feed is which comments it lists, with the revisions of their threads: it moves with everything readers can
 * see of them, and no write has to keep a number for the whole site, which every writer would wait for.
 */
async function lookUpSite(services: Services, siteSlug: string): Promise<Found> {
  const row = await services.store.db
    .selectFrom('site')
    .select(['site.id', 'site.slug', 'site.name', 'site.settings'])
    .select((is) => [
      is
        .selectFrom('thread as due')
        .select((pick) => pick.fn.min('due.next_change_at').as('at'))
        .whereRef('due.site_id', '=', 'site.id')
        .where('due.next_change_at', 'is not', null)
        .as('next_change_at'),
      is
        .selectFrom(newestOf(services, 'site_id', is.ref('site.id')).as('listed'))
        .select(
          sql<string | null>`string_agg(listed.id || ' ' || listed.revision, ' ' ORDER BY listed.published_at DESC, listed.id DESC)`.as(
            'print',
          ),
        )
        .as('listed'),
    ])
    .where('site.slug', '=', siteSlug)
    .executeTakeFirst()
  const site = toSite(row ? [{ ...row, origin: null }] : [])
  return { site, thread: null, print: printOf(site, row?.listed), nextChangeAt: row?.next_change_at ?? null }
}

async function lookUpThread(services: Services, siteSlug: string, threadId: string): Promise<Found> {
  const { db } = services.store
  const row = await db
    .selectFrom('thread')
    .innerJoin('site', 'site.id', 'thread.site_id')
    .selectAll('thread')
    .select(['site.slug', 'site.name', 'site.settings'])
    .where('thread.id', 'in', threadIdsOf(services, siteSlug, threadId))
    .where('site.slug', '=', siteSlug)
    .executeTakeFirst()
  if (!row) throw new AppError('not_found')
  const site = toSite([{ ...row, id: row.site_id, origin: null }])
  return { site, thread: toThread(row), print: printOf(site, row.revision), nextChangeAt: row.next_change_at }
}

function printOf(site: Site, listed: unknown): string {
  return JSON.stringify([site.id, site.name, site.settings.language, listed])
}

/** The newest public comments of a site or a thread whose root, where they are replies, is public too; each has an index in that order. */
function newestOf(services: Services, scope: 'site_id' | 'thread_id', id: Expression<string>) {
  return services.store.db
    .selectFrom('comment')
    .innerJoin('thread', 'thread.id', 'comment.thread_id')
    .leftJoin('comment as root', 'root.id', 'comment.parent_id')
    .select(['comment.id', 'comment.published_at', 'thread.revision'])
    .where(`comment.${scope}`, '=', id)
    .where('comment.public_revision_id', 'is not', null)
    .where('comment.hidden_at', 'is', null)
    .where((is) => is.or([is('comment.parent_id', 'is', null), is('root.published_at', 'is not', null)]))
    .orderBy('comment.published_at', 'desc')
    .orderBy('comment.id', 'desc')
    .limit(FEED_LENGTH)
}
