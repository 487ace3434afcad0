// Listening to keys: none counts while somebody writes, and all count while Unikey is on (telex.ts). Not for: what a key does.
import { createDecoder } from './telex.ts'

/** How long after Unikey's rewriting nothing more of it comes. */
const SILENCE_MS = 60

/** A key that was pressed on the page; `isHeld` when it is the repetition of one held down. */
export type Pressed = { key: string; isShift: boolean; isHeld: boolean }

/** Calls back for each key. `expectsDigit` says whether a digit would mean something now, `isKey` whether a letter ever does. */
export function listenToKeys(on: (pressed: Pressed) => void, expectsDigit: () => boolean, isKey: (letter: string) => boolean): void {
  const decoder = createDecoder(isKey)
  let silence = 0
  document.addEventListener('pointerdown', () => decoder.reset(), { passive: true })
  document.addEventListener('focusin', ({ target }) => {
    if (isField(target)) decoder.reset()
  })
  document.addEventListener('keydown', (event) => {
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.altKey || event.metaKey || isField(event.target)) return
    if (event.defaultPrevented || document.querySelector('dialog[open]')) return
    const isSign = [...event.key.normalize('NFC')].length === 1
    if (!isSign && event.key !== 'Backspace') return
    // A space begins a new word, and presses what has the focus.
    if (event.key === ' ') return decoder.reset()
    clearTimeout(silence)
    const heard = decoder.take(event.key, expectsDigit())
    for (const key of heard.keys) tell(key, event)
    if (heard.isOpen)
      silence = window.setTimeout(() => {
        for (const key of decoder.settle()) tell(key, null)
      }, SILENCE_MS)
    // A key that leads into a field is not the first letter there. Firefox would begin to search the page for what is typed after "/".
    if (isField(document.activeElement) || heard.keys.includes('/')) event.preventDefault()
  })

  function tell(key: string, event: KeyboardEvent | null): void {
    on({ key, isShift: event?.shiftKey ?? false, isHeld: event?.repeat ?? false })
  }
}

/** Whether somebody writes there: a letter is a letter then. */
function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'submit'].includes(target.type)
  return target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement
}
