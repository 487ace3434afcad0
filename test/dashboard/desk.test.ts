// The desk as plain pages: deciding, undoing, being told what others did. All of it without script.
import { beforeAll, describe, expect, it } from 'vitest'
import { takeAllIn } from '../support/flood.ts'
import { BASE, openWard, PORTAL, type Ward } from '../support/ward.ts'

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
})

const article = (key: string) => ({ article: { key, url: `${PORTAL}/${key}`, title: `Bài ${key}` } })

async function get(cookie: string, path: string): Promise<{ status: number; html: string; response: Response }> {
  const response = await ward.request(path, { headers: { cookie } })
  return { status: response.status, html: await response.text(), response }
}

async function post(cookie: string, path: string, fields: Record<string, string>): Promise<Response> {
  return ward.request(path, { method: 'POST', headers: { cookie, origin: BASE }, body: new URLSearchParams(fields) })
}

const decision = (comment: string, version: number, verdict: string, more: Record<string, string> = {}) => ({
  comment,
  version: String(version),
  verdict,
  request_key: crypto.randomUUID(),
  state: 'pending',
  ...more,
})

describe('deciding', () => {
  it('approves by a form, says so with a way to undo, and undoes', async () => {
    const cookie = await ward.signIn()
    const { comment } = await ward.submit('Duyệt bằng biểu mẫu.', article('bieu-mau'))
    const approved = await post(cookie, `/desk/${ward.slug}/decisions`, decision(comment.id, 1, 'approve'))
    expect(approved.status).toBe(303)
    const page = await get(cookie, approved.headers.get('location') ?? '')
    const undo = /action="([^"]+\/undo)"/.exec(page.html)?.[1]
    expect(undo).toBeDefined()
    const undone = await post(cookie, undo ?? '', { state: 'pending' })
    expect(undone.status).toBe(303)
    expect((await get(cookie, undone.headers.get('location') ?? '')).html).toContain('Duyệt bằng biểu mẫu.')
    ward.clock.ms += 60_000
    expect((await ward.thread('?key=bieu-mau')).comments).toEqual([])
  })

  it('rejects with a coded reason, and not without one', async () => {
    const cookie = await ward.signIn()
    const { comment } = await ward.submit('Từ chối bằng biểu mẫu.', article('tu-choi'))
    expect((await post(cookie, `/desk/${ward.slug}/decisions`, decision(comment.id, 1, 'reject'))).status).toBe(422)
    expect((await post(cookie, `/desk/${ward.slug}/decisions`, decision(comment.id, 1, 'reject', { reason: 'ads' }))).status).toBe(303)
    expect((await get(cookie, `/desk/${ward.slug}/queue?state=rejected`)).html).toContain('Từ chối bằng biểu mẫu.')
  })

  it('tells the second of two clerks who decided and when', async () => {
    const [first, second] = [
      await ward.signIn('moderator', `mot-${ward.slug}@phuongthu.example`),
      await ward.signIn('leader', `hai-${ward.slug}@phuongthu.example`),
    ]
    const { comment } = await ward.submit('Hai người cùng duyệt.', article('cung-duyet'))
    await post(first, `/desk/${ward.slug}/decisions`, decision(comment.id, 1, 'spam'))
    const late = await post(second, `/desk/${ward.slug}/decisions`, decision(comment.id, 1, 'approve'))
    expect((await get(second, late.headers.get('location') ?? '')).html).toMatch(
      /vừa được Cán bộ moderator xử lý lúc \d\d:\d\d \d\d\/\d\d\/\d{4}/,
    )
  })

  it('many at once tells in one sentence what was done, what somebody had decided before, and what its author changed since', async () => {
    const cookie = await ward.signIn()
    const sent = []
    for (const text of ['Gộp một.', 'Gộp hai.', 'Gộp ba.', 'Gộp bốn.', 'Gộp năm.']) sent.push(await ward.submit(text, article('gop')))
    const [, , third, fourth, fifth] = sent
    for (const each of [third, fourth])
      await ward.decide(await ward.token('leader', ward.slug, 'Cô Hai'), { comment: each?.comment.id, version: 1, verdict: 'hold' })
    const edited = await ward.request(`/api/v1/comments/${fifth?.comment.id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${fifth?.edit.token}` },
      body: { body: 'Gộp năm, nói rõ hơn.' },
    })
    expect(edited.status).toBe(200)
    const chosen = Object.fromEntries(sent.map(({ comment }) => [`item-${comment.id}`, '1']))
    const fields = { ...chosen, verdict: 'spam', request_key: crypto.randomUUID(), state: 'pending' }
    const sentence = 'Đã xử lý 2 ý kiến, 2 ý kiến đã được Cô Hai xử lý trước, 1 ý kiến đã thay đổi sau khi mở trang.'
    // Pressed twice it is done once, and told alike.
    for (let press = 0; press < 2; press++) {
      const answer = await post(cookie, `/desk/${ward.slug}/bulk`, fields)
      expect(answer.status).toBe(303)
      expect((await get(cookie, answer.headers.get('location') ?? '')).html).toContain(sentence)
    }
  })

  it('many at once counts all that somebody had decided before, however many', async () => {
    const [cookie, token] = [await ward.signIn(), await ward.token('leader', ward.slug, 'Cô Ba')]
    const ids: string[] = []
    for (let n = 0; n < 25; n++) ids.push((await ward.submit(`Đã xong ${n}.`, article('gop-nhieu'))).comment.id)
    for (const comment of ids) await ward.decide(token, { comment, version: 1, verdict: 'hold' })
    const fields = { verdict: 'spam', request_key: crypto.randomUUID(), state: 'pending' }
    const answer = await post(cookie, `/desk/${ward.slug}/bulk`, { ...Object.fromEntries(ids.map((id) => [`item-${id}`, '1'])), ...fields })
    const { html } = await get(cookie, answer.headers.get('location') ?? '')
    expect(html).toContain('Đã xử lý 0 ý kiến, 25 ý kiến đã được Cô Ba xử lý trước.')
    // So many facts at once are taken into the search over several looks; the tests below ask once.
    await takeAllIn(ward.services)
  })

  it('with parts hidden shows what the public reads beside the text as it was sent', async () => {
    const cookie = await ward.signIn()
    const { comment } = await ward.submit('Xin gọi 0912 345 678 để hẹn.', article('che-bot'))
    const masked = { comment: comment.id, version: 1, verdict: 'approve', masks: [[8, 20]] }
    expect((await ward.decide(await ward.token(), masked)).status).toBe('done')
    ward.clock.ms += 60_000
    await ward.thread('?key=che-bot')
    const { html } = await get(cookie, `/desk/${ward.slug}/comments/${comment.id}`)
    const shown = html.replace(/<\/?mark[^>]*>/g, '')
    expect(shown).toContain('0912 345 678')
    expect(html).toMatch(/Bản công khai<\/p><div class="body" dir="auto">Xin gọi (?:(?!0912)[^<])* để hẹn\.<\/div>/)
  })

  it('tells a page which of its cards were decided elsewhere', async () => {
    const cookie = await ward.signIn()
    const { comment } = await ward.submit('Bị xử lý ở nơi khác.', article('noi-khac'))
    await ward.decide(await ward.token('moderator', ward.slug, 'Máy khác'), { comment: comment.id, version: 1, verdict: 'hold' })
    const response = await ward.request(`/desk/${ward.slug}/moved`, {
      method: 'POST',
      headers: { cookie, origin: BASE, accept: 'application/json' },
      body: { shown: [{ id: comment.id, version: 1, assignment: 0 }] },
    })
    expect(await response.json()).toMatchObject({
      moved: [{ comment: comment.id, version: 2, state: 'held', message: expect.stringContaining('Máy khác') }],
    })
  })

  it('tells a page who has its cards in hand since, and shows it on the card and by the filter in the address', async () => {
    const cookie = await ward.signIn()
    const { comment } = await ward.submit('Giao cho người khác.', article('giao-cho'))
    const { comment: other } = await ward.submit('Không giao.', article('khong-giao'))
    const shown = [comment, other].map(({ id }) => ({ id, version: 1, assignment: 0 }))
    const moved = async () =>
      (await ward.request(`/desk/${ward.slug}/moved`, { method: 'POST', headers: { cookie, origin: BASE }, body: { shown } })).json()
    expect(await moved()).toMatchObject({ assigned: [] })
    await post(cookie, `/desk/${ward.slug}/comments/${comment.id}/assignee`, { act: 'take', assignment: '0' })
    const { assigned } = (await moved()) as { assigned: { to: { href: string } }[] }
    expect(assigned).toEqual([{ comment: comment.id, assignment: 1, to: { name: 'Cán bộ moderator', href: expect.any(String) } }])
    const { html } = await get(cookie, assigned[0]?.to.href ?? '')
    expect(html).toContain('Giao cho người khác.')
    expect(html).not.toContain('Không giao.')
    expect(html).toMatch(/class="with">Người phụ trách: <a href="[^"]+">Cán bộ moderator</)
    expect(html).toMatch(/<option value="[^"]+" selected="">Cán bộ moderator</)
    for (const [assignee, text] of [
      ['me', 'Giao cho người khác.'],
      ['none', 'Không giao.'],
    ])
      expect((await get(cookie, `/desk/${ward.slug}/queue?assignee=${assignee}`)).html).toContain(text)
  })

  it('shows a viewer the queue without a way to decide, and refuses the attempt', async () => {
    const cookie = await ward.signIn('viewer')
    const { comment } = await ward.submit('Chỉ xem.', article('chi-xem'))
    const page = await get(cookie, `/desk/${ward.slug}/queue`)
    expect(page.html).toContain('Chỉ xem.')
    expect(page.html).not.toContain('/decisions"')
    expect((await post(cookie, `/desk/${ward.slug}/decisions`, decision(comment.id, 1, 'approve'))).status).toBe(403)
  })

  it('shows a text exactly as written, with what cannot be seen marked by its code', async () => {
    const cookie = await ward.signIn()
    const { comment } = await ward.submit('ẩn\u200bđi và \u202eđảo <b>đậm</b>', article('an-di'))
    const { html } = await get(cookie, `/desk/${ward.slug}/comments/${comment.id}`)
    expect(html).toContain('&lt;b&gt;đậm&lt;/b&gt;')
    expect(html).toContain('data-code="U+200B"')
    expect(html).toContain('data-code="U+202E"')
  })

  it('marks what was noticed where it stands, also behind signs of two units, and tells the sender’s record without who that is', async () => {
    const cookie = await ward.signIn()
    const reader = { 'ykien-reader': 'h'.repeat(22) }
    const earlier = await ward.submit('Đèn ngõ 9 đã sáng.', article('danh-dau'), reader)
    await ward.decide(await ward.token(), { comment: earlier.comment.id, version: 1, verdict: 'approve' })
    const sender = { author: { name: 'Chị Kể', email: 'chi.ke@phuongthu.example' }, consents: ['notify'] }
    const { comment } = await ward.submit('🌳🌳 Cây đổ, gọi 0912 345 678 nhé.', { ...article('danh-dau'), ...sender }, reader)
    const { html } = await get(cookie, `/desk/${ward.slug}/cards/${comment.id}`)
    expect(html).toMatch(/🌳🌳 Cây đổ, gọi <mark[^>]*>0912 345 678<\/mark> nhé\./)
    expect(html).toContain('Người gửi này: đã đăng 1, không đăng 0')
    expect(html).not.toContain('chi.ke@')
    expect(html).not.toContain('h'.repeat(22))
  })

  it('lets only its own script run, by a nonce that is new for each page', async () => {
    const cookie = await ward.signIn()
    const policies = await Promise.all(
      [1, 2].map(async () => (await get(cookie, `/desk/${ward.slug}/queue`)).response.headers.get('content-security-policy') ?? ''),
    )
    for (const policy of policies) expect(policy).toMatch(/default-src 'none'.*script-src 'nonce-[\w-]{22}'.*frame-ancestors 'none'/)
    expect(policies[0]).not.toBe(policies[1])
  })

  it('knows nothing of a site on which the person has no role', async () => {
    const cookie = await ward.signIn()
    expect((await get(cookie, `/desk/${ward.otherSlug}/queue`)).status).toBe(404)
  })
})

