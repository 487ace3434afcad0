// axe finds nothing at WCAG 2.2 AA on what readers and clerks meet, light and dark, on a phone and on a desk.
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { submit } from '../../src/core/comments/submit.ts'
import { decide } from '../../src/core/moderation/decide.ts'
import { findSite, setSite } from '../../src/core/sites.ts'
import { openBrowser, type Service, SITE, startService } from '../support/service.ts'

let browser: Browser
let service: Service

beforeAll(async () => {
  browser = await openBrowser()
  service = await startService('http', { YKIEN_UNDO_SECONDS: '0' })
  const site = await findSite(service.services, SITE)
  const reader = { services: service.services, actor: { kind: 'reader' as const }, site }
  const moderator = {
    services: service.services,
    actor: { kind: 'token' as const, id: 'máy', name: 'Máy thử', role: 'moderator' as const },
    site,
  }
  const article = { key: 'bai-thu', url: service.articleUrl, title: 'Bài viết thử' }
  const root = await submit(
    reader,
    { article, body: 'Ý kiến đã đăng.\n\nĐoạn hai.', author: { name: 'Trần Thị Mẫu' }, consents: ['terms', 'name'] },
    null,
  )
  await decide(moderator, { items: [{ comment: root.comment.id, version: 1, verdict: 'approve' }] }, null)
  const reply = await submit(reader, { article, parent_id: root.comment.id, body: 'Một trả lời.' }, null)
  await decide(moderator, { items: [{ comment: reply.comment.id, version: 1, verdict: 'approve' }] }, null)
  await submit(reader, { article, body: 'Đang chờ, có ký tự ẩn: a\u200bb và \u202eđảo chiều.' }, null)
})
afterAll(async () => {
  await browser?.close()
  await service?.close()
})

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
  return found.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary}`))
}

/** A page of the portal with the section of an article, in the colours the reader has asked for. */
const pageOf = (key: string, style = '') =>
  service.addPage(
    `<meta name="viewport" content="width=device-width"><style>:root{color-scheme:light dark}body{margin:8px}${style}</style>
    <script type="module" src="${service.base}/widget/v1.js"></script><main><h1>Bài</h1><y-kien site="${SITE}" article="${key}"></y-kien></main>`,
  )

describe.each([
  [320, 'light'],
  [320, 'dark'],
  [1280, 'light'],
  [1280, 'dark'],
] as const)('at %i px, %s', (width, colorScheme) => {
  const open = async () => (await browser.newContext({ viewport: { width, height: 800 }, colorScheme })).newPage()
  const openSection = async (key: string, style = '') => {
    const page = await open()
    await page.goto(pageOf(key, style))
    await page.locator('y-kien .foot').last().waitFor({ state: 'attached' })
    return page
  }
  const send = (page: Page) => page.getByRole('button', { name: 'Gửi ý kiến', exact: true }).first().click()

  it('the list, replying and reporting', async () => {
    const page = await openSection('bai-thu')
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Báo vi phạm' }).first().click()
    await page.getByLabel('Lý do báo vi phạm').waitFor()
    await page
      .getByRole('button', { name: /^Trả lời/ })
      .first()
      .click()
    expect(await violations(page)).toEqual([])
    await page.context().close()
  })

  it('nothing yet, a form with errors, a preview, and what was sent, being changed and withdrawn', async () => {
    const page = await openSection(`trong-${width}-${colorScheme}`)
    await page.getByText('Chưa có ý kiến nào.').waitFor()
    expect(await violations(page)).toEqual([])
    await send(page)
    await page.getByText('Xin nhập mục bắt buộc này.').first().waitFor()
    expect(await violations(page)).toEqual([])
    await page.getByLabel('Nội dung ý kiến').fill(`Thử tiếp cận ${width} ${colorScheme}.`)
    await page.getByRole('button', { name: 'Xem trước' }).click()
    await page.getByLabel(/Tôi đã đọc và đồng ý/).check()
    expect(await violations(page)).toEqual([])
    await send(page)
    await page.getByText(/^[0-9A-Z]{8}-[0-9A-Z]{26}$/).waitFor()
    await page.getByRole('button', { name: 'Rút lại' }).click()
    await page.getByRole('button', { name: 'Sửa' }).click()
    expect(await violations(page)).toEqual([])
    await page.context().close()
  })

  it('closed', async () => {
    await setSite(service.services, SITE, { state: 'closed' })
    try {
      const page = await openSection('bai-thu')
      expect(await page.getByLabel('Nội dung ý kiến').count()).toBe(0)
      expect(await violations(page)).toEqual([])
      await page.context().close()
    } finally {
      await setSite(service.services, SITE, { state: 'open' })
    }
  })

  it('without a connection', async () => {
    const page = await openSection(`mat-mang-${width}-${colorScheme}`)
    await page.getByLabel('Nội dung ý kiến').fill('Gửi khi mất mạng.')
    await page.getByLabel(/Tôi đã đọc và đồng ý/).check()
    await page.route('**/api/**', (route) => route.abort())
    await send(page)
    await page.getByText('Mất kết nối.').waitFor()
    expect(await violations(page)).toEqual([])
    await page.context().close()
    const cold = await open()
    await cold.route('**/api/**', (route) => route.abort())
    await cold.goto(pageOf('bai-thu'))
    await cold.getByText('Chưa tải được ý kiến.').waitFor()
    expect(await violations(cold)).toEqual([])
    await cold.context().close()
  })

  it('at twice the size of text', async () => {
    const page = await openSection('bai-thu', 'body{font-size:200%}')
    await send(page)
    expect(await violations(page)).toEqual([])
    await page.context().close()
  })

  it('the pages without script', async () => {
    const page = await open()
    await page.goto(`${service.base}/r/${SITE}?key=bai-thu`)
    expect(await violations(page)).toEqual([])
    await page.goto(`${service.base}/r/${SITE}/receipt`)
    expect(await violations(page)).toEqual([])
    await page.goto(`${service.base}/docs`)
    expect(await violations(page)).toEqual([])
  })

  it('the desk: sign-in, queue, one item', async () => {
    const page = await open()
    await page.goto(`${service.base}/desk/signin`)
    expect(await violations(page)).toEqual([])
    await page.goto(await service.signinLink())
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Đăng nhập' }).click()
    await page.locator('article').first().waitFor()
    expect(await violations(page)).toEqual([])
    await page.locator('article summary', { hasText: 'Không đăng' }).first().click()
    expect(await violations(page)).toEqual([])
    await page
      .getByRole('link', { name: /Mở ý kiến/ })
      .first()
      .click()
    await page.getByRole('heading', { name: 'Lịch sử xử lý' }).waitFor()
    expect(await violations(page)).toEqual([])
  })
})
