// A thread: the opinions under one article, found by the article's key or its canonical address.
// A row is made by the first comment only; reading never makes one.
import { type RawBuilder, sql } from 'kysely'
import type { Services } from '../services.ts'
import { type Compilable, lookUp } from '../storage/store.ts'
import { AppError, type Ctx, faulty, type Site } from './context.ts'
import { toSite } from './sites.ts'

/** What a page says of its article. Without a key the canonical address is the key. */
export type ArticleReference = { key?: string | undefined; url?: string | undefined }
export type Article = { key: string; url: string; title: string }
export type Thread = Article & {
  id: string
  closedAt: string | null
  /** When it closes and opens by itself; past ones count too (opening.ts). */
  closesAt: string | null
  opensAt: string | null
  /** What readers are told above the form. */
  message: string | null
  revision: number
  publicCount: number
  officialCount: number
  nextChangeAt: string | null
}

/** Longest title kept, in characters; a longer one is cut, since nobody typed it. */
const MAX_TITLE_LENGTH = 300
/** Longest page address taken, in characters: what browsers and proxies agree on. */
const MAX_URL_LENGTH = 2_048
/** How many articles may get their first comment on one site within an hour: far above a portal's pace, far below a script's. */
const NEW_THREADS_PER_HOUR = 300
const HOUR_MS = 3_600_000
/** How often likes may make all readers' kept answers old: a busy article gets several a second. */
const LIKES_SHOWN_EVERY_MS = 5_000

/** Parameters that say where a reader came from, not which page it is. */
const TRACKING_PARAMETERS =
  /^(?:utm_\w+|fbclid|gclid|gbraid|wbraid|dclid|msclkid|yclid|igshid|mc_cid|mc_eid|_ga|_gl|zarsrc|zalo_src|ref_src|spm)$/i

/**
 * The address that stands for a page: fragment, default port and tracking parameters dropped, all else kept in order.
 * Null when it is not an http(s) address, carries a user name, or is too long.
 */
export function canonicalUrl(text: string): string | null {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '' || url.href.length > MAX_URL_LENGTH) return null
  url.hash = ''
  // Cut as text: URLSearchParams would write the kept parameters anew, and one page would have two addresses.
  const kept = url.search
    .slice(1)
    .split('&')
    .filter((parameter) => parameter !== '' && !TRACKING_PARAMETERS.test(parameter.split('=', 1)[0] ?? ''))
    .join('&')
  url.search = kept === '' ? '' : `?${kept}`
  return url.href
}

/** The key and address by which an article is looked up. Throws `validation` when neither is usable. */
export function articleOf(reference: ArticleReference, pointer: string): { key: string; url: string | null } {
  const url = reference.url === undefined ? null : canonicalUrl(reference.url)
  if (reference.url !== undefined && url === null) throw faulty('url_invalid', `${pointer}/url`)
  const key = reference.key ?? url
  if (key === null) throw faulty('article_required', pointer)
  return { key, url }
}

/** The thread of an article, by key first and by address else; null when no comment was ever sent. */
export async function findThread(ctx: Ctx, reference: { key: string; url: string | null }): Promise<Thread | null> {
  const rows = await ctx.services.store.db
    .selectFrom('thread')
    .selectAll()
    .where('id', 'in', threadIds(ctx.services, ctx.site.slug, [reference.key], reference.key === reference.url ? [reference.key] : []))
    .orderBy('created_at')
    .execute()
  const row = rows.find((candidate) => candidate.key === reference.key) ?? rows[0]
  return row ? toThread(row) : null
}

/** A thread's id, or an expression that looks it up when the batch runs. */
export type ThreadId = string | RawBuilder<string>

/**
 * The thread a comment lies in at that point of a batch: articles are joined while others decide, and what is counted and shown must
 * follow the comment.
 */
export function threadOf(comment: { id: string }): RawBuilder<string> {
  return sql<string>`(SELECT here.thread_id FROM comment AS here WHERE here.id = ${comment.id})`
}

/**
 * The ids of a site's threads with one of these keys or addresses, their own or further ones. Look-ups joined, since a single one with
 * OR would walk through all threads of the site.
 */
