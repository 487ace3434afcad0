// PostgreSQL servers of the tests: where its programs are on this machine, and starting one in a folder of its own.
import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const DEBIAN = '/usr/lib/postgresql'
/** Longest wait for a server to take connections; it takes a fraction of a second. */
const START_LIMIT_MS = 20_000

/** The folder with `initdb` and `postgres` of the newest version that Debian's package installed; null when there is none. */
export function postgresPrograms(): string | null {
  if (!existsSync(DEBIAN)) return null
  const versions = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a))
  return versions.map((version) => `${DEBIAN}/${version}/bin`).find((folder) => existsSync(`${folder}/initdb`)) ?? null
}

/** A folder for servers: each has its data in it, and its socket. */
export type Ground = {
  folder: string
  /** Runs one of PostgreSQL's programs as the user the servers run as. */
  run(program: string, ...args: string[]): void
  /** Starts a server over a data folder; its socket is named by the port, which is open to nobody else. */
  start(data: string, port: number, ...settings: string[]): Promise<Server>
  /** Removes the folder. The servers have been stopped before. */
  remove(): void
}

export type Server = {
  /** The address of its database `postgres`. */
  address: string
  /** Ends it and every session: in order, or at once as by a crash. Resolves when it is gone. */
  stop(how?: 'fast' | 'immediate'): Promise<void>
}

/** Makes a folder for servers. Fails naming the package where there is none. */
export function newGround(): Ground {
  const programs = postgresPrograms()
  if (programs === null)
    throw new Error('no PostgreSQL: run "apt-get install postgresql" or set YKIEN_TEST_POSTGRES to the address of a database')
  const folder = mkdtempSync(join(tmpdir(), 'ykien-pg-'))
  const as = serverUser()
  if (as.uid !== undefined && as.gid !== undefined) chownSync(folder, as.uid, as.gid)
  chmodSync(folder, 0o700)
  return {
    folder,
    run: (program, ...args) =>
      void execFileSync(join(programs, program), args, { ...as, cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] }),
    async start(data, port, ...settings) {
      const options = ['listen_addresses=', `port=${port}`, ...settings].flatMap((setting) => ['-c', setting])
      const server = spawn(join(programs, 'postgres'), ['-D', data, '-k', folder, ...options], {
        ...as,
        cwd: folder,
        stdio: ['ignore', 'ignore', 'pipe'],
      })
      const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()))
      let said = ''
      await new Promise<void>((resolve, reject) => {
        const limit = setTimeout(() => reject(new Error(`PostgreSQL did not start: ${said}`)), START_LIMIT_MS)
        server.once('exit', (code) => reject(new Error(`PostgreSQL ended with ${code}: ${said}`)))
        server.stderr.on('data', (chunk: Buffer) => {
          if (said.length < 10_000) said += chunk.toString()
          if (!/ready to accept (?:read-only )?connections/.test(said)) return
          clearTimeout(limit)
          resolve()
        })
      })
      return {
        address: `postgres://postgres@localhost/postgres?host=${encodeURIComponent(folder)}&port=${port}`,
        async stop(how = 'fast') {
          server.kill(how === 'fast' ? 'SIGINT' : 'SIGQUIT')
          await ended
        },
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** A new, empty server's data folder. */
export function newCluster(ground: Ground): string {
  const data = join(ground.folder, 'data')
  ground.run('initdb', '-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync')
  return data
}

/** PostgreSQL refuses to run as root; Debian's package brings a user for it. */
function serverUser(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const id = (option: string) => Number(execFileSync('id', [option, 'postgres'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}
