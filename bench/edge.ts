// What the worker costs at the edge: its size, and the processor time of workerd's own process for each request.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { ARTICLE, WARD } from '../src/demo/ward.ts'
import { cpuMsOf, folder, round } from './machine.ts'
import { comment } from './sentences.ts'

const REQUESTS = 5_000
const AT_ONCE = 8
const PORT = 8_873
/** Requests before the measured ones: the first are compiled and optimised while they run. */
const WARM_UP = 500
const STATE = join(folder, 'workerd')
const FLOOR = join(folder, 'floor.toml')
const BASE = `http://127.0.0.1:${PORT}`

/** Milliseconds of processor time for each request: the worker's, and what the same journeys cost a worker that does nothing else. */
export type Edge = { bundleKb: number; read: Cost; post: Cost }
type Cost = { wholeMs: number; floorMs: number; ownMs: number }

/** Builds and starts the worker in workerd, asks it, and stops it; then the floor on the same database. */
export async function edge(): Promise<Edge> {
  const built = spawnSync('npx', ['wrangler', 'deploy', '--dry-run', '--minify', '--outdir', join(folder, 'worker')], { encoding: 'utf8' })
  if (built.status !== 0) throw new Error(built.stderr)
  const bundleKb = Math.round(gzipSync(readFileSync(join(folder, 'worker/main.worker.js'))).length / 1_024)
  const ours = await costsOf(
    ['node', ['scripts/dev-worker.ts', '--port', String(PORT), '--state', STATE, '--set', 'YKIEN_LIMITS:off']],
    `/api/v1/sites/${WARD.slug}/threads?key=${ARTICLE.key}`,
    `/api/v1/sites/${WARD.slug}/comments`,
  )
  writeFileSync(
    FLOOR,
    readFileSync('wrangler.toml', 'utf8')
      .replace('src/main.worker.ts', resolve('bench/edge-floor.ts'))
      .replace('dist/assets', resolve('dist/assets')),
  )
  const floor = await costsOf(
    ['npx', ['wrangler', 'dev', '--config', FLOOR, '--ip', '127.0.0.1', '--port', String(PORT), '--persist-to', STATE]],
    '/read',
    '/post',
  )
  const cost = (what: 'read' | 'post'): Cost => ({
    wholeMs: round(ours[what]),
    floorMs: round(floor[what]),
    ownMs: round(ours[what] - floor[what]),
  })
  const result = { bundleKb, read: cost('read'), post: cost('post') }
  console.log(JSON.stringify(result))
  return result
}

/** What a request of each kind costs the worker that a command starts, once its first answers have been given. */
async function costsOf([command, args]: [string, string[]], readPath: string, postPath: string): Promise<{ read: number; post: number }> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true })
  await new Promise<void>((ready, reject) => {
    child.stdout.on('data', (chunk: Buffer) => /Ready on/.test(String(chunk)) && ready())
    child.once('exit', (code) => reject(new Error(`the worker's server ended with ${code}`)))
  })
  const gone = new Promise((ended) => child.once('exit', ended))
  try {
    const read = () => fetch(`${BASE}${readPath}`)
    const post = (n: number) =>
      fetch(`${BASE}${postPath}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ article: { key: ARTICLE.key }, body: comment(200_000 + n * 5).body, consents: ['terms'] }),
      })
    for (let n = 0; n < WARM_UP; n++) await (await read()).arrayBuffer()
    const worker = workerdOf(child)
    return { read: await costOf(worker, read), post: await costOf(worker, post) }
  } finally {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
    await gone
  }
}

/** Milliseconds of a process's time for each of {@link REQUESTS}. Any answer but 2xx throws. */
async function costOf(pid: number, ask: (n: number) => Promise<Response>): Promise<number> {
  const before = cpuMsOf(pid)
  for (let n = 0; n < REQUESTS; n += AT_ONCE)
    await Promise.all(
      Array.from({ length: AT_ONCE }, async (_, index) => {
        const response = await ask(n + index)
        if (!response.ok) throw new Error(`workerd answered ${response.status}: ${await response.text()}`)
        await response.arrayBuffer()
      }),
    )
  return (cpuMsOf(pid) - before) / REQUESTS
}

/** The worker's own process among the descendants of the development server: the one that has used the most processor time. */
function workerdOf(ancestor: ChildProcess): number {
  const parentOf = new Map<number, number>()
  const names = new Map<number, string>()
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const [, name = '', parent = '0'] = /^\d+ \((.*)\) \S (\d+)/.exec(readFileSync(`/proc/${entry}/stat`, 'utf8')) ?? []
      parentOf.set(Number(entry), Number(parent))
      names.set(Number(entry), name)
    } catch {
      // It ended meanwhile.
    }
  }
  const isBelow = (pid: number): boolean => pid === ancestor.pid || (parentOf.has(pid) && isBelow(parentOf.get(pid) ?? 0))
  const found = [...names].filter(([pid, name]) => name === 'workerd' && isBelow(pid)).map(([pid]) => pid)
  const [busiest] = found.sort((a, b) => cpuMsOf(b) - cpuMsOf(a))
  if (busiest === undefined) throw new Error('no workerd process found')
  return busiest
}
