// A client that solves challenges: what the widget's solver does, written apart from it.
import { sha256 as hash } from '@noble/hashes/sha2.js'
import type { Challenge } from '../../src/core/abuse/challenge.ts'

/** The answer to a challenge as it is sent: base64 of the challenge and the counter that was found. */
export function solve(challenge: Challenge): string {
  const { salt, nonce, keyPrefix } = challenge.parameters
  const bytes = Uint8Array.from([...`${salt}${nonce}00000000`.matchAll(/../g)], ([pair]) => Number.parseInt(pair, 16))
  const view = new DataView(bytes.buffer)
  for (let counter = 0; ; counter++) {
    view.setUint32(bytes.length - 4, counter)
    const derivedKey = Array.from(hash(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
    if (derivedKey.startsWith(keyPrefix)) return packed(challenge, { counter, derivedKey })
  }
}

/** A challenge and a solution as they are sent, whatever they are. */
export function packed(challenge: unknown, solution: unknown): string {
  return btoa(JSON.stringify({ challenge, solution }))
}
