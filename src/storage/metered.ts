// A store whose batches are counted and timed, by what came of them. Reads pass through untouched.
import type { Meters } from '../lib/meters.ts'
import { type Freshness, type Store, StoreBusy } from './store.ts'

/** The same store, measured, with all its sessions. */
export function meteredStore(store: Store, meters: Meters): Store {
  const { session: open } = store
  const session = open && ((freshness: Freshness) => measured(open(freshness)))
  const measured = (each: Store): Store => ({
    ...each,
    session,
    async batch(statements) {
      const startedAt = performance.now()
      let outcome = 'done'
      try {
        return await each.batch(statements)
      } catch (error) {
        outcome = error instanceof StoreBusy ? 'busy' : 'failed'
        throw error
      } finally {
        meters.batches.observe((performance.now() - startedAt) / 1_000, outcome)
      }
    },
  })
  return measured(store)
}
