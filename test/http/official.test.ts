// What the agency puts on the page by itself: official replies and pins; and what is left where a comment was taken off it.
import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { setSite } from '../../src/core/sites.ts'
import { openWard, PORTAL, type Ward } from '../support/ward.ts'

const SIGNER = 'Phó Chủ tịch Ủy ban nhân dân phường'
const ROLES = ['viewer', 'moderator', 'replier', 'leader', 'reception', 'admin', 'system'] as const
type Role = (typeof ROLES)[number]

let ward: Ward
let tokens: Record<Role, string>
let key: string
let turn = 0

beforeAll(async () => {
  ward = await openWard()
  const pairs: [Role, string][] = []
  for (const role of ROLES) pairs.push([role, await ward.token(role)])
  tokens = Object.fromEntries(pairs) as Record<Role, string>
})
beforeEach(() => {
  key = `chinh-thuc-${++turn}`
})

const admin = (path: string, method: string, by: string, body?: Record<string, unknown>, headers: Record<string, string> = {}) =>
  ward.request(`/api/v1/admin/sites/${ward.slug}/${path}`, {
    method,
    headers: { authorization: `Bearer ${by}`, ...headers },
    ...(body ? { body } : {}),
  })
const json = async <Answer>(response: Response | Promise<Response>) => (await (await response).json()) as Answer
type Listed = {
  id: string
  author: { name: string }
  official: unknown
  pinned: boolean
  removed: string | null
  body_text: string
  likes: number
  replies: Listed[]
  replies_next: string | null
}
type Thread = { thread: { count: number; official_count: number }; comments: Listed[]; next: string | null }
const list = (more = '') => json<Thread>(ward.request(`/api/v1/sites/${ward.slug}/threads?key=${key}${more}`))
const texts = (comments: readonly Listed[]) => comments.map((comment) => comment.body_text)
const publish = async (body: string, parent?: string) =>
  (await ward.published(body, { article: { key, url: `${PORTAL}/${key}` }, ...(parent ? { parent_id: parent } : {}) })).comment.id
const endWindow = () => {
  ward.clock.ms += 10_001
}
type Replied = { reply: { id: string }; decision: { id: string }; undo_until: string }
const reply = (to: string, body: string, by = tokens.replier, headers = {}) =>
  admin(`comments/${to}/replies`, 'POST', by, { body, signer_title: SIGNER }, headers)
const replied = async (to: string, body: string) => {
  const answer = await json<Replied>(reply(to, body))
  endWindow()
  return answer
}

