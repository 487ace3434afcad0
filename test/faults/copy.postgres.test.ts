// An installation goes from SQLite to PostgreSQL and back and is the same, also when the copying was killed half-way or the service
// went on meanwhile; a copy that is not whole is served by nobody. All 200,000 comments come with "npm run test:faults".
import { copyFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'better-sqlite3'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newDatabase } from '#platform'
import type { Copied } from '../../src/platform/copy.ts'
import { run, send, serve, stop } from '../support/ask.ts'
import { type CopyRun, copy, exportHash, install, live, startCopy } from '../support/installation.ts'
import { type Machine, newMachine } from '../support/server.ts'

const SITE = 'phuong-may'
const COMMENTS = process.env.YKIEN_FAULTS === 'whole' ? 200_000 : 3_000
const PEAK_MB = 300
const LONG_MS = 3_600_000

let machine: Machine
let original: string
let address: string
beforeAll(async () => {
  machine = await newMachine(SITE)
  await install(machine, SITE, COMMENTS)
  original = `file:${machine.database}`
  address = await newDatabase()
}, LONG_MS)
afterAll(() => machine.remove())

const file = (name: string) => join(dirname(machine.database), name)
const reported = ({ status, stdout, stderr }: CopyRun) => {
  expect(status, stderr).toBe(0)
  return JSON.parse(stdout) as Copied
}
const measured = (way: string, { tookMs, peakMb }: CopyRun, { put }: Copied) =>
  console.log(`${way}: ${put} rows of ${COMMENTS} comments in ${(tookMs / 1_000).toFixed(1)} s, ${peakMb.toFixed(0)} MB at most`)
async function ask<Answer>(statement: string): Promise<Answer> {
  const client = new pg.Client({ connectionString: address })
  await client.connect()
  try {
    return (await client.query(statement)).rows[0] as Answer
  } finally {
    await client.end()
  }
}

/** Kills a copy when the target has half of the comments; gives how many it has then. */
async function killHalfWay(from: string, to: string, countOf: (table: string) => Promise<number>): Promise<number> {
  const copying = startCopy(machine, from, to)
  for (; (await countOf('comment')) < COMMENTS / 2; await new Promise((next) => setTimeout(next, 20)))
    if (copying.process.exitCode !== null) throw new Error((await copying.ended).stderr)
  copying.process.kill('SIGKILL')
  await copying.ended
  expect(copying.process.signalCode).toBe('SIGKILL')
  return countOf('comment')
}

describe('ykien copy from SQLite to PostgreSQL', () => {
  it('killed half-way leaves a copy that no command serves or changes', async () => {
    const countOf = async (table: string) =>
      await ask<{ n: string }>(`SELECT count(*) AS n FROM ${table}`).then(
        ({ n }) => Number(n),
        () => 0,
      )
    const there = await killHalfWay(original, address, countOf)
    expect(there).toBeGreaterThan(0)
    expect(await countOf('audit')).toBe(0)
    const env = { ...machine.env, YKIEN_DATABASE: address }
    for (const args of [
      ['serve'],
      ['tick'],
      ['migrate'],
      ['site', 'add', 'moi', '--name', 'Mới', '--origin', 'https://moi.example'],
      ['doctor'],
    ]) {
      const { status, stdout, stderr } = run(env, ...args)
      expect(status, args.join(' ')).toBe(1)
      expect(stdout + stderr).toContain('copy that was not finished')
    }
    expect((await copy(machine, address, `file:${file('of-half.db')}`)).stderr).toContain('is itself a copy that was not finished')
  })

  it(
    'goes on from there when it is run again, in bounded memory, and says how far it is',
    async () => {
      const before = await ask<{ n: string }>('SELECT count(*) AS n FROM comment')
      const ran = await copy(machine, original, address)
      const report = reported(ran)
      measured('SQLite → PostgreSQL, resumed', ran, report)
      const rows = Object.values(report.tables).reduce((sum, table) => sum + table.rows, 0)
      expect(report.put).toBeLessThanOrEqual(rows - Number(before.n))
      expect(report.tables.comment?.rows).toBeGreaterThan(COMMENTS)
      for (const [table, print] of Object.entries(report.tables))
        expect(print.rows, `${table} is not tested by an empty table`).toBeGreaterThan(0)
      expect(ran.stderr).toMatch(/copying: 100 %/)
      expect(ran.peakMb).toBeLessThan(PEAK_MB)
    },
    LONG_MS,
  )

  it(
    'takes only what changed since, and takes out what is gone',
    async () => {
      await live(machine, SITE, 1)
      const database = new Database(machine.database)
      database.exec(
        "DELETE FROM pending_publication; DELETE FROM outbox WHERE id = (SELECT min(id) FROM outbox); UPDATE comment SET likes = 7 WHERE receipt_code = 'T0000005'",
      )
      database.close()
      const report = reported(await copy(machine, original, address))
      expect(report.removed).toBeGreaterThan(0)
      expect(report.put).toBeGreaterThan(20)
      expect(report.put).toBeLessThan(200)
      expect(await ask("SELECT likes FROM comment WHERE receipt_code = 'T0000005'")).toEqual({ likes: '7' })
      expect(exportHash(machine, address, SITE)).toBe(exportHash(machine, original, SITE))
    },
    LONG_MS,
  )

  it(
    'copies one moment while the service writes, and the rest when it has stopped',
    async () => {
      const server = await serve(machine.env)
      let isOver = false
      let sent = 0
      const writing = (async () => {
        for (; !isOver; sent++) expect((await send(machine, SITE, `Gửi trong khi chép ${sent}.`)).status).toBe(202)
      })()
      const during = reported(await copy(machine, original, address))
      isOver = true
      await writing
      await stop(server)
      const after = reported(await copy(machine, original, address))
      expect(sent).toBeGreaterThan(0)
      expect(after.put).toBeGreaterThan(0)
      expect(after.tables.comment?.rows).toBeGreaterThan(during.tables.comment?.rows ?? Number.NaN)
      expect(exportHash(machine, address, SITE)).toBe(exportHash(machine, original, SITE))
    },
    LONG_MS,
  )
})

