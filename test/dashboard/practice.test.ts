// The room of practice: every case can be decided as the desk would, choices are judged, the score leads back to what was missed, what
// there is not is refused, and nothing is written.
import { beforeEach, describe, expect, it } from 'vitest'
import { isMaskable, legalVerdicts, REASONS, type Standing } from '../../src/core/comments/states.ts'
import { recover } from '../../src/core/screening/encoding.ts'
import { CASES, CHOICES, type Choice } from '../../src/dashboard/practice/cases.ts'
import { judge, nextCase, readRound, roundFields, verdictOf } from '../../src/dashboard/practice/round.ts'
import { dump } from '../support/dump.ts'
import { BASE, openWard, type Ward } from '../support/ward.ts'

const WAITING: Standing = { state: 'pending', revisionId: 'r', publicRevisionId: null, hiddenAt: null }
const PUBLISHES: readonly Choice[] = ['approve', 'reply']

describe('the cases', () => {
  it('are at least twenty-four, each with an id for addresses, signs and a reasoning, and every choice is somewhere the best', () => {
    expect(CASES.length).toBeGreaterThanOrEqual(24)
    expect(new Set(CASES.map(({ id }) => id)).size).toBe(CASES.length)
    expect(new Set(CASES.map(({ text }) => text)).size).toBe(CASES.length)
    for (const one of CASES) {
      expect(one.id).toMatch(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)
      expect(one.signs.length, one.id).toBeGreaterThan(0)
      expect(one.why.length, one.id).toBeGreaterThan(60)
    }
    expect(new Set(CASES.map(({ best }) => best))).toEqual(new Set(CHOICES))
  })

  it.each(CASES)('$id has verdicts that are legal for a waiting opinion, and a reason exactly where one is told', (one) => {
    const choices = [one.best, ...one.others]
    expect(new Set(choices).size).toBe(choices.length)
    for (const choice of choices) expect(legalVerdicts(WAITING)).toContain(verdictOf(choice))
    const tellsWhy = choices.some((choice) => choice === 'reject' || choice === 'return')
    expect(one.reason !== null).toBe(tellsWhy || one.best === 'spam')
    if (one.reason !== null) expect(REASONS).toContain(one.reason)
  })

  it.each(CASES)('$id hides parts that its text has once, exactly when hiding is best, and then lets nobody publish it whole', (one) => {
    expect(one.hides !== undefined).toBe(one.best === 'mask')
    expect(isMaskable(WAITING)).toBe(true)
    for (const part of one.hides ?? []) expect(one.text.split(part)).toHaveLength(2)
    if (one.best === 'mask' || one.best === 'seal') expect(one.others.filter((choice) => PUBLISHES.includes(choice))).toEqual([])
  })

  it('in an old encoding reads as its card says', () => {
    const [old, ...more] = CASES.filter(({ text }) => recover(text) !== null)
    expect(more).toEqual([])
    expect(old?.context).toContain(`“${recover(old?.text ?? '')?.text}”`)
  })
})

describe('a round', () => {
  it('judges a choice as right, acceptable or wrong', () => {
    const one = CASES.find(({ id }) => id === 'rac-dau-ngo')
    if (!one) throw new Error('no such case')
    expect((['mask', 'return', 'approve'] as const).map((choice) => judge(one, choice))).toEqual(['right', 'acceptable', 'wrong'])
  })

  it('comes back from its fields as it was, and goes on with the first case that has no answer', () => {
    const fields = { only: 'khen-duong_lang-ma_no-hu', answers: 'lang-ma.spam' }
    const round = readRound((name) => fields[name as keyof typeof fields])
    if (!round) throw new Error('not read')
    expect(roundFields(round)).toEqual(fields)
    expect([nextCase(round)?.id, nextCase(round, 'khen-duong')?.id, nextCase(round, 'no-hu')?.id]).toEqual([
      'khen-duong',
      'no-hu',
      'khen-duong',
    ])
  })
})

