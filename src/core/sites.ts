// Sites: finding one, adding one, and telling its own pages from others'.
import { type Expression, type RawBuilder, type SelectQueryBuilder, sql } from 'kysely'
import { z } from 'zod'
import type { Services } from '../services.ts'
import type { Schema } from '../storage/schema.ts'
import { type Compilable, databaseOf, lookUp } from '../storage/store.ts'
import { AppError, type Site } from './context.ts'
import { COMMAND_LINE, recorded } from './record.ts'
import { CONSENT_TEXTS, CONTACT_SETTINGS, clashesOf, SettingChanges, type SettingName, Settings } from './settings.ts'

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
    db.insertInto('site').values((is) => ({
      id,
      slug: input.slug,
      name: input.name,
      settings: JSON.stringify(input.settings),
      // Where the province has rules already, they hold here too.
      rules_version: is
        .selectFrom('screening_change')
        .select((pick) => pick.fn.countAll<number>().as('n'))
        .where('site_id', 'is', null),
      created_at,
    })),
    ...[...new Set(input.origins)].map((origin) => db.insertInto('site_origin').values({ site_id: id, origin, created_at })),
    recorded(services, id, COMMAND_LINE, {
      action: 'site.add',
      subject: { kind: 'site', id },
      detail: { slug: input.slug, origins: input.origins },
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
  const patch = checkedChanges(changes)
  const names = Object.keys(patch) as SettingName[]
  const { store, now } = services
  const { db } = store
  const at = now().toISOString()
  const site = db.selectFrom('site').select('id').where('slug', '=', slug).$asScalar()
  const makesConsent = CONSENT_TEXTS.some((name) => names.includes(name))
  await store.batch([
    recorded(services, site, COMMAND_LINE, {
      action: 'site.set',
      subject: { kind: 'site', id: slug },
      detail: toldOf(patch),
    }),
    db
      .insertInto('edit')
      .columns(['subject_id', 'from_version', 'site_id', 'created_at'])
      .expression(
        db
          .selectFrom('site')
          .select(['id', 'version', 'id as owner', sql.lit(at).as('at')])
          .where('slug', '=', slug),
      ),
    ...(makesConsent ? [keepFirstConsent(services, slug)] : []),
    db
      .updateTable('site')
      .set((is) => ({ settings: mergedInPlace(store.dialect, patch), version: is('version', '+', 1) }))
      .where('slug', '=', slug),
    ...(makesConsent ? keepConsent(services, slug) : []),
  ])
  return slug
}

/** Changes as they are written: only what was named, since the defaults of the others are not to be. Throws a ZodError. */
export function checkedChanges(changes: Readonly<Record<string, unknown>>): Partial<Record<SettingName, unknown>> {
  const checked = SettingChanges.parse(Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== null)))
  const names = Object.keys(changes) as SettingName[]
  const clashes = clashesOf(Object.fromEntries(names.filter((name) => checked[name] !== undefined).map((name) => [name, checked[name]])))
  if (clashes.length > 0)
    throw new z.ZodError(
      clashes.map((name) => ({ code: 'custom', path: [name], message: 'does not agree with the other settings', input: changes })),
    )
  return Object.fromEntries(names.map((name) => [name, changes[name] === null ? null : checked[name]]))
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
export function toSite(
  rows: readonly { id: string; slug: string; name: string; settings: string; origin: string | null; rules_version?: number }[],
): Site {
  const [first] = rows
  if (!first) throw new AppError('not_found')
  return {
    id: first.id,
    rulesVersion: first.rules_version ?? 0,
    slug: first.slug,
    name: first.name,
    settings: settingsFrom(first.settings),
    origins: [...new Set(rows.flatMap((row) => (row.origin === null ? [] : [row.origin])))],
  }
}

/** Settings that are kept as they were read, by their text: each request reads its site, and checking them takes longer than finding them. */
const MAX_READ = 200
const read = new Map<string, Readonly<Settings>>()

function settingsFrom(text: string): Readonly<Settings> {
  const known = read.get(text)
  if (known !== undefined) return known
  const settings = Object.freeze(Settings.parse(JSON.parse(text)))
  if (read.size >= MAX_READ) read.clear()
  read.set(text, settings)
  return settings
}

type SiteId = string | Expression<string>

/** Sites as they were last read, of each database, while nothing in it changed: senders come in crowds, and each asks for the same site. */
const sites = new WeakMap<object, { stamp: string; bySlug: Map<string, Promise<Site>> }>()

