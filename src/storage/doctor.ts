// What can be wrong with a database and what to do about it. Reads only.
import { sql } from 'kysely'
import { compareMigrations, type Migration } from './migrate.ts'
import type { Store } from './store.ts'

export type Finding = { isWell: boolean; text: string }

/**
 * Checks the database's integrity, its durability settings, its migrations and the projections that can be recomputed. `place` is
 * the database as the operator knows it. PostgreSQL keeps references and its files itself; there its settings are looked at.
 */
export async function checkHealth(store: Store, migrations: readonly Migration[], place: string): Promise<Finding[]> {
  return [
    ...(store.dialect === 'postgres' ? await server(store, place) : await file(store, place)),
    await schema(store, migrations),
    ...(await projections(store)),
    await search(store),
  ]
}

async function file(store: Store, path: string): Promise<Finding[]> {
  return [await integrity(store, path), await durability(store), await foreignKeys(store)]
}

async function integrity(store: Store, path: string): Promise<Finding> {
  const { rows } = await sql<{ quick_check: string }>`PRAGMA quick_check`.execute(store.db)
  const faults = rows.map((row) => row.quick_check).filter((line) => line !== 'ok')
  return faults.length === 0
    ? { isWell: true, text: `database file ${path} is intact` }
    : { isWell: false, text: `database file ${path} is damaged: ${faults[0]}; stop the service and restore the last backup` }
}

async function durability(store: Store): Promise<Finding> {
  const [journal] = (await sql<{ journal_mode: string }>`PRAGMA journal_mode`.execute(store.db)).rows
  const [synchronous] = (await sql<{ synchronous: number }>`PRAGMA synchronous`.execute(store.db)).rows
  const isWell = journal?.journal_mode === 'wal' && synchronous?.synchronous === 2
  return {
    isWell,
    text: isWell
      ? 'acknowledged comments survive a power cut (WAL, synchronous=FULL)'
      : 'WAL or synchronous=FULL could not be set; move the file to a local disk',
  }
}

async function foreignKeys(store: Store): Promise<Finding> {
  const { rows } = await sql`PRAGMA foreign_key_check`.execute(store.db)
  return rows.length === 0
    ? { isWell: true, text: 'all references between rows hold' }
    : { isWell: false, text: `${rows.length} rows refer to rows that are gone; restore the last backup` }
}

/** What PostgreSQL must be set to for the product's promises, and the least version it is tested on. */
const LEAST_POSTGRES = 15

async function server(store: Store, place: string): Promise<Finding[]> {
  const { rows } = await sql<{ version: number; encoding: string; fsync: string; pages: string; commit: string; connections: number }>`
    SELECT current_setting('server_version_num')::int / 10000 AS version, current_setting('server_encoding') AS encoding,
      current_setting('fsync') AS fsync, current_setting('full_page_writes') AS pages,
      current_setting('synchronous_commit') AS commit, current_setting('max_connections')::int AS connections`.execute(store.db)
  const [found] = rows
  if (!found) return []
  const isDurable = found.fsync === 'on' && found.pages === 'on' && found.commit !== 'off'
  return [
    found.version >= LEAST_POSTGRES
      ? { isWell: true, text: `${place} answers, PostgreSQL ${found.version}, ${found.connections} connections at most` }
      : { isWell: false, text: `PostgreSQL ${found.version} is older than ${LEAST_POSTGRES}; move the database to a newer server` },
    found.encoding === 'UTF8'
      ? { isWell: true, text: 'the database keeps every character (UTF8)' }
      : { isWell: false, text: `the database keeps text as ${found.encoding}; make one with ENCODING 'UTF8' and move the data there` },
    isDurable
      ? { isWell: true, text: 'acknowledged comments survive a power cut (fsync, full_page_writes, synchronous_commit)' }
      : { isWell: false, text: 'acknowledged comments can be lost: set fsync, full_page_writes and synchronous_commit to on' },
    ...(await replica(store)),
  ]
}

