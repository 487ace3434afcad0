// Facts are the truth: after any sequence of what readers, authors, moderators and the clock can do, every number and state that
// is kept beside the facts is what they say, and each act has left one audit row.
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { platformName } from '#platform'
import { settleSite } from '../../src/core/comments/publish.ts'
import { revise, withdraw } from '../../src/core/comments/revise.ts'
import { type STATES, VERDICTS } from '../../src/core/comments/states.ts'
import { type Submitted, submit } from '../../src/core/comments/submit.ts'
import { type Actor, AppError, type Ctx } from '../../src/core/context.ts'
import { decide } from '../../src/core/moderation/decide.ts'
import { reply } from '../../src/core/moderation/reply.ts'
import { undo } from '../../src/core/moderation/undo.ts'
import { runOutbox } from '../../src/core/outbound/outbox.ts'
import { addSite, findSite } from '../../src/core/sites.ts'
import { openWard, type Ward } from '../support/ward.ts'

/** A step of the play: who does what to which of the comments made so far, counted round. */
type Step =
  | { act: 'submit'; article: number; replyTo: number | null }
  | { act: 'decide'; comment: number; verdict: (typeof VERDICTS)[number]; by: 'moderator' | 'leader' }
  | { act: 'undo'; decision: number; by: 'moderator' | 'leader' }
  | { act: 'revise'; comment: number; words: number }
  | { act: 'withdraw'; comment: number }
  | { act: 'answer'; comment: number; besideApproval: boolean }
  | { act: 'wait'; seconds: number }
  | { act: 'settle' }
  | { act: 'tick' }

const nth = fc.nat(5)
const by = fc.constantFrom('moderator' as const, 'leader' as const)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ act: fc.constant('submit' as const), article: fc.nat(1), replyTo: fc.option(nth) }) },
  {
    weight: 7,
    arbitrary: fc.record({
      act: fc.constant('decide' as const),
      comment: nth,
      verdict: fc.constantFrom('approve' as const, 'approve' as const, ...VERDICTS),
      by,
    }),
  },
  { weight: 7, arbitrary: fc.record({ act: fc.constant('undo' as const), decision: nth, by }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('revise' as const), comment: nth, words: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('withdraw' as const), comment: nth }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('answer' as const), comment: nth, besideApproval: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ act: fc.constant('wait' as const), seconds: fc.constantFrom(1, 5, 11, 30) }) },
  { weight: 1, arbitrary: fc.constant({ act: 'settle' as const }) },
  { weight: 1, arbitrary: fc.constant({ act: 'tick' as const }) },
)

/** A published comment with a published reply: what happens to the one changes what counts of the other. */
const THREAD: Step[] = [
  { act: 'submit', article: 0, replyTo: null },
  { act: 'decide', comment: 0, verdict: 'approve', by: 'leader' },
  { act: 'wait', seconds: 11 },
  { act: 'submit', article: 0, replyTo: 0 },
  { act: 'decide', comment: 1, verdict: 'approve', by: 'leader' },
  { act: 'wait', seconds: 11 },
  { act: 'settle' },
]

let ward: Ward
let plays = 0
beforeAll(async () => {
  ward = await openWard()
})

