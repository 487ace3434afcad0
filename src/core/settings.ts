// A site's settings: what each may be, and what stands where nothing was set. Pure.
// Not for: changing them (setup.ts) or when a site takes opinions (opening.ts).
import { z } from 'zod'
import { REASONS } from './reasons.ts'

const Language = z.enum(['vi', 'en'])
const Rule = z.enum(['off', 'optional', 'required'])
/** A time of day in Vietnam, to 24:00. */
const TimeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'a time of day is written like 07:30')
const DateRange = z.strictObject({ from: z.iso.date(), to: z.iso.date() })

/** Days on which a site is closed that it may name: the holidays of some years. */
const MAX_CLOSED_DATES = 100
const MONDAY_TO_SUNDAY = [1, 2, 3, 4, 5, 6, 7]

/** A text of the site's own; an empty one is none. */
const line = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .transform((text) => (text === '' ? null : text))
    .nullable()
    .default(null)
const whole = (min: number, max: number, usual: number) => z.number().int().min(min).max(max).default(usual)

/** Every setting has a default, so that a row written before there was one still reads. */
export const Settings = z.object({
  agency: line(200),
  /** Where, by whom and how the office is reached, as readers see it. */
  contact_address: line(300),
  contact_person: line(120),
  contact_phone: line(40),
  contact_email: z.email().max(254).nullable().default(null),
  language: Language.default('vi'),
  languages: z.array(Language).min(1).default(['vi', 'en']),
  state: z.enum(['open', 'closed']).default('open'),
  /** Whether one press may approve a page of unsignalled comments by authors with a good record. */
  quick_lane: z.boolean().default(false),
  /** Published comments that make a good record, when none was rejected. */
  quick_published: whole(1, 100, 3),
  /** Whether the site's own decisions are learned from, and order what waits together with the signals. */
  learning: z.boolean().default(true),
  hours_from: TimeOfDay.nullable().default(null),
  hours_to: TimeOfDay.nullable().default(null),
  /** 1 is Monday, 7 Sunday. */
  open_days: z.array(z.number().int().min(1).max(7)).min(1).max(7).default(MONDAY_TO_SUNDAY),
  /** Days of Vietnam, first and last included. */
  closed_dates: z.array(DateRange).max(MAX_CLOSED_DATES).default([]),
  closed_message: line(500),
  body_min: whole(1, 10_000, 2),
  body_max: whole(1, 10_000, 2_000),
  edit_minutes: whole(0, 10_080, 15),
  ask_name: Rule.default('optional'),
  ask_email: Rule.default('optional'),
  ask_phone: Rule.default('optional'),
  ask_address: Rule.default('off'),
  ask_kind: Rule.default('off'),
  requires_terms: z.boolean().default(false),
  /** The reasons for not publishing that the desk has at hand, on the digits 1 to 9. */
  quick_reasons: z
    .array(z.enum(REASONS))
    .max(9)
    .default(['offtopic', 'insult', 'profanity', 'ads', 'false', 'privacy', 'duplicate', 'unreadable', 'illegal']),
  rules: line(20_000),
  privacy_url: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null),
  privacy_text: line(5_000),
  /** The sentences beside the boxes of consent; null is the product's own sentence. */
  consent_terms: line(1_000),
  consent_name: line(1_000),
  consent_notify: line(1_000),
  /** What the page without script asks where a browser would solve a challenge; none means a small sum. */
  questions: z
    .array(
      z.strictObject({ question: z.string().trim().min(1).max(200), answers: z.array(z.string().trim().min(1).max(100)).min(1).max(20) }),
    )
    .max(20)
    .default([]),
  /** Which version of the texts that are agreed to stands: 0 before any was written. Kept by the commands alone. */
  consent_version: z.number().int().min(0).default(0),
})
export type Settings = z.infer<typeof Settings>

/** What a person can set: all but what the commands keep. */
const Settable = Settings.omit({ consent_version: true })
export type SettingName = keyof z.infer<typeof Settable>

/** Changes as a person or program sends them; unknown names are refused. */
export const SettingChanges = Settable.partial().strict()

/** The settings whose text an author agrees to: a change makes a new version of them. */
export const CONSENT_TEXTS = ['rules', 'privacy_url', 'privacy_text', 'consent_terms', 'consent_name', 'consent_notify'] as const

/** Settings that name or reach a person: their values stay out of the record. */
export const CONTACT_SETTINGS = ['contact_person', 'contact_phone', 'contact_email'] as const

/** The settings that do not agree with others, each right by itself. What is not given is not looked at. */
export function clashesOf(settings: Partial<Settings>): SettingName[] {
  const {
    body_min: min,
    body_max: max,
    hours_from: from,
    hours_to: to,
    languages,
    language,
    closed_dates: dates,
    quick_reasons: reasons,
  } = settings
  const clashes: SettingName[] = []
  if (min !== undefined && max !== undefined && min > max) clashes.push('body_max')
  if (from !== undefined && to !== undefined && (from === null || to === null) && from !== to)
    clashes.push(from === null ? 'hours_from' : 'hours_to')
  if (from && to && from >= to) clashes.push('hours_to')
  if (languages && language && !languages.includes(language)) clashes.push('languages')
  if (dates?.some((range) => range.from > range.to)) clashes.push('closed_dates')
  if (reasons && new Set(reasons).size < reasons.length) clashes.push('quick_reasons')
  return clashes
}
