// Readers past the end of an undo window: they settle what is due before they look, and go on reading without when the
// database cannot be written. Not for: the clock's own sweep (jobs.ts).
import { reading, type Services } from '../../services.ts'
import { databaseOf, StoreBusy } from '../../storage/store.ts'
import { AppError } from '../context.ts'

/** How long readers leave a database alone that could not be written: each try may wait for another process's lock. */
const REST_MS = 1_000
const resting = new WeakMap<object, number>()

/** How a view is looked up, when it will change by itself, and how what is due is settled. */
export type View<Found> = {
  look(services: Services): Promise<Found>
  dueAt(found: Found): string | null
  settle(services: Services, found: Found): Promise<unknown>
}

/**
 * Looks a view up, settling first what is due. Gives the services to go on reading with: who found something due reads the latest
 * from there on, since a copy of the database may not have heard that it was settled.
 */
export async function lookSettled<Found>(services: Services, view: View<Found>): Promise<{ services: Services; found: Found }> {
  const found = await view.look(services)
  const dueAt = view.dueAt(found)
  const now = services.now()
  const database = databaseOf(services.store)
  if (dueAt === null || dueAt > now.toISOString() || (resting.get(database) ?? 0) > now.getTime()) return { services, found }
  const latest = reading(services, 'latest')
  try {
    await view.settle(latest, found)
    return { services: latest, found: await view.look(latest) }
  } catch (error) {
    if (!(error instanceof StoreBusy) && !(error instanceof AppError && error.code === 'busy')) throw error
    resting.set(database, now.getTime() + REST_MS)
    return { services, found }
  }
}
