// A backup made while the service writes is whole and can be put back; nothing that is there is ever overwritten.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, readdirSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { quantile, run, send, serve, statusOf, stop } from '../support/ask.ts'
import { fill } from '../support/fill.ts'
import { type Machine, newMachine } from '../support/server.ts'

const SITE = 'phuong-may'
const TOKEN = 'a-token-of-the-operator'
/** Makes a database of about 140 MB. */
const COMMENTS = 50_000
const BACKUP_LIMIT_MS = 15_000
/** Far below the time the copy takes, far above what a busy machine adds by itself. */
const READ_LIMIT_MS = 500

let machine: Machine
const other = (name: string) => join(dirname(machine.database), name)
beforeAll(async () => {
  machine = await newMachine(SITE, { YKIEN_METRICS_TOKEN: TOKEN })
  fill(machine.database, COMMENTS)
})
afterAll(() => machine.remove())

/** Commits to the same file from a process of its own, as fast as the disk allows, and says how many at the end. */
function startWriter(path: string): { stop(): Promise<number> } {
  const code = `
    import Database from 'better-sqlite3'
    const database = new Database(process.argv[1], { timeout: 2000 })
    database.pragma('synchronous = NORMAL')
    const insert = database.prepare("INSERT INTO audit (id, site_id, action, subject_kind, subject_id, actor_kind, detail, created_at) VALUES (?, NULL, 'test', 'test', 'test', 'system', '{}', '')")
    let commits = 0
    const write = () => { for (let n = 0; n < 20; n++) insert.run('writer-' + commits++); setTimeout(write, 10) }
    process.on('SIGTERM', () => { console.log(commits); process.exit(0) })
    write()`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code, path], {
    cwd: resolve('.'),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  return {
    stop: () =>
      new Promise((done) => {
        child.once('close', () => done(Number(said)))
        child.kill('SIGTERM')
      }),
  }
}

