// The card of one comment: its text as a clerk must see it, what the machine points out, and the decisions that are legal.
// Not for: the page around it (parts.tsx).
import { REASONS, type State, type Verdict } from '../core/comments/states.ts'
import { excerpt } from '../core/comments/text.ts'
import { may } from '../core/context.ts'
import type { QueueItem } from '../core/moderation/queue.ts'
import type { Signal, SignalCode } from '../core/screening/signal.ts'
import { safeHref } from '../http/page.tsx'
import { signalSentence } from '../http/signal.ts'
import { dateTime, fill } from '../i18n/format.ts'
import { authorOf, type Desk, type Place, placeFields } from './desk.ts'
import { ruleHref } from './words.tsx'

/** Verdicts this desk offers at one press, in the order of its buttons; `reject` has a panel of its own. */
const ONE_PRESS = ['approve', 'hold', 'spam', 'hide'] as const satisfies readonly Verdict[]
/** States in which a comment waits for the office. */
const WAITING: readonly State[] = ['pending', 'held', 'returned']
/** Graphemes of the comment that is replied to: enough to see what the reply is about. */
const PARENT_EXCERPT = 140
/** Different characters named in one highlighted place; a longer pile is told by its first ones. */
const MAX_CODES = 3
const MAX_REASON_WORDS = 2_000

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
      data-state={item.state}
      aria-labelledby={`n-${item.id}`}
      tabindex={-1}
    >
      <header class="card-head">
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
      <ArticleLine desk={desk} item={item} />
      {item.in_reply_to && (
        <div class="parent">
          <p>{fill(words.desk.inReplyTo, { name: item.in_reply_to.author_name ?? words.reader.anonymous })}</p>
          {item.in_reply_to.body_text !== '' && <blockquote dir="auto">{excerpt(item.in_reply_to.body_text, PARENT_EXCERPT)}</blockquote>}
        </div>
      )}
      {item.is_public && item.state !== 'published' && <p class="badge">{words.desk.publishedAs}</p>}
      <JudgedText text={item.body_text} signals={item.signals} />
      {item.signals.length > 0 && (
        <div class="signals">
          <p>
            {words.desk.whyFlag} <span>({words.desk.advisory})</span>
          </p>
          <ul>
            {item.signals.map((signal) => (
              <li>
                {signalSentence(signal, words)}{' '}
                <a
                  class="rule-link"
                  href={ruleHref(desk, signal.rule)}
                  aria-label={`${words.screening.ruleLink}: ${signalSentence(signal, words)}`}
                >
                  {words.screening.ruleLink}
                </a>
                {signal.details.converted !== undefined && (
                  <details>
                    <summary>{words.screening.convertedTo}</summary>
                    <p class="body" lang="vi">
                      {signal.details.converted}
                    </p>
                  </details>
                )}
              </li>
            ))}
          </ul>
        </div>
      )}
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

/** A text exactly as it was written, its suspicious places marked. The characters themselves stay: the style sheet adds their codes. */
export function JudgedText(props: { text: string; signals: readonly Signal[] }) {
  return (
    <div class="body" dir="auto">
      {pieces(props.text, props.signals).map((piece) => (piece.code === null ? piece.text : <Mark text={piece.text} code={piece.code} />))}
    </div>
  )
}

function Mark(props: { text: string; code: SignalCode }) {
  if (props.code !== 'invisible' && props.code !== 'bidi')
    return <mark class={props.code === 'piled_marks' ? 'piled' : undefined}>{props.text}</mark>
  return (
    <mark class="unseen-char" data-code={codesOf(props.text)}>
      {props.text}
    </mark>
  )
}

type Piece = { text: string; code: SignalCode | null }

