// The pages for readers without script, in Chromium with script switched off: everything a reader can do, and what axe says of it.
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { submit } from '../../src/core/comments/submit.ts'
import type { Ctx } from '../../src/core/context.ts'
import { decide } from '../../src/core/moderation/decide.ts'
import { findSite } from '../../src/core/sites.ts'
import { openBrowser, type Service, SITE, startService } from '../support/service.ts'

const KEY = 'bai-thu'

let browser: Browser
let service: Service
let reader: BrowserContext
beforeAll(async () => {
  browser = await openBrowser()
  service = await startService('http', { YKIEN_UNDO_SECONDS: '0', YKIEN_LIMITS: 'off' })
  reader = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } })
})
afterAll(async () => {
  await browser?.close()
  await service?.close()
})

async function as(actor: Ctx['actor']): Promise<Ctx> {
  return { services: service.services, actor, site: await findSite(service.services, SITE) }
}

const clerk = { kind: 'token', id: 'máy', name: 'Máy thử', role: 'leader' } as const

/** A published comment's id. */
async function published(body: string, key = KEY): Promise<string> {
  const { comment } = await submit(
    await as({ kind: 'reader' }),
    { article: { key, url: service.articleUrl, title: 'Bài viết thử' }, body },
    null,
  )
  await approve(comment.id)
  return comment.id
}

async function approve(id: string, version = 1): Promise<void> {
  await decide(await as(clerk), { items: [{ comment: id, version, verdict: 'approve' }] }, null)
}

async function open(path: string): Promise<Page> {
  const page = await reader.newPage()
  await page.goto(`${service.base}/r/${SITE}${path}`)
  return page
}

const list = (more = '') => `?key=${KEY}&url=${encodeURIComponent(service.articleUrl)}${more}`

async function send(page: Page, text: string): Promise<string> {
  await page.getByLabel(/Nội dung ý kiến/).fill(text)
  await page.getByLabel(/Tôi đã đọc và đồng ý/).check()
  await page.getByRole('button', { name: 'Gửi ý kiến' }).click()
  return (await page.locator('code').innerText()).trim()
}

async function idOf(receipt: string): Promise<string> {
  const row = await service.services.store.db
    .selectFrom('comment')
    .select('id')
    .where('receipt_code', '=', receipt.slice(0, 8))
    .executeTakeFirstOrThrow()
  return row.id
}

describe('without script one can', () => {
  it('be asked about a text once, and send it all the same', async () => {
    const page = await open(list())
    await page.getByLabel(/Nội dung ý kiến/).fill('Xin goi lai cho toi so 0912 345 678 nhe phuong.')
    await page.getByLabel(/Tôi đã đọc và đồng ý/).check()
    await page.getByRole('button', { name: 'Gửi ý kiến' }).click()
    await page.getByText(/có vẻ chứa số điện thoại/).waitFor()
    expect(await page.getByLabel(/Nội dung ý kiến/).inputValue()).toBe('Xin goi lai cho toi so 0912 345 678 nhe phuong.')
    await page.getByRole('button', { name: 'Vẫn gửi' }).click()
    expect(await page.locator('code').innerText()).toMatch(/^[0-9A-Z]{8}-[0-9A-Z]{26}$/)
  })

  it('reply to a comment, and the reply hangs under it', async () => {
    const root = await published('Ý kiến được trả lời.')
    const page = await open(list())
    await page.locator(`#c-${root}`).getByRole('link', { name: 'Trả lời' }).click()
    const id = await idOf(await send(page, 'Trả lời không cần script.'))
    await approve(id)
    await page.goto(`${service.base}/r/${SITE}${list()}`)
    expect(
      await page
        .locator('.comments > li', { has: page.locator(`#c-${root}`) })
        .locator('.replies .body')
        .allInnerTexts(),
    ).toEqual(['Trả lời không cần script.'])
  })

  it('like a comment, once', async () => {
    const root = await published('Ý kiến được thích.')
    const page = await open(list())
    for (let press = 0; press < 2; press++) {
      await page
        .locator(`#c-${root}`)
        .getByRole('button', { name: /^Thích/ })
        .click()
      await page.waitForURL(new RegExp(`#c-${root}$`))
    }
    const { likes } = await service.services.store.db.selectFrom('comment').select('likes').where('id', '=', root).executeTakeFirstOrThrow()
    expect(likes).toBe(1)
  })

  it('report a comment, with a reason', async () => {
    const root = await published('Ý kiến bị báo.')
    const page = await open(list())
    await page
      .locator(`#c-${root}`)
      .getByRole('link', { name: /^Báo vi phạm/ })
      .click()
    await page.getByLabel('Nội dung quảng cáo, mua bán').check()
    await page.getByLabel(/Giải thích thêm/).fill('Có số điện thoại bán hàng.')
    await page.getByRole('button', { name: 'Báo vi phạm' }).click()
    await page.getByText('Đã ghi nhận báo vi phạm.').waitFor()
    const rows = await service.services.store.db.selectFrom('report').select(['reason', 'body']).where('comment_id', '=', root).execute()
    expect(rows).toEqual([{ reason: 'ads', body: 'Có số điện thoại bán hàng.' }])
  })

  it('change and withdraw an opinion by its receipt', async () => {
    const page = await open(list())
    const receipt = await send(page, 'Ý kiến sẽ được sửa.')
    await page.goto(`${service.base}/r/${SITE}/receipt`)
    await page.getByLabel('Mã tra cứu').fill(receipt)
    await page.getByRole('button', { name: 'Tra cứu ý kiến' }).click()
    await page.locator('summary', { hasText: 'Sửa' }).click()
    await page.getByLabel(/Nội dung ý kiến/).fill('a')
    await page.getByRole('button', { name: 'Lưu thay đổi' }).click()
    await page.getByText('Nội dung quá ngắn').first().waitFor()
    expect(await page.getByLabel(/Nội dung ý kiến/).inputValue()).toBe('a')
    await page.getByLabel(/Nội dung ý kiến/).fill('Ý kiến đã sửa.')
    await page.getByRole('button', { name: 'Lưu thay đổi' }).click()
    await page.getByText('Đã tiếp nhận nội dung sửa').waitFor()
    expect(await page.locator('blockquote').innerText()).toBe('Ý kiến đã sửa.')

    await page.getByRole('button', { name: 'Rút lại' }).click()
    await page.getByText('Rút lại ý kiến này?').waitFor()
    await page.getByRole('button', { name: 'Rút lại' }).click()
    await page.getByText('Đã rút lại ý kiến.').waitFor()
    await page.getByText('Tình trạng: Đã được người gửi rút lại').waitFor()
  })

  it('see where a withdrawn opinion stood that has answers', async () => {
    const root = await published('Ý kiến gốc sẽ gỡ.', 'bai-go')
    const { comment } = await submit(
      await as({ kind: 'reader' }),
      { article: { key: 'bai-go' }, parent_id: root, body: 'Trả lời ở lại.' },
      null,
    )
    await approve(comment.id)
    await decide(await as(clerk), { items: [{ comment: root, version: 2, verdict: 'hide' }] }, null)
    const page = await open('?key=bai-go')
    expect(await page.locator('.gone').allInnerTexts()).toEqual(['Ý kiến đã được gỡ theo quy định'])
    expect(await page.locator('.replies .body').allInnerTexts()).toEqual(['Trả lời ở lại.'])
  })
})

