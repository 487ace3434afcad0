// Makes one database equal to another, of whatever kind, table by table and some hundred rows at a time, and proves it. What is
// still to be done is found by comparing the two, so that a copy that was cut off, or is behind, is simply made again.
// Not for: opening databases and telling whether they may be written (platform/copy.ts).
import { createHash } from 'node:crypto'
import { CompiledQuery, type Kysely, type RawBuilder, sql } from 'kysely'
import { DatabaseRefused } from './file.ts'
import type { Schema } from './schema.ts'
import type { Compilable, Store } from './store.ts'
import { COPIED_TABLES, type CopiedTable } from './tables.ts'

/** Rows read at once: with the longest bodies some 100 MB, with ordinary ones less than one. */
const CHUNK_ROWS = 500

export type Row = Record<string, unknown>
/** What a table holds, whatever database it is in: its rows and the SHA-256 over them in the order of their keys. */
export type TablePrint = { rows: number; sha256: string }
/** Told after each chunk, so that somebody can watch. */
export type Advance = (rows: number) => void

/** How many rows a copy of this database has to carry. */
export async function countRows(db: Kysely<Schema>): Promise<number> {
  let sum = 0
  for (const { name } of COPIED_TABLES)
    sum += (await sql<{ n: number }>`SELECT count(*) AS n FROM ${sql.table(name)}`.execute(db)).rows[0]?.n ?? 0
  return sum
}

/** The first of these tables that has a row, or null: whether anything was ever put into a database. */
export async function firstFilled(db: Kysely<Schema>, tables: readonly string[]): Promise<string | null> {
  for (const { name } of COPIED_TABLES)
    if (tables.includes(name) && (await sql`SELECT 1 FROM ${sql.table(name)} LIMIT 1`.execute(db)).rows.length > 0) return name
  return null
}

/**
 * Brings the target to what `source` holds, which must be one moment of a database: takes out what is gone, then puts what is
 * new or different. Rows that are equal already are only read. Each chunk is one batch; stopped anywhere, it can be
 * called again. Throws {@link DatabaseRefused} for a row that the target cannot hold.
 */
export async function bring(source: Kysely<Schema>, target: Store, advance: Advance): Promise<{ put: number; removed: number }> {
  let put = 0
  let removed = 0
  for (const table of COPIED_TABLES.toReversed()) removed += await removeGone(source, target, table)
  for (const table of COPIED_TABLES) {
    for await (const rows of chunksOf(source, table)) {
      const missing = await differing(rows, target.db, table)
      if (missing.length > 0) await target.batch(putting(target, table, missing))
      put += missing.length
      advance(rows.length)
    }
    for await (const rows of chunksOf(source, table, refersAhead(table))) await target.batch(putting(target, table, rows, true))
  }
  return { put, removed }
}

/** What each table holds; equal for equal rows on every kind of database. The rule is in docs/operations.md. */
export async function printsOf(db: Kysely<Schema>, advance: Advance): Promise<Record<string, TablePrint>> {
  const prints: Record<string, TablePrint> = {}
  for (const table of COPIED_TABLES) {
    const hash = createHash('sha256')
    let count = 0
    for await (const rows of chunksOf(db, table)) {
      const columns = columnsOf(rows)
      hash.update(rows.map((row) => `${canonical(table, columns, row)}\n`).join(''))
      count += rows.length
      advance(rows.length)
    }
    prints[table.name] = { rows: count, sha256: hash.digest('hex') }
  }
  return prints
}

/** Throws {@link DatabaseRefused} naming the first table whose rows are not the same in both. */
export function refuseUnequal(source: Record<string, TablePrint>, target: Record<string, TablePrint>): void {
  for (const [table, print] of Object.entries(source)) {
    const copied = target[table]
    if (print.sha256 !== copied?.sha256)
      throw new DatabaseRefused(
        `${table} is not the same in the copy (${copied?.rows ?? 0} rows, ${print.rows} in the original); make sure that nothing else writes the copy, and run the same command again`,
      )
  }
}

