// The Workers host as a whole: D1 sessions by who asks, journeys counted at the binding itself, and answers that the isolates
// of one place share through the Cache API.
import { env, SELF } from 'cloudflare:test'
import type { D1Database, D1PreparedStatement } from '@cloudflare/workers-types'
import { beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { type WorkerEnv, workerServices } from '../../src/platform/worker.ts'
import { openWard, PORTAL, type Ward } from '../support/ward.ts'

const bindings = env as unknown as WorkerEnv

let ward: Ward
let token: string
let journeys: string[] = []
const taken = () => {
  const made = journeys
  journeys = []
  return made
}

/** An object whose named methods are replaced; the others go to the object itself. */
function replaced<Target extends object>(target: Target, methods: Record<string, unknown>): Target {
  return new Proxy(target, {
    get(_target, name) {
      const value = typeof name === 'string' && name in methods ? methods[name] : Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** A binding that writes down each journey to the database, with how its session began. */
function watched(database: D1Database): D1Database {
  const statement = (from: string, inner: D1PreparedStatement): D1PreparedStatement =>
    replaced(inner, {
      bind: (...values: unknown[]) => statement(from, inner.bind(...values)),
      all: () => {
        journeys.push(`${from} query`)
        return inner.all()
      },
    })
  const over = <Connection extends Pick<D1Database, 'prepare' | 'batch'>>(from: string, connection: Connection): Connection =>
    replaced(connection, {
      prepare: (sql: string) => statement(from, connection.prepare(sql)),
      batch: (statements: D1PreparedStatement[]) => {
        journeys.push(`${from} batch`)
        return connection.batch(statements)
      },
      withSession: (how: 'first-primary' | 'first-unconstrained') => over(how, database.withSession(how)),
    })
  return over('no-session', database)
}

type Send = (path: string, init?: RequestInit) => Promise<Response>

/** An isolate with nothing kept yet. The clock is the ward's; a version is a deployment of the program. */
function newIsolate(version = 'one'): Send {
  const services = workerServices({ ...bindings, DB: watched(bindings.DB), VERSION: { id: version, tag: '', timestamp: '' } })
  // What goes on after the answer is waited for by the tests that need it.
  const app = createApp({ ...services, now: ward.services.now, background: (work) => void going.push(work) })
  return async (path, init = {}) => app.fetch(new Request(`http://127.0.0.1:8788${path}`, init), { peer: '203.0.113.7' })
}
let going: Promise<unknown>[] = []
const settled = async () => {
  await Promise.all(going)
  going = []
}

const threads = (key: string) => `/api/v1/sites/${ward.slug}/threads?key=${key}`

beforeAll(async () => {
  ward = await openWard()
  token = await ward.token('leader')
  const root = await ward.published('Gốc ở rìa.')
  await ward.published('Trả lời ở rìa.', { parent_id: root.comment.id })
})

describe('journeys to D1', () => {
  it('a public page takes two from the nearest copy, one when it is kept', async () => {
    const send = newIsolate('journeys')
    for (const path of [threads('bai-1'), `/feeds/${ward.slug}.atom`]) {
      expect(await (await send(path)).text()).toContain('ở rìa.')
      expect(taken(), path).toEqual(['first-unconstrained query', 'first-unconstrained query'])
      expect((await send(path)).status).toBe(200)
      expect(taken(), path).toEqual(['first-unconstrained query'])
    }
  })

  it('whoever shows a token begins at the primary', async () => {
    const send = newIsolate()
    const path = `/api/v1/admin/sites/${ward.slug}/queue`
    expect((await send(path, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200)
    // The first use of a token is noted; the next within a while is not.
    expect(taken().filter((journey) => !journey.startsWith('first-primary '))).toEqual([])
    await send(threads('bai-1'), { headers: { authorization: `Bearer ${token}` } })
    expect(new Set(taken())).toEqual(new Set(['first-primary query']))
  })

  it('a post begins at the primary and takes two look-ups and one batch', async () => {
    const send = newIsolate()
    const response = await send(`/api/v1/sites/${ward.slug}/comments`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: PORTAL, 'idempotency-key': 'o-ria' },
      body: JSON.stringify({ article: { key: 'bai-1' }, body: 'Gửi ở rìa.' }),
    })
    expect(response.status).toBe(202)
    expect(taken()).toEqual(['first-primary query', 'first-primary query', 'first-primary batch'])
  })

  it('the reader who finds an approval due settles it and reads on at the primary', async () => {
    const sent = await ward.submit('Vừa hết hạn ở rìa.')
    await ward.decide(token, { comment: sent.comment.id, version: 1, verdict: 'approve' })
    ward.clock.ms += ward.services.config.undoSeconds * 1_000 + 1
    const send = newIsolate()
    taken()
    expect(await (await send(threads('bai-1'))).text()).toContain('Vừa hết hạn ở rìa.')
    const [first, ...others] = taken()
    expect(first).toBe('first-unconstrained query')
    expect(new Set(others)).toEqual(new Set(['first-primary query', 'first-primary batch']))
  })
})

describe('isolates of one place', () => {
  it('send what another built after the one look-up that proves it', async () => {
    for (const path of [threads('bai-1'), `/feeds/${ward.slug}.json`]) {
      const built = await (await newIsolate()(path)).text()
      await settled()
      taken()
      const answer = await newIsolate()(path)
      expect(await answer.text()).toBe(built)
      expect(taken(), path).toEqual(['first-unconstrained query'])
    }
  })

  it('never send what another built of an earlier state', async () => {
    const path = threads('bai-1')
    await newIsolate()(path)
    await settled()
    const sent = await ward.published('Mới hơn ở rìa.')
    expect(await (await newIsolate()(path)).text()).toContain('Mới hơn ở rìa.')
    await settled()
    await ward.decide(token, { comment: sent.comment.id, version: 2, verdict: 'hide' })
    expect(await (await newIsolate()(path)).text()).not.toContain('Mới hơn ở rìa.')
  })

  it('of another version of the program share nothing with it', async () => {
    const path = threads('bai-1')
    await newIsolate('old')(path)
    await settled()
    taken()
    await newIsolate('new')(path)
    expect(taken()).toHaveLength(2)
  })
})

describe('the worker itself', () => {
  it('answers fifty first readers at once, whichever of them builds', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, async () => (await SELF.fetch(`http://127.0.0.1:8788${threads('bai-1')}`)).text()),
    )
    expect(new Set(answers).size).toBe(1)
    expect(answers[0]).toContain('Gốc ở rìa.')
  })
})
