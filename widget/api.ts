// The widget's requests to the reader API. Not for: deciding what a reader sees of an answer.
import { readerToken } from './kept.ts'
import type { Section } from './section.ts'
import type { Problem } from './wire.ts'

/** The value, or the problem. `isStale`: there was no answer, and this is the copy in the browser's cache. */
export type Answer<Value> = readonly [value: Value, problem: null, isStale?: boolean] | readonly [value: null, problem: Problem]

/** What was tried, as the page's `ykien:error` event names it. */
export type Operation = 'load' | 'submit' | 'edit' | 'withdraw' | 'like' | 'report' | 'hints' | 'receipt'

/** A slow 2G line delivers within this; a dead one should say so before the reader gives up. */
const PATIENCE_MS = 60_000

/**
 * Asks the service; a path is that after `/api/v1/`. Problems come in the section's language. Tells the page of a failure: what was
 * tried, the code and the HTTP status (0 when no answer came).
 */
export async function ask<Value>(
  section: Section,
  operation: Operation,
  path: string,
  init: RequestInit = {},
  headers?: Readonly<Record<string, string>>,
): Promise<Answer<Value>> {
  const patience = new AbortController()
  setTimeout(() => patience.abort(), PATIENCE_MS)
  let status = 0
  let told: Partial<Problem> = {}
  try {
    const response = await fetch(`${section.service}/api/v1/${path}`, {
      ...init,
      headers: { 'Accept-Language': section.tongue, ...headers },
      credentials: 'omit',
      signal: patience.signal,
    })
    if (!response.ok) status = response.status
    const content = await response.json()
    // A successful answer has the contract's shape; it is not checked again in every reader's browser.
    if (!status) return [content as Value, null]
    told = content as Partial<Problem>
  } catch {
    // No answer, half of one, or one that a proxy made.
  }
  const problem = { code: status ? 'internal' : 'offline', ...told, status }
  section.emit('ykien:error', { operation, code: problem.code, status })
  return [null, problem]
}

/** A request that says something of the reader's. */
export function send<Value>(
  section: Section,
  operation: Operation,
  path: string,
  method: string,
  body?: string,
  headers?: Readonly<Record<string, string>>,
): Promise<Answer<Value>> {
  return ask(section, operation, path, { method, body: body || null }, { 'Content-Type': 'application/json', ...headers })
}

/** The header by which a reader is known again: for likes, reports and opinions, and nothing else. */
export function asReader(): { readonly 'Ykien-Reader': string } {
  return { 'Ykien-Reader': readerToken() }
}

/** Where the section's site is, for `ask`. */
export function pathOf({ slug }: Section, part: string): string {
  return `sites/${slug}/${part}`
}

/** A page of the article's comments; the copy in the browser's cache where there is no answer. */
export async function readPage<Value>(section: Section, query: Readonly<Record<string, string>>): Promise<Answer<Value>> {
  const { key, url } = section.article
  const path = pathOf(section, `threads?${new URLSearchParams({ ...(key ? { key } : { url }), ...query })}`)
  const answer = await ask<Value>(section, 'load', path)
  const status = answer[1]?.status
  // A refusal of the service itself is news; nothing older could be the better answer then.
  if (answer[0] || (status && status < 500)) return answer
  const [kept] = await ask<Value>(section, 'load', path, { cache: 'force-cache' })
  return kept ? [kept, null, true] : answer
}
