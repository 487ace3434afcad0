// Queries of the desk: what waits, how much, and one comment with its whole history. Sealed comments are in none of them.
import { sql } from 'kysely'
import { sha256 } from '../../lib/crypto.ts'
import { fromCursor, toCursor } from '../../lib/cursor.ts'
import { inChunks } from '../../storage/store.ts'
import { findUnsealed, toComment } from '../comments/comment.ts'
import type { Mask } from '../comments/masks.ts'
import { isPublic, STATES, type State, type Verdict } from '../comments/states.ts'
import type { Official } from '../comments/views.ts'
import { allow, type Ctx, faulty, type OpinionKind } from '../context.ts'
import { isOpen } from '../opening.ts'
import { findPersonalData, type PersonalKind } from '../screening/privacy.ts'
import { attentionOf, inOrder, readSignals, type Signal, type SignalCode, signal } from '../screening/signal.ts'
import { rulesFor } from '../screening/wordlist.ts'
import { canonicalUrl, findThread } from '../threads.ts'
import { actsFor, type DeskAct, verdictsFor } from './acts.ts'
import { assessNow, WAITING } from './assess.ts'
import { catchUp } from './catalogue.ts'
import { type ReportView, readReports } from './reports.ts'
import { findComments } from './search.ts'
import { readTwins, type Twin } from './twins.ts'

/** States the desk lists. */
export const LISTED_STATES = STATES.filter((state) => state !== 'sealed')
/** Counts are exact up to 999; one more means "999+", since an exact count of a million rows would be read at each look. */
export const COUNT_CEILING = 1_000
/** An author's record is counted up to this: beyond it a number says no more. */
const RECORD_CEILING = 100
/** Parameters of a card's rows besides the ids of their comments. */
const PARAMETERS_OF_ROWS = 20
/** Twins that a signal names; the card lists them all. */
const MAX_NAMED = 5
/** Pages of what the index found that are looked through for one page, where what it does not know (people, reports) drops most of them. */
const MAX_LOOKS = 20
const DAY_MS = 86_400_000
/** What waits is read from the oldest, what was decided from the newest. */
const OLDEST_FIRST: readonly State[] = ['pending', 'held', 'returned']

export type QueueItem = {
  id: string
  version: number
  /** Which text is to be judged. */
  revision_id: string
  state: State
  body_text: string
  /** `record` counts what the same reader's token sent before, up to 100 of each; null without a token. */
  author: { name: string | null; name_given: string | null; record: { published: number; rejected: number } | null }
  /** The type of opinion its author chose. */
  kind: OpinionKind | null
  /** Set for an official reply, which has no citizen as author. */
  official: Official | null
  pinned: boolean
  /** Readers' reports nobody has handled. */
  report_count: number
  /** Who has it in hand, and the number that an assignment must name. */
  assignee: { id: string; name: string } | null
  assignment: number
  article: { thread_id: string; key: string; url: string; title: string; state: 'open' | 'closed' }
  /** What it answers; null also when that was sealed. */
  in_reply_to: { id: string; author_name: string | null; body_text: string } | null
  signals: Signal[]
  /** Other comments of the site with nearly the same text, the newest first, at most 99. */
  twins: Twin[]
  /** Words of the text for which the site's own decisions speak against it; none while it has decided too little, or would rather keep it. */
  reasons: string[]
  /** How closely to look, 0 to 100: what the signals weigh together. */
  attention: number
  /** Verdicts and other acts that are legal for this comment and open to the person who asks. */
  legal_verdicts: Verdict[]
  legal_acts: DeskAct[]
  is_public: boolean
  /** What the public reads now, where that is another text than `body_text`: parts are hidden, or an edit waits. */
  public_text: string | null
  /** Parts of `body_text` that are hidden from the public, as UTF-16 offsets; those the machine proposes to hide are personal data. */
  masks: Mask[]
  proposed_masks: { kind: PersonalKind; span: Mask }[]
  receipt_code: string
  created_at: string
  /** When the text that waits now was sent: later than `created_at` after an edit. */
  waiting_since: string
}

/**
 * The orders a page can have. Without one, what waits comes from the oldest and what was decided from the newest. `urgent` begins with what
 * needs a person first, `suspect` with what will most likely be refused (screening/rank.ts): of what waits; elsewhere, in a search
 * or of one person's both are the usual order.
 */
