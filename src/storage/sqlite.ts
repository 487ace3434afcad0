// The store on better-sqlite3: pragmas, group commit (batches that wait share one transaction and one fsync), prepared
// statements kept. Only platform/ and the command line open it.
import Database from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import type { Schema } from './schema.ts'
import { compiled, type StatementResult, type Store, StoreBusy, uniqueViolationOf } from './store.ts'

/**
 * How long a write waits for another process's lock. The wait blocks the event loop (better-sqlite3 is synchronous),
 * so it is short; past it the caller answers 503.
 */
const BUSY_TIMEOUT_MS = 200
/** Batches that may wait for the next commit. Beyond it writers are told "busy" before memory grows. */
const MAX_WAITING = 2_000
/** Batches that share one commit: a commit of this many takes a few tens of milliseconds, during which nothing else runs. */
const MAX_TOGETHER = 200

/** Statements kept prepared. Lists of varying length make varying statements, so there is an end to it. */
const MAX_PREPARED = 500

/** SQLite's own names for "not now": locked, full disk, read-only or failing disk. Each leaves the transaction rolled back. */
const NOT_NOW = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN)/

type Waiting = {
  queries: ReturnType<typeof compiled>[]
  resolve(results: StatementResult[]): void
  reject(error: unknown): void
}

/**
 * Opens (and makes) a SQLite file. `synchronous=FULL` is set on each open: a WAL file that is opened again would
 * otherwise run with NORMAL, and a power cut could lose acknowledged comments. Opened read-only, every batch throws StoreBusy.
 */
export function openSqlite(path: string, { isReadOnly = false } = {}): Store {
  const database = new Database(path, { timeout: BUSY_TIMEOUT_MS, readonly: isReadOnly, fileMustExist: isReadOnly })
  if (!isReadOnly) database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.pragma('foreign_keys = ON')
  const prepared = new Map<string, Database.Statement>()
  const dataVersion = database.prepare<[], { data_version: number }>('PRAGMA data_version')
  let commits = 0
  let version: number | undefined
  let waiting: Waiting[] = []

  const prepare = (sql: string): Database.Statement => {
    let statement = prepared.get(sql)
    if (!statement) {
      if (prepared.size >= MAX_PREPARED) prepared.clear()
      statement = database.prepare(sql)
      prepared.set(sql, statement)
    }
    return statement
  }

  // Kysely prepares anew for every query; the product has some dozens of different ones.
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: { prepare, close: () => database.close() } }) })

  const run = ({ sql, parameters }: ReturnType<typeof compiled>): StatementResult => {
    const statement = prepare(sql)
    if (!statement.reader) return { rows: [], changed: statement.run(...parameters).changes }
    const rows = statement.all(...parameters) as Record<string, unknown>[]
    return { rows, changed: rows.length }
  }

  // A transaction inside a transaction is a savepoint: a batch that fails is rolled back alone.
  const runBatch = database.transaction((queries: Waiting['queries']): StatementResult[] => queries.map(run))
  const runTogether = database.transaction((batches: readonly Waiting[]) =>
    batches.map((batch) => {
      try {
        return { results: runBatch(batch.queries) }
      } catch (error) {
        // What ails the disk or the lock ails everybody: nothing of this commit may stand.
        if (NOT_NOW.test(codeOf(error)) || !database.inTransaction) throw error
        return { error }
      }
    }),
  )

  /** Commits what waits with one fsync. Nobody is answered before it is on the disk. */
  const commitWaiting = () => {
    const batches = waiting.slice(0, MAX_TOGETHER)
    waiting = waiting.slice(MAX_TOGETHER)
    if (batches.length === 0) return
    if (waiting.length > 0) setImmediate(commitWaiting)
    try {
      const outcomes = runTogether.immediate(batches)
      commits++
      outcomes.forEach((outcome, index) => {
        if (outcome.results) batches[index]?.resolve(outcome.results)
        else batches[index]?.reject(translated(outcome.error))
      })
    } catch (error) {
      for (const batch of batches) batch.reject(translated(error))
    }
  }

  return {
    dialect: 'sqlite',
    db,
    stamp() {
      // Asked once for each turn of the event loop: what another process commits is seen with the next.
      if (version === undefined) {
        version = dataVersion.get()?.data_version ?? 0
        setImmediate(() => {
          version = undefined
        })
      }
      return `${commits}.${version}`
    },
    batch(statements) {
      if (waiting.length >= MAX_WAITING) return Promise.reject(new StoreBusy(`${MAX_WAITING} batches are waiting`))
      return new Promise((resolve, reject) => {
        const queries = statements.map(compiled)
        // Whoever arrives in this turn of the event loop is committed together after it.
        if (waiting.length === 0) setImmediate(commitWaiting)
        waiting.push({ queries, resolve, reject })
      })
    },
    async close() {
      if (!database.open) return
      while (waiting.length > 0) commitWaiting()
      // Folds the log into the file, so that the file alone is the whole database once the server has stopped.
      try {
        database.pragma('wal_checkpoint(TRUNCATE)')
      } catch {
        // Another process still reads: the log stays beside the file, and the next open replays it.
      }
      database.close()
    },
  }
}

function translated(error: unknown): unknown {
  const code = codeOf(error)
  if (NOT_NOW.test(code)) return new StoreBusy(code, { cause: error })
  return uniqueViolationOf(error) ?? error
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
