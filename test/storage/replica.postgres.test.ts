// A real streaming replica of a real server: public pages come from it, whoever shows a token reads the primary, and without the
// replica everything goes on. That a page comes from the replica is proven by halting what it replays.
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { parseConfig } from '../../src/config.ts'
import { newToken } from '../../src/core/people/tokens.ts'
import { addSite } from '../../src/core/sites.ts'
import { nodeServices, readMigrations } from '../../src/platform/node.ts'
import type { LogEvent, Services } from '../../src/services.ts'
import { checkHealth } from '../../src/storage/doctor.ts'
import { migrate } from '../../src/storage/migrate.ts'
import { openPostgres } from '../../src/storage/postgres.ts'
import type { Store } from '../../src/storage/store.ts'
import { type Ground, newCluster, newGround, type Server } from '../support/postgres.ts'

const [PRIMARY_PORT, REPLICA_PORT] = [5_433, 5_434]
const SITE = 'phuong-ban-sao'
const METRICS_TOKEN = 'only-the-tests-know-it'
const CAUGHT_UP_LIMIT_MS = 20_000

let ground: Ground
let primary: Server
let replica: Server
let replicaData: string
let atPrimary: pg.Client
let store: Store
let services: Services
let token: string
let passedMs = 0
const logged: LogEvent[] = []
/** Called when the replica is in use. */
let isUsed = () => {}
let app: ReturnType<typeof createApp>

const bearer = () => ({ authorization: `Bearer ${token}` })
const ask = async (path: string, headers: Record<string, string> = {}) =>
  app.fetch(new Request(`http://ykien.test${path}`, { headers }), { peer: '203.0.113.7' })
