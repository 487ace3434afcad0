// Queries of readers: a page of a thread, more replies of one comment. Public rows only.
import { sql } from 'kysely'
import { strings } from '../../i18n/index.ts'
import { fromCursor, toCursor } from '../../lib/cursor.ts'
import type { Services } from '../../services.ts'
import { allow, type Ctx, faulty, type Site } from '../context.ts'
import { type ArticleReference, articleOf, findSiteAndThread, type Thread } from '../threads.ts'
import { lookSettled } from './due.ts'
import { settleThread } from './publish.ts'

export const SORTS = ['new', 'old', 'top'] as const
export type Sort = (typeof SORTS)[number]

/** Replies shown under a comment before "more". */
const REPLIES_SHOWN = 20
/** Replies shown at most when one of them is looked for. */
const REPLIES_AROUND = 500

/** A published reply. It has no replies of its own: a reply to it hangs beside it. */
export type ReplyView = {
  id: string
  parent_id: string | null
  author: { name: string }
  official: { agency: string; signer_title: string; signed_at: string } | null
  body_html: string
  body_text: string
  created_at: string
  published_at: string
  likes: number
  replies: Record<string, never>[]
  replies_next: string | null
}

export type CommentView = Omit<ReplyView, 'replies'> & { replies: ReplyView[] }

export type SiteView = {
  slug: string
  name: string
  language: 'vi' | 'en'
  state: 'open' | 'closed'
  body: { min: number; max: number }
  edit_minutes: number
  requires: { terms: boolean }
  rules: string | null
}

type ThreadView = {
  id: string | null
  key: string
  url: string | null
  title: string | null
  state: 'open' | 'closed'
  count: number
}

export type ThreadAnswer = { site: SiteView; thread: ThreadView; comments: CommentView[]; next: string | null }

/**
 * What one look-up tells of an article: its site and thread, and a print that moves with everything readers can see. The page is
 * read with the stamp's own services, so that it is not older than its print.
 */
export type ThreadStamp = { services: Services; site: Site; thread: Thread | null; print: string }

export type ThreadQuery = { sort: Sort; limit: number; after: string | null; around: string | null; parent: string | null }

/** What the widget needs to know of a site. */
export function viewSite(ctx: Ctx): SiteView {
  const { slug, name, settings } = ctx.site
  return {
    slug,
    name,
    language: settings.language,
    state: settings.state,
    body: { min: settings.body_min, max: settings.body_max },
    edit_minutes: settings.edit_minutes,
    requires: { terms: settings.requires_terms },
    rules: settings.rules,
  }
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
  const print = JSON.stringify([site.id, site.name, site.settings, thread?.id, thread?.revision, thread?.closedAt])
  return { services: settled.services, site, thread, print }
}

/**
 * A page of an article's published comments: `limit` roots with their first replies. With `parent` a page of that
 * comment's replies instead; with `around` the page that holds one comment. An unknown article is an empty thread.
 */
export async function readThread(stamp: ThreadStamp, reference: ArticleReference, query: ThreadQuery): Promise<ThreadAnswer> {
  const ctx: Ctx = { services: stamp.services, actor: { kind: 'reader' }, site: stamp.site }
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
    },
    ...page,
  }
}

const COLUMNS = [
  'id',
  'parent_id',
  'author_name',
  'public_html',
  'public_text',
  'received_at',
  'published_at',
  'likes',
  'public_replies',
] as const

type Row = {
  id: string
  parent_id: string | null
  author_name: string | null
  public_html: string | null
  public_text: string | null
  received_at: string
  published_at: string | null
  likes: number
  public_replies: number
}

async function readRoots(ctx: Ctx, thread: Thread, query: ThreadQuery): Promise<{ comments: CommentView[]; next: string | null }> {
  const target = query.around === null ? null : await findTarget(ctx, thread, query.around)
  const start = target
    ? await startAround(ctx, thread, query, target.root)
    : query.after === null
      ? null
      : parseAfter(query.after, query.sort)
  const rows = await withReplies(ctx, roots(ctx, thread, query.sort, start, 'after', query.limit + 1), target).execute()
  const found = rows.filter((row) => row.parent_id === null).sort(inOrder(query.sort))
  const shown = found.slice(0, query.limit)
  const repliesOf = Map.groupBy(
    rows.filter((row) => row.parent_id !== null).sort((one, other) => one.place - other.place),
    (row) => row.parent_id ?? '',
  )
  const last = shown.at(-1)
  return {
    comments: shown.map((row) => {
      const replies = repliesOf.get(row.id) ?? []
      const lastReply = replies.at(-1)
      return {
        ...toView(ctx, row),
        replies: replies.map((reply) => toView(ctx, reply)),
        replies_next: lastReply && replies.length < row.public_replies ? toCursor([lastReply.published_at ?? '', lastReply.id]) : null,
      }
    }),
    next: found.length > query.limit && last ? toCursor(keyOf(last, query.sort)) : null,
  }
}

async function readReplies(ctx: Ctx, thread: Thread, query: ThreadQuery): Promise<{ comments: CommentView[]; next: string | null }> {
  const after = query.after === null ? null : parseAfter(query.after, 'old')
  let rows = publicRows(ctx, thread)
    .where('parent_id', '=', query.parent)
    .where((is) =>
      is.exists(
        is
          .selectFrom('comment as root')
          .select('root.id')
          .where('root.id', '=', query.parent)
          .where('root.public_revision_id', 'is not', null)
          .where('root.hidden_at', 'is', null),
      ),
    )
    .orderBy('published_at')
    .orderBy('id')
    .limit(query.limit + 1)
  if (after) rows = rows.where(beyond(after, 'old', 'after'))
  const found = await rows.execute()
  const shown = found.slice(0, query.limit)
  const last = shown.at(-1)
  return {
    comments: shown.map((row) => ({ ...toView(ctx, row), replies: [] })),
    next: found.length > query.limit && last ? toCursor(keyOf(last, 'old')) : null,
  }
}

