// What every command leaves behind: one atomic batch with its audit row and its announcements.
// Not for: reading the record for people (moderation/queue.ts) or carrying announcements out (outbound/outbox.ts).
import { type Expression, type Insertable, type Selectable, sql } from 'kysely'
import { keyedHash } from '../lib/crypto.ts'
import type { Counter } from '../lib/meters.ts'
import type { Services } from '../services.ts'
import type { Schema } from '../storage/schema.ts'
import type { Compilable, StatementResult } from '../storage/store.ts'
import { conflictOn, insertRow, isReferenceGone, StoreBusy } from '../storage/store.ts'
import { type Actor, AppError, actorColumns, type Ctx } from './context.ts'

/** Seconds after which a writer that was told "busy" should come back. */
const BUSY_RETRY_SECONDS = 2

/** How often a command is run anew when an undo window ended, or a code was taken, between its reads and its batch. */
const MAX_ATTEMPTS = 3

/** The unique keys by which a version is taken once only: of a comment, and of what people set. */
const VERSION_KEYS = ['fact.comment_id,fact.from_version', 'edit.subject_id,edit.from_version']

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
    if (VERSION_KEYS.some((key) => conflictOn(error, key))) throw new AppError('conflict', { cause: error })
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
        RETRIED_KEYS.some((key) => conflictOn(error, key)) ||
        // An article was joined to another meanwhile.
        isReferenceGone(error) ||
        (alsoConflict && error instanceof AppError && error.code === 'conflict')
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

/** What happened, to what, and what it changed. `detail` names changes, never a body, a secret or contact data. */
export type Deed = { action: string; subject: { kind: string; id: string }; detail?: Record<string, unknown> }

/** The actor of what an operator does on the command line. */
export const COMMAND_LINE = { kind: 'system', name: 'command line' } as const satisfies Actor

/** The audit row of an act on the context's site. */
export function audited(ctx: Ctx, action: string, subject: { kind: string; id: string }, detail: Record<string, unknown> = {}): Compilable {
  return recorded(ctx.services, ctx.site.id, ctx.actor, { action, subject, detail })
}

/**
 * The audit row of an act, for commands without a context. `siteId` is null where the act belongs to no site; it may
 * be looked up inside the statement, which breaks on `subject_id` when it finds none. This is the only way into the record: a row that nobody with the key made is told from it (core/chain.ts).
 */
export function recorded(
  services: Services,
  siteId: string | null | Expression<string | null>,
  actor: Parameters<typeof actorColumns>[0],
  deed: Deed,
): Compilable {
  const row = {
    id: services.newId(),
    site_id: null,
    action: deed.action,
    subject_kind: deed.subject.kind,
    subject_id: deed.subject.id,
    ...actorColumns(actor),
    detail: JSON.stringify(deed.detail ?? {}),
    created_at: services.now().toISOString(),
  }
  const sealed: Insertable<Schema['audit']> = { ...row, seal: sealOf(services.config.secret, row) }
  if (typeof siteId === 'string' || siteId === null) return insertRow(services.store.db, 'audit', { ...sealed, site_id: siteId })
  const subject_id = sql<string>`CASE WHEN ${siteId} IS NOT NULL THEN ${deed.subject.id} END`
  return services.store.db.insertInto('audit').values({ ...sealed, site_id: siteId, subject_id })
}

/** A row of the record without its place in the chain. */
export type AuditRow = Omit<Selectable<Schema['audit']>, 'seal' | 'sequence' | 'link'>

let sealing: { secret: string; hash: (text: string) => string } | null = null

/**
 * The seal of a row: a keyed hash of all but its site, which may be looked up only when the row is written and which the chain covers.
 * Null without a secret: a script that is printed for another machine seals nothing.
 */
export function sealOf(secret: string, row: Omit<AuditRow, 'site_id'>): string | null {
  if (secret === '') return null
  if (sealing?.secret !== secret) sealing = { secret, hash: keyedHash(secret, 'record seal') }
  const { id, action, subject_kind, subject_id, actor_kind, actor_id, actor_name, detail, created_at } = row
  return sealing.hash(JSON.stringify([id, action, subject_kind, subject_id, actor_kind, actor_id, actor_name, detail, created_at]))
}

/** Takes a version of something that people set: in the batch of every edit of it, so that of two that start from one, one wins. */
export function edited(ctx: Ctx, subjectId: string, fromVersion: number): Compilable {
  const { store, now } = ctx.services
  return store.db
    .insertInto('edit')
    .values({ subject_id: subjectId, from_version: fromVersion, site_id: ctx.site.id, created_at: now().toISOString() })
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
