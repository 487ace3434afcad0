// A full disk: nothing is acknowledged that is not kept, reading goes on, and sending works again when there is room, without a
// restart. On a small file system of its own, which only root can mount: elsewhere these tests fail, they are not left out.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run, type Server, send, serve, statusOf, stop } from '../support/ask.ts'
import { type Machine, newMachine } from '../support/server.ts'

const SITE = 'phuong-may'
const DISK_BYTES = 5 * 1024 * 1024
const LARGER_BYTES = 12 * 1024 * 1024
/** More than fit on the disk; reaching it means the disk never filled. */
const MAX_SENT = 3_000

/** The answer to "ready?" holds for a second. */
const READY_HOLDS_MS = 1_100
const READY_TRIES = 10

let machine: Machine
let server: Server
const disk = join(mkdtempSync(join(tmpdir(), 'ykien-disk-')), 'disk')

beforeAll(async () => {
  mkdirSync(disk)
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', disk], { encoding: 'utf8' })
  if (mounted.status !== 0)
    throw new Error(
      `the full-disk tests need a file system of their own, and "mount" says: ${mounted.stderr || mounted.error}; run them as root`,
    )
  machine = await newMachine(SITE)
  machine.env.YKIEN_DATABASE = `file:${disk}/ykien.db`
  run(machine.env, 'site', 'add', SITE, '--name', 'Phường Máy', '--origin', 'https://phuongmay.example')
  server = await serve(machine.env)
})
afterAll(() => {
  server?.process.kill('SIGKILL')
  spawnSync('umount', ['-l', disk])
  rmSync(join(disk, '..'), { recursive: true, force: true })
  machine?.remove()
})

const acknowledged: string[] = []
const idsOnDisk = () => {
  const database = new Database(`${disk}/ykien.db`, { readonly: true })
  const ids = new Set((database.prepare('SELECT id FROM comment').all() as { id: string }[]).map(({ id }) => id))
  database.close()
  return ids
}

describe('a full disk', () => {
  it('answers sending with 503 and JSON, and acknowledges nothing that is not on it', async () => {
    let refused = 0
    for (let sent = 0; sent < MAX_SENT && refused < 50; sent++) {
      const { status, answer } = await send(machine, SITE, `Ý kiến số ${sent}: ${'đầy đĩa '.repeat(100)}`)
      if (status === 202) acknowledged.push(answer.comment?.id ?? '')
      else {
        refused++
        expect({ status, code: answer.code }).toEqual({ status: 503, code: 'busy' })
      }
    }
    const kept = idsOnDisk()
    console.log(`full disk of 5 MB: ${acknowledged.length} acknowledged, all kept; ${refused} answered 503`)
    expect(refused).toBe(50)
    expect(acknowledged.length).toBeGreaterThan(20)
    expect(acknowledged.filter((id) => !kept.has(id))).toEqual([])
  })

  it('is read on as if nothing were', async () => {
    for (const path of [
      '/healthz',
      `/api/v1/sites/${SITE}`,
      `/api/v1/sites/${SITE}/threads?key=bai-1`,
      `/feeds/${SITE}.atom`,
      `/r/${SITE}?key=bai-1`,
    ])
      expect(await statusOf(machine, path), path).toBe(200)
  })

  it('makes /readyz say that nothing can be written', async () => {
    // The check writes less than a comment does, so it may pass a few times more before the last pages are taken.
    let response = await fetch(`${machine.base}/readyz`)
    for (let asked = 1; asked < READY_TRIES && response.status === 200; asked++) {
      await new Promise((next) => setTimeout(next, READY_HOLDS_MS))
      await send(machine, SITE, 'Ý kiến ngắn.')
      response = await fetch(`${machine.base}/readyz`)
    }
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ failed: ['write'], checks: { read: true, write: false } })
  })

  it('that has room again is written to again, without a restart, and is whole', async () => {
    execFileSync('mount', ['-o', `remount,size=${LARGER_BYTES}`, disk])
    const { status, answer } = await send(machine, SITE, 'Ý kiến khi đĩa lại có chỗ.')
    expect(status).toBe(202)
    acknowledged.push(answer.comment?.id ?? '')
    await new Promise((next) => setTimeout(next, READY_HOLDS_MS))
    expect(await statusOf(machine, '/readyz')).toBe(200)
    expect(await stop(server)).toBe(0)
    const database = new Database(`${disk}/ykien.db`)
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(database.pragma('foreign_key_check')).toEqual([])
    database.close()
    const kept = idsOnDisk()
    expect(acknowledged.filter((id) => !kept.has(id))).toEqual([])
  })
})

describe('the disk', () => {
  /** How often the server asked the disk to hold something, for each acknowledged comment of this many senders. */
  async function syncsEach(senders: number, each: number): Promise<number> {
    const machineOnDisk = await newMachine(SITE)
    const trace = `${machineOnDisk.database}.trace`
    // With -D the process started is the server itself, so that ending it leaves nothing behind; only the calls asked for are stopped at.
    // The second opening of the file: SQLite's own default would be weaker then.
    const under = [straceOrThrow(), '-D', '-f', '--seccomp-bpf', '-o', trace, '-e', 'trace=fdatasync,fsync']
    const watched = await serve(machineOnDisk.env, [], under)
    const calls = () => readFileSync(trace, 'utf8').match(/f(?:data)?sync\(/g)?.length ?? 0
    await send(machineOnDisk, SITE, 'Ý kiến mở đầu.')
    const before = calls()
    await Promise.all(
      Array.from({ length: senders }, async (_, sender) => {
        for (let sent = 0; sent < each; sent++)
          expect((await send(machineOnDisk, SITE, `Ý kiến ghi xuống đĩa ${sender}-${sent}.`)).status).toBe(202)
      }),
    )
    const synced = calls() - before
    expect(await stop(watched)).toBe(0)
    machineOnDisk.remove()
    console.log(
      `durability: ${senders} senders of ${each}, ${synced} calls, ${(synced / (senders * each)).toFixed(3)} for each acknowledged comment`,
    )
    return synced / (senders * each)
  }

  it('is asked to hold each acknowledged comment: at least one fdatasync a comment from one sender', async () => {
    expect(await syncsEach(1, 100)).toBeGreaterThanOrEqual(1)
  })

  it('is asked once for what comes together: less than a fifth of a call a comment from 64 senders', async () => {
    expect(await syncsEach(64, 20)).toBeLessThan(0.2)
  })
})

/** strace, from Debian where it is missing. */
function straceOrThrow(): string {
  const find = () => spawnSync('sh', ['-c', 'command -v strace'], { encoding: 'utf8' }).stdout.trim()
  if (find() === '') spawnSync('sh', ['-c', 'apt-get update && apt-get install -y --no-install-recommends strace'], { stdio: 'ignore' })
  const path = find()
  if (path === '') throw new Error('strace is missing and could not be installed: run "apt-get install strace" as root')
  return path
}
