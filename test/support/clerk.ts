// A clerk at the desk in a browser: a queue filled with comments, signing in, pressing keys, also with Unikey between keyboard and page.
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core'
import { submit } from '../../src/core/comments/submit.ts'
import type { Ctx, Role } from '../../src/core/context.ts'
import { findSite } from '../../src/core/sites.ts'
import { type Service, SITE } from './service.ts'
import { type Method, openKeyboard } from './unikey.ts'

export type Clerk = {
  context: BrowserContext
  page: Page
  /** Whatever went wrong on the page: uncaught errors, dialogs, what its policy refused. */
  errors: string[]
  close(): Promise<void>
}

/** Sends comments to the service's site and gives their ids in that order. */
export async function fillQueue(service: Service, texts: readonly string[]): Promise<string[]> {
  const ctx: Ctx = { services: service.services, actor: { kind: 'reader' }, site: await findSite(service.services, SITE) }
  const ids: string[] = []
  for (const body of texts) {
    const article = { key: 'bai-thu', url: service.articleUrl, title: 'Bài viết thử' }
    ids.push((await submit(ctx, { article, body }, null)).comment.id)
  }
  return ids
}

/** A browser of its own for a clerk, signed in and at the queue. */
export async function openClerk(
  browser: Browser,
  service: Service,
  more: { name?: string; role?: Role; hasScript?: boolean } = {},
): Promise<Clerk> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, javaScriptEnabled: more.hasScript ?? true })
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted/i.test(message.text())) errors.push(message.text())
  })
  page.on('dialog', (dialog) => {
    errors.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  await page.goto(await service.signinLink(more.name, more.role))
  await page.getByRole('button').first().click()
  await page.waitForURL(/\/queue/)
  return { context, page, errors, close: () => context.close() }
}

/** Presses keys as Chromium gets them from Unikey: Backspaces and signs that belong to no key (VK_PACKET). */
export async function openUnikey(page: Page, method: Method): Promise<{ press(key: string): Promise<void> }> {
  const session: CDPSession = await page.context().newCDPSession(page)
  const keyboard = openKeyboard(method)
  const stroke = async (key: string, code: string, keyCode: number, text?: string) => {
    const event = { key, code, windowsVirtualKeyCode: keyCode, ...(text === undefined ? {} : { text }) }
    await session.send('Input.dispatchKeyEvent', { type: text === undefined ? 'rawKeyDown' : 'keyDown', ...event })
    await session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event })
  }
  return {
    async press(key) {
      const { backspaces, signs, isPhysical } = keyboard.press(key)
      if (isPhysical) return page.keyboard.press(key)
      // All at once, as they come from Unikey, not one after the other has been answered.
      await Promise.all([
        ...Array.from({ length: backspaces }, () => stroke('Backspace', 'Backspace', 8)),
        ...Array.from(signs, (sign) => stroke(sign, '', 231, sign)),
      ])
    },
  }
}
