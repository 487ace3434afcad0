// Deciding without leaving the page: a card's forms are sent from here, what became of them is shown in place, and taken back again.
import type { ActAnswer, DecisionAnswer, UndoAnswer } from '../decisions.ts'
import { offerAnew, offerUndo, restore, setBusy, setFault, showResult } from './card.ts'
import { retell } from './item.ts'
import { goOn, goTo, refill, renew, showMoved } from './list.ts'
import { base, type Card, element, fieldsOf, filled, say, send, showCounts, words } from './page.ts'

/** What can be taken back, the last at the end. */
const taken: { undo: () => Promise<void> }[] = []
/** Cards whose decision was not carried out while somebody was already at another one. */
const failed = new Set<Card>()

/** Sends a form of a card. `movesOn`: the next card takes over at once; whoever used the pointer stays where they are. */
export async function sendForm(card: Card, form: HTMLFormElement, button: HTMLElement | null, movesOn = false): Promise<void> {
  if (card.ariaBusy === 'true') return
  const fields = fieldsOf(form, button)
  const hadFocus = !movesOn && card.contains(document.activeElement)
  setBusy(card, true)
  setFault(card, null)
  if (movesOn) goOn(card)
  if (form.action.endsWith('/acts')) await act(card, fields)
  else if (fields.get('verdict') === 'reply') await act(card, fields, '/decisions')
  else await decide(card, fields, { hadFocus, button })
  await retell()
}

/** Takes back the last thing that can be. */
export async function undoLast(): Promise<void> {
  await taken.pop()?.undo()
}

/** Puts something on the pile of what can be taken back, for so long. */
export function remember(undo: () => Promise<void>, undoMs: number): void {
  const entry = { undo }
  taken.push(entry)
  setTimeout(() => {
    const at = taken.indexOf(entry)
    if (at !== -1) taken.splice(at, 1)
  }, undoMs)
}

async function decide(card: Card, fields: URLSearchParams, from: { hadFocus: boolean; button: HTMLElement | null }): Promise<void> {
  // An undo that comes before the answer waits for it.
  let isDone: (undo: (() => Promise<void>) | null) => void = () => {}
  const done = new Promise<(() => Promise<void>) | null>((resolve) => {
    isDone = resolve
  })
  const entry = { undo: async () => (await done)?.() }
  taken.push(entry)
  const forget = () => {
    const at = taken.indexOf(entry)
    if (at !== -1) taken.splice(at, 1)
    isDone(null)
  }
  const answered = await send<DecisionAnswer>(`${base}/decisions`, fields)
  setBusy(card, false)
  if (!answered.ok) {
    forget()
    return fail(card, answered, from.button)
  }
  const { outcome, message, counts, undo_ms: undoMs } = answered.answer
  showCounts(counts)
  if (outcome.status === 'refused') {
    forget()
    return fail(card, { detail: message, status: 409 }, from.button)
  }
  failed.delete(card)
  showFailed()
  if (outcome.status === 'conflict') {
    forget()
    showMoved(card, outcome.version, outcome.state, message)
    return refill()
  }
  if (outcome.version !== null) card.dataset.version = String(outcome.version)
  if (outcome.state !== null) card.dataset.state = outcome.state
  const result = showResult(card, 'done', message)
  const { decision } = outcome
  if (decision !== null && undoMs > 0) {
    isDone(() => takeBack(card, result, decision))
    offerUndo(
      result,
      undoMs,
      () => {
        forgetEntry(entry)
        void takeBack(card, result, decision)
      },
      () => {
        forgetEntry(entry)
        offerAnew(card, result, () => void renew(card))
      },
    )
  } else forget()
  say(message)
  if (from.hadFocus) (result.querySelector('button') ?? result).focus({ preventScroll: true })
  refill()
}

function forgetEntry(entry: { undo: () => Promise<void> | undefined }): void {
  const at = taken.indexOf(entry as { undo: () => Promise<void> })
  if (at !== -1) taken.splice(at, 1)
}

/** Pinning and the like: the card stays, as it is after it. */
async function act(card: Card, fields: URLSearchParams, path = '/acts'): Promise<void> {
  const answered = await send<ActAnswer>(`${base}${path}`, fields)
  setBusy(card, false)
  if (!answered.ok) return fail(card, answered, null)
  const { message, counts, decision, undo_ms: undoMs } = answered.answer
  showCounts(counts)
  say(message)
  if (decision === null) {
    await renew(card)
    return
  }
  const result = showResult(card, 'done', message)
  const undo = async () => {
    const undone = await send<UndoAnswer>(`${base}/decisions/${decision}/undo`, new URLSearchParams())
    if (undone.ok) restore(card)
    else fail(card, undone, result)
  }
  remember(undo, undoMs)
  offerUndo(
    result,
    undoMs,
    () => void undo(),
    () => offerAnew(card, result, () => void renew(card)),
  )
}

async function takeBack(card: Card, result: HTMLElement, decision: string): Promise<void> {
  if (card.ariaBusy === 'true') return
  setBusy(card, true)
  setFault(card, null)
  const fields = new URLSearchParams({ version: card.dataset.version ?? '' })
  const answered = await send<UndoAnswer>(`${base}/decisions/${decision}/undo`, fields)
  setBusy(card, false)
  if (!answered.ok) {
    if (answered.status === 409) result.querySelector('button')?.remove()
    return fail(card, answered, result)
  }
  const { comment, is_same_text: isSameText, message, counts } = answered.answer
  showCounts(counts)
  if (!isSameText) return showMoved(card, comment.version, comment.state, message)
  card.dataset.version = String(comment.version)
  card.dataset.state = comment.state
  restore(card)
  say(message)
  goTo(card)
  await retell()
}

/** Everything stays as it was, with a sentence that says so; and a line that leads there, when somebody has moved on. */
function fail(card: Card, answered: { status: number; detail: string }, focus: HTMLElement | null): void {
  setFault(card, answered.detail, answered.status === 401)
  if (card.contains(document.activeElement) || document.activeElement === document.body) {
    if (focus?.isConnected) focus.focus({ preventScroll: true })
    return
  }
  failed.add(card)
  showFailed()
}

function showFailed(): void {
  const line = document.getElementById('failed') ?? element('p', 'failed')
  line.id = 'failed'
  line.setAttribute('role', 'alert')
  const [first] = failed
  line.hidden = first === undefined
  if (first === undefined) return
  const button = element('button', '', words.goThere)
  button.type = 'button'
  button.addEventListener('click', () => {
    goTo(first)
    failed.delete(first)
    showFailed()
  })
  line.replaceChildren(filled(words.failed, { n: failed.size }), ' ', button)
  if (!line.isConnected) document.getElementById('main')?.append(line)
}
