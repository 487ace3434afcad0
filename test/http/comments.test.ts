// The main job by API: a comment is sent, judged and read; nothing shows before its time.
import { beforeAll, describe, expect, it } from 'vitest'
import { toCursor } from '../../src/lib/cursor.ts'
import { openWard, PORTAL, type Ward } from '../support/ward.ts'

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
})

const article = (key: string) => ({ article: { key, url: `${PORTAL}/${key}` } })

describe('sending', () => {
  it('answers 202 with the contract’s shape', async () => {
    const sent = await ward.submit('Đường ngõ 5 ngập mỗi khi mưa.', article('gui'))
    expect(sent.comment.state).toBe('pending')
    expect(sent.receipt.code).toMatch(/^[0-9A-Z]{8}$/)
    expect(sent.receipt.url).toBe(`http://ykien.test/r/${ward.slug}/receipt#${sent.receipt.code}-${sent.receipt.secret}`)
    expect(sent.edit.until).toBe('2026-11-23T08:15:00.000Z')
  })

  it('keeps the text as written, whatever looks like HTML', async () => {
    const body = 'nếu a<b thì sao? <Nguyễn Văn A> đề nghị… email: <ba@gmail.com>\n\n<script>alert(1)</script> 🌺\n  thụt lề '
    await ward.published(body, article('nguyen-van'))
    const { comments } = await ward.thread('?key=nguyen-van')
    expect(comments[0]?.body_text).toBe(body)
    expect(comments[0]?.body_html).toBe(
      '<p>nếu a&lt;b thì sao? &lt;Nguyễn Văn A&gt; đề nghị… email: &lt;ba@gmail.com&gt;</p><p>&lt;script&gt;alert(1)&lt;/script&gt; 🌺<br />  thụt lề </p>',
    )
  })

  it('stores NFC however the text was typed', async () => {
    await ward.published('Tiếng Việt'.normalize('NFD'), article('nfd'))
    expect((await ward.thread('?key=nfd')).comments[0]?.body_text).toBe('Tiếng Việt')
  })

  it.each([
    ['a', 'body_too_short'],
    ['   x   ', 'body_too_short'],
    ['x'.repeat(2_001), 'body_too_long'],
    ['có\u0000ký tự', 'body_characters'],
    ['chuông\u0007', 'body_characters'],
    ['lẻ \ud800 đôi', 'body_characters'],
  ])('refuses %j with %s', async (body, code) => {
    const response = await ward.request(`/api/v1/sites/${ward.slug}/comments`, { method: 'POST', body: { ...article('x'), body } })
    expect(response.status).toBe(422)
    expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(await response.json()).toMatchObject({ code, status: 422, errors: [{ pointer: '/body', code }] })
  })

  it('counts graphemes: 2,000 family emoji are 2,000', async () => {
    expect((await ward.submit('👨‍👩‍👧'.repeat(2_000), article('emoji'))).comment.state).toBe('pending')
  })

  it('publishes a name only with consent', async () => {
    await ward.published('Có tên.', { ...article('ten'), author: { name: 'Trần Thị Mẫu' }, consents: ['terms', 'name'] })
    await ward.published('Không đồng ý tên.', { ...article('ten'), author: { name: 'Lê Văn Kín' } })
    const names = (await ward.thread('?key=ten')).comments.map((comment) => comment.author.name)
    expect(names).toEqual(['Bạn đọc', 'Trần Thị Mẫu'])
  })

  it('refuses fields it does not know', async () => {
    const response = await ward.request(`/api/v1/sites/${ward.slug}/comments`, {
      method: 'POST',
      body: { ...article('x'), body: 'Thử trường lạ', state: 'published' },
    })
    expect(response.status).toBe(422)
  })

  it('speaks English to who asks for it', async () => {
    const response = await ward.request(`/api/v1/sites/${ward.slug}/comments`, {
      method: 'POST',
      headers: { 'accept-language': 'en-GB,en;q=0.9' },
      body: { ...article('x'), body: 'a' },
    })
    expect(await response.json()).toMatchObject({ detail: 'The text is too short (at least 2 characters).', limit: 2 })
  })
})

