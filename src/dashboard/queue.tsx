// The queue: the comments of one state, or those searched for, as cards, with the counts of all states above them.
import { AppError, type ErrorCode } from '../core/context.ts'
import { readColleagues } from '../core/moderation/assign.ts'
import { readKeys, readViews } from '../core/moderation/desk.ts'
import { readItem, readQueue } from '../core/moderation/queue.ts'
import type { AppContext } from '../http/door.ts'
import { allowPage } from '../http/page.tsx'
import { fill } from '../i18n/format.ts'
import type { Strings } from '../i18n/index.ts'
import { BulkBar, bulkUndoSentence, tellBulk } from './bulk.tsx'
import { Card, WAITING } from './card.tsx'
import { leftMs } from './decisions.ts'
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
import { KeyHelp, Views } from './views.tsx'

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
/** The letter of a tab after the key that leads to tabs: of its Vietnamese name, each another. */
const TAB_LETTERS: Record<ListedState, string> = {
  pending: 'c',
  held: 'x',
  returned: 'b',
  published: 'd',
  hidden: 'a',
  rejected: 'k',
  spam: 't',
  withdrawn: 'r',
}
/** GET /desk/:site/queue */
export async function showQueue(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const place = placeOf((name) => c.req.query(name))
  const { pageLength, queueOrder } = desk.person.preferences
  const isWaiting = WAITING.some((state) => state === place.state)
  // A link to the next page names the order it continues, whatever the person comes to prefer meanwhile.
  const shown = { ...place, sort: place.sort ?? (isWaiting ? (queueOrder ?? undefined) : undefined) }
  const [keys, page, views, people, notice] = await Promise.all([
    readKeys(desk.ctx),
    readQueue(desk.ctx, { ...shown, limit: pageLength }),
    readViews(desk.ctx),
    readColleagues(desk.ctx),
    noticeOf(c, desk),
  ])
  const { words } = desk
  const title = place.state === 'any' ? words.desk.anyState : words.states[place.state]
  const firstPage = { ...place, after: undefined }
  const newest = page.items
    .map(({ id }) => id)
    .sort()
    .at(-1)
  allowPage(c, { frameAncestors: "'none'", script: 'nonce', connect: true })
  return c.html(
    <Frame desk={desk} title={title} keys={keys}>
      <div class="rail">
        <Tabs desk={desk} counts={countTexts(page.counts)} place={firstPage} />
        <Views desk={desk} views={views} place={firstPage} />
      </div>
      <main id="main" tabindex={-1}>
        <h1>{title}</h1>
        <Filters desk={desk} place={place} states={TABS} people={people} />
        {notice && <NoticeBox desk={desk} notice={notice} place={place} />}
        {page.is_catching_up && <p class="notice">{words.desk.searchBehind}</p>}
        <p class="arrivals" id="arrivals" data-href={queueHref(desk, firstPage)} hidden></p>
        {page.items.length === 0 && <p class="empty">{emptySentence(words, place, page.next !== null)}</p>}
        <BulkBar desk={desk} place={shown} page={page} />
        <div
          class="cards"
          id="cards"
          data-state={place.state}
          data-newest={isNarrowed(place) || place.state === 'any' ? undefined : (newest ?? desk.ctx.services.newId())}
          data-order={shown.sort ?? (isWaiting ? 'oldest' : 'newest')}
          data-next={page.next === null ? undefined : queueHref(desk, { ...shown, after: page.next })}
        >
          {page.items.map((item, index) => (
            <>
              {shown.sort === 'article' && item.article.thread_id !== page.items[index - 1]?.article.thread_id && (
                <h2 class="article-head" data-article={item.article.thread_id}>
                  <bdi>{item.article.title || item.article.url || item.article.key}</bdi>
                </h2>
              )}
              <Card desk={desk} item={item} place={place} />
            </>
          ))}
        </div>
        {(place.after || page.next) && (
          <nav class="pages" id="pages" aria-label={words.desk.queue}>
            {place.after && <a href={queueHref(desk, firstPage)}>{words.reader.newest}</a>}
            {page.next && (
              <a class="next" href={queueHref(desk, { ...shown, after: page.next })}>
                {words.desk.more}
              </a>
            )}
          </nav>
        )}
      </main>
      <KeyHelp desk={desk} keys={keys} />
    </Frame>,
  )
}

