// The lists of words that an office keeps, and what it turned off: reading, trying, saving, with a record of each change. A province's
// lists hold on every site of the installation. Entries are literals with stars; nobody writes a regular expression.
// Not for: what an entry matches (rules.ts, words.ts) or comments that wait already (rescreen.ts).
import { sql } from 'kysely'
import { z } from 'zod'
import { mapInSlices } from '../../lib/slices.ts'
import { type Compilable, inChunks, type Store, UniqueViolation } from '../../storage/store.ts'
import { excerpt } from '../comments/text.ts'
import { AppError, actorColumns, allow, type Ctx, type Fault, may } from '../context.ts'
import { announce, audited, commit } from '../record.ts'
import { lists } from './lists.ts'
import { BUILT_IN, EFFECTS, type Effect, type OwnRule, type Rules, rulesInTurns, wordsOf } from './rules.ts'
import { SIGNAL_CODES } from './signal.ts'
import { wordSignals } from './words.ts'

/** Whose a list is: one ward's, or every ward's of the province. */
export const SCOPES = ['ward', 'province'] as const
export type Scope = (typeof SCOPES)[number]

/** Entries of one scope: some hundred kilobytes, compiled in a moment. */
const MAX_RULES = 10_000
/** Faults that one answer names. */
const MAX_FAULTS = 20
/** Comments that a draft of a list is tried on, and those shown of them. */
const TRIED = 1_000
const SHOWN = 50
const EXCERPT = 160
/** Changes shown, newest first. */
const MAX_CHANGES = 20
/** Rows in one JSON parameter. */
const ROWS_AT_ONCE = 500
/** Sites whose rules are kept ready in this process; the one used longest ago goes first. */
const MAX_READY = 50

const Entries = z.array(z.string()).max(MAX_RULES)
/** The entries of a list by what they do. */
export const ListsInput = z.strictObject({ hold: Entries, mark: Entries, allow: Entries })
export type Lists = z.infer<typeof ListsInput>
/** A list to be kept, and the version of the rules that its author saw. */
export const SaveInput = ListsInput.extend({ version: z.number().int().min(0) })
/** A rule (a code, an entry of a built-in list, or `rule:` and an id) to be turned off or on. */
export const SwitchInput = z.strictObject({ rule: z.string().min(1).max(200), off: z.boolean() })

/** What one change did: entries as `text` and `effect`, switches as rules. */
type Changes = { added?: Entry[]; removed?: Entry[]; off?: string[]; on?: string[] }
type Entry = { text: string; effect: Effect }
export type Wordlist = {
  /** Moves with each change; a list is saved over the version it was read in. */
  version: number
  ward: Lists
  province: Lists
  off: string[]
  changes: { at: string; by: string; scope: Scope; changes: Changes }[]
}

/**
 * What a draft of a list would have done to the latest comments: how many were looked at, how many it treats otherwise, and of those the
 * first: what would be held before what would be marked, and that before what would be left alone, the newest of each first.
 */
export type Trial = {
  looked: number
  held: number
  marked: number
  freed: number
  changed: number
  comments: { id: string; receipt_code: string; body_text: string; gained: string[]; lost: string[] }[]
}

type Row = { id: string; site_id: string | null; text: string; words: string; effect: string }

/** Everything an office sees of its rules. */
export async function readWordlist(ctx: Ctx): Promise<Wordlist> {
  allow(ctx, 'rules.read')
  const { db } = ctx.services.store
  const [rows, off, changes] = await Promise.all([
    findRules(ctx),
    findOff(ctx),
    db
      .selectFrom('screening_change')
      .select(['site_id', 'changes', 'actor_name', 'created_at'])
      .where((is) => is.or([is('site_id', '=', ctx.site.id), is('site_id', 'is', null)]))
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .limit(MAX_CHANGES)
      .execute(),
  ])
  return {
    version: ctx.site.rulesVersion,
    ward: listsOf(rows.filter(({ site_id }) => site_id !== null)),
    province: listsOf(rows.filter(({ site_id }) => site_id === null)),
    off,
    changes: changes.map((row) => ({
      at: row.created_at,
      by: row.actor_name,
      scope: row.site_id === null ? 'province' : 'ward',
      changes: JSON.parse(row.changes) as Changes,
    })),
  }
}

