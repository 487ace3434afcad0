// The settings of a site: one version at a time, nothing typed is lost, each change in the record, and readers see what was set.
import { beforeEach, describe, expect, it } from 'vitest'
import { setSite } from '../../src/core/sites.ts'
import { BASE, openWard, PORTAL, type Ward } from '../support/ward.ts'

let ward: Ward
let cookie: string
beforeEach(async () => {
  ward = await openWard()
  cookie = await ward.signIn('admin')
})

const page = () => `/desk/${ward.slug}/settings/site`

async function get(path: string, as = cookie): Promise<{ status: number; html: string }> {
  const response = await ward.request(path, { headers: { cookie: as } })
  return { status: response.status, html: await response.text() }
}

async function post(path: string, fields: Record<string, string>, as = cookie): Promise<{ status: number; html: string; to: string }> {
  const response = await ward.request(path, { method: 'POST', headers: { cookie: as, origin: BASE }, body: new URLSearchParams(fields) })
  return { status: response.status, html: await response.text(), to: response.headers.get('location') ?? '' }
}

/** What a form's controls hold, as a browser would send it. */
function controlsOf(html: string): Record<string, string> {
  const text = (raw: string) =>
    raw.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
  const attribute = (tag: string, name: string) => text(new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '')
  const form = /<form class="setup"[\s\S]*?<\/form>/.exec(html)?.[0] ?? ''
  const fields: Record<string, string> = {}
  for (const [tag] of form.matchAll(/<input[^>]*>/g)) {
    const isChoice = /type="(?:radio|checkbox)"/.test(tag)
    if (!isChoice || /\schecked/.test(tag)) fields[attribute(tag, 'name')] = attribute(tag, 'value') || (isChoice ? 'on' : '')
  }
  for (const [, tag = '', inner = ''] of form.matchAll(/<textarea([^>]*)>([\s\S]*?)<\/textarea>/g))
    fields[attribute(tag, 'name')] = text(inner.replace(/^\n/, ''))
  for (const [, tag = '', inner = ''] of form.matchAll(/<select([^>]*)>([\s\S]*?)<\/select>/g))
    fields[attribute(tag, 'name')] = /value="([^"]*)" selected/.exec(inner)?.[1] ?? ''
  return fields
}

const controls = async () => controlsOf((await get(page())).html)

/** Wards share a database where a file's tests do. */
const siteId = async () => (await ward.ctx({ kind: 'reader' })).site.id

async function audits(action: string): Promise<{ actor_name: string | null; detail: Record<string, unknown> }[]> {
  const rows = await ward.store.db
    .selectFrom('audit')
    .select(['actor_name', 'detail'])
    .where('action', '=', action)
    .where('site_id', '=', await siteId())
    .orderBy('id')
    .execute()
  return rows.map(({ actor_name, detail }) => ({ actor_name, detail: JSON.parse(detail) as Record<string, unknown> }))
}

const siteView = async () =>
  (await (await ward.request(`/api/v1/sites/${ward.slug}`)).json()) as {
    name: string
    agency: string
    body: { min: number; max: number }
    consents: { version: number; name: string | null }
    contact: Record<string, string | null>
  }

