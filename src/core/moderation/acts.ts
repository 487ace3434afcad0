// What this person may do with this comment as it stands: the server says so, every page and program only shows it.
// Not for: doing it, which each command checks anew.
import type { Comment } from '../comments/comment.ts'
import { isMaskable, isPublic, legalVerdicts, type Verdict } from '../comments/states.ts'
import { type Ctx, may } from '../context.ts'

/**
 * Acts beside plain verdicts. `mask` approves with parts hidden, `reply` answers for the agency: beside an approval, or under what is
 * public.
 */
export const ACTS = ['mask', 'reply', 'pin', 'unpin', 'close_article', 'open_article', 'dismiss_reports'] as const
export type DeskAct = (typeof ACTS)[number]

/** The verdicts that are legal for the comment and open to the person. */
export function verdictsFor(ctx: Ctx, comment: Comment): Verdict[] {
  if (!may(ctx, 'comment.decide')) return []
  return legalVerdicts(comment).filter((verdict) => verdict !== 'approve' || mayApprove(ctx, comment))
}

/** The other acts that are legal for the comment and open to the person. */
export function actsFor(ctx: Ctx, comment: Comment, article: { isClosed: boolean }): DeskAct[] {
  const mayDecide = may(ctx, 'comment.decide')
  const isAnswerable = isPublic(comment) || (mayDecide && legalVerdicts(comment).includes('approve'))
  const isPinnable = comment.parentId === null && isPublic(comment) && comment.pinSlot === null
  const isOpenTo: Record<DeskAct, boolean> = {
    mask: mayDecide && mayApprove(ctx, comment) && isMaskable(comment),
    reply: may(ctx, 'reply.publish') && comment.official === null && isAnswerable,
    pin: may(ctx, 'comment.pin') && isPinnable,
    unpin: may(ctx, 'comment.pin') && comment.pinSlot !== null,
    close_article: may(ctx, 'thread.close') && !article.isClosed,
    open_article: may(ctx, 'thread.close') && article.isClosed,
    dismiss_reports: mayDecide && comment.openReports > 0,
  }
  return ACTS.filter((act) => isOpenTo[act])
}

/** What the agency says is published by those who may speak for it. */
function mayApprove(ctx: Ctx, comment: Comment): boolean {
  return comment.official === null || may(ctx, 'reply.publish')
}