/**
 * Keeps a list in place of the one that was there. Throws `validation` for entries that would match everything or nothing, that stand in
 * two lists, or are too many; `rules_changed` when the rules changed since they were read.
 */
export async function saveLists(ctx: Ctx, scope: Scope, raw: unknown): Promise<{ version: number }> {
  allowScope(ctx, scope)
  const { version, ...lists } = SaveInput.parse(raw)
  const wanted = accepted(lists)
  if (version !== ctx.site.rulesVersion) throw new AppError('rules_changed')
  const { services, site } = ctx
  const siteId = scope === 'ward' ? site.id : null
  const known = new Map((await findRules(ctx)).filter((row) => row.site_id === siteId).map((row) => [row.words, row]))
  const isKept = (row: Row) => wanted.get(row.words)?.effect === row.effect && wanted.get(row.words)?.text === row.text
  const removed = [...known.values()].filter((row) => !isKept(row))
  const at = services.now().toISOString()
  const added = [...wanted].flatMap(([words, { text, effect }]) => {
    const row = known.get(words)
    // One that changes keeps its id, by which a comment's signal names it.
    return row && isKept(row) ? [] : [{ id: row?.id ?? services.newId(), site_id: siteId, text, words, effect, created_at: at }]
  })
  if (removed.length === 0 && added.length === 0) return { version }
  const entry = ({ text, effect }: { text: string; effect: string }): Entry => ({ text, effect: effect as Effect })
  const { store } = services
  return change(ctx, scope, 'rules.save', { added: added.map(entry), removed: removed.map(entry) }, [
    ...slices(removed).map((rows) => deleteRules(store, rows)),
    ...slices(added).map((rows) => insertRules(store, rows)),
  ])
}

/** Turns a rule off on this site, or on again. Again: the same answer. Throws `not_found` for a rule that there is not. */
export async function switchRule(ctx: Ctx, raw: unknown): Promise<{ version: number }> {
  allow(ctx, 'rules.manage')
  const { rule, off } = SwitchInput.parse(raw)
  const { db } = ctx.services.store
  const isOff = (await findOff(ctx)).includes(rule)
  if (isOff === off) return { version: ctx.site.rulesVersion }
  if (off && !(await exists(ctx, rule))) throw new AppError('not_found')
  const at = ctx.services.now().toISOString()
  return change(ctx, 'ward', off ? 'rules.off' : 'rules.on', off ? { off: [rule] } : { on: [rule] }, [
    off
      ? db.insertInto('screening_off').values({ site_id: ctx.site.id, rule, created_at: at })
      : db.deleteFrom('screening_off').where('site_id', '=', ctx.site.id).where('rule', '=', rule),
  ])
}

/** Tries a draft on the site's latest comments, whatever became of them; nothing is kept. Throws as {@link saveLists}. */
export async function tryLists(ctx: Ctx, scope: Scope, raw: unknown): Promise<Trial> {
  allowScope(ctx, scope)
  const wanted = accepted(ListsInput.parse(raw))
  const siteId = scope === 'ward' ? ctx.site.id : null
  const rows = await findRules(ctx)
  const others = rows.filter((row) => row.site_id !== siteId).map(ownRule)
  const off = await findOff(ctx)
  const { pause } = ctx.services
  const now = await rulesInTurns(rows.map(ownRule), off, pause)
  const then = await rulesInTurns([...others, ...[...wanted].map(([words, { text, effect }]) => ({ id: words, text, effect }))], off, pause)
  const latest = await findLatest(ctx)
  const found = await mapInSlices(latest, pause, (row) => {
    const [before, after] = [toldBy(row.body, now), toldBy(row.body, then)]
    const gained = [...after].filter(([told, effect]) => before.get(told) !== effect)
    const lost = [...before].filter(([told]) => !after.has(told))
    return { row, gained, lost, isHeld: has(gained, 'hold'), isMarked: has(gained, 'mark') }
  })
  const changed = found.filter(({ gained, lost }) => gained.length > 0 || lost.length > 0)
  const held = changed.filter(({ isHeld }) => isHeld)
  const first = [
    ...held,
    ...changed.filter((each) => each.isMarked && !each.isHeld),
    ...changed.filter(({ gained }) => gained.length === 0),
  ]
  return {
    looked: latest.length,
    held: held.length,
    marked: changed.filter(({ isMarked }) => isMarked).length,
    freed: changed.filter(({ lost }) => lost.length > 0).length,
    changed: changed.length,
    comments: first.slice(0, SHOWN).map(({ row, gained, lost }) => ({
      id: row.id,
      receipt_code: row.receipt_code,
      body_text: excerpt(row.body, EXCERPT),
      gained: gained.map(([told]) => told),
      lost: lost.map(([told]) => told),
    })),
  }
}

