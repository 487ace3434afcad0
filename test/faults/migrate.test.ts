// A process killed anywhere in its migrations leaves a database that the next start brings up to date as if nothing had happened, and of
// two that migrate at once one waits. Every statement's end is tried with "npm run test:faults", some of them each time.
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { newDatabase, platformName } from '#platform'
import { openDatabase, readMigrations } from '../../src/platform/node.ts'
import { migrate } from '../../src/storage/migrate.ts'
import type { Compilable, Store } from '../../src/storage/store.ts'
import { dump } from '../support/dump.ts'

/** Each so many statements' ends are tried. No divisor of the length of a batch, so that all kinds of places come up. */
const STRIDE = process.env.YKIEN_FAULTS === 'whole' ? 1 : 11
const NOW = new Date('2026-11-20T08:00:00.000Z')
const COMMENTS = 40
/** Far above the time that a waiting migration takes once it is let go on. */
const WAIT_LIMIT_MS = 10_000

type Ended = { signal: string | null; code: number | null; applied: string[]; stderr: string }

/** Migrates in a process of its own; it is ended or stopped after so many statements. */
function startMigrating(database: string, { after = 0, signal = 'SIGKILL' } = {}) {
  const child = spawn(process.execPath, ['--import', resolve('test/support/kill-after.ts'), resolve('test/support/migrator.ts')], {
    env: { ...process.env, YKIEN_DATABASE: database, YKIEN_TEST_KILL_AFTER: String(after), YKIEN_TEST_SIGNAL: signal },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const ended = new Promise<Ended>((end) => {
    child.once('close', (code, by) => end({ code, signal: by, applied: said.split('\n').filter((line) => line !== ''), stderr }))
  })
  return { child, ended }
}

const migrated = (database: string, options = {}) => startMigrating(database, options).ended

async function opened<Result>(database: string, use: (store: Store) => Promise<Result>): Promise<Result> {
  const store = openDatabase({ database })
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

/** How many rows each table has and a hash of them all, and what the tables are. */
function stateOf(database: string) {
  return opened(database, async (store) => {
    const tables = await dump(store)
    const { rows: schema } =
      store.dialect === 'postgres'
        ? await sql`SELECT indexname AS name, replace(indexdef, current_schema(), '') AS sql FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1`.execute(
            store.db,
          )
        : await sql`SELECT name, sql FROM sqlite_master ORDER BY name`.execute(store.db)
    return {
      rows: Object.fromEntries(
        Object.entries(tables).map(([name, rows]) => [
          name,
          `${rows.length} ${createHash('sha256').update(JSON.stringify(rows)).digest('hex')}`,
        ]),
      ),
      schema,
    }
  })
}

/** A database of the first release, with comments. Its schema is that of 0001, which never changes. */
async function firstRelease(): Promise<string> {
  const database = await newDatabase()
  await opened(database, async (store) => {
    const first = readMigrations(store.dialect).filter(({ name }) => name === '0001_ground')
    expect(await migrate(store, first, NOW)).toEqual(['0001_ground'])
    await store.batch(rowsOfFirstRelease().map((text) => raw(store, text)))
  })
  return database
}

function raw(store: Store, text: string): Compilable {
  return { compile: () => sql.raw(text).compile(store.db) }
}

function rowsOfFirstRelease(): string[] {
  const at = NOW.toISOString()
  return [
    `INSERT INTO site (id, slug, name, settings, created_at) VALUES ('s', 'phuong-cu', 'Phường Cũ', '{}', '${at}')`,
    `INSERT INTO thread (id, site_id, key, url, title, created_at) VALUES ('t', 's', 'bai-1', 'https://phuongcu.example/1', 'Bài một', '${at}')`,
    ...Array.from({ length: COMMENTS }, (_, n) => [
      `INSERT INTO comment (id, site_id, thread_id, state, version, consents, revision_id, receipt_code, request_hash, edit_until, received_at)
       VALUES ('c${n}', 's', 't', 'pending', 1, '[]', 'r${n}', 'R${n}', '', '${at}', '${at}')`,
      `INSERT INTO revision (id, comment_id, number, body, signals, created_at) VALUES ('r${n}', 'c${n}', 1, 'Ý kiến cũ số ${n}.', '[]', '${at}')`,
      `INSERT INTO fact (id, site_id, comment_id, from_version, kind, revision_id, state_after, actor_kind, created_at)
       VALUES ('f${n}', 's', 'c${n}', 0, 'revision', 'r${n}', 'pending', 'author', '${at}')`,
    ]).flat(),
  ]
}

/** Resolves once the process rests, stopped by a signal. */
async function stopped(child: ChildProcess): Promise<void> {
  await expect
    .poll(() => /^State:\s+(\w)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1], { timeout: WAIT_LIMIT_MS })
    .toBe('T')
}

describe('migrations killed at the end of any statement', () => {
  it.each([
    ['on an empty database', newDatabase],
    ['on the first release with its rows', firstRelease],
  ])(
    '%s are finished by the next start, with every row as it would be',
    async (_name, begin) => {
      const reference = await begin()
      expect(await migrated(reference)).toMatchObject({ code: 0, stderr: '' })
      const expected = await stateOf(reference)
      let kills = 0
      for (let after = 1; ; after += STRIDE) {
        const database = await begin()
        const first = await migrated(database, { after })
        if (first.signal !== 'SIGKILL') {
          expect(first).toMatchObject({ code: 0, stderr: '' })
          break
        }
        kills++
        expect(await migrated(database), `after statement ${after}`).toMatchObject({ code: 0, stderr: '' })
        expect(await stateOf(database), `after statement ${after}`).toEqual(expected)
      }
      console.log(`${platformName}: ${kills} kills, each finished by the next start`)
      expect(kills).toBeGreaterThan(1)
    },
    600_000,
  )
})

describe('two processes that migrate at once', () => {
  it('apply each migration once, and both start', async () => {
    const reference = await firstRelease()
    const { applied: all } = await migrated(reference)
    for (let round = 0; round < 5; round++) {
      const database = await firstRelease()
      const both = await Promise.all([migrated(database), migrated(database)])
      for (const each of both) expect(each).toMatchObject({ code: 0, stderr: '' })
      expect(both.flatMap(({ applied }) => applied).sort()).toEqual(all)
      expect(await stateOf(database)).toEqual(await stateOf(reference))
    }
  })

  it('on no database at all both start too', async () => {
    for (let round = 0; round < 8; round++) {
      const database = await newDatabase()
      for (const each of await Promise.all([migrated(database), migrated(database)])) expect(each).toMatchObject({ code: 0, stderr: '' })
    }
  })

  it('wait for each other: one that comes while another is in the midst of it goes on when that one is done', async () => {
    const reference = await firstRelease()
    const { applied: all } = await migrated(reference)
    const database = await firstRelease()
    // In the midst of a migration: its first statements are run and nothing is committed.
    const before = platformName === 'postgres' ? 14 : 6
    const holder = startMigrating(database, { after: before, signal: 'SIGSTOP' })
    await stopped(holder.child)
    const waiting = startMigrating(database)
    let isOver = false
    void waiting.ended.then(() => {
      isOver = true
    })
    // Longer than any other write would wait for the lock.
    await new Promise((next) => setTimeout(next, 1_500))
    expect(isOver, (isOver ? await waiting.ended : { stderr: '' }).stderr).toBe(false)
    holder.child.kill('SIGCONT')
    const [held, waited] = await Promise.all([holder.ended, waiting.ended])
    for (const each of [held, waited]) expect(each).toMatchObject({ code: 0, stderr: '' })
    expect([...held.applied, ...waited.applied].sort()).toEqual(all)
    expect(await stateOf(database)).toEqual(await stateOf(reference))
  })
})
