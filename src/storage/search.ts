// The search index, the one feature that differs by database: FTS5 on SQLite and D1, a tsvector with GIN on PostgreSQL. Both hold the
// words they are given and nothing else: no tokenizer, dictionary or ranking of the database has a say. All of it is derived.
// Not for: what the words of a comment are (core/moderation/catalogue.ts).
import { sql } from 'kysely'
import type { Compilable, Store } from './store.ts'

/** What one comment is found by, as of one version. Without words it is not found at all. */
export type SearchDocument = { comment_id: string; site_id: string; version: number; words: readonly string[] }

/** What is looked for. `words` are one word, or a phrase: neighbours in this order. */
export type Wanted =
  | { kind: 'words'; words: readonly string[] }
  | { kind: 'all' | 'any'; of: readonly Wanted[] }
  | { kind: 'except'; wanted: Wanted; not: Wanted }

/** A comment found; `place` says where it stands among those of its site, in the order in which they came. */
export type Hit = { place: number; comment: string }

/** The places [first, last] of a site's comments; empty when nothing of it is indexed. */
export type Places = { first: number; last: number }

/** A site's comments have numbers of their own, one after the other, so that a walk through them can be bounded. */
const PLACES_OF_SITE = 2 ** 32
/** The characters of a longest word that is kept: PostgreSQL refuses one of 2 kB. */
const MAX_WORD_LENGTH = 64
/** Words of one comment that are kept; PostgreSQL knows places up to 16,383. */
const MAX_WORDS = 15_000
/** Words with one beginning that are looked at, and taken: shortest first, since syllables are short and noise is not. */
const MAX_BEGINNINGS_READ = 1_000
const MAX_BEGINNINGS = 50

/**
 * The places that one statement may walk through. FTS5 skips from hit to hit and reads a list of that many in some milliseconds;
 * PostgreSQL, where it does not use the index of words, looks into each row.
 */
export function walkLength(store: Store): number {
  return store.dialect === 'postgres' ? 50_000 : 100_000
}

/**
 * Takes documents into the index, anew where they are in it in an older version. Whoever does the same at the same moment changes
 * nothing by it, or takes a unique key of `search_document` or `search_site` and may simply try again.
 */
export function putDocuments(store: Store, documents: readonly SearchDocument[]): Compilable[] {
  if (documents.length === 0) return []
  const isPostgres = store.dialect === 'postgres'
  const given = (rows: readonly Record<string, string | number>[], columns: Record<string, 'text' | 'bigint'>) => {
    const names = Object.entries(columns)
    return isPostgres
      ? sql`json_to_recordset(${JSON.stringify(rows)}::json) AS given (${sql.join(names.map(([name, type]) => sql`${sql.ref(name)} ${sql.raw(type)}`))})`
      : sql`(SELECT ${sql.join(names.map(([name]) => sql`json_extract(value, ${sql.lit(`$.${name}`)}) AS ${sql.ref(name)}`))} FROM json_each(${JSON.stringify(rows)})) AS given`
  }
  const first = sql`site.number * ${sql.lit(PLACES_OF_SITE)}`
  const numbered = documents.map(({ comment_id, site_id, version }, place) => ({ comment_id, site_id, version, place }))
  const worded = documents.map(({ comment_id, version, words }) => ({ comment_id, version, words: indexed(store, words) }))
  const newWords = [...new Set(documents.flatMap(({ words }) => words.filter(isRemembered).map(cut)))].map((word) => ({ word }))
  return [
    sql`INSERT INTO search_site (site_id, number)
      SELECT id, (SELECT coalesce(max(number), 0) FROM search_site) + row_number() OVER (ORDER BY created_at, id) FROM site
      WHERE id NOT IN (SELECT site_id FROM search_site) ON CONFLICT (site_id) DO NOTHING`,
    // A document that has a number keeps it; the one counted out for it here is left out.
    sql`INSERT INTO search_document (id, comment_id, version)
      SELECT coalesce(
          (SELECT max(known.id) FROM search_document AS known WHERE known.id >= ${first} AND known.id < ${first} + ${sql.lit(PLACES_OF_SITE)}), ${first}
        ) + row_number() OVER (PARTITION BY site.number ORDER BY given.place), given.comment_id, given.version
      FROM ${given(numbered, { comment_id: 'text', site_id: 'text', version: 'bigint', place: 'bigint' })} JOIN search_site AS site ON site.site_id = given.site_id
      WHERE 1 = 1
      ON CONFLICT (comment_id) DO UPDATE SET version = excluded.version WHERE search_document.version < excluded.version`,
    isPostgres
      ? sql`INSERT INTO search_index (id, words) SELECT document.id, given.words::tsvector
          FROM ${given(worded, { comment_id: 'text', version: 'bigint', words: 'text' })}
          JOIN search_document AS document ON document.comment_id = given.comment_id AND document.version = given.version
          ON CONFLICT (id) DO UPDATE SET words = excluded.words`
      : sql`INSERT OR REPLACE INTO search_index (rowid, words) SELECT document.id, given.words
          FROM ${given(worded, { comment_id: 'text', version: 'bigint', words: 'text' })}
          JOIN search_document AS document ON document.comment_id = given.comment_id AND document.version = given.version`,
    sql`INSERT INTO search_word (word) SELECT given.word FROM ${given(newWords, { word: 'text' })} WHERE 1 = 1 ON CONFLICT (word) DO NOTHING`,
  ].map((statement) => ({ compile: () => statement.compile(store.db) }))
}