/** Plays the steps on a new site; what the rules refuse is refused, and nothing else may go wrong. Gives the site's id. */
async function play(steps: readonly Step[]): Promise<{ siteId: string; done: Record<string, number> }> {
  const slug = `tro-choi-${++plays}-${crypto.randomUUID().slice(0, 8)}`
  await addSite(ward.services, { slug, name: 'Phường Trò Chơi', origins: ['https://trochoi.example'] })
  const site = await findSite(ward.services, slug)
  const as = (actor: Actor): Ctx => ({ services: ward.services, actor, site })
  const staff = (role: 'moderator' | 'leader') => as({ kind: 'staff', id: `${role}-${slug}`, name: role, role })
  const comments: (Submitted & { article: number })[] = []
  const decisions: string[] = []
  const done: Record<string, number> = {}
  for (const each of steps) {
    const target = 'comment' in each ? comments[each.comment % (comments.length || 1)] : undefined
    try {
      if (each.act === 'submit') {
        const parent = each.replyTo === null ? undefined : comments[each.replyTo % (comments.length || 1)]
        const article = parent === undefined ? each.article : parent.article
        const input = { article: { key: `bai-${article}` }, body: `Ý kiến ${comments.length}.`, parent_id: parent?.comment.id ?? null }
        comments.push({ ...(await submit(as({ kind: 'reader' }), input, null)), article })
        if (parent !== undefined) done.reply = (done.reply ?? 0) + 1
      } else if (each.act === 'decide' && target) {
        const { version } = await ward.store.db
          .selectFrom('comment')
          .select('version')
          .where('id', '=', target.comment.id)
          .executeTakeFirstOrThrow()
        const item = {
          comment: target.comment.id,
          version,
          verdict: each.verdict,
          ...(each.verdict === 'reject' ? { reason: 'other' } : {}),
        }
        const [outcome] = await decide(staff(each.by), { items: [item] }, null)
        if (outcome?.status !== 'done' || outcome.decision === null) continue
        decisions.push(outcome.decision)
      } else if (each.act === 'answer' && target) {
        const words = { body: 'Trả lời của phường.', signer_title: 'Chủ tịch' }
        const row = await ward.store.db
          .selectFrom('comment')
          .select('version')
          .where('id', '=', target.comment.id)
          .executeTakeFirstOrThrow()
        const item = { comment: target.comment.id, version: row.version, verdict: 'approve', reply: words }
        if (each.besideApproval) {
          const [outcome] = await decide(staff('leader'), { items: [item] }, null)
          if (outcome?.status !== 'done' || outcome.decision === null) continue
          decisions.push(outcome.decision)
        } else decisions.push((await reply(staff('leader'), target.comment.id, words, null)).decision.id)
      } else if (each.act === 'undo') {
        const decision = decisions[decisions.length - 1 - (each.decision % (decisions.length || 1))]
        if (decision === undefined) continue
        await undo(staff(each.by), decision)
      } else if (each.act === 'revise' && target) {
        await revise(as({ kind: 'author' }), target.comment.id, target.edit.token, { body: `Bản sửa ${each.words}.` })
      } else if (each.act === 'withdraw' && target) await withdraw(as({ kind: 'author' }), target.comment.id, target.edit.token)
      else if (each.act === 'wait') ward.clock.ms += each.seconds * 1_000
      else if (each.act === 'settle') await settleSite(as({ kind: 'reader' }))
      else if (each.act === 'tick') await runOutbox(ward.services)
      done[each.act] = (done[each.act] ?? 0) + 1
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'internal' || error.code === 'busy') throw error
    }
    // Every act at a moment of its own: two in one millisecond are told apart by their ids, but not by people.
    ward.clock.ms += 1
  }
  return { siteId: site.id, done }
}

async function rowsOf(siteId: string) {
  const { db } = ward.store
  const [threads, comments, facts, audits, settlements, pending] = await Promise.all([
    db.selectFrom('thread').selectAll().where('site_id', '=', siteId).execute(),
    db.selectFrom('comment').selectAll().where('site_id', '=', siteId).execute(),
    db.selectFrom('fact').selectAll().where('site_id', '=', siteId).orderBy('comment_id').orderBy('from_version').execute(),
    db.selectFrom('audit').selectAll().where('site_id', '=', siteId).where('action', '!=', 'site.add').execute(),
    db
      .selectFrom('settlement')
      .innerJoin('fact', 'fact.id', 'decision_id')
      .select(['decision_id', 'outcome'])
      .where('fact.site_id', '=', siteId)
      .execute(),
    db
      .selectFrom('pending_publication')
      .innerJoin('fact', 'fact.id', 'decision_id')
      .select(['decision_id', 'pending_publication.thread_id', 'pending_publication.takes_effect_at'])
      .where('fact.site_id', '=', siteId)
      .execute(),
  ])
  return { threads, comments, facts, audits, settlements: new Map(settlements.map((row) => [row.decision_id, row.outcome])), pending }
}

type Rows = Awaited<ReturnType<typeof rowsOf>>
type FactRow = Rows['facts'][number]

