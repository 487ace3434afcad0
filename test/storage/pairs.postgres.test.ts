// The two flavours of the migrations make one database: the same names, tables, columns and keys on SQLite and PostgreSQL.
import { sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { openEmptyStore } from '#platform'
import { readMigrations } from '../../src/platform/node.ts'
import { migrate } from '../../src/storage/migrate.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'
import type { Store } from '../../src/storage/store.ts'

type Column = { place: string; type: string; is_required: boolean; initial: string | null }
/** An index or unique key: its table, its columns in their order, whether it is unique and which rows it leaves out. */
type Key = { table: string; columns: string; is_unique: boolean; is_partial: boolean }

let sqlite: Store
let postgres: Store
beforeAll(async () => {
  sqlite = openSqlite(':memory:')
  postgres = await openEmptyStore()
  await migrate(sqlite, readMigrations('sqlite'), new Date())
  await migrate(postgres, readMigrations('postgres'), new Date())
  return () => sqlite.close()
})

async function sqliteColumns(): Promise<Column[]> {
  const { rows } = await sql<{ place: string; type: string; required: number; initial: string | null }>`
    SELECT tables.name || '.' || columns.name AS place, columns.type, (columns."notnull" OR columns.pk > 0) AS required, columns.dflt_value AS initial
    FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns WHERE tables.type = 'table' ORDER BY 1`.execute(sqlite.db)
  return rows.filter(({ place }) => isShared(place)).map(({ required, ...row }) => ({ ...row, is_required: required === 1 }))
}

async function postgresColumns(): Promise<Column[]> {
  const { rows } = await sql<Column>`
    SELECT table_name || '.' || column_name AS place, data_type AS type, is_nullable = 'NO' AS is_required, column_default AS initial
    FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY (table_name || '.' || column_name) COLLATE "C"`.execute(
    postgres.db,
  )
  const types: Record<string, string> = { text: 'TEXT', bigint: 'INTEGER' }
  return rows.filter(({ place }) => isShared(place)).map((row) => ({ ...row, type: types[row.type] ?? row.type }))
}

async function sqliteKeys(): Promise<Key[]> {
  // A whole number as primary key is the row's own in SQLite, which makes no index for it.
  const { rows } = await sql<{ table: string; columns: string; unique: number; partial: number }>`
    SELECT tables.name AS "table", 1 AS "unique", 0 AS partial, columns.name AS columns
    FROM sqlite_master AS tables, pragma_table_info(tables.name) AS columns
    WHERE tables.type = 'table' AND columns.pk = 1 AND columns.type = 'INTEGER'
    UNION ALL SELECT tables.name AS "table", keys."unique", keys.partial,
      (SELECT group_concat(name) FROM (SELECT name FROM pragma_index_info(keys.name) ORDER BY seqno)) AS columns
    FROM sqlite_master AS tables, pragma_index_list(tables.name) AS keys WHERE tables.type = 'table'`.execute(sqlite.db)
  return inOrder(rows.map(({ unique, partial, ...row }) => ({ ...row, is_unique: unique === 1, is_partial: partial === 1 })))
}

async function postgresKeys(): Promise<Key[]> {
  const { rows } = await sql<Key>`
    SELECT tables.relname AS "table", keys.indisunique AS is_unique, keys.indpred IS NOT NULL AS is_partial,
      (SELECT string_agg(pg_get_indexdef(keys.indexrelid, place, true), ',' ORDER BY place) FROM generate_series(1, keys.indnkeyatts) AS place) AS columns
    FROM pg_index AS keys JOIN pg_class AS tables ON tables.oid = keys.indrelid
    WHERE tables.relnamespace = current_schema()::regnamespace`.execute(postgres.db)
  return inOrder(rows)
}

/** The index of words is each database's own (storage/search.ts). */
function isShared(place: string): boolean {
  return !place.startsWith('search_index')
}

function inOrder(keys: Key[]): Key[] {
  const textOf = ({ table, columns, is_unique, is_partial }: Key) => `${table} ${columns} ${is_unique} ${is_partial}`
  return keys.filter(({ table }) => isShared(table)).toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : 1))
}

describe('the migrations of the two databases', () => {
  it('have the same names', () => {
    const names = (dialect: 'sqlite' | 'postgres') => readMigrations(dialect).map(({ name }) => name)
    expect(names('postgres')).toEqual(names('sqlite'))
  })

  it('make the same columns, of the same kind, required and preset alike', async () => {
    expect(await postgresColumns()).toEqual(await sqliteColumns())
  })

  it('make the same keys and indexes', async () => {
    expect(await postgresKeys()).toEqual(await sqliteKeys())
  })

  it('let every text be compared by its bytes', async () => {
    const { rows } = await sql`
      SELECT table_name, column_name FROM information_schema.columns
      WHERE table_schema = current_schema() AND data_type = 'text' AND collation_name IS DISTINCT FROM 'C' AND table_name <> 'schema_migration'`.execute(
      postgres.db,
    )
    expect(rows).toEqual([])
  })
})
