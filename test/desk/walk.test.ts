// One clerk, forty comments before lunch: by keys alone, to the last card, without a page being loaded; the same with Telex on.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fillQueue, openClerk, openUnikey } from '../support/clerk.ts'
import { openBrowser, type Service, startService } from '../support/service.ts'

const COMMENTS = 40

let browser: Browser
let service: Service
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

/** What is done with the n-th comment, as keys. */
const keysFor = (n: number): string[] => (n % 5 === 1 ? ['r', String(1 + (n % 9))] : n % 5 === 3 ? ['s'] : n % 7 === 6 ? ['h'] : ['a'])

describe.each(['no', 'telex', 'vni'] as const)('with %s Vietnamese keyboard', (method) => {
  beforeAll(async () => {
    service = await startService('http', { YKIEN_UNDO_SECONDS: '600' })
    await fillQueue(
      service,
      Array.from({ length: COMMENTS }, (_, n) => `Ý kiến thứ ${n + 1} của buổi sáng, về đèn đường và cống.`),
    )
  })
  afterAll(() => service?.close())

  it('forty cards are decided by keys alone, each with one press or two, and the next card is there at once', async () => {
    const clerk = await openClerk(browser, service)
    const { page } = clerk
    const keyboard = method === 'no' ? { press: (key: string) => page.keyboard.press(key) } : await openUnikey(page, method)
    let loads = 0
    page.on('framenavigated', () => loads++)
    await page.locator('.card').first().waitFor()
    // The clock stands in the page: from the key that decides to the frame that shows the next card as the one keys act on.
    await page.evaluate(() => {
      const times: number[] = []
      Object.assign(window, { times })
      let pressedAt = 0
      document.addEventListener('keydown', () => (pressedAt = performance.now()), true)
      document.addEventListener('focusin', ({ target }) => {
        if (target instanceof HTMLElement && target.matches('.card') && pressedAt > 0)
          requestAnimationFrame(() => setTimeout(() => times.push(performance.now() - pressedAt)))
      })
    })
    await keyboard.press('j')
    const presses = { approval: 0, rejection: 0 }
    for (let n = 0; n < COMMENTS; n++) {
      const keys = keysFor(n)
      const card = page.locator('.card[data-current]')
      const id = await card.getAttribute('data-id')
      for (const key of keys) await keyboard.press(key)
      if (keys[0] === 'a') presses.approval = Math.max(presses.approval, keys.length)
      if (keys[0] === 'r') presses.rejection = Math.max(presses.rejection, keys.length)
      if (n < COMMENTS - 1) await page.locator(`.card[data-current]:not([data-id="${id}"])`).waitFor()
    }
    await page.locator('.all-done').waitFor()
    await page.waitForFunction(() => document.querySelector('[aria-busy="true"]') === null)
    const times = (await page.evaluate(() => (window as unknown as { times: number[] }).times)).sort((one, other) => one - other)
    const median = times[Math.floor(times.length / 2)] ?? Number.NaN
    console.log(`key to next card (${method}): median ${median.toFixed(1)} ms, slowest ${times.at(-1)?.toFixed(1)} ms of ${times.length}`)

    const rows = await service.services.store.db.selectFrom('comment').select(['state']).orderBy('received_at').orderBy('id').execute()
    const expected = { a: 'published', r: 'rejected', s: 'spam', h: 'held' } as Record<string, string>
    expect(rows.map(({ state }) => state)).toEqual(Array.from({ length: COMMENTS }, (_, n) => expected[keysFor(n)[0] ?? '']))
    expect(presses.approval).toBeLessThanOrEqual(2)
    expect(presses.rejection).toBeLessThanOrEqual(3)
    expect(median).toBeLessThan(100)
    expect(loads).toBe(0)
    expect(clerk.errors).toEqual([])
    await clerk.close()
  })
})
