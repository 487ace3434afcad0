// Several processes of one service on this machine: the primary, which does for all what only one may do, and those that serve, each
// with the listening socket, and what they say to each other. Not for: what is written or counted, which they only pass on.
import cluster, { type Worker } from 'node:cluster'
import { folded, lasting, type Reading } from '../lib/meters.ts'
import { type HashCost, HashQueueFull, type LogEvent } from '../services.ts'
import type { Answer, Order } from '../storage/writer.ts'
import type { Hasher } from './hashing.ts'
import { DRAIN_MS } from './server.ts'

/** What the primary does for the others. */
export type Primary = {
  /** Writes batches; `reply` is called with what became of them. Never called where each process writes by itself (PostgreSQL). */
  take(orders: readonly Order[], reply: (answers: Answer[]) => void): void
  /** Answers a question about the limits, which are counted here for all. Plain data both ways. */
  judge(question: unknown): unknown
  /** Hashes a password, in the one queue of the service. */
  hash: Hasher
  nudge(notBefore: string): void
  /** What the primary itself has counted. */
  reading(): Reading
  log(event: LogEvent): void
}

/** The serving processes, as the primary sees them. */
export type Processes = {
  /** Makes them say that no new work should be sent. */
  drain(): void
  /** Ends them in order; resolves when all have gone. */
  close(): Promise<void>
}

/** The primary, as a serving process sees it. */
export type Link = {
  post(orders: Order[]): void
  /** Hears what became of the batches that were posted. */
  onAnswers(hear: (answers: Answer[]) => void): void
  /** Asks the primary about the limits. */
  judge(question: unknown): Promise<unknown>
  hash: Hasher
  nudge(notBefore: string): void
  /** What all processes have counted; `own` is asked when another wants to know. */
  readings(): Promise<Reading[]>
  isDraining(): boolean
  /** Resolves when the primary says that it is time to end. */
  told: Promise<void>
}

type FromProcess =
  | { kind: 'orders'; orders: Order[] }
  | { kind: 'nudge'; notBefore: string }
  | { kind: 'judge'; id: number; question: unknown }
  | { kind: 'hash'; id: number; password: string; salt: Uint8Array; cost: HashCost }
  | { kind: 'readings'; id: number }
  | { kind: 'reading'; id: number; reading: Reading }
type FromPrimary =
  | { kind: 'answers'; answers: Answer[] }
  | { kind: 'judged'; id: number; answer: unknown }
  | { kind: 'hashed'; id: number; key: Uint8Array<ArrayBuffer> | null }
  | { kind: 'readings'; id: number; readings: Reading[] }
  | { kind: 'read'; id: number }
  | { kind: 'drain' }
  | { kind: 'end' }

/** A process that ends by itself is started again after this long, each time in a row twice as long, up to the second figure. */
const RESTART_MS = 100
const MAX_RESTART_MS = 10_000
/** One that lived this long is not counted as failing in a row. */
const SOUND_AFTER_MS = 10_000
/** A process that does not tell what it counted within this time stands with what it told last. */
const READING_LIMIT_MS = 1_000
/** What a process may take beyond {@link DRAIN_MS} before it is ended by force. */
const END_GRACE_MS = 2_000

/**
 * Starts the serving processes, as copies of this one's command, and keeps that many alive; resolves when all of them listen. When one
 * ends before that, so does this process, with 1: the one that ended has said why.
 */
