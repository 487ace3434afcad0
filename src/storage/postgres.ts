// The store on PostgreSQL: a pool of connections, the batch as one transaction over one state of the database, run again if it moved.
// Only platform/ opens it. Why it is set up so is in docs/decisions/007-postgresql.md.
import { type CompiledQuery, Kysely, PostgresDialect, type PostgresPoolClient } from 'kysely'
import pg from 'pg'
import { type ReplicaWatch, watchReplica } from './replica.ts'
import type { Schema } from './schema.ts'
import { compiled, type StatementResult, type Store, StoreBusy, UniqueViolation } from './store.ts'

/** How long a request waits for a free or a new connection before it is told "busy". */
const CONNECT_TIMEOUT_MS = 3_000
/** The same for a replica: meanwhile a reader waits who could be answered by the primary. */
const REPLICA_CONNECT_TIMEOUT_MS = 1_000
/** A connection nobody used for this long is closed: each costs the server some megabytes. */
const IDLE_TIMEOUT_MS = 30_000
/** No statement of the product takes near as long; one that does is holding others up. Migrations lift it for themselves. */
const STATEMENT_TIMEOUT_MS = 10_000
/** Longer than the second after which PostgreSQL looks for deadlocks, so that those are told as what they are. */
const LOCK_TIMEOUT_MS = 5_000
/** A process that froze in the middle of a batch loses its locks after this. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000

/**
 * A batch sees the database as it was at its first statement, and is run again when a row it changes was changed since. So what it
 * computes cannot be stale: every number is kept in a row that each batch touching the number changes.
 */
const BEGIN = 'BEGIN ISOLATION LEVEL REPEATABLE READ'

/**
 * How often a batch that met another one is run before its caller is told "busy". Those of one lane rarely need three; on a busy machine
 * batches outside it, each on its first attempt, can come first ten times in a row.
 */
const MAX_ATTEMPTS = 30

/**
 * Batches that met another one go on one at a time, in all processes together: at an article where many write at once they
 * would else go on undoing each other. LOCK TABLE takes no snapshot, so that the batch sees what those before it in the lane wrote.
 * Only migrations write this table, and nobody who reads it waits.
 */
const LANE = 'LOCK TABLE schema_migration IN SHARE ROW EXCLUSIVE MODE'

/** Serialization failure and deadlock: the batch was rolled back whole and may simply be run again. */
const MET_ANOTHER = new Set(['40001', '40P01'])

/**
 * PostgreSQL's codes for "not now": connection trouble (08), too many connections, disk or memory full (53), statement or
 * lock timeout, shutting down or starting up, read-only (a standby), a session ended for idling, a failing disk.
 */
const NOT_NOW = /^(?:08|53|57014|57P0|55P03|25006|25P03|58030)/

/** The driver's and the system's words for a database that cannot be reached. */
const NOT_REACHED =
  /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOENT|timeout exceeded|timeout expired|Connection terminated|connection error|not queryable/

/** A replica's codes for "not here": cancelled by what it had to replay, a table or column that a migration has not brought to it yet. */
const NOT_HERE = /^(?:40001|40P01|42P01|42703)$/

const INT8 = 20
const NUMERIC = 1_700
/** Counts and our BIGINT columns are whole numbers far below 2^53; the driver would give them as text. */
const types = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8 || oid === NUMERIC ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
}

type Options = {
  /** Connections at once at most, to each server. */
  poolSize: number
  /** The address of a streaming replica. */
  replica?: string | undefined
  /** Hears when the replica is taken out of use, with the reason, and when it is in use again. */
  replicaChanged?: (isUp: boolean, reason: string) => void
}

/**
 * Opens a PostgreSQL database by its URL; no connection is made before the first statement. Reads too throw StoreBusy while the
 * database cannot be reached. With a replica, sessions of `recent` read from it once it proved to be one and while it answers, and from
 * the primary else.
 */
export function openPostgres(url: string, options: Options): Store {
  const pool = openPool(url, options.poolSize, CONNECT_TIMEOUT_MS)
  if (options.replica === undefined)
    return primaryStore(
      pool,
      once(() => pool.end()),
    )
  const replica = openPool(options.replica, options.poolSize, REPLICA_CONNECT_TIMEOUT_MS)
  const watch = watchReplica(() => probe(replica), options.replicaChanged ?? (() => {}))
  const close = once(async () => {
    watch.stop()
    await Promise.all([pool.end(), replica.end()])
  })
  const primary: Store = {
    ...primaryStore(pool, close),
    session: (freshness) => (freshness === 'latest' ? primary : replicaStore(primary, pool, replica, watch)),
    replica: watch,
  }
  return primary
}

/** Rejects unless the server is one that replays another's writes and has replayed our tables. */
async function probe(replica: pg.Pool): Promise<void> {
  const { rows } = await replica.query<{ replays: boolean }>('SELECT pg_is_in_recovery() AS replays FROM schema_migration LIMIT 1')
  if (!rows[0]?.replays) throw new Error('it is not a streaming replica, or has no data yet')
}

function openPool(url: string, poolSize: number, connectTimeoutMs: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: connectTimeoutMs,
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    lock_timeout: LOCK_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    application_name: 'ykien',
    allowExitOnIdle: true,
    types,
  })
  // A connection that breaks is replaced by the pool, and whoever was using it is told by the statement that failed. Unheard, its
  // own error would end the process.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

function once(close: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | null = null
  return () => {
    closing ??= close()
    return closing
  }
}

