// The rows of a page: roots in one of the orders with their first replies, or one comment's replies, by keyset cursors.
// Public rows only, and the places of removed roots whose replies are public. Every condition here is that of an index.
import { type ExpressionBuilder, sql } from 'kysely'
import { fromCursor, toCursor } from '../../lib/cursor.ts'
import type { Schema } from '../../storage/schema.ts'
import { lookUp } from '../../storage/store.ts'
import { type Ctx, faulty } from '../context.ts'
import type { Thread } from '../threads.ts'
import { type CommentView, PUBLIC_COLUMNS, type PublicRow, viewComment } from './views.ts'

export const SORTS = ['new', 'old', 'top', 'official'] as const
export type Sort = (typeof SORTS)[number]

export type ThreadQuery = { sort: Sort; limit: number; after: string | null; around: string | null; parent: string | null }

export type Page = { comments: CommentView[]; next: string | null }

/** Roots that staff can pin at once under an article: more would push the readers' own order off a phone's screen. */
export const MAX_PINNED = 3
/** Replies shown under a comment before "more". */
const REPLIES_SHOWN = 20
/** Replies shown at most when one of them is looked for. */
const REPLIES_AROUND = 500

/** A row's place in its order, as a cursor holds it. */
type Place = (string | number)[]

/** What a root must be to have a place in the list, word for word as in its indexes: public, or removed with public replies. */
const isListed = sql<boolean>`((public_revision_id IS NOT NULL AND hidden_at IS NULL) OR public_replies > 0)`
/** A root with a public official reply, word for word as in its index. */
const hasOfficialReply = sql<boolean>`public_official > 0`

/** A page of roots with the first replies of each. What is pinned comes before the first page and is not in its place again. */
export async function readRoots(ctx: Ctx, thread: Thread, query: ThreadQuery): Promise<Page> {
  const target = query.around === null ? null : await findTarget(ctx, thread, query.around)
  const start = target
    ? await startAround(ctx, thread, query, target.root)
    : query.after === null
      ? null
      : parsePlace(query.after, query.sort)
  const values = { id: thread.id, limit: query.limit + 1 }
  const page = ({ id, limit }: typeof values) =>
    withReplies(ctx, { id }, roots(ctx, { id }, query.sort, start, 'after', limit), start === null ? MAX_PINNED : 0, target)
  // Nearly all readers see the first page only.
  const rows =
    start === null && target === null
      ? await lookUp(ctx.services.store.db, `first page by ${query.sort}`, values, page)
      : await page(values).execute()

  const [pinned, found] = parted(
    rows.filter((row) => row.parent_id === null),
    isPinned,
  )
  const shown = found.sort(inOrder(query.sort)).slice(0, query.limit)
  const repliesOf = Map.groupBy(
    rows.filter((row) => row.parent_id !== null).sort((one, other) => one.place - other.place),
    (row) => row.parent_id ?? '',
  )
  const last = shown.at(-1)
  return {
    comments: [...pinned.sort((one, other) => (one.pin_slot ?? 0) - (other.pin_slot ?? 0)), ...shown].map((row) => {
      const replies = repliesOf.get(row.id) ?? []
      const lastReply = replies.at(-1)
      return {
        ...viewComment(ctx, row),
        replies: replies.map((reply) => viewComment(ctx, reply)),
        replies_next: lastReply && replies.length < row.public_replies ? toCursor(replyPlaceOf(lastReply)) : null,
      }
    }),
    next: found.length > query.limit && last ? toCursor(placeOf(last, query.sort)) : null,
  }
}

/** A page of one root's replies: official ones first, then the oldest first. */
export async function readReplies(ctx: Ctx, thread: Thread, query: ThreadQuery): Promise<Page> {
  const after = query.after === null ? null : parseReplyPlace(query.after)
  let rows = publicRows(ctx, thread)
    .where('parent_id', '=', query.parent)
    .where((is) =>
      is.exists(
        is.selectFrom('comment as root').select('root.id').where('root.id', '=', query.parent).where('root.published_at', 'is not', null),
      ),
    )
    .orderBy('reply_rank')
    .orderBy('published_at')
    .orderBy('id')
    .limit(query.limit + 1)
  if (after) rows = rows.where(sql<boolean>`(reply_rank, published_at, id) > (${sql.join(after)})`)
  const found = await rows.execute()
  const shown = found.slice(0, query.limit)
  const last = shown.at(-1)
  return {
    comments: shown.map((row) => ({ ...viewComment(ctx, row), replies: [] })),
    next: found.length > query.limit && last ? toCursor(replyPlaceOf(last)) : null,
  }
}

function publicRows(ctx: Ctx, thread: Pick<Thread, 'id'>) {
  return ctx.services.store.db
    .selectFrom('comment')
    .select(PUBLIC_COLUMNS)
    .where('thread_id', '=', thread.id)
    .where('public_revision_id', 'is not', null)
    .where('hidden_at', 'is', null)
}

function listedRoots(ctx: Ctx, thread: Pick<Thread, 'id'>) {
  return ctx.services.store.db
    .selectFrom('comment')
    .select(PUBLIC_COLUMNS)
    .where('thread_id', '=', thread.id)
    .where('parent_id', 'is', null)
    .where('published_at', 'is not', null)
    .where(isListed)
}

