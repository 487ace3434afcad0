// What the desk does beyond its forms: decisions without leaving the page, undo with a countdown, news of what others decided.
// Everything works without it. It builds with DOM calls only, since the page's policy forbids HTML from strings.
import type { DecisionAnswer, MovedAnswer, UndoAnswer } from './decisions.ts'
import type { ClientWords } from './parts.tsx'

const POLL_MS = 10_000
/** Without a key or a pointer for this long the page stops asking, so that a session left alone can end. */
const ATTENDED_MS = 10 * 60_000
const ANSWER_TIMEOUT_MS = 15_000

type Card = HTMLElement
type Answered<Answer> = { ok: true; answer: Answer } | { ok: false; status: number; detail: string }
type Counts = Record<string, string>

const desk = document.getElementById('desk')
const live = document.getElementById('live')
const words = JSON.parse(desk?.dataset.words ?? '{}') as ClientWords
const base = desk?.dataset.base ?? ''
let attendedAt = performance.now()
let isAsking = false

if (desk) {
  document.addEventListener('submit', onSubmit)
  document.addEventListener('change', onChange)
  document.addEventListener('keydown', onKey)
  document.addEventListener('toggle', onToggle, true)
  for (const kind of ['pointerdown', 'pointermove', 'keydown']) document.addEventListener(kind, attend, { passive: true })
  document.querySelector('.tabs [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
  document.addEventListener('visibilitychange', () => void askWhatMoved())
  setInterval(() => void askWhatMoved(), POLL_MS)
}

function onSubmit(event: SubmitEvent): void {
  const form = event.target
  if (!(form instanceof HTMLFormElement) || event.defaultPrevented) return
  const card = form.closest<Card>('.card')
  if (!card) return
  event.preventDefault()
  void decide(card, form, event.submitter)
}

async function decide(card: Card, form: HTMLFormElement, button: HTMLElement | null): Promise<void> {
  if (card.ariaBusy === 'true') return
  const fields = fieldsOf(form)
  if (button instanceof HTMLButtonElement && button.name !== '') fields.set(button.name, button.value)
  const hadFocus = card.contains(document.activeElement)
  setBusy(card, true)
  setFault(card, null)
  const answered = await send<DecisionAnswer>(`${base}/decisions`, fields)
  setBusy(card, false)
  if (!answered.ok) return fail(card, answered, button)
  const { outcome, message, counts } = answered.answer
  showCounts(counts)
  if (outcome.status === 'refused') return fail(card, { detail: message, status: 409 }, button)
  if (outcome.version !== null) card.dataset.version = String(outcome.version)
  if (outcome.state !== null) card.dataset.state = outcome.state
  const result = showResult(card, outcome.status === 'done' ? 'done' : 'conflict', message)
  if (outcome.status === 'done' && outcome.decision !== null && answered.answer.undo_ms > 0)
    offerUndo(card, result, outcome.decision, answered.answer.undo_ms)
  say(message)
  if (hadFocus) (result.querySelector('button') ?? result).focus({ preventScroll: true })
  showArrivals(counts)
}

/** The line that stands in place of a card's buttons. The text above it stays, so that nothing on the page moves. */
function showResult(card: Card, mood: 'done' | 'conflict', message: string): HTMLElement {
  card.querySelector('.result')?.remove()
  setFault(card, null)
  const actions = card.querySelector<HTMLElement>('.actions')
  const result = element('div', 'result', element('p', '', message))
  result.tabIndex = -1
  if (actions) {
    actions.querySelector('details')?.removeAttribute('open')
    result.style.minHeight = `${actions.offsetHeight}px`
    actions.hidden = true
    actions.before(result)
  } else card.append(result)
  if (mood === 'conflict') {
    const link = element('a', '', words.open)
    link.setAttribute('href', `${base}/comments/${card.dataset.id ?? ''}`)
    result.append(link)
  }
  card.dataset.mood = mood
  return result
}

function offerUndo(card: Card, result: HTMLElement, decision: string, undoMs: number): void {
  const endsAt = performance.now() + undoMs
  const left = element('span', 'left')
  const button = element('button', '', `${words.undo} `, left)
  left.ariaHidden = 'true'
  result.append(button)
  const timer = setInterval(count, 250)
  // The button appears where a hand is: neither the second press of a double click nor a key held down is meant for it.
  button.addEventListener('click', (event) => {
    if (event.detail <= 1) void takeBack(card, result, decision)
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
    const hadFocus = document.activeElement === button
    button.remove()
    if (hadFocus) result.focus({ preventScroll: true })
  }
}

async function takeBack(card: Card, result: HTMLElement, decision: string): Promise<void> {
  if (card.ariaBusy === 'true') return
  const hadFocus = card.contains(document.activeElement)
  setBusy(card, true)
  setFault(card, null)
  const answered = await send<UndoAnswer>(
    `${base}/decisions/${decision}/undo`,
    new URLSearchParams({ version: card.dataset.version ?? '' }),
  )
  setBusy(card, false)
  if (!answered.ok) {
    if (answered.status === 409) result.querySelector('button')?.remove()
    return fail(card, answered, result)
  }
  const { comment, is_same_text: isSameText, message, counts } = answered.answer
  card.dataset.version = String(comment.version)
  card.dataset.state = comment.state
  showCounts(counts)
  say(message)
  if (!isSameText) {
    const changed = showResult(card, 'conflict', message)
    if (hadFocus) changed.focus({ preventScroll: true })
    return
  }
  restore(card)
  if (hadFocus) (card.querySelector<HTMLElement>('.actions .decide') ?? card).focus({ preventScroll: true })
  showArrivals(counts)
}

/** Gives a card its buttons back, for the version it has now. Its requests are new ones, so they get new keys. */
function restore(card: Card): void {
  card.querySelector('.result')?.remove()
  delete card.dataset.mood
  for (const form of card.querySelectorAll('form')) {
    setField(form, 'version', card.dataset.version ?? '')
    setField(form, 'request_key', newKey())
  }
  const actions = card.querySelector<HTMLElement>('.actions')
  if (actions) actions.hidden = false
}

/** Everything stays as it was, with a sentence that says so. */
function fail(card: Card, answered: { status: number; detail: string }, focus: HTMLElement | null): void {
  setFault(card, answered.detail, answered.status === 401)
  if (focus?.isConnected) focus.focus({ preventScroll: true })
}

async function askWhatMoved(): Promise<void> {
  if (document.hidden || isAsking || performance.now() - attendedAt > ATTENDED_MS) return
  const cards = [...document.querySelectorAll<Card>('.card[data-version]')]
  const shown = cards.map((card) => ({ id: card.dataset.id ?? '', version: Number(card.dataset.version) }))
  isAsking = true
  const answered = await send<MovedAnswer>(`${base}/moved`, JSON.stringify({ shown }))
  isAsking = false
  if (!answered.ok) return
  for (const row of answered.answer.moved) {
    const card = cards.find(({ dataset }) => dataset.id === row.comment)
    const asked = shown.find(({ id }) => id === row.comment)
    // What this page itself did meanwhile is known already.
    if (!card || card.ariaBusy === 'true' || String(asked?.version) !== card.dataset.version) continue
    const hadFocus = card.querySelector('.actions, .result')?.contains(document.activeElement) ?? false
    card.dataset.version = String(row.version)
    card.dataset.state = row.state
    const result = showResult(card, 'conflict', row.message)
    say(row.message)
    if (hadFocus) result.focus({ preventScroll: true })
  }
  showCounts(answered.answer.counts)
  showArrivals(answered.answer.counts)
}

async function send<Answer>(path: string, body: URLSearchParams | string): Promise<Answered<Answer>> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), ANSWER_TIMEOUT_MS)
  const headers: Record<string, string> = {
    accept: 'application/json',
    ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}),
  }
  try {
    const response = await fetch(path, { method: 'POST', headers, body, redirect: 'error', signal: abort.signal })
    const answer: unknown = /json/.test(response.headers.get('content-type') ?? '') ? await response.json() : null
    if (response.ok && answer !== null) return { ok: true, answer: answer as Answer }
    const { detail } = (answer ?? {}) as { detail?: unknown }
    return { ok: false, status: response.status, detail: typeof detail === 'string' ? detail : words.internal }
  } catch {
    return { ok: false, status: 0, detail: words.offline }
  } finally {
    clearTimeout(timer)
  }
}

