// Public answers kept as ready bytes: the JSON, its hash, and its compressed forms, within a budget of bytes.
// What is kept is proven to hold before it is sent: by the store's stamp where it has one, else by one look-up.

import { base64url } from '../lib/crypto.ts'
import type { Services } from '../services.ts'

/** Bookkeeping per entry that the budget counts beside its bytes. */
const ENTRY_BYTES = 1_024

export type Encoding = 'identity' | 'br' | 'gzip'

/**
 * What a look-up tells of a view: its print, when it will change by itself, and the answer, or how to read it. The print moves with
 * everything the answer is made of, and what `read` finds is not older than it: the bytes may be kept under it for ever, and by others.
 */
export type Looked<Extra> = { print: string; nextChangeAt: string | null; extra: Extra } & (
  | { answer: string }
  | { read(): Promise<string> }
)

/** An answer as it goes out. `hash` is of the identity bytes and so the same on every host. */
export type Ready<Extra> = {
  readonly print: string
  readonly hash: string
  readonly bodies: Partial<Record<Encoding, Uint8Array<ArrayBuffer>>>
  nextChangeAt: string | null
  stamp: string | null
  extra: Extra
}

export type ReadyBytes<Extra> = {
  /** The kept answer if it certainly holds, without asking the database; null when that is not known. */
  fresh(key: string): Ready<Extra> | null
  /** The answer for a key, proven or built anew. When many ask for the same print at once, one builds. */
  get(key: string, look: () => Promise<Looked<Extra>>): Promise<Ready<Extra>>
  /** The body in an encoding, compressed once; identity where the host does not compress. */
  body(ready: Ready<Extra>, key: string, encoding: Encoding): Promise<[Encoding, Uint8Array<ArrayBuffer>]>
}

/** A keeper of ready answers, least recently used out first. */
export function createReadyBytes<Extra>(services: Services): ReadyBytes<Extra> {
  const budgetBytes = services.config.cacheMegabytes * 1024 * 1024
  const kept = new Map<string, Ready<Extra>>()
  const building = new Map<string, Promise<Ready<Extra>>>()
  const compressing = new Map<string, Promise<Uint8Array<ArrayBuffer>>>()
  let bytes = 0

  const weigh = (ready: Ready<Extra>) => Object.values(ready.bodies).reduce((sum, body) => sum + body.length, ENTRY_BYTES)
  const drop = (key: string) => {
    const ready = kept.get(key)
    if (!ready) return
    bytes -= weigh(ready)
    kept.delete(key)
  }
  const keep = (key: string, ready: Ready<Extra>) => {
    drop(key)
    if (weigh(ready) > budgetBytes) return
    kept.set(key, ready)
    bytes += weigh(ready)
    for (const oldest of kept.keys()) {
      if (bytes <= budgetBytes) break
      drop(oldest)
    }
  }
  const isDue = (ready: Ready<Extra>) => ready.nextChangeAt !== null && ready.nextChangeAt <= services.now().toISOString()

  const bytesOf = async (job: string, looked: Looked<Extra>): Promise<Uint8Array<ArrayBuffer>> => {
    if ('answer' in looked) return new TextEncoder().encode(looked.answer)
    const { shared } = services
    const known = await shared?.get(job).catch(() => null)
    if (known) return known
    const built = new TextEncoder().encode(await looked.read())
    if (shared) services.background(shared.put(job, built))
    return built
  }

  const build = async (key: string, job: string, looked: Looked<Extra>): Promise<Ready<Extra>> => {
    const identity = await bytesOf(job, looked)
    const hash = base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', identity))).slice(0, 22)
    const ready: Ready<Extra> = {
      print: looked.print,
      hash,
      bodies: { identity },
      nextChangeAt: looked.nextChangeAt,
      stamp: null,
      extra: looked.extra,
    }
    keep(key, ready)
    return ready
  }

  return {
    fresh(key) {
      const ready = kept.get(key)
      if (!ready || ready.stamp === null || ready.stamp !== services.store.stamp() || isDue(ready)) return null
      return ready
    },
    async get(key, look) {
      // Taken before the look-up: a change that comes between them moves the stamp and is seen next time.
      const stamp = services.store.stamp()
      const looked = await look()
      let ready = kept.get(key)
      if (!ready || ready.print !== looked.print) {
        const job = `${key}\n${looked.print}`
        let builder = building.get(job)
        if (!builder) {
          builder = build(key, job, looked).finally(() => building.delete(job))
          building.set(job, builder)
          services.background(builder)
        }
        ready = await builder
      } else {
        kept.delete(key)
        kept.set(key, ready)
      }
      ready.nextChangeAt = looked.nextChangeAt
      ready.extra = looked.extra
      ready.stamp = stamp
      return ready
    },
    async body(ready, key, encoding) {
      const { identity } = ready.bodies
      const known = ready.bodies[encoding]
      if (known) return [encoding, known]
      if (!identity) throw new Error('an answer without bytes')
      if (encoding === 'identity' || services.compress === null) return ['identity', identity]
      const job = `${encoding}\n${key}\n${ready.hash}`
      let compressor = compressing.get(job)
      if (!compressor) {
        compressor = services.compress(identity, encoding).finally(() => compressing.delete(job))
        compressing.set(job, compressor)
      }
      const body = await compressor
      if (!ready.bodies[encoding]) {
        const isKept = kept.get(key) === ready
        if (isKept) bytes += body.length
        ready.bodies[encoding] = body
      }
      return [encoding, body]
    },
  }
}
