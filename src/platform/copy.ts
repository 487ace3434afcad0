// Moving an installation from one kind of database to another: which databases may be read and written, the mark that keeps a
// half-made copy from being served, and the proof at the end. The rows themselves are carried by storage/copy.ts.
import { createWriteStream, existsSync, linkSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Kysely, sql } from 'kysely'
import { SETTINGS } from '../config.ts'
import { bring, countRows, firstFilled, printsOf, refuseUnequal, type TablePrint } from '../storage/copy.ts'
import { DatabaseRefused, holdAlone } from '../storage/file.ts'
import { COPY_MARKS, compareMigrations, migrate, migrationLines } from '../storage/migrate.ts'
import type { Schema } from '../storage/schema.ts'
import { literal } from '../storage/script.ts'
import { readSqlFile, statementsFor } from '../storage/sqlfile.ts'
import { type Compilable, type Store, UniqueViolation } from '../storage/store.ts'
import { COPIED_TABLES } from '../storage/tables.ts'
import { openDatabase, pathOf, placeOf, readMigrations } from './node.ts'
import type { Progress } from './progress.ts'

/** What was copied, for the operator's records; places are without passwords. */
export type Copied = {
  from: string
  to: string
  /** The moment of the source that the copy is. */
  as_of: string
  /** Rows put and taken out by this run; the others were equal already. */
  put: number
  removed: number
  /** What each table holds now, on both sides. */
  tables: Record<string, TablePrint>
}

/** What `wrangler d1 export --table` must name where a database has tables that it cannot export. */
export const TABLES_OF_EXPORT: readonly string[] = [...COPIED_TABLES.map(({ name }) => name), 'schema_migration']

/** A statement that PostgreSQL is given as much time for as it takes; only in a transaction. */
const UNHURRIED = ['SET LOCAL statement_timeout = 0', 'SET LOCAL idle_in_transaction_session_timeout = 0']

/**
 * Makes `to` what `from` is at one moment: `file:PATH`, `postgres://…`, or `d1:FILE.sql` (read: an export of D1; written: SQL
 * for a new D1 database). Called again it goes on where it stopped, or takes what has changed since, as long as nobody
 * has served the copy. Throws {@link DatabaseRefused}, MigrationRefused or StoreBusy, and then the copy is not served.
 */
export async function copyInstallation({ from, to }: { from: string; to: string }, progress: Progress): Promise<Copied> {
  refuseUnknown(from, '--from')
  refuseUnknown(to, '--to')
  if (from === to || (isFile(from) && isFile(to) && isSame(pathOf(from), pathOf(to))))
    throw new DatabaseRefused('--from and --to are the same database')
  const source = await openSource(from)
  try {
    return await source.store.db
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute(async (db) => {
        if (source.store.dialect === 'postgres') for (const statement of UNHURRIED) await sql.raw(statement).execute(db)
        const asOf = new Date()
        const birth = await birthOf(db)
        const written = isD1(to) ? await writeFile(db, birth, pathOfD1(to), progress) : await write(db, birth, to, progress)
        return { from: placeNamed(from), to: placeNamed(to), as_of: asOf.toISOString(), ...written }
      })
  } finally {
    await source.close()
  }
}

type Written = Pick<Copied, 'put' | 'removed' | 'tables'>

async function write(source: Kysely<Schema>, birth: string, to: string, progress: Progress): Promise<Written> {
  await refuseTaken(to, birth)
  if (isFile(to) && existsSync(pathOf(to))) holdAlone(pathOf(to))()
  const target = openDatabase({ database: to })
  try {
    await migrate(target, readMigrations(target.dialect), new Date(), { isCopying: true })
    await target.batch(marking(target, birth))
    const rows = await countRows(source)
    progress.begin('copying', rows)
    const { put, removed } = await bring(source, target, progress.advance)
    progress.end()
    progress.begin('checking', rows * 2)
    const [there, here] = await Promise.all([printsOf(source, progress.advance), printsOf(target.db, progress.advance)])
    progress.end()
    refuseUnequal(there, here)
    // Without statistics PostgreSQL would search badly until it gathers them by itself.
    const analysis = target.dialect === 'postgres' ? [...UNHURRIED, ...COPIED_TABLES.map(({ name }) => `ANALYZE "${name}"`)] : []
    await target.batch([...analysis.map((text) => rawly(target, text)), renaming(target, COPY_MARKS.unfinished, COPY_MARKS.whole)])
    return { put, removed, tables: here }
  } catch (error) {
    if (error instanceof UniqueViolation)
      throw new DatabaseRefused(
        `${error.columns}: a value went from one row to another since the last run, or something else writes the copy; empty ${placeOf(to)} and run the same command again`,
        { cause: error },
      )
    throw error
  } finally {
    await target.close()
  }
}

