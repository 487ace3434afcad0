// A box that bots cannot fill and people hardly notice: who is asked for a challenge and when, what a challenge is good for, floods.
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { createApp } from '../../src/app.ts'
import type { Challenge } from '../../src/core/abuse/challenge.ts'
import { readFloods } from '../../src/core/abuse/flood.ts'
import { SCOPES } from '../../src/core/abuse/pressure.ts'
import { setSite } from '../../src/core/sites.ts'
import { createGate } from '../../src/http/limits.ts'
import { tick } from '../../src/jobs.ts'
import { sha256 } from '../../src/lib/crypto.ts'
import { dump } from '../support/dump.ts'
import { packed, solve } from '../support/solve.ts'
import { BASE, openWard, PORTAL, type Ward } from '../support/ward.ts'

type Refused = { status: number; code: string; detail: string; retry_after?: number; challenge?: Challenge; page?: string }
type Request = { key?: string; body: string; challenge?: string; headers?: Record<string, string>; peer?: string; slug?: string }

let ward: Ward
/** A process with fresh limits over the ward's database, some minutes later, so that what came before is not lately any more. */
let ask: (path: string, init: RequestInit, peer: string) => Promise<Response>
const fresh = (over: Ward = ward) => {
  ward.clock.ms += 3 * 60_000
  restart(over)
}
const restart = (over: Ward = ward) => {
  // The limits' clock is the ward's: a bucket is not filled again because a database is slow.
  const app = createApp(
    over.services,
    createGate(() => ward.clock.ms),
  )
  ask = async (path, init, peer) => app.fetch(new Request(`${BASE}${path}`, init), { peer })
}
const post = async ({ key = 'bai-1', body, challenge, headers = {}, peer = '203.0.113.7', slug = ward.slug }: Request) => {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-language': 'vi', ...headers },
    body: JSON.stringify({ article: { key }, body, ...(challenge === undefined ? {} : { challenge }) }),
  }
  const response = await ask(`/api/v1/sites/${slug}/comments`, init, peer)
  return { response, status: response.status, ...((await response.clone().json()) as Partial<Refused>) }
}
const offered = async (body: string, { key = 'bai-1', peer = '203.0.113.7', slug = ward.slug } = {}) => {
  const response = await ask(`/api/v1/sites/${slug}/challenge?key=${key}&body=${sha256(body)}`, {}, peer)
  expect(response.status).toBe(200)
  const { required, challenge } = (await response.json()) as { required: boolean; challenge: Challenge }
  return { required, challenge, solution: solve(challenge) }
}
/** Posts from one address until it is asked for a challenge; gives how many went through. */
const until = async (code: string, send: (n: number) => Promise<{ status: number; code?: string }>, most = 1_000) => {
  for (let n = 0; n < most; n++) {
    const answer = await send(n)
    if (answer.code === code) return n
    expect(answer.status, JSON.stringify(answer)).toBe(202)
  }
  throw new Error(`never answered ${code}`)
}

beforeAll(async () => {
  ward = await openWard({ YKIEN_LIMITS: 'on', YKIEN_METRICS_TOKEN: 'a-token-of-the-operator' })
})

