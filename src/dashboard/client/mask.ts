// Choosing what to hide in the text itself: each word can be pressed, by pointer or by key, and the public version is shown below.
// Without script the panel takes copied words instead.
import { type Card, element, filled, words } from './page.ts'

type Word = { button: HTMLButtonElement; start: number; end: number }

/** Makes the words of a card's text choosable, once its panel is open. */
export function openMask(card: Card): void {
  const form = card.querySelector<HTMLFormElement>('.panel.for-mask')
  const body = card.querySelector<HTMLElement>(':scope > .body')
  if (!form || !body || form.querySelector('.picker')) return
  const text = form.dataset.text ?? ''
  const picker = element('div', 'picker body')
  picker.setAttribute('role', 'group')
  picker.ariaLabel = words.maskPick
  const found = wordsOf(text, picker)
  const preview = element('div', 'body')
  preview.dir = 'auto'
  const count = form.querySelector<HTMLButtonElement>('button[type="submit"]')
  for (const [start, end] of takeParts(form)) for (const word of found) if (word.start < end && start < word.end) press(word, true)
  form.querySelector<HTMLElement>('.copied')?.remove()
  form.prepend(element('p', 'hint', words.maskPick), picker, element('p', 'preview-title', words.publicText), preview)
  form.addEventListener('formdata', ({ formData }) => {
    for (const [start, end] of chosen(found, text)) formData.set(`part-${start}-${end}`, '1')
  })
  let dragsFrom: Word | null = null
  const at = (target: EventTarget | null) => found.find(({ button }) => button === target) ?? null
  picker.addEventListener('pointerdown', ({ target }) => {
    dragsFrom = at(target)
  })
  picker.addEventListener('pointerover', ({ target, buttons }) => {
    const to = at(target)
    if (buttons !== 1 || dragsFrom === null || to === null || to === dragsFrom) return
    const [first, last] = [found.indexOf(dragsFrom), found.indexOf(to)].sort((one, other) => one - other)
    for (const word of found.slice(first, (last ?? 0) + 1)) press(word, true)
    show()
  })
  picker.addEventListener('click', ({ target }) => {
    const word = at(target)
    if (!word) return
    press(word, word.button.ariaPressed !== 'true')
    show()
  })
  picker.addEventListener('keydown', (event) => {
    const word = at(event.target)
    if (!word || event.isComposing) return
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 8, ArrowUp: -8, Home: -found.length, End: found.length }[event.key]
    if (by !== undefined) {
      event.preventDefault()
      const next = found[Math.min(found.length - 1, Math.max(0, found.indexOf(word) + by))]
      if (next && event.shiftKey) press(next, true)
      if (next) focusOn(found, next)
      show()
    } else if (event.key === 'Enter') {
      event.preventDefault()
      form.requestSubmit(count)
    }
  })
  const first = found.find(({ button }) => button.ariaPressed === 'true') ?? found[0]
  if (first) focusOn(found, first)
  show()

  function show(): void {
    const parts = chosen(found, text)
    let at = 0
    preview.replaceChildren()
    for (const [start, end] of parts) {
      preview.append(text.slice(at, start), element('mark', '', words.maskMark))
      at = end
    }
    preview.append(text.slice(at))
    if (count) count.textContent = filled(words.maskCount, { n: parts.length })
  }
}

/** The parts that were ticked on the form; the words take over from the ticks. */
function takeParts(form: HTMLFormElement): [number, number][] {
  const boxes = [...form.querySelectorAll<HTMLInputElement>('.part input')]
  const parts = boxes.map(({ name }): [number, number] => {
    const [, start, end] = name.split('-')
    return [Number(start), Number(end)]
  })
  for (const box of boxes) box.closest('.part')?.remove()
  return parts
}

function wordsOf(text: string, picker: HTMLElement): Word[] {
  const found: Word[] = []
  let at = 0
  for (const match of text.matchAll(/[^\s.,;:!?()"“”]+(?:[.,:][^\s.,;:!?()"“”]+)*|[.,;:!?()"“”]+/gu)) {
    picker.append(text.slice(at, match.index))
    const button = element('button', 'word', match[0])
    button.type = 'button'
    button.tabIndex = -1
    button.ariaPressed = 'false'
    picker.append(button)
    at = match.index + match[0].length
    found.push({ button, start: match.index, end: at })
  }
  picker.append(text.slice(at))
  return found
}

/** Rows of chosen words, with what stands between them. */
function chosen(found: readonly Word[], text: string): [number, number][] {
  const parts: [number, number][] = []
  for (const { button, start, end } of found) {
    if (button.ariaPressed !== 'true') continue
    const last = parts.at(-1)
    if (last && /^\s*$/.test(text.slice(last[1], start))) last[1] = end
    else parts.push([start, end])
  }
  return parts
}

function press(word: Word, isPressed: boolean): void {
  word.button.ariaPressed = String(isPressed)
}

/** One word can be reached by Tab, the others by the arrows. */
function focusOn(found: readonly Word[], word: Word): void {
  for (const each of found) each.button.tabIndex = each === word ? 0 : -1
  word.button.focus()
}
