// Copies of a SQLite database that can be trusted: made while the service writes, read back before they count, and put in
// place whole or not at all. Runs in the command's own process, so that the service's event loop never waits for it.
import { createHash } from 'node:crypto'
import {
  closeSync,
  copyFileSync,
  createReadStream,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { constants, setPriority } from 'node:os'
import { dirname, resolve } from 'node:path'
import Database from 'better-sqlite3'
import { DatabaseRefused, holdAlone, refuseForeign } from './file.ts'

/** What a backup is, for the operator's records. */
export type Backup = { path: string; bytes: number; sha256: string; comments: number; migrations: number }

type Say = (line: string) => void

/** Read and write for the owner only: a backup holds what citizens wrote. */
const OWNER_ONLY = 0o077

/**
 * Writes a consistent copy of `source` to `target`, which must not exist, and reads it back: integrity, references and
 * migrations. `VACUUM INTO` sees one moment of the database and holds no writer up; SQLite's step-wise backup would start
 * over with every write and never end. Throws {@link DatabaseRefused}; nothing is left at `target` then.
 */
export async function backUp(source: string, target: string, say: Say): Promise<Backup> {
  if (!existsSync(source)) throw new DatabaseRefused(`there is no database at ${source}; YKIEN_DATABASE says where it is`)
  refuseForeign(source)
  refuseTaken(target)
  // Readers go before: on a small machine the copy would otherwise take the service's processor.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
  const partial = `${target}.partial-${process.pid}`
  process.umask(OWNER_ONLY)
  try {
    say(`copying ${megabytes(statSync(source).size)} of ${source}`)
    const expected = copyInto(source, partial)
    sync(partial)
    say('checking the copy')
    const copy = await verify(partial)
    if (copy.migrationRows !== expected)
      throw new DatabaseRefused(`the copy lacks migrations of ${source}; try again when "ykien migrate" has ended`)
    // A link fails where a file appeared meanwhile; a rename would overwrite it.
    place(() => linkSync(partial, target), target)
    sync(dirname(resolve(target)))
    return { path: target, bytes: copy.bytes, sha256: copy.sha256, comments: copy.comments, migrations: copy.migrations }
  } finally {
    removeDatabase(partial)
  }
}

/**
 * Puts a verified backup at `target`, brought up to date by `migrate` before it takes its place. Where a database stands, it is
 * refused unless `replaces`, which moves the old one aside, and while a process has it open. Returns the path the old
 * one was moved to, or null. Throws {@link DatabaseRefused}; the old database stands untouched then.
 */
export async function restore(
  backup: string,
  target: string,
  replaces: boolean,
  migrate: (path: string) => Promise<void>,
  say: Say,
): Promise<{ restored: Backup; movedTo: string | null }> {
  if (!existsSync(backup)) throw new DatabaseRefused(`there is no backup at ${backup}`)
  const isThere = existsSync(target)
  if (isThere && !replaces) throw new DatabaseRefused(`${target} is there already; --replace moves it aside and takes its place`)
  if (!isThere && existsSync(`${target}-wal`))
    throw new DatabaseRefused(
      `${target} is gone but its log ${target}-wal is not, and may hold the newest comments; move the log away first`,
    )
  say(`checking ${backup}`)
  const checked = await verify(backup)
  const partial = `${target}.restoring-${process.pid}`
  process.umask(OWNER_ONLY)
  mkdirSync(dirname(resolve(target)), { recursive: true })
  if (isThere) holdAlone(target)()
  try {
    copyFileSync(backup, partial)
    say('bringing it up to date')
    await migrate(partial)
    sync(partial)
    const movedTo = isThere ? putInPlaceOf(target, partial) : null
    if (!isThere) place(() => linkSync(partial, target), target)
    sync(dirname(resolve(target)))
    const { migrationRows: _rows, ...restored } = checked
    return { restored: { ...restored, path: target }, movedTo }
  } finally {
    removeDatabase(partial)
  }
}

/**
 * Gives the old database a second name and the new one its own, so that at no moment there is none: a service that starts
 * and finds none would make an empty one. Returns the second name.
 */
function putInPlaceOf(target: string, partial: string): string {
  const movedTo = `${target}.replaced-${new Date().toISOString().replaceAll(/[:.]/g, '')}`
  const letGo = holdAlone(target)
  try {
    moveLog(target, movedTo)
    linkSync(target, movedTo)
    renameSync(partial, target)
    return movedTo
  } finally {
    letGo()
  }
}

/** Reads a copy whole. Throws {@link DatabaseRefused} naming what is wrong with it. */
async function verify(path: string): Promise<Backup & { migrationRows: string }> {
  refuseForeign(path)
  try {
    const database = new Database(path, { readonly: true, fileMustExist: true })
    try {
      const fault = database.pragma('quick_check(1)', { simple: true })
      if (fault !== 'ok') throw new DatabaseRefused(`${path} is damaged: ${fault}; take an older backup`)
      const orphans = (database.pragma('foreign_key_check') as unknown[]).length
      if (orphans > 0) throw new DatabaseRefused(`${path} has ${orphans} rows that refer to rows that are gone; take an older backup`)
      const rows = migrationsOf(database)
      const { comments } = database.prepare('SELECT count(*) AS comments FROM comment').get() as { comments: number }
      return {
        path,
        bytes: statSync(path).size,
        sha256: await hashOf(path),
        comments,
        migrations: rows.length,
        migrationRows: JSON.stringify(rows),
      }
    } finally {
      database.close()
    }
  } catch (error) {
    if (error instanceof DatabaseRefused) throw error
    throw new DatabaseRefused(`${path} cannot be read: ${error instanceof Error ? error.message : error}; take another backup`, {
      cause: error,
    })
  }
}

/** Copies the database as it is at one moment; returns the migrations it had then. */
function copyInto(source: string, target: string): string {
  const database = new Database(source, { readonly: true, fileMustExist: true })
  try {
    const before = JSON.stringify(migrationsOf(database))
    database.prepare('VACUUM INTO ?').run(target)
    return before
  } catch (error) {
    throw new DatabaseRefused(
      `${source} cannot be copied: ${error instanceof Error ? error.message : error}; run "ykien doctor", and look whether the disk has room`,
      { cause: error },
    )
  } finally {
    database.close()
  }
}

function migrationsOf(database: Database.Database): unknown[] {
  return database.prepare('SELECT name, checksum FROM schema_migration ORDER BY name').all()
}

function refuseTaken(target: string): void {
  if (existsSync(target)) throw new DatabaseRefused(`${target} is there already and is not overwritten; name a new file`)
}

function place(link: () => void, target: string): void {
  try {
    link()
  } catch (error) {
    refuseTaken(target)
    throw error
  }
}

/** The log of a database that could not be folded in goes with it: it may hold the newest comments. */
function moveLog(from: string, to: string): void {
  for (const end of ['-wal', '-shm']) if (existsSync(from + end)) renameSync(from + end, to + end)
}

function removeDatabase(path: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) rmSync(path + end, { force: true })
}

/** Has the disk itself hold the file, or a folder's list of names. */
function sync(path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
