// The timeline of one comment: everything that happened with it, oldest first, with colleagues' notes where they were written.
import type { Surroundings } from '../core/moderation/item.ts'
import { dateTime, fill } from '../i18n/format.ts'
import type { Desk } from './desk.ts'
import { type Draft, Refusal } from './hand.tsx'

type Happening = Surroundings['timeline'][number]

/** What is beyond a note's longest text is told by the command; this only keeps a slip of the mouse from being sent. */
const MAX_TYPED = 10_000

/** Everything that happened, with one's own notes open to correction while they are. */
export function Story(props: { desk: Desk; id: string; timeline: readonly Happening[]; draft: Draft }) {
  return (
    <ol id="story">
      {props.timeline.map((happening) => (
        <li class={happening.kind} id={`h-${happening.id}`} tabindex={-1}>
          <Told {...props} happening={happening} />
        </li>
      ))}
    </ol>
  )
}

/** The form for a new note. It takes in the correction of one that can no longer be corrected, so that nothing typed is lost. */
export function NoteForm(props: { desk: Desk; id: string; timeline: readonly Happening[]; draft: Draft }) {
  const { desk, draft, timeline } = props
  const words = desk.words.item
  const isOwn = draft.form === 'notes' && !timeline.some((row) => row.can_change_until !== null && row.id === draft.kept.get('note'))
  const fault = isOwn ? draft.fault : null
  return (
    <form class="note-form" method="post" action={`${desk.base}/comments/${props.id}/notes`} autocomplete="off">
      <NoteField desk={desk} id="note" label={words.note} text={isOwn ? (draft.kept.get('body') ?? '') : ''} fault={fault} />
      <p class="hint" id="note-hint">
        {words.noteHint}
      </p>
      <button type="submit">{words.noteAdd}</button>
    </form>
  )
}

function NoteField(props: { desk: Desk; id: string; label: string; text: string; fault: string | null }) {
  const { id, fault } = props
  return (
    <>
      <Refusal id={`${id}-fault`} fault={fault} />
      <label for={id}>{props.label}</label>
      <textarea
        id={id}
        name="body"
        rows={3}
        required
        maxlength={MAX_TYPED}
        lang="vi"
        aria-describedby={fault === null ? 'note-hint' : `${id}-fault note-hint`}
        aria-invalid={fault === null ? undefined : 'true'}
        autofocus={fault !== null}
      >
        {/* The first newline of a textarea is not part of its text. */}
        {`\n${props.text}`}
      </textarea>
    </>
  )
}

type Row = { desk: Desk; id: string; happening: Happening; draft: Draft }

function Told(props: Row) {
  const { desk, happening } = props
  const { words } = desk
  const reasons: Record<string, string> = words.reasons
  const reason = happening.reason === null ? null : (reasons[happening.reason] ?? happening.reason)
  return (
    <>
      <p>
        <strong>
          <bdi>{whoOf(desk, happening)}</bdi>
        </strong>{' '}
        <Act desk={desk} happening={happening} /> <time datetime={happening.at}>{dateTime(happening.at)}</time>{' '}
        {happening.kind === 'decided' && happening.undone && <span class="badge">{words.item.undone}</span>}
      </p>
      {happening.signals.length > 0 && (
        <div class="detail">
          <p>{words.item.heldFor}</p>
          <ul>
            {happening.signals.map((code) => (
              <li>{words.signals[code]}</li>
            ))}
          </ul>
        </div>
      )}
      {reason && (
        <p class="detail">{fill(words.reader.receiptReason, { reason: [reason, happening.reason_text].filter(Boolean).join(' – ') })}</p>
      )}
      {happening.kind === 'decided' && happening.text !== null && <p class="detail">{words.desk.note}:</p>}
      {happening.text && (
        <p class="said" dir="auto">
          {happening.text}
        </p>
      )}
      {happening.corrected_at && !happening.deleted && (
        <p class="detail">{fill(words.item.correctedAt, { time: dateTime(happening.corrected_at) })}</p>
      )}
      {happening.can_change_until && <ChangeNote {...props} />}
    </>
  )
}

/** Whose act it was. Readers and authors have no name here, and what comes into force does so by itself. */
function whoOf(desk: Desk, { kind, by }: Happening): string {
  if (by !== null) return by
  const { words } = desk
  if (kind === 'reported') return words.reader.anonymous
  return kind === 'effective' ? words.item.clock : words.item.author
}

/** What was done, after the name; a decision in the words of its button. */
function Act({ desk, happening }: { desk: Desk; happening: Happening }) {
  const { item: words, desk: buttons, states, acts } = desk.words
  const recorded: Record<string, string> = acts
  switch (happening.kind) {
    case 'assigned':
      if (happening.assignee === null) return <>{words.didRelease}</>
      if (happening.assignee === happening.by) return <>{words.didTake}</>
      return (
        <>
          {words.didGive} <bdi>{happening.assignee}</bdi>
        </>
      )
    case 'decided':
      return (
        <>
          {words.didDecide} <b>{happening.verdict === null ? states[happening.state ?? 'pending'] : buttons[happening.verdict]}</b>
        </>
      )
    case 'noted':
      return <>{happening.deleted ? words.didDelete : words.didNote}</>
    case 'replied':
      return (
        <>
          <a href={`${desk.base}/comments/${happening.id}`}>{words.didReply}</a>{' '}
          {happening.state !== null && <span class="badge">{states[happening.state]}</span>}
        </>
      )
    case 'recorded':
      return <>{recorded[happening.action ?? ''] ?? happening.action}</>
    default:
      return <>{words[`did_${happening.kind}`]}</>
  }
}

/** Correcting or deleting one's own note while that can be done. */
function ChangeNote({ desk, id, happening, draft }: Row) {
  const words = desk.words.item
  const isKept = draft.form === 'notes' && draft.kept.get('note') === happening.id
  return (
    <details class="change" open={isKept}>
      <summary>{words.noteChange}</summary>
      <form class="note-form" method="post" action={`${desk.base}/comments/${id}/notes`} autocomplete="off">
        <input type="hidden" name="note" value={happening.id} />
        <NoteField
          desk={desk}
          id={`note-${happening.id}`}
          label={words.noteBody}
          text={isKept ? (draft.kept.get('body') ?? '') : (happening.text ?? '')}
          fault={isKept ? draft.fault : null}
        />
        <p class="buttons">
          <button type="submit" name="act" value="correct">
            {words.noteSave}
          </button>
          <button class="stop" type="submit" name="act" value="delete" formnovalidate>
            {words.noteDelete}
          </button>
        </p>
      </form>
    </details>
  )
}
