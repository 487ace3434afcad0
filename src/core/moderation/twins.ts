// Comments with nearly the same text, across articles and senders: each belongs to the first of its kind, its head. Only heads stand in the
// index of bands, so that a flood of one text stays one entry. Not for: how alike two texts are (screening/twins.ts).
import { mapInSlices } from '../../lib/slices.ts'
import { type Compilable, inChunks } from '../../storage/store.ts'
import type { State } from '../comments/states.ts'
import type { Ctx } from '../context.ts'
import { bandsOf, LEAST_SIMILARITY, shinglesOf, similarity } from '../screening/twins.ts'

/** A text that comes back later than this is found by searching. */
const WINDOW_MS = 30 * 86_400_000
/** Comments under one head: as many as one request can decide. The next one begins anew. */
const MAX_TWINS = 100
/** Heads a text is compared with; more meet it only by chance. */
const MAX_COMPARED = 200

/** A text that was sent or changed. `isNew` says that nothing of the comment was compared before. */
export type Sent = { id: string; body: string; receivedAt: string; isNew: boolean }

/** Another comment with nearly the same text, as it stands. */
export type Twin = { id: string; version: number; state: State; receipt_code: string; created_at: string }

/**
 * Finds each text's head among the site's and these; tells how many belong to it, what must be written, and which comments may have got
 * or lost their twins by it.
 */
export async function pair(
  ctx: Ctx,
  sent: readonly Sent[],
): Promise<{ sizes: Map<string, number>; statements: Compilable[]; moved: string[] }> {
  const { db } = ctx.services.store
  const siteId = ctx.site.id
  const since = new Date(ctx.services.now().getTime() - WINDOW_MS).toISOString()
  const texts = await mapInSlices(sent, ctx.services.pause, (each) => {
    const shingles = shinglesOf(each.body)
    return { ...each, shingles, bands: bandsOf(shingles) }
  })
  const heads = await headsMeeting(
    ctx,
    texts.flatMap(({ bands }) => bands),
    since,
  )
  const statements: Compilable[] = [db.deleteFrom('twin_band').where('sent_at', '<', since)]
  const sizes = new Map<string, number>()
  const moved = new Set<string>()
  for (const { id, receivedAt, isNew, shingles, bands } of texts) {
    if (!isNew) {
      const left = await leaving(ctx, id)
      statements.push(...left.statements)
      for (const each of [id, ...left.others]) moved.add(each)
    }
    if (shingles.size === 0 || receivedAt < since) continue
    const met = new Set(bands.flatMap((band) => [...(heads.byBand.get(band) ?? [])]))
    const sizeOf = (head: string) => heads.sizes.get(head) ?? 1
    const [best] = [...met]
      .slice(0, MAX_COMPARED)
      .filter((head) => head !== id)
      .map((head) => ({ head, alike: similarity(shingles, heads.shingles.get(head) ?? new Set()), isFull: sizeOf(head) >= MAX_TWINS }))
      .filter(({ alike }) => alike >= LEAST_SIMILARITY)
      .sort((one, other) => Number(one.isFull) - Number(other.isFull) || other.alike - one.alike)
    const head = best && !best.isFull ? best.head : id
    statements.push(db.insertInto('twin').values({ comment_id: id, site_id: siteId, head_id: head, sent_at: receivedAt }))
    if (head === id) {
      if (best) statements.push(db.deleteFrom('twin_band').where('head_id', '=', best.head))
      statements.push(
        db
          .insertInto('twin_band')
          .values([...new Set(bands)].map((band) => ({ site_id: siteId, band, head_id: id, sent_at: receivedAt })))
          .onConflict((conflict) => conflict.doNothing()),
      )
      heads.shingles.set(id, shingles)
      for (const band of bands) heads.byBand.set(band, new Set([...(heads.byBand.get(band) ?? []), id]))
    }
    const size = head === id ? 1 : sizeOf(head) + 1
    heads.sizes.set(head, size)
    sizes.set(id, size)
    if (size > 1) moved.add(id)
    if (size === 2) moved.add(head)
  }
  return { sizes, statements, moved: [...moved] }
}

/** How many comments each belongs to, itself among them; of those without twins nothing. */
export async function twinsOf(ctx: Ctx, ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await Promise.all(
    inChunks(ids, 1).map((chunk) =>
      ctx.services.store.db
        .selectFrom('twin')
        .innerJoin('twin as other', (join) => join.onRef('other.site_id', '=', 'twin.site_id').onRef('other.head_id', '=', 'twin.head_id'))
        .select((is) => ['twin.comment_id', is.fn.countAll<number>().as('n')])
        .where('twin.comment_id', 'in', chunk)
        .where('twin.site_id', '=', ctx.site.id)
        .groupBy('twin.comment_id')
        .execute(),
    ),
  )
  return new Map(rows.flat().map(({ comment_id, n }) => [comment_id, Number(n)]))
}

