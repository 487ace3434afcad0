// What the forms of accounts are made of: a field with its label, hint and fault, and the notice of what went wrong.
import type { Child } from 'hono/jsx'
import type { Role } from '../core/context.ts'
import type { AppContext } from '../http/door.ts'
import { toAppError, toProblem } from '../http/problem.ts'
import { STATUS } from '../http/status.ts'
import type { Strings } from '../i18n/index.ts'

type FieldProps = {
  name: string
  label: string
  hint?: string | undefined
  type?: 'text' | 'email' | 'password' | undefined
  value?: string | undefined
  autocomplete: string
  isNumeric?: boolean
  isFocused?: boolean
  isFaulty?: boolean
  /** Makes ids unique where a page has the same field twice. */
  scope?: string
  maxlength?: number
}

/** A labelled text field; every one of these is required. */
export function Field(props: FieldProps) {
  const id = `${props.scope ?? 'f'}-${props.name}`
  const described = [props.hint && `${id}-hint`, props.isFaulty && 'fault'].filter(Boolean).join(' ')
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <input
        id={id}
        name={props.name}
        type={props.type ?? 'text'}
        value={props.value}
        required
        autocomplete={props.autocomplete}
        maxlength={props.maxlength ?? 1000}
        inputmode={props.isNumeric ? 'numeric' : undefined}
        autofocus={props.isFocused}
        spellcheck={false}
        autocapitalize="off"
        aria-describedby={described || undefined}
        aria-invalid={props.isFaulty ? 'true' : undefined}
      />
      {props.hint && (
        <p class="hint" id={`${id}-hint`}>
          {props.hint}
        </p>
      )}
    </div>
  )
}

/** A secret that is shown this once, to be copied, and the way back. */
export function Once(props: { label: string; value: string; hint: string; back: string; backLabel: string }) {
  return (
    <>
      <div class="field">
        <label for="once">{props.label}</label>
        <input id="once" class="once" value={props.value} readonly />
      </div>
      <p class="hint">{props.hint}</p>
      <p class="back">
        <a href={props.back}>{props.backLabel}</a>
      </p>
    </>
  )
}

/** A choice of roles by their names. */
export function RoleField(props: { id: string; words: Strings; roles: readonly Role[]; chosen: Role; label: string }) {
  return (
    <div class="field">
      <label for={props.id}>{props.label}</label>
      <select id={props.id} name="role">
        {props.roles.map((role) => (
          <option value={role} selected={role === props.chosen}>
            {props.words.roles[role]}
          </option>
        ))}
      </select>
    </div>
  )
}

/** The sentence of an error, and the field it is about, such as `/password`. */
export type Told = { text: string; pointer: string | null }

/** What the same person may try again in the same form. */
const MENDED = new Set<string>(['signin_refused', 'code_invalid', 'rate_limited', 'busy', 'passkey_invalid', 'last_factor', 'own_access'])

/**
 * An error as a form tells it, with its status on the answer that will show the form again. What cannot be mended in a form, and what
 * nobody expected, is thrown on.
 */
export function faultOf(c: AppContext, thrown: unknown): Told {
  const error = toAppError(thrown)
  if (error.faults.length === 0 && !MENDED.has(error.code)) throw thrown
  c.status(STATUS[error.faults[0]?.code ?? error.code])
  if (error.retryAfter !== undefined) c.header('retry-after', String(error.retryAfter))
  return { text: toProblem(error, c.var.language, c.var.requestId).detail, pointer: error.faults[0]?.pointer ?? null }
}

/** What went wrong, before the form that it is about. */
export function Fault(props: { told: Told | null }) {
  return props.told === null ? null : (
    <p class="fault" id="fault" role="alert">
      {props.told.text}
    </p>
  )
}

/** What was done. */
export function Done(props: { children?: Child }) {
  return (
    <p class="notice done" role="status">
      {props.children}
    </p>
  )
}
