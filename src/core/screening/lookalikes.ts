// Letters of other scripts and shapes that are drawn like Latin ones. Pure.
// Not for: anything stored or shown; a text stays as it was written.

/** Cyrillic, Greek, Armenian and Cherokee letters in their small form, and small Latin letters that are not Vietnamese, by the letter they look like. */
const LOOKALIKES: Record<string, string> = {
  a: 'аɑα⍺ꭺᴀ',
  b: 'ЬьВвβʙᏏ',
  c: 'сϲᴄⅽꮯ',
  d: 'ԁɗᏧⅾꭰ',
  đ: 'ðđɖ',
  e: 'еҽєɛεᴇэ',
  g: 'ցɡɢԍ',
  h: 'һհнʜ',
  i: 'іɩιⅰıɪ',
  j: 'јϳ',
  k: 'кκҡᴋ',
  l: 'ӏⅼʟɭ',
  m: 'мⅿᴍ',
  n: 'ոпηɴ',
  o: 'оοσօᴏჿ',
  p: 'рρᴘ',
  q: 'ԛզ',
  r: 'гᴦʀ',
  s: 'ѕꜱ',
  t: 'тτᴛ',
  u: 'υսцᴜ',
  v: 'νѵᴠ',
  w: 'ԝωшᴡ',
  x: 'хχ×',
  y: 'уүγʏ',
  z: 'ᴢ',
}
const LETTERS = new Map(Object.entries(LOOKALIKES).flatMap(([letter, alike]) => Array.from(alike, (each) => [each.toLowerCase(), letter])))

/** The Latin letter that a small letter of another script is drawn like, or undefined. */
export function latinOf(letter: string): string | undefined {
  return LETTERS.get(letter)
}
