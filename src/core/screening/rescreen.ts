// The duty after rules changed: comments that wait are looked at anew, so that what was turned off is told no more, what was added or
// turned on is, and each stands where that puts it. What was known of their surroundings (haste, a flood, an author's record) is kept with
// the revision, told or not.
import type { Compilable } from '../../storage/store.ts'
import type { Ctx } from '../context.ts'
import { rankAnew } from '../moderation/assess.ts'
import { reindexed } from '../moderation/catalogue.ts'
import { announce } from '../record.ts'
import { agenciesOf } from '../sites.ts'
import { imitatesOffice } from './names.ts'
import { isOfText, screened } from './screen.ts'
import { readStored } from './signal.ts'
import { rulesFor } from './wordlist.ts'

/** Where people wait for a decision. */
const WAITING = ['pending', 'held', 'returned'] as const
/** Comments looked at in one step, and steps of one run: some hundred milliseconds, then others get their turn. */
const STEP = 50
const STEPS = 10

/** Where a run goes on: after this comment of this state. */
export type RescreenPlace = { state?: string; received_at?: string; id?: string }

/** Looks anew at the waiting comments of the context's site; a long queue goes on in a further run. */
export async function rescreen(ctx: Ctx, from: RescreenPlace): Promise<void> {
  let place: RescreenPlace | null = from
  for (let step = 0; step < STEPS && place !== null; step++) place = await takeStep(ctx, place)
  if (place === null) return
  const at = ctx.services.now().toISOString()
  await ctx.services.store.batch([announce(ctx, 'rules.changed', place, at)])
  ctx.services.nudge(at)
}

async function takeStep(ctx: Ctx, place: RescreenPlace): Promise<RescreenPlace | null> {
  const { db } = ctx.services.store
  const state = place.state ?? WAITING[0]
  const { received_at: receivedAt, id } = place
  let page = db
    .selectFrom('comment')
    .innerJoin('revision', 'revision.id', 'comment.revision_id')
    .select([
      'comment.id',
      'comment.received_at',
      'comment.author_name_given',
      'revision.id as revision',
      'revision.body',
      'revision.signals',
    ])
    .where('comment.site_id', '=', ctx.site.id)
    .where('comment.state', '=', state)
    .orderBy('comment.received_at')
    .orderBy('comment.id')
    .limit(STEP)
  if (receivedAt !== undefined && id !== undefined)
    page = page
      .where('comment.received_at', '>=', receivedAt)
      .where((is) => is.or([is('comment.received_at', '>', receivedAt), is('comment.id', '>', id)]))
  const rows = await page.execute()
  const rules = await rulesFor(ctx)
  const changed = rows.flatMap((row) => {
    const { author_name_given: name } = row
    const known = readStored(row.signals).filter(({ code }) => !isOfText(code) && code !== 'name_imitates')
    const facts = { isForeignArticle: false, isImitation: name !== null && imitatesOffice(name, agenciesOf(ctx.site)) }
    const signals = screened({ body: row.body, name }, rules, facts, known)
    return signals === row.signals ? [] : [{ comment: row.id, revision: row.revision, signals }]
  })
  if (changed.length > 0) {
    const updates: Compilable[] = changed.map(({ revision, signals }) =>
      db.updateTable('revision').set({ signals }).where('id', '=', revision),
    )
    await ctx.services.store.batch(updates)
    await reindexed(
      ctx.services,
      changed.map(({ comment }) => comment),
    )
  }
  await rankAnew(
    ctx,
    rows.map(({ id }) => id),
  )
  const last = rows.at(-1)
  if (last && rows.length === STEP) return { state, received_at: last.received_at, id: last.id }
  const next = WAITING[(WAITING as readonly string[]).indexOf(state) + 1]
  return next === undefined ? null : { state: next }
}
