// What a reader meets who writes: the site's fields, hints, drafts, errors, the keyboard, the receipt, editing and withdrawing.
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findSite, setSite } from '../../src/core/sites.ts'
import { publish } from '../support/opinions.ts'
import { openBrowser, type Service, SITE, startService } from '../support/service.ts'

const DEFAULTS = { ask_name: 'optional', ask_email: 'optional', ask_phone: 'optional', ask_address: 'off', ask_kind: 'off' } as const

let browser: Browser
let service: Service
let context: BrowserContext
let page: Page
let body: Locator
let send: Locator

beforeAll(async () => {
  browser = await openBrowser()
  service = await startService('http', { YKIEN_UNDO_SECONDS: '0', YKIEN_LIMITS: 'off' })
})
afterAll(async () => {
  await browser?.close()
  await service?.close()
})
beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 360, height: 740 } })
  page = await context.newPage()
  body = page.getByLabel('Nội dung ý kiến').first()
  send = page.getByRole('button', { name: 'Gửi ý kiến', exact: true }).first()
  await page.goto(service.articleUrl)
  await body.waitFor()
})
afterEach(() => context.close())

const agree = () =>
  page
    .getByLabel(/Tôi đã đọc và đồng ý/)
    .first()
    .check()
const stored = () => page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes(':draft:')))
const sentTexts = async () => (await service.services.store.db.selectFrom('revision').select('body').execute()).map((row) => row.body)
const focused = () =>
  page.evaluate(() => {
    const element = document.querySelector('y-kien')?.shadowRoot?.activeElement
    return element?.getAttribute('name') ?? element?.getAttribute('role') ?? element?.textContent
  })

