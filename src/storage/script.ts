// A store that writes nothing and keeps the SQL instead: for D1 databases that are reached only through
// `wrangler d1 execute`. It answers no reads, so the commands used with it look rows up inside their statements.
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import type { Schema } from './schema.ts'
import { compiled, type Store } from './store.ts'

/** A store and the script of all its batches so far, one statement a line. */
export function openScript(): { store: Store; script(): string } {
  const lines: string[] = []
  const db = new Kysely<Schema>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (of) => new SqliteIntrospector(of),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })
  return {
    store: {
      dialect: 'd1',
      db,
      async batch(statements) {
        for (const statement of statements) {
          const { sql, parameters } = compiled(statement)
          lines.push(`${inlined(sql, parameters)};`)
        }
        return statements.map(() => ({ rows: [], changed: 0 }))
      },
      stamp: () => null,
      async close() {},
    },
    script: () => `${lines.join('\n')}\n`,
  }
}

/** Puts the parameters in the places of their question marks; our statements hold no other question mark. */
function inlined(sql: string, parameters: readonly unknown[]): string {
  let index = 0
  return sql.replace(/\?/g, () => literal(parameters[index++])).replace(/\s*\n\s*/g, ' ')
}

/** A value as SQLite's SQL on one line: line ends are put in by SQLite itself, as in the exports of D1. */
export function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (typeof value === 'number') return String(value)
  let inner = `'${String(value).replaceAll("'", "''")}'`
  for (const [end, name] of [
    ['\r', 'r'],
    ['\n', 'n'],
  ] as const) {
    if (!inner.includes(end)) continue
    let standIn = `\\${name}`
    for (let number = 1; inner.includes(standIn); number++) standIn = `\\${name}${number}.`
    inner = `replace(${inner.replaceAll(end, standIn)},'${standIn}',char(${end.charCodeAt(0)}))`
  }
  return inner
}
