// The chain over the record: a duty gives each row its number and a keyed hash over the row and all before it, and keeps how far it
// came outside the database; whoever has the key can tell what was changed since, and an operator can accept what was found.
// Not for: writing the record (record.ts) or reading it as a log (log.ts).
import { type RawBuilder, type Selectable, sql } from 'kysely'
import { z } from 'zod'
import { keyedHash } from '../lib/crypto.ts'
import type { Services } from '../services.ts'
import type { Schema } from '../storage/schema.ts'
import { type Compilable, conflictOn, type Store } from '../storage/store.ts'
import { COMMAND_LINE, recorded, sealOf } from './record.ts'

/** Rows of one UPDATE: two parameters each, and the head it stands on, within D1's hundred. */
const LINKED_BY_STATEMENT = 48
/** Rows linked in one batch: some ten milliseconds on SQLite. */
const LINKED_AT_ONCE = 3 * LINKED_BY_STATEMENT
/** Batches of other processes that linked the same rows are let go first so many times. */
const MAX_ATTEMPTS = 5
/** Rows read at once when the record is verified. */
const READ_AT_ONCE = 2_000
/** The action under which an acceptance stands in the record. */
const ACCEPTED = 'record.accept'

type Row = Selectable<Schema['audit']>

/** The last row of a chain: its number, counted from 1, and its hash. Number 0 stands before the first row. */
export type Head = { sequence: number; link: string }

/**
 * What is wrong first: `removed` (a number is missing), `altered` (a row is not as it was written), `moved` (a row stands elsewhere than
 * it was put, or its hash was made without the key), `foreign` (a row that nobody with the key wrote), `cut` (the chain ends before
 * its anchor), `replaced` (the anchor saw another chain), `anchor` (the anchor itself was made without the key).
 */
export type RecordFault = {
  kind: 'removed' | 'altered' | 'moved' | 'foreign' | 'cut' | 'replaced' | 'anchor'
  sequence: number
  id: string | null
  action: string | null
  at: string | null
}

export type RecordReport = {
  /** Rows of the chain, its head, and rows that wait to be linked. */
  rows: number
  head: Head
  waiting: number
  /** Rows without a seal of their own: older than seals, or written by a script for a machine that was not there. */
  unsealed: number
  /** The anchor that was compared: null where there is none, so that a cut end would not be noticed. */
  anchor: Head | null
  /** Numbers of the faults that an operator has accepted. */
  accepted: number[]
  fault: RecordFault | null
}

/**
 * The duty: links rows that wait, in the order of their ids, behind the last one, and tells whether more wait; a row that came late
 * goes to the end like any other. Several may run at once. Nothing is linked behind an end that the anchor does not know: that would
 * prove what was forged.
 */
export async function linkRecord(services: Services): Promise<boolean> {
  const kept = await keptAnchor(services)
  const fault = kept === null ? null : await againstAnchor(services, kept)
  if (fault !== null) {
    services.log({ event: 'record.broken', fault: fault.kind, sequence: fault.sequence })
    return false
  }
  const before = await headOf(services.store)
  const isEnd = await linkSome(services)
  const head = await headOf(services.store)
  if (head.sequence === 0) return false
  await services.anchor?.raise(markOf(services, head), (text) => (markFrom(services, text)?.sequence ?? 0) < head.sequence)
  // The log is kept elsewhere, so that it is an anchor too, and where there is no disk the only one.
  if (head.sequence > before.sequence) services.log({ event: 'record.linked', sequence: head.sequence, link: head.link })
  return !isEnd
}

/** Reads the whole record once, in the order of its chain, and tells what is wrong first. `known` is an anchor from elsewhere, such as the log. */
export async function verifyRecord(services: Services, known: Head | null = null): Promise<RecordReport> {
  const { secret } = services.config
  const acceptances = await acceptancesOf(services)
  const links = linker(secret)
  const states = acceptances.length === 0 ? null : keyedHash(secret, 'record state')
  const kept = known ?? (await keptAnchor(services))
  const report: RecordReport = { rows: 0, head: NOTHING, waiting: 0, unsealed: 0, anchor: kept, accepted: [], fault: null }
  let first: RecordFault | null = null
  let state = ''
  let hasSeals = false
  let atAnchor: string | null = null
  for await (const row of chainOf(services.store)) {
    const sequence = row.sequence ?? 0
    if (row.seal === null) report.unsealed++
    const isSealed = isSealGood(secret, row, hasSeals)
    const isLinked = row.link === links(sequence, report.head.link, row)
    first ??= faultOf(row, report.head.sequence, isSealed, isLinked)
    hasSeals ||= row.seal !== null
    report.head = { sequence, link: row.link ?? '' }
    report.rows++
    if (sequence === kept?.sequence) atAnchor = row.link
    if (states === null) continue
    state = states(JSON.stringify([state, sequence, row.link, textOf(row)]))
    if (first === null || !acceptances.some((accepted) => accepted.sequence === sequence && accepted.state === state)) continue
    report.accepted.push(first.sequence)
    first = null
  }
  for await (const row of waitingOf(services.store)) {
    report.waiting++
    if (row.seal === null) report.unsealed++
    if (!isSealGood(secret, row, hasSeals)) first ??= { kind: 'foreign', sequence: 0, id: row.id, action: row.action, at: row.created_at }
  }
  if (kept !== null && first === null) first = compared(kept, known === null && isForeign(kept), report.head, atAnchor)
  return { ...report, fault: first }
}

