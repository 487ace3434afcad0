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
const undoOf = (page: Page, id: string) => card(page, id).getByRole('button', { name: /Hoàn tác/ })
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

describe('assigning, which is no decision, and each of them on one opinion', () => {
  /** Takes the comment on its own page, as the first or the second of the two. */
  const take = async (page: Page, id: string) => {
    await page.goto(page.url().replace(/(?:queue|comments).*/, `comments/${id}`))
    await page.getByRole('button', { name: 'Nhận phụ trách' }).click()
    await page.locator('.notice', { hasText: 'Đã nhận phụ trách.' }).waitFor()
  }
  const openQueue = (page: Page, state = 'pending') =>
    page.goto(page.url().replace(/(?:queue|comments).*/, `queue?state=${state}&sort=newest`))
  const lookAgain = (page: Page) => page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  const assignedTo = async (id: string) =>
    (
      await service.services.store.db
        .selectFrom('comment')
        .leftJoin('staff', 'staff.id', 'comment.assignee_id')
        .select('staff.name')
        .where('comment.id', '=', id)
        .executeTakeFirstOrThrow()
    ).name
  const ofPublic = async (id: string) => {
    await openQueue(two.page)
    await press(two.page, id, 'Duyệt đăng')
    await card(two.page, id).locator('.result').waitFor()
    await service.endUndoWindows()
  }
  /** Every act of the pairs above, hiding what is public, and undoing. */
  const ALL = {
    ...ACTS,
    hide: { state: 'hidden', does: (page: Page, id: string) => press(page, id, 'Tạm ẩn') },
    undo: { state: 'pending', does: (page: Page, id: string) => undoOf(page, id).click() },
  } as const
  const names = Object.keys(ALL) as (keyof typeof ALL)[]

  /** Brings the second person's queue to where the act can be done. */
  const ready = async (act: keyof typeof ALL, id: string) => {
    if (act === 'hide') await ofPublic(id)
    await openQueue(two.page, act === 'hide' ? 'published' : 'pending')
    if (act !== 'undo') return
    await press(two.page, id, 'Thư rác')
    await undoOf(two.page, id).waitFor()
  }
  const done = (act: keyof typeof ALL, id: string) =>
    act === 'undo'
      ? card(two.page, id).getByRole('button', { name: 'Duyệt đăng', exact: true }).waitFor()
      : card(two.page, id).locator('.result', { hasText: 'ý kiến của' }).waitFor()
  /** How the page of the comment tells the last of the act. */
  const toldBy = (act: keyof typeof ALL) => one.page.locator(act === 'undo' ? '#story > .undone' : '#story > .decided').last()

  it.each(names)('assign, then %s: both hold, and both screens tell both', async (act) => {
    const [id = ''] = await fillQueue(service, [`Giao rồi ${act}.`])
    await ready(act, id)
    await take(one.page, id)
    await lookAgain(two.page)
    await card(two.page, id).locator('.with', { hasText: 'Cô Một' }).waitFor()
    await ALL[act].does(two.page, id)
    await done(act, id)
    await lookAgain(one.page)
    await toldBy(act).filter({ hasText: 'Chú Hai' }).waitFor()
    expect([(await stateOf(id)).state, await assignedTo(id)]).toEqual([ALL[act].state, 'Cô Một'])
  })

  it.each(names)('%s, then assign: both hold, and both screens tell both', async (act) => {
    const [id = ''] = await fillQueue(service, [`${act} rồi giao.`])
    await ready(act, id)
    await one.page.goto(one.page.url().replace(/(?:queue|comments).*/, `comments/${id}`))
    await ALL[act].does(two.page, id)
    await done(act, id)
    await one.page.getByRole('button', { name: 'Nhận phụ trách' }).click()
    await one.page.locator('.notice', { hasText: 'Đã nhận phụ trách.' }).waitFor()
    await toldBy(act).filter({ hasText: 'Chú Hai' }).waitFor()
    await lookAgain(two.page)
    await card(two.page, id).locator('.with', { hasText: 'Cô Một' }).waitFor()
    expect([(await stateOf(id)).state, await assignedTo(id)]).toEqual([ALL[act].state, 'Cô Một'])
  })

  it('assign, then assign: the first has it, and the second is told who and sees it', async () => {
    const [id = ''] = await fillQueue(service, ['Hai người cùng nhận.'])
    await two.page.goto(two.page.url().replace(/(?:queue|comments).*/, `comments/${id}`))
    await take(one.page, id)
    await two.page.getByRole('button', { name: 'Nhận phụ trách' }).click()
    await two.page.locator('#hand-fault', { hasText: 'Cô Một vừa đổi người phụ trách thành “Cô Một”' }).waitFor()
    expect(await two.page.locator('.holder').innerText()).toBe('Cô Một')
    expect(await assignedTo(id)).toBe('Cô Một')
    await Promise.all([one, two].map(({ page }) => openQueue(page)))
  })

  it('of two who take it at the same moment one has it, and both screens tell who', async () => {
    const [id = ''] = await fillQueue(service, ['Nhận đúng cùng lúc.'])
    const both = [one.page, two.page]
    await Promise.all(both.map((page) => page.goto(page.url().replace(/(?:queue|comments).*/, `comments/${id}`))))
    await Promise.all(both.map((page) => page.getByRole('button', { name: 'Nhận phụ trách' }).click()))
    await Promise.all(both.map((page) => page.locator('.notice.done, #hand-fault').first().waitFor()))
    const holder = (await assignedTo(id)) ?? ''
    for (const page of both) expect(await page.locator('.holder').innerText()).toContain(holder)
    expect(await Promise.all(both.map((page) => page.locator('#hand-fault').count()))).toEqual(holder === 'Cô Một' ? [0, 1] : [1, 0])
    await Promise.all(both.map((page) => openQueue(page)))
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

  it.each(NAMES)('an undo comes too late after a later decision (%s), and says so; nothing is lost', async (act) => {
    const [id = ''] = await fillQueue(service, [`Hoàn tác muộn hơn ${act}.`])
    await openBoth('pending')
    await press(one.page, id, 'Để xem xét sau')
    await undoOf(one.page, id).waitFor()
    await two.page.goto(two.page.url().replace(/queue.*/, 'queue?state=held&sort=newest'))
    await ACTS[act].does(two.page, id)
    await card(two.page, id).locator('.result', { hasText: 'ý kiến của' }).waitFor()
    await undoOf(one.page, id).click()
    await card(one.page, id)
      .getByText(/vừa được Chú Hai xử lý/)
      .first()
      .waitFor()
    expect(await stateOf(id)).toEqual({ state: ACTS[act].state, version: 3 })
  })

  it.each(NAMES)('an undo makes the card wait again on both screens, and %s after it holds', async (act) => {
    const [id = ''] = await fillQueue(service, [`Hoàn tác rồi ${act}.`])
    await openBoth('pending')
    await press(one.page, id, 'Để xem xét sau')
    await undoOf(one.page, id).click()
    await card(one.page, id).getByRole('button', { name: 'Duyệt đăng', exact: true }).waitFor()
    // The other still shows the first version: it is told, and decides on the card as it is now.
    await ACTS[act].does(two.page, id)
    await card(two.page, id).getByRole('link', { name: 'Đổi quyết định' }).click()
    await ACTS[act].does(two.page, id)
    await card(two.page, id).locator('.result', { hasText: 'ý kiến của' }).waitFor()
    expect(await stateOf(id)).toEqual({ state: ACTS[act].state, version: 4 })
  })

  const ON_PUBLIC = { hide: { state: 'hidden', does: (page: Page, id: string) => press(page, id, 'Tạm ẩn') }, ...ACTS } as const
  const PUBLIC_PAIRS = (['reject', 'spam', 'mask'] as const).flatMap((act) => [['hide', act] as const, [act, 'hide'] as const])

  it.each([['hide', 'hide'] as const, ...PUBLIC_PAIRS])(
    '%s, then %s of what is public: the first stands, the second is told',
    async (first, second) => {
      const [id = ''] = await fillQueue(service, [`Đã đăng rồi: ${first} và ${second}.`])
      await openBoth('pending')
      await press(one.page, id, 'Duyệt đăng')
      await card(one.page, id).locator('.result').waitFor()
      await service.endUndoWindows()
      await openBoth('published')
      await ON_PUBLIC[first].does(one.page, id)
      await card(one.page, id).locator('.result', { hasText: 'ý kiến của' }).waitFor()
      await ON_PUBLIC[second].does(two.page, id)
      await card(two.page, id).locator('.result', { hasText: 'vừa được Cô Một xử lý' }).waitFor()
      expect(await stateOf(id)).toEqual({ state: ON_PUBLIC[first].state, version: 3 })
    },
  )

  it('an undo of hiding holds, and whoever then approves what is hidden no more is told', async () => {
    const [id = ''] = await fillQueue(service, ['Ẩn, hoàn tác và duyệt lại.'])
    await openBoth('pending')
    await press(one.page, id, 'Duyệt đăng')
    await card(one.page, id).locator('.result').waitFor()
    await service.endUndoWindows()
    await openBoth('published')
    await press(one.page, id, 'Tạm ẩn')
    await undoOf(one.page, id).waitFor()
    await two.page.goto(two.page.url().replace(/queue.*/, 'queue?state=hidden&sort=newest'))
    await undoOf(one.page, id).click()
    await card(one.page, id).getByRole('button', { name: 'Tạm ẩn', exact: true }).waitFor()
    await press(two.page, id, 'Duyệt đăng')
    await card(two.page, id).locator('.result', { hasText: 'vừa được Cô Một xử lý' }).waitFor()
    expect(await stateOf(id)).toEqual({ state: 'published', version: 4 })
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
