// The duty that looks at comments once more after their senders were answered: which twins a text has, what the decisions on others say of
// it, and so where it stands among what waits. It follows the facts; all that it keeps can be made anew from them.
// Not for: the signals of a text by itself (screening/screen.ts), found before the answer.
import { mapInSlices } from '../../lib/slices.ts'
import type { Services } from '../../services.ts'
import { type Compilable, inChunks, StoreBusy, UniqueViolation } from '../../storage/store.ts'
import type { State } from '../comments/states.ts'
import type { Ctx } from '../context.ts'
import { isTrained, MODEL_FORMAT, type Model, reasonsOf, score } from '../screening/learn.ts'
import { type Ranks, ranksOf } from '../screening/rank.ts'
import { readSignals, signal } from '../screening/signal.ts'
import { rulesFor } from '../screening/wordlist.ts'
import { findSiteById } from '../sites.ts'
import { reindexed } from './catalogue.ts'
import { factReached, stopAt, stopOf } from './follow.ts'
import { readModel, study } from './lessons.ts'
import { pair, twinsOf } from './twins.ts'

/** Comments assessed at once, with pauses between. */
const TAKEN_AT_ONCE = 50
/** Facts that are followed at first, where there are older ones: decisions of years ago say little of today's comments. */
const MOST_FACTS = 20_000
/** Batches of other processes that assessed the same site are let go first so many times. */
const MAX_ATTEMPTS = 5
/** What waits is ranked anew each time the site has learned so many more texts; so many comments of it, the oldest first. */
const LEARNED_BETWEEN = 25
const MAX_RANKED_ANEW = 500
/** Where waiting comments stand in an order of their own, word for word as in the indexes of ranks. */
export const WAITING: readonly State[] = ['pending', 'held', 'returned']

type Assessed = { id: string; body: string; signals: string; urgent_rank: number; suspect_rank: number }

/** The clock's duty: assesses some of what is new, and tells whether more is left. Several may do it at once. Throws StoreBusy. */
export async function keepAssessments(services: Services): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await assessSome(services)
    } catch (error) {
      if (!isRace(error) || attempt === MAX_ATTEMPTS) throw error
    }
  }
}

/**
 * Assesses what is new before an order is read that depends on it. While the database cannot be written, or so many others assess that
 * one never gets a turn, the order is as they leave it.
 */
export async function assessNow(services: Services): Promise<void> {
  try {
    await keepAssessments(services)
  } catch (error) {
    if (!(error instanceof StoreBusy) && !isRace(error)) throw error
  }
}

function isRace(error: unknown): boolean {
  return error instanceof UniqueViolation && error.columns.startsWith('assessment_turn')
}

async function assessSome(services: Services): Promise<boolean> {
  const { db } = services.store
  const cursor = await db.selectFrom('assessment_cursor').selectAll().executeTakeFirstOrThrow()
  if (cursor.format !== MODEL_FORMAT) {
    await beginAnew(services)
    return assessSome(services)
  }
  const stop = stopOf(services, 'assessment_cursor')
  const rows = await db
    .selectFrom('fact')
    .innerJoin('comment', 'comment.id', 'fact.comment_id')
    .leftJoin('assessment', 'assessment.comment_id', 'comment.id')
    .select(['fact.id as fact', 'comment.id', 'comment.site_id'])
    .where('fact.id', '>', stop ?? cursor.fact_id)
    .where('comment.official_agency', 'is', null)
    .where((is) => is.or([is('assessment.version', 'is', null), is('assessment.version', '<', is.ref('comment.version'))]))
    .orderBy('fact.id')
    .limit(TAKEN_AT_ONCE)
    .execute()
  for (const [siteId, ofSite] of Map.groupBy(rows, ({ site_id }) => site_id)) {
    const ctx: Ctx = { services, actor: { kind: 'system', name: 'clock' }, site: await findSiteById(services, siteId) }
    await assess(ctx, [...new Set(ofSite.map(({ id }) => id))])
  }
  const isEnd = rows.length < TAKEN_AT_ONCE
  const last = isEnd ? null : (rows.at(-1)?.fact ?? null)
  const reached = stop === null ? await factReached(services, 'assessment_cursor', last) : null
  if (reached !== null)
    await services.store.batch([db.updateTable('assessment_cursor').set({ fact_id: reached }).where('fact_id', '<', reached)])
  stopAt(services, 'assessment_cursor', last)
  return isEnd && stop !== null ? assessSome(services) : !isEnd
}

/** Forgets all that was kept in another format, and begins with the newest facts. */
async function beginAnew(services: Services): Promise<void> {
  const { db } = services.store
  const before = await db.selectFrom('fact').select('id').orderBy('id', 'desc').offset(MOST_FACTS).limit(1).executeTakeFirst()
  await services.store.batch([
    ...(['assessment', 'learned', 'lesson', 'twin', 'twin_band'] as const).map((table) => db.deleteFrom(table)),
    db.updateTable('assessment_cursor').set({ fact_id: before?.id ?? '', format: MODEL_FORMAT }),
  ])
}

