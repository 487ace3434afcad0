// Pages of articles, prepared replies and the embed code: all of it by plain forms, with nothing typed lost.
import { beforeEach, describe, expect, it } from 'vitest'
import { fillCanned } from '../../src/core/canned.ts'
import { BASE, openWard, PORTAL, type Ward } from '../support/ward.ts'

let ward: Ward
let cookie: string
beforeEach(async () => {
  ward = await openWard()
  cookie = await ward.signIn('admin')
})

const at = (path: string) => `/desk/${ward.slug}/${path}`
async function get(path: string, as = cookie): Promise<{ status: number; html: string }> {
  const response = await ward.request(at(path), { headers: { cookie: as } })
  return { status: response.status, html: await response.text() }
}
async function post(path: string, fields: Record<string, string>): Promise<{ status: number; html: string; to: string }> {
  const response = await ward.request(at(path), { method: 'POST', headers: { cookie, origin: BASE }, body: new URLSearchParams(fields) })
  return { status: response.status, html: await response.text(), to: response.headers.get('location') ?? '' }
}
const threadOf = async (key: string) =>
  (
    await ward.store.db
      .selectFrom('thread')
      .innerJoin('site', 'site.id', 'thread.site_id')
      .select('thread.id')
      .where('site.slug', '=', ward.slug)
      .where('thread.key', '=', key)
      .executeTakeFirstOrThrow()
  ).id

describe('an article’s pages', () => {
  it('find it by title, close it at a time with a message, give it an address and join it to another', async () => {
    await ward.published('Một.', { article: { key: 'mot', url: `${PORTAL}/mot`, title: 'Sửa đường Đồng Cờ' } })
    await ward.published('Hai.', { article: { key: 'hai', url: `${PORTAL}/hai`, title: 'Sửa đường Đồng Cờ (đăng lại)' } })
    const [one, two] = [await threadOf('mot'), await threadOf('hai')]
    expect((await get('articles?q=dong+co')).html).toContain(`articles/${one}`)
    expect((await get('articles?q=khong+co')).html).not.toContain(`articles/${one}`)

    const form = {
      version: '1',
      state: 'open',
      closes_at: '2026-11-24T17:00',
      opens_at: '',
      message: 'Nhận đến hết thứ Ba.',
      title: 'Sửa đường',
    }
    expect((await post(`articles/${one}`, form)).status).toBe(303)
    expect((await get(`articles/${one}`)).html).toContain('value="2026-11-24T17:00"')
    const stale = await post(`articles/${one}`, { ...form, message: 'Của người đến sau.' })
    expect(stale.status).toBe(409)
    expect(stale.html).toContain('Của người đến sau.')
    expect(stale.html).toContain('Nhận đến hết thứ Ba.')
    const past = await post(`articles/${one}`, { ...form, version: '2', closes_at: '2020-01-01T00:00' })
    expect([past.status, past.html.includes('id="e-closes_at"')]).toEqual([422, true])

    expect((await post(`articles/${one}/names`, { name: 'ma-khac' })).status).toBe(303)
    const taken = await post(`articles/${one}/names`, { name: 'hai' })
    expect([taken.status, taken.html.includes('value="hai"')]).toEqual([409, true])
    expect((await get(`articles/${two}/merge?q=sua`)).html).toContain(`into=${one}`)
    expect((await get(`articles/${two}/merge?into=${one}`)).html).toContain('name="into"')
    const joined = await post(`articles/${two}/merge`, { into: one })
    expect(joined.to).toBe(`${at(`articles/${one}`)}?joined`)
    expect((await ward.thread('?key=hai')).comments).toHaveLength(2)
  })

  it('make an article before its first opinion and keep a taken name in the field', async () => {
    const made = await post('articles', { name: 'bai-moi', title: 'Bài mới' })
    expect(made.to).toContain('/articles/')
    const again = await post('articles', { name: 'bai-moi', title: 'Bài mới' })
    expect([again.status, again.html.includes('value="bai-moi"')]).toEqual([409, true])
  })
})