/** Roots on one side of a place, nearest first, without those that stand pinned. The place itself belongs to neither side. */
function roots(ctx: Ctx, thread: Pick<Thread, 'id'>, sort: Sort, place: Place | null, side: 'before' | 'after', limit: number) {
  const direction = (sort === 'old') === (side === 'after') ? 'asc' : 'desc'
  let rows = listedRoots(ctx, thread).where((is) =>
    is.or([is('pin_slot', 'is', null), is('public_revision_id', 'is', null), is('hidden_at', 'is not', null)]),
  )
  if (sort === 'official') rows = rows.where(hasOfficialReply)
  if (place) rows = rows.where(beyond(place, sort, side))
  if (sort === 'top') rows = rows.orderBy('likes', direction)
  return rows.orderBy('published_at', direction).orderBy('id', direction).limit(limit)
}

/** The rows beyond a place in a sort order, as a comparison of row values that an index answers. */
function beyond(place: Place, sort: Sort, side: 'before' | 'after') {
  const isGreater = (sort === 'old') === (side === 'after')
  const columns = sort === 'top' ? sql`(likes, published_at, id)` : sql`(published_at, id)`
  return sql<boolean>`${columns} ${isGreater ? sql`>` : sql`<`} (${sql.join(place)})`
}

type Target = { root: PublicRow; reply: PublicRow | null }

async function findTarget(ctx: Ctx, thread: Thread, id: string): Promise<Target | null> {
  const root = (rootId: string) => listedRoots(ctx, thread).where('id', '=', rootId).executeTakeFirst()
  const reply = await publicRows(ctx, thread).where('id', '=', id).where('parent_id', 'is not', null).executeTakeFirst()
  const found = await root(reply?.parent_id ?? id)
  return found ? { root: found, reply: reply ?? null } : null
}

/** Where the page that holds a root begins: half a page before it, so that it is seen among its neighbours. */
async function startAround(ctx: Ctx, thread: Thread, query: ThreadQuery, root: PublicRow): Promise<Place | null> {
  if (isPinned(root)) return null
  const half = Math.floor(query.limit / 2)
  const before = await roots(ctx, thread, query.sort, placeOf(root, query.sort), 'before', half + 1).execute()
  const start = before[half]
  return start ? placeOf(start, query.sort) : null
}

/** The roots of a page, the pinned ones and the first replies of each in one statement: on D1 every statement is a round trip. */
function withReplies(ctx: Ctx, thread: Pick<Thread, 'id'>, page: ReturnType<typeof roots>, pins: number, target: Target | null) {
  const { db } = ctx.services.store
  const pinned = publicRows(ctx, thread).where('pin_slot', 'is not', null).orderBy('pin_slot').limit(pins)
  const idsOf = (name: 'page' | 'pinned') => (is: ExpressionBuilder<Schema, never>) => is.selectFrom(name as never).select('id' as never)
  const ranked = db
    .selectFrom('comment')
    .select(PUBLIC_COLUMNS)
    .select(sql<number>`row_number() OVER (PARTITION BY parent_id ORDER BY reply_rank, published_at, id)`.as('place'))
    .where('parent_id', 'in', (is) => idsOf('page')(is as never).unionAll(idsOf('pinned')(is as never)) as never)
    .where('public_revision_id', 'is not', null)
    .where('hidden_at', 'is', null)
  const isShown = [sql<boolean>`place <= ${REPLIES_SHOWN}`, ...upTo(target?.reply ?? null)]
  return db
    .with('page', () => page)
    .with('pinned', () => pinned)
    .selectFrom('page')
    .select(PUBLIC_COLUMNS)
    .select(sql<number>`0`.as('place'))
    .unionAll((is) => is.selectFrom('pinned').select(PUBLIC_COLUMNS).select(sql<number>`0`.as('place')))
    .unionAll(
      db
        .selectFrom(ranked.as('ranked'))
        .select(PUBLIC_COLUMNS)
        .select('place')
        .where((is) => is.or(isShown)),
    )
}

/** Lets the replies of one comment reach as far as the one that is looked for. */
function upTo(reply: PublicRow | null) {
  if (reply === null) return []
  const place = sql.join(replyPlaceOf(reply))
  return [sql<boolean>`(place <= ${REPLIES_AROUND} AND parent_id = ${reply.parent_id} AND (reply_rank, published_at, id) <= (${place}))`]
}

function isPinned(row: PublicRow): boolean {
  return row.pin_slot !== null && row.public_revision_id !== null && row.hidden_at === null
}

function placeOf(row: PublicRow, sort: Sort): Place {
  return sort === 'top' ? [row.likes, row.published_at ?? '', row.id] : [row.published_at ?? '', row.id]
}

function replyPlaceOf(row: PublicRow): Place {
  return [row.reply_rank, row.published_at ?? '', row.id]
}

function parsePlace(cursor: string, sort: Sort): Place {
  const place = fromCursor(cursor, sort === 'top' ? ['number', 'string', 'string'] : ['string', 'string'])
  if (!place) throw faulty('validation', '/after')
  return place
}

function parseReplyPlace(cursor: string): Place {
  const place = fromCursor(cursor, ['number', 'string', 'string'])
  if (!place) throw faulty('validation', '/after')
  return place
}

/** The order of a sort, for rows that came without one. Ids and times are ASCII, so comparing them as text is the database's order. */
function inOrder(sort: Sort): (one: PublicRow, other: PublicRow) => number {
  const sign = sort === 'old' ? 1 : -1
  return (one, other) => {
    const [mine, theirs] = [placeOf(one, sort), placeOf(other, sort)]
    const index = mine.findIndex((value, place) => value !== theirs[place])
    if (index === -1) return 0
    return (mine[index] ?? '') < (theirs[index] ?? '') ? -sign : sign
  }
}

function parted<Item>(items: readonly Item[], test: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(test), items.filter((item) => !test(item))]
}
