// What a site asks of authors beside the text: which fields there are, which are required, what is kept of them, and what of
// it an author gets to see again by the receipt.
import { beforeAll, describe, expect, it } from 'vitest'
import { setSite } from '../../src/core/sites.ts'
import { strings } from '../../src/i18n/index.ts'
import { unseal } from '../../src/lib/crypto.ts'
import { openWard, type Ward } from '../support/ward.ts'

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
})

const ask = (settings: Record<string, unknown>) =>
  setSite(ward.services, ward.slug, {
    ask_name: null,
    ask_email: null,
    ask_phone: null,
    ask_address: null,
    ask_kind: null,
    requires_terms: null,
    ...settings,
  })
const post = async (more: Record<string, unknown>, headers: Record<string, string> = {}) => {
  const response = await ward.request(`/api/v1/sites/${ward.slug}/comments`, {
    method: 'POST',
    headers,
    body: { article: { key: 'muc' }, body: 'Có các mục.', ...more },
  })
  return { status: response.status, body: (await response.json()) as { comment?: { id: string }; code?: string; errors?: unknown[] } }
}
const rowOf = (id = '') => ward.store.db.selectFrom('comment').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
const contactOf = async (id = '') => {
  const { contact_sealed } = await rowOf(id)
  return contact_sealed === null ? null : JSON.parse(await unseal(ward.services.config.secret, `contact:${id}`, contact_sealed))
}
const siteView = async () => (await (await ward.request(`/api/v1/sites/${ward.slug}`)).json()) as Record<string, unknown>

describe('a site', () => {
  it('asks for nothing but the text unless told, and says so', async () => {
    await ask({})
    expect(await siteView()).toMatchObject({
      agency: 'Phường Thử',
      languages: ['vi', 'en'],
      fields: { name: 'optional', email: 'optional', phone: 'optional', address: 'off', kind: 'off' },
      kinds: null,
      requires: { terms: false },
      privacy_url: null,
      rules: null,
    })
    expect((await post({})).status).toBe(202)
  })

  it('that was set says what it asks for, also with the thread', async () => {
    await ask({ agency: 'UBND Phường Thử', languages: ['vi'], privacy_url: 'https://phuongthu.example/rieng-tu', ask_kind: 'optional' })
    const expected = {
      agency: 'UBND Phường Thử',
      languages: ['vi'],
      privacy_url: 'https://phuongthu.example/rieng-tu',
      kinds: ['comment', 'question', 'reflection', 'proposal', 'suggestion', 'praise'],
    }
    expect(await siteView()).toMatchObject(expected)
    const thread = await ward.request(`/api/v1/sites/${ward.slug}/threads?key=muc`)
    expect(await thread.json()).toMatchObject({ site: expected })
    await ask({ agency: null, languages: null, privacy_url: null })
    expect(await siteView()).toMatchObject({ agency: 'Phường Thử', languages: ['vi', 'en'] })
  })

  it('that takes nothing says so in each of its languages, in its own words where it has some', async () => {
    const closed = async () =>
      ((await (await ward.request(`/api/v1/sites/${ward.slug}/threads?key=muc`)).json()) as { thread: { closed: unknown } }).thread.closed
    await ask({ state: 'closed' })
    const [vi, en] = (['vi', 'en'] as const).map((language) => strings(language).settings.siteClosed)
    expect(await closed()).toEqual({ reason: 'site', message: vi, messages: { vi, en }, opens_at: null })
    await ask({ language: 'en', languages: ['en'] })
    expect(await closed()).toMatchObject({ message: en, messages: { en } })
    await ask({ language: null, languages: null, closed_message: 'Nghỉ lễ.' })
    expect(await closed()).toMatchObject({ message: 'Nghỉ lễ.', messages: { vi: 'Nghỉ lễ.', en: 'Nghỉ lễ.' } })
    await ask({ state: null, closed_message: null })
    expect(await closed()).toBeNull()
  })

  it('can be set by one value and keeps the others; a wrong name or value changes nothing', async () => {
    await ask({ body_max: 500 })
    await setSite(ward.services, ward.slug, { body_min: 3 })
    expect(await siteView()).toMatchObject({ body: { min: 3, max: 500 } })
    for (const wrong of [{ khac: 1 }, { ask_name: 'maybe' }, { body_min: 0 }, { privacy_url: 'javascript:alert(1)' }])
      await expect(setSite(ward.services, ward.slug, wrong)).rejects.toThrow()
    expect(await siteView()).toMatchObject({ body: { min: 3, max: 500 }, fields: { name: 'optional' } })
    const audits = await ward.store.db.selectFrom('audit').select('detail').where('action', '=', 'site.set').orderBy('id', 'desc').execute()
    expect(JSON.parse(audits[0]?.detail ?? '')).toEqual({ after: { body_min: 3 }, unsaid: [] })
    await setSite(ward.services, ward.slug, { body_min: null, body_max: null })
  })
})