export function threadIds(services: Services, siteSlug: string, keys: readonly string[], urls: readonly string[]) {
  const { db } = services.store
  const site = db.selectFrom('site').select('site.id').where('site.slug', '=', siteSlug)
  const byKey = db
    .selectFrom('thread as found')
    .select('found.id')
    .where('found.site_id', '=', site)
    .where('found.key', 'in', keys)
    .union(
      db
        .selectFrom('thread_alias as found')
        .select('found.thread_id as id')
        .where('found.site_id', '=', site)
        .where('found.key', 'in', keys),
    )
  if (urls.length === 0) return byKey
  return byKey.union(db.selectFrom('thread as found').select('found.id').where('found.site_id', '=', site).where('found.url', 'in', urls))
}

/** A site by its slug and, in the same query, the thread of an article of it. Throws `not_found` for an unknown site. */
export async function findSiteAndThread(
  services: Services,
  siteSlug: string,
  reference: { key: string; url: string | null },
): Promise<{ site: Site; thread: Thread | null }> {
  const { db } = services.store
  const { key, url } = reference
  const isUrl = key === url
  const rows = await lookUp(db, `site and thread by ${isUrl ? 'url' : 'key'}`, { key, siteSlug }, (holes) =>
    db
      .selectFrom('site')
      .leftJoin('site_origin', 'site_origin.site_id', 'site.id')
      .leftJoin('thread', (join) => join.on('thread.id', 'in', threadIds(services, holes.siteSlug, [holes.key], isUrl ? [holes.key] : [])))
      .select(SITE_COLUMNS)
      .select(THREAD_COLUMNS)
      .where('site.slug', '=', holes.siteSlug)
      .orderBy('thread.created_at'),
  )
  const site = toSite(
    rows.map((row) => ({ id: row.site_id, slug: row.site_slug, name: row.site_name, settings: row.site_settings, origin: row.origin })),
  )
  const row = rows.find((candidate) => candidate.key === key) ?? rows[0]
  return { site, thread: row ? threadOrNull(row) : null }
}

/** The ids of the thread that has this id, or had it before it was joined to another. */
export function threadIdsOf(services: Services, siteSlug: string, id: string) {
  const { db } = services.store
  return db
    .selectFrom('thread as same')
    .select('same.id')
    .where('same.id', '=', id)
    .union(
      db
        .selectFrom('thread_alias as joined')
        .select('joined.thread_id as id')
        .where('joined.site_id', '=', db.selectFrom('site').select('site.id').where('site.slug', '=', siteSlug))
        .where('joined.key', '=', id)
        .where('joined.kind', '=', 'former'),
    )
}

/** The thread with this id on the context's site, also when it had the id before it was joined to another. Throws `not_found`. */
export async function findThreadById(ctx: Ctx, id: string): Promise<Thread> {
  const row = await ctx.services.store.db
    .selectFrom('thread')
    .selectAll()
    .where('id', 'in', threadIdsOf(ctx.services, ctx.site.slug, id))
    .where('site_id', '=', ctx.site.id)
    .executeTakeFirst()
  if (!row) throw new AppError('not_found')
  return toThread(row)
}

/** Makes the thread unless another first comment made it meanwhile, or its name became that of another article. */
export function insertThread(ctx: Ctx, article: Article): Compilable {
  const { store, newId, now } = ctx.services
  const row = { id: newId(), site_id: ctx.site.id, ...article, created_at: now().toISOString() }
  const names = Object.keys(row) as (keyof typeof row)[]
  return store.db
    .insertInto('thread')
    .columns(names)
    .expression(
      store.db
        .selectNoFrom(names.map((name) => sql<string>`${row[name]}`.as(name)))
        .where((is) =>
          is.not(is.exists(is.selectFrom('thread_alias').select('key').where('site_id', '=', ctx.site.id).where('key', '=', article.key))),
        ),
    )
    .onConflict((conflict) => conflict.columns(['site_id', 'key']).doNothing())
}

/** The id of the thread that a key names at that point of a batch or query: its own before a further one. */
export function threadNamed(siteId: string, key: string): RawBuilder<string> {
  return sql<string>`coalesce((SELECT id FROM thread WHERE site_id = ${siteId} AND key = ${key}),
    (SELECT thread_id FROM thread_alias WHERE site_id = ${siteId} AND key = ${key}))`
}

