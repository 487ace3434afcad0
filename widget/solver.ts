// Solves the challenge that a busy site asks for: loaded only then, and apart from the widget. It works in short slices of the page's own
// time, since a portal's policy may forbid workers and plain http has no WebCrypto; an old phone stays usable meanwhile.

export type Challenge = {
  readonly parameters: { readonly nonce: string; readonly salt: string; readonly keyPrefix: string }
  readonly signature: string
}

/** A slice, after which the page may do whatever else it has to do: well below the 50 ms that people notice. */
const SLICE_MS = 10
/** Hashes between two looks at the clock: half a millisecond on an old phone. */
const HASHES_PER_LOOK = 32
/** Words of the one block that is hashed: salt and nonce with four each, the counter, and the padding. */
const COUNTER_AT = 8
const PADDING_AT = 9

/** The solution as the service takes it. Takes as long as it takes: on average half of the tries that the challenge was made for. */
export async function solve(challenge: Challenge): Promise<string> {
  const { salt, nonce, keyPrefix } = challenge.parameters
  const block = new Int32Array(16)
  block.set([...wordsOf(salt), ...wordsOf(nonce)])
  block[PADDING_AT] = 0x80000000
  block[15] = 8 * 4 * PADDING_AT
  const wanted = wordsOf(keyPrefix)
  let sliceEnds = performance.now() + SLICE_MS
  for (let counter = 0; ; counter++) {
    if (counter % HASHES_PER_LOOK === 0 && performance.now() > sliceEnds) {
      await pause()
      sliceEnds = performance.now() + SLICE_MS
    }
    block[COUNTER_AT] = counter
    const key = hashOf(block)
    if (key[0] === wanted[0] && wanted.every((word, index) => word === key[index])) return packed(challenge, counter, key)
  }
}

function packed(challenge: Challenge, counter: number, key: Int32Array): string {
  const derivedKey = Array.from(key, (word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
  return btoa(JSON.stringify({ challenge, solution: { counter, derivedKey } }))
}

/** The words of a hexadecimal text, as signed numbers. */
function wordsOf(hex: string): number[] {
  return Array.from({ length: hex.length / 8 }, (_, index) => Number.parseInt(hex.slice(8 * index, 8 * index + 8), 16) | 0)
}

/** The first 32 bits of the fractional part of a number's root. */
function fraction(root: number): number {
  return ((root % 1) * 2 ** 32) | 0
}

const primes: number[] = []
for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n)
const K = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)))
const START = Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)))
const schedule = new Int32Array(64)
const state = new Int32Array(8)

/**
 * SHA-256 of a message that is one padded block, in an array that the next call uses again: a general hash, which copies and allocates, is
 * five times as slow, and an old phone would pay for it.
 */
function hashOf(block: Int32Array): Int32Array {
  const w = schedule
  w.set(block)
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15] as number
    const y = w[i - 2] as number
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
    w[i] = ((w[i - 16] as number) + s0 + (w[i - 7] as number) + s1) | 0
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = START
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const one = (h + s1 + ((e & f) ^ (~e & g)) + (K[i] as number) + (w[i] as number)) | 0
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + one) | 0
    d = c
    c = b
    b = a
    a = (one + two) | 0
  }
  state[0] = a + (START[0] as number)
  state[1] = b + (START[1] as number)
  state[2] = c + (START[2] as number)
  state[3] = d + (START[3] as number)
  state[4] = e + (START[4] as number)
  state[5] = f + (START[5] as number)
  state[6] = g + (START[6] as number)
  state[7] = h + (START[7] as number)
  return state
}

/** Lets the page go on. By a message, since timers are held up to a second in a page that is not in front. */
function pause(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => {
      port1.close()
      resolve()
    }
    port2.postMessage(null)
  })
}
