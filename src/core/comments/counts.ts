// The numbers of published comments of many articles, for list pages. Not for: the list of one article (read.ts).
import type { Services } from '../../services.ts'
import { inChunks } from '../../storage/store.ts'
import { allow, type Ctx, type Site } from '../context.ts'
import { toSite } from '../sites.ts'
import { type ArticleReference, articleOf, threadIds } from '../threads.ts'
import { lookSettled } from './due.ts'
import { settleSite } from './publish.ts'

/** Parameters of the statement besides the keys, which can stand thrice each: as key, as further name and as address. */
const OTHER_PARAMETERS = 69

/** The numbers in the order asked, with their site and when one of its threads will change by itself. */
export type Counts = { site: Site; counts: number[]; nextChangeAt: string | null }

/**
 * Counts with one indexed query for each 31 articles; an unknown article has none. What is due on the site is settled first.
 * Throws `not_found` for an unknown site, `validation` for an article that names neither key nor address.
 */
export async function readCounts(services: Services, siteSlug: string, articles: readonly ArticleReference[]): Promise<Counts> {
  const wanted = articles.map((article, index) => articleOf(article, `/articles/${index}`))
  const { found } = await lookSettled<Counts>(services, {
    look: (from) => lookUp(from, siteSlug, wanted),
    dueAt: ({ nextChangeAt }) => nextChangeAt,
    settle: (latest, { site }) => settleSite({ services: latest, actor: { kind: 'reader' }, site }),
  })
  return found
}

async function lookUp(services: Services, siteSlug: string, wanted: readonly { key: string; url: string | null }[]): Promise<Counts> {
  const addresses = new Set(wanted.flatMap(({ key, url }) => (key === url ? [key] : [])))
  const chunks = inChunks([...new Set(wanted.map(({ key }) => key))], OTHER_PARAMETERS)
  const rows = []
  // Asked for nothing, the site is still looked up; a key that no thread has stands for "none".
  for (const keys of chunks.length > 0 ? chunks : [['']]) {
    const urls = keys.filter((key) => addresses.has(key))
    rows.push(...(await rowsOf(services, siteSlug, keys, urls)))
  }
  const site = toSite(rows)
  const ctx: Ctx = { services, actor: { kind: 'reader' }, site }
  allow(ctx, 'thread.read')
  const byKey = new Map<string | null, number>()
  const byUrl = new Map<string | null, number>()
  const byAlias = new Map<string | null, number>()
  for (const row of rows) {
    byKey.set(row.key, row.public_count ?? 0)
    byUrl.set(row.url, row.public_count ?? 0)
    byAlias.set(row.alias, row.public_count ?? 0)
  }
  return {
    site,
    counts: wanted.map(({ key, url }) => byKey.get(key) ?? (key === url ? byUrl.get(url) : undefined) ?? byAlias.get(key) ?? 0),
    nextChangeAt: rows[0]?.next_change_at ?? null,
  }
}

/** The site with each of its origins and each of the threads. Of threads with one address the oldest comes last, and counts. */
function rowsOf(services: Services, siteSlug: string, keys: readonly string[], urls: readonly string[]) {
  return (
    services.store.db
      .selectFrom('site')
      .leftJoin('site_origin', 'site_origin.site_id', 'site.id')
      .leftJoin('thread', (join) => join.on('thread.id', 'in', threadIds(services, siteSlug, keys, urls)))
      .select(['site.id', 'site.slug', 'site.name', 'site.settings', 'site_origin.origin'])
      // A row for each further name of a thread that was asked for. Those of other threads are none, so that no more rows come.
      .leftJoin('thread_alias', (join) =>
        join
          .onRef('thread_alias.thread_id', '=', 'thread.id')
          .onRef('thread.key', '!=', 'thread_alias.key')
          .on('thread_alias.kind', '!=', 'former'),
      )
      .select(['thread.key', 'thread.url', 'thread.public_count', 'thread_alias.key as alias'])
      .select((is) =>
        is
          .selectFrom('thread as due')
          .select((pick) => pick.fn.min('due.next_change_at').as('at'))
          .whereRef('due.site_id', '=', 'site.id')
          .where('due.next_change_at', 'is not', null)
          .as('next_change_at'),
      )
      .where('site.slug', '=', siteSlug)
      .orderBy('thread.created_at', 'desc')
      .execute()
  )
}
