// What "#platform" is on Node: a real SQLite file per ward of a test, in a folder that goes when the run ends.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readMigrations } from '../../src/platform/node.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import type { Store } from '../../src/storage/store.ts'

export { readMigrations }
export const platformName: 'sqlite' | 'workers' = 'sqlite'

const folder = mkdtempSync(join(tmpdir(), 'ykien-test-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
let opened = 0

/** A new, empty database. */
export async function openEmptyStore(): Promise<Store> {
  return openSqlite(join(folder, `${++opened}.db`))
}
