// Where a reader without script is: the site, the article as its page names it, and whether the page stands in a portal's frame.
// Every link and form of these pages carries the place along, since there is no script to remember it.
import type { Ctx } from '../../core/context.ts'
import type { ArticleReference } from '../../core/threads.ts'
import type { Language, Strings } from '../../i18n/index.ts'
import { strings } from '../../i18n/index.ts'
import { type AppContext, readerCtx } from '../door.ts'

/** Fields of a form as they arrived, kept so that nothing typed is lost. */
export type Kept = ReadonlyMap<string, string>

export type Place = {
  ctx: Ctx
  language: Language
  words: Strings
  key: string | null
  url: string | null
  title: string
  /** Whether the page was asked for to stand in a frame of the portal. */
  isFramed: boolean
}

/** The place a request speaks of: a form's fields before the address. Throws `not_found` for an unknown site. */
export async function placeOf(c: AppContext, form: Kept = new Map()): Promise<Place> {
  const ctx = await readerCtx(c, c.req.param('site') ?? '')
  const { language } = ctx.site.settings
  const given = (name: string) => form.get(name) || c.req.query(name) || null
  return {
    ctx,
    language,
    words: strings(language),
    key: given('key'),
    url: given('url'),
    title: given('title') ?? '',
    isFramed: given('frame') === '1',
  }
}

/** The article of a place, as core looks it up. */
export function referenceOf(place: Place): ArticleReference {
  return { key: place.key ?? undefined, url: place.url ?? undefined }
}

/** What the place's links and forms carry: the article, and the frame where there is one. Its title is wanted by a first comment only. */
export function carriedBy(place: Place): Record<string, string> {
  return {
    ...(place.key === null ? {} : { key: place.key }),
    ...(place.url === null ? {} : { url: place.url }),
    ...(place.isFramed ? { frame: '1' } : {}),
  }
}

/** The address of a page of this site that keeps the place. `part` is the path after the site, such as `/report`. */
export function linkTo(place: Place, more: Record<string, string> = {}, part = '', fragment = ''): string {
  const query = new URLSearchParams({ ...carriedBy(place), ...more }).toString()
  return `/r/${place.ctx.site.slug}${part}${query === '' ? '' : `?${query}`}${fragment === '' ? '' : `#${fragment}`}`
}

/** Where one comment stands in the list, on the page that holds it. */
export function linkToComment(place: Place, id: string): string {
  return linkTo(place, { comment: id }, '', `c-${id}`)
}
