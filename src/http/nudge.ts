// A hint to a sender with its sentence, alike for the API and the page without script.
import type { Nudge, NudgeCode } from '../core/screening/nudges.ts'
import { fill } from '../i18n/format.ts'
import type { Strings } from '../i18n/index.ts'

export type ToldNudge = { code: NudgeCode; message: string; spans?: [start: number, end: number][]; converted?: string }

/** The hint in the words of a language; `spans` are UTF-16 offsets into the text that was looked at; `converted` is how it reads in Unicode. */
export function toldNudge({ code, spans, kinds, converted }: Nudge, words: Strings): ToldNudge {
  const kind = (kinds ?? []).map((each) => words.personalData[each]).join(', ')
  return {
    code,
    message: fill(words.nudges[code], { kind }),
    ...(spans ? { spans } : {}),
    ...(converted === undefined ? {} : { converted }),
  }
}
