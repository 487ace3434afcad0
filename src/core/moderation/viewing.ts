// Who has read a comment, and who has it open: told by the page's script while it is open, so that opening a page changes nothing.
// It blocks nobody: whoever sees that a colleague is there may still decide.
import { findUnsealed } from '../comments/comment.ts'
import { AppError, allow, type Ctx } from '../context.ts'
import { commit } from '../record.ts'

/** Two heartbeats of a page that is open, and some seconds: after that nobody is there any more. */
const LEASE_MS = 45_000
/** Viewers read with a comment. */
const VIEWERS_SHOWN = 100

type Viewer = { name: string; first_seen_at: string }

/** Says that the actor has the comment open now, and tells who else has. Throws `not_found`. */
export async function view(ctx: Ctx, commentId: string): Promise<{ others: string[] }> {
  allow(ctx, 'queue.read')
  if (!('id' in ctx.actor)) throw new AppError('forbidden')
  const { id, name } = ctx.actor
  const comment = await findUnsealed(ctx, commentId)
  const { store, now } = ctx.services
  const at = now().toISOString()
  const open_until = new Date(now().getTime() + LEASE_MS).toISOString()
  await commit(ctx, [
    store.db
      .insertInto('viewing')
      .values({
        comment_id: comment.id,
        viewer_id: id,
        site_id: ctx.site.id,
        viewer_name: name,
        first_seen_at: at,
        last_seen_at: at,
        open_until,
      })
      .onConflict((conflict) =>
        conflict.columns(['comment_id', 'viewer_id']).doUpdateSet({ viewer_name: name, last_seen_at: at, open_until }),
      ),
  ])
  return { others: await readOthersHere(ctx, comment.id) }
}

/** The names of the others who have a comment open now. The caller has found the comment. */
export async function readOthersHere(ctx: Ctx, commentId: string): Promise<string[]> {
  const rows = await ctx.services.store.db
    .selectFrom('viewing')
    .select('viewer_name')
    .where('comment_id', '=', commentId)
    .where('viewer_id', '!=', 'id' in ctx.actor ? ctx.actor.id : '')
    .where('open_until', '>', ctx.services.now().toISOString())
    .orderBy('first_seen_at')
    .limit(VIEWERS_SHOWN)
    .execute()
  return rows.map((row) => row.viewer_name)
}

/** Who has read a comment, in the order of their first look. The caller has found the comment. */
export async function readViewers(ctx: Ctx, commentId: string): Promise<Viewer[]> {
  const rows = await ctx.services.store.db
    .selectFrom('viewing')
    .select(['viewer_name', 'first_seen_at'])
    .where('comment_id', '=', commentId)
    .where('site_id', '=', ctx.site.id)
    .orderBy('first_seen_at')
    .limit(VIEWERS_SHOWN)
    .execute()
  return rows.map(({ viewer_name: name, first_seen_at }) => ({ name, first_seen_at }))
}
