// The card of one comment: its text as a clerk must see it, what the machine points out, and the decisions that are legal.
// Not for: the page around it (parts.tsx).
import type { Mask } from '../core/comments/masks.ts'
import { excerpt } from '../core/comments/text.ts'
import type { QueueItem } from '../core/moderation/queue.ts'
import type { Signal } from '../core/screening/signal.ts'
import { safeHref } from '../http/page.tsx'
import { signalSentence } from '../http/signal.ts'
import { dateTime, fill } from '../i18n/format.ts'
import type { Strings } from '../i18n/index.ts'
import { Actions, Converted } from './actions.tsx'
import { authorOf, type Desk, inHandHref, type Place, queueHref } from './desk.ts'
import { Reasons, Twins } from './twins.tsx'
import { ruleHref } from './words.tsx'

/** States in which a comment waits for the office; the queue shows them from the oldest. */
export const WAITING: readonly string[] = ['pending', 'held', 'returned']
/** Graphemes of the comment that is replied to: enough to see what the reply is about. */
const PARENT_EXCERPT = 140
/** Different characters named in one highlighted place; a longer pile is told by its first ones. */
const MAX_CODES = 3
/** Signals up to this weight are only good to know. */
const LIGHT_WEIGHT = 10

/**
 * One comment with everything needed to judge it. `place` is where a decision without script leads back to.
 * A card alone has no link to its own page: it stands on it.
 */
export function Card(props: { desk: Desk; item: QueueItem; place: Place; isAlone?: boolean }) {
  const { desk, item } = props
  const { words } = desk
  return (
    <article
      class="card"
      id={`c-${item.id}`}
      data-id={item.id}
      data-version={item.version}
      data-assignment={item.assignment}
      data-state={item.state}
      aria-labelledby={`n-${item.id}`}
      tabindex={-1}
    >
      <header class="card-head">
        {!props.isAlone && <Choose desk={desk} item={item} />}
        <h2 class="author" id={`n-${item.id}`}>
          <bdi>{authorOf(desk, item)}</bdi>
        </h2>
        <p class="name-kind">
          {item.author.name_given === null
            ? words.desk.nameMissing
            : item.author.name === null
              ? words.desk.namePrivate
              : words.desk.namePublic}
        </p>
        <p class="times">
          {WAITING.includes(item.state) && <span class="waited">{waited(desk, item.waiting_since)}</span>}{' '}
          <time datetime={item.created_at}>{dateTime(item.created_at)}</time>
        </p>
      </header>
      {!props.isAlone && <InHand desk={desk} assignee={item.assignee} />}
      <ArticleLine desk={desk} item={item} />
      <Badges desk={desk} item={item} />
      {item.in_reply_to && (
        <div class="parent">
          <p>{fill(words.desk.inReplyTo, { name: item.in_reply_to.author_name ?? words.reader.anonymous })}</p>
          {item.in_reply_to.body_text !== '' && <blockquote dir="auto">{excerpt(item.in_reply_to.body_text, PARENT_EXCERPT)}</blockquote>}
        </div>
      )}
      <JudgedText text={item.body_text} signals={item.signals} masks={item.masks} words={words} />
      {item.public_text !== null && (
        <div class="public-text">
          <p>{words.desk.publicText}</p>
          <div class="body" dir="auto">
            {item.public_text}
          </div>
        </div>
      )}
      <Signals desk={desk} item={item} place={props.place} />
      <Reasons desk={desk} reasons={item.reasons} />
      <Twins desk={desk} item={item} place={props.place} />
      <Actions desk={desk} item={item} place={props.place} />
      {!props.isAlone && (
        <footer class="card-foot">
          <span>
            {words.desk.code}: <code>{item.receipt_code}</code>
          </span>
          <a href={`${desk.base}/comments/${item.id}`} aria-describedby={`n-${item.id}`}>
            {words.desk.open}
          </a>
        </footer>
      )}
    </article>
  )
}

