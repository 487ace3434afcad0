// What "#platform" is inside workerd: the D1 database of the test run, which the tests of a file share.
import { env } from 'cloudflare:test'
import type { D1Database } from '@cloudflare/workers-types'
import { openD1 } from '../../src/storage/d1.ts'
import type { Migration } from '../../src/storage/migrate.ts'
import type { Store } from '../../src/storage/store.ts'
import type { PlatformName } from './platform.sqlite.ts'

export const platformName: PlatformName = 'workers'

const bindings = env as unknown as { DB: D1Database; TEST_MIGRATIONS: Migration[] }

/** The migrations, handed in as a binding since workerd has no disk. */
export function readMigrations(): Migration[] {
  return bindings.TEST_MIGRATIONS
}

/** The run's database. */
export async function openEmptyStore(): Promise<Store> {
  return openD1(bindings.DB)
}

/** The same database once more, as another isolate has it. */
export function openAgain(_store: Store): Store {
  return openD1(bindings.DB)
}