describe('a challenge', () => {
  beforeAll(() => fresh())

  it('is not needed on an ordinary day, and there is one for whoever asks', async () => {
    expect(await offered('Ngày thường.')).toMatchObject({ required: false })
    expect((await post({ body: 'Ngày thường.' })).status).toBe(202)
  })

  it('that was solved for this text, article and site is taken', async () => {
    const { solution } = await offered('Đúng nội dung.')
    expect((await post({ body: 'Đúng nội dung.', challenge: solution })).status).toBe(202)
  })

  it('is good for one comment only, however the second time looks', async () => {
    const { solution } = await offered('Một lần thôi.')
    expect((await post({ body: 'Một lần thôi.', challenge: solution })).status).toBe(202)
    for (const headers of [{}, { 'idempotency-key': 'lan-khac' }, { 'ykien-reader': 'r'.repeat(22) }]) {
      const again = await post({ body: 'Một lần thôi.', challenge: solution, headers, peer: '203.0.113.99' })
      expect(again).toMatchObject({ status: 403, code: 'challenge_used' })
      expect(again.challenge?.parameters.nonce).toMatch(/^[0-9a-f]{32}$/)
      expect(again.page).toBe(`${BASE}/r/${ward.slug}?key=bai-1`)
    }
  })

  it('shown twenty times at once makes one comment', async () => {
    const { solution } = await offered('Cùng lúc.')
    const sent = await Promise.all(
      Array.from({ length: 20 }, (_, n) => post({ body: 'Cùng lúc.', challenge: solution, peer: `203.0.113.${n}` })),
    )
    expect(sent.filter(({ status }) => status === 202)).toHaveLength(1)
  })

  it('sent again under the same key with its comment gets the same answer', async () => {
    const { solution } = await offered('Mạng chập chờn.')
    const headers = { 'idempotency-key': 'chap-chon' }
    const [first, second] = [
      await post({ body: 'Mạng chập chờn.', challenge: solution, headers }),
      await post({ body: 'Mạng chập chờn.', challenge: solution, headers }),
    ]
    expect([first.status, second.status]).toEqual([202, 202])
    expect(await second.response.json()).toEqual(await first.response.json())
    // The comment is the same with and without its challenge.
    expect((await post({ body: 'Mạng chập chờn.', headers })).status).toBe(202)
  })

  it.each([
    ['another site', { slug: () => ward.otherSlug }],
    ['another article', { key: () => 'bai-2' }],
    ['another text', { body: () => 'Nội dung khác.' }],
  ])('is refused for %s, and nothing is stored', async (_name, change: Partial<Record<'slug' | 'key' | 'body', () => string>>) => {
    const { solution } = await offered('Nội dung gốc.')
    const before = await dump(ward.store)
    const changed = Object.fromEntries(Object.entries(change).map(([name, value]) => [name, value()]))
    expect(await post({ body: 'Nội dung gốc.', challenge: solution, peer: '203.0.113.80', ...changed })).toMatchObject({
      status: 403,
      code: 'challenge_invalid',
    })
    expect(await dump(ward.store)).toEqual(before)
  })

  it('is refused once ten minutes are over', async () => {
    const { solution } = await offered('Để lâu.')
    ward.clock.ms += 10 * 60_000
    expect(await post({ body: 'Để lâu.', challenge: solution })).toMatchObject({ status: 403, code: 'challenge_expired' })
  })

  it('is refused with any bit changed, and any text in its place never makes a fault of ours', async () => {
    const { solution } = await offered('Từng bit một.')
    const bytes = atob(solution)
    const flipped = (at: number, bit: number) =>
      btoa(`${bytes.slice(0, at)}${String.fromCharCode(bytes.charCodeAt(at) ^ (1 << bit))}${bytes.slice(at + 1)}`)
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(7), async (at, bit) => {
        restart()
        const answer = await post({ body: 'Từng bit một.', challenge: flipped(at, bit) })
        expect(answer, flipped(at, bit)).toMatchObject({ status: 403, code: 'challenge_invalid' })
      }),
      { numRuns: 60 },
    )
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async (text) => {
        restart()
        expect((await post({ body: 'Từng bit một.', challenge: text })).status).toBeGreaterThanOrEqual(400)
      }),
      { numRuns: 60 },
    )
    restart()
    expect((await post({ body: 'Từng bit một.', challenge: solution })).status).toBe(202)
  })

  it('that nobody signed, or that was signed and not solved, is refused', async () => {
    const { challenge } = await offered('Tự làm.')
    const own = { ...challenge, signature: '0'.repeat(64) }
    for (const made of [
      solve(own),
      packed(challenge, { counter: 4_294_967_295, derivedKey: '0'.repeat(64) }),
      packed(challenge, { counter: 0, derivedKey: challenge.parameters.keyPrefix.padEnd(64, '0') }),
    ])
      expect(await post({ body: 'Tự làm.', challenge: made })).toMatchObject({ code: 'challenge_invalid' })
  })

  it('is kept no longer than it could be shown again', async () => {
    const { solution } = await offered('Quên đi.')
    await post({ body: 'Quên đi.', challenge: solution })
    ward.clock.ms += 11 * 60_000
    await tick(ward.services)
    expect(await ward.store.db.selectFrom('challenge_use').selectAll().execute()).toEqual([])
  })
})

