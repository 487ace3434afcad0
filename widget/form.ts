// The form for a new comment, a reply, or an edit: fields, counting, what is wrong with them. Not for: what sending means (the caller's).
import type { Answer, Draft } from './api.ts'
import { button, h, nextId } from './dom.ts'
import { fillNumber, type OpenSection, problemSentence } from './section.ts'
import { countGraphemes, paragraphs } from './text.ts'

export type FormOptions<Value> = {
  readonly heading: string
  /** The text to start from when a sent comment is edited; such a form asks for nothing else. Null otherwise. */
  readonly edited: string | null
  /** Sends the draft; null when the page prevented it. */
  readonly send: (draft: Draft) => Promise<Answer<Value> | null>
  readonly onDone: (value: Value, draft: Draft) => void
  readonly onCancel: (() => void) | null
}

export type Form = { readonly element: HTMLElement; focus(): void }

type Input = HTMLInputElement | HTMLTextAreaElement

type Field = { readonly box: HTMLElement; readonly input: Input; readonly hint: HTMLElement; setError(sentence: string): void }

/** Something wrong, by us or by the server found. */
type Fault = {
  readonly code: string
  readonly pointer?: string
  readonly detail?: string
  readonly limit?: number
  readonly retry_after?: number
}

/** A form that keeps every word through any failure, and leads the reader to what is wrong. */
export function createForm<Value>(section: OpenSection, options: FormOptions<Value>): Form {
  const { words, site } = section
  const isEdit = options.edited !== null
  const bodyInput = h('textarea', {
    class: 'control',
    rows: 4,
    required: true,
    lang: site.language,
    placeholder: words.placeholder,
  })
  const nameInput = textInput('text', 'name')
  const termsInput = h('input', { type: 'checkbox', required: true })
  const nameConsentInput = h('input', { type: 'checkbox' })
  // In the order of the page; the names are those in codes and pointers.
  const fields = {
    body: field(bodyInput, words.body, words.required),
    name: field(nameInput, words.name, words.optional, words.nameHint),
    consent: field(nameConsentInput, words.consentName, '', words.nameUnpublished),
    email: field(textInput('email', 'email'), words.email, words.optional),
    phone: field(textInput('tel', 'tel'), words.phone, words.optional),
    terms: field(termsInput, words.consentTerms, words.required),
  }
  const { body, name, consent, email, phone, terms } = fields
  const fieldNamed: Readonly<Record<string, Field>> = fields
  const contact = h(
    'details',
    {},
    h('summary', {}, words.contact, remarkOf(words.optional)),
    h('p', 'hint', words.contactHint),
    h('div', 'columns', email.box, phone.box),
  )
  const summary = h('div', { class: 'alert', role: 'alert', tabindex: -1, hidden: true })
  const label = isEdit ? words.save : words.submit
  const submitButton = h('button', { class: 'button primary' }, label)
  let isSending = false

  const textOf = ({ input }: Field) => input.value.trim()
  const setSending = (isNow: boolean) => {
    isSending = isNow
    // Not `disabled`: that would drop the focus, and the text could not be selected and copied meanwhile.
    submitButton.setAttribute('aria-disabled', `${isNow}`)
    submitButton.replaceChildren(isNow ? words.submitting : label)
    for (const { input } of Object.values(fields)) input.toggleAttribute('readonly', isNow)
  }
  const showFaults = (faults: readonly Fault[]) => {
    const general: string[] = []
    const wrong = new Map<Field, string>()
    for (const fault of faults) {
      const limit = fault.code === 'body_too_short' ? site.body.min : site.body.max
      const sentence = problemSentence(section, { ...(fault.code.startsWith('body_') && { limit }), ...fault })
      const place = fieldNamed[fault.code.split('_')[0] ?? ''] ?? fieldNamed[fault.pointer?.split('/').pop() ?? '']
      if (place) wrong.set(place, sentence)
      else general.push(sentence)
    }
    if (wrong.size > 1) general.push(section.problems.validation)
    for (const place of Object.values(fields)) place.setError(wrong.get(place) ?? '')
    if (wrong.has(email) || wrong.has(phone)) contact.open = true
    summary.hidden = general.length === 0
    summary.replaceChildren(...general.map((sentence) => h('p', {}, sentence)))
    if (faults.length === 0) return
    const first = Object.values(fields).find((place) => wrong.has(place))
    ;(first?.input ?? summary).focus()
  }
  const submit = async () => {
    if (isSending) return
    const length = countGraphemes(bodyInput.value)
    const faults = [
      ...(length < site.body.min || textOf(body) === '' ? ['body_too_short'] : []),
      ...(length > site.body.max ? ['body_too_long'] : []),
      ...(isEdit || termsInput.checked ? [] : ['terms_required']),
    ]
    showFaults(faults.map((code) => ({ code })))
    if (faults.length > 0) return
    const draft: Draft = {
      author: {
        ...(textOf(name) && { name: textOf(name) }),
        ...(textOf(email) && { email: textOf(email) }),
        ...(textOf(phone) && { phone: textOf(phone) }),
      },
      body: bodyInput.value,
      consents: textOf(name) && nameConsentInput.checked ? ['terms', 'name'] : ['terms'],
    }
    setSending(true)
    const answer = await options.send(draft)
    setSending(false)
    if (answer?.ok) options.onDone(answer.value, draft)
    else if (answer) showFaults(answer.problem.errors?.length ? answer.problem.errors : [answer.problem])
  }
  const count = () => {
    const left = site.body.max - countGraphemes(bodyInput.value)
    body.hint.replaceChildren(fillNumber(section, left < 0 ? words.charsOver : words.chars, Math.abs(left)))
    body.hint.classList.toggle('error', left < 0)
  }
  const showConsent = () => {
    consent.box.hidden = textOf(name) === ''
    consent.hint.hidden = nameConsentInput.checked
  }

  if (options.edited !== null) bodyInput.value = options.edited
  bodyInput.addEventListener('input', count)
  bodyInput.addEventListener('keydown', (event) => {
    // 229 is what an input method's keys look like where it raises no composition events; Enter may belong to it.
    const isPlainEnter = event.key === 'Enter' && !event.isComposing && event.keyCode !== 229
    if (isPlainEnter && (event.ctrlKey || event.metaKey)) void submit()
  })
  nameInput.addEventListener('input', showConsent)
  nameConsentInput.addEventListener('change', showConsent)
  count()
  showConsent()

  const onsubmit = (event: Event) => {
    event.preventDefault()
    void submit()
  }
  const element = h(
    'form',
    { class: 'card form', novalidate: true, onsubmit },
    h('h3', {}, options.heading),
    h('p', 'notice', words.premod),
    !isEdit && site.rules !== null && rulesOf(section, site.rules),
    body.box,
    ...(isEdit ? [] : [name.box, consent.box, contact, terms.box]),
    summary,
    h('div', 'actions', submitButton, options.onCancel && button('quiet', words.cancel, options.onCancel)),
  )
  return { element, focus: () => bodyInput.focus() }
}

