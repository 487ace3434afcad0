// The published comments as a list that needs no script: tabs, pages, replies, official replies, places of what was taken off.
// Not for: writing (form.tsx) or what a press of a button does (respond.tsx).
import { SORTS, type Sort } from '../../core/comments/page.ts'
import type { ThreadAnswer } from '../../core/comments/read.ts'
import type { CommentView, ReplyView } from '../../core/comments/views.ts'
import { date, dateTime, fill } from '../../i18n/format.ts'
import { RenderedBody } from '../page.tsx'
import { linkTo, linkToComment, type Place } from './place.ts'
import { Carried } from './sheet.tsx'

/** What the list shows: a page in a sort order, or of the replies of one comment. */
export type Shown = { sort: Sort; after: string | null; parent: string | null; comment: string | null }

/** The sort order an address names; the newest first where it names none. */
export function sortOf(name: string | undefined): Sort {
  return SORTS.find((sort) => sort === name) ?? 'new'
}

/** The list with its tabs and pages. */
export function List(props: { place: Place; answer: ThreadAnswer; shown: Shown }) {
  const { place, answer, shown } = props
  const { reader } = place.words
  const isOpen = answer.thread.state === 'open'
  const isEmpty = answer.comments.length === 0
  if (isEmpty && shown.sort !== 'official' && shown.after === null && shown.parent === null)
    return <p class="notice">{isOpen ? reader.empty : place.words.pages.emptyClosed}</p>
  return (
    <section aria-label={reader.title} id="list">
      {shown.parent === null ? (
        <Tabs place={place} answer={answer} current={shown.sort} />
      ) : (
        <p class="pages">
          <a href={linkToComment(place, shown.parent)}>{place.words.pages.backToComment}</a>
        </p>
      )}
      <ol class="comments">
        {answer.comments.map((comment) => (
          <li>
            <Entry place={place} comment={comment} isOpen={isOpen && shown.parent === null} isMarked={comment.id === shown.comment} />
            {comment.replies.length > 0 && (
              <ol class="replies">
                {comment.replies.map((reply) => (
                  <li>
                    <Entry place={place} comment={reply} isOpen={false} isMarked={reply.id === shown.comment} />
                  </li>
                ))}
              </ol>
            )}
            {comment.replies_next && (
              <p>
                <a href={linkTo(place, { parent: comment.id, after: comment.replies_next }, '', 'list')}>{reader.moreReplies}</a>
              </p>
            )}
          </li>
        ))}
      </ol>
      <p class="pages">
        {shown.after !== null && (
          <a href={linkTo(place, shown.parent ? { parent: shown.parent } : { sort: shown.sort }, '', 'list')}>{reader.newest}</a>
        )}
        {answer.next && (
          <a href={linkTo(place, { ...(shown.parent ? { parent: shown.parent } : { sort: shown.sort }), after: answer.next }, '', 'list')}>
            {shown.parent ? reader.moreReplies : reader.more}
          </a>
        )}
      </p>
    </section>
  )
}

function Tabs(props: { place: Place; answer: ThreadAnswer; current: Sort }) {
  const { reader } = props.place.words
  const tabs: [Sort, string][] = [
    ['top', reader.tabTop],
    ['new', reader.tabNew],
    ['old', reader.tabOld],
    ...(props.answer.thread.official_count > 0 || props.current === 'official' ? [['official', reader.tabOfficial] as [Sort, string]] : []),
  ]
  return (
    <nav class="tabs" aria-label={reader.sort}>
      {tabs.map(([sort, label]) => (
        <a href={linkTo(props.place, { sort }, '', 'list')} aria-current={sort === props.current ? 'page' : undefined}>
          {label}
        </a>
      ))}
    </nav>
  )
}

type EntryProps = { place: Place; comment: CommentView | ReplyView; isOpen: boolean; isMarked: boolean }

/** One comment. The badge of an official reply stands outside whatever its text can draw, in a box that no other comment has. */
function Entry(props: EntryProps) {
  const { place, comment } = props
  const { reader } = place.words
  const id = `c-${comment.id}`
  if (comment.removed !== null)
    return (
      <article class="comment gone" id={id}>
        <p>{comment.removed === 'withdrawn' ? reader.withdrawnPh : reader.removedPh}</p>
      </article>
    )
  const { official } = comment
  return (
    <article class={`comment${official ? ' official' : ''}${props.isMarked ? ' marked' : ''}`} id={id}>
      {official && (
        <p class="badge">
          <strong>{reader.official}</strong>
        </p>
      )}
      <p class="by">
        {comment.pinned && <span class="pin">{reader.pinned}</span>}
        <bdi class="author">{official ? official.agency : comment.author.name}</bdi>
        {official ? (
          <span class="signer">
            <bdi>{official.signer_title}</bdi> · {date(official.signed_at)}
          </span>
        ) : (
          <a class="when" href={linkToComment(place, comment.id)}>
            <time datetime={comment.published_at}>{dateTime(comment.published_at)}</time>
          </a>
        )}
        {comment.kind && <span class="kind">{place.words.kinds[comment.kind]}</span>}
      </p>
      <RenderedBody html={comment.body_html} />
      <Acts {...props} />
    </article>
  )
}

function Acts({ place, comment, isOpen }: EntryProps) {
  const { reader } = place.words
  const name = comment.official?.agency ?? comment.author.name
  // What is seen stands first in the name that is spoken, so that somebody who speaks to the page can say what they see.
  const named = (seen: string) => `${seen} – ${fill(place.words.pages.opinionOf, { name })}`
  const number = comment.likes > 0 ? ` ${comment.likes.toLocaleString(place.language)}` : ''
  return (
    <div class="acts">
      <form method="post" action={`/r/${place.ctx.site.slug}/like`}>
        <Carried place={place} more={{ comment: comment.id }} />
        <button class="quiet" type="submit" aria-label={named(`${reader.like}${number}`)}>
          {reader.like}
          {number && <span class="number">{number}</span>}
        </button>
      </form>
      {isOpen && comment.parent_id === null && (
        <a href={linkTo(place, { reply: comment.id }, '', 'write')} aria-label={fill(reader.replyTo, { name })}>
          {reader.reply}
        </a>
      )}
      {!comment.official && (
        <a href={linkTo(place, { comment: comment.id }, '/report')} aria-label={named(reader.report)}>
          {reader.report}
        </a>
      )}
    </div>
  )
}
