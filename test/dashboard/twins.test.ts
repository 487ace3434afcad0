// One press on a card takes all that are alike and that the page listed, and nothing that came later; one undo takes it back.
import { beforeAll, describe, expect, it } from 'vitest'
import { keepAssessments } from '../../src/core/moderation/assess.ts'
import { BASE, openWard, type Ward } from '../support/ward.ts'

const TEXT = 'Cho vay tiền nhanh không cần thế chấp, gọi ngay hôm nay để được tư vấn'

let ward: Ward
let cookie: string
beforeAll(async () => {
  ward = await openWard()
  cookie = await ward.signIn('leader')
})

const assess = async () => {
  while (await keepAssessments(ward.services));
}
const page = async (path: string) => {
  const response = await ward.request(`/desk/${ward.slug}/${path}`, { headers: { cookie } })
  return { status: response.status, text: await response.text() }
}
const post = (path: string, fields: Record<string, string>) =>
  ward.request(`/desk/${ward.slug}/${path}`, { method: 'POST', headers: { cookie, origin: BASE }, body: new URLSearchParams(fields) })
const stateOf = async (id: string) =>
  (await ward.store.db.selectFrom('comment').select('state').where('id', '=', id).executeTakeFirstOrThrow()).state
/** The fields of the form about twins on the card of a comment. */
const formOf = (html: string, id: string) => {
  const card = html.split(`id="c-${id}"`)[1]?.split('<article')[0] ?? ''
  const form = card.split('class="twins"')[1]?.split('</form>')[0] ?? ''
  return Object.fromEntries(Array.from(form.matchAll(/name="([^"]+)" value="([^"]*)"/g), ([, name, value]) => [name, value])) as Record<
    string,
    string
  >
}

describe('twins on a card', () => {
  it('are pressed away together, bounded to what the page listed, with one undo', async () => {
    const ids: string[] = []
    for (let n = 0; n < 3; n++) ids.push((await ward.submit(`${TEXT} ${n}`)).comment.id)
    await assess()
    const { text } = await page('queue')
    const fields = formOf(text, ids[0] ?? '')
    expect(text).toContain('3 ý kiến giống nhau')
    expect(
      Object.keys(fields)
        .filter((name) => name.startsWith('item-'))
        .sort(),
    ).toEqual(ids.map((id) => `item-${id}`).sort())
    const late = (await ward.submit(`${TEXT} 9`)).comment.id
    await assess()
    const pressed = await post('bulk', fields)
    expect(pressed.status).toBe(303)
    expect(await Promise.all(ids.map(stateOf))).toEqual(['spam', 'spam', 'spam'])
    expect(await stateOf(late)).toBe('pending')
    const undone = await post('bulk/undo', { request_key: fields.request_key ?? '', state: 'pending' })
    expect(undone.status).toBe(303)
    expect(await Promise.all(ids.map(stateOf))).toEqual(['pending', 'pending', 'pending'])
  })

  it('are put off together, and rejected together for one reason', async () => {
    const text = 'Bán đất nền giá rẻ ven sông, sổ đỏ trao tay, xem đất miễn phí cả tuần'
    const ids = [(await ward.submit(text)).comment.id, (await ward.submit(`${text}!`)).comment.id]
    await assess()
    const held = formOf((await page('queue')).text, ids[0] ?? '')
    expect((await post('bulk', { ...held, verdict: 'hold' })).status).toBe(303)
    expect(await Promise.all(ids.map(stateOf))).toEqual(['held', 'held'])
    const rejected = formOf((await page('queue?state=held')).text, ids[1] ?? '')
    expect((await post('bulk', { ...rejected, verdict: 'reject' })).status).toBe(422)
    expect((await post('bulk', { ...rejected, verdict: 'reject', reason: 'duplicate' })).status).toBe(303)
    expect(await Promise.all(ids.map(stateOf))).toEqual(['rejected', 'rejected'])
  })

  it('offer exactly the verdicts that are legal for the card', async () => {
    const text = 'Dạy kèm tiếng Anh tại nhà, học phí rẻ, cam kết đầu ra, liên hệ cô Sáu'
    const [one] = [(await ward.submit(text)).comment.id, (await ward.submit(`${text}!`)).comment.id]
    await assess()
    const offered = async (state: string) => {
      const form = (await page(`queue?state=${state}`)).text.split(`id="c-${one}"`)[1]?.split('class="twins"')[1]?.split('</form>')[0] ?? ''
      return Array.from(form.matchAll(/name="verdict" value="([^"]+)"/g), ([, verdict]) => verdict).sort()
    }
    expect(await offered('pending')).toEqual(['hold', 'reject', 'spam'])
    await ward.decide(await ward.token(), { comment: one, version: 1, verdict: 'hold' })
    expect(await offered('held')).toEqual(['reject', 'spam'])
  })

  it('that somebody decided on meanwhile are left as they are', async () => {
    const other = 'Nhận làm giấy tờ xe các loại, giao tận nhà trong ba ngày, liên hệ anh Tư'
    const [one, two] = [(await ward.submit(other)).comment.id, (await ward.submit(`${other}!`)).comment.id]
    await assess()
    const fields = formOf((await page('queue')).text, one)
    await ward.decide(await ward.token(), { comment: two, version: 1, verdict: 'hold' })
    expect((await post('bulk', fields)).status).toBe(303)
    expect([await stateOf(one), await stateOf(two)]).toEqual(['spam', 'held'])
  })
})

describe('the page about learning', () => {
  it('tells the site’s admin how far it is, and nobody else', async () => {
    const admin = await ward.signIn('admin')
    const asked = async (who: string) => ward.request(`/desk/${ward.slug}/learning`, { headers: { cookie: who } })
    const answer = await asked(admin)
    expect(answer.status).toBe(200)
    expect(await answer.text()).toContain('Chưa đủ quyết định để xếp thứ tự')
    expect((await asked(cookie)).status).toBe(403)
  })
})