async function loadSite(services: Services, column: 'slug' | 'id', value: SiteId): Promise<Site> {
  const stamp = services.store.stamp()
  if (stamp === null || column !== 'slug' || typeof value !== 'string') return readSite(services, column, value)
  const database = databaseOf(services.store)
  let known = sites.get(database)
  if (known?.stamp !== stamp) {
    known = { stamp, bySlug: new Map() }
    sites.set(database, known)
  }
  const { bySlug } = known
  let site = bySlug.get(value)
  if (!site) {
    site = readSite(services, column, value)
    bySlug.set(value, site)
    // One that is not there is not kept: there is no end to what may be asked for.
    site.catch(() => bySlug.delete(value))
  }
  return site
}

async function readSite(services: Services, column: 'slug' | 'id', value: SiteId): Promise<Site> {
  const { db } = services.store
  const query = (wanted: SiteId) =>
    db
      .selectFrom('site')
      .leftJoin('site_origin', 'site_origin.site_id', 'site.id')
      .select(['site.id', 'site.slug', 'site.name', 'site.settings', 'site.rules_version', 'site_origin.origin'])
      .where(`site.${column}`, '=', wanted)
  if (typeof value !== 'string') return toSite(await query(value).execute())
  return toSite(await lookUp(db, `site by ${column}`, { value }, (holes) => query(holes.value)))
}

/** An origin as browsers send it, of an address that names scheme, host and port only. */
function toOrigin(text: string, check: z.RefinementCtx): string {
  const url = URL.parse(text)
  if (url && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '' && url.username === '') return url.origin
  check.addIssue(`"${text}" is not an origin; write scheme, host and port only, such as https://phuongvidu.example.vn`)
  return z.NEVER
}

/** The settings with a patch put over them, computed by the database. A null takes a setting out, so that its default holds. */
function mergedInPlace(dialect: Services['store']['dialect'], patch: Readonly<Record<string, unknown>>): RawBuilder<string> {
  const json = JSON.stringify(patch)
  return dialect === 'postgres'
    ? sql<string>`jsonb_strip_nulls(settings::jsonb || ${json}::jsonb)::text`
    : sql<string>`json_patch(settings, ${json})`
}

/** What the record tells of settings changed without being read first; of those that reach a person only that they changed. */
function toldOf(patch: Readonly<Record<string, unknown>>): { after: Record<string, unknown>; unsaid: string[] } {
  const isUnsaid = (name: string) => (CONTACT_SETTINGS as readonly string[]).includes(name)
  return {
    after: Object.fromEntries(Object.entries(patch).filter(([name]) => !isUnsaid(name))),
    unsaid: Object.keys(patch).filter(isUnsaid),
  }
}

/**
 * The texts that authors agree to, before they change: kept as version 0 when none was ever kept, so that what the first authors
 * agreed to is not lost.
 */
export function keepFirstConsent(services: Services, slug: string): Compilable {
  const { db } = services.store
  return insertConsent(
    services,
    db
      .selectFrom('site')
      .where('slug', '=', slug)
      .where((is) => is.not(is.exists(is.selectFrom('consent_text').select('version').whereRef('consent_text.site_id', '=', 'site.id')))),
    { version: sql<number>`0`, at: sql<string>`site.created_at` },
  )
}

/** The texts as they are after a change of them, as the next version, whose number the settings get. */
export function keepConsent(services: Services, slug: string): Compilable[] {
  const { store, now } = services
  const { db } = store
  const next = sql<number>`(SELECT max(known.version) + 1 FROM consent_text AS known WHERE known.site_id = site.id)`
  const last = sql`(SELECT max(version) FROM consent_text WHERE consent_text.site_id = site.id)`
  return [
    insertConsent(services, db.selectFrom('site').where('slug', '=', slug), { version: next, at: sql<string>`${now().toISOString()}` }),
    db
      .updateTable('site')
      .set({
        settings:
          store.dialect === 'postgres'
            ? sql<string>`jsonb_set(settings::jsonb, '{consent_version}', to_jsonb(${last}))::text`
            : sql<string>`json_set(settings, '$.consent_version', ${last})`,
      })
      .where('slug', '=', slug),
  ]
}

function insertConsent(
  { store, newId }: Services,
  site: SelectQueryBuilder<Schema, 'site', unknown>,
  { version, at }: { version: RawBuilder<number>; at: RawBuilder<string> },
): Compilable {
  const texts =
    store.dialect === 'postgres'
      ? sql<string>`jsonb_build_object(${sql.join(CONSENT_TEXTS.flatMap((name) => [sql.lit(name), sql`site.settings::jsonb -> ${sql.lit(name)}`]))})::text`
      : sql<string>`json_object(${sql.join(CONSENT_TEXTS.flatMap((name) => [sql.lit(name), sql`site.settings ->> ${sql.lit(`$.${name}`)}`]))})`
  return store.db
    .insertInto('consent_text')
    .columns(['id', 'site_id', 'version', 'texts', 'created_at'])
    .expression(
      site.select([sql<string>`${newId()}`.as('id'), 'site.id as site_id', version.as('version'), texts.as('texts'), at.as('at')]),
    )
}
