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

/** A reader's text as it was written; the style keeps its lines. Nothing in it becomes markup. */
export function textElement(text: string, lang: string, kind = 'text'): HTMLElement {
  return h('div', { class: kind, lang }, text.trim().replace(/\n\s*\n/g, '\n\n'))
}

/** A moment as readers read it: relative within a day, then dd/MM/yyyy; the exact time is in the title. */
export function timeElement({ words }: Section, iso: string, isDate = false): HTMLElement {
  // The zone of Vietnam has had no daylight saving since 1975.
  const at = Date.parse(iso)
  const [day = '', clock] = new Date(at + ZONE_OFFSET_MS).toISOString().split(/T|:\d\d\./)
  const date = day.split('-').reverse().join('/')
  const minutes = ((Date.now() - at) / MINUTE_MS) | 0
  const hours = (minutes / 60) | 0
  const sentence =
    isDate || hours > 23 ? date : hours > 0 ? fill(words.timeHours, hours) : minutes > 0 ? fill(words.timeMinutes, minutes) : words.timeNow
  return h('time', { datetime: iso, title: `${clock} ${date}` }, sentence)
}
