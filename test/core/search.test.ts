// What staff find: with and without marks, in phrases and by beginnings, within filters; and what nobody finds.
import { beforeAll, describe, expect, it } from 'vitest'
import { takeIn } from '../../src/core/moderation/catalogue.ts'
import { datesBetween, termsOf } from '../../src/core/moderation/search.ts'
import { SIGNAL_CODES } from '../../src/core/screening/signal.ts'
import { resetIndex } from '../../src/storage/search.ts'
import { dump } from '../support/dump.ts'
import { flood, takeAllIn } from '../support/flood.ts'
import { openWard, PORTAL, type Ward } from '../support/ward.ts'

type Page = {
  items: { id: string; body_text: string; state: string; article: { key: string }; created_at: string }[]
  next: string | null
  is_catching_up: boolean
}

let ward: Ward
let token: string
beforeAll(async () => {
  ward = await openWard()
  token = await ward.token()
})

async function ask(query: Record<string, string>, of = { ward, token, slug: ward.slug }): Promise<{ status: number; page: Page }> {
  const response = await of.ward.request(`/api/v1/admin/sites/${of.slug}/queue?${new URLSearchParams(query)}`, {
    headers: { authorization: `Bearer ${of.token}` },
  })
  return { status: response.status, page: (await response.json()) as Page }
}
const found = async (query: Record<string, string>) => (await ask(query)).page.items.map(({ body_text }) => body_text)
const send = async (body: string, more: Record<string, unknown> = {}) => {
  ward.clock.ms += 1_000
  return (await ward.submit(body, more)).comment.id
}

describe('a search', () => {
  beforeAll(async () => {
    await send('Đường Hồng Lĩnh hỏng nặng')
    await send('duong hong linh hong nang')
    await send('Dưỡng sinh ở nhà văn hóa')
    await send('Giải hoà tại tổ dân phố', { author: { name: 'Trần Thị Bưởi' } })
    await send('Cây phượng đổ', { article: { key: 'mua-bao', url: `${PORTAL}/mua-bao`, title: 'Mưa bão sáng nay' } })
  })

  it.each([
    ['đường', ['Đường Hồng Lĩnh hỏng nặng', 'duong hong linh hong nang']],
    ['duong', ['duong hong linh hong nang', 'Đường Hồng Lĩnh hỏng nặng', 'Dưỡng sinh ở nhà văn hóa']],
    ['đường'.normalize('NFD'), ['Đường Hồng Lĩnh hỏng nặng', 'duong hong linh hong nang']],
    ['ĐƯỜNG', ['Đường Hồng Lĩnh hỏng nặng', 'duong hong linh hong nang']],
    ['nang hong duong', ['duong hong linh hong nang', 'Đường Hồng Lĩnh hỏng nặng']],
    ['"hong linh"', ['duong hong linh hong nang', 'Đường Hồng Lĩnh hỏng nặng']],
    ['“hồng lĩnh” hỏng', ['Đường Hồng Lĩnh hỏng nặng', 'duong hong linh hong nang']],
    ['"linh hong" "hong duong"', []],
    ['giải hòa', ['Giải hoà tại tổ dân phố']],
    ['giai hoa', ['Giải hoà tại tổ dân phố']],
    ['bưởi', ['Giải hoà tại tổ dân phố']],
    ['mua bao', ['Cây phượng đổ']],
    ['phượng đ', []],
    ['phượ', ['Cây phượng đổ']],
    ['phượng đổ', ['Cây phượng đổ']],
    ['ph', ['Giải hoà tại tổ dân phố', 'Cây phượng đổ']],
    ['ph ', []],
    ['khong co dau nay', []],
    ['!!! …', []],
    ['" OR "', []],
    ["'; DROP TABLE comment; --", []],
    ['duong AND NOT hong*', []],
  ])('for %s finds, those with the same marks first', async (q, expected) => {
    expect(await found({ q })).toEqual(expected)
  })

  it('finds a receipt code, in whatever state its comment is', async () => {
    const { comment, receipt } = await ward.submit('Tìm bằng mã')
    await ward.decide(token, { comment: comment.id, version: 1, verdict: 'spam' })
    expect(await found({ q: receipt.code.toLowerCase(), state: 'any' })).toEqual(['Tìm bằng mã'])
    expect(await found({ q: receipt.code })).toEqual([])
  })

  it('no phrase reaches from one text of a comment into the next', async () => {
    expect(await found({ q: '"nay cây"' })).toEqual([])
  })

  it('shows what waits from the oldest, and in the other order where that is asked for', async () => {
    expect(await found({ q: '"hong linh" hong', sort: 'newest' })).toEqual(['duong hong linh hong nang', 'Đường Hồng Lĩnh hỏng nặng'])
    expect(await found({ q: 'tổ', sort: 'oldest' })).toEqual(await found({ q: 'tổ' }))
  })

  it.each([
    ['too long', { q: 'a'.repeat(201) }],
    ['with a day that is none', { from: '2026-02-30' }],
    ['for a signal that is none', { signal: 'x' }],
    ['after a page that is none', { q: 'a', after: 'x' }],
    ['of what is sealed', { q: 'a', state: 'sealed' }],
  ])('is refused when it is %s', async (_name, query: Record<string, string>) => {
    expect((await ask(query)).status).toBe(422)
  })

  it('of another site finds nothing of this one', async () => {
    const of = { ward, slug: ward.otherSlug, token: await ward.token('moderator', ward.otherSlug) }
    for (const state of ['any', 'pending']) expect((await ask({ q: 'duong', state }, of)).page.items).toEqual([])
  })
})

