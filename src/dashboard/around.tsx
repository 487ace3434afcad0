// Around a comment: the texts it had before and what each edit changed, the conversation it stands in, what the same reader wrote besides.
import { differences } from '../core/comments/difference.ts'
import type { Surroundings } from '../core/moderation/item.ts'
import type { ItemDetail } from '../core/moderation/queue.ts'
import { dateTime, fill } from '../i18n/format.ts'
import { JudgedText } from './card.tsx'
import { type Desk, queueHref } from './desk.ts'

type Neighbour = Surroundings['replies'][number]

/** Edits that are shown, the newest: an author may edit as often as time allows. */
const EDITS_SHOWN = 20

/** Each edit with what it changed word by word, the newest first, and the whole of every earlier text; nothing where nobody edited. */
export function Revisions({ desk, revisions }: { desk: Desk; revisions: ItemDetail['revisions'] }) {
  const { words } = desk
  if (revisions.length < 2) return null
  const shown = revisions.slice(-EDITS_SHOWN - 1)
  const hidden = revisions.length - shown.length
  return (
    <section class="side revisions">
      <h2>{words.item.revisions}</h2>
      <p class="hint">{words.item.revisionsHint}</p>
      <ol>
        {shown
          .map((revision, index) => ({ revision, before: shown[index - 1] }))
          .reverse()
          .map(({ revision, before }, index) => (
            <li>
              <h3>{fill(words.desk.revisionAt, { n: revision.number, time: dateTime(revision.created_at) })}</h3>
              {before && <Difference desk={desk} before={before.body_text} after={revision.body_text} />}
              {index > 0 && (
                <details>
                  <summary>{fill(words.item.whole, { n: revision.number })}</summary>
                  <JudgedText text={revision.body_text} signals={revision.signals} words={words} />
                </details>
              )}
            </li>
          ))}
      </ol>
      {hidden > 0 && <p class="hint">{fill(words.item.revisionsMore, { n: hidden })}</p>}
    </section>
  )
}

/** What one edit changed. Who hears the page is told where each change begins and ends. */
function Difference(props: { desk: Desk; before: string; after: string }) {
  const words = props.desk.words.item
  return (
    <div class="body difference" dir="auto">
      {differences(props.before, props.after).map(({ kind, text }) =>
        kind === 'same' ? (
          text
        ) : kind === 'added' ? (
          <ins>
            <span class="unseen"> {words.addedStart} </span>
            {text}
            <span class="unseen"> {words.addedEnd} </span>
          </ins>
        ) : (
          <del>
            <span class="unseen"> {words.removedStart} </span>
            {text}
            <span class="unseen"> {words.removedEnd} </span>
          </del>
        ),
      )}
    </div>
  )
}

/** What it answers, and what answers it or stands beside it under the same root. */
export function Conversation({ desk, around }: { desk: Desk; around: Surroundings }) {
  const { item: words } = desk.words
  const { root, replies } = around
  if (root === null && replies.length === 0) return null
  return (
    <section class="side" id="conversation">
      <h2>{words.conversation}</h2>
      {root && (
        <>
          <h3>{words.root}</h3>
          <Neighbours desk={desk} items={[root]} />
        </>
      )}
      {replies.length > 0 && (
        <>
          <h3>{root === null ? words.replies : words.siblings}</h3>
          <Neighbours desk={desk} items={replies} />
        </>
      )}
      {around.more_replies && <p class="hint">{fill(words.repliesMore, { n: replies.length })}</p>}
    </section>
  )
}

/** The newest others of the same reader, and the way to all of them. */
export function SameAuthor({ desk, id, same }: { desk: Desk; id: string; same: Surroundings['same_author'] }) {
  if (same.items.length === 0) return null
  return (
    <section class="side" id="same-author">
      <h2>{desk.words.item.sameAuthor}</h2>
      <Neighbours desk={desk} items={same.items} />
      {same.more && (
        <p class="more">
          <a href={queueHref(desk, { state: 'any', author: id })}>{desk.words.item.seeAll}</a>
        </p>
      )}
    </section>
  )
}

function Neighbours({ desk, items }: { desk: Desk; items: readonly Neighbour[] }) {
  const { words } = desk
  return (
    <ul class="neighbours">
      {items.map((item) => (
        <li>
          <p class="about">
            <a href={`${desk.base}/comments/${item.id}`}>
              <bdi>{item.author_name ?? words.reader.anonymous}</bdi>
            </a>
            {item.is_official && <span class="badge">{words.reader.official}</span>}
            <span class="badge">{words.states[item.state]}</span>
            <time datetime={item.at}>{dateTime(item.at)}</time>
          </p>
          <p class="excerpt" dir="auto">
            {item.excerpt}
          </p>
        </li>
      ))}
    </ul>
  )
}
