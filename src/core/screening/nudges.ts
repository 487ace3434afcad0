// What a sender may want to know before sending: hints about one's own text, asked for once and never a block. Pure.
// Not for: signals to the staff (screen.ts) or refusals (comments/text.ts).
import { imitatesOffice } from './names.ts'
import { findPersonalData, type PersonalKind, type Span } from './privacy.ts'

export const NUDGES = ['no_diacritics', 'personal_data', 'denunciation', 'name_reserved', 'links', 'duplicate'] as const
export type NudgeCode = (typeof NUDGES)[number]

/** A hint, with the places it speaks of as UTF-16 offsets into the NFC text with line feeds, and the kinds of personal data found. */
export type Nudge = { code: NudgeCode; spans?: Span[]; kinds?: PersonalKind[] }

/** Fewer letters or words than these may well be a name, a code or "OK". */
const MIN_LETTERS = 20
const MIN_WORDS = 5
const MARKED = /[àáâãèéêìíòóôõùúýăđĩũơưạ-ỹ]/i
/** Words of English that are no Vietnamese syllable without its marks: two of them and the text is not Vietnamese. */
const ENGLISH = /\b(?:and|are|but|for|from|have|please|road|should|they|this|was|were|which|with|would|you|your)\b/gi

/** Words by which people accuse or complain (guidance: the law's own terms and what stands for them in speech). */
const ACCUSING =
  /(?<!\p{L})(?:tố cáo|tố giác|khiếu nại|tham nhũng|tham ô|(?:nhận|đưa|ăn) hối lộ|hối lộ|lót tay|bao che|vòi vĩnh|ăn chặn|biển thủ|đề nghị (?:cơ quan [^.\n]{0,40})?điều tra)(?!\p{L})/giu
const ACCUSING_UNMARKED =
  /\b(?:to cao|to giac|khieu nai|tham nhung|tham o|hoi lo|lot tay|bao che|voi vinh|an chan|bien thu|de nghi dieu tra)\b/gi
/** The same words as a subject: laws, campaigns and offices named after them. */
const AS_A_SUBJECT =
  /(?:luật|nghị định|quy định|công tác|giải quyết|tiếp nhận|(?:phòng,?|và)? ?chống|luat|giai quyet|chong)(?: về)? (?:tiếp công dân, )?(?:khiếu nại,? (?:và )?)?$/iu

/** Links, also without a scheme, by the endings that people and advertisers write. An e-mail address is none. */
const LINK =
  /(?<![\p{L}\d@._-])(?:https?:\/\/[^\s<>"]{1,2000}|www\.[^\s<>"]{1,2000}|(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.){1,4}(?:com|net|org|vn|info|xyz|top|club|vip|online|site|shop|bet)(?![\p{L}\d@-])(?:\/[^\s<>"]{0,2000})?)/giu

/** Every hint about a text by itself. `reserved` are the names of the site and its agency. */
export function nudgesOf(text: string, author: { name: string | null; reserved: readonly string[] }): Nudge[] {
  const nudges: Nudge[] = []
  if (lacksDiacritics(text)) nudges.push({ code: 'no_diacritics' })
  const personal = findPersonalData(text)
  if (personal.length > 0)
    nudges.push({ code: 'personal_data', spans: personal.map(({ span }) => span), kinds: [...new Set(personal.map(({ kind }) => kind))] })
  const accusing = accusations(text)
  if (accusing.length > 0) nudges.push({ code: 'denunciation', spans: accusing })
  if (author.name !== null && imitatesOffice(author.name, author.reserved)) nudges.push({ code: 'name_reserved' })
  const links = spansOf(text, LINK)
  if (links.length > 0) nudges.push({ code: 'links', spans: links })
  return nudges
}

function lacksDiacritics(text: string): boolean {
  if (MARKED.test(text)) return false
  const words = text.match(/[a-z]+/gi) ?? []
  if (words.length < MIN_WORDS || words.join('').length < MIN_LETTERS) return false
  return new Set(text.toLowerCase().match(ENGLISH)).size < 2
}

function accusations(text: string): Span[] {
  const pattern = MARKED.test(text) ? ACCUSING : ACCUSING_UNMARKED
  return spansOf(text, pattern).filter(([start]) => !AS_A_SUBJECT.test(text.slice(Math.max(0, start - 40), start)))
}

function spansOf(text: string, pattern: RegExp): Span[] {
  return Array.from(text.matchAll(pattern), (match): Span => [match.index, match.index + match[0].length])
}
