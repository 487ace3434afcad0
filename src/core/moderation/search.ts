// Finding comments: from what a clerk typed and chose to a page of comments, at a cost that no text and no filter can raise.
// Comments with the marks as typed come first, then those that only agree without marks; within each the order of arrival.
import { fromCursor, toCursor } from '../../lib/cursor.ts'
import { findDocuments, type Hit, placesOf, type Wanted, walkLength, wordsBeginning } from '../../storage/search.ts'
import { type Ctx, faulty, type OpinionKind } from '../context.ts'
import type { SignalCode } from '../screening/signal.ts'
import { fold, hasMarks, syllables } from '../screening/vietnamese.ts'
import { about, spelled, unmarked } from './catalogue.ts'

/** Walks through the index in one answer. Past them the answer says where to go on, with what was found so far. */
const MAX_WALKS = 50
/** Words of a search that count; a clerk's question is shorter. */
const MAX_WORDS = 24
/** Letters of a last word that is taken as a beginning: one alone begins a tenth of all words. */
const LEAST_BEGINNING = 2
/** No comment is older. */
const EARLIEST_DAY = '1990-01-01'
const MONTHS = 12

/** What comments are looked for by; every part must hold. Dates are days of Vietnam, both included. */
export type Search = {
  state: string
  text: string | null
  /** The thread's id and those of threads that were joined to it: the index knows a comment by the one it was written under. */
  threadIds: string[] | null
  signal: SignalCode | null
  kind: OpinionKind | null
  from: string | null
  to: string | null
}

/** A part of a search that is one word, or several in quotation marks; `isBeginning` when it was typed last and may go on. */
export type Term = { words: string[]; isBeginning: boolean }