/** The twins of each comment, itself left out, the newest first; what is sealed is in none. */
export async function readTwins(ctx: Ctx, ids: readonly string[]): Promise<Map<string, Twin[]>> {
  const { db } = ctx.services.store
  const own = (
    await Promise.all(
      inChunks(ids, 1).map((chunk) =>
        db
          .selectFrom('twin')
          .select(['comment_id', 'head_id'])
          .where('comment_id', 'in', chunk)
          .where('site_id', '=', ctx.site.id)
          .execute(),
      ),
    )
  ).flat()
  const heads = [...new Set(own.map(({ head_id }) => head_id))]
  const rows = (
    await Promise.all(
      inChunks(heads, 2).map((chunk) =>
        db
          .selectFrom('twin')
          .innerJoin('comment', 'comment.id', 'twin.comment_id')
          .select(['twin.head_id', 'comment.id', 'comment.version', 'comment.state', 'comment.receipt_code', 'comment.received_at'])
          .where('twin.site_id', '=', ctx.site.id)
          .where('twin.head_id', 'in', chunk)
          .where('comment.state', '!=', 'sealed')
          .orderBy('twin.sent_at', 'desc')
          .orderBy('twin.comment_id', 'desc')
          .execute(),
      ),
    )
  ).flat()
  const byHead = Map.groupBy(rows, ({ head_id }) => head_id)
  return new Map(
    own.map(({ comment_id, head_id }) => [
      comment_id,
      (byHead.get(head_id) ?? [])
        .filter(({ id }) => id !== comment_id)
        .map((row) => ({
          id: row.id,
          version: row.version,
          state: row.state as State,
          receipt_code: row.receipt_code,
          created_at: row.received_at,
        })),
    ]),
  )
}

/**
 * What takes a comment whose text was changed away from its twins, and which of them may have none any more: the next of those it headed
 * is their head from now on, by the same bands.
 */
async function leaving(ctx: Ctx, id: string): Promise<{ statements: Compilable[]; others: string[] }> {
  const { db } = ctx.services.store
  const own = await db.selectFrom('twin').select('head_id').where('comment_id', '=', id).executeTakeFirst()
  const next = await db
    .selectFrom('twin')
    .select('comment_id')
    .where('site_id', '=', ctx.site.id)
    .where('head_id', '=', own?.head_id ?? id)
    .where('comment_id', '!=', id)
    .orderBy('sent_at')
    .orderBy('comment_id')
    .limit(1)
    .executeTakeFirst()
  const isHead = own === undefined || own.head_id === id
  return {
    others: next ? [next.comment_id] : [],
    statements: [
      db.deleteFrom('twin').where('comment_id', '=', id),
      ...(isHead && next
        ? [
            db.updateTable('twin').set({ head_id: next.comment_id }).where('site_id', '=', ctx.site.id).where('head_id', '=', id),
            db.updateTable('twin_band').set({ head_id: next.comment_id }).where('head_id', '=', id),
          ]
        : [db.deleteFrom('twin_band').where('head_id', '=', id)]),
    ],
  }
}

/** The heads that share a band with some text, with their shingles and how many belong to each. */
async function headsMeeting(ctx: Ctx, bands: readonly number[], since: string) {
  const { db } = ctx.services.store
  const rows = (
    await Promise.all(
      inChunks([...new Set(bands)], 3).map((chunk) =>
        db
          .selectFrom('twin_band')
          .select(['band', 'head_id'])
          .where('site_id', '=', ctx.site.id)
          .where('band', 'in', chunk)
          .where('sent_at', '>=', since)
          .execute(),
      ),
    )
  ).flat()
  const byBand = new Map<number, Set<string>>()
  for (const { band, head_id } of rows) byBand.set(band, new Set([...(byBand.get(band) ?? []), head_id]))
  const ids = [...new Set(rows.map(({ head_id }) => head_id))]
  const [texts, counts] = await Promise.all([
    Promise.all(
      inChunks(ids, 0).map((chunk) =>
        db
          .selectFrom('comment')
          .innerJoin('revision', 'revision.id', 'comment.revision_id')
          .select(['comment.id', 'revision.body'])
          .where('comment.id', 'in', chunk)
          .execute(),
      ),
    ),
    Promise.all(
      inChunks(ids, 1).map((chunk) =>
        db
          .selectFrom('twin')
          .select((pick) => ['head_id', pick.fn.countAll<number>().as('n')])
          .where('site_id', '=', ctx.site.id)
          .where('head_id', 'in', chunk)
          .groupBy('head_id')
          .execute(),
      ),
    ),
  ])
  return {
    byBand,
    shingles: new Map(await mapInSlices(texts.flat(), ctx.services.pause, ({ id, body }) => [id, shinglesOf(body)] as const)),
    sizes: new Map(counts.flat().map(({ head_id, n }) => [head_id, Number(n)])),
  }
}