/** The state that the facts of one comment give it, by the meaning of each and not by what it recorded. */
function stateFrom(facts: readonly FactRow[], isOfficial: boolean): (typeof STATES)[number] {
  const result = {
    approve: 'published',
    reject: 'rejected',
    spam: 'spam',
    hold: 'held',
    hide: 'hidden',
    return: 'returned',
    seal: 'sealed',
  } as const
  const states: (typeof STATES)[number][] = []
  for (const [index, fact] of facts.entries()) {
    const before = states.at(-1) ?? 'pending'
    if (fact.kind === 'revision') states.push('pending')
    else if (fact.kind === 'withdrawal') states.push('withdrawn')
    else if (fact.kind === 'decision') states.push(result[fact.verdict as keyof typeof result])
    else {
      const at = facts.findIndex((each) => each.id === fact.undoes_id)
      const wasEdited = facts.slice(at + 1, index).some((each) => each.kind === 'revision')
      // An official reply that is taken back before it came into force is nobody's to judge.
      states.push(isOfficial && at === 1 ? 'withdrawn' : wasEdited ? before : standingBefore(facts, states, at))
    }
  }
  return states.at(-1) ?? 'pending'
}

/** What the comment was before a decision: where that one stood in the place of an approval that had not taken effect, before both. */
function standingBefore(facts: readonly FactRow[], states: readonly (typeof STATES)[number][], at: number): (typeof STATES)[number] {
  const [decision, earlier] = [facts[at], facts[at - 1]]
  const replaced =
    earlier?.kind === 'decision' &&
    earlier.verdict === 'approve' &&
    earlier.takes_effect_at !== null &&
    decision !== undefined &&
    earlier.takes_effect_at > decision.created_at
  return replaced ? standingBefore(facts, states, at - 1) : (states[at - 1] ?? 'pending')
}

function check({ threads, comments, facts, audits, settlements, pending }: Rows, now: string): void {
  const isPublic = (comment: Rows['comments'][number] | undefined) =>
    comment !== undefined && comment.public_revision_id !== null && comment.hidden_at === null
  /** A root that was public once keeps its place for its replies, unless it was sealed. */
  const hasPlace = (root: Rows['comments'][number] | undefined) => root !== undefined && root.published_at !== null
  const byId = new Map(comments.map((comment) => [comment.id, comment]))
  for (const thread of threads) {
    const shown = comments.filter(
      (comment) =>
        comment.thread_id === thread.id && isPublic(comment) && (comment.parent_id === null || hasPlace(byId.get(comment.parent_id))),
    )
    expect(thread.public_count, 'the thread’s number').toBe(shown.length)
    const answered = new Set(shown.filter((comment) => comment.official_agency !== null).map((reply) => reply.parent_id))
    expect(thread.official_count, 'its roots with an official reply').toBe(answered.size)
    const waiting = pending.filter((row) => row.thread_id === thread.id).map((row) => row.takes_effect_at)
    expect(thread.next_change_at, 'the thread’s next change').toBe(waiting.sort()[0] ?? null)
  }
  for (const comment of comments) {
    const own = facts.filter((fact) => fact.comment_id === comment.id)
    const told = JSON.stringify(own.map(({ kind, verdict, state_after }) => [kind, verdict, state_after]))
    expect(
      own.map((fact) => fact.from_version),
      'versions without gaps',
    ).toEqual(own.map((_, index) => index))
    expect(comment.version, 'the version').toBe(own.length)
    expect(comment.state, `the state: ${told}`).toBe(stateFrom(own, comment.official_agency !== null))
    expect(own.at(-1)?.state_after, 'the state recorded last').toBe(comment.state)
    expect(comment.revision_id, 'the newest text').toBe(own.findLast((fact) => fact.kind === 'revision')?.revision_id)
    expect(comment.public_replies, 'its replies').toBe(comments.filter((reply) => reply.parent_id === comment.id && isPublic(reply)).length)
    const officials = comments.filter((each) => each.parent_id === comment.id && isPublic(each) && each.official_agency !== null)
    expect(comment.public_official, 'its official replies').toBe(officials.length)
    if (comment.public_revision_id !== null) {
      const approvals = own.filter((fact) => fact.verdict === 'approve' && fact.revision_id === comment.public_revision_id)
      expect(
        approvals.some((fact) => settlements.get(fact.id) === 'applied'),
        `public only after an approval: ${told}`,
      ).toBe(true)
    }
    if (comment.state === 'sealed' || comment.state === 'withdrawn')
      expect(comment.public_revision_id, `${comment.state} is not public`).toBeNull()
    if (comment.state === 'sealed') expect(comment.published_at, 'sealed has no place').toBeNull()
    if (comment.state === 'hidden') expect(isPublic(comment), 'hidden is not public').toBe(false)
    const due = own.filter((fact) => fact.verdict === 'approve' && fact.takes_effect_at !== null && fact.takes_effect_at <= now)
    for (const fact of due) expect(settlements.has(fact.id), 'what is due is settled').toBe(true)
  }
  // Writing an official reply and letting it out is one act of two facts.
  const answers = comments.filter((comment) => comment.official_agency !== null)
  expect(audits.length, 'one audit row per act').toBe(facts.length - answers.length)
}