describe('prepared replies', () => {
  const body = 'Kính gửi Ông/Bà {họ tên}, {cơ quan} trả lời về “{bài viết}” (mã {mã tra cứu}, gửi ngày {ngày gửi}).'

  it('are written, previewed, changed and removed; an unknown field is refused with the text kept', async () => {
    const unknown = await post('settings/canned', { act: 'save', name: 'Cảm ơn', body: 'Chào {tên lạ}' })
    expect([unknown.status, unknown.html.includes('{tên lạ}')]).toEqual([422, true])
    expect((await post('settings/canned', { act: 'preview', name: 'Cảm ơn', body })).html).toContain('Phường Thử trả lời về')
    expect((await post('settings/canned', { act: 'save', name: 'Cảm ơn', body })).status).toBe(303)
    expect((await post('settings/canned', { act: 'save', name: 'Cảm ơn', body })).html).toContain('id="e-new"')
    const id = /name="id" value="([^"]+)"/.exec((await get('settings/canned')).html)?.[1] ?? ''
    expect((await post('settings/canned', { act: 'save', id, version: '1', name: 'Cảm ơn', body: 'Ngắn.' })).status).toBe(303)
    expect((await post('settings/canned', { act: 'save', id, version: '1', name: 'Cảm ơn', body: 'Đến sau.' })).status).toBe(409)
    expect((await post('settings/canned', { act: 'remove', id })).status).toBe(303)
    expect((await get('settings/canned')).html).not.toContain('Cảm ơn')
  })

  it('fill fields written in either language, and nothing else', () => {
    const merged = { name: 'Bà A', article: 'Bài', code: 'M1', agency: 'UBND', date: '23/11/2026' }
    expect(fillCanned('{họ tên} {name} { Mã tra cứu } {x} {', merged)).toBe('Bà A Bà A M1 {x} {')
  })

  it('are put into a reply, after what was written, with the public name only', async () => {
    await post('settings/canned', { act: 'save', name: 'Mẫu', body })
    const id = /name="id" value="([^"]+)"/.exec((await get('settings/canned')).html)?.[1] ?? ''
    const { comment, receipt } = await ward.submit('Cần trả lời.', { author: { name: 'Tên Không Công Khai' } })
    const page = await post(`comments/${comment.id}/reply`, {
      version: '1',
      state: 'pending',
      canned: id,
      reply: 'Đã gõ trước.',
      signer_title: 'Chủ tịch',
    })
    const text = /<textarea id="reply"[^>]*>([\s\S]*?)<\/textarea>/.exec(page.html)?.[1] ?? ''
    expect(text).toContain('Đã gõ trước.')
    expect(text).toContain(`Kính gửi Ông/Bà Bạn đọc, Phường Thử trả lời về “Bài viết thử” (mã ${receipt.code}, gửi ngày 23/11/2026).`)
    expect(page.html).toContain('value="Chủ tịch"')
    const sent = await post('decisions', {
      comment: comment.id,
      version: '1',
      request_key: crypto.randomUUID(),
      state: 'pending',
      verdict: 'approve',
      reply: text,
      signer_title: 'Chủ tịch',
      canned: id,
    })
    expect(sent.to).toContain('done=')
  })
})

it('the embed code names this site, its release with an integrity hash, how numbers come to list pages, and what a strict portal must allow', async () => {
  const release = '{"version":"9.9.9","path":"/widget/9.9.9-abc.js","integrity":"sha384-xyz"}'
  ward.services.asset = async (path) =>
    path === 'widget/release.json' ? { body: new TextEncoder().encode(release), type: 'application/json', etag: '"x"' } : null
  const { html } = await get('settings/embed', await ward.signIn('viewer'))
  for (const part of [
    `site=&quot;${ward.slug}&quot;`,
    'integrity=&quot;sha384-xyz&quot;',
    '/widget/9.9.9-abc.js',
    '&lt;canvas width=&quot;1&quot; height=&quot;1200&quot;&gt;',
    `script-src ${BASE};`,
    `src=&quot;${BASE}/widget/counts.js&quot;`,
    `&lt;y-kien-count site=&quot;${ward.slug}&quot;`,
    PORTAL,
  ])
    expect(html).toContain(part)
})
