// The form of a site's settings: how settings become what its controls hold, and how what was typed becomes changes.
// Not for: what a setting may be, which core says (core/settings.ts).
import { datesOf, datesText } from '../../core/opening.ts'
import type { SettingName } from '../../core/settings.ts'
import type { Setup } from '../../core/setup.ts'

/** What the controls hold, by their names; a box that is not ticked is absent or empty. */
export type Typed = Readonly<Record<string, string>>

/** A setting, or the site's name. */
export type Field = SettingName | 'name'

type Codec = { write(setup: Setup): Typed; read(typed: Typed): unknown }

const DAYS = [1, 2, 3, 4, 5, 6, 7] as const
const LANGUAGES = ['vi', 'en'] as const
/** The digits on which reasons are at hand. */
export const DIGITS = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const

const text = (name: Exclude<Field, 'name'>): Codec => ({
  write: ({ settings }) => ({ [name]: String(settings[name] ?? '') }),
  read: (typed) => typed[name]?.trim() || null,
})
const number = (name: SettingName): Codec => ({
  write: ({ settings }) => ({ [name]: String(settings[name]) }),
  // Not a number stays one, so that core finds fault with it.
  read: (typed) => (/^\s*\d{1,6}\s*$/.test(typed[name] ?? '') ? Number(typed[name]) : Number.NaN),
})
const box = (name: 'requires_terms' | 'learning'): Codec => ({
  write: ({ settings }) => ({ [name]: settings[name] ? 'on' : '' }),
  read: (typed) => typed[name] === 'on',
})

/** How each setting is written into the form and read from it, in the form's order. `mode` stands for two settings. */
const CODECS: Partial<Record<Field, Codec>> = {
  name: { write: ({ name }) => ({ name }), read: (typed) => typed.name?.trim() ?? '' },
  agency: text('agency'),
  contact_address: text('contact_address'),
  contact_person: text('contact_person'),
  contact_phone: text('contact_phone'),
  contact_email: text('contact_email'),
  language: text('language'),
  languages: {
    write: ({ settings }) =>
      Object.fromEntries(LANGUAGES.map((each) => [`languages_${each}`, settings.languages.includes(each) ? 'on' : ''])),
    read: (typed) => LANGUAGES.filter((each) => typed[`languages_${each}`] === 'on'),
  },
  state: {
    write: ({ settings }) => ({ mode: settings.state === 'closed' ? 'closed' : settings.quick_lane ? 'quick' : 'held' }),
    read: (typed) => (typed.mode === 'closed' ? 'closed' : 'open'),
  },
  quick_published: number('quick_published'),
  learning: box('learning'),
  hours_from: text('hours_from'),
  hours_to: text('hours_to'),
  open_days: {
    write: ({ settings }) => Object.fromEntries(DAYS.map((day) => [`open_days_${day}`, settings.open_days.includes(day) ? 'on' : ''])),
    read: (typed) => DAYS.filter((day) => typed[`open_days_${day}`] === 'on'),
  },
  closed_dates: {
    write: ({ settings }) => ({ closed_dates: datesText(settings.closed_dates) }),
    read: (typed) => datesOf(typed.closed_dates ?? '') ?? typed.closed_dates,
  },
  closed_message: text('closed_message'),
  ask_name: text('ask_name'),
  ask_email: text('ask_email'),
  ask_phone: text('ask_phone'),
  ask_address: text('ask_address'),
  ask_kind: text('ask_kind'),
  body_min: number('body_min'),
  body_max: number('body_max'),
  edit_minutes: number('edit_minutes'),
  requires_terms: box('requires_terms'),
  questions: {
    write: ({ settings }) => ({
      questions: settings.questions.map(({ question, answers }) => `${question} = ${answers.join('; ')}`).join('\n'),
    }),
    read: (typed) => questionsOf(typed.questions ?? '') ?? typed.questions,
  },
  quick_reasons: {
    write: ({ settings }) => Object.fromEntries(DIGITS.map((digit) => [`quick_reasons_${digit}`, settings.quick_reasons[digit - 1] ?? ''])),
    read: (typed) => DIGITS.flatMap((digit) => typed[`quick_reasons_${digit}`] || []),
  },
  rules: text('rules'),
  privacy_url: text('privacy_url'),
  privacy_text: text('privacy_text'),
  consent_terms: text('consent_terms'),
  consent_name: text('consent_name'),
  consent_notify: text('consent_notify'),
}

/** What the form's controls hold for settings as they stand. */
export function typedOf(setup: Setup): Typed {
  return Object.assign({}, ...Object.values(CODECS).map((codec) => codec.write(setup)))
}

/** The controls of a form as they were sent; what an unticked box leaves out is empty. Line ends are newlines. */
export function typedFrom(form: ReadonlyMap<string, string>, base: Typed): Typed {
  return Object.fromEntries(Object.keys(base).map((name) => [name, (form.get(name) ?? '').replaceAll('\r\n', '\n')]))
}

/** The names of controls that hold something else than before. */
export function touched(base: Typed, typed: Typed): string[] {
  return Object.keys(typed).filter((name) => (typed[name] ?? '').trim() !== (base[name] ?? '').trim())
}

/** The changes that the touched controls mean. Going to "closed" leaves the quick lane as it was set for later. */
export function changesOf(base: Typed, typed: Typed): Record<string, unknown> {
  const names = new Set(touched(base, typed))
  const changes = Object.entries(CODECS).flatMap(([field, codec]) => {
    const controls = controlsOf(field as Field)
    return controls.some((name) => names.has(name)) ? [[field, codec.read(typed)]] : []
  })
  const lane = names.has('mode') && typed.mode !== 'closed' ? [['quick_lane', typed.mode === 'quick']] : []
  return Object.fromEntries([...changes, ...lane])
}

/** The controls by which a setting is shown. */
function controlsOf(field: Field): string[] {
  if (field === 'state') return ['mode']
  if (field === 'languages') return LANGUAGES.map((each) => `languages_${each}`)
  if (field === 'open_days') return DAYS.map((day) => `open_days_${day}`)
  if (field === 'quick_reasons') return DIGITS.map((digit) => `quick_reasons_${digit}`)
  return [field]
}

/** Questions as people write them, a line each: the question, after the last "=" its answers. Null when a line is none. */
function questionsOf(text: string): { question: string; answers: string[] }[] | null {
  const questions = []
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const end = line.lastIndexOf('=')
    const answers = line
      .slice(end + 1)
      .split(';')
      .map((each) => each.trim())
      .filter(Boolean)
    const question = line.slice(0, Math.max(0, end)).trim()
    if (question === '' || answers.length === 0) return null
    questions.push({ question, answers })
  }
  return questions
}