describe('saving', () => {
  it('changes what was changed, tells readers, and records it with before and after', async () => {
    const form = await controls()
    const saved = await post(page(), { ...form, agency: 'UBND Phường Thử', body_max: '500', ask_kind: 'required' })
    expect([saved.status, saved.to]).toEqual([303, `${page()}?saved=yes`])
    expect(await siteView()).toMatchObject({ agency: 'UBND Phường Thử', body: { min: 2, max: 500 } })
    expect(await audits('site.set')).toEqual([
      {
        actor_name: 'Cán bộ admin',
        detail: {
          before: { agency: null, body_max: 2_000, ask_kind: 'off' },
          after: { agency: 'UBND Phường Thử', body_max: 500, ask_kind: 'required' },
          unsaid: [],
        },
      },
    ])
  })

  it('of a form that nobody touched leaves no trace', async () => {
    expect((await post(page(), await controls())).to).toBe(`${page()}?saved=same`)
    expect(await audits('site.set')).toEqual([])
  })

  it('keeps the values that reach a person out of the record', async () => {
    await post(page(), { ...(await controls()), contact_person: 'Bà Ví Dụ', contact_phone: '0239 000 000', contact_address: 'Số 1' })
    expect(await siteView()).toMatchObject({ contact: { person: 'Bà Ví Dụ', phone: '0239 000 000', address: 'Số 1', email: null } })
    const [{ detail } = { detail: {} }] = await audits('site.set')
    expect(detail).toEqual({
      before: { contact_address: null },
      after: { contact_address: 'Số 1' },
      unsaid: ['contact_person', 'contact_phone'],
    })
  })

  it('renames the unit, empties a text, and keeps the quick lane’s choice while the site is closed', async () => {
    await post(page(), { ...(await controls()), name: 'Phường Mới', mode: 'quick', closed_message: 'Nghỉ.' })
    await post(page(), { ...(await controls()), mode: 'closed', closed_message: '' })
    expect((await siteView()).name).toBe('Phường Mới')
    const { settings } = (await ward.ctx({ kind: 'reader' })).site
    expect(settings).toMatchObject({ state: 'closed', quick_lane: true, closed_message: null })
  })

  it.each([
    ['body_max', { body_min: '100', body_max: '50' }],
    ['body_max', { body_max: 'nhiều' }],
    ['edit_minutes', { edit_minutes: '-1' }],
    ['hours_to', { hours_from: '17:00', hours_to: '07:00' }],
    ['hours_to', { hours_from: '07:00', hours_to: '' }],
    ['hours_from', { hours_from: '7h', hours_to: '17:00' }],
    ['closed_dates', { closed_dates: '30/02/2027' }],
    ['closed_dates', { closed_dates: '02/05/2027 - 01/05/2027' }],
    ['contact_email', { contact_email: 'không phải thư' }],
    ['privacy_url', { privacy_url: 'javascript:alert(1)' }],
    ['name', { name: '' }],
    ['agency', { agency: 'x'.repeat(201) }],
  ])('refuses a wrong %s, marks it and keeps everything typed', async (field, wrong) => {
    const typed = { ...(await controls()), contact_person: 'Ông Đang Gõ', ...wrong }
    const answer = await post(page(), typed)
    expect(answer.status).toBe(422)
    expect(answer.html).toContain(`id="e-${field}"`)
    expect(controlsOf(answer.html)).toEqual(typed)
    expect(await audits('site.set')).toEqual([])
  })

  it('puts a model text into the form without saving it', async () => {
    const typed = { ...(await controls()), agency: 'UBND Phường Thử', contact_address: 'Số 1 Đường Thử' }
    const answer = await post(page(), { ...typed, insert: 'rules' })
    const shown = controlsOf(answer.html)
    expect(shown.rules).toContain('nơi tiếp công dân tại Số 1 Đường Thử')
    expect(shown.agency).toBe('UBND Phường Thử')
    expect(await audits('site.set')).toEqual([])
    expect((await post(page(), shown)).status).toBe(303)
    expect((await siteView()).consents.version).toBe(1)
  })

  it('is refused to everybody but administrators, and the page too', async () => {
    for (const role of ['viewer', 'moderator', 'replier', 'leader', 'reception'] as const) {
      const other = await ward.signIn(role)
      expect((await get(page(), other)).status).toBe(403)
      expect((await post(page(), { version: '1', agency: 'Không được' }, other)).status).toBe(403)
    }
    expect(await audits('site.set')).toEqual([])
  })
})

describe('of two administrators who save the same version', () => {
  it('the second is told who came first and finds everything typed, beside what was saved meanwhile', async () => {
    const other = await ward.signIn('admin', `hai-${ward.slug}@phuongthu.example`)
    const mine = await controls()
    const theirs = await controls()
    await post(page(), { ...theirs, agency: 'UBND Của Người Trước', body_max: '900', closed_message: 'Của người trước' }, other)
    const answer = await post(page(), { ...mine, agency: 'UBND Của Tôi', contact_address: 'Số 2' })
    expect(answer.status).toBe(409)
    expect(answer.html).toContain('Cán bộ admin')
    expect(answer.html).toContain('UBND Của Người Trước')
    const shown = controlsOf(answer.html)
    // Touched by me: kept. Touched by them only: theirs, so that saving again does not undo it.
    expect(shown).toMatchObject({ agency: 'UBND Của Tôi', contact_address: 'Số 2', body_max: '900', closed_message: 'Của người trước' })
    expect((await post(page(), shown)).status).toBe(303)
    const { settings } = (await ward.ctx({ kind: 'reader' })).site
    expect(settings).toMatchObject({ agency: 'UBND Của Tôi', contact_address: 'Số 2', body_max: 900, closed_message: 'Của người trước' })
  })

  it('exactly one of twenty at the same moment is saved', async () => {
    const form = await controls()
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => post(page(), { ...form, agency: `UBND số ${n}` })))
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(19)
    expect(await audits('site.set')).toHaveLength(1)
  })

  it('the command line counts as one too', async () => {
    const form = await controls()
    await setSite(ward.services, ward.slug, { body_max: 700, contact_person: 'Bà Ví Dụ' })
    expect((await audits('site.set'))[0]?.detail).toEqual({
      after: { body_max: 700 },
      unsaid: ['contact_person'],
    })
    expect((await post(page(), { ...form, agency: 'UBND' })).status).toBe(409)
  })
})

