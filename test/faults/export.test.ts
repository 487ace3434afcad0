// A site's export is whole, of one moment, its own and nobody else's, and says so by itself.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run, send, serve, stop } from '../support/ask.ts'
import { fill } from '../support/fill.ts'
import { type Machine, newMachine } from '../support/server.ts'

const SITE = 'phuong-may'
const OTHER = 'xa-khac'
const COMMENTS = 20_000
/** Megabytes of heap: the program itself takes half of it, the file is larger than all of it. */
const HEAP_MB = 40

type Line = {
  schema?: string
  site?: string
  end?: boolean
  counts?: Record<string, number>
  sha256?: string
  table: string
  row: Record<string, unknown>
}

let machine: Machine
const other = (name: string) => join(dirname(machine.database), name)
const linesOf = (path: string) =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)

beforeAll(async () => {
  machine = await newMachine(SITE)
  fill(machine.database, COMMENTS)
  machine.command('site', 'add', OTHER, '--name', 'Xã Khác', '--origin', 'https://xakhac.example')
  machine.command('token', 'add', '--site', SITE, '--role', 'moderator', '--name', 'Máy')
  machine.command('staff', 'invite', 'canbo@phuongmay.example', '--site', SITE, '--role', 'moderator')
})
afterAll(() => machine.remove())

describe('ykien export', () => {
  it('writes a site as it is at one moment while others write, and only that site', async () => {
    const server = await serve(machine.env)
    const contact = await fetch(`${machine.base}/api/v1/sites/${SITE}/comments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ article: { key: 'bai-1' }, body: 'Có thư điện tử.', author: { email: 'nguoi.gui@example.com' } }),
    })
    expect(contact.status).toBe(202)
    await send(machine, OTHER, 'Ý kiến của xã khác.')
    let isOver = false
    let sent = 0
    const writer = (async () => {
      for (; !isOver; sent++) expect((await send(machine, SITE, `Gửi trong khi xuất ${sent}.`)).status).toBe(202)
    })()
    const startedAt = performance.now()
    const child = spawn(
      process.execPath,
      [`--max-old-space-size=${HEAP_MB}`, resolve('bin/ykien.js'), 'export', '--site', SITE, '--out', other('site.ndjson')],
      {
        env: machine.env,
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    )
    let said = ''
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    const status = await new Promise((done) => child.once('close', done))
    const tookMs = performance.now() - startedAt
    isOver = true
    await writer
    await stop(server)
    expect(status, said).toBe(0)
    expect(said).toContain('rows')

    const lines = linesOf(other('site.ndjson'))
    const [header, ...rest] = lines
    const trailer = rest.pop()
    expect(header).toMatchObject({ schema: 'ykien-export/1', site: SITE })
    const counts = Object.fromEntries(
      Object.entries(Object.groupBy(rest, ({ table }) => table)).map(([table, rows]) => [table, rows?.length]),
    )
    expect(trailer).toMatchObject({ end: true, counts: { ...counts, pending_publication: 0 } })
    // One moment: no comment without its text and its first fact, although some were written meanwhile.
    expect(counts.comment).toBeGreaterThanOrEqual(COMMENTS + 1)
    expect(counts.revision).toBe(counts.comment)
    expect(counts.fact).toBe((counts.comment ?? 0) + COMMENTS)
    expect(counts.settlement).toBe(COMMENTS)
    const megabytes = statSync(other('site.ndjson')).size / 1024 / 1024
    console.log(
      `export: ${rest.length} rows, ${megabytes.toFixed(0)} MB in ${tookMs.toFixed(0)} ms with a heap of ${HEAP_MB} MB, while ${sent} comments were sent`,
    )
    expect(megabytes).toBeGreaterThan(HEAP_MB)

    const text = readFileSync(other('site.ndjson'), 'utf8')
    expect(new Set(rest.map(({ table }) => table))).toEqual(
      new Set(['site', 'site_origin', 'thread', 'comment', 'revision', 'fact', 'settlement', 'audit']),
    )
    expect(text.match(/.{0,200}(?:xã khác|nguoi\.gui|token_hash|"yk_).{0,50}/i)?.[0]).toBeUndefined()
    expect(statSync(other('site.ndjson')).mode & 0o777).toBe(0o600)
  })

  it('puts rows after those they refer to', () => {
    const seen = new Set<unknown>()
    const early: string[] = []
    for (const { table, row } of linesOf(other('site.ndjson')).slice(1, -1)) {
      for (const column of ['site_id', 'thread_id', 'comment_id', 'decision_id'])
        if (typeof row[column] === 'string' && !seen.has(row[column])) early.push(`${table}.${column}`)
      seen.add(row.id)
    }
    expect(early).toEqual([])
  })

  it('carries the SHA-256 of every byte before its last line', () => {
    const text = readFileSync(other('site.ndjson'), 'utf8')
    const end = text.lastIndexOf('\n', text.length - 2) + 1
    expect((JSON.parse(text.slice(end)) as Line).sha256).toBe(createHash('sha256').update(text.slice(0, end)).digest('hex'))
  })

  it('goes to stdout without --out', () => {
    const { status, stdout } = run(machine.env, 'export', '--site', OTHER)
    expect(status).toBe(0)
    writeFileSync(other('other.ndjson'), `${stdout}\n`)
    expect(run(machine.env, 'export', '--verify', other('other.ndjson')).status).toBe(0)
  })

  it('overwrites nothing, and makes no file for a site that is not there', () => {
    const before = statSync(other('site.ndjson')).mtimeMs
    expect(run(machine.env, 'export', '--site', SITE, '--out', other('site.ndjson')).stderr).toContain('is not overwritten')
    expect(statSync(other('site.ndjson')).mtimeMs).toBe(before)
    const { status, stderr } = run(machine.env, 'export', '--site', 'khong-co', '--out', other('none.ndjson'))
    expect(status).toBe(1)
    expect(stderr).toContain('there is no site "khong-co"')
    expect(existsSync(other('none.ndjson'))).toBe(false)
  })
})

describe('ykien export --verify', () => {
  it('accepts a whole file and prints its counts', () => {
    const { status, stdout } = run(machine.env, 'export', '--verify', other('site.ndjson'))
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ site: SITE, counts: { site: 1, settlement: COMMENTS } })
  })

  it.each([
    ['a changed letter', (text: string) => text.replace('Bài đầy', 'Bài đẩy'), /was changed/],
    ['a missing row', (text: string) => text.replace(/\{"table":"revision".*\n/, ''), /rows of revision/],
    ['a missing end', (text: string) => text.slice(0, text.length - 500), /no JSON object|without a trailer/],
    ['a missing trailer', (text: string) => text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1), /without a trailer/],
    ['rows after its end', (text: string) => `${text}{"table":"comment","row":{}}\n`, /goes on after its trailer/],
    ['another shape', () => '{"hello":1}\n', /is no export of this version/],
  ])('refuses a file with %s', (_name, change, words) => {
    writeFileSync(other('changed.ndjson'), change(readFileSync(other('site.ndjson'), 'utf8')))
    const { status, stderr } = run(machine.env, 'export', '--verify', other('changed.ndjson'))
    expect(status).toBe(1)
    expect(stderr).toMatch(words)
  })

  it('refuses an empty file', () => {
    writeFileSync(other('changed.ndjson'), '')
    truncateSync(other('changed.ndjson'), 0)
    expect(run(machine.env, 'export', '--verify', other('changed.ndjson')).status).toBe(1)
  })
})
