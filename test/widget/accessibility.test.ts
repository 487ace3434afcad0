// axe finds nothing at WCAG 2.2 AA on what readers and clerks meet, light and dark, on a phone and on a desk.
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { submit } from '../../src/core/comments/submit.ts'
import { decide } from '../../src/core/moderation/decide.ts'
import { findSite } from '../../src/core/sites.ts'
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

describe.each([
  [360, 'light'],
  [360, 'dark'],
  [1280, 'light'],
  [1280, 'dark'],
] as const)('at %i px, %s', (width, colorScheme) => {
  const open = async () => (await browser.newContext({ viewport: { width, height: 800 }, colorScheme })).newPage()

  it('the widget: list, faulty form, receipt', async () => {
    const page = await open()
    await page.goto(service.articleUrl)
    await page.locator('y-kien article').first().waitFor()
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Gửi ý kiến', exact: true }).click()
    await page.getByText('Xin nhập mục bắt buộc này.').first().waitFor()
    expect(await violations(page)).toEqual([])
    await page.getByLabel('Nội dung ý kiến').fill(`Thử tiếp cận ${width} ${colorScheme}.`)
    await page.getByLabel(/Tôi đã đọc và đồng ý/).check()
    await page.getByRole('button', { name: 'Gửi ý kiến', exact: true }).click()
    await page.getByText(/^[0-9A-Z]{8}-[0-9A-Z]{26}$/).waitFor()
    expect(await violations(page)).toEqual([])
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