type Ready = { version: number; rules: Rules }
const ready = new Map<string, Ready>()
/** What is being made ready, so that it is made once however many wait for it. */
const making = new Map<string, Promise<Rules>>()

/** The rules that the site's comments are screened by; kept ready until they change. */
export async function rulesFor(ctx: Ctx): Promise<Rules> {
  const { id, rulesVersion: version } = ctx.site
  if (version === 0) return BUILT_IN
  const known = ready.get(id)
  if (known?.version !== version) return makeReady(ctx)
  ready.delete(id)
  ready.set(id, known)
  return known.rules
}

/**
 * The rules that a post is screened by at once. Where another process changed them just now, those before are at hand and the new ones
 * are made meanwhile; `isCurrent` then is false, and whoever keeps what was found has it looked at again ({@link lookAgain}).
 */
export async function rulesAtHand(ctx: Ctx): Promise<{ rules: Rules; isCurrent: boolean }> {
  const { id, rulesVersion: version } = ctx.site
  const known = ready.get(id)
  if (version === 0 || known === undefined || known.version === version) return { rules: await rulesFor(ctx), isCurrent: true }
  // Whoever needs them next tries again.
  ctx.services.background(makeReady(ctx).catch(() => {}))
  return { rules: known.rules, isCurrent: false }
}

/** Has the site's waiting comments looked at again by the rules as they are now. */
export function lookAgain(ctx: Ctx, at: string): Compilable {
  return announce(ctx, 'rules.changed', {}, at)
}

function makeReady(ctx: Ctx): Promise<Rules> {
  const { id, rulesVersion: version } = ctx.site
  const key = `${id} ${version}`
  const begun = making.get(key)
  if (begun !== undefined) return begun
  const made = (async () => {
    const [rows, off] = await Promise.all([findRules(ctx), findOff(ctx)])
    const rules = await rulesInTurns(rows.map(ownRule), off, ctx.services.pause)
    ready.delete(id)
    ready.set(id, { version, rules })
    for (const oldest of ready.keys()) {
      if (ready.size <= MAX_READY) break
      ready.delete(oldest)
    }
    return rules
  })().finally(() => making.delete(key))
  making.set(key, made)
  return made
}

/** The entry of an own rule as it is written now, or null when there is none any more. */
export async function findOwnRule(ctx: Ctx, rule: string): Promise<{ text: string; effect: Effect; scope: Scope } | null> {
  allow(ctx, 'rules.read')
  const row = (await findRules(ctx)).find(({ id }) => `rule:${id}` === rule)
  return row ? { text: row.text, effect: row.effect as Effect, scope: row.site_id === null ? 'province' : 'ward' } : null
}

/** Whether the actor may change the lists of a scope. */
export function mayChange(ctx: Ctx, scope: Scope): boolean {
  return may(ctx, scope === 'ward' ? 'rules.manage' : 'rules.province')
}

function allowScope(ctx: Ctx, scope: Scope): void {
  allow(ctx, scope === 'ward' ? 'rules.manage' : 'rules.province')
}

