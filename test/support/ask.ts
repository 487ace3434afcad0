// Asking a real server as programs do, and running the program as an operator does: what came of it, never an exception.
import { type ChildProcess, type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import type { Machine } from './server.ts'

const HEARD_LIMIT_MS = 30_000

/** Runs the program; unlike `Machine.command` it also gives what was said on stderr and how it ended. */
export function run(env: NodeJS.ProcessEnv, ...args: string[]): Pick<SpawnSyncReturns<string>, 'status' | 'stdout' | 'stderr'> {
  const { status, stdout, stderr } = spawnSync(process.execPath, [resolve('bin/ykien.js'), ...args], {
    env,
    encoding: 'utf8',
    timeout: 60_000,
  })
  return { status, stdout: stdout.trim(), stderr: stderr.trim() }
}

export type Server = {
  process: ChildProcess
  ended: Promise<{ code: number | null; signal: string | null }>
  /** Everything said so far, on stdout and stderr. */
  said(): string
  /** Waits until something was said that matches, and gives it all. */
  heard(words: RegExp): Promise<string>
}

/** Starts `ykien serve` with these arguments, under another program where `under` names one; resolves when it listens. */
export async function serve(env: NodeJS.ProcessEnv, args: readonly string[] = [], under: readonly string[] = []): Promise<Server> {
  const [program = '', ...rest] = [...under, process.execPath, resolve('bin/ykien.js'), 'serve', ...args]
  const child = spawn(program, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  const hear = (chunk: Buffer) => {
    said += chunk.toString()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const server: Server = {
    process: child,
    ended: new Promise((end) => child.once('exit', (code, signal) => end({ code, signal }))),
    said: () => said,
    async heard(words) {
      for (const startedAt = Date.now(); !words.test(said); await new Promise((next) => setTimeout(next, 20)))
        if (Date.now() - startedAt > HEARD_LIMIT_MS || child.exitCode !== null) throw new Error(`not said: ${words}\n${said}`)
      return said
    },
  }
  await server.heard(/listens on/)
  return server
}

/** Ends a server the way a system does, and gives its exit code. */
export async function stop(server: Server): Promise<number | null> {
  server.process.kill('SIGTERM')
  return (await server.ended).code
}

/** Sends a comment and gives status and answer. */
export async function send(
  machine: Machine,
  slug: string,
  body: string,
): Promise<{ status: number; answer: Record<string, unknown> & { comment?: { id: string } } }> {
  const response = await fetch(`${machine.base}/api/v1/sites/${slug}/comments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ article: { key: 'bai-1' }, body }),
  })
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> }
}

/** The status of a GET, its body read to the end. */
export async function statusOf(machine: Machine, path: string): Promise<number> {
  const response = await fetch(machine.base + path)
  await response.arrayBuffer()
  return response.status
}

/** The value at a share of the way through the sorted values, such as 0.99. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
