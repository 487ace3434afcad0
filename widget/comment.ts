// One comment as it stands in the list: who, when, what, and what a reader may do about it. Not for: the list around it.
import { ask, asReader, pathOf, send } from './api.ts'
import { aria, button, type Child, focusOn, h, show } from './dom.ts'
import { createForm } from './form.ts'
import { keep, recall } from './kept.ts'
import { alarm, number, type OpenSection, problemSentence, said } from './section.ts'
import { textElement, timeElement } from './text.ts'
import type { Liked, Listed, Reasons } from './wire.ts'

/** Longer texts are folded: about what a phone's screen holds. A line counts as its breadth in letters. */
const FOLDED_FROM = 700
const LINE = 50

/** What the addresses of comments add to the page's. */
export const FRAGMENT = '#y-kien-'

/** A comment with what can be done about it; `reply` is put among that. Of a removed one only its place. */
export function commentArticle(section: OpenSection, comment: Listed, reply?: Child): HTMLElement {
  const { words } = section
  const { id, official, removed, pinned, kind, published_at } = comment
  if (removed) return h('article', 'gone', words[`${removed}Ph`])
  const acts = h('footer')
  const fault = alarm()
  show(acts, likeButton(section, comment, fault), reply, !official && reportButton(section, id, acts, fault), fault)
  return article(
    section,
    official ? 'official' : '',
    heading(
      nameOf(section, comment),
      official
        ? h('bdi', 'hint', official.signer_title)
        : h('a', { class: 'hint', href: FRAGMENT + id }, timeElement(section, published_at)),
      official && h('span', 'hint', timeElement(section, official.signed_at, true)),
      kind && h('span', 'hint', kindName(section, kind)),
      official ? h('strong', 'badge', words.official) : pinned && h('strong', 'badge', words.pinned),
    ),
    comment.body_text,
    acts,
    id,
  )
}

/** What the site calls a type of opinion. */
export function kindName(section: OpenSection, kind: string): string {
  const names: Readonly<Record<string, Readonly<Record<string, string>>>> = section.site.kind_names ?? {}
  return said(section, `kind_${kind}`, names[section.tongue]?.[kind] ?? kind)
}

/** Whose comment it is. */
export function nameOf({ words }: OpenSection, { official, author }: Listed): string {
  return official?.agency || author.name || words.anonymous
}

/** An article with a text that nobody has to read to its end. */
export function article(section: OpenSection, kind: string, head: readonly Child[], text: string, foot?: Child, id?: string): HTMLElement {
  const isLong = text.length + LINE * text.split('\n').length > FOLDED_FROM
  const body = textElement(text, section.site.language, isLong ? 'text folded' : 'text')
  const more = button('quiet more', section.words.readMore, () => {
    body.classList.remove('folded')
    more.remove()
    focusOn(body)
  })
  return h('article', { class: `comment ${kind}`, tabindex: -1, 'data-id': id }, ...head, body, isLong && more, foot)
}

/** Who wrote it, and what there is to say of it. The mark before it is drawn by the style, so that nobody reads or copies it. */
export function heading(name: string, ...remarks: readonly Child[]): Child[] {
  // The first letter of the given name, which Vietnamese writes last.
  const [letter = ''] = name.trim().split(/\s+/).pop() ?? ''
  return [
    h('span', { class: 'monogram', 'aria-hidden': 'true', 'data-letter': letter.toUpperCase() }),
    h('header', {}, h('bdi', 'author', name), ...remarks),
  ]
}

function likeButton(section: OpenSection, { id, likes }: Listed, fault: HTMLElement): HTMLElement {
  const { words } = section
  const name = `like:${id}` as const
  const paint = ({ likes, liked }: Liked) => {
    show(press, h('span', { class: 'heart', 'aria-hidden': 'true' }), words.like, likes > 0 && ` ${number(section, likes)}`)
    aria(press, 'pressed', liked)
  }
  const press = button('quiet like', '', async () => {
    const [value, problem] = await send<Liked>(
      section,
      'like',
      `comments/${id}/like`,
      press.matches('[aria-pressed=true]') ? 'DELETE' : 'PUT',
      '',
      asReader(),
    )
    show(fault, problem && problemSentence(section, problem))
    if (!value) return
    paint(value)
    keep(section, name, value.liked || null)
  })
  // Others see a like after some seconds; its giver, always.
  const liked = !!recall(section, name)
  paint({ liked, likes: Math.max(likes, +liked) })
  return press
}

function reportButton(section: OpenSection, id: string, acts: HTMLElement, fault: HTMLElement): HTMLElement {
  const { words } = section
  const press = button('quiet', words.report, async () => {
    const [found, problem] = await ask<Reasons>(section, 'report', pathOf(section, 'reasons'))
    show(fault, problem && problemSentence(section, problem))
    if (!found || acts.nextSibling) return
    const close = (...instead: readonly HTMLElement[]) => {
      form.replaceWith(...instead)
      focusOn(instead[0] ?? press)
    }
    const form = createForm<unknown>(section, {
      heading: words.report,
      label: words.report,
      place: `report-${id}`,
      fields: [
        {
          name: 'reason',
          label: words.reportReason,
          isRequired: true,
          options: found.reasons.map(({ code, text }) => ({ code, text: said(section, `reason_${code}`, text) })),
        },
        { name: 'text', label: words.reportText },
      ],
      compose: (values) => values,
      send: (payload) => send(section, 'report', `comments/${id}/reports`, 'POST', payload, asReader()),
      done: () => close(h('p', 'hint', words.reported)),
      leave: close,
    })
    acts.after(form)
    form.querySelector('select')?.focus()
  })
  return press
}
