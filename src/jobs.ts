// The recurring duties, as one readable list, and the tick that runs them. Node's timer and Workers' cron both call it.
import { purgeUsedWork } from './core/abuse/challenge.ts'
import { endFloods } from './core/abuse/flood.ts'
import { keepCatalogue } from './core/moderation/catalogue.ts'
import { runOutbox } from './core/outbound/outbox.ts'
import { purgeEnded } from './core/people/sessions.ts'
import type { Services } from './services.ts'
import { StoreBusy } from './storage/store.ts'

const DUTIES: { name: string; run: (services: Services) => Promise<unknown> }[] = [
  { name: 'outbox', run: runOutbox },
  { name: 'ended sessions', run: purgeEnded },
  { name: 'used challenges', run: purgeUsedWork },
  { name: 'ended floods', run: endFloods },
  // Last: after a migration or a rebuild it goes on for some seconds.
  { name: 'search', run: keepCatalogue },
]

/**
 * Runs every duty; one that fails is logged and does not keep the others from running. While the database cannot be written
 * the rest waits for the next tick: each further try would hold up the requests of this process as long again.
 */
export async function tick(services: Services): Promise<void> {
  for (const duty of DUTIES) {
    try {
      await duty.run(services)
    } catch (error) {
      services.log({ event: 'duty.failed', duty: duty.name, reason: error instanceof Error ? error.message : String(error) })
      if (error instanceof StoreBusy) return
    }
  }
}
