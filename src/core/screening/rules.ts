// The rules that a site's comments are screened by: built-in lists and the office's own, made ready once for each version of them. Pure.
// Not for: keeping them (wordlist.ts) or what else is looked for in a text (screen.ts).
import { once } from '../../lib/once.ts'
import { type List, lists } from './lists.ts'
import { comparable } from './privacy.ts'
import type { SignalCode } from './signal.ts'
import { foldedUnits, withoutRepeats } from './tokens.ts'
import { canonical } from './vietnamese.ts'

/** What an entry does: `hold` and `mark` point its places out, more and less urgently; `allow` keeps others from pointing them out. */
export const EFFECTS = ['hold', 'mark', 'allow'] as const
export type Effect = (typeof EFFECTS)[number]

/** What it weighs against a word that none after it narrows down. */
const ALONE_COST = 1_000
/** Characters of one entry, and stars in it: what a person can still read. */
const MAX_ENTRY_LENGTH = 80
const MAX_STARS = 3
/** Entries made ready in one turn: a millisecond or two. */
const SLICE = 500
/** Parted words are found by so many letters; shorter ones are not looked for: "c u" is also the end of "phúc u…". */
export const BEGINNING = 3

/** An entry made ready. `words` are canonical; `*` in a word is any run of letters within it. `rule` is what is turned off to be rid of it. */
export type Entry = {
  rule: string
  code: SignalCode
  entry: string
  words: readonly string[]
  /** For each word that has stars, what stands between them. */
  parts: readonly (readonly string[] | null)[]
  isAllowing: boolean
  /** Means something only in a comment that has no marks at all, where it stands for the same word with marks. */
  isUnmarked: boolean
  /** Is also looked for in disguise. */
  isDisguisable: boolean
}

/** An entry, and the place among its words of the one it is found by. */
export type Keyed = { entry: Entry; key: number }
/** An entry in one word, without repeated letters, as it is and without marks. */
type Joined = { entry: Entry; text: string; folded: string }

/** Entries found by one word; by that word with the one after it; and with the first two letters of one that ends in a star. */
type Found = { alone: Keyed[]; before: Map<string, Keyed[]> | null; beforeBeginning: Map<number, Keyed[]> | null }

/**
 * Entries by what they are found by: one or two neighbouring words without marks; two neighbouring letters of a word, where each of their
 * words has a star; and their first letters, where they are looked for in parted words.
 */
export type Index = {
  byWord: ReadonlyMap<string, Found>
  byPair: ReadonlyMap<number, readonly Keyed[]>
  byBeginning: ReadonlyMap<string, readonly Joined[]>
  /** Words of its longest entry. */
  widest: number
}

/** Rules made ready. `off` names those that are turned off on the site: codes, entries of built-in lists, or an office's own rules. */
export type Rules = {
  off: ReadonlySet<string>
  readonly indexes: readonly Index[]
  /** Numbers and addresses that the office allows, such as its own: {@link comparable}. */
  allowed: ReadonlySet<string>
}

/** A rule as an office writes it: a word or phrase, in which `*` is any run of letters within a word. */
export type OwnRule = { id: string; text: string; effect: Effect }

/** The words of an entry as they are compared; null when nothing is left of it, or it would stand in nearly every text. */
export function wordsOf(text: string): string[] | null {
  if (text.length > MAX_ENTRY_LENGTH) return null
  const words = canonical(text.replace(/\*+/g, '*')).match(/[\p{L}\p{N}*][\p{L}\p{M}\p{N}*]*/gu) ?? []
  const stars = words.join('').split('*').length - 1
  // A lone star would be any word, one letter and a star nearly any.
  const isTooWide = words.some((word) => word.includes('*') && !word.split('*').some((part) => part.length >= 2))
  return words.length === 0 || isTooWide || stars > MAX_STARS ? null : words
}

/** Two neighbouring letters of a text as one small number; others may share it, since what is found by it is compared anyway. */
export function pairOf(text: string, at: number): number {
  return ((text.charCodeAt(at) << 7) ^ text.charCodeAt(at + 1)) & 0xffff
}

/** The built-in rules and an office's own, without those that are turned off. */
export function rulesOf(own: readonly OwnRule[], off: Iterable<string>): Rules {
  const steps = making(own, off)
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value
}

/** The same, a slice at a time with a pause after each. */
export async function rulesInTurns(own: readonly OwnRule[], off: Iterable<string>, pause: () => Promise<void>): Promise<Rules> {
  const steps = making(own, off)
  for (let step = steps.next(); ; step = steps.next()) {
    if (step.done) return step.value
    await pause()
  }
}

