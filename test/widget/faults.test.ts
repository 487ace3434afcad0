// What goes wrong between a reader and the service: the text survives, and the service ends with one opinion.
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { publish } from '../support/opinions.ts'
import { openBrowser, type Service, startService } from '../support/service.ts'

let browser: Browser
let service: Service
let context: BrowserContext
let page: Page
let body: Locator
let send: Locator
let own: Locator

beforeAll(async () => {
  browser = await openBrowser()
  service = await startService('http', { YKIEN_LIMITS: 'off', YKIEN_UNDO_SECONDS: '0' })
})
afterAll(async () => {
  await browser?.close()
  await service?.close()
})
beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 360, height: 740 } })
  page = await context.newPage()
  body = page.getByLabel('Nội dung ý kiến').first()
  send = page.getByRole('button', { name: 'Gửi ý kiến', exact: true }).first()
  own = page.locator('y-kien .own')
})
afterEach(() => context.close())

const write = async (text: string) => {
  await page.goto(service.articleUrl)
  await body.fill(text)
  await page.getByLabel(/Tôi đã đọc và đồng ý/).check()
}
const count = async (text: string) =>
  (await service.services.store.db.selectFrom('revision').select('id').where('body', '=', text).execute()).length

it('a line that is cut keeps the text, and it is sent once, by itself, when there is a line again', async () => {
  const text = 'Gửi khi có mạng trở lại.'
  await write(text)
  await context.setOffline(true)
  await send.click()
  await page.getByText('Mất kết nối.').waitFor()
  await page.getByText('Nội dung được giữ lại trên máy và sẽ được gửi khi có mạng.').waitFor()
  expect(await body.inputValue()).toBe(text)
  await context.setOffline(false)
  await own.waitFor()
  expect(await count(text)).toBe(1)
  await page.reload()
  await own.waitFor()
  expect(await count(text)).toBe(1)
})

it('without a line a like, a report and a withdrawal say so once, promise nothing, and work when pressed again with one', async () => {
  const id = await publish(service, { body: 'Ý kiến để thích và báo.' })
  await write('Ý kiến sẽ rút khi mất mạng.')
  await send.click()
  await own.waitFor()
  const article = page.locator(`y-kien .list [data-id="${id}"]`)
  const [like, report] = [/Thích/, 'Báo vi phạm'].map((name) => article.getByRole('button', { name }).first())
  const withdraw = own.getByRole('button', { name: 'Rút lại' })
  await withdraw.click()
  await context.setOffline(true)
  for (const press of [like, like, report, report]) {
    await press?.click()
    await expect.poll(() => article.getByRole('alert').allInnerTexts()).toEqual(['Mất kết nối.'])
  }
  await withdraw.last().click()
  await own.getByText('Mất kết nối.').waitFor()
  expect(await page.getByText('sẽ được gửi khi có mạng').count()).toBe(0)
  await context.setOffline(false)
  await like?.click()
  await expect.poll(() => like?.getAttribute('aria-pressed')).toBe('true')
  expect(await article.getByRole('alert').allInnerTexts()).toEqual([''])
  await report?.click()
  await article.getByLabel('Lý do báo vi phạm').waitFor()
  expect(await own.count()).toBe(1)
  await withdraw.click()
  await withdraw.last().click()
  await own.getByText('Đã rút lại ý kiến.').waitFor()
})

it('what was waiting for a line when the page was closed is sent when it is opened again', async () => {
  const text = 'Đóng trang khi mất mạng.'
  await write(text)
  await page.route('**/comments', (route) => route.abort())
  await send.click()
  await page.getByText('Mất kết nối.').waitFor()
  await page.unroute('**/comments')
  await page.reload()
  await own.waitFor()
  expect(await count(text)).toBe(1)
})

it.each([
  [
    429,
    { code: 'rate_limited', detail: 'Gửi quá nhanh. Xin thử lại sau 30 giây.', retry_after: 30 },
    'Gửi quá nhanh. Xin thử lại sau 30 giây.',
  ],
  [413, { code: 'too_large', detail: 'Nội dung gửi lên quá lớn.' }, 'Nội dung gửi lên quá lớn.'],
  [500, '<html>proxy</html>', 'Hệ thống gặp lỗi.'],
  [503, { code: 'busy', detail: 'Hệ thống đang bận. Nội dung chưa được gửi; xin thử lại.' }, 'Hệ thống đang bận.'],
] as const)(
  '%i says what to do, with the focus on it, keeps the text over a reload, and is not sent again unasked',
  async (status, problem, sentence) => {
    const text = `Khi máy chủ trả lời ${status}.`
    await write(text)
    await page.route('**/comments', (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({
            status,
            headers: { 'access-control-allow-origin': '*', 'content-type': 'application/problem+json' },
            body: typeof problem === 'string' ? problem : JSON.stringify(problem),
          })
        : route.continue(),
    )
    await send.click()
    await page.getByText(sentence).waitFor()
    expect(await page.evaluate(() => document.querySelector('y-kien')?.shadowRoot?.activeElement?.getAttribute('role'))).toBe('alert')
    await page.unroute('**/comments')
    await page.reload()
    await expect.poll(() => body.inputValue()).toBe(text)
    expect(await count(text)).toBe(0)
    await send.click()
    await own.waitFor()
    expect(await count(text)).toBe(1)
  },
)

it('an answer that comes after 30 seconds is taken; one that never comes is asked for again under the same key', async () => {
  const slow = 'Trả lời sau ba mươi giây.'
  await page.clock.install()
  await write(slow)
  const held = holdAnswer()
  await send.click()
  await held.reached
  await page.clock.fastForward(31_000)
  await page.getByRole('button', { name: 'Đang gửi…' }).waitFor()
  held.release()
  await own.waitFor()
  expect(await count(slow)).toBe(1)

  const never = 'Không bao giờ trả lời.'
  await body.fill(never)
  await page
    .getByLabel(/Tôi đã đọc và đồng ý/)
    .first()
    .check()
  const lost = holdAnswer()
  await send.click()
  await lost.reached
  await page.clock.fastForward(61_000)
  await page.getByText('Mất kết nối.').waitFor()
  lost.release()
  await send.click()
  await own.nth(1).waitFor()
  expect(await count(never)).toBe(1)
})

it('a reload in the middle of sending keeps the text and ends with one opinion', async () => {
  const text = 'Tải lại trang giữa chừng.'
  await write(text)
  const held = holdAnswer()
  await send.click()
  await held.reached
  await page.reload()
  held.release()
  await own.waitFor()
  expect(await own.innerText()).toContain(text)
  expect(await count(text)).toBe(1)
  expect(await body.inputValue()).toBe('')
})

it('two pages of one article that come back to life together send it once', async () => {
  const text = 'Mở hai trang cùng lúc.'
  await write(text)
  await page.route('**/comments', (route) => route.abort())
  await send.click()
  await page.getByText('Mất kết nối.').waitFor()
  const other = await context.newPage()
  await page.unroute('**/comments')
  await Promise.all([page.reload(), other.goto(service.articleUrl)])
  await Promise.all([own.first().waitFor(), other.locator('y-kien .own').first().waitFor()])
  expect(await count(text)).toBe(1)
})

/** Holds the answer to the next opinion after the service has taken it. */
function holdAnswer(): { reached: Promise<void>; release(): void } {
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const reached = new Promise<void>((resolve) => {
    service.holdNextAnswer(() => {
      resolve()
      return released
    })
  })
  return { reached, release }
}