describe('a site that asks for more', () => {
  it('gets its fields, each required one enforced, and nothing typed is lost', async () => {
    const { db } = service.services.store
    const site = await findSite(service.services, SITE)
    const settings = { ask_name: 'required', ask_phone: 'off', ask_address: 'required', ask_kind: 'required', rules: 'Một quy định.' }
    await db
      .updateTable('site')
      .set({ settings: JSON.stringify(settings) })
      .where('id', '=', site.id)
      .execute()
    try {
      const page = await open(list())
      expect(await page.getByLabel(/Số điện thoại/).count()).toBe(0)
      // A browser would hold the form back by itself; an old one does not.
      const body = new URLSearchParams({ key: KEY, body: 'Thiếu họ tên và địa chỉ.', email: 'khong phai thu', consent_terms: 'on' })
      const response = await fetch(`http://127.0.0.1:${new URL(service.base).port}/r/${SITE}`, { method: 'POST', body })
      expect(response.status).toBe(422)
      const html = await response.text()
      for (const fault of ['e-name', 'e-email', 'e-address', 'e-kind']) expect(html).toContain(`id="${fault}"`)
      expect(html).toContain('Thiếu họ tên và địa chỉ.')
      expect(html).toContain('khong phai thu')
    } finally {
      await db
        .updateTable('site')
        .set({ settings: JSON.stringify({}) })
        .where('id', '=', site.id)
        .execute()
    }
  })
})

describe.each([
  [320, 'light'],
  [320, 'dark'],
  [1280, 'light'],
  [1280, 'dark'],
] as const)('axe finds nothing at %i px, %s', (width, colorScheme) => {
  const violations = async (page: Page) => {
    const { violations: found } = await new AxeBuilder({ page })
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
      .analyze()
    return found.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(' ')}: ${node.failureSummary}`))
  }

  it('on list, reply, refusal, hint, report and receipt', async () => {
    // axe itself is script; these pages have none of their own.
    const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme })
    const page = await context.newPage()
    const root = await published(`Ý kiến cho axe ${width} ${colorScheme}.`)
    await page.goto(`${service.base}/r/${SITE}${list(`&reply=${root}`)}`)
    expect(await violations(page)).toEqual([])
    await page.getByLabel(/Nội dung ý kiến/).fill('a')
    await page.getByLabel(/Tôi đã đọc và đồng ý/).check()
    await page.getByRole('button', { name: 'Gửi ý kiến' }).click()
    await page.getByText('Nội dung quá ngắn').first().waitFor()
    expect(await violations(page)).toEqual([])
    await page.getByLabel(/Nội dung ý kiến/).fill('Khong dau nhung van gui duoc nhe phuong oi.')
    await page.getByRole('button', { name: 'Gửi ý kiến' }).click()
    await page.getByRole('button', { name: 'Vẫn gửi' }).waitFor()
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Vẫn gửi' }).click()
    await page.locator('code').waitFor()
    expect(await violations(page)).toEqual([])
    const receipt = await page.locator('code').innerText()
    await page.goto(`${service.base}/r/${SITE}/report${list(`&comment=${root}`)}`)
    expect(await violations(page)).toEqual([])
    await page.goto(`${service.base}/r/${SITE}/receipt`)
    await page.getByLabel('Mã tra cứu').fill(receipt)
    await page.getByRole('button', { name: 'Tra cứu ý kiến' }).click()
    await page.locator('blockquote').waitFor()
    expect(await violations(page)).toEqual([])
    await context.close()
  })
})
