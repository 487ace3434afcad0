// What the machine points out about a comment, for the person who decides. It never decides, and never stops at the first.
// Pure: facts about the surroundings are handed in by the command.
import type { Span } from './privacy.ts'
import type { Rules } from './rules.ts'
import { inOrder, type Signal, type SignalCode, signal } from './signal.ts'

/** What was sent: the text as it is kept, and the name its author gave. */
export type Draft = { body: string; name: string | null }

/** What a command knows of the surroundings. Whatever is not given does not hold. */
export type Facts = {
  /** The article's address is on none of the site's origins. */
  isForeignArticle: boolean
  /** How many comments of this author were rejected lately. */
  rejectedBefore?: number
  /** Comments of the site with the same or nearly the same text: ids of the first ones, and how many in all. */
  twins?: { ids: string[]; count: number }
  /** The name, or what it looks like, is that of an office or an officer. */
  isImitation?: boolean
  /** How it was sent: a field that no person sees was filled, faster than anybody types, pasted in one piece. */
  sending?: { isHoneypotFilled: boolean; isTooFast: boolean; isPasted: boolean }
  /** The article gets far more comments than it usually would. */
  isFlooded?: boolean
}

/** What Unicode draws as nothing: it hides text from a reader or a word from a search. Emoji need variation selectors, and joiners between them. */
const INVISIBLE =
  /[\p{Default_Ignorable_Code_Point}--[\uFE00-\uFE0F\u200D-\u200F\u202A-\u202E\u2066-\u2069]]+|(?<!\p{Extended_Pictographic}[\uFE0F\u{1F3FB}-\u{1F3FF}]?)\u200D+/gv
/** Controls that change the direction of what follows (the "Trojan Source" characters). */
const BIDIRECTIONAL = /[\u200E\u200F\u202A-\u202E\u2066-\u2069]+/g
/** A letter of NFC Vietnamese carries at most one further mark; more than three are a pile. */
const PILED_MARKS = /\p{M}{4,}/gu

/** Looks at the text, one thing each. Their order has no meaning. */
const LOOKS: ((draft: Draft, rules: Rules) => Signal[])[] = [
  ({ body }) => found('invisible', spansOf(body, INVISIBLE)),
  ({ body }) => found('bidi', spansOf(body, BIDIRECTIONAL)),
  ({ body }) => found('piled_marks', spansOf(body, PILED_MARKS)),
]

/** Every signal of a comment, the heaviest first, but those whose rule is turned off. */
export function screen(draft: Draft, rules: Rules, facts: Facts): Signal[] {
  const signals = [...LOOKS.flatMap((look) => look(draft, rules)), ...circumstances(facts)]
  return inOrder(signals.filter(({ code, rule }) => !rules.off.has(code) && !rules.off.has(rule)))
}

/** The signals of what is not in the text. */
function circumstances(facts: Facts): Signal[] {
  const { twins, sending } = facts
  const holds: [SignalCode, boolean | undefined, Signal['details']?][] = [
    ['foreign_article', facts.isForeignArticle],
    ['rejected_before', (facts.rejectedBefore ?? 0) > 0, { count: facts.rejectedBefore ?? 0 }],
    ['twins', twins !== undefined && twins.count > 0, { twins: twins?.ids ?? [], count: twins?.count ?? 0 }],
    ['name_imitates', facts.isImitation],
    ['honeypot', sending?.isHoneypotFilled],
    ['too_fast', sending?.isTooFast],
    ['pasted', sending?.isPasted],
    ['flood', facts.isFlooded],
  ]
  return holds.flatMap(([code, isSo, details = {}]) => (isSo ? [signal(code, [], { details })] : []))
}

function found(code: SignalCode, spans: readonly Span[]): Signal[] {
  return spans.length > 0 ? [signal(code, spans)] : []
}

function spansOf(text: string, pattern: RegExp): Span[] {
  return Array.from(text.matchAll(pattern), (match): Span => [match.index, match.index + match[0].length])
}
