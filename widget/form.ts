// A form of the section, for an opinion, a change or a report: fields, counting, drafts, sending once, and what is wrong.
// Not for: which fields there are and what sending means; both are the caller's.
import type { Answer } from './api.ts'
import { aria, button, type Child, focusOn, h, show } from './dom.ts'
import { keep, randomKey, recall } from './kept.ts'
import type { Words } from './languages.ts'
import { fill, number, problemSentence, type Section } from './section.ts'
import { countGraphemes } from './text.ts'
import type { Problem } from './wire.ts'

export type Field = {
  /** As the service's pointers end. */
  readonly name: string
  /** Of an input, and what a browser calls it when it fills it in. */
  readonly type?: string
  readonly label: string
  readonly isRequired?: boolean
  readonly hint?: Child
  /** To choose from; none of them is chosen. */
  readonly options?: readonly { readonly code: string; readonly text: string }[]
  /** Of a long text: graphemes at most. */
  readonly max?: number
}

/** What a form's fields hold, by name; an unticked box is not among them. */
export type Values = Readonly<Record<string, string>>

export type FormOptions<Value> = {
  readonly heading: string
  readonly intro?: readonly Child[]
  readonly fields: readonly (Field | null)[]
  readonly label: string
  /** Names the draft among those of the article. */
  readonly place: string
  /** What the fields hold when there is no draft. */
  readonly start?: Values
  /** What is sent; the same one goes out again until it is answered or something is changed. */
  compose(values: Values, writing: Writing): unknown
  /** Null when the page prevented it. */
  send(payload: string, key: string): Promise<Answer<Value> | null>
  /** What the writer may want to look at once more; `put` puts another long text in the place of what was written. Sending a second time goes on. */
  hints?(values: Values, put: (text: string) => void): Promise<readonly Child[] | undefined>
  sketch?(values: Values): HTMLElement
  done(value: Value, values: Values): void
  readonly leave?: (() => void) | undefined
}

/** How the text came about: begun at which time of the clock, in ms, and whether anything in it was pasted or dropped. */
type Writing = { readonly since: number; readonly isPasted?: boolean }

/** Once it was tried to be sent, with what and under which key; `isSending` while nobody knows whether that went well. */
type Sent = Writing & { readonly values: Values; readonly payload: string; readonly key: string; readonly isSending: boolean }
type Draft = Writing & Pick<Sent, 'values'> & Partial<Sent>

type Fault = Pick<Problem, 'code' | 'detail'> & { readonly pointer?: string }

type Input = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement

/** What stands before a purpose in the name of its box. */
export const CONSENT = 'c:'

/**
 * A form that keeps every word through any failure, a crash of the browser included, and leads the reader to what is wrong. What was
 * on its way when the line broke, or the page, is sent under the same key as soon as there is a line again, so that it arrives once.
 */
