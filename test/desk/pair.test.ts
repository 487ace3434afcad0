// Two clerks with a browser each on one queue: whatever both do with one comment ends in one state, and both screens say what happened.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Clerk, fillQueue, openClerk } from '../support/clerk.ts'
import { openBrowser, type Service, startService } from '../support/service.ts'

let browser: Browser
let service: Service
let one: Clerk
let two: Clerk
beforeAll(async () => {
  browser = await openBrowser()
  service = await startService('http', { YKIEN_UNDO_SECONDS: '600' })
  one = await openClerk(browser, service, { name: 'Cô Một' })
  two = await openClerk(browser, service, { name: 'Chú Hai' })
})
afterAll(async () => {
  await Promise.all([one?.close(), two?.close()])
  await service?.close()
  await browser?.close()
})

/** What each act does on a card, and the state it leads to; hiding needs something public, so it is tried on a published comment. */
const ACTS = {
  approve: { state: 'published', does: (page: Page, id: string) => press(page, id, 'Duyệt đăng') },
  reject: {
    state: 'rejected',
    does: async (page: Page, id: string) => {
      await card(page, id).locator('.open-reject summary').click()
      await card(page, id).locator('.quick button').first().click()
    },
  },
  spam: { state: 'spam', does: (page: Page, id: string) => press(page, id, 'Thư rác') },
  mask: {
    state: 'published',
    does: async (page: Page, id: string) => {
      await card(page, id).locator('.open-mask summary').click()
      await card(page, id).locator('.word').last().click()
      await card(page, id).locator('.for-mask button[type=submit]').click()
    },
  },
} as const
type Act = keyof typeof ACTS
const NAMES = Object.keys(ACTS) as Act[]

const card = (page: Page, id: string) => page.locator(`.card[data-id="${id}"]`)
const press = (page: Page, id: string, name: string) => card(page, id).getByRole('button', { name, exact: true }).click()
const stateOf = async (id: string) =>
  await service.services.store.db.selectFrom('comment').select(['state', 'version']).where('id', '=', id).executeTakeFirstOrThrow()

async function openBoth(state: string): Promise<void> {
  await Promise.all([one, two].map(({ page }) => page.goto(page.url().replace(/queue.*/, `queue?state=${state}&sort=newest`))))
}

describe('the second of two who decide', () => {
  it.each(NAMES.flatMap((first) => NAMES.map((second) => [first, second] as const)))(
    '%s, then %s: the first stands, both are told',
    async (first, second) => {
      const [id = ''] = await fillQueue(service, [`Cùng lúc ${first} và ${second}.`])
      await openBoth('pending')
      await ACTS[first].does(one.page, id)
      await card(one.page, id).locator('.result', { hasText: 'ý kiến của' }).waitFor()
      await ACTS[second].does(two.page, id)
      const told = await card(two.page, id).locator('.result p').innerText()
      expect(told).toMatch(/vừa được Cô Một xử lý lúc \d\d:\d\d/)
      expect(await card(two.page, id).getByRole('link', { name: 'Đổi quyết định' }).count()).toBe(1)
      expect(await stateOf(id)).toEqual({ state: ACTS[first].state, version: 2 })
    },
  )

  it('of two who press at the same moment one wins, and the other is told', async () => {
    const [id = ''] = await fillQueue(service, ['Đúng cùng một lúc.'])
    await openBoth('pending')
    await Promise.all([press(one.page, id, 'Duyệt đăng'), press(two.page, id, 'Thư rác')])
    const results = await Promise.all([one, two].map(({ page }) => card(page, id).locator('.result p').innerText()))
    expect(results.filter((text) => text.includes('vừa được'))).toHaveLength(1)
    expect((await stateOf(id)).version).toBe(2)
  })
})

