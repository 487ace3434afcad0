// The page of a site's own settings. Whoever saves names the version the page was made from; of two people one wins, and the other
// gets the page again with everything typed, beside what was saved meanwhile.
import type { Child } from 'hono/jsx'
import { z } from 'zod'
import type { AppError } from '../../core/context.ts'
import { REASONS } from '../../core/reasons.ts'
import { changeSettings, readSetup, type Setup } from '../../core/setup.ts'
import type { AppContext } from '../../http/door.ts'
import { readForm } from '../../http/form.ts'
import { toAppError } from '../../http/problem.ts'
import { dateTime, fill } from '../../i18n/format.ts'
import type { Strings } from '../../i18n/index.ts'
import { type Desk, openDesk } from '../desk.ts'
import { changesOf, DIGITS, type Field, type Typed, touched, typedFrom, typedOf } from './fields.ts'
import { answerSettings, faultsOf, LastChange, problemOf, Trouble } from './room.tsx'

const Base = z.record(z.string(), z.string())
const DAYS = [1, 2, 3, 4, 5, 6, 7] as const
const RULES = ['off', 'optional', 'required'] as const
/** Bounds of the numbers, as core/settings.ts holds them, for the controls. */
const BOUNDS = { quick_published: [1, 100], body_min: [1, 10_000], body_max: [1, 10_000], edit_minutes: [0, 10_080] } as const

/** What the form shows: what it was made from, what its controls hold, what is wrong, and what others saved meanwhile. */
type Draft = {
  desk: Desk
  setup: Setup
  base: Typed
  typed: Typed
  faults: ReadonlySet<string>
  /** What stands now where both changed the same control. */
  rivals: ReadonlyMap<string, string>
}

/** GET /desk/:site/settings/site */
export async function showSite(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const setup = await readSetup(desk.ctx)
  const base = typedOf(setup)
  const saved = c.req.query('saved')
  const { words } = desk
  return answerSettings(c, desk, {
    title: words.settings.site,
    notice: saved === 'yes' ? words.settings.saved : saved === 'same' ? words.settings.unchanged : undefined,
    content: <Form desk={desk} setup={setup} base={base} typed={base} faults={new Set()} rivals={new Map()} />,
  })
}

/** POST /desk/:site/settings/site */
export async function receiveSite(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const form = await readForm(c)
  const setup = await readSetup(desk.ctx)
  const base = baseOf(form, setup)
  const typed = typedFrom(form, typedOf(setup))
  const model = form.get('insert')
  if (model !== undefined) return insertModel(c, { desk, setup, base, typed: { ...typed, ...modelText(desk, typed, model) } }, form)
  const changes = changesOf(base, typed)
  try {
    await changeSettings(desk.ctx, { version: Number(form.get('version')), changes })
    return c.redirect(`${desk.base}/settings/site?saved=${Object.keys(changes).length > 0 ? 'yes' : 'same'}`, 303)
  } catch (thrown) {
    const error = toAppError(thrown)
    if (error.code === 'conflict') return showConflict(c, desk, error, { base, typed })
    if (error.faults.length === 0) throw thrown
    const problem = problemOf(c, desk, error)
    return answerSettings(c, desk, {
      title: desk.words.settings.site,
      problem,
      content: (
        <>
          <Trouble>
            <p>{desk.words.settings.wrong}</p>
          </Trouble>
          <Form
            desk={desk}
            setup={{ ...setup, version: versionOf(form, setup) }}
            base={base}
            typed={typed}
            faults={faultsOf(error)}
            rivals={new Map()}
          />
        </>
      ),
    })
  }
}

/** Untouched controls take what stands now; touched ones keep what was typed, with what stands now beside them. */
async function showConflict(c: AppContext, desk: Desk, error: AppError, sent: { base: Typed; typed: Typed }): Promise<Response> {
  const words = desk.words.settings
  const setup = await readSetup(desk.ctx)
  const current = typedOf(setup)
  const mine = touched(sent.base, sent.typed)
  const typed = { ...current, ...Object.fromEntries(mine.map((name) => [name, sent.typed[name] ?? ''])) }
  const rivals = new Map(mine.filter((name) => current[name] !== sent.base[name]).map((name) => [name, current[name] ?? '']))
  const { name, time } = error.values
  return answerSettings(c, desk, {
    title: words.site,
    problem: problemOf(c, desk, error),
    content: (
      <>
        <Trouble title={words.conflictTitle}>
          <p>{fill(words.conflict, { name: String(name), time: dateTime(String(time)) })}</p>
        </Trouble>
        <Form desk={desk} setup={setup} base={current} typed={typed} faults={new Set()} rivals={rivals} />
      </>
    ),
  })
}

