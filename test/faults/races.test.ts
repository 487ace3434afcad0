// Two processes on one database at the same moment: the unique key decides, whoever's connection it comes through.
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newDatabase } from '#platform'
import { type Submitted, submit } from '../../src/core/comments/submit.ts'
import type { Ctx } from '../../src/core/context.ts'
import type { Outcome } from '../../src/core/moderation/decide.ts'
import { beginWithPassword } from '../../src/core/people/signin.ts'
import { invite } from '../../src/core/people/team.ts'
import { addSite, findSite } from '../../src/core/sites.ts'
import { nodeServices, openDatabase, readConfig, readMigrations } from '../../src/platform/node.ts'
import type { Services } from '../../src/services.ts'
import { migrate } from '../../src/storage/migrate.ts'
import { codeOf, PASSWORD, setUp, VISITOR } from '../support/person.ts'
import type { RaceOrder, RaceResult } from '../support/racer.ts'

const ROUNDS = 200
/** Each needs an account of its own, and with it three hashes of a password. */
const CODES = 10
/** From the orders to the common start: long enough that both processes have read theirs. */
const LEAD_MS = 4
const SITE = 'phuong-dua'

type WithoutRound<Order> = Order extends RaceOrder ? Omit<Order, 'round' | 'at'> : never
type Racer = { name: string; process: ChildProcess; order(order: RaceOrder): Promise<RaceResult> }

const env: NodeJS.ProcessEnv = {
  ...process.env,
  YKIEN_SECRET: 'a secret that only the tests know, 32+',
  YKIEN_DEMO: '0',
  YKIEN_UNDO_SECONDS: '0',
  YKIEN_LIMITS: 'off',
}
let services: Services
let ctx: Ctx
const racers: Racer[] = []

beforeAll(async () => {
  env.YKIEN_DATABASE = await newDatabase()
  const config = readConfig(env)
  services = nodeServices(config, openDatabase(config), () => {})
  await migrate(services.store, readMigrations(services.store.dialect), services.now())
  await addSite(services, { slug: SITE, name: 'Phường Đua', origins: ['https://phuongdua.example'] })
  ctx = { services, actor: { kind: 'reader' }, site: await findSite(services, SITE) }
  for (const name of ['Cô Một', 'Chú Hai']) racers.push(await startRacer(name))
}, 60_000)

afterAll(async () => {
  for (const racer of racers) racer.process.disconnect()
  await services.store.close()
})

async function startRacer(name: string): Promise<Racer> {
  const child = fork(fileURLToPath(new URL('../support/racer.ts', import.meta.url)), [SITE, `staff-${name}`, name], { env, execArgv: [] })
  const next = () =>
    new Promise<RaceResult>((resolve, reject) => {
      const gone = (code: number | null) => reject(new Error(`racer ${name} ended with ${code}`))
      child.once('exit', gone)
      child.once('message', (result) => {
        child.off('exit', gone)
        resolve(result as RaceResult)
      })
    })
  const racer: Racer = {
    name,
    process: child,
    order(order) {
      const result = next()
      child.send(order)
      return result
    },
  }
  await next()
  return racer
}

/** Both racers get their orders and start at the same moment; the first is the one that is told first every other round. */
async function race(round: number, orders: readonly [WithoutRound<RaceOrder>, WithoutRound<RaceOrder>]): Promise<RaceResult[]> {
  const at = Date.now() + LEAD_MS
  const results = await Promise.all(racers.map((racer, index) => racer.order({ ...(orders[index] ?? orders[0]), round, at })))
  for (const result of results) expect(result.round).toBe(round)
  return results
}

const send = (body: string, key: string): Promise<Submitted> => submit(ctx, { article: { key }, body }, null)
const auditOf = (comment: string, action: string) =>
  services.store.db.selectFrom('audit').selectAll().where('subject_id', '=', comment).where('action', '=', action).execute()
const rowOf = (comment: string) => services.store.db.selectFrom('comment').selectAll().where('id', '=', comment).executeTakeFirstOrThrow()
const sessions = async () => (await services.store.db.selectFrom('session').select('id').execute()).length
const versionsOf = async (comment: string) =>
  (
    await services.store.db.selectFrom('fact').select('from_version').where('comment_id', '=', comment).orderBy('from_version').execute()
  ).map((fact) => fact.from_version)