/** Where public pages are read from, when that is not the database itself. */
async function replica(store: Store): Promise<Finding[]> {
  if (!store.replica || !store.session) return []
  if (!(await store.replica.tried()))
    return [{ isWell: false, text: 'the replica cannot be reached or is none; public pages are read from the primary until it answers' }]
  const [there] = (await sql<{ lsn: string }>`SELECT pg_last_wal_replay_lsn() AS lsn`.execute(store.session('recent').db)).rows
  const [here] = (
    await sql<{ bytes: number }>`SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), ${there?.lsn}::pg_lsn) AS bytes`.execute(store.db)
  ).rows
  return [{ isWell: true, text: `the replica answers, ${here?.bytes ?? 0} bytes of log behind the primary` }]
}

async function schema(store: Store, migrations: readonly Migration[]): Promise<Finding> {
  const { applied, open, changed, copyMark } = await compareMigrations(store, migrations)
  if (copyMark === 'unfinished')
    return { isWell: false, text: 'the database is a copy that was not finished; run the same "ykien copy" again until it ends' }
  if (changed.length > 0)
    return { isWell: false, text: `migrations differ from those applied: ${changed.join(', ')}; run the release that applied them` }
  if (open.length > 0) return { isWell: false, text: `migrations not applied: ${open.join(', ')}; run "ykien migrate"` }
  return { isWell: true, text: `all ${applied} migrations are applied` }
}

/** Numbers and states that follow from other rows, recomputed and compared. */
async function projections(store: Store): Promise<Finding[]> {
  const counts = await sql<{ n: number }>`
    SELECT count(*) AS n FROM thread WHERE public_count <> (
      SELECT count(*) FROM comment AS own LEFT JOIN comment AS root ON root.id = own.parent_id
      WHERE own.thread_id = thread.id AND own.public_revision_id IS NOT NULL AND own.hidden_at IS NULL
        AND (own.parent_id IS NULL OR root.published_at IS NOT NULL))`.execute(store.db)
  const likes = await sql<{ n: number }>`
    SELECT count(*) AS n FROM comment
    WHERE likes <> (SELECT count(*) FROM comment_like WHERE comment_like.comment_id = comment.id)`.execute(store.db)
  const states = await sql<{ n: number }>`
    SELECT count(*) AS n FROM comment JOIN fact ON fact.comment_id = comment.id AND fact.from_version = comment.version - 1
    WHERE fact.state_after <> comment.state`.execute(store.db)
  return [
    finding(counts.rows[0]?.n ?? 0, 'numbers of published comments agree with the comments', 'articles show a wrong number of comments'),
    finding(likes.rows[0]?.n ?? 0, 'numbers of likes agree with the likes', 'comments show a wrong number of likes'),
    finding(
      states.rows[0]?.n ?? 0,
      'states of comments agree with the record of decisions',
      'comments have a state that no decision gave them',
    ),
  ]
}

/** The newest comments are taken in by the service's clock, so that a few are always missing. */
async function search(store: Store): Promise<Finding> {
  try {
    await sql`SELECT 1 FROM search_index LIMIT 1`.execute(store.db)
    const { rows } = await sql<{ n: number }>`
      SELECT count(*) AS n FROM comment LEFT JOIN search_document AS document ON document.comment_id = comment.id
      WHERE document.version IS NULL OR document.version < comment.version`.execute(store.db)
    const lacking = rows[0]?.n ?? 0
    return {
      isWell: true,
      text: lacking === 0 ? 'staff find every comment' : `staff find every comment but ${lacking}, which the running service takes in`,
    }
  } catch {
    return { isWell: false, text: 'the search index is missing or damaged; run "ykien migrate", then "ykien search rebuild"' }
  }
}

function finding(faults: number, well: string, ill: string): Finding {
  return faults === 0
    ? { isWell: true, text: well }
    : { isWell: false, text: `${faults} ${ill}; please report this with the output of "ykien doctor"` }
}
