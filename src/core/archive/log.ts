// The record as people read it: a page of who did what, narrowed by person, act, subject and days; and all of it as a file to take along.
// Not for: writing it (record.ts) or proving it (chain.ts).
import { sql } from 'kysely'
import { z } from 'zod'
import { csvLine } from '../../lib/csv.ts'
import { AppError, allow, type Ctx, faulty } from '../context.ts'
import { idAt } from '../moderation/follow.ts'
import { audited, commit } from '../record.ts'

const PAGE_LENGTH = 50
/** Rows read at once for a file. */
const READ_AT_ONCE = 500
const DAY_MS = 86_400_000

/** Forms of a file. */
export const LOG_FORMATS = ['csv', 'ndjson'] as const
export type LogFormat = (typeof LOG_FORMATS)[number]

/**
 * `who` is the id of a person or token, `what` an action, `subject` an id such as a comment's; `from` and `to` are days of Vietnam, both
 * included. `place` is the site, or for system administrators the acts that belong to no site, such as signing in.
 */
export const LogQuery = z.object({
  who: z.string().max(64).optional(),
  what: z
    .string()
    .regex(/^[a-z_]+\.[a-z_]+$/)
    .optional(),
  subject: z.string().max(254).optional(),
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
  place: z.enum(['site', 'installation']).default('site'),
  after: z.string().max(64).optional(),
})
export type LogQuery = z.infer<typeof LogQuery>

/** What is taken away as a file: everything that fits, in one of the forms. */
export const LogExportInput = LogQuery.omit({ after: true })
  .extend({ format: z.enum(LOG_FORMATS) })
  .strict()

export type LogEntry = {
  id: string
  at: string
  by: { kind: string; id: string | null; name: string | null }
  action: string
  subject: { kind: string; id: string }
  detail: Record<string, unknown>
  /** Its number in the chain; null for the minute until it is linked. */
  sequence: number | null
}

/** A page of the record, the newest first. Throws `validation`, `forbidden`. */
export async function readLog(ctx: Ctx, query: LogQuery): Promise<{ items: LogEntry[]; next: string | null }> {
  allow(ctx, 'record.read')
  const rows = await rowsOf(ctx, query, PAGE_LENGTH + 1)
  const items = rows.slice(0, PAGE_LENGTH).map(toEntry)
  return { items, next: rows.length > PAGE_LENGTH ? (items.at(-1)?.id ?? null) : null }
}

/** Those who appear in the record of a site as staff or programs, by name: whom the log can be narrowed to. */
export async function readActors(ctx: Ctx): Promise<{ id: string; name: string }[]> {
  allow(ctx, 'record.read')
  const { db } = ctx.services.store
  const [people, tokens] = await Promise.all([
    db
      .selectFrom('staff_role')
      .innerJoin('staff', 'staff.id', 'staff_role.staff_id')
      .select(['staff.id', 'staff.name'])
      .where('staff_role.site_id', '=', ctx.site.id)
      .execute(),
    db.selectFrom('api_token').select(['id', 'name']).where('site_id', '=', ctx.site.id).execute(),
  ])
  return [...people, ...tokens].sort((one, other) => one.name.localeCompare(other.name, 'vi'))
}

/**
 * The record as a file, a piece of text at a time, the newest first. That it was taken away, how narrowed and by whom, is recorded before
 * the first piece. CSV has a byte order mark, so that spreadsheets read it as Unicode. Throws `validation`, `forbidden`.
 */
export async function exportLog(ctx: Ctx, query: LogQuery, format: LogFormat): Promise<AsyncGenerator<string>> {
  allow(ctx, 'record.export')
  check(ctx, query)
  const { after: _, ...narrowed } = query
  await commit(ctx, [audited(ctx, 'record.export', { kind: 'site', id: ctx.site.id }, { format, ...narrowed })])
  return pieces(ctx, query, format)
}

async function* pieces(ctx: Ctx, query: LogQuery, format: LogFormat): AsyncGenerator<string> {
  if (format === 'csv')
    yield `\uFEFF${csvLine(['id', 'at', 'actor_kind', 'actor_id', 'actor_name', 'action', 'subject_kind', 'subject_id', 'detail', 'sequence'])}`
  for (let after: string | undefined; ; ) {
    const rows = await rowsOf(ctx, { ...query, after }, READ_AT_ONCE)
    const entries = rows.map(toEntry)
    yield entries.map((entry) => (format === 'csv' ? asLine(entry) : `${JSON.stringify(entry)}\n`)).join('')
    if (rows.length < READ_AT_ONCE) return
    after = rows.at(-1)?.id
  }
}

function asLine({ id, at, by, action, subject, detail, sequence }: LogEntry): string {
  const place = sequence === null ? '' : String(sequence)
  return csvLine([id, at, by.kind, by.id ?? '', by.name ?? '', action, subject.kind, subject.id, JSON.stringify(detail), place])
}

function check(ctx: Ctx, { place, from, to }: LogQuery): void {
  const isSystem = 'role' in ctx.actor && ctx.actor.role === 'system'
  if (place === 'installation' && !isSystem) throw new AppError('forbidden')
  if (from !== undefined && to !== undefined && from > to) throw faulty('validation', '/to')
}

/** Of several filters the database follows the rarest it knows of; each has an index that ends in the order of the page. */
async function rowsOf(ctx: Ctx, query: LogQuery, limit: number) {
  check(ctx, query)
  let rows = ctx.services.store.db.selectFrom('audit').selectAll().orderBy('id', 'desc').limit(limit)
  rows = query.place === 'site' ? rows.where('site_id', '=', ctx.site.id) : rows.where('site_id', 'is', null)
  if (query.subject !== undefined) rows = rows.where('subject_id', '=', query.subject)
  if (query.who !== undefined) rows = rows.where(query.subject === undefined ? sql`actor_id` : sql`actor_id || ''`, '=', query.who)
  if (query.what !== undefined)
    rows = rows.where(query.subject === undefined && query.who === undefined ? sql`action` : sql`action || ''`, '=', query.what)
  if (query.from !== undefined) rows = rows.where('id', '>=', idAt(startOf(query.from)))
  if (query.to !== undefined) rows = rows.where('id', '<', idAt(startOf(query.to) + DAY_MS))
  if (query.after !== undefined) rows = rows.where('id', '<', query.after)
  return rows.execute()
}

/** When a day begins in Vietnam. */
function startOf(day: string): number {
  return Date.parse(`${day}T00:00:00+07:00`)
}

function toEntry(row: Awaited<ReturnType<typeof rowsOf>>[number]): LogEntry {
  return {
    id: row.id,
    at: row.created_at,
    by: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
    action: row.action,
    subject: { kind: row.subject_kind, id: row.subject_id },
    detail: JSON.parse(row.detail) as Record<string, unknown>,
    sequence: row.sequence,
  }
}
