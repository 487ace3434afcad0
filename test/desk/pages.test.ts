// The desk's pages as everybody meets them: nothing for axe in light and dark, nothing against the page's policy, and the whole job
// without script.
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Clerk, fillQueue, openClerk } from '../support/clerk.ts'
import { openBrowser, type Service, startService } from '../support/service.ts'

let browser: Browser
let service: Service
beforeAll(async () => {
  browser = await openBrowser()
  service = await startService('http', { YKIEN_UNDO_SECONDS: '600' })
})
afterAll(async () => {
  await service?.close()
  await browser?.close()
})

const TEXTS = ['Gọi 0912 345 678 nhé.', 'Một ý kiến.', 'Hai ý kiến.', 'Ba ý kiến.', 'Bốn ý kiến.', 'Năm ý kiến.']
const states = async () =>
  Object.fromEntries(
    (
      await service.services.store.db
        .selectFrom('comment')
        .innerJoin('revision', 'revision.id', 'comment.revision_id')
        .select(['revision.body', 'comment.state'])
        .execute()
    ).map(({ body, state }) => [body, state]),
  )

describe('the queue, its panels, filters, bulk, help and keys', () => {
  let clerk: Clerk
  beforeAll(async () => {
    await fillQueue(service, ['Để xem: số 0987 111 222.', 'Vay tiền nhanh không thế chấp, nhắn 0987654321.', 'Ý kiến thường.'])
    clerk = await openClerk(browser, service)
  })
  afterAll(() => clerk?.close())

  async function faults(page: Page, part = 'html'): Promise<string[]> {
    const { violations } = await new AxeBuilder({ page })
      .include(part)
      .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
      .analyze()
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')}: ${failureSummary}`))
  }

  it.each([
    ['light', 1280],
    ['dark', 360],
  ] as const)('have nothing for axe in %s, %i pixels wide, and keep the policy', async (colorScheme, width) => {
    const { page, errors } = clerk
    await page.emulateMedia({ colorScheme })
    await page.setViewportSize({ width, height: 900 })
    await page.goto(page.url().replace(/(queue|preferences|practice).*/, 'queue?state=pending&sort=article'))
    for (const [index, panel] of ['reject', 'mask', 'return'].entries())
      await page.locator('.card').nth(index).locator(`.open-${panel} summary`).click()
    // What an open menu covers is judged while it is closed.
    await page.locator('.me summary').click()
    expect(await faults(page, '.me')).toEqual([])
    await page.locator('.me summary').click()
    await page.locator('.filters summary').click()
    await page.locator('.choose input').first().check()
    expect(await faults(page)).toEqual([])
    await page.locator('.card').nth(1).focus()
    await page.keyboard.press('?')
    await page.locator('#help').waitFor()
    expect(await faults(page)).toEqual([])
    await page.goto(page.url().replace(/queue.*/, 'preferences'))
    expect(await faults(page)).toEqual([])
    await page.goto(page.url().replace(/preferences.*/, 'practice?case=rac-dau-ngo'))
    expect(await faults(page)).toEqual([])
    await page.getByRole('button', { name: 'Thư rác' }).click()
    await page.locator('#result:focus').waitFor()
    expect(await faults(page)).toEqual([])
    await page.getByRole('link', { name: 'Dừng và xem kết quả' }).click()
    await page.getByRole('heading', { name: 'Kết quả thực hành' }).waitFor()
    expect(await faults(page)).toEqual([])
    expect(errors).toEqual([])
  })
})

describe('with the pointer and the keyboard', () => {
  it('a row chosen with Shift is decided at once, with one sentence and one undo', async () => {
    const ids = await fillQueue(service, ['Dãy một.', 'Dãy hai.', 'Dãy ba.', 'Dãy bốn.'])
    const { page, errors, close } = await openClerk(browser, service)
    const box = (index: number) => page.locator(`.card[data-id="${ids[index]}"] .choose input`)
    await box(0).click()
    await box(3).click({ modifiers: ['Shift'] })
    await page.getByText('Đã chọn 4 mục').waitFor()
    await page.locator('#bulk').getByRole('button', { name: 'Thư rác' }).click()
    await page.locator('#bulk-outcome', { hasText: 'Đã xử lý 4 ý kiến.' }).waitFor()
    expect((await states())['Dãy ba.']).toBe('spam')
    await page.locator('#bulk-outcome').getByRole('button', { name: 'Hoàn tác' }).click()
    await page.locator('#bulk-outcome', { hasText: 'Đã hoàn tác 4 ý kiến.' }).waitFor()
    expect((await states())['Dãy ba.']).toBe('pending')
    expect(await page.locator(`.card[data-id="${ids[1]}"]`).getByRole('button', { name: 'Duyệt đăng', exact: true }).isVisible()).toBe(true)
    expect(errors).toEqual([])
    await close()
  })
})

