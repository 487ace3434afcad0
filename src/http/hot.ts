// The road most readers take: a page of a thread, the counts of a list page or a feed, from ready bytes, before the framework.
// What it does not know well it leaves to the framework's door for the same route, which answers or refuses it.
import { readCounts } from '../core/comments/counts.ts'
import { readFeed, stampFeed } from '../core/comments/feed.ts'
import type { ThreadQuery } from '../core/comments/page.ts'
import { readThread, stampThread } from '../core/comments/read.ts'
import type { Site } from '../core/context.ts'
import type { ArticleReference } from '../core/threads.ts'
import { reading, type Services } from '../services.ts'
import { createReadyBytes, type Encoding, type Looked, type Ready } from './cache.ts'
import { FEED_PATH, FEED_ROUTE, FEED_TYPES, type FeedKind, writeFeed } from './feeds.ts'
import { commonHeaders, freshnessOf, mayRead, readableBy } from './guards.ts'
import { measure } from './meter.ts'
import { CountsQuery, ThreadsQuery } from './shapes.ts'

/** Gives a request's header by its lower-case name. */
type HeaderOf = (name: string) => string | undefined
/** Answers a request from ready bytes, or null when it is none of these or is not in order. */
export type HotRoad = (method: string, target: string, header: HeaderOf) => Response | Promise<Response | null> | null

/** Whose pages may read an answer: those of a site, or anybody's. */
type Readers = Site | 'anybody'
type View = { key: string; route: string; type: string; look(services: Services): Promise<Looked<Readers>> }

/** A request on the hot road. */
type Asked = { view: View; method: string; target: string; header: HeaderOf; startedAt: number }

/** Addresses remembered with the view they mean, so that the common one is parsed once. */
const MAX_ADDRESSES = 10_000
const ROUTE = /^\/api\/v1\/sites\/([a-z0-9-]{1,63})\/(threads|counts)\?/
const JSON_TYPE = 'application/json; charset=utf-8'
/** Public answers may be stored by browsers and proxies but are asked about each time; when the network is down the stored one serves. */
export const REVALIDATED = 'public, max-age=0, must-revalidate'

/** The hot road of a host. */
export function createHotRoad(services: Services): HotRoad {
  const answers = createReadyBytes<Readers>(services)
  const views = new Map<string, View | null>()
  const common = {
    'cache-control': REVALIDATED,
    vary: 'Accept-Encoding, Origin',
    'cross-origin-resource-policy': 'cross-origin',
    ...commonHeaders(services.config),
  }

  const viewOf = (target: string): View | null => {
    let view = views.get(target)
    if (view === undefined) {
      view = parse(target)
      if (views.size >= MAX_ADDRESSES) views.delete(views.keys().next().value ?? '')
      views.set(target, view)
    }
    return view
  }

  const respond = (asked: Asked, ready: Ready<Readers>, encoding: Encoding, body: Uint8Array<ArrayBuffer>): Response => {
    const { view, method, header, startedAt } = asked
    const etag = encoding === 'identity' ? `"${ready.hash}"` : `"${ready.hash}-${encoding}"`
    const headers: Record<string, string> = { ...common, 'content-type': view.type, etag }
    const origin = header('origin')
    if (ready.extra === 'anybody') Object.assign(headers, readableBy('*'), { vary: 'Accept-Encoding' })
    else if (origin !== undefined && mayRead(ready.extra, services.config, origin)) Object.assign(headers, readableBy(origin))
    const known = header('if-none-match')
    const isKnown = known !== undefined && (known.includes(ready.hash) || known === '*')
    measure(services.meters, { method, route: view.route, status: isKnown ? 304 : 200, ms: performance.now() - startedAt })
    if (isKnown) return new Response(null, { status: 304, headers })
    if (encoding !== 'identity') headers['content-encoding'] = encoding
    headers['content-length'] = String(body.length)
    return new Response(method === 'HEAD' ? null : body, { headers })
  }

  const prove = async (asked: Asked, wanted: Encoding): Promise<Response | null> => {
    const { view, method, target, header } = asked
    try {
      const look = () => view.look(reading(services, freshnessOf(method, target, header)))
      const ready = answers.fresh(view.key) ?? (await answers.get(view.key, look))
      const [encoding, body] = await answers.body(ready, view.key, wanted)
      return respond(asked, ready, encoding, body)
    } catch {
      // An unknown site, a database that cannot be read: the framework's door finds the same and tells it properly.
      return null
    }
  }

  return (method, target, header) => {
    if ((method !== 'GET' && method !== 'HEAD') || !(target.startsWith('/api/v1/sites/') || target.startsWith('/feeds/'))) return null
    const view = viewOf(target)
    if (view === null) return null
    const wanted = preferredEncoding(header('accept-encoding'))
    const ready = answers.fresh(view.key)
    const body = ready?.bodies[wanted]
    const asked = { view, method, target, header, startedAt: performance.now() }
    return ready && body ? respond(asked, ready, wanted, body) : prove(asked, wanted)
  }
}

