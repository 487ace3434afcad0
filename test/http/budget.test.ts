// How many round trips to the database a request takes: on D1 each is a journey. Counted, not timed.
import { beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import type { Services } from '../../src/services.ts'
import { type Counted, counting } from '../support/counting.ts'
import { openWard, PORTAL, type Ward } from '../support/ward.ts'

let ward: Ward
let take: Counted['take']
let opened: Counted['opened']
let send: (path: string, init?: RequestInit) => Promise<Response>
/** The services of every process of this test, over the one counted store. */
let services: Services

/** A process with nothing kept yet. */
function newProcess(more: Partial<Services> = {}): typeof send {
  const app = createApp({ ...services, ...more })
  return async (path, init = {}) => app.fetch(new Request(`http://ykien.test${path}`, init), { peer: '203.0.113.7' })
}

beforeAll(async () => {
  ward = await openWard()
  const counted = counting(ward.store)
  take = counted.take
  opened = counted.opened
  services = { ...ward.services, store: counted.store }
  send = newProcess()
})

const get = async (path: string, init?: RequestInit) => {
  const response = await send(path, init)
  expect(response.status).toBe(200)
  return response.text()
}
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

  it.each([
    ['a site’s', () => `/feeds/${ward.slug}.atom`],
    ['a thread’s', async () => `/feeds/${ward.slug}/${(await ward.thread('?key=dem')).thread.id}.json`],
  ])('%s feed takes two, and one when it is kept', async (_name, path) => {
    const feed = await path()
    send = newProcess()
    take()
    const built = await get(feed)
    expect(built).toContain('Gốc để đếm.')
    expect(take()).toEqual({ lookups: 2, batches: 0 })
    expect(await get(feed)).toBe(built)
    expect(take()).toEqual({ lookups: 1, batches: 0 })
  })

  it('counts of 20 articles take one, kept or not', async () => {
    const path = `/api/v1/sites/${ward.slug}/counts?key=dem&${Array.from({ length: 19 }, (_, index) => `key=khong-co-${index}`).join('&')}`
    for (const _time of [1, 2]) {
      take()
      expect(JSON.parse(await get(path)).counts[0]).toBe(2)
      expect(take()).toEqual({ lookups: 1, batches: 0 })
    }
  })

  it('publishing what is due takes the reader who comes first no look-up more than the writing needs', async () => {
    const sent = await ward.submit('Đến hạn để đếm.', { article: { key: 'dem-den-han' } })
    await ward.decide(await ward.token(), { comment: sent.comment.id, version: 1, verdict: 'approve' })
    ward.clock.ms += services.config.undoSeconds * 1_000 + 1
    take()
    expect(await get(threads('dem-den-han'))).toContain('Đến hạn để đếm.')
    // Found due, what is due, the batch, found anew, the page.
    expect(take()).toEqual({ lookups: 4, batches: 1 })
  })
})

describe('what one process built', () => {
  const views = () => [threads('dem'), `/feeds/${ward.slug}.atom`, `/feeds/${ward.slug}.json`]
  /** What the host lets processes of one place share. */
  const place = () => {
    const kept = new Map<string, Uint8Array<ArrayBuffer>>()
    return {
      kept,
      get: async (key: string) => kept.get(key) ?? null,
      put: async (key: string, bytes: Uint8Array<ArrayBuffer>) => void kept.set(key, bytes),
    }
  }

  it('another of the same place sends after the one look-up that proves it', async () => {
    const shared = place()
    for (const path of views()) {
      send = newProcess({ shared })
      const built = await get(path)
      send = newProcess({ shared })
      take()
      expect(await get(path)).toBe(built)
      expect(take(), path).toEqual({ lookups: 1, batches: 0 })
    }
  })

  it('is not sent once something was published', async () => {
    const shared = place()
    send = newProcess({ shared })
    for (const path of views()) await get(path)
    await ward.published('Mới đăng, phải thấy.', { article: { key: 'dem' } })
    for (const path of views()) {
      send = newProcess({ shared })
      expect(await get(path), path).toContain('Mới đăng, phải thấy.')
    }
  })

  it('is built again where the place cannot be asked', async () => {
    const shared = { ...place(), get: () => Promise.reject(new Error('no cache here')) }
    send = newProcess({ shared })
    expect(await get(threads('dem'))).toContain('Gốc để đếm.')
  })
})

describe('how fresh a request reads', () => {
  beforeAll(() => {
    send = newProcess()
  })
  const bearer = { authorization: `Bearer ${'x'.repeat(43)}` }
  const cookie = { cookie: 'ykien-443=abc' }

  it.each([
    ['a thread', () => threads('dem')],
    ['counts', () => `/api/v1/sites/${ward.slug}/counts?key=dem`],
    ['a feed', () => `/feeds/${ward.slug}.atom`],
    ['a site', () => `/api/v1/sites/${ward.slug}`],
    ['the page without script', () => `/r/${ward.slug}?key=dem`],
  ])('%s without a token: a copy will do; with one, or a cookie, the latest', async (_name, path) => {
    for (const [headers, wanted] of [
      [{}, 'recent'],
      [bearer, 'latest'],
      [cookie, 'latest'],
    ] as const) {
      opened()
      await send(path(), { headers })
      expect(new Set(opened())).toEqual(new Set([wanted]))
    }
  })

  it.each([
    ['a receipt', () => '/api/v1/receipts/ABCD', bearer],
    ['the desk', () => `/desk/${ward.slug}/queue`, cookie],
    ['a sign-in link', () => '/desk/signin?link=x', {}],
  ])('%s: the latest', async (_name, path, headers) => {
    opened()
    await send(path(), { headers })
    expect(new Set(opened())).toEqual(new Set(['latest']))
  })

  it('sending: the latest', async () => {
    opened()
    expect((await post({ article: { key: 'dem' }, body: 'Gửi và đọc ngay.' })).status).toBe(202)
    expect(new Set(opened())).toEqual(new Set(['latest']))
  })
})
