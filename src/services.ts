// The seam between the product and its hosts: everything core and the doors get from outside, as one value.
import type { Config } from './config.ts'
import type { Meters } from './lib/meters.ts'
import type { Freshness, Store } from './storage/store.ts'

/** One event for the operator's log. Never carries a secret, a body or contact data. */
export type LogEvent = { event: string; [field: string]: string | number | boolean | null | undefined }

/** A built file: the widget, the desk's style and script, the demo's picture. */
export type Asset = {
  body: Uint8Array<ArrayBuffer> | ReadableStream
  type: string
  etag: string
  /** The same in fewer bytes, where the host does not compress what leaves it by itself. */
  packed?: Readonly<Record<'br' | 'gzip', Uint8Array<ArrayBuffer>>>
}

/** Public answers that the host's processes in one place share. Whoever asks for a key gets exactly what was put under it, or null. */
export type SharedBytes = {
  get(key: string): Promise<Uint8Array<ArrayBuffer> | null>
  put(key: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>
}

/** What a password's hash costs: scrypt's N, r and p. */
export type HashCost = { n: number; r: number; p: number }

/** So many passwords wait to be hashed that another would wait too long. */
export class HashQueueFull extends Error {
  override readonly name = 'HashQueueFull'
}

/** A text kept outside the database, where whoever can change the one cannot change the other. */
export type Anchor = {
  /** What is kept; null when nothing is yet. */
  read(): Promise<string | null>
  /** Keeps the text instead of what is kept, when `isFurther` says so of that. Left undone while another process does it. */
  raise(text: string, isFurther: (kept: string | null) => boolean): Promise<void>
  /** Lays what is kept aside, and keeps this instead, or nothing. Returns the name under which the old one can be found. */
  replace(text: string | null): Promise<string | null>
}

export type Services = {
  store: Store
  config: Config
  log(event: LogEvent): void
  now(): Date
  /** UUIDv7: sorts by the time it was made. */
  newId(): string
  randomBytes(length: number): Uint8Array<ArrayBuffer>
  /** The 32 bytes of scrypt. Of the whole service two run at once; the others wait in turn, and beyond 20 it throws {@link HashQueueFull}. */
  hashPassword(password: string, salt: Uint8Array, cost: HashCost): Promise<Uint8Array<ArrayBuffer>>
  /** Asks a server that the operator configured. Follows no redirect and gives up after some seconds. */
  fetchOut(request: Request): Promise<Response>
  /** Compresses a public answer, or null where the host's edge does that itself. */
  compress: ((bytes: Uint8Array<ArrayBuffer>, encoding: 'br' | 'gzip') => Promise<Uint8Array<ArrayBuffer>>) | null
  /** Null where there is nothing to share, or nobody to share it with. */
  shared: SharedBytes | null
  /** Lets work that others may wait for go on to its end, also when the reader who began it has left. Its failure is its own affair. */
  background(work: Promise<unknown>): void
  /** A built file by its path under the asset folder, or null. */
  asset(path: string): Promise<Asset | null>
  /** Something was announced for this time: wakes the outbox then, where the host can. */
  nudge(notBefore: string): void
  meters: Meters
  /** Where the end of the record's chain is kept; null where there is no disk, so that only the log keeps it. */
  anchor: Anchor | null
  /** Lets whoever waits for this process have a turn, in the midst of long work that nobody waits for. */
  pause(): Promise<void>
  /** Whether this process was told to stop, so that no new work should be sent to it. */
  isDraining(): boolean
}

/** The same services for one request, which reads what is `latest`, or `recent` where the database has a copy for that. */
export function reading(services: Services, freshness: Freshness): Services {
  const store = services.store.session?.(freshness)
  return store === undefined ? services : { ...services, store }
}
