// One's own opinion while it waits: the receipt, what has become of it, and for a while the means to edit or withdraw it.
// It is kept on the device and stands there after a reload. Not for: what others see.
import { ask, pathOf, send } from './api.ts'
import { article, heading } from './comment.ts'
import { button, focusOn, h, show } from './dom.ts'
import { createForm, type Field } from './form.ts'
import { keep, recall } from './kept.ts'
import { alarm, fill, type OpenSection, problemSentence, said } from './section.ts'
import type { EditAnswer, PostAnswer, Receipt } from './wire.ts'

export type Own = PostAnswer & { readonly parentId: string | null; readonly body: string; readonly name: string }

/** An opinion just sent, or kept since. It goes away when it is in the list for everybody. */
export function ownElement(section: OpenSection, own: Own): HTMLElement {
  const { words } = section
  const { comment, receipt } = own
  const draft = `edit-${comment.id}`
  const authorization = bearer(own.edit.token)

  const remember = (own?: Own) => keep(section, 'own', { ...recallOwn(section), [comment.id]: own })
  const tell = (sentence: string) => {
    show(outcome, sentence)
    focusOn(outcome)
  }
  const paint = (body: string) => {
    remember({ ...own, body })
    show(workshop, actions)
    show(element, article(section, 'own', heading(own.name, state), body, h('div', {}, ...receiptLine, workshop, outcome)))
    return body
  }
  const openEdit = () => {
    const form = createForm<EditAnswer>(section, {
      heading: words.edit,
      label: words.submit,
      place: draft,
      start: { body },
      fields: [bodyField(section)],
      compose: (values) => values,
      send: (payload) => send(section, 'edit', `comments/${comment.id}`, 'PATCH', payload, authorization),
      done: (_answer, values) => {
        body = paint(values.body ?? '')
        show(state, words.pendingOwn)
        tell(words.edited)
      },
      leave: () => {
        show(workshop, actions)
        editButton.focus()
      },
    })
    show(workshop, form)
    return form
  }
  const withdraw = async () => {
    const [value, problem] = await send<unknown>(section, 'withdraw', `comments/${comment.id}`, 'DELETE', '', authorization)
    if (value) {
      remember()
      state.remove()
      actions.remove()
    }
    tell(problem ? problemSentence(section, problem) : words.withdrawn)
  }
  /** What became of it meanwhile. What is decided was shown once; then the receipt is the way to it. */
  const follow = async () => {
    const [found, problem] = await ask<Receipt>(section, 'receipt', pathOf(section, `receipts/${receipt.code}`), {}, bearer(receipt.secret))
    const now = found?.comment.state
    if (now === 'published') element.remove()
    else if (found && now !== 'pending')
      show(
        state,
        said(section, `state_${now}`, found.state_text),
        ...[found.reason_sentence, found.reason_text].map((why) => why && ` – ${why}`),
      )
    if (found ? now === 'published' || !found.may_withdraw : problem.status === 404) remember()
  }

  const state = h('span', 'waiting', words.pendingOwn)
  const code = h('code', 'code', `${receipt.code}-${receipt.secret}`)
  const receiptLine = [fill(words.sent, ''), code, ' ', h('span', 'hint', words.sentHint)]
  const outcome = h('p', { role: 'status' })
  const editButton = button('quiet', words.edit, () => openEdit().querySelector('textarea')?.focus())
  const copyButton = button('plain', words.copyCode, async () => {
    show(outcome, (await copy(code)) && words.copied)
    copyButton.focus()
  })
  const actions = h(
    'div',
    'actions',
    copyButton,
    h('a', { class: 'button quiet', href: receipt.url, target: '_blank' }, words.track),
    Date.parse(own.edit.until) > Date.now() && editButton,
    button('quiet', words.withdraw, () => {
      const confirm = button('primary', words.withdraw, () => void withdraw())
      show(outcome, alarm(words.withdrawConfirm, ' ', confirm))
      confirm.focus()
    }),
  )
  const workshop = h('div')
  const element = h('div')
  if (recallOwn(section)[comment.id]) void follow()
  let body = paint(own.body)
  if (recall(section, `draft:${draft}`)) openEdit()
  return element
}

/** Those that the device keeps of the article, by id. */
export function recallOwn(section: OpenSection): Readonly<Record<string, Own>> {
  return recall(section, 'own') ?? {}
}

function bearer(secret: string): { readonly Authorization: string } {
  return { Authorization: `Bearer ${secret}` }
}

/** The field every opinion has. */
export function bodyField({ words, site }: OpenSection): Field {
  return { name: 'body', label: words.body, isRequired: true, max: site.body.max }
}

/** Copies an element's text; false where the browser allows neither way. */
async function copy(element: HTMLElement): Promise<boolean> {
  const text = element.textContent ?? ''
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // Plain http has no clipboard, and a page's policy may forbid it. A selection made by script does not cross
    // a shadow root in every browser; a field's does.
    const field = h('textarea', {}, text)
    element.after(field)
    field.select()
    const isCopied = document.execCommand('copy')
    field.remove()
    return isCopied
  }
}