/** Assesses comments of one site. Two that do so at once take the same turn, and the later one comes to nothing. */
async function assess(ctx: Ctx, ids: readonly string[]): Promise<void> {
  const { db } = ctx.services.store
  const siteId = ctx.site.id
  const turn = await db
    .selectFrom('assessment_turn')
    .select((pick) => pick.fn.max('number').as('number'))
    .where('site_id', '=', siteId)
    .executeTakeFirst()
  const number = (turn?.number ?? 0) + 1
  const comments = await rowsOf(ctx)
    .leftJoin('assessment', 'assessment.comment_id', 'comment.id')
    .select(['comment.version', 'comment.state', 'comment.revision_id', 'comment.received_at', 'assessment.revision_id as assessed'])
    .where('comment.id', 'in', ids)
    .orderBy('comment.id')
    .execute()
  const studied = ctx.site.settings.learning ? await study(ctx, comments as { id: string; state: State }[]) : null
  await ctx.services.pause()
  const model = studied && isTrained(studied.model) ? studied.model : null
  const changed = comments.filter((comment) => comment.assessed !== comment.revision_id && comment.state !== 'sealed')
  const paired = await pair(
    ctx,
    changed.map(({ id, body, received_at, assessed }) => ({ id, body, receivedAt: received_at, isNew: assessed === null })),
  )
  await ctx.services.pause()
  const waiting = studied?.isChanged && total(studied.model) % LEARNED_BETWEEN === 0 ? await waitingOf(ctx) : []
  const sizes = new Map([
    ...(await twinsOf(
      ctx,
      [...waiting, ...comments].map(({ id }) => id),
    )),
    ...paired.sizes,
  ])
  const off = (await rulesFor(ctx)).off
  const places = await mapInSlices([...waiting, ...comments], ctx.services.pause, (comment) => ({
    comment,
    ...rank(comment, sizes.get(comment.id) ?? 1, model, off),
  }))
  const ranked = new Map(places.map((place) => [place.comment.id, place]))
  await ctx.services.store.batch([
    db.insertInto('assessment_turn').values({ site_id: siteId, number }),
    db.deleteFrom('assessment_turn').where('site_id', '=', siteId).where('number', '<', number),
    ...(studied?.statements ?? []),
    ...paired.statements,
    ...comments.map(({ id, version, revision_id, state }) => {
      const assessed = { version, revision_id, reasons: JSON.stringify(state === 'sealed' ? [] : (ranked.get(id)?.reasons ?? [])) }
      return db
        .insertInto('assessment')
        .values({ comment_id: id, ...assessed })
        .onConflict((conflict) => conflict.column('comment_id').doUpdateSet(assessed))
    }),
    ...waiting.flatMap(({ id }) => {
      const reasons = ranked.get(id)?.reasons
      return reasons === undefined || ids.includes(id)
        ? []
        : [
            db
              .updateTable('assessment')
              .set({ reasons: JSON.stringify(reasons) })
              .where('comment_id', '=', id),
          ]
    }),
    ...placing(ctx, [...ranked.values()]),
  ])
  for (const moved of inChunks(paired.moved, 0)) await reindexed(ctx.services, moved)
}

/** Puts some comments into the places that their signals and what the site learned give them now; for whoever changed the signals. */
export async function rankAnew(ctx: Ctx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const learned = ctx.site.settings.learning ? await readModel(ctx) : null
  const model = learned !== null && isTrained(learned) ? learned : null
  const { off } = await rulesFor(ctx)
  const [comments, sizes] = await Promise.all([rowsOf(ctx).where('comment.id', 'in', ids).execute(), twinsOf(ctx, ids)])
  const statements = placing(
    ctx,
    comments.map((comment) => ({ comment, ranks: rank(comment, sizes.get(comment.id) ?? 1, model, off).ranks })),
  )
  if (statements.length > 0) await ctx.services.store.batch(statements)
}

/** Where a comment stands, and the words of it that say so when it would rather be refused. */
function rank(comment: Assessed, size: number, model: Model | null, off: ReadonlySet<string>): { ranks: Ranks; reasons: string[] } {
  const signals = [...readSignals(comment.signals), ...(size > 1 && !off.has('twins') ? [signal('twins')] : [])]
  const learned = model === null ? null : score(model, comment.body)
  return {
    ranks: ranksOf(signals, learned),
    reasons: model !== null && learned !== null && learned >= 0 ? reasonsOf(model, comment.body) : [],
  }
}

/** Puts comments into their places: one statement for all of one place. */
function placing(ctx: Ctx, ranked: readonly { comment: Assessed; ranks: Ranks }[]): Compilable[] {
  const moved = ranked.filter(({ comment, ranks }) => comment.urgent_rank !== ranks.urgent || comment.suspect_rank !== ranks.suspect)
  const places = Map.groupBy(moved, ({ ranks }) => `${ranks.urgent} ${ranks.suspect}`)
  return [...places.values()].flatMap((same) =>
    inChunks(
      same.map(({ comment }) => comment.id),
      2,
    ).map((chunk) =>
      ctx.services.store.db
        .updateTable('comment')
        .set({ urgent_rank: same[0]?.ranks.urgent ?? 0, suspect_rank: same[0]?.ranks.suspect ?? 0 })
        .where('id', 'in', chunk),
    ),
  )
}

async function waitingOf(ctx: Ctx): Promise<Assessed[]> {
  const rows = await Promise.all(
    WAITING.map((state) =>
      rowsOf(ctx)
        .where('comment.site_id', '=', ctx.site.id)
        .where('comment.state', '=', state)
        .orderBy('comment.received_at')
        .orderBy('comment.id')
        .limit(MAX_RANKED_ANEW)
        .execute(),
    ),
  )
  return rows.flat()
}

function rowsOf(ctx: Ctx) {
  return ctx.services.store.db
    .selectFrom('comment')
    .innerJoin('revision', 'revision.id', 'comment.revision_id')
    .select(['comment.id', 'comment.urgent_rank', 'comment.suspect_rank', 'revision.body', 'revision.signals'])
}

function total({ texts }: Model): number {
  return texts.kept + texts.refused
}