describe('an official reply', () => {
  it('is public after its undo window, signed with agency, title and date', async () => {
    const root = await publish('Đường hỏng.')
    const response = await reply(root, 'Phường sẽ sửa trong tháng.')
    expect(response.status).toBe(201)
    const { undo_until } = await json<Replied>(response)
    expect((await list()).comments[0]?.replies).toEqual([])
    endWindow()
    expect(await list()).toMatchObject({
      thread: { count: 2, official_count: 1 },
      comments: [
        {
          official: null,
          replies: [
            {
              parent_id: root,
              author: { name: 'Phường Thử' },
              official: { agency: 'Phường Thử', signer_title: SIGNER, signed_at: undo_until },
              body_text: 'Phường sẽ sửa trong tháng.',
            },
          ],
        },
      ],
    })
  })

  it('speaks in the name of the agency that the site names', async () => {
    const other = await openWard({ YKIEN_UNDO_SECONDS: '0' })
    await setSite(other.services, other.slug, { agency: 'UBND Phường Thử' })
    const root = (await other.published('Hỏi.')).comment.id
    await other.request(`/api/v1/admin/sites/${other.slug}/comments/${root}/replies`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await other.token('leader')}` },
      body: { body: 'Đáp.', signer_title: SIGNER },
    })
    expect((await other.thread()).comments[0]?.replies).toMatchObject([{ official: { agency: 'UBND Phường Thử' } }])
  })

  it('stands before the citizens’ replies, on every page of them', async () => {
    const root = await publish('Gốc.')
    for (const text of ['Một.', 'Hai.', 'Ba.']) await publish(text, root)
    await replied(root, 'Trả lời của phường.')
    expect(texts((await list()).comments[0]?.replies ?? [])).toEqual(['Trả lời của phường.', 'Một.', 'Hai.', 'Ba.'])
    const first = await list(`&parent=${root}&limit=2`)
    const second = await list(`&parent=${root}&limit=2&after=${first.next}`)
    expect([texts(first.comments), texts(second.comments), second.next]).toEqual([['Trả lời của phường.', 'Một.'], ['Hai.', 'Ba.'], null])
  })

  it('hangs under the root when it answers a reply', async () => {
    const root = await publish('Gốc.')
    const child = await publish('Con.', root)
    await replied(child, 'Trả lời cho con.')
    expect(texts((await list()).comments[0]?.replies ?? [])).toEqual(['Trả lời cho con.', 'Con.'])
  })

  it.each(ROLES)('may be written by %s only as the table of roles says', async (role) => {
    const root = await publish(`Hỏi của ${role}.`)
    const waiting = await ward.submit('Chờ.', { article: { key } })
    const may = ['replier', 'leader', 'admin', 'system'].includes(role)
    expect((await reply(root, 'Đáp.', tokens[role])).status).toBe(may ? 201 : 403)
    const decides = may && role !== 'replier'
    const item = { comment: waiting.comment.id, version: 1, verdict: 'approve', reply: { body: 'Đáp.', signer_title: SIGNER } }
    expect((await admin('decisions', 'POST', tokens[role], { items: [item] })).status).toBe(decides ? 200 : 403)
  })

  it('under what is not public is refused', async () => {
    const waiting = await ward.submit('Chờ.', { article: { key } })
    expect((await reply(waiting.comment.id, 'Đáp.')).status).toBe(409)
    expect((await reply('01a20c62-0000-7000-8000-000000000000', 'Đáp.')).status).toBe(404)
  })

  it.each([
    [{ body: 'x', signer_title: SIGNER }, '/body', 'body_too_short'],
    [{ body: 'Đáp.', signer_title: ' \u200B ' }, '/signer_title', 'signer_title_invalid'],
    [{ body: 'Đáp.', signer_title: 'x'.repeat(201) }, '/signer_title', 'signer_title_invalid'],
    [{ body: 'Đáp.' }, '/signer_title', 'validation'],
  ])('as %j is refused by field', async (body, pointer, code) => {
    const root = await publish('Hỏi.')
    const response = await admin(`comments/${root}/replies`, 'POST', tokens.replier, body)
    expect(response.status).toBe(422)
    expect(await json(response)).toMatchObject({ errors: [{ pointer, code }] })
  })

  it('sent again with the same key is one, and with other words refused', async () => {
    const root = await publish('Hỏi.')
    const send = (body: string) => reply(root, body, tokens.replier, { 'idempotency-key': `lan-${turn}` })
    const answers = await Promise.all([send('Đáp.'), send('Đáp.')].map((answer) => json<Replied>(answer)))
    expect(answers[0]).toEqual(answers[1])
    expect((await send('Đáp khác.')).status).toBe(422)
    endWindow()
    expect((await list()).thread.count).toBe(2)
  })

  it('is taken back by undoing its decision, by its writer or a leader, and leaves nothing in the queue', async () => {
    const root = await publish('Hỏi.')
    const { reply: written, decision } = await json<Replied>(reply(root, 'Đáp.'))
    expect((await admin(`decisions/${decision.id}`, 'DELETE', await ward.token('replier'))).status).toBe(403)
    expect(await json(admin(`decisions/${decision.id}`, 'DELETE', tokens.replier))).toMatchObject({
      comment: { id: written.id, state: 'withdrawn', version: 3 },
    })
    endWindow()
    expect(await list()).toMatchObject({ thread: { count: 1, official_count: 0 }, comments: [{ replies: [] }] })
    const { items } = await json<{ items: { id: string }[] }>(admin('queue?state=pending&limit=100', 'GET', tokens.viewer))
    expect(items.map(({ id }) => id)).not.toContain(written.id)
  })

  it('can be hidden like any comment, and is put back by those who may speak only', async () => {
    const root = await publish('Hỏi.')
    const { reply: written } = await replied(root, 'Đáp.')
    await list()
    await ward.decide(tokens.moderator, { comment: written.id, version: 2, verdict: 'hide' })
    expect(await list()).toMatchObject({ thread: { count: 1, official_count: 0 }, comments: [{ replies: [] }] })
    const again = { comment: written.id, version: 3, verdict: 'approve' }
    expect(await ward.decide(tokens.moderator, again)).toMatchObject({ status: 'refused', code: 'forbidden' })
    expect(await ward.decide(tokens.leader, again)).toMatchObject({ status: 'done' })
    endWindow()
    expect(await list()).toMatchObject({ thread: { count: 2, official_count: 1 } })
  })

  it('is left in the record with who wrote it', async () => {
    const root = await publish('Hỏi.')
    const { reply: written } = await replied(root, 'Đáp.')
    const item = await json<{ history: unknown[] }>(admin(`comments/${written.id}`, 'GET', tokens.viewer))
    expect(item).toMatchObject({
      official: { signer_title: SIGNER },
      author: { name: null, name_given: null, record: null },
      history: [
        { kind: 'revision', by: 'máy của replier' },
        { kind: 'decision', verdict: 'approve', by: 'máy của replier' },
      ],
    })
    const audits = await ward.store.db.selectFrom('audit').select(['action', 'detail']).where('subject_id', '=', written.id).execute()
    expect(audits.map(({ action }) => action)).toEqual(['reply.publish'])
    expect(audits[0]?.detail).not.toContain('Đáp')
  })

  it('gives the sort "official" its roots, the newest first, a page at a time', async () => {
    const roots: string[] = []
    for (const text of ['Một.', 'Hai.', 'Ba.', 'Bốn.']) roots.push(await publish(text))
    for (const index of [0, 2, 3]) await replied(roots[index] ?? '', `Trả lời ${index}.`)
    const first = await list('&sort=official&limit=2')
    const second = await list(`&sort=official&limit=2&after=${first.next}`)
    expect([first.thread.official_count, texts(first.comments), texts(second.comments), second.next]).toEqual([
      3,
      ['Bốn.', 'Ba.'],
      ['Một.'],
      null,
    ])
  })
})

describe('an approval with a reply', () => {
  const approve = (comment: string, more: Record<string, unknown> = {}) =>
    ward.decide(tokens.leader, { comment, version: 1, verdict: 'approve', reply: { body: 'Đáp luôn.', signer_title: SIGNER }, ...more })

  it('publishes both at the same moment', async () => {
    const { comment } = await ward.submit('Hỏi.', { article: { key } })
    const outcome = await approve(comment.id)
    expect(outcome).toMatchObject({ status: 'done', reply: expect.any(String) })
    expect((await list()).comments).toEqual([])
    endWindow()
    expect(await list()).toMatchObject({
      thread: { count: 2, official_count: 1 },
      comments: [{ id: comment.id, replies: [{ id: outcome.reply, body_text: 'Đáp luôn.' }] }],
    })
  })

  it('is undone with it', async () => {
    const { comment } = await ward.submit('Hỏi.', { article: { key } })
    const outcome = await approve(comment.id)
    expect(await json(admin(`decisions/${outcome.decision}`, 'DELETE', tokens.leader))).toMatchObject({ comment: { state: 'pending' } })
    endWindow()
    expect(await list()).toMatchObject({ thread: { count: 0, official_count: 0 }, comments: [] })
    expect(await json(admin(`comments/${outcome.reply}`, 'GET', tokens.leader))).toMatchObject({ state: 'withdrawn', is_public: false })
  })

  it('does not send the reply out when another verdict takes the approval’s place', async () => {
    const { comment } = await ward.submit('Hỏi.', { article: { key } })
    const outcome = await approve(comment.id)
    await ward.decide(tokens.leader, { comment: comment.id, version: 2, verdict: 'hold' })
    endWindow()
    expect(await list()).toMatchObject({ thread: { count: 0, official_count: 0 }, comments: [] })
    expect(await json(admin(`comments/${outcome.reply}`, 'GET', tokens.leader))).toMatchObject({ state: 'withdrawn' })
    expect(await ward.store.db.selectFrom('pending_publication').selectAll().execute()).toEqual([])
  })

  it('does not send the reply out when its comment is withdrawn meanwhile', async () => {
    const sent = await ward.submit('Hỏi.', { article: { key } })
    const outcome = await approve(sent.comment.id)
    await ward.request(`/api/v1/comments/${sent.comment.id}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${sent.edit.token}` },
    })
    endWindow()
    expect(await list()).toMatchObject({ thread: { count: 0, official_count: 0 }, comments: [] })
    expect(await json(admin(`comments/${outcome.reply}`, 'GET', tokens.leader))).toMatchObject({ state: 'withdrawn', is_public: false })
  })

  it('repeated with the same key is one, and names the same reply', async () => {
    const { comment } = await ward.submit('Hỏi.', { article: { key } })
    const body = { items: [{ comment: comment.id, version: 1, verdict: 'approve', reply: { body: 'Đáp.', signer_title: SIGNER } }] }
    const send = () =>
      json<{ outcomes: unknown[] }>(admin('decisions', 'POST', tokens.leader, body, { 'idempotency-key': `duyet-${turn}` }))
    expect(await send()).toEqual(await send())
    endWindow()
    expect((await list()).thread.count).toBe(2)
  })

  it('with a fault in the reply decides nothing at all', async () => {
    const [one, two] = [await ward.submit('Một.', { article: { key } }), await ward.submit('Hai.', { article: { key } })]
    const items = [
      { comment: one.comment.id, version: 1, verdict: 'approve' },
      { comment: two.comment.id, version: 1, verdict: 'approve', reply: { body: 'x', signer_title: SIGNER } },
    ]
    expect(await json(admin('decisions', 'POST', tokens.leader, { items }))).toMatchObject({ errors: [{ pointer: '/items/1/reply/body' }] })
    expect(await json(admin(`comments/${one.comment.id}`, 'GET', tokens.leader))).toMatchObject({ state: 'pending' })
  })

  it('goes with no other verdict', async () => {
    const { comment } = await ward.submit('Hỏi.', { article: { key } })
    const items = [{ comment: comment.id, version: 1, verdict: 'hold', reply: { body: 'Đáp.', signer_title: SIGNER } }]
    expect((await admin('decisions', 'POST', tokens.leader, { items })).status).toBe(422)
  })
})

describe('a pinned comment', () => {
  const pin = (id: string, by = tokens.moderator) => admin(`comments/${id}/pin`, 'PUT', by)
  const unpin = (id: string) => admin(`comments/${id}/pin`, 'DELETE', tokens.moderator)

  it('stands first on the first page of every sort, and is nowhere else', async () => {
    const roots: string[] = []
    for (const text of ['Một.', 'Hai.', 'Ba.', 'Bốn.']) roots.push(await publish(text))
    await replied(roots[1] ?? '', 'Đáp.')
    expect(await json(pin(roots[1] ?? ''))).toEqual({ comment: { id: roots[1] }, pinned: true })
    for (const [sort, order] of [
      ['new', ['Hai.', 'Bốn.', 'Ba.', 'Một.']],
      ['old', ['Hai.', 'Một.', 'Ba.', 'Bốn.']],
      ['top', ['Hai.', 'Bốn.', 'Ba.', 'Một.']],
      ['official', ['Hai.']],
    ] as const) {
      const seen: Listed[] = []
      for (let next: string | null = ''; next !== null; ) {
        const page: Thread = await list(`&sort=${sort}&limit=1${next ? `&after=${next}` : ''}`)
        seen.push(...page.comments)
        next = page.next
      }
      expect(texts(seen), sort).toEqual(order)
      expect(seen.map((comment) => comment.pinned)).toEqual(order.map((_, index) => index === 0))
      expect(texts(seen[0]?.replies ?? [])).toEqual(['Đáp.'])
    }
    expect((await list(`&around=${roots[1]}&limit=2`)).comments.filter(({ id }) => id === roots[1])).toHaveLength(1)
    expect(texts((await list(`&around=${roots[0]}&limit=2`)).comments)).toContain('Một.')
  })

  it('is put back in its place', async () => {
    const [one] = [await publish('Một.'), await publish('Hai.')]
    await pin(one)
    expect(texts((await list()).comments)).toEqual(['Một.', 'Hai.'])
    expect(await json(unpin(one))).toEqual({ comment: { id: one }, pinned: false })
    expect(await json(unpin(one))).toEqual({ comment: { id: one }, pinned: false })
    expect(texts((await list()).comments)).toEqual(['Hai.', 'Một.'])
  })

  it('is one of three at most, also when all come at once', async () => {
    const roots: string[] = []
    for (let index = 0; index < 5; index++) roots.push(await publish(`Gốc ${index}.`))
    const statuses = await Promise.all(roots.map(async (root) => (await pin(root)).status))
    expect(statuses.toSorted()).toEqual([200, 200, 200, 409, 409])
    const { comments } = await list()
    expect([comments.length, comments.filter(({ pinned }) => pinned).length]).toEqual([5, 3])
    expect(comments.slice(0, 3).every(({ pinned }) => pinned)).toBe(true)
  })

  it('is a public root, pinned by those who decide', async () => {
    const root = await publish('Gốc.')
    const child = await publish('Con.', root)
    const waiting = await ward.submit('Chờ.', { article: { key } })
    const statuses = [pin(child), pin(waiting.comment.id), pin(root, tokens.viewer), pin(root, tokens.replier)]
    expect(await Promise.all(statuses.map(async (response) => (await response).status))).toEqual([409, 409, 403, 403])
  })

  it('that is hidden loses its mark and comes back with it', async () => {
    const root = await publish('Gốc.')
    await publish('Con.', root)
    await publish('Khác.')
    await pin(root)
    const { decision } = await ward.decide(tokens.moderator, { comment: root, version: 2, verdict: 'hide' })
    expect((await list()).comments).toMatchObject([{ body_text: 'Khác.' }, { removed: 'removed', pinned: false }])
    await admin(`decisions/${decision}`, 'DELETE', tokens.moderator)
    expect((await list()).comments).toMatchObject([{ id: root, pinned: true, removed: null }, { body_text: 'Khác.' }])
  })

  it('leaves an audit row each time', async () => {
    const root = await publish('Gốc.')
    await pin(root)
    await pin(root)
    await unpin(root)
    const audits = await ward.store.db.selectFrom('audit').select('action').where('subject_id', '=', root).orderBy('id').execute()
    expect(audits.map(({ action }) => action).filter((action) => action.includes('pin'))).toEqual(['comment.pin', 'comment.unpin'])
  })
})

describe('the place of a comment that was taken off', () => {
  const withdrawn = async (withReply: boolean) => {
    const sent = await ward.published('Sẽ rút.', { article: { key }, author: { name: 'Tên Riêng' }, consents: ['name'] })
    if (withReply) await publish('Con ở lại.', sent.comment.id)
    await ward.request(`/api/v1/comments/${sent.comment.id}/like`, { method: 'PUT' })
    await ward.request(`/api/v1/comments/${sent.comment.id}`, { method: 'DELETE', headers: { authorization: `Bearer ${sent.edit.token}` } })
    return sent.comment.id
  }

  it('stays while replies are public, and says nothing of it', async () => {
    const id = await withdrawn(true)
    const answer = await list()
    expect(answer).toMatchObject({
      thread: { count: 1 },
      comments: [
        { id, removed: 'withdrawn', author: { name: '' }, body_text: '', body_html: '', likes: 0, replies: [{ body_text: 'Con ở lại.' }] },
      ],
    })
    expect(JSON.stringify(answer)).not.toMatch(/Sẽ rút|Tên Riêng/)
    expect(await list(`&around=${answer.comments[0]?.replies[0]?.id}`)).toMatchObject({ comments: [{ id }] })
  })

  it('goes when nothing hangs under it', async () => {
    await withdrawn(false)
    expect(await list()).toMatchObject({ thread: { count: 0 }, comments: [] })
  })

  it('cannot be liked, reported or replied to', async () => {
    const id = await withdrawn(true)
    const statuses = [
      ward.request(`/api/v1/comments/${id}/like`, { method: 'PUT' }),
      ward.request(`/api/v1/comments/${id}/reports`, { method: 'POST', body: { reason: 'ads' } }),
      ward.request(`/api/v1/sites/${ward.slug}/comments`, { method: 'POST', body: { article: { key }, body: 'Trả lời.', parent_id: id } }),
      admin(`comments/${id}/replies`, 'POST', tokens.leader, { body: 'Đáp.', signer_title: SIGNER }),
    ]
    expect(await Promise.all(statuses.map(async (response) => (await response).status))).toEqual([404, 404, 422, 409])
  })

  it('keeps its turn in every sort', async () => {
    await publish('Trước.')
    const id = await withdrawn(true)
    await publish('Sau.')
    const place = async (sort: string) => (await list(`&sort=${sort}`)).comments.findIndex((comment) => comment.id === id)
    expect([await place('new'), await place('old'), await place('top')]).toEqual([1, 1, 0])
  })
})

describe('the page without script', () => {
  it('marks official replies, pins and removed places outside of what authors write', async () => {
    const root = await publish('Gốc <p class="badge"><strong>Trả lời chính thức</strong></p>')
    await replied(root, 'Phường trả lời.')
    await admin(`comments/${root}/pin`, 'PUT', tokens.moderator)
    const hidden = await publish('Sẽ ẩn.')
    await publish('Con của ẩn.', hidden)
    await ward.decide(tokens.moderator, { comment: hidden, version: 2, verdict: 'hide' })
    const html = await (await ward.request(`/r/${ward.slug}?key=${key}`)).text()
    expect(html.match(/<p class="badge"><strong>Trả lời chính thức<\/strong><\/p>/g)).toHaveLength(1)
    expect(html.match(/<span class="pin">Ý kiến được ghim<\/span>/g)).toHaveLength(1)
    expect(html).toContain('Ý kiến đã được gỡ theo quy định')
    expect(html).toContain('Con của ẩn.')
    expect(html).not.toContain('Sẽ ẩn.')
    const official = await (await ward.request(`/r/${ward.slug}?key=${key}&sort=official`)).text()
    expect(official).toContain('Phường trả lời.')
    expect(official).not.toContain('Con của ẩn.')
  })

  it('and feeds say whether the agency speaks', async () => {
    const root = await publish('Người dân hỏi.')
    await replied(root, 'Phường đáp.')
    const feed = await json<{ items: { content_text: string; tags?: string[]; authors: { name: string }[] }[] }>(
      ward.request(`/feeds/${ward.slug}.json`),
    )
    expect(feed.items.slice(0, 2)).toMatchObject([
      { content_text: 'Phường đáp.', tags: ['official'], authors: [{ name: 'Phường Thử' }] },
      { content_text: 'Người dân hỏi.' },
    ])
    expect(feed.items[1]?.tags).toBeUndefined()
    expect(await (await ward.request(`/feeds/${ward.slug}.atom`)).text()).toContain(
      '<category term="official" label="Trả lời chính thức"/>',
    )
  })
})