describe('searching', () => {
  it('is a form whose fields are the address, finds without marks, and keeps what was typed', async () => {
    const cookie = await ward.signIn()
    await ward.submit('Cống thoát nước bị nghẹt', article('tim-kiem'))
    await ward.submit('Chuyện khác hẳn', article('tim-kiem'))
    const { status, html } = await get(
      cookie,
      `/desk/${ward.slug}/queue?state=pending&q=cong+thoat&article=tim-kiem&signal=&from=&to=&sort=`,
    )
    expect(status).toBe(200)
    expect(html).toContain('Cống thoát nước bị nghẹt')
    expect(html).not.toContain('Chuyện khác hẳn')
    expect(html).toMatch(/<input id="q" type="search" name="q" value="cong thoat"/)
    expect(html).toMatch(/<input id="article" name="article" value="tim-kiem"/)
  })

  it('goes along to other tabs and comes back after a decision', async () => {
    const cookie = await ward.signIn()
    const { comment } = await ward.submit('Quyết định khi đang tìm', article('dang-tim'))
    const { html } = await get(cookie, `/desk/${ward.slug}/queue?q=dang+tim`)
    expect(html).toContain(`/desk/${ward.slug}/queue?state=spam&amp;q=dang+tim`)
    expect(html).toContain('<input type="hidden" name="q" value="dang tim"/>')
    const decided = await post(cookie, `/desk/${ward.slug}/decisions`, decision(comment.id, 1, 'spam', { q: 'dang tim' }))
    expect(decided.headers.get('location')).toContain('q=dang+tim')
  })

  it('in all states finds what was decided long ago, and says so when it finds nothing', async () => {
    const cookie = await ward.signIn()
    const { comment } = await ward.submit('Việc đã xong từ lâu', article('da-xong'))
    await ward.decide(await ward.token(), { comment: comment.id, version: 1, verdict: 'reject', reason: 'other' })
    expect((await get(cookie, `/desk/${ward.slug}/queue?state=any&q=xong+tu+lau`)).html).toContain('Việc đã xong từ lâu')
    expect((await get(cookie, `/desk/${ward.slug}/queue?q=xong+tu+lau`)).html).toContain('Không tìm thấy ý kiến phù hợp.')
  })

  it('shows nothing of a sealed comment', async () => {
    const cookie = await ward.signIn()
    const { comment } = await ward.submit('Điều cần giữ kín tuyệtđối', article('kin'))
    expect((await get(cookie, `/desk/${ward.slug}/queue?state=any&q=tuyetdoi`)).html).toContain('tuyệtđối')
    await ward.decide(await ward.token(), { comment: comment.id, version: 1, verdict: 'seal' })
    expect((await get(cookie, `/desk/${ward.slug}/queue?state=any&q=tuyetdoi`)).html).not.toContain('tuyệtđối')
    expect((await get(cookie, `/desk/${ward.slug}/queue?state=sealed&q=tuyetdoi`)).status).toBe(404)
  })
})