/** A table's rows in the order of their keys, some hundred at a time; with `where` only those. */
export async function* chunksOf(db: Kysely<Schema>, table: CopiedTable, where: RawBuilder<unknown> = sql`TRUE`): AsyncGenerator<Row[]> {
  const key = keyOf(table)
  for (let after: Row | undefined; ; ) {
    const rest = after === undefined ? sql`TRUE` : sql`(${key}) > (${keyValues(table, after)})`
    const { rows } = await sql<Row>`
      SELECT * FROM ${sql.table(table.name)} WHERE ${rest} AND ${where} ORDER BY ${key} LIMIT ${sql.lit(CHUNK_ROWS)}`.execute(db)
    if (rows.length > 0) yield rows
    if (rows.length < CHUNK_ROWS) return
    after = rows.at(-1)
  }
}

/** Rows that refer to a row of their own table that comes after them: they are put without it first. */
export function refersAhead({ self, key }: CopiedTable): RawBuilder<unknown> {
  const [id = ''] = key
  return self === undefined ? sql`FALSE` : sql`${sql.ref(self)} > ${sql.ref(id)}`
}

/** Throws {@link DatabaseRefused} for text with U+0000, which neither PostgreSQL nor a file of SQL can hold. */
export function refuseUnholdable({ name, key }: CopiedTable, row: Row, keeper: string): void {
  for (const [column, value] of Object.entries(row))
    if (typeof value === 'string' && value.includes('\u0000'))
      throw new DatabaseRefused(
        `${name} ${key.map((each) => String(row[each])).join(' ')} has the character U+0000 in ${column}, which ${keeper} cannot hold; take it out there and run the same command again`,
      )
}

async function removeGone(source: Kysely<Schema>, target: Store, table: CopiedTable): Promise<number> {
  const key = keyOf(table)
  const descending = sql.join(table.key.map((column) => sql`${sql.ref(column)} DESC`))
  let removed = 0
  // Backwards, so that a reply goes before what it replies to.
  for (let before: Row | undefined; ; ) {
    const rest = before === undefined ? sql`TRUE` : sql`(${key}) < (${keyValues(table, before)})`
    const { rows } = await sql<Row>`
      SELECT ${key} FROM ${sql.table(table.name)} WHERE ${rest} ORDER BY ${descending} LIMIT ${sql.lit(CHUNK_ROWS)}`.execute(target.db)
    const [highest] = rows
    const lowest = rows.at(-1)
    if (!highest || !lowest) return removed
    const kept = await sql<Row>`SELECT ${key} FROM ${sql.table(table.name)} WHERE ${between(table, lowest, highest)}`.execute(source)
    const known = new Set(kept.rows.map((row) => keyText(table, row)))
    const gone = rows.filter((row) => !known.has(keyText(table, row)))
    if (gone.length > 0) await target.batch(removing(target, table, gone))
    removed += gone.length
    before = lowest
  }
}

/** Those of a chunk of the source that the target lacks or has otherwise. */
async function differing(rows: Row[], target: Kysely<Schema>, table: CopiedTable): Promise<Row[]> {
  const [lowest] = rows
  const highest = rows.at(-1)
  if (!lowest || !highest) return []
  const there = await sql<Row>`SELECT * FROM ${sql.table(table.name)} WHERE ${between(table, lowest, highest)}`.execute(target)
  const columns = columnsOf(rows)
  const known = new Map(there.rows.map((row) => [keyText(table, row), canonical(table, columns, row)]))
  return rows.filter((row) => {
    const same = known.get(keyText(table, row))
    return same === undefined || same !== canonical(table, columns, row)
  })
}

/**
 * The statements that put rows, over those that have the same key. PostgreSQL takes a chunk as one JSON text, so that it is asked
 * once; in SQLite, which is in this process, a statement a row is the fastest. References ahead are left out unless `isWhole`.
 */