describe('ykien copy from PostgreSQL to SQLite', () => {
  it(
    'killed half-way goes on, and the installation is the same as before both ways',
    async () => {
      const back = file('back.db')
      const countOf = async (table: string) => {
        try {
          const database = new Database(back, { readonly: true, fileMustExist: true })
          try {
            return (database.prepare(`SELECT count(*) AS n FROM ${table}`).get() as { n: number }).n
          } finally {
            database.close()
          }
        } catch {
          return 0
        }
      }
      expect(await killHalfWay(address, `file:${back}`, countOf)).toBeGreaterThan(0)
      expect(await countOf('audit')).toBe(0)
      expect(run({ ...machine.env, YKIEN_DATABASE: `file:${back}` }, 'serve').stderr).toContain('copy that was not finished')
      const ran = await copy(machine, address, `file:${back}`)
      const report = reported(ran)
      measured('PostgreSQL → SQLite, resumed', ran, report)
      expect(ran.peakMb).toBeLessThan(PEAK_MB)
      expect(exportHash(machine, `file:${back}`, SITE)).toBe(exportHash(machine, original, SITE))
      expect(reported(await copy(machine, original, `file:${file('other.db')}`)).tables).toEqual(report.tables)
      expect(run({ ...machine.env, YKIEN_DATABASE: `file:${back}` }, 'doctor').stdout).not.toContain('migrations differ')
    },
    LONG_MS,
  )
})

describe('ykien copy refuses', () => {
  it(
    'text that PostgreSQL cannot hold, naming table, row and column',
    async () => {
      const source = file('nul.db')
      reported(await copy(machine, original, `file:${source}`))
      const database = new Database(source)
      database.prepare("UPDATE audit SET actor_name = ? WHERE id = '01900000-0000-7000-8005-000000000003'").run('a\u0000b')
      database.close()
      const ran = await copy(machine, `file:${source}`, await newDatabase())
      expect(ran.status).toBe(1)
      expect(ran.stderr.split('\n').at(-1)).toMatch(
        /^ykien: audit 01900000-0000-7000-8005-000000000003 has the character U\+0000 in actor_name/,
      )
    },
    LONG_MS,
  )

  it('a database with tables of another program', async () => {
    const foreign = await newDatabase()
    const client = new pg.Client({ connectionString: foreign })
    await client.connect()
    await client.query('CREATE TABLE customers (id TEXT)')
    await client.end()
    const { status, stderr } = await copy(machine, original, foreign)
    expect(status).toBe(1)
    expect(stderr).toContain('holds tables of another program (customers)')
  })

  it(
    'an installation of its own, and a copy that was served, and never prints a password',
    async () => {
      const secret = new URL(address)
      secret.password = 'mat-khau-bi-mat'
      const database = file('served.db')
      copyFileSync(machine.database, database)
      const into = await copy(machine, secret.href, `file:${database}`)
      expect(into.status).toBe(1)
      expect(into.stderr).toContain('holds an installation of its own')
      const served = await serve({ ...machine.env, YKIEN_DATABASE: secret.href })
      expect(await stop(served)).toBe(0)
      const again = await copy(machine, original, secret.href)
      expect(again.status).toBe(1)
      expect(again.stderr).toContain('a copy that was served already')
      const gone = await copy(machine, 'postgres://ykien:mat-khau-bi-mat@127.0.0.1:1/khong-co', `file:${file('none.db')}`)
      expect(gone.status).toBe(1)
      expect(gone.stderr).toContain('cannot be reached')
      const well = reported(await copy(machine, secret.href, `file:${file('well.db')}`))
      expect(well.from).toContain('postgres://postgres:…@')
      expect(JSON.stringify([into, again, gone, well])).not.toContain('mat-khau-bi-mat')
    },
    LONG_MS,
  )
})
