// Choosing several cards, by box, by key, or a whole row with Shift; one verdict for them, an outcome on each, one undo for all.
import type { BulkAnswer, BulkUndoAnswer } from '../bulk.tsx'
import { isOpen, restore, setFault, showResult } from './card.ts'
import { remember } from './decide.ts'
import { cards, currentCard, refill, showMoved } from './list.ts'
import { base, type Card, element, fieldsOf, filled, newKey, say, send, setField, showCounts, words } from './page.ts'

const bar = document.getElementById('bulk-bar')
const form = document.getElementById('bulk')
let last: Card | null = null

/** Begins to listen to the boxes and the bar. */
export function openBulk(): void {
  if (!(bar instanceof HTMLDetailsElement) || !(form instanceof HTMLFormElement)) return
  const all = element('button', 'quiet', words.chooseAll)
  all.type = 'button'
  all.addEventListener('click', () => {
    for (const card of cards().filter(isOpen)) choose(card, true)
    showChosen()
  })
  form.querySelector('.scope')?.append(all)
  document.addEventListener('click', (event) => {
    if (!(event.target instanceof HTMLInputElement) || !event.target.matches('.choose input')) return
    const card = event.target.closest<Card>('.card')
    if (card) spread(card, event.target.checked, event.shiftKey)
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    void sendAll(form, event.submitter)
  })
  showChosen()
}

/** Chooses the current card or lets it go; with `isRange` all from the one chosen last. */
export function chooseCurrent(isRange: boolean): void {
  const card = currentCard()
  const box = card && boxOf(card)
  if (card && box && !box.disabled) {
    box.checked = isRange || !box.checked
    spread(card, box.checked, isRange)
  }
}

function spread(card: Card, isChosen: boolean, isRange: boolean): void {
  const all = cards()
  const [from, to] = [last === null ? -1 : all.indexOf(last), all.indexOf(card)].sort((one, other) => one - other)
  if (isRange && from !== undefined && from !== -1)
    for (const each of all.slice(from, (to ?? 0) + 1)) if (isOpen(each)) choose(each, isChosen)
  last = card
  showChosen()
}

function choose(card: Card, isChosen: boolean): void {
  const box = boxOf(card)
  if (box && !box.disabled) box.checked = isChosen
}

function boxOf(card: Card): HTMLInputElement | null {
  return card.querySelector<HTMLInputElement>('.choose input')
}

function showChosen(): void {
  const n = cards().filter((card) => boxOf(card)?.checked).length
  const line = document.getElementById('chosen')
  if (line) line.textContent = filled(words.chosen, { n })
  if (n > 0 && bar instanceof HTMLDetailsElement) {
    bar.open = true
    const [own] = bar.querySelectorAll<HTMLInputElement>('[name="scope"]')
    if (own) own.checked = true
  }
  bar?.toggleAttribute('data-chosen', n > 0)
}

async function sendAll(form: HTMLFormElement, button: HTMLElement | null): Promise<void> {
  if (form.ariaBusy === 'true') return
  const fields = fieldsOf(form, button)
  form.ariaBusy = 'true'
  setFault(form, null)
  const answered = await send<BulkAnswer>(`${base}/bulk`, fields)
  form.ariaBusy = null
  if (!answered.ok) {
    const fault = element('p', 'fault', answered.detail)
    fault.setAttribute('role', 'alert')
    return form.append(fault)
  }
  const { outcomes, message, request, undo_ms: undoMs, counts } = answered.answer
  setField(form, 'request_key', newKey())
  const done: Card[] = []
  for (const outcome of outcomes) {
    const card = cards().find(({ dataset }) => dataset.id === outcome.comment)
    if (!card) continue
    if (outcome.status === 'done') {
      if (outcome.version !== null) card.dataset.version = String(outcome.version)
      if (outcome.state !== null) card.dataset.state = outcome.state
      showResult(card, 'done', button?.textContent ?? '')
      done.push(card)
    } else if (outcome.status === 'conflict') showMoved(card, outcome.version, outcome.state, message)
    else setFault(card, message)
  }
  showCounts(counts)
  showChosen()
  showOutcome(message, undoMs, async () => {
    const undone = await send<BulkUndoAnswer>(`${base}/bulk/undo`, new URLSearchParams({ request_key: request }))
    if (!undone.ok) return showOutcome(undone.detail, 0, null)
    for (const { comment, version } of undone.answer.undone) {
      const card = done.find(({ dataset }) => dataset.id === comment)
      if (!card) continue
      card.dataset.version = String(version)
      restore(card)
    }
    showCounts(undone.answer.counts)
    showOutcome(undone.answer.message, 0, null)
  })
  refill()
}

/** What became of them all, with the one undo. */
function showOutcome(message: string, undoMs: number, undo: (() => Promise<void>) | null): void {
  document.getElementById('bulk-outcome')?.remove()
  const line = element('div', 'notice done', element('p', '', message))
  line.id = 'bulk-outcome'
  if (undo && undoMs > 0) {
    const button = element('button', '', words.undo)
    button.type = 'button'
    button.addEventListener('click', () => void undo())
    line.append(button)
    remember(undo, undoMs)
    setTimeout(() => button.remove(), undoMs)
  }
  bar?.after(line)
  say(message)
}
