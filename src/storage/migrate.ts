// Applies SQL migrations: forward only, each in one batch with its own bookkeeping row, each held to its checksum.
// Not for: reading files; the caller brings names and texts.
import { sql } from 'kysely'
import { type Compilable, type Store, StoreBusy } from './store.ts'

/** A migration: `NNNN_name` and its SQL text. */
export type Migration = { name: string; text: string }

/** What a migration is refused for: its text changed after it was applied, or the database holds one this program does not know. */
export class MigrationRefused extends Error {
  override readonly name = 'MigrationRefused'
}

export const BOOKKEEPING = `CREATE TABLE IF NOT EXISTS schema_migration (
  name TEXT PRIMARY KEY,
  checksum TEXT NOT NULL,
  applied_at TEXT NOT NULL
)`

/**
 * On PostgreSQL several may migrate at the same moment, and "IF NOT EXISTS" is no lock: each waits for its turn, as long as
 * it takes, and lets its statements take as long. The number is ours alone (the bytes of "ykien"); the lock ends with the batch.
 */
const POSTGRES_TURN = ['SET LOCAL statement_timeout = 0', 'SET LOCAL lock_timeout = 0', 'SELECT pg_advisory_xact_lock(521493112174)']

/**
 * On SQLite a write gives up after a moment, since whoever waits for a lock holds up readers too. A process that starts has none: it tries
 * again for longer than any migration of a large file takes.
 */
const SQLITE_TURN_LIMIT_MS = 600_000

/**
 * Brings the database up to the last migration and returns the names it applied, in order. A rerun applies nothing.
 * Two processes may migrate at once: one waits, finds the bookkeeping row taken and goes on.
 */
export async function migrate(store: Store, migrations: readonly Migration[], now: Date): Promise<string[]> {
  await inTurn([...turn(), statement(BOOKKEEPING)])
  const known = new Map((await store.db.selectFrom('schema_migration').selectAll().execute()).map((row) => [row.name, row.checksum]))
  const unknown = [...known.keys()].filter((name) => !migrations.some((migration) => migration.name === name))
  if (unknown.length > 0)
    throw new MigrationRefused(
      `the database holds migrations this version does not know: ${unknown.join(', ')}; run a newer version of ykien`,
    )

  const applied: string[] = []
  for (const migration of [...migrations].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const checksum = await checksumOf(migration.text)
    const recorded = known.get(migration.name)
    if (recorded === checksum) continue
    if (recorded !== undefined)
      throw new MigrationRefused(
        `migration ${migration.name} was changed after it was applied; restore its text from the release that applied it`,
      )
    try {
      await inTurn([
        ...turn(),
        store.db.insertInto('schema_migration').values({ name: migration.name, checksum, applied_at: now.toISOString() }),
        ...statementsOf(migration.text).map(statement),
      ])
      applied.push(migration.name)
    } catch (error) {
      const row = await store.db.selectFrom('schema_migration').select('checksum').where('name', '=', migration.name).executeTakeFirst()
      if (row?.checksum !== checksum) throw error
    }
  }
  return applied

  async function inTurn(statements: readonly Compilable[]): Promise<void> {
    for (const startedAt = performance.now(); ; ) {
      try {
        await store.batch(statements)
        return
      } catch (error) {
        const isLocked = error instanceof StoreBusy && error.message === 'SQLITE_BUSY'
        if (!isLocked || performance.now() - startedAt > SQLITE_TURN_LIMIT_MS) throw error
      }
    }
  }

  function turn(): Compilable[] {
    return store.dialect === 'postgres' ? POSTGRES_TURN.map(statement) : []
  }

  function statement(text: string): Compilable {
    return { compile: () => sql.raw(text).compile(store.db) }
  }
}

/** The statements of a migration's text, without comments. A statement ends with a semicolon at the end of a line. */
export function statementsOf(text: string): string[] {
  return text
    .replace(/^--.*$/gm, '')
    .split(/;\s*$/m)
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** SHA-256 of a migration's text as hex, line ends normalised so that a Windows checkout agrees. */
export async function checksumOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text.replaceAll('\r\n', '\n')))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
