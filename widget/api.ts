// The widget's requests to the reader API. Not for: deciding what a reader sees of an answer.
import type { EditAnswer, PostAnswer, Problem, Sort, SubmitInput, ThreadAnswer, WithdrawAnswer } from './wire.ts'

export type Service = {
  readonly origin: string
  readonly site: string
  readonly article: { readonly key?: string; readonly url: string; readonly title: string }
}

/** `isStale`: the service could not be reached and this came from the browser's cache. */
export type Answer<Value> =
  | { readonly ok: true; readonly value: Value; readonly isStale?: boolean }
  | { readonly ok: false; readonly problem: Problem }

export type Draft = Pick<SubmitInput, 'body' | 'parent_id'> & {
  readonly author: NonNullable<SubmitInput['author']>
  readonly consents: NonNullable<SubmitInput['consents']>
}

/** A slow 2G line delivers a page of comments well within this; a dead one should say so before the reader gives up. */
const PATIENCE_MS = 30_000

/** A page of root comments, or of the replies of `parent`. Falls back to the copy in the browser's cache when there is no answer. */
export async function readPage<Value = ThreadAnswer>(
  service: Service,
  page: { readonly sort?: Sort; readonly parent?: string; readonly after?: string },
  signal: AbortSignal,
): Promise<Answer<Value>> {
  const { key, url } = service.article
  const address = `${siteUrl(service)}/threads?${new URLSearchParams({ ...(key ? { key } : { url }), ...page })}`
  const answer = await ask<Value>(address, {}, signal)
  // A refusal of the service itself is news; nothing older could be the better answer then.
  if (answer.ok || signal.aborted || isRefusal(answer.problem)) return answer
  const kept = await ask<Value>(address, { cache: 'force-cache' }, signal)
  return kept.ok ? { ...kept, isStale: true } : answer
}

/** A function that posts comments: the same draft goes out under the same key until it is accepted, a changed one under a new key. */
export function createSender(service: Service): (draft: Draft) => Promise<Answer<PostAnswer>> {
  let lastBody = ''
  let key = ''
  return async (draft) => {
    const body = JSON.stringify({ article: service.article, ...draft })
    if (body !== lastBody) key = newKey()
    lastBody = body
    const answer = await ask<PostAnswer>(`${siteUrl(service)}/comments`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
      body,
    })
    if (answer.ok) lastBody = ''
    return answer
  }
}

/** Replaces the text of a comment just sent. The answer carries the next edit token. */
export function editComment(service: Service, id: string, token: string, body: string): Promise<Answer<EditAnswer>> {
  return ask(commentUrl(service, id), {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ body }),
  })
}

/** Withdraws a comment just sent. */
export function withdrawComment(service: Service, id: string, token: string): Promise<Answer<WithdrawAnswer>> {
  return ask(commentUrl(service, id), { method: 'DELETE', headers: { Authorization: `Bearer ${token}` } })
}

function isRefusal({ status }: Problem): boolean {
  return status >= 400 && status < 500
}

/** No signal for writes: what a reader has sent should arrive even when the element leaves the page meanwhile. */
async function ask<Value>(url: string, init: RequestInit, signal?: AbortSignal): Promise<Answer<Value>> {
  const patience = new AbortController()
  const giveUp = () => patience.abort()
  const timer = setTimeout(giveUp, PATIENCE_MS)
  signal?.addEventListener('abort', giveUp)
  try {
    const response = await fetch(url, { ...init, credentials: 'omit', signal: patience.signal })
    const content = await response.text()
    return response.ok
      ? { ok: true, value: trusted<Value>(content) }
      : { ok: false, problem: { ...parsedProblem(content), status: response.status } }
  } catch {
    return { ok: false, problem: { code: 'offline', status: 0 } }
  } finally {
    clearTimeout(timer)
  }
}

/** A successful answer of our own service: its shape is the contract's and is not checked again in every reader's browser. */
function trusted<Value>(content: string): Value {
  return JSON.parse(content) as Value
}

/** The problem in a refusal; one without a code (a proxy's page, say) counts as an internal fault. */
function parsedProblem(content: string): Omit<Problem, 'status'> {
  const unknown = { code: 'internal' }
  try {
    return { ...unknown, ...trusted<Partial<Problem>>(content) }
  } catch {
    return unknown
  }
}

function siteUrl(service: Service): string {
  return `${service.origin}/api/v1/sites/${encodeURIComponent(service.site)}`
}

function commentUrl(service: Service, id: string): string {
  return `${service.origin}/api/v1/comments/${encodeURIComponent(id)}`
}

/** 128 random bits. Portals on plain http have no `crypto.randomUUID`. */
function newKey(): string {
  return crypto.getRandomValues(new Uint32Array(4)).join('-')
}
