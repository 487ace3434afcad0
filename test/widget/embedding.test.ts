// How the section fits into pages: several of it, moved and removed, under strict policies, in any language and look, beside counts.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { setSite } from '../../src/core/sites.ts'
import { strings } from '../../src/i18n/index.ts'
import { answer, publish } from '../support/opinions.ts'
import { openBrowser, type Service, SITE, startService } from '../support/service.ts'

let browser: Browser
let service: Service
let context: BrowserContext
let page: Page

beforeAll(async () => {
  browser = await openBrowser()
  service = await startService('http', { YKIEN_UNDO_SECONDS: '0', YKIEN_LIMITS: 'off' })
  const question = await publish(service, { key: 'mot', body: 'Ý kiến bài một.' })
  await answer(service, question, 'Trả lời bài một.')
  await publish(service, { key: 'mot', body: 'Ý kiến khác.' })
  await publish(service, { key: 'hai', body: 'Ý kiến bài hai.' })
})
afterAll(async () => {
  await browser?.close()
  await service?.close()
})
beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 800, height: 900 } })
  page = await context.newPage()
})
afterEach(() => context.close())

const script = () => `<meta name="viewport" content="width=device-width"><script type="module" src="${service.base}/widget/v1.js"></script>`
const element = (key: string, more = '', inner = '') => `<y-kien site="${SITE}" article="${key}" ${more}>${inner}</y-kien>`

it('two sections stand on one page, each with its article, and one that is moved keeps what is being written', async () => {
  await page.goto(service.addPage(`${script()}<main>${element('mot')}</main><aside>${element('hai')}</aside>`))
  const [first, second] = [page.locator('y-kien').first(), page.locator('y-kien').nth(1)]
  await first.getByText('Ý kiến bài một.').waitFor()
  await second.getByText('Ý kiến bài hai.').waitFor()
  await first.getByLabel('Nội dung ý kiến').fill('Đang viết dở.')
  await first.getByLabel('Nội dung ý kiến').evaluate((it) => {
    ;(it as HTMLTextAreaElement).dataset.same = 'yes'
  })
  await page.evaluate(() => document.querySelector('aside')?.append(document.querySelector('main y-kien') ?? ''))
  const moved = page.locator('aside y-kien').nth(1)
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve)))
  expect(await moved.getByLabel('Nội dung ý kiến').inputValue()).toBe('Đang viết dở.')
  expect(await moved.getByLabel('Nội dung ý kiến').getAttribute('data-same')).toBe('yes')
})

it('a single-page app adds, changes and removes it', async () => {
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  await page.goto(service.addPage(`${script()}<main></main>`))
  await page.evaluate((markup) => {
    document.querySelector('main')?.insertAdjacentHTML('beforeend', markup)
  }, element('mot'))
  await page.getByText('Ý kiến bài một.').waitFor()
  await page.evaluate(() => document.querySelector('y-kien')?.setAttribute('article', 'hai'))
  await page.getByText('Ý kiến bài hai.').waitFor()
  await page.evaluate(() => document.querySelector('y-kien')?.remove())
  expect(await page.getByText('Ý kiến bài hai.').count()).toBe(0)
  expect(errors).toEqual([])
})

it('tells the page when it is ready, what was sent and what failed', async () => {
  await page.addInitScript(() => {
    const seen = window as unknown as { seen: unknown[] }
    seen.seen = []
    for (const name of ['ready', 'submitted', 'error'])
      document.addEventListener(`ykien:${name}`, (event) => seen.seen.push([name, (event as CustomEvent).detail]))
  })
  await page.goto(service.addPage(script() + element('mot')))
  const seen = () => page.evaluate(() => (window as unknown as { seen: [string, Record<string, unknown>][] }).seen)
  await expect.poll(async () => (await seen())[0]).toEqual(['ready', { count: 3 }])
  await page.route('**/comments', (route) => route.abort())
  await page.getByLabel('Nội dung ý kiến').fill('Báo cho trang biết.')
  await page.getByLabel(/Tôi đã đọc/).check()
  await page.getByRole('button', { name: 'Gửi ý kiến', exact: true }).click()
  await expect.poll(async () => (await seen())[1]).toEqual(['error', { operation: 'submit', code: 'offline', status: 0 }])
  await page.unroute('**/comments')
  await page.getByRole('button', { name: 'Gửi ý kiến', exact: true }).click()
  await expect.poll(async () => (await seen())[2]?.[1]).toMatchObject({ state: 'pending', parent_id: null })
})

it('speaks the page’s language or the attribute’s, and any sentence the page gives it', async () => {
  await page.goto(
    service.addPage(`${script()}<div lang="en-GB">${element('mot')}</div>${element('hai', 'data-title="Góp ý của Nhân dân"')}`),
  )
  await page.getByRole('heading', { name: 'Readers’ opinions (3)' }).waitFor()
  await page.getByRole('heading', { name: 'Góp ý của Nhân dân (1)' }).waitFor()
  const english = page.locator('y-kien').first()
  await english.getByLabel('Your opinion').fill('x')
  await english.getByLabel(/I have read/).check()
  await english.getByRole('button', { name: 'Send', exact: true }).click()
  await english.getByText('The text is too short (at least 2 characters).').waitFor()
})

