// The form for a new opinion or a reply, as the site asks for it. What was typed comes back with whatever is wrong with it.

import { newQuestion } from '../../core/abuse/question.ts'
import { fieldsOf } from '../../core/comments/views.ts'
import type { Ctx, ErrorCode, FieldRule, SiteField } from '../../core/context.ts'
import { OPINION_KINDS } from '../../core/context.ts'
import { articleOf } from '../../core/threads.ts'
import { fill } from '../../i18n/format.ts'
import { base64url, equalSecret, hmac } from '../../lib/crypto.ts'
import type { ToldNudge } from '../nudge.ts'
import type { Problem } from '../problem.ts'
import type { Kept, Place } from './place.ts'
import { linkTo, referenceOf } from './place.ts'
import { Carried, describedBy, Field } from './sheet.tsx'

/** Purposes a reader can agree to, in the order of the form. */
const CONSENTS = ['name', 'notify', 'terms'] as const

/** The control of each field that the API can find fault with. */
export const CONTROLS: Readonly<Record<string, string>> = {
  '/body': 'body',
  '/author/name': 'name',
  '/author/email': 'email',
  '/author/phone': 'phone',
  '/author/address': 'address',
  '/kind': 'kind',
  '/consents': 'terms',
}

const INPUTS = {
  name: { type: 'text', autocomplete: 'name' },
  email: { type: 'email', autocomplete: 'email' },
  phone: { type: 'tel', autocomplete: 'tel' },
  address: { type: 'text', autocomplete: 'street-address' },
} as const satisfies Partial<Record<SiteField, { type: string; autocomplete: string }>>

export type FormProps = {
  place: Place
  kept: Kept
  problem: Problem | null
  /** What the machine asks the writer to look at once more; a second press sends all the same. */
  nudges: readonly ToldNudge[]
  /** The comment replied to. */
  reply: { id: string; name: string } | null
}

/** What asks the reader to answer a question, since a challenge was asked for or the last answer did not hold. */
const ASKS_A_QUESTION: readonly ErrorCode[] = [
  'challenge_required',
  'challenge_invalid',
  'challenge_expired',
  'challenge_used',
  'answer_wrong',
]

/** Seconds since a form was first shown, as its own signed field tells; undefined where that does not hold. */
export function secondsSince(ctx: Ctx, shown: string | undefined): number | undefined {
  const [at = '', signed = ''] = shown?.split('~') ?? []
  return equalSecret(signed, shownMark(ctx, at)) ? Math.max(0, (ctx.services.now().getTime() - Date.parse(at)) / 1_000) : undefined
}

function shownNow(ctx: Ctx): string {
  const at = ctx.services.now().toISOString()
  return `${at}~${shownMark(ctx, at)}`
}

function shownMark(ctx: Ctx, at: string): string {
  return base64url(hmac(ctx.services.config.secret, 'form shown', ctx.site.id, at))
}

/** The consents that a form's boxes give. */
export function consentsOf(kept: Kept): ('terms' | 'name' | 'notify')[] {
  return CONSENTS.filter((purpose) => kept.has(`consent_${purpose}`))
}

/** The same as the API takes them, with the version of the texts that the form showed. */
export function agreedOf(kept: Kept): { consents: ReturnType<typeof consentsOf>; consents_version?: number } {
  const version = kept.get('consents_version') ?? ''
  return { consents: consentsOf(kept), ...(/^\d{1,9}$/.test(version) ? { consents_version: Number(version) } : {}) }
}