describe('idempotency', () => {
  it('gives the same answer for the same key and body, and one comment', async () => {
    const send = () => ward.submit('Gửi hai lần.', article('lap'), { 'idempotency-key': 'khoa-1' })
    const answers = await Promise.all([send(), send(), send()])
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
    ward.clock.ms += 23 * 3_600_000
    expect(await send()).toEqual(answers[0])
  })

  it('refuses the same key with another body', async () => {
    await ward.submit('Bản một.', article('lap'), { 'idempotency-key': 'khoa-2' })
    const response = await ward.request(`/api/v1/sites/${ward.slug}/comments`, {
      method: 'POST',
      headers: { 'idempotency-key': 'khoa-2' },
      body: { ...article('lap'), body: 'Bản hai.' },
    })
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ code: 'idempotency_mismatch' })
  })

  it('keeps keys of two sites apart', async () => {
    await ward.submit('Của phường này.', article('lap'), { 'idempotency-key': 'khoa-3' })
    const response = await ward.request(`/api/v1/sites/${ward.otherSlug}/comments`, {
      method: 'POST',
      headers: { 'idempotency-key': 'khoa-3' },
      body: { ...article('lap'), body: 'Của xã khác.' },
    })
    expect(response.status).toBe(202)
  })
})

describe('publication', () => {
  it('shows nothing before approval and before the undo window ends', async () => {
    const sent = await ward.submit('Chờ duyệt.', article('cho'))
    expect((await ward.thread('?key=cho')).comments).toEqual([])
    const outcome = await ward.decide(await ward.token(), { comment: sent.comment.id, version: 1, verdict: 'approve' })
    expect(outcome).toMatchObject({ status: 'done', state: 'published', version: 2 })
    ward.clock.ms += 9_999
    expect((await ward.thread('?key=cho')).thread.count).toBe(0)
    ward.clock.ms += 1
    const after = await ward.thread('?key=cho')
    expect(after.thread.count).toBe(1)
    expect(after.comments.map((comment) => comment.id)).toEqual([sent.comment.id])
  })

  it('never shows an undone approval', async () => {
    const sent = await ward.submit('Duyệt nhầm.', article('nham'))
    const token = await ward.token()
    const outcome = await ward.decide(token, { comment: sent.comment.id, version: 1, verdict: 'approve' })
    const undone = await ward.request(`/api/v1/admin/sites/${ward.slug}/decisions/${outcome.decision}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${token}` },
    })
    expect(undone.status).toBe(200)
    expect(await undone.json()).toMatchObject({ comment: { state: 'pending', version: 3 } })
    ward.clock.ms += 60_000
    expect((await ward.thread('?key=nham')).comments).toEqual([])
  })

  it('refuses undo after the window', async () => {
    const sent = await ward.submit('Đã muộn.', article('muon'))
    const token = await ward.token()
    const outcome = await ward.decide(token, { comment: sent.comment.id, version: 1, verdict: 'approve' })
    ward.clock.ms += 10_001
    const response = await ward.request(`/api/v1/admin/sites/${ward.slug}/decisions/${outcome.decision}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${token}` },
    })
    expect(response.status).toBe(409)
    expect(await response.json()).toMatchObject({ code: 'undo_expired' })
  })

  it('keeps the approved text public while an edit waits, and after its rejection', async () => {
    const sent = await ward.published('Bản đầu.', article('sua'))
    ward.clock.ms -= 5_000
    const edited = await ward.request(`/api/v1/comments/${sent.comment.id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${sent.edit.token}` },
      body: { body: 'Bản sửa.' },
    })
    expect(await edited.json()).toMatchObject({ comment: { state: 'pending' } })
    expect((await ward.thread('?key=sua')).comments[0]?.body_text).toBe('Bản đầu.')
    const rejected = await ward.decide(await ward.token(), { comment: sent.comment.id, version: 3, verdict: 'reject', reason: 'offtopic' })
    expect(rejected.state).toBe('rejected')
    ward.clock.ms += 60_000
    expect((await ward.thread('?key=sua')).comments[0]?.body_text).toBe('Bản đầu.')
  })

  it('takes a hidden comment off at once and puts it back when the hiding is undone', async () => {
    const sent = await ward.published('Sẽ ẩn.', article('an'))
    const token = await ward.token()
    const hidden = await ward.decide(token, { comment: sent.comment.id, version: 2, verdict: 'hide' })
    expect((await ward.thread('?key=an')).thread.count).toBe(0)
    await ward.request(`/api/v1/admin/sites/${ward.slug}/decisions/${hidden.decision}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${token}` },
    })
    expect((await ward.thread('?key=an')).thread.count).toBe(1)
  })

  it('withdraws at once, also while an approval waits', async () => {
    const sent = await ward.submit('Rút lại.', article('rut'))
    await ward.decide(await ward.token(), { comment: sent.comment.id, version: 1, verdict: 'approve' })
    const response = await ward.request(`/api/v1/comments/${sent.comment.id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${sent.edit.token}` },
    })
    expect(await response.json()).toEqual({ comment: { id: sent.comment.id, state: 'withdrawn' } })
    ward.clock.ms += 60_000
    expect((await ward.thread('?key=rut')).comments).toEqual([])
  })

  it('lets a later decision stand in the place of one that has not taken effect', async () => {
    const sent = await ward.submit('Đổi ý.', article('doi'))
    const token = await ward.token()
    await ward.decide(token, { comment: sent.comment.id, version: 1, verdict: 'approve' })
    const second = await ward.decide(token, { comment: sent.comment.id, version: 2, verdict: 'spam' })
    expect(second).toMatchObject({ status: 'done', state: 'spam' })
    ward.clock.ms += 60_000
    expect((await ward.thread('?key=doi')).comments).toEqual([])
  })

  it('has no way back to the public from the confidential route', async () => {
    const sent = await ward.published('Kênh mật.', article('mat'))
    const token = await ward.token('leader')
    const sealed = await ward.decide(token, { comment: sent.comment.id, version: 2, verdict: 'seal' })
    expect(sealed.status).toBe('done')
    expect((await ward.thread('?key=mat')).comments).toEqual([])
    const again = await ward.request(`/api/v1/admin/sites/${ward.slug}/decisions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: { items: [{ comment: sent.comment.id, version: 3, verdict: 'approve' }] },
    })
    expect(again.status).toBe(404)
    expect(
      (
        await ward.request(`/api/v1/admin/sites/${ward.slug}/decisions/${sealed.decision}`, {
          method: 'DELETE',
          headers: { authorization: `Bearer ${token}` },
        })
      ).status,
    ).toBe(409)
  })
})

describe('deciding', () => {
  it('tells the second of two who was first and when', async () => {
    const sent = await ward.submit('Hai người.', article('hai'))
    const [first, second] = [await ward.token('moderator', ward.slug, 'Cô Một'), await ward.token('moderator', ward.slug, 'Chú Hai')]
    await ward.decide(first, { comment: sent.comment.id, version: 1, verdict: 'approve' })
    expect(await ward.decide(second, { comment: sent.comment.id, version: 1, verdict: 'reject', reason: 'ads' })).toMatchObject({
      status: 'conflict',
      by: 'Cô Một',
      at: new Date(ward.clock.ms).toISOString(),
      state: 'published',
      version: 2,
    })
  })

  it('does not take a missing version or an uncoded rejection', async () => {
    const headers = { authorization: `Bearer ${await ward.token()}` }
    const path = `/api/v1/admin/sites/${ward.slug}/decisions`
    expect((await ward.request(path, { method: 'POST', headers, body: { items: [{ comment: 'x', verdict: 'approve' }] } })).status).toBe(
      422,
    )
    const uncoded = await ward.request(path, {
      method: 'POST',
      headers,
      body: { items: [{ comment: 'x', version: 1, verdict: 'reject' }] },
    })
    expect(uncoded.status).toBe(422)
    expect(await uncoded.json()).toMatchObject({ code: 'reason_required' })
  })

  it('repeats its outcome for the same idempotency key and refuses another body under it', async () => {
    const sent = await ward.submit('Lặp quyết định.', article('lap-qd'))
    const headers = { authorization: `Bearer ${await ward.token()}`, 'idempotency-key': 'quyet-dinh-1' }
    const path = `/api/v1/admin/sites/${ward.slug}/decisions`
    const send = async (verdict: string) =>
      ward.request(path, { method: 'POST', headers, body: { items: [{ comment: sent.comment.id, version: 1, verdict }] } })
    const first = await (await send('approve')).json()
    expect(await (await send('approve')).json()).toEqual(first)
    expect((await send('spam')).status).toBe(422)
  })

  it('needs a token, and a role that may', async () => {
    const path = `/api/v1/admin/sites/${ward.slug}/decisions`
    const items = { items: [{ comment: 'x', version: 1, verdict: 'approve' }] }
    expect((await ward.request(path, { method: 'POST', body: items, headers: { origin: 'http://ykien.test' } })).status).toBe(401)
    const viewer = await ward.token('viewer')
    expect((await ward.request(path, { method: 'POST', body: items, headers: { authorization: `Bearer ${viewer}` } })).status).toBe(403)
  })
})

describe('reading', () => {
  it('pages by keyset in each order, without gaps or repeats', async () => {
    const sent: string[] = []
    for (let n = 0; n < 7; n++) sent.push((await ward.published(`Ý kiến số ${n}.`, article('trang'))).comment.id)
    for (const [sort, expected] of [
      ['old', sent],
      ['new', [...sent].reverse()],
      ['top', [...sent].reverse()],
    ] as const) {
      const seen: string[] = []
      let after = ''
      for (let page = 0; page < 5; page++) {
        const answer = await ward.thread(`?key=trang&sort=${sort}&limit=3${after}`)
        seen.push(...answer.comments.map((comment) => comment.id))
        if (answer.next === null) break
        after = `&after=${answer.next}`
      }
      expect(seen).toEqual(expected)
    }
  })

  it.each([
    ['a slug', () => '/api/v1/sites/a%00b/threads?key=a'],
    ['a key', () => `/api/v1/sites/${ward.slug}/threads?key=a%00b`],
    ['keys to count', () => `/api/v1/sites/${ward.slug}/counts?key=a%00b`],
    ['a feed', () => '/feeds/a%00b.atom'],
    ['a cursor of text', () => `/api/v1/sites/${ward.slug}/threads?key=doc&after=${toCursor(['\u0000', 'b'])}`],
    ['a cursor of half a like', () => `/api/v1/sites/${ward.slug}/threads?key=doc&sort=top&after=${toCursor([1.5, 'a', 'b'])}`],
  ])('takes %s that cannot be without failing', async (_name, path) => {
    await ward.published('Có bài để đọc.', article('doc'))
    expect((await ward.request(path())).status).toBeLessThan(500)
  })

  it('hangs a reply to a reply under the root, and pages replies', async () => {
    const root = await ward.published('Gốc.', article('tra-loi'))
    const reply = await ward.published('Trả lời.', { ...article('tra-loi'), parent_id: root.comment.id })
    const deeper = await ward.published('Trả lời của trả lời.', { ...article('tra-loi'), parent_id: reply.comment.id })
    const answer = await ward.thread('?key=tra-loi')
    expect(answer.thread.count).toBe(3)
    expect(answer.comments.map((comment) => comment.replies.map((each) => each.id))).toEqual([[reply.comment.id, deeper.comment.id]])
    const page = await ward.thread(`?key=tra-loi&parent=${root.comment.id}&limit=1`)
    expect(page.comments.map((comment) => comment.id)).toEqual([reply.comment.id])
    expect(
      (await ward.thread(`?key=tra-loi&parent=${root.comment.id}&limit=1&after=${page.next}`)).comments.map((comment) => comment.id),
    ).toEqual([deeper.comment.id])
  })

  it('keep the place of a comment that is taken off, and are counted without it', async () => {
    const root = await ward.published('Gốc ẩn.', article('goc-an'))
    await ward.published('Con.', { ...article('goc-an'), parent_id: root.comment.id })
    await ward.decide(await ward.token(), { comment: root.comment.id, version: 2, verdict: 'hide' })
    expect(await ward.thread('?key=goc-an')).toMatchObject({
      thread: { count: 1 },
      comments: [{ removed: 'removed', author: { name: '' }, body_text: '', body_html: '', replies: [{ body_text: 'Con.' }] }],
    })
  })

  it('are gone with a comment that is sealed', async () => {
    const root = await ward.published('Gốc mật.', article('goc-mat'))
    await ward.published('Con.', { ...article('goc-mat'), parent_id: root.comment.id })
    await ward.decide(await ward.token(), { comment: root.comment.id, version: 2, verdict: 'seal' })
    expect(await ward.thread('?key=goc-mat')).toMatchObject({ thread: { count: 0 }, comments: [] })
    expect(await ward.thread(`?key=goc-mat&parent=${root.comment.id}`)).toMatchObject({ comments: [] })
  })

  it('cannot be replied to while not public', async () => {
    const waiting = await ward.submit('Chưa đăng.', article('chua'))
    const response = await ward.request(`/api/v1/sites/${ward.slug}/comments`, {
      method: 'POST',
      body: { ...article('chua'), body: 'Trả lời.', parent_id: waiting.comment.id },
    })
    expect(await response.json()).toMatchObject({ status: 422, code: 'parent_not_found' })
  })

  it('finds the page that holds one comment', async () => {
    const ids: string[] = []
    for (let n = 0; n < 9; n++) ids.push((await ward.published(`Quanh ${n}.`, article('quanh'))).comment.id)
    const answer = await ward.thread(`?key=quanh&sort=old&limit=3&around=${ids[5]}`)
    expect(answer.comments.map((comment) => comment.id)).toContain(ids[5])
  })

  it('takes the canonical address as key and keeps ids in it', async () => {
    await ward.published('Theo địa chỉ.', { article: { url: `${PORTAL}/tin?ItemID=5&utm_source=zalo#y-kien` } })
    expect((await ward.thread(`?url=${encodeURIComponent(`${PORTAL}/tin?ItemID=5&fbclid=x`)}`)).thread.count).toBe(1)
    expect((await ward.thread(`?url=${encodeURIComponent(`${PORTAL}/tin?ItemID=6`)}`)).thread.count).toBe(0)
  })

  it('makes no row for reading', async () => {
    const before = await ward.store.db
      .selectFrom('thread')
      .select((pick) => pick.fn.countAll().as('n'))
      .executeTakeFirst()
    for (let n = 0; n < 20; n++) await ward.thread(`?url=${encodeURIComponent(`${PORTAL}/khong-co-${n}`)}`)
    expect(
      await ward.store.db
        .selectFrom('thread')
        .select((pick) => pick.fn.countAll().as('n'))
        .executeTakeFirst(),
    ).toEqual(before)
  })

  it('counts many articles in the order asked, by POST and by GET', async () => {
    await ward.published('Đếm.', article('dem'))
    const posted = await ward.request(`/api/v1/sites/${ward.slug}/counts`, {
      method: 'POST',
      body: { articles: [{ key: 'khong-co' }, { key: 'dem' }, { url: `${PORTAL}/dem` }] },
    })
    expect(await posted.json()).toEqual({ counts: [0, 1, 1] })
    const got = await ward.request(`/api/v1/sites/${ward.slug}/counts?key=dem&key=khong-co`)
    expect(await got.json()).toEqual({ counts: [1, 0] })
  })

  it('answers 304 to a matching ETag, which a waiting comment does not move', async () => {
    await ward.published('Có thẻ.', article('the'))
    const path = `/api/v1/sites/${ward.slug}/threads?key=the`
    const etag = (await ward.request(path)).headers.get('etag') ?? ''
    await ward.submit('Đang chờ.', article('the'))
    expect((await ward.request(path, { headers: { 'if-none-match': etag } })).status).toBe(304)
    await ward.published('Thêm một.', article('the'))
    expect((await ward.request(path, { headers: { 'if-none-match': etag } })).status).toBe(200)
  })
})

