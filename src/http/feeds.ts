// The newest published comments of a site or of one thread as Atom and as JSON Feed.
import { Hono } from 'hono'
import { etag } from 'hono/etag'
import { type FeedEntry, readFeed } from '../core/comments/feed.ts'
import { escapeHtml } from '../core/comments/text.ts'
import { AppError, type Ctx } from '../core/context.ts'
import { strings } from '../i18n/index.ts'
import { type AppContext, type AppEnv, readerCtx } from './door.ts'
import { safeHref } from './page.tsx'

/** The doors of the feeds. */
export function feedDoors(): Hono<AppEnv> {
  const doors = new Hono<AppEnv>()
  doors.get('/feeds/:feed{.+\\.(?:atom|json)}', etag(), sendFeed)
  return doors
}

async function sendFeed(c: AppContext): Promise<Response> {
  const match = /^([^/]+)(?:\/([^/]+))?\.(atom|json)$/.exec(c.req.param('feed') ?? '')
  if (!match?.[1]) throw new AppError('not_found')
  const ctx = await readerCtx(c, match[1])
  const { thread, entries } = await readFeed(ctx, match[2] ?? null)
  const words = strings(ctx.site.settings.language).reader
  const title = [words.title, thread?.title, ctx.site.name].filter(Boolean).join(' – ')
  const self = `${c.var.services.config.baseUrl}${c.req.path}`
  const isAtom = match[3] === 'atom'
  c.header('content-type', isAtom ? 'application/atom+xml; charset=utf-8' : 'application/feed+json; charset=utf-8')
  c.header('cache-control', 'public, max-age=60')
  c.header('access-control-allow-origin', '*')
  return c.body(isAtom ? atom(ctx, title, self, entries) : jsonFeed(ctx, title, self, entries))
}

function atom(ctx: Ctx, title: string, self: string, entries: readonly FeedEntry[]): string {
  const updated = entries[0]?.published_at ?? '1970-01-01T00:00:00.000Z'
  const items = entries.map(
    (entry) =>
      `<entry><id>urn:uuid:${entry.id}</id><title>${xml(entry.author)}${entry.title ? ` – ${xml(entry.title)}` : ''}</title>` +
      `<updated>${entry.published_at}</updated><author><name>${xml(entry.author)}</name></author>${linkOf(entry)}` +
      (entry.is_official ? `<category term="official" label="${xml(strings(ctx.site.settings.language).reader.official)}"/>` : '') +
      `<content type="html">${xml(entry.body_html)}</content></entry>`,
  )
  return `<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${ctx.site.settings.language}"><id>${xml(self)}</id><title>${xml(title)}</title><updated>${updated}</updated><link rel="self" href="${xml(self)}"/>${items.join('')}</feed>\n`
}

function linkOf(entry: FeedEntry): string {
  const href = safeHref(entry.url)
  return href === null ? '' : `<link rel="alternate" href="${xml(href)}"/>`
}

function jsonFeed(ctx: Ctx, title: string, self: string, entries: readonly FeedEntry[]): string {
  return JSON.stringify({
    version: 'https://jsonfeed.org/version/1.1',
    title,
    language: ctx.site.settings.language,
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
