// Queries of readers: an article's published comments and the numbers of many. Each starts with one look-up by which a kept
// answer is proven. Not for: the rows of a page (page.ts), their shapes (views.ts), feeds (feed.ts).
import type { Services } from '../../services.ts'
import { inChunks } from '../../storage/store.ts'
import { allow, type Ctx, type Site } from '../context.ts'
import { findSite } from '../sites.ts'
import { type ArticleReference, articleOf, findSiteAndThread, type Thread, threadIds } from '../threads.ts'
import { readReplies, readRoots, type ThreadQuery } from './page.ts'
import { ifWritable, settleSite, settleThread } from './publish.ts'
import { type CommentView, type SiteView, viewSite } from './views.ts'

type ThreadView = {
  id: string | null
  key: string
  url: string | null
  title: string | null
  state: 'open' | 'closed'
  count: number
  /** Roots with an official reply. */
  official_count: number
}

export type ThreadAnswer = { site: SiteView; thread: ThreadView; comments: CommentView[]; next: string | null }

/** What one look-up tells of an article: its site and thread, and a print that moves with everything readers can see. */
export type ThreadStamp = { site: Site; thread: Thread | null; print: string }

/**
 * Looks an article up with one indexed query: enough to tell whether an answer that was kept still holds. A publication
 * whose undo window has ended is settled first. Throws `not_found` for an unknown site.
 */
export async function stampThread(services: Services, siteSlug: string, reference: ArticleReference): Promise<ThreadStamp> {
  const article = articleOf(reference, '')
  const found = await findSiteAndThread(services, siteSlug, article)
  const ctx: Ctx = { services, actor: { kind: 'reader' }, site: found.site }
  const due = found.thread
  const hasSettled = due !== null && (await ifWritable(services, () => settleThread(ctx, due)))
  const { site, thread } = hasSettled ? await findSiteAndThread(services, siteSlug, article) : found
  return { site, thread, print: JSON.stringify([site.id, site.name, site.settings, thread?.id, thread?.revision, thread?.closedAt]) }
}

/**
 * A page of an article's published comments: `limit` roots with their first replies. With `parent` a page of that
 * comment's replies instead; with `around` the page that holds one comment. An unknown article is an empty thread.
 */
export async function readThread(
  services: Services,
  stamp: ThreadStamp,
  reference: ArticleReference,
  query: ThreadQuery,
): Promise<ThreadAnswer> {
  const ctx: Ctx = { services, actor: { kind: 'reader' }, site: stamp.site }
  allow(ctx, 'thread.read')
  const article = articleOf(reference, '')
  const { thread } = stamp
  // A thread whose comments all still wait is told like an unknown one, so that nobody can see that somebody wrote.
  const known = thread !== null && thread.revision > 0 ? thread : null
  const page =
    known === null
      ? { comments: [], next: null }
      : query.parent === null
        ? await readRoots(ctx, known, query)
        : await readReplies(ctx, known, query)
  return {
    site: viewSite(ctx),
    thread: {
      id: known?.id ?? null,
      key: known?.key ?? article.key,
      url: known?.url ?? article.url,
      title: known?.title ?? null,
      state: ctx.site.settings.state === 'closed' || (thread !== null && thread.closedAt !== null) ? 'closed' : 'open',
      count: known?.publicCount ?? 0,
      official_count: known?.officialCount ?? 0,
    },
    ...page,
  }
}

/** The numbers of published comments of articles, with their site and when one of its threads will change by itself. */
export async function readCountsStamp(
  services: Services,
  siteSlug: string,
  articles: readonly ArticleReference[],
): Promise<{ site: Site; counts: number[]; nextChangeAt: string | null }> {
  const ctx: Ctx = { services, actor: { kind: 'reader' }, site: await findSite(services, siteSlug) }
  const counts = await readThreadCounts(ctx, articles)
  const next = await services.store.db
    .selectFrom('thread')
    .select((pick) => pick.fn.min('next_change_at').as('at'))
    .where('site_id', '=', ctx.site.id)
    .where('next_change_at', 'is not', null)
    .executeTakeFirst()
  return { site: ctx.site, counts, nextChangeAt: next?.at ?? null }
}

/** The numbers of published comments of many articles, in the order given; an unknown article has none. */
export async function readThreadCounts(ctx: Ctx, articles: readonly ArticleReference[]): Promise<number[]> {
  allow(ctx, 'thread.read')
  const wanted = articles.map((article, index) => articleOf(article, `/articles/${index}`))
  await ifWritable(ctx.services, () => settleSite(ctx))
  const byKey = new Map<string, number>()
  const byUrl = new Map<string, number>()
  const { db } = ctx.services.store
  const addresses = new Set(wanted.flatMap(({ key, url }) => (key === url ? [key] : [])))
  // Each key can stand twice in the statement, as key and as address.
  for (const chunk of inChunks([...new Set(wanted.map(({ key }) => key))], 52)) {
    const rows = await db
      .selectFrom('thread')
      .select(['key', 'url', 'public_count'])
      .where(
        'id',
        'in',
        threadIds(
          ctx.services,
          ctx.site.slug,
          chunk,
          chunk.filter((key) => addresses.has(key)),
        ),
      )
      .orderBy('created_at', 'desc')
      .execute()
    for (const row of rows) {
      byKey.set(row.key, row.public_count)
      byUrl.set(row.url, row.public_count)
    }
  }
  return wanted.map(({ key, url }) => byKey.get(key) ?? (key === url ? byUrl.get(url) : undefined) ?? 0)
}
