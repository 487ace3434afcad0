// A comment's row as core works with it, and the ways to load one. Every load is scoped to the context's site.
import type { Selectable } from 'kysely'
import type { CommentTable } from '../../storage/schema.ts'
import { AppError, type Ctx, type OpinionKind } from '../context.ts'
import { type Mask, masksOf } from './masks.ts'
import type { State } from './states.ts'
import { kindOf, type Official, officialOf } from './views.ts'

export type Comment = {
  id: string
  siteId: string
  threadId: string
  parentId: string | null
  state: State
  version: number
  /** What the public reads as the author; null when no name was given or its publication not agreed to. */
  authorName: string | null
  /** What the author typed as name, for staff. */
  authorNameGiven: string | null
  consents: string[]
  revisionId: string
  publicRevisionId: string | null
  publishedAt: string | null
  hiddenAt: string | null
  receiptCode: string
  requestHash: string
  editUntil: string
  receivedAt: string
  kind: OpinionKind | null
  /** Set for a reply the agency itself wrote. */
  official: Official | null
  pinSlot: number | null
  /** Parts of the public text that were hidden when it was approved. */
  publicMasks: Mask[]
  openReports: number
  /** Who has it in hand, and how often that changed: two who change it at once are told apart by the number. */
  assigneeId: string | null
  assignment: number
}

/** The comment with this id on the context's site. Throws `not_found`, also for another site's. */
export async function findComment(ctx: Ctx, id: string): Promise<Comment> {
  const row = await ctx.services.store.db
    .selectFrom('comment')
    .selectAll()
    .where('id', '=', id)
    .where('site_id', '=', ctx.site.id)
    .executeTakeFirst()
  if (!row) throw new AppError('not_found')
  return toComment(row)
}

/** The same, but a sealed comment is not there either: it has left for the confidential route. */
export async function findUnsealed(ctx: Ctx, id: string): Promise<Comment> {
  const comment = await findComment(ctx, id)
  if (comment.state === 'sealed') throw new AppError('not_found')
  return comment
}

/** Maps a row. */
export function toComment(row: Selectable<CommentTable>): Comment {
  return {
    id: row.id,
    siteId: row.site_id,
    threadId: row.thread_id,
    parentId: row.parent_id,
    state: row.state as State,
    version: row.version,
    authorName: row.author_name,
    authorNameGiven: row.author_name_given,
    consents: JSON.parse(row.consents) as string[],
    revisionId: row.revision_id,
    publicRevisionId: row.public_revision_id,
    publishedAt: row.published_at,
    hiddenAt: row.hidden_at,
    receiptCode: row.receipt_code,
    requestHash: row.request_hash,
    editUntil: row.edit_until,
    receivedAt: row.received_at,
    kind: kindOf(row.kind),
    official: officialOf(row),
    pinSlot: row.pin_slot,
    publicMasks: masksOf(row.public_masks),
    openReports: row.open_reports,
    assigneeId: row.assignee_id,
    assignment: row.assignment,
  }
}
