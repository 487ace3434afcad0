// The queue: the comments of one state, or those searched for, as cards, with the counts of all states above them.
import { AppError, type ErrorCode } from '../core/context.ts'
import { readQueue } from '../core/moderation/queue.ts'
import type { AppContext } from '../http/door.ts'
import { allowPage } from '../http/page.tsx'
import { fill } from '../i18n/format.ts'
import type { Strings } from '../i18n/index.ts'
import { Card } from './card.tsx'
import {
  authorOf,
  type CountTexts,
  countTexts,
  type Desk,
  findItem,
  isNarrowed,
  type ListedState,
  movedSentence,
  openDesk,
  type Place,
  placeFields,
  placeOf,
  queueHref,
} from './desk.ts'
import { Filters } from './filters.tsx'
import { Frame } from './parts.tsx'

/** The tabs in their order: what waits, what is public or was, what is not. */
const TABS = [
  'pending',
  'held',
  'returned',
  'published',
  'hidden',
  'rejected',
  'spam',
  'withdrawn',
] as const satisfies readonly ListedState[]
/** Cards on a page: what a person reads before a pause. */
const PAGE_LENGTH = 20

/** GET /desk/:site/queue */
export async function showQueue(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const place = placeOf((name) => c.req.query(name))
  const page = await readQueue(desk.ctx, { ...place, limit: PAGE_LENGTH })
  const notice = await noticeOf(c, desk)
  const { words } = desk
  const title = place.state === 'any' ? words.desk.anyState : words.states[place.state]
  const firstPage = { ...place, after: undefined }
  const isWhole = !isNarrowed(place) && place.state !== 'any' && !place.after && !page.next
  allowPage(c, { frameAncestors: "'none'", script: 'nonce', connect: true })
  return c.html(
    <Frame desk={desk} title={title}>
      <Tabs desk={desk} counts={countTexts(page.counts)} place={firstPage} />
      <main id="main" tabindex={-1}>
        <h1>{title}</h1>
        <Filters desk={desk} place={place} states={TABS} />
        {notice && <NoticeBox desk={desk} notice={notice} place={place} />}
        {page.is_catching_up && <p class="notice">{words.desk.searchBehind}</p>}
        <p class="arrivals" id="arrivals" data-href={queueHref(desk, firstPage)} hidden></p>
        {page.items.length === 0 && <p class="empty">{emptySentence(words, place, page.next !== null)}</p>}
        <div class="cards" data-state={place.state} data-whole={isWhole ? 'true' : undefined}>
          {page.items.map((item) => (
            <Card desk={desk} item={item} place={place} />
          ))}
        </div>
        {(place.after || page.next) && (
          <nav class="pages" aria-label={words.desk.queue}>
            {place.after && <a href={queueHref(desk, firstPage)}>{words.reader.newest}</a>}
            {page.next && <a href={queueHref(desk, { ...place, after: page.next })}>{words.desk.more}</a>}
          </nav>
        )}
      </main>
    </Frame>,
  )
}

function emptySentence(words: Strings, place: Place, isMore: boolean): string {
  if (isMore) return words.desk.searchOn
  if (isNarrowed(place) || place.state === 'any') return words.desk.emptySearch
  return place.state === 'pending' && !place.after ? words.desk.emptyQueue : words.desk.emptyList
}

/** What was searched for and chosen goes along to another tab; the order does not, since each has its own. */
function Tabs(props: { desk: Desk; counts: CountTexts; place: Place }) {
  const { desk, counts, place } = props
  return (
    <nav class="tabs" aria-label={desk.words.desk.tabs}>
      <ul>
        {TABS.map((state) => (
          <li>
            <a href={queueHref(desk, { ...place, state, sort: undefined })} aria-current={state === place.state ? 'page' : undefined}>
              <span>{desk.words.states[state]}</span>{' '}
              <span class="count" data-count={state}>
                {counts[state]}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  )
}

type Notice = { mood: 'done' | 'conflict'; text: string; comment: string; undo: { decision: string; seconds: number } | null }

/** What a decision without script led to. The address names it by ids; the words are looked up. */
async function noticeOf(c: AppContext, desk: Desk): Promise<Notice | null> {
  const { words } = desk
  const query = (name: string) => c.req.query(name)
  const id = query('done') ?? query('undone') ?? query('conflict') ?? query('refused')
  const item = id === undefined ? null : await findItem(desk, id)
  if (!item) return null
  const notice = (mood: Notice['mood'], text: string): Notice => ({ mood, text, comment: item.id, undo: null })
  if (query('undone')) return notice('done', words.desk.undone)
  if (query('refused')) return notice('conflict', fill(words.desk.refused, { detail: words.problems[codeOf(query('code'), words)] }))
  const last = item.history.at(-1)
  if (query('conflict')) return last ? notice('conflict', movedSentence(desk, last)) : null
  const decision = item.history.find((fact) => fact.id === query('decision') && fact.kind === 'decision')
  if (!decision) return null
  const left = decision.undo_until === null || last !== decision ? 0 : Date.parse(decision.undo_until) - desk.ctx.services.now().getTime()
  return {
    ...notice('done', fill(words.desk.done, { state: words.states[decision.state], name: authorOf(desk, item) })),
    undo: left > 0 ? { decision: decision.id, seconds: Math.ceil(left / 1_000) } : null,
  }
}

function codeOf(code: string | undefined, words: Strings): ErrorCode {
  if (code === undefined || !Object.hasOwn(words.problems, code)) throw new AppError('not_found')
  return code as ErrorCode
}

function NoticeBox(props: { desk: Desk; notice: Notice; place: Place }) {
  const { desk, notice, place } = props
  const words = desk.words.desk
  return (
    <div class={`notice ${notice.mood}`} role="status">
      <p>
        {notice.text} {notice.undo && fill(words.doneEffect, { n: notice.undo.seconds })}{' '}
        <a href={`${desk.base}/comments/${notice.comment}`}>{words.open}</a>
      </p>
      {notice.undo && (
        <form method="post" action={`${desk.base}/decisions/${notice.undo.decision}/undo`}>
          {Object.entries(placeFields(place)).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <button type="submit">{words.undo}</button>
        </form>
      )}
    </div>
  )
}
