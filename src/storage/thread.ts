// The writing thread of a server: started by sqlite.ts, it opens a connection of its own, so that no fsync, no lock and no
// folding of the log ever holds up the thread that answers.
import { parentPort, workerData } from 'node:worker_threads'
import { createCommitter, openForWriting } from './commit.ts'
import type { Answer, Order } from './writer.ts'

/** What the thread is sent: batches, or that no more will come. */
export type Told = Order[] | 'finish'

const port = parentPort
if (port === null) throw new Error('started by openSqlite, not by itself')
const database = openForWriting(String(workerData))
const committer = createCommitter(database)
const reply = (answers: Answer[]) => port.postMessage(answers)

port.on('message', (told: Told) => {
  if (told !== 'finish') return committer.take(told, reply)
  committer.finish()
  database.close()
  port.close()
})