function insertModel(c: AppContext, draft: Omit<Draft, 'faults' | 'rivals'>, form: ReadonlyMap<string, string>) {
  const { desk, setup } = draft
  return answerSettings(c, desk, {
    title: desk.words.settings.site,
    notice: desk.words.settings.inserted,
    content: <Form {...draft} setup={{ ...setup, version: versionOf(form, setup) }} faults={new Set()} rivals={new Map()} />,
  })
}

/** The product's model of a text, with the office put in. */
function modelText(desk: Desk, typed: Typed, name: string): Typed {
  const words = desk.words.settings
  const office = { agency: typed.agency || typed.name || '', address: typed.contact_address || words.officeAddress }
  if (name === 'rules') return { rules: fill(words.standardRules, office) }
  if (name === 'privacy_text') return { privacy_text: fill(words.standardPrivacy, office) }
  return {}
}

/** What the page was made from, which it carries along; without it, what stands now. */
function baseOf(form: ReadonlyMap<string, string>, setup: Setup): Typed {
  try {
    return { ...typedOf(setup), ...Base.parse(JSON.parse(form.get('base') ?? '')) }
  } catch {
    return typedOf(setup)
  }
}

function versionOf(form: ReadonlyMap<string, string>, setup: Setup): number {
  return Number(form.get('version')) || setup.version
}

