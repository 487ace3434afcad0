// What the machine points out about a comment, for the person who decides. It never decides, and never stops at the first.
// Pure: facts about the surroundings are handed in by the command.
import { bidirectionalIn, invisibleIn, mixedScriptsIn, piledMarksIn } from './characters.ts'
import { dangersIn } from './danger.ts'
import { recover } from './encoding.ts'
import { advertisedIn, linksIn } from './links.ts'
import { petitionsIn } from './petitions.ts'
import { comparable, findPersonalData, type Span } from './privacy.ts'
import type { Rules } from './rules.ts'
import { inOrder, type Signal, type SignalCode, signal, stored } from './signal.ts'
import { hasMarks, isTypedBare } from './vietnamese.ts'
import { wordSignals } from './words.ts'

/** What was sent: the text as it is kept, and the name its author gave. */
export type Draft = { body: string; name: string | null }

/** What a command knows of the surroundings. Whatever is not given does not hold. */
export type Facts = {
  /** The article's address is on none of the site's origins. */
  isForeignArticle: boolean
  /** How many comments of this author were rejected lately, and how many from the same network. */
  rejectedBefore?: number
  rejectedNearby?: number
  /** The sender was banned before, and the ban is over. */
  wasBanned?: boolean
  /** Comments of the site with the same or nearly the same text: ids of the first ones, and how many in all. */
  twins?: { ids: string[]; count: number }
  /** The name, or what it looks like, is that of an office or an officer. */
  isImitation?: boolean
  /** How it was sent: a field that no person sees was filled, faster than anybody types, pasted in one piece. */
  sending?: { isHoneypotFilled: boolean; isTooFast: boolean; isPasted: boolean }
  /** The article gets far more comments than it usually would. */
  isFlooded?: boolean
}

/** Every signal of a comment, the heaviest first, but those whose rule is turned off. */
export function screen(draft: Draft, rules: Rules, facts: Facts): Signal[] {
  return inOrder([...textSignals(draft.body, rules), ...surroundingsOf(facts).filter((each) => !isOff(each, rules))])
}

/** The same as a revision keeps it ({@link stored}). `surroundings` are those known from before. */
export function screened(draft: Draft, rules: Rules, facts: Facts, surroundings: readonly Signal[] = []): string {
  return stored(textSignals(draft.body, rules), [...surroundings, ...surroundingsOf(facts)], rules.off)
}

/** Whether a signal is found in the text itself, and so found again whenever the text is looked at. */
export function isOfText(code: SignalCode): boolean {
  return !OF_SURROUNDINGS.includes(code)
}

const OF_SURROUNDINGS: readonly SignalCode[] = [
  'foreign_article',
  'rejected_before',
  'address_rejected',
  'banned_before',
  'twins',
  'name_imitates',
  'honeypot',
  'too_fast',
  'pasted',
  'flood',
]

/** In TCVN3 the soft hyphen is the letter "ư". */
const OLD_LETTER = /^\u00AD+$/

/** The signals of the text itself, but those that are turned off. Each looks for one thing; their order has no meaning. */
function textSignals(body: string, rules: Rules): Signal[] {
  const personal = findPersonalData(body).filter(({ span }) => !rules.allowed.has(comparable(body.slice(...span))))
  const converted = recover(body)
  const isMarked = hasMarks(body)
  const asked = petitionsIn(body, isMarked)
  const all = [
    ...found(
      'invisible',
      invisibleIn(body).filter((span) => converted === null || !OLD_LETTER.test(body.slice(...span))),
    ),
    ...found('bidi', bidirectionalIn(body)),
    ...found('piled_marks', piledMarksIn(body)),
    ...found('mixed_script', mixedScriptsIn(body)),
    ...(converted === null ? [] : [signal('legacy_encoding', [], { details: { converted: converted.text } })]),
    ...(!isMarked && isTypedBare(body) ? [signal('no_diacritics')] : []),
    ...wordSignals(body, rules, isMarked),
    ...found('links', linksIn(body)),
    ...found('phone_ad', advertisedIn(body, personal)),
    ...found(
      'personal_data',
      personal.map(({ span }) => span),
      { kinds: [...new Set(personal.map(({ kind }) => kind))] },
    ),
    ...found('denunciation', asked.denunciation),
    ...found('complaint', asked.complaint),
    ...found('request', asked.request),
    ...found('danger', dangersIn(body, isMarked)),
  ]
  return all.filter((each) => !isOff(each, rules))
}

/** The signals of what is not in the text. */
function surroundingsOf(facts: Facts): Signal[] {
  const { twins, sending } = facts
  const holds: [SignalCode, boolean | undefined, Signal['details']?][] = [
    ['foreign_article', facts.isForeignArticle],
    ['rejected_before', (facts.rejectedBefore ?? 0) > 0, { count: facts.rejectedBefore ?? 0 }],
    ['address_rejected', (facts.rejectedNearby ?? 0) > 0, { count: facts.rejectedNearby ?? 0 }],
    ['banned_before', facts.wasBanned],
    ['twins', twins !== undefined && twins.count > 0, { twins: twins?.ids ?? [], count: twins?.count ?? 0 }],
    ['name_imitates', facts.isImitation],
    ['honeypot', sending?.isHoneypotFilled],
    ['too_fast', sending?.isTooFast],
    ['pasted', sending?.isPasted],
    ['flood', facts.isFlooded],
  ]
  return holds.flatMap(([code, isSo, details = {}]) => (isSo ? [signal(code, [], { details })] : []))
}

function isOff({ code, rule }: Signal, { off }: Rules): boolean {
  return off.has(code) || off.has(rule)
}

function found(code: SignalCode, spans: readonly Span[], details: Signal['details'] = {}): Signal[] {
  return spans.length > 0 ? [signal(code, spans, { details })] : []
}
