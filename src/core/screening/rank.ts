// Two orders of what waits, both from the signals and, once a site's decisions say enough, from what they taught: what needs a person
// first, and what is most likely to be refused. Pure. Not for: deciding anything.
import type { Signal, SignalCode } from './signal.ts'

/** The places of a comment in both orders, 0 the first: see {@link ranksOf}. */
export type Ranks = { urgent: number; suspect: number }

/** Signals that speak for spam or abuse; what a signal weighs is how much it speaks. Others (a denunciation, a request) do not. */
const SUSPECT: ReadonlySet<SignalCode> = new Set<SignalCode>([
  ...([
    'invisible',
    'bidi',
    'piled_marks',
    'mixed_script',
    'word_hold',
    'word_mark',
    'vulgar',
    'teencode',
    'evasion',
    'gambling',
    'loan',
  ] as const),
  ...([
    'sorcery',
    'links',
    'phone_ad',
    'name_imitates',
    'twins',
    'rejected_before',
    'address_rejected',
    'foreign_article',
    'honeypot',
    'too_fast',
    'flood',
  ] as const),
])
/** Of a comment without any signal, one in eight is refused for something that no rule sees. */
const USUAL_LOG_ODDS = -2
/** What signals must weigh to raise the log-odds by one: a heavy one (60) multiplies the odds by twenty. */
const WEIGHT_OF_ONE = 20
/** Beyond this chance of being refused, a comment that no signal calls urgent waits behind the others; beyond that one last. */
const DOUBTFUL = 0.5
const HOPELESS = 0.9

/** Places of the order by urgency, as rows keep them. A clerk starts with people in danger and ends with advertising. */
const URGENT = { danger: -1, risk: 0, grievance: 1, request: 2, ordinary: 3, doubtful: 4, hopeless: 5 } as const

/**
 * Where a comment stands. `urgent`: -1 danger to somebody, 0 a likely denunciation, 1 a complaint, 2 personal data to protect or a request to answer, 3 whatever
 * else, 4 what will rather be refused than not, 5 what hardly anybody would publish; within each the oldest first. `suspect`: 0 for what
 * is sure to be refused up to 100. `learned` is the log-odds of {@link import('./learn.ts').score}, or null while the site has not
 * decided enough.
 */
export function ranksOf(signals: readonly Signal[], learned: number | null): Ranks {
  const told = signals.filter(({ code }) => SUSPECT.has(code)).reduce((sum, { weight }) => sum + weight, 0)
  const chance = 1 / (1 + Math.exp(-(told / WEIGHT_OF_ONE + (learned ?? USUAL_LOG_ODDS))))
  const has = (...codes: SignalCode[]) => signals.some(({ code }) => codes.includes(code))
  const urgent = has('danger')
    ? URGENT.danger
    : has('denunciation')
      ? URGENT.risk
      : has('complaint')
        ? URGENT.grievance
        : chance >= HOPELESS
          ? URGENT.hopeless
          : chance >= DOUBTFUL
            ? URGENT.doubtful
            : has('personal_data', 'request')
              ? URGENT.request
              : URGENT.ordinary
  return { urgent, suspect: Math.round(100 * (1 - chance)) }
}