describe('filters', () => {
  it('by article take its key, its address and its thread, and nothing that is not the site’s', async () => {
    const id = await send('Ở bài lọc', { article: { key: 'bai-loc', url: `${PORTAL}/bai-loc`, title: 'Bài lọc' } })
    const { thread_id: thread } = await ward.store.db
      .selectFrom('comment')
      .select('thread_id')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    for (const article of ['bai-loc', `${PORTAL}/bai-loc`, `${PORTAL}/bai-loc#y-kien`, thread])
      expect(await found({ article })).toEqual(['Ở bài lọc'])
    expect(await found({ article: 'khong-co' })).toEqual([])
    const of = { ward, slug: ward.otherSlug, token: await ward.token('moderator', ward.otherSlug) }
    expect((await ask({ article: thread }, of)).page.items).toEqual([])
  })

  it('by signal find the comments that carry it', async () => {
    await send('chữ \u202eđảo\u202c chiều')
    expect(await found({ signal: 'bidi' })).toEqual(['chữ \u202eđảo\u202c chiều'])
    expect(SIGNAL_CODES).toContain('bidi')
  })

  it('by date mean days of Vietnam, with a search and without', async () => {
    ward.clock.ms = Date.parse('2026-12-31T16:59:58.999Z')
    await send('Đêm cuối năm')
    ward.clock.ms = Date.parse('2026-12-31T16:59:59.000Z')
    await send('Sáng mùng một')
    for (const more of [{}, { q: 'nam' }, { q: 'mung' }, { state: 'any' }])
      for (const [from, to, expected] of [
        ['2026-12-31', '2026-12-31', ['Đêm cuối năm']],
        ['2027-01-01', '2027-01-01', ['Sáng mùng một']],
        ['2026-12-31', '2027-01-01', ['Đêm cuối năm', 'Sáng mùng một']],
        ['2027-01-02', '2027-01-01', []],
      ] as const) {
        const wanted = expected.filter((body) => !('q' in more) || body === (more.q === 'nam' ? 'Đêm cuối năm' : 'Sáng mùng một'))
        expect(await found({ ...more, from, to, sort: 'oldest' }), JSON.stringify({ more, from, to })).toEqual(wanted)
      }
  })

  it('cover any time by few years, months and days, without a gap', () => {
    expect(datesBetween('2024-02-28', '2026-03-02', 2026)).toEqual([
      '2024-02-28',
      '2024-02-29',
      ...['03', '04', '05', '06', '07', '08', '09', '10', '11', '12'].map((month) => `2024-${month}`),
      '2025',
      '2026-01',
      '2026-02',
      '2026-03-01',
      '2026-03-02',
    ])
    expect(datesBetween(null, '9999-12-31', 2026)).toEqual(Array.from({ length: 38 }, (_, n) => String(1990 + n)))
    expect(datesBetween('2026-05-05', '2026-05-04', 2026)).toEqual(['none'])
  })
})