/** The words and phrases of what was typed, with their marks in one spelling. Only the first 24 words count. */
export function termsOf(text: string): Term[] {
  const terms: Term[] = []
  let room = MAX_WORDS
  for (const [index, part] of text
    .normalize('NFC')
    .split(/["“”„]/)
    .entries()) {
    const words = syllables(part)
      .map((syllable) => syllable.text)
      .slice(0, room)
    room -= words.length
    if (index % 2 === 1) {
      if (words.length > 0) terms.push({ words, isBeginning: false })
    } else terms.push(...words.map((word) => ({ words: [word], isBeginning: false })))
  }
  const last = terms.at(-1)
  const [word = ''] = last?.words ?? []
  if (last && /[\p{L}\p{M}\p{N}]$/u.test(text) && last.words.length === 1) last.isBeginning = word.length >= LEAST_BEGINNING
  return terms
}

/** A page of the ids of comments that are found. `next` may come with few or none, when much was looked through. Throws `validation`. */
export async function findComments(
  ctx: Ctx,
  search: Search,
  page: { after: string | null; isAscending: boolean; limit: number },
): Promise<{ ids: string[]; next: string | null }> {
  const { store } = ctx.services
  const after = page.after === null ? null : (fromCursor(page.after, ['number', 'number']) as [number, number] | null)
  if (page.after !== null && after === null) throw faulty('validation', '/after')
  const rounds = await roundsOf(ctx, search)
  const places = await placesOf(store, ctx.site.id)
  const step = walkLength(store)
  const start = page.isAscending ? places.first - 1 : places.last + 1
  let [round, edge] = after ?? [0, start]
  const found: (Hit & { round: number })[] = []

  for (let walks = 0; walks < MAX_WALKS && found.length <= page.limit; ) {
    const wanted = rounds[round]
    if (wanted === undefined) break
    const among = page.isAscending
      ? { first: Math.max(places.first, edge + 1), last: Math.min(places.last, edge + step) }
      : { first: Math.max(places.first, edge - step), last: Math.min(places.last, edge - 1) }
    if (among.first > among.last) {
      round++
      edge = start
      continue
    }
    walks++
    const limit = page.limit + 1 - found.length
    const hits = await findDocuments(store, wanted, among, { isAscending: page.isAscending, limit })
    found.push(...hits.map((hit) => ({ ...hit, round })))
    edge = page.isAscending ? among.last : among.first
  }
  const shown = found.slice(0, page.limit)
  const last = shown.at(-1)
  const ids = shown.map(({ comment }) => comment)
  if (found.length > page.limit && last) return { ids, next: toCursor([last.round, last.place]) }
  return { ids, next: rounds[round] === undefined ? null : toCursor([round, edge]) }
}

/** What is looked for one after the other: with the marks as typed, then without. Without a text there is one round; with signs only, none. */
async function roundsOf(ctx: Ctx, search: Search): Promise<Wanted[]> {
  const filters = filtersOf(ctx, search)
  if (search.text === null) return [all(filters.length > 0 ? filters : [{ kind: 'words', words: [about.any] }])]
  const terms = termsOf(search.text)
  if (terms.length === 0) return []
  const exact: Wanted[] = []
  const loose: Wanted[] = []
  for (const term of terms) {
    const marked = await words(ctx, term.words.map(spelled), term)
    exact.push(marked)
    loose.push(
      hasMarks(term.words.join(' '))
        ? // Who types marks means them, or somebody who wrote without any; not the same letters with other marks.
          any([
            marked,
            await words(
              ctx,
              term.words.map((word) => spelled(fold(word))),
              term,
            ),
          ])
        : await words(ctx, term.words.map(unmarked), term),
    )
  }
  const first = all([...filters, ...exact])
  return [first, { kind: 'except', wanted: all([...filters, ...loose]), not: all(exact) }]
}

async function words(ctx: Ctx, of: string[], { isBeginning }: Term): Promise<Wanted> {
  const [only = ''] = of
  if (!isBeginning) return { kind: 'words', words: of }
  return any((await wordsBeginning(ctx.services.store, only)).map((word) => ({ kind: 'words', words: [word] })))
}

function filtersOf(ctx: Ctx, search: Search): Wanted[] {
  const one = (word: string): Wanted => ({ kind: 'words', words: [word] })
  return [
    ...(search.state === 'any' ? [] : [one(about.state(search.state))]),
    ...(search.threadIds === null ? [] : [any(search.threadIds.map((id) => one(about.thread(id))))]),
    ...(search.signal === null ? [] : [one(about.signal(search.signal))]),
    ...(search.kind === null ? [] : [one(about.kind(search.kind))]),
    ...(search.from === null && search.to === null
      ? []
      : [any(datesBetween(search.from, search.to, ctx.services.now().getUTCFullYear()).map((date) => one(about.date(date))))]),
  ]
}

/**
 * The fewest years, months and days that together are the time between two days, both included; a date that none has when the
 * first is after the last, so that nothing is found. No end is later than that of the year after `year`.
 */
export function datesBetween(from: string | null, to: string | null, year: number): string[] {
  const latest = `${year + 1}-12-31`
  const end = to === null || to > latest ? latest : to
  const dates: string[] = []
  let day = from === null || from < EARLIEST_DAY ? EARLIEST_DAY : from
  if (day > end) return ['none']
  while (day <= end) {
    const [years = 0, months = 0, days = 0] = day.split('-').map(Number)
    const isWholeYear = months === 1 && days === 1 && `${years}-12-31` <= end
    const isWholeMonth = days === 1 && dayAfter(years, months, 0) <= end
    dates.push(isWholeYear ? day.slice(0, 4) : isWholeMonth ? day.slice(0, 7) : day)
    day = isWholeYear ? dayAfter(years, MONTHS, 1) : isWholeMonth ? dayAfter(years, months, 1) : dayAfter(years, months - 1, days + 1)
  }
  return dates
}

/** The day `days` days after the end of a month of a year, counted from 1; 0 days after is its last day. */
function dayAfter(year: number, month: number, days: number): string {
  return new Date(Date.UTC(year, month, days)).toISOString().slice(0, 10)
}

function all(of: readonly Wanted[]): Wanted {
  return { kind: 'all', of }
}

function any(of: readonly Wanted[]): Wanted {
  return { kind: 'any', of }
}
