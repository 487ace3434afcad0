// The store on better-sqlite3: reads on a connection of its own, batches handed to the one writer (commit.ts) through the
// same protocol wherever that stands. Only platform/ and the command line open it.
import { Worker } from 'node:worker_threads'
import Database from 'better-sqlite3'
import { Kysely, SqliteDialect } from 'kysely'
import { type Committer, createCommitter, openForWriting, preparing } from './commit.ts'
import type { Schema } from './schema.ts'
import { compiled, type Store, StoreBusy } from './store.ts'
import type { Told } from './thread.ts'
import { type Answer, createSender, type Order, type Sender } from './writer.ts'

/** How long a read waits for a lock; in WAL mode only a database that is being opened or closed holds readers up. */
const READ_TIMEOUT_MS = 200

/** Opens a SQLite file only to be read: every batch throws {@link StoreBusy}. */
export function openSqliteReadOnly(path: string): Store {
  return storeOf(openForReading(path), {
    write: () => Promise.reject(new StoreBusy('the database is only read')),
    idle: async () => {},
  })
}

/**
 * Opens (and makes) a SQLite file, read and written on one connection in this thread: for a command, and for the primary of several
 * processes, which passes their batches to `take`.
 */
export function openSqlite(path: string): Store & Pick<Committer, 'take'> {
  const database = openForWriting(path)
  const committer = createCommitter(database)
  const sender = createSender((orders) => committer.take(orders, sender.settle))
  return { ...storeOf(database, sender, async () => committer.finish()), take: committer.take }
}

/** Opens a SQLite file that another process writes: `post` carries batches there, `onAnswers` gives what became of them. */
export function openSqliteElsewhere(
  path: string,
  { post, onAnswers }: { post(orders: Order[]): void; onAnswers(hear: (answers: Answer[]) => void): void },
): Store {
  const sender = createSender(post)
  onAnswers(sender.settle)
  return storeOf(openForReading(path), sender)
}

/** Opens (and makes) a SQLite file, written in a thread of its own: for a server, whose answers wait for no disk. */
export function openSqliteThreaded(path: string): Store {
  // Made and set to log ahead here, before there are two connections.
  const database = openForWriting(path)
  const thread = new Worker(new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './thread.js', import.meta.url), { workerData: path })
  // An error that the thread does not answer with is not caught here either: it ends the process, which then starts anew.
  const post = (told: Told) => thread.postMessage(told)
  const sender = createSender(post)
  thread.on('message', (answers: Answer[]) => sender.settle(answers))
  return storeOf(database, sender, async () => {
    const gone = new Promise((resolve) => thread.once('exit', resolve))
    post('finish')
    await gone
  })
}

function openForReading(path: string): Database.Database {
  return new Database(path, { timeout: READ_TIMEOUT_MS, readonly: true, fileMustExist: true })
}

/** `finish` ends the writer, once all that was on its way has been answered. */
function storeOf(database: Database.Database, sender: Pick<Sender, 'write' | 'idle'>, finish = async () => {}): Store {
  const dataVersion = database.prepare<[], { data_version: number }>('PRAGMA data_version')
  const changes = database.prepare<[], number>('SELECT total_changes()').pluck()
  let commits = 0
  let version: number | undefined

  return {
    dialect: 'sqlite',
    // Kysely prepares anew for every query; the product has some dozens of different ones.
    db: new Kysely<Schema>({ dialect: new SqliteDialect({ database: { prepare: preparing(database), close: () => database.close() } }) }),
    stamp() {
      // Asked once for each turn of the event loop: what another connection commits is seen with the next.
      if (version === undefined) {
        version = dataVersion.get()?.data_version ?? 0
        setImmediate(() => {
          version = undefined
        })
      }
      return `${commits}.${changes.get() ?? 0}.${version}`
    },
    async batch(statements) {
      const queries = statements.map((statement) => {
        const { sql, parameters } = compiled(statement)
        return { sql, parameters }
      })
      const results = await sender.write(queries)
      commits++
      return results
    },
    async close() {
      if (!database.open) return
      await sender.idle()
      await finish()
      database.close()
    },
  }
}