function putting(target: Store, table: CopiedTable, rows: Row[], isWhole = false): Compilable[] {
  const columns = Object.keys(rows[0] ?? {})
  const into = sql`INSERT INTO ${sql.table(table.name)} (${sql.join(columns.map((column) => sql.ref(column)))})`
  const changed = columns.filter((column) => !table.key.includes(column))
  const over =
    changed.length === 0
      ? sql`ON CONFLICT DO NOTHING`
      : sql`ON CONFLICT (${keyOf(table)}) DO UPDATE SET ${sql.join(changed.map((column) => sql`${sql.ref(column)} = excluded.${sql.ref(column)}`))}`
  const given = isWhole ? rows : rows.map((row) => withoutAhead(table, row))
  if (target.dialect === 'postgres') {
    for (const row of rows) refuseUnholdable(table, row, 'PostgreSQL')
    const names = sql.join(columns.map((column) => sql.ref(column)))
    return [built(target, sql`${into} SELECT ${names} FROM ${recordsOf(table, given)} ${over}`)]
  }
  const text = built(target, sql`${into} VALUES (${sql.join(columns)}) ${over}`).compile().sql
  return given.map((row) => filled(text, columns, row))
}

function removing(target: Store, table: CopiedTable, rows: Row[]): Compilable[] {
  const key = keyOf(table)
  if (target.dialect === 'postgres')
    return [built(target, sql`DELETE FROM ${sql.table(table.name)} WHERE (${key}) IN (SELECT ${key} FROM ${recordsOf(table, rows)})`)]
  const text = built(target, sql`DELETE FROM ${sql.table(table.name)} WHERE (${key}) = (${sql.join(table.key)})`).compile().sql
  return rows.map((row) => filled(text, table.key, row))
}

/** A row whose reference to a row that comes later is left empty. */
export function withoutAhead({ self, key }: CopiedTable, row: Row): Row {
  const [id = ''] = key
  // Ids are ASCII, so that this order is the database's.
  return self !== undefined && row[self] !== null && String(row[self]) > String(row[id]) ? { ...row, [self]: null } : row
}

/** Rows as PostgreSQL reads them out of one parameter. */
function recordsOf(table: CopiedTable, rows: Row[]): RawBuilder<unknown> {
  return sql`json_populate_recordset(NULL::${sql.table(table.name)}, ${JSON.stringify(rows)}::json)`
}

function built(target: Store, statement: RawBuilder<unknown>): Compilable {
  return { compile: () => statement.compile(target.db) }
}

function filled(text: string, columns: readonly string[], row: Row): Compilable {
  return {
    compile: () =>
      CompiledQuery.raw(
        text,
        columns.map((column) => row[column]),
      ),
  }
}

function keyOf({ key }: CopiedTable): RawBuilder<unknown> {
  return sql.join(key.map((column) => sql.ref(column)))
}

function keyValues({ key }: CopiedTable, row: Row): RawBuilder<unknown> {
  return sql.join(key.map((column) => row[column]))
}

function between(table: CopiedTable, lowest: Row, highest: Row): RawBuilder<unknown> {
  return sql`(${keyOf(table)}) >= (${keyValues(table, lowest)}) AND (${keyOf(table)}) <= (${keyValues(table, highest)})`
}

function keyText({ key }: CopiedTable, row: Row): string {
  return JSON.stringify(key.map((column) => row[column]))
}

/** A row as every database tells it: a JSON array of its values, in the alphabetical order of the columns. */
function canonical({ name }: CopiedTable, columns: readonly string[], row: Row): string {
  return JSON.stringify(
    columns.map((column) => {
      const value = row[column]
      if (value !== null && typeof value !== 'string' && !Number.isFinite(value))
        throw new Error(`${name}.${column} holds a kind of value that a copy does not carry`)
      return value
    }),
  )
}

function columnsOf([row]: readonly Row[]): string[] {
  return Object.keys(row ?? {}).sort()
}
