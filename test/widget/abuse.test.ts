// What people meet where things are busy, and what staff see of it: axe finds nothing at WCAG 2.2 AA, on a phone and on a desk.
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addBan } from '../../src/core/abuse/ban.ts'
import { floodGoesOn } from '../../src/core/abuse/flood.ts'
import { submit } from '../../src/core/comments/submit.ts'
import type { Actor } from '../../src/core/context.ts'
import { findSite } from '../../src/core/sites.ts'
import { openBrowser, type Service, SITE, startService } from '../support/service.ts'

let browser: Browser
let service: Service
let commentId: string

beforeAll(async () => {
  browser = await openBrowser()
  service = await startService('http', { YKIEN_UNDO_SECONDS: '0' })
  const { services } = service
  const as = async (actor: Actor) => ({ services, actor, site: await findSite(services, SITE) })
  const article = { key: 'bai-thu', url: service.articleUrl, title: 'Bài viết thử bị gửi dồn dập' }
  const author = { email: 'nguoi.gui@thu.example', phone: '0912 345 678' }
  const sent = await submit(await as({ kind: 'reader' }), { article, body: 'Ý kiến của người sẽ bị tạm ngừng.', author }, null)
  commentId = sent.comment.id
  const leader = await as({ kind: 'staff', id: 'lanh-dao', name: 'Cô Lãnh Đạo', role: 'leader' })
  await addBan(leader, { kind: 'email', days: 7, reason: 'Gửi quảng cáo nhiều lần', comment: commentId })
  await addBan(leader, { kind: 'phone', days: 30, reason: 'Mời chào cho vay', contact: '0900 000 000' })
  const { thread_id } = await services.store.db
    .selectFrom('comment')
    .select('thread_id')
    .where('id', '=', commentId)
    .executeTakeFirstOrThrow()
  await services.store.batch(floodGoesOn(leader, thread_id, { taken: 43, refused: 187, isNew: true }))
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
  [360, 'dark'],
  [1280, 'light'],
] as const)('at %i px, %s', (width, colorScheme) => {
  const open = async () => (await browser.newContext({ viewport: { width, height: 800 }, colorScheme })).newPage()

  it('the page without script asks its question, and keeps what was typed', async () => {
    const page = await open()
    await page.goto(`${service.base}/r/${SITE}?key=bai-thu`)
    await page.getByLabel('Nội dung ý kiến').fill('Ý kiến của người thật, có dấu.')
    await page.getByLabel(/Tôi đã đọc và đồng ý/).check()
    await page.getByRole('button', { name: 'Gửi ý kiến', exact: true }).click()
    const answer = page.getByLabel(/cộng .* bằng mấy/)
    await answer.waitFor()
    expect(await page.getByLabel('Nội dung ý kiến').inputValue()).toBe('Ý kiến của người thật, có dấu.')
    expect(await violations(page)).toEqual([])
  })

  it('the desk: the room of bans, banning from a comment, the banner of a flood', async () => {
    const page = await open()
    await page.goto(await service.signinLink(`Lãnh đạo ${width}`, 'leader'))
    await page.getByRole('button').first().click()
    await page.getByText('bị gửi dồn dập từ').waitFor()
    expect(await violations(page)).toEqual([])
    await page.goto(`${service.base}/desk/${SITE}/comments/${commentId}`)
    await page.getByText('Tạm ngừng nhận ý kiến của người gửi này').click()
    await page.getByLabel('Lý do (ghi cho cán bộ').waitFor()
    expect(await violations(page)).toEqual([])
    await page.goto(`${service.base}/desk/${SITE}/bans`)
    await page.getByText('Gửi quảng cáo nhiều lần').first().waitFor()
    expect(await violations(page)).toEqual([])
    await page
      .getByRole('button', { name: /Nhận ý kiến trở lại\s*: Thư điện tử/ })
      .first()
      .click()
    await page.getByText('Đã nhận ý kiến trở lại.').waitFor()
    await service.services.store.batch([service.services.store.db.updateTable('ban').set({ lifted_at: null, lifted_by: null })])
  })
})