/** Entries by their words. Throws `validation` naming the first faulty ones. */
function accepted(lists: Lists): Map<string, Entry> {
  const wanted = new Map<string, Entry>()
  const faults: Fault[] = []
  for (const effect of EFFECTS) {
    for (const [place, written] of lists[effect].entries()) {
      const text = written.normalize('NFC').replace(/\s+/g, ' ').trim()
      if (text === '') continue
      const pointer = `/${effect}/${place}`
      const words = text.isWellFormed() && !/\p{Cc}/u.test(text) ? wordsOf(text) : null
      const key = words?.join(' ') ?? ''
      const other = wanted.get(key)
      if (words === null) faults.push({ pointer, code: 'rule_invalid', values: { text: excerpt(text, EXCERPT) } })
      else if (other && other.effect !== effect) faults.push({ pointer, code: 'rule_twice', values: { text } })
      else if (!other) wanted.set(key, { text, effect })
    }
  }
  if (wanted.size > MAX_RULES) faults.push({ pointer: '/hold', code: 'rules_full', values: { n: MAX_RULES } })
  if (faults.length > 0) throw new AppError('validation', { faults: faults.slice(0, MAX_FAULTS) })
  return wanted
}

/** Writes a change with its record, moves the version of every site it concerns, and has their waiting comments looked at again. */
async function change(
  ctx: Ctx,
  scope: Scope,
  action: string,
  changes: Changes,
  statements: readonly Compilable[],
): Promise<{ version: number }> {
  const { services, site } = ctx
  const { store, newId, now } = services
  const { db } = store
  const at = now().toISOString()
  const id = newId()
  const sites = scope === 'ward' ? [site.id] : (await db.selectFrom('site').select('id').execute()).map((row) => row.id)
  const number =
    scope === 'ward'
      ? site.rulesVersion + 1
      : await db
          .selectFrom('screening_change')
          .select((pick) => pick.fn.max('number').as('last'))
          .where('site_id', 'is', null)
          .executeTakeFirst()
          .then((row) => Number(row?.last ?? 0) + 1)
  const record = {
    id,
    site_id: scope === 'ward' ? site.id : null,
    number,
    changes: JSON.stringify(changes),
    actor_name: actorColumns(ctx.actor).actor_name ?? '',
    created_at: at,
  }
  try {
    await commit(ctx, [
      db.insertInto('screening_change').values(record),
      ...statements,
      ...inChunks(sites, 0).map((ids) =>
        db
          .updateTable('site')
          .set((is) => ({ rules_version: is('rules_version', '+', 1) }))
          .where('id', 'in', ids),
      ),
      ...sites.map((siteId) => lookAgain({ ...ctx, site: { ...site, id: siteId } }, at)),
      audited(ctx, action, { kind: 'rules', id }, auditOf(scope, changes)),
    ])
  } catch (error) {
    if (error instanceof UniqueViolation && error.columns.startsWith('screening_')) throw new AppError('rules_changed', { cause: error })
    throw error
  }
  services.nudge(at)
  const version = site.rulesVersion + 1
  // Whoever saves waits for them to be made ready, so that no reader does.
  await makeReady({ ...ctx, site: { ...site, rulesVersion: version } })
  return { version }
}

/** Names of a change for the log; a change of thousands is told by its numbers, and whole in the record of changes. */
function auditOf(scope: Scope, changes: Changes): Record<string, unknown> {
  const { added = [], removed = [], off = [], on = [] } = changes
  const named = added.length + removed.length <= MAX_CHANGES ? { before: removed, after: added } : {}
  return {
    scope,
    added: added.length,
    removed: removed.length,
    ...named,
    ...(off.length > 0 ? { off } : {}),
    ...(on.length > 0 ? { on } : {}),
  }
}

async function exists(ctx: Ctx, rule: string): Promise<boolean> {
  if ((SIGNAL_CODES as readonly string[]).includes(rule)) return true
  if (lists().some(({ code, entries }) => entries.some((entry) => `${code}:${entry}` === rule))) return true
  return (await findRules(ctx)).some(({ id }) => `rule:${id}` === rule)
}

