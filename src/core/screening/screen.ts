// What the machine points out about a text, for the person who decides. It never decides, and never stops at the first.
// Pure: facts about the surroundings are handed in.

/** Every code a signal can have; i18n gives each its sentence. */
export const SIGNAL_CODES = ['invisible', 'bidi', 'piled_marks', 'foreign_article'] as const
export type SignalCode = (typeof SIGNAL_CODES)[number]

/** A signal and, where it lies in the text, its places as UTF-16 offsets [start, end) into the exact revision. */
export type Signal = { code: SignalCode; spans: [start: number, end: number][] }

/** What Unicode draws as nothing: it hides text from a reader or a word from a search. Emoji need variation selectors, and joiners between them. */
const INVISIBLE =
  /[\p{Default_Ignorable_Code_Point}--[\uFE00-\uFE0F\u200D-\u200F\u202A-\u202E\u2066-\u2069]]+|(?<!\p{Extended_Pictographic}[\uFE0F\u{1F3FB}-\u{1F3FF}]?)\u200D+/gv
/** Controls that change the direction of what follows (the "Trojan Source" characters). */
const BIDIRECTIONAL = /[\u200E\u200F\u202A-\u202E\u2066-\u2069]+/g
/** A letter of NFC Vietnamese carries at most one further mark; more than three are a pile. */
const PILED_MARKS = /\p{M}{4,}/gu

/** Every signal of a text. `isForeignArticle` says that the article's address is on none of the site's origins. */
export function screen(body: string, facts: { isForeignArticle: boolean }): Signal[] {
  const signals: Signal[] = []
  for (const [code, pattern] of [
    ['invisible', INVISIBLE],
    ['bidi', BIDIRECTIONAL],
    ['piled_marks', PILED_MARKS],
  ] as const) {
    const spans = Array.from(body.matchAll(pattern), (match): [number, number] => [match.index, match.index + match[0].length])
    if (spans.length > 0) signals.push({ code, spans })
  }
  if (facts.isForeignArticle) signals.push({ code: 'foreign_article', spans: [] })
  return signals
}
