// Takes contact sheets of the widget's states into docs/screenshots: one for each width, light and dark. Part of `npm run screenshots`.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { chromiumPath } from '../test/support/chromium.ts'
import { newMachine } from '../test/support/server.ts'
import { keepSheet } from '../test/support/sheet.ts'

/** Another folder may be named on the command line. */
const FOLDER = process.argv[2] ?? 'docs/screenshots'
/** By the width of the page: pixels of a column of its sheet, wide enough to read. */
const COLUMNS = { 320: 300, 768: 440, 1280: 560 } as const
const WIDTHS = [320, 768, 1280] as const
const SCHEMES = ['light', 'dark'] as const
const SITE = 'phuong-vi-du'
const STATES_A_ROW = 5
/** What is seen of a state at most, in its column's pixels. */
const TALLEST = 1_100
/** Keeps a sheet under 400 kB. */
const QUALITY = 45

const portal = createServer((request, response) => {
  const [article = '', size = '100'] = (request.url ?? '/').slice(1).split('-')
  response.setHeader('content-type', 'text/html; charset=utf-8')
  response.end(`<!doctype html><html lang="vi"><meta name="viewport" content="width=device-width"><title>Bài viết</title>
    <style>:root{color-scheme:light dark}body{margin:8px;font:16px/1.6 "Noto Sans",Arial,sans-serif;font-size:${size}%}</style>
    <script type="module" src="${machine.base}/widget/v1.js"></script><y-kien site="${article === 'dong' ? 'phuong-dong' : SITE}" article="${article}"></y-kien></html>`)
})
await new Promise<void>((resolve) => portal.listen(0, '127.0.0.1', resolve))
const origin = `http://127.0.0.1:${(portal.address() as AddressInfo).port}`
const machine = await newMachine('phuong-may', { YKIEN_UNDO_SECONDS: '0' })
for (const slug of [SITE, 'phuong-dong']) machine.command('site', 'add', slug, '--name', 'Phường Ví Dụ', '--origin', origin)
machine.command('site', 'set', 'phuong-dong', 'state=closed')
const token = machine.command('token', 'add', '--site', SITE, '--role', 'leader', '--name', 'Máy chụp')
const server = await machine.start()
const question = await publish('Tôi ở cuối ngõ, mỗi lần mưa to là nước lên đến bậc cửa. Bao giờ phường sửa rãnh thoát nước?')
for (const text of ['Tôi cũng muốn biết.', 'Nhà tôi ở đầu ngõ cũng vậy.', 'Cảm ơn phường đã trả lời.']) await publish(text, question)
await post(`admin/sites/${SITE}/comments/${question}/replies`, {
  body: 'Phường đã bố trí kinh phí, khởi công trong tháng này và báo trước từng hộ.',
  signer_title: 'Phó Chủ tịch',
})
const answered = await publish('Biển tên ngõ bị mờ, người giao hàng hay đi lạc.')
await publish('Ngõ nhà tôi cũng thế.', answered)
await moderate(answered, 'hide')
await publish('Nhất trí với phương án, đề nghị công khai kinh phí từng đợt ở bảng tin tổ dân phố. '.repeat(14))

type State = readonly [name: string, path: string, act: (page: Page) => Promise<unknown>]
const body = (page: Page) => page.getByLabel('Nội dung ý kiến').first()
const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true }).first().click()
const send = (page: Page) => press(page, 'Gửi ý kiến')
const write = async (page: Page, text: string) => {
  await body(page).fill(text)
  await page
    .getByLabel(/Tôi đã đọc/)
    .first()
    .check()
  await send(page)
}
let lane = 0
/** Sends an opinion; the same text twice would be noticed. */
const sendOne = async (page: Page) => {
  lane += 1
  await write(page, `Đề nghị lắp thêm đèn chiếu sáng ở ngõ số ${lane}.`)
  await page.locator('y-kien .own').first().waitFor()
}
const STATES: readonly State[] = [
  ['list', 'bai', () => Promise.resolve()],
  ['empty', 'trong', () => Promise.resolve()],
  ['form', 'trong', (page) => body(page).fill('Đề nghị phường trồng thêm cây ở sân nhà văn hóa.')],
  ['errors', 'trong', (page) => send(page)],
  ['hint', 'trong', (page) => write(page, 'Lien he so 0912 345 678 de duoc giai thich').then(() => page.locator('y-kien .note').waitFor())],
  [
    'preview',
    'trong',
    (page) =>
      body(page)
        .fill('Đề nghị trồng thêm cây.')
        .then(() => press(page, 'Xem trước')),
  ],
  ['sent', 'trong', sendOne],
  ['edit', 'trong', (page) => sendOne(page).then(() => press(page, 'Sửa'))],
  ['withdraw', 'trong', (page) => sendOne(page).then(() => press(page, 'Rút lại'))],
  [
    'offline',
    'trong',
    async (page) => {
      await page.context().setOffline(true)
      await write(page, 'Viết khi mất mạng.')
      await page.getByText('Mất kết nối.').waitFor()
    },
  ],
  ['closed', 'dong', () => Promise.resolve()],
  ['report', 'bai', (page) => press(page, 'Báo vi phạm').then(() => page.getByLabel('Lý do báo vi phạm').waitFor())],
  ['reply', 'bai', (page) => press(page, 'Trả lời Trần Thị Ví Dụ')],
  ['one opinion', `bai#y-kien-${question}`, (page) => page.locator('y-kien .marked').waitFor()],
  ['text at 200 %', 'bai-200', () => Promise.resolve()],
]

const browser = await chromium.launch({ executablePath: chromiumPath() ?? '', args: ['--no-sandbox'] })
for (const width of WIDTHS) for (const scheme of SCHEMES) await takeSheet(browser, width, scheme)
await browser.close()
server.process.kill('SIGTERM')
await server.ended
portal.close()
machine.remove()

async function takeSheet(from: Browser, width: (typeof WIDTHS)[number], colorScheme: (typeof SCHEMES)[number]): Promise<void> {
  const pictures: [string, Buffer][] = []
  for (const [name, path, act] of STATES) {
    const context = await from.newContext({ viewport: { width, height: 900 }, colorScheme })
    const page = await context.newPage()
    await page.goto(`${origin}/${path}`)
    await page.locator('y-kien h2').waitFor()
    await page.locator('y-kien .list').waitFor({ state: 'attached' })
    await act(page)
    pictures.push([name, await page.locator('y-kien').screenshot({ type: 'jpeg', quality: 80 })])
    await context.close()
  }
  const form = { column: COLUMNS[width], columns: STATES_A_ROW, tallest: TALLEST, quality: QUALITY }
  await keepSheet(from, join(FOLDER, `widget-${width}-${colorScheme}.webp`), form, pictures)
}

async function publish(text: string, parent?: string): Promise<string> {
  const sent = (await post(`sites/${SITE}/comments`, {
    article: { key: 'bai', url: `${origin}/bai` },
    body: text,
    author: { name: 'Trần Thị Ví Dụ' },
    consents: ['terms', ...(parent ? [] : ['name'])],
    ...(parent && { parent_id: parent }),
  })) as { comment: { id: string } }
  await moderate(sent.comment.id, 'approve')
  return sent.comment.id
}

async function moderate(comment: string, verdict: 'approve' | 'hide'): Promise<void> {
  const version = verdict === 'approve' ? 1 : 2
  await post(`admin/sites/${SITE}/decisions`, { items: [{ comment, version, verdict }] })
}

async function post(path: string, content: unknown): Promise<unknown> {
  const response = await fetch(`${machine.base}/api/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(path.startsWith('admin') && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(content),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response.json()
}