function primaryStore(pool: pg.Pool, close: () => Promise<void>): Store {
  return {
    dialect: 'postgres',
    db: kyselyOver(async () => reader(await connect(pool)), close),
    async batch(statements) {
      const queries = statements.map(compiled)
      for (let attempt = 1; ; attempt++) {
        try {
          return await runTogether(pool, queries, attempt > 1)
        } catch (error) {
          if (!MET_ANOTHER.has(codeOf(error))) throw translated(error)
          if (attempt === MAX_ATTEMPTS) throw new StoreBusy(`met other writers ${MAX_ATTEMPTS} times`, { cause: error })
        }
      }
    },
    // Other processes write without telling: each answer that is kept is proven by a look-up.
    stamp: () => null,
    close,
  }
}

/**
 * The store of one request that may read what is some moments old. Once it has read from the primary, because the replica failed or
 * because it wrote, it stays there: what it goes on to read must not be older than what it read.
 */
function replicaStore(primary: Store, pool: pg.Pool, replica: pg.Pool, watch: ReplicaWatch): Store {
  let isAtPrimary = false
  const query = async (sql: unknown, parameters: readonly unknown[] = []): Promise<unknown> => {
    const values = parameters.map(lookedUp)
    if (!isAtPrimary && watch.isUp()) {
      try {
        return await replica.query(String(sql), values)
      } catch (error) {
        const told = translated(error)
        if (told instanceof StoreBusy) watch.failed(told.message)
        else if (!NOT_HERE.test(codeOf(error))) throw told
      }
    }
    isAtPrimary = true
    try {
      return await pool.query(String(sql), values)
    } catch (error) {
      throw translated(error)
    }
  }
  const client = { query: query as PostgresPoolClient['query'], release: () => {} }
  return {
    ...primary,
    db: kyselyOver(async () => client, primary.close),
    batch(statements) {
      isAtPrimary = true
      return primary.batch(statements)
    },
  }
}

function kyselyOver(client: () => Promise<PostgresPoolClient>, end: () => Promise<void>): Kysely<Schema> {
  return new Kysely<Schema>({ dialect: new PostgresDialect({ pool: { connect: client, end, options: {} } }) })
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect()
  } catch (error) {
    throw translated(error)
  }
}

/** A connection for Kysely, whose errors are told in the store's words. */
function reader(client: pg.PoolClient): PostgresPoolClient {
  // Kysely's second form of `query`, for cursors, is used only where a dialect is given a cursor; ours is not.
  const query = async (sql: unknown, parameters: readonly unknown[] = []): Promise<unknown> => {
    try {
      return (await client.query(String(sql), parameters.map(lookedUp))) satisfies pg.QueryResult
    } catch (error) {
      throw translated(error)
    }
  }
  return { query: query as PostgresPoolClient['query'], release: (destroy) => client.release(destroy) }
}

/**
 * PostgreSQL keeps no U+0000 and would refuse to look for one. It is looked for as U+FFFD, as every driver does with half a
 * surrogate pair: what is asked for by such a name does not exist. Writes are not touched; commands refuse the character.
 */
function lookedUp(parameter: unknown): unknown {
  return typeof parameter === 'string' ? parameter.replaceAll('\u0000', '\uFFFD') : parameter
}

/**
 * One transaction on one connection. When the connection is lost while COMMIT is under way nobody
 * knows whether it was carried out: that error is passed on as it is, since StoreBusy promises that nothing was written.
 */
async function runTogether(pool: pg.Pool, queries: readonly CompiledQuery[], isInLane: boolean): Promise<StatementResult[]> {
  const client = await connect(pool)
  let isBroken = false
  try {
    await client.query(BEGIN)
    if (isInLane) await client.query(LANE)
    const results: StatementResult[] = []
    for (const { sql, parameters } of queries) {
      const { rows, rowCount } = await client.query<Record<string, unknown>>(sql, [...parameters])
      results.push({ rows, changed: rowCount ?? 0 })
    }
    await commit(client)
    return results
  } catch (error) {
    isBroken = !(error instanceof pg.DatabaseError) || !(await rolledBack(client))
    throw error
  } finally {
    client.release(isBroken)
  }
}

async function commit(client: pg.PoolClient): Promise<void> {
  try {
    await client.query('COMMIT')
  } catch (error) {
    if (error instanceof pg.DatabaseError && !NOT_NOW.test(codeOf(error))) throw error
    throw new Error('the connection was lost while a batch was being committed; it may or may not have been written', { cause: error })
  }
}

async function rolledBack(client: pg.PoolClient): Promise<boolean> {
  try {
    await client.query('ROLLBACK')
    return true
  } catch {
    return false
  }
}

/** The store's errors for the database's. What a command line tells apart by its words has SQLite's words here too. */
function translated(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const code = codeOf(error)
  if (error instanceof pg.DatabaseError) {
    if (code === '23505') return new UniqueViolation(keyOf(error), error)
    if (code === '23502') return new Error(`NOT NULL constraint failed: ${error.table}.${error.column}`, { cause: error })
    if (code === '23503') return new Error(`FOREIGN KEY constraint failed: ${error.table}, ${error.constraint}`, { cause: error })
    return NOT_NOW.test(code) ? new StoreBusy(`${code} ${error.message}`, { cause: error }) : error
  }
  const words = `${code} ${error.message}`.trim()
  return NOT_REACHED.test(words) ? new StoreBusy(`the database cannot be reached: ${words}`, { cause: error }) : error
}

/** `table.column,table.column` of a taken key, from "Key (a, b)=(1, 2) already exists." in whatever language the server speaks. */
function keyOf(error: pg.DatabaseError): string {
  const columns = /\(([^()]*)\)=\(/.exec(error.detail ?? '')?.[1] ?? ''
  return columns
    .split(',')
    .map((column) => `${error.table}.${column.trim().replaceAll('"', '')}`)
    .join(',')
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
