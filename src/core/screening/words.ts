// Where the words and phrases of the rules stand in a text: as they are written, and in disguise.
// Not for: which words there are (lists.ts, rules.ts).
import type { Span } from './privacy.ts'
import { BEGINNING, type Entry, type Index, type Keyed, pairOf, type Rules } from './rules.ts'
import { type Signal, type SignalCode, signal } from './signal.ts'
import { foldedUnit, type Group, rejoined, type Token, tokensOf, undisguised } from './tokens.ts'
import { hasMarks } from './vietnamese.ts'

/** Places looked at in one text. One with more of them is told by the first. */
const MAX_LOOKS = 20_000
/** Letters that an entry must have to be meant by digits: "D1" is a street, not a word. */
const MIN_STANDING = 3

const NONE: readonly Keyed[] = []

type Hit = { entry: Entry; span: Span; isUndone: boolean }
/** Where an entry stands as it is written, and where in disguise. */
type Places = { entry: Entry; told: Span[]; undone: Span[] }

/** A signal for each entry that stands in the text, unless all its places are allowed by another. */
export function wordSignals(text: string, rules: Rules, isMarked = hasMarks(text)): Signal[] {
  const meant = undisguised(text)
  const hits = phrases(tokensOf(text), rules, isMarked)
  for (const hit of phrases(meant, rules, isMarked, besideUndone(meant, rules))) if (hit.entry.isDisguisable && hit.isUndone) hits.push(hit)
  for (const group of rejoined(text, meant)) for (const hit of pieces(group, rules, isMarked)) hits.push(hit)
  const allowed = inPlaces(hits.flatMap(({ entry, span }) => (entry.isAllowing ? [span] : [])))
  const byRule = new Map<string, Places>()
  for (const { entry, span, isUndone } of hits) {
    if (entry.isAllowing || touches(span, allowed)) continue
    const places = byRule.get(entry.rule) ?? { entry, told: [], undone: [] }
    byRule.set(entry.rule, places)
    if (isUndone) places.undone.push(span)
    else places.told.push(span)
  }
  return [...byRule.values()].flatMap(signalsOf)
}

function signalsOf({ entry: { rule, code, entry }, told, undone }: Places): Signal[] {
  const written = inPlaces(told)
  const disguised = inPlaces(undone.filter((span) => !touches(span, written)))
  const of = (as: SignalCode, spans: Span[]) => (spans.length === 0 ? [] : [signal(as, spans, { rule, details: { entry } })])
  return [...of(code, written), ...of('evasion', disguised)]
}

/** The places from which an entry can reach a word that was undone: all others say nothing that was not found as it is written. */
function besideUndone(tokens: readonly Token[], { indexes }: Rules): number[] {
  const reach = Math.max(...indexes.map(({ widest }) => widest)) - 1
  const places: number[] = []
  for (const [at, { isUndone }] of tokens.entries()) {
    if (!isUndone) continue
    const from = Math.max(at - reach, (places.at(-1) ?? -1) + 1)
    for (let place = from; place <= at + reach && place < tokens.length; place++) places.push(place)
  }
  return places
}

/** Words by which an index finds nothing, remembered: nearly all words of nearly all texts. */
const DULL = new WeakMap<Index, Set<string>>()
const MAX_DULL = 5_000
const LONGEST_DULL = 12

function dullOf(index: Index): Set<string> {
  const known = DULL.get(index) ?? new Set<string>()
  DULL.set(index, known)
  return known
}

/** Entries among words that stand side by side, found from some places or from all. */
function phrases(tokens: readonly Token[], rules: Rules, isMarked: boolean, places: readonly number[] | null = null): Hit[] {
  const hits: Hit[] = []
  let looks = 0
  const look = ({ entry, key }: Keyed, at: number) => {
    if (++looks > MAX_LOOKS) return
    const first = at - key
    const from = tokens[first]
    const to = tokens[first + entry.words.length - 1]
    if (!from || !to || !isSaid(entry, tokens, first) || !isInForce(entry, rules, isMarked)) return
    hits.push({ entry, span: [from.start, to.end], isUndone: entry.words.some((_, place) => tokens[first + place]?.isUndone) })
  }
  for (const index of rules.indexes) {
    const { byWord, byPair } = index
    const dull = dullOf(index)
    for (let turn = 0; turn < (places ?? tokens).length; turn++) {
      const at = places?.[turn] ?? turn
      const folded = tokens[at]?.folded ?? ''
      if (dull.has(folded)) continue
      let isDull = true
      const found = byWord.get(folded)
      if (found) {
        isDull = false
        for (const each of found.alone) look(each, at)
        const after = tokens[at + 1]?.folded ?? ''
        for (const each of found.before?.get(after) ?? NONE) look(each, at)
        if (found.beforeBeginning && after.length >= 2)
          for (const each of found.beforeBeginning.get(pairOf(after, 0)) ?? NONE) look(each, at)
      }
      for (let letter = 0; byPair.size > 0 && letter + 1 < folded.length; letter++) {
        const keyed = byPair.get(pairOf(folded, letter))
        if (keyed) isDull = false
        // A word that has the pair twice is the same word.
        if (keyed && folded.indexOf(folded.slice(letter, letter + 2)) === letter) for (const each of keyed) look(each, at)
      }
      if (!isDull || folded.length > LONGEST_DULL) continue
      if (dull.size >= MAX_DULL) dull.clear()
      dull.add(folded)
    }
  }
  return hits
}

