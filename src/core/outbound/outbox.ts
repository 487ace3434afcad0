// The outbox: claims what is due, runs it, settles or reschedules it. Handlers may run more than once and must not mind.
import type { Services } from '../../services.ts'
import { claimable } from '../../storage/store.ts'
import { settleDecision } from '../comments/publish.ts'
import type { Ctx } from '../context.ts'
import type { Events } from '../record.ts'
import { rescreen } from '../screening/rescreen.ts'
import { findSiteById } from '../sites.ts'

/** Rows claimed at once. */
export const CLAIMED_AT_ONCE = 50
/** How long a claim holds before another process may take the row over. */
const LEASE_MS = 60_000
/** Attempts before a row is given up and kept to be seen. */
const MAX_ATTEMPTS = 12
const FIRST_DELAY_MS = 2_000
const LONGEST_DELAY_MS = 6 * 3_600_000

type Handler<Event extends keyof Events> = (ctx: Ctx, payload: Events[Event]) => Promise<void>
const HANDLERS: { [Event in keyof Events]: Handler<Event> } = {
  'decision.due': (ctx, payload) => settleDecision(ctx, payload.decision),
  'rules.changed': rescreen,
}

/** Carries out what is due, at most {@link CLAIMED_AT_ONCE} rows; returns how many were run. */
export async function runOutbox(services: Services): Promise<number> {
  const { db } = services.store
  const now = services.now()
  const at = now.toISOString()
  const leasedUntil = new Date(now.getTime() + LEASE_MS).toISOString()
  const free = db
    .selectFrom('outbox')
    .select('id')
    .where('not_before', '<=', at)
    .where('given_up_at', 'is', null)
    .where((is) => is.or([is('leased_until', 'is', null), is('leased_until', '<=', at)]))
    .orderBy('not_before')
    .limit(CLAIMED_AT_ONCE)
  const [claimed] = await services.store.batch([
    db
      .with('free', () => claimable(services.store, free))
      .updateTable('outbox')
      .set((is) => ({ leased_until: leasedUntil, attempts: is('attempts', '+', 1) }))
      .where('id', 'in', (is) => is.selectFrom('free').select('id'))
      .where((is) => is.or([is('leased_until', 'is', null), is('leased_until', '<=', at)]))
      .returningAll(),
  ])
  const rows = (claimed?.rows ?? []) as { id: string; site_id: string; event: keyof Events; payload: string; attempts: number }[]
  for (const row of rows) await run(services, row)
  return rows.length
}

async function run(
  services: Services,
  row: { id: string; site_id: string; event: keyof Events; payload: string; attempts: number },
): Promise<void> {
  const { db } = services.store
  try {
    const ctx: Ctx = { services, actor: { kind: 'system', name: 'clock' }, site: await findSiteById(services, row.site_id) }
    await HANDLERS[row.event](ctx, JSON.parse(row.payload))
    await services.store.batch([db.deleteFrom('outbox').where('id', '=', row.id)])
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    services.log({ event: 'outbox.failed', id: row.id, topic: row.event, attempts: row.attempts, reason })
    const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** row.attempts)
    const now = services.now()
    await services.store.batch([
      db
        .updateTable('outbox')
        .set({
          last_error: reason.slice(0, 500),
          leased_until: null,
          not_before: new Date(now.getTime() + delay).toISOString(),
          given_up_at: row.attempts >= MAX_ATTEMPTS ? now.toISOString() : null,
        })
        .where('id', '=', row.id),
    ])
  }
}