export const QUEUE_SORTS = ['oldest', 'newest', 'article', 'urgent', 'suspect'] as const
type Sort = (typeof QUEUE_SORTS)[number]

export type QueueCounts = Record<(typeof LISTED_STATES)[number], number>

/**
 * What a page of the queue shows. `state` may be `any`; `q` is what was typed to search for; `article` is an article's key, address or
 * thread; `from` and `to` are days of Vietnam (`YYYY-MM-DD`), both included. What is left out does not narrow.
 */
export type QueueQuery = {
  state: State | 'any'
  q?: string | undefined
  article?: string | undefined
  signal?: SignalCode | undefined
  kind?: OpinionKind | undefined
  /** `me`, `none`, or a colleague's id: only what they have in hand. */
  assignee?: string | undefined
  /** A comment's id: only what the same reader sent, that comment included. */
  author?: string | undefined
  /** `1`: only comments with open reports. */
  reported?: '1' | undefined
  from?: string | undefined
  to?: string | undefined
  /** `article` groups what belongs under one article; of what was searched for, within each page. */
  sort?: Sort | undefined
  /** A comment's id: only it and those that came before it. */
  until?: string | undefined
  after?: string | undefined
  limit: number
}

/** `is_catching_up`: comments and decisions of the last moments may be missing from what was searched. */
export type QueuePage = { items: QueueItem[]; next: string | null; counts: QueueCounts; is_catching_up: boolean }

/**
 * One page of comments, with the counts of all states. One state within dates is read from the comments as they are; everything
 * else from the search index. A page may be short and yet have a `next`. Throws `validation`.
 */
export async function readQueue(ctx: Ctx, query: QueueQuery): Promise<QueuePage> {
  allow(ctx, 'queue.read')
  if (query.state === 'sealed') throw faulty('validation', '/state')
  const isRanked = query.sort === 'urgent' || query.sort === 'suspect'
  const isUsual = query.sort === undefined || isRanked
  const isAscending = isUsual ? query.state !== 'any' && OLDEST_FIRST.includes(query.state) : query.sort !== 'newest'
  const isSearch =
    (query.state === 'any' && !isOfPerson(query) && !query.reported) ||
    query.q !== undefined ||
    query.article !== undefined ||
    query.signal !== undefined ||
    query.kind !== undefined
  if (isRanked && !isSearch) await assessNow(ctx.services)
  const page = isSearch ? readFound(ctx, query, isAscending) : readState(ctx, query, isAscending)
  const [found, counts] = await Promise.all([page, readCounts(ctx)])
  return { ...found, items: await withTwins(ctx, found.items), counts }
}

type Page = Omit<QueuePage, 'counts'>

async function readState(ctx: Ctx, query: QueueQuery, isAscending: boolean): Promise<Page> {
  const first = leadingColumn(query)
  const isRanked = first === 'urgent_rank' || first === 'suspect_rank'
  const columns = [...(first === null ? [] : [first]), 'received_at', 'id'] as const
  const after =
    query.after === undefined
      ? null
      : fromCursor(
          query.after,
          columns.map((column) => (column === first && isRanked ? 'number' : 'string')),
        )
  if (query.after !== undefined && after === null) throw faulty('validation', '/after')
  let rows = rowsOf(ctx)
    .where('comment.site_id', '=', ctx.site.id)
    .where(ofState(query))
    .where(ofPeople(ctx, query))
    .limit(query.limit + 1)
  for (const column of columns) rows = rows.orderBy(`comment.${column}`, isAscending ? 'asc' : 'desc')
  if (query.until !== undefined) rows = rows.where('comment.id', '<=', query.until)
  if (query.from !== undefined) rows = rows.where('comment.received_at', '>=', startOfDay(query.from))
  if (query.to !== undefined) rows = rows.where('comment.received_at', '<', startOfDay(query.to, 1))
  if (query.reported) rows = rows.where(hasOpenReports)
  if (isRanked) rows = rows.where(isWaiting)
  if (after) {
    const place = sql.join(columns.map((column) => sql.ref(`comment.${column}`)))
    rows = rows.where(sql<boolean>`(${place}) ${isAscending ? sql`>` : sql`<`} (${sql.join(after)})`)
  }
  const found = await rows.execute()
  const shown = found.slice(0, query.limit)
  const last = shown.at(-1)
  const next = found.length > query.limit && last ? toCursor(columns.map((column) => last[column])) : null
  return { items: shown.map((row) => toItem(ctx, row)), next, is_catching_up: false }
}

