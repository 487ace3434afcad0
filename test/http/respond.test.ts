// What readers do beside writing: like a comment and take it back, report one, ask about a text before sending it.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { dump, textsOf } from '../support/dump.ts'
import { takeAllIn } from '../support/flood.ts'
import { openWard, PORTAL, type Ward } from '../support/ward.ts'

const PARALLEL = 100
const token = (name: string) => `doc-gia-${name}-xxxxxxxxxxxxxxxxxxxxxx`
/** Tokens of one sort each: what of them may not be told apart stands for one reader. */
const reader = (name: string) => ({ 'ykien-reader': token(name) })

let ward: Ward
let staff: string
let id: string
let key: string
let turn = 0

beforeAll(async () => {
  ward = await openWard()
  staff = await ward.token('moderator')
})
beforeEach(async () => {
  key = `phan-hoi-${++turn}`
  id = (await ward.published(`Ý kiến số ${turn}.`, { article: { key } })).comment.id
})

const like = (method: 'PUT' | 'DELETE', headers: Record<string, string>, more: { id?: string; peer?: string } = {}) =>
  ward.request(`/api/v1/comments/${more.id ?? id}/like`, { method, headers, ...(more.peer ? { peer: more.peer } : {}) })
const answered = async (response: Response | Promise<Response>) => (await (await response).json()) as Record<string, unknown>
const report = (body: Record<string, unknown>, headers: Record<string, string> = reader('a'), of = id) =>
  ward.request(`/api/v1/comments/${of}/reports`, { method: 'POST', headers, body })
const rowsOf = (table: 'comment_like' | 'report') => ward.store.db.selectFrom(table).selectAll().where('comment_id', '=', id).execute()
const admin = (path: string, init: Parameters<Ward['request']>[1] = {}, by = staff) =>
  ward.request(`/api/v1/admin/sites/${ward.slug}/${path}`, { ...init, headers: { authorization: `Bearer ${by}` } })

