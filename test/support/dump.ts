// The whole database as the tests see it: every row of every table, to say "nothing changed" and "this is nowhere".
import { sql } from 'kysely'
import type { Store } from '../../src/storage/store.ts'

export type Dump = Record<string, Record<string, unknown>[]>

/** When somebody was last there, which is noted also while they only look. */
const NOTED = new Set(['last_seen_at', 'last_used_at'])

/**
 * Every row of every table of ours, tables by name and rows by what they say, since a database may give a row that was noted on in another
 * place; without when somebody was last there.
 */
export async function dump(store: Store): Promise<Dump> {
  const { rows: tables } = await tableNames(store)
  const found: Dump = {}
  for (const { name } of tables) {
    const { rows } = await sql<Record<string, unknown>>`SELECT * FROM ${sql.table(name)}`.execute(store.db)
    found[name] = rows
      .map((row) => Object.fromEntries(Object.entries(row).filter(([column]) => !NOTED.has(column))))
      .map((row) => ({ row, text: JSON.stringify(row) }))
      .sort((one, other) => (one.text < other.text ? -1 : 1))
      .map(({ row }) => row)
  }
  return found
}

function tableNames(store: Store) {
  if (store.dialect === 'postgres')
    return sql<{ name: string }>`SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1`.execute(store.db)
  return sql<{ name: string }>`
    SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_cf%' ESCAPE '\\'
      AND name NOT LIKE 'd1\\_%' ESCAPE '\\' ORDER BY name`.execute(store.db)
}

/** Every text in the database, with the place it stands in as `table.column`. */
export async function textsOf(store: Store): Promise<{ place: string; text: string }[]> {
  return Object.entries(await dump(store)).flatMap(([table, rows]) =>
    rows.flatMap((row) =>
      Object.entries(row).flatMap(([column, value]) => (typeof value === 'string' ? [{ place: `${table}.${column}`, text: value }] : [])),
    ),
  )
}