/** Entries among words that were parted into letters and pieces. */
function pieces(group: Group, rules: Rules, isMarked: boolean): Hit[] {
  const hits: Hit[] = []
  const ends = new Map(group.pieces.map(({ until }, place) => [until, place]))
  let looks = 0
  for (const { byBeginning } of rules.indexes) {
    for (const [place, { at, start }] of group.pieces.entries()) {
      for (const { entry, text, folded } of byBeginning.get(group.folded.slice(at, at + BEGINNING)) ?? []) {
        if (++looks > MAX_LOOKS) return hits
        const end = ends.get(at + text.length)
        if (end === undefined || end <= place || !isInForce(entry, rules, isMarked)) continue
        if (!group.folded.startsWith(folded, at) || !isMeant(text, group, at)) continue
        hits.push({ entry, span: [start, group.pieces[end]?.end ?? start], isUndone: true })
      }
    }
  }
  return hits
}

function isInForce({ rule, code, isUnmarked }: Entry, { off }: Rules, isMarked: boolean): boolean {
  return !(isUnmarked && isMarked) && !off.has(rule) && !off.has(code)
}

function isSaid({ words, parts }: Entry, tokens: readonly Token[], first: number): boolean {
  for (let place = 0; place < words.length; place++) {
    const word = words[place] ?? ''
    const token = tokens[first + place]
    if (!token || (place > 0 && token.isAfterBreak)) return false
    if (token.text === word) continue
    const starred = parts[place]
    if (!(starred ? isLike(starred, token.text) : isStoodFor(words, word, token))) return false
  }
  return true
}

/** Whether a word has the letters of another where some stand for them. */
function isStoodFor(words: readonly string[], word: string, token: Token): boolean {
  return token.stands !== '' && token.text.length === word.length && words.join('').length >= MIN_STANDING && isMeant(word, token, 0)
}

/**
 * Whether the letters of a word are meant from a place on. A letter with marks means itself; one that stands for a character means any
 * marking of it, and so do unmarked letters beside it.
 */
function isMeant(word: string, token: Token, from: number): boolean {
  const isLoose = token.stands.slice(from, from + word.length).includes('1')
  for (let at = 0; at < word.length; at++) {
    const letter = token.text.charAt(from + at)
    if (letter === word.charAt(at)) continue
    const isUnmarked = letter === token.folded.charAt(from + at)
    if (!isLoose || !isUnmarked || letter !== foldedUnit(word.charAt(at))) return false
  }
  return true
}

/** Whether a word has the parts between the stars of another, in their order. Linear: each part is looked for once. */
function isLike(parts: readonly string[], word: string): boolean {
  const first = parts[0] ?? ''
  if (!word.startsWith(first)) return false
  const last = parts.at(-1) ?? ''
  if (word.length < first.length + last.length || !word.endsWith(last)) return false
  let at = first.length
  for (let place = 1; place < parts.length - 1; place++) {
    const part = parts[place] ?? ''
    const found = word.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return at <= word.length - last.length
}

/** In order, those that overlap as one. */
function inPlaces(spans: Span[]): Span[] {
  const places: Span[] = []
  for (const [start, end] of spans.sort((one, other) => one[0] - other[0])) {
    const last = places.at(-1)
    if (last && start < last[1]) last[1] = Math.max(last[1], end)
    else places.push([start, end])
  }
  return places
}

/** Whether a place shares a letter with one of those given, which are in order and apart. */
function touches([start, end]: Span, places: readonly Span[]): boolean {
  let low = 0
  for (let high = places.length; low < high; ) {
    const middle = (low + high) >> 1
    if ((places[middle]?.[1] ?? 0) <= start) low = middle + 1
    else high = middle
  }
  const near = places[low]
  return near !== undefined && near[0] < end
}
