// The page of one comment in a browser: nothing for axe, the way to the note by key, news of what colleagues do while it is open, nothing
// typed lost by it, and the whole job without script.
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fillCase } from '../support/case.ts'
import { type Clerk, fillQueue, openClerk } from '../support/clerk.ts'
import { openBrowser, type Service, startService } from '../support/service.ts'

let browser: Browser
let service: Service
let one: Clerk
let two: Clerk
beforeAll(async () => {
  browser = await openBrowser()
  service = await startService('http', { YKIEN_UNDO_SECONDS: '600' })
  one = await openClerk(browser, service, { name: 'Cô Một', role: 'leader' })
  two = await openClerk(browser, service, { name: 'Chú Hai' })
})
afterAll(async () => {
  await Promise.all([one?.close(), two?.close()])
  await service?.close()
  await browser?.close()
})

const open = (page: Page, id: string) => page.goto(page.url().replace(/\/(?:queue|comments).*/, `/comments/${id}`))
/** The page asks for news when it is looked at again. */
const lookAgain = (page: Page) => page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))

describe('the page of a comment with everything on it', () => {
  async function faults(page: Page): Promise<string[]> {
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')}: ${failureSummary}`))
  }

  it.each([
    ['light', 1280],
    ['dark', 360],
  ] as const)('has nothing for axe in %s, %i pixels wide, and keeps the policy', async (colorScheme, width) => {
    const { page, errors } = one
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 900 })
    await open(page, await fillCase(service))
    for (const summary of await page.locator('.revisions summary, .change summary').all()) await summary.click()
    expect(await faults(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0)
    await page.locator('#note').fill(' ')
    await page.getByRole('button', { name: 'Thêm ghi chú' }).click()
    await page.locator('#note-fault').waitFor()
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('note')
    expect(await faults(page)).toEqual([])
    await page.getByLabel('Lý do cần liên hệ').fill('Hỏi lại địa chỉ')
    await page.getByRole('button', { name: 'Xem thông tin liên hệ' }).click()
    await page.getByText('ba.nam@example.com').waitFor()
    expect(await faults(page)).toEqual([])
    expect(errors).toEqual([])
  })
})

describe('while it is open', () => {
  it('the key of notes leads to the note from the queue, and on the page itself', async () => {
    const [id = ''] = await fillQueue(service, ['Ghi chú bằng phím.'])
    const { page } = two
    await page.goto(page.url().replace(/\/(?:queue|comments).*/, '/queue?sort=newest'))
    await page.locator('.card').first().focus()
    await page.keyboard.press('n')
    await page.waitForURL(`**/comments/${id}#note`)
    await page.locator('#note:focus').waitFor()
    await page.keyboard.type('Đã gọi')
    expect(await page.locator('#note').inputValue()).toBe('Đã gọi')
    await page.locator('.card').focus()
    await page.keyboard.press('n')
    await page.locator('#note:focus').waitFor()
    expect(await page.locator('#note').inputValue()).toBe('Đã gọi')
  })

  it('tells who else has it open, what they do, and takes nothing that was typed', async () => {
    const [id = ''] = await fillQueue(service, ['Hai người cùng mở.'])
    await open(one.page, id)
    await one.page.locator('#story .seen').waitFor({ state: 'detached' })
    await open(two.page, id)
    await two.page.locator('#here', { hasText: 'Cô Một cũng đang mở' }).waitFor()
    await lookAgain(one.page)
    await one.page.locator('#here', { hasText: 'Chú Hai cũng đang mở' }).waitFor()
    await one.page.locator('#note').fill('Đang viết dở')
    await two.page.getByRole('button', { name: 'Nhận phụ trách' }).click()
    await two.page.getByText('Đã nhận phụ trách.').waitFor()
    await lookAgain(one.page)
    await one.page.locator('#in-hand .holder', { hasText: 'Chú Hai' }).waitFor()
    await one.page.locator('#story .assigned', { hasText: 'Chú Hai nhận phụ trách' }).waitFor()
    expect(await one.page.locator('#note').inputValue()).toBe('Đang viết dở')
    expect([...one.errors, ...two.errors]).toEqual([])
  })

  it('a decision stands in the timeline at once, and its undo after it', async () => {
    const [id = ''] = await fillQueue(service, ['Quyết định ngay trên trang.'])
    const { page, errors } = one
    await open(page, id)
    await page.locator('.card').focus()
    await page.keyboard.press('h')
    await page.locator('#story .decided', { hasText: 'Để xem xét sau' }).waitFor()
    expect(await page.locator('#item-state').innerText()).toBe('Để xem xét sau')
    expect(await page.getByText('Không còn ý kiến chờ').count()).toBe(0)
    await page.keyboard.press('z')
    await page.locator('#story .undone').waitFor()
    expect(await page.locator('#item-state').innerText()).toBe('Chờ duyệt')
    expect(errors).toEqual([])
  })
})

describe('without script', () => {
  it('the whole job is done: taken, noted, corrected, deleted, given, contact read, decided', async () => {
    const id = await fillCase(service)
    const { page, close } = await openClerk(browser, service, { name: 'Cô Ba', role: 'leader', hasScript: false })
    const notice = (text: string) => page.locator('.notice', { hasText: text }).waitFor()
    await open(page, id)
    await page.getByRole('button', { name: 'Nhận phụ trách' }).click()
    await notice('Đã nhận phụ trách.')
    await page.locator('#note').fill('Đã hỏi tổ dân phố.')
    await page.getByRole('button', { name: 'Thêm ghi chú' }).click()
    await notice('Đã thêm ghi chú.')
    const note = page.locator('#story .noted', { hasText: 'Cô Ba' })
    await note.locator('summary').click()
    await note.locator('textarea').fill('Đã hỏi tổ dân phố 3.')
    await note.getByRole('button', { name: 'Lưu ghi chú' }).click()
    await notice('Đã sửa ghi chú.')
    await note.locator('.said', { hasText: 'tổ dân phố 3' }).waitFor()
    await note.locator('summary').click()
    await note.getByRole('button', { name: 'Xóa ghi chú' }).click()
    await notice('Đã xóa ghi chú.')
    await page.getByLabel('Giao cho').selectOption({ label: 'Chú Hai' })
    await page.getByRole('button', { name: 'Giao', exact: true }).click()
    await notice('Đã giao.')
    expect(await page.locator('.holder').innerText()).toBe('Chú Hai')
    await page.getByLabel('Lý do cần liên hệ').fill('Hỏi lại')
    await page.getByRole('button', { name: 'Xem thông tin liên hệ' }).click()
    await page.getByText('ba.nam@example.com').waitFor()
    await page.getByRole('button', { name: 'Để xem xét sau' }).click()
    await notice('Để xem xét sau: ý kiến của Bà Năm')
    await close()
  })
})
