// What the widget takes of a slow phone's main thread until 20 comments are seen: Chromium at a quarter of this machine's speed, the page
// of an article with the section against the same page without it. All that the thread did is counted (TaskDuration: messages between
// processes, parsing and painting in software included); Chromium's ScriptDuration leaves out what runs after an awaited answer, and so most
// of the section's own script. Run with `npm run bench:widget`.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Browser, chromium } from 'playwright-core'
import { chromiumPath } from '../test/support/chromium.ts'
import { newMachine } from '../test/support/server.ts'

const SLOWDOWN = 4
const ROUNDS = 9
const COMMENTS = 20
/** What we aim at: less than anybody notices. */
const AIM_MS = 50
const SITE = 'phuong-do'
/** Every portal's page has text besides the section, so that its fonts are there already; here below it, so that the section is in view at once. */
const ARTICLE = Array.from(
  { length: 12 },
  (_, n) =>
    `<p>Đoạn ${n + 1}. ${'Ủy ban nhân dân phường thông báo lịch tiếp công dân, địa điểm và cách gửi phản ánh, kiến nghị. '.repeat(4)}</p>`,
).join('')

const portal = createServer((request, response) => {
  response.setHeader('content-type', 'text/html; charset=utf-8')
  const section = `<script type="module" src="${machine.base}/widget/v1.js"></script><y-kien site="${SITE}" article="bai"></y-kien>`
  response.end(
    `<!doctype html><html lang="vi"><meta name="viewport" content="width=device-width"><h1>Bài viết</h1>${request.url === '/' ? section : ''}${ARTICLE}</html>`,
  )
})
await new Promise<void>((resolve) => portal.listen(0, '127.0.0.1', resolve))
const origin = `http://127.0.0.1:${(portal.address() as AddressInfo).port}`
const machine = await newMachine('phuong-may', { YKIEN_UNDO_SECONDS: '0' })
machine.command('site', 'add', SITE, '--name', 'Phường Đo', '--origin', origin)
const token = machine.command('token', 'add', '--site', SITE, '--role', 'moderator', '--name', 'Máy đo')
const server = await machine.start()
for (let n = 1; n <= COMMENTS; n++) {
  const sent = (await post(`sites/${SITE}/comments`, {
    article: { key: 'bai', url: `${origin}/` },
    body: `Ý kiến thứ ${n}. ${'Đề nghị phường xem xét, trả lời sớm cho bà con. '.repeat(5)}`,
    author: { name: 'Trần Thị Mẫu' },
    consents: ['terms', 'name'],
  })) as { comment: { id: string } }
  await post(`admin/sites/${SITE}/decisions`, { items: [{ comment: sent.comment.id, version: 1, verdict: 'approve' }] })
}

const browser = await chromium.launch({ executablePath: chromiumPath() ?? '', args: ['--no-sandbox'] })
const rounds: Record<string, number>[] = []
const bareRounds: Record<string, number>[] = []
for (let round = 0; round < ROUNDS; round++) {
  const bare = await measure(browser, `${origin}/bare`, 0)
  const whole = await measure(browser, `${origin}/`, COMMENTS)
  bareRounds.push(bare)
  rounds.push(Object.fromEntries(Object.entries(whole).map(([name, ms]) => [name, ms - (bare[name] ?? 0)])))
}
console.log(`main thread for ${COMMENTS} comments at ${SLOWDOWN}x slowdown, median of ${ROUNDS}:`)
for (const name of ['TaskDuration', 'ScriptDuration', 'LayoutDuration', 'RecalcStyleDuration']) {
  const aim = name === 'TaskDuration' ? `aim: under ${AIM_MS}; ` : ''
  console.log(`  ${name.padEnd(20)} ${median(rounds, name)} ms (${aim}the page without the section: ${median(bareRounds, name)})`)
}
await browser.close()
server.process.kill('SIGTERM')
await server.ended
portal.close()
machine.remove()

function median(of: readonly Record<string, number>[], name: string): string {
  const sorted = of.map((round) => round[name] ?? 0).sort((a, b) => a - b)
  return (sorted[Math.floor(ROUNDS / 2)] ?? 0).toFixed(1)
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

/** Milliseconds of the processor that the main thread spent on a page until so many comments were seen and painted. */
async function measure(from: Browser, url: string, comments: number): Promise<Record<string, number>> {
  const context = await from.newContext({ viewport: { width: 360, height: 740 } })
  const tab = await context.newPage()
  await tab.addInitScript(() => {
    const page = window as unknown as { shown: Promise<void> }
    page.shown = new Promise((resolve) => document.addEventListener('ykien:ready', () => resolve()))
  })
  const devtools = await context.newCDPSession(tab)
  // Of the processor, not of the clock: what other processes do meanwhile is not the page's work.
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN })
  await tab.goto(url)
  // Waited for without asking again and again, which would be measured too.
  if (comments > 0) await tab.evaluate(() => (window as unknown as { shown: Promise<void> }).shown)
  await tab.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))))
  const { metrics } = await devtools.send('Performance.getMetrics')
  await context.close()
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value * 1_000]))
}
