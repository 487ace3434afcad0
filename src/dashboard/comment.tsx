// One comment: its card, the texts it had before, and everything that was done with it.
import { type ItemDetail, readItem } from '../core/moderation/queue.ts'
import type { AppContext } from '../http/door.ts'
import { allowPage } from '../http/page.tsx'
import { dateTime, fill } from '../i18n/format.ts'
import { BanPanel } from './bans.tsx'
import { Card, JudgedText } from './card.tsx'
import { type Desk, listedState, openDesk, queueHref } from './desk.ts'
import { Frame } from './parts.tsx'

type Fact = ItemDetail['history'][number]

/** GET /desk/:site/comments/:id */
export async function showComment(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const item = await readItem(desk.ctx, c.req.param('id') ?? '')
  const { words } = desk
  const place = { state: listedState(item.state) }
  const earlier = item.revisions.slice(0, -1).reverse()
  const title = fill(words.desk.itemTitle, { code: item.receipt_code })
  allowPage(c, { frameAncestors: "'none'", script: 'nonce', connect: true })
  return c.html(
    <Frame desk={desk} title={title}>
      <main class="single" id="main" tabindex={-1}>
        <p class="back">
          <a href={queueHref(desk, place)}>{words.desk.back}</a>
        </p>
        <h1>
          {title} <span class="state">{words.states[item.state]}</span>
        </h1>
        <Card desk={desk} item={item} place={place} isAlone />
        {earlier.length > 0 && (
          <section class="earlier">
            <h2>{words.desk.revisions}</h2>
            {earlier.map((revision) => (
              <div class="revision">
                <h3>{fill(words.desk.revisionAt, { n: revision.number, time: dateTime(revision.created_at) })}</h3>
                <JudgedText text={revision.body_text} signals={revision.signals} words={words} />
              </div>
            ))}
          </section>
        )}
        <BanPanel desk={desk} commentId={item.id} />
        <section class="history">
          <h2>{words.desk.history}</h2>
          <ol>
            {item.history.map((fact) => (
              <li>
                <HistoryRow desk={desk} fact={fact} />
              </li>
            ))}
          </ol>
        </section>
      </main>
    </Frame>,
  )
}

function HistoryRow(props: { desk: Desk; fact: Fact }) {
  const { desk, fact } = props
  const { words } = desk
  const reason = fact.reason === null ? null : words.reasons[fact.reason as keyof typeof words.reasons]
  return (
    <>
      <p>{fill(words.desk.historyRow, { time: dateTime(fact.at), name: fact.by ?? words.desk.author, act: actOf(desk, fact) })}</p>
      {reason && (
        <p class="detail">{fill(words.reader.receiptReason, { reason: [reason, fact.reason_text].filter(Boolean).join(' – ') })}</p>
      )}
      {fact.note && (
        <p class="detail">
          {words.desk.note}: {fact.note}
        </p>
      )}
    </>
  )
}

/** What was done, in the words of its button where there is one. */
function actOf(desk: Desk, fact: Fact): string {
  const { desk: acts, states } = desk.words
  if (fact.kind === 'revision') return acts.actRevision
  if (fact.kind === 'undo') return acts.actUndo
  if (fact.kind === 'withdrawal') return acts.actWithdrawal
  const { verdict } = fact
  return verdict === null || verdict === 'return' || verdict === 'seal' ? states[fact.state] : acts[verdict]
}
