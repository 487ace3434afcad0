// The list of an article's published comments: its tabs, pages and replies, and where forms and one's own opinions stand in it.
// Not for: what a comment looks like (comment.ts) or the forms.
import { type Answer, readPage } from './api.ts'
import { commentArticle, FRAGMENT, nameOf } from './comment.ts'
import { aria, button, h, show } from './dom.ts'
import { recall } from './kept.ts'
import { type Own, ownElement, recallOwn } from './own.ts'
import { alarm, fill, inLanguage, number, type OpenSection, problemSentence, type Section, said } from './section.ts'
import type { Listed, Page, ReplyView, Root, ThreadAnswer } from './wire.ts'
import { createWriteForm } from './write.ts'

/** The orders of the list with the keys of their names, as the tabs stand. */
const SORTS = [
  ['top', 'tabTop'],
  ['new', 'tabNew'],
  ['old', 'tabOld'],
  ['official', 'tabOfficial'],
] as const

/** Replies seen before the rest is unfolded. */
const REPLIES_UNFOLDED = 2

type View = OpenSection & {
  readonly list: HTMLElement
  readonly foot: HTMLElement
  /** Where one's own opinions stand that wait. */
  readonly top: HTMLElement
  readonly shown: Set<string>
  /** Of every page: `sort`, and `limit` where the page's author wants another. */
  query: Readonly<Record<string, string>>
}

/** Loads the article's thread and shows it; shows what went wrong, with a way to try again, when it cannot be had. */
export async function openThread(section: Section, query: View['query']): Promise<void> {
  const { frame, signal } = section
  const title = h('h2', {}, section.words.title)
  const status = h('p', { class: 'hint', role: 'status' }, section.words.loading)
  // The page's own fallback stays in sight until there is something better.
  show(frame, title, status, h('slot'))
  const [answer, problem, isStale] = await readPage<ThreadAnswer>(section, firstOf(query))
  if (signal.aborted) return
  if (!answer) {
    const retry = button('plain', section.words.retry, () => void openThread(section, query))
    // Why: the reader may have no line; a refusal tells the portal's staff what to mend.
    show(status, section.words.loadFailed, ' ', problemSentence(section, problem), ' ', retry)
    return
  }
  const { site, thread } = answer
  const { closed, message } = thread
  const speaks: readonly string[] = site.languages
  const view: View = {
    ...inLanguage(section, speaks.includes(section.tongue) ? section.tongue : site.language),
    site,
    isOpen: !closed,
    list: h('ol', 'list'),
    foot: h('div', 'foot'),
    top: h('div'),
    shown: new Set(),
    query,
  }
  const { words } = view
  show(title, words.title, thread.count > 0 && ` (${number(view, thread.count)})`)
  show(status, isStale && words.stale)
  const tabs = h('div', { class: 'tabs', role: 'group', 'aria-label': words.sort })
  show(
    frame,
    title,
    status,
    message && h('p', 'note', message),
    closed ? h('p', 'note', said(view, `closed_${closed.reason}`, closed.messages[view.tongue as 'vi'] ?? closed.message)) : newForm(view),
    view.top,
    tabs,
    view.list,
    view.foot,
  )
  const turn = async (query: View['query'], name: string) => {
    view.query = query
    for (const tab of tabs.children) aria(tab, 'pressed', tab.getAttribute('value') === query.sort)
    aria(view.list, 'busy', true)
    const [page, , isStale] = await readPage<ThreadAnswer>(view, name ? query : firstOf(query))
    // The reader may have chosen again meanwhile; that choice's answer counts.
    if (view.query !== query) return
    aria(view.list, 'busy', false)
    if (page) showFirstPage(view, page)
    show(status, page ? (isStale ? words.stale : name) : words.loadFailed)
    mark(view)
  }
  if (thread.count > 1)
    show(
      tabs,
      ...SORTS.filter(([sort]) => sort !== 'official' || thread.official_count > 0).map(([sort, key]) =>
        button('tab', words[key], () => void turn({ ...query, sort }, words[key]), {
          value: sort,
          'aria-pressed': `${sort === query.sort}`,
        }),
      ),
    )
  showFirstPage(view, answer)
  mark(view)
  addEventListener('hashchange', () => wanted() && !mark(view) && turn(view.query, ''), { signal })
  section.emit('ykien:ready', { count: thread.count })
}

/** The comment that the page's address names; '' when it names none. */
export function wanted(): string {
  return location.hash.split(FRAGMENT)[1] ?? ''
}

