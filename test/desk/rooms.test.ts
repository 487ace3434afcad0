// Every page of the desk, told by the app's own routes, so that a new one needs its case here: axe at WCAG 2.2 AA finds nothing, light
// and dark; the page's policy refuses nothing; on the narrowest phone nothing runs out at the side. With YKIEN_SHEETS naming a folder
// it takes a contact sheet for each width, light and dark, instead (`npm run screenshots`), in some two minutes.
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addBan } from '../../src/core/abuse/ban.ts'
import { floodGoesOn } from '../../src/core/abuse/flood.ts'
import { readArticles } from '../../src/core/articles.ts'
import { addCanned } from '../../src/core/canned.ts'
import type { Ctx } from '../../src/core/context.ts'
import { decide } from '../../src/core/moderation/decide.ts'
import { saveView } from '../../src/core/moderation/desk.ts'
import { newLink } from '../../src/core/people/links.ts'
import { invitePerson } from '../../src/core/people/team.ts'
import { addToken } from '../../src/core/people/tokens.ts'
import { changeSettings, readSetup } from '../../src/core/setup.ts'
import { findSite } from '../../src/core/sites.ts'
import { fillQueue } from '../support/clerk.ts'
import { openSession, PASSWORD, setUp } from '../support/person.ts'
import { nameOf, routesOf } from '../support/routes.ts'
import { openBrowser, type Service, SITE, startService } from '../support/service.ts'
import { keepSheet } from '../support/sheet.ts'

const ISSUER = 'http://sso.tinh.example'
const WIDTHS = [360, 768, 1440] as const
const SCHEMES = ['light', 'dark'] as const
const SHEETS = process.env.YKIEN_SHEETS
/** By the width of a page: pixels of its column in a sheet. */
const COLUMNS = { 360: 205, 768: 340, 1440: 400 } as const
/** Pages in a row of a sheet, and pixels that are seen of a page at most. */
const PAGES_A_ROW = 7
const TALLEST = 620
/** Keeps a sheet of some fifty pages under 400 kB. */
const QUALITY = 37

const TEXTS = [
  'Tôi ở cuối ngõ, mỗi lần mưa to là nước lên đến bậc cửa. Bao giờ phường sửa rãnh thoát nước?',
  'Vay tiền nhanh không thế chấp, gọi 0912 345 678 hoặc vào https://vay.example để được tư vấn.',
  `Ý kiến rất dài viết liền: ${'thoátnước'.repeat(40)}`,
  'Đề nghị lắp thêm đèn ở ngõ 12, buổi tối đi lại rất khó.',
  'Nhất trí với phương án, đề nghị công khai kinh phí từng đợt ở bảng tin tổ dân phố.',
  'Loa phường phát quá to vào sáng sớm, xin điều chỉnh.',
]

let browser: Browser
let service: Service
let context: BrowserContext
let page: Page
const refused: string[] = []
/** Ids and addresses that the cases need. */
const place = { comment: '', waiting: '', article: '', invitation: '', recovery: '', anew: '', factor: '', session: '' }
/** Lets the article be flooded, which every page tells from then on. */
let beginFlood: () => Promise<unknown>
const account = { email: 'nguoimoi@phuongthu.example' }

