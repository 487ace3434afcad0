// How far a duty that follows the facts may say that it is. Whatever changes a comment writes a fact, so that nothing has to be announced
// to it, and what was seen before is seen to be done. Not for: what is made of the facts (catalogue.ts, assess.ts).
import type { Services } from '../../services.ts'
import type { Store } from '../../storage/store.ts'

type Cursor = 'search_cursor' | 'assessment_cursor'

/**
 * A fact can be written some time after its id was made: it waited for a lock, or was made by a clock that is behind. Facts younger
 * than this are looked at again.
 */
const SETTLED_MS = 120_000
/** While there is a backlog, it is looked from the cursor this often only: it may have ten thousand facts behind it that were looked at already. */
const RELOOK_MS = 10_000

const stops = { search_cursor: new WeakMap<Store, Stop>(), assessment_cursor: new WeakMap<Store, Stop>() }
type Stop = { fact: string; until: number }

/**
 * The fact behind which this process goes on with a backlog, or null when it has to look from the cursor. A run that goes on must leave the
 * cursor where it is, and is not at the end before it has looked from the cursor once more.
 */
export function stopOf({ store, now }: Services, cursor: Cursor): string | null {
  const stop = stops[cursor].get(store)
  return stop !== undefined && now().getTime() < stop.until ? stop.fact : null
}

/** Keeps where a run stopped: the last fact it looked at, or null when it came to the end. */
export function stopAt({ store, now }: Services, cursor: Cursor, fact: string | null): void {
  const before = stops[cursor].get(store)
  const at = now().getTime()
  if (fact === null) stops[cursor].delete(store)
  else stops[cursor].set(store, { fact, until: before !== undefined && at < before.until ? before.until : at + RELOOK_MS })
}

/**
 * The last fact that will not have to be looked at again, or null when that is none after the cursor's. `last` is the last fact looked at, null when
 * there was none left.
 */
export async function factReached(services: Services, cursor: Cursor, last: string | null): Promise<string | null> {
  const settled = idAt(services.now().getTime() - SETTLED_MS)
  const bound = last === null || settled < last ? settled : last
  const row = await services.store.db
    .selectFrom('fact')
    .select((pick) => pick.fn.max('id').as('id'))
    .where('id', '>', (is) => is.selectFrom(cursor).select('fact_id'))
    .where('id', '<=', bound)
    .executeTakeFirst()
  return row?.id ?? null
}

/** What ids made at this moment begin with (UUIDv7: the milliseconds, in hexadecimal). */
export function idAt(ms: number): string {
  const hex = Math.max(0, ms).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}`
}
