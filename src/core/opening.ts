// When opinions are taken: a site's state, hours and closed days, and an article's own opening and closing. Pure; the caller says
// what time it is. Days and times of day are those of Vietnam, which has had no summer time since 1975.
import { date, dateTime, fill } from '../i18n/format.ts'
import { type Language, strings } from '../i18n/index.ts'
import { AppError, type Site } from './context.ts'

/** Why nothing is taken: the article is closed, the site is, or it is outside its hours or days. */
export type ClosedReason = 'article' | 'site' | 'hours'

/** `opensAt` is when opinions are taken again, `changesAt` when any of this is different next; null when nobody can know. */
export type Opening = { closed: ClosedReason | null; opensAt: string | null; changesAt: string | null }

/** What an article's own opening follows from. */
export type Scheduled = { closedAt: string | null; closesAt: string | null; opensAt: string | null }

type Hours = Pick<Site['settings'], 'state' | 'hours_from' | 'hours_to' | 'open_days' | 'closed_dates'>

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const VIETNAM_MS = 7 * 3_600_000
/** How far the next change is looked for. What lies further away is looked for again then. */
const DAYS_AHEAD = 62

/** Whether opinions are taken at a time, on the site and, where there is one, under the article. */
export function openingOf(settings: Hours, article: Scheduled | null, now: Date): Opening {
  const at = now.getTime()
  const site = siteOpening(settings, at)
  const isArticleOpen = article === null || isOpen(article, now.toISOString())
  const events = article === null ? [] : [article.closesAt, article.opensAt].filter((each) => each !== null && each > now.toISOString())
  const changesAt = [site.changesAt, ...events].filter((each) => each !== null).sort()[0] ?? null
  if (!isArticleOpen) {
    const opensAt = article?.opensAt && article.opensAt > now.toISOString() ? article.opensAt : null
    return { closed: 'article', opensAt, changesAt }
  }
  return { closed: site.closed, opensAt: site.opensAt, changesAt }
}

/** Whether an article is open by itself: the last of what was done and what was scheduled counts. */
export function isOpen(article: Scheduled, now: string): boolean {
  const passed = [
    { at: article.closesAt, isOpen: false },
    { at: article.opensAt, isOpen: true },
  ].filter(({ at }) => at !== null && at <= now)
  passed.sort((one, other) => ((one.at ?? '') < (other.at ?? '') ? -1 : 1))
  return passed.at(-1)?.isOpen ?? article.closedAt === null
}

/** Throws the error for what is closed: `thread_closed`, `site_closed`, or `outside_hours` with the time it opens again. */
export function refuseClosed(opening: Opening): void {
  if (opening.closed === null) return
  if (opening.closed === 'article') throw new AppError('thread_closed')
  if (opening.closed === 'hours' && opening.opensAt !== null) throw new AppError('outside_hours', { values: { time: opening.opensAt } })
  throw new AppError('site_closed')
}

/** What readers are told where nothing is taken: the site's own words, or a sentence of the language with the time it opens again. */
export function closedSentence(site: Pick<Site, 'settings'>, opening: Opening, language: Language): string {
  const { closed_message: own } = site.settings
  const words = strings(language)
  const until = opening.opensAt === null ? null : dateTime(opening.opensAt)
  if (opening.closed === 'article') return until === null ? words.reader.closed : fill(words.settings.articleClosedUntil, { time: until })
  if (own !== null) return own
  return until === null ? words.settings.siteClosed : fill(words.settings.siteClosedUntil, { time: until })
}

function siteOpening(settings: Hours, at: number): Opening {
  if (settings.state === 'closed') return { closed: 'site', opensAt: null, changesAt: null }
  const isAlways = settings.hours_from === null && settings.open_days.length === 7 && settings.closed_dates.length === 0
  if (isAlways) return { closed: null, opensAt: null, changesAt: null }
  const closed = isWithinHours(settings, at) ? null : 'hours'
  for (const edge of edges(settings, at)) {
    if (isWithinHours(settings, edge) === (closed !== null)) {
      const changesAt = new Date(edge).toISOString()
      return { closed, opensAt: closed === null ? null : changesAt, changesAt }
    }
  }
  return { closed, opensAt: null, changesAt: new Date(at + DAYS_AHEAD * DAY_MS).toISOString() }
}

/** The moments after `at` at which a site may open or close, in their order. */
function* edges(settings: Hours, at: number): Generator<number> {
  const midnight = Math.floor((at + VIETNAM_MS) / DAY_MS) * DAY_MS - VIETNAM_MS
  const minutes = [0, ...(settings.hours_from === null ? [] : [minuteOf(settings.hours_from), minuteOf(settings.hours_to ?? '24:00')])]
  for (let day = 0; day <= DAYS_AHEAD; day++) {
    for (const minute of minutes) {
      const edge = midnight + day * DAY_MS + minute * MINUTE_MS
      if (edge > at) yield edge
    }
  }
}

function isWithinHours(settings: Hours, at: number): boolean {
  const local = new Date(at + VIETNAM_MS)
  const day = local.toISOString().slice(0, 10)
  if (!settings.open_days.includes(local.getUTCDay() || 7)) return false
  if (settings.closed_dates.some(({ from, to }) => from <= day && day <= to)) return false
  if (settings.hours_from === null || settings.hours_to === null) return true
  const minute = local.getUTCHours() * 60 + local.getUTCMinutes()
  return minuteOf(settings.hours_from) <= minute && minute < minuteOf(settings.hours_to)
}

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}

/** Closed days as people write them, one range to a line: `30/04/2027` or `30/04/2027 - 01/05/2027`. */
export function datesText(dates: Hours['closed_dates']): string {
  const day = (iso: string) => date(`${iso}T05:00:00.000Z`)
  return dates.map(({ from, to }) => (from === to ? day(from) : `${day(from)} - ${day(to)}`)).join('\n')
}

/** Reads what {@link datesText} writes; null when a line is neither a day nor two. */
export function datesOf(text: string): Site['settings']['closed_dates'] | null {
  const ranges = []
  for (const each of text.split('\n').map((written) => written.trim())) {
    if (each === '') continue
    const [, from = '', to = from] = /^(\d{1,2}\/\d{1,2}\/\d{4})(?:\s*[-–—]\s*(\d{1,2}\/\d{1,2}\/\d{4}))?$/.exec(each) ?? []
    const range = { from: isoDay(from), to: isoDay(to) }
    if (range.from === null || range.to === null) return null
    ranges.push({ from: range.from, to: range.to })
  }
  return ranges
}

function isoDay(written: string): string | null {
  const [day = 0, month = 0, year = 0] = written.split('/').map(Number)
  const at = Date.UTC(year, month - 1, day)
  if (Number.isNaN(at) || year < 1990) return null
  const read = new Date(at)
  return read.getUTCDate() === day && read.getUTCMonth() === month - 1 ? read.toISOString().slice(0, 10) : null
}
