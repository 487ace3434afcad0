// The page of one comment, and what colleagues do around it: who has it in hand, notes, how its author is reached, who has it open.
// Not for: decisions (decisions.ts), which the card's own forms send.
import { may } from '../core/context.ts'
import { assign, readColleagues } from '../core/moderation/assign.ts'
import { revealContact } from '../core/moderation/contact.ts'
import { readKeys } from '../core/moderation/desk.ts'
import { readSurroundings } from '../core/moderation/item.ts'
import { addNote, correctNote, deleteNote } from '../core/moderation/notes.ts'
import { readItem } from '../core/moderation/queue.ts'
import { readOthersHere, view } from '../core/moderation/viewing.ts'
import type { AppContext } from '../http/door.ts'
import { readForm } from '../http/form.ts'
import { allowPage } from '../http/page.tsx'
import { logUnexpected, toAppError, toProblem } from '../http/problem.ts'
import { STATUS } from '../http/status.ts'
import { fill } from '../i18n/format.ts'
import type { Strings } from '../i18n/index.ts'
import { Conversation, Revisions, SameAuthor } from './around.tsx'
import { BanPanel } from './bans.tsx'
import { Card } from './card.tsx'
import { type Desk, listedState, openDesk, queueHref } from './desk.ts'
import { ContactPanel, type Draft, InHand } from './hand.tsx'
import { Frame } from './parts.tsx'
import { NoteForm, Story } from './story.tsx'
import { KeyHelp } from './views.tsx'

type Fields = ReadonlyMap<string, string>

/** What the page's script hears when it says that the page is open. */
export type ViewingAnswer = { sentence: string }

/** What was done, by the name in the address. */
const DONE = ['taken', 'given', 'released', 'noted', 'corrected', 'deleted'] as const satisfies readonly (keyof Strings['item'])[]
type Done = (typeof DONE)[number]

/** GET /desk/:site/comments/:id */
export async function showComment(c: AppContext): Promise<Response> {
  return commentPage(c, await openDesk(c), { form: null, kept: new Map(), fault: null, contact: null })
}

/** POST /desk/:site/comments/:id/assignee: `act` takes it, gives it to `assignee`, or gives it back to nobody. */
export function receiveAssignee(c: AppContext): Promise<Response> {
  return received(c, 'assignee', async (desk, id, fields) => {
    const to = { take: desk.person.id, give: fields.get('assignee') ?? '', release: null }
    const act = fields.get('act') ?? ''
    await assign(desk.ctx, id, {
      assignee: Object.hasOwn(to, act) ? to[act as keyof typeof to] : '',
      assignment: Number(fields.get('assignment') ?? Number.NaN),
    })
    return { done: act === 'take' ? 'taken' : act === 'release' ? 'released' : 'given', at: '' }
  })
}

/** POST /desk/:site/comments/:id/notes: a new note, or with `note` and `act` the correction or deletion of one. */
export function receiveNote(c: AppContext): Promise<Response> {
  return received(c, 'notes', async (desk, id, fields) => {
    const note = fields.get('note')
    const body = fields.get('body') ?? ''
    if (note === undefined) return { done: 'noted', at: (await addNote(desk.ctx, id, { body })).id }
    if (fields.get('act') === 'delete') await deleteNote(desk.ctx, note)
    else await correctNote(desk.ctx, note, { body })
    return { done: fields.get('act') === 'delete' ? 'deleted' : 'corrected', at: note }
  })
}

/** POST /desk/:site/comments/:id/contact: shows it in this one answer, which leads nowhere and is kept nowhere. */
export async function receiveContact(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const kept = await readForm(c)
  try {
    const contact = await revealContact(desk.ctx, c.req.param('id') ?? '', { reason: kept.get('reason') ?? '' })
    return await commentPage(c, desk, { form: null, kept: new Map(), fault: null, contact })
  } catch (error) {
    return refusedPage(c, desk, 'contact', kept, error)
  }
}

/** POST /desk/:site/comments/:id/viewing: the page's script says that it is open, and hears who else has it open. */
export async function receiveViewing(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const { others } = await view(desk.ctx, c.req.param('id') ?? '')
  const answer: ViewingAnswer = { sentence: hereSentence(desk, others) }
  return c.json(answer)
}