describe('what is done elsewhere', () => {
  it('fades on the other screen with who and when, and can be decided anew there', async () => {
    const [id = ''] = await fillQueue(service, ['Được xử lý ở máy khác.'])
    await openBoth('pending')
    await press(one.page, id, 'Thư rác')
    await card(one.page, id).locator('.result').waitFor()
    // The other page asks when it is looked at again.
    await two.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    await card(two.page, id).locator('.result', { hasText: 'vừa được Cô Một xử lý' }).waitFor()
    await card(two.page, id).getByRole('link', { name: 'Đổi quyết định' }).click()
    await press(two.page, id, 'Duyệt đăng')
    await card(two.page, id).locator('.result', { hasText: 'Đã duyệt đăng' }).waitFor()
    expect(await stateOf(id)).toEqual({ state: 'published', version: 3 })
  })

  it('an undo comes too late after a later decision, and says so; nothing is lost', async () => {
    const [id = ''] = await fillQueue(service, ['Hoàn tác muộn.'])
    await openBoth('pending')
    await press(one.page, id, 'Để xem xét sau')
    await card(one.page, id)
      .getByRole('button', { name: /Hoàn tác/ })
      .waitFor()
    await two.page.goto(two.page.url().replace(/queue.*/, 'queue?state=held'))
    await press(two.page, id, 'Duyệt đăng')
    await card(two.page, id).locator('.result').waitFor()
    await card(one.page, id)
      .getByRole('button', { name: /Hoàn tác/ })
      .click()
    await card(one.page, id)
      .getByText(/vừa được Chú Hai xử lý/)
      .first()
      .waitFor()
    expect(await stateOf(id)).toEqual({ state: 'published', version: 3 })
  })

  it('an undo makes the card wait again on both screens, and a decision after it holds', async () => {
    const [id = ''] = await fillQueue(service, ['Hoàn tác rồi quyết định.'])
    await openBoth('pending')
    await press(one.page, id, 'Thư rác')
    await card(one.page, id)
      .getByRole('button', { name: /Hoàn tác/ })
      .click()
    await card(one.page, id).getByRole('button', { name: 'Duyệt đăng', exact: true }).waitFor()
    // The other still shows the first version: it is told, and decides on the card as it is now.
    await press(two.page, id, 'Duyệt đăng')
    await card(two.page, id).getByRole('link', { name: 'Đổi quyết định' }).click()
    await press(two.page, id, 'Duyệt đăng')
    await card(two.page, id).locator('.result', { hasText: 'Đã duyệt đăng' }).waitFor()
    expect(await stateOf(id)).toEqual({ state: 'published', version: 4 })
  })

  it('hiding and hiding parts of what is public: the first stands, the second is told', async () => {
    const [id = ''] = await fillQueue(service, ['Đã đăng rồi, hai người cùng ẩn.'])
    await openBoth('pending')
    await press(one.page, id, 'Duyệt đăng')
    await card(one.page, id).locator('.result').waitFor()
    await service.endUndoWindows()
    await openBoth('published')
    await press(one.page, id, 'Tạm ẩn')
    await card(one.page, id).locator('.result', { hasText: 'Tạm ẩn' }).waitFor()
    await ACTS.mask.does(two.page, id)
    await card(two.page, id).locator('.result', { hasText: 'vừa được Cô Một xử lý' }).waitFor()
    expect(await stateOf(id)).toEqual({ state: 'hidden', version: 3 })
  })

  it('new arrivals gather behind a line and come in when it is pressed; nothing else moves', async () => {
    await fillQueue(service, ['Đã có từ trước.'])
    await openBoth('pending')
    const before = await one.page.locator('.card').first().getAttribute('data-id')
    const [id = ''] = await fillQueue(service, ['Vừa mới gửi.'])
    await one.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    const line = one.page.getByRole('link', { name: 'Có 1 ý kiến mới' })
    await line.waitFor()
    expect(await one.page.locator('.card').first().getAttribute('data-id')).toBe(before)
    await line.click()
    await card(one.page, id).waitFor()
    expect(await one.page.locator('.card').first().getAttribute('data-id')).toBe(id)
    expect([...one.errors, ...two.errors]).toEqual([])
  })
})