describe('a field', () => {
  it('that is required and missing is told by itself, all at once', async () => {
    await ask({ ask_name: 'required', ask_email: 'required', ask_phone: 'required', ask_address: 'required', ask_kind: 'required' })
    const { status, body } = await post({ author: { name: '  ', phone: 'abc' } })
    expect(status).toBe(422)
    expect(body.errors).toMatchObject([
      { pointer: '/author/name', code: 'field_required', detail: 'Xin nhập mục bắt buộc này.' },
      { pointer: '/author/email', code: 'field_required' },
      { pointer: '/author/phone', code: 'phone_invalid' },
      { pointer: '/author/address', code: 'field_required' },
      { pointer: '/kind', code: 'field_required' },
    ])
    const whole = { name: 'Lớn', email: 'lon@thu.example.com', phone: '0912 345 678', address: 'Tổ dân phố 3' }
    const sent = await post({ author: whole, kind: 'reflection' })
    expect(sent.status).toBe(202)
    const { name: _name, ...contact } = whole
    expect(await contactOf(sent.body.comment?.id)).toEqual(contact)
    expect(await rowOf(sent.body.comment?.id)).toMatchObject({ kind: 'reflection', author_name_given: 'Lớn', author_name: null })
  })

  it('that the site does not ask for is not kept', async () => {
    await ask({ ask_name: 'off', ask_email: 'off', ask_phone: 'off' })
    const { body } = await post({
      author: { name: 'Lớn', email: 'lon@thu.example.com', phone: '0912 345 678', address: 'Tổ dân phố 3' },
      kind: 'praise',
      consents: ['name'],
    })
    expect(await contactOf(body.comment?.id)).toBeNull()
    expect(await rowOf(body.comment?.id)).toMatchObject({ kind: null, author_name: null, author_name_given: null })
  })

  it.each([
    [{ author: { address: 'x'.repeat(201) } }, 'address_invalid'],
    [{ author: { email: 'không phải' } }, 'email_invalid'],
    [{ author: { name: 'x'.repeat(81) } }, 'name_invalid'],
    [{ kind: 'khac' }, 'validation'],
    [{ consents: ['notify'] }, 'field_required'],
  ])('with %j is refused', async (more, code) => {
    await ask({ ask_address: 'optional' })
    expect(await post(more)).toMatchObject({ status: 422, body: { code } })
  })

  it('of letters to the author needs an address to write to', async () => {
    await ask({})
    expect((await post({ consents: ['notify'], author: { email: 'lon@thu.example.com' } })).status).toBe(202)
  })

  it('of the type of opinion is public with the comment and told to the staff', async () => {
    await ask({ ask_kind: 'optional' })
    const { comment } = await ward.published('Đèn hỏng.', { article: { key: 'loai' }, kind: 'reflection' })
    const thread = (await (await ward.request(`/api/v1/sites/${ward.slug}/threads?key=loai`)).json()) as { comments: unknown[] }
    expect(thread.comments).toMatchObject([{ id: comment.id, kind: 'reflection' }])
    const item = await ward.request(`/api/v1/admin/sites/${ward.slug}/comments/${comment.id}`, {
      headers: { authorization: `Bearer ${await ward.token('viewer')}` },
    })
    expect(await item.json()).toMatchObject({ kind: 'reflection', pinned: false, official: null })
  })

  it('for the reader’s token must hold one', async () => {
    expect(await post({}, { 'ykien-reader': 'ngan' })).toMatchObject({ status: 422, body: { code: 'reader_token_invalid' } })
  })
})

describe('a receipt', () => {
  it('shows one’s own comment while it waits, and what others read once it is public', async () => {
    await ask({})
    const sent = await ward.submit('Ý kiến của tôi.', { author: { name: 'Lớn' }, consents: ['name'] })
    const read = async () => {
      const response = await ward.request(`/api/v1/receipts/${sent.receipt.code}`, {
        headers: { authorization: `Bearer ${sent.receipt.secret}` },
      })
      return ((await response.json()) as { comment: unknown }).comment
    }
    const own = { id: sent.comment.id, parent_id: null, body_text: 'Ý kiến của tôi.', author: { name: 'Lớn' }, edit_until: sent.edit.until }
    expect(await read()).toMatchObject({ ...own, state: 'pending', published: false, public_text: null })
    const token = await ward.token()
    await ward.decide(token, { comment: sent.comment.id, version: 1, verdict: 'approve' })
    ward.clock.ms += 10_001
    await ward.thread()
    await ward.request(`/api/v1/comments/${sent.comment.id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${sent.edit.token}` },
      body: { body: 'Ý kiến đã sửa.' },
    })
    expect(await read()).toMatchObject({
      ...own,
      body_text: 'Ý kiến đã sửa.',
      state: 'pending',
      published: true,
      public_text: own.body_text,
    })
    expect(JSON.stringify(await read())).not.toContain(sent.edit.token)
  })
})
