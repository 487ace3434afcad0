// The receipt: a code that staff and letters use, a secret that only the sender has, and the right to edit.
// Secrets are keyed hashes of the comment's id (settled: nothing to store, and a retry gets the same answer).
import { base32, base64url, equalSecret, hmac } from '../../lib/crypto.ts'
import type { Services } from '../../services.ts'
import { AppError, allow, type Ctx } from '../context.ts'
import { findSiteById } from '../sites.ts'
import { toComment } from './comment.ts'
import { isPublic, isWithdrawable, mayEdit, type State } from './states.ts'
import { nameShown } from './views.ts'

/** Characters of a code: 40 bits, enough to tell a ward's comments apart and short enough to read out. */
const CODE_LENGTH = 8
/** Characters of a secret: 130 bits. */
const SECRET_LENGTH = 26

export type ReceiptView = {
  code: string
  site: { slug: string; name: string }
  /** One's own comment as the reader's list would show it; `public_text` is what others read now, which an edit may have left behind. */
  comment: {
    id: string
    state: State
    parent_id: string | null
    body_text: string
    author: { name: string }
    created_at: string
    edit_until: string
    published: boolean
    public_text: string | null
  }
  article: { url: string; title: string }
  body_text: string
  received_at: string
  reason: string | null
  reason_text: string | null
  may_edit: boolean
  may_withdraw: boolean
  edit_until: string
}

/** A new receipt code: eight characters of Crockford's base 32. */
export function newReceiptCode(services: Services): string {
  return base32(services.randomBytes(CODE_LENGTH), CODE_LENGTH)
}

/** The secret of a comment's receipt. */
export function receiptSecret(services: Services, commentId: string): string {
  return base32(hmac(services.config.secret, 'receipt', commentId), SECRET_LENGTH)
}

/** The token that lets a comment's sender edit and withdraw it. */
export function editToken(services: Services, commentId: string): string {
  return base64url(hmac(services.config.secret, 'edit', commentId))
}

/** Throws `not_found` unless the token is this comment's: to a stranger a comment with another token does not exist. */
export function checkEditToken(services: Services, commentId: string, token: string): void {
  if (!equalSecret(editToken(services, commentId), token)) throw new AppError('not_found')
}

/** Where a receipt is followed. The link carries the secret in its fragment, which no server log sees. */
export function receiptUrl(services: Services, siteSlug: string, code: string, secret: string): string {
  return `${services.config.baseUrl}/r/${siteSlug}/receipt#${code}-${secret}`
}

/** Code and secret of the one string a sender keeps; null when it is not one. Typed codes may be in lower case and with spaces. */
export function splitReceipt(text: string): { code: string; secret: string } | null {
  const match = /^([0-9A-Z]{8})-?([0-9A-Z]{26})$/.exec(text.replace(/\s+/g, '').toUpperCase())
  return match?.[1] && match[2] ? { code: match[1], secret: match[2] } : null
}

/**
 * What became of one's own comment. While a decision can still be undone the state before it is told. Throws
 * `receipt_not_found` for an unknown code, a wrong secret and another `site` than the one asked about alike.
 */
export async function readReceipt(
  base: Pick<Ctx, 'services' | 'actor'>,
  receipt: { code: string; secret: string; site: string | null },
): Promise<ReceiptView> {
  const { services } = base
  const { db } = services.store
  const row = await db.selectFrom('comment').selectAll().where('receipt_code', '=', receipt.code.toUpperCase()).executeTakeFirst()
  const comment = row ? toComment(row) : null
  if (!row || !comment || !equalSecret(receiptSecret(services, comment.id), receipt.secret.toUpperCase()))
    throw new AppError('receipt_not_found')

  const ctx: Ctx = { ...base, site: await findSiteById(services, comment.siteId) }
  if (receipt.site !== null && receipt.site !== ctx.site.slug) throw new AppError('receipt_not_found')
  allow(ctx, 'receipt.read')
  const now = services.now().toISOString()
  const [revision, thread, decisions] = await Promise.all([
    db.selectFrom('revision').select('body').where('id', '=', comment.revisionId).executeTakeFirstOrThrow(),
    db.selectFrom('thread').select(['url', 'title']).where('id', '=', comment.threadId).executeTakeFirstOrThrow(),
    db
      .selectFrom('fact')
      .leftJoin('settlement', 'settlement.decision_id', 'fact.id')
      .select([
        'fact.verdict',
        'fact.reason',
        'fact.reason_text',
        'fact.state_before',
        'fact.takes_effect_at',
        'fact.revision_id',
        'settlement.outcome',
      ])
      .where('fact.comment_id', '=', comment.id)
      .where('fact.kind', '=', 'decision')
      .orderBy('fact.from_version', 'desc')
      .limit(1)
      .execute(),
  ])
  const [last] = decisions
  const isOpen =
    last !== undefined &&
    last.outcome === null &&
    last.takes_effect_at !== null &&
    last.takes_effect_at > now &&
    last.revision_id === comment.revisionId
  const state = isOpen ? ((last.state_before ?? comment.state) as State) : comment.state
  const told = state === 'rejected' ? 'reject' : state === 'returned' ? 'return' : null
  const tellsReason = last !== undefined && told !== null && last.verdict === told && last.outcome !== 'undone'
  return {
    code: comment.receiptCode,
    site: { slug: ctx.site.slug, name: ctx.site.name },
    comment: {
      id: comment.id,
      state,
      parent_id: comment.parentId,
      body_text: revision.body,
      author: { name: nameShown(ctx, row) },
      created_at: comment.receivedAt,
      edit_until: comment.editUntil,
      published: isPublic(comment),
      public_text: isPublic(comment) ? row.public_text : null,
    },
    article: thread,
    body_text: revision.body,
    received_at: comment.receivedAt,
    reason: tellsReason ? last.reason : null,
    reason_text: tellsReason ? last.reason_text : null,
    may_edit: mayEdit({ state, editUntil: comment.editUntil }, now),
    may_withdraw: isWithdrawable(comment.state),
    edit_until: comment.editUntil,
  }
}
