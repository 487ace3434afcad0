// The list of an article's published comments, its pages and replies, and where the forms stand in it. Not for: the forms themselves.
import { date, fill } from '../src/i18n/format.ts'
import { type Answer, createSender, readPage } from './api.ts'
import { button, type Child, h } from './dom.ts'
import { createForm, type Form } from './form.ts'
import { createReceipt } from './receipt.ts'
import { fillNumber, type OpenSection, problemSentence, type Section, told } from './section.ts'
import { paragraphs, timeElement } from './text.ts'
import type { Listed, PostAnswer, ReplyView, Root, Sort, ThreadAnswer } from './wire.ts'

type RootPlace = { readonly replies: HTMLElement; readonly place: HTMLElement }

type Composer = { readonly element: HTMLElement; write(): void }

/** A comment sent in this page view, shown to its sender only until the list itself brings it. */
type Own = { readonly id: string; readonly parentId: string | null; readonly item: HTMLElement }

type View = OpenSection & {
  readonly isOpen: boolean
  readonly note: HTMLElement
  readonly list: HTMLElement
  readonly foot: HTMLElement
  readonly roots: Map<string, RootPlace>
  readonly shown: Set<string>
  /** By id of the root replied to. They outlive a new order of the list, so that no text is lost. */
  readonly composers: Map<string, Composer>
  own: readonly Own[]
  sort: Sort
}

const SORTS = [
  ['new', 'tabNew'],
  ['old', 'tabOld'],
  ['top', 'tabTop'],
] as const

/** Loads the article's thread and shows it; shows what went wrong, with a way to try again, when it cannot be had. */
export async function openThread(section: Section, sort: Sort): Promise<void> {
  const { words } = section
  const signal = section.signal()
  showState(section, 'loading', words.loading)
  const answer = await told(section, 'load', readPage(section.service, { sort }, signal))
  if (signal.aborted) return
  if (answer.ok) {
    showThread(section, sort, answer.value, answer.isStale)
    return
  }
  const { code } = answer.problem
  showState(
    section,
    'failed',
    h('p', { role: 'alert' }, words.loadFailed),
    // A lost connection needs no second sentence; these two tell the portal's staff what to mend.
    (code === 'not_found' || code === 'origin_not_allowed') && h('p', 'hint', problemSentence(section, { code })),
    button('plain', words.retry, () => {
      section.frame.focus()
      void openThread(section, sort)
    }),
  )
}

/** A state without a list. The page's own fallback stays in sight until there is something better. */
function showState({ frame, words }: Section, kind: string, ...content: readonly Child[]): void {
  frame.tabIndex = -1
  frame.replaceChildren(h('h2', 'heading', words.title), h('slot'), h('div', `state ${kind}`, ...content))
}

function showThread(section: Section, sort: Sort, answer: ThreadAnswer, isStale: boolean | undefined): void {
  const { words, frame } = section
  const { site, thread } = answer
  const view: View = {
    ...section,
    site,
    isOpen: site.state === 'open' && thread.state === 'open',
    note: h('p', { class: 'note', role: 'status' }),
    list: h('ol', 'list'),
    foot: h('div', 'foot'),
    roots: new Map(),
    shown: new Set(),
    composers: new Map(),
    own: [],
    sort,
  }
  frame.removeAttribute('tabindex')
  frame.replaceChildren(
    h('h2', 'heading', fillNumber(section, words.titleCount, thread.count)),
    view.isOpen ? createComposer(view, null, words.write).element : h('p', 'card closed', words.closed),
    answer.comments.length > 1 || answer.next ? sortBar(view) : '',
    view.note,
    view.list,
    h('p', 'state empty', words.empty),
    view.foot,
  )
  showFirstPage(view, answer, isStale)
  section.emit('ykien:ready', { count: thread.count })
}

