// One service in two processes: whichever answers, the answer is the same, limits and numbers hold for both, and the service ends in
// order. On SQLite, where the primary writes for them, and on PostgreSQL, where each writes by itself.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newDatabase } from '#platform'
import { SCOPES } from '../../src/core/abuse/pressure.ts'
import type { Submitted } from '../../src/core/comments/submit.ts'
import type { Outcome } from '../../src/core/moderation/decide.ts'
import { type Server, serve, stop } from '../support/ask.ts'
import { childrenOf, type Way, waysTo } from '../support/processes.ts'
import { type Machine, newMachine } from '../support/server.ts'

const SITE = 'phuong-may'
const METRICS = 'a-token-of-the-operator'
const ROUNDS = 50
/** Comments that one network may send at once without a challenge. */
const BURST = SCOPES.address.easy.burst

const machines: Machine[] = []
const servers: Server[] = []
async function start(env: Record<string, string> = {}): Promise<{ machine: Machine; server: Server; ways: [Way, Way] }> {
  const machine = await newMachine(SITE, {
    YKIEN_DATABASE: await newDatabase(),
    YKIEN_PROCESSES: '2',
    YKIEN_UNDO_SECONDS: '0',
    YKIEN_METRICS_TOKEN: METRICS,
    ...env,
  })
  machines.push(machine)
  const server = await serve(machine.env)
  servers.push(server)
  const [one, other] = await waysTo(machine.base, childrenOf(server.process.pid ?? 0))
  if (!one || !other) throw new Error('not two processes')
  return { machine, server, ways: [one, other] }
}
afterAll(() => {
  for (const server of servers) server.process.kill('SIGKILL')
  for (const machine of machines) machine.remove()
})

let machine: Machine
let ways: [Way, Way]
let token: string
beforeAll(async () => {
  ;({ machine, ways } = await start())
  token = machine.command('token', 'add', '--site', SITE, '--role', 'moderator', '--name', 'máy')
})

const comments = `/api/v1/sites/${SITE}/comments`
const thread = (key: string) => `/api/v1/sites/${SITE}/threads?key=${key}`
const post = (way: Way, key: string, body: string, headers: Record<string, string> = {}) =>
  way.ask(comments, { method: 'POST', headers, body: { article: { key }, body } })
