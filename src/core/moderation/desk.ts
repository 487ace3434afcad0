// What a person of the desk keeps for themselves: named places in a site's queue, and which key does what.
// Commands and queries of the person alone; nobody else reads or changes them.
import { z } from 'zod'
import { acceptLine } from '../comments/text.ts'
import { AppError, allow, type Ctx, type Fault, faulty } from '../context.ts'
import { audited, commit } from '../record.ts'

/** Saved views of one person on one site: a menu, not an archive. */
const MAX_VIEWS = 30
const MAX_VIEW_NAME = 60
/** Fields of a place, with room for the longest address of an article. */
const MAX_FIELD_LENGTH = 2_048

/** `place` holds the fields of the queue's address. */
export type SavedView = { id: string; name: string; place: Record<string, string> }

const ViewInput = z.strictObject({ name: z.string(), place: z.record(z.string().max(20), z.string().max(MAX_FIELD_LENGTH)) })

/** What keys can do, in the order in which people are told. */
export const KEY_ACTIONS = [
  'next',
  'previous',
  'select',
  'approve',
  'reject',
  'spam',
  'hold',
  'mask',
  'reply',
  'note',
  'undo',
  'search',
  'tab',
  'help',
] as const
export type KeyAction = (typeof KEY_ACTIONS)[number]
/** One sign for each action; '' turns it off. */
export type DeskKeys = Record<KeyAction, string>

/** What each key does before a person changes any. */
export const USUAL_KEYS: DeskKeys = {
  next: 'j',
  previous: 'k',
  select: 'x',
  approve: 'a',
  reject: 'r',
  spam: 's',
  hold: 'h',
  mask: 'e',
  reply: 't',
  note: 'n',
  undo: 'z',
  search: '/',
  tab: 'g',
  help: '?',
}

/**
 * A letter or a sign of the keyboard without marks. Digits choose reasons; brackets are no keys, since Telex writes "ơ" and "ư" with them,
 * which nobody can tell from its "w".
 */
const KEY = /^[!-/:-@\\^-z|~]?$/

/** The person's saved views of this site, by name. */
export async function readViews(ctx: Ctx): Promise<SavedView[]> {
  const rows = await ctx.services.store.db
    .selectFrom('saved_view')
    .select(['id', 'name', 'place'])
    .where('staff_id', '=', personOf(ctx))
    .where('site_id', '=', ctx.site.id)
    .orderBy('name')
    .limit(MAX_VIEWS)
    .execute()
  return rows.map(({ id, name, place }) => ({ id, name, place: JSON.parse(place) as Record<string, string> }))
}

/** Keeps a place under a name; the same name again means the new place. Throws `validation` for a name that is empty or too long, `views_full`. */
export async function saveView(ctx: Ctx, raw: unknown): Promise<void> {
  allow(ctx, 'queue.read')
  const input = ViewInput.parse(raw)
  const name = acceptLine(input.name, { max: MAX_VIEW_NAME, code: 'name_invalid', pointer: '/name' })
  if (name === null) throw faulty('field_required', '/name')
  const { store, newId, now } = ctx.services
  const views = await readViews(ctx)
  if (views.length >= MAX_VIEWS && !views.some((view) => view.name === name)) throw new AppError('views_full', { values: { n: MAX_VIEWS } })
  const place = JSON.stringify(input.place)
  const id = newId()
  await commit(ctx, [
    store.db
      .insertInto('saved_view')
      .values({ id, site_id: ctx.site.id, staff_id: personOf(ctx), name, place, created_at: now().toISOString() })
      .onConflict((conflict) => conflict.columns(['staff_id', 'site_id', 'name']).doUpdateSet({ place })),
    audited(ctx, 'view.save', { kind: 'view', id }),
  ])
}

/** Deletes a saved view of one's own. Throws `not_found`. */
export async function deleteView(ctx: Ctx, id: string): Promise<void> {
  allow(ctx, 'queue.read')
  const { db } = ctx.services.store
  const own = (await readViews(ctx)).some((view) => view.id === id)
  if (!own) throw new AppError('not_found')
  await commit(ctx, [db.deleteFrom('saved_view').where('id', '=', id), audited(ctx, 'view.delete', { kind: 'view', id })])
}

/** The person's keys, on every site. */
export async function readKeys(ctx: Ctx): Promise<DeskKeys> {
  const row = await ctx.services.store.db.selectFrom('desk_keys').select('keys').where('staff_id', '=', personOf(ctx)).executeTakeFirst()
  return { ...USUAL_KEYS, ...(row ? (JSON.parse(row.keys) as Partial<DeskKeys>) : {}) }
}

/** Sets the person's keys; null gives back the usual ones. Throws `validation` (`key_invalid`, `key_taken`) with the action as pointer. */
export async function setKeys(ctx: Ctx, raw: Record<string, string> | null): Promise<void> {
  allow(ctx, 'queue.read')
  const [was, keys] = [await readKeys(ctx), raw === null ? USUAL_KEYS : acceptKeys(raw)]
  const changed = KEY_ACTIONS.filter((action) => was[action] !== keys[action])
  if (changed.length === 0) return
  const only = (of: DeskKeys) => Object.fromEntries(changed.map((action) => [action, of[action]]))
  const { store, now } = ctx.services
  const row = { keys: JSON.stringify(keys), changed_at: now().toISOString() }
  await commit(ctx, [
    store.db
      .insertInto('desk_keys')
      .values({ staff_id: personOf(ctx), ...row })
      .onConflict((conflict) => conflict.column('staff_id').doUpdateSet(row)),
    audited(ctx, 'keys.set', { kind: 'staff', id: personOf(ctx) }, { before: only(was), after: only(keys) }),
  ])
}

function acceptKeys(raw: Record<string, string>): DeskKeys {
  const typed = Object.fromEntries(KEY_ACTIONS.map((action) => [action, (raw[action] ?? '').trim().toLowerCase()]))
  const faults = KEY_ACTIONS.flatMap((action, index): Fault[] => {
    const key = typed[action] ?? ''
    if (!KEY.test(key)) return [{ pointer: `/${action}`, code: 'key_invalid' }]
    const isTaken = key !== '' && KEY_ACTIONS.slice(0, index).some((earlier) => typed[earlier] === key)
    return isTaken ? [{ pointer: `/${action}`, code: 'key_taken' }] : []
  })
  if (faults.length > 0) throw new AppError('validation', { faults })
  return typed as DeskKeys
}

/** Only a person has these; a program reads its queue by addresses of its own. */
function personOf(ctx: Ctx): string {
  if (ctx.actor.kind !== 'staff') throw new AppError('forbidden')
  return ctx.actor.id
}
