// What surrounds one comment, for who judges it: a single timeline of everything that happened with it, what answers it, and what the same
// reader wrote besides. Not for: the comment itself (queue.ts).
import { findUnsealed } from '../comments/comment.ts'
import type { State, Verdict } from '../comments/states.ts'
import { excerpt } from '../comments/text.ts'
import { allow, type Ctx } from '../context.ts'
import { readSignals, type SignalCode } from '../screening/signal.ts'
import { readNotes } from './notes.ts'
import { readReports } from './reports.ts'
import { readViewers } from './viewing.ts'

/** Rows of each kind that a timeline takes in. */
const ROWS_SHOWN = 200
/** Comments of the same reader, and replies, shown beside one; the queue shows the others. */
const OTHERS_SHOWN = 5
const REPLIES_SHOWN = 50
/** Graphemes of a neighbouring comment. */
const EXCERPT = 140

/** What happened, in the order in which it can happen at one moment. */
export const HAPPENINGS = [
  'received',
  'edited',
  'seen',
  'reported',
  'assigned',
  'decided',
  'replied',
  'undone',
  'withdrawn',
  'effective',
  'noted',
  'recorded',
] as const

/**
 * One thing that happened. `by` is null for the author and for readers. `signals` are those of a text that came in; `effective` is a
 * decision coming into force; `replied` is an official reply, whose comment has the id, the state and the text; `recorded` is an act that
 * left nothing but its row in the record, named by `action`.
 */
type Happening = {
  kind: (typeof HAPPENINGS)[number]
  id: string
  at: string
  by: string | null
  state: State | null
  verdict: Verdict | null
  reason: string | null
  reason_text: string | null
  text: string | null
  signals: SignalCode[]
  /** To whom it was assigned; null when it was taken from whoever had it. */
  assignee: string | null
  action: string | null
  undone: boolean
  deleted: boolean
  corrected_at: string | null
  can_change_until: string | null
}

type Neighbour = { id: string; state: State; author_name: string | null; is_official: boolean; excerpt: string; at: string }

export type Surroundings = {
  timeline: Happening[]
  /** The comment under which it stands; null when it is a root itself. */
  root: Neighbour | null
  /** The first of the replies under it, or of the others under the same root when it is a reply itself; `more_replies` when there are more. */
  replies: Neighbour[]
  more_replies: boolean
  /** The newest others of the same reader; `more` when there are further ones. */
  same_author: { items: Neighbour[]; more: boolean }
  /** Whether the author left anything by which they can be reached. */
  has_contact: boolean
}

/** Everything around a comment. Throws `not_found`, also when it is sealed. */
export async function readSurroundings(ctx: Ctx, id: string): Promise<Surroundings> {
  allow(ctx, 'queue.read')
  const comment = await findUnsealed(ctx, id)
  const rootId = comment.parentId ?? comment.id
  const [story, answers, root, replies, same, row] = await Promise.all([
    readTimeline(ctx, id),
    readOfficialReplies(ctx, rootId, id),
    rootId === id ? null : neighbours(ctx).where('comment.id', '=', rootId).executeTakeFirst(),
    neighbours(ctx)
      .where('comment.parent_id', '=', rootId)
      .where('comment.id', '!=', id)
      .orderBy('comment.id')
      .limit(REPLIES_SHOWN + 1)
      .execute(),
    readSameAuthor(ctx, id),
    ctx.services.store.db.selectFrom('comment').select('contact_sealed').where('id', '=', id).executeTakeFirstOrThrow(),
  ])
  return {
    timeline: inOrder([...story, ...answers]),
    root: root ? toNeighbour(root) : null,
    replies: replies.slice(0, REPLIES_SHOWN).map(toNeighbour),
    more_replies: replies.length > REPLIES_SHOWN,
    same_author: same,
    has_contact: row.contact_sealed !== null,
  }
}

/** By time; what happened at one moment in the order in which it can. */
function inOrder(story: Happening[]): Happening[] {
  return story.sort((one, other) => one.at.localeCompare(other.at) || HAPPENINGS.indexOf(one.kind) - HAPPENINGS.indexOf(other.kind))
}