export async function startProcesses(count: number, primary: Primary): Promise<Processes> {
  const running = new Map<Worker, { lastReading: Reading }>()
  const asked = new Map<number, (reading: Reading) => void>()
  let lastId = 0
  let failures = 0
  let hasStarted = false
  let isEnding = false
  let isDraining = false
  // What processes that are gone had counted when they were last asked: a sum must never shrink.
  let gone: Reading = []

  const tell = (worker: Worker, told: FromPrimary) => {
    if (worker.isConnected()) worker.send(told)
  }

  const readingOf = (worker: Worker): Promise<Reading> =>
    new Promise((resolve) => {
      const known = running.get(worker)
      const id = ++lastId
      const finish = (reading: Reading) => {
        clearTimeout(limit)
        asked.delete(id)
        if (known) known.lastReading = reading
        resolve(reading)
      }
      const limit = setTimeout(() => finish(known?.lastReading ?? []), READING_LIMIT_MS)
      asked.set(id, finish)
      tell(worker, { kind: 'read', id })
    })

  const start = (): Promise<void> => {
    const worker = cluster.fork()
    const startedAt = performance.now()
    running.set(worker, { lastReading: [] })
    // The same function each time, so that the writer answers what one process sent in one message.
    const reply = (answers: Answer[]) => tell(worker, { kind: 'answers', answers })
    worker.on('message', (said: FromProcess) => {
      if (said.kind === 'orders') primary.take(said.orders, reply)
      else if (said.kind === 'nudge') primary.nudge(said.notBefore)
      else if (said.kind === 'judge') tell(worker, { kind: 'judged', id: said.id, answer: primary.judge(said.question) })
      else if (said.kind === 'hash') void hashed(primary, said).then((key) => tell(worker, { kind: 'hashed', id: said.id, key }))
      else if (said.kind === 'reading') asked.get(said.id)?.(said.reading)
      else void gather().then((readings) => tell(worker, { kind: 'readings', id: said.id, readings }))
    })
    // A process that died leaves what was on its way to it unsent; that it died is told below.
    worker.on('error', () => {})
    worker.once('exit', (code, signal) => {
      gone = folded([gone, lasting(running.get(worker)?.lastReading ?? [])])
      running.delete(worker)
      if (isEnding) return
      if (!hasStarted) process.exit(1)
      failures = performance.now() - startedAt > SOUND_AFTER_MS ? 0 : failures + 1
      const wait_ms = Math.min(MAX_RESTART_MS, RESTART_MS * 2 ** failures)
      primary.log({ event: 'process.ended', pid: worker.process.pid, code, signal, wait_ms })
      setTimeout(() => {
        if (isEnding) return
        void start().then(() => primary.log({ event: 'process.started' }))
      }, wait_ms)
    })
    return new Promise((resolve) => {
      worker.once('listening', () => {
        if (isDraining) tell(worker, { kind: 'drain' })
        resolve()
      })
    })
  }

  const gather = async (): Promise<Reading[]> => [primary.reading(), gone, ...(await Promise.all([...running.keys()].map(readingOf)))]

  // Each process takes connections from the socket itself: nothing of theirs waits for the primary, which writes.
  cluster.schedulingPolicy = cluster.SCHED_NONE
  cluster.setupPrimary({ serialization: 'advanced' })
  await Promise.all(Array.from({ length: count }, start))
  hasStarted = true

  return {
    drain() {
      isDraining = true
      for (const worker of running.keys()) tell(worker, { kind: 'drain' })
    },
    async close() {
      isEnding = true
      await Promise.all(
        [...running.keys()].map(async (worker) => {
          const ended = new Promise((resolve) => worker.once('exit', resolve))
          const force = setTimeout(() => worker.process.kill('SIGKILL'), DRAIN_MS + END_GRACE_MS)
          tell(worker, { kind: 'end' })
          await ended
          clearTimeout(force)
        }),
      )
    },
  }
}

/** The hash that another process asked for; null when its queue is full or it failed, which the asker takes for the same. */
async function hashed(primary: Primary, { password, salt, cost }: { password: string; salt: Uint8Array; cost: HashCost }) {
  try {
    return await primary.hash(password, salt, cost)
  } catch (error) {
    if (!(error instanceof HashQueueFull))
      primary.log({ event: 'warning', reason: `a password could not be hashed: ${error instanceof Error ? error.message : error}` })
    return null
  }
}

/** Whether this process was started by {@link startProcesses}, to serve. */
export function isServing(): boolean {
  return cluster.isWorker
}

/**
 * Joins the primary that started this process. `own` says what this process has counted. The process ends by itself when the
 * primary is gone; signals are the primary's to act on, since a terminal or a service manager sends them to all.
 */
export function joinPrimary(own: () => Reading): Link {
  const waiting = new Map<number, (answer: FromPrimary) => void>()
  let hear: (answers: Answer[]) => void = () => {}
  let lastId = 0
  let isDraining = false
  const say = (said: FromProcess) => void process.send?.(said)
  const ask = (question: (id: number) => FromProcess): Promise<FromPrimary> =>
    new Promise((resolve) => {
      const id = ++lastId
      waiting.set(id, resolve)
      say(question(id))
    })
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => {})

  const told = new Promise<void>((resolve) => {
    process.on('message', (said: FromPrimary) => {
      if (said.kind === 'answers') return hear(said.answers)
      if (said.kind === 'read') return say({ kind: 'reading', id: said.id, reading: own() })
      if (said.kind === 'drain' || said.kind === 'end') isDraining = true
      if (said.kind === 'end') resolve()
      if (!('id' in said)) return
      waiting.get(said.id)?.(said)
      waiting.delete(said.id)
    })
  })

  return {
    post: (orders) => say({ kind: 'orders', orders }),
    onAnswers(listener) {
      hear = listener
    },
    async judge(question) {
      const answer = await ask((id) => ({ kind: 'judge', id, question }))
      return answer.kind === 'judged' ? answer.answer : null
    },
    async hash(password, salt, cost) {
      const answer = await ask((id) => ({ kind: 'hash', id, password, salt, cost }))
      if (answer.kind !== 'hashed' || answer.key === null) throw new HashQueueFull('too many passwords are being checked')
      return answer.key
    },
    nudge: (notBefore) => say({ kind: 'nudge', notBefore }),
    async readings() {
      const answer = await ask((id) => ({ kind: 'readings', id }))
      return answer.kind === 'readings' ? answer.readings : []
    },
    isDraining: () => isDraining,
    told,
  }
}
