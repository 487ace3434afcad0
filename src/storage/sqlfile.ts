// A whole installation as a file of SQL that `wrangler d1 execute --file` runs, and the other way: what `wrangler d1 export`
// wrote, read into a SQLite file. Only tables that a copy carries are taken; indexes for search are made anew where they are used.
import { createReadStream } from 'node:fs'
import Database from 'better-sqlite3'
import type { Kysely } from 'kysely'
import { type Advance, chunksOf, type Row, refersAhead, refuseUnholdable, withoutAhead } from './copy.ts'
import { DatabaseRefused } from './file.ts'
import type { Schema } from './schema.ts'
import { literal } from './script.ts'
import { MAX_STATEMENT_BYTES } from './store.ts'
import { COPIED_TABLES, type CopiedTable } from './tables.ts'

/** UTF-16 units of a long text put by one statement: with every one doubled by quoting and three bytes long, below D1's limit. */
const PIECE_UNITS = 15_000
/** Longest statement taken from a file. D1 writes none near it; what is longer is no such file. */
const MAX_READ_CHARACTERS = 16 * 1024 * 1024
/** Statements of a file run as one transaction. */
const READ_TOGETHER = 2_000

/** The statements that put every row of a database, one a line, each within D1's limit. */
export async function* statementsFor(db: Kysely<Schema>, advance: Advance): AsyncGenerator<string> {
  for (const table of COPIED_TABLES) {
    for await (const rows of chunksOf(db, table)) {
      for (const row of rows) yield* insertsOf(table, row)
      advance(rows.length)
    }
    for await (const rows of chunksOf(db, table, refersAhead(table)))
      for (const row of rows) if (table.self !== undefined) yield `${updateOf(table, row, table.self, literal(row[table.self]))};`
  }
}

/**
 * The statements that put one row: one, or where the row is too long for a statement, one with the longest texts empty and more that
 * append them piece by piece. Throws {@link DatabaseRefused} for text that a file of SQL cannot hold.
 */
function* insertsOf(table: CopiedTable, row: Row): Generator<string> {
  refuseUnholdable(table, row, 'a file of SQL')
  const first = { ...withoutAhead(table, row) }
  const later: string[] = []
  const byLength = Object.keys(row)
    .filter((column) => typeof row[column] === 'string' && !table.key.includes(column))
    .sort((one, other) => String(row[other]).length - String(row[one]).length)
  let statement = insertOf(table, first)
  while (Buffer.byteLength(statement) > MAX_STATEMENT_BYTES) {
    const longest = byLength.shift()
    if (longest === undefined) throw new DatabaseRefused(`${table.name} ${keysOf(table, row)} has a key too long for D1`)
    first[longest] = ''
    later.push(longest)
    statement = insertOf(table, first)
  }
  yield statement
  for (const column of later)
    for (const piece of piecesOf(String(row[column]))) yield `${updateOf(table, row, column, `"${column}" || ${literal(piece)}`)};`
}

/**
 * Runs the statements of a D1 export that make and fill our tables, on a new SQLite file at `target`; every other is passed over.
 * Throws {@link DatabaseRefused} naming what is wrong with the file.
 */
export async function readSqlFile(path: string, target: string): Promise<void> {
  const database = new Database(target)
  try {
    // Nothing of this file need survive: it is read once and thrown away.
    database.pragma('journal_mode = OFF')
    database.pragma('synchronous = OFF')
    database.pragma('foreign_keys = OFF')
    const run = database.transaction((statements: readonly string[]) => {
      for (const statement of statements) database.prepare(statement).run()
    })
    let waiting: string[] = []
    let isForeign = true
    for await (const statement of statementsOf(path)) {
      if (!isOurs(statement)) continue
      isForeign = false
      waiting.push(statement)
      if (waiting.length < READ_TOGETHER) continue
      run(waiting)
      waiting = []
    }
    if (isForeign) throw new DatabaseRefused(`${path} is no database of ykien: it has none of its tables`)
    run(waiting)
    const orphans = (database.pragma('foreign_key_check') as unknown[]).length
    if (orphans > 0) throw new DatabaseRefused(`${path} has ${orphans} rows that refer to rows it does not have; export the database whole`)
  } catch (error) {
    if (error instanceof DatabaseRefused || !(error instanceof Database.SqliteError)) throw error
    throw new DatabaseRefused(
      `${path} is no whole export of D1: ${error.message}; make it with "wrangler d1 export", with schema and data`,
      { cause: error },
    )
  } finally {
    database.close()
  }
}