async function readTimeline(ctx: Ctx, id: string): Promise<Happening[]> {
  const { db } = ctx.services.store
  const [facts, revisions, notes, assignments, viewers, reports, acts] = await Promise.all([
    db
      .selectFrom('fact')
      .leftJoin('settlement', 'settlement.decision_id', 'fact.id')
      .selectAll('fact')
      .select(['settlement.outcome', 'settlement.created_at as settled_at'])
      .where('fact.comment_id', '=', id)
      .orderBy('fact.from_version')
      .limit(ROWS_SHOWN)
      .execute(),
    db.selectFrom('revision').select(['id', 'number', 'signals']).where('comment_id', '=', id).limit(ROWS_SHOWN).execute(),
    readNotes(ctx, id),
    db.selectFrom('assignment').selectAll().where('comment_id', '=', id).orderBy('number', 'desc').limit(ROWS_SHOWN).execute(),
    readViewers(ctx, id),
    readReports(ctx, id),
    db
      .selectFrom('audit')
      .select(['id', 'action', 'actor_name', 'created_at'])
      .where('site_id', '=', ctx.site.id)
      .where('subject_id', '=', id)
      .where('action', 'in', RECORDED_ONLY)
      .orderBy('id', 'desc')
      .limit(ROWS_SHOWN)
      .execute(),
  ])
  const texts = new Map(revisions.map((revision) => [revision.id, revision]))
  const story = facts.flatMap((fact): Happening[] => {
    const text = texts.get(fact.revision_id)
    const told = { ...NOTHING, id: fact.id, at: fact.created_at, by: fact.actor_name, state: fact.state_after as State }
    if (fact.kind === 'revision') {
      const signals = text ? readSignals(text.signals).map(({ code }) => code) : []
      return [{ ...told, kind: text?.number === 1 ? ('received' as const) : ('edited' as const), signals }]
    }
    if (fact.kind === 'undo') return [{ ...told, kind: 'undone' as const }]
    if (fact.kind === 'withdrawal') return [{ ...told, kind: 'withdrawn' as const }]
    const { reason, reason_text, outcome, settled_at } = fact
    const verdict = fact.verdict as Verdict | null
    const decided = { ...told, kind: 'decided' as const, verdict, reason, reason_text, text: fact.note, undone: outcome === 'undone' }
    // What acts at once comes into force with the decision; only what waited has a moment of its own.
    if (outcome !== 'applied' || settled_at === null || fact.takes_effect_at === null) return [decided]
    const effect = { ...NOTHING, kind: 'effective' as const, id: `${fact.id}-effect`, at: fact.takes_effect_at, by: null, verdict }
    return verdict === 'approve' ? [decided, effect] : [decided]
  })
  story.push(
    ...notes.map((note) => ({
      ...NOTHING,
      kind: 'noted' as const,
      id: note.id,
      at: note.at,
      by: note.by,
      text: note.body_text,
      deleted: note.deleted_at !== null,
      corrected_at: note.corrected_at,
      can_change_until: note.can_change_until,
    })),
    ...assignments.reverse().map((row) => ({
      ...NOTHING,
      kind: 'assigned' as const,
      id: row.id,
      at: row.created_at,
      by: row.actor_name,
      assignee: row.assignee_name,
    })),
    ...viewers.map((viewer) => ({
      ...NOTHING,
      kind: 'seen' as const,
      id: `${id}-seen-${viewer.first_seen_at}`,
      at: viewer.first_seen_at,
      by: viewer.name,
    })),
    ...reports.map((report) => ({
      ...NOTHING,
      kind: 'reported' as const,
      id: `${id}-report-${report.at}`,
      at: report.at,
      by: null,
      reason: report.reason,
      text: report.text,
    })),
    ...acts.reverse().map((row) => ({
      ...NOTHING,
      kind: 'recorded' as const,
      id: row.id,
      at: row.created_at,
      by: row.actor_name,
      action: row.action,
    })),
  )
  return story
}

/** Acts on a comment of which no other table tells. */
const RECORDED_ONLY = ['comment.pin', 'comment.unpin', 'report.dismiss', 'contact.read']

const NOTHING = {
  state: null,
  verdict: null,
  reason: null,
  reason_text: null,
  text: null,
  signals: [],
  assignee: null,
  action: null,
  undone: false,
  deleted: false,
  corrected_at: null,
  can_change_until: null,
} satisfies Partial<Happening>

/** What the agency answered to this comment; all under one root hang there, and the record tells which was meant. */
async function readOfficialReplies(ctx: Ctx, rootId: string, id: string): Promise<Happening[]> {
  const rows = await neighbours(ctx)
    .innerJoin('audit', (join) => join.onRef('audit.site_id', '=', 'comment.site_id').onRef('audit.subject_id', '=', 'comment.id'))
    .select(['audit.actor_name', 'audit.created_at as replied_at', 'audit.detail'])
    .where('comment.parent_id', '=', rootId)
    .where('comment.official_agency', 'is not', null)
    .where('audit.action', '=', 'reply.publish')
    .orderBy('comment.id')
    .limit(ROWS_SHOWN)
    .execute()
  return rows
    .filter(({ detail }) => (JSON.parse(detail) as { under?: string }).under === id)
    .map((row) => ({
      ...NOTHING,
      kind: 'replied' as const,
      id: row.id,
      at: row.replied_at,
      by: row.actor_name,
      state: row.state as State,
      text: excerpt(row.body, EXCERPT),
    }))
}

async function readSameAuthor(ctx: Ctx, id: string): Promise<Surroundings['same_author']> {
  const { db } = ctx.services.store
  const reader = db.selectFrom('comment as own').select('own.reader_hash').where('own.id', '=', id)
  const rows = await neighbours(ctx)
    .where('comment.reader_hash', '=', reader)
    .where('comment.id', '!=', id)
    .orderBy('comment.received_at', 'desc')
    .orderBy('comment.id', 'desc')
    .limit(OTHERS_SHOWN + 1)
    .execute()
  return { items: rows.slice(0, OTHERS_SHOWN).map(toNeighbour), more: rows.length > OTHERS_SHOWN }
}

function neighbours(ctx: Ctx) {
  return ctx.services.store.db
    .selectFrom('comment')
    .innerJoin('revision', 'revision.id', 'comment.revision_id')
    .select(['comment.id', 'comment.state', 'comment.author_name_given', 'comment.official_agency', 'comment.received_at', 'revision.body'])
    .where('comment.site_id', '=', ctx.site.id)
    .where('comment.state', '!=', 'sealed')
}

function toNeighbour(row: {
  id: string
  state: string
  author_name_given: string | null
  official_agency: string | null
  received_at: string
  body: string
}): Neighbour {
  return {
    id: row.id,
    state: row.state as State,
    author_name: row.official_agency ?? row.author_name_given,
    is_official: row.official_agency !== null,
    excerpt: excerpt(row.body, EXCERPT),
    at: row.received_at,
  }
}
