// What stands at a database's path before anybody writes to it: whether it is a database at all, whether it is whole, and
// who has it open. Never changes a byte of it.
import { closeSync, existsSync, openSync, readdirSync, readlinkSync, readSync, realpathSync, statSync } from 'node:fs'
import Database from 'better-sqlite3'

/** A database file that must not be opened; the message is one line that names the next step. */
export class DatabaseRefused extends Error {
  override readonly name = 'DatabaseRefused'
}

/** A file up to this size is checked whole before the service starts: 1.2 ms a megabyte. */
export const CHECKED_AT_START_BYTES = 64 * 1024 * 1024

const MAGIC = Buffer.from('SQLite format 3\0', 'latin1')
const BUSY_TIMEOUT_MS = 200
/** How long a database may still be open in a process that is ending, such as the check beside a service that was killed. */
const HOLD_LIMIT_MS = 3_000
const HOLD_RETRY_MS = 100
/** A file is empty for a moment while another process that started just now is making the database. */
const MAKING_LIMIT_MS = 2_000
const MAKING_RETRY_MS = 20

/**
 * Refuses a file that is no database, by its first bytes; a missing one is well, since it will be made. An empty file is
 * refused: a new database is made only where there is none, and zero bytes are what a lost one looks like.
 */
export function refuseForeign(path: string): void {
  if (!existsSync(path)) return
  const again = `"ykien restore BACKUP --to file:${path} --replace"`
  while (statSync(path).size === 0 && Date.now() - statSync(path).birthtimeMs < MAKING_LIMIT_MS) sleep(MAKING_RETRY_MS)
  if (statSync(path).size === 0)
    throw new DatabaseRefused(
      `${path} is an empty file, and no database; restore the last backup with ${again}, or delete the file if nothing was ever in it: a database that is missing is made anew`,
    )
  if (!firstBytes(path, MAGIC.length).equals(MAGIC))
    throw new DatabaseRefused(
      `${path} is no SQLite database; point YKIEN_DATABASE to the right file, or restore the last backup with ${again}`,
    )
}

/** Refuses a damaged database: above `CHECKED_AT_START_BYTES` only what shows at once, unless `isThorough`. A missing file is well. */
export function refuseDamaged(path: string, isThorough: boolean): void {
  refuseForeign(path)
  if (!existsSync(path)) return
  const fault = faultOf(path, isThorough || statSync(path).size <= CHECKED_AT_START_BYTES)
  if (fault !== null)
    throw new DatabaseRefused(
      `${path} is damaged (${fault}); restore the last backup with "ykien restore BACKUP --to file:${path} --replace", or read what is left with "ykien serve --allow-corrupt"`,
    )
}

/** The first fault of a SQLite file in SQLite's words, or null. Reads the whole file when `isWhole`, its schema otherwise. */
export function faultOf(path: string, isWhole: boolean): string | null {
  let database: Database.Database | undefined
  try {
    database = new Database(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS })
    database.prepare('SELECT count(*) FROM sqlite_master').get()
    const found = isWhole ? database.pragma('quick_check(1)', { simple: true }) : 'ok'
    return found === 'ok' ? null : String(found).replaceAll('\n', ' ').replaceAll('*** ', '')
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  } finally {
    database?.close()
  }
}

/**
 * Holds a database so that no other process can use it meanwhile, its log folded into the file so that the file alone is the
 * whole of it; call what is returned to let go. Throws {@link DatabaseRefused} while another process has it open.
 */
export function holdAlone(path: string): () => void {
  for (const startedAt = performance.now(); ; ) {
    try {
      return hold(path)
    } catch (error) {
      if (performance.now() - startedAt > HOLD_LIMIT_MS) throw error
      sleep(HOLD_RETRY_MS)
    }
  }
}

function hold(path: string): () => void {
  const users = usersOf(path)
  if (users.length > 0) throw inUse(path, `process ${users.join(', ')}`)
  let database: Database.Database | undefined
  try {
    database = new Database(path, { fileMustExist: true, timeout: 0 })
    database.pragma('locking_mode = EXCLUSIVE')
    database.exec('BEGIN EXCLUSIVE; COMMIT')
    database.pragma('journal_mode = DELETE')
    database.exec('BEGIN EXCLUSIVE; COMMIT')
  } catch (error) {
    database?.close()
    if (error instanceof Error && 'code' in error && /^SQLITE_(BUSY|LOCKED)/.test(String(error.code))) throw inUse(path, 'another process')
    // Too damaged to be locked; the table of open files above has been asked.
    return () => {}
  }
  const held = database
  return () => {
    held.close()
  }
}

function inUse(path: string, who: string): DatabaseRefused {
  return new DatabaseRefused(`${path} is open in ${who}; stop the service first`)
}

/** Other processes that have the file open, where the system tells (Linux): a damaged file cannot be asked for its locks. */
function usersOf(path: string): string[] {
  const real = realpathSync(path)
  return entriesOf('/proc').filter(
    (pid) =>
      /^\d+$/.test(pid) && pid !== String(process.pid) && entriesOf(`/proc/${pid}/fd`).some((fd) => leadsTo(`/proc/${pid}/fd/${fd}`, real)),
  )
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function leadsTo(link: string, path: string): boolean {
  try {
    return readlinkSync(link) === path
  } catch {
    return false
  }
}

/** Nothing else runs yet in a process that opens its database. */
function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

function firstBytes(path: string, length: number): Buffer {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(length)
    return bytes.subarray(0, readSync(file, bytes, 0, length, 0))
  } finally {
    closeSync(file)
  }
}
