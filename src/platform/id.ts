// UUIDv7 (RFC 9562): 48 bits of milliseconds, then a counter that keeps ids of one millisecond in order, then random bits.

/** Random bytes drawn at once: a draw costs the same for ten bytes as for some hundred. */
const POOL_BYTES = 1_000
const BYTES_PER_ID = 10

/** A maker of ids that sort by the time they were made, also within one millisecond and when the clock steps back. */
export function createIds(now: () => number): () => string {
  let lastMs = 0
  let counter = 0
  let pool = new Uint8Array(0)
  let drawn = 0
  const draw = () => {
    if (drawn + BYTES_PER_ID > pool.length) {
      // Drawn when first needed: Workers gives no randomness while a program is loaded.
      pool = crypto.getRandomValues(new Uint8Array(POOL_BYTES))
      drawn = 0
    }
    drawn += BYTES_PER_ID
    return pool.subarray(drawn - BYTES_PER_ID, drawn)
  }
  return () => {
    const random = draw()
    const ms = now()
    if (ms > lastMs) {
      lastMs = ms
      counter = (((random[0] ?? 0) << 8) | (random[1] ?? 0)) & 0x7ff
    } else if (++counter > 0xfff) {
      lastMs++
      counter = 0
    }
    const time = lastMs.toString(16).padStart(12, '0')
    const sequence = counter.toString(16).padStart(3, '0')
    const tail = Array.from(random.subarray(2), (byte) => byte.toString(16).padStart(2, '0')).join('')
    const variant = ((Number.parseInt(tail.slice(0, 1), 16) & 0x3) | 0x8).toString(16)
    return `${time.slice(0, 8)}-${time.slice(8)}-7${sequence}-${variant}${tail.slice(1, 4)}-${tail.slice(4, 16)}`
  }
}