describe('the form', () => {
  it('says before one types that opinions are reviewed, and asks with one unticked box for each purpose', async () => {
    await page.getByText('Ý kiến được xem xét trước khi đăng.').waitFor()
    await body.focus()
    const boxes = page.getByRole('checkbox')
    await expect.poll(() => boxes.count()).toBe(3)
    expect(await boxes.evaluateAll((all) => all.map((box) => (box as HTMLInputElement).checked))).toEqual([false, false, false])
  })

  it('asks for what the site requires, each field explained, and sends it', async () => {
    await setSite(service.services, SITE, {
      ask_name: 'required',
      ask_email: 'off',
      ask_phone: 'required',
      ask_address: 'optional',
      ask_kind: 'required',
    })
    try {
      await page.reload()
      await body.fill('Ngõ 5 thiếu đèn.')
      await agree()
      await send.click()
      await expect.poll(() => page.getByText('Xin nhập mục bắt buộc này.').count()).toBe(3)
      expect(await page.getByLabel('Thư điện tử').count()).toBe(0)
      await page.getByLabel('Loại ý kiến').selectOption({ label: 'Phản ánh' })
      await page.getByLabel('Họ và tên', { exact: false }).first().fill('Lê Văn Mẫu')
      await page.getByLabel('Số điện thoại').fill('12')
      await send.click()
      await page.getByText('Số điện thoại không hợp lệ.').waitFor()
      expect(await focused()).toBe('phone')
      await page.getByLabel('Số điện thoại').fill('0912 345 678')
      await send.click()
      await page.locator('y-kien .own', { hasText: 'Ngõ 5 thiếu đèn.' }).waitFor()
      const row = await service.services.store.db.selectFrom('comment').selectAll().orderBy('id', 'desc').executeTakeFirstOrThrow()
      expect([row.author_name, row.author_name_given, row.kind]).toEqual([null, 'Lê Văn Mẫu', 'reflection'])
    } finally {
      await setSite(service.services, SITE, DEFAULTS)
    }
  })

  it('shows the site’s own texts to agree to, and sends which version of them was shown', async () => {
    const own = { consent_terms: 'Tôi đồng ý với quy định của phường.', privacy_text: 'Phường giữ thông tin một năm.' }
    await setSite(service.services, SITE, own)
    try {
      await page.reload()
      await body.fill('Đồng ý với lời của phường.')
      await page.getByText(own.privacy_text).waitFor()
      await page.getByLabel(own.consent_terms).check()
      const [request] = await Promise.all([page.waitForRequest('**/comments'), send.click()])
      const { settings } = await findSite(service.services, SITE)
      expect(settings.consent_version).toBeGreaterThan(0)
      expect(request.postDataJSON()).toMatchObject({ consents: ['terms'], consents_version: settings.consent_version })
      await page.locator('y-kien .own', { hasText: 'Đồng ý với lời của phường.' }).waitFor()
    } finally {
      await setSite(service.services, SITE, { consent_terms: null, privacy_text: null })
    }
  })

  it('says how long the writing took and whether something was pasted, also after a reload', async () => {
    await body.fill('Gõ từng chữ.')
    await agree()
    const [typed] = await Promise.all([page.waitForRequest('**/comments'), send.click()])
    expect(typed.postDataJSON().form).toEqual({ seconds: expect.any(Number), pasted: false })
    expect(typed.postDataJSON().form.seconds).toBeGreaterThan(0)
    await page.locator('y-kien .own').first().waitFor()
    await body.focus()
    await body.evaluate((field: HTMLTextAreaElement) => {
      field.value = 'Dán vào một lần.'
      field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true, inputType: 'insertFromPaste' }))
    })
    await agree()
    await page.reload()
    await expect.poll(() => body.inputValue()).toBe('Dán vào một lần.')
    const [pasted] = await Promise.all([page.waitForRequest('**/comments'), send.click()])
    expect(pasted.postDataJSON().form.pasted).toBe(true)
  })

  it('shows a text in an old encoding as it reads in Unicode, and takes it in, to be changed and sent, only when its writer says so', async () => {
    const old = '§\u00ADêng phè nhµ t«i ngËp n\u00ADíc ®· l©u, ®Ò nghÞ ph\u00ADêng söa ch÷a.'
    await body.fill(old)
    await agree()
    await send.click()
    const hints = page.locator('y-kien form .note')
    await hints.getByText('ngập nước đã lâu').waitFor()
    expect(await body.inputValue()).toBe(old)
    await hints.getByRole('button', { name: 'Sửa' }).click()
    expect(await body.inputValue()).toContain('ngập nước đã lâu')
    expect(await focused()).toBe('body')
    await body.press('End')
    await body.pressSequentially(' Xin cảm ơn.')
    await send.click()
    await page.locator('y-kien .own', { hasText: 'ngập nước đã lâu' }).waitFor()
    const { db } = service.services.store
    const sent = await db
      .selectFrom('revision')
      .select('body')
      .orderBy('created_at', 'desc')
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow()
    expect(sent.body).toMatch(/ngập nước đã lâu.* Xin cảm ơn\.$/)
  })

  it('counts graphemes, and lets one write beyond the limit', async () => {
    await body.fill('👨‍👩‍👧 tạo'.normalize('NFD'))
    await page.getByText('Còn 1.995 ký tự').waitFor()
    await body.fill('ơ'.repeat(2_003))
    await page.getByText('Vượt quá 3 ký tự').waitFor()
    await agree()
    await send.click()
    await page.getByText('Nội dung vượt quá 2000 ký tự.').waitFor()
    expect((await body.inputValue()).length).toBe(2_003)
    expect(await focused()).toBe('body')
  })

  it('shows on demand how the text will look', async () => {
    await body.fill('Dòng một\n\nDòng <b>hai</b>')
    await page.getByRole('button', { name: 'Xem trước' }).click()
    expect(await page.locator('y-kien form .own .text').innerText()).toBe('Dòng một\n\nDòng <b>hai</b>')
  })

  it('keeps text and choices on the device until they are sent', async () => {
    await body.fill('Viết dở dang.')
    await page.getByLabel('Họ và tên', { exact: false }).first().fill('Trần Mẫu')
    await agree()
    await page.reload()
    await expect.poll(() => body.inputValue()).toBe('Viết dở dang.')
    expect(await page.getByLabel('Họ và tên', { exact: false }).first().inputValue()).toBe('Trần Mẫu')
    expect(await page.getByLabel(/Tôi đã đọc/).isChecked()).toBe(true)
    await send.click()
    await page.locator('y-kien .own').waitFor()
    expect(await body.inputValue()).toBe('')
    expect(await stored()).toEqual([])
  })

  it('looks at the text once before sending, says what it noticed, and blocks nothing', async () => {
    const text = 'Goi cho toi so 0912 345 678 de duoc giai thich them nhe'
    await body.fill(text)
    await agree()
    await send.click()
    await page.getByText('Nội dung chưa có dấu, người đọc có thể khó hiểu.').waitFor()
    await page.getByText('Nội dung có vẻ chứa số điện thoại.').waitFor()
    expect(await focused()).toBe('alert')
    expect(await sentTexts()).not.toContain(text)
    await send.click()
    await page.locator('y-kien .own', { hasText: text }).waitFor()
  })

  it('is kept from sending by a page that says so, with its text', async () => {
    await page.evaluate(() => document.addEventListener('ykien:before-submit', (event) => event.preventDefault(), { once: true }))
    await body.fill('Trang giữ lại.')
    await agree()
    await send.click()
    await expect.poll(() => send.innerText()).toBe('Gửi ý kiến')
    expect(await sentTexts()).not.toContain('Trang giữ lại.')
    await send.click()
    await page.locator('y-kien .own', { hasText: 'Trang giữ lại.' }).waitFor()
  })
})

