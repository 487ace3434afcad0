// One verdict on many: the bar below the filters, its doors, and what it tells of each comment. Works as a plain form.
import { AppError, allow, may } from '../core/context.ts'
import { decideView, readRequest, readWinners, undoRequest } from '../core/moderation/bulk.ts'
import { decide, type Outcome } from '../core/moderation/decide.ts'
import { type QueuePage, readCounts } from '../core/moderation/queue.ts'
import { MAX_ITEMS } from '../core/moderation/undo.ts'
import type { AppContext } from '../http/door.ts'
import { readForm } from '../http/form.ts'
import { fill } from '../i18n/format.ts'
import type { Strings } from '../i18n/index.ts'
import { isScript, leftMs } from './decisions.ts'
import { type CountTexts, countTexts, type Desk, openDesk, type Place, placeFields, placeOf, queueHref } from './desk.ts'
import { ReasonOfMany } from './twins.tsx'

const VERDICTS = ['approve', 'hold', 'spam', 'reject'] as const

/** `request` undoes it all as one, for so long. */
export type BulkAnswer = { outcomes: Outcome[]; message: string; request: string; undo_ms: number; is_more: boolean; counts: CountTexts }
export type BulkUndoAnswer = { undone: { comment: string; version: number }[]; message: string; counts: CountTexts }