function showCounts(counts: Counts): void {
  for (const count of document.querySelectorAll<HTMLElement>('[data-count]')) {
    count.textContent = counts[count.dataset.count ?? ''] ?? count.textContent
  }
}

/** Where a page shows a whole state, what the state holds beyond the page's cards has just arrived. */
function showArrivals(counts: Counts): void {
  const list = document.querySelector<HTMLElement>('.cards[data-whole]')
  const line = document.getElementById('arrivals')
  if (!list || !line) return
  const { state = '' } = list.dataset
  const arrived = Number.parseInt(counts[state] ?? '0', 10) - list.querySelectorAll(`.card[data-state="${state}"]`).length
  const link = line.querySelector('a') ?? element('a', '')
  link.setAttribute('href', line.dataset.href ?? '')
  link.textContent = words.arrivals.replace('{n}', String(arrived))
  if (!link.isConnected) line.append(link)
  line.hidden = arrived <= 0
}

function setFault(card: Card, detail: string | null, isSignedOut = false): void {
  card.querySelector('.fault')?.remove()
  if (detail === null) return
  const fault = element('p', 'fault', detail)
  fault.setAttribute('role', 'alert')
  if (isSignedOut) {
    const link = element('a', '', words.signIn)
    link.setAttribute('href', '/desk/signin')
    fault.append(' ', link)
  }
  const place = card.querySelector('.result, .actions')
  if (place) place.before(fault)
  else card.append(fault)
}