describe('an address that sends much', () => {
  beforeAll(() => fresh())

  it('is asked for a challenge, and goes on with it', async () => {
    const keys = (n: number) => `bai-${n}`
    const passed = await until('challenge_required', (n) => post({ key: keys(n), body: `Ý kiến thứ ${n}.`, peer: '198.51.100.1' }))
    expect(passed).toBe(SCOPES.address.easy.burst)
    const refused = await post({ key: 'bai-x', body: 'Ý kiến nữa.', peer: '198.51.100.1' })
    expect(refused).toMatchObject({ status: 403, code: 'challenge_required', page: expect.stringContaining(`/r/${ward.slug}?key=`) })
    expect(refused.detail).toContain(`${refused.page}`)
    expect(refused.detail).toContain('nội dung đã nhập được giữ nguyên')
    const solution = solve(refused.challenge as Challenge)
    expect((await post({ key: 'bai-x', body: 'Ý kiến nữa.', peer: '198.51.100.1', challenge: solution })).status).toBe(202)
    expect((await post({ body: 'Người khác.', peer: '198.51.100.2' })).status).toBe(202)
  })

  it('far beyond any town is told to wait, in the reader’s language', async () => {
    fresh()
    const send = (language: string) => post({ body: 'Quá nhiều.', peer: '198.51.100.3', headers: { 'accept-language': language } })
    let last = await send('vi')
    for (let round = 0; round < 20 && last.status !== 429; round++) {
      const answers = await Promise.all(Array.from({ length: 40 }, () => send('vi')))
      last = answers.find(({ status }) => status === 429) ?? last
    }
    expect(last).toMatchObject({ status: 429, code: 'rate_limited' })
    expect(Number(last.response.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(last.detail).toMatch(/^Gửi quá nhanh\. Xin thử lại sau \d+ giây\.$/)
  })

  it('counts as one whichever of a /64’s addresses is used', async () => {
    fresh()
    const address = (n: number) => `2001:db8:5:6:${((n * 7919 + 1) & 0xffff).toString(16)}:${n.toString(16)}::1`
    let passed = 0
    for (let n = 0; n < 1_000; n++) {
      const { required } = await offeredBy(address(n))
      if (!required) passed += (await post({ key: `v6-${n}`, body: `Từ IPv6 ${n}.`, peer: address(n) })).status === 202 ? 1 : 0
    }
    expect(passed).toBe(SCOPES.address.easy.burst)
    expect((await post({ key: 'v6-hang-xom', body: 'Hàng xóm.', peer: '2001:db8:5:7::1' })).status).toBe(202)
  })

  it.each([
    ['without a proxy', '0', () => ({ 'x-forwarded-for': `192.0.2.${Math.floor(Math.random() * 255)}` })],
    ['behind one', '1', () => ({ 'x-forwarded-for': `192.0.2.${Math.floor(Math.random() * 255)}, 198.51.100.77` })],
  ])('is not helped by forged headers %s', async (_name, proxies, headers) => {
    fresh({ ...ward, services: { ...ward.services, config: { ...ward.services.config, trustedProxies: Number(proxies) } } })
    const more = () => ({ ...headers(), 'x-real-ip': '192.0.2.9', 'cf-connecting-ip': '192.0.2.10', forwarded: 'for=192.0.2.11' })
    const passed = await until('challenge_required', (n) =>
      post({ key: `gia-${proxies}-${n}`, body: `Giả mạo ${n}.`, peer: '198.51.100.9', headers: more() }),
    )
    expect(passed).toBe(SCOPES.address.easy.burst)
  })

  it('and many articles is stopped by its browser’s token too, before its address', async () => {
    fresh()
    const headers = { 'ykien-reader': 'm'.repeat(22) }
    const passed = await until('challenge_required', (n) =>
      post({ key: `mot-may-${n}`, body: `Một máy ${n}.`, peer: '198.51.100.10', headers }),
    )
    expect(passed).toBe(SCOPES.reader.easy.burst)
  })
})

describe('an article in flood', () => {
  beforeAll(() => fresh())
  const flooded = (n: number) => post({ key: 'lut', body: `Lụt ${n}.`, peer: `192.0.2.${n % 250}`, headers: {} })

  it('asks everybody for a challenge there, and nobody elsewhere', async () => {
    expect(await until('challenge_required', flooded)).toBe(SCOPES.article.easy.burst)
    for (let n = 0; n < 200; n++) expect((await flooded(n)).code).toBe('challenge_required')
    expect((await post({ key: 'yen-binh', body: 'Bài khác vẫn gửi được.', peer: '198.51.100.20' })).status).toBe(202)
  })

  it('tells staff since when and how many, and marks what comes in', async () => {
    const { solution } = await offered('Người thật trong cơn lụt.', { key: 'lut', peer: '198.51.100.21' })
    const sent = await post({ key: 'lut', body: 'Người thật trong cơn lụt.', peer: '198.51.100.21', challenge: solution })
    expect(sent.status).toBe(202)
    const [flood, ...others] = await readFloods(await ward.ctx({ kind: 'system', name: 'thử' }).then(asStaff))
    expect(others).toEqual([])
    expect(flood).toMatchObject({ thread: { key: 'lut' }, since: new Date(ward.clock.ms).toISOString(), taken: 1 })
    expect(flood?.refused).toBeGreaterThan(0)
    const { comment } = (await sent.response.json()) as { comment: { id: string } }
    const item = await ward.request(`/api/v1/admin/sites/${ward.slug}/comments/${comment.id}`, {
      headers: { authorization: `Bearer ${await ward.token()}` },
    })
    expect(((await item.json()) as { signals: { code: string }[] }).signals.map(({ code }) => code)).toContain('flood')
    expect(await acts('flood.begin', 'lut')).toHaveLength(1)
  })

  it('is over five minutes after its last sign, which is in the record with its numbers', async () => {
    ward.clock.ms += 5 * 60_000
    await tick(ward.services)
    restart()
    expect((await post({ key: 'lut', body: 'Lại yên.', peer: '198.51.100.22' })).status).toBe(202)
    expect(await readFloods(await ward.ctx({ kind: 'system', name: 'thử' }).then(asStaff))).toEqual([])
    const [ended] = await acts('flood.end', 'lut')
    expect(ended?.actor_kind).toBe('system')
    expect(JSON.parse(ended?.detail ?? '')).toMatchObject({ taken: 1 })
  })

  it('is known to a process that has not seen it', async () => {
    fresh()
    await until('challenge_required', (n) => post({ key: 'lut-2', body: `Lụt hai ${n}.`, peer: `192.0.2.${n % 250}` }))
    // The counter to be found lies below 100,000, twice as far in a flood; a random number between tells which it was.
    const drawn = 150_000
    const randomBytes = (length: number) => {
      const bytes = ward.services.randomBytes(length)
      if (length === 4) new DataView(bytes.buffer).setUint32(0, drawn)
      return bytes
    }
    restart({ ...ward, services: { ...ward.services, randomBytes } })
    const { required, solution } = await offered('Ở tiến trình khác.', { key: 'lut-2', peer: '198.51.100.23' })
    expect(required).toBe(true)
    expect(JSON.parse(atob(solution))).toMatchObject({ solution: { counter: drawn } })
    restart()
    expect(await post({ key: 'lut-2', body: 'Ở tiến trình khác.', peer: '198.51.100.23' })).toMatchObject({ code: 'challenge_required' })
  })

  it('is noticed by the database where every post comes to a process of its own', async () => {
    ward.clock.ms += 3 * 60_000
    const passed = await until('challenge_required', (n) => {
      restart()
      return post({ key: 'lut-3', body: `Lụt ba ${n}.`, peer: `192.0.2.${n % 250}` })
    })
    expect(passed).toBe(SCOPES.article.easy.burst)
  })
})

describe('on the page without script', () => {
  const form = async (fields: Record<string, string>, peer = '198.51.100.40') => {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ key: 'bai-hoi', consent_terms: '1', ...fields, confirmed: fields.body ?? '' }).toString(),
    }
    const response = await ask(`/r/${ward.slug}`, init, peer)
    return { status: response.status, html: await response.text() }
  }
  const field = (html: string, name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? ''
  const questionIn = (html: string) => /<label for="f-answer">([^<]*)/.exec(html)?.[1] ?? ''
  const NUMBERS = ['', 'một', 'hai', 'ba', 'bốn', 'năm', 'sáu', 'bảy', 'tám', 'chín']
  const sumOf = (question: string) => {
    const [, a = '', b = ''] = /^(\S+) cộng (\S+) bằng mấy\?$/.exec(question) ?? []
    return NUMBERS.indexOf(a.toLowerCase()) + NUMBERS.indexOf(b)
  }
  /** The page with a question, asked because the address has sent much. */
  const questioned = async (body: string) => {
    fresh()
    await until('challenge_required', (n) =>
      post({ key: `trang-${body.length}-${n}`, body: `Trước đó ${n} ${body}`, peer: '198.51.100.40' }),
    )
    const page = await form({ body })
    expect(page.status).toBe(403)
    return page.html
  }

  it('a sum in words is asked, what was typed stays, and the answer sends it', async () => {
    const html = await questioned('Ý kiến có dấu & <đủ>.')
    expect(html).toContain('Ý kiến có dấu &amp; &lt;đủ&gt;.')
    const answer = String(sumOf(questionIn(html)))
    const sent = await form({ body: 'Ý kiến có dấu & <đủ>.', question: field(html, 'question'), answer })
    expect(sent.status, sent.html).toBe(200)
    expect(sent.html).toContain('class="receipt"')
  })

  it('a wrong answer gets another question, and an answer serves once', async () => {
    const html = await questioned('Trả lời sai.')
    const wrong = await form({ body: 'Trả lời sai.', question: field(html, 'question'), answer: '99' })
    expect(wrong.status).toBe(403)
    expect(wrong.html).toContain('Câu trả lời chưa đúng')
    const question = field(wrong.html, 'question')
    expect(question).not.toBe(field(html, 'question'))
    const answer = { question, answer: String(sumOf(questionIn(wrong.html))) }
    expect((await form({ body: 'Trả lời đúng.', ...answer })).status).toBe(200)
    const again = await form({ body: 'Dùng lại câu trả lời.', ...answer }, '198.51.100.41')
    expect(again.status).toBe(403)
    expect(again.html).toContain('đã được dùng')
  })

  it('an answer is refused for another article, when it is old, and when its question was made up', async () => {
    const html = await questioned('Câu hỏi cũ.')
    const answer = { question: field(html, 'question'), answer: String(sumOf(questionIn(html))) }
    expect((await form({ body: 'Bài khác.', key: 'bai-khac', ...answer })).html).toContain('Chưa xác nhận được')
    expect((await form({ body: 'Tự đặt.', ...answer, question: answer.question.replace(/~[^~]*$/, '~xyz') })).html).toContain(
      'Chưa xác nhận được',
    )
    ward.clock.ms += 10 * 60_000
    expect((await form({ body: 'Câu hỏi cũ.', ...answer })).html).toContain('Phiên xác nhận đã hết hạn')
  })

  it('the office’s own question is asked where it has one, and its answers are taken with or without marks', async () => {
    const questions = [{ question: 'Phường ta thuộc tỉnh nào?', answers: ['Tỉnh Ví Dụ', 'Ví Dụ'] }]
    await setSite(ward.services, ward.slug, { questions })
    const html = await questioned('Câu hỏi riêng.')
    expect(questionIn(html)).toContain('Phường ta thuộc tỉnh nào?')
    expect((await form({ body: 'Câu hỏi riêng.', question: field(html, 'question'), answer: ' tinh  VI DU. ' })).status).toBe(200)
    await setSite(ward.services, ward.slug, { questions: null })
  })

  it('a field that no person sees, filled, and a form sent at once are told to staff and keep nobody out', async () => {
    fresh()
    const page = await ask(`/r/${ward.slug}?key=bai-hoi`, {}, '198.51.100.42')
    const shown = field(await page.text(), 'shown')
    const signalsOf = async (fields: Record<string, string>) => {
      expect((await form({ shown, ...fields }, '198.51.100.42')).status).toBe(200)
      const row = await ward.store.db
        .selectFrom('revision')
        .select('signals')
        .where('body', '=', fields.body ?? '')
        .executeTakeFirstOrThrow()
      return (JSON.parse(row.signals) as { code: string }[]).map(({ code }) => code).toSorted()
    }
    expect(await signalsOf({ body: 'Máy điền hết.', website: 'https://vi-du.example' })).toEqual(['honeypot', 'too_fast'])
    ward.clock.ms += 30_000
    expect(await signalsOf({ body: 'Người gõ từ tốn.' })).toEqual([])
    expect(await signalsOf({ body: 'Giờ tự bịa.', shown: `${new Date(0).toISOString()}~abc` })).toEqual([])
  })
})