beforeAll(async () => {
  browser = await openBrowser()
  service = await startService('http', {
    YKIEN_UNDO_SECONDS: '600',
    YKIEN_LIMITS: 'off',
    YKIEN_OIDC_ISSUER: ISSUER,
    YKIEN_OIDC_CLIENT_ID: 'ykien',
    YKIEN_OIDC_CLIENT_SECRET: 'bí mật',
    YKIEN_OIDC_NAME: 'SSO tỉnh',
  })
  const { services } = service
  services.fetchOut = async () =>
    Response.json({
      issuer: ISSUER,
      // It sends everybody straight back.
      authorization_endpoint: `${service.base}/desk/signin/provider/return?code=x`,
      token_endpoint: `${ISSUER}/token`,
      jwks_uri: `${ISSUER}/jwks`,
    })
  place.session = await openSession(services, { email: 'quantri@phuongthu.example', site: SITE, role: 'system', name: 'Cô Quản Trị Mẫu' })
  await openSession(services, {
    email: 'xem@phuongthu.example',
    site: SITE,
    role: 'viewer',
    name: 'Người Xem Có Cái Tên Thật Là Dài Để Thử',
  })
  const staff = await services.store.db
    .selectFrom('staff')
    .select('id')
    .where('email', '=', 'quantri@phuongthu.example')
    .executeTakeFirstOrThrow()
  const ctx: Ctx = {
    services,
    actor: { kind: 'staff', id: staff.id, name: 'Cô Quản Trị Mẫu', role: 'system' },
    site: await findSite(services, SITE),
  }
  const ids = await fillQueue(service, TEXTS)
  place.waiting = ids[0] ?? ''
  place.comment = ids[3] ?? ''
  const { version } = await readSetup(ctx)
  await changeSettings(ctx, {
    version,
    changes: { agency: 'Ủy ban nhân dân Phường Thử', rules: '1. Viết có dấu.\n2. Không xúc phạm.', quick_lane: true, quick_published: 1 },
  })
  await decide(
    ctx,
    {
      items: [
        { comment: ids[3], version: 1, verdict: 'approve', reply: { body: 'Phường đã tiếp nhận.', signer_title: 'Phó Chủ tịch' } },
        { comment: ids[4], version: 1, verdict: 'reject', reason: 'ads' },
      ],
    },
    null,
  )
  await addCanned(ctx, { name: 'Cảm ơn', body: 'Cảm ơn {họ tên} đã gửi ý kiến về bài “{bài viết}”.' })
  await addBan(ctx, { kind: 'email', days: 30, reason: 'Gửi rác nhiều lần', contact: 'rac@example.com' })
  await addToken(ctx, { name: 'Cổng thông tin', role: 'viewer' })
  await saveView(ctx, { name: 'Việc của tuần này cần xem trước', place: { state: 'pending', sort: 'article' } })
  await invitePerson(ctx, { email: 'duocmoi@phuongthu.example', name: 'Người Được Mời', role: 'moderator' })
  place.article = (await readArticles(ctx, { limit: 1 })).articles[0]?.id ?? ''
  beginFlood = () => services.store.batch(floodGoesOn(ctx, place.article, { taken: 40, refused: 12, isNew: true }))
  const invited = await invitePerson(ctx, { email: account.email, name: 'Người Mới', role: 'moderator' })
  await setUp(services, invited.url)
  place.invitation = (await invitePerson(ctx, { email: 'saptoi@phuongthu.example', name: 'Người Sắp Tới', role: 'viewer' })).url
  for (const [name, kind] of [
    ['recovery', 'password'],
    ['factor', 'factor'],
    ['anew', 'anew'],
  ] as const) {
    const link = newLink(services, { kind, email: account.email })
    await services.store.batch(link.statements)
    place[name] = link.url
  }
  context = await browser.newContext()
  page = await context.newPage()
  page.setDefaultTimeout(30_000)
  page.on('pageerror', (error) => refused.push(error.message))
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted/i.test(message.text())) refused.push(message.text())
  })
}, 120_000)
afterAll(async () => {
  if (SHEETS) for (const width of WIDTHS) for (const scheme of SCHEMES) await keepPages(SHEETS, width, scheme)
  await context?.close()
  await service?.close()
  await browser?.close()
}, 120_000)

/** Opens an address of the desk as somebody signed in, or as nobody. */
const signedIn = async (path: string) => {
  await context.clearCookies()
  await context.addCookies([{ name: `ykien-${new URL(service.base).port}`, value: place.session, url: service.base }])
  await page.goto(`${service.base}/desk/${path.replace(':site', SITE)}`)
}
const nobody = async (path: string) => {
  await context.clearCookies()
  await page.goto(`${service.base}/desk/${path}`)
}
const at = (path: string) => () => signedIn(`:site/${path}`)
const press = (name: string | RegExp) => page.getByRole('button', { name }).first().click()

/** Sends a form of the page that is open as it stands, to an address of its own. */
const send = async (path: string, fields: Record<string, string>) => {
  await signedIn(':site/preferences')
  await page.evaluate(
    ({ action, entries }) => {
      const form = document.createElement('form')
      Object.assign(form, { method: 'post', action })
      for (const [name, value] of entries) form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }))
      document.body.append(form)
      form.submit()
    },
    { action: `/desk/${SITE}/${path}`, entries: Object.entries(fields) },
  )
  await page.waitForURL((url) => url.pathname.endsWith(path))
}

type Case = readonly [name: string, open: () => Promise<unknown>]

