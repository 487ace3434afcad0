// What a card shows of what became of it: the line in place of its buttons, undo with a countdown, a fault. The text above stays where
// it is, so that nothing moves under the pointer.
import { base, type Card, element, newKey, setField, words } from './page.ts'

/** The line that stands in place of a card's buttons. */
export function showResult(card: Card, mood: 'done' | 'conflict', message: string): HTMLElement {
  card.querySelector('.result')?.remove()
  setFault(card, null)
  const actions = card.querySelector<HTMLElement>('.actions')
  const result = element('div', 'result', element('p', '', message))
  result.tabIndex = -1
  if (actions) {
    for (const open of actions.querySelectorAll('details[open]')) open.removeAttribute('open')
    result.style.minHeight = `${actions.offsetHeight}px`
    actions.hidden = true
    actions.before(result)
  } else card.append(result)
  const box = card.querySelector<HTMLInputElement>('.choose input')
  if (box) {
    box.checked = false
    box.disabled = true
  }
  card.dataset.mood = mood
  return result
}

/** The way to another decision: the card as it is now, or without script the comment's own page. */
export function offerAnew(card: Card, result: HTMLElement, onAsk: () => void): void {
  const link = element('a', '', words.redecide)
  link.href = `${base}/comments/${card.dataset.id ?? ''}`
  link.addEventListener('click', (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return
    event.preventDefault()
    onAsk()
  })
  result.append(link)
}

/** A button that takes a decision back, as long as it can be. */
export function offerUndo(result: HTMLElement, undoMs: number, onUndo: () => void, onEnd: () => void): void {
  const endsAt = performance.now() + undoMs
  const left = element('span', 'left')
  const button = element('button', '', `${words.undo} `, left)
  button.type = 'button'
  left.ariaHidden = 'true'
  result.append(button)
  const timer = setInterval(count, 250)
  // The button appears where a hand is: neither the second press of a double click nor a key held down is meant for it.
  button.addEventListener('click', (event) => {
    if (event.detail <= 1) onUndo()
  })
  button.addEventListener('keydown', (event) => {
    if (event.repeat) event.preventDefault()
  })
  count()

  function count(): void {
    const seconds = Math.ceil((endsAt - performance.now()) / 1_000)
    left.textContent = `${seconds} s`
    if (seconds > 0 && button.isConnected) return
    clearInterval(timer)
    if (!button.isConnected) return
    const hadFocus = document.activeElement === button
    button.remove()
    if (hadFocus) result.focus({ preventScroll: true })
    onEnd()
  }
}

/** Gives a card its buttons back, for the version it has now. Its requests are new ones, so they get new keys. */
export function restore(card: Card): void {
  card.querySelector('.result')?.remove()
  setFault(card, null)
  delete card.dataset.mood
  for (const form of card.querySelectorAll('form')) {
    setField(form, 'version', card.dataset.version ?? '')
    setField(form, 'request_key', newKey())
  }
  const box = card.querySelector<HTMLInputElement>('.choose input')
  if (box) {
    box.value = card.dataset.version ?? ''
    box.disabled = false
  }
  const actions = card.querySelector<HTMLElement>('.actions')
  if (actions) actions.hidden = false
}

/** Says on the card why something was not done; everything stays as it was. */
export function setFault(card: Card, detail: string | null, isSignedOut = false): void {
  card.querySelector('.fault')?.remove()
  if (detail === null) return
  const fault = element('p', 'fault', detail)
  fault.setAttribute('role', 'alert')
  if (isSignedOut) {
    const link = element('a', '', words.signIn)
    link.href = '/desk/signin'
    fault.append(' ', link)
  }
  const place = card.querySelector('.result, .actions')
  if (place) place.before(fault)
  else card.append(fault)
}

/** Buttons stay enabled while a request runs, so that none loses the focus; a second press does nothing. */
export function setBusy(card: Card, isBusy: boolean): void {
  card.ariaBusy = isBusy ? 'true' : null
}

/** Whether a card still waits for somebody. */
export function isOpen(card: Card): boolean {
  return card.dataset.mood === undefined && card.ariaBusy !== 'true' && card.querySelector('.actions') !== null
}
