// What a reader finds in the section and does without writing: tabs, pages, folds, links to one opinion, likes, reports.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { editToken } from '../../src/core/comments/receipts.ts'
import { withdraw } from '../../src/core/comments/revise.ts'
import { pin } from '../../src/core/moderation/pin.ts'
import { answer, as, publish } from '../support/opinions.ts'
import { openBrowser, type Service, SITE, startService } from '../support/service.ts'

const LONG = 'Đề nghị phường sửa rãnh thoát nước ở ngõ này trước mùa mưa. '.repeat(30).trim()

let browser: Browser
let service: Service
let context: BrowserContext
let page: Page
const ids: string[] = []
let asked = ''

beforeAll(async () => {
  browser = await openBrowser()
  service = await startService('http', { YKIEN_UNDO_SECONDS: '0' })
  for (let n = 1; n <= 25; n++)
    ids.push(await publish(service, { body: `Ý kiến số ${n}.`, name: n === 3 ? 'Trả lời chính thức' : 'Trần Thị Mẫu' }))
  asked = await publish(service, { key: 'hoi-dap', body: 'Bao giờ sửa ngõ 12?' })
  for (let n = 1; n <= 4; n++) await publish(service, { key: 'hoi-dap', parent: asked, body: `Tôi cũng hỏi (${n}).` })
  await answer(service, asked, 'Phường sửa trong tháng này.')
  const gone = await publish(service, { key: 'hoi-dap', body: 'Ý kiến sẽ rút.' })
  await publish(service, { key: 'hoi-dap', parent: gone, body: 'Trả lời còn lại.' })
  await withdraw(
    await as(service, 'reader').then((ctx) => ({ ...ctx, actor: { kind: 'author' as const } })),
    gone,
    editToken(service.services, gone),
  )
  await publish(service, { key: 'hoi-dap', body: LONG })
  await pin(await as(service, 'moderator'), await publish(service, { key: 'hoi-dap', body: 'Ý kiến đáng chú ý.' }))
})
afterAll(async () => {
  await browser?.close()
  await service?.close()
})
beforeEach(async () => {
  await context?.close()
  context = await browser.newContext({ viewport: { width: 360, height: 740 } })
  page = await context.newPage()
})

const section = (key: string, more = '') =>
  service.addPage(
    `<meta name="viewport" content="width=device-width"><h1>Bài</h1><script type="module" src="${service.base}/widget/v1.js"></script>
    <y-kien site="${SITE}" article="${key}" ${more}></y-kien>`,
  )
const texts = () => page.locator('y-kien .list > li > article .text').allTextContents()

it('shows twenty, and the rest on demand, with the focus on the first that came', async () => {
  await page.goto(service.articleUrl)
  await page.getByRole('heading', { name: 'Ý kiến bạn đọc (25)' }).waitFor()
  expect(await texts()).toEqual(Array.from({ length: 20 }, (_, n) => `Ý kiến số ${25 - n}.`))
  await page.getByRole('button', { name: 'Xem thêm ý kiến' }).click()
  await expect.poll(async () => (await texts()).length).toBe(25)
  expect(await page.evaluate(() => document.querySelector('y-kien')?.shadowRoot?.activeElement?.querySelector('.text')?.textContent)).toBe(
    'Ý kiến số 5.',
  )
})

it('the tabs order the list, say which is chosen, and tell a screen reader', async () => {
  await page.goto(service.articleUrl)
  const oldest = page.getByRole('button', { name: 'Cũ nhất' })
  await oldest.click()
  await expect.poll(async () => (await texts())[0]).toBe('Ý kiến số 1.')
  expect(await oldest.getAttribute('aria-pressed')).toBe('true')
  expect(await page.getByRole('status').first().innerText()).toBe('Cũ nhất')
  expect(await page.getByRole('button', { name: 'Có trả lời chính thức' }).count()).toBe(0)
})

it('attributes choose order and length of a page', async () => {
  await page.goto(section('bai-thu', 'sort="old" limit="3"'))
  await expect.poll(texts).toEqual(['Ý kiến số 1.', 'Ý kiến số 2.', 'Ý kiến số 3.'])
})

it('official replies come first and are signed, in a place that no reader’s name or text can take', async () => {
  await page.goto(section('hoi-dap'))
  const replies = page.locator('li', { hasText: 'Bao giờ sửa ngõ 12?' }).locator('.replies article')
  await expect.poll(() => replies.count()).toBe(2)
  const official = replies.first()
  const date = new Intl.DateTimeFormat('en-GB', { timeZone: 'Asia/Ho_Chi_Minh' }).format(new Date())
  for (const said of ['Trả lời chính thức', 'Phường Thử', 'Phó Chủ tịch', date, 'Phường sửa trong tháng này.'])
    expect(await official.innerText()).toContain(said)
  expect(await official.locator('.badge').count()).toBe(1)
  await page.goto(service.articleUrl)
  await page.getByRole('button', { name: 'Xem thêm ý kiến' }).click()
  const imitation = page.locator('article', { hasText: 'Ý kiến số 3.' })
  await imitation.waitFor()
  expect(await imitation.locator('.badge').count()).toBe(0)
  expect(await imitation.getAttribute('class')).not.toContain('official')
})

