// Command: one verdict on all that a page of the queue stands for, and one undo for whatever one request decided.
// Bounded by the newest comment the page showed, and by the moment it was made: what came or was changed later is left alone.
import { sql } from 'kysely'
import { z } from 'zod'
import { sha256 } from '../../lib/crypto.ts'
import { inChunks } from '../../storage/store.ts'
import { REASONS, type State } from '../comments/states.ts'
import { AppError, actorColumns, allow, type Ctx } from '../context.ts'
import { decide, type Outcome } from './decide.ts'
import { type QueueQuery, readQueue } from './queue.ts'
import { MAX_ITEMS, type UndoOutcome, undoMany } from './undo.ts'

/** Verdicts on more than was read. Approving is not among them: nothing is published that nobody read. */
const VIEW_VERDICTS = ['reject', 'spam', 'hold'] as const

/** Parameters of what is read of those that lost besides their ids. */
const PARAMETERS_OF_WINNERS = 2

const Id = z.string().min(1).max(64)

const ViewInput = z
  .strictObject({
    /** The newest comment that the page showed, and an id made with the page: whatever has a later one is newer than it. */
    newest: Id,
    made: Id,
    verdict: z.enum(VIEW_VERDICTS),
    reason: z.enum(REASONS).optional(),
    reason_text: z.string().max(2_000).optional(),
  })
  .refine((item) => item.verdict !== 'reject' || item.reason !== undefined, { path: ['reason'], params: { code: 'reason_required' } })

/** `isMore`: more of the view is left, for the same request with a new key. */
export type ViewOutcome = { outcomes: Outcome[]; isMore: boolean }

/**
 * Decides on the comments of a view, at most a hundred at once. The key is the person's own: the same one again gives what was decided
 * under it and decides nothing. A comment whose text is newer than the page is a conflict. Throws `validation` for the view of every state.
 */
export async function decideView(ctx: Ctx, view: QueueQuery, raw: unknown, idempotencyKey: string): Promise<ViewOutcome> {
  allow(ctx, 'comment.decide')
  const { newest, made, ...ruling } = ViewInput.parse(raw)
  if (view.state === 'any') throw new AppError('illegal_transition')
  const requestHash = sha256(JSON.stringify([view, newest, made, ruling]))
  const bounded = { ...view, after: undefined, until: newest, limit: MAX_ITEMS }
  const earlier = await decidedBy(ctx, idempotencyKey)
  if (earlier.some((fact) => fact.request_hash !== requestHash)) throw new AppError('idempotency_mismatch')
  if (earlier.length > 0)
    return { outcomes: earlier.map(repeated), isMore: (await readQueue(ctx, { ...bounded, limit: 1 })).items.length > 0 }
  const { items, next } = await readQueue(ctx, bounded)
  const legal = items.filter((item) => item.legal_verdicts.includes(ruling.verdict))
  // A text that was changed after the page was made has a later revision; the version before it is what the page stood for.
  const asked = legal.map((item) => ({ comment: item.id, version: item.revision_id <= made ? item.version : item.version - 1, ...ruling }))
  const outcomes = asked.length === 0 ? [] : await decide(ctx, { items: asked }, idempotencyKey, requestHash)
  return { outcomes, isMore: next !== null && outcomes.some(({ status }) => status === 'done') }
}

/** Undoes whatever the actor's request with this key decided. Throws `not_found` when it decided nothing. */
export async function undoRequest(ctx: Ctx, idempotencyKey: string): Promise<UndoOutcome[]> {
  const decisions = (await decidedBy(ctx, idempotencyKey)).map(({ id }) => id)
  if (decisions.length === 0) throw new AppError('not_found')
  return undoMany(ctx, { decisions })
}

/** What the actor's request with this key decided, for telling it again. */
export async function readRequest(ctx: Ctx, idempotencyKey: string): Promise<Outcome[]> {
  allow(ctx, 'queue.read')
  return (await decidedBy(ctx, idempotencyKey)).map(repeated)
}

/** Who did last what gave each of these comments the version it has; null for its sender, and where it is gone. At most 100 are told. */
export async function readWinners(ctx: Ctx, comments: readonly string[]): Promise<(string | null)[]> {
  allow(ctx, 'queue.read')
  const asked = comments.slice(0, MAX_ITEMS)
  const rows = await Promise.all(
    inChunks(asked, PARAMETERS_OF_WINNERS).map((chunk) =>
      ctx.services.store.db
        .selectFrom('comment')
        .innerJoin('fact', 'fact.comment_id', 'comment.id')
        .select(['comment.id', 'fact.actor_name'])
        .where('comment.id', 'in', chunk)
        .where('comment.site_id', '=', ctx.site.id)
        .where('comment.state', '!=', 'sealed')
        .whereRef(sql`fact.from_version + 1`, '=', 'comment.version')
        .execute(),
    ),
  )
  const names = new Map(rows.flat().map(({ id, actor_name }) => [id, actor_name]))
  return asked.map((id) => names.get(id) ?? null)
}

async function decidedBy(ctx: Ctx, key: string) {
  return ctx.services.store.db
    .selectFrom('fact')
    .select(['id', 'comment_id', 'from_version', 'state_after', 'actor_name', 'takes_effect_at', 'request_hash', 'created_at'])
    .where('site_id', '=', ctx.site.id)
    .where('actor_id', '=', actorColumns(ctx.actor).actor_id)
    .where('request_key', '=', key)
    .orderBy('id')
    .limit(MAX_ITEMS)
    .execute()
}

function repeated(fact: Awaited<ReturnType<typeof decidedBy>>[number]): Outcome {
  return {
    comment: fact.comment_id,
    status: 'done',
    decision: fact.id,
    state: fact.state_after as State,
    version: fact.from_version + 1,
    by: fact.actor_name,
    at: fact.created_at,
    undo_until: fact.takes_effect_at,
    code: null,
    reply: null,
  }
}
