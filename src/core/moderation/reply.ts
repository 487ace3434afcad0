// An official reply: what the agency says under a citizen's comment. It is a comment row without a citizen, published by the same
// facts and within the same undo window; beside an approval it stands and falls with that one (decide.ts, undo.ts).
import { z } from 'zod'
import { sha256 } from '../../lib/crypto.ts'
import type { Compilable } from '../../storage/store.ts'
import { textHash } from '../comments/author.ts'
import type { Comment } from '../comments/comment.ts'
import { findSettled, publish, schedule, settle } from '../comments/publish.ts'
import { newReceiptCode } from '../comments/receipts.ts'
import { isPublic } from '../comments/states.ts'
import { acceptBody, acceptLine } from '../comments/text.ts'
import { AppError, actorColumns, allow, type Ctx, faulty } from '../context.ts'
import { announce, audited, commit, retrying } from '../record.ts'
import { threadOf } from '../threads.ts'

/** Graphemes an official reply may have: it quotes rules and names steps, where a citizen's opinion does not. */
const MAX_REPLY_GRAPHEMES = 10_000
const MAX_TITLE_GRAPHEMES = 200

/** What the agency says, and the title of the person who answers for it, such as "Phó Chủ tịch Ủy ban nhân dân phường". */
export const ReplyInput = z.strictObject({ body: z.string(), signer_title: z.string() })
type ReplyInput = z.infer<typeof ReplyInput>

export type Replied = {
  reply: { id: string; state: 'published'; version: number }
  decision: { id: string }
  /** Until when the reply can be taken back by undoing its decision; null when it cannot. */
  undo_until: string | null
}

type Words = { body: string; signerTitle: string }

/** How a reply is published: when, with which undo window, beside which decision, and by which request. */
type Issue = { at: string; takesEffectAt: string | null; besideId: string | null; requestKey: string | null; requestHash: string }

/**
 * Publishes an official reply to a published comment at the end of its undo window. With an idempotency key (the actor's own on the
 * site) a repeated request gets the same answer; the same key with other words throws `idempotency_mismatch`. Throws
 * `illegal_transition` under what is not public.
 */
export async function reply(ctx: Ctx, commentId: string, raw: unknown, idempotencyKey: string | null): Promise<Replied> {
  allow(ctx, 'reply.publish')
  const input = ReplyInput.parse(raw)
  const words = acceptReply(ctx, input, '')
  const { services } = ctx
  const requestKey = idempotencyKey === null ? null : `${actorColumns(ctx.actor).actor_id} ${idempotencyKey}`
  const requestHash = sha256(JSON.stringify([commentId, input]))
  return retrying(async () => {
    const earlier = requestKey === null ? null : await findByKey(ctx, requestKey)
    if (earlier && earlier.request_hash !== requestHash) throw new AppError('idempotency_mismatch')
    if (earlier) return replied(earlier.id, earlier.decision, earlier.takes_effect_at)
    const comment = await findSettled(ctx, commentId)
    if (!isPublic(comment)) throw new AppError('illegal_transition')
    const now = services.now()
    const issue = { at: now.toISOString(), takesEffectAt: windowEnd(ctx, now), besideId: null, requestKey, requestHash }
    const { id, decisionId, statements } = issueReply(ctx, comment, words, issue)
    await commit(ctx, statements)
    if (issue.takesEffectAt !== null) services.nudge(issue.takesEffectAt)
    return replied(id, decisionId, issue.takesEffectAt)
  })
}

/** When a decision taken now comes into force; null when that is at once. */
export function windowEnd(ctx: Ctx, now: Date): string | null {
  const { undoSeconds } = ctx.services.config
  return undoSeconds === 0 ? null : new Date(now.getTime() + undoSeconds * 1_000).toISOString()
}

/** A reply as it is kept. Throws `validation` for a text or title that is empty or too long, with pointers below `pointer`. */
export function acceptReply(ctx: Ctx, input: ReplyInput, pointer: string): Words {
  const body = acceptBody(input.body, { min: ctx.site.settings.body_min, max: MAX_REPLY_GRAPHEMES }, `${pointer}/body`)
  const title = { max: MAX_TITLE_GRAPHEMES, code: 'signer_title_invalid', pointer: `${pointer}/signer_title` } as const
  const signerTitle = acceptLine(input.signer_title, title)
  if (signerTitle === null) throw faulty(title.code, title.pointer)
  return { body, signerTitle }
}

/** The statements that write an official reply and its approval. It hangs under the comment's root. */
export function issueReply(
  ctx: Ctx,
  comment: Pick<Comment, 'id' | 'threadId' | 'parentId'>,
  { body, signerTitle }: Words,
  issue: Issue,
): { id: string; decisionId: string; statements: Compilable[] } {
  const { services, site } = ctx
  const { db } = services.store
  const [id, revisionId, writtenId, decisionId] = [services.newId(), services.newId(), services.newId(), services.newId()]
  const parentId = comment.parentId ?? comment.id
  const { at, takesEffectAt } = issue
  const common = { site_id: site.id, comment_id: id, revision_id: revisionId, ...actorColumns(ctx.actor), created_at: at }
  const place = { id, threadId: comment.threadId, parentId }
  return {
    id,
    decisionId,
    statements: [
      db.insertInto('comment').values({
        id,
        site_id: site.id,
        thread_id: comment.threadId,
        parent_id: parentId,
        state: 'published',
        version: 2,
        consents: '[]',
        revision_id: revisionId,
        receipt_code: newReceiptCode(services),
        idempotency_key: issue.requestKey,
        request_hash: issue.requestHash,
        edit_until: at,
        received_at: at,
        body_hash: textHash(body),
        official_agency: site.settings.agency ?? site.name,
        official_signer_title: signerTitle,
        official_signed_at: takesEffectAt ?? at,
        reply_rank: 0,
      }),
      db.insertInto('revision').values({ id: revisionId, comment_id: id, number: 1, body, signals: '[]', created_at: at }),
      db.insertInto('fact').values({ ...common, id: writtenId, from_version: 0, kind: 'revision', state_after: 'pending' }),
      db.insertInto('fact').values({
        ...common,
        id: decisionId,
        from_version: 1,
        kind: 'decision',
        verdict: 'approve',
        state_before: 'pending',
        state_after: 'published',
        takes_effect_at: takesEffectAt,
        beside_id: issue.besideId,
      }),
      ...(takesEffectAt === null
        ? [settle(ctx, decisionId, 'applied'), ...publish(ctx, place, { revisionId, body, masks: [], at })]
        : [
            ...schedule(ctx, decisionId, threadOf({ id }), takesEffectAt),
            announce(ctx, 'decision.due', { decision: decisionId }, takesEffectAt),
          ]),
      audited(ctx, 'reply.publish', { kind: 'comment', id }, { decision: decisionId, under: comment.id, beside: issue.besideId }),
    ],
  }
}

async function findByKey(ctx: Ctx, key: string) {
  return ctx.services.store.db
    .selectFrom('comment')
    .innerJoin('fact', (join) => join.onRef('fact.comment_id', '=', 'comment.id').on('fact.from_version', '=', 1))
    .select(['comment.id', 'comment.request_hash', 'fact.id as decision', 'fact.takes_effect_at'])
    .where('comment.site_id', '=', ctx.site.id)
    .where('comment.idempotency_key', '=', key)
    .executeTakeFirst()
}

function replied(id: string, decision: string, undoUntil: string | null): Replied {
  return { reply: { id, state: 'published', version: 2 }, decision: { id: decision }, undo_until: undoUntil }
}
