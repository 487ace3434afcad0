// Articles, prepared replies and the record by the staff API: the same commands as the desk's pages, for programs of the office.
import { beforeAll, describe, expect, it } from 'vitest'
import { openWard, PORTAL, type Ward } from '../support/ward.ts'

let ward: Ward
let admin: string
beforeAll(async () => {
  ward = await openWard()
  admin = await ward.token('admin')
})

type Answer = { status: number; body: Record<string, unknown> }
async function call(method: string, path: string, body?: Record<string, unknown>, token = admin): Promise<Answer> {
  const response = await ward.request(`/api/v1/admin/sites/${ward.slug}/${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body ? { body } : {}),
  })
  const text = await response.text()
  return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>) }
}

const opening = { state: 'open', closes_at: null, opens_at: null, message: null }

describe('articles', () => {
  it('are made, found, scheduled from the version that was read, named and joined', async () => {
    const made = await call('POST', 'articles', { name: `${PORTAL}/lay-y-kien`, title: 'Lấy ý kiến về tuyến đường' })
    expect([made.status, made.body.state, made.body.version]).toEqual([201, 'open', 1])
    const { id } = made.body
    expect((await call('POST', 'articles', { name: `${PORTAL}/lay-y-kien`, title: '' })).body.code).toBe('alias_taken')
    const found = await call('GET', 'articles?q=tuyen%20duong&state=open')
    expect(found.body.articles).toMatchObject([{ id, title: 'Lấy ý kiến về tuyến đường' }])

    const closes_at = new Date(ward.clock.ms + 60_000).toISOString()
    const scheduled = await call('PUT', `articles/${id}`, { ...opening, version: 1, closes_at, message: 'Nhận đến hết giờ.' })
    expect(scheduled.body).toMatchObject({ version: 2, state: 'open', closes_at, message: 'Nhận đến hết giờ.' })
    const late = await call('PUT', `articles/${id}`, { ...opening, version: 1 })
    expect([late.status, late.body.code]).toEqual([409, 'conflict'])
    ward.clock.ms += 61_000
    expect((await call('GET', `articles/${id}`)).body.state).toBe('closed')
    expect((await call('DELETE', `threads/${id}/closed`)).body).toEqual({ thread: { id, state: 'open' } })
    expect((await call('GET', `articles/${id}`)).body).toMatchObject({ state: 'open', closes_at: null, version: 3 })

    expect((await call('POST', `articles/${id}/names`, { name: 'ma-moi' })).body.aliases).toMatchObject([{ key: 'ma-moi', kind: 'key' }])
    expect((await call('DELETE', `articles/${id}/names?name=ma-moi`)).body.aliases).toEqual([])

    await ward.published('Viết ở bài kia.', { article: { key: 'bai-kia', url: `${PORTAL}/bai-kia`, title: 'Bài kia' } })
    const [other] = (await call('GET', 'articles?q=kia')).body.articles as { id: string }[]
    expect((await call('POST', `articles/${other?.id}/merge`, { into: id })).body).toMatchObject({ id, count: 1 })
    expect((await call('GET', `articles/${other?.id}`)).body.id).toBe(id)
  })
})

describe('prepared replies', () => {
  it('are written, changed from the version that was read, and removed', async () => {
    const made = await call('POST', 'canned', { name: 'Cảm ơn', body: 'Cảm ơn {họ tên}.' })
    expect(made).toMatchObject({ status: 201, body: { name: 'Cảm ơn', version: 1 } })
    const { id } = made.body
    expect((await call('POST', 'canned', { name: 'Khác', body: 'Cảm ơn {tên lạ}.' })).body.code).toBe('merge_field_unknown')
    expect((await call('PUT', `canned/${id}`, { version: 1, name: 'Cảm ơn', body: 'Xin cảm ơn {họ tên}.' })).body.version).toBe(2)
    expect((await call('PUT', `canned/${id}`, { version: 1, name: 'Cảm ơn', body: 'Muộn.' })).status).toBe(409)
    expect((await call('GET', 'canned')).body.items).toEqual([{ id, name: 'Cảm ơn', body: 'Xin cảm ơn {họ tên}.', version: 2 }])
    expect((await call('DELETE', `canned/${id}`)).status).toBe(204)
    expect((await call('DELETE', `canned/${id}`)).status).toBe(404)
  })
})

describe('the record', () => {
  it('is read newest first and narrowed, by those who may', async () => {
    const log = await call('GET', 'log?what=thread.open')
    expect(log.body).toMatchObject({
      items: [{ action: 'thread.open', by: { kind: 'token' }, detail: { before: { state: 'closed' }, after: { state: 'open' } } }],
      next: null,
    })
    expect((await call('GET', 'log', undefined, await ward.token('moderator'))).status).toBe(403)
    expect((await call('GET', 'log?from=2026-11-24&to=2026-11-23')).status).toBe(422)
    expect((await call('GET', 'log?place=installation')).status).toBe(403)
  })

  it('is taken away as a file by administrators, line for line as its pages tell it, and that is recorded', async () => {
    const take = (fields: object, as = admin) =>
      ward.request(`/api/v1/admin/sites/${ward.slug}/log/export`, {
        method: 'POST',
        headers: { authorization: `Bearer ${as}` },
        body: fields,
      })
    const page = (await call('GET', 'log')).body.items as { id: string }[]
    const file = await take({ format: 'ndjson' })
    expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename=".*\.ndjson"$/)
    const [own, ...lines] = (await file.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: string; action: string })
    expect(own).toMatchObject({ action: 'record.export', by: { kind: 'token' }, detail: { format: 'ndjson', place: 'site' } })
    expect(lines.slice(0, page.length).map(({ id }) => id)).toEqual(page.map(({ id }) => id))
    expect((await take({ format: 'csv', what: 'record.export' })).headers.get('content-type')).toBe('text/csv; charset=utf-8')
    const taken = async () => ((await call('GET', 'log?what=record.export')).body.items as unknown[]).length
    expect(await taken()).toBe(2)
    for (const [fields, status] of [
      [{ format: 'xlsx' }, 422],
      [{}, 422],
      [{ format: 'csv', after: 'x' }, 422],
      [{ format: 'csv', from: '2026-11-24', to: '2026-11-23' }, 422],
      [{ format: 'csv', place: 'installation' }, 403],
    ] as const)
      expect((await take(fields)).status, JSON.stringify(fields)).toBe(status)
    expect((await take({ format: 'csv' }, await ward.token('leader'))).status).toBe(403)
    expect(await taken()).toBe(2)
  })
})
