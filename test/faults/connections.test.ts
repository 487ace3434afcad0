// Thousands of idle and half-open connections, held from other processes, while an honest reader asks on: nobody waits, memory
// stays bounded, and stalled requests are ended. The whole crowd comes with "npm run test:faults", a part of it each time.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { quantile, type Server, serve, statusOf, stop } from '../support/ask.ts'
import { type Machine, newMachine } from '../support/server.ts'

const SITE = 'phuong-may'
const isWhole = process.env.YKIEN_FAULTS === 'whole'
const CROWD = isWhole ? { idle: 9_000, halfOpen: 2_000 } : { idle: 900, halfOpen: 200 }
/** How long the crowd stays: longer than every time limit of the server. */
const STAY_MS = isWhole ? 25_000 : 12_000
const LIMITS = { p99Ms: 100, growthMb: 100 }
/** Files a process needs besides its connections. */
const SPARE_FILES = 500
/** Longest time a request may take to send its headers, and the time until the server looks. */
const HEADERS_MS = 10_000
const CHECKED_MS = 5_000

let machine: Machine
let server: Server
beforeAll(async () => {
  const allowed = Number(execFileSync('sh', ['-c', 'ulimit -Hn'], { encoding: 'utf8' }).replace('unlimited', '1000000'))
  const needed = CROWD.idle + CROWD.halfOpen + SPARE_FILES
  if (allowed < needed)
    throw new Error(
      `this test holds ${needed} open files and the system allows ${allowed}: raise it with "ulimit -Hn ${needed}" or in limits.conf`,
    )
  machine = await newMachine(SITE)
  server = await serve(machine.env)
})
afterAll(async () => {
  if (server.process.exitCode !== null || server.process.signalCode !== null)
    console.log(`the server ended by itself: ${JSON.stringify(await server.ended)} ${server.said()}`)
  await stop(server)
  machine.remove()
})

