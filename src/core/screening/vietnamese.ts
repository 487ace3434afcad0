// Vietnamese text as the machine compares it: with its marks in one spelling, without any, and cut into syllables. Pure.
// Not for: what is stored or shown; a text stays as it was written.

/** A syllable (or number, or foreign word) of a text: UTF-16 offsets [start, end) into it, and its canonical spelling. */
export type Syllable = { start: number; end: number; text: string }

/** What a unit of text is: 0 unknown yet, else as {@link classOf} says. */
const CLASSES = new Uint8Array(0x10000)
const PARTING = 1
const MARK = 2
const LETTER = 3
/**
 * The open rimes oa, oe, uy with the tone on their second letter, as the newer of two accepted spellings has it. After q the u belongs
 * to the consonant ("quý"); before another letter both spellings agree ("hoàn").
 */
const TONE_ON_SECOND = /(?<![q\p{M}])(?:o[àáãảạèéẽẻẹ]|u[ỳýỹỷỵ])(?![\p{L}\p{M}])/gu

/**
 * Lower case, NFC, and one place for the tone of open rimes: "Hoà" and "hòa" are both "hòa". Idempotent; at most three times as long
 * as the text (a few characters of other scripts are written apart by NFC).
 */
export function canonical(text: string): string {
  return text.normalize('NFC').toLowerCase().normalize('NFC').replace(TONE_ON_SECOND, toneOnFirst)
}

/**
 * The text without any mark: "Đường  Hồng Lĩnh" and "duong hong linh" are both "duong hong linh". White space is collapsed, and cut off
 * at both ends. Takes NFC and NFD alike; idempotent; at most three times as long as the text.
 */
export function fold(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}+/gu, '')
    .replaceAll('đ', 'd')
    .normalize('NFC')
    .replace(/\s+/g, ' ')
    .trim()
}

/** Letters that may carry a mark, a few at a time: the first marked one is enough. */
const BEYOND_ASCII = /\P{ASCII}{1,64}/gu
const MARKED = /[àáâãèéêìíòóôõùúýăđĩũơưạ-ỹ]/i

/** Whether anything in the text carries a mark: whoever types one means that letter and no other. */
export function hasMarks(text: string): boolean {
  if (MARKED.test(text)) return true
  for (const [run] of text.matchAll(BEYOND_ASCII)) if (/\p{M}/u.test(run.normalize('NFD'))) return true
  return false
}

/** Fewer letters or words than these may well be a name, a code or "OK". */
const MIN_LETTERS = 20
const MIN_WORDS = 5
/** A longer text is judged by its beginning, in UTF-16 units. */
const JUDGED_LENGTH = 4_000
/** Words of English that are no Vietnamese syllable without its marks: two of them and the text is not Vietnamese. */
const ENGLISH = /\b(?:and|are|but|for|from|have|please|road|should|they|this|was|were|which|with|would|you|your)\b/gi

/** Whether a text without any mark is Vietnamese that was typed so. */
export function isTypedBare(text: string): boolean {
  const head = text.slice(0, JUDGED_LENGTH)
  const words = head.match(/[a-z]+/gi) ?? []
  if (words.length < MIN_WORDS || words.join('').length < MIN_LETTERS) return false
  return new Set(head.toLowerCase().match(ENGLISH)).size < 2
}

/** The syllables of a text in their order. Offsets are those of the text as given, whatever its normal form. */
export function syllables(text: string): Syllable[] {
  // Made canonical at once where that moves nothing, which is nearly always.
  const whole = canonical(text)
  const isInPlace = whole.length === text.length && text.normalize('NFC') === text
  const found: Syllable[] = []
  for (let at = 0; at < text.length; ) {
    const start = at
    while (at < text.length && isOfWord(text, at, at > start)) at += unitsAt(text, at)
    if (at > start) found.push({ start, end: at, text: isInPlace ? whole.slice(start, at) : canonical(text.slice(start, at)) })
    else at += unitsAt(text, at)
  }
  return found
}

function toneOnFirst(rime: string): string {
  const [first = '', base = '', tone = ''] = rime.normalize('NFD')
  return (first + tone).normalize('NFC') + base
}

/** Whether a word goes on here, or begins. A mark that stands on a letter belongs to its word, also where marks are separate (NFD). */
function isOfWord(text: string, at: number, isWithin: boolean): boolean {
  const code = text.charCodeAt(at)
  const isSurrogate = (code & 0xf800) === 0xd800
  let kind = isSurrogate ? classOf(text.slice(at, at + 2)) : (CLASSES[code] ?? 0)
  if (kind === 0) {
    kind = classOf(text.charAt(at))
    CLASSES[code] = kind
  }
  return kind === LETTER || (kind === MARK && isWithin)
}

function classOf(char: string): number {
  if (/^[\p{L}\p{N}]$/u.test(char)) return LETTER
  return /^\p{M}$/u.test(char) ? MARK : PARTING
}

function unitsAt(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
}