describe('two processes on one database', () => {
  it(`let one of two decisions on a version win and tell the other who won, ${ROUNDS} rounds`, async () => {
    const wins = [0, 0]
    for (let round = 0; round < ROUNDS; round++) {
      const { comment } = await send(`Ý kiến vòng ${round}.`, `dua-${round % 20}`)
      const results = await race(round, [
        { kind: 'decide', item: { comment: comment.id, version: 1, verdict: 'approve' } },
        { kind: 'decide', item: { comment: comment.id, version: 1, verdict: 'reject', reason: 'ads' } },
      ])
      const outcomes = results.map((result) => result.answer as Outcome)
      const winner = outcomes.findIndex((outcome) => outcome?.status === 'done')
      const won = outcomes[winner]
      wins[winner] = (wins[winner] ?? 0) + 1
      expect(won).toMatchObject({ status: 'done', version: 2, state: winner === 0 ? 'published' : 'rejected' })
      expect(outcomes[1 - winner]).toMatchObject({
        status: 'conflict',
        by: racers[winner]?.name,
        at: won?.at,
        decision: won?.decision,
        state: won?.state,
        version: 2,
      })
      expect(await auditOf(comment.id, 'comment.decide')).toHaveLength(1)
      expect(await rowOf(comment.id)).toMatchObject({ state: won?.state, version: 2 })
    }
    expect(Math.min(...wins), `either process wins now and then: ${wins}`).toBeGreaterThan(0)
    console.log(`decision against decision, two processes: ${ROUNDS} rounds, wins ${wins.join(' and ')}`)
  })

  it(`never publish a text that nobody read, when an edit races an approval, ${ROUNDS} rounds`, async () => {
    const seen = { approvalWon: 0, editWon: 0, editFollowed: 0 }
    for (let round = 0; round < ROUNDS; round++) {
      const sent = await send('Bản đã đọc.', `sua-${round}`)
      const { id } = sent.comment
      const [judged, edited] = await race(round, [
        { kind: 'decide', item: { comment: id, version: 1, verdict: 'approve' } },
        { kind: 'revise', comment: id, token: sent.edit.token, body: 'Bản chưa ai đọc.' },
      ])
      const outcome = judged?.answer as Outcome
      const row = await rowOf(id)
      const [decisions, revisions] = [await auditOf(id, 'comment.decide'), await auditOf(id, 'comment.revise')]
      if (outcome.status === 'done') {
        expect(row.public_text).toBe('Bản đã đọc.')
        expect(decisions).toHaveLength(1)
        expect(revisions).toHaveLength(edited?.code === null ? 1 : 0)
        if (edited?.code !== null) expect(edited?.code).toBe('conflict')
        // An edit that came after the approval took the next version, and waits for a judgement of its own.
        expect(await versionsOf(id)).toEqual(edited?.code === null ? [0, 1, 2] : [0, 1])
        expect(row.state).toBe(edited?.code === null ? 'pending' : 'published')
        seen[edited?.code === null ? 'editFollowed' : 'approvalWon']++
      } else {
        seen.editWon++
        expect(edited?.code).toBeNull()
        expect(outcome).toMatchObject({ status: 'conflict', by: null, decision: null, state: 'pending', version: 2 })
        expect(outcome.at).not.toBeNull()
        expect(row).toMatchObject({ public_text: null, public_revision_id: null, published_at: null, state: 'pending' })
        expect(decisions).toHaveLength(0)
        expect(await versionsOf(id)).toEqual([0, 1])
      }
    }
    expect(seen.approvalWon + seen.editFollowed, JSON.stringify(seen)).toBeGreaterThan(0)
    expect(seen.editWon, JSON.stringify(seen)).toBeGreaterThan(0)
    console.log(`edit against approval, two processes: ${ROUNDS} rounds, ${JSON.stringify(seen)}`)
  })

  it(`take a code of an authenticator once, ${CODES} rounds`, async () => {
    for (let round = 0; round < CODES; round++) {
      const email = `dua-${round}@phuongdua.example`
      const { link, statements } = invite(services, { email, site: SITE, role: 'moderator' })
      await services.store.batch(statements)
      const { secret } = await setUp(services, link.url)
      const tickets = await Promise.all([0, 1].map(() => beginWithPassword(services, { email, password: PASSWORD }, VISITOR)))
      const code = codeOf(secret, services.now())
      const before = await sessions()
      const results = await race(round, [
        { kind: 'code', ticket: tickets[0] ?? '', code },
        { kind: 'code', ticket: tickets[1] ?? '', code },
      ])
      expect(results.map((result) => result.code ?? 'signed in').sort()).toEqual(['code_invalid', 'signed in'])
      expect(await sessions()).toBe(before + 1)
    }
  })
})
