// Sites: finding one, adding one, and telling its own pages from others'.
import { type Expression, sql } from 'kysely'
import { z } from 'zod'
import type { Services } from '../services.ts'
import { AppError, type Site } from './context.ts'

const Language = z.enum(['vi', 'en'])
const Rule = z.enum(['off', 'optional', 'required'])

/** Every setting has a default, so that a row written before there was one still reads. */
const Settings = z.object({
  agency: z.string().trim().min(1).max(200).nullable().default(null),
  language: Language.default('vi'),
  languages: z.array(Language).min(1).default(['vi', 'en']),
  state: z.enum(['open', 'closed']).default('open'),
  body_min: z.number().int().min(1).default(2),
  body_max: z.number().int().max(10_000).default(2_000),
  edit_minutes: z.number().int().min(0).default(15),
  ask_name: Rule.default('optional'),
  ask_email: Rule.default('optional'),
  ask_phone: Rule.default('optional'),
  ask_address: Rule.default('off'),
  ask_kind: Rule.default('off'),
  requires_terms: z.boolean().default(false),
  learning: z.boolean().default(true),
  rules: z.string().nullable().default(null),
  privacy_url: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .default(null),
  questions: z
    .array(
      z.strictObject({ question: z.string().trim().min(1).max(200), answers: z.array(z.string().trim().min(1).max(100)).min(1).max(20) }),
    )
    .max(20)
    .default([]),
})

const SettingChanges = Settings.partial().strict()

const Slug = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'a slug is 1 to 63 of a-z, 0-9 and "-", such as phuong-vi-du')
const NewSite = z.object({
  slug: Slug,
  name: z.string().trim().min(1, 'a site needs a name').max(200),
  origins: z.array(z.string().transform(toOrigin)).min(1, 'a site needs at least one origin, such as https://phuongvidu.example.vn'),
  settings: Settings.partial().default({}),
})
export type NewSite = z.input<typeof NewSite>

/** The site with this slug. Throws `not_found`. */
export async function findSite(services: Services, slug: string): Promise<Site> {
  return loadSite(services, 'slug', slug)
}

/** The site with this id, for work that knows no slug. Throws `not_found`. */
export async function findSiteById(services: Services, id: string): Promise<Site> {
  return loadSite(services, 'id', id)
}

/** The site of a comment, in one look-up, for routes that name no site. Throws `not_found`. */
export async function findSiteOfComment(services: Services, commentId: string): Promise<Site> {
  const { db } = services.store
  return loadSite(services, 'id', db.selectFrom('comment').select('comment.site_id').where('comment.id', '=', commentId).$asScalar())
}

/** Adds a site. Throws a ZodError with one sentence per fault; a slug that is taken throws UniqueViolation on `site.slug`. Returns the slug. */
export async function addSite(services: Services, raw: NewSite): Promise<string> {
  const input = NewSite.parse(raw)
  const { db } = services.store
  const id = services.newId()
  const created_at = services.now().toISOString()
  await services.store.batch([
    db.insertInto('site').values({ id, slug: input.slug, name: input.name, settings: JSON.stringify(input.settings), created_at }),
    ...[...new Set(input.origins)].map((origin) => db.insertInto('site_origin').values({ site_id: id, origin, created_at })),
    db.insertInto('audit').values({
      id: services.newId(),
      site_id: id,
      action: 'site.add',
      subject_kind: 'site',
      subject_id: id,
      actor_kind: 'system',
      actor_id: null,
      actor_name: 'command line',
      detail: JSON.stringify({ slug: input.slug, origins: input.origins }),
      created_at,
    }),
  ])
  return input.slug
}

/**
 * Changes some of a site's settings, without reading them first, so that it can be done by a script too. A setting that is null goes
 * back to its default. Throws a ZodError for an unknown name or a value that it cannot have. An unknown slug breaks the audit row.
 */
export async function setSite(services: Services, slug: string, raw: unknown): Promise<string> {
  const changes = z.record(z.string(), z.unknown()).parse(raw)
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== null))
  const checked = SettingChanges.parse(given)
  // Only what was named: the defaults of the others are not to be written.
  const patch = Object.fromEntries(Object.keys(changes).map((name) => [name, name in given ? checked[name as keyof typeof checked] : null]))
  const { store, newId, now } = services
  const json = JSON.stringify(patch)
  const merged =
    store.dialect === 'postgres'
      ? sql<string>`jsonb_strip_nulls(settings::jsonb || ${json}::jsonb)::text`
      : sql<string>`json_patch(settings, ${json})`
  const site = store.db.selectFrom('site').select('id').where('slug', '=', slug).$asScalar()
  await store.batch([
    store.db.insertInto('audit').values({
      id: newId(),
      site_id: site,
      action: 'site.set',
      subject_kind: 'site',
      subject_id: site,
      actor_kind: 'system',
      actor_id: null,
      actor_name: 'command line',
      detail: JSON.stringify({ names: Object.keys(patch) }),
      created_at: now().toISOString(),
    }),
    store.db.updateTable('site').set({ settings: merged }).where('slug', '=', slug),
  ])
  return slug
}

/** Whether the page address lies on one of the site's registered origins, http and https alike. */
export function isOwnPage(site: Site, url: string): boolean {
  const host = URL.parse(url)?.host
  return site.origins.some((origin) => URL.parse(origin)?.host === host)
}

/** What the site and whoever signs for it are called: names that no reader may bear. */
export function agenciesOf({ name, settings }: Site): string[] {
  return [name, settings.agency ?? name]
}

/** A site from its row joined with its origins, a row for each. Throws `not_found` when there is none. */
export function toSite(rows: readonly { id: string; slug: string; name: string; settings: string; origin: string | null }[]): Site {
  const [first] = rows
  if (!first) throw new AppError('not_found')
  return {
    id: first.id,
    slug: first.slug,
    name: first.name,
    settings: Settings.parse(JSON.parse(first.settings)),
    origins: [...new Set(rows.flatMap((row) => (row.origin === null ? [] : [row.origin])))],
  }
}

type SiteId = string | Expression<string>

async function loadSite(services: Services, column: 'slug' | 'id', value: SiteId): Promise<Site> {
  const rows = await services.store.db
    .selectFrom('site')
    .leftJoin('site_origin', 'site_origin.site_id', 'site.id')
    .select(['site.id', 'site.slug', 'site.name', 'site.settings', 'site_origin.origin'])
    .where(`site.${column}`, '=', value)
    .execute()
  return toSite(rows)
}

function toOrigin(text: string, check: z.RefinementCtx): string {
  const url = URL.parse(text)
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '' && url.username === '') return url.origin
  check.addIssue(`"${text}" is not an origin; write scheme, host and port only, such as https://phuongvidu.example.vn`)
  return z.NEVER
}