describe('without script', () => {
  it('the whole job is done: every verdict, parts hidden, many at once and their undo, search, a saved view, keys', async () => {
    await fillQueue(service, TEXTS)
    const { page, close } = await openClerk(browser, service, { hasScript: false })
    const card = (text: string) => page.locator('.card', { hasText: text })
    const notice = (text: string | RegExp) => page.locator('.notice', { hasText: text }).waitFor()

    await card('Gọi 0912').locator('.open-mask summary').click()
    await card('Gọi 0912').locator('[name=hide_words]').fill('nhé')
    await card('Gọi 0912').locator('.for-mask button[type=submit]').click()
    await notice(/Đã duyệt đăng/)
    const { masks } = await service.services.store.db
      .selectFrom('fact')
      .select('masks')
      .where('masks', 'is not', null)
      .executeTakeFirstOrThrow()
    expect(JSON.parse(masks ?? '')).toEqual([
      [4, 16],
      [17, 20],
    ])
    await page.getByRole('button', { name: 'Hoàn tác' }).click()
    await notice('Đã hoàn tác')

    await card('Một ý kiến.').locator('.open-reject summary').click()
    await card('Một ý kiến.').locator('.quick button').nth(3).click()
    await notice(/Không đăng/)
    await card('Hai ý kiến.').locator('.open-return summary').click()
    await card('Hai ý kiến.').locator('.for-return textarea').fill('Xin ghi rõ địa chỉ.')
    await card('Hai ý kiến.').locator('.for-return button[type=submit]').click()
    await notice(/Chờ bổ sung/)
    await card('Ba ý kiến.').locator('.open-seal summary').click()
    await card('Ba ý kiến.').locator('.for-seal button[type=submit]').click()
    await notice('Đã chuyển kênh mật')

    await page.locator('.bulk summary').click()
    for (const text of ['Bốn ý kiến.', 'Năm ý kiến.']) await card(text).locator('.choose input').check()
    await page.locator('#bulk').getByRole('button', { name: 'Để xem xét sau' }).click()
    await notice('Đã xử lý 2 ý kiến.')
    expect(await states()).toMatchObject({
      'Gọi 0912 345 678 nhé.': 'pending',
      'Một ý kiến.': 'rejected',
      'Hai ý kiến.': 'returned',
      'Ba ý kiến.': 'sealed',
      'Bốn ý kiến.': 'held',
      'Năm ý kiến.': 'held',
    })
    await page.getByRole('button', { name: 'Hoàn tác' }).click()
    await notice('Đã hoàn tác 2 ý kiến.')
    expect((await states())['Bốn ý kiến.']).toBe('pending')

    await page.locator('#q').fill('goi 0912')
    await page.getByRole('button', { name: 'Tìm', exact: true }).click()
    await card('Gọi 0912').first().waitFor()
    expect(await card('Năm ý kiến.').count()).toBe(0)
    await page.getByLabel('Tên chế độ xem').fill('Có số điện thoại')
    await page.getByRole('button', { name: 'Lưu chế độ xem này' }).click()
    await notice('Đã lưu chế độ xem.')
    await page.goto(page.url().replace(/queue.*/, 'queue'))
    await page.getByRole('link', { name: 'Có số điện thoại', exact: true }).click()
    expect(await page.locator('#q').inputValue()).toBe('goi 0912')
    await page.getByRole('button', { name: 'Xóa chế độ xem Có số điện thoại' }).click()
    await notice('Đã xóa chế độ xem.')
    await close()
  })
})