function Form(draft: Draft) {
  const { desk, setup } = draft
  const words = desk.words.settings
  const reader = desk.words.reader
  return (
    <form class="setup" method="post" action={`${desk.base}/settings/site`} autocomplete="off">
      <input type="hidden" name="version" value={String(setup.version)} />
      <input type="hidden" name="base" value={JSON.stringify(draft.base)} />
      {/* At the head too: Enter presses a form's first button. */}
      <div class="save">
        <LastChange desk={desk} edit={setup.changed} />
        <button class="primary" type="submit">
          {words.save}
        </button>
      </div>

      <Group title={words.groupOffice} hint={words.groupOfficeHint}>
        <Line draft={draft} name="name" isRequired />
        <Line draft={draft} name="agency" hint={words.h_agency} />
        <Line draft={draft} name="contact_address" />
        <Line draft={draft} name="contact_person" />
        <Line draft={draft} name="contact_phone" type="tel" />
        <Line draft={draft} name="contact_email" type="email" />
        <Select
          draft={draft}
          name="language"
          options={[
            ['vi', words.languageVi],
            ['en', words.languageEn],
          ]}
        />
        <Boxes
          draft={draft}
          name="languages"
          options={[
            ['languages_vi', words.languageVi],
            ['languages_en', words.languageEn],
          ]}
        />
      </Group>

      <Group title={words.groupIntake}>
        <fieldset class="options wide">
          <legend>{words.f_mode}</legend>
          <p class="hint">{words.h_mode}</p>
          {(
            [
              ['held', words.modeHeld],
              ['quick', words.modeQuick],
              ['closed', words.modeClosed],
            ] as const
          ).map(([value, label]) => (
            <label class="option">
              <input type="radio" name="mode" value={value} checked={draft.typed.mode === value} /> <span>{label}</span>
            </label>
          ))}
          <Rival draft={draft} name="mode" />
        </fieldset>
        <Line draft={draft} name="quick_published" type="number" hint={words.h_quick_published} />
        <label class="option">
          <input type="checkbox" name="learning" checked={draft.typed.learning === 'on'} /> <span>{words.f_learning}</span>
        </label>
        <div class="pair">
          <Line draft={draft} name="hours_from" placeholder="07:00" hint={words.h_hours} />
          <Line draft={draft} name="hours_to" placeholder="17:00" />
        </div>
        <Boxes draft={draft} name="open_days" options={DAYS.map((day) => [`open_days_${day}`, words[`day${day}`]] as const)} />
        <Area draft={draft} name="closed_dates" rows={4} hint={words.h_closed_dates} />
        <Area draft={draft} name="closed_message" rows={4} hint={words.h_closed_message} />
      </Group>

      <Group title={words.groupForm}>
        {(['ask_name', 'ask_email', 'ask_phone', 'ask_address', 'ask_kind'] as const).map((name) => (
          <Select
            draft={draft}
            name={name}
            options={RULES.map(
              (rule) => [rule, { off: words.ruleOff, optional: words.ruleOptional, required: words.ruleRequired }[rule]] as const,
            )}
          />
        ))}
        <Line draft={draft} name="body_min" type="number" hint={words.h_body} />
        <Line draft={draft} name="body_max" type="number" hint={words.h_body} />
        <Line draft={draft} name="edit_minutes" type="number" hint={words.h_edit_minutes} />
        <label class="option wide">
          <input type="checkbox" name="requires_terms" checked={draft.typed.requires_terms === 'on'} />{' '}
          <span>{words.f_requires_terms}</span>
        </label>
        <Area draft={draft} name="questions" rows={4} hint={words.h_questions} />
      </Group>

      <Group title={words.f_quick_reasons} hint={words.h_quick_reasons}>
        {DIGITS.map((digit) => (
          <Reason draft={draft} digit={digit} />
        ))}
        {draft.faults.has('quick_reasons') && (
          <p class="fault wide" id="e-quick_reasons">
            {words.faultReasons}
          </p>
        )}
      </Group>

      <Group title={words.groupTexts} hint={fill(words.groupTextsHint, { n: setup.settings.consent_version })}>
        <Area draft={draft} name="rules" rows={10} insert />
        <Line draft={draft} name="privacy_url" type="url" isWide />
        <Area draft={draft} name="privacy_text" rows={5} insert />
        <Area draft={draft} name="consent_terms" rows={2} hint={fill(words.h_standard, { text: reader.consentTerms })} />
        <Area draft={draft} name="consent_name" rows={2} hint={fill(words.h_standard, { text: reader.consentName })} />
        <Area draft={draft} name="consent_notify" rows={2} hint={fill(words.h_standard, { text: reader.consentNotify })} />
      </Group>

      <button class="primary" type="submit">
        {words.save}
      </button>
    </form>
  )
}

function Group(props: { title: string; hint?: string; children?: Child }) {
  return (
    <section class="group">
      <h2>{props.title}</h2>
      {props.hint && <p class="hint">{props.hint}</p>}
      <div class="fields">{props.children}</div>
    </section>
  )
}

type ControlProps = { draft: Draft; name: Field; hint?: string }

/** A label, its hint, what is wrong and what others saved, around a control that gets their ids. */
function Labelled(props: ControlProps & { isWide?: boolean; control: (ids: string | undefined) => Child }) {
  const { draft, name, hint } = props
  const words = draft.desk.words.settings
  const isFaulty = draft.faults.has(name)
  const ids = [hint && `h-${name}`, isFaulty && `e-${name}`, draft.rivals.has(name) && `r-${name}`].filter(Boolean).join(' ') || undefined
  return (
    <div class={props.isWide ? 'field wide' : 'field'}>
      <label for={`f-${name}`}>{words[`f_${name}` as keyof typeof words]}</label>
      {props.control(ids)}
      {hint && (
        <p class="hint" id={`h-${name}`}>
          {hint}
        </p>
      )}
      {isFaulty && (
        <p class="fault" id={`e-${name}`}>
          {faultSentence(words, name)}
        </p>
      )}
      <Rival draft={draft} name={name} />
    </div>
  )
}

function Line(props: ControlProps & { type?: string; placeholder?: string; isRequired?: boolean; isWide?: boolean }) {
  const { draft, name } = props
  const [min, max] = name in BOUNDS ? BOUNDS[name as keyof typeof BOUNDS] : []
  return (
    <Labelled
      {...props}
      control={(ids) => (
        <input
          id={`f-${name}`}
          name={name}
          type={props.type ?? 'text'}
          value={draft.typed[name] ?? ''}
          placeholder={props.placeholder}
          required={props.isRequired}
          min={min}
          max={max}
          aria-invalid={draft.faults.has(name) ? 'true' : undefined}
          aria-describedby={ids}
        />
      )}
    />
  )
}