describe('the texts that authors agree to', () => {
  it('get a version with each change, and a comment keeps the version its author saw', async () => {
    await ward.submit('Trước khi có bản nào.')
    await post(page(), { ...(await controls()), rules: 'Quy định thứ nhất', consent_name: 'Tôi đồng ý nêu tên.' })
    expect((await siteView()).consents).toMatchObject({ version: 1, name: 'Tôi đồng ý nêu tên.' })
    await ward.submit('Theo bản một.')
    await post(page(), { ...(await controls()), agency: 'UBND' })
    expect((await siteView()).consents.version).toBe(1)
    await setSite(ward.services, ward.slug, { rules: 'Quy định thứ hai' })
    expect((await siteView()).consents.version).toBe(2)
    await ward.submit('Trang mở từ lúc bản một.', { consents_version: 1 })
    await ward.submit('Theo bản hai.')
    const rows = await ward.store.db
      .selectFrom('comment')
      .select('consent_version')
      .where('site_id', '=', await siteId())
      .orderBy('received_at')
      .orderBy('id')
      .execute()
    expect(rows.map((row) => row.consent_version)).toEqual([0, 1, 1, 2])
    const { html } = await get(`/desk/${ward.slug}/settings/consents`)
    for (const text of ['Quy định thứ nhất', 'Quy định thứ hai', 'Tôi đồng ý nêu tên.']) expect(html).toContain(text)
  })

  it('keep as version 0 what stood before the first change', async () => {
    await ward.store.batch([ward.store.db.updateTable('site').set({ settings: '{"rules":"Từ đầu"}' }).where('slug', '=', ward.slug)])
    await post(page(), { ...(await controls()), rules: 'Sửa lần một' })
    const rows = await ward.store.db
      .selectFrom('consent_text')
      .select(['version', 'texts'])
      .where('site_id', '=', await siteId())
      .orderBy('version')
      .execute()
    expect(rows.map(({ version, texts }) => [version, (JSON.parse(texts) as { rules: string }).rules])).toEqual([
      [0, 'Từ đầu'],
      [1, 'Sửa lần một'],
    ])
  })

  it('cannot be agreed to before they exist', async () => {
    await expect(ward.submit('Bản chưa có.', { consents_version: 3 })).rejects.toThrow(/consents_version/)
  })
})

describe('reasons at hand and questions', () => {
  it('are set in the form, asked on the page without script, and stand on the digits of the desk', async () => {
    const before = await controls()
    expect([before.quick_reasons_1, before.quick_reasons_9]).toEqual(['offtopic', 'illegal'])
    const reasons = {
      ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9].map((digit) => [`quick_reasons_${digit}`, ''])),
      quick_reasons_2: 'scam',
    }
    const sent = await post(page(), { ...before, ...reasons, questions: '2 + 3 = mấy? = 5; năm\r\nPhường ta thuộc tỉnh nào? = Ví Dụ' })
    expect(sent.to).toContain('saved=yes')
    const { settings } = (await ward.ctx({ kind: 'reader' })).site
    expect(settings.quick_reasons).toEqual(['scam'])
    expect(settings.questions).toEqual([
      { question: '2 + 3 = mấy?', answers: ['5', 'năm'] },
      { question: 'Phường ta thuộc tỉnh nào?', answers: ['Ví Dụ'] },
    ])
    expect((await controls()).questions).toBe('2 + 3 = mấy? = 5; năm\nPhường ta thuộc tỉnh nào? = Ví Dụ')
    expect((await audits('site.set'))[0]?.detail).toMatchObject({
      before: { questions: [], quick_reasons: expect.arrayContaining(['illegal']) },
      after: { quick_reasons: ['scam'], questions: [{ answers: ['5', 'năm'] }, {}] },
    })
  })

  it.each([
    ['questions', 'Câu hỏi không có câu trả lời'],
    ['questions', 'Thiếu đáp án ='],
    ['quick_reasons_2', 'offtopic'],
  ])('are refused in %s as “%s”, and nothing typed is lost', async (control, value) => {
    const answer = await post(page(), { ...(await controls()), [control]: value })
    expect(answer.status).toBe(422)
    expect(answer.html).toContain(`id="e-${control.replace(/_\d$/, '')}"`)
    expect(controlsOf(answer.html)[control]).toBe(value)
    expect(await audits('site.set')).toEqual([])
  })
})