describe('likes and reports', () => {
  it.each([
    ['like', 'PUT', 120, undefined],
    ['report', 'POST', 10, { reason: 'ads' }],
  ] as const)(
    'of one network are held up past %s %s %i a minute, whichever browser is named, and counted; others go on',
    async (bucket, method, most, body) => {
      fresh()
      const { comment } = await ward.published(`Để bày tỏ ý kiến: ${bucket}.`)
      const path = `/api/v1/comments/${comment.id}/${bucket === 'like' ? 'like' : 'reports'}`
      const refusals = async () => {
        const text = await (await ward.request('/metrics', { headers: { authorization: 'Bearer a-token-of-the-operator' } })).text()
        return Number(new RegExp(`^ykien_rate_limited_total\\{bucket="${bucket}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0)
      }
      const act = (n: number, peer: string) => {
        const headers = {
          'ykien-reader': `trinh-duyet-${String(n).padStart(12, '0')}`,
          'content-type': 'application/json',
          'accept-language': 'vi',
        }
        return ask(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }, peer)
      }
      const before = await refusals()
      for (let n = 0; n < most; n++) expect((await act(n, '198.51.100.80')).ok).toBe(true)
      const refused = await act(most, '198.51.100.80')
      expect(refused.status).toBe(429)
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(await refused.json()).toMatchObject({ code: 'rate_limited' })
      expect(await refusals()).toBe(before + 1)
      expect((await act(most, '198.51.100.81')).ok).toBe(true)
    },
  )
})

describe('the operator', () => {
  it('reads in the meters how often who was asked and what came of it', async () => {
    const text = await (await ward.request('/metrics', { headers: { authorization: 'Bearer a-token-of-the-operator' } })).text()
    for (const series of [
      'ykien_challenges_total{scope="address"}',
      'ykien_challenges_total{scope="article"}',
      'ykien_challenges_total{scope="reader"}',
      'ykien_challenge_answers_total{outcome="solved"}',
      'ykien_challenge_answers_total{outcome="answered"}',
      'ykien_challenge_answers_total{outcome="challenge_used"}',
      'ykien_challenge_answers_total{outcome="answer_wrong"}',
      'ykien_floods_total{change="began"}',
      'ykien_floods_total{change="ended"}',
      'ykien_posts_total{outcome="challenge_required"}',
      'ykien_rate_limited_total{bucket="post"}',
    ])
      expect(text).toContain(`${series} `)
  })

  it('can lift all of it', async () => {
    const free = await openWard()
    fresh(free)
    for (let n = 0; n < SCOPES.article.easy.burst + 20; n++)
      expect((await post({ key: 'tu-do', body: `Tự do ${n}.`, peer: '198.51.100.60', slug: free.slug })).status).toBe(202)
  })
})

async function offeredBy(peer: string): Promise<{ required: boolean }> {
  const response = await ask(`/api/v1/sites/${ward.slug}/challenge?key=v6`, { headers: { origin: PORTAL } }, peer)
  return response.status === 200 ? ((await response.json()) as { required: boolean }) : { required: false }
}

function asStaff(ctx: Awaited<ReturnType<Ward['ctx']>>) {
  return { ...ctx, actor: { kind: 'staff', id: 'a', name: 'Cô Một', role: 'viewer' } as const }
}

function acts(action: string, key: string) {
  const { db } = ward.store
  const thread = db.selectFrom('thread').select('id').where('key', '=', key)
  return db.selectFrom('audit').selectAll().where('action', '=', action).where('subject_id', 'in', thread).execute()
}
