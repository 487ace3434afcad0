// Commands of the author: changing one's text and taking it back. The edit token is the right to do so.
// A changed text waits for a person again; what was approved stays public until then.
import { z } from 'zod'
import { AppError, allow, type Ctx } from '../context.ts'
import { takingBackBeside } from '../moderation/undo.ts'
import { audited, commit, retrying } from '../record.ts'
import { imitatesOffice } from '../screening/names.ts'
import { isOfText, screened } from '../screening/screen.ts'
import { readStored } from '../screening/signal.ts'
import { lookAgain, rulesAtHand } from '../screening/wordlist.ts'
import { agenciesOf, isOwnPage } from '../sites.ts'
import { findThreadById, threadOf } from '../threads.ts'
import { textHash } from './author.ts'
import { type Comment, findComment } from './comment.ts'
import { callOff, remove } from './publish.ts'
import { checkEditToken, editToken } from './receipts.ts'
import { isWithdrawable, mayEdit, type State } from './states.ts'
import { acceptBody } from './text.ts'

/** What an author sends to change a comment. */
export const ReviseInput = z.strictObject({ body: z.string() })

export type Revised = { comment: { id: string; state: State }; edit: { token: string; until: string } }

/**
 * Replaces the text of one's own comment within its edit window; the new text is held for a person. Throws `not_found` for a wrong
 * token, `edit_closed` past the window or in a state that is not the author's any more, `conflict` when someone decided meanwhile.
 */
export async function revise(ctx: Ctx, commentId: string, token: string, raw: unknown): Promise<Revised> {
  allow(ctx, 'comment.revise')
  const input = ReviseInput.parse(raw)
  const { services, site } = ctx
  checkEditToken(services, commentId, token)
  const comment = await findComment(ctx, commentId)
  const now = services.now().toISOString()
  if (!mayEdit(comment, now)) throw new AppError('edit_closed')
  const body = acceptBody(input.body, { min: site.settings.body_min, max: site.settings.body_max }, '/body')

  const { db } = services.store
  const current = await db
    .selectFrom('revision')
    .select(['body', 'number', 'signals'])
    .where('id', '=', comment.revisionId)
    .executeTakeFirstOrThrow()
  if (current.body === body) return answer(ctx, comment, comment.state)
  const thread = await findThreadById(ctx, comment.threadId)
  const revisionId = services.newId()
  const { rules, isCurrent } = await rulesAtHand(ctx)
  // How the opinion came, and from whom, no edit changes; what depends on the article and the name is looked at anew.
  const known = readStored(current.signals).filter(({ code }) => !isOfText(code) && code !== 'foreign_article' && code !== 'name_imitates')
  const facts = {
    isForeignArticle: thread.url !== '' && !isOwnPage(site, thread.url),
    isImitation: comment.authorNameGiven !== null && imitatesOffice(comment.authorNameGiven, agenciesOf(site)),
  }
  const signals = screened({ body, name: comment.authorNameGiven }, rules, facts, known)

  await commit(ctx, [
    insertAuthorFact(ctx, comment, { kind: 'revision', revisionId, stateAfter: 'pending' }),
    db.insertInto('revision').values({
      id: revisionId,
      comment_id: comment.id,
      number: current.number + 1,
      body,
      signals,
      created_at: now,
    }),
    db
      .updateTable('comment')
      .set({ state: 'pending', version: comment.version + 1, revision_id: revisionId, body_hash: textHash(body) })
      .where('id', '=', comment.id),
    audited(ctx, 'comment.revise', { kind: 'comment', id: comment.id }, { state_before: comment.state, number: current.number + 1 }),
    ...(isCurrent ? [] : [lookAgain(ctx, now)]),
  ])
  return answer(ctx, comment, 'pending')
}

/** Takes one's own comment back, at any time and at once; a publication that still waits is called off, with the reply beside it. Again: the same answer. */
export async function withdraw(ctx: Ctx, commentId: string, token: string): Promise<{ comment: { id: string; state: State } }> {
  allow(ctx, 'comment.revise')
  const { services } = ctx
  checkEditToken(services, commentId, token)
  return retrying(async () => {
    const comment = await findComment(ctx, commentId)
    if (comment.state === 'withdrawn') return { comment: { id: comment.id, state: comment.state } }
    if (!isWithdrawable(comment.state)) throw new AppError('edit_closed')
    const { db } = services.store
    const waiting = await db
      .selectFrom('pending_publication')
      .innerJoin('fact', 'fact.id', 'pending_publication.decision_id')
      .select('fact.id')
      .where('fact.comment_id', '=', comment.id)
      .execute()
    const answers = await Promise.all(waiting.map(({ id }) => takingBackBeside(ctx, id)))

    await commit(ctx, [
      insertAuthorFact(ctx, comment, { kind: 'withdrawal', revisionId: comment.revisionId, stateAfter: 'withdrawn' }),
      ...waiting.flatMap(({ id }) => callOff(ctx, id, threadOf(comment))),
      ...answers.flat(),
      ...remove(ctx, comment, 'kept'),
      db
        .updateTable('comment')
        .set({ state: 'withdrawn', version: comment.version + 1 })
        .where('id', '=', comment.id),
      audited(ctx, 'comment.withdraw', { kind: 'comment', id: comment.id }, { state_before: comment.state }),
    ])
    return { comment: { id: comment.id, state: 'withdrawn' } }
  }, true)
}

function insertAuthorFact(ctx: Ctx, comment: Comment, fact: { kind: 'revision' | 'withdrawal'; revisionId: string; stateAfter: State }) {
  const { store, newId, now } = ctx.services
  return store.db.insertInto('fact').values({
    id: newId(),
    site_id: ctx.site.id,
    comment_id: comment.id,
    from_version: comment.version,
    kind: fact.kind,
    revision_id: fact.revisionId,
    state_before: comment.state,
    state_after: fact.stateAfter,
    actor_kind: 'author',
    created_at: now().toISOString(),
  })
}

function answer(ctx: Ctx, comment: Comment, state: State): Revised {
  return { comment: { id: comment.id, state }, edit: { token: editToken(ctx.services, comment.id), until: comment.editUntil } }
}