/** Buttons stay enabled while a request runs, so that none loses the focus; a second press does nothing. */
function setBusy(card: Card, isBusy: boolean): void {
  card.ariaBusy = isBusy ? 'true' : null
}

/** A repeated sentence is announced again only when it was taken away before. */
function say(message: string): void {
  if (!live) return
  live.textContent = ''
  setTimeout(() => {
    live.textContent = message
  }, 50)
}

/** "Another reason" says nothing to the sender without words. */
function onChange(event: Event): void {
  const { target } = event
  if (!(target instanceof HTMLSelectElement) || target.name !== 'reason') return
  const area = target.form?.querySelector('textarea')
  if (area) area.required = target.value === 'other'
}

function onToggle(event: Event): void {
  const { target } = event
  if (target instanceof HTMLDetailsElement && target.open) target.closest('.actions')?.querySelector('select')?.focus()
}

function onKey(event: KeyboardEvent): void {
  if (event.key !== 'Escape' || event.isComposing || !(event.target instanceof HTMLElement)) return
  const details = event.target.closest('.actions')?.querySelector('details[open]')
  if (!details) return
  details.removeAttribute('open')
  details.querySelector('summary')?.focus()
}

function attend(): void {
  const wasAway = performance.now() - attendedAt > ATTENDED_MS
  attendedAt = performance.now()
  if (wasAway) void askWhatMoved()
}

function fieldsOf(form: HTMLFormElement): URLSearchParams {
  const fields = new URLSearchParams()
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') fields.set(name, value)
  return fields
}

function setField(form: HTMLFormElement, name: string, value: string): void {
  const input = form.querySelector<HTMLInputElement>(`input[name="${name}"]`)
  if (input) input.value = value
}

/** Random enough to tell one's own requests apart; `randomUUID` is missing on plain http. */
function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  if (className !== '') made.className = className
  made.append(...children)
  return made
}