function spawned(...args: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [resolve('bin/ykien.js'), ...args], { env: machine.env, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  return new Promise((done) => child.once('close', (status) => done({ status, stdout: stdout.trim(), stderr: stderr.trim() })))
}

describe('ykien backup', () => {
  it('copies whole what was acknowledged before it began, while others write, and holds no reader up', async () => {
    const server = await serve(machine.env)
    const acknowledged: string[] = []
    for (let sent = 0; sent < 50; sent++)
      acknowledged.push((await send(machine, SITE, `Ý kiến trước khi sao lưu ${sent}.`)).answer.comment?.id ?? '')
    const writer = startWriter(machine.database)
    const writerStartedAt = performance.now()
    const waits: number[] = []
    let isOver = false
    const reader = (async () => {
      while (!isOver) {
        const askedAt = performance.now()
        expect(await statusOf(machine, `/api/v1/sites/${SITE}`)).toBe(200)
        waits.push(performance.now() - askedAt)
        await new Promise((next) => setTimeout(next, 5))
      }
    })()
    const startedAt = performance.now()
    const { status, stdout, stderr } = await spawned('backup', other('copy.db'))
    const tookMs = performance.now() - startedAt
    isOver = true
    await reader
    const commits = await writer.stop()
    const perSecond = commits / ((performance.now() - writerStartedAt) / 1_000)
    await stop(server)
    expect(status, stderr).toBe(0)

    const told = JSON.parse(stdout) as { path: string; bytes: number; sha256: string; comments: number }
    expect(told).toMatchObject({ path: other('copy.db'), bytes: statSync(other('copy.db')).size })
    expect(told.sha256).toBe(
      createHash('sha256')
        .update(readFileSync(other('copy.db')))
        .digest('hex'),
    )
    expect(statSync(other('copy.db')).mode & 0o777).toBe(0o600)
    const copy = new Database(other('copy.db'), { readonly: true })
    const find = copy.prepare('SELECT 1 FROM comment WHERE id = ?')
    expect(acknowledged.filter((id) => find.get(id) === undefined)).toEqual([])
    expect(copy.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(told.comments).toBe(COMMENTS + acknowledged.length)
    copy.close()
    console.log(
      `backup: ${(told.bytes / 1024 / 1024).toFixed(0)} MB in ${tookMs.toFixed(0)} ms beside ${perSecond.toFixed(0)} commits a second; reads meanwhile p99 ${quantile(waits, 0.99).toFixed(0)} ms, worst ${Math.max(...waits).toFixed(0)} ms`,
    )
    expect(tookMs).toBeLessThan(BACKUP_LIMIT_MS)
    // A copy made in the service's own process would hold every reader up for more than a second.
    expect(Math.max(...waits)).toBeLessThan(READ_LIMIT_MS)
    expect(readdirSync(dirname(machine.database)).filter((name) => name.includes('partial'))).toEqual([])
  })

  it('overwrites nothing', () => {
    const before = statSync(other('copy.db')).mtimeMs
    const { status, stderr } = run(machine.env, 'backup', other('copy.db'))
    expect(status).toBe(1)
    expect(stderr).toContain('is not overwritten')
    expect(statSync(other('copy.db')).mtimeMs).toBe(before)
  })

  it('leaves no file behind when the database cannot be copied', async () => {
    const broken = await newMachine(SITE)
    fill(broken.database, 2_000)
    truncateSync(broken.database, 40_960)
    const { status, stderr } = run(broken.env, 'backup', `${broken.database}.copy`)
    expect(status).toBe(1)
    expect(stderr).toContain('cannot be copied')
    expect(existsSync(`${broken.database}.copy`)).toBe(false)
    expect(readdirSync(dirname(broken.database)).filter((name) => name.includes('partial'))).toEqual([])
    broken.remove()
  })
})

describe('ykien restore', () => {
  it('puts a backup where there is no database, and the service serves it', async () => {
    const target = other('restored/ykien.db')
    const { status, stdout, stderr } = run(machine.env, 'restore', other('copy.db'), '--to', `file:${target}`)
    expect(status, stderr).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ path: target, comments: COMMENTS + 50 })
    const server = await serve({ ...machine.env, YKIEN_DATABASE: `file:${target}` })
    expect(await statusOf(machine, '/readyz')).toBe(200)
    expect(await statusOf(machine, `/api/v1/sites/${SITE}/threads?key=day&limit=5`)).toBe(200)
    expect((await send(machine, SITE, 'Gửi sau khi khôi phục.')).status).toBe(202)
    expect(await stop(server)).toBe(0)
  })

  it('refuses a database that is there', () => {
    const before = createHash('sha256').update(readFileSync(machine.database)).digest('hex')
    const { status, stderr } = run(machine.env, 'restore', other('copy.db'), '--to', `file:${machine.database}`)
    expect(status).toBe(1)
    expect(stderr).toContain('--replace')
    expect(createHash('sha256').update(readFileSync(machine.database)).digest('hex')).toBe(before)
  })

  it('refuses while a server has the database open, also when asked to replace it', async () => {
    const server = await serve(machine.env)
    const { status, stderr } = run(machine.env, 'restore', other('copy.db'), '--to', `file:${machine.database}`, '--replace')
    expect(status).toBe(1)
    expect(stderr).toContain('stop the service first')
    expect((await send(machine, SITE, 'Vẫn gửi được.')).status).toBe(202)
    await stop(server)
  })

  it('with --replace moves the old database aside whole', async () => {
    const server = await serve(machine.env)
    const late = (await send(machine, SITE, 'Ý kiến mới nhất.')).answer.comment?.id
    server.process.kill('SIGKILL')
    await server.ended
    expect(existsSync(`${machine.database}-wal`)).toBe(true)
    const { status, stderr } = run(machine.env, 'restore', other('copy.db'), '--to', `file:${machine.database}`, '--replace')
    expect(status, stderr).toBe(0)
    const aside = /the old database is now (\S+)/.exec(stderr)?.[1] ?? ''
    const old = new Database(aside)
    expect(old.prepare('SELECT 1 AS found FROM comment WHERE id = ?').get(late)).toEqual({ found: 1 })
    expect(old.pragma('quick_check', { simple: true })).toBe('ok')
    old.close()
    const restored = new Database(machine.database, { readonly: true })
    expect(restored.prepare('SELECT count(*) AS n FROM comment').get()).toEqual({ n: COMMENTS + 50 })
    restored.close()
    expect(statSync(machine.database).mode & 0o777).toBe(0o600)
  })

  it('refuses a damaged backup and touches nothing', () => {
    copyFileSync(other('copy.db'), other('damaged.db'))
    truncateSync(other('damaged.db'), 4096 * 1_000)
    const before = readdirSync(dirname(machine.database)).sort()
    const { status, stderr } = run(machine.env, 'restore', other('damaged.db'), '--to', `file:${machine.database}`, '--replace')
    expect(status).toBe(1)
    expect(stderr).toMatch(/take an(?:other| older) backup/)
    expect(readdirSync(dirname(machine.database)).sort()).toEqual(before)
  })

  it('puts a backup in the place of a damaged database', async () => {
    truncateSync(machine.database, 4096 * 1_000)
    expect(run(machine.env, 'restore', other('copy.db'), '--to', `file:${machine.database}`, '--replace').status).toBe(0)
    const server = await serve(machine.env)
    expect((await send(machine, SITE, 'Sau khi thay tệp hỏng.')).status).toBe(202)
    expect(await stop(server)).toBe(0)
  })
})
