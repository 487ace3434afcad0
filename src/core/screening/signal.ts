// What a signal is: one thing the machine points out about a comment, how much it weighs, where it lies, and which rule says so.
// Not for: finding signals (screen.ts) or their sentences (i18n, section `signals`).
import type { PersonalKind, Span } from './privacy.ts'

/**
 * Every code a signal can have, with what it weighs unless its rule says otherwise: 50 and more asks for a careful look by itself,
 * 10 and less is only good to know. The weights order the queue; none decides.
 */
const WEIGHTS = {
  // The characters of the text.
  invisible: 30,
  bidi: 40,
  piled_marks: 20,
  mixed_script: 30,
  legacy_encoding: 10,
  no_diacritics: 5,
  // Its words.
  danger: 90,
  word_hold: 60,
  word_mark: 15,
  vulgar: 40,
  rude: 10,
  teencode: 25,
  evasion: 50,
  gambling: 60,
  loan: 50,
  sorcery: 40,
  links: 30,
  phone_ad: 40,
  personal_data: 30,
  denunciation: 60,
  complaint: 30,
  request: 5,
  // Its author and how it came; the command hands these facts in.
  name_imitates: 40,
  twins: 40,
  rejected_before: 30,
  address_rejected: 15,
  banned_before: 30,
  foreign_article: 20,
  honeypot: 60,
  too_fast: 30,
  pasted: 5,
  flood: 20,
} as const

export type SignalCode = keyof typeof WEIGHTS
export const SIGNAL_CODES = Object.keys(WEIGHTS) as [SignalCode, ...SignalCode[]]

/** Small facts that a signal's sentence tells: which kinds of personal data, which entry of a list, which other comments, how many. */
type SignalDetails = {
  kinds?: PersonalKind[]
  /** The list's entry as it is written there. */
  entry?: string
  /** Ids of comments with the same or nearly the same text, on this site. */
  twins?: string[]
  /** How many there are, where `spans` or `twins` name only the first ones, or where there is nothing else to name. */
  count?: number
  /** A text in an old encoding, as it reads when converted. */
  converted?: string
}

/**
 * A signal. `spans` are UTF-16 offsets [start, end) into the exact revision, in order, none overlapping another. `rule` names what is
 * turned off to be rid of it: the code itself, an entry of a built-in list (`vulgar:mất dạy`), or an office's own rule (`rule:<id>`).
 */
export type Signal = { code: SignalCode; weight: number; spans: Span[]; rule: string; details: SignalDetails }

/** Places that one signal names; a text that repeats one word thousands of times is told by the first ones and their number. */
const MAX_SPANS = 50

/** A signal with its usual weight, named by its code, its places in order. */
export function signal(code: SignalCode, spans: readonly Span[] = [], more: Partial<Omit<Signal, 'code' | 'spans'>> = {}): Signal {
  const places = spans.length > MAX_SPANS ? spans.slice(0, MAX_SPANS) : [...spans]
  const details = { ...(spans.length > MAX_SPANS ? { count: spans.length } : {}), ...more.details }
  return { code, weight: more.weight ?? WEIGHTS[code], spans: places, rule: more.rule ?? code, details }
}

/** The heaviest first; equal ones by code and rule. So the order in which signals were found shows nowhere. */
export function inOrder(signals: readonly Signal[]): Signal[] {
  return [...signals].sort((one, other) => other.weight - one.weight || compare(one.code, other.code) || compare(one.rule, other.rule))
}

/** How closely a comment should be looked at, 0 to 100: the sum of what its signals weigh, of each code the heaviest. */
export function attentionOf(signals: readonly Signal[]): number {
  const heaviest = new Map<SignalCode, number>()
  for (const { code, weight } of signals) heaviest.set(code, Math.max(weight, heaviest.get(code) ?? 0))
  return Math.min(
    100,
    [...heaviest.values()].reduce((sum, weight) => sum + weight, 0),
  )
}

/**
 * Signals as a revision keeps them, the heaviest first. Those of its surroundings whose rule is turned off are kept too, since nobody could
 * find them again when it is turned on; they are not told.
 */
export function stored(text: readonly Signal[], surroundings: readonly Signal[], off: ReadonlySet<string>): string {
  const all = inOrder([...text, ...surroundings])
  return JSON.stringify(all.map((each) => (off.has(each.code) || off.has(each.rule) ? { ...each, isOff: true } : each)))
}

/** The signals told of a revision; those from before there were weights and rules get the usual ones. */
export function readSignals(json: string): Signal[] {
  return readKept(json)
    .filter(({ isOff }) => isOff !== true)
    .map((each) => signal(each.code, each.spans, each))
}

/** Every signal that a revision keeps, also those that are not told. */
export function readStored(json: string): Signal[] {
  return readKept(json).map((each) => signal(each.code, each.spans, each))
}

type Kept = Pick<Signal, 'code' | 'spans'> & Partial<Signal> & { isOff?: boolean }

function readKept(json: string): Kept[] {
  return (JSON.parse(json) as Kept[]).filter(({ code }) => Object.hasOwn(WEIGHTS, code))
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}
