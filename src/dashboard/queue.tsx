// The queue: the comments of one state as cards, with the counts of all states beside them.
import { AppError, type ErrorCode } from '../core/context.ts'
import { readQueue } from '../core/moderation/queue.ts'
import type { AppContext } from '../http/door.ts'
import { allowPage } from '../http/page.tsx'
import { fill } from '../i18n/format.ts'
import type { Strings } from '../i18n/index.ts'
import { Card, type Place } from './card.tsx'
import {
  authorOf,
  type CountTexts,
  countTexts,
  type Desk,
  findItem,
  type ListedState,
  listedState,
  movedSentence,
  openDesk,
  queueHref,
} from './desk.ts'
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
  const place = { state: listedState(c.req.query('state')), after: c.req.query('after') }
  const page = await readQueue(desk.ctx, { state: place.state, after: place.after ?? null, limit: PAGE_LENGTH })
  const notice = await noticeOf(c, desk)
  const { words } = desk
  const title = words.states[place.state]
  allowPage(c, { frameAncestors: "'none'", script: 'nonce', connect: true })
  return c.html(
    <Frame desk={desk} title={title}>
      <Tabs desk={desk} counts={countTexts(page.counts)} current={place.state} />
      <main id="main" tabindex={-1}>
        <h1>{title}</h1>
        {notice && <NoticeBox desk={desk} notice={notice} place={place} />}
        <p class="arrivals" id="arrivals" data-href={queueHref(desk, { state: place.state })} hidden></p>
        {page.items.length === 0 && (
          <p class="empty">{place.state === 'pending' && !place.after ? words.desk.emptyQueue : words.desk.emptyList}</p>
        )}
        <div class="cards" data-state={place.state} data-whole={place.after || page.next ? undefined : 'true'}>
          {page.items.map((item) => (
            <Card desk={desk} item={item} place={place} />
          ))}
        </div>
        {(place.after || page.next) && (
          <nav class="pages" aria-label={words.desk.queue}>
            {place.after && <a href={queueHref(desk, { state: place.state })}>{words.reader.newest}</a>}
            {page.next && <a href={queueHref(desk, { state: place.state, after: page.next })}>{words.desk.more}</a>}
          </nav>
        )}
      </main>
    </Frame>,
  )
}

function Tabs(props: { desk: Desk; counts: CountTexts; current: ListedState }) {
  const { desk, counts } = props
  return (
    <nav class="tabs" aria-label={desk.words.desk.tabs}>
      <ul>
        {TABS.map((state) => (
          <li>
            <a href={queueHref(desk, { state })} aria-current={state === props.current ? 'page' : undefined}>
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
          <input type="hidden" name="state" value={place.state} />
          <input type="hidden" name="after" value={place.after ?? ''} />
          <button type="submit">{words.undo}</button>
        </form>
      )}
    </div>
  )
}
