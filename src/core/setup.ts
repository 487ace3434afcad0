// Commands of a site's administrators: its settings and the origins its pages live on. Whoever saves names the version that was read.
// Not for: what a setting may be (settings.ts), articles (threads.ts), or the command line, which reads nothing first (sites.ts).
import { z } from 'zod'
import { AppError, allow, type Ctx, faulty } from './context.ts'
import { audited, commit, edited } from './record.ts'
import { CONSENT_TEXTS, CONTACT_SETTINGS, clashesOf, type SettingName, Settings } from './settings.ts'
import { checkedChanges, keepConsent, keepFirstConsent } from './sites.ts'

/** Origins a site can have: hosts old and new, with and without "www", and a preview. */
const MAX_ORIGINS = 30
const MAX_NAME_LENGTH = 200
/** Versions of consent texts on one page: a few a year are made. */
const MAX_VERSIONS_SHOWN = 50

/** What a site has set, with the version to name when it is changed and who changed it last. */
export type Setup = { version: number; name: string; settings: Settings; changed: Edit | null }
/** Who changed something last, and when. */
export type Edit = { by: string; at: string }

export const ChangeSettingsInput = z.strictObject({
  version: z.number().int().min(1),
  changes: z.record(z.string(), z.unknown()),
})
const Name = z.string().trim().min(1).max(MAX_NAME_LENGTH)

/** The site's settings as they stand. */
export async function readSetup(ctx: Ctx): Promise<Setup> {
  allow(ctx, 'site.configure')
  const row = await ctx.services.store.db
    .selectFrom('site')
    .select(['name', 'settings', 'version'])
    .where('id', '=', ctx.site.id)
    .executeTakeFirstOrThrow()
  return {
    version: row.version,
    name: row.name,
    settings: Settings.parse(JSON.parse(row.settings)),
    changed: await lastEdit(ctx, ctx.site.id),
  }
}

/**
 * Changes some settings, or the site's `name`; null puts a default back. A changed text that authors agree to makes a new version of
 * those texts. Throws `conflict`, naming who came first, when `version` is not the one that stands; `validation` with a fault for each
 * wrong setting. What changes nothing leaves no trace.
 */
export async function changeSettings(ctx: Ctx, raw: unknown): Promise<Setup> {
  allow(ctx, 'site.configure')
  const input = ChangeSettingsInput.parse(raw)
  const { name: givenName, ...changes } = input.changes
  const name = givenName === undefined ? undefined : Name.safeParse(givenName)
  if (name?.success === false) throw faulty('setting_invalid', '/name')
  const checked = checkedChanges(changes)

  const { db } = ctx.services.store
  const row = await db.selectFrom('site').select(['name', 'settings', 'version']).where('id', '=', ctx.site.id).executeTakeFirstOrThrow()
  if (row.version !== input.version) throw await conflictOf(ctx, ctx.site.id)
  const written = JSON.parse(row.settings) as Record<string, unknown>
  const before = Settings.parse(written)
  const next = Object.fromEntries(Object.entries({ ...written, ...checked }).filter(([, value]) => value !== null))
  const after = Settings.parse(next)
  const clashes = clashesOf(after)
  if (clashes.length > 0)
    throw new AppError('validation', { faults: clashes.map((each) => ({ pointer: `/${each}`, code: 'setting_invalid' as const })) })

  const differs = (setting: SettingName) => JSON.stringify(before[setting]) !== JSON.stringify(after[setting])
  const changed = (Object.keys(checked) as SettingName[]).filter(differs)
  const nextName = name?.data ?? row.name
  if (changed.length === 0 && nextName === row.name) return readSetup(ctx)
  const makesConsent = CONSENT_TEXTS.some((each) => changed.includes(each))
  await commitEdit(ctx, ctx.site.id, [
    edited(ctx, ctx.site.id, row.version),
    ...(makesConsent ? [keepFirstConsent(ctx.services, ctx.site.slug)] : []),
    db
      .updateTable('site')
      .set({ name: nextName, settings: JSON.stringify(next), version: row.version + 1 })
      .where('id', '=', ctx.site.id),
    ...(makesConsent ? keepConsent(ctx.services, ctx.site.slug) : []),
    audited(ctx, 'site.set', { kind: 'site', id: ctx.site.id }, changeOf(changed, before, after, row.name, nextName)),
  ])
  return readSetup(ctx)
}

