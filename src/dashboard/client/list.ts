// The list of cards: which one is current, how it refills from a few cards in reserve, what arrives and what others decide meanwhile.
import type { MovedAnswer } from '../decisions.ts'
import { isAttended, onReturn } from './attention.ts'
import { isOpen, offerAnew, setFault, showResult } from './card.ts'
import { retell } from './item.ts'
import { base, type Card, element, filled, readPage, say, send, showCounts, words } from './page.ts'

const POLL_MS = 10_000
/** Cards that wait on the page, and in reserve below which more are fetched. */
const IN_SIGHT = 20
const LEAST_RESERVE = 10
/** Decided cards that stay in sight above; earlier ones make room. */
const KEPT_DECIDED = 30

const list = document.getElementById('cards')
const reserve: Card[] = []
let next = list?.dataset.next ?? null
let newest = list?.dataset.newest ?? ''
let fetching: Promise<void> | null = null
let current: Card | null = null
let stamp = ''
let isAsking = false

/** Begins to keep the list alive. */
export function openList(): void {
  onReturn(() => void askWhatMoved())
  document.querySelector('.tabs [aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' })
  document.addEventListener('visibilitychange', () => void askWhatMoved())
  document.addEventListener('focusin', ({ target }) => {
    const card = target instanceof HTMLElement ? target.closest<Card>('.card') : null
    if (card && list?.contains(card)) setCurrent(card)
  })
  setInterval(() => void askWhatMoved(), POLL_MS)
  if (list) void fetchReserve()
}

/** All cards on the page, in their order. */
export function cards(): Card[] {
  return [...document.querySelectorAll<Card>('.card')]
}

/** The card that keys act on; the first open one before any was chosen. */
export function currentCard(): Card | null {
  if (current?.isConnected) return current
  return cards().find(isOpen) ?? cards()[0] ?? null
}

/** Moves on to a card, keeping it in sight. */
export function goTo(card: Card): void {
  setCurrent(card)
  card.focus({ preventScroll: true })
  card.scrollIntoView({ block: 'nearest' })
}

/** Moves by one card. */
export function step(by: 1 | -1): void {
  const all = cards()
  const at = current?.isConnected ? all.indexOf(current) : by === 1 ? -1 : all.length
  const card = all[at + by]
  if (card) goTo(card)
}

/** Moves on to the next card of the list that waits, after a decision; says so when nothing waits any more. */
export function goOn(from: Card): void {
  if (!list) return
  const all = cards()
  const at = all.indexOf(from)
  const open = [...all.slice(at + 1), ...all.slice(0, at)].find(isOpen)
  if (open) {
    goTo(open)
    return
  }
  say(words.noMore)
  if (!list.parentElement?.querySelector('.all-done')) list.after(element('p', 'empty all-done', words.noMore))
}

/** Puts cards from the reserve below the list, so that as many wait as before. Nothing above moves. */
export function refill(): void {
  if (!list) return
  makeRoom()
  const waiting = cards().filter(isOpen).length
  for (const card of reserve.splice(0, Math.max(0, IN_SIGHT - waiting))) add(card)
  showPages()
  if (reserve.length < LEAST_RESERVE) void fetchReserve()
}

/** Puts the card as it is now in place of the one on the page, for another decision. */
export async function renew(card: Card): Promise<void> {
  const page = await readPage(`${base}/cards/${card.dataset.id ?? ''}${location.search}`)
  const fresh = page?.querySelector<Card>('.card')
  if (!fresh) return setFault(card, words.offline)
  document.adoptNode(fresh)
  card.replaceWith(fresh)
  goTo(fresh)
}

/** Asks whether anything was done on the site, and only then what. */
async function askWhatMoved(): Promise<void> {
  if (document.hidden || isAsking || !isAttended()) return
  isAsking = true
  try {
    const response = await fetch(`${base}/stamp`, { headers: { accept: 'application/json', ...(stamp ? { 'if-none-match': stamp } : {}) } })
    if (response.status !== 204) return
    if (await showWhatMoved()) stamp = response.headers.get('etag') ?? ''
    await retell()
  } catch {
    // The line is down; whoever acts is told, and the next time asks again.
  } finally {
    isAsking = false
  }
}

