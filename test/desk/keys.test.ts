// Every pair of the desk's keys in Chromium as Unikey sends it, with the desk's own listener; and the keys a person has chosen.
import { build } from 'esbuild'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fillQueue, openClerk, openUnikey } from '../support/clerk.ts'
import { openBrowser, type Service, startService } from '../support/service.ts'

const KEYS = ['j', 'k', 'x', 'a', 'r', 's', 'h', 'e', 't', 'n', 'z', '/', 'g', '?']

let browser: Browser
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser?.close())

/** The desk's listener on an empty page that writes down what it hears. */
async function openListener() {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { listenToKeys } from './src/dashboard/client/keys.ts'
        window.heard = []; let expects = false
        listenToKeys(({ key }) => { window.heard.push(key); expects = key === 'r' }, () => expects, (letter) => ${JSON.stringify(KEYS)}.includes(letter))`,
      resolveDir: process.cwd(),
      loader: 'ts',
    },
    bundle: true,
    write: false,
    format: 'iife',
  })
  const page = await browser.newPage()
  await page.setContent('<title>Phím</title><p tabindex="-1">x</p>')
  await page.addScriptTag({ content: outputFiles[0]?.text ?? '' })
  const heard = () => page.evaluate(() => (window as unknown as { heard: string[] }).heard)
  return { page, heard }
}

describe('with Telex on', () => {
  it('every pair of keys is heard as it was pressed', async () => {
    const { page, heard } = await openListener()
    const wrong: string[] = []
    for (const first of KEYS)
      for (const second of KEYS) {
        await page.evaluate(() => {
          Object.assign(window, { heard: [] })
          document.dispatchEvent(new PointerEvent('pointerdown'))
        })
        const keyboard = await openUnikey(page, 'telex')
        await keyboard.press(first)
        await keyboard.press(second)
        await page.waitForFunction(() => (window as unknown as { heard: string[] }).heard.length >= 2)
        const got = (await heard()).join(' ')
        if (got !== `${first} ${second}`) wrong.push(`${first} ${second}: ${got}`)
      }
    expect(wrong).toEqual([])
    await page.close()
  })
})

describe('with VNI on', () => {
  it('every digit after the key of reasons is heard, whatever stood before', async () => {
    const { page, heard } = await openListener()
    for (const before of ['a', 'e', 'd'])
      for (const digit of '1234567890') {
        await page.evaluate(() => {
          Object.assign(window, { heard: [] })
          document.dispatchEvent(new PointerEvent('pointerdown'))
        })
        const keyboard = await openUnikey(page, 'vni')
        for (const key of [before, 'r', digit]) await keyboard.press(key)
        await page.waitForFunction(() => (window as unknown as { heard: string[] }).heard.length >= 3)
        expect((await heard()).join('')).toBe(`${before}r${digit}`)
      }
    await page.close()
  })
})

describe('on the desk', () => {
  let service: Service
  beforeAll(async () => {
    service = await startService('http', { YKIEN_UNDO_SECONDS: '600' })
    await fillQueue(service, ['Một.', 'Hai.', 'Ba: gọi 0912 345 678.', 'Bốn.'])
  })
  afterAll(() => service?.close())

  it('keys mean nothing in a field, can be changed and turned off, and a part is hidden by keys alone', async () => {
    const { page, errors, close } = await openClerk(browser, service)
    await page.locator('#q').focus()
    await page.keyboard.type('asxh')
    expect(await page.locator('#q').inputValue()).toBe('asxh')
    expect(await page.locator('.card[data-mood]').count()).toBe(0)

    await page.goto(page.url().replace(/queue.*/, 'preferences'))
    await page.getByLabel('Duyệt đăng', { exact: true }).fill('d')
    await page.getByLabel('Thư rác').fill('d')
    await page.getByRole('button', { name: 'Lưu phím tắt' }).click()
    await page.getByText('Phím này đã dùng cho thao tác khác.').waitFor()
    expect(await page.getByLabel('Duyệt đăng', { exact: true }).inputValue()).toBe('d')
    await page.getByLabel('Thư rác').fill('')
    await page.getByRole('button', { name: 'Lưu phím tắt' }).click()
    await page.getByText('Đã lưu phím tắt.').waitFor()

    await page.goto(page.url().replace(/(?:keys|preferences).*/, 'queue'))
    await page.locator('.card').first().waitFor()
    for (const key of ['j', 'a', 's', 'd']) await page.keyboard.press(key)
    await page.locator('.card[data-mood="done"]', { hasText: 'Một.' }).waitFor()
    expect(await page.locator('.card[data-mood]').count()).toBe(1)
    await page.keyboard.press('z')
    await page.locator('.card[data-mood]').waitFor({ state: 'detached' })

    // From "Một." to "Ba", hide what is proposed and the word before it.
    for (const key of ['j', 'j', 'e']) await page.keyboard.press(key)
    await page.locator('.picker').waitFor()
    for (const key of ['ArrowLeft', ' ', 'Enter']) await page.keyboard.press(key)
    await page.locator('.card[data-mood="done"]', { hasText: 'Ba:' }).waitFor()
    const fact = await service.services.store.db.selectFrom('fact').select('masks').where('masks', 'is not', null).executeTakeFirstOrThrow()
    expect(fact.masks).toBe('[[4,20]]')
    expect(errors).toEqual([])
    await close()
  })

  it('who writes where no field opened decides nothing: neither without the act, nor on the way to another page', async () => {
    await fillQueue(service, ['Năm.', 'Sáu.'])
    // A moderator who may not answer for the agency.
    const { page, errors, close } = await openClerk(browser, service, { role: 'moderator' })
    page.setDefaultTimeout(10_000)
    const undecided = async () => {
      expect(await page.locator('.card[data-mood], .card[aria-busy="true"]').count()).toBe(0)
    }
    await page.locator('.card').first().focus()
    await page.keyboard.type('tsahx')
    await page.getByText('Không dùng được thao tác này với ý kiến này.').waitFor()
    await undecided()
    expect(await page.locator('.choose input:checked').count()).toBe(0)
    const now = await page.evaluate(() => performance.now())
    await page.waitForFunction((then) => performance.now() > then, now + 1_050)
    await page.keyboard.press('x')
    await page.locator('.choose input:checked').first().waitFor()
    expect(await page.locator('.card .fault').count()).toBe(0)
    await page.keyboard.press('x')

    const facts = () => service.services.store.db.selectFrom('fact').select('id').execute()
    const before = await facts()
    await page.evaluate(() => {
      for (const key of 'nsah')
        document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
    })
    await page.locator('#note:focus').waitFor()
    expect(await facts()).toEqual(before)
    expect(errors).toEqual([])
    await close()
  })
})
