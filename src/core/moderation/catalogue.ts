// The catalogue of comments that staff search in: what each is found by, and the duty that keeps the index after them. A comment is
// taken in after its sender was answered; whoever searches takes in what is new first, the clock whatever nobody searched for.
// Not for: searching (search.ts) or the index itself (storage/search.ts).
import { sql } from 'kysely'
import { mapInSlices } from '../../lib/slices.ts'
import type { Services } from '../../services.ts'
import { putDocuments, type SearchDocument } from '../../storage/search.ts'
import { StoreBusy, UniqueViolation } from '../../storage/store.ts'
import { readSignals, type SignalCode } from '../screening/signal.ts'
import { fold, syllables } from '../screening/vietnamese.ts'
import { factReached, stopAt, stopOf } from './follow.ts'

/** Comments taken in at once: on SQLite about ten milliseconds during which nothing else runs. */
const TAKEN_AT_ONCE = 50
/** Batches of other processes that took the same comments are let go first so many times. */
const MAX_ATTEMPTS = 5
/** Vietnam keeps one time, without summer time. */
const VIETNAM_MS = 7 * 3_600_000

/** Words of the index that say something about a comment rather than stand in it. */
export const about = {
  any: '@any',
  state: (state: string) => `@state=${state}`,
  thread: (id: string) => `@thread=${id.replaceAll('-', '')}`,
  signal: (code: SignalCode) => `@signal=${code}`,
  kind: (kind: string) => `@kind=${kind}`,
  /** A day, month or year of Vietnam: `2026-11-23`, `2026-11`, `2026`. */
  date: (date: string) => `@date=${date.replaceAll('-', '')}`,
}

/** Whether other comments have nearly the same text, for a query that has `comment`: who they are is known to the table of twins only. */
const hasTwins = sql<number>`(SELECT count(*) FROM twin JOIN twin AS other ON other.site_id = twin.site_id AND other.head_id = twin.head_id
  AND other.comment_id <> twin.comment_id WHERE twin.comment_id = comment.id)`

/** Between the last word of one text and the first of the next, so that no phrase reaches across. */
const GAP = '@'

/** A word of a text as it is spelled, with its marks, and without any. */
export const spelled = (word: string): string => `=${word}`
export const unmarked = (word: string): string => `~${fold(word)}`

type Row = {
  fact: string
  id: string
  site_id: string
  thread_id: string
  version: number
  state: string
  author_name_given: string | null
  kind: string | null
  receipt_code: string
  received_at: string
  title: string
  body: string
  signals: string
  has_twins: unknown
}

/**
 * Takes the oldest changes into the index that it lacks, at most fifty, and tells whether nothing was left. Several may do it at
 * once. Throws StoreBusy.
 */
export async function takeIn(services: Services): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await takeOnce(services)
    } catch (error) {
      const isRace = error instanceof UniqueViolation && error.columns.startsWith('search_')
      if (!isRace || attempt === MAX_ATTEMPTS) throw error
    }
  }
}

/** Takes comments in anew whose signals changed without a fact; those that the index does not know yet come by themselves. */
export async function reindexed(services: Services, commentIds: readonly string[]): Promise<void> {
  const { store } = services
  const rows: Row[] = await store.db
    .selectFrom('comment')
    .innerJoin('search_document as document', (join) =>
      join.onRef('document.comment_id', '=', 'comment.id').onRef('document.version', '=', 'comment.version'),
    )
    .innerJoin('revision', 'revision.id', 'comment.revision_id')
    .innerJoin('thread', 'thread.id', 'comment.thread_id')
    .select(['comment.id as fact', 'comment.id', 'comment.site_id', 'comment.thread_id', 'comment.version', 'comment.state'])
    .select(['comment.author_name_given', 'comment.kind', 'comment.receipt_code', 'comment.received_at', 'thread.title'])
    .select(['revision.body', 'revision.signals', hasTwins.as('has_twins')])
    .where('comment.id', 'in', [...commentIds])
    .execute()
  const statements = putDocuments(store, rows.map(documentOf))
  if (statements.length > 0) await store.batch(statements)
}

