// The store on better-sqlite3: pragmas, the batch as a synchronous IMMEDIATE transaction, prepared statements kept.
// Only platform/ and the command line open it.
import Database from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import type { Schema } from './schema.ts'
import { compiled, type StatementResult, type Store, StoreBusy, uniqueViolationOf } from './store.ts'

/**
 * How long a write waits for another process's lock. The wait blocks the event loop (better-sqlite3 is synchronous),
 * so it is short; past it the caller answers 503.
 */
const BUSY_TIMEOUT_MS = 200

/** SQLite's own names for "not now": locked, full disk, read-only or failing disk. Each leaves the transaction rolled back. */
const NOT_NOW = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN)/

/**
 * Opens (and makes) a SQLite file. `synchronous=FULL` is set on each open: a WAL file that is opened again would
 * otherwise run with NORMAL, and a power cut could lose acknowledged comments. Opened read-only, every batch throws StoreBusy.
 */
export function openSqlite(path: string, { isReadOnly = false } = {}): Store {
  const database = new Database(path, { timeout: BUSY_TIMEOUT_MS, readonly: isReadOnly, fileMustExist: isReadOnly })
  if (!isReadOnly) database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.pragma('foreign_keys = ON')
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database }) })
  const prepared = new Map<string, Database.Statement>()

  const prepare = (sql: string): Database.Statement => {
    let statement = prepared.get(sql)
    if (!statement) {
      statement = database.prepare(sql)
      prepared.set(sql, statement)
    }
    return statement
  }

  const runAll = database.transaction((statements: readonly ReturnType<typeof compiled>[]): StatementResult[] =>
    statements.map(({ sql, parameters }) => {
      const statement = prepare(sql)
      if (!statement.reader) return { rows: [], changed: statement.run(...parameters).changes }
      const rows = statement.all(...parameters) as Record<string, unknown>[]
      return { rows, changed: rows.length }
    }),
  )

  return {
    dialect: 'sqlite',
    db,
    async batch(statements) {
      const queries = statements.map(compiled)
      try {
        return runAll.immediate(queries)
      } catch (error) {
        throw translated(error)
      }
    },
    async close() {
      if (!database.open) return
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
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (NOT_NOW.test(code)) return new StoreBusy(code, { cause: error })
  return uniqueViolationOf(error) ?? error
}