/**
 * Accepts the record as it is found now, such as after a restored backup: says so in the record itself, with the reason and what was
 * found, lays the old anchor aside and goes on from here. What is changed after this is found as before. Returns what was accepted;
 * null, and nothing is done, when there is nothing to accept.
 */
export async function acceptRecord(
  services: Services,
  reason: string,
): Promise<{ found: RecordFault; anchorKeptAs: string | null } | null> {
  const { fault, anchor } = await verifyRecord(services)
  if (fault === null) return null
  await linkAll(services)
  const states = keyedHash(services.config.secret, 'record state')
  let state = ''
  let head = NOTHING
  for await (const row of chainOf(services.store)) {
    state = states(JSON.stringify([state, row.sequence, row.link, textOf(row)]))
    head = { sequence: row.sequence ?? 0, link: row.link ?? '' }
  }
  const detail = { reason, ...head, state, found: fault, anchor: anchor === null ? null : { sequence: anchor.sequence, link: anchor.link } }
  await services.store.batch([
    recorded(services, null, COMMAND_LINE, { action: ACCEPTED, subject: { kind: 'record', id: 'record' }, detail }),
  ])
  const anchorKeptAs = (await services.anchor?.replace(head.sequence === 0 ? null : markOf(services, head))) ?? null
  await linkRecord(services)
  return { found: fault, anchorKeptAs }
}

async function linkAll(services: Services): Promise<void> {
  while (!(await linkSome(services)));
}

const NOTHING: Head = { sequence: 0, link: '' }

async function headOf(store: Store): Promise<Head> {
  const row = await store.db
    .selectFrom('audit')
    .select(['sequence', 'link'])
    .where('sequence', 'is not', null)
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ? { sequence: row.sequence ?? 0, link: row.link ?? '' } : NOTHING
}

/** Links the oldest rows that wait, as many as one batch holds, and tells whether none is left. */
async function linkSome(services: Services): Promise<boolean> {
  const { store } = services
  for (let attempt = 1; ; attempt++) {
    const head = await headOf(store)
    const waiting = store.db.selectFrom('audit').selectAll().where('sequence', 'is', null).orderBy('id').limit(LINKED_AT_ONCE)
    const rows = await waiting.execute()
    if (rows.length === 0) return true
    try {
      await store.batch(linking(services, head, rows))
      return rows.length < LINKED_AT_ONCE
    } catch (error) {
      if (!conflictOn(error, 'audit.sequence') || attempt === MAX_ATTEMPTS) throw error
    }
  }
}

/**
 * The statements that put rows behind a head. Each does nothing unless the row before it stands where it was computed to stand and
 * nothing stands behind that: what another process linked meanwhile is linked once, and by one of the two.
 */
function linking({ store, config }: Services, head: Head, rows: readonly Row[]): Compilable[] {
  const links = linker(config.secret)
  const statements: Compilable[] = []
  let before = head
  for (let start = 0; start < rows.length; start += LINKED_BY_STATEMENT) {
    const from = before
    const values = rows.slice(start, start + LINKED_BY_STATEMENT).map((row) => {
      const sequence = before.sequence + 1
      before = { sequence, link: links(sequence, before.link, row) }
      return sql`(${row.id}, ${sql.lit(sequence)}, ${before.link})`
    })
    statements.push(built(store, putting(from, values)))
  }
  return statements
}

// The sign keeps SQLite from walking along all rows that wait, for each of those that are put.
function putting(head: Head, values: RawBuilder<unknown>[]): RawBuilder<unknown> {
  const isHead =
    head.sequence === 0
      ? sql``
      : sql` AND EXISTS (SELECT 1 FROM audit AS head WHERE head.sequence = ${sql.lit(head.sequence)} AND head.link = ${head.link})`
  return sql`WITH linked (id, sequence, link) AS (VALUES ${sql.join(values)})
    UPDATE audit SET sequence = linked.sequence, link = linked.link FROM linked
    WHERE audit.id = linked.id AND +audit.sequence IS NULL
      AND NOT EXISTS (SELECT 1 FROM audit AS next WHERE next.sequence = ${sql.lit(head.sequence + 1)})${isHead}`
}

function built({ db }: Store, statement: RawBuilder<unknown>): Compilable {
  return { compile: () => statement.compile(db) }
}

/** The hash of a row in its place: over its number, the hash before it, all that it says, and its own seal. */
function linker(secret: string): (sequence: number, before: string, row: Row) => string {
  const hash = keyedHash(secret, 'record link')
  return (sequence, before, row) => hash(JSON.stringify([sequence, before, textOf(row)]))
}

