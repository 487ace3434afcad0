// A store whose journeys are counted: on D1 each is one over the network. Sessions are opened on every database, so that a
// test sees how fresh a door wants to read wherever it runs.
import type { Freshness, Store } from '../../src/storage/store.ts'

/** Queries one by one, batches as one each. */
export type Trips = { lookups: number; batches: number }

export type Counted = {
  store: Store
  /** The journeys since the last time. */
  take(): Trips
  /** The sessions opened since the last time. */
  opened(): Freshness[]
}

/** Counts what goes through a store and its sessions. Nothing is known without asking, as on D1. */
export function counting(store: Store): Counted {
  let trips: Trips = { lookups: 0, batches: 0 }
  let sessions: Freshness[] = []
  const counted = (each: Store): Store => ({
    ...each,
    // Only what is executed has a result; statements of a batch and subqueries are compiled and nothing more.
    db: each.db.withPlugin({
      transformQuery: ({ node }) => node,
      async transformResult({ result }) {
        trips.lookups++
        return result
      },
    }),
    async batch(statements) {
      trips.batches++
      return each.batch(statements)
    },
    stamp: () => null,
    session(freshness) {
      sessions.push(freshness)
      return counted(each.session?.(freshness) ?? each)
    },
  })
  return {
    store: counted(store),
    take() {
      const taken = trips
      trips = { lookups: 0, batches: 0 }
      return taken
    },
    opened() {
      const taken = sessions
      sessions = []
      return taken
    },
  }
}
