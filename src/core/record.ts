// What every command leaves behind: one atomic batch with its audit row and its announcements.
// Not for: reading the record for people (moderation/queue.ts) or carrying announcements out (outbound/outbox.ts).
import type { Counter } from '../lib/meters.ts'
import type { Compilable, StatementResult } from '../storage/store.ts'
import { conflictOn, insertRow, StoreBusy } from '../storage/store.ts'
import { AppError, actorColumns, type Ctx } from './context.ts'

/** Seconds after which a writer that was told "busy" should come back. */
const BUSY_RETRY_SECONDS = 2

/** How often a command is run anew when an undo window ended, or a code was taken, between its reads and its batch. */
const MAX_ATTEMPTS = 3

/** The unique keys whose violation only means that the world moved between a command's reads and its batch. */
const RETRIED_KEYS = ['settlement.decision_id', 'comment.receipt_code', 'comment.site_id,comment.idempotency_key']

/**
 * Writes a command's statements as one batch. Throws `busy` when the database cannot write now, `conflict` naming the
 * winner and the time when another fact took this comment's version first; nothing is written then.
 */
export async function commit(ctx: Ctx, statements: readonly Compilable[]): Promise<StatementResult[]> {
  try {
    return await ctx.services.store.batch(statements)
  } catch (error) {
    if (error instanceof StoreBusy) throw new AppError('busy', { retryAfter: BUSY_RETRY_SECONDS, cause: error })
    if (conflictOn(error, 'fact.comment_id,fact.from_version')) throw new AppError('conflict', { cause: error })
    throw error
  }
}

/**
 * Runs a command again when its batch lost a race that says nothing about the command itself. With `alsoConflict` also when
 * another fact took the comment's version first: for a command that holds whatever the version.
 */
export async function retrying<Result>(command: () => Promise<Result>, alsoConflict = false): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await command()
    } catch (error) {
      const isRace =
        RETRIED_KEYS.some((key) => conflictOn(error, key)) || (alsoConflict && error instanceof AppError && error.code === 'conflict')
      if (attempt === MAX_ATTEMPTS || !isRace) throw error
    }
  }
}

/** Counts what came of a command: `accepted`, or the code it was refused with. */
export async function counted<Result>(counter: Counter, command: () => Promise<Result>): Promise<Result> {
  try {
    const result = await command()
    counter.add('accepted')
    return result
  } catch (error) {
    const isOurs = error instanceof AppError
    counter.add(isOurs ? ((error.faults.length === 1 ? error.faults[0]?.code : undefined) ?? error.code) : 'failed')
    throw error
  }
}

/** The audit row of an act. `detail` names changes, never a body, a secret or contact data. */
export function audited(ctx: Ctx, action: string, subject: { kind: string; id: string }, detail: Record<string, unknown> = {}): Compilable {
  const { store, newId, now } = ctx.services
  return insertRow(store.db, 'audit', {
    id: newId(),
    site_id: ctx.site.id,
    action,
    subject_kind: subject.kind,
    subject_id: subject.id,
    ...actorColumns(ctx.actor),
    detail: JSON.stringify(detail),
    created_at: now().toISOString(),
  })
}

/** The events a command can announce, with what their handlers get. */
export type Events = { 'decision.due': { decision: string }; 'rules.changed': { state?: string; received_at?: string; id?: string } }

/** The outbox row of an event; it lives or dies with the batch that holds it. Handlers run it at or after `notBefore`. */
export function announce<Event extends keyof Events>(ctx: Ctx, event: Event, payload: Events[Event], notBefore: string): Compilable {
  const { store, newId, now } = ctx.services
  return store.db.insertInto('outbox').values({
    id: newId(),
    site_id: ctx.site.id,
    event,
    payload: JSON.stringify(payload),
    not_before: notBefore,
    created_at: now().toISOString(),
  })
}