describe('outside the hours', () => {
  it('readers are told when it opens, sending is refused with a code, and neither needs a clock to change', async () => {
    await post(page(), { ...(await controls()), hours_from: '07:00', hours_to: '16:00' })
    // The ward's clock stands at 15:00 in Vietnam.
    await ward.published('Trong giờ.')
    expect((await ward.thread()).thread).toMatchObject({ state: 'open', closed: null })
    ward.clock.ms += 3_600_000
    const { thread } = await ward.thread()
    expect(thread).toMatchObject({ state: 'closed', closed: { reason: 'hours', opens_at: '2026-11-24T00:00:00.000Z' } })
    const refused = await ward.request(`/api/v1/sites/${ward.slug}/comments`, {
      method: 'POST',
      body: { article: { key: 'bai-1' }, body: 'Ngoài giờ.' },
    })
    expect([refused.status, ((await refused.json()) as { code: string }).code]).toEqual([409, 'outside_hours'])
    ward.clock.ms += 16 * 3_600_000
    expect((await ward.thread()).thread.state).toBe('open')
    await ward.submit('Lại trong giờ.')
  })

  it('a closed site shows its own words', async () => {
    await post(page(), { ...(await controls()), mode: 'closed', closed_message: 'Nghỉ lễ, hẹn gặp lại.' })
    expect((await ward.thread()).thread).toMatchObject({ closed: { reason: 'site', message: 'Nghỉ lễ, hẹn gặp lại.' } })
    const html = await (await ward.request(`/r/${ward.slug}?key=bai-1`)).text()
    expect(html).toContain('Nghỉ lễ, hẹn gặp lại.')
    await expect(ward.submit('Không được.')).rejects.toThrow(/site_closed/)
  })
})

describe('origins', () => {
  const path = () => `/desk/${ward.slug}/settings/origins`
  const origins = async () => [...(await ward.ctx({ kind: 'reader' })).site.origins].sort()

  it('are added as browsers send them, whatever of an address was pasted, and recorded', async () => {
    const added = await post(path(), { origin: ' HTTPS://Cong.PhuongThu.example:443/tin/1?a=b ' })
    expect(added.to).toContain(encodeURIComponent('https://cong.phuongthu.example'))
    expect(await origins()).toEqual(['https://cong.phuongthu.example', PORTAL])
    expect((await audits('origin.add')).map(({ detail }) => detail)).toEqual([{ before: null, after: 'https://cong.phuongthu.example' }])
    await post(path(), { origin: 'https://cong.phuongthu.example' })
    expect(await audits('origin.add')).toHaveLength(1)
  })

  it.each(['phuongthu.example', 'ftp://phuongthu.example', 'javascript:alert(1)', 'https://a:b@phuongthu.example', ''])(
    'refuse what is none and keep it in the field: %s',
    async (origin) => {
      const answer = await post(path(), { origin })
      expect(answer.status).toBe(422)
      expect(answer.html).toContain('id="e-origin"')
      expect(await origins()).toEqual([PORTAL])
    },
  )

  it('lose the last one only when that is confirmed', async () => {
    const asked = await post(path(), { act: 'remove', origin: PORTAL })
    expect(asked.to).toBe(`${path()}?last`)
    expect(await origins()).toEqual([PORTAL])
    expect((await get(asked.to)).html).toContain('name="confirmed"')
    await post(path(), { act: 'remove', origin: PORTAL, confirmed: 'yes' })
    expect(await origins()).toEqual([])
    expect((await audits('origin.remove')).map(({ detail }) => detail)).toEqual([{ before: PORTAL, after: null }])
  })
})