describe('after any sequence of acts', () => {
  it('counts, states and the record are what the facts say', async () => {
    const done: Record<string, number> = {}
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.array(step, { minLength: 5, maxLength: 30, size: 'max' }), async (hasThread, steps) => {
        const played = await play([...(hasThread ? THREAD : []), { act: 'submit', article: 0, replyTo: null }, ...steps])
        for (const [act, times] of Object.entries(played.done)) done[act] = (done[act] ?? 0) + times
        await settleSite(await siteCtx(played.siteId))
        check(await rowsOf(played.siteId), ward.services.now().toISOString())
      }),
      { numRuns: platformName === 'sqlite' ? 250 : 100 },
    )
    for (const act of ['submit', 'reply', 'answer', 'decide', 'undo', 'revise', 'withdraw', 'settle', 'tick'])
      expect(done[act], act).toBeGreaterThan(5)
  })

  it.each(['seal', 'hide'] as const)('an approval of an earlier text does not come into force after a later "%s"', async (verdict) => {
    const publicFirst: Step[] =
      verdict === 'hide'
        ? [
            { act: 'decide', comment: 0, verdict: 'approve', by: 'leader' },
            { act: 'wait', seconds: 11 },
            { act: 'revise', comment: 0, words: 1 },
          ]
        : []
    const { siteId } = await play([
      { act: 'submit', article: 0, replyTo: null },
      ...publicFirst,
      { act: 'decide', comment: 0, verdict: 'approve', by: 'leader' },
      { act: 'revise', comment: 0, words: 2 },
      { act: 'decide', comment: 0, verdict, by: 'leader' },
      { act: 'wait', seconds: 30 },
      { act: 'settle' },
      { act: 'tick' },
    ])
    const rows = await rowsOf(siteId)
    expect(rows.comments).toMatchObject([{ state: verdict === 'seal' ? 'sealed' : 'hidden' }])
    expect(rows.threads).toMatchObject([{ public_count: 0, next_change_at: null }])
    check(rows, ward.services.now().toISOString())
  })

  it('would be found out by this check: a number that is off by one', async () => {
    const { siteId } = await play([
      { act: 'submit', article: 0, replyTo: null },
      { act: 'decide', comment: 0, verdict: 'approve', by: 'leader' },
      { act: 'wait', seconds: 11 },
      { act: 'settle' },
    ])
    const now = ward.services.now().toISOString()
    check(await rowsOf(siteId), now)
    await ward.store.batch([
      ward.store.db
        .updateTable('thread')
        .set((is) => ({ public_count: is('public_count', '+', 1) }))
        .where('site_id', '=', siteId),
    ])
    const rows = await rowsOf(siteId)
    expect(() => check(rows, now)).toThrow('the thread’s number')
  })
})

async function siteCtx(siteId: string): Promise<Ctx> {
  const { slug } = await ward.store.db.selectFrom('site').select('slug').where('id', '=', siteId).executeTakeFirstOrThrow()
  return ward.ctx({ kind: 'reader' }, slug)
}