describe('a like', () => {
  it('counts once for one reader, and pressing again changes nothing', async () => {
    expect(await answered(like('PUT', reader('a')))).toEqual({ likes: 1, liked: true })
    expect(await answered(like('PUT', reader('a')))).toEqual({ likes: 1, liked: true })
    expect(await answered(like('PUT', reader('b')))).toEqual({ likes: 2, liked: true })
  })

  it('is taken back by the same reader, and taking back again changes nothing', async () => {
    await like('PUT', reader('a'))
    await like('PUT', reader('b'))
    expect(await answered(like('DELETE', reader('a')))).toEqual({ likes: 1, liked: false })
    expect(await answered(like('DELETE', reader('a')))).toEqual({ likes: 1, liked: false })
  })

  it('without a token counts once for a network and an agent', async () => {
    await like('PUT', { 'user-agent': 'mot/1' }, { peer: '2001:db8::1' })
    expect(await answered(like('PUT', { 'user-agent': 'mot/1' }, { peer: '2001:db8::2' }))).toEqual({ likes: 1, liked: true })
    expect(await answered(like('PUT', { 'user-agent': 'hai/2' }, { peer: '2001:db8::1' }))).toEqual({ likes: 2, liked: true })
    expect(await answered(like('PUT', { 'user-agent': 'mot/1' }, { peer: '198.51.100.9' }))).toEqual({ likes: 3, liked: true })
  })

  it('keeps nothing that tells who it was: no token, address or agent', async () => {
    await like('PUT', { ...reader('a'), 'user-agent': 'TrinhDuyet/7' }, { peer: '198.51.100.77' })
    const texts = (await textsOf(ward.store)).map(({ text }) => text).join('\n')
    for (const trace of [token('a'), 'TrinhDuyet/7', '198.51.100.77']) expect(texts).not.toContain(trace)
    const [row] = await rowsOf('comment_like')
    expect(row?.voter).toMatch(/^[\w-]{22}$/)
  })

  it('of another comment has another voter, so that likes cannot be strung together', async () => {
    const other = await ward.published('Ý kiến khác.', { article: { key } })
    await like('PUT', reader('a'))
    await like('PUT', reader('a'), { id: other.comment.id })
    const voters = await ward.store.db
      .selectFrom('comment_like')
      .select('voter')
      .where('comment_id', 'in', [id, other.comment.id])
      .execute()
    expect(new Set(voters.map(({ voter }) => voter)).size).toBe(2)
  })

  it.each(['', 'ngan', 'x'.repeat(129), 'co dau cach trong nay xxxxxxx'])('with the token "%s" is refused', async (bad) => {
    const response = await like('PUT', { 'ykien-reader': bad })
    expect([response.status, (await answered(response)).code]).toEqual([422, 'reader_token_invalid'])
  })

  it('of a comment that waits, was hidden, or never was is answered alike', async () => {
    const waiting = await ward.submit('Còn chờ.', { article: { key } })
    const hidden = await ward.published('Sẽ ẩn.', { article: { key } })
    await ward.decide(staff, { comment: hidden.comment.id, version: 2, verdict: 'hide' })
    const answers = await Promise.all(
      [waiting.comment.id, hidden.comment.id, '01a20c62-0000-7000-8000-000000000000'].flatMap((each) => [
        like('PUT', reader('a'), { id: each }),
        like('DELETE', reader('a'), { id: each }),
        report({ reason: 'ads' }, reader('a'), each),
      ]),
    )
    const told = await Promise.all(answers.map(async (response) => [response.status, (await answered(response)).code]))
    expect(new Set(told.map(String))).toEqual(new Set(['404,not_found']))
  })

  it(`of one reader, sent ${PARALLEL} times at once, is one`, async () => {
    const answers = await Promise.all(Array.from({ length: PARALLEL }, () => like('PUT', reader('a'))))
    expect(answers.every((response) => response.status === 200)).toBe(true)
    expect(await rowsOf('comment_like')).toHaveLength(1)
    expect(await answered(like('PUT', reader('a')))).toEqual({ likes: 1, liked: true })
  })

  it('and likes taken back in a storm leave a number that is the count', async () => {
    const methods = ['PUT', 'DELETE', 'PUT'] as const
    await Promise.all(Array.from({ length: PARALLEL }, (_, index) => like(methods[index % 3] ?? 'PUT', reader(`nguoi-${index % 7}`))))
    const rows = await rowsOf('comment_like')
    const comment = await ward.store.db.selectFrom('comment').select('likes').where('id', '=', id).executeTakeFirstOrThrow()
    expect(comment.likes).toBe(rows.length)
  })

  it('is shown to all within five seconds, and makes kept answers old once in that time', async () => {
    const revision = async () =>
      (await ward.store.db.selectFrom('thread').select('revision').where('key', '=', key).executeTakeFirstOrThrow()).revision
    const shown = async () => (await ward.thread(`?key=${key}`)).comments[0]?.likes
    ward.clock.ms += 5_001
    await like('PUT', reader('a'))
    expect(await shown()).toBe(1)
    const before = await revision()
    for (const name of ['b', 'c', 'd']) await like('PUT', reader(name))
    expect(await revision()).toBe(before)
    ward.clock.ms += 5_001
    expect(await shown()).toBe(4)
    expect(await revision()).toBe(before + 1)
    ward.clock.ms += 60_000
    expect(await shown()).toBe(4)
    expect(await revision()).toBe(before + 1)
  })

  it('that waits to be shown hides no end of an undo window, and none hides it', async () => {
    ward.clock.ms += 5_001
    await like('PUT', reader('a'))
    const next = await ward.submit('Sẽ đăng.', { article: { key } })
    await ward.decide(staff, { comment: next.comment.id, version: 1, verdict: 'approve' })
    await like('PUT', reader('b'))
    ward.clock.ms += 5_001
    expect((await ward.thread(`?key=${key}`)).comments.map(({ likes }) => likes)).toEqual([2])
    ward.clock.ms += 5_001
    expect((await ward.thread(`?key=${key}`)).comments.map(({ body_text }) => body_text)).toEqual(['Sẽ đăng.', `Ý kiến số ${turn}.`])
  })

  it('is put in the order of likes', async () => {
    const other = await ward.published('Được thích.', { article: { key } })
    await like('PUT', reader('a'), { id: other.comment.id })
    await like('PUT', reader('b'), { id: other.comment.id })
    await like('PUT', reader('a'))
    ward.clock.ms += 5_001
    const { comments } = await ward.thread(`?key=${key}&sort=top`)
    expect(comments.map(({ likes }) => likes)).toEqual([2, 1])
  })

  it('beyond what one network may add in a day is refused, from others taken', async () => {
    const strict = await openWard({ YKIEN_LIMITS: 'on' })
    const sent = await strict.published('Được nhiều người thích.')
    const network = (await strict.request(`/api/v1/comments/${sent.comment.id}/like`, { method: 'PUT', headers: reader('x') })).status
    expect(network).toBe(200)
    const [row] = await strict.store.db.selectFrom('comment_like').selectAll().where('comment_id', '=', sent.comment.id).execute()
    for (let index = 0; index < 299; index++)
      await strict.store.batch([
        strict.store.db.insertInto('comment_like').values({ ...row, id: `thich-${index}`, voter: `v${index}` } as never),
      ])
    const put = (peer: string, name: string) =>
      strict.request(`/api/v1/comments/${sent.comment.id}/like`, { method: 'PUT', headers: reader(name), peer })
    expect((await put('203.0.113.7', 'y')).status).toBe(429)
    expect((await put('203.0.113.7', 'x')).status).toBe(200)
    expect((await put('203.0.113.8', 'y')).status).toBe(200)
    strict.clock.ms += 86_400_001
    expect((await put('203.0.113.7', 'z')).status).toBe(200)
  })

  it('may be sent by a page of the site with its token, and by no other page', async () => {
    const preflight = await ward.request(`/api/v1/comments/${id}/like`, { method: 'OPTIONS', headers: { origin: PORTAL } })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-headers')).toContain('ykien-reader')
    expect(preflight.headers.get('access-control-allow-methods')).toContain('PUT')
    expect((await like('PUT', { ...reader('a'), origin: PORTAL })).headers.get('access-control-allow-origin')).toBe(PORTAL)
    expect((await like('PUT', { ...reader('a'), origin: 'https://khac.example' })).status).toBe(403)
  })
})

