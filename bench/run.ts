// Measures the service against its floors in one run and writes docs/benchmarks.md. Server and driver each get a core of
// their own where the machine has two; every figure is the median of three runs, printed as JSON with its ratio to the floor.
// Needs wrk (Debian's package of that name).
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { MEASURED, SITE, seed } from './seed.ts'
import { comment } from './sentences.ts'

const SECONDS = Number(process.env.BENCH_SECONDS ?? 6)
const RUNS = 3
const PORT = 8_871
const FLOOR_PORT = 8_872
const BASE = `http://127.0.0.1:${PORT}`
const FLOOR = `http://127.0.0.1:${FLOOR_PORT}`
const hasTwoCores = cpus().length >= 2

type Figure = { requests: number; p50: number; p99: number }
type Row = { name: string; ours: Figure; floor: Figure; ratio: number; aim: string }

const folder = mkdtempSync(join(tmpdir(), 'ykien-bench-'))
const env = {
  ...process.env,
  YKIEN_DATABASE: `file:${join(folder, 'ykien.db')}`,
  YKIEN_PORT: String(PORT),
  YKIEN_DEMO: '0',
  YKIEN_LIMITS: 'off',
  YKIEN_UNDO_SECONDS: '0',
}
if (spawnSync('which', ['wrk']).status !== 0) {
  console.error('the measurements need wrk: run "apt-get install wrk"')
  process.exit(1)
}

const token = await seed(env)
const rows: Row[] = []
const thread = `${BASE}/api/v1/sites/${SITE}/threads?key=${MEASURED}&limit=100`
const countsPath = `/api/v1/sites/${SITE}/counts?${Array.from({ length: 20 }, (_, n) => `key=bai-${n}`).join('&')}`

let server = await start(['bin/ykien.js', 'serve'], env, 'listens')
const compressed = new Uint8Array(await (await rawFetch(thread, { 'accept-encoding': 'br' })).arrayBuffer())
const identity = await (await fetch(thread, { headers: { 'accept-encoding': 'identity' } })).arrayBuffer()
writeFileSync(join(folder, 'constant.bin'), compressed)
writeFileSync(join(folder, 'counts.bin'), new Uint8Array(await (await fetch(`${BASE}${countsPath}`)).arrayBuffer()))
const floor = await start(['bench/floor.ts', String(FLOOR_PORT), folder], env, 'listening')

const br = { 'Accept-Encoding': 'br' }
const etag = (await rawFetch(thread, { 'accept-encoding': 'br' })).headers.get('etag') ?? ''
measure('read 100 comments, brotli', { url: thread, headers: br }, { url: `${FLOOR}/constant`, headers: br }, '0.75')
measure(
  'the same, If-None-Match',
  { url: thread, headers: { ...br, 'If-None-Match': etag } },
  { url: `${FLOOR}/not-modified`, headers: br },
  '0.75',
)
measure('counts of 20 articles', { url: `${BASE}${countsPath}` }, { url: `${FLOOR}/counts` }, '0.6')

const load = background()
measure('read while 50 are posted and 5 approved a second', { url: thread, headers: br }, { url: `${FLOOR}/constant`, headers: br }, '0.6')
const loaded = await load.stop()

measure(
  'post, 64 connections',
  { url: `${BASE}/api/v1/sites/${SITE}/comments`, script: postScript(), connections: 64 },
  { url: `${FLOOR}/insert`, script: insertScript(), connections: 64 },
  '0.4',
)
measure(
  'post, 1 connection',
  { url: `${BASE}/api/v1/sites/${SITE}/comments`, script: postScript(), connections: 1 },
  { url: `${FLOOR}/insert`, script: insertScript(), connections: 1 },
  '0.3',
)
const memory = Number(spawnSync('ps', ['-o', 'rss=', '-p', String(server.pid)], { encoding: 'utf8' }).stdout) / 1_024
await stop(server)

server = await start(['bin/ykien.js', 'serve'], { ...env, YKIEN_CACHE_MEGABYTES: '0' }, 'listens')
measure(
  'a miss: 200 threads of 20 in turn, nothing kept',
  { url: BASE, script: turnScript((n) => `/api/v1/sites/${SITE}/threads?key=bai-${n}&limit=100`) },
  { url: FLOOR, script: turnScript((n) => `/rows?key=bai-${n}`) },
  '1.0',
)
await stop(server)
await stop(floor)

const share = compressed.length / identity.byteLength
writeFileSync('docs/benchmarks.md', report())
console.log(
  JSON.stringify({
    bytes: { identity: identity.byteLength, brotli: compressed.length, share: round(share) },
    memory_mb: Math.round(memory),
    loaded,
  }),
)

type Load = { url: string; headers?: Record<string, string>; script?: string; connections?: number }

function measure(name: string, ours: Load, floorLoad: Load, aim: string): void {
  const pairs = Array.from({ length: RUNS }, () => ({ floor: wrk(floorLoad), ours: wrk(ours) }))
  const row = { name, ours: median(pairs.map((pair) => pair.ours)), floor: median(pairs.map((pair) => pair.floor)), ratio: 0, aim }
  row.ratio = round(row.ours.requests / row.floor.requests)
  rows.push(row)
  console.log(JSON.stringify(row))
}