describe('what was typed', () => {
  it('is cut into words and phrases, the last word a beginning unless something follows it', () => {
    expect(termsOf('Hoà "Hồng lĩnh" đư')).toEqual([
      { words: ['hòa'], isBeginning: false },
      { words: ['hồng', 'lĩnh'], isBeginning: false },
      { words: ['đư'], isBeginning: true },
    ])
    expect(termsOf('đường ')).toEqual([{ words: ['đường'], isBeginning: false }])
    expect(termsOf('"chưa đóng')).toEqual([{ words: ['chưa', 'đóng'], isBeginning: false }])
    expect(termsOf('a '.repeat(100))).toHaveLength(24)
  })
})

describe('the index', () => {
  it('knows a comment and an edit with the very next search', async () => {
    const sent = await ward.submit('Trước khi sửa')
    expect(await found({ q: '"trước khi"' })).toEqual(['Trước khi sửa'])
    const edited = await ward.request(`/api/v1/comments/${sent.comment.id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${sent.edit.token}` },
      body: { body: 'Rồi đổi lời' },
    })
    expect(edited.status).toBe(200)
    expect(await found({ q: '"trước khi"' })).toEqual([])
    expect(await found({ q: '"đổi lời"' })).toEqual(['Rồi đổi lời'])
  })

  it('holds no word of a comment that was sealed, and no search shows it', async () => {
    const id = await send('Nội dung kínmật')
    expect(await found({ q: 'kínmật', state: 'any' })).toEqual(['Nội dung kínmật'])
    await ward.decide(token, { comment: id, version: 1, verdict: 'seal' })
    for (const query of [{ q: 'kínmật' }, { q: 'kínmật', state: 'any' }, { q: 'noi dung', state: 'any' }])
      expect(await found(query)).toEqual([])
  })

  it('follows a decision: a comment is found under its new state alone, a withdrawn one under its own', async () => {
    const sent = await ward.submit('Theo dõi tìnhtrạng')
    expect(await found({ q: 'tìnhtrạng' })).toHaveLength(1)
    await ward.request(`/api/v1/comments/${sent.comment.id}`, { method: 'DELETE', headers: { authorization: `Bearer ${sent.edit.token}` } })
    expect(await found({ q: 'tìnhtrạng' })).toEqual([])
    expect(await found({ q: 'tìnhtrạng', state: 'withdrawn' })).toHaveLength(1)
  })

  it('takes in a fact that was written long after later ones, within two minutes', async () => {
    const late = ward.services.newId()
    await send('Đến trước')
    expect(await found({ q: '"đến trước"' })).toHaveLength(1)
    const { comment } = await ward.submit('Đến muộn')
    await ward.store.batch([ward.store.db.updateTable('fact').set({ id: late }).where('comment_id', '=', comment.id)])
    expect(await found({ q: '"đến muộn"' })).toHaveLength(1)
  })

  it('is the same whoever takes in, also at once', async () => {
    for (let n = 0; n < 60; n++) await send(`Cùng lúc số ${n}`)
    await Promise.all([1, 2, 3].map(() => takeAllIn(ward.services)))
    expect(await takeIn(ward.services)).toBe(true)
    const { items, next } = (await ask({ q: '"cùng lúc"', limit: '100' })).page
    expect([items.length, next]).toEqual([60, null])
    const documents = await ward.store.db.selectFrom('search_document').select('comment_id').execute()
    expect(new Set(documents.map(({ comment_id }) => comment_id)).size).toBe(documents.length)
  })

  it('goes on with a backlog where it stopped, and misses neither a fact written late behind that nor a rebuild in its midst', async () => {
    const late = ward.services.newId()
    for (let n = 0; n < 120; n++) await send(`Ùnứ số ${n}`)
    expect(await takeIn(ward.services)).toBe(false)
    const { comment } = await ward.submit('Ùnứ muộn')
    await ward.store.batch([ward.store.db.updateTable('fact').set({ id: late }).where('comment_id', '=', comment.id)])
    expect(await takeIn(ward.services)).toBe(false)
    expect(await takeIn(ward.services)).toBe(true)
    expect(await found({ q: 'ùnứ', limit: '100' })).toHaveLength(100)
    expect(await found({ q: '"ùnứ muộn"' })).toHaveLength(1)
    for (let n = 0; n < 60; n++) await send(`Ùnứ thêm ${n}`)
    expect(await takeIn(ward.services)).toBe(false)
    await ward.store.batch(resetIndex(ward.store))
    await takeAllIn(ward.services)
    expect(await found({ q: '"ùnứ muộn"' })).toHaveLength(1)
    expect(await found({ q: '"ùnứ số 7"' })).toHaveLength(1)
  })

  it('writes nothing when there is nothing new', async () => {
    ward.clock.ms += 600_000
    await takeAllIn(ward.services)
    const before = await dump(ward.store)
    await takeAllIn(ward.services)
    await ask({ q: 'duong' })
    expect(await dump(ward.store)).toEqual(before)
  })

  it('finds the same after it was rebuilt, and remembers no number', async () => {
    await send('Gọi số 0912345678 giúp tôi')
    const before = await Promise.all(['duong', 'đường', 'ph', '"cùng lúc"', '0912345678'].map((q) => found({ q, state: 'any' })))
    expect(before.at(-1)).toHaveLength(1)
    await ward.store.batch(resetIndex(ward.store))
    expect((await ask({ q: 'duong' })).page.is_catching_up).toBe(true)
    await takeAllIn(ward.services)
    expect(await Promise.all(['duong', 'đường', 'ph', '"cùng lúc"', '0912345678'].map((q) => found({ q, state: 'any' })))).toEqual(before)
    const words = await ward.store.db.selectFrom('search_word').select('word').execute()
    expect(words.filter(({ word }) => /\d|@/.test(word))).toEqual([])
  })
})