/** The bar: which comments, and which verdict. */
export function BulkBar({ desk, place, page }: { desk: Desk; place: Place; page: QueuePage }) {
  const words = desk.words.desk
  const newest = page.items
    .map(({ id }) => id)
    .sort()
    .at(-1)
  if (!may(desk.ctx, 'comment.decide') || newest === undefined) return null
  const fields = { request_key: desk.ctx.services.newId(), newest, made: desk.ctx.services.newId(), ...placeFields(place) }
  return (
    <details class="bulk" id="bulk-bar">
      <summary>{words.bulk}</summary>
      <form id="bulk" method="post" action={`${desk.base}/bulk`} autocomplete="off">
        {Object.entries(fields).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <p class="chosen" id="chosen" role="status"></p>
        <fieldset class="scope">
          <legend class="unseen">{words.bulkScope}</legend>
          <label>
            <input type="radio" name="scope" value="chosen" checked /> <span>{words.bulkChosen}</span>
          </label>
          {place.state !== 'any' && (
            <label>
              <input type="radio" name="scope" value="view" /> <span>{fill(words.bulkView, { n: MAX_ITEMS })}</span>
            </label>
          )}
        </fieldset>
        <ReasonOfMany desk={desk} id="bulk-reason" />
        <div class="buttons">
          {VERDICTS.map((verdict) => (
            <button class={`decide ${verdict === 'reject' ? 'stop' : verdict}`} type="submit" name="verdict" value={verdict}>
              {words[verdict]}
            </button>
          ))}
        </div>
      </form>
    </details>
  )
}

/** POST /desk/:site/bulk: one verdict on the comments that were chosen, or on all that the page stood for. */
export async function receiveBulk(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  allow(desk.ctx, 'comment.decide')
  const form = await readForm(c)
  const place = placeOf((name) => form.get(name))
  const key = keyOf(form)
  const verdict = form.get('verdict')
  const ruling = { verdict, ...(verdict === 'reject' ? { reason: form.get('reason') || undefined } : {}) }
  const { outcomes, isMore } =
    form.get('scope') === 'view'
      ? await decideView(desk.ctx, { ...place, limit: MAX_ITEMS }, { newest: form.get('newest'), made: form.get('made'), ...ruling }, key)
      : { outcomes: await decide(desk.ctx, { items: chosen(form).map((item) => ({ ...item, ...ruling })) }, key), isMore: false }
  if (isScript(c)) {
    const done = outcomes.find(({ status }) => status === 'done')
    const answer: BulkAnswer = {
      outcomes,
      message: bulkSentence(desk.words, outcomes, isMore),
      request: key,
      undo_ms: leftMs(desk, done?.undo_until ?? null),
      is_more: isMore,
      counts: countTexts(await readCounts(desk.ctx)),
    }
    return c.json(answer)
  }
  const lost = outcomes.filter(({ status }) => status === 'conflict').map(({ comment }) => comment)
  const refused = outcomes.filter(({ status }) => status === 'refused').length
  const told = {
    bulk: key,
    ...(lost.length > 0 ? { lost: lost.join('.') } : {}),
    ...(refused > 0 ? { refused_n: String(refused) } : {}),
    ...(isMore ? { more: '1' } : {}),
  }
  return c.redirect(queueHref(desk, { ...place, after: undefined }, told), 303)
}

/** POST /desk/:site/bulk/undo: takes back all that one request decided, but for what somebody decided since. */
export async function receiveBulkUndo(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const form = await readForm(c)
  const outcomes = await undoRequest(desk.ctx, keyOf(form))
  const undone = outcomes.flatMap(({ status, comment }) => (status === 'undone' && comment ? [comment] : []))
  const message = bulkUndoSentence(desk.words, undone.length, outcomes.length - undone.length)
  if (!isScript(c)) {
    const counted = { unbulk: String(undone.length), kept: String(outcomes.length - undone.length) }
    return c.redirect(
      queueHref(
        desk,
        placeOf((name) => form.get(name)),
        counted,
      ),
      303,
    )
  }
  const answer: BulkUndoAnswer = {
    undone: undone.map(({ id, version }) => ({ comment: id, version })),
    message,
    counts: countTexts(await readCounts(desk.ctx)),
  }
  return c.json(answer)
}

/** What became of a bulk decision without script: its sentence, and for how long it can be undone. */
export async function tellBulk(desk: Desk, query: (name: string) => string | undefined) {
  const key = query('bulk')
  if (key === undefined) return null
  const done = await readRequest(desk.ctx, key)
  const winners = await readWinners(desk.ctx, (query('lost') ?? '').split('.').filter(Boolean))
  const lost = winners.map((by) => ({ status: 'conflict' as const, by }))
  const refused = Array.from({ length: Math.min(MAX_ITEMS, Number(query('refused_n')) || 0) }, () => ({
    status: 'refused' as const,
    by: null,
  }))
  return {
    text: bulkSentence(desk.words, [...done, ...lost, ...refused], query('more') === '1'),
    request: key,
    undoMs: leftMs(desk, done[0]?.undo_until ?? null),
  }
}

/** The sentence of a bulk that was taken back. */
export function bulkUndoSentence(words: Strings, undone: number, kept: number): string {
  return [fill(words.desk.bulkUndone, { n: undone }), ...(kept > 0 ? [fill(words.desk.bulkKept, { n: kept })] : [])].join(' ')
}

/** "37 done, 2 already decided by Cô Một, 1 changed since". */
function bulkSentence(words: Strings, outcomes: readonly Pick<Outcome, 'status' | 'by'>[], isMore: boolean): string {
  const { desk } = words
  const conflicts = outcomes.filter(({ status }) => status === 'conflict')
  const names = [...new Set(conflicts.flatMap(({ by }) => by ?? []))]
  const changed = conflicts.filter(({ by }) => by === null).length
  const refused = outcomes.filter(({ status }) => status === 'refused').length
  const parts = [
    fill(desk.bulkDone, { n: outcomes.filter(({ status }) => status === 'done').length }),
    ...names.map((name) => fill(desk.bulkTaken, { n: conflicts.filter(({ by }) => by === name).length, name })),
    ...(changed > 0 ? [fill(desk.bulkChanged, { n: changed })] : []),
    ...(refused > 0 ? [fill(desk.bulkRefused, { n: refused })] : []),
  ]
  return `${parts.join(', ')}.${isMore ? ` ${desk.bulkMore}` : ''}`
}

function chosen(form: Map<string, string>): { comment: string; version: number }[] {
  const items = [...form].flatMap(([name, value]) => (name.startsWith('item-') ? [{ comment: name.slice(5), version: Number(value) }] : []))
  if (items.length === 0) throw new AppError('nothing_chosen')
  return items
}

function keyOf(form: Map<string, string>): string {
  const key = form.get('request_key') ?? ''
  if (!/^[\w-]{8,64}$/.test(key)) throw new AppError('idempotency_key_invalid')
  return key
}