describe('the room', () => {
  let ward: Ward
  let cookie: string
  beforeEach(async () => {
    ward = await openWard()
    cookie = await ward.signIn('viewer')
  })
  const room = () => `/desk/${ward.slug}/practice`
  const read = (path: string) => ward.request(path, { headers: { cookie } })
  const post = (fields: Record<string, string>, headers: Record<string, string> = { origin: BASE }) =>
    ward.request(room(), { method: 'POST', headers: { cookie, ...headers }, body: new URLSearchParams(fields) })
  const linkOf = (html: string, words: string) =>
    new RegExp(`<a href="([^"]+)">${words}`).exec(html)?.[1]?.replaceAll('&amp;', '&') ?? `no link “${words}”`

  it('goes case by case with each choice told beside the experienced one, to a score and a round of what was missed', async () => {
    const way = await (await read(room())).text()
    let path = linkOf(way, 'Bắt đầu')
    let html = ''
    // Each third choice misses.
    for (const [index, one] of CASES.entries()) {
      html = await (await read(path)).text()
      expect(html).toContain(`Tình huống ${index + 1} trên ${CASES.length}`)
      expect(html).not.toContain('id="result"')
      const carried = Object.fromEntries(
        [...html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)"/g)].map(([, name = '', value = '']) => [name, value]),
      )
      const isMissed = index % 3 === 2
      const choice = isMissed ? CHOICES.find((each) => judge(one, each) === 'wrong') : one.best
      const answer = await post({ ...carried, choice: choice ?? '' })
      expect(answer.status).toBe(303)
      const address = answer.headers.get('location') ?? ''
      expect(address).toMatch(/#result$/)
      html = await (await read(address.replace('#result', ''))).text()
      expect(html).toContain(isMissed ? '>Chưa phù hợp</h2>' : '>Đúng như cán bộ có kinh nghiệm</h2>')
      expect(html).toContain(one.signs[0])
      path = linkOf(html, index === CASES.length - 1 ? 'Xem kết quả' : 'Tiếp theo')
    }
    const score = await (await read(path)).text()
    expect(score).toContain(`Đã làm ${CASES.length} trên ${CASES.length} tình huống: 20 đúng, 0 chấp nhận được, 10 chưa phù hợp.`)
    const repeated = await (await read(linkOf(score, 'Làm lại 10 tình huống'))).text()
    expect(repeated).toContain('Tình huống 1 trên 10')
    expect(repeated).toContain(CASES[2]?.article)
  })

  it('is marked as practice on every page, in the desk’s menu, and says that nothing is real', async () => {
    for (const query of ['', '?case=lang-ma', '?case=lang-ma&answers=lang-ma.reject', '?answers=lang-ma.reject', '?answers=la']) {
      const html = await (await read(room() + query)).text()
      expect(html, query).toContain('<strong>THỰC HÀNH</strong> Ý kiến ở đây đều là tình huống dựng sẵn.')
      expect(html, query).toContain(`<a href="${room()}" aria-current="page">Thực hành</a>`)
    }
  })

  it('writes nothing, whatever is read and pressed', async () => {
    await ward.submit('Ý kiến thật đang chờ.')
    const before = await dump(ward.store)
    for (const choice of CHOICES) expect((await post({ case: 'nhan-tien', choice, answers: 'lang-ma.reject' })).status).toBe(303)
    for (const query of ['', '?case=nhan-tien', '?case=nhan-tien&answers=nhan-tien.seal', '?answers=nhan-tien.seal'])
      expect((await read(room() + query)).status).toBe(200)
    expect(await dump(ward.store)).toEqual(before)
  })

  it('refuses an unknown case, choice or result, says so, and keeps the answers so far', async () => {
    expect((await read(`${room()}?case=khong-co`)).status).toBe(404)
    expect((await read(`${room()}?case=no-hu&only=lang-ma`)).status).toBe(404)
    expect((await post({ case: 'khong-co', choice: 'approve' })).status).toBe(404)
    for (const choice of ['hide', '', 'xoa']) {
      const refused = await post({ case: 'no-hu', choice, answers: 'lang-ma.reject' })
      expect(refused.status).toBe(422)
      const html = await refused.text()
      expect(html).toContain('Xin bấm một trong các cách xử lý dưới đây.')
      expect(html).toContain('name="answers" value="lang-ma.reject"')
    }
    for (const answers of ['khong-co.approve', 'lang-ma.xoa', 'lang-ma', 'lang-ma.reject.spam', '_']) {
      const refused = await read(`${room()}?${new URLSearchParams({ answers })}`)
      expect([answers, refused.status]).toEqual([answers, 422])
      expect(await refused.text()).toContain('Không đọc được kết quả trong địa chỉ này.')
    }
    expect((await post({ case: 'no-hu', choice: 'spam', only: 'khong-co' })).status).toBe(422)
  })

  it('is closed to a press from another site and to whoever is not signed in', async () => {
    expect((await post({ case: 'no-hu', choice: 'spam' }, { origin: 'https://khac.example' })).status).toBe(403)
    const answer = await ward.request(room())
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/desk/signin'])
  })
})
