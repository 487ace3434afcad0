// How readers' text is counted and shown, and how its time reads. Not for: the product's own sentences (src/i18n).
import { h } from './dom.ts'
import { fill, type Section } from './section.ts'

const MINUTE_MS = 60_000
const ZONE_OFFSET_MS = 420 * MINUTE_MS

/** Graphemes of the NFC text without the white space around, as the server counts them; code points where the browser has no segmenter. */
export function countGraphemes(text: string): number {
  const composed = text.trim().normalize('NFC')
  // Composed Vietnamese has one unit a letter; this spares slow phones the segmenter.
  if (/^[\n -~\xa0-\u024f\u1ea0-\u1ef9]*$/.test(composed)) return composed.length
  return [...('Segmenter' in Intl ? new Intl.Segmenter().segment(composed) : composed)].length
}

/** Paragraphs of plain text: a blank line parts two, a single line break breaks the line. Nothing in the text becomes markup. */
export function paragraphs(text: string, lang: string): HTMLElement[] {
  return text
    .replace(/\r\n?/g, '\n')
    .split(/\n(?:[^\S\n]*\n)+/)
    .filter((block) => block.trim())
    .map((block) =>
      h(
        'p',
        { dir: 'auto', lang },
        ...block
          .replace(/^\n|\n$/g, '')
          .split('\n')
          .flatMap((line, index) => (index > 0 ? [h('br'), line] : [line])),
      ),
    )
}

/** A moment as readers read it: relative within a day, then dd/MM/yyyy; the exact time is in the title. */
export function timeElement({ words }: Section, iso: string, isDate = false): HTMLElement {
  // The zone of Vietnam has had no daylight saving since 1975.
  const [day = '', clock] = new Date(Date.parse(iso) + ZONE_OFFSET_MS).toISOString().split(/T|:\d\d\./)
  const date = day.split('-').reverse().join('/')
  const minutes = Math.floor((Date.now() - Date.parse(iso)) / MINUTE_MS)
  const hours = Math.floor(minutes / 60)
  const sentence =
    isDate || hours > 23 ? date : hours > 0 ? fill(words.timeHours, hours) : minutes > 0 ? fill(words.timeMinutes, minutes) : words.timeNow
  return h('time', { datetime: iso, title: `${clock} ${date}` }, sentence)
}