/** Looks at the target before anything of it is changed. Throws {@link DatabaseRefused} where it is no place for this copy. */
async function refuseTaken(to: string, birth: string): Promise<void> {
  if (isFile(to) && !existsSync(pathOf(to))) return
  const target = openDatabase({ database: to }, { isReadOnly: true })
  try {
    const tables = await tablesOf(target)
    if (tables.length === 0) return
    if (!tables.includes('schema_migration'))
      throw new DatabaseRefused(`${placeOf(to)} holds tables of another program (${tables[0]}); name an empty database`)
    const [mark] = await target.db.selectFrom('schema_migration').selectAll().where('name', 'in', Object.values(COPY_MARKS)).execute()
    if (mark && mark.checksum !== birth)
      throw new DatabaseRefused(`${placeOf(to)} is a copy of another installation; name an empty database`)
    const filled = mark ? null : await firstFilled(target.db, tables)
    if (filled !== null)
      throw new DatabaseRefused(
        `${placeOf(to)} holds an installation of its own (rows in ${filled}), or a copy that was served already; name an empty database`,
      )
  } finally {
    await target.close()
  }
}

/** Marks a database as a copy that is not whole, whether it is new, was cut off, or was whole and is behind. */
function marking(target: Store, birth: string): Compilable[] {
  const mark = { name: COPY_MARKS.unfinished, checksum: birth, applied_at: new Date().toISOString() }
  return [
    target.db.deleteFrom('schema_migration').where('name', 'in', Object.values(COPY_MARKS)),
    target.db.insertInto('schema_migration').values(mark),
  ]
}

/** Writes the whole database as SQL for a new D1 database, reads the file back, and only then gives it its name. */
async function writeFile(source: Kysely<Schema>, birth: string, file: string, progress: Progress): Promise<Written> {
  if (existsSync(file)) throw new DatabaseRefused(`${file} is there already and is not overwritten; name a new file`)
  const partial = `${file}.partial`
  rmSync(partial, { force: true })
  try {
    const rows = await countRows(source)
    progress.begin('writing', rows)
    // The bytes hold what citizens wrote: for the owner only, and on the disk before the file counts.
    await pipeline(linesOf(source, birth, progress), createWriteStream(partial, { flags: 'wx', mode: 0o600, flush: true }))
    progress.end()
    const copy = await openSource(`d1:${partial}`)
    try {
      progress.begin('checking', rows * 2)
      const [there, here] = await Promise.all([printsOf(source, progress.advance), printsOf(copy.store.db, progress.advance)])
      progress.end()
      refuseUnequal(there, here)
      linkSync(partial, file)
      return { put: rows, removed: 0, tables: here }
    } finally {
      await copy.close()
    }
  } finally {
    rmSync(partial, { force: true })
  }
}

/** The mark comes first and goes last: a database that ran only a part of the file is known as unfinished when it is copied on. */
async function* linesOf(source: Kysely<Schema>, birth: string, progress: Progress): AsyncGenerator<string> {
  const now = new Date()
  const mark = [COPY_MARKS.unfinished, birth, now.toISOString()].map(literal).join(',')
  for (const line of await migrationLines(readMigrations('d1'), now)) yield `${line}\n`
  yield `INSERT INTO schema_migration (name, checksum, applied_at) VALUES (${mark});\n`
  for await (const line of statementsFor(source, progress.advance)) yield `${line}\n`
  yield `DELETE FROM schema_migration WHERE name = ${literal(COPY_MARKS.unfinished)};\n`
}

