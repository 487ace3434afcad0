// A signal with its sentence, alike for the staff API and the desk.
import type { Signal } from '../core/screening/signal.ts'
import { fill } from '../i18n/format.ts'
import type { Strings } from '../i18n/index.ts'

/** What a signal says in the words of a language: its reason, then what exactly was found. */
export function signalSentence({ code, details, spans }: Signal, words: Strings): string {
  const told = [
    (details.kinds ?? []).map((kind) => words.personalData[kind]).join(', '),
    details.entry === undefined ? '' : `“${details.entry}”`,
    details.count === undefined ? '' : fill(spans.length > 0 ? words.screening.places : words.screening.comments, { n: details.count }),
  ].filter((each) => each !== '')
  return told.length === 0 ? words.signals[code] : `${words.signals[code]}: ${told.join(', ')}`
}
