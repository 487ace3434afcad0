// How batches reach the one writer of a SQLite file, wherever that is: in this process, in a thread, in the primary process.
// Plain data both ways, so that a message port and a pipe between processes carry the same. Not for: committing (commit.ts).
import { type StatementResult, StoreBusy, UniqueViolation } from './store.ts'

/** A compiled statement. */
export type Query = { sql: string; parameters: readonly unknown[] }
/** A batch on its way to the writer; `id` is the sender's own. */
export type Order = { id: number; queries: readonly Query[] }
/** What became of a batch: its results, or why nothing of it stands. */
export type Outcome = { results: StatementResult[] } | { fault: Fault }
export type Answer = { id: number; outcome: Outcome }

/** An error as data, since a class does not survive the way between threads and processes. */
type Fault = { kind: 'busy' | 'unique' | 'other'; message: string; columns: string }

/** Batches that may be on their way at once. Beyond it writers are told "busy" before memory grows. */
const MAX_WAITING = 2_000
/** Batches sent off together at the latest: enough that they share an fsync, few enough that the writer starts while others still come. */
const MAX_TOGETHER = 32

export type Sender = {
  /** Resolves once the batch is on the disk. Throws {@link StoreBusy} when too many wait already, and what the writer threw. */
  write(queries: readonly Query[]): Promise<StatementResult[]>
  /** Takes the writer's answers. */
  settle(answers: readonly Answer[]): void
  /** Resolves when every batch has been answered. */
  idle(): Promise<void>
}

/** The sending end. `post` carries orders to the writer, whose answers come back through `settle`. */
export function createSender(post: (orders: Order[]) => void): Sender {
  const waiting = new Map<number, { resolve(results: StatementResult[]): void; reject(error: Error): void }>()
  let idlers: (() => void)[] = []
  let lastId = 0
  let gathered: Order[] = []

  const flush = () => {
    const orders = gathered
    gathered = []
    if (orders.length > 0) post(orders)
  }
  // Each message to another thread or process costs a change of context, which on a busy processor is as dear as the commit.
  // So orders go together, as soon as a turn of the event loop has passed that brought no further one.
  const flushWhenQuiet = (seen: number) =>
    setImmediate(() => {
      if (gathered.length === 0) return
      if (gathered.length === seen) flush()
      else flushWhenQuiet(gathered.length)
    })
  return {
    write(queries) {
      if (waiting.size >= MAX_WAITING) return Promise.reject(new StoreBusy(`${MAX_WAITING} batches are waiting`))
      return new Promise((resolve, reject) => {
        const id = ++lastId
        waiting.set(id, { resolve, reject })
        gathered.push({ id, queries })
        if (gathered.length === 1) flushWhenQuiet(1)
        if (gathered.length >= MAX_TOGETHER) flush()
      })
    },
    settle(answers) {
      for (const { id, outcome } of answers) {
        const batch = waiting.get(id)
        waiting.delete(id)
        if ('results' in outcome) batch?.resolve(outcome.results)
        else batch?.reject(errorOf(outcome.fault))
      }
      if (waiting.size > 0) return
      for (const resolve of idlers) resolve()
      idlers = []
    },
    idle: () => (waiting.size === 0 ? Promise.resolve() : new Promise((resolve) => idlers.push(resolve))),
  }
}

/** An error as the writer sends it. */
export function faultOf(error: unknown): Fault {
  const message = error instanceof Error ? error.message : String(error)
  if (error instanceof StoreBusy) return { kind: 'busy', message, columns: '' }
  if (error instanceof UniqueViolation) return { kind: 'unique', message, columns: error.columns }
  return { kind: 'other', message, columns: '' }
}

function errorOf({ kind, message, columns }: Fault): Error {
  if (kind === 'busy') return new StoreBusy(message)
  if (kind === 'unique') return new UniqueViolation(columns, new Error(message))
  return new Error(message)
}
