// What the office's standing decisions teach: one lesson for each comment, about the text that was judged. A lesson that no longer
// stands (undone, decided otherwise, sealed) is taken out again, exactly. Not for: the counting itself (screening/learn.ts).
import { mapInSlices } from '../../lib/slices.ts'
import { type Compilable, inChunks } from '../../storage/store.ts'
import type { Reason, State, Verdict } from '../comments/states.ts'
import { allow, type Ctx } from '../context.ts'
import { areaUnderCurve, decode, emptyModel, encode, isTrained, type Label, learn, type Model, score } from '../screening/learn.ts'

/** Reasons that speak of what the text says. A duplicate, a private number or a denunciation is no text that nobody should write. */
const TEACHING: readonly Reason[] = ['offtopic', 'insult', 'profanity', 'ads', 'gambling', 'scam', 'illegal', 'hate', 'false']
/** Scores are kept as whole thousandths. */
const SCALE = 1_000
/** Decisions that the quality is told of: enough for two digits, and recent enough to be about the site as it is. */
const JUDGED = 500

/** A comment as it stands when lessons are learned. */
export type Studied = { id: string; state: State }

/** A site's model, and how it changes: what was learned and what must be written for it. */
export type Study = { model: Model; isChanged: boolean; statements: Compilable[] }

/** Learns what the decisions on these comments teach now, and forgets what does not hold any more. */
export async function study(ctx: Ctx, comments: readonly Studied[]): Promise<Study> {
  const { db } = ctx.services.store
  const ids = comments.map(({ id }) => id)
  const [model, facts, lessons] = await Promise.all([
    readModel(ctx),
    db
      .selectFrom('fact')
      .select(['id', 'comment_id', 'kind', 'verdict', 'reason', 'revision_id', 'undoes_id', 'created_at'])
      .where('comment_id', 'in', ids)
      .where('kind', 'in', ['decision', 'undo'])
      .orderBy('from_version')
      .execute(),
    db.selectFrom('lesson').selectAll().where('comment_id', 'in', ids).execute(),
  ])
  const undone = new Set(facts.map(({ undoes_id }) => undoes_id))
  const changes = comments
    .map(({ id, state }) => {
      const known = lessons.find((lesson) => lesson.comment_id === id) ?? null
      const standing = facts.findLast((fact) => fact.comment_id === id && fact.kind === 'decision' && !undone.has(fact.id))
      const label = standing && state !== 'sealed' ? labelOf(standing.verdict as Verdict, standing.reason as Reason | null) : null
      return { id, known, taught: standing && label !== null ? { ...standing, label } : null }
    })
    .filter(({ known, taught }) => known?.decision_id !== taught?.id)
  if (changes.length === 0) return { model, isChanged: false, statements: [] }
  const bodies = await bodiesOf(
    ctx,
    changes.flatMap(({ known, taught }) => [known?.revision_id ?? [], taught?.revision_id ?? []].flat()),
  )
  const statements: Compilable[] = []
  // In the order in which they were decided, so that each is asked what those before it taught.
  const inOrder = changes.toSorted((one, other) => ((one.taught?.id ?? '') < (other.taught?.id ?? '') ? -1 : 1))
  await mapInSlices(inOrder, ctx.services.pause, ({ id, known, taught }) => {
    if (known) {
      learn(model, bodies.get(known.revision_id) ?? '', known.label as Label, -1)
      statements.push(db.deleteFrom('lesson').where('comment_id', '=', id))
    }
    if (!taught) return
    const body = bodies.get(taught.revision_id) ?? ''
    const before = isTrained(model) ? Math.round(SCALE * score(model, body)) : null
    learn(model, body, taught.label)
    const { id: decision_id, revision_id, label, created_at: decided_at } = taught
    statements.push(
      db.insertInto('lesson').values({ comment_id: id, site_id: ctx.site.id, decision_id, revision_id, label, score: before, decided_at }),
    )
  })
  return { model, isChanged: true, statements: [...statements, writeModel(ctx, model)] }
}

/** What a site has learned; an empty model where it has learned nothing. */
export async function readModel(ctx: Ctx): Promise<Model> {
  const row = await ctx.services.store.db.selectFrom('learned').selectAll().where('site_id', '=', ctx.site.id).executeTakeFirst()
  if (!row) return emptyModel()
  return decode({ kept: row.kept, refused: row.refused }, { syllable: row.syllables, pair: row.pairs, trigram: row.trigrams })
}

/**
 * How well the site's own decisions were foreseen: of its last 500 that teach and were foreseen at all, each asked before it was learned.
 * `area` is the chance that a refused one stood before a kept one; `caught` the share of the refused that stood in the first fifth.
 */
export type Quality = {
  isOn: boolean
  isTrained: boolean
  texts: Record<Label, number>
  judged: number
  area: number | null
  caught: number | null
}

/** The quality of what the site has learned, for those who may set the site. */
export async function readQuality(ctx: Ctx): Promise<Quality> {
  allow(ctx, 'learning.read')
  const { db } = ctx.services.store
  const [row, lessons] = await Promise.all([
    db.selectFrom('learned').select(['kept', 'refused']).where('site_id', '=', ctx.site.id).executeTakeFirst(),
    db
      .selectFrom('lesson')
      .select(['label', 'score'])
      .where('site_id', '=', ctx.site.id)
      .orderBy('decided_at', 'desc')
      .orderBy('comment_id', 'desc')
      .limit(JUDGED)
      .execute(),
  ])
  const texts = { kept: row?.kept ?? 0, refused: row?.refused ?? 0 }
  const judged = lessons.flatMap(({ label, score: foreseen }) => (foreseen === null ? [] : [{ label: label as Label, foreseen }]))
  const of = (label: Label) => judged.filter((each) => each.label === label).map(({ foreseen }) => foreseen)
  const refused = of('refused')
  const first = judged.toSorted((one, other) => other.foreseen - one.foreseen).slice(0, Math.ceil(judged.length / 5))
  return {
    isOn: ctx.site.settings.learning,
    isTrained: isTrained({ texts }),
    texts,
    judged: judged.length,
    area: areaUnderCurve(refused, of('kept')),
    caught: refused.length === 0 ? null : first.filter(({ label }) => label === 'refused').length / refused.length,
  }
}

/** What a decision says of a text, or null when it says nothing of what the text says. */
function labelOf(verdict: Verdict, reason: Reason | null): Label | null {
  if (verdict === 'approve') return 'kept'
  if (verdict === 'spam') return 'refused'
  return verdict === 'reject' && reason !== null && TEACHING.includes(reason) ? 'refused' : null
}

async function bodiesOf(ctx: Ctx, revisionIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await Promise.all(
    inChunks([...new Set(revisionIds)], 0).map((chunk) =>
      ctx.services.store.db.selectFrom('revision').select(['id', 'body']).where('id', 'in', chunk).execute(),
    ),
  )
  return new Map(rows.flat().map(({ id, body }) => [id, body]))
}

function writeModel(ctx: Ctx, model: Model): Compilable {
  const { syllable: syllables, pair: pairs, trigram: trigrams } = encode(model)
  const learned = { ...model.texts, syllables, pairs, trigrams }
  return ctx.services.store.db
    .insertInto('learned')
    .values({ site_id: ctx.site.id, ...learned })
    .onConflict((conflict) => conflict.column('site_id').doUpdateSet(learned))
}