export function createForm<Value>(section: Section, options: FormOptions<Value>): HTMLElement {
  const { words } = section
  const { fields, heading, label, start = {}, intro = [], leave } = options
  const place = `draft:${options.place}` as const
  const kept = recall<Draft>(section, place)
  let draft: Draft = { since: Date.now(), values: start, ...kept }
  let isSending = false
  let hasSeenHints = false

  const valuesNow = () => Object.fromEntries([...new FormData(form)].filter(([, value]) => value)) as Values
  const inputs = () => [...form.querySelectorAll<Input>('.control')]
  const keepDraft = (next: Draft) => {
    draft = next
    keep(section, place, next)
  }
  const setSending = (isNow: boolean) => {
    isSending = isNow
    // Not `disabled`: that would drop the focus, and the text could not be selected and copied meanwhile.
    aria(submitButton, 'disabled', isNow)
    show(submitButton, isNow ? words.submitting : label)
    for (const input of inputs()) input.toggleAttribute('readonly', isNow)
  }
  const tell = (kind: string, sentences: readonly Child[]) => {
    alert.className = kind
    show(alert, ...sentences.map((sentence) => h('p', {}, sentence)))
    if (sentences[0]) focusOn(alert)
  }
  const fail = (input: Input, sentence: string) => {
    aria(input, 'invalid', !!sentence)
    show(input.closest('.field')?.querySelector('.error') ?? alert, sentence)
  }
  const showFaults = (faults: readonly Fault[]) => {
    for (const input of inputs()) fail(input, '')
    const general = faults.flatMap((fault) => {
      const sentence = problemSentence(section, fault)
      const input = inputs().find(({ name }) => name === fault.pointer?.replace(/.*\//, '').replace('consents', `${CONSENT}terms`))
      if (input) fail(input, sentence)
      return input ? [] : sentence
    })
    tell('error', general)
    form.querySelector<Input>('[aria-invalid=true]')?.focus()
  }
  const submit = async () => {
    if (isSending) return
    const values = valuesNow()
    // All else is the service's to find.
    const faults = inputs()
      .filter(({ validity }) => validity.valueMissing)
      .map(({ name, type }) => ({ code: type === 'checkbox' ? 'terms_required' : 'field_required', pointer: name }))
    showFaults(faults)
    if (faults[0]) return
    setSending(true)
    const hints = hasSeenHints || draft.isSending ? null : await options.hints?.(values, count)
    if (hints?.[0]) {
      hasSeenHints = true
      setSending(false)
      tell('note', [...hints, words.sendAnyway])
      return
    }
    const sent: Sent = { payload: JSON.stringify(options.compose(values, draft)), key: randomKey(), ...draft, values, isSending: true }
    keepDraft(sent)
    const [value, problem] = (await options.send(sent.payload, sent.key)) ?? []
    if (value) {
      // It stays as one that is sending, so that what is done is not sent again with the next line.
      keep(section, place, null)
      options.done(value, values)
      return
    }
    setSending(false)
    if (problem?.status !== 0) keepDraft({ ...draft, isSending: false })
    if (problem) showFaults(problem.errors?.[0] ? problem.errors : [problem, ...(problem.status ? [] : [{ code: 'kept' }])])
  }
  const resume = () => {
    if (draft.isSending) void submit()
  }
  /** Says how much room the long text has left, after `other` was put in its place where there is one. */
  const count = (other?: string) => {
    const text = form.querySelector('textarea')
    const hint = form.querySelector('textarea ~ .hint')
    if (!text || !hint) return
    if (other) {
      text.value = other
      text.focus()
    }
    const left = (fields[0]?.max as number) - countGraphemes(text.value)
    show(hint, fill(left < 0 ? words.charsOver : words.chars, number(section, Math.abs(left))))
    hint.classList.toggle('error', left < 0)
  }

  const alert = h('div', { role: 'alert' })
  const preview = h('div')
  const submitButton = h('button', 'button primary', label)
  const form: HTMLFormElement = h(
    'form',
    {
      class: 'form',
      novalidate: true,
      onsubmit: (event) => {
        event.preventDefault()
        void submit()
      },
      // Not for a button: what grows under a finger takes the button away from it.
      onfocusin: ({ target }) => (target as Element).matches('.control') && form.classList.add('open'),
      oninput: (event) => {
        if (isSending) return
        fail(event.target as Input, '')
        count()
        show(preview)
        hasSeenHints = false
        const values = valuesNow()
        keepDraft({ values, since: draft.since, isPasted: draft.isPasted || /Paste|Drop/.test((event as InputEvent).inputType) })
        if (!Object.keys(values)[0]) keep(section, place, null)
      },
      onkeydown: (event) => {
        const { isComposing, keyCode, key, ctrlKey, metaKey } = event as KeyboardEvent
        // 229 is what an input method's keys look like where it raises no composition events; Enter may belong to it.
        if (key === 'Enter' && (ctrlKey || metaKey) && !isComposing && keyCode !== 229) void submit()
      },
    },
    h('h3', {}, heading),
    ...intro,
    ...fields.map((field) => field && fieldBox(words, field, draft.values[field.name])),
    alert,
    h(
      'div',
      'actions',
      submitButton,
      options.sketch && button('quiet', words.preview, () => show(preview, !preview.firstChild && options.sketch?.(valuesNow()))),
      leave && button('quiet', words.cancel, leave),
    ),
    preview,
  )
  if (kept) form.classList.add('open')
  count()
  addEventListener('online', resume, { signal: section.signal })
  // After the caller has put it into the page.
  queueMicrotask(resume)
  return form
}

let lastId = 0

function fieldBox(words: Words, { name, type, label, isRequired, hint, options, max }: Field, start: string | undefined): HTMLElement {
  lastId += 1
  const id = `yk${lastId}`
  const isTick = type === 'checkbox'
  const named = { id, name, type, class: 'control', required: isRequired, 'aria-describedby': `${id}e ${id}h` }
  const input = max
    ? h('textarea', { ...named, rows: 4, placeholder: words.placeholder }, start)
    : options
      ? h(
          'select',
          named,
          h('option', { value: '' }),
          ...options.map(({ code, text }) => h('option', { value: code, selected: code === start }, text)),
        )
      : h('input', { ...named, autocomplete: !isTick && type, value: start, checked: isTick && start })
  return h(
    'div',
    `field ${max ? 'long' : ''}`,
    h('label', { for: id }, isTick && input, label, isRequired && h('span', 'hint', ` (${words.required})`)),
    !isTick && input,
    h('p', { class: 'error', id: `${id}e` }),
    h('p', { class: 'hint', id: `${id}h` }, hint),
  )
}
