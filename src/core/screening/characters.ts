// Characters that hide something: unseen ones, those that change the direction of text, piles of marks, and letters of other scripts that
// pass for Latin ones. Pure.
import type { Span } from './privacy.ts'

/** What Unicode draws as nothing: it hides text from a reader or a word from a search. Emoji need variation selectors, and joiners between them. */
const INVISIBLE =
  /[\p{Default_Ignorable_Code_Point}--[\uFE00-\uFE0F\u200D-\u200F\u202A-\u202E\u2066-\u2069]]+|(?<!\p{Extended_Pictographic}[\uFE0F\u{1F3FB}-\u{1F3FF}]?)\u200D+/gv
/** Controls that change the direction of what follows (the "Trojan Source" characters). */
const BIDIRECTIONAL = /[\u200E\u200F\u202A-\u202E\u2066-\u2069]+/g
/** A letter of NFC Vietnamese carries at most one further mark; more than three are a pile. */
const PILED_MARKS = /\p{M}{4,}/gu
/** Scripts with letters like Latin ones, and Latin letters in disguise: mathematical, full-width, circled. */
const FOREIGN =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\u{1D400}-\u{1D7FF}\uFF21-\uFF3A\uFF41-\uFF5A\u24B6-\u24E9]/u
const WORD = /[\p{L}\u24B6-\u24E9][\p{L}\p{M}\p{N}\u24B6-\u24E9]*/gu
const LATIN = /\p{Script=Latin}/u
const DISGUISED = /[\u{1D400}-\u{1D7FF}\uFF21-\uFF3A\uFF41-\uFF5A\u24B6-\u24E9]/u
/** Units that are written with a Greek letter: μm, kΩ. */
const UNIT = /^(?:[μΜ]\p{L}{1,2}|\p{L}?Ω)$/u

export const invisibleIn = (text: string): Span[] => placesOf(text, INVISIBLE)
export const bidirectionalIn = (text: string): Span[] => placesOf(text, BIDIRECTIONAL)
export const piledMarksIn = (text: string): Span[] => placesOf(text, PILED_MARKS)

/** Words that mix Latin letters with those of another script, or are made of letters in disguise. */
export function mixedScriptsIn(text: string): Span[] {
  if (!FOREIGN.test(text)) return []
  return placesOf(text, WORD).filter(([start, end]) => {
    const word = text.slice(start, end)
    return FOREIGN.test(word) && (DISGUISED.test(word) || (LATIN.test(word) && !UNIT.test(word)))
  })
}

/** Where a pattern matches, in order. It must be a global one that matches no empty text. */
export function placesOf(text: string, pattern: RegExp): Span[] {
  const places: Span[] = []
  pattern.lastIndex = 0
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) places.push([match.index, pattern.lastIndex])
  return places
}
