// A body is plain text. Here it is checked as it comes in and becomes HTML for feeds, the desk and the page without script.
// Not for: judging what it says (screening/) or the widget, which builds its own paragraphs from the text.
import sanitizeHtml from 'sanitize-html'
import { type ErrorCode, faulty } from '../context.ts'

/** Moves when {@link toHtml} would build other HTML from the same text, so that stored HTML can be told old. */
export const RENDERER_VERSION = 1

/** Bytes of UTF-8 a body may have, whatever its length in graphemes: one grapheme can carry any number of marks. */
const MAX_BODY_BYTES = 64 * 1024

/** C0 controls, but for newline and tab. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to refuse
const CONTROLS = /[\u0000-\u0008\u000B-\u001F]/
/** Characters a name or an address does not need: controls, format characters and what else is drawn as nothing. */
const UNSEEN_IN_LINES = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]+/gu

const graphemes = new Intl.Segmenter('vi', { granularity: 'grapheme' })
/** Text of which each UTF-16 unit is a grapheme of its own, as nearly all Vietnamese in NFC is: Latin letters and common punctuation. */
const ONE_UNIT_EACH = /^[\n\t\u0020-\u02FF\u1E00-\u1EFF\u2010-\u2027]*$/

/** Length in graphemes of the NFC text: "Tiếng Việt" is 10 however it was typed. */
export function lengthOf(text: string): number {
  const composed = text.normalize('NFC')
  // The segmenter takes a tenth of what a whole sending takes.
  if (ONE_UNIT_EACH.test(composed)) return composed.length
  let length = 0
  for (const _ of graphemes.segment(composed)) length++
  return length
}

/**
 * The body as it is kept: NFC, the line ends of forms (CR LF) as newline, nothing stripped. Throws `validation` for a lone
 * surrogate, a control character, more than 64 KiB, or a length (graphemes, without the white space around) outside the
 * limits; the text is never cut.
 */
export function acceptBody(raw: string, limits: { min: number; max: number }, pointer: string): string {
  if (new TextEncoder().encode(raw).length > MAX_BODY_BYTES) throw faulty('body_too_long', pointer, { n: limits.max })
  const body = raw.replaceAll('\r\n', '\n').normalize('NFC')
  if (!body.isWellFormed() || CONTROLS.test(body)) throw faulty('body_characters', pointer)
  const length = lengthOf(body.trim())
  if (length < limits.min) throw faulty('body_too_short', pointer, { n: limits.min })
  if (length > limits.max) throw faulty('body_too_long', pointer, { n: limits.max })
  return body
}

/** A one-line field as it is kept: NFC, unseen characters removed; null when nothing is left. Throws `validation` with `code` when too long. */
export function acceptLine(raw: string | undefined, field: { max: number; code: ErrorCode; pointer: string }): string | null {
  if (raw === undefined) return null
  if (!raw.isWellFormed()) throw faulty(field.code, field.pointer)
  // What was parted by an unseen character meets now: spaces become one, and a letter takes its mark.
  const line = raw.replace(/\s+/g, ' ').replace(UNSEEN_IN_LINES, '').normalize('NFC').replace(/ {2,}/g, ' ').trim()
  if (lengthOf(line) > field.max) throw faulty(field.code, field.pointer)
  return line === '' ? null : line
}

/** A text by which repeated sendings are told: lower case, NFC, one space for whatever stands between words. */
export function canonicalText(text: string): string {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\s\p{P}\p{S}\p{Default_Ignorable_Code_Point}]+/gu, ' ')
    .trim()
}

/** Escapes text for element content and double-quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[char] ?? char)
}

/**
 * The one renderer: paragraphs at blank lines, `<br>` at single ones, everything else as the characters that were typed.
 * The sanitizer comes last as a second lock; on this output it changes nothing.
 */
export function toHtml(text: string): string {
  const paragraphs = text.split(/\n[^\S\n]*(?:\n[^\S\n]*)+/).filter((paragraph) => paragraph.trim() !== '')
  const html = paragraphs
    .map((paragraph) => `<p>${escapeHtml(paragraph).replaceAll('&quot;', '"').replaceAll('\n', '<br />')}</p>`)
    .join('')
  return sanitizeHtml(html, { allowedTags: ['p', 'br'], allowedAttributes: {} })
}

/** The first `length` graphemes on one line, with an ellipsis where text was left out. */
export function excerpt(text: string, length: number): string {
  const line = text.replace(/\s+/g, ' ').trim()
  const kept: string[] = []
  for (const { segment } of graphemes.segment(line)) {
    if (kept.length === length) return `${kept.join('').trimEnd()}…`
    kept.push(segment)
  }
  return line
}
