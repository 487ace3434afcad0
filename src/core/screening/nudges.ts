// What a sender may want to know before sending: hints about one's own text, asked for once and never a block. They are what the staff
// would be told (screen.ts), as far as its author can mend it; what the office itself looks for stays its own. Pure.
import { imitatesOffice } from './names.ts'
import type { PersonalKind, Span } from './privacy.ts'
import type { Rules } from './rules.ts'
import { type Draft, screen } from './screen.ts'
import type { Signal, SignalCode } from './signal.ts'

/** The hints in the order in which they matter to a sender, with the signals that give each. */
const HINTS = {
  encoding: ['legacy_encoding'],
  no_diacritics: ['no_diacritics'],
  personal_data: ['personal_data'],
  denunciation: ['denunciation', 'complaint'],
  name_reserved: [],
  wording: ['vulgar', 'teencode'],
  links: ['links'],
  duplicate: [],
} as const satisfies Record<string, readonly SignalCode[]>

export type NudgeCode = keyof typeof HINTS
export const NUDGES = Object.keys(HINTS) as [NudgeCode, ...NudgeCode[]]

/**
 * A hint, with the places it speaks of as UTF-16 offsets into the NFC text with line feeds, the kinds of personal data found, and the text
 * as it reads when its old encoding is converted, for its author to check.
 */
export type Nudge = { code: NudgeCode; spans?: Span[]; kinds?: PersonalKind[]; converted?: string }

/** Every hint about a text by itself. `reserved` are the names of the site and its agency. */
export function nudgesOf(draft: Draft, rules: Rules, reserved: readonly string[]): Nudge[] {
  const signals = screen(draft, rules, { isForeignArticle: false })
  return NUDGES.flatMap((code): Nudge[] => {
    if (code === 'name_reserved') return draft.name !== null && imitatesOffice(draft.name, reserved) ? [{ code }] : []
    const telling = signals.filter((each) => (HINTS[code] as readonly SignalCode[]).includes(each.code))
    return telling.length === 0 ? [] : [hintOf(code, telling)]
  })
}

function hintOf(code: NudgeCode, signals: readonly Signal[]): Nudge {
  const spans = signals.flatMap((each) => each.spans).sort((one, other) => one[0] - other[0])
  const kinds = signals.flatMap(({ details }) => details.kinds ?? [])
  const [converted] = signals.flatMap(({ details }) => details.converted ?? [])
  return {
    code,
    ...(spans.length > 0 ? { spans } : {}),
    ...(kinds.length > 0 ? { kinds } : {}),
    ...(converted === undefined ? {} : { converted }),
  }
}
