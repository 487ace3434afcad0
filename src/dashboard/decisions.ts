// Doors through which the desk decides: a decision, its undo, and what others decided meanwhile.
// Each speaks both ways: a form is led back to its page (POST-redirect-GET), the page's script gets JSON with its sentences ready.
import { z } from 'zod'
import type { Mask } from '../core/comments/masks.ts'
import type { State } from '../core/comments/states.ts'
import { AppError, allow, may } from '../core/context.ts'
import { readReassigned } from '../core/moderation/assign.ts'
import { closeArticle, openArticle } from '../core/moderation/close.ts'
import { decide, type Outcome } from '../core/moderation/decide.ts'
import { pin, unpin } from '../core/moderation/pin.ts'
import { countArrivals, type ItemDetail, LISTED_STATES, readCounts, readItem, readMoved, readStamp } from '../core/moderation/queue.ts'
import { reply } from '../core/moderation/reply.ts'
import { dismissReports } from '../core/moderation/reports.ts'
import { undo } from '../core/moderation/undo.ts'
import type { AppContext } from '../http/door.ts'
import { readForm } from '../http/form.ts'
import { fill } from '../i18n/format.ts'
import {
  authorOf,
  type CountTexts,
  countTexts,
  type Desk,
  findItem,
  inHandHref,
  type ListedState,
  movedSentence,
  openDesk,
  type Place,
  placeOf,
  queueHref,
} from './desk.ts'

/** Cards a page can ask about at once: as many as are kept in sight. */
const MAX_SHOWN = 100