/** The texts authors agreed to under a version; null is the product's own sentence, or nothing. */
export type ConsentTexts = { version: number; since: string; texts: Record<(typeof CONSENT_TEXTS)[number], string | null> }

/** The versions of the texts that authors agree to, the newest first. */
export async function readConsentTexts(ctx: Ctx): Promise<ConsentTexts[]> {
  allow(ctx, 'site.configure')
  const rows = await ctx.services.store.db
    .selectFrom('consent_text')
    .select(['version', 'texts', 'created_at'])
    .where('site_id', '=', ctx.site.id)
    .orderBy('version', 'desc')
    .limit(MAX_VERSIONS_SHOWN)
    .execute()
  return rows.map((row) => ({ version: row.version, since: row.created_at, texts: JSON.parse(row.texts) as ConsentTexts['texts'] }))
}

/** Lets pages of one more origin show the section; a page's whole address stands for its origin. Again: the same answer. */
export async function addOrigin(ctx: Ctx, typed: string): Promise<string> {
  allow(ctx, 'site.configure')
  const origin = originOf(typed)
  if (ctx.site.origins.includes(origin)) return origin
  if (ctx.site.origins.length >= MAX_ORIGINS) throw new AppError('origins_full', { values: { n: MAX_ORIGINS } })
  const { store, now } = ctx.services
  await commit(ctx, [
    store.db
      .insertInto('site_origin')
      .values({ site_id: ctx.site.id, origin, created_at: now().toISOString() })
      .onConflict((conflict) => conflict.columns(['site_id', 'origin']).doNothing()),
    audited(ctx, 'origin.add', { kind: 'site', id: ctx.site.id }, { before: null, after: origin }),
  ])
  return origin
}

/** Takes an origin away. The last one only when that is `confirmed`, else it throws `last_origin`. Again: the same answer. */
export async function removeOrigin(ctx: Ctx, input: { origin: string; confirmed: boolean }): Promise<void> {
  allow(ctx, 'site.configure')
  if (!ctx.site.origins.includes(input.origin)) return
  if (ctx.site.origins.length === 1 && !input.confirmed) throw new AppError('last_origin')
  await commit(ctx, [
    ctx.services.store.db.deleteFrom('site_origin').where('site_id', '=', ctx.site.id).where('origin', '=', input.origin),
    audited(ctx, 'origin.remove', { kind: 'site', id: ctx.site.id }, { before: input.origin, after: null }),
  ])
}

/** Who changed this subject last; null when nobody did. A flood is told of an article and changes nothing of it. */
export async function lastEdit(ctx: Ctx, subjectId: string): Promise<Edit | null> {
  const row = await ctx.services.store.db
    .selectFrom('audit')
    .select(['actor_name', 'created_at'])
    .where('site_id', '=', ctx.site.id)
    // The command line knows a site by its slug.
    .where('subject_id', 'in', subjectId === ctx.site.id ? [subjectId, ctx.site.slug] : [subjectId])
    .where('action', 'not like', 'flood.%')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ? { by: row.actor_name ?? '', at: row.created_at } : null
}

/** The error for whoever came second, naming who came first. */
export async function conflictOf(ctx: Ctx, subjectId: string): Promise<AppError> {
  const edit = await lastEdit(ctx, subjectId)
  return new AppError('conflict', { values: { name: edit?.by ?? '', time: edit?.at ?? ctx.services.now().toISOString() } })
}

/** Commits an edit; one that lost throws `conflict` naming who came first. */
export async function commitEdit(ctx: Ctx, subjectId: string, statements: Parameters<typeof commit>[1]): Promise<void> {
  try {
    await commit(ctx, statements)
  } catch (error) {
    throw error instanceof AppError && error.code === 'conflict' ? await conflictOf(ctx, subjectId) : error
  }
}

function changeOf(changed: readonly SettingName[], before: Settings, after: Settings, oldName: string, newName: string) {
  const told = changed.filter((each) => !(CONTACT_SETTINGS as readonly string[]).includes(each))
  const values = (settings: Settings, name: string) => ({
    ...(oldName === newName ? {} : { name }),
    ...Object.fromEntries(told.map((each) => [each, settings[each]])),
  })
  return { before: values(before, oldName), after: values(after, newName), unsaid: changed.filter((each) => !told.includes(each)) }
}

function originOf(typed: string): string {
  const url = URL.parse(typed.trim())
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '' || !url.host)
    throw faulty('origin_invalid', '/origin')
  return url.origin
}