function* making(own: readonly OwnRule[], off: Iterable<string>): Generator<void, Rules> {
  const entries: Entry[] = []
  for (const [place, rule] of own.entries()) {
    const entry = ownEntry(rule)
    if (entry !== null) entries.push(entry)
    if (place % SLICE === SLICE - 1) yield
  }
  const ownIndexes = entries.length === 0 ? [] : [yield* indexing(entries)]
  return {
    off: new Set(off),
    allowed: new Set(own.filter(({ effect }) => effect === 'allow').map(({ text }) => comparable(text))),
    get indexes() {
      return [builtInIndex(), ...ownIndexes]
    },
  }
}

/** Made for the first text that is screened, not at every start. */
const builtInIndex = once(() => {
  const steps = indexing(lists().flatMap(builtInEntries))
  for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value
})

/** The rules of a site that has none of its own. */
export const BUILT_IN: Rules = rulesOf([], [])

function builtInEntries({ code, entries, isUnmarked = false, isAllowing = false, isDisguisable = false }: List): Entry[] {
  return entries.flatMap((entry) => {
    const words = wordsOf(entry)
    return words === null
      ? []
      : [{ rule: `${code}:${entry}`, code, entry, words, parts: words.map(partsOf), isAllowing, isUnmarked, isDisguisable }]
  })
}

function ownEntry({ id, text, effect }: OwnRule): Entry | null {
  const words = wordsOf(text)
  if (words === null) return null
  const code = effect === 'hold' ? 'word_hold' : 'word_mark'
  const isAllowing = effect === 'allow'
  return {
    rule: `rule:${id}`,
    code,
    entry: text,
    words,
    parts: words.map(partsOf),
    isAllowing,
    isUnmarked: false,
    isDisguisable: !isAllowing,
  }
}

function partsOf(word: string): readonly string[] | null {
  return word.includes('*') ? word.split('*') : null
}

function* indexing(entries: readonly Entry[]): Generator<void, Index> {
  const uses = new Map<string, number>()
  for (const { words } of entries) for (const word of words) uses.set(word, (uses.get(word) ?? 0) + 1)
  const byWord = new Map<string, Found>()
  const byPair = new Map<number, Keyed[]>()
  const byBeginning = new Map<string, Joined[]>()
  let widest = 1
  for (const [place, entry] of entries.entries()) {
    if (place % SLICE === SLICE - 1) yield
    widest = Math.max(widest, entry.words.length)
    const key = rarest(entry.words, uses)
    const word = foldedUnits(entry.words[key] ?? '')
    if (word.includes('*')) put(byPair, pairOf(longestPart(word), 0), { entry, key })
    else {
      const found: Found = byWord.get(word) ?? { alone: [], before: null, beforeBeginning: null }
      byWord.set(word, found)
      const next = foldedUnits(entry.words[key + 1] ?? '')
      if (next !== '' && !next.includes('*')) {
        found.before ??= new Map()
        put(found.before, next, { entry, key })
      } else if (next.indexOf('*') >= 2) {
        found.beforeBeginning ??= new Map()
        put(found.beforeBeginning, pairOf(next, 0), { entry, key })
      } else found.alone.push({ entry, key })
    }
    const joined = entry.words.join('')
    if (!entry.isDisguisable || joined.length < BEGINNING || joined.includes('*')) continue
    const text = withoutRepeats(joined)
    const folded = foldedUnits(text)
    if (text.length >= BEGINNING) put(byBeginning, folded.slice(0, BEGINNING), { entry, text, folded })
  }
  return { byWord, byPair, byBeginning, widest }
}

/** The place of the word that fewest entries have, since a thousand may begin alike: not the last one where there are two, nor one with a star where others have none. */
function rarest(words: readonly string[], uses: ReadonlyMap<string, number>): number {
  if (words.length === 1) return 0
  let [best, least] = [0, Number.POSITIVE_INFINITY]
  for (const [place, word] of words.entries()) {
    if (word.includes('*')) continue
    const next = words[place + 1]
    const cost = (uses.get(word) ?? 0) + (next === undefined || next.includes('*') ? ALONE_COST : 0)
    if (cost < least) [best, least] = [place, cost]
  }
  return best
}

function longestPart(word: string): string {
  return word.split('*').reduce((longest, part) => (part.length > longest.length ? part : longest))
}

function put<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const known = map.get(key)
  if (known) known.push(value)
  else map.set(key, [value])
}