describe('pages of a search', () => {
  const COUNT = 1_000
  beforeAll(async () => {
    const ctx = await ward.ctx({ kind: 'reader' }, ward.otherSlug)
    await flood(ward.services, ctx.site.id, { count: COUNT, threads: 10, until: Date.parse('2026-11-20T00:00:00.000Z') })
    await ward.store.batch(resetIndex(ward.store))
    await takeAllIn(ward.services)
  })

  it.each([
    [{ q: 'khong', state: 'any' }, 500],
    [{ q: 'khong', state: 'published', sort: 'oldest' }, 200],
    [{ q: 'không', state: 'any', article: 'key-2' }, 100],
    [{ q: '"hiem"', state: 'any' }, 10],
    [{ state: 'any', signal: 'bidi' }, 20],
    [{ state: 'any' }, COUNT],
    [{ state: 'published' }, 400],
    [{ q: 'không lẻ', state: 'any' }, 0],
  ])('follow one another to the last of %j, none twice', async (query, expected) => {
    const of = { ward, slug: ward.otherSlug, token: await ward.token('moderator', ward.otherSlug) }
    const ids: string[] = []
    for (let after: string | null = ''; after !== null; ) {
      const { page }: { page: Page } = await ask({ ...query, limit: '37', ...(after ? { after } : {}) }, of)
      ids.push(...page.items.map(({ id }) => id))
      after = page.next
    }
    expect(ids).toHaveLength(expected)
    expect(new Set(ids).size).toBe(expected)
  })

  it('keep to the order of arrival within what has the marks as typed, and within the rest', async () => {
    const of = { ward, slug: ward.otherSlug, token: await ward.token('moderator', ward.otherSlug) }
    const { page } = await ask({ q: 'khong', state: 'any', limit: '100' }, of)
    const isTyped = page.items.map(({ body_text }) => /\bkhong\b/.test(body_text))
    expect(isTyped.lastIndexOf(true)).toBe(24)
    expect(isTyped.indexOf(false)).toBe(25)
    for (const part of [page.items.slice(0, 25), page.items.slice(25)])
      expect(part.map(({ created_at }) => created_at)).toEqual(
        part
          .map(({ created_at }) => created_at)
          .sort()
          .reverse(),
      )
  })
})