const Shown = z.strictObject({
  shown: z
    .array(z.strictObject({ id: z.string().min(1).max(64), version: z.number().int().min(1), assignment: z.number().int().min(0) }))
    .max(MAX_SHOWN),
  since: z.strictObject({ state: z.enum(LISTED_STATES as [ListedState, ...ListedState[]]), newest: z.string().min(1).max(64) }).optional(),
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
export type MovedAnswer = {
  moved: { comment: string; version: number; state: State; message: string }[]
  /** Who has it in hand now; null is nobody. */
  assigned: { comment: string; assignment: number; to: { name: string; href: string } | null }[]
  counts: CountTexts
  arrived: number
}

/** POST /desk/:site/decisions: a verdict on one comment, or the agency's reply under what is public already. */
export async function receiveDecision(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const form = await readForm(c)
  const isReply = form.get('verdict') === 'reply'
  allow(desk.ctx, isReply ? 'reply.publish' : 'comment.decide')
  const place = placeOf((name) => form.get(name))
  if (isReply) return receiveReply(c, desk, form, place)
  const [outcome] = await decide(desk.ctx, { items: [await rulingOf(desk, form)] }, requestKeyOf(form))
  if (!outcome) throw new AppError('internal')
  if (isScript(c)) return c.json(await tellDecision(desk, outcome))
  if (outcome.status === 'done') return c.redirect(queueHref(desk, place, { done: outcome.comment, decision: outcome.decision ?? '' }), 303)
  if (outcome.status === 'conflict') return c.redirect(queueHref(desk, place, { conflict: outcome.comment }), 303)
  return c.redirect(queueHref(desk, place, { refused: outcome.comment, code: outcome.code ?? 'internal' }), 303)
}

/** What a card's form decides, in core's words. */
async function rulingOf(desk: Desk, form: Map<string, string>) {
  const verdict = form.get('verdict')
  const tellsWhy = verdict === 'reject' || verdict === 'return'
  return {
    comment: form.get('comment'),
    version: Number(form.get('version')),
    verdict,
    ...(tellsWhy ? { reason: wordsOf(form, 'quick') ?? wordsOf(form, 'reason'), reason_text: wordsOf(form, 'reason_text') } : {}),
    ...(form.has('hides') ? { masks: await masksIn(desk, form) } : {}),
    ...(form.has('reply') ? { reply: { body: form.get('reply') ?? '', signer_title: form.get('signer_title') ?? '' } } : {}),
    note: wordsOf(form, 'note'),
  }
}

function wordsOf(form: Map<string, string>, name: string): string | undefined {
  return form.get(name)?.replaceAll('\r\n', '\n').trim() || undefined
}

/** The parts to hide: those that were ticked, and every place of the words that were copied. Words that are not in the text throw `masks_invalid`. */
async function masksIn(desk: Desk, form: Map<string, string>): Promise<Mask[]> {
  const ticked = [...form.keys()].flatMap((name): Mask[] => {
    const [, start, end] = /^part-(\d+)-(\d+)$/.exec(name) ?? []
    return start === undefined || end === undefined ? [] : [[Number(start), Number(end)]]
  })
  const lines = (wordsOf(form, 'hide_words') ?? '').split('\n').flatMap((line) => line.normalize('NFC').trim() || [])
  if (lines.length === 0) return ticked
  const text = (await findItem(desk, form.get('comment') ?? ''))?.body_text ?? ''
  return [...ticked, ...lines.flatMap((line) => placesOf(text, line))]
}

function placesOf(text: string, words: string): Mask[] {
  const places: Mask[] = []
  for (let at = text.indexOf(words); at !== -1; at = text.indexOf(words, at + words.length)) places.push([at, at + words.length])
  if (places.length === 0) throw new AppError('masks_invalid')
  return places
}

async function receiveReply(c: AppContext, desk: Desk, form: Map<string, string>, place: Place): Promise<Response> {
  const id = form.get('comment') ?? ''
  const words = { body: form.get('reply') ?? '', signer_title: form.get('signer_title') ?? '' }
  const { decision, undo_until } = await reply(desk.ctx, id, words, requestKeyOf(form))
  if (!isScript(c)) return c.redirect(queueHref(desk, place, { acted: id, act: 'reply', decision: decision.id }), 303)
  const answer: ActAnswer = {
    message: desk.words.desk.replied,
    counts: countTexts(await readCounts(desk.ctx)),
    decision: decision.id,
    undo_ms: leftMs(desk, undo_until),
  }
  return c.json(answer)
}

/** Without any of these no act of the door below is open. */
const ACT_RIGHTS = ['comment.pin', 'thread.close', 'comment.decide'] as const

const ACTED = {
  pin: (desk: Desk, item: ItemDetail) => pin(desk.ctx, item.id),
  unpin: (desk: Desk, item: ItemDetail) => unpin(desk.ctx, item.id),
  close_article: (desk: Desk, item: ItemDetail) => closeArticle(desk.ctx, item.article.thread_id),
  open_article: (desk: Desk, item: ItemDetail) => openArticle(desk.ctx, item.article.thread_id),
  dismiss_reports: (desk: Desk, item: ItemDetail) => dismissReports(desk.ctx, item.id),
}

/** What an act that decides nothing did; `decision` can be undone for so long. */
export type ActAnswer = { message: string; counts: CountTexts; decision: string | null; undo_ms: number }

/** POST /desk/:site/acts: pinning, closing an article, laying reports aside, and back. */
export async function receiveAct(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  if (!ACT_RIGHTS.some((right) => may(desk.ctx, right))) throw new AppError('forbidden')
  const form = await readForm(c)
  const place = placeOf((name) => form.get(name))
  const act = form.get('act') ?? ''
  if (!Object.hasOwn(ACTED, act)) throw new AppError('bad_request')
  const item = await readItem(desk.ctx, form.get('comment') ?? '')
  await ACTED[act as keyof typeof ACTED](desk, item)
  if (!isScript(c)) return c.redirect(queueHref(desk, place, { acted: item.id, act }), 303)
  const answer: ActAnswer = {
    message: desk.words.desk[`did_${act as keyof typeof ACTED}`],
    counts: countTexts(await readCounts(desk.ctx)),
    decision: null,
    undo_ms: 0,
  }
  return c.json(answer)
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

/** GET /desk/:site/stamp: 304 as long as nothing was done on the site. A page asks so before it asks what. */
export async function tellStamp(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const etag = `"${await readStamp(desk.ctx)}"`
  c.header('etag', etag)
  return c.req.header('if-none-match') === etag ? c.body(null, 304) : c.body(null, 204)
}

/** POST /desk/:site/moved: reads only, but by POST, so that ids stay out of addresses. */
export async function tellMoved(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const { shown, since } = Shown.parse(await jsonOf(c))
  const [moved, assigned, counts, arrived] = await Promise.all([
    readMoved(desk.ctx, shown),
    readReassigned(desk.ctx, shown),
    readCounts(desk.ctx),
    since === undefined ? 0 : countArrivals(desk.ctx, since.state, since.newest),
  ])
  const answer: MovedAnswer = {
    moved: moved.map((row) => ({ comment: row.comment, version: row.version, state: row.state, message: movedSentence(desk, row) })),
    assigned: assigned.map(({ assignee, ...row }) => ({
      ...row,
      to: assignee && { name: assignee.name, href: inHandHref(desk, assignee) },
    })),
    counts: countTexts(counts),
    arrived,
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
    undo_ms: leftMs(desk, outcome.undo_until),
    counts: countTexts(counts),
  }
}

/** For how long something can still be undone, in milliseconds: a duration, since the reader's clock may be wrong. */
export function leftMs(desk: Desk, until: string | null): number {
  return until === null ? 0 : Math.max(0, Date.parse(until) - desk.ctx.services.now().getTime())
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
  return `${key}.${form.get('verdict') ?? ''}`
}

async function jsonOf(c: AppContext): Promise<unknown> {
  if (!/^application\/json\s*(?:;|$)/i.test(c.req.header('content-type') ?? '')) throw new AppError('unsupported_media_type')
  const text = await c.req.text()
  return text === '' ? null : JSON.parse(text)
}
