// The PostgreSQL server of a test run: the one YKIEN_TEST_POSTGRES names, or one of its own in a folder that goes with it.
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { postgresPrograms } from './postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The address of a database in which the tests may make and drop schemas. */
    postgres: string
  }
}

/** Longest wait for the server to take connections; it takes a fraction of a second. */
const START_LIMIT_MS = 20_000
/** Connections of all test files together: each ward has a pool of its own. */
const MAX_CONNECTIONS = 300

/** Starts the server and tells the tests where it is. Fails naming the package where there is none. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const named = process.env.YKIEN_TEST_POSTGRES
  if (named) {
    project.provide('postgres', named)
    return async () => {}
  }
  const programs = postgresPrograms()
  if (programs === null)
    throw new Error('no PostgreSQL: run "apt-get install postgresql" or set YKIEN_TEST_POSTGRES to the address of a database')

  const folder = mkdtempSync(join(tmpdir(), 'ykien-pg-'))
  const as = serverUser()
  if (as.uid !== undefined && as.gid !== undefined) chownSync(folder, as.uid, as.gid)
  chmodSync(folder, 0o700)
  const data = join(folder, 'data')
  execFileSync(join(programs, 'initdb'), ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'], {
    ...as,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const server = spawn(
    join(programs, 'postgres'),
    ['-D', data, '-k', folder, '-c', 'listen_addresses=', '-c', `max_connections=${MAX_CONNECTIONS}`],
    { ...as, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
  let said = ''
  await new Promise<void>((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`PostgreSQL did not start: ${said}`)), START_LIMIT_MS)
    server.once('exit', (code) => reject(new Error(`PostgreSQL ended with ${code}: ${said}`)))
    server.stderr.on('data', (chunk: Buffer) => {
      if (said.length < 10_000) said += chunk.toString()
      if (!said.includes('ready to accept connections')) return
      clearTimeout(limit)
      resolve()
    })
  })
  project.provide('postgres', `postgres://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`)
  return async () => {
    // "Fast" shutdown: open sessions are ended, the files are left in order.
    server.kill('SIGINT')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
}

/** PostgreSQL refuses to run as root; Debian's package brings a user for it. */
function serverUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const id = (option: string) => Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}