/** Why the machine points it out, and apart from that what is only good to know. */
function Signals(props: { desk: Desk; item: QueueItem; place: Place }) {
  const { words } = props.desk
  const { signals } = props.item
  const heavy = signals.filter(({ weight }) => weight > LIGHT_WEIGHT)
  const light = signals.filter(({ weight }) => weight <= LIGHT_WEIGHT)
  return (
    <>
      {heavy.length > 0 && (
        <div class="signals">
          <p>
            {words.desk.whyFlag} <span>({words.desk.advisory})</span>
          </p>
          <ul>
            {heavy.map((signal) => (
              <SignalLine {...props} signal={signal} />
            ))}
          </ul>
        </div>
      )}
      {light.length > 0 && (
        <div class="signals light">
          <ul>
            {light.map((signal) => (
              <SignalLine {...props} signal={signal} />
            ))}
          </ul>
        </div>
      )}
    </>
  )
}

/** One reason, the rule that gave it, and a text in an old encoding as it reads. */
function SignalLine(props: { desk: Desk; item: QueueItem; place: Place; signal: Signal }) {
  const { desk, signal } = props
  const { words } = desk
  const sentence = signalSentence(signal, words)
  return (
    <li>
      {sentence}{' '}
      <a class="rule-link" href={ruleHref(desk, signal.rule)} aria-label={`${words.screening.ruleLink}: ${sentence}`}>
        {words.screening.ruleLink}
      </a>
      {signal.details.converted !== undefined && <Converted {...props} text={signal.details.converted} />}
    </li>
  )
}

/** Who has it in hand; the line stands there for the page's script too while nobody has. */
function InHand({ desk, assignee }: { desk: Desk; assignee: QueueItem['assignee'] }) {
  return (
    <p class="with" hidden={assignee === null}>
      {desk.words.desk.assigneeLabel}: <a href={assignee === null ? undefined : inHandHref(desk, assignee)}>{assignee?.name}</a>
    </p>
  )
}

/** Puts a card among those that one verdict is for. */
function Choose({ desk, item }: { desk: Desk; item: QueueItem }) {
  if (item.legal_verdicts.length === 0) return null
  return (
    <label class="choose">
      <input type="checkbox" form="bulk" name={`item-${item.id}`} value={item.version} autocomplete="off" />
      <span class="unseen">{fill(desk.words.desk.choose, { name: authorOf(desk, item) })}</span>
    </label>
  )
}

/** What is to be known before reading: the kind of opinion, who writes, what became of the author's earlier ones, reports. */
function Badges({ desk, item }: { desk: Desk; item: QueueItem }) {
  const words = desk.words.desk
  const { record } = item.author
  const badges = [
    item.official === null ? null : desk.words.reader.official,
    item.kind === null ? null : desk.words.kinds[item.kind],
    item.pinned ? desk.words.reader.pinned : null,
    item.is_public && item.state !== 'published' ? words.publishedAs : null,
    item.report_count > 0 ? fill(words.reportCount, { n: item.report_count }) : null,
    item.article.state === 'closed' ? words.articleClosed : null,
  ].filter((badge) => badge !== null)
  const hasRecord = record !== null && record.published + record.rejected > 0
  if (badges.length === 0 && !hasRecord) return null
  return (
    <ul class="badges">
      {badges.map((badge) => (
        <li class="badge">{badge}</li>
      ))}
      {hasRecord && (
        <li class="badge">
          <a href={queueHref(desk, { state: 'any', author: item.id })}>{fill(words.authorRecord, record)}</a>
        </li>
      )}
    </ul>
  )
}

/**
 * A text exactly as it was written, with the places that signals and hidden parts name. The characters themselves stay: the style
 * sheet adds the codes of those that cannot be seen.
 */
