// The store on Cloudflare D1: reads through Kysely, writes as one D1 batch, which D1 runs as a transaction. A session reads from
// the copy of the database that is nearest, where the operator has turned replication on.
import type { D1Database, D1DatabaseSession } from '@cloudflare/workers-types'
import { Kysely } from 'kysely'
import { D1Dialect } from 'kysely-d1'
import type { Schema } from './schema.ts'
import { compiled, type Freshness, type Store, StoreBusy, uniqueViolationOf } from './store.ts'

/** D1's words for "not now": overloaded, resetting, out of space, or a lost connection to the database. */
const NOT_NOW = /overloaded|D1 DB reset|storage caused object to be reset|Network connection lost|SQLITE_BUSY|SQLITE_FULL/i

/** The store over a D1 binding. The binding's connection is the host's; closing does nothing. */
export function openD1(database: D1Database): Store {
  const session = (freshness: Freshness): Store =>
    storeOver(database.withSession(freshness === 'latest' ? 'first-primary' : 'first-unconstrained'), session)
  return storeOver(database, session)
}

function storeOver(connection: D1Database | D1DatabaseSession, session: Store['session']): Store {
  return {
    dialect: 'd1',
    db: new Kysely<Schema>({ dialect: new D1Dialect({ database: preparing(connection) }) }),
    async batch(statements) {
      const queries = statements.map(compiled)
      try {
        const results = await connection.batch<Record<string, unknown>>(
          queries.map(({ sql, parameters }) => connection.prepare(sql).bind(...parameters)),
        )
        return results.map((result) => ({ rows: result.results, changed: result.meta.changes }))
      } catch (error) {
        throw translated(error)
      }
    },
    stamp: () => null,
    session,
    async close() {},
  }
}

/** The dialect asks for a whole database and calls nothing but `prepare`, which a session has too. */
function preparing(connection: Pick<D1Database, 'prepare'>): D1Database {
  return connection as D1Database
}

function translated(error: unknown): unknown {
  if (error instanceof Error && NOT_NOW.test(error.message)) return new StoreBusy(error.message, { cause: error })
  return uniqueViolationOf(error) ?? error
}