function parse(target: string): View | null {
  const feed = FEED_PATH.exec(target)
  if (feed) return feedView(feed[1] ?? '', feed[2] ?? null, feed[3] === 'atom' ? 'atom' : 'json')
  const [, slug = '', part] = ROUTE.exec(target) ?? []
  if (part === undefined) return null
  const query = new URLSearchParams(target.slice(target.indexOf('?')))
  return part === 'threads' ? threadView(slug, query) : countsView(slug, query)
}

function threadView(slug: string, given: URLSearchParams): View | null {
  const parsed = ThreadsQuery.safeParse(Object.fromEntries(given))
  if (!parsed.success) return null
  const { key, url, ...rest } = parsed.data
  const reference: ArticleReference = { key, url }
  const query: ThreadQuery = {
    sort: rest.sort,
    limit: rest.limit,
    after: rest.after ?? null,
    around: rest.around ?? null,
    parent: rest.parent ?? null,
  }
  return {
    key: JSON.stringify(['threads', slug, key, url, query]),
    route: '/api/v1/sites/:site/threads',
    type: JSON_TYPE,
    async look(services) {
      const stamp = await stampThread(services, slug, reference)
      const read = async () => JSON.stringify(await readThread(stamp, reference, query))
      return {
        print: stamp.print,
        nextChangeAt: stamp.nextChangeAt,
        extra: stamp.site,
        ...(stamp.thread === null ? { answer: await read() } : { read }),
      }
    },
  }
}

function countsView(slug: string, given: URLSearchParams): View | null {
  const parsed = CountsQuery.safeParse({ key: given.getAll('key'), url: given.getAll('url') })
  if (!parsed.success) return null
  const articles = [...parsed.data.key.map((key) => ({ key })), ...parsed.data.url.map((url) => ({ url }))]
  return {
    key: JSON.stringify(['counts', slug, articles]),
    route: '/api/v1/sites/:site/counts',
    type: JSON_TYPE,
    async look(services) {
      const { site, counts, nextChangeAt } = await readCounts(services, slug, articles)
      const answer = JSON.stringify({ counts })
      return { print: answer, nextChangeAt, extra: site, answer }
    },
  }
}

function feedView(slug: string, threadId: string | null, kind: FeedKind): View {
  return {
    key: JSON.stringify(['feed', slug, threadId, kind]),
    route: FEED_ROUTE,
    type: FEED_TYPES[kind],
    async look(services) {
      const stamp = await stampFeed(services, slug, threadId)
      return {
        print: stamp.print,
        nextChangeAt: stamp.nextChangeAt,
        extra: 'anybody',
        read: async () => writeFeed(stamp, kind, await readFeed(stamp)),
      }
    },
  }
}

const preferences = new Map<string, Encoding>()
/** Spellings of `Accept-Encoding` remembered: browsers have a handful between them. */
const MAX_PREFERENCES = 100

/** How a reader wants bytes to come, by `Accept-Encoding`. */
export function preferredEncoding(accepted: string | undefined): Encoding {
  if (accepted === undefined) return 'identity'
  let preferred = preferences.get(accepted)
  if (preferred === undefined) {
    preferred = parsePreference(accepted)
    if (preferences.size < MAX_PREFERENCES) preferences.set(accepted, preferred)
  }
  return preferred
}

/** Brotli before gzip, where the reader takes it and does not rule it out by `q=0`. */
function parsePreference(accepted: string): Encoding {
  for (const encoding of ['br', 'gzip'] as const) {
    if (new RegExp(`(?:^|,)\\s*${encoding}\\s*(?:;\\s*q=(?!0(?:\\.0*)?\\s*(?:,|$))[\\d.]+)?\\s*(?:,|$)`).test(accepted)) return encoding
  }
  return 'identity'
}