describe('one’s own opinion', () => {
  const write = async (text: string) => {
    await body.fill(text)
    await agree()
    await send.click()
    const own = page.locator('y-kien .own', { hasText: text })
    await own.waitFor()
    return own
  }

  it('is waiting after a reload too, with its receipt, until it is decided', async () => {
    const own = await write('Ý kiến chờ duyệt của tôi.')
    const receipt = await own.locator('code').innerText()
    await page.reload()
    await own.getByText('Ý kiến của Bạn đang chờ xem xét').waitFor()
    expect(await own.locator('code').innerText()).toBe(receipt)
    expect(await own.getByRole('link', { name: 'Tra cứu ý kiến' }).getAttribute('href')).toBe(
      `${service.base}/r/${SITE}/receipt#${receipt}`,
    )
  })

  it('has its receipt copied by a button, also where there is no clipboard', async () => {
    const own = await write('Sao chép mã của tôi.')
    expect(await page.evaluate(() => 'clipboard' in navigator)).toBe(false)
    await own.getByRole('button', { name: 'Sao chép mã' }).click()
    await own.getByText('Đã sao chép').waitFor()
    await body.focus()
    await page.keyboard.press('Control+V')
    expect(await body.inputValue()).toBe(await own.locator('code').innerText())
  })

  it('can be edited, and withdrawn when that is confirmed', async () => {
    const own = await write('Bản đầu tiên.')
    await own.getByRole('button', { name: 'Sửa' }).click()
    const form = own.locator('form')
    await form.getByLabel('Nội dung ý kiến').fill('Bản đã sửa.')
    await form.getByRole('button', { name: 'Gửi ý kiến' }).click()
    const edited = page.locator('y-kien .own', { hasText: 'Bản đã sửa.' })
    await edited.getByText('Đã tiếp nhận nội dung sửa').waitFor()
    expect(await sentTexts()).toContain('Bản đã sửa.')
    await edited.getByRole('button', { name: 'Rút lại' }).click()
    await edited.getByText('Rút lại ý kiến này?').waitFor()
    await edited.getByRole('button', { name: 'Rút lại' }).last().click()
    await edited.getByText('Đã rút lại ý kiến.').waitFor()
    await page.reload()
    await body.waitFor()
    expect(await page.locator('y-kien .own').count()).toBe(0)
  })

  it('as a reply stands under what it answers', async () => {
    await publish(service, { body: 'Câu hỏi gốc.' })
    await page.reload()
    const root = page.locator('.list > li', { hasText: 'Câu hỏi gốc.' })
    await root.getByRole('button', { name: 'Trả lời Bạn đọc' }).click()
    await root.getByLabel('Nội dung ý kiến').fill('Trả lời của tôi.')
    await root.getByLabel(/Tôi đã đọc/).check()
    await root.getByRole('button', { name: 'Gửi ý kiến', exact: true }).click()
    await root.locator('.own', { hasText: 'Trả lời của tôi.' }).waitFor()
    await page.reload()
    await root.locator('.own', { hasText: 'Trả lời của tôi.' }).waitFor()
  })
})