/** The column that an order has before the time of arrival. */
function leadingColumn({ sort, state, ...query }: QueueQuery): 'thread_id' | 'urgent_rank' | 'suspect_rank' | null {
  if (sort === 'article') return 'thread_id'
  if (state === 'any' || !WAITING.includes(state) || isOfPerson(query)) return null
  return sort === 'urgent' ? 'urgent_rank' : sort === 'suspect' ? 'suspect_rank' : null
}

/** Adds what other comments tell of each: its twins, as a list and as a signal. */
async function withTwins(ctx: Ctx, items: QueueItem[]): Promise<QueueItem[]> {
  if ((await rulesFor(ctx)).off.has('twins')) return items
  const twins = await readTwins(
    ctx,
    items.map(({ id }) => id),
  )
  return items.map((item) => {
    const own = twins.get(item.id) ?? []
    if (own.length === 0) return item
    const told = signal('twins', [], { details: { twins: own.slice(0, MAX_NAMED).map(({ id }) => id), count: own.length } })
    const signals = inOrder([...item.signals, told])
    return { ...item, twins: own, signals, attention: attentionOf(signals) }
  })
}

async function readFound(ctx: Ctx, query: QueueQuery, isAscending: boolean): Promise<Page> {
  // Twins are told by a table, not with the text: that they are turned off shows nowhere else.
  if (query.signal === 'twins') {
    if ((await rulesFor(ctx)).off.has('twins')) return { items: [], next: null, is_catching_up: false }
    await assessNow(ctx.services)
  }
  const isUpToDate = await catchUp(ctx.services)
  const threadIds = query.article === undefined ? null : await threadIdsMeant(ctx, query.article)
  if (threadIds?.length === 0) return { items: [], next: null, is_catching_up: false }
  const wanted = {
    state: query.state,
    text: query.q ?? null,
    threadIds,
    signal: query.signal ?? null,
    kind: query.kind ?? null,
    from: query.from ?? null,
    to: query.to ?? null,
  }
  const page: QueueItem[] = []
  let next = query.after ?? null
  for (let look = 0; look < MAX_LOOKS; look++) {
    const limit = query.limit - page.length
    const found = await findComments(ctx, wanted, { after: next, isAscending, limit })
    page.push(...(await readIds(ctx, query, found.ids)))
    next = found.next
    if (next === null || found.ids.length < limit || page.length === query.limit) break
  }
  return { items: query.sort === 'article' ? grouped(page) : page, next, is_catching_up: !isUpToDate }
}

/** Those of the comments that were found which are still what was asked for, in the order of their ids here. */
async function readIds(ctx: Ctx, query: QueueQuery, ids: readonly string[]): Promise<QueueItem[]> {
  // The index may be a moment behind: what a comment is now decides. The empty text keeps SQLite from reading the whole site, or the
  // whole state, instead of these few ids.
  const isOfSite = sql<boolean>`comment.site_id || '' = ${ctx.site.id}`
  const rows = await Promise.all(
    inChunks(ids, PARAMETERS_OF_ROWS).map((chunk) => {
      let found = rowsOf(ctx).where('comment.id', 'in', chunk).where(isOfSite).where('comment.state', '!=', 'sealed')
      found = found.where(ofPeople(ctx, query))
      if (query.reported) found = found.where(hasOpenReports)
      if (query.until !== undefined) found = found.where('comment.id', '<=', query.until)
      return (query.state === 'any' ? found : found.where('comment.state', '=', query.state)).execute()
    }),
  )
  const items = new Map(rows.flat().map((row) => [row.id, toItem(ctx, row)]))
  return ids.flatMap((id) => items.get(id) ?? [])
}

/** A page's comments by article, each where its first one stood. */
function grouped(items: readonly QueueItem[]): QueueItem[] {
  return [...Map.groupBy(items, ({ article }) => article.thread_id).values()].flat()
}

/**
 * The thread that somebody means by its id, its article's key or its address, with the ids of those that were joined to it; none when
 * the site has none such.
 */
