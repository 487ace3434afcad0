// What every page and answer of the desk starts from: the person's session, the site of the path, and the site's language.

import { AppError, type Ctx } from '../core/context.ts'
import { COUNT_CEILING, type ItemDetail, LISTED_STATES, type QueueCounts, readItem } from '../core/moderation/queue.ts'
import type { Person, Session } from '../core/people/sessions.ts'
import type { Reason } from '../core/reasons.ts'
import { COMMAND_LINE } from '../core/record.ts'
import { sessionOf, staffCtx } from '../http/auth.ts'
import type { AppContext } from '../http/door.ts'
import { nonceOf } from '../http/page.tsx'
import { QueueQuery } from '../http/shapes.ts'
import { dateTime, fill } from '../i18n/format.ts'
import { type Language, type Strings, strings } from '../i18n/index.ts'

/** A state that has a tab. */
export type ListedState = (typeof LISTED_STATES)[number]

/**
 * `base` is the path of the site's part of the desk, without a slash at its end; `room` the part of the path after it; `nonce` lets its own
 * script run.
 */
export type Desk = {
  ctx: Ctx
  session: Session
  person: Person
  language: Language
  words: Strings
  base: string
  room: string
  nonce: string
}

/** Counts as tabs show them, by state. */
export type CountTexts = Record<ListedState, string>

/** The desk of the path's site. Throws `unauthenticated` without a session, `not_found` for a site on which the person has no role. */
export async function openDesk(c: AppContext): Promise<Desk> {
  const session = await sessionOf(c)
  if (!session) throw new AppError('unauthenticated')
  const ctx = await staffCtx(c, c.req.param('site') ?? '')
  const language = session.person.preferences.language ?? ctx.site.settings.language
  c.set('language', language)
  const base = `/desk/${ctx.site.slug}`
  const room = c.req.path.slice(base.length + 1).split('/')[0] ?? ''
  return { ctx, session, person: session.person, language, words: strings(language), base, room, nonce: nonceOf(c) }
}

/** Where somebody is in the queue: a tab, or every state, narrowed by what was searched for and chosen, and a page of it. */
export type Place = Omit<ReturnType<typeof QueueQuery.parse>, 'state' | 'limit' | 'until'> & { state: ListedState | 'any' }

const PLACE_FIELDS = ['state', 'q', 'article', 'kind', 'signal', 'author', 'assignee', 'reported', 'from', 'to', 'sort', 'after'] as const

/** The state a tab or a link names; `pending` where none is named. Throws `not_found` for a state without a tab. */
export function listedState(name: string | undefined): ListedState {
  const state = LISTED_STATES.find((each) => each === (name || 'pending'))
  if (!state) throw new AppError('not_found')
  return state
}

/** The place that an address or a form names by its fields; an empty one is none. Throws as {@link listedState}, and for a faulty field. */
export function placeOf(field: (name: string) => string | undefined): Place {
  const { limit: _, ...place } = QueueQuery.omit({ state: true, until: true }).parse(
    Object.fromEntries(PLACE_FIELDS.flatMap((name) => (field(name) ? [[name, field(name)]] : []))),
  )
  const state = field('state')
  return { ...place, state: state === 'any' ? state : listedState(state) }
}

/** A place as the fields of an address or a form. */
export function placeFields(place: Place): Record<string, string> {
  return Object.fromEntries(
    PLACE_FIELDS.flatMap((name) => {
      const value = place[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
}

/** Whether a place shows less than a whole tab. */
export function isNarrowed(place: Place): boolean {
  const { q, article, kind, signal, author, assignee, reported, from, to } = place
  return [q, article, kind, signal, author, assignee, reported, from, to].some((field) => field !== undefined)
}

/** Where a page of the queue is. `more` carries ids and codes only: addresses end in logs. */
export function queueHref(desk: Desk, place: Place, more: Record<string, string> = {}): string {
  return `${desk.base}/queue?${new URLSearchParams({ ...placeFields(place), ...more })}`
}

/** All that a colleague has in hand. */
export function inHandHref(desk: Desk, assignee: { id: string }): string {
  return queueHref(desk, { state: 'any', assignee: assignee.id })
}

/** Counts as text: beyond 999 only that there are more. */
export function countTexts(counts: QueueCounts): CountTexts {
  return Object.fromEntries(
    LISTED_STATES.map((state) => [state, counts[state] >= COUNT_CEILING ? `${COUNT_CEILING - 1}+` : String(counts[state])]),
  ) as CountTexts
}

/** The reasons for not publishing that the site wants at hand, on the digits 1 to 9. */
export function quickReasons(desk: Desk): Reason[] {
  return desk.ctx.site.settings.quick_reasons
}

/** The name the author typed, or the word for a reader without one. */
export function authorOf(desk: Desk, item: Pick<ItemDetail, 'author'>): string {
  return item.author.name_given ?? desk.words.reader.anonymous
}

/** One comment with its history, or null when there is none here. */
export async function findItem(desk: Desk, id: string): Promise<ItemDetail | null> {
  try {
    return await readItem(desk.ctx, id)
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') return null
    throw error
  }
}

/** Who did something, by the name that the record keeps; the operator’s own tool in words. */
export function doerOf(desk: Desk, name: string): string {
  return name === COMMAND_LINE.name ? desk.words.record.commandLine : name
}

/** Says who changed a comment that somebody else was looking at, and what it is now. */
export function movedSentence(
  desk: Desk,
  fact: { kind: string; by: string | null; at: string | null; state: keyof Strings['states'] },
): string {
  const { words } = desk
  const time = fact.at === null ? '' : dateTime(fact.at)
  if (fact.kind === 'revision') return fill(words.desk.conflictEdited, { time })
  if (fact.kind === 'withdrawal') return fill(words.desk.conflictWithdrawn, { time })
  return fill(words.desk.conflictDecided, { name: fact.by ?? words.desk.author, time, state: words.states[fact.state] })
}
