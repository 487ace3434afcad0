// What every part of the desk's script uses: the page's words and addresses, asking the service, building elements. The page's policy
// forbids HTML from strings, so everything is built by DOM calls, or taken from another page of the service as it was parsed.
import type { DeskKeys } from '../../core/moderation/desk.ts'
import type { ClientWords } from '../parts.tsx'

const ANSWER_TIMEOUT_MS = 15_000

export type Card = HTMLElement
export type Counts = Record<string, string>
export type Answered<Answer> = { ok: true; answer: Answer } | { ok: false; status: number; detail: string }

export const desk = document.getElementById('desk')
export const words = JSON.parse(desk?.dataset.words ?? '{}') as ClientWords
/** The person's keys, on pages that listen to them. */
export const deskKeys = JSON.parse(desk?.dataset.keys ?? 'null') as DeskKeys | null
export const base = desk?.dataset.base ?? ''
const live = document.getElementById('live')

/** Sends a form's fields or JSON. A refusal has its sentence; without an answer it says that the line is down. */
export async function send<Answer>(path: string, body: URLSearchParams | string): Promise<Answered<Answer>> {
  const headers: Record<string, string> = {
    accept: 'application/json',
    ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}),
  }
  try {
    const response = await fetch(path, { method: 'POST', headers, body, redirect: 'error', signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) })
    const answer: unknown = /json/.test(response.headers.get('content-type') ?? '') ? await response.json() : null
    if (response.ok && answer !== null) return { ok: true, answer: answer as Answer }
    const { detail } = (answer ?? {}) as { detail?: unknown }
    return { ok: false, status: response.status, detail: typeof detail === 'string' ? detail : words.internal }
  } catch {
    return { ok: false, status: 0, detail: words.offline }
  }
}

/** Another page of the service, parsed by the browser without running anything; null when it did not come. */
export function readPage(path: string): Promise<Document | null> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    request.open('GET', path)
    request.responseType = 'document'
    request.timeout = ANSWER_TIMEOUT_MS
    request.addEventListener('loadend', () => resolve(request.status === 200 ? request.responseXML : null))
    request.send()
  })
}

/** A repeated sentence is announced again only when it was taken away before. */
export function say(message: string): void {
  if (!live) return
  live.textContent = ''
  setTimeout(() => {
    live.textContent = message
  }, 50)
}

/** Shows the numbers of the tabs. */
export function showCounts(counts: Counts): void {
  for (const count of document.querySelectorAll<HTMLElement>('[data-count]'))
    count.textContent = counts[count.dataset.count ?? ''] ?? count.textContent
}

/** A sentence with its values, as the server's `fill`. */
export function filled(sentence: string, values: Record<string, string | number>): string {
  return sentence.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}

/** The fields of a form as they would be sent. */
export function fieldsOf(form: HTMLFormElement, button: HTMLElement | null): URLSearchParams {
  const fields = new URLSearchParams()
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') fields.set(name, value)
  if (button instanceof HTMLButtonElement && button.name !== '') fields.set(button.name, button.value)
  return fields
}

/** Sets a hidden field. */
export function setField(form: HTMLFormElement, name: string, value: string): void {
  const input = form.querySelector<HTMLInputElement>(`input[type="hidden"][name="${name}"]`)
  if (input) input.value = value
}

/** Random enough to tell one's own requests apart; `randomUUID` is missing on plain http. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** An element with its class and what is in it. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className: string,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  if (className !== '') made.className = className
  made.append(...children)
  return made
}
