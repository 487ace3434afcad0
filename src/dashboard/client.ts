// What the desk does beyond its forms: keys, decisions without leaving the page, news of what others decided, many at once. Everything
// works without it. Here its parts meet; each has a file of its own in client/.
import type { KeyAction } from '../core/moderation/desk.ts'
import { chooseCurrent, openBulk } from './client/bulk.ts'
import { isOpen, setFault } from './client/card.ts'
import { sendForm, undoLast } from './client/decide.ts'
import { openItem } from './client/item.ts'
import { listenToKeys, type Pressed } from './client/keys.ts'
import { cards, currentCard, goTo, openList, step } from './client/list.ts'
import { openMask } from './client/mask.ts'
import { base, type Card, desk, deskKeys, words } from './client/page.ts'

/** How long keys rest after one that should have opened a field and did not: whoever types on would decide with every letter. */
const REST_MS = 1_000

/** Whether the last press was one of a key: then a panel that was sent hands on to the next card, while a pointer stays where it is. */
let byKey = false
/** After the key of reasons or of tabs the next key says which. */
let expects: 'reason' | 'tab' | null = null
/** On the way to another page keys are for that page. */
let isLeaving = false
let restsUntil = 0
/** The card that was told last that it knows no such act. */
let denied: Card | null = null

if (desk) {
  document.addEventListener('submit', onSubmit)
  document.addEventListener('change', onChange)
  document.addEventListener('keydown', onEscape)
  document.addEventListener('toggle', onToggle, true)
  for (const kind of ['pointerdown', 'keydown'])
    document.addEventListener(kind, ({ type }) => {
      byKey = type === 'keydown'
    })
  openList()
  openBulk()
  openItem()
  const keys = Object.values(deskKeys ?? {})
  if (deskKeys)
    listenToKeys(
      onKey,
      () => expects === 'reason',
      (letter) => keys.includes(letter),
    )
  addEventListener('pageshow', () => {
    isLeaving = false
  })
  const kept = localStorage.getItem('ykien-signer')
  if (kept) for (const input of document.querySelectorAll<HTMLInputElement>('[data-kept="signer"]')) input.value = kept
}

function onSubmit(event: SubmitEvent): void {
  // Such a button leads to a page of its own.
  if (event.submitter?.hasAttribute('formaction')) return
  const form = event.target
  if (!(form instanceof HTMLFormElement) || event.defaultPrevented) return
  const card = form.closest<Card>('.card')
  if (!card) return
  event.preventDefault()
  const signer = form.querySelector<HTMLInputElement>('[data-kept="signer"]')
  if (signer) localStorage.setItem('ykien-signer', signer.value)
  void sendForm(card, form, event.submitter, byKey && form.matches('.panel'))
}

function onKey({ key, isShift, isHeld }: Pressed): void {
  if (isLeaving) return
  if (performance.now() < restsUntil) {
    rest()
    return
  }
  if (denied) setFault(denied, null)
  denied = null
  const awaited = expects
  expects = null
  if (awaited === 'reason' && /^\d$/.test(key)) {
    chooseReason(key)
    return
  }
  if (awaited === 'tab') {
    const tab = document.querySelector<HTMLAnchorElement>(`.tabs [data-letter="${CSS.escape(key)}"]`)
    if (tab) leave(tab.href)
    return
  }
  const [action] = Object.entries(deskKeys ?? {}).find(([, of]) => of === key) ?? []
  if (action === undefined || (isHeld && action !== 'next' && action !== 'previous')) return
  closePanels()
  ACTIONS[action as KeyAction](isShift)
}

const ACTIONS: Record<KeyAction, (isShift: boolean) => void> = {
  next: () => step(1),
  previous: () => step(-1),
  select: (isShift) => chooseCurrent(isShift),
  approve: () => press('approve'),
  spam: () => press('spam'),
  hold: () => press('hold'),
  reject: () => {
    if (openPanel('reject')) expects = 'reason'
  },
  mask: () => {
    openPanel('mask')
  },
  reply: () => {
    const field = openPanel('reply')?.querySelector('textarea')
    if (field) field.focus()
    else rest()
  },
  note: () => {
    const [field, card] = [document.getElementById('note'), currentCard()]
    if (field) field.focus()
    else if (card) leave(`${base}/comments/${card.dataset.id ?? ''}#note`)
  },
  undo: () => void undoLast(),
  search: () => {
    const field = document.getElementById('q')
    if (field instanceof HTMLInputElement) field.select()
    field?.focus()
  },
  tab: () => {
    expects = 'tab'
  },
  help: () => {
    const help = document.getElementById('help')
    if (help instanceof HTMLDialogElement) help.showModal()
  },
}

/** Presses a verdict's button of the current card, when it has one. */
function press(verdict: string): void {
  const card = openCard()
  const button = card?.querySelector<HTMLButtonElement>(`.actions > button[value="${verdict}"]`)
  if (card && button?.form) void sendForm(card, button.form, button, true)
  else if (card) deny(card)
}

/** Opens a panel of the current card and gives its form. */
function openPanel(panel: string): HTMLFormElement | null {
  const card = openCard()
  const details = card?.querySelector<HTMLDetailsElement>(`.open-${panel}`)
  if (card && !details) deny(card)
  if (!card || !details) return null
  details.open = true
  const form = card.querySelector<HTMLFormElement>(`.for-${panel}`)
  // Of the reasons those on keys are enough to see, so that what is judged stays in sight.
  const seen = form?.querySelector('.quick') ?? form
  seen?.scrollIntoView({ block: 'nearest' })
  return form
}

/** Says on the card that this cannot be done with it. */
function deny(card: Card): void {
  denied = card
  setFault(card, words.notHere)
}

function rest(): void {
  restsUntil = performance.now() + REST_MS
}

function leave(href: string): void {
  isLeaving = true
  location.href = href
}

/** A digit after the key of reasons: one of the site's own at once, 0 opens all of them. */
function chooseReason(digit: string): void {
  const card = openCard()
  const form = card?.querySelector<HTMLFormElement>('.for-reject')
  if (!card || !form) return
  if (digit === '0') form.querySelector('select')?.focus()
  const button = form.querySelector<HTMLButtonElement>(`[data-digit="${digit}"]`)
  if (button) void sendForm(card, form, button, true)
}

/** The card that keys decide on: the current one while it waits; a decided one is only looked at. */
function openCard(): Card | null {
  const card = currentCard()
  if (!card || !isOpen(card)) return null
  goTo(card)
  return card
}

function closePanels(): void {
  for (const open of document.querySelectorAll('.opener[open]')) open.removeAttribute('open')
}

/** "Another reason" says nothing to the sender without words. */
function onChange(event: Event): void {
  const { target } = event
  if (!(target instanceof HTMLSelectElement) || target.name !== 'reason') return
  const area = target.form?.querySelector<HTMLTextAreaElement>('textarea[name="reason_text"]')
  if (area && target.form?.matches('.for-reject')) area.required = target.value === 'other'
}

function onToggle(event: Event): void {
  const { target } = event
  if (!(target instanceof HTMLDetailsElement) || !target.open) return
  const card = target.closest<Card>('.card')
  if (card && target.matches('.open-mask')) openMask(card)
}

function onEscape(event: KeyboardEvent): void {
  if (event.key !== 'Escape' || event.isComposing) return
  expects = null
  for (const card of cards()) {
    const open = card.querySelector('.opener[open]')
    if (!open) continue
    open.removeAttribute('open')
    goTo(card)
  }
}
