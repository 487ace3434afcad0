// What the worker costs at the edge: its size, and the processor time of workerd's own process for each request.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { ARTICLE, WARD } from '../src/demo/ward.ts'
import { cpuMsOf, folder, round } from './machine.ts'
import { comment } from './sentences.ts'

const REQUESTS = 5_000
const AT_ONCE = 8
const PORT = 8_873
const BASE = `http://127.0.0.1:${PORT}`

export type Edge = { bundleKb: number; readMs: number; postMs: number }

/** Builds and starts the worker in workerd, asks it, and stops it. */
export async function edge(): Promise<Edge> {
  const state = join(folder, 'workerd')
  const built = spawnSync('npx', ['wrangler', 'deploy', '--dry-run', '--minify', '--outdir', join(folder, 'worker')], { encoding: 'utf8' })
  if (built.status !== 0) throw new Error(built.stderr)
  const bundleKb = Math.round(gzipSync(readFileSync(join(folder, 'worker/main.worker.js'))).length / 1_024)

  const child = spawn(process.execPath, ['scripts/dev-worker.ts', '--port', String(PORT), '--state', state, '--set', 'YKIEN_LIMITS:off'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => /Ready on/.test(String(chunk)) && resolve())
    child.once('exit', (code) => reject(new Error(`the worker's server ended with ${code}`)))
  })
  const worker = workerdOf(child)
  const read = () => fetch(`${BASE}/api/v1/sites/${WARD.slug}/threads?key=${ARTICLE.key}`)
  const post = (n: number) =>
    fetch(`${BASE}/api/v1/sites/${WARD.slug}/comments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ article: { key: ARTICLE.key }, body: comment(200_000 + n * 5).body, consents: ['terms'] }),
    })
  const cost = async (ask: (n: number) => Promise<Response>): Promise<number> => {
    const before = cpuMsOf(worker)
    for (let n = 0; n < REQUESTS; n += AT_ONCE)
      await Promise.all(
        Array.from({ length: AT_ONCE }, async (_, index) => {
          const response = await ask(n + index)
          if (!response.ok) throw new Error(`workerd answered ${response.status}: ${await response.text()}`)
          await response.arrayBuffer()
        }),
      )
    return round((cpuMsOf(worker) - before) / REQUESTS)
  }
  await read()
  const result = { bundleKb, readMs: await cost(read), postMs: await cost(post) }
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
  console.log(JSON.stringify(result))
  return result
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