/** The whole form. */
export function WriteForm(props: FormProps) {
  const { place, kept, reply } = props
  const { reader, pages } = place.words
  const { settings } = place.ctx.site
  const rules = fieldsOf(place.ctx)
  const fault = (pointer: string) => props.problem?.errors?.find((error) => error.pointer === pointer)?.detail
  const remark = (rule: FieldRule) => (rule === 'required' ? reader.required : reader.optional)
  const asks = (field: SiteField) => rules[field] !== 'off'
  const text = (name: keyof typeof INPUTS, hint?: string) =>
    asks(name) && (
      <Field name={name} label={reader[name]} remark={remark(rules[name])} hint={hint} fault={fault(`/author/${name}`)}>
        <input
          id={`f-${name}`}
          name={name}
          {...INPUTS[name]}
          required={rules[name] === 'required'}
          value={kept.get(name) ?? ''}
          aria-invalid={fault(`/author/${name}`) ? 'true' : undefined}
          aria-describedby={describedBy(name, hint, fault(`/author/${name}`))}
        />
      </Field>
    )
  const bodyHint = reader.premod
  const converted = props.nudges.find((nudge) => nudge.converted !== undefined)?.converted
  return (
    <form method="post" action={`/r/${place.ctx.site.slug}#problem`} class="write" id="write" accept-charset="utf-8">
      <h2>{reply ? fill(reader.replyTo, { name: reply.name }) : reader.write}</h2>
      <Carried
        place={place}
        more={{
          title: place.title,
          request_key: requestKeyOf(props),
          consents_version: String(settings.consent_version),
          shown: kept.get('shown') ?? shownNow(place.ctx),
          ...(reply ? { parent_id: reply.id } : {}),
          // The text that was looked at: a changed one is looked at again.
          ...(props.nudges.length > 0 ? { confirmed: kept.get('body') ?? '' } : {}),
        }}
      />
      {props.nudges.length > 0 && (
        <div class="notice" role="alert" id="problem" tabindex={-1}>
          <p>
            <strong>{pages.beforeSending}</strong>
          </p>
          <ul>
            {props.nudges.map((nudge) => (
              <li>{nudge.message}</li>
            ))}
          </ul>
          <p>{reader.sendAnyway}</p>
          {converted !== undefined && (
            <>
              <label for="f-converted">{pages.converted}</label>
              <textarea id="f-converted" name="converted" rows={6} lang="vi" autocapitalize="sentences">
                {`\n${converted}`}
              </textarea>
            </>
          )}
        </div>
      )}
      <Field name="body" label={reader.body} remark={reader.required} hint={bodyHint} fault={fault('/body')}>
        <textarea
          id="f-body"
          name="body"
          rows={6}
          required
          lang="vi"
          autocapitalize="sentences"
          aria-invalid={fault('/body') ? 'true' : undefined}
          aria-describedby={describedBy('body', bodyHint, fault('/body'))}
        >
          {`\n${kept.get('body') ?? ''}`}
        </textarea>
      </Field>
      {asks('kind') && (
        <Field name="kind" label={reader.kind} remark={remark(rules.kind)} fault={fault('/kind')}>
          <select
            id="f-kind"
            name="kind"
            required={rules.kind === 'required'}
            aria-describedby={describedBy('kind', undefined, fault('/kind'))}
          >
            <option value="">{pages.chooseKind}</option>
            {OPINION_KINDS.map((kind) => (
              <option value={kind} selected={kept.get('kind') === kind}>
                {place.words.kinds[kind]}
              </option>
            ))}
          </select>
        </Field>
      )}
      {text('name', reader.nameHint)}
      {asks('name') && <Check name="name" label={settings.consent_name ?? reader.consentName} kept={kept} />}
      {text('email', reader.contactHint)}
      {asks('email') && <Check name="notify" label={settings.consent_notify ?? reader.consentNotify} kept={kept} />}
      {text('phone', reader.contactHint)}
      {text('address', reader.contactHint)}
      {settings.rules && (
        <details>
          <summary>{reader.rules}</summary>
          <p class="rules">{settings.rules}</p>
        </details>
      )}
      {settings.privacy_url && (
        <p>
          <a href={settings.privacy_url} target="_top">
            {reader.privacy}
          </a>
        </p>
      )}
      {settings.privacy_text && <p class="hint rules">{settings.privacy_text}</p>}
      <Check name="terms" label={settings.consent_terms ?? reader.consentTerms} kept={kept} isRequired fault={fault('/consents')} />
      {/* No person sees it or comes to it by keyboard; a program that fills whatever it finds fills this too. */}
      <div class="trap" aria-hidden="true">
        <label for="f-website">Website</label>
        <input id="f-website" name="website" type="text" tabindex={-1} autocomplete="off" />
      </div>
      {props.problem && ASKS_A_QUESTION.includes(props.problem.code) && <QuestionField place={place} />}
      <p class="buttons">
        <button type="submit">{props.nudges.length > 0 ? pages.send : reader.submit}</button>
        {converted !== undefined && (
          // After the other one, which is what the key Enter in a field presses.
          <button type="submit" name="use" value="converted">
            {pages.useConverted}
          </button>
        )}
        {reply && <a href={linkTo(place, { comment: reply.id }, '', `c-${reply.id}`)}>{reader.cancel}</a>}
      </p>
    </form>
  )
}

/** The question that stands for a challenge; each showing asks another one. */
function QuestionField({ place }: { place: Place }) {
  const { reader, abuse } = place.words
  const { token, text } = newQuestion(place.ctx, articleOf(referenceOf(place), '/article').key)
  return (
    <Field name="answer" label={text} remark={reader.required} hint={abuse.questionHint}>
      <input type="hidden" name="question" value={token} />
      <input
        id="f-answer"
        name="answer"
        type="text"
        required
        autocomplete="off"
        aria-describedby={describedBy('answer', abuse.questionHint, undefined)}
      />
    </Field>
  )
}

function Check(props: { name: string; label: string; kept: Kept; isRequired?: boolean; fault?: string | undefined }) {
  return (
    <>
      <label class="check">
        <input
          id={`f-${props.name === 'name' ? 'consent-name' : props.name}`}
          type="checkbox"
          name={`consent_${props.name}`}
          required={props.isRequired}
          checked={props.kept.has(`consent_${props.name}`)}
          aria-describedby={props.fault ? `e-${props.name}` : undefined}
        />{' '}
        <span>{props.label}</span>
      </label>
      {props.fault && (
        <p class="fault" id={`e-${props.name}`}>
          {props.fault}
        </p>
      )}
    </>
  )
}

/** A corrected text is a new sending; one that met a fault of the service, and a double press, are the same one. */
function requestKeyOf({ place, kept, problem }: FormProps): string {
  const earlier = kept.get('request_key')
  return earlier && problem && problem.status >= 500 ? earlier : base64url(place.ctx.services.randomBytes(18))
}
