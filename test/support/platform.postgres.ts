// What "#platform" is on PostgreSQL: a schema of its own per ward of a test, dropped when the test file ends.
import pg from 'pg'
import { afterAll, inject } from 'vitest'
import { readMigrations as readAll } from '../../src/platform/node.ts'
import type { Migration } from '../../src/storage/migrate.ts'
import { openPostgres } from '../../src/storage/postgres.ts'
import type { Store } from '../../src/storage/store.ts'
import type { PlatformName } from './platform.sqlite.ts'

export const platformName: PlatformName = 'postgres'

/** Fewer than in production: the files of a run share one server. */
const POOL_SIZE = 5

/** The migrations in PostgreSQL's words. */
export function readMigrations(): Migration[] {
  return readAll('postgres')
}

/** The address of an empty schema, made now and dropped at the end. */
export async function newDatabase(): Promise<string> {
  const schema = `ykien_test_${crypto.randomUUID().replaceAll('-', '')}`
  await run(`CREATE SCHEMA ${schema}`)
  schemas.push(schema)
  const url = new URL(inject('postgres'))
  url.searchParams.set('options', `-c search_path=${schema}`)
  return url.href
}

/** A store over an empty schema. */
export async function openEmptyStore(): Promise<Store> {
  return open(await newDatabase())
}

/** The same database once more, as another process opens it. */
export function openAgain(store: Store): Store {
  return open(addresses.get(store) ?? '')
}

function open(address: string): Store {
  const store = openPostgres(address, { poolSize: POOL_SIZE })
  stores.push(store)
  addresses.set(store, address)
  return store
}

const schemas: string[] = []
const stores: Store[] = []
const addresses = new WeakMap<Store, string>()

afterAll(async () => {
  for (const store of stores) await store.close()
  for (const schema of schemas) await run(`DROP SCHEMA ${schema} CASCADE`)
})

async function run(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: inject('postgres') })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
