// What other comments tell of one, on its card: those with nearly the same text, pressed away together, and the words for which the
// site's own decisions speak against it. Not for: the door that decides on many (bulk.tsx).
import { REASONS } from '../core/comments/states.ts'
import { may } from '../core/context.ts'
import type { QueueItem } from '../core/moderation/queue.ts'
import { fill } from '../i18n/format.ts'
import { type Desk, type Place, placeFields } from './desk.ts'

/** Approving is not among them: nothing is published that nobody read. */
const VERDICTS = ['hold', 'reject', 'spam'] as const

/** Comments with nearly the same text; the press takes those that this page shows and that may still be marked, each in the version shown. */
export function Twins({ desk, item, place }: { desk: Desk; item: QueueItem; place: Place }) {
  if (item.twins.length === 0) return null
  const words = desk.words.screening
  const n = item.twins.length + 1
  const taken = item.twins.filter(({ state }) => state === 'pending' || state === 'held' || state === 'returned')
  const fields = { request_key: desk.ctx.services.newId(), scope: 'chosen', ...placeFields(place) }
  const verdicts = VERDICTS.filter((verdict) => item.legal_verdicts.includes(verdict))
  const isOffered = may(desk.ctx, 'comment.decide') && verdicts.length > 0 && taken.length > 0
  return (
    <details class="twins">
      <summary>{fill(words.alike, { n })}</summary>
      <ul>
        {item.twins.map((twin) => (
          <li>
            <a href={`${desk.base}/comments/${twin.id}`}>{twin.receipt_code}</a> <span>{desk.words.states[twin.state]}</span>
          </li>
        ))}
      </ul>
      {isOffered && (
        <form method="post" action={`${desk.base}/bulk`} autocomplete="off">
          {Object.entries(fields).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          {[item, ...taken].map(({ id, version }) => (
            <input type="hidden" name={`item-${id}`} value={String(version)} />
          ))}
          <p class="hint">{words.alikeHint}</p>
          {verdicts.includes('reject') && <ReasonOfMany desk={desk} id={`alike-${item.id}`} />}
          <div class="buttons">
            {verdicts.map((verdict) => (
              <button
                class={`decide ${verdict === 'reject' ? 'stop' : verdict}`}
                type="submit"
                name="verdict"
                value={verdict}
                formaction={`${desk.base}/bulk`}
              >
                {fill(words[`alike_${verdict}`], { n: taken.length + 1 })}
              </button>
            ))}
          </div>
        </form>
      )}
    </details>
  )
}

/** The words for which the site's own decisions speak against a text. */
export function Reasons({ desk, reasons }: { desk: Desk; reasons: readonly string[] }) {
  if (reasons.length === 0) return null
  const quoted = reasons.map((word) => `“${word}”`).join(', ')
  return <p class="learned">{fill(desk.words.screening.learnedFrom, { words: quoted })}</p>
}

/** The reason for which many are rejected at once. */
export function ReasonOfMany({ desk, id }: { desk: Desk; id: string }) {
  const { words } = desk
  return (
    <div class="field">
      <label for={id}>{words.desk.bulkReason}</label>
      <select id={id} name="reason">
        <option value="">{words.desk.chooseReason}</option>
        {REASONS.map((reason) => (
          <option value={reason}>{words.reasons[reason]}</option>
        ))}
      </select>
    </div>
  )
}
