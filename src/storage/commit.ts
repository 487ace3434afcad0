// Group commit on SQLite: the batches that came while the last commit ran share the next one and its one fsync. The only code that
// writes to a SQLite database; it runs in the server's writing thread, in the primary of several processes, or in a command.
import Database from 'better-sqlite3'
import { type StatementResult, StoreBusy, uniqueViolationOf } from './store.ts'
import { type Answer, faultOf, type Order, type Outcome, type Query } from './writer.ts'

/**
 * How long a write waits for another process's lock. Nothing else is written meanwhile, so it is short; past it the caller
 * answers 503.
 */
const BUSY_TIMEOUT_MS = 200
/** Batches that share one commit: a commit of this many takes some tens of milliseconds, and the first in it waits for the last. */
const MAX_TOGETHER = 200
/**
 * Batches after which the log is folded into the file: seldom, since a page that many comments changed is then written once, and
 * after the answers, so that no sender waits for it. A comment sent alone changes some twenty pages.
 */
const FOLDED_AFTER = 400
/** Pages of log (48 MB) at which SQLite folds it within a commit: many large batches must not let it grow without end. */
const MAX_LOG_PAGES = 12_000
/** Statements kept prepared. Lists of varying length make varying statements, so there is an end to it. */
const MAX_PREPARED = 500

/** SQLite's own names for "not now": locked, full disk, read-only or failing disk. Each leaves the transaction rolled back. */
const NOT_NOW = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|READONLY|CANTOPEN)/

type Reply = (answers: Answer[]) => void
type Waiting = Order & { reply: Reply }

export type Committer = {
  /** Takes batches; `reply` is called once they are on the disk, or with the reason why nothing of one is. */
  take(orders: readonly Order[], reply: Reply): void
  /** Commits what waits and folds the log into the file, so that the file alone is the whole database. */
  finish(): void
}

/**
 * Opens (and makes) a SQLite file to be written. `synchronous=FULL` is set on each open: a WAL file that is opened again would
 * otherwise run with NORMAL, and a power cut could lose acknowledged comments.
 */
export function openForWriting(path: string): Database.Database {
  const database = new Database(path, { timeout: BUSY_TIMEOUT_MS })
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.pragma('foreign_keys = ON')
  database.pragma(`wal_autocheckpoint = ${MAX_LOG_PAGES}`)
  return database
}

/** Prepares each statement once. */
export function preparing(database: Database.Database): (sql: string) => Database.Statement {
  const prepared = new Map<string, Database.Statement>()
  return (sql) => {
    let statement = prepared.get(sql)
    if (!statement) {
      if (prepared.size >= MAX_PREPARED) prepared.clear()
      statement = database.prepare(sql)
      prepared.set(sql, statement)
    }
    return statement
  }
}

/** The writer of a database. There is one for each file and process group; others' locks are waited for all the same. */
export function createCommitter(database: Database.Database): Committer {
  const prepare = preparing(database)
  let waiting: Waiting[] = []
  let sinceFolded = 0

  const run = ({ sql, parameters }: Query): StatementResult => {
    const statement = prepare(sql)
    if (!statement.reader) return { rows: [], changed: statement.run(...parameters).changes }
    const rows = statement.all(...parameters) as Record<string, unknown>[]
    return { rows, changed: rows.length }
  }

  const runAll = database.transaction((orders: readonly Order[]): Outcome[] => orders.map(({ queries }) => ({ results: queries.map(run) })))

  // A transaction inside a transaction is a savepoint: a batch that fails is rolled back alone. For each, SQLite keeps a copy of every
  // page it changes, in a file as soon as they are many, so it is done only once one has failed.
  const runBatch = database.transaction((queries: readonly Query[]): StatementResult[] => queries.map(run))
  const runApart = database.transaction((orders: readonly Order[]): Outcome[] =>
    orders.map(({ queries }) => {
      try {
        return { results: runBatch(queries) }
      } catch (error) {
        // What ails the disk or the lock ails everybody: nothing of this commit may stand.
        if (NOT_NOW.test(codeOf(error)) || !database.inTransaction) throw error
        return { fault: faultOf(translated(error)) }
      }
    }),
  )

  const outcomesOf = (orders: readonly Order[]): Outcome[] => {
    try {
      return runAll.immediate(orders)
    } catch (error) {
      const isOfAll = orders.length === 1 || NOT_NOW.test(codeOf(error))
      return isOfAll ? refused(orders, error) : outcomesApart(orders)
    }
  }
  const outcomesApart = (orders: readonly Order[]): Outcome[] => {
    try {
      return runApart.immediate(orders)
    } catch (error) {
      return refused(orders, error)
    }
  }

  /** Commits what waits with one fsync. Nobody is answered before it is on the disk. */
  const commitWaiting = () => {
    const orders = waiting.slice(0, MAX_TOGETHER)
    waiting = waiting.slice(MAX_TOGETHER)
    if (orders.length === 0) return
    if (waiting.length > 0) setImmediate(commitWaiting)
    const outcomes = outcomesOf(orders)
    const answers = new Map<Reply, Answer[]>()
    orders.forEach(({ id, reply }, index) => {
      const outcome = outcomes[index]
      if (!outcome) return
      const own = answers.get(reply)
      if (own) own.push({ id, outcome })
      else answers.set(reply, [{ id, outcome }])
    })
    for (const [reply, own] of answers) reply(own)
    sinceFolded += orders.length
    if (sinceFolded >= FOLDED_AFTER) fold('PASSIVE')
  }

  const fold = (way: 'PASSIVE' | 'TRUNCATE') => {
    sinceFolded = 0
    try {
      database.pragma(`wal_checkpoint(${way})`)
    } catch {
      // Another process still reads, or the disk is full: the log stays beside the file, and the next time folds it.
    }
  }

  return {
    take(orders, reply) {
      // Whatever arrives in this turn of the event loop is committed together after it.
      if (waiting.length === 0) setImmediate(commitWaiting)
      for (const order of orders) waiting.push({ ...order, reply })
    },
    finish() {
      while (waiting.length > 0) commitWaiting()
      fold('TRUNCATE')
    },
  }
}

function refused(orders: readonly Order[], error: unknown): Outcome[] {
  const fault = faultOf(translated(error))
  return orders.map(() => ({ fault }))
}

function translated(error: unknown): unknown {
  const code = codeOf(error)
  if (NOT_NOW.test(code)) return new StoreBusy(code, { cause: error })
  return uniqueViolationOf(error) ?? error
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