/** GET /desk/:site/cards/:id: one card as it is now, for the page's script, and a page of its own besides. */
export async function showCard(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const item = await readItem(desk.ctx, c.req.param('id') ?? '')
  const place = placeOf((name) => c.req.query(name))
  allowPage(c, { frameAncestors: "'none'", script: 'nonce', connect: true })
  return c.html(
    <Frame desk={desk} title={fill(desk.words.desk.itemTitle, { code: item.receipt_code })}>
      <main id="main" tabindex={-1}>
        <h1>{fill(desk.words.desk.itemTitle, { code: item.receipt_code })}</h1>
        <Card desk={desk} item={item} place={place} />
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
            <a
              href={queueHref(desk, { ...place, state, sort: undefined })}
              aria-current={state === place.state ? 'page' : undefined}
              data-letter={TAB_LETTERS[state]}
            >
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

type Notice = {
  mood: 'done' | 'conflict'
  text: string
  comment: string | null
  undo: { path: string; fields: Record<string, string>; seconds: number } | null
}

/** What an act without script led to. The address names it by ids; the words are looked up. */
async function noticeOf(c: AppContext, desk: Desk): Promise<Notice | null> {
  const { words } = desk
  const query = (name: string) => c.req.query(name)
  const plain = (text: string): Notice => ({ mood: 'done', text, comment: null, undo: null })
  if (query('view') === 'saved') return plain(words.desk.viewSaved)
  if (query('view') === 'deleted') return plain(words.desk.viewDeleted)
  if (query('unbulk') !== undefined) return plain(bulkUndoSentence(words, Number(query('unbulk')) || 0, Number(query('kept')) || 0))
  const bulk = await tellBulk(desk, query)
  if (bulk) {
    const undo = { path: `${desk.base}/bulk/undo`, fields: { request_key: bulk.request }, seconds: Math.ceil(bulk.undoMs / 1_000) }
    return { ...plain(bulk.text), undo: bulk.undoMs > 0 ? undo : null }
  }
  const id = query('done') ?? query('undone') ?? query('conflict') ?? query('refused') ?? query('acted')
  const item = id === undefined ? null : await findItem(desk, id)
  if (!item) return query('done') === undefined ? null : plain(words.desk.doneSealed)
  const notice = (mood: Notice['mood'], text: string): Notice => ({ mood, text, comment: item.id, undo: null })
  if (query('undone')) return notice('done', words.desk.undone)
  if (query('acted')) return actedNotice(desk, notice, query('act') ?? '', query('decision'))
  if (query('refused')) return notice('conflict', fill(words.desk.refused, { detail: words.problems[codeOf(query('code'), words)] }))
  const last = item.history.at(-1)
  if (query('conflict')) return last ? notice('conflict', movedSentence(desk, last)) : null
  const decision = item.history.find((fact) => fact.id === query('decision') && fact.kind === 'decision')
  if (!decision) return null
  const left = last === decision ? leftMs(desk, decision.undo_until) : 0
  return {
    ...notice('done', fill(words.desk.done, { state: words.states[decision.state], name: authorOf(desk, item) })),
    undo: left > 0 ? { path: `${desk.base}/decisions/${decision.id}/undo`, fields: {}, seconds: Math.ceil(left / 1_000) } : null,
  }
}

function actedNotice(desk: Desk, notice: (mood: 'done', text: string) => Notice, act: string, decision: string | undefined): Notice {
  if (act === 'reply' && decision !== undefined) {
    const undo = { path: `${desk.base}/decisions/${decision}/undo`, fields: {}, seconds: desk.ctx.services.config.undoSeconds }
    return { ...notice('done', desk.words.desk.replied), undo }
  }
  const key = `did_${act}` as keyof Strings['desk']
  if (!Object.hasOwn(desk.words.desk, key)) throw new AppError('not_found')
  return notice('done', desk.words.desk[key])
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
        {notice.comment !== null && <a href={`${desk.base}/comments/${notice.comment}`}>{words.open}</a>}
      </p>
      {notice.undo && (
        <form method="post" action={notice.undo.path}>
          {Object.entries({ ...placeFields(place), ...notice.undo.fields }).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <button type="submit">{words.undo}</button>
        </form>
      )}
    </div>
  )
}
