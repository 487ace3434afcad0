// Password hashes on this host: scrypt, two at once and a bounded queue, so that a flood of sign-ins leaves the machine to readers.
import { scrypt } from 'node:crypto'
import { type HashCost, HashQueueFull } from '../services.ts'

/** Each takes a core for about 150 ms and 16 MiB; more at once would make comments wait. */
const AT_ONCE = 2
/** Those that wait longest wait about two seconds; who comes after them is told to come again. */
const WAITING = 20
const KEY_BYTES = 32

/** Gives the 32 bytes of a password's hash. Throws {@link HashQueueFull}. */
export type Hasher = (password: string, salt: Uint8Array, cost: HashCost) => Promise<Uint8Array<ArrayBuffer>>

/** A hasher with a queue of its own; there is to be one for the whole service. */
export function createHasher(derive: Hasher = scrypted): Hasher {
  const waiting: (() => void)[] = []
  let running = 0
  return async (password, salt, cost) => {
    if (running < AT_ONCE) running++
    else if (waiting.length >= WAITING) throw new HashQueueFull('too many passwords are being checked')
    // Who leaves hands the place on, so that nobody who comes meanwhile takes it.
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await derive(password, salt, cost)
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}

/** One hash, at once. */
export function scrypted(password: string, salt: Uint8Array, { n, r, p }: HashCost): Promise<Uint8Array<ArrayBuffer>> {
  return new Promise((resolve, reject) => {
    scrypt(password, salt, KEY_BYTES, { N: n, r, p, maxmem: 256 * n * r }, (error, key) =>
      error ? reject(error) : resolve(new Uint8Array(key)),
    )
  })
}
