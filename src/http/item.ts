// The staff API around one comment: who has it in hand, notes, who has it open, how its author is reached, and its whole story.
import { createRoute } from '@hono/zod-openapi'
import { AssignInput, assign, readColleagues } from '../core/moderation/assign.ts'
import { ContactInput, revealContact } from '../core/moderation/contact.ts'
import { readSurroundings } from '../core/moderation/item.ts'
import { addNote, correctNote, deleteNote, NoteInput } from '../core/moderation/notes.ts'
import { view } from '../core/moderation/viewing.ts'
import type { newApi } from './public.ts'
import {
  AssignedShape,
  body,
  ColleaguesShape,
  ContactShape,
  json,
  NoteShape,
  refusal,
  Site,
  SiteAndId,
  SurroundingsShape,
  security,
  ViewingShape,
} from './shapes.ts'

const routes = {
  surroundings: createRoute({
    method: 'get',
    path: '/api/v1/admin/sites/{site}/comments/{id}/surroundings',
    summary: 'A comment’s timeline, its replies, and what the same reader wrote besides',
    security,
    request: { params: SiteAndId },
    responses: { 200: json(SurroundingsShape, 'What surrounds it'), default: refusal },
  }),
  colleagues: createRoute({
    method: 'get',
    path: '/api/v1/admin/sites/{site}/colleagues',
    summary: 'Those whom a comment can be given to',
    security,
    request: { params: Site },
    responses: { 200: json(ColleaguesShape, 'By name'), default: refusal },
  }),
  assign: createRoute({
    method: 'put',
    path: '/api/v1/admin/sites/{site}/comments/{id}/assignee',
    summary: 'Give a comment to a colleague or, with null, to nobody; `assigned_meanwhile` when somebody was quicker',
    security,
    request: { params: SiteAndId, body: body(AssignInput) },
    responses: { 200: json(AssignedShape, 'Assigned'), default: refusal },
  }),
  addNote: createRoute({
    method: 'post',
    path: '/api/v1/admin/sites/{site}/comments/{id}/notes',
    summary: 'Write a note that only colleagues read',
    security,
    request: { params: SiteAndId, body: body(NoteInput) },
    responses: { 201: json(NoteShape, 'The note'), default: refusal },
  }),
  correctNote: createRoute({
    method: 'patch',
    path: '/api/v1/admin/sites/{site}/notes/{id}',
    summary: 'Correct one’s own note within a quarter of an hour',
    security,
    request: { params: SiteAndId, body: body(NoteInput) },
    responses: { 200: json(NoteShape, 'The note'), default: refusal },
  }),
  deleteNote: createRoute({
    method: 'delete',
    path: '/api/v1/admin/sites/{site}/notes/{id}',
    summary: 'Delete the text of one’s own note within a quarter of an hour; that there was one stays',
    security,
    request: { params: SiteAndId },
    responses: { 200: json(NoteShape, 'What is left'), default: refusal },
  }),
  view: createRoute({
    method: 'put',
    path: '/api/v1/admin/sites/{site}/comments/{id}/viewing',
    summary: 'Say that one has a comment open, for 45 seconds, and hear who else has; it blocks nobody',
    security,
    request: { params: SiteAndId },
    responses: { 200: json(ViewingShape, 'The names of the others'), default: refusal },
  }),
  contact: createRoute({
    method: 'post',
    path: '/api/v1/admin/sites/{site}/comments/{id}/contact',
    summary: 'Read how the author can be reached; who reads it, and why, is recorded',
    security,
    request: { params: SiteAndId, body: body(ContactInput) },
    responses: { 200: json(ContactShape, 'What the author left'), default: refusal },
  }),
}

/** Adds the routes to the staff API, behind its guard. */
export function addItemRoutes(api: ReturnType<typeof newApi>): void {
  api.openapi(routes.surroundings, async (c) => c.json(await readSurroundings(c.var.ctx, c.req.valid('param').id), 200))
  api.openapi(routes.colleagues, async (c) => c.json({ items: await readColleagues(c.var.ctx) }, 200))
  api.openapi(routes.assign, async (c) => c.json(await assign(c.var.ctx, c.req.valid('param').id, c.req.valid('json')), 200))
  api.openapi(routes.addNote, async (c) => c.json(await addNote(c.var.ctx, c.req.valid('param').id, c.req.valid('json')), 201))
  api.openapi(routes.correctNote, async (c) => c.json(await correctNote(c.var.ctx, c.req.valid('param').id, c.req.valid('json')), 200))
  api.openapi(routes.deleteNote, async (c) => c.json(await deleteNote(c.var.ctx, c.req.valid('param').id), 200))
  api.openapi(routes.view, async (c) => c.json(await view(c.var.ctx, c.req.valid('param').id), 200))
  api.openapi(routes.contact, async (c) => c.json(await revealContact(c.var.ctx, c.req.valid('param').id, c.req.valid('json')), 200))
}
