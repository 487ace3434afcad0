// Errors as RFC 9457 problems, with the sentence in the reader's language. The table of statuses is status.ts.
import { HTTPException } from 'hono/http-exception'
import { ZodError } from 'zod'
import type { Challenge } from '../core/abuse/challenge.ts'
import { AppError, type ErrorCode, type Fault } from '../core/context.ts'
import { dateTime, fill } from '../i18n/format.ts'
import { type Language, strings } from '../i18n/index.ts'
import { StoreBusy } from '../storage/store.ts'
import type { AppContext } from './door.ts'
import { STATUS } from './status.ts'

export type Problem = {
  type: string
  title: string
  status: number
  code: ErrorCode
  detail: string
  request_id: string
  limit?: number
  retry_after?: number
  /** With `challenge_required` and its kin: what is to be solved. */
  challenge?: Challenge
  /** Beside it: the page where a question stands for it. */
  page?: string
  errors?: { pointer: string; code: ErrorCode; detail: string; limit?: number; reason?: string }[]
}

/** Anything thrown, as an AppError: what is not ours becomes a bare `internal` and keeps its cause for the log. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  if (error instanceof ZodError) return new AppError('validation', { faults: error.issues.map(toFault), cause: error })
  if (error instanceof StoreBusy) return new AppError('busy', { retryAfter: 2, cause: error })
  if (error instanceof HTTPException && error.status < 500) return new AppError('bad_request', { cause: error })
  return new AppError('internal', { cause: error })
}

/** The problem an error is told as. A single faulty field lends its code to the whole. */
export function toProblem(error: AppError, language: Language, requestId: string): Problem {
  const sentences = strings(language).problems
  const [only] = error.faults.length === 1 ? error.faults : []
  const code = only?.code ?? error.code
  const limit = limitOf(only?.values ?? error.values)
  return {
    type: `/docs#${code}`,
    title: strings('en').problems[code],
    status: STATUS[code],
    code,
    detail: fill(sentences[code], readable(only?.values ?? error.values)),
    request_id: requestId,
    ...(limit === undefined ? {} : { limit }),
    ...(error.retryAfter === undefined ? {} : { retry_after: error.retryAfter }),
    ...error.members,
    ...(error.faults.length === 0 ? {} : { errors: error.faults.map((fault) => toFieldError(fault, sentences)) }),
  }
}

/** Answers an error as `application/problem+json`, logging what was not expected. */
export function answerProblem(c: AppContext, thrown: unknown): Response {
  const error = toAppError(thrown)
  logUnexpected(c, error)
  const problem = toProblem(error, c.var.language ?? 'vi', c.var.requestId ?? '')
  return c.body(JSON.stringify(problem), STATUS[problem.code], {
    'content-type': 'application/problem+json; charset=utf-8',
    'cache-control': 'no-store',
    ...(error.retryAfter === undefined ? {} : { 'retry-after': String(error.retryAfter) }),
    ...(error.code === 'unauthenticated' ? { 'www-authenticate': 'Bearer' } : {}),
  })
}

/** Logs an `internal` error whole; others are part of the day's work. */
export function logUnexpected(c: AppContext, error: AppError): void {
  if (error.code !== 'internal') return
  const { cause } = error
  c.var.services?.log({
    event: 'request.failed',
    request_id: c.var.requestId ?? '',
    method: c.req.method,
    path: c.req.path,
    reason: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause),
  })
}

type FaultWithReason = Fault & { reason?: string }

function toFault(issue: ZodError['issues'][number]): FaultWithReason {
  const code = issue.code === 'custom' && issue.params?.code === 'reason_required' ? 'reason_required' : 'validation'
  return { pointer: `/${issue.path.map(String).join('/')}`, code, reason: issue.message }
}

function toFieldError(fault: FaultWithReason, sentences: Record<ErrorCode, string>) {
  const limit = limitOf(fault.values ?? {})
  return {
    pointer: fault.pointer,
    code: fault.code,
    detail: fill(sentences[fault.code], readable(fault.values ?? {})),
    ...(limit === undefined ? {} : { limit }),
    ...(fault.reason === undefined ? {} : { reason: fault.reason }),
  }
}

function limitOf(values: Record<string, string | number>): number | undefined {
  return typeof values.n === 'number' ? values.n : undefined
}

/** Times in values are ISO; people read them as local date and time. */
function readable(values: Record<string, string | number>): Record<string, string | number> {
  return typeof values.time === 'string' ? { ...values, time: dateTime(values.time) } : values
}
