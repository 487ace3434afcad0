// Which language an answer speaks: Vietnamese unless the request asks for English first.
import * as en from './en.ts'
import * as vi from './vi.ts'

/** Every language, the source of truth first. */
export const LANGUAGES = ['vi', 'en'] as const
export type Language = (typeof LANGUAGES)[number]
export type Strings = {
  [Section in
    | 'reader'
    | 'pages'
    | 'kinds'
    | 'problems'
    | 'states'
    | 'receiptStates'
    | 'reasons'
    | 'signals'
    | 'nudges'
    | 'personalData'
    | 'desk'
    | 'account'
    | 'roles'
    | 'record'
    | 'acts'
    | 'actParts'
    | 'item'
    | 'settings'
    | 'practice'
    | 'screening'
    | 'abuse']: Record<keyof (typeof vi)[Section], string>
}

// Named one by one: a namespace handed on whole would hide from the unused-code check what nobody says any more.
const ENGLISH: Strings = {
  reader: en.reader,
  pages: en.pages,
  kinds: en.kinds,
  problems: en.problems,
  states: en.states,
  receiptStates: en.receiptStates,
  reasons: en.reasons,
  signals: en.signals,
  nudges: en.nudges,
  personalData: en.personalData,
  desk: en.desk,
  account: en.account,
  roles: en.roles,
  record: en.record,
  acts: en.acts,
  actParts: en.actParts,
  item: en.item,
  settings: en.settings,
  practice: en.practice,
  screening: en.screening,
  abuse: en.abuse,
}
const VIETNAMESE: Strings = {
  reader: vi.reader,
  pages: vi.pages,
  kinds: vi.kinds,
  problems: vi.problems,
  states: vi.states,
  receiptStates: vi.receiptStates,
  reasons: vi.reasons,
  signals: vi.signals,
  nudges: vi.nudges,
  personalData: vi.personalData,
  desk: vi.desk,
  account: vi.account,
  roles: vi.roles,
  record: vi.record,
  acts: vi.acts,
  actParts: vi.actParts,
  item: vi.item,
  settings: vi.settings,
  practice: vi.practice,
  screening: vi.screening,
  abuse: vi.abuse,
}

/** The strings of a language. */
export function strings(language: Language): Strings {
  return language === 'en' ? ENGLISH : VIETNAMESE
}

/** The first of our languages named by an `Accept-Language` header, in the header's order of preference. */
export function preferredLanguage(header: string | null | undefined): Language {
  const wanted = (header ?? '')
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.trim().toLowerCase().split(';')
      const quality = parameters.map((parameter) => /^\s*q=([\d.]+)$/.exec(parameter)?.[1]).find((value) => value !== undefined)
      return { tag: tag.slice(0, 2), quality: quality === undefined ? 1 : Number(quality) }
    })
    .filter(({ tag, quality }) => (tag === 'vi' || tag === 'en') && quality > 0)
    .sort((a, b) => b.quality - a.quality)
  return wanted[0]?.tag === 'en' ? 'en' : 'vi'
}
