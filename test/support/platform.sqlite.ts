// What "#platform" is on Node: a real SQLite file per ward of a test, written in a thread as the server's is, in a folder that
// goes when the run ends.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readMigrations } from '../../src/platform/node.ts'
import { openSqliteThreaded } from '../../src/storage/sqlite.ts'
import type { Store } from '../../src/storage/store.ts'

export { readMigrations }
/** The places the tests run in. */
export type PlatformName = 'sqlite' | 'workers' | 'postgres'
export const platformName: PlatformName = 'sqlite'

const folder = mkdtempSync(join(tmpdir(), 'ykien-test-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
let opened = 0

/** The address of a database that nobody has used. */
export async function newDatabase(): Promise<string> {
  return `file:${join(folder, `${++opened}.db`)}`
}

/** A new, empty database. */
export async function openEmptyStore(): Promise<Store> {
  const path = (await newDatabase()).replace('file:', '')
  const store = openSqliteThreaded(path)
  paths.set(store, path)
  return store
}

const paths = new WeakMap<Store, string>()

/** The same database once more, as another process opens it. */
export function openAgain(store: Store): Store {
  return openSqliteThreaded(paths.get(store) ?? '')
}
