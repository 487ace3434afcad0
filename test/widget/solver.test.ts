// The solver of challenges in a real browser: on plain http, under the strictest policy a portal can have, on a slow machine.
import { createHash } from 'node:crypto'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Challenge } from '../../src/core/abuse/challenge.ts'
import { floodGoesOn } from '../../src/core/abuse/flood.ts'
import { submit } from '../../src/core/comments/submit.ts'
import type { Ctx } from '../../src/core/context.ts'
import { findSite } from '../../src/core/sites.ts'
import { sha256 } from '../../src/lib/crypto.ts'
import { openBrowser, type Service, SITE, startService } from '../support/service.ts'

/** How much slower than this machine a telephone of 2016 is, about. */
const SLOWDOWN = 4
/** A slice of the solver ends by the clock, on any machine; only what a task takes beyond that grows with slowness. */
const SLICE_MS = 10
/** A task longer than this is one that people notice: the page does not answer meanwhile. */
const NOTICED_MS = 50
/** Tries of the challenge measured here; an ordinary one takes at most a quarter, the hardest four times as many. */
const TRIES = 400_000

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

const openStrict = async (): Promise<Page> => {
  const page = await (await browser.newContext()).newPage()
  await page.goto(service.strictUrl)
  return page
}
/** Solves a challenge in a page, and tells how long that took. */
const solveIn = (page: Page, challenge: Challenge) =>
  // As text: the tests' own loader would take the import for one of its own.
  page.evaluate<{ solution: string; tookMs: number; isSecure: boolean; hasSubtle: boolean }>(`(async () => {
    const { solve } = await import(${JSON.stringify(`${service.base}/widget/solver.js`)})
    performance.mark('solving')
    const startedAt = performance.now()
    const solution = await solve(${JSON.stringify(challenge)})
    performance.mark('solved')
    return { solution, tookMs: performance.now() - startedAt, isSecure: isSecureContext, hasSubtle: crypto.subtle !== undefined }
  })()`)

type TraceEvent = { name: string; pid: number; tid: number; ts: number; tdur?: number }

/**
 * The tasks of the page's main thread between the marks of solving, the longest first. In milliseconds of the processor, not of the clock,
 * so that other work on the machine makes none of them longer; DevTools' slowdown is not used, since it makes up for time that others took.
 */
async function tasksWhileSolving(work: () => Promise<void>): Promise<number[]> {
  await browser.startTracing(undefined, { categories: ['-*', 'disabled-by-default-devtools.timeline', 'blink.user_timing'] })
  await work()
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] }
  const [start, end] = ['solving', 'solved'].map((mark) => traceEvents.find(({ name }) => name === mark))
  if (!start || !end) throw new Error('nothing was solved')
  return traceEvents
    .filter(({ name, pid, tid, ts }) => name === 'RunTask' && pid === start.pid && tid === start.tid && ts > start.ts && ts < end.ts)
    .map(({ tdur = 0 }) => tdur / 1_000)
    .sort((one, other) => other - one)
}

describe('the solver', () => {
  it('solves on plain http without WebCrypto and under Trusted Types, and the service takes it', async () => {
    const page = await openStrict()
    const body = 'Giải trong trình duyệt thật.'
    const challenge = await page.evaluate(
      async (url) => ((await (await fetch(url)).json()) as { challenge: Challenge }).challenge,
      `${service.base}/api/v1/sites/${SITE}/challenge?key=bai-thu&body=${sha256(body)}`,
    )
    const { solution, isSecure, hasSubtle } = await solveIn(page, challenge)
    expect([isSecure, hasSubtle]).toEqual([false, false])
    const status = await page.evaluate(
      async ({ url, sent }) => {
        const headers = { 'content-type': 'application/json' }
        return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(sent) })).status
      },
      { url: `${service.base}/api/v1/sites/${SITE}/comments`, sent: { article: { key: 'bai-thu' }, body, challenge: solution } },
    )
    expect(status).toBe(202)
  })

  it('lets a reader of the widget send under an article in flood without being asked for anything', async () => {
    const { services } = service
    const reader: Ctx = { services, actor: { kind: 'reader' }, site: await findSite(services, SITE) }
    const { comment } = await submit(reader, { article: { key: 'bai-thu' }, body: 'Ý kiến đầu, để có bài.' }, null)
    const row = await services.store.db.selectFrom('comment').select('thread_id').where('id', '=', comment.id).executeTakeFirstOrThrow()
    await services.store.batch(floodGoesOn(reader, row.thread_id, { taken: 0, refused: 0, isNew: true }))

    const page = await openStrict()
    const statuses: number[] = []
    page.on('response', (response) => {
      if (response.url().endsWith('/comments') && response.request().method() === 'POST') statuses.push(response.status())
    })
    await page.getByLabel('Nội dung ý kiến').fill('Ý kiến của người thật trong cơn lụt.')
    await page.getByLabel(/Tôi đã đọc và đồng ý/).check()
    await page.getByRole('button', { name: 'Gửi ý kiến', exact: true }).click()
    await page
      .getByText(/[0-9A-Z]{8}-[0-9A-Z]{26}/)
      .first()
      .waitFor()
    expect(statuses).toEqual([403, 202])
  })

  it('leaves the page able to answer all the while, on a machine four times slower', async () => {
    const page = await openStrict()
    const [salt, nonce] = ['ab'.repeat(16), 'cd'.repeat(16)]
    const keyPrefix = sha256Of(salt, nonce, TRIES - 1).slice(0, 32)
    let tookMs = 0
    const [longestMs = 0, ...others] = await tasksWhileSolving(async () => {
      tookMs = (await solveIn(page, { parameters: { salt, nonce, keyPrefix }, signature: '' } as Challenge)).tookMs
    })
    const slowMs = SLICE_MS + SLOWDOWN * Math.max(0, longestMs - SLICE_MS)
    const takes = (tries: number) => Math.round((tries / TRIES) * tookMs * SLOWDOWN)
    console.log(
      `solver at ${SLOWDOWN}x slowdown: the longest of ${others.length + 1} tasks of the main thread takes ${Math.round(slowMs)} ms (${longestMs.toFixed(1)} here); ` +
        `an ordinary challenge takes ${takes(50_000)} ms on average and ${takes(100_000)} ms at most, the hardest ${takes(800_000)} and ${takes(1_600_000)} ms`,
    )
    // One task a slice: with few of them, nothing was measured.
    expect(others.length).toBeGreaterThan(10)
    expect(slowMs).toBeLessThan(NOTICED_MS)
  })
})

function sha256Of(salt: string, nonce: string, counter: number): string {
  return createHash('sha256')
    .update(Buffer.from(`${salt}${nonce}${counter.toString(16).padStart(8, '0')}`, 'hex'))
    .digest('hex')
}
