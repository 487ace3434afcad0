// Texts in the encodings that Vietnamese offices used before Unicode, and UTF-8 that was read as something else: they are known by
// how few of their words can be Vietnamese, and told with what they would read as. Never converted silently: capitals may be lost.
import { isSyllable } from './phonology.ts'

type Encoding = 'tcvn3' | 'vni' | 'utf8_as_latin1'

/** What a text most likely is, and how it reads when converted. */
export type Recovered = { encoding: Encoding; text: string }

/** Words with letters beyond ASCII that a verdict needs. */
const MIN_WORDS = 3
/** Good Vietnamese has at least nine such words in ten that can be syllables (names and loan words are the tenth); TCVN3 and VNI at most half. */
const DOUBTFUL_BELOW = 0.65
const CONVINCING_FROM = 0.85
/** A longer text is judged by its beginning. */
const JUDGED_LENGTH = 4_000

/** Whether a text has anything beyond the letters of Unicode Vietnamese that the old encodings use; most texts have not and cost nothing. */
const OLD_LETTERS =
  /[\u0080-\u00BF\u00C4-\u00C7\u00CB\u00CE-\u00D1\u00D6-\u00D8\u00DB\u00DC\u00DE\u00DF\u00E4-\u00E7\u00EB\u00EE-\u00F1\u00F6-\u00F8\u00FB\u00FC\u00FE\u00FF\u0152-\u0153\u0160\u0161\u0178\u017D\u017E\u0192\u02C6\u02DC\u2013-\u203A\u20AC\u2122]/

/** From the first letter on, at 0xA1: the code of each letter of TCVN3 ("ABC"); a space where there is none. */
const TCVN3_LETTERS = 'ĂÂÊÔƠƯĐăâêôơưđ      àảãáạ ằẳẵắ       ặầẩẫấậè ẻẽéẹềểễếệìỉ   ĩíịò ỏõóọồổỗốộờởỡớợù ủũúụừửữứựỳỷỹýỵ'
const TCVN3 = new Map(
  Array.from(TCVN3_LETTERS, (letter, place): [string, string] => [String.fromCharCode(0xa1 + place), letter]).filter(
    ([, letter]) => letter !== ' ',
  ),
)

/** VNI writes a mark as a letter of its own after the vowel: tones alone, and circumflex or breve with a tone. */
const VNI_MARKS: Record<string, string> = {
  ù: '\u0301',
  ø: '\u0300',
  û: '\u0309',
  õ: '\u0303',
  ï: '\u0323',
  â: '\u0302',
  á: '\u0302\u0301',
  à: '\u0302\u0300',
  å: '\u0302\u0309',
  ã: '\u0302\u0303',
  ä: '\u0302\u0323',
  ê: '\u0306',
  é: '\u0306\u0301',
  è: '\u0306\u0300',
  ú: '\u0306\u0309',
  ü: '\u0306\u0303',
  ë: '\u0306\u0323',
}
/** Letters that VNI has whole. */
const VNI_LETTERS: Record<string, string> = { ñ: 'đ', ô: 'ơ', ö: 'ư', í: 'í', ì: 'ì', æ: 'ỉ', ó: 'ĩ', ò: 'ị', î: 'ỵ' }
/** Each pair of letters, read once. */
const vniLetters = new Map<string, string>()
const VNI = /[aeouyôö][ùøûõïâáàåãäêéèúüë]|[ñôöíìæóòî]/gi

/** What CP1252 makes of the bytes 0x80 to 0x9F; those it leaves out stay themselves. */
const CP1252 = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ'
const BYTES = new Map(Array.from(CP1252, (letter, place): [string, number] => [letter, 0x80 + place]))
/** UTF-8 of two or three bytes, each read as a character; a no-break space that was made a plain one is still the second byte of "à". */
const READ_AS_LATIN1 = new RegExp(
  `[\\u00C2-\\u00DF][\\u0080-\\u00BF${CP1252}]|[\\u00E0-\\u00EF][\\u0080-\\u00BF${CP1252}]{2}|\\u00C3 `,
  'g',
)

/** What a text reads as in an old encoding, where that makes far better Vietnamese of it; null for everything else. */
export function recover(text: string): Recovered | null {
  if (!OLD_LETTERS.test(text)) return null
  const head = text.slice(0, JUDGED_LENGTH)
  const share = validShare(head)
  if (share === null) return null
  const misread = fromLatin1(head)
  if (misread !== head) {
    const better = validShare(misread)
    if (better !== null && better >= CONVINCING_FROM && (better > share || share < DOUBTFUL_BELOW))
      return { encoding: 'utf8_as_latin1', text: head === text ? misread : fromLatin1(text) }
  }
  if (share >= DOUBTFUL_BELOW) return null
  const [best] = (
    [
      ['tcvn3', fromTcvn3],
      ['vni', fromVni],
    ] as const
  )
    .map(([encoding, convert]) => ({ encoding, convert, share: validShare(convert(head)) ?? 0 }))
    .filter((each) => each.share >= CONVINCING_FROM)
    .sort((one, other) => other.share - one.share)
  return best ? { encoding: best.encoding, text: best.convert(text) } : null
}

/** The share of words with letters beyond ASCII that can be syllables; null where there are too few to tell. */
function validShare(text: string): number | null {
  const words = text
    .split(/[\s\u0021-\u002F\u003A-\u0040\u005B-\u0060\u007B-\u007E\u2010-\u2015\u2018-\u201F\u2026]+/)
    .filter((word) => /[\u0080-\u02FF\u1E00-\u1EFF\u20AC\u2122]/.test(word))
  if (words.length < MIN_WORDS) return null
  return words.filter(isSyllable).length / words.length
}

function fromTcvn3(text: string): string {
  return text.replace(/[\u00A1-\u00FE]/g, (letter) => TCVN3.get(letter) ?? letter)
}

function fromVni(text: string): string {
  return text.replace(VNI, (found) => {
    const known = vniLetters.get(found)
    if (known !== undefined) return known
    const [base = '', mark] = found
    const whole = VNI_LETTERS[base.toLowerCase()] ?? base.toLowerCase()
    const letter = (whole + (mark === undefined ? '' : (VNI_MARKS[mark.toLowerCase()] ?? ''))).normalize('NFC')
    const read = base === base.toLowerCase() ? letter : letter.toUpperCase()
    vniLetters.set(found, read)
    return read
  })
}

function fromLatin1(text: string): string {
  return text.replace(READ_AS_LATIN1, (found) => decoded(found) ?? found).normalize('NFC')
}

/** The character that two or three bytes of UTF-8 stand for, or null where they stand for none. */
function decoded(found: string): string | null {
  const [first, second, third] = [byteAt(found, 0), byteAt(found, 1), byteAt(found, 2)]
  const point =
    found.length === 2 ? ((first & 0x1f) << 6) | (second & 0x3f) : ((first & 0x0f) << 12) | ((second & 0x3f) << 6) | (third & 0x3f)
  const isShortest = point >= (found.length === 2 ? 0x80 : 0x800)
  const isSurrogate = point >= 0xd800 && point <= 0xdfff
  return isShortest && !isSurrogate ? String.fromCharCode(point) : null
}

function byteAt(found: string, at: number): number {
  const letter = found.charAt(at)
  return letter === ' ' ? 0xa0 : (BYTES.get(letter) ?? letter.charCodeAt(0))
}