/** Opens a database that is only read; a D1 export is first read into a SQLite file beside it, which goes again. */
async function openSource(url: string): Promise<{ store: Store; close(): Promise<void> }> {
  if (!isD1(url)) {
    if (isFile(url) && !existsSync(pathOf(url)))
      throw new DatabaseRefused(`there is no database at ${pathOf(url)}; --from says where it is`)
    const store = openDatabase({ database: url }, { isReadOnly: true })
    return checked({ store, close: () => store.close() }, placeNamed(url))
  }
  const file = pathOfD1(url)
  if (!existsSync(file)) throw new DatabaseRefused(`there is no file ${file}; "wrangler d1 export NAME --output ${file}" makes it`)
  const folder = mkdtempSync(`${file}.reading-`)
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    const scratch = join(folder, 'd1.db')
    await readSqlFile(file, scratch)
    const store = openDatabase({ database: `file:${scratch}` })
    const opened = {
      store,
      async close() {
        await store.close()
        remove()
      },
    }
    return await checked(opened, file)
  } catch (error) {
    remove()
    throw error
  }
}

/** Refuses a source whose tables are not those of this program; what was opened is closed then. */
async function checked<Opened extends { store: Store; close(): Promise<void> }>(opened: Opened, place: string): Promise<Opened> {
  const { store } = opened
  try {
    const tables = await tablesOf(store)
    if (!tables.includes('schema_migration'))
      throw new DatabaseRefused(`${place} is no database of ykien: it has no table schema_migration`)
    const missing = TABLES_OF_EXPORT.filter((name) => !tables.includes(name))
    const { open, changed, copyMark } = await compareMigrations(store, readMigrations(store.dialect))
    if (copyMark === 'unfinished') throw new DatabaseRefused(`${place} is itself a copy that was not finished; copy from the original`)
    if (changed.length > 0)
      throw new DatabaseRefused(
        `${place} has migrations this program does not know (${changed.join(', ')}); run the release that applied them`,
      )
    if (open.length > 0 || missing.length > 0)
      throw new DatabaseRefused(
        `${place} is not up to date: it lacks ${[...open.map((name) => `migration ${name}`), ...missing.map((name) => `table ${name}`)].join(', ')}; run "ykien migrate" on it, or export it whole`,
      )
    return opened
  } catch (error) {
    await opened.close()
    throw error
  }
}

/** When an installation was born: what its copies know it by. Restored backups of it have the same. */
async function birthOf(db: Kysely<Schema>): Promise<string> {
  const { applied_at } = await db.selectFrom('schema_migration').select('applied_at').orderBy('name').limit(1).executeTakeFirstOrThrow()
  return applied_at
}

/** Every table of the database, or for PostgreSQL of the schema we would write to. */
async function tablesOf({ db, dialect }: Store): Promise<string[]> {
  const { rows } = await (dialect === 'postgres'
    ? sql<{ name: string }>`SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1`
    : sql<{ name: string }>`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY 1`
  ).execute(db)
  return rows.map(({ name }) => name)
}

function renaming({ db }: Store, from: string, to: string): Compilable {
  return db.updateTable('schema_migration').set({ name: to }).where('name', '=', from)
}

function rawly({ db }: Store, text: string): Compilable {
  return { compile: () => sql.raw(text).compile(db) }
}

function refuseUnknown(url: string, option: string): void {
  const isKnown = isD1(url) ? pathOfD1(url) !== '' : SETTINGS.database.schema.safeParse(url).success && (isFile(url) || URL.canParse(url))
  // The address may hold a password and is not repeated.
  if (!isKnown) throw new DatabaseRefused(`${option}: write file:PATH, postgres://USER@HOST/NAME or d1:FILE.sql`)
}

function isSame(one: string, other: string): boolean {
  return existsSync(one) && existsSync(other) && realpathSync(one) === realpathSync(other)
}

function placeNamed(url: string): string {
  return isD1(url) ? pathOfD1(url) : placeOf(url)
}

function isFile(url: string): boolean {
  return url.startsWith('file:')
}

function isD1(url: string): boolean {
  return url.startsWith('d1:')
}

function pathOfD1(url: string): string {
  return url.replace(/^d1:/, '')
}
