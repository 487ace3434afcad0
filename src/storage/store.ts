// The ground as core sees it: Kysely for reads, one atomic batch of compiled statements for writes.
// Not for: opening a database; platform/ does that, once.
import type { CompiledQuery, Insertable, Kysely, SelectQueryBuilder } from 'kysely'
import type { Schema } from './schema.ts'

/** Anything Kysely can compile: an insert, an update, a delete, a select. */
export type Compilable = { compile(): CompiledQuery }

/** What one statement of a batch did: the rows it returned and how many it changed. */
export type StatementResult = { rows: Record<string, unknown>[]; changed: number }

/** How current what is read must be: `latest` holds every write that was acknowledged, `recent` may be some moments behind it. */
export type Freshness = 'latest' | 'recent'

export type Store = {
  readonly dialect: 'sqlite' | 'd1' | 'postgres'
  /** Reads only. */
  readonly db: Kysely<Schema>
  /**
   * Runs the statements in order as one transaction: all of them or none.
   * Throws {@link StoreBusy} when the database could not be written in time, {@link UniqueViolation} when a unique key was taken.
   */
  batch(statements: readonly Compilable[]): Promise<StatementResult[]>
  /**
   * Changes whenever anything in the database may have changed, by this process or another; null where that cannot be
   * known without asking the database. Takes microseconds.
   */
  stamp(): string | null
  /**
   * The store for one request, where the database has copies to read from; the store itself, and one without sessions, reads the
   * `latest`. Within a session nothing is read that is older than what was read or written before. Costs no query.
   */
  session?: ((freshness: Freshness) => Store) | undefined
  /** Where a copy for `recent` sessions is configured: whether it is in use, now or once it has been tried. */
  readonly replica?: { isUp(): boolean; tried(): Promise<boolean> }
  close(): Promise<void>
}

/** What stands for a store's database, for whatever is remembered of it: the same object for the store and all its sessions. */
export function databaseOf(store: Store): object {
  return store.session ?? store
}

/** The database could not be written in time or has no room; nothing was written. */
export class StoreBusy extends Error {
  override readonly name = 'StoreBusy'
}

/** A unique key was taken, so the whole batch was rolled back. `columns` reads `table.column,table.column`. */
export class UniqueViolation extends Error {
  override readonly name = 'UniqueViolation'
  readonly columns: string
  constructor(columns: string, cause: unknown) {
    super(`unique key taken: ${columns}`, { cause })
    this.columns = columns
  }
}

/** Whether the error says that this unique key (`table.column,table.column`) was taken. */
export function conflictOn(error: unknown, columns: string): boolean {
  return error instanceof UniqueViolation && error.columns === columns
}

/** Bound parameters that D1 takes in one statement. */
export const MAX_PARAMETERS = 100
/** Bytes of SQL that D1 takes in one statement. */
export const MAX_STATEMENT_BYTES = 100_000

/** Compiles a statement and holds it to D1's limits on every database, so that a test on SQLite finds what D1 would refuse. */
export function compiled(statement: Compilable): CompiledQuery {
  const query = statement.compile()
  if (query.parameters.length > MAX_PARAMETERS)
    throw new Error(`statement with ${query.parameters.length} parameters: D1 takes ${MAX_PARAMETERS}`)
  if (query.sql.length > MAX_STATEMENT_BYTES) throw new Error(`statement of ${query.sql.length} bytes: D1 takes ${MAX_STATEMENT_BYTES}`)
  return query
}

/** Stands for a value in a template's statement. Typed as whatever the column takes, since it never reaches a database. */
class Hole {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

/** By the kind of database, told by its adapter: a request may have a Kysely of its own. */
const templates = new WeakMap<object, Map<string, CompiledQuery>>()

/**
 * A statement that is compiled once for each kind of database and `shape`, and filled with values from then on: building and compiling it
 * costs more than running it. `build` gets a stand-in for each value, to be put where a value goes and nowhere else; whatever changes the
 * statement itself belongs into `shape`.
 */
function fromTemplate<Values extends object, Row>(
  db: Kysely<Schema>,
  shape: string,
  values: Values,
  build: (holes: Values) => { compile(): CompiledQuery<Row> },
): CompiledQuery<Row> {
  const kind = db.getExecutor().adapter.constructor
  let known = templates.get(kind)
  if (!known) {
    known = new Map()
    templates.set(kind, known)
  }
  let query = known.get(shape)
  if (!query) {
    query = compiled(build(Object.fromEntries(Object.keys(values).map((name) => [name, new Hole(name)])) as Values))
    known.set(shape, query)
  }
  const parameters = query.parameters.map((value) => (value instanceof Hole ? values[value.name as keyof Values] : value))
  return { ...query, parameters } as CompiledQuery<Row>
}

/** The insert of one row, from a template for each table and set of columns. */
export function insertRow<Table extends keyof Schema & string>(
  db: Kysely<Schema>,
  table: Table,
  row: Insertable<Schema[Table]>,
): Compilable {
  const shape = `insert ${table}(${Object.keys(row).join()})`
  const filled = fromTemplate(db, shape, row, (holes) => db.insertInto(table).values(holes))
  return { compile: () => filled }
}

/** The rows of a look-up that every request makes, from a template ({@link fromTemplate}): `shape` names it and what it is made of. */
export async function lookUp<Values extends object, Row>(
  db: Kysely<Schema>,
  shape: string,
  values: Values,
  build: (holes: Values) => { compile(): CompiledQuery<Row> },
): Promise<Row[]> {
  const { rows } = await db.executeQuery(fromTemplate(db, shape, values, build))
  return rows
}

/**
 * Rows to be claimed by an update in the same statement. PostgreSQL, where several may claim at once, passes over those
 * that another is claiming; on the other two writers take turns anyway.
 */
export function claimable<Table extends keyof Schema, Columns>(
  store: Store,
  rows: SelectQueryBuilder<Schema, Table, Columns>,
): SelectQueryBuilder<Schema, Table, Columns> {
  return store.dialect === 'postgres' ? rows.forUpdate().skipLocked() : rows
}

/** Cuts a list into runs that fit beside `others` further parameters in one statement. */
export function inChunks<Item>(items: readonly Item[], others: number): Item[][] {
  const size = MAX_PARAMETERS - others
  const chunks: Item[][] = []
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size))
  return chunks
}

/** Whether the error says that a row which was referred to is there no more, so that the whole batch was rolled back. */
export function isReferenceGone(error: unknown): boolean {
  return error instanceof Error && error.message.includes('FOREIGN KEY constraint failed')
}

/** SQLite's words for a taken unique key, as better-sqlite3 and D1 both pass them on. */
export function uniqueViolationOf(error: unknown): UniqueViolation | null {
  const message = error instanceof Error ? error.message : ''
  const columns = /UNIQUE constraint failed: ([\w., ]+?)(?:: SQLITE_CONSTRAINT|$)/m.exec(message)?.[1]
  return columns === undefined ? null : new UniqueViolation(columns.replaceAll(' ', ''), error)
}