async function findRules(ctx: Ctx): Promise<Row[]> {
  const { db } = ctx.services.store
  const of = (is: 'ward' | 'province') => {
    const rules = db.selectFrom('screening_rule').select(['id', 'site_id', 'text', 'words', 'effect'])
    return (is === 'ward' ? rules.where('site_id', '=', ctx.site.id) : rules.where('site_id', 'is', null)).orderBy('words').execute()
  }
  return (await Promise.all([of('province'), of('ward')])).flat()
}

async function findOff(ctx: Ctx): Promise<string[]> {
  const rows = await ctx.services.store.db
    .selectFrom('screening_off')
    .select('rule')
    .where('site_id', '=', ctx.site.id)
    .orderBy('rule')
    .execute()
  return rows.map(({ rule }) => rule)
}

/** The latest comments of the site: those of each state by its index, then the newest of all. Sealed ones are nobody's to look at here. */
async function findLatest(ctx: Ctx): Promise<{ id: string; receipt_code: string; body: string }[]> {
  const { db } = ctx.services.store
  const pages = await Promise.all(
    TRIED_STATES.map((state) =>
      db
        .selectFrom('comment')
        .innerJoin('revision', 'revision.id', 'comment.revision_id')
        .select(['comment.id', 'comment.receipt_code', 'comment.received_at', 'revision.body'])
        .where('comment.site_id', '=', ctx.site.id)
        .where('comment.state', '=', state)
        .orderBy('comment.received_at', 'desc')
        .limit(TRIED)
        .execute(),
    ),
  )
  return pages
    .flat()
    .sort((one, other) => (one.received_at < other.received_at ? 1 : -1))
    .slice(0, TRIED)
}

const TRIED_STATES = ['pending', 'held', 'returned', 'published', 'rejected', 'spam', 'hidden'] as const

/** What the lists point out in a text: each entry, and how urgently. */
function toldBy(text: string, rules: Rules): Map<string, Effect> {
  return new Map(
    wordSignals(text, rules).map(({ code, rule, details }) => [
      details.entry ?? rule,
      code === 'word_mark' || code === 'rude' ? 'mark' : 'hold',
    ]),
  )
}

function has(told: readonly [string, Effect][], wanted: Effect): boolean {
  return told.some(([, effect]) => effect === wanted)
}

function ownRule(row: Row): OwnRule {
  return { id: row.id, text: row.text, effect: row.effect as Effect }
}

function listsOf(rows: readonly Row[]): Lists {
  const of = (effect: Effect) => rows.filter((row) => row.effect === effect).map(({ text }) => text)
  return { hold: of('hold'), mark: of('mark'), allow: of('allow') }
}

function slices<Item>(items: readonly Item[]): Item[][] {
  const all: Item[][] = []
  for (let start = 0; start < items.length; start += ROWS_AT_ONCE) all.push(items.slice(start, start + ROWS_AT_ONCE))
  return all
}

function insertRules(store: Store, rows: readonly Record<string, string | null>[]): Compilable {
  const json = JSON.stringify(rows)
  const statement =
    store.dialect === 'postgres'
      ? sql`INSERT INTO screening_rule (id, site_id, text, words, effect, created_at) SELECT id, site_id, text, words, effect, created_at
          FROM json_to_recordset(${json}::json) AS given (id text, site_id text, text text, words text, effect text, created_at text)`
      : sql`INSERT INTO screening_rule (id, site_id, text, words, effect, created_at) SELECT json_extract(value, '$.id'),
          json_extract(value, '$.site_id'), json_extract(value, '$.text'), json_extract(value, '$.words'), json_extract(value, '$.effect'),
          json_extract(value, '$.created_at') FROM json_each(${json})`
  return { compile: () => statement.compile(store.db) }
}

function deleteRules(store: Store, rows: readonly { id: string }[]): Compilable {
  const json = JSON.stringify(rows.map(({ id }) => id))
  const listed =
    store.dialect === 'postgres' ? sql`SELECT json_array_elements_text(${json}::json)` : sql`SELECT value FROM json_each(${json})`
  const statement = sql`DELETE FROM screening_rule WHERE id IN (${listed})`
  return { compile: () => statement.compile(store.db) }
}