/** How each route that answers with a page is opened. A sentence says why a route has none. */
const PAGES: Readonly<Record<string, readonly Case[] | string>> = {
  'GET /desk': [
    [
      'desk without a site',
      async () => {
        const token = await openSession(service.services, { email: 'het@phuongthu.example', site: SITE, role: 'viewer', name: 'Người Cũ' })
        await service.services.store.db
          .deleteFrom('staff_role')
          .where('staff_id', 'in', service.services.store.db.selectFrom('staff').select('id').where('email', '=', 'het@phuongthu.example'))
          .execute()
        await context.clearCookies()
        await context.addCookies([{ name: `ykien-${new URL(service.base).port}`, value: token, url: service.base }])
        await page.goto(`${service.base}/desk`)
      },
    ],
  ],
  'GET /desk/signin': [
    ['sign-in', () => nobody('signin')],
    ['sign-in, English', () => nobody('signin?lang=en')],
    [
      'sign-in refused',
      async () => {
        await nobody('signin')
        await page.getByLabel('Thư điện tử công vụ').fill(account.email)
        await page.getByLabel('Mật khẩu').fill('không phải mật khẩu')
        await press('Đăng nhập')
        await page.locator('#fault').waitFor()
      },
    ],
    ['invitation', () => nobody(linkOf(place.invitation))],
    ['recovery of the password', () => nobody(linkOf(place.recovery))],
    ['recovery of the second factor', () => nobody(linkOf(place.factor))],
    ['recovery of both', () => nobody(linkOf(place.anew))],
    ['a link that is over', () => nobody(`signin?link=${'x'.repeat(43)}`)],
  ],
  'GET /desk/signin/step': [
    [
      'second step',
      async () => {
        await nobody('signin')
        await page.getByLabel('Thư điện tử công vụ').fill(account.email)
        await page.getByLabel('Mật khẩu').fill(PASSWORD)
        await press('Đăng nhập')
        await page.waitForURL(/step/)
        await page.locator('details.more summary').click()
      },
    ],
    [
      'first app',
      async () => {
        await nobody(linkOf(place.invitation))
        await page.getByLabel('Mật khẩu').fill(PASSWORD)
        await press('Tiếp tục')
        await page.waitForURL(/step/)
      },
    ],
  ],
  'GET /desk/signin/provider': [['back from the provider', () => nobody('signin/provider')]],
  'GET /desk/signin/provider/return': [
    [
      'provider refused',
      async () => {
        await nobody('signin/provider')
        await page.locator('main button[type=submit]').click()
        await page.locator('.notice').waitFor()
      },
    ],
  ],
  'GET /desk/:site/queue': [
    ['queue', at('queue')],
    [
      'queue, filters and panels',
      async () => {
        await signedIn(':site/queue?state=any&q=ngo')
        await page.locator('.filters summary').click()
      },
    ],
    ['queue, empty', at('queue?state=spam')],
  ],
  'GET /desk/:site/words': [['words', at('words')]],
  'GET /desk/:site/words.csv': 'a file',
  'GET /desk/:site/comments/:id': [
    ['item', () => signedIn(`:site/comments/${place.comment}`)],
    ['item that waits', () => signedIn(`:site/comments/${place.waiting}`)],
    ['no such page', () => signedIn(':site/comments/khong-co')],
  ],
  'GET /desk/:site/bans': [['bans', at('bans')]],
  'GET /desk/:site/stamp': 'a number for the page’s script',
  'GET /desk/:site/cards/:id': [['one card', () => signedIn(`:site/cards/${place.waiting}`)]],
  'GET /desk/:site/learning': [['learning', at('learning')]],
  'GET /desk/:site/quick': [['quick lane', at('quick')]],
  'GET /desk/:site/preferences': [['preferences', at('preferences')]],
  'GET /desk/:site/account': [['account', at('account')]],
  'GET /desk/:site/account/app': [['another app', at('account/app')]],
  'GET /desk/:site/account/provider': 'leads to the provider',
  'GET /desk/:site/people': [
    [
      'people',
      async () => {
        await signedIn(':site/people')
        await page.locator('details.more summary').first().click()
      },
    ],
  ],
  'GET /desk/:site/tokens': [['tokens', at('tokens')]],
  'GET /desk/:site/practice': [
    ['practice', at('practice')],
    ['practice, a case', at('practice?case=rac-dau-ngo')],
    [
      'practice, the reasons',
      async () => {
        await signedIn(':site/practice?case=rac-dau-ngo')
        await press('Thư rác')
        await page.locator('#result').waitFor()
      },
    ],
    [
      'practice, the end',
      async () => {
        await signedIn(':site/practice?case=rac-dau-ngo')
        await press('Thư rác')
        await page.getByRole('link', { name: 'Dừng và xem kết quả' }).click()
        await page.getByRole('heading', { name: 'Kết quả thực hành' }).waitFor()
      },
    ],
  ],
  'GET /desk/:site/log': [['log', at('log')]],
  'GET /desk/:site/settings': [['settings', at('settings')]],
  'GET /desk/:site/settings/site': [
    ['settings of the site', at('settings/site')],
    [
      'settings, faults',
      async () => {
        await signedIn(':site/settings/site')
        await page.locator('[name=body_max]').fill('1')
        await page.locator('main form button[type=submit]').first().click()
        await page.locator('.fault').first().waitFor()
      },
    ],
  ],
  'GET /desk/:site/settings/origins': [['origins', at('settings/origins')]],
  'GET /desk/:site/settings/consents': [
    [
      'consents',
      async () => {
        await signedIn(':site/settings/consents')
        await page.locator('.version summary').first().click()
      },
    ],
  ],
  'GET /desk/:site/settings/canned': [['canned replies', at('settings/canned')]],
  'GET /desk/:site/settings/embed': [['embed', at('settings/embed')]],
  'GET /desk/:site/articles': [['articles', at('articles')]],
  'GET /desk/:site/articles/:id': [['article', () => signedIn(`:site/articles/${place.article}`)]],
  'GET /desk/:site/articles/:id/merge': [['article, joined to which', () => signedIn(`:site/articles/${place.article}/merge`)]],
}