/** Takes everything out of the index and makes its tables anew, so that it is filled from the start again. */
export function resetIndex(store: Store): Compilable[] {
  const statements =
    store.dialect === 'postgres'
      ? ['DELETE FROM search_index']
      : [
          'DROP TABLE IF EXISTS search_index',
          `CREATE VIRTUAL TABLE search_index USING fts5 (words, content='', contentless_delete=1, tokenize="ascii tokenchars '=~@_'")`,
        ]
  return [
    ...statements,
    'DELETE FROM search_document',
    'DELETE FROM search_site',
    'DELETE FROM search_word',
    "UPDATE search_cursor SET fact_id = ''",
  ].map((statement) => ({ compile: () => sql.raw(statement).compile(store.db) }))
}

/** How many comments the index knows, those without words included. */
export async function countDocuments(store: Store): Promise<number> {
  const row = await store.db
    .selectFrom('search_document')
    .select((pick) => pick.fn.countAll<number>().as('n'))
    .executeTakeFirst()
  return Number(row?.n ?? 0)
}

/** Where a site's comments stand in the index. */
export async function placesOf(store: Store, siteId: string): Promise<Places> {
  const { rows } = await sql<{ number: number; last: number | null }>`
    SELECT site.number, (
      SELECT max(document.id) FROM search_document AS document
      WHERE document.id >= site.number * ${sql.lit(PLACES_OF_SITE)} AND document.id < (site.number + 1) * ${sql.lit(PLACES_OF_SITE)}
    ) AS last FROM search_site AS site WHERE site.site_id = ${siteId}`.execute(store.db)
  const [row] = rows
  const first = (row?.number ?? 0) * PLACES_OF_SITE + 1
  return { first, last: row?.last ?? first - 1 }
}

/** The first `limit` comments among these places that are wanted, in their order or against it. */
export async function findDocuments(
  store: Store,
  wanted: Wanted,
  among: Places,
  { isAscending, limit }: { isAscending: boolean; limit: number },
): Promise<Hit[]> {
  return (await finding(store, wanted, among, { isAscending, limit }).execute(store.db)).rows
}

/** The statement of {@link findDocuments}, for the tests that ask the database how it would run it. */
export function finding(store: Store, wanted: Wanted, among: Places, { isAscending, limit }: { isAscending: boolean; limit: number }) {
  const direction = sql.raw(isAscending ? 'ASC' : 'DESC')
  const id = sql.ref(store.dialect === 'postgres' ? 'id' : 'rowid')
  const matches = store.dialect === 'postgres' ? sql`words @@ ${tsquery(wanted)}::tsquery` : sql`search_index MATCH ${ftsQuery(wanted)}`
  return sql<Hit>`
    SELECT hit.place, document.comment_id AS comment
    FROM (
      SELECT ${id} AS place FROM search_index
      WHERE ${matches} AND ${id} BETWEEN ${among.first} AND ${among.last} ORDER BY ${id} ${direction} LIMIT ${limit}
    ) AS hit JOIN search_document AS document ON document.id = hit.place
    ORDER BY hit.place ${direction}`
}

/** Words of the index that begin so, at most fifty; the beginning itself stands first, whether it is a word or not. */
export async function wordsBeginning(store: Store, beginning: string): Promise<string[]> {
  const rows = await store.db
    .selectFrom('search_word')
    .select('word')
    .where('word', '>', beginning)
    // Above every character that can stand in a word, in the order of bytes.
    .where('word', '<', `${beginning}\u{10FFFF}`)
    .orderBy('word')
    .limit(MAX_BEGINNINGS_READ)
    .execute()
  const words = rows.map(({ word }) => word).sort((one, other) => one.length - other.length)
  return [cut(beginning), ...words.slice(0, MAX_BEGINNINGS - 1)]
}

/**
 * Whether a word is remembered for looking up by its beginning. Digits are not: a telephone number must not outlive its comment.
 * What says something about a comment ("@…") is never looked up so.
 */
function isRemembered(word: string): boolean {
  return /^[=~][\p{L}\p{M}]{2,20}$/u.test(word)
}

function cut(word: string): string {
  return word.length <= MAX_WORD_LENGTH ? word : word.slice(0, MAX_WORD_LENGTH).toWellFormed()
}

/** The words as the database takes them. They hold no sign but = ~ @ _ (see {@link SearchDocument}), so nothing has to be escaped. */
function indexed(store: Store, words: readonly string[]): string {
  const kept = words.slice(0, MAX_WORDS).map(cut)
  return store.dialect === 'postgres' ? kept.map((word, index) => `'${word}':${index + 1}`).join(' ') : kept.join(' ')
}

function ftsQuery(wanted: Wanted): string {
  if (wanted.kind === 'words') return `"${wanted.words.map(cut).join(' ')}"`
  if (wanted.kind === 'except') return `((${ftsQuery(wanted.wanted)}) NOT (${ftsQuery(wanted.not)}))`
  return `(${wanted.of.map(ftsQuery).join(wanted.kind === 'all' ? ' AND ' : ' OR ')})`
}

function tsquery(wanted: Wanted): string {
  if (wanted.kind === 'words') return `(${wanted.words.map((word) => `'${cut(word)}'`).join(' <-> ')})`
  if (wanted.kind === 'except') return `(${tsquery(wanted.wanted)} & !${tsquery(wanted.not)})`
  return `(${wanted.of.map(tsquery).join(wanted.kind === 'all' ? ' & ' : ' | ')})`
}
