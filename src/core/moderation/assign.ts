// Command: who has a comment in hand. It is no version of the comment; a number of its own keeps two who assign at once apart.
import { z } from 'zod'
import { conflictOn, inChunks } from '../../storage/store.ts'
import { findUnsealed } from '../comments/comment.ts'
import { AppError, actorColumns, allow, type Ctx, faulty, type Role, roleMay } from '../context.ts'
import { audited, commit } from '../record.ts'

/** A person of the site who can be given a comment. */
export type Colleague = { id: string; name: string; role: Role }

export type Assigned = { comment: { id: string }; assignee: { id: string; name: string } | null; assignment: number }

/** `assignee` is the id of a colleague, or null for nobody; `assignment` the number that was read with the comment. */
export const AssignInput = z.strictObject({ assignee: z.string().max(64).nullable(), assignment: z.int().min(0) })

/**
 * Gives a comment to a colleague, or takes it from whoever had it. Throws `assigned_meanwhile`, naming by whom, to whom and when, if it was
 * assigned since `assignment` was read and not to the same; `validation` for nobody of the site; `not_found`.
 */
export async function assign(ctx: Ctx, commentId: string, raw: z.input<typeof AssignInput>): Promise<Assigned> {
  allow(ctx, 'comment.assign')
  const input = AssignInput.parse(raw)
  const comment = await findUnsealed(ctx, commentId)
  const assignee = input.assignee === null ? null : ((await readColleagues(ctx)).find(({ id }) => id === input.assignee) ?? null)
  if (input.assignee !== null && assignee === null) throw faulty('assignee_unknown', '/assignee')
  if (comment.assignment !== input.assignment || comment.assigneeId === input.assignee) return settledOrLost(ctx, commentId, input.assignee)
  const { store, newId, now } = ctx.services
  const number = input.assignment + 1
  try {
    await commit(ctx, [
      store.db.insertInto('assignment').values({
        id: newId(),
        site_id: ctx.site.id,
        comment_id: comment.id,
        number,
        assignee_id: assignee?.id ?? null,
        assignee_name: assignee?.name ?? null,
        ...actorColumns(ctx.actor),
        created_at: now().toISOString(),
      }),
      store.db.updateTable('comment').set({ assignee_id: input.assignee, assignment: number }).where('id', '=', comment.id),
      audited(
        ctx,
        input.assignee === null ? 'comment.unassign' : 'comment.assign',
        { kind: 'comment', id: comment.id },
        { assignee: input.assignee, assignee_name: assignee?.name ?? null },
      ),
    ])
  } catch (error) {
    if (!conflictOn(error, 'assignment.comment_id,assignment.number')) throw error
    return settledOrLost(ctx, commentId, input.assignee)
  }
  return { comment: { id: comment.id }, assignee: assignee && { id: assignee.id, name: assignee.name }, assignment: number }
}

/** Who of the site decides or answers, by name: those whom a comment can be given to. */
export async function readColleagues(ctx: Ctx): Promise<Colleague[]> {
  allow(ctx, 'queue.read')
  const rows = await ctx.services.store.db
    .selectFrom('staff_role')
    .innerJoin('staff', 'staff.id', 'staff_role.staff_id')
    .select(['staff.id', 'staff.name', 'staff_role.role'])
    .where('staff_role.site_id', '=', ctx.site.id)
    .where('staff.disabled_at', 'is', null)
    .where('staff_role.disabled_at', 'is', null)
    .orderBy('staff.name')
    .execute()
  return rows
    .map((row) => ({ ...row, role: row.role as Role }))
    .filter(({ role }) => roleMay(role, 'comment.decide') || roleMay(role, 'reply.publish'))
}

/**
 * Who has comments in hand now, of those that a page shows: the ones that were given to somebody else, or to nobody, since it was made.
 * What is not on the site or was sealed is left out.
 */
export async function readReassigned(
  ctx: Ctx,
  shown: readonly { id: string; assignment: number }[],
): Promise<{ comment: string; assignment: number; assignee: { id: string; name: string } | null }[]> {
  allow(ctx, 'queue.read')
  const known = new Map(shown.map(({ id, assignment }) => [id, assignment]))
  const rows = await Promise.all(
    inChunks([...known.keys()], 0).map((ids) =>
      ctx.services.store.db
        .selectFrom('comment')
        .leftJoin('staff', 'staff.id', 'comment.assignee_id')
        .select(['comment.id', 'comment.site_id', 'comment.state', 'comment.assignment', 'comment.assignee_id', 'staff.name'])
        .where('comment.id', 'in', ids)
        .execute(),
    ),
  )
  return rows
    .flat()
    .filter((row) => row.site_id === ctx.site.id && row.state !== 'sealed' && row.assignment !== known.get(row.id))
    .map((row) => ({
      comment: row.id,
      assignment: row.assignment,
      assignee: row.assignee_id === null ? null : { id: row.assignee_id, name: row.name ?? '' },
    }))
}

/** The answer to somebody whose wish is fulfilled already; anybody else is told who was quicker. */
async function settledOrLost(ctx: Ctx, commentId: string, wanted: string | null): Promise<Assigned> {
  const comment = await findUnsealed(ctx, commentId)
  const last = await ctx.services.store.db
    .selectFrom('assignment')
    .select(['assignee_id', 'assignee_name', 'actor_name', 'created_at'])
    .where('comment_id', '=', comment.id)
    .where('number', '=', comment.assignment)
    .executeTakeFirst()
  if (comment.assigneeId !== wanted)
    throw new AppError('assigned_meanwhile', {
      values: { name: last?.actor_name ?? '', assignee: last?.assignee_name ?? '–', time: last?.created_at ?? '' },
    })
  const assignee = comment.assigneeId === null ? null : { id: comment.assigneeId, name: last?.assignee_name ?? '' }
  return { comment: { id: comment.id }, assignee, assignment: comment.assignment }
}