describe('typing Vietnamese', () => {
  /** What Unikey sends on Windows for each word: letters, then synthetic Backspaces and the letters that replace them. */
  const STROKES: [string, (string | [back: number, text: string])[]][] = [
    ['tạo', ['t', 'a', 'o', [2, 'ạo']]],
    ['Việt', ['V', 'i', 'e', [1, 'ê'], 't', [2, 'ệt']]],
    ['đường', ['d', [1, 'đ'], 'u', 'o', [2, 'ươ'], 'n', 'g', [3, 'ờng']]],
    ['hoà', ['h', 'o', 'a', [1, 'à']]],
  ]

  it.each(STROKES)('%s arrives whole from Backspaces and insertions', async (word, strokes) => {
    await body.click()
    await page.keyboard.type('Gõ ')
    for (const stroke of strokes) {
      if (typeof stroke === 'string') await page.keyboard.press(stroke)
      else {
        for (let n = 0; n < stroke[0]; n++) await page.keyboard.press('Backspace')
        await page.keyboard.insertText(stroke[1])
      }
    }
    await page.keyboard.type(' xong.')
    expect(await body.inputValue()).toBe(`Gõ ${word} xong.`)
    await agree()
    await send.click()
    await page.locator('y-kien .own').waitFor()
    expect(await sentTexts()).toContain(`Gõ ${word} xong.`.normalize('NFC'))
  })

  it.each(STROKES.map(([word]) => word))('%s arrives whole from an input method that composes, in NFC', async (word) => {
    const devtools = await context.newCDPSession(page)
    await body.click()
    const letters = [...word.normalize('NFD')]
    for (let n = 1; n <= letters.length; n++)
      await devtools.send('Input.imeSetComposition', { text: letters.slice(0, n).join(''), selectionStart: n, selectionEnd: n })
    // Enter with Ctrl inside a composition belongs to the input method.
    await body.dispatchEvent('keydown', { key: 'Enter', ctrlKey: true, isComposing: true, keyCode: 229 })
    await devtools.send('Input.insertText', { text: `${word.normalize('NFD')} ${word.normalize('NFD')}` })
    await agree()
    await body.press('Control+Enter')
    await page.locator('y-kien .own').waitFor()
    expect(await sentTexts()).toContain(`${word} ${word}`.normalize('NFC'))
  })

  it('no script touches the text while it has the focus', async () => {
    await body.evaluate((element) => {
      const field = element as HTMLTextAreaElement
      const { set, get } = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value') ?? {}
      Object.defineProperty(field, 'value', {
        get: get ?? (() => ''),
        set(value) {
          document.title = 'touched'
          set?.call(field, value)
        },
      })
    })
    await body.click()
    await page.keyboard.type('Không ai động vào chữ của tôi.')
    await page.getByRole('button', { name: 'Xem trước' }).click()
    expect(await page.title()).not.toBe('touched')
    expect(await body.getAttribute('maxlength')).toBe(null)
  })
})

it('the keyboard alone reads, likes, reports, replies, writes, edits and withdraws', async () => {
  await publish(service, { body: 'Ý kiến để bàn phím đọc.' })
  await page.reload()
  await body.waitFor()
  /** Presses Tab until the focus is on what is named. */
  const tabTo = async (name: string) => {
    for (let n = 0; n < 60; n++) {
      const here = await page.evaluate(() => {
        const element = document.querySelector('y-kien')?.shadowRoot?.activeElement
        return element?.matches('button, input, textarea, select') ? `${element.textContent}|${element.getAttribute('name') ?? ''}` : ''
      })
      if (here.includes(name)) return
      await page.keyboard.press('Tab')
    }
    throw new Error(`no way to ${name} by Tab`)
  }
  await tabTo('|body')
  await page.keyboard.type('Viết bằng bàn phím.')
  await tabTo('|c:terms')
  await page.keyboard.press('Space')
  await tabTo('Gửi ý kiến|')
  await page.keyboard.press('Enter')
  const own = page.locator('y-kien .own', { hasText: 'Viết bằng bàn phím.' })
  await own.waitFor()
  expect(await focused()).toContain('Viết bằng bàn phím.')
  await tabTo('Sửa|')
  await page.keyboard.press('Enter')
  await tabTo('|body')
  await page.keyboard.press('Control+End')
  await page.keyboard.type(' Đã sửa.')
  await page.keyboard.press('Control+Enter')
  await own.getByText('Đã tiếp nhận nội dung sửa').waitFor()
  expect(await sentTexts()).toContain('Viết bằng bàn phím. Đã sửa.')
  await tabTo('Rút lại|')
  await page.keyboard.press('Enter')
  await tabTo('Rút lại|')
  await page.keyboard.press('Enter')
  await own.getByText('Đã rút lại ý kiến.').waitFor()
  await tabTo('Thích|')
  await page.keyboard.press('Enter')
  await page.locator('y-kien .list').getByRole('button', { name: 'Thích 1' }).first().waitFor()
  await tabTo('Báo vi phạm|')
  await page.keyboard.press('Enter')
  await tabTo('|reason')
  await page.keyboard.press('ArrowDown')
  await tabTo('|text')
  await page.keyboard.type('Báo bằng bàn phím.')
  await tabTo('Báo vi phạm|')
  await page.keyboard.press('Enter')
  await page.getByText('Đã ghi nhận báo vi phạm').waitFor()
  const reports = await service.services.store.db.selectFrom('report').select('body').execute()
  expect(reports).toContainEqual({ body: 'Báo bằng bàn phím.' })
  await tabTo('Trả lời|')
  await page.keyboard.press('Enter')
  await page.keyboard.type('Trả lời bằng bàn phím.')
  await tabTo('|c:terms')
  await page.keyboard.press('Space')
  await page.keyboard.press('Control+Enter')
  await page.locator('y-kien .list .own', { hasText: 'Trả lời bằng bàn phím.' }).waitFor()
})