async function threadIdsMeant(ctx: Ctx, article: string): Promise<string[]> {
  const { db } = ctx.services.store
  const url = canonicalUrl(article)
  const named = await findThread(ctx, { key: article, url: null })
  const placed = named === null && url !== null ? await findThread(ctx, { key: url, url }) : named
  const found =
    placed ?? (await db.selectFrom('thread').select('id').where('id', '=', article).where('site_id', '=', ctx.site.id).executeTakeFirst())
  if (!found) return []
  const joined = await db.selectFrom('thread_alias').select('key').where('thread_id', '=', found.id).where('kind', '=', 'former').execute()
  return [found.id, ...joined.map(({ key }) => key)]
}

/** When a day begins in Vietnam, `later` days after the one named. */
function startOfDay(day: string, later = 0): string {
  return new Date(Date.parse(`${day}T00:00:00+07:00`) + later * DAY_MS).toISOString()
}

/** How many comments each state holds, up to {@link COUNT_CEILING}. */
export async function readCounts(ctx: Ctx): Promise<QueueCounts> {
  allow(ctx, 'queue.read')
  const { db } = ctx.services.store
  const row = await db
    .selectNoFrom((is) =>
      LISTED_STATES.map((state) =>
        is
          .selectFrom(
            is
              .selectFrom('comment')
              .select('comment.id')
              .where('site_id', '=', ctx.site.id)
              .where('state', '=', state)
              // In an order that only the index has: PostgreSQL would else begin to read the table.
              .orderBy('received_at')
              .limit(COUNT_CEILING)
              .as('bounded'),
          )
          .select((pick) => pick.fn.countAll<number>().as('n'))
          .as(state),
      ),
    )
    .executeTakeFirstOrThrow()
  return Object.fromEntries(LISTED_STATES.map((state) => [state, Number(row[state] ?? 0)])) as QueueCounts
}

export type ItemDetail = QueueItem & {
  reports: ReportView[]
  revisions: { id: string; number: number; body_text: string; signals: Signal[]; created_at: string }[]
  history: {
    id: string
    kind: string
    verdict: Verdict | null
    reason: string | null
    reason_text: string | null
    note: string | null
    state: State
    by: string | null
    outcome: 'applied' | 'undone' | null
    undo_until: string | null
    at: string
  }[]
}

/** One comment with its revisions and everything that was done with it, oldest first. Throws `not_found`, also when it is sealed. */
export async function readItem(ctx: Ctx, id: string): Promise<ItemDetail> {
  allow(ctx, 'queue.read')
  await findUnsealed(ctx, id)
  const { db } = ctx.services.store
  const [row, revisions, facts, reports] = await Promise.all([
    rowsOf(ctx).where('comment.id', '=', id).executeTakeFirstOrThrow(),
    db.selectFrom('revision').selectAll().where('comment_id', '=', id).orderBy('number').execute(),
    db
      .selectFrom('fact')
      .leftJoin('settlement', 'settlement.decision_id', 'fact.id')
      .selectAll('fact')
      .select('settlement.outcome')
      .where('fact.comment_id', '=', id)
      .orderBy('fact.from_version')
      .execute(),
    readReports(ctx, id),
  ])
  const [item = toItem(ctx, row)] = await withTwins(ctx, [toItem(ctx, row)])
  return {
    ...item,
    reports,
    revisions: revisions.map((revision) => ({
      id: revision.id,
      number: revision.number,
      body_text: revision.body,
      signals: readSignals(revision.signals),
      created_at: revision.created_at,
    })),
    history: facts.map((fact) => ({
      id: fact.id,
      kind: fact.kind,
      verdict: fact.verdict as Verdict | null,
      reason: fact.reason,
      reason_text: fact.reason_text,
      note: fact.note,
      state: fact.state_after as State,
      by: fact.actor_name,
      outcome: fact.outcome as 'applied' | 'undone' | null,
      undo_until: fact.takes_effect_at,
      at: fact.created_at,
    })),
  }
}

/** What became of the comments a page shows since it was made: those whose version moved, with who moved them and when. */
export async function readMoved(
  ctx: Ctx,
  shown: readonly { id: string; version: number }[],
): Promise<{ comment: string; version: number; state: State; kind: string; by: string | null; at: string }[]> {
  allow(ctx, 'queue.read')
  const rows = await Promise.all(inPairs(shown).map((cards) => movedAmong(ctx, cards)))
  return rows.flat()
}

