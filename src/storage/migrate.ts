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

/**
 * Rows of the bookkeeping that are no migrations: this database is a copy of the installation whose birth is in the row's checksum,
 * still being made, or whole but not yet served. Kept here because nothing is done with a database before it is migrated, and
 * because a release that does not know them refuses them.
 */
export const COPY_MARKS = { unfinished: 'copy-unfinished', whole: 'copy-whole' } as const

const BOOKKEEPING = `CREATE TABLE IF NOT EXISTS schema_migration (
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
 * Two processes may migrate at once: one waits, finds the bookkeeping row taken and goes on. A copy that is not whole is
 * refused, and a whole one is from then on a database of its own; `isCopying` leaves both marks alone.
 */
export async function migrate(store: Store, migrations: readonly Migration[], now: Date, { isCopying = false } = {}): Promise<string[]> {
  await inTurn([...turn(), statement(BOOKKEEPING)])
  const known = new Map((await store.db.selectFrom('schema_migration').selectAll().execute()).map((row) => [row.name, row.checksum]))
  if (!isCopying && known.has(COPY_MARKS.unfinished))
    throw new MigrationRefused('the database is a copy that was not finished; run the same "ykien copy" again until it ends')
  if (!isCopying && known.has(COPY_MARKS.whole))
    await store.batch([store.db.deleteFrom('schema_migration').where('name', '=', COPY_MARKS.whole)])
  for (const mark of Object.values(COPY_MARKS)) known.delete(mark)
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

/** How a database's migrations stand to the program's: those not applied, and those that differ or are unknown. A database without any has none applied. */
export async function compareMigrations(
  store: Store,
  migrations: readonly Migration[],
): Promise<{ applied: number; open: string[]; changed: string[]; copyMark: keyof typeof COPY_MARKS | null }> {
  const rows = await store.db
    .selectFrom('schema_migration')
    .selectAll()
    .execute()
    .catch(() => [])
  const marks: readonly string[] = Object.values(COPY_MARKS)
  const applied = rows.filter(({ name }) => !marks.includes(name))
  const texts = new Map(await Promise.all(migrations.map(async ({ name, text }) => [name, await checksumOf(text)] as const)))
  const has = (mark: string) => rows.some(({ name }) => name === mark)
  return {
    applied: applied.length,
    open: [...texts.keys()].filter((name) => !applied.some((row) => row.name === name)),
    changed: applied.filter((row) => texts.get(row.name) !== row.checksum).map((row) => row.name),
    copyMark: has(COPY_MARKS.unfinished) ? 'unfinished' : has(COPY_MARKS.whole) ? 'whole' : null,
  }
}

/** The migrations as a script that a database can run once, with the bookkeeping rows this program looks for; a statement a line. */
export async function migrationLines(migrations: readonly Migration[], now: Date): Promise<string[]> {
  const oneLine = (statement: string) => `${statement.replace(/\s*\n\s*/g, ' ')};`
  const lines = [oneLine(BOOKKEEPING)]
  for (const { name, text } of migrations) {
    lines.push(...statementsOf(text).map(oneLine))
    lines.push(
      `INSERT INTO schema_migration (name, checksum, applied_at) VALUES ('${name}', '${await checksumOf(text)}', '${now.toISOString()}');`,
    )
  }
  return lines
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
