// Letters of other scripts and shapes that are drawn like Latin ones, and the digits and signs that people write for letters. Pure.
// Not for: anything stored or shown; a text stays as it was written.

import { once } from '../../lib/once.ts'

/** Cyrillic, Greek, Armenian and Cherokee letters in their small form, and small Latin letters that are not Vietnamese, by the letter they look like. */
const LETTERS: Record<string, string> = {
  a: 'аɑα⍺ꭺᴀ',
  b: 'ЬьВвβʙᏏß',
  c: 'сϲᴄⅽꮯς',
  d: 'ԁɗᏧⅾꭰ',
  đ: 'ðđɖ',
  e: 'еҽєɛεᴇэ',
  g: 'ցɡɢԍ',
  h: 'һհнʜ',
  i: 'іɩιⅰıɪǀ',
  j: 'јϳ',
  k: 'кκҡᴋ',
  l: 'ӏⅼʟɭ',
  m: 'мⅿᴍ',
  n: 'ոпηɴռ',
  o: 'оοσօᴏჿ०',
  p: 'рρᴘ',
  q: 'ԛգզ',
  r: 'гᴦʀɾ',
  s: 'ѕꜱ',
  t: 'тτᴛ',
  u: 'υսцᴜʋ',
  v: 'νѵᴠ',
  w: 'ԝωшᴡ',
  x: 'хχ×',
  y: 'уүγʏ',
  z: 'ᴢ',
}
/** Written for letters in the middle of a word of any text. */
const SIGNS: Record<string, string> = { a: '4@', e: '3€', g: '9', i: '1!', l: '|', o: '0', s: '5$', t: '7' }
/** Written so in names only: in a text "A+B" are two words and 8 is a digit. */
const SIGNS_OF_NAMES: Record<string, string> = { b: '8', c: '¢©', i: '¡', s: '§', t: '+†' }

const byShape = (...tables: Record<string, string>[]) =>
  new Map(
    tables.flatMap((table) =>
      Object.entries(table).flatMap(([letter, alike]) => Array.from(alike, (each) => [each.toLowerCase(), letter] as const)),
    ),
  )
const letters = once(() => byShape(LETTERS))
const signs = once(() => byShape(SIGNS))
const ofNames = once(() => byShape(LETTERS, SIGNS, SIGNS_OF_NAMES))

/** The Latin letter that a small letter of another script is drawn like, or undefined. */
export function latinOf(letter: string): string | undefined {
  return letters().get(letter)
}

/** The letter that a digit or sign stands for inside a word, or undefined. */
export function letterFor(sign: string): string | undefined {
  return signs().get(sign)
}

/** The letter that anything in a name is read as, or undefined. */
export function letterInName(sign: string): string | undefined {
  return ofNames().get(sign)
}
