// Accounts in a real browser: an invitation, a passkey with Chromium's virtual authenticator, and every page of accounts, people and tokens
// without a finding of axe, light and dark.
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { invite } from '../../src/core/people/team.ts'
import { codeOf, PASSWORD, setUp } from '../support/person.ts'
import { openBrowser, type Service, SITE, startService } from '../support/service.ts'

/** Axe looks at twenty pages, in two colour schemes, on whatever machine. */
const SLOW_MS = 300_000
const EMAIL = 'co.tham@phuongthu.example'

let service: Service
let browser: Browser
/** `localhost`, since browsers know passkeys on https and on this machine only. */
beforeAll(async () => {
  service = await startService('http', {}, 'localhost')
  browser = await openBrowser()
})
afterAll(async () => {
  await browser.close()
  await service.close()
})

async function invited(email: string): Promise<string> {
  const { link, statements } = invite(service.services, { email, site: SITE, role: 'admin' })
  await service.services.store.batch(statements)
  return link.url
}

/** A browser with a device in it that asks for a finger and always gets one. */
async function withDevice(): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext()
  const page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  })
  return { context, page }
}

async function violations(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const { violations: each } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']).analyze()
    found.push(...each.map(({ id, nodes }) => `${colorScheme} ${page.url()} ${id}: ${nodes.map(({ html }) => html).join(' ')}`))
  }
  return found
}

describe('a passkey', () => {
  it(
    'sets up an account, signs in alone and after a password, confirms, and answers once',
    async () => {
      const { context, page } = await withDevice()
      await page.goto(await invited(EMAIL))
      expect(await violations(page)).toEqual([])
      await page.getByLabel('Họ và tên').fill('Cô Thắm')
      await page.getByLabel('Mật khẩu mới').fill(PASSWORD)
      await page.getByRole('button', { name: 'Tiếp tục' }).click()
      await page.getByLabel('Tên khóa').waitFor()
      expect(await violations(page)).toEqual([])
      await page.getByLabel('Tên khóa').fill('Máy ở cơ quan')
      await page.getByRole('button', { name: 'Thêm khóa truy cập' }).click()
      await page.getByRole('heading', { name: 'Mã khôi phục' }).waitFor()
      expect(await violations(page)).toEqual([])
      await page.getByRole('link', { name: 'Đã cất mã, vào bàn duyệt' }).click()
      await page.waitForURL(/\/queue/)

      await context.clearCookies()
      await page.goto(`${service.base}/desk/signin`)
      expect(await violations(page)).toEqual([])
      const sent = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/desk/signin/passkey'))
      await page.getByRole('button', { name: 'Đăng nhập bằng khóa truy cập' }).click()
      await page.waitForURL(/\/queue/)
      const again = await context.request.post(`${service.base}/desk/signin/passkey`, {
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin: service.base },
        data: (await sent).postData() ?? '',
        maxRedirects: 0,
      })
      expect(again.status()).toBe(422)

      await context.clearCookies()
      await page.goto(`${service.base}/desk/signin`)
      await page.getByLabel('Thư điện tử công vụ').fill(EMAIL)
      await page.getByLabel('Mật khẩu', { exact: true }).fill(PASSWORD)
      await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click()
      await page.getByRole('button', { name: 'Dùng khóa truy cập' }).waitFor()
      expect(await violations(page)).toEqual([])
      await page.getByRole('button', { name: 'Dùng khóa truy cập' }).click()
      await page.waitForURL(/\/queue/)

      await page.goto(`${service.base}/desk/${SITE}/account`)
      await page.getByText('Máy ở cơ quan, thêm ngày').waitFor()
      expect(await violations(page)).toEqual([])
      // The only factor left stays.
      await page.getByRole('button', { name: /^Gỡ ?: Máy ở cơ quan$/ }).click()
      await page.getByText('cách xác thực hai lớp duy nhất').waitFor()
      // Half an hour idle would end the session; ten minutes only ask for a proof.
      const { db, batch } = service.services.store
      await batch([db.updateTable('session').set({ confirmed_at: '2026-01-01T00:00:00.000Z' })])
      for (const room of ['people', 'tokens', 'account']) {
        await page.goto(`${service.base}/desk/${SITE}/${room}`)
        await page.getByRole('heading', { name: 'Xác nhận danh tính' }).waitFor()
        expect(await violations(page)).toEqual([])
      }
      await page.getByRole('button', { name: 'Dùng khóa truy cập' }).click()
      await page.getByText('Đã xác nhận.').waitFor()
      await context.close()
    },
    SLOW_MS,
  )

  it('of another device, or of nobody, signs nobody in', async () => {
    const { context, page } = await withDevice()
    await page.goto(`${service.base}/desk/signin`)
    await page.getByRole('button', { name: 'Đăng nhập bằng khóa truy cập' }).click()
    await page.getByText('Trình duyệt không hoàn tất được.').waitFor()
    for (const answer of ['', '{}', '{"id":"x","rawId":"x","type":"public-key","response":{}}']) {
      const challenge = await page.locator('input[name=challenge]').inputValue()
      const refused = await context.request.post(`${service.base}/desk/signin/passkey`, {
        headers: { origin: service.base },
        form: { challenge, answer },
        maxRedirects: 0,
      })
      expect(refused.status()).toBe(422)
    }
    await context.close()
  })
})

describe('the pages', () => {
  it(
    'of accounts, people and tokens pass axe, light and dark, with everything open',
    async () => {
      const { secret } = await setUp(service.services, await invited('chu.muoi@phuongthu.example'), 'Chú Mười')
      const context = await browser.newContext()
      const page = await context.newPage()
      await page.goto(`${service.base}/desk/signin`)
      await page.getByLabel('Thư điện tử công vụ').fill('chu.muoi@phuongthu.example')
      await page.getByLabel('Mật khẩu', { exact: true }).fill('không phải mật khẩu')
      await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click()
      await page.getByRole('alert').first().waitFor()
      expect(await violations(page)).toEqual([])
      await page.getByLabel('Mật khẩu', { exact: true }).fill(PASSWORD)
      await page.getByRole('button', { name: 'Đăng nhập', exact: true }).click()
      await page.getByText('Mất điện thoại?').click()
      expect(await violations(page)).toEqual([])
      await page.getByLabel('Mã xác thực').fill(codeOf(secret, service.services.now(), 1))
      await page.getByRole('button', { name: 'Đăng nhập' }).first().click()
      await page.waitForURL(/\/queue/)
      for (const room of ['account', 'account/app', 'people', 'tokens']) {
        await page.goto(`${service.base}/desk/${SITE}/${room}`)
        await page.locator('details.more').evaluateAll((all) => {
          for (const each of all) (each as HTMLDetailsElement).open = true
        })
        expect(await violations(page)).toEqual([])
      }
      await page.getByLabel('Tên chương trình').fill('Máy quét')
      await page.getByRole('button', { name: 'Tạo mã' }).click()
      await page.getByLabel('Mã truy cập của Máy quét').waitFor()
      expect(await violations(page)).toEqual([])
      await context.close()
    },
    SLOW_MS,
  )
})