export function JudgedText(props: { text: string; signals: readonly Signal[]; masks?: readonly Mask[]; words: Strings }) {
  const { words } = props
  return (
    <div class="body" dir="auto">
      {pieces(props.text, props.signals, props.masks ?? []).map(({ text, about }) =>
        about === null ? (
          text
        ) : about === 'hidden' ? (
          <s class="hidden-part" title={words.desk.hiddenPart}>
            {text}
          </s>
        ) : (
          <Found text={text} signal={about} words={words} />
        ),
      )}
    </div>
  )
}

function Found({ text, signal, words }: { text: string; signal: Signal; words: Strings }) {
  if (signal.code === 'piled_marks') return <mark class="piled">{text}</mark>
  if (signal.code === 'invisible' || signal.code === 'bidi')
    return (
      <mark class="unseen-char" data-code={codesOf(text)}>
        {text}
      </mark>
    )
  return (
    <mark class={signal.weight <= LIGHT_WEIGHT ? 'light' : undefined} title={signalSentence(signal, words)}>
      {text}
    </mark>
  )
}

type Piece = { text: string; about: Signal | 'hidden' | null }

/** Cuts a text at its places; where some overlap the earlier one keeps the place. A pile of marks takes its letter along. */
function pieces(text: string, signals: readonly Signal[], masks: readonly Mask[]): Piece[] {
  const spans = [
    ...masks.map(([start, end]) => ({ about: 'hidden' as const, start, end })),
    ...signals.flatMap((signal) =>
      signal.spans.map(([start, end]) => ({
        about: signal,
        start: signal.code === 'piled_marks' ? letterBefore(text, start) : start,
        end,
      })),
    ),
  ].sort((one, other) => one.start - other.start)
  const found: Piece[] = []
  let at = 0
  for (const { about, start, end } of spans) {
    if (end <= at) continue
    if (start > at) found.push({ text: text.slice(at, start), about: null })
    found.push({ text: text.slice(Math.max(start, at), end), about })
    at = end
  }
  if (at < text.length) found.push({ text: text.slice(at), about: null })
  return found
}

function letterBefore(text: string, start: number): number {
  return start - (/\P{M}\p{M}*$/u.exec(text.slice(Math.max(0, start - 8), start))?.[0].length ?? 0)
}

/** The code points of characters that cannot be seen, a run of equal ones told once: "U+200B×12 U+202E". */
function codesOf(text: string): string {
  const runs: { char: string; length: number }[] = []
  for (const char of text) {
    const last = runs.at(-1)
    if (last?.char === char) last.length++
    else runs.push({ char, length: 1 })
  }
  const named = runs
    .slice(0, MAX_CODES)
    .map(
      ({ char, length }) => `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}${length > 1 ? `×${length}` : ''}`,
    )
  return named.join(' ') + (runs.length > MAX_CODES ? ' …' : '')
}

function ArticleLine(props: { desk: Desk; item: QueueItem }) {
  const { words } = props.desk
  const { article, signals } = props.item
  const href = safeHref(article.url)
  const title = article.title || href || article.key
  const isForeign = signals.some(({ code }) => code === 'foreign_article')
  return (
    <p class="about">
      {words.reader.article}:{' '}
      {href === null ? (
        <bdi>{title}</bdi>
      ) : (
        <a href={href} rel="noopener noreferrer" target="_blank">
          <bdi>{title}</bdi>
          <span class="unseen"> ({words.desk.newTab})</span>
        </a>
      )}
      {isForeign && href !== null && (
        <>
          {' '}
          <span class="host">{new URL(href).host}</span>
        </>
      )}
    </p>
  )
}

function waited(desk: Desk, since: string): string {
  const { words } = desk
  const minutes = Math.floor((desk.ctx.services.now().getTime() - Date.parse(since)) / 60_000)
  const [n, unit] =
    minutes < 60
      ? [minutes, words.desk.waitingMinutes]
      : minutes < 48 * 60
        ? [Math.floor(minutes / 60), words.desk.waitingHours]
        : [Math.floor(minutes / 1_440), words.desk.waitingDays]
  return minutes < 1 ? words.reader.timeNow : fill(words.desk.waiting, { time: fill(unit, { n }) })
}
