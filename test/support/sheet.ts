// A contact sheet: pictures of many pages or states on one, to be looked at together.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Browser } from 'playwright-core'

/** Pixels of a column, and of the tallest picture in it; `quality` is that of WebP, from 0 to 100. */
export type SheetForm = { column: number; columns: number; tallest: number; quality: number }

/** Writes named JPEG pictures as one WebP file, whose folder is made where it is missing. */
export async function keepSheet(
  browser: Browser,
  path: string,
  { column, columns, tallest, quality }: SheetForm,
  pictures: readonly (readonly [name: string, picture: Buffer])[],
): Promise<void> {
  const figures = pictures.map(
    ([name, picture]) =>
      `<figure><figcaption>${name}</figcaption><img src="data:image/jpeg;base64,${picture.toString('base64')}"></figure>`,
  )
  const sheet = await browser.newPage({ viewport: { width: (column + 8) * columns + 8, height: 900 } })
  await sheet.setContent(`<style>body{display:grid;grid-template-columns:repeat(${columns},${column}px);gap:8px;margin:8px;font:14px sans-serif;background:#888}
    figure{margin:0}img{width:${column}px;max-height:${tallest}px;object-fit:cover;object-position:top}</style>${figures.join('')}`)
  const { width, height } = await sheet.locator('html').evaluate((html) => html.getBoundingClientRect())
  const devtools = await sheet.context().newCDPSession(sheet)
  const clip = { x: 0, y: 0, width, height, scale: 1 }
  const { data } = await devtools.send('Page.captureScreenshot', { format: 'webp', quality, captureBeyondViewport: true, clip })
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, Buffer.from(data, 'base64'))
  await sheet.close()
}