function Area(props: ControlProps & { rows: number; insert?: boolean }) {
  const { draft, name } = props
  return (
    <Labelled
      {...props}
      isWide
      control={(ids) => (
        <>
          <textarea
            id={`f-${name}`}
            name={name}
            rows={props.rows}
            lang="vi"
            aria-invalid={draft.faults.has(name) ? 'true' : undefined}
            aria-describedby={ids}
          >
            {`\n${draft.typed[name] ?? ''}`}
          </textarea>
          {props.insert && (
            <button class="small" type="submit" name="insert" value={name} formnovalidate aria-describedby={`f-${name}`}>
              {draft.desk.words.settings.insertStandard}
            </button>
          )}
        </>
      )}
    />
  )
}

type Options = readonly (readonly [value: string, label: string])[]

function Select(props: ControlProps & { options: Options }) {
  const { draft, name } = props
  return (
    <Labelled
      {...props}
      control={(ids) => (
        <select id={`f-${name}`} name={name} aria-describedby={ids}>
          {props.options.map(([value, label]) => (
            <option value={value} selected={draft.typed[name] === value}>
              {label}
            </option>
          ))}
        </select>
      )}
    />
  )
}

/** The reason on one digit. */
function Reason({ draft, digit }: { draft: Draft; digit: number }) {
  const name = `quick_reasons_${digit}`
  const isFaulty = draft.faults.has('quick_reasons')
  return (
    <div class="field">
      <label for={`f-${name}`}>{fill(draft.desk.words.settings.reasonOnKey, { n: digit })}</label>
      <select
        id={`f-${name}`}
        name={name}
        aria-invalid={isFaulty ? 'true' : undefined}
        aria-describedby={isFaulty ? 'e-quick_reasons' : undefined}
      >
        <option value="">{draft.desk.words.settings.reasonNone}</option>
        {REASONS.map((reason) => (
          <option value={reason} selected={draft.typed[name] === reason}>
            {draft.desk.words.reasons[reason]}
          </option>
        ))}
      </select>
      <Rival draft={draft} name={name} />
    </div>
  )
}

function Boxes(props: ControlProps & { options: Options }) {
  const { draft, name } = props
  const words = draft.desk.words.settings
  return (
    <fieldset class="options wide" aria-describedby={draft.faults.has(name) ? `e-${name}` : undefined}>
      <legend>{words[`f_${name}` as keyof typeof words]}</legend>
      <div class="row">
        {props.options.map(([control, label]) => (
          <label class="option">
            <input type="checkbox" name={control} checked={draft.typed[control] === 'on'} /> <span>{label}</span>
          </label>
        ))}
      </div>
      {draft.faults.has(name) && (
        <p class="fault" id={`e-${name}`}>
          {faultSentence(words, name)}
        </p>
      )}
    </fieldset>
  )
}

/** What somebody else saved for the same control, where both changed it. */
function Rival({ draft, name }: { draft: Draft; name: string }) {
  const value = draft.rivals.get(name)
  if (value === undefined) return null
  const words = draft.desk.words.settings
  return (
    <p class="rival" id={`r-${name}`}>
      {fill(words.conflictField, { value: value || words.emptyValue })}
    </p>
  )
}

function faultSentence(words: Strings['settings'], name: Field): string {
  if (name in BOUNDS) {
    const [min, max] = BOUNDS[name as keyof typeof BOUNDS]
    return name === 'body_max' ? `${fill(words.faultNumber, { min, max })} ${words.faultBodyMax}` : fill(words.faultNumber, { min, max })
  }
  if (name === 'name') return words.faultLine
  if (name === 'hours_from' || name === 'hours_to') return words.faultTime
  if (name === 'closed_dates') return words.faultDates
  if (name === 'questions') return words.faultQuestions
  if (name === 'contact_email') return words.faultEmail
  if (name === 'privacy_url') return words.faultUrl
  if (name === 'languages' || name === 'open_days') return words.faultChoice
  return words.faultLong
}
