// The real program in a process of its own: started, killed and asked like any operator and reader would, on a file of its own.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const PROGRAM = resolve('bin/ykien.js')
/** Longest wait for the line that says it listens; a start takes about half a second. */
const START_LIMIT_MS = 15_000

export type Machine = {
  database: string
  base: string
  env: NodeJS.ProcessEnv
  /** Runs a command of the program and gives what it prints. */
  command(...args: string[]): string
  /** Starts the server; resolves when it listens, with the time that took. */
  start(): Promise<{ process: ChildProcess; tookMs: number; ended: Promise<{ code: number | null; signal: string | null }> }>
  remove(): void
}

/** A folder, a free port and a site on a new database. Throws when the program has not been built. */
export async function newMachine(slug: string, env: Record<string, string> = {}): Promise<Machine> {
  if (!existsSync(resolve('dist/ykien.js'))) throw new Error('dist/ykien.js is missing: run "npm run build" first, as "npm test" does')
  const folder = mkdtempSync(join(tmpdir(), 'ykien-server-'))
  const port = await freePort()
  const database = join(folder, 'ykien.db')
  const full: NodeJS.ProcessEnv = {
    ...process.env,
    YKIEN_DATABASE: `file:${database}`,
    YKIEN_HOST: '127.0.0.1',
    YKIEN_PORT: String(port),
    YKIEN_SECRET: 'a secret that only the tests know, 32+',
    YKIEN_DEMO: '0',
    YKIEN_LIMITS: 'off',
    ...env,
  }
  const command = (...args: string[]) =>
    execFileSync(process.execPath, [PROGRAM, ...args], { env: full, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
  command('site', 'add', slug, '--name', 'Phường Máy', '--origin', 'https://phuongmay.example')
  return {
    database,
    base: `http://127.0.0.1:${port}`,
    env: full,
    command,
    start: () => start(full),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

async function start(env: NodeJS.ProcessEnv) {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [PROGRAM, 'serve'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
  })
  let said = ''
  await new Promise<void>((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`not listening after ${START_LIMIT_MS} ms: ${said}`)), START_LIMIT_MS)
    const hear = (chunk: Buffer) => {
      said += chunk.toString()
      if (!said.includes('listens on')) return
      clearTimeout(limit)
      resolve()
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('exit', (code, signal) => {
      clearTimeout(limit)
      reject(new Error(`ended with ${code ?? signal} before it listened: ${said}`))
    })
  })
  return { process: child, tookMs: performance.now() - startedAt, ended }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
}
