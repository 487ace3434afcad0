// Every snippet of docs/guides.md works as it stands there: pasted into a portal's page, with its placeholders filled in as the
// portal would, it shows the section of the right article.
import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { submit } from '../../src/core/comments/submit.ts'
import { decide } from '../../src/core/moderation/decide.ts'
import { findSite } from '../../src/core/sites.ts'
import { openBrowser, type Service, SITE, startService } from '../support/service.ts'

type Snippet = { guide: string; language: string; text: string }

const GUIDES = readFileSync('docs/guides.md', 'utf8')
/** What a portal's own language puts in place of an expression: the number of its item. */
const ITEM = '4711'

const snippets: Snippet[] = GUIDES.split(/^## /m)
  .slice(1)
  .flatMap((section) =>
    [...section.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(([, language = '', text = '']) => ({
      guide: section.slice(0, section.indexOf('\n')),
      language,
      text,
    })),
  )
const embedding = snippets.filter(({ text }) => text.includes('y-kien') && !text.startsWith('Content-Security'))

let browser: Browser
let service: Service
beforeAll(async () => {
  browser = await openBrowser()
  service = await startService('http', { YKIEN_UNDO_SECONDS: '0' })
  const site = await findSite(service.services, SITE)
  const clerk = { kind: 'token' as const, id: 'máy', name: 'Máy thử', role: 'moderator' as const }
  for (const key of new Set(embedding.map(({ text }) => keyOf(text)))) {
    const { comment } = await submit(
      { services: service.services, actor: { kind: 'reader' }, site },
      { article: { key, url: service.articleUrl }, body: `Ý kiến về ${key}.` },
      null,
    )
    await decide(
      { services: service.services, actor: clerk, site },
      { items: [{ comment: comment.id, version: 1, verdict: 'approve' }] },
      null,
    )
  }
})
afterAll(async () => {
  await browser?.close()
  await service?.close()
})

/** A snippet as the portal sends it to a browser. */
function rendered(text: string): string {
  return text
    .replace(/^<\?php[\s\S]*?<<<HTML\n|^HTML;\n\}\);\n/gm, '')
    .replace(/<#assign[^\n]*\n/g, '')
    .replace(/<\?=.*?\?>|<%=.*?%>|\[ArticleId\]|\{\$key\}|\$\{key\}|\$\{KEY\}/g, ITEM)
    .replaceAll('https://HOST', service?.base ?? 'https://HOST')
    .replaceAll('SLUG', SITE)
}

function keyOf(text: string): string {
  const [, key = ''] = /article(?:="|', `)([^"`]+)/.exec(rendered(text)) ?? []
  return key
}

describe('guides', () => {
  it('there is one for each portal that is promised', () => {
    const named = ['Plain HTML', 'WordPress', 'DotNetNuke (DNN)', 'Joomla', 'Liferay', 'SharePoint', 'A strict content security policy']
    expect([...new Set(embedding.map(({ guide }) => guide))]).toEqual(named)
  })

  it('each keeps the room of the section, as those of the README and of the documentation do', () => {
    const [readme, documented] = ['README.md', 'docs/embedding.md'].map((path) => readFileSync(path, 'utf8'))
    const [first] = /<script[^>]*v1\.js[\s\S]*?```/.exec(documented ?? '') ?? []
    const [short] = /<script[^>]*v1\.js[\s\S]*?```/.exec(readme ?? '') ?? []
    for (const text of [first, short, ...embedding.map((snippet) => snippet.text)])
      expect(text).toMatch(/<canvas width="1" height="1200"><\/canvas>|'canvas'\), { width: 1, height: 1200 }/)
  })

  it.each(embedding.map((snippet, index) => [`${snippet.guide} (${index})`, snippet] as const))('%s', async (_name, snippet) => {
    const page = await browser.newPage()
    const html = snippet.language === 'js' ? `<main data-ykien></main><script>${rendered(snippet.text)}</script>` : rendered(snippet.text)
    await page.goto(service.addPage(html))
    await page.getByText(`Ý kiến về ${keyOf(snippet.text)}.`).waitFor()
    expect(keyOf(snippet.text)).not.toMatch(/[<{[$]/)
    await page.close()
  })

  it('the framed page tells its height to the portal that asked, and fits it', async () => {
    const [frame, listener] = ['<iframe', 'addEventListener'].map(
      (start) => snippets.find(({ text }) => text.startsWith(start))?.text ?? '',
    )
    const page = await browser.newPage({ viewport: { width: 360, height: 740 } })
    await page.goto(service.addPage(`${rendered(frame ?? '')}<script>${rendered(listener ?? '')}</script>`))
    const inner = page.frameLocator('iframe')
    await inner.getByRole('heading', { name: /^Ý kiến bạn đọc/ }).waitFor()
    await page.waitForFunction(() => document.querySelector('iframe')?.style.height !== '900px')
    const [outside, inside] = await Promise.all([
      page.locator('iframe').evaluate((element) => element.clientHeight),
      inner.locator('html').evaluate((element) => Math.ceil(element.getBoundingClientRect().height)),
    ])
    expect(outside).toBe(inside)
    await page.close()
  })
})