/** Cards asked about in one statement: two parameters each, within D1's hundred. */
const CARDS_AT_ONCE = 40

function inPairs<Card>(shown: readonly Card[]): Card[][] {
  const chunks: Card[][] = []
  for (let start = 0; start < shown.length; start += CARDS_AT_ONCE) chunks.push(shown.slice(start, start + CARDS_AT_ONCE))
  return chunks
}

async function movedAmong(ctx: Ctx, shown: readonly { id: string; version: number }[]) {
  const rows = await ctx.services.store.db
    .selectFrom('comment')
    .innerJoin('fact', 'fact.comment_id', 'comment.id')
    .select(['comment.id', 'comment.version', 'comment.state', 'fact.from_version', 'fact.kind', 'fact.actor_name', 'fact.created_at'])
    .where('comment.site_id', '=', ctx.site.id)
    .where('comment.state', '!=', 'sealed')
    .where((is) => is.or(shown.map((card) => is.and([is('comment.id', '=', card.id), is('fact.from_version', '=', card.version)]))))
    .execute()
  return rows.map((row) => ({
    comment: row.id,
    version: row.version,
    state: row.state as State,
    kind: row.kind,
    by: row.actor_name,
    at: row.created_at,
  }))
}

/** What waits, word for word as in the indexes of ranks. */
const isWaiting = sql<boolean>`comment.state IN ('pending', 'held', 'returned')`
/** The value of `assignee` for what nobody has in hand. */
const UNASSIGNED = 'none'

/** Whether a page is that of one person: of an author, or of whoever has it in hand. */
function isOfPerson({ author, assignee }: Pick<QueueQuery, 'author' | 'assignee'>): boolean {
  return author !== undefined || (assignee !== undefined && assignee !== UNASSIGNED)
}

/** The state of a page that is read from the comments; where it is that of one person, the index is theirs and not the state's. */
function ofState({ state, author, assignee }: QueueQuery) {
  if (state === 'any') return sql<boolean>`comment.state <> 'sealed'`
  return isOfPerson({ author, assignee }) ? sql<boolean>`comment.state || '' = ${state}` : sql<boolean>`comment.state = ${state}`
}

/** Whose a comment must be: written by the same reader as another, in hand of somebody. By the index of the rarer of the two. */
function ofPeople(ctx: Ctx, { author, assignee }: QueueQuery) {
  const parts = [sql<boolean>`1 = 1`]
  if (author !== undefined)
    parts.push(sql`comment.reader_hash = (
      SELECT named.reader_hash FROM comment AS named WHERE named.id = ${author} AND named.site_id = ${ctx.site.id} AND named.state <> 'sealed')`)
  const id = assignee === 'me' ? ('id' in ctx.actor ? ctx.actor.id : '') : assignee
  if (id === UNASSIGNED) parts.push(sql`comment.assignee_id IS NULL`)
  else if (id !== undefined) parts.push(author === undefined ? sql`comment.assignee_id = ${id}` : sql`comment.assignee_id || '' = ${id}`)
  return sql<boolean>`${sql.join(parts, sql` AND `)}`
}

/** The last acts of a site that tell whether anything moved: as many as may be written in another order than they began. */
const ACTS_IN_STAMP = 64

/** Changes whenever anything was sent, decided, noted or otherwise done on the site. One read along an index. */
export async function readStamp(ctx: Ctx): Promise<string> {
  allow(ctx, 'queue.read')
  const rows = await ctx.services.store.db
    .selectFrom('audit')
    .select('id')
    .where('site_id', '=', ctx.site.id)
    .orderBy('id', 'desc')
    .limit(ACTS_IN_STAMP)
    .execute()
  return sha256(
    rows
      .map(({ id }) => id)
      .sort()
      .join(),
  )
}

