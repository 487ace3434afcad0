// What must not be served: a database file that is damaged, or none. The program says so in one line and leaves every byte as it is.
import { createHash } from 'node:crypto'
import { closeSync, copyFileSync, openSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run, send, serve, statusOf, stop } from '../support/ask.ts'
import { fill } from '../support/fill.ts'
import { type Machine, newMachine } from '../support/server.ts'

const SITE = 'phuong-may'
const PAGE = 4096
/** Above the size that is checked whole before the start. */
const LARGE_COMMENTS = 60_000

let machine: Machine
let sound: string
beforeAll(async () => {
  machine = await newMachine(SITE)
  fill(machine.database, 2_000)
  sound = `${machine.database}.sound`
  copyFileSync(machine.database, sound)
})
afterAll(() => machine.remove())

const hash = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

function overwrite(path: string, offset: number, bytes: Buffer): void {
  const file = openSync(path, 'r+')
  writeSync(file, bytes, 0, bytes.length, offset)
  closeSync(file)
}

function damageMiddlePages(path: string): void {
  const middle = Math.floor(statSync(path).size / PAGE / 2)
  for (let page = 0; page < 3; page++) overwrite(path, (middle + page) * PAGE, Buffer.alloc(PAGE, 0xa5))
}

const DAMAGES: [string, (path: string) => void, RegExp][] = [
  ['whose header is overwritten', (path) => overwrite(path, 0, Buffer.alloc(100, 0xff)), /is no SQLite database; .*ykien restore/],
  ['with three bad pages in the middle', damageMiddlePages, /is damaged \(.+\); .*ykien restore/],
  [
    'that is cut in half',
    (path) => truncateSync(path, Math.floor(statSync(path).size / PAGE / 2) * PAGE),
    /is damaged \(.+\); .*ykien restore/,
  ],
  ['that is empty', (path) => truncateSync(path, 0), /is an empty file.*ykien restore.*a database that is missing is made anew/],
  ['that is a text', (path) => writeFileSync(path, 'Đây là một tệp văn bản.\n'.repeat(500)), /is no SQLite database; .*YKIEN_DATABASE/],
]

describe('a database file', () => {
  it.each(DAMAGES)('%s is refused in one line that names the next step, and not a byte of it changes', (_name, damage, words) => {
    copyFileSync(sound, machine.database)
    damage(machine.database)
    const before = hash(machine.database)
    const { status, stdout, stderr } = run(machine.env, 'serve')
    expect(status).toBe(1)
    expect(stdout).toBe('')
    expect(stderr.split('\n')).toHaveLength(1)
    expect(stderr).toMatch(words)
    expect(stderr).toContain(machine.database)
    expect(hash(machine.database)).toBe(before)
  })

  it.each(['site add khac --name Khác --origin https://khac.example', 'migrate', 'doctor', 'tick'])(
    'that is empty is made no database by "ykien %s" either',
    (command) => {
      writeFileSync(machine.database, '')
      expect(run(machine.env, ...command.split(' ')).status).toBe(1)
      expect(statSync(machine.database).size).toBe(0)
    },
  )

  it('that is missing is made', async () => {
    const other = await newMachine(SITE)
    rmSync(other.database)
    const server = await serve(other.env)
    expect(await statusOf(other, '/readyz')).toBe(200)
    expect(await stop(server)).toBe(0)
    other.remove()
  })

  it('with bad pages is read with --allow-corrupt, and every write answers 503', async () => {
    copyFileSync(sound, machine.database)
    damageMiddlePages(machine.database)
    const before = hash(machine.database)
    const server = await serve(machine.env, ['--allow-corrupt'])
    expect(await statusOf(machine, `/api/v1/sites/${SITE}`)).toBe(200)
    const sent = await send(machine, SITE, 'Gửi vào tệp hỏng.')
    expect(sent.status).toBe(503)
    expect(sent.answer).toMatchObject({ code: 'busy' })
    expect(await statusOf(machine, '/readyz')).toBe(503)
    expect(await stop(server)).toBe(0)
    expect(hash(machine.database)).toBe(before)
  })

  it('that is large is served at once and checked meanwhile; damage is said in the log', async () => {
    const large = await newMachine(SITE)
    fill(large.database, LARGE_COMMENTS)
    const megabytes = statSync(large.database).size / 1024 / 1024
    expect(megabytes).toBeGreaterThan(64)
    const sane = await serve(large.env)
    expect(await sane.heard(/"event":"database\.checked"/)).toMatch(/took_ms/)
    await stop(sane)
    damageMiddlePages(large.database)
    const startedAt = performance.now()
    const damaged = await serve(large.env)
    const tookMs = performance.now() - startedAt
    expect(await damaged.heard(/"event":"database\.damaged"/)).toMatch(/ykien restore/)
    console.log(
      `start with ${megabytes.toFixed(0)} MB: ${tookMs.toFixed(0)} ms; damage said after ${(performance.now() - startedAt).toFixed(0)} ms`,
    )
    await stop(damaged)
    large.remove()
  })
})
