// How readers' text is counted and shown, and how its time reads. Not for: the product's own sentences (src/i18n).
import { date, dateTime, fill } from '../src/i18n/format.ts'
import { h } from './dom.ts'
import type { Words } from './section.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Graphemes of the NFC text, as the server counts them; code points where the browser has no segmenter. */
export function countGraphemes(text: string): number {
  const composed = text.normalize('NFC')
  return [...('Segmenter' in Intl ? new Intl.Segmenter('vi').segment(composed) : composed)].length
}

/** Paragraphs of plain text: a blank line parts two, a single line break breaks the line. Nothing in the text becomes markup. */
export function paragraphs(text: string, language: string): HTMLElement[] {
  return text
    .replace(/\r\n?/g, '\n')
    .split(/\n(?:[^\S\n]*\n)+/)
    .filter((block) => block.trim())
    .map((block) =>
      h(
        'p',
        { dir: 'auto', lang: language },
        ...block
          .replace(/^\n|\n$/g, '')
          .split('\n')
          .flatMap((line, index) => (index > 0 ? [h('br'), line] : [line])),
      ),
    )
}

/** A moment as readers read it: relative within a day, then dd/MM/yyyy; the exact time is in the title. */
export function timeElement(words: Words, iso: string): HTMLElement {
  const age = Date.now() - Date.parse(iso)
  const [sentence, unit] =
    age < MINUTE_MS
      ? [words.timeNow, 1]
      : age < HOUR_MS
        ? [words.timeMinutes, MINUTE_MS]
        : age < DAY_MS
          ? [words.timeHours, HOUR_MS]
          : [date(iso), 1]
  return h('time', { class: 'time', datetime: iso, title: dateTime(iso) }, fill(sentence, { n: Math.floor(age / unit) }))
}
