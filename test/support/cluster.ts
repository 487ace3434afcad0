// The PostgreSQL server of a test run: the one YKIEN_TEST_POSTGRES names, or one of its own in a folder that goes with it.
import type { TestProject } from 'vitest/node'
import { newCluster, newGround } from './postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The address of a database in which the tests may make and drop schemas. */
    postgres: string
  }
}

/** Connections of all test files together: each ward has a pool of its own. */
const MAX_CONNECTIONS = 300
/** Only the name of its socket, in the server's own folder. */
const PORT = 5432

/** Starts the server and tells the tests where it is. Fails naming the package where there is none. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const named = process.env.YKIEN_TEST_POSTGRES
  if (named) {
    project.provide('postgres', named)
    return async () => {}
  }
  const ground = newGround()
  const server = await ground.start(newCluster(ground), PORT, `max_connections=${MAX_CONNECTIONS}`)
  project.provide('postgres', server.address)
  return async () => {
    await server.stop()
    ground.remove()
  }
}