function sortBar(view: View): HTMLElement {
  const bar = h('div', { class: 'sort', role: 'group', 'aria-label': view.words.sort })
  const press = (sort: Sort) => {
    view.sort = sort
    SORTS.forEach(([other], index) => {
      bar.children[index]?.setAttribute('aria-pressed', `${other === sort}`)
    })
  }
  const choose = async (sort: Sort) => {
    press(sort)
    setBusy(view.list, true)
    const answer = await told(view, 'load', readPage(view.service, { sort }, view.signal()))
    // The reader may have chosen again meanwhile; that choice's answer counts.
    if (view.sort !== sort) return
    setBusy(view.list, false)
    if (answer.ok) showFirstPage(view, answer.value, answer.isStale)
    else view.note.replaceChildren(view.words.loadFailed)
  }
  bar.append(...SORTS.map(([sort, label]) => button('quiet tab', view.words[label], () => void choose(sort))))
  press(view.sort)
  return bar
}

function setBusy(element: HTMLElement, isBusy: boolean): void {
  element.setAttribute('aria-busy', `${isBusy}`)
}

function showFirstPage(view: View, answer: ThreadAnswer, isStale: boolean | undefined): void {
  view.list.replaceChildren()
  view.roots.clear()
  view.shown.clear()
  view.note.replaceChildren(isStale ? view.words.stale : '')
  addRoots(view, answer)
  for (const own of view.own) placeOwn(view, own)
}

function addRoots(view: View, page: Page<Root>): HTMLElement | undefined {
  return addPage(view, page, {
    list: view.list,
    foot: view.foot,
    label: view.words.more,
    item: (comment) => rootItem(view, comment),
    read: (after) => readPage(view.service, { sort: view.sort, after }, view.signal()),
  })
}

type Page<Item extends Listed> = { readonly comments: readonly Item[]; readonly next: string | null }

type Place<Item extends Listed> = {
  readonly list: HTMLElement
  readonly foot: HTMLElement
  readonly label: string
  readonly item: (comment: Item) => HTMLElement
  readonly read: (after: string) => Promise<Answer<Page<Item>>>
}

/** Adds a page to a list, and under it the button that brings the next. Returns the first item added. */
function addPage<Item extends Listed>(view: View, page: Page<Item>, place: Place<Item>): HTMLElement | undefined {
  // What is published between two pages may shift a comment onto both.
  const items = page.comments.filter(({ id }) => !view.shown.has(id)).map(place.item)
  for (const { id } of page.comments) view.shown.add(id)
  place.list.append(...items)
  place.foot.replaceChildren()
  const { next } = page
  if (next === null) return items[0]
  const error = h('p', { class: 'error', role: 'alert' })
  const more = button('plain', place.label, async () => {
    if (more.ariaBusy === 'true') return
    setBusy(more, true)
    error.replaceChildren()
    const answer = await told(view, 'load', place.read(next))
    setBusy(more, false)
    // Otherwise another order was chosen meanwhile.
    if (!more.isConnected) return
    if (answer.ok) addPage(view, answer.value, place)?.querySelector('article')?.focus({ preventScroll: true })
    else error.replaceChildren(view.words.loadFailed)
  })
  place.foot.append(more, error)
  return items[0]
}

function rootItem(view: View, comment: Root): HTMLElement {
  const { words } = view
  const { id } = comment
  const replies = h('ol', 'replies')
  const foot = h('div', 'foot')
  const place = h('div')
  const name = nameOf(view, comment)
  const reply = button('quiet', words.reply, () => openReply(view, id, fill(words.replyTo, { name }), reply))
  reply.setAttribute('aria-label', fill(words.replyTo, { name }))
  place.append(view.composers.get(id)?.element ?? '')
  view.roots.set(id, { replies, place })
  addPage<ReplyView>(
    view,
    { comments: comment.replies, next: comment.replies_next },
    {
      list: replies,
      foot,
      label: words.moreReplies,
      item: (answer) => h('li', {}, commentArticle(view, answer)),
      read: (after) => readPage<Page<ReplyView>>(view.service, { parent: id, after }, view.signal()),
    },
  )
  return h('li', {}, commentArticle(view, comment, view.isOpen && reply), place, replies, foot)
}

function nameOf({ words }: Section, { official, author }: Listed): string {
  return official?.agency || author.name || words.anonymous
}

