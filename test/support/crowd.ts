// One of several processes of a service under load: readers, authors, moderators and the clock, many at once, on one article.
// Run by Node itself with types stripped; imports no door, because doors are .tsx.
import { settleSite } from '../../src/core/comments/publish.ts'
import { editToken } from '../../src/core/comments/receipts.ts'
import { revise, withdraw } from '../../src/core/comments/revise.ts'
import { VERDICTS } from '../../src/core/comments/states.ts'
import { submit } from '../../src/core/comments/submit.ts'
import { type Actor, AppError, type Ctx } from '../../src/core/context.ts'
import { decide } from '../../src/core/moderation/decide.ts'
import { undo } from '../../src/core/moderation/undo.ts'
import { runOutbox } from '../../src/core/outbound/outbox.ts'
import { findSite } from '../../src/core/sites.ts'
import { nodeServices, openServed, readConfig } from '../../src/platform/node.ts'

/** What a process of the crowd did: acts that were carried out, refusals by code, and jobs it ran. */
export type CrowdReport = { done: number; refused: Record<string, number>; jobs: number }

const [slug = '', people = '1', acts = '1'] = process.argv.slice(2)
const config = readConfig(process.env)
const services = nodeServices(config, openServed(config), () => {})
const site = await findSite(services, slug)
const context = (actor: Actor): Ctx => ({ services, actor, site })
const report: CrowdReport = { done: 0, refused: {}, jobs: 0 }
const pick = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(Math.random() * items.length)]

/** One person's next act on whatever comment comes to hand, most of them on the newest few. */
async function act(person: number): Promise<void> {
  const { db } = services.store
  const staff = context({ kind: 'staff', id: `leader-${process.pid}-${person}`, name: 'Lãnh đạo', role: 'leader' })
  const comments = await db
    .selectFrom('comment')
    .select(['id', 'version', 'parent_id', 'public_revision_id'])
    .where('site_id', '=', site.id)
    .orderBy('id', 'desc')
    .limit(8)
    .execute()
  const comment = pick(comments)
  const chance = Math.random()
  if (comment === undefined || chance < 0.2) {
    const parent = pick(comments.filter((each) => each.public_revision_id !== null))
    const input = { article: { key: 'bai-nong' }, body: 'Ý kiến giữa đám đông.', parent_id: chance < 0.13 ? (parent?.id ?? null) : null }
    await submit(context({ kind: 'reader' }), input, null)
  } else if (chance < 0.7) {
    const verdict = chance < 0.5 ? 'approve' : (pick(VERDICTS) ?? 'hide')
    const reason = verdict === 'reject' ? { reason: 'other' } : {}
    const [outcome] = await decide(staff, { items: [{ comment: comment.id, version: comment.version, verdict, ...reason }] }, null)
    if (outcome?.status !== 'done') throw new AppError(outcome?.code ?? 'conflict')
  } else if (chance < 0.8) {
    const decision = await db
      .selectFrom('fact')
      .select('id')
      .where('comment_id', '=', comment.id)
      .where('kind', '=', 'decision')
      .orderBy('from_version', 'desc')
      .limit(1)
      .executeTakeFirst()
    if (decision) await undo(staff, decision.id)
  } else if (chance < 0.85) {
    const token = await editToken(services, comment.id)
    if (chance < 0.83) await revise(context({ kind: 'author' }), comment.id, token, { body: 'Bản sửa giữa đám đông.' })
    else await withdraw(context({ kind: 'author' }), comment.id, token)
  } else if (chance < 0.95) await settleSite(context({ kind: 'reader' }))
  else {
    const ran = await runOutbox(services)
    report.jobs += ran
  }
}

async function live(person: number): Promise<void> {
  for (let left = Number(acts); left > 0; left--) {
    try {
      await act(person)
      report.done++
    } catch (error) {
      const code = error instanceof AppError ? error.code : String(error)
      report.refused[code] = (report.refused[code] ?? 0) + 1
    }
  }
}

await Promise.all(Array.from({ length: Number(people) }, (_, person) => live(person)))
await services.store.close()
process.send?.(report)