const decide = async (way: Way, item: Record<string, unknown>): Promise<Outcome | undefined> => {
  const answer = await way.ask(`/api/v1/admin/sites/${SITE}/decisions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: { items: [item] },
  })
  expect(answer.status, answer.text).toBe(200)
  return answer.json<{ outcomes: Outcome[] }>().outcomes[0]
}
const idsIn = async (way: Way, key: string) => {
  const answer = await way.ask(thread(key))
  expect(answer.status, answer.text).toBe(200)
  return answer.json<{ comments: { id: string }[] }>().comments.map(({ id }) => id)
}

describe('two processes of one service', () => {
  it(`show an approval at once, whichever took it and whichever is asked, ${ROUNDS} rounds`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const [taking, other] = round % 2 === 0 ? ways : [ways[1], ways[0]]
      const key = `duyet-${round}`
      const { comment } = (await post(taking, key, `Ý kiến vòng ${round}.`)).json<Submitted>()
      // Both keep the answer ready before it changes.
      expect(await Promise.all(ways.map((way) => idsIn(way, key)))).toEqual([[], []])
      expect(await decide(other, { comment: comment.id, version: 1, verdict: 'approve' })).toMatchObject({ status: 'done' })
      expect(await Promise.all(ways.map((way) => idsIn(way, key)))).toEqual([[comment.id], [comment.id]])
    }
  })

  it(`let one of two decisions on a version win and tell the other, ${ROUNDS} rounds`, async () => {
    const wins = [0, 0]
    for (let round = 0; round < ROUNDS; round++) {
      const { comment } = (await post(ways[round % 2 === 0 ? 0 : 1], `tranh-${round}`, `Tranh nhau vòng ${round}.`)).json<Submitted>()
      const outcomes = await Promise.all([
        decide(ways[0], { comment: comment.id, version: 1, verdict: 'approve' }),
        decide(ways[1], { comment: comment.id, version: 1, verdict: 'reject', reason: 'ads' }),
      ])
      expect(outcomes.map((outcome) => outcome?.status).toSorted()).toEqual(['conflict', 'done'])
      const winner = outcomes[0]?.status === 'done' ? 0 : 1
      wins[winner] = (wins[winner] ?? 0) + 1
      expect(await idsIn(ways[winner === 0 ? 1 : 0], `tranh-${round}`)).toEqual(winner === 0 ? [comment.id] : [])
    }
    console.log(`decision against decision through two processes: wins ${wins.join(' and ')}`)
  })

  it('make one comment of equal requests that reach both at the same moment', async () => {
    const sent = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        post(ways[n % 2 === 0 ? 0 : 1], 'giong-nhau', 'Gửi hai nơi.', { 'idempotency-key': 'cung-luc' }),
      ),
    )
    expect(new Set(sent.map(({ status }) => status))).toEqual(new Set([202]))
    expect(new Set(sent.map(({ text }) => text)).size).toBe(1)
  })

  it('take a site that was added meanwhile', async () => {
    machine.command('site', 'add', 'xa-moi', '--name', 'Xã Mới', '--origin', 'https://xamoi.example')
    for (const way of ways) expect((await way.ask('/api/v1/sites/xa-moi')).status).toBe(200)
  })

  it('count for the whole service, whichever is asked', async () => {
    const counted = async (way: Way) => {
      const { text } = await way.ask('/metrics', { headers: { authorization: `Bearer ${METRICS}` } })
      return Number(/^ykien_posts_total\{outcome="accepted"\} (\d+)$/m.exec(text)?.[1])
    }
    const before = await counted(ways[0])
    for (let n = 0; n < 3; n++) await post(ways[0], 'dem', `Đếm một ${n}.`)
    for (let n = 0; n < 4; n++) await post(ways[1], 'dem', `Đếm hai ${n}.`)
    expect([await counted(ways[0]), await counted(ways[1])]).toEqual([before + 7, before + 7])
  })

  it('share one rate limit', async () => {
    const limited = await start({ YKIEN_LIMITS: 'on' })
    const statuses: number[] = []
    for (let n = 0; n < BURST + 2; n++) statuses.push((await post(limited.ways[n % 2 === 0 ? 0 : 1], 'gioi-han', `Gửi nhanh ${n}.`)).status)
    expect(statuses).toEqual([...Array.from({ length: BURST }, () => 202), 403, 403])
  })

  it('say that they end before they do, answer until then, and end with 0', async () => {
    const ending = await start({ YKIEN_DRAIN_SECONDS: '1' })
    const pids = ending.ways.map(({ pid }) => pid)
    const code = stop(ending.server)
    await ending.server.heard(/"event":"stopping"/)
    for (const way of ending.ways) {
      await expect.poll(async () => (await way.ask('/readyz')).json<{ failed?: string[] }>().failed).toEqual(['draining'])
      expect((await post(way, 'cuoi', 'Gửi lúc sắp dừng.')).status).toBe(202)
    }
    expect(await code).toBe(0)
    expect(childrenOf(ending.server.process.pid ?? 0)).toEqual([])
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  })

  it('are started again when one dies, and nothing that was counted is lost', async () => {
    const service = await start()
    const accepted = async (way: Way) =>
      /^ykien_posts_total\{outcome="accepted"\} (\d+)$/m.exec(
        (await way.ask('/metrics', { headers: { authorization: `Bearer ${METRICS}` } })).text,
      )?.[1]
    for (const way of service.ways) await post(way, 'con-lai', 'Trước khi một tiến trình mất.')
    expect(await accepted(service.ways[1])).toBe('2')
    process.kill(service.ways[0].pid, 'SIGKILL')
    await service.server.heard(/"event":"process\.started"/)
    expect(await accepted(service.ways[1])).toBe('2')
    const again = await waysTo(service.machine.base, childrenOf(service.server.process.pid ?? 0))
    expect(again).toHaveLength(2)
    for (const way of again) expect((await post(way, 'con-lai', 'Sau khi chạy lại.')).status).toBe(202)
  })

  it('do not start where the port is taken, and say so', async () => {
    const other = await newMachine(SITE, {
      ...Object.fromEntries(
        Object.entries(machine.env).flatMap(([name, value]) => (name.startsWith('YKIEN_') && value !== undefined ? [[name, value]] : [])),
      ),
      YKIEN_DATABASE: await newDatabase(),
    })
    machines.push(other)
    await expect(serve(other.env)).rejects.toThrow(/cannot listen on .*set YKIEN_PORT to a free port/)
  })
})
