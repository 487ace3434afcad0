// How well screening tells: shares, precision and recall on the sets. Pure; the same figures are printed by the bench and held by a test.
import { recover } from '../../src/core/screening/encoding.ts'
import { findPersonalData } from '../../src/core/screening/privacy.ts'
import { BUILT_IN } from '../../src/core/screening/rules.ts'
import { wordSignals } from '../../src/core/screening/words.ts'
import { CLEAN, disguised, ENCODINGS, type PersonalCase, VULGAR } from './sets.ts'

/** Clean sentences that have a word signal, with what was pointed out. */
export function falseAlarms(texts: readonly string[] = CLEAN): { text: string; rules: string[] }[] {
  return texts.flatMap((text) => {
    const rules = wordSignals(text, BUILT_IN).map(({ code, rule }) => `${code} ${rule}`)
    return rules.length > 0 ? [{ text, rules }] : []
  })
}

/** The share of disguised words in which something is pointed out, of those that the tricks change. */
export function recallOf(tricks: readonly string[]): { made: number; recall: number; missed: string[] } {
  const cases = VULGAR.flatMap((word) => disguised(word, tricks) ?? [])
  const missed = cases.filter(({ text, span: [from, to] }) => {
    const spans = wordSignals(text, BUILT_IN).flatMap(({ spans }) => spans)
    return !spans.some(([start, end]) => start < to && from < end)
  })
  return { made: cases.length, recall: 1 - missed.length / cases.length, missed: missed.map(({ text, span }) => text.slice(...span)) }
}

/** Precision and recall of personal data: a finding is right when it has the kind and overlaps the place. */
export function personalQuality(cases: readonly PersonalCase[]): { cases: number; precision: number; recall: number; wrong: string[] } {
  let right = 0
  let found = 0
  let expected = 0
  const wrong: string[] = []
  for (const { text, expected: wanted } of cases) {
    const told = findPersonalData(text)
    const isRight = (one: (typeof told)[number], other: (typeof wanted)[number]) =>
      one.kind === other.kind && one.span[0] < other.span[1] && other.span[0] < one.span[1]
    const hits = wanted.filter((each) => told.some((one) => isRight(one, each))).length
    const extra = told.filter((one) => !wanted.some((each) => isRight(one, each)))
    right += hits
    found += hits + extra.length
    expected += wanted.length
    if (hits < wanted.length || extra.length > 0)
      wrong.push(`${text} → ${told.map(({ kind, span }) => `${kind}:${text.slice(...span)}`).join(', ')}`)
  }
  return { cases: cases.length, precision: right / found, recall: right / expected, wrong }
}

/** The share of sentences in an old encoding that are told as such, and of those that read again as they did. */
export function encodingRecall(encoding: keyof typeof ENCODINGS): { made: number; found: number; exact: number } {
  // What has fewer than three words with marks cannot be told by its words.
  const texts = CLEAN.filter((text) => text.split(' ').filter((word) => /[^ -~]/.test(word)).length >= 3)
  const told = texts.map((text) => ({ text, recovered: recover(ENCODINGS[encoding](text)) }))
  const found = told.filter(({ recovered }) => recovered?.encoding === encoding)
  const exact = found.filter(({ text, recovered }) => recovered?.text.toLowerCase() === text.toLowerCase())
  return { made: texts.length, found: found.length / texts.length, exact: exact.length / texts.length }
}

/** Texts in good Unicode that are taken for an old encoding. */
export function encodingFalse(texts: readonly string[]): string[] {
  return texts.filter((text) => recover(text) !== null)
}

/** Precision, recall and F1 over the characters that were marked by people, all comments together. */
export function characterScores(set: readonly { text: string; marked: ReadonlySet<number> }[]): {
  precision: number
  recall: number
  f1: number
} {
  let right = 0
  let found = 0
  let marked = 0
  for (const { text, marked: wanted } of set) {
    const told = new Set<number>()
    for (const { spans } of wordSignals(text, BUILT_IN)) for (const [start, end] of spans) for (let at = start; at < end; at++) told.add(at)
    for (const at of told) if (wanted.has(at)) right++
    found += told.size
    marked += wanted.size
  }
  const [precision, recall] = [right / found, right / marked]
  return { precision, recall, f1: (2 * precision * recall) / (precision + recall) }
}
