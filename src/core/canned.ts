// Prepared replies: texts written once, with fields that each reply fills. Staff choose one, see it filled, and change what they like
// before anything is published. Not for: publishing (moderation/reply.ts).
import { z } from 'zod'
import { conflictOn } from '../storage/store.ts'
import { AppError, allow, type Ctx, faulty } from './context.ts'
import { audited, commit, edited } from './record.ts'
import { commitEdit, conflictOf } from './setup.ts'

/** Prepared replies a site can have: a list that is still chosen from. */
const MAX_CANNED = 100

/** A prepared reply; `version` is named when it is changed. */
export type Canned = { id: string; name: string; body: string; version: number }

/** What the fields stand for under one opinion. */
export type Merged = { name: string; article: string; code: string; agency: string; date: string }

/** Each field as it is written in either language. */
export const MERGE_FIELDS: Readonly<Record<keyof Merged, { vi: string; en: string }>> = {
  name: { vi: 'họ tên', en: 'name' },
  article: { vi: 'bài viết', en: 'article' },
  code: { vi: 'mã tra cứu', en: 'code' },
  agency: { vi: 'cơ quan', en: 'agency' },
  date: { vi: 'ngày gửi', en: 'date' },
}

const FIELD = /\{([^{}\n]*)\}/g

/** A new prepared reply. */
export const CannedInput = z.strictObject({ name: z.string().trim().min(1).max(100), body: z.string().trim().min(1).max(10_000) })
/** What it is changed to, from the version that was read. */
export const CannedEdit = CannedInput.extend({ version: z.number().int().min(1) })

/** The site's prepared replies by name. */
export async function readCanned(ctx: Ctx): Promise<Canned[]> {
  allow(ctx, 'queue.read')
  return ctx.services.store.db
    .selectFrom('canned_reply')
    .select(['id', 'name', 'body', 'version'])
    .where('site_id', '=', ctx.site.id)
    .orderBy('name')
    .limit(MAX_CANNED)
    .execute()
}

/** Writes a new one. Throws `merge_field_unknown` for a field that is none, `name_taken`, `validation`. */
export async function addCanned(ctx: Ctx, raw: unknown): Promise<Canned> {
  allow(ctx, 'canned.manage')
  const input = CannedInput.parse(raw)
  refuseUnknownFields(input.body)
  if ((await readCanned(ctx)).length >= MAX_CANNED) throw faulty('validation', '/name')
  const { store, newId, now } = ctx.services
  const id = newId()
  await named(() =>
    commit(ctx, [
      store.db.insertInto('canned_reply').values({ id, site_id: ctx.site.id, ...input, created_at: now().toISOString() }),
      audited(ctx, 'canned.add', { kind: 'canned', id }, { before: null, after: input }),
    ]),
  )
  return { id, ...input, version: 1 }
}

/** Changes one. Throws as {@link addCanned}, `conflict` when another version stands, `not_found`. */
export async function changeCanned(ctx: Ctx, id: string, raw: unknown): Promise<Canned> {
  allow(ctx, 'canned.manage')
  const { version, ...input } = CannedEdit.parse(raw)
  refuseUnknownFields(input.body)
  const before = await findCanned(ctx, id)
  if (before.version !== version) throw await conflictOf(ctx, id)
  if (before.name === input.name && before.body === input.body) return before
  await named(() =>
    commitEdit(ctx, id, [
      edited(ctx, id, version),
      ctx.services.store.db
        .updateTable('canned_reply')
        .set({ ...input, version: version + 1 })
        .where('id', '=', id)
        .where('site_id', '=', ctx.site.id),
      audited(ctx, 'canned.change', { kind: 'canned', id }, { before: { name: before.name, body: before.body }, after: input }),
    ]),
  )
  return { id, ...input, version: version + 1 }
}

/** Removes one; what was said with it stays said. Throws `not_found`. */
export async function removeCanned(ctx: Ctx, id: string): Promise<void> {
  allow(ctx, 'canned.manage')
  const before = await findCanned(ctx, id)
  await commit(ctx, [
    ctx.services.store.db.deleteFrom('canned_reply').where('id', '=', id).where('site_id', '=', ctx.site.id),
    audited(ctx, 'canned.remove', { kind: 'canned', id }, { before: { name: before.name, body: before.body }, after: null }),
  ])
}

/** The text with its fields filled. A field that is none stays as it is, though none can have been saved. */
export function fillCanned(body: string, merged: Merged): string {
  return body.replace(FIELD, (whole, written: string) => {
    const field = fieldOf(written)
    return field === null ? whole : merged[field]
  })
}

/** Throws `merge_field_unknown`, naming the first field that is none. */
function refuseUnknownFields(body: string): void {
  for (const [whole, written = ''] of body.matchAll(FIELD)) {
    if (fieldOf(written) === null) throw faulty('merge_field_unknown', '/body', { field: whole })
  }
}

function fieldOf(written: string): keyof Merged | null {
  const text = written.normalize('NFC').trim().toLowerCase()
  const found = Object.entries(MERGE_FIELDS).find(([, names]) => names.vi === text || names.en === text)
  return (found?.[0] as keyof Merged | undefined) ?? null
}

async function findCanned(ctx: Ctx, id: string): Promise<Canned> {
  const row = await ctx.services.store.db
    .selectFrom('canned_reply')
    .select(['id', 'name', 'body', 'version'])
    .where('id', '=', id)
    .where('site_id', '=', ctx.site.id)
    .executeTakeFirst()
  if (!row) throw new AppError('not_found')
  return row
}

async function named(write: () => Promise<unknown>): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (!conflictOn(error, 'canned_reply.site_id,canned_reply.name')) throw error
    throw new AppError('validation', { faults: [{ pointer: '/name', code: 'name_taken' }] })
  }
}
