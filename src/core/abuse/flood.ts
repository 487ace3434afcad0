// Flood mode of one article: it begins when posts come far faster than people write, lasts while they do and five minutes longer, and is
// told to staff. Not for: noticing it (pressure.ts, admit.ts) or what it asks of writers (admit.ts).
import type { Services } from '../../services.ts'
import type { Compilable } from '../../storage/store.ts'
import { type Actor, allow, type Ctx } from '../context.ts'
import { audited, commit } from '../record.ts'
import { findSiteById } from '../sites.ts'

/** How long flood mode goes on after its last sign, so that it does not flicker between two waves. */
const HOLDS_MS = 5 * 60_000
/** Floods ended in one run of the clock. */
const ENDED_AT_ONCE = 50
/** Floods shown at once: more are one attack, and the first ones tell enough. */
const FLOODS_SHOWN = 20
const CLOCK: Actor = { kind: 'system', name: 'flood' }

/** An article in flood: since when, how many posts were taken and how many were asked for a challenge first or told to wait. */
export type FloodView = { thread: { id: string; title: string; key: string }; since: string; taken: number; refused: number }

/** What is added to a flood's numbers, and whether the look-up before found none. */
export type FloodStep = { taken: number; refused: number; isNew: boolean }

/** Writes down that a flood of an article begins or goes on; when it begins an audit row says so. */
export function floodGoesOn(ctx: Ctx, threadId: string, { taken, refused, isNew }: FloodStep): Compilable[] {
  const { store, newId, now } = ctx.services
  const at = now()
  const lasts_until = new Date(at.getTime() + HOLDS_MS).toISOString()
  const began = { id: newId(), site_id: ctx.site.id, thread_id: threadId, began_at: at.toISOString(), lasts_until, taken, refused }
  return [
    store.db
      .insertInto('flood')
      .values(began)
      .onConflict((conflict) =>
        conflict
          .column('thread_id')
          .where('ended_at', 'is', null)
          .doUpdateSet((is) => ({
            lasts_until,
            taken: is('flood.taken', '+', taken),
            refused: is('flood.refused', '+', refused),
          })),
      ),
    ...(isNew ? [audited({ ...ctx, actor: CLOCK }, 'flood.begin', { kind: 'thread', id: threadId })] : []),
  ]
}

/** Adds a post that was taken to the open flood of its article. */
export function floodTook(ctx: Ctx, threadId: string): Compilable {
  return ctx.services.store.db
    .updateTable('flood')
    .set((is) => ({ taken: is('taken', '+', 1) }))
    .where('thread_id', '=', threadId)
    .where('ended_at', 'is', null)
}

/** The articles of a site that are in flood now, the longest first. */
export async function readFloods(ctx: Ctx): Promise<FloodView[]> {
  allow(ctx, 'queue.read')
  const rows = await ctx.services.store.db
    .selectFrom('flood')
    .innerJoin('thread', 'thread.id', 'flood.thread_id')
    .select(['thread.id', 'thread.title', 'thread.key', 'flood.began_at', 'flood.taken', 'flood.refused'])
    .where('flood.site_id', '=', ctx.site.id)
    .where('flood.ended_at', 'is', null)
    .where('flood.lasts_until', '>', ctx.services.now().toISOString())
    .orderBy('flood.began_at')
    .limit(FLOODS_SHOWN)
    .execute()
  return rows.map(({ id, title, key, began_at, taken, refused }) => ({ thread: { id, title, key }, since: began_at, taken, refused }))
}

/** Ends some of the floods whose time is over, each with an audit row that tells its numbers. Returns whether there are more. */
export async function endFloods(services: Services): Promise<boolean> {
  const now = services.now().toISOString()
  const over = await services.store.db
    .selectFrom('flood')
    .select(['id', 'site_id', 'thread_id', 'began_at', 'taken', 'refused'])
    .where('ended_at', 'is', null)
    .where('lasts_until', '<=', now)
    .orderBy('lasts_until')
    .limit(ENDED_AT_ONCE)
    .execute()
  for (const { id, site_id, thread_id, began_at, taken, refused } of over) {
    const ctx: Ctx = { services, actor: CLOCK, site: await findSiteById(services, site_id) }
    await commit(ctx, [
      services.store.db.updateTable('flood').set({ ended_at: now }).where('id', '=', id).where('ended_at', 'is', null),
      audited(ctx, 'flood.end', { kind: 'thread', id: thread_id }, { since: began_at, taken, refused }),
    ])
    services.meters.floods.add('ended')
  }
  return over.length === ENDED_AT_ONCE
}