it('replies are folded after two and long texts after a screen', async () => {
  await page.goto(section('hoi-dap'))
  const root = page.locator('.list > li', { hasText: 'Bao giờ sửa ngõ 12?' })
  await root.getByRole('button', { name: 'Xem thêm trả lời' }).click()
  await expect.poll(() => root.locator('.replies article').count()).toBe(5)
  const long = page.locator('article', { hasText: LONG.slice(0, 40) })
  const folded = (await long.boundingBox())?.height ?? 0
  await long.getByRole('button', { name: 'Xem đầy đủ' }).click()
  expect((await long.boundingBox())?.height).toBeGreaterThan(folded * 2)
})

it('pinned opinions stand on top, and of what was withdrawn the place stays with its replies', async () => {
  await page.goto(section('hoi-dap'))
  const first = page.locator('.list > li').first()
  await first.scrollIntoViewIfNeeded()
  expect(await first.innerText()).toContain('Ý kiến được ghim')
  const place = page.locator('.list > li', { hasText: 'Ý kiến đã được người gửi rút lại' })
  await place.scrollIntoViewIfNeeded()
  expect(await place.innerText()).toContain('Trả lời còn lại.')
  expect(await place.innerText()).not.toContain('Ý kiến sẽ rút.')
})

it('the tab of official replies is there where there are some', async () => {
  await page.goto(section('hoi-dap'))
  await page.getByRole('button', { name: 'Có trả lời chính thức' }).click()
  await expect.poll(async () => (await texts()).length).toBe(2)
})

it('a link to one opinion loads its page, leads to it and marks it', async () => {
  const old = ids[1] ?? ''
  await page.goto(`${service.articleUrl}#y-kien-${old}`)
  const marked = page.locator('y-kien .marked')
  await marked.waitFor()
  expect(await marked.locator('.text').innerText()).toBe('Ý kiến số 2.')
  await expect.poll(() => marked.evaluate((it) => it.getBoundingClientRect().top < innerHeight)).toBe(true)
  await page.evaluate((id) => {
    location.hash = `#y-kien-${id}`
  }, ids[24] ?? '')
  await expect.poll(() => marked.locator('.text').innerText()).toBe('Ý kiến số 25.')
})

it('a folded reply that a link means is unfolded', async () => {
  const { comments } = (await (
    await context.request.get(`http://127.0.0.1:${new URL(service.base).port}/api/v1/sites/${SITE}/threads?key=hoi-dap`)
  ).json()) as {
    comments: { id: string; replies: { id: string; body_text: string }[] }[]
  }
  const sought = comments.find(({ id }) => id === asked)?.replies.at(-1)
  await page.goto(`${section('hoi-dap')}#y-kien-${sought?.id}`)
  await expect.poll(() => page.locator('y-kien .marked .text').innerText()).toBe('Tôi cũng hỏi (4).')
})

it('a like counts once, stays after a reload and is taken back with a second press', async () => {
  await page.goto(service.articleUrl)
  const press = page.locator('article', { hasText: 'Ý kiến số 25.' }).getByRole('button', { name: /Thích/ })
  const rows = () =>
    service.services.store.db
      .selectFrom('comment')
      .select('likes')
      .where('id', '=', ids[24] ?? '')
      .executeTakeFirstOrThrow()
  await press.click()
  await expect.poll(() => press.getAttribute('aria-pressed')).toBe('true')
  expect(await press.innerText()).toBe('Thích 1')
  await page.reload()
  expect(await press.getAttribute('aria-pressed')).toBe('true')
  expect((await rows()).likes).toBe(1)
  await press.click()
  await expect.poll(() => press.getAttribute('aria-pressed')).toBe('false')
  expect((await rows()).likes).toBe(0)
  expect(await press.innerText()).toBe('Thích')
})

it('a report goes to the staff with its reason', async () => {
  await page.goto(service.articleUrl)
  const comment = page.locator('article', { hasText: 'Ý kiến số 24.' })
  await comment.getByRole('button', { name: 'Báo vi phạm' }).click()
  const report = comment.locator('form').getByRole('button', { name: 'Báo vi phạm' })
  await report.click()
  await comment.getByText('Xin nhập mục bắt buộc này.').waitFor()
  await comment.getByLabel('Lý do báo vi phạm').selectOption({ label: 'Nội dung quảng cáo, mua bán' })
  await comment.getByLabel('Giải thích thêm').fill('Bán hàng.')
  await report.click()
  await comment.getByText('Đã ghi nhận báo vi phạm. Xin cảm ơn.').waitFor()
  const row = await service.services.store.db.selectFrom('report').select(['reason', 'body']).executeTakeFirstOrThrow()
  expect(row).toEqual({ reason: 'ads', body: 'Bán hàng.' })
})

it('nothing is stored and no cookie set while one only reads', async () => {
  await page.goto(service.articleUrl)
  await page.getByRole('button', { name: 'Xem thêm ý kiến' }).click()
  await expect.poll(async () => (await texts()).length).toBe(25)
  expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0)
  expect(await context.cookies()).toEqual([])
})

it('when the service is down the list comes from the browser’s cache, and says so', async () => {
  await page.goto(service.articleUrl)
  await page.locator('y-kien .list article').first().waitFor()
  await page.evaluate(() => {
    const { fetch: real } = window
    window.fetch = (input, init) => (init?.cache === 'force-cache' ? real(input, init) : Promise.reject(new TypeError('cut')))
    const element = document.querySelector('y-kien')
    if (element) {
      element.remove()
      setTimeout(() => document.body.append(element))
    }
  })
  await page.getByText('Đang hiển thị danh sách đã lưu lần trước.').waitFor()
  expect((await texts()).length).toBe(20)
})
