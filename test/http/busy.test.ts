// While the database can be read but not written (locked, full, read-only) reading goes on and sending is refused honestly.
import { beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import { StoreBusy } from '../../src/storage/store.ts'
import { dump } from '../support/dump.ts'
import { BASE, openWard, type Ward } from '../support/ward.ts'

let ward: Ward
let token: string
let cookie: string
let sent: Awaited<ReturnType<Ward['submit']>>
/** The app over the same database with a disk that takes nothing. */
let app: ReturnType<typeof createApp>

beforeAll(async () => {
  ward = await openWard()
  token = await ward.token('admin')
  cookie = await ward.signIn('admin')
  sent = await ward.submit('Đã duyệt, sắp hiện.')
  await ward.decide(token, { comment: sent.comment.id, version: 1, verdict: 'approve' })
  // Past the end of the undo window, and long enough that the session's last moment should be written anew.
  ward.clock.ms += 5 * 60_000
  const batch = () => Promise.reject(new StoreBusy('SQLITE_FULL'))
  app = createApp({ ...ward.services, store: { ...ward.store, batch, session: undefined } })
})

const ask = (path: string, init: RequestInit = {}) => app.fetch(new Request(`${BASE}${path}`, init), { peer: '203.0.113.7' })

describe('while nothing can be written', () => {
  it.each([
    ['a thread whose publication is due', () => `/api/v1/sites/${ward.slug}/threads?key=bai-1`],
    ['counts', () => `/api/v1/sites/${ward.slug}/counts?key=bai-1`],
    ['a feed', () => `/feeds/${ward.slug}.atom`],
    ['the page without script', () => `/r/${ward.slug}?key=bai-1`],
    ['the queue', () => `/desk/${ward.slug}/queue`],
    ['a comment at the desk', () => `/desk/${ward.slug}/comments/${sent.comment.id}`],
  ])('%s can be read', async (_name, path) => {
    const response = await ask(path(), { headers: { cookie } })
    expect(response.status, await response.text()).toBe(200)
  })

  it.each([
    ['sending', () => [`/api/v1/sites/${ward.slug}/comments`, 'POST', { article: { key: 'bai-1' }, body: 'Gửi khi đầy.' }, ''] as const],
    ['changing', () => [`/api/v1/comments/${sent.comment.id}`, 'PATCH', { body: 'Sửa khi đầy.' }, sent.edit.token] as const],
    ['withdrawing', () => [`/api/v1/comments/${sent.comment.id}`, 'DELETE', undefined, sent.edit.token] as const],
    [
      'deciding',
      () =>
        [
          `/api/v1/admin/sites/${ward.slug}/decisions`,
          'POST',
          { items: [{ comment: sent.comment.id, version: 2, verdict: 'hide' }] },
          token,
        ] as const,
    ],
  ])('%s answers 503 with Retry-After and leaves nothing behind', async (_name, call) => {
    const before = await dump(ward.store)
    const [path, method, body, bearer] = call()
    const response = await ask(path, {
      method,
      headers: { 'content-type': 'application/json', ...(bearer === '' ? {} : { authorization: `Bearer ${bearer}` }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    expect(await response.json()).toMatchObject({ status: 503, code: 'busy' })
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await dump(ward.store)).toEqual(before)
  })

  it('what was due is published by the first reader afterwards', async () => {
    expect((await ward.thread()).comments.map((comment) => comment.id)).toEqual([sent.comment.id])
  })
})