function textInput(type: string, autocomplete: string): HTMLInputElement {
  return h('input', { class: 'control', type, autocomplete })
}

function field(input: Input, label: string, remark: string, explanation = ''): Field {
  const id = nextId()
  const isTick = input.type === 'checkbox'
  const hint = h('p', { class: 'hint', id: `${id}-hint` }, explanation)
  const error = h('p', { class: 'error', id: `${id}-error` })
  const setError = (sentence: string) => {
    error.replaceChildren(sentence)
    input.setAttribute('aria-invalid', `${sentence !== ''}`)
  }
  input.id = id
  input.setAttribute('aria-describedby', `${id}-error ${id}-hint`)
  input.addEventListener('input', () => setError(''))
  const caption = h(
    'label',
    { for: id, class: isTick ? 'check' : 'label' },
    isTick && input,
    h('span', {}, label, remark && remarkOf(remark)),
  )
  return { box: h('div', 'field', caption, !isTick && input, error, hint), input, hint, setError }
}

function remarkOf(remark: string): HTMLElement {
  return h('span', 'hint', ` (${remark.toLowerCase()})`)
}

function rulesOf({ words, site }: OpenSection, rules: string): HTMLElement {
  return h('details', 'rules', h('summary', {}, words.rules), h('div', 'text', ...paragraphs(rules, site.language)))
}
