// Loaded before a program (`node --import`): ends its process by SIGKILL right after the statement of the database with the number in
// YKIEN_TEST_KILL_AFTER, or stops it there by SIGSTOP where YKIEN_TEST_SIGNAL says so. Worker threads inherit it.
import Database from 'better-sqlite3'
import pg from 'pg'

const last = Number(process.env.YKIEN_TEST_KILL_AFTER)
const signal = process.env.YKIEN_TEST_SIGNAL === 'SIGSTOP' ? 'SIGSTOP' : 'SIGKILL'
let done = 0
const count = () => {
  if (++done === last) process.kill(process.pid, signal)
}

type Run = (...values: unknown[]) => unknown
const { prepare } = Database.prototype
Database.prototype.prepare = function (this: Database.Database, sql: string) {
  const statement = prepare.call(this, sql)
  for (const method of ['run', 'all'] as const) {
    const original = statement[method] as Run
    Object.assign(statement, {
      [method](...values: unknown[]) {
        // Before a statement that opens no transaction of its own: the one before it has been committed.
        if (!statement.database.inTransaction) count()
        const result = original.apply(statement, values)
        count()
        return result
      },
    })
  }
  return statement
} as typeof prepare

const { query } = pg.Client.prototype
pg.Client.prototype.query = async function (this: pg.Client, ...values: unknown[]) {
  const result = await (query as Run).apply(this, values)
  count()
  return result
} as typeof query
