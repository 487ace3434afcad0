// Commands: what colleagues write to each other about a comment. Never public, and in no answer to a citizen.
import { z } from 'zod'
import { findUnsealed } from '../comments/comment.ts'
import { acceptBody } from '../comments/text.ts'
import { AppError, actorColumns, allow, type Ctx } from '../context.ts'
import { audited, commit } from '../record.ts'

/** How long its writer may correct or delete a note: long enough for a slip, too short to rewrite what a colleague has acted on. */
const NOTE_EDIT_MS = 15 * 60_000
/** Graphemes of a note: an explanation, not a file. */
const MAX_NOTE = 2_000
/** Notes read with a comment, the newest. */
const NOTES_SHOWN = 200

/** `body_text` is empty once it was deleted; `can_change_until` is set for the reader's own notes while they can be changed. */
export type Note = {
  id: string
  body_text: string
  by: string | null
  at: string
  corrected_at: string | null
  deleted_at: string | null
  can_change_until: string | null
}

export const NoteInput = z.strictObject({ body: z.string() })

/** Writes a note. Throws `validation`, `not_found`. */
export async function addNote(ctx: Ctx, commentId: string, raw: z.input<typeof NoteInput>): Promise<Note> {
  allow(ctx, 'note.write')
  const body = accepted(raw)
  const comment = await findUnsealed(ctx, commentId)
  const { store, newId, now } = ctx.services
  const row = {
    id: newId(),
    site_id: ctx.site.id,
    comment_id: comment.id,
    body,
    ...actorColumns(ctx.actor),
    corrected_at: null,
    deleted_at: null,
    created_at: now().toISOString(),
  }
  await commit(ctx, [
    store.db.insertInto('note').values(row),
    audited(ctx, 'note.add', { kind: 'comment', id: comment.id }, { note: row.id }),
  ])
  return toNote(ctx, row)
}

/** Changes the text of one's own note. Throws `validation`, `not_found`, `forbidden` for a colleague's, `edit_closed` when it is too late. */
export async function correctNote(ctx: Ctx, noteId: string, raw: z.input<typeof NoteInput>): Promise<Note> {
  allow(ctx, 'note.write')
  const body = accepted(raw)
  const note = await findOwn(ctx, noteId)
  if (note.body === body) return toNote(ctx, note)
  const corrected_at = ctx.services.now().toISOString()
  await change(ctx, note, { body, corrected_at }, 'note.correct')
  return toNote(ctx, { ...note, body, corrected_at })
}

/** Takes the text of one's own note away; that there was one stays. Throws as {@link correctNote}. */
export async function deleteNote(ctx: Ctx, noteId: string): Promise<Note> {
  allow(ctx, 'note.write')
  const note = await findOwn(ctx, noteId)
  const deleted_at = ctx.services.now().toISOString()
  await change(ctx, note, { body: '', deleted_at }, 'note.delete')
  return toNote(ctx, { ...note, body: '', deleted_at })
}

/** The notes of a comment, oldest first. The caller has found the comment. */
export async function readNotes(ctx: Ctx, commentId: string): Promise<Note[]> {
  const rows = await ctx.services.store.db
    .selectFrom('note')
    .selectAll()
    .where('comment_id', '=', commentId)
    .where('site_id', '=', ctx.site.id)
    .orderBy('id', 'desc')
    .limit(NOTES_SHOWN)
    .execute()
  return rows.reverse().map((row) => toNote(ctx, row))
}

type Row = {
  id: string
  comment_id: string
  body: string
  actor_kind: string
  actor_id: string | null
  actor_name: string | null
  corrected_at: string | null
  deleted_at: string | null
  created_at: string
}

function accepted(raw: z.input<typeof NoteInput>): string {
  return acceptBody(NoteInput.parse(raw).body, { min: 1, max: MAX_NOTE }, '/body')
}

async function findOwn(ctx: Ctx, noteId: string): Promise<Row> {
  const note = await ctx.services.store.db
    .selectFrom('note')
    .selectAll()
    .where('id', '=', noteId)
    .where('site_id', '=', ctx.site.id)
    .where('deleted_at', 'is', null)
    .executeTakeFirst()
  if (!note) throw new AppError('not_found')
  await findUnsealed(ctx, note.comment_id)
  if (!isOwn(ctx, note)) throw new AppError('forbidden')
  if (changeableUntil(note) <= ctx.services.now().toISOString()) throw new AppError('edit_closed')
  return note
}

function isOwn(ctx: Ctx, note: Row): boolean {
  const { actor_kind, actor_id } = actorColumns(ctx.actor)
  return actor_id !== null && note.actor_id === actor_id && note.actor_kind === actor_kind
}

function changeableUntil(note: Row): string {
  return new Date(Date.parse(note.created_at) + NOTE_EDIT_MS).toISOString()
}

async function change(
  ctx: Ctx,
  note: Row,
  to: { body: string; corrected_at?: string; deleted_at?: string },
  action: string,
): Promise<void> {
  await commit(ctx, [
    // A deleted note stays deleted, whichever of two windows of the same person was quicker.
    ctx.services.store.db.updateTable('note').set(to).where('id', '=', note.id).where('deleted_at', 'is', null),
    audited(ctx, action, { kind: 'comment', id: note.comment_id }, { note: note.id }),
  ])
}

function toNote(ctx: Ctx, note: Row): Note {
  const until = changeableUntil(note)
  const isChangeable = note.deleted_at === null && isOwn(ctx, note) && until > ctx.services.now().toISOString()
  return {
    id: note.id,
    body_text: note.body,
    by: note.actor_name,
    at: note.created_at,
    corrected_at: note.corrected_at,
    deleted_at: note.deleted_at,
    can_change_until: isChangeable ? until : null,
  }
}