/** Pages that only a form leads to. */
const ANSWERS: readonly Case[] = [
  ['reply at length', () => send(`comments/${place.waiting}/reply`, { version: '1', state: 'pending', reply: 'Kính gửi ông bà.' })],
  ['link of an invitation', () => send('people', { email: 'themnua@phuongthu.example', name: 'Thêm Nữa', role: 'viewer' })],
  ['invitation refused', () => send('people', { email: 'khong-phai', name: '', role: 'viewer' })],
  ['token, shown once', () => send('tokens', { name: 'Máy khác', role: 'viewer' })],
  ['recovery codes', () => send('account/codes', {})],
  ['keys, faults', () => send('keys', { approve: 'aa', reject: 'r' })],
  ['queue, in a flood', () => beginFlood().then(() => signedIn(':site/queue'))],
]

function linkOf(url: string): string {
  return `signin?link=${new URL(url).searchParams.get('link')}`
}

const pictures = new Map<string, Buffer>()
const cases = [...Object.values(PAGES).flatMap((each) => (typeof each === 'string' ? [] : each)), ...ANSWERS]

// Pictures are asked for by a name of a folder; then they are all that is made.
if (SHEETS) describeSheets()
else describePages()

function describePages() {
  describe('every page of the desk', () => {
    it('has a case', () => {
      const pages = routesOf(service.services).filter(({ method, path }) => method === 'GET' && path.startsWith('/desk'))
      expect(pages.map(nameOf).sort()).toEqual(Object.keys(PAGES).sort())
    })

    it.each(cases)('%s: nothing for axe, nothing against the policy, nothing that runs out', async (_name, open) => {
      await page.setViewportSize({ width: 1440, height: 900 })
      await page.emulateMedia({ colorScheme: 'light' })
      await open()
      const found = []
      for (const [colorScheme, width] of [
        ['light', 1440],
        ['dark', 360],
      ] as const) {
        await page.emulateMedia({ colorScheme })
        await page.setViewportSize({ width, height: 900 })
        found.push(...(await faults(colorScheme)).map((fault) => `${colorScheme}: ${fault}`))
      }
      expect(found).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
      expect(refused).toEqual([])
    })
  })
}

function describeSheets() {
  describe('the contact sheets', () => {
    it.each(cases)('%s', async (name, open) => {
      await page.setViewportSize({ width: WIDTHS[0], height: 900 })
      await open()
      await shoot(name)
    })
  })
}

/** In the dark and on a phone only what colours and widths change is looked at once more. */
async function faults(colorScheme: 'light' | 'dark'): Promise<string[]> {
  const axe = new AxeBuilder({ page })
  const { violations } = await (colorScheme === 'light'
    ? axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'])
    : axe.withRules(['color-contrast', 'link-in-text-block', 'target-size', 'scrollable-region-focusable'])
  ).analyze()
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')}: ${failureSummary}`))
}

async function shoot(name: string): Promise<void> {
  const heightOf = () => page.evaluate(() => document.documentElement.scrollHeight)
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 })
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme })
      const clip = { x: 0, y: 0, width, height: Math.min(await heightOf(), Math.ceil((TALLEST * width) / COLUMNS[width])) }
      pictures.set(`${name}|${width}|${colorScheme}`, await page.screenshot({ type: 'jpeg', quality: 80, fullPage: true, clip }))
    }
  }
}

/** One picture with every page at a width. */
async function keepPages(folder: string, width: keyof typeof COLUMNS, colorScheme: string): Promise<void> {
  const taken = [...pictures].flatMap(([key, picture]) => {
    const [name = '', ...where] = key.split('|')
    return where.join() === `${width},${colorScheme}` ? [[name, picture] as const] : []
  })
  const form = { column: COLUMNS[width], columns: PAGES_A_ROW, tallest: TALLEST, quality: QUALITY }
  await keepSheet(browser, join(folder, `desk-${width}-${colorScheme}.webp`), form, taken)
}
