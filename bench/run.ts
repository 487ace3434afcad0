// Measures the service against its floors in one run and writes docs/benchmarks.md; every figure is printed as JSON. Under ten minutes.
// `BENCH_ONLY=base,postgres,syncs,growth,edge` runs some of it and writes nothing.
import { type ChildProcess, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { newCluster, newGround } from '../test/support/postgres.ts'
import { edge } from './edge.ts'
import { growth } from './growth.ts'
import { MEASURED, posts, SITE } from './loads.ts'
import { folder, type Load, measure, memoryOf, round, start, stop } from './machine.ts'
import { type Measured, type Row, report } from './report.ts'
import { seed } from './seed.ts'
import { comment } from './sentences.ts'
import { syncs } from './syncs.ts'

const PORT = 8_871
const FLOOR_PORT = 8_872
const BASE = `http://127.0.0.1:${PORT}`
const FLOOR = `http://127.0.0.1:${FLOOR_PORT}`
const SERVE = ['bin/ykien.js', 'serve']
const THREAD = `/api/v1/sites/${SITE}/threads?key=${MEASURED}&limit=100`
const COUNTS = `/api/v1/sites/${SITE}/counts?${Array.from({ length: 20 }, (_, n) => `key=bai-${n}`).join('&')}`
const BROTLI = { 'Accept-Encoding': 'br' }
const PARTS = ['base', 'postgres', 'syncs', 'growth', 'edge'] as const

const path = join(folder, 'ykien.db')
const env = {
  ...process.env,
  YKIEN_DATABASE: `file:${path}`,
  YKIEN_PORT: String(PORT),
  YKIEN_DEMO: '0',
  YKIEN_LIMITS: 'off',
  YKIEN_UNDO_SECONDS: '0',
}
const wanted = process.env.BENCH_ONLY?.split(',') ?? PARTS
const token = await seed(env)

const measured: Partial<Measured> = {}
if (wanted.includes('base')) Object.assign(measured, await base())
if (wanted.includes('postgres')) measured.postgres = await onPostgres()
if (wanted.includes('syncs')) measured.syncs = await syncs(env, BASE, path)
if (wanted.includes('growth'))
  measured.grown = await growth({ ...env, YKIEN_DATABASE: `file:${join(folder, 'grown.db')}` }, BASE, await seedGrown())
if (wanted.includes('edge')) measured.edge = await edge()
if (process.env.BENCH_ONLY === undefined) writeFileSync('docs/benchmarks.md', report(measured as Measured))

async function seedGrown(): Promise<string> {
  return seed({ ...env, YKIEN_DATABASE: `file:${join(folder, 'grown.db')}` })
}

/** The figures on SQLite, each beside its floor. */
async function base(): Promise<Pick<Measured, 'rows' | 'bytes' | 'loaded' | 'memoryMb'>> {
  const rows: Row[] = []
  const beside = async (name: string, aim: string, ours: Omit<Load, 'base'>, floorLoad: Omit<Load, 'base'>) => {
    const figures = await measure({ base: BASE, ...ours }, { base: FLOOR, ...floorLoad })
    if (!figures.floor) throw new Error('no floor')
    const row = { name, ours: figures.ours, floor: figures.floor, ratio: round(figures.ours.requests / figures.floor.requests), aim }
    rows.push(row)
    console.log(JSON.stringify(row))
  }
  const get = (address: string, headers: Record<string, string> = {}) => ({
    requests: [{ method: 'GET' as const, path: address, headers }],
  })

  const server = await start(SERVE, env, 'listens')
  const compressed = await raw(THREAD, BROTLI)
  const identity = await raw(THREAD, {})
  writeFileSync(join(folder, 'constant.bin'), compressed.body)
  writeFileSync(join(folder, 'counts.bin'), (await raw(COUNTS, {})).body)
  const floor = await start(['bench/floor.ts', String(FLOOR_PORT), folder], env, 'listening')

  await beside('read 100 comments, brotli', '0.75', get(THREAD, BROTLI), get('/constant', BROTLI))
  await beside(
    'the same, If-None-Match',
    '0.75',
    get(THREAD, { ...BROTLI, 'If-None-Match': compressed.etag }),
    get('/not-modified', BROTLI),
  )
  await beside('counts of 20 articles', '0.6', get(COUNTS), get('/counts'))
  const load = background(token)
  await beside('read while 50 are posted and 5 approved a second', '0.6', get(THREAD, BROTLI), get('/constant', BROTLI))
  const loaded = await load.stop()
  const after = [await raw(THREAD, BROTLI), await raw(THREAD, {})] as const
  const inserts = [{ method: 'POST' as const, path: '/insert', headers: { 'Content-Type': 'text/plain' }, body: comment(1).body }]
  await beside('post, 64 connections', '0.4', { requests: posts(), connections: 64 }, { requests: inserts, connections: 64 })
  await beside('post, 1 connection', '0.3', { requests: posts(), connections: 1 }, { requests: inserts, connections: 1 })
  const memoryMb = memoryOf(server.pid ?? 0)
  await stop(server)

  const uncached = await start(SERVE, { ...env, YKIEN_CACHE_MEGABYTES: '0' }, 'listens')
  const turns = (address: (n: number) => string) => ({
    requests: Array.from({ length: 200 }, (_, n) => ({ method: 'GET' as const, path: address(n) })),
  })
  await beside(
    'a miss: 200 threads of 20 in turn, nothing kept',
    '1.0',
    turns((n) => `/api/v1/sites/${SITE}/threads?key=bai-${n}&limit=100`),
    turns((n) => `/rows?key=bai-${n}`),
  )
  await stop(uncached)
  await stop(floor)
  const share = (brotli: Uint8Array, whole: Uint8Array) => round(brotli.length / whole.length)
  const bytes = {
    identity: identity.body.length,
    brotli: compressed.body.length,
    share: share(compressed.body, identity.body),
    afterApproval: share(after[0].body, after[1].body),
  }
  console.log(JSON.stringify({ bytes, memoryMb, loaded }))
  return { rows, bytes, loaded, memoryMb }
}

/** The same reading and posting on Debian's PostgreSQL, in a folder of its own. */
async function onPostgres(): Promise<Measured['postgres']> {
  const ground = newGround()
  const cluster = await ground.start(newCluster(ground), 5_432, 'max_connections=50')
  const onIt = { ...env, YKIEN_DATABASE: cluster.address, YKIEN_SECRET: 'a secret of the measurements only, 32+' }
  await seed(onIt)
  const server = await start(SERVE, onIt, 'listens')
  const figures: { name: string; ours: Measured['postgres'][number]['ours'] }[] = []
  const one = async (name: string, load: Omit<Load, 'base'>) => {
    figures.push({ name, ours: (await measure({ base: BASE, ...load })).ours })
    console.log(JSON.stringify({ database: 'postgres', ...figures.at(-1) }))
  }
  await one('read 100 comments, brotli', { requests: [{ method: 'GET', path: THREAD, headers: BROTLI }] })
  await one('post, 64 connections', { requests: posts(), connections: 64 })
  await one('post, 1 connection', { requests: posts(), connections: 1 })
  await stop(server)
  await cluster.stop()
  ground.remove()
  return figures
}

/** Fifty posts and five approvals a second into the measured thread, until stopped. */
function background(bearer: string): { stop(): Promise<{ posted: number; approved: number }> } {
  const child: ChildProcess = spawn(process.execPath, ['bench/load.ts', BASE, SITE, MEASURED, bearer], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk
  })
  return {
    async stop() {
      await stop(child)
      return JSON.parse(said) as { posted: number; approved: number }
    },
  }
}

/** The bytes of an answer as they travel; fetch would decode them. */
function raw(address: string, headers: Record<string, string>): Promise<{ body: Uint8Array; etag: string }> {
  return new Promise((resolve, reject) => {
    request(`${BASE}${address}`, { headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve({ body: new Uint8Array(Buffer.concat(chunks)), etag: response.headers.etag ?? '' }))
    })
      .on('error', reject)
      .end()
  })
}
