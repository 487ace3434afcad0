// The main job inside workerd with D1, as `npm run dev:worker` starts it, in a real browser.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openBrowser } from '../support/service.ts'

let worker: ChildProcess
let browser: Browser
let base: string
let link: string

beforeAll(async () => {
  const port = await freePort()
  base = `http://127.0.0.1:${port}`
  worker = spawn(
    'node_modules/.bin/node',
    ['scripts/dev-worker.ts', '--port', String(port), '--state', mkdtempSync(join(tmpdir(), 'ykien-worker-'))],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, PATH: `${join(process.cwd(), 'node_modules/.bin')}:${process.env.PATH}` },
    },
  )
  link = await new Promise<string>((resolve, reject) => {
    let said = ''
    worker.stdout?.on('data', (chunk: Buffer) => {
      said += chunk
      const printed = /Sign in to the desk \(once\): (\S+)/.exec(said)?.[1]
      if (printed && said.includes('Ready on')) resolve(printed)
    })
    worker.on('exit', (code) => reject(new Error(`dev:worker ended with ${code}:\n${said}`)))
  })
  browser = await openBrowser()
}, 90_000)

afterAll(async () => {
  await browser?.close()
  const gone = new Promise((resolve) => worker.once('exit', resolve))
  worker.kill('SIGTERM')
  await gone
})

it('a comment goes from the demo article through the desk to the page', async () => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  const page = await context.newPage()
  // The section stands far below the fold and loads when it comes near.
  const near = () => page.locator('y-kien').scrollIntoViewIfNeeded()
  await page.goto(`${base}/`)
  await near()
  const text = 'Gửi từ workerd: nếu a<b thì sao? 🌺'
  await page.getByLabel('Nội dung ý kiến').fill(text)
  await page.getByLabel(/Tôi đã đọc và đồng ý/).check()
  await page.getByRole('button', { name: 'Gửi ý kiến', exact: true }).click()
  await page.getByText(/^[0-9A-Z]{8}-[0-9A-Z]{26}$/).waitFor()

  const desk = await context.newPage()
  await desk.goto(link)
  await desk.getByRole('button', { name: 'Đăng nhập' }).click()
  const card = desk.locator('article', { hasText: 'Gửi từ workerd' })
  await card.getByRole('button', { name: 'Duyệt đăng' }).click()
  await card.getByRole('button', { name: 'Hoàn tác' }).waitFor()
  const shown = page.locator('y-kien article', { hasText: text })
  const reload = async () => {
    await page.reload()
    await near()
    await page.locator('y-kien article').first().waitFor()
    return shown.count()
  }
  await expect.poll(reload, { timeout: 30_000, interval: 1_000 }).toBe(1)
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
