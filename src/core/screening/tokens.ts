// A text as the matcher reads it: its words as they are written, and once more as they were meant where somebody disguised them.
// Everything keeps its place in the text as given. Pure; nothing of this is ever stored or shown.
import { latinOf, letterFor } from './lookalikes.ts'
import { isSyllable } from './phonology.ts'
import { canonical, syllables } from './vietnamese.ts'

/**
 * A word: UTF-16 offsets [start, end) into the text, its canonical spelling, and the same unit by unit without marks. `stands` has a 1
 * where a letter stands for another character (a digit, a look-alike), else it is empty. A phrase does not cross a `isAfterBreak`.
 */
export type Token = { start: number; end: number; text: string; folded: string; stands: string; isAfterBreak: boolean; isUndone: boolean }

/**
 * Neighbouring pieces of words that somebody parted, joined again: the places of its pieces in `text`, [at, until),
 * where neighbouring letters that differ by marks only are one, and in the text as given.
 */
export type Group = Token & { pieces: { at: number; until: number; start: number; end: number }[] }

/** What a sentence ends with, or something longer than a gap between two words of a phrase. */
const BREAKS = '.!?;:\n…'
const LONGEST_GAP = 3
/** Disguises are undone in so much of a text, in UTF-16 units: more than the longest opinion that a site can allow has in letters. */
const DISGUISED_LENGTH = 10_000
/** Longer words are looked at by their beginning; no entry of a list is as long. */
const LONGEST_WORD = 64

