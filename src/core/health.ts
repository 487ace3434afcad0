// What an operator asks of the running service: whether it can read and write, and how much waits.
// No actor and no site: these are numbers of the whole installation, without a word of anybody's.
import { sql } from 'kysely'
import type { Sample } from '../lib/meters.ts'
import type { Services } from '../services.ts'
import { recorded } from './record.ts'

/** Rows counted at most for one number: a count of millions would hold everybody up. */
const COUNT_CEILING = 1_000
/** Sites whose comments are counted by state. */
const SITES_COUNTED = 100

/** Whether each check passed; `reason` is for the operator's log alone. */
export type Health = { read: boolean; write: boolean; reason: string | null }

/**
 * Reads a row, and writes the two rows that every act leaves, audit and outbox, and takes them back in the same batch: down to the
 * disk like every comment, and nobody ever sees them. (A row that grows and shrinks would not do: SQLite leaves out pages that a
 * batch frees.) Never throws.
 */
export async function checkHealth(services: Services): Promise<Health> {
  const { db, batch } = services.store
  const id = services.newId()
  const at = services.now().toISOString()
  const read = await reasonAgainst(db.selectFrom('schema_migration').select('name').limit(1).execute())
  const write = await reasonAgainst(
    batch([
      recorded(services, null, { kind: 'system', name: 'readyz' }, { action: 'probe', subject: { kind: 'probe', id } }),
      db.insertInto('outbox').values({ id, site_id: '', event: 'probe', payload: '{}', not_before: at, created_at: at }),
      db.deleteFrom('outbox').where('id', '=', id),
      db.deleteFrom('audit').where('subject_id', '=', id).where('site_id', 'is', null),
    ]),
  )
  return { read: read === null, write: write === null, reason: read ?? write }
}

/** How much waits, for the meters. Every count stops at a thousand; of comments, for each site and state. */
export async function countWork(services: Services): Promise<Sample[]> {
  const { db } = services.store
  const now = services.now()
  const at = now.toISOString()
  const { rows: states } = await sql<{ state: string; n: number }>`
    SELECT state, sum(n) AS n FROM (
      SELECT known.state AS state, (
        SELECT count(*) FROM (
          SELECT 1 AS one FROM comment WHERE comment.site_id = known.site_id AND comment.state = known.state LIMIT ${COUNT_CEILING}
        ) AS bounded
      ) AS n
      FROM (
        SELECT some_site.id AS site_id, states.state AS state
        FROM (SELECT id FROM site ORDER BY id LIMIT ${SITES_COUNTED}) AS some_site
        CROSS JOIN (SELECT 'pending' AS state UNION ALL SELECT 'held' UNION ALL SELECT 'returned' UNION ALL SELECT 'published') AS states
      ) AS known
    ) AS counted GROUP BY state ORDER BY state`.execute(db)
  const count = async (rows: { execute(): Promise<unknown[]> }) => (await rows.execute()).length
  const outbox = db.selectFrom('outbox').select('not_before').limit(COUNT_CEILING)
  const oldest = await outbox
    .where('given_up_at', 'is', null)
    .where('not_before', '<=', at)
    .orderBy('not_before')
    .limit(1)
    .executeTakeFirst()
  return [
    ...states.map(({ state, n }) => ({
      name: 'ykien_comments',
      help: 'Comments by state; at most 1000 are counted of each site and state.',
      labels: { state },
      value: Number(n),
    })),
    {
      name: 'ykien_outbox_waiting',
      help: 'Announcements not carried out yet, up to 1000.',
      value: await count(outbox.where('given_up_at', 'is', null)),
    },
    {
      name: 'ykien_outbox_oldest_due_seconds',
      help: 'How long the oldest announcement that is due has waited.',
      value: oldest ? Math.max(0, (now.getTime() - Date.parse(oldest.not_before)) / 1_000) : 0,
    },
    {
      name: 'ykien_outbox_given_up',
      help: 'Announcements given up after all attempts, up to 1000.',
      value: await count(outbox.where('given_up_at', 'is not', null)),
    },
  ]
}

async function reasonAgainst(work: Promise<unknown>): Promise<string | null> {
  try {
    await work
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