/** Throws `rate_limited` when made-up page addresses are filling the site with threads. */
export async function refuseThreadFlood(ctx: Ctx): Promise<void> {
  if (!ctx.services.config.limits) return
  const since = new Date(ctx.services.now().getTime() - HOUR_MS).toISOString()
  const recent = await ctx.services.store.db
    .selectFrom('thread')
    .select('id')
    .where('site_id', '=', ctx.site.id)
    .where('created_at', '>', since)
    .limit(NEW_THREADS_PER_HOUR)
    .execute()
  if (recent.length >= NEW_THREADS_PER_HOUR) throw new AppError('rate_limited', { retryAfter: 60, values: { n: 60 } })
}

/** A page's title as kept: one line, no control characters, cut at 300. */
export function cleanTitle(title: string | undefined): string {
  return Array.from(
    (title ?? '')
      .normalize('NFC')
      .replace(/[\p{Cc}\s]+/gu, ' ')
      .trim(),
  )
    .slice(0, MAX_TITLE_LENGTH)
    .join('')
}

/** The revision of a thread whose opening changed. Nothing of an article that was never public becomes public by this. */
export const nextIfKnown = sql<number>`CASE WHEN revision > 0 THEN revision + 1 ELSE 0 END`

/** Moves the thread's revision, which readers' caches follow; likes that waited to be seen are seen with it. */
export function touchThread(ctx: Ctx, threadId: ThreadId): Compilable[] {
  const { store, now } = ctx.services
  return [
    store.db
      .updateTable('thread')
      .set((is) => ({ revision: is('revision', '+', 1), touched_at: now().toISOString(), likes_due_at: null }))
      .where('id', '=', threadId),
    reschedule(ctx, threadId),
  ]
}

/**
 * Lets readers see new likes, but move the thread's revision for them once in {@link LIKES_SHOWN_EVERY_MS} only: at once when it
 * has rested that long, else by the first reader after that time. While a move is awaited the row is left alone.
 */
export function touchForLikes(ctx: Ctx, threadId: ThreadId): Compilable {
  const now = ctx.services.now()
  const rested = new Date(now.getTime() - LIKES_SHOWN_EVERY_MS).toISOString()
  const due = new Date(now.getTime() + LIKES_SHOWN_EVERY_MS).toISOString()
  const hasRested = sql<boolean>`(touched_at IS NULL OR touched_at <= ${rested})`
  return ctx.services.store.db
    .updateTable('thread')
    .set({
      revision: sql<number>`revision + CASE WHEN ${hasRested} THEN 1 ELSE 0 END`,
      touched_at: sql<string>`CASE WHEN ${hasRested} THEN ${now.toISOString()} ELSE touched_at END`,
      likes_due_at: sql<string | null>`CASE WHEN ${hasRested} THEN NULL ELSE ${due} END`,
      next_change_at: sql<string | null>`CASE WHEN ${hasRested} OR next_change_at < ${due} THEN next_change_at ELSE ${due} END`,
    })
    .where('id', '=', threadId)
    .where('likes_due_at', 'is', null)
}

/** Moves the revision for likes whose time to be seen has come. Of several who come at once the first does it. */
export function showLikes(ctx: Ctx, threadId: string): Compilable[] {
  const now = ctx.services.now().toISOString()
  return [
    ctx.services.store.db
      .updateTable('thread')
      .set((is) => ({ revision: is('revision', '+', 1), touched_at: now, likes_due_at: null }))
      .where('id', '=', threadId)
      .where('likes_due_at', '<=', now),
    reschedule(ctx, threadId),
  ]
}

/** Looks up anew when the thread next changes by itself: an undo window ends, or likes are to be seen. */
export function reschedule(ctx: Ctx, threadId: ThreadId): Compilable {
  const next = sql<string | null>`(SELECT min(at) FROM (
    SELECT takes_effect_at AS at FROM pending_publication WHERE thread_id = ${threadId}
    UNION ALL SELECT likes_due_at FROM thread AS same WHERE same.id = ${threadId}
  ) AS next)`
  return ctx.services.store.db.updateTable('thread').set({ next_change_at: next }).where('id', '=', threadId)
}

type Counted = { id: string; parentId: string | null }

/**
 * The public numbers that one comment adds to its thread and its parent, taken out before a change of what the public
 * sees of it and put back after. Both read the rows as they are at that point of the batch, so no race can bend the sums.
 * A removed root counts no more, its public replies do; what hangs under a root without a place (`published_at`) does not.
 */
