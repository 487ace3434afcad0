// The receipt's page without script: what became of one's own opinion, and changing or withdrawing it while that may be done.
// The code with its secret is the whole right to it; it arrives by a form's field or a link's fragment and is in no address a server logs.
import { editToken, type ReceiptView, readReceipt, splitReceipt } from '../../core/comments/receipts.ts'
import { revise, withdraw } from '../../core/comments/revise.ts'
import { AppError, type Ctx } from '../../core/context.ts'
import { dateTime, fill } from '../../i18n/format.ts'
import type { Strings } from '../../i18n/index.ts'
import type { AppContext } from '../door.ts'
import { readForm } from '../form.ts'
import { safeHref } from '../page.tsx'
import { logUnexpected, type Problem, toAppError, toProblem } from '../problem.ts'
import { STATUS } from '../status.ts'
import { type Kept, linkTo, type Place, placeOf } from './place.ts'
import { Alert, answerSheet, Carried, describedBy, Field } from './sheet.tsx'

/** The secret of a link arrives in its fragment, which only the browser sees; a few lines put it into the form. */
const FILL_RECEIPT = `const field=document.getElementById('f-receipt');const text=decodeURIComponent(location.hash.slice(1));if(field&&/^[0-9A-Z]{8}-[0-9A-Z]{26}$/.test(text)){field.value=text;history.replaceState(null,'',location.pathname+location.search);field.form.submit()}`

type Told = {
  receipt: ReceiptView | null
  typed: string
  problem: Problem | null
  done: string | null
  draft: string | null
  isAsking: boolean
}

const NOTHING: Told = { receipt: null, typed: '', problem: null, done: null, draft: null, isAsking: false }

/** GET /r/:site/receipt */
export async function showReceipt(c: AppContext): Promise<Response> {
  return receiptPage(c, await placeOf(c), NOTHING)
}

/** POST /r/:site/receipt: looks a receipt up, and with `act` changes or withdraws the opinion. */
export async function receiveReceipt(c: AppContext): Promise<Response> {
  const form = await readForm(c)
  const place = await placeOf(c, form)
  const typed = form.get('receipt') ?? ''
  const author: Pick<Ctx, 'services' | 'actor'> = { services: place.ctx.services, actor: { kind: 'author' } }
  const look = async () => {
    const receipt = splitReceipt(typed)
    if (!receipt) throw new AppError('receipt_not_found')
    return readReceipt(author, { ...receipt, site: null })
  }
  const failed = (error: unknown, told: Partial<Told>) => {
    const known = toAppError(error)
    logUnexpected(c, known)
    return receiptPage(c, place, { ...NOTHING, typed, ...told, problem: toProblem(known, place.language, c.var.requestId) })
  }
  let receipt: ReceiptView
  try {
    receipt = await look()
  } catch (error) {
    return failed(error, {})
  }
  try {
    const done = await act(place, author, receipt, form)
    return receiptPage(c, place, {
      ...NOTHING,
      typed,
      receipt: done === null ? receipt : await look(),
      done,
      isAsking: form.get('act') === 'ask',
    })
  } catch (error) {
    return failed(error, { receipt, draft: form.get('body') ?? null })
  }
}

/** Does what the form's button says; the sentence that tells it, or null when it only asked to look. */
async function act(place: Place, author: Pick<Ctx, 'services' | 'actor'>, receipt: ReceiptView, form: Kept): Promise<string | null> {
  const ctx = { ...place.ctx, ...author }
  const { id } = receipt.comment
  const token = editToken(place.ctx.services, id)
  if (form.get('act') === 'edit') {
    await revise(ctx, id, token, { body: form.get('body') ?? '' })
    return place.words.reader.edited
  }
  if (form.get('act') !== 'withdraw') return null
  await withdraw(ctx, id, token)
  return place.words.reader.withdrawn
}