describe('a report', () => {
  it('is taken once per reader and seen by the staff with its words', async () => {
    expect([(await report({ reason: 'insult', text: 'Dòng thứ hai.' })).status, await answered(report({ reason: 'ads' }))]).toEqual([
      202,
      { reported: true },
    ])
    await report({ reason: 'privacy' }, reader('b'))
    const item = await answered(admin(`comments/${id}`))
    expect(item).toMatchObject({
      report_count: 2,
      reports: [
        { reason: 'privacy', reason_sentence: 'Làm lộ thông tin cá nhân của người khác', text: null, handled_at: null },
        { reason: 'insult', text: 'Dòng thứ hai.' },
      ],
    })
  })

  it('shows to nobody else', async () => {
    await report({ reason: 'insult', text: 'Chỉ cán bộ đọc.' })
    for (const path of [`/api/v1/sites/${ward.slug}/threads?key=${key}`, `/r/${ward.slug}?key=${key}`, `/feeds/${ward.slug}.json`])
      expect(await (await ward.request(path)).text()).not.toMatch(/Chỉ cán bộ|insult/)
  })

  it.each([
    [{ reason: 'offtopic' }, 'validation'],
    [{}, 'validation'],
    [{ reason: 'ads', name: 'Tôi' }, 'validation'],
    [{ reason: 'other', text: 'x'.repeat(501) }, 'report_text_invalid'],
  ])('%j is refused', async (body, code) => {
    const response = await report(body)
    expect([response.status, (await answered(response)).code]).toEqual([422, code])
    expect(await rowsOf('report')).toHaveLength(0)
  })

  it('puts its comment among those reported, until a decision or a dismissal handles it', async () => {
    const reported = async () =>
      ((await answered(admin('queue?state=published&reported=1'))) as { items: { id: string }[] }).items.map((item) => item.id)
    await report({ reason: 'ads' })
    expect(await reported()).toContain(id)
    expect(await answered(admin(`comments/${id}/reports`, { method: 'DELETE' }))).toEqual({ comment: { id }, dismissed: 1 })
    expect(await reported()).not.toContain(id)
    expect(await answered(admin(`comments/${id}/reports`, { method: 'DELETE' }))).toEqual({ comment: { id }, dismissed: 0 })
    await report({ reason: 'ads' }, reader('b'))
    await ward.decide(staff, { comment: id, version: 2, verdict: 'hide' })
    expect((await rowsOf('report')).every((row) => row.handled_at !== null)).toBe(true)
  })

  it('is found in every state at once, however many opinions came since', async () => {
    await report({ reason: 'ads' })
    for (let n = 0; n < 25; n++) await ward.submit(`Ý kiến đến sau thứ ${n}.`, { article: { key } })
    const page = (await answered(admin('queue?state=any&reported=1&limit=20'))) as { items: { id: string }[] }
    expect(page.items.map((item) => item.id)).toContain(id)
    await takeAllIn(ward.services)
    const found = (await answered(admin(`queue?state=any&reported=1&limit=20&article=${key}`))) as { items: { id: string }[] }
    expect(found.items.map((item) => item.id)).toEqual([id])
  })

  it('is open again when the decision that handled it is undone', async () => {
    await report({ reason: 'ads' })
    const { decision } = await ward.decide(staff, { comment: id, version: 2, verdict: 'hide' })
    await admin(`decisions/${decision}`, { method: 'DELETE' })
    expect(await answered(admin(`comments/${id}`))).toMatchObject({ report_count: 1, state: 'published' })
  })

  it('is dismissed by those who decide only', async () => {
    await report({ reason: 'ads' })
    for (const role of ['viewer', 'replier', 'reception'] as const)
      expect((await admin(`comments/${id}/reports`, { method: 'DELETE' }, await ward.token(role))).status).toBe(403)
  })
})