function publicRows(ctx: Ctx, thread: Thread) {
  return ctx.services.store.db
    .selectFrom('comment')
    .select(COLUMNS)
    .where('thread_id', '=', thread.id)
    .where('public_revision_id', 'is not', null)
    .where('hidden_at', 'is', null)
}

/** Roots on one side of a place, nearest first. The place itself belongs to neither side. */
function roots(ctx: Ctx, thread: Thread, sort: Sort, place: (string | number)[] | null, side: 'before' | 'after', limit: number) {
  const direction = (sort === 'old') === (side === 'after') ? 'asc' : 'desc'
  let rows = publicRows(ctx, thread).where('parent_id', 'is', null)
  if (place) rows = rows.where(beyond(place, sort, side))
  if (sort === 'top') rows = rows.orderBy('likes', direction)
  return rows.orderBy('published_at', direction).orderBy('id', direction).limit(limit)
}

/** The rows beyond a place in a sort order, as a comparison of row values that an index answers. */
function beyond(place: (string | number)[], sort: Sort, side: 'before' | 'after') {
  const isGreater = (sort === 'old') === (side === 'after')
  const columns = sort === 'top' ? sql`(likes, published_at, id)` : sql`(published_at, id)`
  return sql<boolean>`${columns} ${isGreater ? sql`>` : sql`<`} (${sql.join(place)})`
}

function keyOf(row: Row, sort: Sort): (string | number)[] {
  return sort === 'top' ? [row.likes, row.published_at ?? '', row.id] : [row.published_at ?? '', row.id]
}

function parseAfter(cursor: string, sort: Sort): (string | number)[] {
  const place = fromCursor(cursor, sort === 'top' ? ['number', 'string', 'string'] : ['string', 'string'])
  if (!place) throw faulty('validation', '/after')
  return place
}

type Target = { root: Row; reply: Row | null }

async function findTarget(ctx: Ctx, thread: Thread, id: string): Promise<Target | null> {
  const row = await publicRows(ctx, thread).where('id', '=', id).executeTakeFirst()
  if (!row) return null
  if (row.parent_id === null) return { root: row, reply: null }
  const root = await publicRows(ctx, thread).where('id', '=', row.parent_id).executeTakeFirst()
  return root ? { root, reply: row } : null
}

/** Where the page that holds a root begins: half a page before it, so that it is seen among its neighbours. */
async function startAround(ctx: Ctx, thread: Thread, query: ThreadQuery, root: Row): Promise<(string | number)[] | null> {
  const half = Math.floor(query.limit / 2)
  const before = await roots(ctx, thread, query.sort, keyOf(root, query.sort), 'before', half + 1).execute()
  const start = before[half]
  return start ? keyOf(start, query.sort) : null
}

/** The roots of a page and the first replies of each in one statement: on D1 every statement is a round trip. */
function withReplies(ctx: Ctx, page: ReturnType<typeof roots>, target: Target | null) {
  const { db } = ctx.services.store
  const ranked = db
    .selectFrom('comment')
    .select(COLUMNS)
    .select(sql<number>`row_number() OVER (PARTITION BY parent_id ORDER BY published_at, id)`.as('place'))
    .where('parent_id', 'in', (of) => of.selectFrom('page' as never).select('id' as never))
    .where('public_revision_id', 'is not', null)
    .where('hidden_at', 'is', null)
  const isShown = [sql<boolean>`place <= ${REPLIES_SHOWN}`, ...upTo(target?.reply ?? null)]
  return db
    .with('page', () => page)
    .selectFrom('page')
    .select(COLUMNS)
    .select(sql<number>`0`.as('place'))
    .unionAll(
      db
        .selectFrom(ranked.as('ranked'))
        .select(COLUMNS)
        .select('place')
        .where((is) => is.or(isShown)),
    )
}

/** Lets the replies of one comment reach as far as the one that is looked for. */
function upTo(reply: Row | null) {
  if (reply === null) return []
  return [
    sql<boolean>`(place <= ${REPLIES_AROUND} AND parent_id = ${reply.parent_id} AND (published_at, id) <= (${reply.published_at}, ${reply.id}))`,
  ]
}

/** The order of a sort, for rows that came without one. Ids and times are ASCII, so comparing them as text is the database's order. */
function inOrder(sort: Sort): (one: Row, other: Row) => number {
  const sign = sort === 'old' ? 1 : -1
  return (one, other) => {
    const [mine, theirs] = [keyOf(one, sort), keyOf(other, sort)]
    const index = mine.findIndex((value, place) => value !== theirs[place])
    if (index === -1) return 0
    return (mine[index] ?? '') < (theirs[index] ?? '') ? -sign : sign
  }
}

function toView(ctx: Ctx, row: Row): ReplyView {
  return {
    id: row.id,
    parent_id: row.parent_id,
    author: { name: row.author_name ?? anonymous(ctx) },
    official: null,
    body_html: row.public_html ?? '',
    body_text: row.public_text ?? '',
    created_at: row.received_at,
    published_at: row.published_at ?? row.received_at,
    likes: row.likes,
    replies: [],
    replies_next: null,
  }
}

function anonymous(ctx: Ctx): string {
  return strings(ctx.site.settings.language).reader.anonymous
}