describe('what appears is announced', () => {
  /** What live regions that were there before have come to say, in order: a region that is put in with its text is not read out everywhere. */
  const listen = () =>
    page.evaluate(() => {
      const root = document.querySelector('y-kien')?.shadowRoot
      if (!root) throw new Error('no section')
      const regions = new WeakSet<Element>()
      const said: string[] = []
      const note = (within: ParentNode) => {
        for (const region of within.querySelectorAll('[role=status], [role=alert]')) if (region.textContent === '') regions.add(region)
      }
      for (const region of root.querySelectorAll('[role=status], [role=alert]')) regions.add(region)
      new MutationObserver((mutations) => {
        const changed = new Set<Element>()
        for (const { target } of mutations) {
          const near = target instanceof Element ? target : target.parentElement
          const region = near?.closest('[role=status], [role=alert]')
          if (region && regions.has(region)) changed.add(region)
        }
        for (const region of changed) if (region.textContent) said.push(region.textContent)
        note(root)
      }).observe(root, { subtree: true, childList: true, characterData: true })
      Object.assign(window, { said })
    })
  const said = () => page.evaluate(() => (window as unknown as { said: string[] }).said.join(' / '))

  it('another order of the list, and that it could not be loaded', async () => {
    for (const text of ['Ý kiến để sắp xếp.', 'Một ý kiến nữa.']) await publish(service, { body: text })
    await page.reload()
    await body.waitFor()
    await listen()
    await page.getByRole('button', { name: 'Cũ nhất' }).click()
    await expect.poll(said).toContain('Cũ nhất')
    await context.setOffline(true)
    await page.getByRole('button', { name: 'Quan tâm nhất' }).click()
    await expect.poll(said).toMatch(/Chưa tải được ý kiến/)
  })

  it('what a form is told, and what became of one’s own opinion', async () => {
    await listen()
    await send.click()
    // What is wrong with a field is read out as its description, since the focus is moved to it.
    await expect.poll(focused).toBe('body')
    const describedBy = (await body.getAttribute('aria-describedby')) ?? ''
    const descriptions = await Promise.all(describedBy.split(' ').map((id) => page.locator(`y-kien #${id}`).textContent()))
    expect(descriptions.join(' ')).toContain('Xin nhập')
    await body.fill('Ý kiến được đọc to.')
    await agree()
    await send.click()
    const own = page.locator('y-kien .own', { hasText: 'Ý kiến được đọc to.' })
    await own.waitFor()
    // It is not in a live region: the focus is moved to it, which is read out as well.
    expect(await focused()).toContain('Ý kiến của Bạn đang chờ xem xét')
    await own.getByRole('button', { name: 'Sửa' }).click()
    await own.locator('form').getByLabel('Nội dung ý kiến').fill('Ý kiến được đọc to. Lần hai.')
    await own.locator('form').getByRole('button', { name: 'Gửi ý kiến' }).click()
    await expect.poll(said).toContain('Đã tiếp nhận nội dung sửa')
    await own.getByRole('button', { name: 'Rút lại' }).click()
    await own.getByRole('button', { name: 'Rút lại' }).last().click()
    await expect.poll(said).toContain('Đã rút lại ý kiến.')
  })
})