/** Cuts a text at the spans of its signals; where spans overlap the earlier one keeps the place. A pile of marks takes its letter along. */
function pieces(text: string, signals: readonly Signal[]): Piece[] {
  const spans = signals
    .flatMap(({ code, spans: places }) =>
      places.map(([start, end]) => ({ code, start: code === 'piled_marks' ? letterBefore(text, start) : start, end })),
    )
    .sort((one, other) => one.start - other.start)
  const found: Piece[] = []
  let at = 0
  for (const { code, start, end } of spans) {
    if (end <= at) continue
    if (start > at) found.push({ text: text.slice(at, start), code: null })
    found.push({ text: text.slice(Math.max(start, at), end), code })
    at = end
  }
  if (at < text.length) found.push({ text: text.slice(at), code: null })
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

/**
 * The decisions that are legal. Each works as a plain form; the panel of `reject` is shown by the style sheet while its
 * <details> is open, beside it and not inside, so that no button moves when it opens.
 */
function Actions(props: { desk: Desk; item: QueueItem; place: Place }) {
  const { desk, item } = props
  const { words } = desk
  const verdicts = ONE_PRESS.filter((verdict) => item.legal_verdicts.includes(verdict))
  const mayReject = item.legal_verdicts.includes('reject')
  if (!may(desk.ctx, 'comment.decide') || (verdicts.length === 0 && !mayReject)) return null
  const press = (verdict: (typeof ONE_PRESS)[number]) => (
    <button class={`decide ${verdict}`} type="submit" form={`f-${item.id}`} name="verdict" value={verdict}>
      {words.desk[verdict]}
    </button>
  )
  return (
    <fieldset class="actions">
      <legend class="unseen">{fill(words.desk.decisions, { name: authorOf(desk, item) })}</legend>
      <form id={`f-${item.id}`} method="post" action={`${desk.base}/decisions`} autocomplete="off" hidden>
        <Carried desk={desk} item={item} place={props.place} />
      </form>
      {verdicts.filter((verdict) => verdict === 'approve').map(press)}
      {mayReject && (
        <details class="reject">
          <summary class="decide">{words.desk.reject}</summary>
        </details>
      )}
      {verdicts.filter((verdict) => verdict !== 'approve').map(press)}
      {mayReject && <RejectPanel desk={desk} item={item} place={props.place} />}
    </fieldset>
  )
}

function RejectPanel(props: { desk: Desk; item: QueueItem; place: Place }) {
  const { desk, item } = props
  const words = desk.words.desk
  const id = (field: string) => `${field}-${item.id}`
  return (
    <form class="panel" method="post" action={`${desk.base}/decisions`} autocomplete="off">
      <Carried desk={desk} item={item} place={props.place} />
      <input type="hidden" name="verdict" value="reject" />
      <div class="field">
        <label for={id('reason')}>{words.rejectReason}</label>
        <select id={id('reason')} name="reason" required aria-describedby={id('hint')}>
          <option value="">{words.chooseReason}</option>
          {REASONS.map((reason) => (
            <option value={reason}>{desk.words.reasons[reason]}</option>
          ))}
        </select>
      </div>
      <div class="field">
        <label for={id('words')}>
          {words.reasonWords} <span class="hint">({desk.words.reader.optional.toLowerCase()})</span>
        </label>
        <textarea
          id={id('words')}
          name="reason_text"
          rows={2}
          maxlength={MAX_REASON_WORDS}
          lang="vi"
          aria-describedby={id('hint')}
        ></textarea>
        <p class="hint" id={id('hint')}>
          {words.reasonHint}
        </p>
      </div>
      <div class="field">
        <label for={id('note')}>
          {words.note} <span class="hint">({desk.words.reader.optional.toLowerCase()})</span>
        </label>
        <input id={id('note')} name="note" maxlength={MAX_REASON_WORDS} lang="vi" aria-describedby={id('note-hint')} />
        <p class="hint" id={id('note-hint')}>
          {words.noteHint}
        </p>
      </div>
      <button class="decide confirm" type="submit">
        {words.confirmReject}
      </button>
    </form>
  )
}

/** What a decision carries unseen: the version that was read, and a key by which a repeated request is known. */
function Carried(props: { desk: Desk; item: QueueItem; place: Place }) {
  const { item, place } = props
  const fields = {
    comment: item.id,
    version: item.version,
    request_key: props.desk.ctx.services.newId(),
    ...placeFields(place),
  }
  return (
    <>
      {Object.entries(fields).map(([name, value]) => (
        <input type="hidden" name={name} value={String(value)} />
      ))}
    </>
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
