// What a reader without script can do about a published comment beside answering it: like it, or report it.
import { like, REPORT_REASONS, report } from '../../core/comments/respond.ts'
import { AppError } from '../../core/context.ts'
import type { AppContext } from '../door.ts'
import { readForm } from '../form.ts'
import { readerOf } from '../guards.ts'
import { logUnexpected, type Problem, toAppError, toProblem } from '../problem.ts'
import { STATUS } from '../status.ts'
import { type Kept, linkToComment, type Place, placeOf } from './place.ts'
import { Alert, answerSheet, Carried, describedBy, Field } from './sheet.tsx'

/** POST /r/:site/like: likes as often as it is pressed, once. Leads back to the comment. */
export async function receiveLike(c: AppContext): Promise<Response> {
  const form = await readForm(c)
  const place = await placeOf(c, form)
  const comment = form.get('comment') ?? ''
  await like(place.ctx, comment, readerOf(c))
  return c.redirect(linkToComment(place, comment), 303)
}

/** GET /r/:site/report */
export async function showReport(c: AppContext): Promise<Response> {
  if (!c.req.query('comment')) throw new AppError('not_found')
  return reportPage(c, await placeOf(c), new Map([['comment', c.req.query('comment') ?? '']]), null)
}

/** POST /r/:site/report */
export async function receiveReport(c: AppContext): Promise<Response> {
  const form = await readForm(c)
  const place = await placeOf(c, form)
  const comment = form.get('comment') ?? ''
  try {
    await report(place.ctx, comment, { reason: form.get('reason'), text: form.get('text') || undefined }, readerOf(c))
  } catch (error) {
    const known = toAppError(error)
    logUnexpected(c, known)
    return reportPage(c, place, form, toProblem(known, place.language, c.var.requestId))
  }
  const { reader } = place.words
  return answerSheet(c, place, {
    title: reader.report,
    heading: reader.report,
    isPrivate: true,
    content: (
      <>
        <p class="notice" role="status">
          {reader.reported}
        </p>
        <BackToComment place={place} comment={comment} />
      </>
    ),
  })
}

function reportPage(c: AppContext, place: Place, kept: Kept, problem: Problem | null): Response | Promise<Response> {
  const { reader, reasons, pages } = place.words
  const comment = kept.get('comment') ?? ''
  const fault = (pointer: string) => problem?.errors?.find((error) => error.pointer === pointer)
  const reasonFault = fault('/reason') ? pages.chooseReason : undefined
  return answerSheet(c, place, {
    title: reader.report,
    heading: reader.report,
    isPrivate: true,
    status: problem ? STATUS[problem.code] : 200,
    content: (
      <>
        {problem && <Alert problem={problem} fields={{ '/reason': `reason-${REPORT_REASONS[0]}`, '/text': 'text' }} />}
        <form method="post" action={`/r/${place.ctx.site.slug}/report#problem`} class="write">
          <Carried place={place} more={{ comment }} />
          <fieldset aria-describedby={reasonFault && 'e-reason'}>
            <legend>{reader.reportReason}</legend>
            {REPORT_REASONS.map((reason) => (
              <label class="check">
                <input
                  id={`f-reason-${reason}`}
                  type="radio"
                  name="reason"
                  value={reason}
                  required
                  checked={kept.get('reason') === reason}
                />{' '}
                <span>{reasons[reason]}</span>
              </label>
            ))}
            {reasonFault && (
              <p class="fault" id="e-reason">
                {reasonFault}
              </p>
            )}
          </fieldset>
          <Field name="text" label={reader.reportText} remark={reader.optional} hint={pages.reportHint} fault={fault('/text')?.detail}>
            <textarea
              id="f-text"
              name="text"
              rows={3}
              lang="vi"
              aria-describedby={describedBy('text', pages.reportHint, fault('/text')?.detail)}
            >
              {`\n${kept.get('text') ?? ''}`}
            </textarea>
          </Field>
          <button type="submit">{reader.report}</button>
        </form>
        <BackToComment place={place} comment={comment} />
      </>
    ),
  })
}

function BackToComment(props: { place: Place; comment: string }) {
  return (
    <p class="pages">
      <a href={linkToComment(props.place, props.comment)}>{props.place.words.pages.backToComment}</a>
    </p>
  )
}
