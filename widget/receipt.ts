// What the sender gets after sending: the receipt, and for a while the means to edit or withdraw. All of it lives in this page view only.
import { editComment, withdrawComment } from './api.ts'
import { button, h, nextId } from './dom.ts'
import { createForm } from './form.ts'
import { type OpenSection, problemSentence, told } from './section.ts'
import type { PostAnswer } from './wire.ts'

export type ReceiptOptions = {
  readonly answer: PostAnswer
  readonly body: string
  /** The comment's text was changed, or (null) the comment was withdrawn. */
  readonly onChanged: (body: string | null) => void
  /** Null where there is already a way to write again. */
  readonly onAnother: (() => void) | null
}

/** A panel with the tracking code, the link to it, and Edit and Withdraw until the service no longer takes them. */
export function createReceipt(section: OpenSection, { answer, onAnother, onChanged, ...sent }: ReceiptOptions): HTMLElement {
  const { words, service } = section
  const { receipt, comment } = answer
  let { body } = sent
  let { edit } = answer
  let timer: ReturnType<typeof setTimeout> | undefined

  const tell = (sentence: string, kind = 'hint') => {
    outcome.className = kind
    outcome.replaceChildren(sentence)
  }
  const closeWhenDue = () => {
    clearTimeout(timer)
    const left = Date.parse(edit.until) - Date.now()
    ownActions.hidden = left <= 0
    if (left > 0) timer = setTimeout(closeWhenDue, left)
  }
  const backTo = (element: HTMLElement) => () => {
    workshop.replaceChildren(actions)
    element.focus()
  }
  const openEdit = () => {
    const form = createForm(section, {
      heading: words.edit,
      edited: body,
      send: (draft) => told(section, 'edit', editComment(service, comment.id, edit.token, draft.body)),
      onDone: (result, draft) => {
        edit = result.edit
        body = draft.body
        closeWhenDue()
        backTo(panel)()
        onChanged(body)
        tell(words.edited)
      },
      onCancel: backTo(editButton),
    })
    workshop.replaceChildren(form.element)
    form.focus()
  }
  const askBeforeWithdrawal = () => {
    const cancel = button('quiet', words.cancel, backTo(withdrawButton))
    workshop.replaceChildren(
      h('p', { role: 'alert' }, words.withdrawConfirm),
      h(
        'div',
        'actions',
        button('primary', words.withdraw, () => void withdraw()),
        cancel,
      ),
    )
    cancel.focus()
  }
  const withdraw = async () => {
    backTo(panel)()
    const result = await told(section, 'withdraw', withdrawComment(service, comment.id, edit.token))
    if (!result.ok) {
      tell(problemSentence(section, result.problem), 'alert')
      return
    }
    ownActions.remove()
    onChanged(null)
    tell(words.withdrawn)
  }

  const id = nextId()
  const [before = '', after = ''] = words.sent.split('{code}')
  const code = h('code', 'code', `${receipt.code}-${receipt.secret}`)
  const editButton = button('quiet', words.edit, openEdit)
  const withdrawButton = button('quiet', words.withdraw, askBeforeWithdrawal)
  const ownActions = h('span', {}, editButton, withdrawButton)
  const anotherButton = button('plain', words.writeAnother, () => {
    anotherButton.remove()
    onAnother?.()
  })
  const actions = h(
    'div',
    'actions',
    h('a', { class: 'button plain', href: receipt.url, target: '_blank', rel: 'noopener' }, words.track),
    onAnother && anotherButton,
    ownActions,
  )
  const workshop = h('div', {}, actions)
  const outcome = h('p', { role: 'status' })
  const copyButton = button('plain', words.copyCode, async () => {
    if (await copy(code)) tell(words.copied)
    copyButton.focus()
  })
  const panel = h(
    'div',
    { class: 'card receipt', tabindex: -1, role: 'group', 'aria-labelledby': id },
    h('p', { class: 'sent', id }, before, code, after),
    h('div', 'actions', copyButton, h('span', 'hint', words.sentHint)),
    outcome,
    workshop,
  )
  closeWhenDue()
  return panel
}

/** Copies an element's text; leaves it selected for the reader to copy where the browser allows neither way. */
async function copy(element: HTMLElement): Promise<boolean> {
  const text = element.textContent ?? ''
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // Plain http has no clipboard, and a page's policy may forbid it. A selection made by script does not cross
    // a shadow root in every browser; a field's does.
    const field = h('textarea', { class: 'unseen', readonly: true }, text)
    element.after(field)
    field.select()
    const isCopied = document.execCommand('copy')
    field.remove()
    if (!isCopied) getSelection()?.selectAllChildren(element)
    return isCopied
  }
}
