// The road most readers take: a page of a thread or the counts of a list page, from ready bytes, before the framework.
// What it does not know well it leaves to the framework's door for the same route, which answers or refuses it.
import type { ThreadQuery } from '../core/comments/page.ts'
import { readCountsStamp, readThread, stampThread } from '../core/comments/read.ts'
import type { Site } from '../core/context.ts'
import type { ArticleReference } from '../core/threads.ts'
import type { Services } from '../services.ts'
import { createReadyBytes, type Encoding, type Looked, type Ready } from './cache.ts'
import { commonHeaders, mayRead, readableBy } from './guards.ts'
import { measure } from './meter.ts'
import { CountsQuery, ThreadsQuery } from './shapes.ts'

/** Gives a request's header by its lower-case name. */
type HeaderOf = (name: string) => string | undefined
/** Answers a request from ready bytes, or null when it is none of these or is not in order. */
export type HotRoad = (method: string, target: string, header: HeaderOf) => Response | Promise<Response | null> | null

type View = { key: string; route: string; look(): Promise<Looked<Site>> }

/** A request on the hot road. */
type Asked = { view: View; method: string; header: HeaderOf; startedAt: number }

/** Addresses remembered with the view they mean, so that the common one is parsed once. */
const MAX_ADDRESSES = 10_000
const ROUTE = /^\/api\/v1\/sites\/([a-z0-9-]{1,63})\/(threads|counts)\?/
/** Public answers may be stored by browsers and proxies but are asked about each time; when the network is down the stored one serves. */
export const REVALIDATED = 'public, max-age=0, must-revalidate'

/** The hot road of a host. */
export function createHotRoad(services: Services): HotRoad {
  const answers = createReadyBytes<Site>(services)
  const views = new Map<string, View | null>()
  const common = {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': REVALIDATED,
    vary: 'Accept-Encoding, Origin',
    'cross-origin-resource-policy': 'cross-origin',
    ...commonHeaders(services.config),
  }

  const viewOf = (target: string): View | null => {
    let view = views.get(target)
    if (view === undefined) {
      view = parse(services, target)
      if (views.size >= MAX_ADDRESSES) views.delete(views.keys().next().value ?? '')
      views.set(target, view)
    }
    return view
  }

  const respond = (asked: Asked, ready: Ready<Site>, encoding: Encoding, body: Uint8Array<ArrayBuffer>): Response => {
    const { view, method, header, startedAt } = asked
    const etag = encoding === 'identity' ? `"${ready.hash}"` : `"${ready.hash}-${encoding}"`
    const headers: Record<string, string> = { ...common, etag }
    const origin = header('origin')
    if (origin !== undefined && mayRead(ready.extra, services.config, origin)) Object.assign(headers, readableBy(origin))
    const known = header('if-none-match')
    const isKnown = known !== undefined && (known.includes(ready.hash) || known === '*')
    measure(services.meters, { method, route: view.route, status: isKnown ? 304 : 200, ms: performance.now() - startedAt })
    if (isKnown) return new Response(null, { status: 304, headers })
    if (encoding !== 'identity') headers['content-encoding'] = encoding
    headers['content-length'] = String(body.length)
    return new Response(method === 'HEAD' ? null : body, { headers })
  }

  const prove = async (asked: Asked, wanted: Encoding): Promise<Response | null> => {
    const { view } = asked
    try {
      const ready = answers.fresh(view.key) ?? (await answers.get(view.key, view.look))
      const [encoding, body] = await answers.body(ready, view.key, wanted)
      return respond(asked, ready, encoding, body)
    } catch {
      // An unknown site, a database that cannot be read: the framework's door finds the same and tells it properly.
      return null
    }
  }

  return (method, target, header) => {
    if ((method !== 'GET' && method !== 'HEAD') || !target.startsWith('/api/v1/sites/')) return null
    const view = viewOf(target)
    if (view === null) return null
    const wanted = preferredEncoding(header('accept-encoding'))
    const ready = answers.fresh(view.key)
    const body = ready?.bodies[wanted]
    const asked = { view, method, header, startedAt: performance.now() }
    return ready && body ? respond(asked, ready, wanted, body) : prove(asked, wanted)
  }
}

function parse(services: Services, target: string): View | null {
  const [, slug = '', part] = ROUTE.exec(target) ?? []
  if (part === undefined) return null
  const query = new URLSearchParams(target.slice(target.indexOf('?')))
  return part === 'threads' ? threadView(services, slug, query) : countsView(services, slug, query)
}

function threadView(services: Services, slug: string, given: URLSearchParams): View | null {
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
    async look() {
      const stamp = await stampThread(services, slug, reference)
      return {
        print: stamp.print,
        nextChangeAt: stamp.thread?.nextChangeAt ?? null,
        extra: stamp.site,
        build: async () => JSON.stringify(await readThread(services, stamp, reference, query)),
      }
    },
  }
}

function countsView(services: Services, slug: string, given: URLSearchParams): View | null {
  const parsed = CountsQuery.safeParse({ key: given.getAll('key'), url: given.getAll('url') })
  if (!parsed.success) return null
  const articles = [...parsed.data.key.map((key) => ({ key })), ...parsed.data.url.map((url) => ({ url }))]
  return {
    key: JSON.stringify(['counts', slug, articles]),
    route: '/api/v1/sites/:site/counts',
    async look() {
      const { site, counts, nextChangeAt } = await readCountsStamp(services, slug, articles)
      const text = JSON.stringify({ counts })
      return { print: text, nextChangeAt, extra: site, build: async () => text }
    },
  }
}

const preferences = new Map<string, Encoding>()
/** Spellings of `Accept-Encoding` remembered: browsers have a handful between them. */
const MAX_PREFERENCES = 100

function preferredEncoding(accepted: string | undefined): Encoding {
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
