// A store whose batches are counted and timed, by what came of them. Reads pass through untouched.
import type { Meters } from '../lib/meters.ts'
import { type Store, StoreBusy } from './store.ts'

/** The same store, measured. */
export function meteredStore(store: Store, meters: Meters): Store {
  return {
    ...store,
    async batch(statements) {
      const startedAt = performance.now()
      let outcome = 'done'
      try {
        return await store.batch(statements)
      } catch (error) {
        outcome = error instanceof StoreBusy ? 'busy' : 'failed'
        throw error
      } finally {
        meters.batches.observe((performance.now() - startedAt) / 1_000, outcome)
      }
    },
  }
}