function wrk({ url, headers = {}, script, connections = 32 }: Load): Figure {
  const args = [
    '-t1',
    `-c${connections}`,
    `-d${SECONDS}s`,
    '--latency',
    ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
  ]
  if (script !== undefined) {
    const path = join(folder, `script-${Math.abs(hash(script))}.lua`)
    writeFileSync(path, script)
    args.push('-s', path)
  }
  const { stdout, stderr } = spawnSync(hasTwoCores ? 'taskset' : 'wrk', [...(hasTwoCores ? ['-c', '1', 'wrk'] : []), ...args, url], {
    encoding: 'utf8',
  })
  const requests = Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1])
  if (!requests || /Non-2xx/.test(stdout)) throw new Error(`wrk ${url}: ${stdout}${stderr}`)
  return { requests: Math.round(requests), p50: milliseconds(stdout, '50'), p99: milliseconds(stdout, '99') }
}

function milliseconds(text: string, percentile: string): number {
  const [, value = '0', unit = 'ms'] = new RegExp(`${percentile}%\\s+([\\d.]+)(us|ms|s)`).exec(text) ?? []
  return round(Number(value) * ({ us: 0.001, ms: 1, s: 1_000 }[unit] ?? 1))
}

function median(figures: Figure[]): Figure {
  return [...figures].sort((a, b) => a.requests - b.requests)[Math.floor(figures.length / 2)] ?? { requests: 0, p50: 0, p99: 0 }
}

/** Each post carries sentences of its own, in an order that differs between runs. */
function postScript(): string {
  const bodies = Array.from({ length: 400 }, (_, n) => comment(100_000 + n * 12).body)
  return `math.randomseed(os.time())
local bodies = { ${bodies.map((body) => JSON.stringify(body)).join(', ')} }
local n = math.random(1, 1000000)
request = function()
  n = n + 1
  local body = '{"article":{"key":"bai-' .. (n % 200) .. '"},"body":"' .. bodies[n % #bodies + 1] .. ' Số ' .. n .. '."}'
  return wrk.format("POST", nil, { ["Content-Type"] = "application/json" }, body)
end`
}

function insertScript(): string {
  return `local body = ${JSON.stringify(comment(1).body)}
request = function() return wrk.format("POST", nil, { ["Content-Type"] = "text/plain" }, body) end`
}

function turnScript(path: (n: number) => string): string {
  return `local paths = { ${Array.from({ length: 200 }, (_, n) => JSON.stringify(path(n))).join(', ')} }
local n = 0
request = function() n = n + 1 return wrk.format("GET", paths[n % #paths + 1]) end`
}

/** Fifty posts and five approvals a second into the measured thread, until stopped. */
function background(): { stop(): Promise<{ posted: number; approved: number }> } {
  const child = spawn('node', ['bench/load.ts', BASE, SITE, MEASURED, token], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk
  })
  return {
    async stop() {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await gone
      return JSON.parse(said) as { posted: number; approved: number }
    },
  }
}

async function start(args: string[], settings: NodeJS.ProcessEnv, sign: string): Promise<ChildProcess> {
  const command = hasTwoCores ? ['taskset', '-c', '0', 'node', ...args] : ['node', ...args]
  const child = spawn(command[0] ?? 'node', command.slice(1), { env: settings, stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => String(chunk).includes(sign) && resolve())
    child.on('exit', () => reject(new Error(`${args.join(' ')} ended`)))
  })
  return child
}

async function stop(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await gone
}

/** fetch would decode the body; this keeps the bytes of the wire. */
async function rawFetch(url: string, headers: Record<string, string>): Promise<Response> {
  const { request } = await import('node:http')
  return new Promise((resolve, reject) => {
    request(url, { headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve(new Response(new Uint8Array(Buffer.concat(chunks)), { headers: { etag: response.headers.etag ?? '' } })),
      )
    })
      .on('error', reject)
      .end()
  })
}

function report(): string {
  const lines = rows.map(
    ({ name, ours, floor: low, ratio, aim }) =>
      `| ${name} | ${ours.requests.toLocaleString('en')} | ${low.requests.toLocaleString('en')} | **${ratio}** | ${aim} | ${ours.p50} / ${ours.p99} | ${low.p50} / ${low.p99} |`,
  )
  return `# Benchmarks

Written by \`npm run bench\`. One server process on one core, wrk with one thread on the other, ${SECONDS} s, the median of ${RUNS}
runs taken in turn with the floor. Absolute figures move from machine to machine; the ratio to the floor of the same
run is what counts. Floors: Hono on @hono/node-server answering a constant body of the same bytes (or an empty 304),
the plain rows as JSON, a single INSERT with \`synchronous=FULL\`.

| measured | requests/s | floor | ratio | aim | p50 / p99 ms | floor's |
| --- | --- | --- | --- | --- | --- | --- |
${lines.join('\n')}

The measured answer has ${identity.byteLength.toLocaleString('en')} bytes as JSON and ${compressed.length.toLocaleString('en')} with brotli (${round(share)}; the aim is 0.35; built
from a few hundred phrases the text compresses better than real comments do). While reading under
load ${loaded.posted} comments were posted and ${loaded.approved} approved. Memory after reading and posting: ${Math.round(memory)} MB.
`
}

function hash(text: string): number {
  let value = 0
  for (let index = 0; index < text.length; index++) value = (value * 31 + text.charCodeAt(index)) | 0
  return value
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