const send = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
  const response = await app.fetch(
    new Request(`http://ykien.test${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    }),
    { peer: '203.0.113.7' },
  )
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as Record<string, unknown> & { comment: { id: string } }
}

/** Sends a comment, approves it and lets its undo window pass; nobody has looked since. */
async function approved(words: string): Promise<string> {
  const { comment } = await send(`/api/v1/sites/${SITE}/comments`, { article: { key: 'bai' }, body: words })
  const item = { comment: comment.id, version: 1, verdict: 'approve' }
  await send(`/api/v1/admin/sites/${SITE}/decisions`, { items: [item] }, bearer())
  passedMs += 11_000
  return comment.id
}

const THREAD = `/api/v1/sites/${SITE}/threads?key=bai`
const VIEWS = [THREAD, `/r/${SITE}?key=bai`, `/feeds/${SITE}.atom`, `/feeds/${SITE}.json`]

/** The views that show the words. */
async function showing(words: string, headers: Record<string, string> = {}): Promise<string[]> {
  const shown: string[] = []
  for (const path of VIEWS) if ((await (await ask(path, headers)).text()).includes(words)) shown.push(path)
  return shown
}

/** Runs one statement at the replica, as its operator; gives `done` of the row. */
async function operate(statement: string, ...values: unknown[]): Promise<boolean | undefined> {
  const client = new pg.Client({ connectionString: replica.address })
  await client.connect()
  try {
    return (await client.query<{ done?: boolean }>(statement, values)).rows[0]?.done
  } finally {
    await client.end()
  }
}

/** Waits until the replica has replayed all that the primary has written. */
async function caughtUp(): Promise<void> {
  const { rows } = await atPrimary.query<{ lsn: string }>('SELECT pg_current_wal_lsn() AS lsn')
  const startedAt = Date.now()
  while (!(await operate('SELECT pg_last_wal_replay_lsn() >= $1 AS done', rows[0]?.lsn)))
    if (Date.now() - startedAt > CAUGHT_UP_LIMIT_MS) throw new Error('the replica does not catch up')
}

async function metric(): Promise<string | undefined> {
  const text = await (await ask('/metrics', { authorization: `Bearer ${METRICS_TOKEN}` })).text()
  return /^ykien_replica_up (\d)$/m.exec(text)?.[1]
}

beforeAll(async () => {
  ground = newGround()
  primary = await ground.start(newCluster(ground), PRIMARY_PORT)
  replicaData = join(ground.folder, 'replica')
  ground.run('pg_basebackup', '-h', ground.folder, '-p', String(PRIMARY_PORT), '-U', 'postgres', '-D', replicaData, '-R', '--no-sync')
  replica = await ground.start(replicaData, REPLICA_PORT)
  atPrimary = new pg.Client({ connectionString: primary.address })
  await atPrimary.connect()

  const config = parseConfig(
    {
      YKIEN_DATABASE: primary.address,
      YKIEN_DATABASE_REPLICA: replica.address,
      YKIEN_SECRET: 'a secret that only the tests know, 32+',
      YKIEN_BASE_URL: 'http://ykien.test',
      YKIEN_LIMITS: 'off',
      YKIEN_METRICS_TOKEN: METRICS_TOKEN,
    },
    () => '',
  )
  store = openPostgres(config.database, {
    poolSize: 4,
    replica: config.replica,
    replicaChanged: (isUp, reason) => {
      logged.push({ event: isUp ? 'replica.up' : 'replica.down', reason })
      if (isUp) isUsed()
    },
  })
  services = { ...nodeServices(config, store, () => {}), now: () => new Date(Date.now() + passedMs) }
  await migrate(store, readMigrations('postgres'), services.now())
  await addSite(services, { slug: SITE, name: 'Phường Bản Sao', origins: ['https://phuongbansao.example'] })
  const made = await newToken(services, { site: SITE, role: 'leader', name: 'máy' })
  await store.batch(made.statements)
  token = made.token
  app = createApp(services)
  await caughtUp()
  expect(await store.replica?.tried()).toBe(true)
})

afterAll(async () => {
  await store.close()
  await atPrimary.end()
  await replica.stop()
  await primary.stop()
  ground.remove()
})

describe('with a replica', () => {
  it('public pages come from it, and who shows a token reads the primary', async () => {
    await approved('Có ở cả hai.')
    await caughtUp()
    expect(await showing('Có ở cả hai.')).toEqual(VIEWS)
    await caughtUp()
    await operate('SELECT pg_wal_replay_pause()')

    const id = await approved('Chỉ ở máy chính.')
    // The replica has not heard of the approval, so nothing is due for who reads from it.
    expect(await showing('Chỉ ở máy chính.')).toEqual([])
    expect(await showing('Có ở cả hai.')).toEqual(VIEWS)
    expect(await showing('Chỉ ở máy chính.', bearer())).toEqual(VIEWS)
    const queue = await ask(`/api/v1/admin/sites/${SITE}/comments/${id}`, bearer())
    expect(await queue.text()).toContain('Chỉ ở máy chính.')
    // A reader with a token made the newer answer; one without still gets what the replica has, never a mixture.
    expect(await showing('Chỉ ở máy chính.')).toEqual([])

    await operate('SELECT pg_wal_replay_resume()')
    await caughtUp()
    expect(await showing('Chỉ ở máy chính.')).toEqual(VIEWS)
  })

  it('the end of an undo window is seen at once by everybody, also while the replica does not know that it was settled', async () => {
    const { comment } = await send(`/api/v1/sites/${SITE}/comments`, { article: { key: 'bai' }, body: 'Vừa hết hạn.' })
    const item = { comment: comment.id, version: 1, verdict: 'approve' }
    await send(`/api/v1/admin/sites/${SITE}/decisions`, { items: [item] }, bearer())
    await caughtUp()
    await operate('SELECT pg_wal_replay_pause()')
    passedMs += 11_000
    expect(await showing('Vừa hết hạn.')).toEqual(VIEWS)
    expect(await showing('Vừa hết hạn.')).toEqual(VIEWS)
    await operate('SELECT pg_wal_replay_resume()')
    await caughtUp()
    expect(await showing('Vừa hết hạn.')).toEqual(VIEWS)
  })

  it('that is killed readers get the primary’s answers, and it is used again when it is back', async () => {
    expect(await metric()).toBe('1')
    await replica.stop('immediate')
    await approved('Khi bản sao mất.')
    const answers = await Promise.all(Array.from({ length: 20 }, async () => (await ask(THREAD)).text()))
    for (const answer of answers) expect(answer).toContain('Khi bản sao mất.')
    expect(await showing('Khi bản sao mất.')).toEqual(VIEWS)
    expect(logged.map(({ event }) => event)).toEqual(['replica.up', 'replica.down'])
    expect(await metric()).toBe('0')

    const used = new Promise<void>((resolve) => {
      isUsed = resolve
    })
    replica = await ground.start(replicaData, REPLICA_PORT)
    await used
    expect(logged.map(({ event }) => event)).toEqual(['replica.up', 'replica.down', 'replica.up'])
    expect(await metric()).toBe('1')
    await caughtUp()
    await operate('SELECT pg_wal_replay_pause()')
    await approved('Lại từ bản sao.')
    expect(await showing('Lại từ bản sao.')).toEqual([])
    await operate('SELECT pg_wal_replay_resume()')
  })

  it('a request that went over to the primary reads on from there', async () => {
    await caughtUp()
    await operate('SELECT pg_wal_replay_pause()')
    const session = store.session?.('recent') ?? store
    const count = async () => (await session.db.selectFrom('outbox').select('id').execute()).length
    const before = await count()
    await session.batch([
      session.db.insertInto('outbox').values({
        id: crypto.randomUUID(),
        site_id: 'none',
        event: 'none',
        payload: '{}',
        not_before: '9999',
        created_at: '9999',
        leased_until: null,
        last_error: null,
        given_up_at: null,
      }),
    ])
    expect(await count()).toBe(before + 1)
    await operate('SELECT pg_wal_replay_resume()')
  })

  it('the doctor says how far behind it is', async () => {
    await caughtUp()
    const findings = await checkHealth(store, readMigrations('postgres'), 'here')
    expect(findings.map(({ text }) => text).find((text) => text.startsWith('the replica'))).toMatch(
      /^the replica answers, \d+ bytes of log behind/,
    )
  })

  it('public pages can be read while the primary cannot', async () => {
    await approved('Trước khi máy chính mất.')
    await caughtUp()
    expect(await showing('Trước khi máy chính mất.')).toEqual(VIEWS)
    await caughtUp()
    await atPrimary.end()
    await primary.stop()
    expect(await showing('Trước khi máy chính mất.')).toEqual(VIEWS)
    expect((await ask(`/api/v1/admin/sites/${SITE}/queue`, bearer())).status).toBe(503)
    primary = await ground.start(join(ground.folder, 'data'), PRIMARY_PORT)
  })
})

describe('the setting', () => {
  it('that names a server which is no replica is told, and not read from', async () => {
    const told: string[] = []
    const mistaken = openPostgres(primary.address, {
      poolSize: 1,
      replica: primary.address,
      replicaChanged: (isUp, reason) => told.push(`${isUp} ${reason}`),
    })
    expect(await mistaken.replica?.tried()).toBe(false)
    expect(told).toEqual(['false it is not a streaming replica, or has no data yet'])
    expect((await checkHealth(mistaken, readMigrations('postgres'), 'here')).filter(({ isWell }) => !isWell)).toEqual([
      { isWell: false, text: expect.stringMatching(/^the replica cannot be reached or is none/) },
    ])
    await mistaken.close()
  })

  it('is refused beside a SQLite file', () => {
    expect(() => parseConfig({ YKIEN_DATABASE_REPLICA: 'postgres://replica/ykien' }, () => 'x'.repeat(32))).toThrow(
      /^YKIEN_DATABASE_REPLICA: a SQLite file has no replica/,
    )
  })
})