function firstOf(query: View['query']): View['query'] {
  return wanted() ? { ...query, around: wanted() } : query
}

/** Leads to the comment that the address names; false when it is not on the page. */
function mark(view: View): boolean {
  const found = view.frame.querySelector<HTMLElement>(`[data-id="${CSS.escape(wanted())}"]`)
  if (!found) return false
  view.frame.querySelector('.marked')?.classList.remove('marked')
  found.classList.add('marked')
  found.scrollIntoView({ block: 'center' })
  found.focus({ preventScroll: true })
  return true
}

function showFirstPage(view: View, page: Page<Root>): void {
  const { list, foot, words } = view
  view.shown.clear()
  show(view.top, ...ownOf(view, null))
  show(list)
  addPage(view, page, {
    list,
    foot,
    label: words.more,
    item: (comment: Root) => rootItem(view, comment),
    read: (after) => readPage<ThreadAnswer>(view, { ...view.query, after }),
  })
  if (!list.firstChild && view.isOpen) show(foot, words.empty)
}

type List<Item extends Listed> = {
  readonly list: HTMLElement
  readonly foot: HTMLElement
  readonly label: string
  item(comment: Item): HTMLElement
  read(after: string): Promise<Answer<Page<Item>>>
}

/** Adds a page to a list, and under it the button that brings the next, first what is held back. Returns the first item added. */
function addPage<Item extends Listed>(
  view: View,
  { comments, next }: Page<Item>,
  place: List<Item>,
  most?: number,
): HTMLElement | undefined {
  const { list, foot } = place
  // What is published between two pages may shift a comment onto both.
  const fresh = comments.filter(({ id }) => !view.shown.has(id))
  const held = most ? fresh.splice(most) : []
  for (const { id } of fresh) view.shown.add(id)
  const items = fresh.map(place.item)
  list.append(...items)
  const more = button('plain', place.label, async () => {
    aria(more, 'busy', true)
    const [page] = held[0] ? [{ comments: held, next }] : await place.read(next ?? '')
    aria(more, 'busy', false)
    // Otherwise it was pressed twice, or another order was chosen meanwhile.
    if (!more.isConnected) return
    if (page) addPage(view, page, place)?.querySelector('article')?.focus({ preventScroll: true })
    else show(foot, more, alarm(view.words.loadFailed))
  })
  show(foot, (held[0] || next) && more)
  return items[0]
}

function rootItem(view: View, comment: Root): HTMLElement {
  const { words, isOpen } = view
  const { id } = comment
  const replies = h('ol', 'replies')
  const foot = h('div', 'foot')
  const writing = h('div')
  const waiting = h('div', {}, ...ownOf(view, id))
  const name = fill(words.replyTo, nameOf(view, comment))
  const open = () => {
    const close = () => {
      show(writing)
      press.focus()
    }
    const done = (own: Own) => {
      close()
      sent(view, own, waiting)
    }
    show(writing, createWriteForm(view, name, id, done, close))
  }
  const press = button(
    'quiet',
    words.reply,
    () => {
      if (!writing.firstChild) open()
      writing.querySelector('textarea')?.focus()
    },
    { 'aria-label': name },
  )
  addPage<ReplyView>(
    view,
    { comments: comment.replies, next: comment.replies_next },
    {
      list: replies,
      foot,
      label: words.moreReplies,
      item: (reply) => h('li', {}, commentArticle(view, reply)),
      read: (after) => readPage<Page<ReplyView>>(view, { parent: id, after }),
    },
    comment.replies.some((reply) => reply.id === wanted()) ? 0 : REPLIES_UNFOLDED,
  )
  if (isOpen && recall(view, `draft:${id}`)) open()
  return h('li', {}, commentArticle(view, comment, isOpen && press), replies, foot, waiting, writing)
}

/** The form for a new opinion; an empty one takes its place when it was sent. */
function newForm(view: View): HTMLElement {
  const form = createWriteForm(view, view.words.write, null, (own) => {
    form.replaceWith(newForm(view))
    sent(view, own, view.top)
  })
  return form
}

/** One's own opinions that wait and answer this root, or (null) none. */
function ownOf(view: View, rootId: string | null): HTMLElement[] {
  return Object.values(recallOwn(view))
    .filter(({ parentId }) => parentId === rootId)
    .map((own) => ownElement(view, own))
}

function sent(view: View, own: Own, place: HTMLElement): void {
  const element = ownElement(view, own)
  place.append(element)
  element.querySelector('article')?.focus()
  view.emit('ykien:submitted', { ...own.comment, parent_id: own.parentId, code: own.receipt.code })
}