function receiptPage(c: AppContext, place: Place, told: Told): Response | Promise<Response> {
  const { reader, pages } = place.words
  const { receipt, problem } = told
  return answerSheet(c, place, {
    title: `${reader.track} – ${place.ctx.site.name}`,
    heading: reader.track,
    isPrivate: true,
    script: FILL_RECEIPT,
    status: problem ? STATUS[problem.code] : 200,
    content: (
      <>
        {problem && <Alert problem={problem} fields={{ '/body': 'body' }} />}
        {told.done && (
          <p class="notice" role="status">
            {told.done}
          </p>
        )}
        {receipt && <ReceiptOf receipt={receipt} words={place.words} />}
        {receipt && <OwnActs place={place} told={{ ...told, receipt }} />}
        <form method="post" action={`/r/${place.ctx.site.slug}/receipt`} class="write">
          {receipt && <h2>{pages.trackAnother}</h2>}
          <Carried place={place} />
          <Field name="receipt" label={reader.trackCode} hint={pages.trackHint}>
            <input
              id="f-receipt"
              name="receipt"
              required
              autocomplete="off"
              autocapitalize="characters"
              spellcheck={false}
              aria-describedby={describedBy('receipt', pages.trackHint, undefined)}
              value={receipt ? '' : told.typed}
            />
          </Field>
          <button type="submit">{reader.track}</button>
        </form>
        {(place.key !== null || place.url !== null) && (
          <p class="pages">
            <a href={linkTo(place)}>{pages.backToList}</a>
          </p>
        )}
      </>
    ),
  })
}

function ReceiptOf(props: { receipt: ReceiptView; words: Strings }) {
  const { receipt, words } = props
  const href = safeHref(receipt.article.url)
  const reason = receipt.reason === null ? null : words.reasons[receipt.reason as keyof Strings['reasons']]
  return (
    <section class="notice" role="status">
      <p>
        <strong>{fill(words.reader.receiptState, { state: words.receiptStates[receipt.comment.state] })}</strong>
      </p>
      {reason && <p>{fill(words.reader.receiptReason, { reason: [reason, receipt.reason_text].filter(Boolean).join(' – ') })}</p>}
      <p>{fill(words.reader.receiptReceived, { time: dateTime(receipt.received_at) })}</p>
      {href && (
        <p>
          {words.reader.article}:{' '}
          <a href={href} target="_top">
            <bdi>{receipt.article.title || href}</bdi>
          </a>
        </p>
      )}
      <blockquote class="own">{receipt.body_text}</blockquote>
    </section>
  )
}

/** Changing and withdrawing. Withdrawing asks once more: there is no script to ask with. */
function OwnActs(props: { place: Place; told: Told & { receipt: ReceiptView } }) {
  const { place, told } = props
  const { reader, pages } = place.words
  const { receipt } = told
  const fault = told.problem?.errors?.find((error) => error.pointer === '/body')?.detail
  const hint = fill(pages.editUntil, { time: dateTime(receipt.edit_until) })
  const action = `/r/${place.ctx.site.slug}/receipt`
  return (
    <>
      {receipt.may_edit && !told.isAsking && (
        <details class="own-act" open={told.draft !== null}>
          <summary>{reader.edit}</summary>
          <form method="post" action={`${action}#problem`} class="write">
            <Carried place={place} more={{ receipt: told.typed, act: 'edit' }} />
            <Field name="body" label={reader.body} hint={hint} fault={fault}>
              <textarea
                id="f-body"
                name="body"
                rows={6}
                required
                lang="vi"
                aria-invalid={fault ? 'true' : undefined}
                aria-describedby={describedBy('body', hint, fault)}
              >
                {`\n${told.draft ?? receipt.body_text}`}
              </textarea>
            </Field>
            <button type="submit">{reader.save}</button>
          </form>
        </details>
      )}
      {receipt.may_withdraw && (
        <form method="post" action={action} class="own-act">
          <Carried place={place} more={{ receipt: told.typed, act: told.isAsking ? 'withdraw' : 'ask' }} />
          {told.isAsking && <p role="alert">{reader.withdrawConfirm}</p>}
          <p class="buttons">
            <button class={told.isAsking ? undefined : 'quiet'} type="submit">
              {reader.withdraw}
            </button>
            {told.isAsking && (
              <button class="quiet" type="submit" name="act" value="look">
                {reader.cancel}
              </button>
            )}
          </p>
        </form>
      )}
    </>
  )
}