function commentArticle(view: View, comment: Listed, reply: Child = null): HTMLElement {
  const { words } = view
  const { official, likes } = comment
  const name = nameOf(view, comment)
  return article(
    view,
    official ? 'official' : '',
    official
      ? [
          h('span', { class: 'seal', 'aria-hidden': 'true' }),
          h(
            'header',
            {},
            h('strong', 'badge', words.official),
            h('bdi', 'author', name),
            h('span', 'hint', [official.signer_title, official.signed_at && date(official.signed_at)].filter(Boolean).join(' · ')),
          ),
        ]
      : heading(name, timeElement(words, comment.published_at ?? comment.created_at)),
    comment.body_text,
    h('footer', {}, reply, likes > 0 && h('span', 'hint', fillNumber(view, words.likeCount, likes))),
  )
}

function article(view: View, kind: string, head: readonly Child[], text: string, foot: Child): HTMLElement {
  const body = h('div', 'text', ...paragraphs(text, view.site.language))
  return h('article', { class: `comment ${kind}`, tabindex: -1 }, ...head, body, foot)
}

/** Beside the name stands the first letter of the given name, which Vietnamese writes last; drawn by the style, so nobody reads or copies it. */
function heading(name: string, remark: HTMLElement): Child[] {
  const [letter = ''] = name.normalize('NFC').trim().split(/\s+/).pop() ?? ''
  return [
    h('span', { class: 'monogram', 'aria-hidden': 'true', 'data-letter': letter.toUpperCase() }),
    h('header', {}, h('bdi', 'author', name), remark),
  ]
}

function openReply(view: View, rootId: string, title: string, opener: HTMLElement): void {
  let composer = view.composers.get(rootId)
  if (!composer) {
    composer = createComposer(view, rootId, title, opener)
    view.composers.set(rootId, composer)
    view.roots.get(rootId)?.place.append(composer.element)
  }
  composer.write()
}

/** Where comments are written: at most one form, below the receipts of what was sent from here. With an opener it can be closed. */
function createComposer(view: View, parentId: string | null, title: string, opener?: HTMLElement): Composer {
  const element = h('div', 'composer')
  const sender = createSender(view.service)
  let form: Form | null = null

  const close = () => {
    form?.element.remove()
    form = null
  }
  const open = () => {
    if (form) return form
    form = createForm<PostAnswer>(view, {
      heading: title,
      edited: null,
      send: async (draft) => {
        if (!view.emit('ykien:before-submit', { parent_id: parentId, body: draft.body })) return null
        return told(view, 'submit', sender({ ...(parentId !== null && { parent_id: parentId }), ...draft }))
      },
      onDone: (answer, { body, author, consents }) => {
        close()
        const { id } = answer.comment
        const setOwn = addOwn(view, id, parentId, consents.includes('name') ? author.name : undefined)
        const receipt = createReceipt(view, { answer, body, onChanged: setOwn, onAnother: opener ? null : write })
        setOwn(body)
        element.append(receipt)
        receipt.focus()
        view.emit('ykien:submitted', { ...answer.comment, parent_id: parentId, code: answer.receipt.code })
      },
      onCancel: opener
        ? () => {
            close()
            opener.focus()
          }
        : null,
    })
    element.append(form.element)
    return form
  }
  const write = () => open().focus()
  if (!opener) open()
  return { element, write }
}

/** Shows the sender's own comment in the list; the function returned sets its text, null takes it away. */
function addOwn(view: View, id: string, parentId: string | null, name: string = view.words.anonymous): (body: string | null) => void {
  const item = h('li', 'own')
  const own: Own = { id, parentId, item }
  view.own = [...view.own, own]
  placeOwn(view, own)
  return (body) => {
    if (body !== null) item.replaceChildren(article(view, '', heading(name, h('span', 'waiting', view.words.pendingOwn)), body, null))
    else {
      view.own = view.own.filter((other) => other !== own)
      item.remove()
    }
  }
}

function placeOwn(view: View, { id, parentId, item }: Own): void {
  if (view.shown.has(id)) return
  if (parentId === null) view.list.prepend(item)
  else view.roots.get(parentId)?.replies.append(item)
}