it('speaks no language that the site does not, and says in which it speaks', async () => {
  await setSite(service.services, SITE, { languages: ['vi'] })
  try {
    await page.goto(service.addPage(`${script()}<div lang="en">${element('mot')}</div>`))
    await page.getByRole('heading', { name: 'Ý kiến bạn đọc (3)' }).waitFor()
    expect(await page.locator('y-kien .frame').getAttribute('lang')).toBe('vi')
  } finally {
    await setSite(service.services, SITE, { languages: ['vi', 'en'] })
  }
})

it('says why nothing is taken in the language that it speaks', async () => {
  await setSite(service.services, SITE, { state: 'closed' })
  try {
    await page.goto(service.addPage(`${script()}<div lang="en">${element('mot')}</div>${element('hai')}`))
    const said = (name: string) => page.locator('y-kien', { hasText: name }).locator('.note').first().innerText()
    await page.getByRole('heading', { name: 'Readers’ opinions (3)' }).waitFor()
    await page.getByRole('heading', { name: 'Ý kiến bạn đọc (1)' }).waitFor()
    expect(await said('Readers’ opinions')).toBe(strings('en').settings.siteClosed)
    expect(await said('Ý kiến bạn đọc')).toBe(strings('vi').settings.siteClosed)
  } finally {
    await setSite(service.services, SITE, { state: 'open' })
  }
})

it('lets the page replace the service’s sentences too: types of opinion, reasons, hints', async () => {
  await setSite(service.services, SITE, { ask_kind: 'optional' })
  try {
    const own =
      'data-kind_question="Hỏi phường" data-reason_ads="Rao vặt" data-nudge_no_diacritics="Xin gõ có dấu." data-chars-over="Dư {n}"'
    await page.goto(service.addPage(script() + element('mot', own)))
    await page.getByLabel('Nội dung ý kiến').fill('Cho toi hoi ve viec lam ngo va cong thoat nuoc nhe')
    expect(await page.getByLabel('Loại ý kiến').locator('option').allInnerTexts()).toContain('Hỏi phường')
    await page.getByLabel(/Tôi đã đọc/).check()
    await page.getByRole('button', { name: 'Gửi ý kiến', exact: true }).click()
    await page.getByText('Xin gõ có dấu.').waitFor()
    await page.getByRole('button', { name: 'Báo vi phạm' }).first().click()
    await expect.poll(() => page.getByLabel('Lý do báo vi phạm').locator('option').allInnerTexts()).toContain('Rao vặt')
  } finally {
    await setSite(service.services, SITE, { ask_kind: 'off' })
  }
})

it('loads only when it comes near the screen', async () => {
  const asked: string[] = []
  page.on('request', (request) => request.url().includes('/threads') && asked.push(request.url()))
  await page.goto(service.addPage(`${script()}<div style="height:5000px"></div>${element('mot')}`))
  await page.waitForFunction(() => customElements.get('y-kien'))
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))))
  expect(asked).toEqual([])
  await page.locator('y-kien').scrollIntoViewIfNeeded()
  await page.getByText('Ý kiến bài một.').waitFor()
})

it('shows what the portal put into it until it has something better, and where there is nothing better', async () => {
  await page.route('**/threads?*', (route) => route.abort())
  await page.goto(service.addPage(script() + element('mot', '', '<p>Danh sách do cổng hiển thị.</p>')))
  await page.getByText('Chưa tải được ý kiến.').waitFor()
  expect(await page.getByText('Danh sách do cổng hiển thị.').isVisible()).toBe(true)
  await page.unroute('**/threads?*')
  await page.getByRole('button', { name: 'Thử lại' }).click()
  await page.getByText('Ý kiến bài một.').waitFor()
  expect(await page.getByText('Danh sách do cổng hiển thị.').isVisible()).toBe(false)
})

it.each([
  ['280 px wide', 280, ''],
  ['in a right-hand column', 800, 'style="width:260px;float:right"'],
  ['at twice the size of text', 400, 'style="font-size:200%"'],
])('fits %s without scrolling sideways', async (_name, width, style) => {
  await page.setViewportSize({ width, height: 800 })
  await page.goto(service.addPage(`<body style="margin:0">${script()}<div ${style}>${element('mot')}</div>`))
  await page.getByText('Ý kiến bài một.').waitFor()
  await page.getByLabel('Nội dung ý kiến').fill('Một từrấtdàikhôngcókhoảngtrắng'.repeat(4))
  const outside = await page.locator('y-kien').evaluate((host) => {
    const { left, right } = host.getBoundingClientRect()
    return [...(host.shadowRoot?.querySelectorAll('*') ?? [])].filter((it) => {
      const box = it.getBoundingClientRect()
      return box.width > 0 && (box.left < left - 1 || box.right > right + 1)
    }).length
  })
  expect(outside).toBe(0)
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true)
})