/** Indexes are left out: a file is read once, along the keys of its tables. */
const OUR_TABLES = new Set<string>([...COPIED_TABLES.map(({ name }) => name), 'schema_migration'])
const START =
  /^(?:CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?|DROP\s+TABLE\s+(?:IF\s+EXISTS\s+)?|ALTER\s+TABLE\s+(?=["'`[]?\w+["'`\]]?\s+ADD\s)|INSERT\s+INTO\s+|UPDATE\s+|DELETE\s+FROM\s+)["'`[]?(\w+)/i

/** Whether a statement makes, replaces or fills a table of ours; nothing else of a file is ever run. */
function isOurs(statement: string): boolean {
  return OUR_TABLES.has(START.exec(statement)?.[1] ?? '')
}

/** What may hide a semicolon, or is one. */
const MEETING = /[;'"`[]|--|\/\*/g
const CLOSING: Record<string, string> = { "'": "'", '"': '"', '`': '`', '[': ']', '--': '\n', '/*': '*/' }

/** The statements of a file, without their semicolons, never more of it in memory than one and a page. */
async function* statementsOf(path: string): AsyncGenerator<string> {
  let text = ''
  for await (const page of createReadStream(path, { encoding: 'utf8', highWaterMark: 1024 * 1024 })) {
    text += page
    let start = 0
    for (let end = endOf(text, start); end !== -1; end = endOf(text, start)) {
      yield withoutComments(text.slice(start, end))
      start = end + 1
    }
    text = text.slice(start)
    if (text.length > MAX_READ_CHARACTERS) throw new DatabaseRefused(`${path} is no export of D1: it has a statement without an end`)
  }
  if (withoutComments(text) !== '') throw new DatabaseRefused(`${path} ends in the middle of a statement: it was cut off; export again`)
}

/** Where the statement that begins at `start` ends, or -1 when the text does not reach so far. */
function endOf(text: string, start: number): number {
  MEETING.lastIndex = start
  for (let met = MEETING.exec(text); met !== null; met = MEETING.exec(text)) {
    const [mark] = met
    if (mark === ';') return met.index
    const closing = CLOSING[mark] ?? ''
    const closed = text.indexOf(closing, MEETING.lastIndex)
    if (closed === -1) return -1
    MEETING.lastIndex = closed + closing.length
  }
  return -1
}

/** Comments before a statement are taken off; those inside it are SQLite's business. */
function withoutComments(statement: string): string {
  return statement.replace(/^(?:\s+|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)+/, '').trimEnd()
}

function insertOf({ name }: CopiedTable, row: Row): string {
  const columns = Object.keys(row)
  return `INSERT INTO "${name}" (${columns.map((column) => `"${column}"`).join(',')}) VALUES (${columns.map((column) => literal(row[column])).join(',')});`
}

function updateOf(table: CopiedTable, row: Row, column: string, value: string): string {
  const where = table.key.map((each) => `"${each}" = ${literal(row[each])}`).join(' AND ')
  return `UPDATE "${table.name}" SET "${column}" = ${value} WHERE ${where}`
}

function keysOf({ key }: CopiedTable, row: Row): string {
  return key.map((column) => String(row[column])).join(' ')
}

/** A text in pieces, none of which cuts a character in two. */
function piecesOf(text: string): string[] {
  const pieces: string[] = []
  for (let start = 0; start < text.length; ) {
    let end = Math.min(text.length, start + PIECE_UNITS)
    if (/[\uD800-\uDBFF]$/.test(text.slice(start, end)) && end < text.length) end--
    pieces.push(text.slice(start, end))
    start = end
  }
  return pieces
}
