// The quick lane: only what qualifies is shown and approved, a person presses, each is looked at again, and one undo takes all back.
import { beforeEach, describe, expect, it } from 'vitest'
import { isQuick } from '../../src/core/moderation/quick.ts'
import { Settings } from '../../src/core/settings.ts'
import { setSite } from '../../src/core/sites.ts'
import { BASE, openWard, type Ward } from '../support/ward.ts'

let ward: Ward
let cookie: string
const known = { 'ykien-reader': 'nguoi-gui-quen-00000000' }
beforeEach(async () => {
  ward = await openWard()
  await setSite(ward.services, ward.slug, { quick_lane: true, quick_published: 2 })
  cookie = await ward.signIn('moderator')
})

const path = () => `/desk/${ward.slug}/quick`
const page = async () => (await ward.request(path(), { headers: { cookie } })).text()
const post = async (to: string, fields: Record<string, string>) =>
  ward.request(to, { method: 'POST', headers: { cookie, origin: BASE }, body: new URLSearchParams(fields) })
/** The fields of the one form that approves the page. */
function pressOf(html: string): Record<string, string> {
  const form = /<form class="save press"[\s\S]*?<\/form>/.exec(html)?.[0] ?? ''
  return Object.fromEntries([...form.matchAll(/name="([^"]+)" value="([^"]+)"/g)].map(([, name = '', value = '']) => [name, value]))
}
/** A reader with two published opinions. */
async function trust(): Promise<void> {
  const token = await ward.token()
  for (const text of ['Đường Đồng Cờ đã sạch hơn trước.', 'Cảm ơn phường đã lắp đèn ở ngõ ba.']) {
    const { comment } = await ward.submit(text, {}, known)
    await ward.decide(token, { comment: comment.id, version: 1, verdict: 'approve' })
  }
  ward.clock.ms += 60_000
  await ward.thread()
}
const states = async () =>
  (
    await ward.store.db
      .selectFrom('comment')
      .innerJoin('site', 'site.id', 'comment.site_id')
      .select(['comment.state'])
      .where('site.slug', '=', ward.slug)
      .execute()
  ).map(({ state }) => state)

describe('a page of the lane', () => {
  it('holds what has no signal by somebody with a good record, and is approved and undone by one press each', async () => {
    await trust()
    await ward.submit('Tôi thấy lịch cắt nước được báo sớm hơn trước.', {}, known)
    await ward.submit('Tôi thấy nhà văn hóa mở cửa đúng giờ.', {}, known)
    await ward.submit('Người chưa ai biết viết câu này.')
    await ward.submit('Gọi ngay 0912 345 678 để được tư vấn.', {}, known)
    const html = await page()
    expect(html).toContain('lịch cắt nước')
    expect(html).not.toContain('chưa ai biết')
    expect(html).not.toContain('0912')
    const press = pressOf(html)
    const done = await post(path(), press)
    expect(done.headers.get('location')).toBe(`${path()}?done=${press.request_key}`)
    expect((await states()).filter((state) => state === 'published')).toHaveLength(4)
    // The same press again decides nothing more.
    await post(path(), press)
    const told = await (await ward.request(done.headers.get('location') ?? '', { headers: { cookie } })).text()
    expect(told).toContain('Đã duyệt 2 ý kiến.')
    await post(`/desk/${ward.slug}/bulk/undo`, { request_key: press.request_key ?? '', state: 'pending' })
    expect((await states()).filter((state) => state === 'pending')).toHaveLength(4)
  })

  it('leaves what was changed, decided, or no longer qualifies since it was made', async () => {
    await trust()
    const changed = await ward.submit('Bản đầu của ý kiến này.', {}, known)
    const press = pressOf(await page())
    await ward.request(`/api/v1/comments/${changed.comment.id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${changed.edit.token}` },
      body: { body: 'Bản đã sửa của ý kiến này.' },
    })
    expect((await post(path(), press)).headers.get('location')).toContain('left=1')
    const again = pressOf(await page())
    const bad = await ward.submit('Ý kiến sẽ bị từ chối.', {}, known)
    await ward.decide(await ward.token(), { comment: bad.comment.id, version: 1, verdict: 'reject', reason: 'offtopic' })
    expect((await post(path(), again)).headers.get('location')).toContain('left=1')
    expect((await states()).filter((state) => state === 'published')).toHaveLength(2)
  })

  it('is refused where the site has no lane, and to those who do not decide', async () => {
    await trust()
    await ward.submit('Chờ trong làn.', {}, known)
    const press = pressOf(await page())
    cookie = await ward.signIn('viewer')
    expect((await post(path(), press)).status).toBe(403)
    cookie = await ward.signIn('moderator')
    await setSite(ward.services, ward.slug, { quick_lane: false })
    expect((await post(path(), press)).status).toBe(409)
    expect((await states()).filter((state) => state === 'published')).toHaveLength(2)
  })
})

it('an opinion takes the lane only when everything speaks for it', () => {
  const settings = Settings.parse({ quick_lane: true, quick_published: 3 })
  const good = {
    state: 'pending' as const,
    is_public: false,
    official: null,
    signals: [],
    report_count: 0,
    legal_verdicts: ['approve' as const],
    author: { record: { published: 3, rejected: 0 } },
  }
  expect(isQuick({ settings }, good)).toBe(true)
  for (const more of [
    { state: 'held' as const },
    { is_public: true },
    { signals: [{ code: 'links' as const, weight: 30, rule: 'links', spans: [], details: {} }] },
    { report_count: 1 },
    { legal_verdicts: [] },
    { author: { record: null } },
    { author: { record: { published: 2, rejected: 0 } } },
    { author: { record: { published: 9, rejected: 1 } } },
  ])
    expect(isQuick({ settings }, { ...good, ...more }), JSON.stringify(more)).toBe(false)
  expect(isQuick({ settings: { ...settings, quick_lane: false } }, good)).toBe(false)
})
