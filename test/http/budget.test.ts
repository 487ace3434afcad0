// How many round trips to the database a request takes: on D1 each is a journey. Counted, not timed.
import { beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import type { Store } from '../../src/storage/store.ts'
import { openWard, PORTAL, type Ward } from '../support/ward.ts'

type Trips = { lookups: number; batches: number }

/** The store with its journeys counted: queries one by one, batches as one each. */
function counting(store: Store): { store: Store; take(): Trips } {
  let trips: Trips = { lookups: 0, batches: 0 }
  // Only what is executed has a result; statements of a batch and subqueries are compiled and nothing more.
  const db = store.db.withPlugin({
    transformQuery: ({ node }) => node,
    async transformResult({ result }) {
      trips.lookups++
      return result
    },
  })
  return {
    store: {
      ...store,
      db,
      async batch(statements) {
        trips.batches++
        return store.batch(statements)
      },
    },
    take() {
      const taken = trips
      trips = { lookups: 0, batches: 0 }
      return taken
    },
  }
}

let ward: Ward
let take: () => Trips
let send: (path: string, init?: RequestInit) => Promise<Response>

beforeAll(async () => {
  ward = await openWard()
  const counted = counting(ward.store)
  take = counted.take
  const app = createApp({ ...ward.services, store: { ...counted.store, stamp: () => null } })
  send = async (path, init = {}) => app.fetch(new Request(`http://ykien.test${path}`, init), { peer: '203.0.113.7' })
})

const threads = (key: string) => `/api/v1/sites/${ward.slug}/threads?key=${key}`
const post = (body: Record<string, unknown>, headers: Record<string, string> = {}) =>
  send(`/api/v1/sites/${ward.slug}/comments`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: PORTAL, ...headers },
    body: JSON.stringify(body),
  })

describe('round trips', () => {
  it('reading what is not kept takes two, with replies', async () => {
    const root = await ward.published('Gốc để đếm.', { article: { key: 'dem' } })
    await ward.published('Trả lời để đếm.', { article: { key: 'dem' }, parent_id: root.comment.id })
    take()
    const answer = (await (await send(threads('dem'))).json()) as { comments: { replies: unknown[] }[] }
    expect(answer.comments[0]?.replies).toHaveLength(1)
    expect(take()).toEqual({ lookups: 2, batches: 0 })
  })

  it('reading what is kept takes one, to prove that it still holds', async () => {
    await send(threads('dem'))
    take()
    expect((await send(threads('dem'))).status).toBe(200)
    expect(take()).toEqual({ lookups: 1, batches: 0 })
  })

  it('an article nobody wrote about takes one', async () => {
    take()
    await send(threads('khong-co'))
    expect(take()).toEqual({ lookups: 1, batches: 0 })
  })

  it('sending takes one batch and two look-ups', async () => {
    take()
    expect((await post({ article: { key: 'dem' }, body: 'Gửi để đếm.' }, { 'idempotency-key': 'dem-1' })).status).toBe(202)
    expect(take()).toEqual({ lookups: 2, batches: 1 })
  })

  it('a reply takes no more', async () => {
    const root = await ward.published('Gốc khác.', { article: { key: 'dem-tra-loi' } })
    take()
    expect((await post({ article: { key: 'dem-tra-loi' }, parent_id: root.comment.id, body: 'Trả lời.' })).status).toBe(202)
    expect(take()).toEqual({ lookups: 2, batches: 1 })
  })

  it('reading with pins, places of removed comments and official replies takes no more', async () => {
    const root = await ward.published('Gốc ghim.', { article: { key: 'dem-nhieu' } })
    const other = await ward.published('Gốc ẩn.', { article: { key: 'dem-nhieu' } })
    await ward.published('Con.', { article: { key: 'dem-nhieu' }, parent_id: other.comment.id })
    const headers = { authorization: `Bearer ${await ward.token('leader')}`, 'content-type': 'application/json' }
    const admin = (path: string, method: string, body?: unknown) =>
      send(`/api/v1/admin/sites/${ward.slug}/${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
    await admin(`comments/${root.comment.id}/pin`, 'PUT')
    await admin(`comments/${root.comment.id}/replies`, 'POST', { body: 'Đáp.', signer_title: 'Chủ tịch' })
    await admin('decisions', 'POST', { items: [{ comment: other.comment.id, version: 2, verdict: 'hide' }] })
    ward.clock.ms += 10_001
    await send(threads('dem-nhieu'))
    for (const sort of ['old', 'top', 'official']) {
      take()
      expect((await send(`${threads('dem-nhieu')}&sort=${sort}`)).status).toBe(200)
      expect(take(), sort).toEqual({ lookups: 2, batches: 0 })
    }
  })

  it('liking takes two look-ups and one batch, liking again no batch, a hint two look-ups', async () => {
    const { comment } = await ward.published('Để thích.', { article: { key: 'dem-thich' } })
    const like = () => send(`/api/v1/comments/${comment.id}/like`, { method: 'PUT', headers: { origin: PORTAL } })
    take()
    expect((await like()).status).toBe(200)
    expect(take()).toEqual({ lookups: 2, batches: 1 })
    await like()
    expect(take()).toEqual({ lookups: 2, batches: 0 })
    const body = JSON.stringify({ article: { key: 'dem-thich' }, body: 'Để thích.' })
    await send(`/api/v1/sites/${ward.slug}/nudges`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    expect(take()).toEqual({ lookups: 2, batches: 0 })
  })
})