describe('an author’s record', () => {
  it('follows the token on one site, and is not told of those without one', async () => {
    const published = await ward.submit('Được đăng.', { article: { key } }, reader('ky-luc'))
    const rejected = await ward.submit('Không đăng.', { article: { key } }, reader('ky-luc'))
    await ward.decide(staff, { comment: published.comment.id, version: 1, verdict: 'approve' })
    await ward.decide(staff, { comment: rejected.comment.id, version: 1, verdict: 'reject', reason: 'ads' })
    const third = await ward.submit('Còn chờ.', { article: { key } }, reader('ky-luc'))
    expect(await answered(admin(`comments/${third.comment.id}`))).toMatchObject({ author: { record: { published: 1, rejected: 1 } } })
    const stranger = await ward.submit('Không mã.', { article: { key } })
    expect(await answered(admin(`comments/${stranger.comment.id}`))).toMatchObject({ author: { record: null } })
  })
})

describe('a hint before sending', () => {
  const ask = (body: Record<string, unknown>, headers: Record<string, string> = {}) =>
    ward.request(`/api/v1/sites/${ward.slug}/nudges`, { method: 'POST', headers, body })
  const codesOf = async (body: Record<string, unknown>) =>
    ((await answered(ask(body))) as { nudges: { code: string }[] }).nudges.map(({ code }) => code)

  it('names what was found, where, and in the reader’s language', async () => {
    const body = { body: 'Xin gọi 0912345678, thư toi@vidu.example.com.' }
    expect(await answered(ask(body))).toEqual({
      nudges: [
        {
          code: 'personal_data',
          message: 'Nội dung có vẻ chứa số điện thoại, địa chỉ thư điện tử. Thông tin này có thể được ẩn khi đăng.',
          spans: [
            [8, 18],
            [24, 44],
          ],
        },
      ],
    })
    expect(await answered(ask(body, { 'accept-language': 'en' }))).toMatchObject({
      nudges: [{ message: 'The text seems to contain a phone number, an e-mail address. It may be hidden when the opinion is published.' }],
    })
  })

  it('changes nothing, whatever it finds', async () => {
    const before = await dump(ward.store)
    const body = { article: { key }, body: `Ý kiến số ${turn}.`, author: { name: 'UBND phường' } }
    expect(await codesOf(body)).toEqual(['name_reserved', 'duplicate'])
    expect(await dump(ward.store)).toEqual(before)
  })

  it('tells of the same text under the same article within a day, however it is spaced', async () => {
    await ward.submit('Đèn đường thôn 3 không sáng.', { article: { key } })
    expect(await codesOf({ article: { key }, body: 'ĐÈN đường  thôn 3, không sáng' })).toEqual(['duplicate'])
    expect(await codesOf({ article: { key: `${key}-khac` }, body: 'Đèn đường thôn 3 không sáng.' })).toEqual([])
    ward.clock.ms += 86_400_001
    expect(await codesOf({ article: { key }, body: 'Đèn đường thôn 3 không sáng.' })).toEqual([])
  })

  it('tells nothing of a text that went the confidential way or was taken back', async () => {
    const [sealed, withdrawn] = [
      await ward.submit('Đi kênh mật.', { article: { key } }),
      await ward.submit('Rút lại.', { article: { key } }),
    ]
    await ward.decide(staff, { comment: sealed.comment.id, version: 1, verdict: 'seal' })
    await ward.request(`/api/v1/comments/${withdrawn.comment.id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${withdrawn.edit.token}` },
    })
    expect([await codesOf({ article: { key }, body: 'Đi kênh mật.' }), await codesOf({ article: { key }, body: 'Rút lại.' })]).toEqual([
      [],
      [],
    ])
  })

  it('is refused for what could not be sent either', async () => {
    expect((await ask({ body: 'x' })).status).toBe(422)
    expect((await ask({ body: 'Được.', khac: 1 })).status).toBe(422)
  })
})

describe('limits', () => {
  it('stand for likes, reports and hints each by itself', async () => {
    const strict = await openWard({ YKIEN_LIMITS: 'on' })
    const { id: sent } = (await strict.published('Có giới hạn.')).comment
    const status = async (path: string, method: string, body?: Record<string, unknown>) =>
      (await strict.request(path, { method, headers: reader('a'), ...(body ? { body } : {}) })).status
    const repeat = async (times: number, run: () => Promise<number>) => {
      const statuses: number[] = []
      for (let index = 0; index < times; index++) statuses.push(await run())
      return new Set(statuses)
    }
    expect(await repeat(11, () => status(`/api/v1/comments/${sent}/reports`, 'POST', { reason: 'ads' }))).toEqual(new Set([202, 429]))
    expect(await repeat(31, () => status(`/api/v1/sites/${strict.slug}/nudges`, 'POST', { body: 'Được.' }))).toEqual(new Set([200, 429]))
    // Far more than the burst: the bucket is filled again by a real clock while a slow database answers.
    expect(await repeat(400, () => status(`/api/v1/comments/${sent}/like`, 'DELETE'))).toEqual(new Set([200, 429]))
  })
})