it('takes the page’s font and the theme it is told', async () => {
  await page.goto(service.addPage(`<body style="font-family:Georgia">${script()}${element('mot', 'theme="dark"')}`))
  await page.getByText('Ý kiến bài một.').waitFor()
  const [font, background] = await page.locator('y-kien .frame').evaluate((it) => {
    const style = getComputedStyle(it)
    return [style.fontFamily, style.backgroundColor]
  })
  expect(font).toBe('Georgia')
  expect(background).toBe('rgb(18, 18, 18)')
})

it('prints the opinions without forms and buttons', async () => {
  await page.goto(service.addPage(script() + element('mot')))
  await page.getByText('Ý kiến bài một.').waitFor()
  await page.emulateMedia({ media: 'print' })
  expect(await page.getByLabel('Nội dung ý kiến').isVisible()).toBe(false)
  expect(await page.getByRole('button', { name: 'Trả lời Bạn đọc' }).first().isVisible()).toBe(false)
  expect(await page.getByText('Ý kiến bài một.').isVisible()).toBe(true)
})

it('does its whole work under the strictest policy, without a violation', async () => {
  const trouble: string[] = []
  page.on('pageerror', (error) => trouble.push(error.message))
  await page.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`violation: ${event.violatedDirective} ${event.blockedURI}`),
    ),
  )
  page.on('console', (message) => message.text().startsWith('violation') && trouble.push(message.text()))
  await publish(service, { body: 'Ý kiến trên trang chặt chẽ.' })
  await page.goto(service.strictUrl)
  const root = page.locator('.list > li', { hasText: 'Ý kiến trên trang chặt chẽ.' })
  await root.getByRole('button', { name: /Thích/ }).click()
  await root.getByRole('button', { name: 'Thích 1', exact: true }).waitFor()
  await root.getByRole('button', { name: 'Báo vi phạm' }).click()
  await root.getByLabel('Lý do báo vi phạm').selectOption({ index: 2 })
  await root.locator('form').getByRole('button', { name: 'Báo vi phạm' }).click()
  await root.getByText('Đã ghi nhận báo vi phạm.').waitFor()
  await page.getByLabel('Nội dung ý kiến').first().fill('Gửi từ trang chặt chẽ.')
  await page.getByRole('button', { name: 'Xem trước' }).click()
  await page.getByLabel(/Tôi đã đọc/).check()
  await page.getByRole('button', { name: 'Gửi ý kiến', exact: true }).click()
  const own = page.locator('y-kien .own', { hasText: 'Gửi từ trang chặt chẽ.' })
  await own.getByRole('button', { name: 'Sao chép mã' }).click()
  await own.getByRole('button', { name: 'Sửa' }).click()
  await own.getByLabel('Nội dung ý kiến').fill('Sửa từ trang chặt chẽ.')
  await own.getByRole('button', { name: 'Gửi ý kiến' }).click()
  await page.locator('y-kien .own', { hasText: 'Sửa từ trang chặt chẽ.' }).getByText('Đã tiếp nhận nội dung sửa').waitFor()
  expect(trouble).toEqual([])
})

it('the numbers of a list page come in one request, and later ones with those added later', async () => {
  const asked: string[] = []
  page.on('request', (request) => request.url().includes('/counts?') && asked.push(new URL(request.url()).search))
  const count = (key: string) => `<y-kien-count site="${SITE}" article="${key}">…</y-kien-count>`
  await page.goto(
    service.addPage(
      `<script type="module" src="${service.base}/widget/counts.js"></script>${count('mot')} ${count('hai')} ${count('khong')}`,
    ),
  )
  const numbers = () => page.locator('y-kien-count').allInnerTexts()
  await expect.poll(numbers).toEqual(['3', '1', '0'])
  expect(asked).toEqual(['?key=mot&key=hai&key=khong'])
  await page.evaluate((markup) => document.body.insertAdjacentHTML('beforeend', markup), count('mot'))
  await expect.poll(numbers).toEqual(['3', '1', '0', '3'])
  expect(asked).toHaveLength(2)
})

it('a page that pins the release by its hash gets the same section', async () => {
  const release = (await (await fetch(`http://127.0.0.1:${new URL(service.base).port}/widget/release.json`)).json()) as {
    path: string
    integrity: string
    counts: { path: string; integrity: string }
  }
  await page.goto(
    service.addPage(
      `<script type="module" src="${service.base}${release.path}" integrity="${release.integrity}" crossorigin></script>
      <script type="module" src="${service.base}${release.counts.path}" integrity="${release.counts.integrity}" crossorigin></script>
      ${element('mot')}<y-kien-count site="${SITE}" article="hai"></y-kien-count>`,
    ),
  )
  await page.getByText('Ý kiến bài một.').waitFor()
  await expect.poll(() => page.locator('y-kien-count').innerText()).toBe('1')
})