async function received(
  c: AppContext,
  form: NonNullable<Draft['form']>,
  command: (desk: Desk, id: string, fields: Fields) => Promise<{ done: Done; at: string }>,
): Promise<Response> {
  const desk = await openDesk(c)
  const kept = await readForm(c)
  const id = c.req.param('id') ?? ''
  try {
    const { done, at } = await command(desk, id, kept)
    return c.redirect(`${desk.base}/comments/${id}?done=${done}${at === '' ? '' : `#h-${at}`}`, 303)
  } catch (error) {
    return refusedPage(c, desk, form, kept, error)
  }
}

/** The page once more, with what was typed and why it was not taken. What no form can mend is thrown on. */
function refusedPage(c: AppContext, desk: Desk, form: NonNullable<Draft['form']>, kept: Fields, thrown: unknown): Promise<Response> {
  const error = toAppError(thrown)
  if (error.code === 'forbidden' || error.code === 'not_found') throw error
  logUnexpected(c, error)
  const problem = toProblem(error, desk.language, c.var.requestId)
  c.status(STATUS[problem.code])
  // The sentence of the code is about a citizen's own edit.
  const fault = problem.code === 'edit_closed' ? desk.words.item.noteClosed : problem.detail
  return commentPage(c, desk, { form, kept, fault, contact: null })
}

async function commentPage(c: AppContext, desk: Desk, draft: Draft): Promise<Response> {
  const id = c.req.param('id') ?? ''
  const { ctx, words } = desk
  const [item, around, others, people, keys] = await Promise.all([
    readItem(ctx, id),
    readSurroundings(ctx, id),
    readOthersHere(ctx, id),
    may(ctx, 'comment.assign') ? readColleagues(ctx) : [],
    readKeys(ctx),
  ])
  const place = { state: listedState(item.state) }
  const title = fill(words.desk.itemTitle, { code: item.receipt_code })
  const here = hereSentence(desk, others)
  const done = DONE.find((name) => name === c.req.query('done'))
  allowPage(c, { frameAncestors: "'none'", script: 'nonce', connect: true })
  return c.html(
    <Frame desk={desk} title={title} keys={keys}>
      <main class="item" id="main" tabindex={-1} data-item={item.id}>
        <div class="heading">
          <p class="back">
            <a href={queueHref(desk, place)}>{words.desk.back}</a>
            {may(ctx, 'note.write') && (
              <a class="to-note" href="#note">
                {words.item.note}
              </a>
            )}
          </p>
          <h1>
            {title}{' '}
            <span class="state" id="item-state">
              {words.states[item.state]}
            </span>
          </h1>
          {done && draft.fault === null && (
            <p class="notice done" role="status">
              {words.item[done]}
            </p>
          )}
          <p class="notice here" id="here" role="status" hidden={here === ''}>
            {here}
          </p>
        </div>
        <div class="case">
          <Card desk={desk} item={item} place={place} isAlone />
          <Revisions desk={desk} revisions={item.revisions} />
          <Conversation desk={desk} around={around} />
          <SameAuthor desk={desk} id={item.id} same={around.same_author} />
          <BanPanel desk={desk} commentId={item.id} />
        </div>
        <div class="beside">
          <InHand desk={desk} item={item} people={people} draft={draft} />
          {may(ctx, 'contact.read') && <ContactPanel desk={desk} id={item.id} isLeft={around.has_contact} draft={draft} />}
          <section class="side history">
            <h2>{words.desk.history}</h2>
            <Story desk={desk} id={item.id} timeline={around.timeline} draft={draft} />
            {may(ctx, 'note.write') && <NoteForm desk={desk} id={item.id} timeline={around.timeline} draft={draft} />}
          </section>
        </div>
      </main>
      <KeyHelp desk={desk} keys={keys} />
    </Frame>,
  )
}

function hereSentence(desk: Desk, others: readonly string[]): string {
  return others.length === 0 ? '' : fill(desk.words.item.alsoHere, { names: others.join(', ') })
}
