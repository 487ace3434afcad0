// Beside a comment: who has it in hand, and how its author is reached.
import { may } from '../core/context.ts'
import type { Colleague } from '../core/moderation/assign.ts'
import type { Contact } from '../core/moderation/contact.ts'
import type { QueueItem } from '../core/moderation/queue.ts'
import { fill } from '../i18n/format.ts'
import type { Desk } from './desk.ts'

/**
 * What one answer shows besides the comment: what somebody typed that was refused, in which form and why; or the contact that was
 * opened for this answer alone.
 */
export type Draft = {
  form: 'assignee' | 'notes' | 'contact' | null
  kept: ReadonlyMap<string, string>
  fault: string | null
  contact: Contact | null
}

/** Who has it in hand; for whoever may, taking it, giving it to one of `people`, and giving it back. */
export function InHand(props: { desk: Desk; item: QueueItem; people: readonly Colleague[]; draft: Draft }) {
  const { desk, item, people, draft } = props
  const words = desk.words.item
  const own = desk.person.id
  const fault = draft.form === 'assignee' ? draft.fault : null
  const others = people.filter(({ id }) => id !== own && id !== item.assignee?.id)
  return (
    <section class="side" id="in-hand">
      <h2>{desk.words.desk.assigneeLabel}</h2>
      <p class="holder">
        {item.assignee === null ? (
          desk.words.desk.assigneeNone
        ) : (
          <bdi>{item.assignee.id === own ? fill(words.me, { name: item.assignee.name }) : item.assignee.name}</bdi>
        )}
      </p>
      <Refusal id="hand-fault" fault={fault} />
      {may(desk.ctx, 'comment.assign') && (
        <form class="hand" method="post" action={`${desk.base}/comments/${item.id}/assignee`} autocomplete="off">
          <input type="hidden" name="assignment" value={item.assignment} />
          {people.some(({ id }) => id === own) && item.assignee?.id !== own && (
            <button type="submit" name="act" value="take" autofocus={fault !== null}>
              {words.take}
            </button>
          )}
          {item.assignee !== null && (
            <button type="submit" name="act" value="release">
              {words.release}
            </button>
          )}
          {others.length > 0 && (
            <div class="give">
              <label for="assignee">{words.giveTo}</label>
              <select id="assignee" name="assignee">
                {others.map(({ id, name }) => (
                  <option value={id} selected={id === draft.kept.get('assignee')}>
                    {name}
                  </option>
                ))}
              </select>
              <button type="submit" name="act" value="give">
                {words.give}
              </button>
            </div>
          )}
        </form>
      )}
    </section>
  )
}

/** How the author is reached, once a reason is given; `isLeft` says whether anything was left to reach them by. */
export function ContactPanel(props: { desk: Desk; id: string; isLeft: boolean; draft: Draft }) {
  const { desk, draft } = props
  const words = desk.words.item
  const fault = draft.form === 'contact' ? draft.fault : null
  return (
    <section class="side" id="contact">
      <h2>{words.contact}</h2>
      {!props.isLeft ? (
        <p class="hint">{words.contactNone}</p>
      ) : draft.contact !== null ? (
        <dl class="reach" tabindex={-1} autofocus>
          {(['email', 'phone', 'address'] as const).map(
            (name) =>
              draft.contact?.[name] && (
                <div>
                  <dt>{words[name]}</dt>
                  <dd>
                    <bdi>{draft.contact[name]}</bdi>
                  </dd>
                </div>
              ),
          )}
        </dl>
      ) : (
        <form class="hand" method="post" action={`${desk.base}/comments/${props.id}/contact`} autocomplete="off">
          <Refusal id="contact-fault" fault={fault} />
          <label for="contact-reason">{words.contactReason}</label>
          <input
            id="contact-reason"
            name="reason"
            required
            maxlength={1_000}
            lang="vi"
            value={draft.form === 'contact' ? draft.kept.get('reason') : ''}
            aria-describedby={fault === null ? 'contact-hint' : 'contact-fault contact-hint'}
            aria-invalid={fault === null ? undefined : 'true'}
            autofocus={fault !== null}
          />
          <p class="hint" id="contact-hint">
            {words.contactHint}
          </p>
          <button type="submit">{words.contactShow}</button>
        </form>
      )}
    </section>
  )
}

/** Why a form was not taken, in the form. */
export function Refusal(props: { id: string; fault: string | null }) {
  return props.fault === null ? null : (
    <p class="fault" id={props.id} role="alert">
      {props.fault}
    </p>
  )
}
