// What staff do with readers' reports of a comment: read them, and be done with them by a decision or by dismissing them.
// Not for: reporting (comments/respond.ts).
import type { Compilable } from '../../storage/store.ts'
import { findUnsealed } from '../comments/comment.ts'
import { type ReportReason, recountReports } from '../comments/respond.ts'
import { allow, type Ctx } from '../context.ts'
import { audited, commit } from '../record.ts'

/** Reports shown with a comment, the newest first; the number says how many there are. */
const REPORTS_SHOWN = 50

export type ReportView = { reason: ReportReason; text: string | null; at: string; handled_at: string | null }

/** The reports of a comment. Who made them is not known. */
export async function readReports(ctx: Ctx, commentId: string): Promise<ReportView[]> {
  const rows = await ctx.services.store.db
    .selectFrom('report')
    .select(['reason', 'body', 'created_at', 'handled_at'])
    .where('comment_id', '=', commentId)
    .where('site_id', '=', ctx.site.id)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(REPORTS_SHOWN)
    .execute()
  return rows.map((row) => ({ reason: row.reason as ReportReason, text: row.body, at: row.created_at, handled_at: row.handled_at }))
}

/** Lays a comment's open reports aside without changing the comment. Again: nothing more is done. Throws `not_found`. */
export async function dismissReports(ctx: Ctx, commentId: string): Promise<{ comment: { id: string }; dismissed: number }> {
  allow(ctx, 'comment.decide')
  const comment = await findUnsealed(ctx, commentId)
  if (comment.openReports === 0) return { comment: { id: comment.id }, dismissed: 0 }
  const [handled] = await commit(ctx, [
    ...handleReports(ctx, comment.id),
    audited(ctx, 'report.dismiss', { kind: 'comment', id: comment.id }, { reports: comment.openReports }),
  ])
  return { comment: { id: comment.id }, dismissed: handled?.changed ?? 0 }
}

/** Marks a comment's open reports as handled now. */
export function handleReports(ctx: Ctx, commentId: string): Compilable[] {
  const { store, now } = ctx.services
  const reports = store.db
    .updateTable('report')
    .set({ handled_at: now().toISOString() })
    .where('comment_id', '=', commentId)
    .where('handled_at', 'is', null)
  return [reports, recountReports(ctx, commentId)]
}

/** Opens again what a decision of that moment had handled. */
export function reopenReports(ctx: Ctx, commentId: string, handledAt: string): Compilable[] {
  const reports = ctx.services.store.db
    .updateTable('report')
    .set({ handled_at: null })
    .where('comment_id', '=', commentId)
    .where('handled_at', '=', handledAt)
  return [reports, recountReports(ctx, commentId)]
}
