// Queries of readers: an article's published comments. Each starts with one look-up by which a kept answer is proven.
// Not for: the rows of a page (page.ts), their shapes (views.ts), numbers of many articles (counts.ts), feeds (feed.ts).
import type { Language } from '../../i18n/index.ts'
import type { Services } from '../../services.ts'
import { allow, type Ctx, type Site } from '../context.ts'
import { type ClosedReason, closedSentence, type Opening, openingOf } from '../opening.ts'
import { type ArticleReference, articleOf, findSiteAndThread, type Thread } from '../threads.ts'
import { lookSettled } from './due.ts'
import { readReplies, readRoots, type ThreadQuery } from './page.ts'
import { settleThread } from './publish.ts'
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
  /** What staff tell readers of this article. */
  message: string | null
  /** Why nothing is taken, in a sentence, and when it is again, where that is known; null while opinions are taken. */
  /** `messages` says the message in each language of the site; `message` is that of the site's own. */
  closed: { reason: ClosedReason; message: string; messages: Partial<Record<Language, string>>; opens_at: string | null } | null
}

export type ThreadAnswer = { site: SiteView; thread: ThreadView; comments: CommentView[]; next: string | null }

/**
 * What one look-up tells of an article: its site and thread, and a print that moves with everything readers can see. The page is
 * read with the stamp's own services, so that it is not older than its print.
 */
export type ThreadStamp = {
  services: Services
  site: Site
  thread: Thread | null
  opening: Opening
  /** When the view changes by itself. */
  nextChangeAt: string | null
  print: string
}

/**
 * Looks an article up with one indexed query: enough to tell whether an answer that was kept still holds. A publication
 * whose undo window has ended is settled first. Throws `not_found` for an unknown site.
 */
export async function stampThread(services: Services, siteSlug: string, reference: ArticleReference): Promise<ThreadStamp> {
  const article = articleOf(reference, '')
  const settled = await lookSettled(services, {
    look: (from) => findSiteAndThread(from, siteSlug, article),
    dueAt: ({ thread }) => thread?.nextChangeAt ?? null,
    settle: async (latest, { site, thread }) => thread && settleThread({ services: latest, actor: { kind: 'reader' }, site }, thread),
  })
  const { site, thread } = settled.found
  const opening = openingOf(site.settings, thread, services.now())
  const told = [opening.closed, opening.opensAt, thread?.message]
  const print = JSON.stringify([site.id, site.name, site.settings, thread?.id, thread?.revision, ...told])
  const nextChangeAt = [thread?.nextChangeAt ?? null, opening.changesAt].filter((each) => each !== null).sort()[0] ?? null
  return { services: settled.services, site, thread, opening, nextChangeAt, print }
}

/**
 * A page of an article's published comments: `limit` roots with their first replies. With `parent` a page of that
 * comment's replies instead; with `around` the page that holds one comment. An unknown article is an empty thread.
 */
export async function readThread(stamp: ThreadStamp, reference: ArticleReference, query: ThreadQuery): Promise<ThreadAnswer> {
  const ctx: Ctx = { services: stamp.services, actor: { kind: 'reader' }, site: stamp.site }
  allow(ctx, 'thread.read')
  const article = articleOf(reference, '')
  const { thread, opening } = stamp
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
      state: opening.closed === null ? 'open' : 'closed',
      count: known?.publicCount ?? 0,
      official_count: known?.officialCount ?? 0,
      message: thread?.message ?? null,
      closed: closedOf(ctx, opening),
    },
    ...page,
  }
}

function closedOf({ site }: Ctx, opening: Opening): ThreadView['closed'] {
  if (opening.closed === null) return null
  const { language, languages } = site.settings
  return {
    reason: opening.closed,
    message: closedSentence(site, opening, language),
    messages: Object.fromEntries(languages.map((each) => [each, closedSentence(site, opening, each)])),
    opens_at: opening.opensAt,
  }
}