async function showWhatMoved(): Promise<boolean> {
  const known = cards().filter(({ dataset }) => dataset.version !== undefined)
  const shown = known.slice(-100).map(({ dataset }) => ({
    id: dataset.id ?? '',
    version: Number(dataset.version),
    assignment: Number(dataset.assignment),
  }))
  const state = list?.dataset.state
  const since = newest === '' || state === undefined ? {} : { since: { state, newest } }
  const answered = await send<MovedAnswer>(`${base}/moved`, JSON.stringify({ shown, ...since }))
  if (!answered.ok) return false
  for (const row of answered.answer.moved) {
    const card = known.find(({ dataset }) => dataset.id === row.comment)
    const asked = shown.find(({ id }) => id === row.comment)
    // What this page itself did meanwhile is known already.
    if (!card?.isConnected || card.ariaBusy === 'true' || String(asked?.version) !== card.dataset.version) continue
    showMoved(card, row.version, row.state, row.message)
  }
  for (const row of answered.answer.assigned) {
    const card = known.find(({ dataset }) => dataset.id === row.comment)
    if (card) showInHand(card, row)
  }
  showCounts(answered.answer.counts)
  showArrivals(answered.answer.arrived)
  refill()
  return true
}

/** A card that somebody else decided: who, when, and the way to decide anew. */
export function showMoved(card: Card, version: number | null, state: string | null, message: string): void {
  const hadFocus = card.querySelector('.actions, .result')?.contains(document.activeElement) ?? false
  if (version !== null) card.dataset.version = String(version)
  if (state !== null) card.dataset.state = state
  const result = showResult(card, 'conflict', message)
  offerAnew(card, result, () => void renew(card))
  say(message)
  if (hadFocus) result.focus({ preventScroll: true })
}

/** Who has a card's comment in hand now. */
function showInHand(card: Card, { assignment, to }: MovedAnswer['assigned'][number]): void {
  card.dataset.assignment = String(assignment)
  const line = card.querySelector<HTMLElement>('.with')
  const link = line?.querySelector('a')
  if (!line || !link) return
  line.hidden = to === null
  link.textContent = to?.name ?? ''
  link.href = to?.href ?? ''
}

/** New arrivals gather behind a line; they come in when it is pressed, and where they belong. */
function showArrivals(arrived: number): void {
  const line = document.getElementById('arrivals')
  if (!line || !list) return
  // What is still to come below brings the newest by itself.
  const comesByItself = list.dataset.order !== 'newest' && (next !== null || reserve.length > 0)
  line.hidden = arrived <= 0 || comesByItself
  if (line.hidden) return
  const link = line.querySelector('a') ?? element('a', '')
  link.href = line.dataset.href ?? ''
  link.textContent = filled(words.arrivals, { n: arrived })
  if (link.isConnected) return
  line.append(link)
  link.addEventListener('click', (event) => {
    if (event.metaKey || event.ctrlKey) return
    event.preventDefault()
    void takeInArrivals(link.href, line)
  })
}

async function takeInArrivals(href: string, line: HTMLElement): Promise<void> {
  const fresh = await cardsOf(href)
  if (!fresh || !list) return
  line.hidden = true
  const [first] = fresh
  if (list.dataset.order === 'newest') list.prepend(...fresh)
  else for (const card of fresh) add(card)
  list.parentElement?.querySelector('.all-done, .empty')?.remove()
  if (first) goTo(first)
}

function fetchReserve(): Promise<void> | null {
  if (fetching !== null || next === null) return fetching
  fetching = cardsOf(next)
    .then((fresh) => {
      if (fresh) reserve.push(...fresh)
      refill()
    })
    .finally(() => {
      fetching = null
    })
  return fetching
}

/** The cards of a page that are not here yet; where the next page is follows from it. */
async function cardsOf(href: string): Promise<Card[] | null> {
  const page = await readPage(href)
  const there = page?.getElementById('cards')
  if (!there) return null
  const known = new Set([...cards(), ...reserve].map(({ dataset }) => dataset.id))
  const fresh = [...there.querySelectorAll<Card>('.card')].filter(({ dataset }) => !known.has(dataset.id))
  for (const card of fresh) document.adoptNode(card)
  next = there.dataset.next ?? null
  if ((there.dataset.newest ?? '') > newest && newest !== '') newest = there.dataset.newest ?? ''
  return fresh
}

function add(card: Card): void {
  list?.append(card)
  if ((card.dataset.id ?? '') > newest && newest !== '') newest = card.dataset.id ?? ''
  list?.parentElement?.querySelector('.all-done')?.remove()
}

/** The way to the next page is only for where the script does not lead. */
function showPages(): void {
  const link = document.querySelector<HTMLAnchorElement>('#pages .next')
  if (!link) return
  link.hidden = next === null
  if (next !== null) link.href = next
}

/** The decided cards furthest above go, when they are out of sight. */
function makeRoom(): void {
  const decided = cards().filter((card) => card.dataset.mood !== undefined && card !== current)
  for (const card of decided.slice(0, Math.max(0, decided.length - KEPT_DECIDED)))
    if (card.getBoundingClientRect().bottom < 0) card.remove()
}

function setCurrent(card: Card): void {
  if (current !== card) {
    delete current?.dataset.current
    current = card
  }
  card.dataset.current = ''
}
