// What the widget costs a reader: bytes on the wire, requests until comments are seen, and how far it moves the page.
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { publish } from '../support/opinions.ts'
import { openBrowser, type Service, startService } from '../support/service.ts'

/** Ten kilobytes: all code that is loaded to read, write, edit and report, in both languages, script and style together. */
const MOST_BYTES = 10_000
const MOST_SHIFT = 0.02

let browser: Browser
let service: Service
beforeAll(async () => {
  browser = await openBrowser()
  service = await startService('http', { YKIEN_UNDO_SECONDS: '0' })
  for (let n = 1; n <= 20; n++) await publish(service, { body: `Ý kiến thứ ${n}. ${'Đề nghị phường xem xét sớm. '.repeat(8)}` })
})
afterAll(async () => {
  await browser?.close()
  await service?.close()
})

/** The bytes of a body as they travel, compressed. */
function bytesOnTheWire(path: string): Promise<{ encoding: string | undefined; bytes: number }> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(service.base)
    request({ host: '127.0.0.1', port, path, headers: { 'accept-encoding': 'gzip, br' } }, (response) => {
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      response.on('end', () => resolve({ encoding: response.headers['content-encoding'], bytes }))
    })
      .on('error', reject)
      .end()
  })
}

it(`all code to read, write, edit and report is at most ${MOST_BYTES} bytes of brotli`, async () => {
  const page = await browser.newPage()
  const scripts: string[] = []
  page.on('request', (request) => {
    if (request.url().startsWith(service.base) && ['script', 'stylesheet', 'font'].includes(request.resourceType()))
      scripts.push(new URL(request.url()).pathname)
  })
  await page.goto(service.articleUrl)
  const first = page.locator('y-kien .list article').first()
  await first.getByRole('button', { name: 'Trả lời' }).click()
  await first.getByRole('button', { name: 'Báo vi phạm' }).click()
  await page.getByLabel('Lý do báo vi phạm').waitFor()
  await page.locator('y-kien form').first().getByLabel('Nội dung ý kiến').fill('Một ý kiến để sửa.')
  await page
    .getByLabel(/Tôi đã đọc và đồng ý/)
    .first()
    .check()
  await page.getByRole('button', { name: 'Gửi ý kiến', exact: true }).first().click()
  await page.getByRole('button', { name: 'Sửa' }).click()
  await page.close()
  expect(scripts).toEqual(['/widget/v1.js'])
  const { encoding, bytes } = await bytesOnTheWire('/widget/v1.js')
  console.log(`widget: ${bytes} bytes of ${encoding}, ${MOST_BYTES - bytes} to spare`)
  expect(encoding).toBe('br')
  expect(bytes).toBeLessThanOrEqual(MOST_BYTES)
})

it('two requests show the comments from a cold cache', async () => {
  const context = await browser.newContext()
  const page = await context.newPage()
  const asked: string[] = []
  page.on('request', (request) => {
    if (!request.isNavigationRequest()) asked.push(`${request.method()} ${new URL(request.url()).pathname}`)
  })
  await page.goto(service.articleUrl)
  await page.locator('y-kien .list article').nth(19).waitFor()
  expect(asked.filter((each) => !each.endsWith('/favicon.ico'))).toEqual(['GET /widget/v1.js', 'GET /api/v1/sites/phuong-thu/threads'])
  await context.close()
})

const [, SNIPPET = ''] = /```html\n([\s\S]*?)```/.exec(readFileSync('docs/embedding.md', 'utf8')) ?? []

it.each([
  ['20 opinions', 'bai-thu', 20],
  ['none', 'bai-khac', 0],
])(
  'what stands below the section is not moved by %s, with the snippet as it is documented, also when the script comes late',
  async (_name, key, opinions) => {
    const context = await browser.newContext({ viewport: { width: 800, height: 900 } })
    const page = await context.newPage()
    await page.addInitScript(() => {
      const seen = window as unknown as { shift: number }
      seen.shift = 0
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries() as (PerformanceEntry & { value: number })[]) seen.shift += entry.value
      }).observe({ type: 'layout-shift', buffered: true })
    })
    await page.route('**/widget/v1.js', async (route) => {
      // The page has been painted by then.
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
      await route.continue()
    })
    const snippet = SNIPPET.replaceAll('https://HOST', service.base).replaceAll('SLUG', 'phuong-thu').replaceAll('KEY', key)
    await page.goto(
      service.addPage(
        `<meta name="viewport" content="width=device-width"><h1>Bài viết</h1><p>Một đoạn.</p>${snippet}
      <footer><h2>Chân trang</h2>${'<p>Nội dung bên dưới.</p>'.repeat(12)}</footer>`,
      ),
    )
    await page.locator('y-kien .list').waitFor({ state: 'attached' })
    await expect.poll(() => page.locator('y-kien .list article').count()).toBe(opinions)
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))))
    const shift = await page.evaluate(() => (window as unknown as { shift: number }).shift)
    console.log(`layout shift: ${shift}`)
    expect(shift).toBeLessThanOrEqual(MOST_SHIFT)
    await context.close()
  },
)

it('the snippet takes no room where no script runs, and leads to the page that needs none', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false })
  const page = await context.newPage()
  const snippet = SNIPPET.replaceAll('https://HOST', service.base).replaceAll('SLUG', 'phuong-thu').replaceAll('KEY', 'bai-thu')
  await page.goto(service.addPage(`<h1>Bài viết</h1>${snippet}<footer>Chân trang</footer>`))
  expect((await page.locator('footer').boundingBox())?.y).toBeLessThan(200)
  await page.getByRole('link', { name: 'Ý kiến bạn đọc' }).click()
  await page.getByText('Ý kiến thứ 20.').waitFor()
  await context.close()
})
