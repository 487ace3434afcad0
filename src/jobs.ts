// The recurring duties, as one readable list, and the tick that runs them. Node's timer and Workers' cron both call it.
import { forgetNetworks } from './core/abuse/ban.ts'
import { purgeUsedWork } from './core/abuse/challenge.ts'
import { endFloods } from './core/abuse/flood.ts'
import { linkRecord } from './core/chain.ts'
import { keepAssessments } from './core/moderation/assess.ts'
import { keepCatalogue } from './core/moderation/catalogue.ts'
import { CLAIMED_AT_ONCE, runOutbox } from './core/outbound/outbox.ts'
import { purgeEnded } from './core/people/sessions.ts'
import type { Services } from './services.ts'
import { StoreBusy } from './storage/store.ts'

/**
 * `run` does a little of what is due and tells whether more is. For a duty with a backlog all then rest `rest` times as long as it ran, so
 * that the service is left to those who wait for an answer.
 */
type Duty = { name: string; run: (services: Services) => Promise<boolean>; rest: number }

const DUTIES: readonly Duty[] = [
  { name: 'outbox', run: async (services) => (await runOutbox(services)) === CLAIMED_AT_ONCE, rest: 1 },
  { name: 'ended sessions', run: purgeEnded, rest: 0 },
  { name: 'record', run: linkRecord, rest: 3 },
  { name: 'used challenges', run: purgeUsedWork, rest: 0 },
  { name: 'ended floods', run: endFloods, rest: 0 },
  { name: 'assessments', run: keepAssessments, rest: 9 },
  { name: 'old networks', run: forgetNetworks, rest: 1 },
  // After a migration or a rebuild it has every comment to take in: a tenth of the time is enough for that.
  { name: 'search', run: keepCatalogue, rest: 9 },
]

/** How long a host without a timer of its own goes on with a backlog: less than the minute after which it is woken again. */
const SWEEP_MS = 20_000

/**
 * Runs every duty once; one that fails is logged and does not keep the others from running. While the database cannot be written
 * the rest waits for the next tick: each further try would hold up the requests of this process as long again. Returns after how many
 * milliseconds of rest there is more to do, or null when nothing is left.
 */
export async function tick(services: Services): Promise<number | null> {
  let restMs: number | null = null
  for (const duty of DUTIES) {
    const startedAt = services.now().getTime()
    try {
      if (await duty.run(services)) restMs = (restMs ?? 0) + (services.now().getTime() - startedAt) * duty.rest
    } catch (error) {
      services.log({ event: 'duty.failed', duty: duty.name, reason: error instanceof Error ? error.message : String(error) })
      if (error instanceof StoreBusy) return restMs
    }
  }
  return restMs
}

/** Runs the duties until nothing is left, for some seconds at most: for hosts that are woken by somebody else's clock. */
export async function sweep(services: Services): Promise<void> {
  const startedAt = services.now().getTime()
  while ((await tick(services)) !== null) if (services.now().getTime() - startedAt > SWEEP_MS) return
}
