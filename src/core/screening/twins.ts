// How alike two texts are, and the few numbers by which alike texts find each other in an index. Pure.
// Not for: keeping those numbers or telling of twins (moderation/assess.ts).
import { hash } from './learn.ts'
import { fold } from './vietnamese.ts'

/** Letters in a row that make a shingle: about a syllable, so that a word changed here or there leaves most of them. */
const SHINGLE_LENGTH = 4
/** Texts of fewer letters ("Cảm ơn phường") are alike by chance and mean nothing by it. */
const LEAST_LETTERS = 20
/** Letters that are looked at; who sends more than the longest allowed text is known by its beginning. */
const MOST_LETTERS = 10_000
/** From this share of common shingles on, two texts are twins. */
export const LEAST_SIMILARITY = 0.6
/** With ten bands of three, texts that share six tenths of their shingles meet in one of them nine times in ten, those that share a fifth hardly ever. */
const BANDS = 10
const ROWS = 3

/**
 * The shingles of a text: every four letters in a row without marks, gaps and signs, each digit as the same one, since the next copy names another
 * number. None for a text too short to be told from others.
 */
export function shinglesOf(text: string): Set<number> {
  const letters = fold(text)
    .replace(/[^\p{L}\p{N}]+/gu, '')
    .replace(/\p{N}/gu, '0')
    .slice(0, MOST_LETTERS)
  const shingles = new Set<number>()
  if (letters.length < LEAST_LETTERS) return shingles
  for (let at = 0; at + SHINGLE_LENGTH <= letters.length; at++) shingles.add(hash(letters.slice(at, at + SHINGLE_LENGTH)))
  return shingles
}

/** The share of shingles two texts have in common, 0 to 1; 0 when one has none. */
export function similarity(one: ReadonlySet<number>, other: ReadonlySet<number>): number {
  if (one.size === 0 || other.size === 0) return 0
  const [few, many] = one.size < other.size ? [one, other] : [other, one]
  let common = 0
  for (const shingle of few) if (many.has(shingle)) common++
  return common / (one.size + other.size - common)
}

/** Numbers below 2^32 of which twins share at least one, nearly always; texts that are not alike hardly ever do. */
export function bandsOf(shingles: ReadonlySet<number>): number[] {
  if (shingles.size === 0) return []
  const least = new Uint32Array(BANDS * ROWS).fill(0xffffffff)
  for (const shingle of shingles)
    for (let row = 0; row < least.length; row++) {
      const mixed = mix(shingle, row)
      if (mixed < (least[row] ?? 0)) least[row] = mixed
    }
  return Array.from({ length: BANDS }, (_, band) => {
    let key = mix(band + 1, BANDS)
    for (let row = 0; row < ROWS; row++) key = mix(key ^ (least[band * ROWS + row] ?? 0), row)
    return key
  })
}

/** One of many ways to scatter a number over 32 bits (the finalizer of MurmurHash3, seeded). */
function mix(value: number, way: number): number {
  let bits = (value ^ Math.imul(way + 1, 0x9e3779b1)) >>> 0
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}