export function countedAnew(ctx: Ctx, comment: Counted, changes: readonly Compilable[]): Compilable[] {
  if (comment.parentId === null) return [rootCounted(ctx, comment, -1), ...changes, rootCounted(ctx, comment, 1)]
  const { id, parentId } = comment
  const threadId = threadOf(comment)
  const isPublic = sql`(SELECT count(*) FROM comment AS own WHERE own.id = ${id} AND own.public_revision_id IS NOT NULL AND own.hidden_at IS NULL)`
  const isOfficial = sql`(SELECT count(*) FROM comment AS own WHERE own.id = ${id} AND own.public_revision_id IS NOT NULL AND own.hidden_at IS NULL AND own.official_agency IS NOT NULL)`
  const hasPlace = sql`(SELECT count(*) FROM comment AS root WHERE root.id = ${parentId} AND root.published_at IS NOT NULL)`
  const inThread = (sign: 1 | -1) =>
    updateThread(ctx, threadId, sign, { shown: sql`${isPublic} * ${hasPlace}`, official: answeredRoots(parentId) })
  const underRoot = (sign: 1 | -1) =>
    ctx.services.store.db
      .updateTable('comment')
      .set({
        public_replies: sql<number>`public_replies + ${sign} * ${isPublic}`,
        public_official: sql<number>`public_official + ${sign} * ${isOfficial}`,
      })
      .where('id', '=', parentId)
  return [inThread(-1), underRoot(-1), ...changes, underRoot(1), inThread(1)]
}

function rootCounted(ctx: Ctx, { id }: Counted, sign: 1 | -1): Compilable {
  const threadId = threadOf({ id })
  const isPublic = sql`(SELECT count(*) FROM comment AS own WHERE own.id = ${id} AND own.public_revision_id IS NOT NULL AND own.hidden_at IS NULL)`
  const replies = sql`(SELECT coalesce(sum(own.public_replies), 0) FROM comment AS own WHERE own.id = ${id} AND own.published_at IS NOT NULL)`
  return updateThread(ctx, threadId, sign, { shown: sql`(${isPublic} + ${replies})`, official: answeredRoots(id) })
}

/** 1 when this root has a place in the list and a public official reply, else 0. */
function answeredRoots(rootId: string): RawBuilder<unknown> {
  return sql`(SELECT count(*) FROM comment AS root WHERE root.id = ${rootId} AND root.published_at IS NOT NULL AND root.public_official > 0)`
}

function updateThread(ctx: Ctx, threadId: ThreadId, sign: 1 | -1, numbers: Record<'shown' | 'official', RawBuilder<unknown>>): Compilable {
  return ctx.services.store.db
    .updateTable('thread')
    .set({
      public_count: sql<number>`public_count + ${sign} * ${numbers.shown}`,
      official_count: sql<number>`official_count + ${sign} * ${numbers.official}`,
    })
    .where('id', '=', threadId)
}

const SITE_COLUMNS = [
  'site.id as site_id',
  'site.slug as site_slug',
  'site.name as site_name',
  'site.settings as site_settings',
  'site_origin.origin',
] as const
/** The columns of {@link threadOrNull}. */
export const THREAD_COLUMNS = [
  'thread.id',
  'thread.key',
  'thread.url',
  'thread.title',
  'thread.closed_at',
  'thread.closes_at',
  'thread.opens_at',
  'thread.message',
  'thread.revision',
  'thread.public_count',
  'thread.official_count',
  'thread.next_change_at',
] as const

type ThreadRow = Article & {
  id: string
  closed_at: string | null
  closes_at: string | null
  opens_at: string | null
  message: string | null
  revision: number
  public_count: number
  official_count: number
  next_change_at: string | null
}

/** Maps a row that was joined to another; null when there was no thread to join. */
export function threadOrNull(row: { [Column in keyof ThreadRow]: ThreadRow[Column] | null }): Thread | null {
  return row.id === null ? null : toThread(row as ThreadRow)
}

/** Maps a row. */
export function toThread(row: ThreadRow): Thread {
  return {
    id: row.id,
    key: row.key,
    url: row.url,
    title: row.title,
    closedAt: row.closed_at,
    closesAt: row.closes_at,
    opensAt: row.opens_at,
    message: row.message,
    revision: row.revision,
    publicCount: row.public_count,
    officialCount: row.official_count,
    nextChangeAt: row.next_change_at,
  }
}