describe('the receipt', () => {
  const read = (code: string, secret: string) =>
    ward.request(`/api/v1/receipts/${code}`, { headers: { authorization: `Bearer ${secret}` } })

  it('tells what became of a comment, in words, and only once it is decided for good', async () => {
    const { receipt, comment } = await ward.submit('Biên nhận.', article('bien'))
    expect(await (await read(receipt.code, receipt.secret)).json()).toMatchObject({
      comment: { state: 'pending' },
      state_text: 'Đang chờ xem xét',
      body_text: 'Biên nhận.',
    })
    await ward.decide(await ward.token(), { comment: comment.id, version: 1, verdict: 'reject', reason: 'offtopic' })
    expect(await (await read(receipt.code, receipt.secret)).json()).toMatchObject({ comment: { state: 'pending' }, reason: null })
    ward.clock.ms += 10_001
    expect(await (await read(receipt.code, receipt.secret)).json()).toMatchObject({
      comment: { state: 'rejected' },
      reason_sentence: 'Nội dung không liên quan đến bài viết',
    })
  })

  it('does not tell an unknown code from a wrong secret', async () => {
    const { receipt } = await ward.submit('Bí mật.', article('bien'))
    const wrong = await read(receipt.code, 'A'.repeat(26))
    const unknown = await read('ZZZZZZZZ', receipt.secret)
    expect([wrong.status, unknown.status]).toEqual([404, 404])
    expect(await wrong.json()).toMatchObject({ code: 'receipt_not_found' })
  })

  it('ends the right to edit with the window', async () => {
    const sent = await ward.submit('Hết giờ sửa.', article('bien'))
    ward.clock.ms += 15 * 60_000
    const response = await ward.request(`/api/v1/comments/${sent.comment.id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${sent.edit.token}` },
      body: { body: 'Muộn.' },
    })
    expect(await response.json()).toMatchObject({ status: 409, code: 'edit_closed' })
  })
})
