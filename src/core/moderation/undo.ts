// Command: undoing a decision until it takes effect, and the official reply that was given beside it.
// Not for: decisions that another one replaces (decide.ts), though what stood beside those is taken back here too.
import type { Selectable } from 'kysely'
import { z } from 'zod'
import type { Schema } from '../../storage/schema.ts'
import type { Compilable } from '../../storage/store.ts'
import { type Comment, findComment, toComment } from '../comments/comment.ts'
import { callOff, putBack } from '../comments/publish.ts'
import type { State } from '../comments/states.ts'
import { AppError, actorColumns, allow, type Ctx, type ErrorCode, may } from '../context.ts'
import { audited, commit, retrying } from '../record.ts'
import { threadOf } from '../threads.ts'
import { reopenReports } from './reports.ts'

/** Decisions taken or undone in one request: a screenful, so that nobody judges what no page showed. */
export const MAX_ITEMS = 100

/** Decisions undone in one request: as many as one request can take. */
export const UndoInput = z.strictObject({ decisions: z.array(z.string().min(1).max(64)).min(1).max(MAX_ITEMS) })

type Decision = Selectable<Schema['fact']>

/**
 * Undoes a decision within its window, with the official reply beside it. Throws `forbidden` for a colleague's unless the actor may
 * undo those, `undo_expired` once it took effect, `conflict` after a later decision. Undoing again gives the same answer.
 */
export async function undo(
  ctx: Ctx,
  decisionId: string,
): Promise<{ comment: { id: string; state: State; version: number }; decision: { id: string } }> {
  allow(ctx, may(ctx, 'comment.decide') ? 'comment.decide' : 'reply.publish')
  return retrying(async () => {
    const { services } = ctx
    const { db } = services.store
    const decision = await db
      .selectFrom('fact')
      .leftJoin('settlement', 'settlement.decision_id', 'fact.id')
      .selectAll('fact')
      .select('settlement.outcome')
      .where('fact.id', '=', decisionId)
      .where('fact.site_id', '=', ctx.site.id)
      .where('fact.kind', '=', 'decision')
      .executeTakeFirst()
    if (!decision) throw new AppError('not_found')
    const isOwn = decision.actor_id !== null && decision.actor_id === actorColumns(ctx.actor).actor_id
    if (!isOwn && !may(ctx, 'decision.undo_others')) throw new AppError('forbidden')

    const comment = await findComment(ctx, decision.comment_id)
    const later = await db
      .selectFrom('fact')
      .select(['id', 'kind', 'undoes_id', 'from_version', 'actor_name', 'created_at'])
      .where('comment_id', '=', comment.id)
      .where('from_version', '>', decision.from_version)
      .where('kind', '!=', 'revision')
      .orderBy('from_version')
      .limit(1)
      .executeTakeFirst()
    if (later?.undoes_id === decision.id) return undone(comment, decision.id)
    if (later) throw new AppError('conflict', { values: { name: later.actor_name ?? '', time: later.created_at } })
    const now = services.now().toISOString()
    if (decision.outcome !== null || decision.takes_effect_at === null || decision.takes_effect_at <= now)
      throw new AppError('undo_expired')

    const state = stateUndone(comment, decision)
    await commit(ctx, [
      ...undoing(ctx, comment, decision),
      ...(comment.hiddenAt !== null && comment.hiddenAt === decision.created_at ? putBack(ctx, comment) : []),
      ...reopenReports(ctx, comment.id, decision.created_at),
      ...(await takingBackBeside(ctx, decision.id)),
    ])
    return undone({ ...comment, state, version: comment.version + 1 }, decision.id)
  })
}

export type UndoOutcome = {
  decision: string
  status: 'undone' | 'refused'
  comment: { id: string; state: State; version: number } | null
  code: ErrorCode | null
}

/**
 * Undoes many decisions, each by itself: an outcome per decision, in the order given. Throws `not_found` when none of them is the
 * site's.
 */
export async function undoMany(ctx: Ctx, raw: unknown): Promise<UndoOutcome[]> {
  allow(ctx, may(ctx, 'comment.decide') ? 'comment.decide' : 'reply.publish')
  const { decisions } = UndoInput.parse(raw)
  const outcomes: UndoOutcome[] = []
  for (const decision of decisions) {
    try {
      outcomes.push({ decision, status: 'undone', comment: (await undo(ctx, decision)).comment, code: null })
    } catch (error) {
      if (!(error instanceof AppError) || error.code === 'busy') throw error
      outcomes.push({ decision, status: 'refused', comment: null, code: error.code })
    }
  }
  if (outcomes.every(({ code }) => code === 'not_found')) throw new AppError('not_found')
  return outcomes
}

/** The statements that take back the official reply given beside a decision, unless it was ruled on by itself meanwhile. */
export async function takingBackBeside(ctx: Ctx, decisionId: string): Promise<Compilable[]> {
  const { db } = ctx.services.store
  const beside = await db
    .selectFrom('fact')
    .leftJoin('settlement', 'settlement.decision_id', 'fact.id')
    .selectAll('fact')
    .where('fact.beside_id', '=', decisionId)
    .where('settlement.outcome', 'is', null)
    .executeTakeFirst()
  if (!beside) return []
  const row = await db.selectFrom('comment').selectAll().where('id', '=', beside.comment_id).executeTakeFirstOrThrow()
  return undoing(ctx, toComment(row), beside)
}

function undoing(ctx: Ctx, comment: Comment, decision: Decision): Compilable[] {
  const { store, newId, now } = ctx.services
  const state = stateUndone(comment, decision)
  return [
    store.db.insertInto('fact').values({
      id: newId(),
      site_id: ctx.site.id,
      comment_id: comment.id,
      from_version: comment.version,
      kind: 'undo',
      revision_id: comment.revisionId,
      undoes_id: decision.id,
      state_before: comment.state,
      state_after: state,
      ...actorColumns(ctx.actor),
      created_at: now().toISOString(),
    }),
    ...callOff(ctx, decision.id, threadOf(comment)),
    store.db
      .updateTable('comment')
      .set({ state, version: comment.version + 1 })
      .where('id', '=', comment.id),
    audited(
      ctx,
      'decision.undo',
      { kind: 'comment', id: comment.id },
      { decision: decision.id, state_before: comment.state, state_after: state },
    ),
  ]
}

/** What a comment is after an undo. An official reply that never came into force is withdrawn: it is nobody's to judge. */
function stateUndone(comment: Comment, decision: Decision): State {
  if (comment.official !== null && decision.from_version === 1) return 'withdrawn'
  return comment.revisionId === decision.revision_id ? (decision.state_before as State) : comment.state
}

function undone(comment: Comment, decisionId: string) {
  return { comment: { id: comment.id, state: comment.state, version: comment.version }, decision: { id: decisionId } }
}
