// Doors through which the desk decides: a decision, its undo, and what others decided meanwhile.
// Each speaks both ways: a form is led back to its page (POST-redirect-GET), the page's script gets JSON with its sentences ready.
import { z } from 'zod'
import type { State } from '../core/comments/states.ts'
import { AppError } from '../core/context.ts'
import { decide, type Outcome } from '../core/moderation/decide.ts'
import { readCounts, readMoved } from '../core/moderation/queue.ts'
import { undo } from '../core/moderation/undo.ts'
import type { AppContext } from '../http/door.ts'
import { readForm } from '../http/form.ts'
import { fill } from '../i18n/format.ts'
import { authorOf, type CountTexts, countTexts, type Desk, findItem, movedSentence, openDesk, placeOf, queueHref } from './desk.ts'

/** Cards a page can ask about at once: two of its pages. */
const MAX_SHOWN = 40

const Shown = z.strictObject({
  shown: z.array(z.strictObject({ id: z.string().min(1).max(64), version: z.number().int().min(1) })).max(MAX_SHOWN),
})

/** `undo_ms` is how long the decision can still be undone: a duration, since the reader's clock may be wrong. */
export type DecisionAnswer = { outcome: Outcome; state_text: string | null; message: string; undo_ms: number; counts: CountTexts }
/** `is_same_text` says whether the page still shows the text that would be judged next. */
export type UndoAnswer = {
  comment: { id: string; state: State; version: number }
  is_same_text: boolean
  message: string
  counts: CountTexts
}
export type MovedAnswer = { moved: { comment: string; version: number; state: State; message: string }[]; counts: CountTexts }

/** POST /desk/:site/decisions */
export async function receiveDecision(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const form = await readForm(c)
  const words = (name: string) => form.get(name)?.replaceAll('\r\n', '\n').trim() || undefined
  const verdict = form.get('verdict')
  const item = {
    comment: form.get('comment'),
    version: Number(form.get('version')),
    verdict,
    ...(verdict === 'reject' ? { reason: words('reason'), reason_text: words('reason_text') } : {}),
    note: words('note'),
  }
  const [outcome] = await decide(desk.ctx, { items: [item] }, requestKeyOf(form))
  if (!outcome) throw new AppError('internal')
  if (isScript(c)) return c.json(await tellDecision(desk, outcome))
  const place = placeOf((name) => form.get(name))
  if (outcome.status === 'done') return c.redirect(queueHref(desk, place, { done: outcome.comment, decision: outcome.decision ?? '' }), 303)
  if (outcome.status === 'conflict') return c.redirect(queueHref(desk, place, { conflict: outcome.comment }), 303)
  return c.redirect(queueHref(desk, place, { refused: outcome.comment, code: outcome.code ?? 'internal' }), 303)
}

/** POST /desk/:site/decisions/:id/undo; `version` is the one the page knows, to tell whether the text moved under it. */
export async function receiveUndo(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const form = await readForm(c)
  const { comment } = await undo(desk.ctx, c.req.param('id') ?? '')
  if (!isScript(c))
    return c.redirect(
      queueHref(
        desk,
        placeOf((name) => form.get(name)),
        { undone: comment.id },
      ),
      303,
    )
  const item = await findItem(desk, comment.id)
  const isSameText = comment.version === Number(form.get('version')) + 1
  const edit = isSameText ? undefined : item?.history.findLast(({ kind }) => kind === 'revision')
  const answer: UndoAnswer = {
    comment,
    is_same_text: isSameText,
    message: edit ? movedSentence(desk, edit) : desk.words.desk.undone,
    counts: countTexts(await readCounts(desk.ctx)),
  }
  return c.json(answer)
}

/** POST /desk/:site/moved: reads only, but by POST, so that ids stay out of addresses. */
export async function tellMoved(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const { shown } = Shown.parse(await jsonOf(c))
  const [moved, counts] = await Promise.all([readMoved(desk.ctx, shown), readCounts(desk.ctx)])
  const answer: MovedAnswer = {
    moved: moved.map((row) => ({ comment: row.comment, version: row.version, state: row.state, message: movedSentence(desk, row) })),
    counts: countTexts(counts),
  }
  return c.json(answer)
}

/** Whether the page's script asks, which reads JSON. */
export function isScript(c: AppContext): boolean {
  return /\bapplication\/json\b/i.test(c.req.header('accept') ?? '')
}

async function tellDecision(desk: Desk, outcome: Outcome): Promise<DecisionAnswer> {
  const { words } = desk
  const [item, counts] = await Promise.all([findItem(desk, outcome.comment), readCounts(desk.ctx)])
  const stateText = outcome.state === null ? null : words.states[outcome.state]
  const name = item ? authorOf(desk, item) : words.reader.anonymous
  return {
    outcome,
    state_text: stateText,
    message:
      outcome.status === 'done'
        ? fill(words.desk.done, { state: stateText ?? '', name })
        : outcome.status === 'conflict'
          ? movedSentence(desk, { ...outcome, kind: kindOf(outcome), state: outcome.state ?? 'pending' })
          : fill(words.desk.refused, { detail: words.problems[outcome.code ?? 'internal'] }),
    undo_ms: outcome.undo_until === null ? 0 : Math.max(0, Date.parse(outcome.undo_until) - desk.ctx.services.now().getTime()),
    counts: countTexts(counts),
  }
}

/** What won over a decision: nobody's name stands on what the sender did. */
function kindOf(outcome: Outcome): string {
  if (outcome.by !== null) return 'decision'
  return outcome.state === 'withdrawn' ? 'withdrawal' : 'revision'
}

/** The key of a decision's request. Another verdict of the same card is another request. */
function requestKeyOf(form: Map<string, string>): string {
  const key = form.get('request_key') ?? ''
  if (!/^[\w-]{8,64}$/.test(key)) throw new AppError('idempotency_key_invalid')
  return `${key}.${form.get('verdict')}`
}

async function jsonOf(c: AppContext): Promise<unknown> {
  if (!/^application\/json\s*(?:;|$)/i.test(c.req.header('content-type') ?? '')) throw new AppError('unsupported_media_type')
  const text = await c.req.text()
  return text === '' ? null : JSON.parse(text)
}