/** Beginnings and ends of syllables that are parted from the rest of one, beside single letters. */
const CLUSTERS = new Set(['ch', 'gh', 'gi', 'kh', 'ng', 'ngh', 'nh', 'ph', 'qu', 'th', 'tr'])
/** One such sign between two pieces, without a space, joins rather than parts them. */
const JOINER = /^[._\-*~'`|/\\+=,:;^#•·]$/

/** The words as they are written. */
export function tokensOf(text: string): Token[] {
  let before = 0
  return syllables(text).map((word) => {
    const spelled = word.text.length > LONGEST_WORD ? word.text.slice(0, LONGEST_WORD) : word.text
    const token = {
      start: word.start,
      end: word.end,
      text: spelled,
      folded: foldedWord(spelled),
      stands: '',
      isUndone: false,
      isAfterBreak: isBreak(text, before, word.start),
    }
    before = word.end
    return token
  })
}

/** The words as they were meant: what is unseen or drawn like another letter, digits for letters, repeated letters and piled marks are undone. */
export function undisguised(text: string): Token[] {
  return meantIn(text.slice(0, DISGUISED_LENGTH))
}

function meantIn(text: string): Token[] {
  const tokens: Token[] = []
  let word: Word | null = null
  let before = 0
  const close = () => {
    if (word === null) return
    const token = tokenOf(word, isOpenBreak(text, before, word.start))
    if (token.text !== '') tokens.push(token)
    before = word.end
    word = null
  }
  for (let at = 0; at < text.length; ) {
    const end = word === null ? endOfOrdinary(text, at) : at
    if (end > at) {
      tokens.push({ start: at, end, ...ordinary(text.slice(at, end)), stands: '', isAfterBreak: isOpenBreak(text, before, at) })
      before = end
      at = end
      continue
    }
    const point = text.codePointAt(at) ?? 0
    const next = at + (point > 0xffff ? 2 : 1)
    const { kind, letter, stands } = kindOf(point)
    const isIn = kind === 'letter' || kind === 'digit' || (kind === 'sign' && word !== null && isWordly(text.codePointAt(next)))
    if (isIn) {
      word ??= { start: at, end: next, letters: [], stands: [], isUndone: false, hasLetters: false, hasDigits: false }
      word.letters.push(letter)
      word.stands.push(stands)
      word.end = next
      if (kind === 'letter') word.hasLetters = true
      else word.hasDigits = true
      if (stands && kind === 'letter') word.isUndone = true
    } else if (kind === 'mark' && word !== null) {
      const last = word.letters.length - 1
      const composed = `${word.letters[last]}${letter}`.normalize('NFC')
      if (composed.length === 1) word.letters[last] = composed
      else word.isUndone = true
      word.end = next
    } else if (kind === 'unseen') {
      if (word !== null && isWordly(text.codePointAt(next))) word.isUndone = true
    } else {
      close()
    }
    at = next
  }
  close()
  return tokens
}

/** What letters alone mean, by the word as it is written: nearly all of any text is made of some thousand of them. */
const ORDINARY = new Map<string, Pick<Token, 'text' | 'folded' | 'isUndone'>>()
/** Longer words are none of those, in UTF-16 units. */
const LONGEST_ORDINARY = 12

/** Where the word that begins here ends, if it is of plain letters only and stands apart; else where it begins. */
function endOfOrdinary(text: string, from: number): number {
  let at = from
  while (at < text.length && isPlain(text.charCodeAt(at))) if (++at - from > LONGEST_ORDINARY) return from
  return at === text.length || kindOf(text.codePointAt(at) ?? 0).kind === 'gap' ? at : from
}

/** Whether a unit is a letter that stands for itself. */
function isPlain(unit: number): boolean {
  const { kind, stands } = kindOf(unit)
  return kind === 'letter' && !stands
}

function ordinary(written: string): Pick<Token, 'text' | 'folded' | 'isUndone'> {
  const known = ORDINARY.get(written)
  if (known) return known
  const letters = Array.from(written, (char) => kindOf(char.charCodeAt(0)).letter)
  const stands = letters.map(() => false)
  const { text, folded, isUndone } = tokenOf(
    { start: 0, end: 0, letters, stands, isUndone: false, hasLetters: true, hasDigits: false },
    false,
  )
  const meant = { text, folded, isUndone }
  // Begun anew when full, so that a flood of words that nobody uses does not keep out those that everybody does.
  if (ORDINARY.size >= MAX_REMEMBERED) ORDINARY.clear()
  ORDINARY.set(written, meant)
  return meant
}

/** Words that were parted into letters or pieces, joined again. */
export function rejoined(text: string, tokens: readonly Token[]): Group[] {
  const groups: Group[] = []
  for (let first = 0; first < tokens.length; ) {
    let last = first
    while (last + 1 < tokens.length && isParted(text, tokens, last)) last++
    if (last > first) groups.push(groupOf(tokens.slice(first, last + 1)))
    first = last + 1
  }
  return groups
}

type Word = { start: number; end: number; letters: string[]; stands: boolean[]; isUndone: boolean; hasLetters: boolean; hasDigits: boolean }

function tokenOf(word: Word, isAfterBreak: boolean): Token {
  const isMixed = word.hasLetters && word.hasDigits
  const kept: string[] = []
  const stands: boolean[] = []
  let isUndone = word.isUndone
  for (const [place, written] of word.letters.entries()) {
    if (kept.length === LONGEST_WORD) break
    const meant = isMixed ? letterFor(written) : undefined
    kept.push(meant ?? written)
    stands.push(meant !== undefined || (word.stands[place] ?? false))
    if (meant !== undefined) isUndone = true
  }
  if (word.hasLetters && hasRepeats(kept) && !isSyllable(kept.join(''))) {
    isUndone = true
    squash(kept, stands)
  }
  const joined = kept.join('')
  const text = joined.length < 3 ? joined : canonical(joined)
  return {
    start: word.start,
    end: word.end,
    text,
    folded: foldedUnits(text),
    stands: stands.includes(true) && text.length === stands.length ? stands.map((is) => (is ? '1' : '0')).join('') : '',
    isAfterBreak,
    isUndone,
  }
}

function hasRepeats(letters: readonly string[]): boolean {
  return letters.some((letter, place) => place > 0 && isRepeated(letters[place - 1] ?? '', letter))
}

/** Whether a letter is the one before it once more, with marks on one of them at most. */
function isRepeated(last: string, letter: string): boolean {
  return last === letter || (foldedUnits(last) === foldedUnits(letter) && (last === foldedUnits(last) || letter === foldedUnits(letter)))
}

/** Leaves one of repeated letters: the one that has marks. */
function squash(letters: string[], stands: boolean[]): void {
  let end = 0
  for (const [place, letter] of letters.entries()) {
    const last = letters[end - 1]
    if (end > 0 && last !== undefined && isRepeated(last, letter)) {
      if (last === foldedUnits(last)) letters[end - 1] = letter
    } else {
      letters[end] = letter
      stands[end] = stands[place] ?? false
      end++
    }
  }
  letters.length = end
  stands.length = end
}

/** Whether a word and the next one are pieces of one that was parted. */
function isParted(text: string, tokens: readonly Token[], place: number): boolean {
  const [one, other] = [tokens[place], tokens[place + 1]]
  if (!one || !other || other.start - one.end > LONGEST_GAP) return false
  const gap = text.slice(one.end, other.start)
  if (gap.includes('\n')) return false
  if (isPiece(tokens, place) || isPiece(tokens, place + 1)) return true
  return JOINER.test(gap) && !(isSyllable(one.text) && isSyllable(other.text))
}

/** A single letter, the consonants that a syllable begins or ends with, or a digit between single letters. */
function isPiece(tokens: readonly Token[], place: number): boolean {
  const token = tokens[place]
  if (!token) return false
  if (CLUSTERS.has(token.text)) return true
  if (token.text.length !== 1) return false
  return !isDigit(token.text) || [tokens[place - 1], tokens[place + 1]].some((near) => near?.text.length === 1 && !isDigit(near.text))
}

function groupOf(tokens: readonly Token[]): Group {
  const pieces: Group['pieces'] = []
  const letters: string[] = []
  const stands: string[] = []
  for (const token of tokens) {
    const meant = token.text.length === 1 ? letterFor(token.text) : undefined
    const [text, marks] = meant === undefined ? [token.text, token.stands || '0'.repeat(token.text.length)] : [meant, '1']
    let at = letters.length
    for (let place = 0; place < text.length; place++) {
      const letter = text.charAt(place)
      const last = letters.at(-1)
      if (last !== undefined && isRepeated(last, letter)) {
        if (place === 0) at = letters.length - 1
        if (last === foldedUnit(last)) letters[letters.length - 1] = letter
      } else {
        letters.push(letter)
        stands.push(marks.charAt(place))
      }
    }
    pieces.push({ at, until: letters.length, start: token.start, end: token.end })
  }
  const text = letters.join('')
  const [first, last] = [tokens[0], tokens.at(-1)]
  const span = { start: first?.start ?? 0, end: last?.end ?? 0 }
  return { ...span, text, folded: foldedUnits(text), stands: stands.join(''), isAfterBreak: true, isUndone: true, pieces }
}

/** A word with one letter for neighbouring ones that differ by marks only: what parted words are compared with. */
export function withoutRepeats(word: string): string {
  const plain = foldedUnits(word)
  let isRepeating = false
  for (let at = 1; at < plain.length; at++) if (plain.charCodeAt(at) === plain.charCodeAt(at - 1)) isRepeating = true
  if (!isRepeating) return word
  const letters = Array.from(word)
  squash(letters, [])
  return letters.join('')
}

type Kind = { kind: 'letter' | 'digit' | 'sign' | 'mark' | 'unseen' | 'gap'; letter: string; stands: boolean }
const KINDS = new Map<number, Kind>()
const FOLDED = new Map<string, string>()
/** Characters and words remembered, of each kind; a text of all of Unicode must not fill the memory. */
const MAX_REMEMBERED = 5_000

function kindOf(point: number): Kind {
  const known = KINDS.get(point)
  if (known) return known
  const found = classify(String.fromCodePoint(point))
  if (KINDS.size < MAX_REMEMBERED) KINDS.set(point, found)
  return found
}

function classify(char: string): Kind {
  if (/^\p{Default_Ignorable_Code_Point}$/u.test(char)) return { kind: 'unseen', letter: '', stands: false }
  if (/^\p{M}$/u.test(char)) return { kind: 'mark', letter: char, stands: false }
  if (/^[0-9]$/.test(char)) return { kind: 'digit', letter: char, stands: false }
  if (letterFor(char) !== undefined) return { kind: 'sign', letter: char, stands: false }
  const lower = char.toLowerCase().normalize('NFC')
  if (/^[a-zđ]$/.test(foldedUnits(lower)) && /^[a-zàáâãèéêìíòóôõùúýăđĩũơưạ-ỹ]$/.test(lower))
    return { kind: 'letter', letter: lower, stands: false }
  const plain = latinOf(lower) ?? foldedUnits(char.normalize('NFKC').toLowerCase())
  if (/^[a-zđ]$/.test(plain)) return { kind: 'letter', letter: plain, stands: true }
  if (/^[0-9]$/.test(plain)) return { kind: 'digit', letter: plain, stands: false }
  return /^[\p{L}\p{N}]$/u.test(char) && lower.length === 1
    ? { kind: 'letter', letter: lower, stands: false }
    : { kind: 'gap', letter: '', stands: false }
}

function isWordly(point: number | undefined): boolean {
  if (point === undefined) return false
  const { kind } = kindOf(point)
  return kind === 'letter' || kind === 'digit' || kind === 'unseen' || kind === 'sign'
}

/** Each unit without its marks, so that both texts are equally long. */
export function foldedUnits(text: string): string {
  if (text.length === 1) return foldedUnit(text)
  let all = ''
  for (let at = 0; at < text.length; at++) all += foldedUnit(text.charAt(at))
  return all
}

const FOLDED_WORDS = new Map<string, string>()

function foldedWord(word: string): string {
  if (word.length > LONGEST_ORDINARY) return foldedUnits(word)
  const known = FOLDED_WORDS.get(word)
  if (known !== undefined) return known
  const plain = foldedUnits(word)
  if (FOLDED_WORDS.size >= MAX_REMEMBERED) FOLDED_WORDS.clear()
  FOLDED_WORDS.set(word, plain)
  return plain
}

/** A letter without its marks. */
export function foldedUnit(unit: string): string {
  if (unit <= '\u007F') return unit
  const known = FOLDED.get(unit)
  if (known !== undefined) return known
  const plain = unit === 'đ' ? 'd' : (unit.normalize('NFD')[0] ?? unit)
  if (FOLDED.size < MAX_REMEMBERED) FOLDED.set(unit, plain)
  return plain
}

function isDigit(text: string): boolean {
  return text >= '0' && text <= '9'
}

function isBreak(text: string, from: number, to: number): boolean {
  if (to - from > LONGEST_GAP) return true
  for (let at = from; at < to; at++) if (BREAKS.includes(text.charAt(at))) return true
  return false
}

/** As a break, but a full stop without a space beside it parts no words: "đồ.chó". */
function isOpenBreak(text: string, from: number, to: number): boolean {
  if (to - from === 1 && JOINER.test(text.charAt(from))) return false
  return isBreak(text, from, to)
}