/** The clock's duty: takes in some of what is new, and tells whether more is left. Throws StoreBusy. */
export async function keepCatalogue(services: Services): Promise<boolean> {
  return !(await takeIn(services))
}

/** Takes in what is new before a search. While the database cannot be written, what is known is searched. */
export async function catchUp(services: Services): Promise<boolean> {
  try {
    return await takeIn(services)
  } catch (error) {
    if (error instanceof StoreBusy) return false
    throw error
  }
}

async function takeOnce(services: Services): Promise<boolean> {
  const { store } = services
  const { db } = store
  const stop = stopOf(services, 'search_cursor')
  const rows: Row[] = await db
    .selectFrom('fact')
    .innerJoin('comment', 'comment.id', 'fact.comment_id')
    .innerJoin('revision', 'revision.id', 'comment.revision_id')
    .innerJoin('thread', 'thread.id', 'comment.thread_id')
    .leftJoin('search_document as document', 'document.comment_id', 'comment.id')
    .select(['fact.id as fact', 'comment.id', 'comment.site_id', 'comment.thread_id', 'comment.version', 'comment.state'])
    .select(['comment.author_name_given', 'comment.kind', 'comment.receipt_code', 'comment.received_at', 'thread.title'])
    .select(['revision.body', 'revision.signals', hasTwins.as('has_twins')])
    .where('fact.id', '>', stop ?? ((is) => is.selectFrom('search_cursor').select('fact_id')))
    .where((is) => is.or([is('document.version', 'is', null), is('document.version', '<', is.ref('comment.version'))]))
    .orderBy('fact.id')
    .limit(TAKEN_AT_ONCE)
    .execute()
  const isEnd = rows.length < TAKEN_AT_ONCE
  const last = isEnd ? null : (rows.at(-1)?.fact ?? null)
  const reached = stop === null ? await factReached(services, 'search_cursor', last) : null
  const newest = [...new Map(rows.map((row) => [row.id, row])).values()]
  const documents = await mapInSlices(newest, services.pause, documentOf)
  const statements = [
    ...putDocuments(store, documents),
    ...(reached === null ? [] : [db.updateTable('search_cursor').set({ fact_id: reached }).where('fact_id', '<', reached)]),
  ]
  if (statements.length > 0) await store.batch(statements)
  stopAt(services, 'search_cursor', last)
  return isEnd && stop !== null ? takeOnce(services) : isEnd
}

function documentOf(row: Row): SearchDocument {
  return {
    comment_id: row.id,
    site_id: row.site_id,
    version: row.version,
    // What is sealed leaves the index; searches look at the comment's own state besides.
    words: row.state === 'sealed' ? [] : wordsOf(row),
  }
}

function wordsOf(row: Row): string[] {
  const texts = [row.receipt_code, row.author_name_given ?? '', row.title, row.body].map((text) => syllables(text).map(({ text }) => text))
  const day = dayOf(row.received_at)
  const told = readSignals(row.signals)
  return [
    about.any,
    about.state(row.state),
    about.thread(row.thread_id),
    ...[day, day.slice(0, 7), day.slice(0, 4)].map(about.date),
    ...(row.kind === null ? [] : [about.kind(row.kind)]),
    ...told.map(({ code }) => about.signal(code)),
    ...(Number(row.has_twins) > 0 ? [about.signal('twins')] : []),
    ...texts.flatMap((words) => [GAP, ...words.map(spelled)]),
    ...texts.flatMap((words) => [GAP, ...words.map(unmarked)]),
  ]
}

/** The day in Vietnam of a time. */
function dayOf(time: string): string {
  return new Date(Date.parse(time) + VIETNAM_MS).toISOString().slice(0, 10)
}
