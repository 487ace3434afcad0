// The newest published comments of a site or of one thread as Atom and as JSON Feed.
import { Hono } from 'hono'
import { type FeedEntry, type FeedStamp, readFeed, stampFeed } from '../core/comments/feed.ts'
import { escapeHtml } from '../core/comments/text.ts'
import { AppError, type Site } from '../core/context.ts'
import { strings } from '../i18n/index.ts'
import type { AppContext, AppEnv } from './door.ts'
import { safeHref } from './page.tsx'

/** The addresses of feeds, for the framework. */
export const FEED_ROUTE = '/feeds/:feed{.+\\.(?:atom|json)}'
/** The same for the hot road: site, thread or none, kind. */
export const FEED_PATH = /^\/feeds\/([a-z0-9-]{1,63})(?:\/([a-z0-9-]{1,63}))?\.(atom|json)(?:\?|$)/
export const FEED_TYPES = { atom: 'application/atom+xml; charset=utf-8', json: 'application/feed+json; charset=utf-8' } as const
export type FeedKind = keyof typeof FEED_TYPES

/** The doors of the feeds, for what the hot road leaves to the framework: an unknown site or thread, a database that cannot be read. */
export function feedDoors(): Hono<AppEnv> {
  const doors = new Hono<AppEnv>()
  doors.get(FEED_ROUTE, sendFeed)
  return doors
}

async function sendFeed(c: AppContext): Promise<Response> {
  const [, slug, threadId = null, kind] = FEED_PATH.exec(c.req.path) ?? []
  if (slug === undefined) throw new AppError('not_found')
  const stamp = await stampFeed(c.var.services, slug, threadId)
  const entries = await readFeed(stamp)
  c.header('content-type', FEED_TYPES[kind === 'atom' ? 'atom' : 'json'])
  c.header('access-control-allow-origin', '*')
  c.header('cache-control', 'no-store')
  return c.body(writeFeed(stamp, kind === 'atom' ? 'atom' : 'json', entries))
}

/** A feed as its readers get it. Everything in it is public and of this site. */
export function writeFeed(stamp: FeedStamp, kind: FeedKind, entries: readonly FeedEntry[]): string {
  const { site, thread } = stamp
  const title = [strings(site.settings.language).reader.title, thread?.title, site.name].filter(Boolean).join(' – ')
  const self = `${stamp.services.config.baseUrl}/feeds/${site.slug}${thread ? `/${thread.id}` : ''}.${kind}`
  return kind === 'atom' ? atom(site, title, self, entries) : jsonFeed(site, title, self, entries)
}

function atom(site: Site, title: string, self: string, entries: readonly FeedEntry[]): string {
  const updated = entries[0]?.published_at ?? '1970-01-01T00:00:00.000Z'
  const items = entries.map(
    (entry) =>
      `<entry><id>urn:uuid:${entry.id}</id><title>${xml(entry.author)}${entry.title ? ` – ${xml(entry.title)}` : ''}</title>` +
      `<updated>${entry.published_at}</updated><author><name>${xml(entry.author)}</name></author>${linkOf(entry)}` +
      (entry.is_official ? `<category term="official" label="${xml(strings(site.settings.language).reader.official)}"/>` : '') +
      `<content type="html">${xml(entry.body_html)}</content></entry>`,
  )
  return `<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${site.settings.language}"><id>${xml(self)}</id><title>${xml(title)}</title><updated>${updated}</updated><link rel="self" href="${xml(self)}"/>${items.join('')}</feed>\n`
}

function linkOf(entry: FeedEntry): string {
  const href = safeHref(entry.url)
  return href === null ? '' : `<link rel="alternate" href="${xml(href)}"/>`
}

function jsonFeed(site: Site, title: string, self: string, entries: readonly FeedEntry[]): string {
  return JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title,
    language: site.settings.language,
    feed_url: self,
    items: entries.map((entry) => ({
      id: `urn:uuid:${entry.id}`,
      url: safeHref(entry.url) ?? undefined,
      title: entry.title || undefined,
      authors: [{ name: entry.author }],
      tags: entry.is_official ? ['official'] : undefined,
      content_html: entry.body_html,
      content_text: entry.body_text,
      date_published: entry.published_at,
    })),
  })
}

/** Escapes for XML, leaving out the few characters that XML 1.0 cannot hold at all. */
function xml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters XML cannot hold
  return escapeHtml(text.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, ''))
}
