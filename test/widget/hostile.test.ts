// Hostile text shown in a page under the strictest policy runs nothing, adds no element, and breaks no rule of the policy.
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { ZodError } from 'zod'
import { submit } from '../../src/core/comments/submit.ts'
import { AppError } from '../../src/core/context.ts'
import { decide } from '../../src/core/moderation/decide.ts'
import { findSite } from '../../src/core/sites.ts'
import { readCorpora } from '../support/corpora.ts'
import { openBrowser, type Service, SITE, startService } from '../support/service.ts'

const HOSTILE = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '"><svg onload=alert(1)>',
  'javascript:alert(1)',
  '<iframe srcdoc="<script>parent.alert(1)</script>"></iframe>',
  '</p></article><style>*{display:none}</style>',
  '<a href="javascript:alert(1)">xem</a> {{constructor.constructor("alert(1)")()}}',
]

let browser: Browser
let service: Service
beforeAll(async () => {
  browser = await openBrowser()
  service = await startService('http', { YKIEN_UNDO_SECONDS: '0' })
})
afterAll(async () => {
  await browser?.close()
  await service?.close()
})

async function publish(key: string, text: string): Promise<void> {
  const site = await findSite(service.services, SITE)
  const sent = await submit(
    { services: service.services, actor: { kind: 'reader' }, site },
    { article: { key, title: text }, body: text, author: { name: text.slice(0, 70) }, consents: ['name'] },
    null,
  )
  const moderator = { kind: 'token', id: 'máy', name: 'Máy thử', role: 'moderator' } as const
  await decide(
    { services: service.services, actor: moderator, site },
    { items: [{ comment: sent.comment.id, version: 1, verdict: 'approve' }] },
    null,
  )
}

it('the widget shows attack strings as the characters they are', async () => {
  for (const text of HOSTILE) await publish('bai-thu', text)
  const page = await (await browser.newContext()).newPage()
  const trouble: string[] = []
  page.on('dialog', (dialog) => {
    trouble.push(dialog.message())
    void dialog.dismiss()
  })
  page.on('pageerror', (error) => trouble.push(error.message))
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`violation: ${event.violatedDirective} ${event.blockedURI}`),
    )
  })
  page.on('console', (message) => message.text().startsWith('violation') && trouble.push(message.text()))
  await page.goto(service.strictUrl)
  const bodies = page.locator('y-kien .list article .text')
  await expect.poll(() => bodies.count()).toBe(HOSTILE.length)
  expect((await bodies.allTextContents()).sort()).toEqual([...HOSTILE].sort())
  const elements = await page
    .locator('y-kien article')
    .evaluateAll((articles) =>
      [...new Set(articles.flatMap((article) => [...article.querySelectorAll('*')].map((element) => element.tagName)))].sort(),
    )
  expect(elements).toEqual(['A', 'BDI', 'BUTTON', 'DIV', 'FOOTER', 'HEADER', 'SPAN', 'TIME'])
  expect(trouble).toEqual([])
  // The control: the same page without the policy does run such a string when it is parsed as HTML.
  await page.goto(service.articleUrl)
  await page.evaluate(() => document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=alert(1)>'))
  await expect.poll(() => trouble).toEqual(['1'])
})

it('so are the corpora of attacks', async () => {
  const taken: string[] = []
  for (const text of readCorpora().attacks) {
    try {
      await publish('bai-thu', text)
      taken.push(text)
    } catch (error) {
      // What the service refuses never gets here.
      if (!(error instanceof AppError || error instanceof ZodError)) throw error
    }
  }
  const page = await (await browser.newContext()).newPage()
  const trouble: string[] = []
  page.on('dialog', (dialog) => {
    trouble.push(dialog.message())
    void dialog.dismiss()
  })
  page.on('pageerror', (error) => trouble.push(error.message))
  await page.goto(service.strictUrl)
  const shown = page.locator('y-kien .list article')
  const more = page.getByRole('button', { name: 'Xem thêm ý kiến' })
  const whole = HOSTILE.length + taken.length
  for (let length = 20; length < whole; length += 20) {
    await shown.nth(length - 1).waitFor()
    await more.click()
  }
  await shown.nth(whole - 1).waitFor()
  const elements = await shown.evaluateAll((articles) =>
    [...new Set(articles.flatMap((article) => [...article.querySelectorAll('*')].map((element) => element.tagName)))].sort(),
  )
  expect(elements).toEqual(['A', 'BDI', 'BUTTON', 'DIV', 'FOOTER', 'HEADER', 'SPAN', 'TIME'])
  expect(taken.length).toBeGreaterThan(20)
  expect(trouble).toEqual([])
})