const residentMb = () => Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${server.process.pid}/status`, 'utf8'))?.[1]) / 1024
const connectionsHeld = () => execFileSync('sh', ['-c', `ls /proc/${server.process.pid}/fd | wc -l`], { encoding: 'utf8' }).trim()
const wait = (ms: number) => new Promise((next) => setTimeout(next, ms))

function startCrowd(): { child: ChildProcess; ready: Promise<void> } {
  const script = `ulimit -n $(ulimit -Hn); exec "${process.execPath}" "${resolve('test/support/connections.ts')}" ${new URL(machine.base).port} ${CROWD.idle} ${CROWD.halfOpen}`
  const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ready = new Promise<void>((done, fail) => {
    child.stdout.on('data', (chunk: Buffer) => chunk.toString().includes('ready') && done())
    child.once('exit', (code) => fail(new Error(`the crowd ended with ${code}`)))
  })
  return { child, ready }
}

/** Asks until told to stop, a new connection every few requests; gives how long each took. */
async function askHonestly(isOver: () => boolean): Promise<number[]> {
  const waits: number[] = []
  while (!isOver()) {
    const askedAt = performance.now()
    expect(await statusOf(machine, `/api/v1/sites/${SITE}/threads?key=bai-1`)).toBe(200)
    waits.push(performance.now() - askedAt)
    await wait(10)
  }
  return waits
}

describe('a crowd of connections', () => {
  it(`of ${CROWD.idle} idle and ${CROWD.halfOpen} half-open ones keeps no honest reader waiting and takes little memory`, async () => {
    let isWarm = false
    const warming = askHonestly(() => isWarm)
    await wait(2_000)
    isWarm = true
    const alone = await warming
    const before = residentMb()
    const { child, ready } = startCrowd()
    await ready
    const held = Number(connectionsHeld())
    let isOver = false
    const asking = askHonestly(() => isOver)
    const atRest = residentMb()
    let highest = atRest
    for (let passed = 0; passed < STAY_MS; passed += 500) {
      await wait(500)
      highest = Math.max(highest, residentMb())
    }
    isOver = true
    const waits = await asking
    child.kill('SIGTERM')
    console.log(
      `${held} files open with ${CROWD.idle} idle and ${CROWD.halfOpen} half-open connections: ${waits.length} honest requests, p50 ${quantile(waits, 0.5).toFixed(1)} ms, p99 ${quantile(waits, 0.99).toFixed(1)} ms (alone ${quantile(alone, 0.99).toFixed(1)} ms), worst ${Math.max(...waits).toFixed(0)} ms; memory ${before.toFixed(0)} → ${atRest.toFixed(0)} MB with all of them, ${highest.toFixed(0)} MB at most`,
    )
    expect(held).toBeGreaterThan((CROWD.idle + CROWD.halfOpen) * 0.8)
    expect(quantile(waits, 0.99)).toBeLessThan(LIMITS.p99Ms)
    expect(highest - before).toBeLessThan(LIMITS.growthMb)
  })

  it('is let go of when it leaves', async () => {
    await wait(1_000)
    expect(Number(connectionsHeld())).toBeLessThan(200)
  })

  it('cannot keep a connection open by sending its headers for ever', async () => {
    const startedAt = performance.now()
    const answer = await new Promise<string>((done) => {
      let heard = ''
      const socket = connect({ port: Number(new URL(machine.base).port), host: '127.0.0.1' }, () =>
        socket.write('GET / HTTP/1.1\r\nhost: x\r\n'),
      )
      const drip = setInterval(() => socket.write('x-slow: 1\r\n'), 500)
      socket.on('data', (chunk) => {
        heard += chunk.toString()
      })
      socket.on('error', () => {})
      socket.on('close', () => {
        clearInterval(drip)
        done(heard)
      })
    })
    const tookMs = performance.now() - startedAt
    console.log(`endless headers: ended after ${tookMs.toFixed(0)} ms with "${answer.split('\r\n')[0]}"`)
    expect(answer).toMatch(/^HTTP\/1\.1 408 /)
    expect(tookMs).toBeLessThan(HEADERS_MS + CHECKED_MS + 2_000)
  })

  it('is closed when it says nothing for long, while a word that comes late and in pieces is heard', async () => {
    const port = Number(new URL(machine.base).port)
    const startedAt = performance.now()
    const silent = connect({ port, host: '127.0.0.1' }).resume()
    const closed = once(silent, 'close')
    const late = connect({ port, host: '127.0.0.1' })
    let heard = ''
    late.on('data', (chunk) => {
      heard += chunk.toString()
    })
    for (const piece of ['G', 'ET /healthz HT', 'TP/1.1\r\nhost: x\r\nconnection: close\r\n', '\r\n']) {
      await wait(200)
      late.write(piece)
    }
    await once(late, 'close')
    expect(heard).toMatch(/^HTTP\/1\.1 200 /)
    await closed
    expect(performance.now() - startedAt).toBeLessThan(HEADERS_MS + 2_000)
  })

  it('cannot send headers without end', async () => {
    const response = await fetch(`${machine.base}/healthz`, { headers: { 'x-large': 'x'.repeat(20_000) } })
    expect(response.status).toBe(431)
  })
})

describe('connections beyond the most that are held', () => {
  it('are closed at once, and those that are there are served', async () => {
    const small = await newMachine(SITE, { YKIEN_MAX_CONNECTIONS: '10' })
    const limited = await serve(small.env)
    const port = Number(new URL(small.base).port)
    let closed = 0
    const sockets = Array.from({ length: 20 }, () => {
      const socket = connect({ port, host: '127.0.0.1' })
      socket.on('error', () => {})
      socket.on('close', () => closed++)
      return socket
    })
    await expect.poll(() => closed, { timeout: 5_000 }).toBe(10)
    for (const socket of sockets) socket.destroy()
    await expect.poll(() => statusOf(small, '/healthz').catch(() => 0), { timeout: 5_000 }).toBe(200)
    expect(await stop(limited)).toBe(0)
    small.remove()
  })
})

describe('SIGTERM with YKIEN_DRAIN_SECONDS', () => {
  it('serves on while /readyz says 503, and ends well and soon', async () => {
    const draining = await newMachine(SITE, { YKIEN_DRAIN_SECONDS: '2' })
    const leaving = await serve(draining.env)
    const silent = connect({ port: Number(new URL(draining.base).port), host: '127.0.0.1' }).resume()
    await once(silent, 'connect')
    expect(await statusOf(draining, '/readyz')).toBe(200)
    leaving.process.kill('SIGTERM')
    const toldAt = performance.now()
    await leaving.heard(/"event":"stopping"/)
    expect(await statusOf(draining, '/readyz')).toBe(503)
    expect(await statusOf(draining, `/api/v1/sites/${SITE}/threads?key=bai-1`)).toBe(200)
    expect((await leaving.ended).code).toBe(0)
    // A connection that says nothing would hold the end up until its limit.
    expect(performance.now() - toldAt).toBeLessThan(HEADERS_MS - 2_000)
    draining.remove()
  })
})