/** How many comments came into a state after the newest that a page knows, up to {@link COUNT_CEILING}. */
export async function countArrivals(ctx: Ctx, state: State, newest: string): Promise<number> {
  allow(ctx, 'queue.read')
  const known = ctx.services.store.db
    .selectFrom('comment')
    .select('received_at')
    .where('id', '=', newest)
    .where('site_id', '=', ctx.site.id)
  const rows = await ctx.services.store.db
    .selectFrom('comment')
    .select('id')
    .where('site_id', '=', ctx.site.id)
    .where('state', '=', state)
    .where('received_at', '>=', known)
    .where('id', '!=', newest)
    .orderBy('received_at')
    .limit(COUNT_CEILING)
    .execute()
  return rows.filter(({ id }) => id > newest).length
}

/** A comment with open reports, word for word as in its index. */
const hasOpenReports = sql<boolean>`comment.open_reports > 0`

/** Comments with what stands on their cards. What one answers is left out when that was sealed. */
function rowsOf(ctx: Ctx) {
  return ctx.services.store.db
    .selectFrom('comment')
    .innerJoin('revision', 'revision.id', 'comment.revision_id')
    .innerJoin('thread', 'thread.id', 'comment.thread_id')
    .leftJoin('comment as parent', (join) => join.onRef('parent.id', '=', 'comment.parent_id').on('parent.state', '!=', 'sealed'))
    .leftJoin('assessment', 'assessment.comment_id', 'comment.id')
    .leftJoin('staff as assignee', 'assignee.id', 'comment.assignee_id')
    .selectAll('comment')
    .select([
      'revision.body',
      'revision.signals',
      'revision.created_at as text_sent_at',
      'thread.key',
      'thread.url',
      'thread.title',
      'thread.closed_at',
      'thread.closes_at',
      'thread.opens_at',
      'assessment.reasons',
      'assignee.name as assignee_name',
      'parent.id as parent_found',
      'parent.author_name as parent_name',
      'parent.public_text as parent_text',
    ])
    .select([recordOf('published').as('record_published'), recordOf('rejected').as('record_rejected')])
}

/** How many comments of the same reader ended so, by the index of readers. */
function recordOf(state: 'published' | 'rejected') {
  return sql<number>`(SELECT count(*) FROM (
    SELECT 1 FROM comment AS earlier
    WHERE earlier.site_id = comment.site_id AND earlier.reader_hash = comment.reader_hash AND earlier.state = ${state}
    LIMIT ${sql.lit(RECORD_CEILING)}) AS record)`
}

function toItem(ctx: Ctx, row: Awaited<ReturnType<ReturnType<typeof rowsOf>['executeTakeFirstOrThrow']>>): QueueItem {
  const comment = toComment(row)
  const signals = readSignals(row.signals)
  const scheduled = { closedAt: row.closed_at, closesAt: row.closes_at, opensAt: row.opens_at }
  const isArticleOpen = isOpen(scheduled, ctx.services.now().toISOString())
  return {
    id: comment.id,
    version: comment.version,
    revision_id: comment.revisionId,
    state: comment.state,
    body_text: row.body,
    author: {
      name: comment.authorName,
      name_given: comment.authorNameGiven,
      record: row.reader_hash === null ? null : { published: Number(row.record_published), rejected: Number(row.record_rejected) },
    },
    kind: comment.kind,
    official: comment.official,
    pinned: comment.pinSlot !== null,
    report_count: comment.openReports,
    assignee: comment.assigneeId === null ? null : { id: comment.assigneeId, name: row.assignee_name ?? '' },
    assignment: comment.assignment,
    article: {
      thread_id: comment.threadId,
      key: row.key,
      url: row.url,
      title: row.title,
      state: isArticleOpen ? 'open' : 'closed',
    },
    in_reply_to:
      row.parent_found === null ? null : { id: row.parent_found, author_name: row.parent_name, body_text: row.parent_text ?? '' },
    signals,
    twins: [],
    reasons: row.reasons === null ? [] : (JSON.parse(row.reasons) as string[]),
    attention: attentionOf(signals),
    legal_verdicts: verdictsFor(ctx, comment),
    legal_acts: actsFor(ctx, comment, { isClosed: !isArticleOpen }),
    is_public: isPublic(comment),
    public_text: isPublic(comment) && row.public_text !== row.body ? row.public_text : null,
    masks: comment.publicRevisionId === comment.revisionId ? comment.publicMasks : [],
    proposed_masks: comment.official === null ? findPersonalData(row.body) : [],
    receipt_code: comment.receiptCode,
    created_at: comment.receivedAt,
    waiting_since: row.text_sent_at,
  }
}
