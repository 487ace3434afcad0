// Two processes with ready bytes of their own over one database: whatever one of them lets the public see or takes from it, the
// other shows at once, in every public view.

import { beforeAll, describe, expect, it } from 'vitest'
import { openAgain } from '#platform'
import { createApp } from '../../src/app.ts'
import { setSite } from '../../src/core/sites.ts'
import { BASE, openWard, type Ward } from '../support/ward.ts'

let ward: Ward
let token: string
let other: ReturnType<typeof createApp>
let otherServices: Ward['services']
let thread: string

const ARTICLE = { article: { key: 'hai-may' } }
const WORDS = 'Câu để tìm.'

beforeAll(async () => {
  ward = await openWard()
  token = await ward.token('leader')
  otherServices = { ...ward.services, store: openAgain(ward.store) }
  other = createApp(otherServices)
  await ward.published('Đã có từ trước.', ARTICLE)
  thread = (await ward.thread('?key=hai-may')).thread.id
})

const paths = () => [
  `/api/v1/sites/${ward.slug}/threads?key=hai-may`,
  `/api/v1/sites/${ward.slug}/threads?key=hai-may&sort=top`,
  `/r/${ward.slug}?key=hai-may`,
  `/feeds/${ward.slug}.atom`,
  `/feeds/${ward.slug}.json`,
  `/feeds/${ward.slug}/${thread}.atom`,
  `/feeds/${ward.slug}/${thread}.json`,
]

/** The views of both processes, the other's first, that show these words; all or none when they agree. */
async function showing(words = WORDS): Promise<string[]> {
  const shown: string[] = []
  for (const path of paths()) {
    const there = await other.fetch(new Request(BASE + path), { peer: '203.0.113.7' })
    if ((await there.text()).includes(words)) shown.push(`other ${path}`)
    if ((await (await ward.request(path)).text()).includes(words)) shown.push(`own ${path}`)
  }
  return shown
}

/** What each process counts. */
async function counts(): Promise<number[]> {
  const path = `/api/v1/sites/${ward.slug}/counts?key=hai-may`
  const there = await other.fetch(new Request(BASE + path), { peer: '203.0.113.7' })
  const answers = (await Promise.all([there, await ward.request(path)].map((response) => response.json()))) as { counts: number[] }[]
  return answers.flatMap((answer) => answer.counts)
}

const ALL = () => paths().length * 2
const undo = async ({ decision }: { decision: string | null }) => {
  const response = await ward.request(`/api/v1/admin/sites/${ward.slug}/decisions/${decision}`, {
    method: 'DELETE',
    headers: { authorization: `Bearer ${token}` },
  })
  expect(response.status).toBe(200)
}
const endUndo = () => {
  ward.clock.ms += ward.services.config.undoSeconds * 1_000 + 1
}

describe('two processes over one database', () => {
  it('show an approval at once when its undo window ends, and not before', async () => {
    const sent = await ward.submit(WORDS, ARTICLE)
    expect(await showing()).toEqual([])
    await ward.decide(token, { comment: sent.comment.id, version: 1, verdict: 'approve' })
    expect(await showing()).toEqual([])
    expect(await counts()).toEqual([1, 1])
    endUndo()
    expect(await showing()).toHaveLength(ALL())
    expect(await counts()).toEqual([2, 2])
  })

  it('stop showing what is hidden at once, and show it again when that is undone', async () => {
    const { comments } = await ward.thread('?key=hai-may')
    const id = comments.find(({ body_text }) => body_text === WORDS)?.id
    const outcome = await ward.decide(token, { comment: id, version: 2, verdict: 'hide' })
    expect(await showing()).toEqual([])
    expect(await counts()).toEqual([1, 1])
    await undo(outcome)
    expect(await showing()).toHaveLength(ALL())
    expect(await counts()).toEqual([2, 2])
  })

  it('never show an approval that was undone in time', async () => {
    const words = 'Duyệt nhầm.'
    const sent = await ward.submit(words, ARTICLE)
    const outcome = await ward.decide(token, { comment: sent.comment.id, version: 1, verdict: 'approve' })
    expect(await showing(words)).toEqual([])
    await undo(outcome)
    endUndo()
    expect(await showing(words)).toEqual([])
    expect(await counts()).toEqual([2, 2])
  })

  it('show an approved change in place of what it changes', async () => {
    const [before, after] = ['Chữ ban đầu.', 'Chữ đã sửa.']
    const sent = await ward.published(before, ARTICLE)
    expect(await showing(before)).toHaveLength(ALL())
    const edit = { method: 'PATCH', headers: { authorization: `Bearer ${sent.edit.token}` }, body: { body: after } }
    expect((await ward.request(`/api/v1/comments/${sent.comment.id}`, edit)).status).toBe(200)
    await ward.decide(token, { comment: sent.comment.id, version: 3, verdict: 'approve' })
    endUndo()
    expect(await showing(after)).toHaveLength(ALL())
    expect(await showing(before)).toEqual([])
  })

  it('stop showing what its author withdrew', async () => {
    const words = 'Sẽ rút lại.'
    const sent = await ward.published(words, ARTICLE)
    expect(await showing(words)).toHaveLength(ALL())
    const own = { method: 'DELETE', headers: { authorization: `Bearer ${sent.edit.token}` } }
    expect((await ward.request(`/api/v1/comments/${sent.comment.id}`, own)).status).toBe(200)
    expect(await showing(words)).toEqual([])
  })

  it('keep the replies of a root that is hidden, and show its own words no more', async () => {
    const [gone, words] = ['Gốc sẽ ẩn.', 'Trả lời ở lại.']
    const root = await ward.published(gone, ARTICLE)
    await ward.published(words, { ...ARTICLE, parent_id: root.comment.id })
    expect(await showing(words)).toHaveLength(ALL())
    await ward.decide(token, { comment: root.comment.id, version: 2, verdict: 'hide' })
    expect(await showing(gone)).toEqual([])
    expect(await showing(words)).toHaveLength(ALL())
  })

  it('stop showing the replies of a root that went the confidential way', async () => {
    const words = 'Trả lời sẽ khuất.'
    const root = await ward.published('Gốc chuyển kênh mật.', ARTICLE)
    await ward.published(words, { ...ARTICLE, parent_id: root.comment.id })
    expect(await showing(words)).toHaveLength(ALL())
    await ward.decide(token, { comment: root.comment.id, version: 2, verdict: 'seal' })
    expect(await showing(words)).toEqual([])
  })

  it('ask of a text what the site asks for just then, whichever of them was told', async () => {
    const words = 'Ngắn'
    const statuses = async () => {
      const body = { article: ARTICLE.article, body: words }
      const path = `/api/v1/sites/${ward.slug}/comments`
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
      const there = await other.fetch(new Request(BASE + path, init), { peer: '203.0.113.7' })
      return [there.status, (await ward.request(path, { method: 'POST', body })).status]
    }
    for (const services of [otherServices, ward.services]) {
      expect(await statuses()).toEqual([202, 202])
      await setSite(services, ward.slug, { body_min: words.length + 1 })
      expect(await statuses()).toEqual([422, 422])
      await setSite(services, ward.slug, { body_min: words.length })
    }
    expect(await statuses()).toEqual([202, 202])
  })
})
