// A flood of one article against the real program: an honest reader of another one is heard at once, and the flood is held up.
import { afterAll, describe, expect, it } from 'vitest'
import { quantile, type Server, serve } from '../support/ask.ts'
import { type Machine, newMachine } from '../support/server.ts'

const SITE = 'phuong-may'
const METRICS = 'a-token-of-the-operator'
const POSTS = 500
const WITHIN_MS = 10_000
const ADDRESSES = 200
/** How often the honest reader writes meanwhile, each time under their own article and from another home. */
const HONEST_POSTS = 12
const HONEST_WAIT_MS = 1_000

const machines: Machine[] = []
const servers: Server[] = []
afterAll(() => {
  for (const server of servers) server.process.kill('SIGKILL')
  for (const machine of machines) machine.remove()
})

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe.each(['1', '2'])('with %s serving process', (processes) => {
  it(`${POSTS} posts in ${WITHIN_MS / 1_000} s from ${ADDRESSES} addresses leave another article’s reader able to post within a second`, async () => {
    const env = { YKIEN_LIMITS: 'on', YKIEN_PROCESSES: processes, YKIEN_TRUSTED_PROXIES: '1', YKIEN_METRICS_TOKEN: METRICS }
    const machine = await newMachine(SITE, env)
    machines.push(machine)
    servers.push(await serve(machine.env))
    const post = async (key: string, body: string, address: string) => {
      const startedAt = performance.now()
      const response = await fetch(`${machine.base}/api/v1/sites/${SITE}/comments`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
        body: JSON.stringify({ article: { key }, body }),
      })
      await response.arrayBuffer()
      return { status: response.status, ms: performance.now() - startedAt }
    }
    await post('bai-khac', 'Trước cơn lụt.', '203.0.113.250')

    const startedAt = performance.now()
    const flood = Promise.all(
      Array.from({ length: POSTS }, async (_, n) => {
        await wait((n / POSTS) * WITHIN_MS)
        return post('bai-bi-lut', `Quảng cáo số ${n}.`, `198.51.100.${n % ADDRESSES}`)
      }),
    )
    const honest: { status: number; ms: number }[] = []
    for (let n = 0; n < HONEST_POSTS; n++) {
      await wait(Math.max(0, startedAt + ((n + 0.5) / HONEST_POSTS) * WITHIN_MS - performance.now()))
      honest.push(await post('bai-khac', `Ý kiến thật thứ ${n}.`, `203.0.113.${n}`))
    }
    const flooded = await flood
    const tookMs = performance.now() - startedAt
    const taken = flooded.filter(({ status }) => status === 202).length
    const waits = honest.map(({ ms }) => ms)
    console.log(
      `flood through ${processes} process: ${POSTS} posts from ${ADDRESSES} addresses in ${(tookMs / 1_000).toFixed(1)} s, ${taken} taken, ` +
        `${POSTS - taken} asked for a challenge; an honest reader elsewhere waited ${Math.round(quantile(waits, 0.5))} ms in the middle, ${Math.round(Math.max(...waits))} ms at most`,
    )
    expect(honest.map(({ status }) => status)).toEqual(honest.map(() => 202))
    expect(Math.max(...waits)).toBeLessThan(HONEST_WAIT_MS)
    expect(new Set(flooded.map(({ status }) => status))).toEqual(new Set([202, 403]))
    // Its burst, and what comes back to it within the time.
    expect(taken).toBeLessThan(60)
    const metrics = await (await fetch(`${machine.base}/metrics`, { headers: { authorization: `Bearer ${METRICS}` } })).text()
    expect(metrics).toContain('ykien_floods_total{change="began"} 1')
  })
})