function textOf(row: Row): string {
  const { id, site_id, action, subject_kind, subject_id, actor_kind, actor_id, actor_name, detail, created_at, seal } = row
  return JSON.stringify([id, site_id, action, subject_kind, subject_id, actor_kind, actor_id, actor_name, detail, created_at, seal])
}

async function* chainOf({ db }: Store): AsyncGenerator<Row> {
  // From below the first number, so that no row is hidden there.
  for (let after = Number.MIN_SAFE_INTEGER; ; ) {
    const rows = await db.selectFrom('audit').selectAll().where('sequence', '>', after).orderBy('sequence').limit(READ_AT_ONCE).execute()
    yield* rows
    if (rows.length < READ_AT_ONCE) return
    after = rows.at(-1)?.sequence ?? after
  }
}

async function* waitingOf({ db }: Store): AsyncGenerator<Row> {
  for (let after = ''; ; ) {
    const waiting = db.selectFrom('audit').selectAll().where('sequence', 'is', null).where('id', '>', after)
    const rows = await waiting.orderBy('id').limit(READ_AT_ONCE).execute()
    yield* rows
    if (rows.length < READ_AT_ONCE) return
    after = rows.at(-1)?.id ?? after
  }
}

/**
 * Whether a row's seal is that of its content. Before the first sealed row there are those of releases without seals; later only a
 * script for another machine writes without the key, and no person's or program's act is ever written so.
 */
function isSealGood(secret: string, row: Row, hasSeals: boolean): boolean {
  if (row.seal !== null) return row.seal === sealOf(secret, row)
  return !hasSeals || (row.actor_kind === 'system' && row.actor_name === 'command line')
}

function faultOf(row: Row, before: number, isSealed: boolean, isLinked: boolean): RecordFault | null {
  const sequence = row.sequence ?? 0
  const named = { sequence, id: row.id, action: row.action, at: row.created_at }
  if (sequence < before + 1) return { kind: 'foreign', ...named }
  if (sequence > before + 1) return { kind: 'removed', sequence: before + 1, id: null, action: null, at: row.created_at }
  if (!isSealed) return { kind: isLinked ? 'foreign' : 'altered', ...named }
  return isLinked ? null : { kind: row.seal === null ? 'altered' : 'moved', ...named }
}

/** An anchor as it is kept; `isForeign` when it was not made with this key. */
type Mark = Head & { isForeign: boolean }

const KeptMark = z.object({ sequence: z.int().min(1), link: z.string(), at: z.string(), proof: z.string() })

function markOf(services: Services, { sequence, link }: Head): string {
  const at = services.now().toISOString()
  return JSON.stringify({ sequence, link, at, proof: proofOf(services, sequence, link, at) })
}

function markFrom(services: Services, text: string | null): Mark | null {
  if (text === null) return null
  const { success, data } = KeptMark.safeParse(parsed(text))
  if (!success) return { ...NOTHING, isForeign: true }
  const { sequence, link, at, proof } = data
  return { sequence, link, isForeign: proof !== proofOf(services, sequence, link, at) }
}

function proofOf({ config }: Services, sequence: number, link: string, at: string): string {
  return keyedHash(config.secret, 'record anchor')(JSON.stringify([sequence, link, at]))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

async function keptAnchor(services: Services): Promise<Mark | null> {
  return services.anchor === null ? null : markFrom(services, await services.anchor.read())
}

function isForeign(mark: Head): boolean {
  return 'isForeign' in mark && mark.isForeign === true
}

async function againstAnchor({ store }: Services, kept: Mark): Promise<RecordFault | null> {
  const row = await store.db.selectFrom('audit').select('link').where('sequence', '=', kept.sequence).executeTakeFirst()
  return compared(kept, kept.isForeign, await headOf(store), row?.link ?? null)
}

function compared(kept: Head, isForeignMark: boolean, head: Head, atAnchor: string | null): RecordFault | null {
  const fault = (kind: RecordFault['kind'], sequence: number) => ({ kind, sequence, id: null, action: null, at: null })
  if (isForeignMark) return fault('anchor', kept.sequence)
  if (head.sequence < kept.sequence) return fault('cut', head.sequence + 1)
  return atAnchor === kept.link ? null : fault('replaced', kept.sequence)
}

const Acceptance = z.object({ sequence: z.number(), state: z.string() })

/** What operators have accepted. An acceptance that was not written with the key is none. */
async function acceptancesOf({ store, config }: Services): Promise<{ sequence: number; state: string }[]> {
  const rows = await store.db.selectFrom('audit').selectAll().where('site_id', 'is', null).where('action', '=', ACCEPTED).execute()
  return rows.flatMap((row) => {
    const { success, data } = Acceptance.safeParse(parsed(row.detail))
    return success && row.seal !== null && row.seal === sealOf(config.secret, row) ? [data] : []
  })
}
