// Takes the pictures of docs/screenshots from a fresh demonstration: the article's section and the desk, on a phone and
// on a wide screen. Run by hand with `npm run screenshots` when the looks have changed.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { chromiumPath } from '../test/support/chromium.ts'

/** Another folder may be named on the command line. */
const FOLDER = process.argv[2] ?? 'docs/screenshots'
const PORT = '8797'

const server = spawn('node', ['bin/ykien.js', 'serve'], {
  env: { ...process.env, YKIEN_PORT: PORT, YKIEN_DATABASE: `file:${join(mkdtempSync(join(tmpdir(), 'ykien-shots-')), 'ykien.db')}` },
  stdio: ['ignore', 'pipe', 'inherit'],
})
const link = await new Promise<string>((resolve, reject) => {
  let said = ''
  server.stdout.on('data', (chunk: Buffer) => {
    said += chunk
    const printed = /https?:\S+signin\?link=\S+/.exec(said)?.[0]
    if (printed) resolve(printed)
  })
  server.on('exit', () => reject(new Error(said)))
})
const base = new URL(link).origin

const browser = await chromium.launch({ executablePath: chromiumPath() ?? '', args: ['--no-sandbox'] })
mkdirSync(FOLDER, { recursive: true })
const desk = await browser.newContext({ colorScheme: 'light' })
await signIn(await desk.newPage())
for (const [width, height] of [
  [360, 1400],
  [1280, 1300],
] as const) {
  const reader = await browser.newContext({ viewport: { width, height }, colorScheme: 'light' })
  await shoot(await openSection(reader), `page-${width}`)
  const clerk = await desk.newPage()
  await clerk.setViewportSize({ width, height })
  await clerk.goto(`${base}/desk`)
  await clerk.locator('article').first().waitFor()
  await shoot(clerk, `desk-${width}`)
}
const dark = await browser.newContext({ viewport: { width: 1280, height: 1300 }, colorScheme: 'dark' })
await shoot(await openSection(dark), 'page-1280-dark')
await browser.close()
server.kill('SIGTERM')

async function signIn(page: Page): Promise<void> {
  await page.goto(link)
  await page.locator('main button[type=submit]').click()
  await page.waitForURL(/queue/)
  await page.close()
}

/** The article scrolled to its section, with a text half written. */
async function openSection(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${base}/`)
  await page.locator('y-kien').scrollIntoViewIfNeeded()
  await page.locator('y-kien article').first().waitFor()
  await page.locator('y-kien').evaluate((element) => window.scrollTo(0, element.getBoundingClientRect().top + window.scrollY - 24))
  return page
}

async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(FOLDER, `${name}.png`) })
}
