// How far a duty that follows the facts may say that it is. Whatever changes a comment writes a fact, so that nothing has to be announced
// to it, and what was seen before is seen to be done. Not for: what is made of the facts (catalogue.ts, assess.ts).
import type { Services } from '../../services.ts'

/**
 * A fact can be written some time after its id was made: it waited for a lock, or was made by a clock that is behind. Facts younger
 * than this are looked at again.
 */
const SETTLED_MS = 120_000

/**
 * The last fact that will not have to be looked at again, or null when that is none after the cursor's. `last` is the last fact looked at, null when
 * there was none left.
 */
export async function factReached(
  services: Services,
  cursor: 'search_cursor' | 'assessment_cursor',
  last: string | null,
): Promise<string | null> {
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
