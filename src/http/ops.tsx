// Doors for those who run the service or program against it: health, readiness, meters, the OpenAPI document and its page.
import type { OpenAPIHono } from '@hono/zod-openapi'
import { Hono } from 'hono'
import { AppError } from '../core/context.ts'
import { checkHealth, countWork, type Health } from '../core/health.ts'
import { strings } from '../i18n/index.ts'
import { equalSecret } from '../lib/crypto.ts'
import { type Sample, textOf } from '../lib/meters.ts'
import type { Services } from '../services.ts'
import type { AppContext, AppEnv } from './door.ts'
import { bearerOf } from './guards.ts'
import { allowPage, Page } from './page.tsx'
import { STATUS } from './status.ts'

type Operation = {
  summary?: string
  security?: Record<string, string[]>[]
  parameters?: { name: string; in: string; required?: boolean }[]
  responses: Record<string, { description?: string }>
}
type Document = { paths?: Record<string, Record<string, Operation>> }

/** The OpenAPI document of every declared route. */
export function describeApi(api: OpenAPIHono<AppEnv>, version: string): Document {
  api.openAPIRegistry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' })
  api.openAPIRegistry.registerComponent('securitySchemes', 'session', { type: 'apiKey', in: 'cookie', name: 'ykien' })
  const document: object = api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Ý Kiến',
      version,
      description: 'Readers’ opinions for ward and commune portals. Errors are RFC 9457 problems, told apart by `code`.',
    },
  })
  return document as Document
}

/** How long an answer to "ready?" holds: anyone may ask, and each check writes to the disk. */
const READY_HOLDS_MS = 1_000
/** A database that has not answered by then is not ready. */
const READY_LIMIT_MS = 2_000

/** The doors of operations; `describe` is asked once, when somebody first reads the documentation. */
export function opsDoors(services: Services, version: string, describe: () => Document): Hono<AppEnv> {
  const doors = new Hono<AppEnv>()
  let document: Document | undefined
  const known = () => {
    document ??= describe()
    return document
  }
  doors.get('/healthz', (c) => c.text('ok\n', 200, { 'cache-control': 'no-store' }))
  const health = watchHealth(services)
  doors.get('/readyz', async (c) => {
    const { read, write } = await health()
    const failed = [...(read ? [] : ['read']), ...(write ? [] : ['write']), ...(services.isDraining() ? ['draining'] : [])]
    c.header('cache-control', 'no-store')
    if (failed.length === 0) return c.json({ status: 'ready', checks: { read, write, draining: false } }, 200)
    c.header('retry-after', String(READY_LIMIT_MS / 1_000))
    c.header('content-type', 'application/problem+json; charset=utf-8')
    return c.body(
      JSON.stringify({
        type: '/docs#busy',
        title: 'Not ready',
        status: 503,
        code: 'busy',
        request_id: c.var.requestId,
        failed,
        checks: { read, write, draining: services.isDraining() },
      }),
      503,
    )
  })
  doors.get('/metrics', async (c) => {
    allowMeter(c)
    const build: Sample = {
      name: 'ykien_build_info',
      help: 'Which program answers.',
      labels: { version, database: services.store.dialect },
      value: 1,
    }
    // What the process counts is told even when the database cannot be asked: that is when it is needed.
    const work = await countWork(services).catch(() => null)
    const isUp: Sample = { name: 'ykien_database_up', help: 'Whether the database could be read just now.', value: work === null ? 0 : 1 }
    c.header('cache-control', 'no-store')
    c.header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
    return c.body(textOf(await services.meters.readings(), [build, isUp, ...(work ?? [])]))
  })
  doors.get('/openapi.json', (c) => c.json(known(), 200, { 'access-control-allow-origin': '*', 'cache-control': 'public, max-age=300' }))
  doors.get('/docs', (c) => {
    allowPage(c, { frameAncestors: "'none'" })
    return c.html(<Documentation document={known()} />)
  })
  return doors
}

/** Asks at most once in a while, and once for all who ask at the same time; logs when the answer changes. */
function watchHealth(services: Services): () => Promise<Health> {
  let asked: Promise<Health> | undefined
  let askedAt = 0
  let wasWell = true
  const ask = async () => {
    const late: Health = { read: false, write: false, reason: `no answer within ${READY_LIMIT_MS} ms` }
    let limit: ReturnType<typeof setTimeout> | undefined
    const health = await Promise.race([
      checkHealth(services),
      new Promise<Health>((resolve) => {
        limit = setTimeout(() => resolve(late), READY_LIMIT_MS)
      }),
    ])
    clearTimeout(limit)
    const isWell = health.read && health.write
    if (isWell !== wasWell) services.log(isWell ? { event: 'ready' } : { event: 'not_ready', reason: health.reason })
    wasWell = isWell
    return health
  }
  return () => {
    const now = performance.now()
    if (asked === undefined || now - askedAt >= READY_HOLDS_MS) {
      askedAt = now
      asked = ask()
    }
    return asked
  }
}

/** Without the setting there is no such page. */
function allowMeter(c: AppContext): void {
  const { metricsToken } = c.var.services.config
  if (metricsToken === undefined) throw new AppError('not_found')
  if (!equalSecret(bearerOf(c) ?? '', metricsToken)) throw new AppError('unauthenticated')
}

function Documentation(props: { document: Document }) {
  const operations = Object.entries(props.document.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  )
  return (
    <Page language="en" title="Ý Kiến API" style="/assets/page.css">
      <main class="sheet">
        <h1>Ý Kiến API</h1>
        <p>
          Every shape is in <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1).
        </p>
        {operations.map(({ path, method, operation }) => (
          <section>
            <h2>
              <code>
                {method.toUpperCase()} {path}
              </code>
            </h2>
            <p>
              {operation.summary}
              {operation.security ? ' (bearer token)' : ''}
            </p>
            {operation.parameters && (
              <p class="hint">
                {operation.parameters.map((parameter) => (
                  <>
                    <code>{parameter.name}</code> in {parameter.in}
                    {parameter.required ? ', required' : ''};{' '}
                  </>
                ))}
              </p>
            )}
          </section>
        ))}
        <h2>Errors</h2>
        <dl>
          {Object.entries(STATUS).map(([code, status]) => (
            <>
              <dt id={code}>
                <code>{code}</code> ({status})
              </dt>
              <dd>{strings('en').problems[code as keyof typeof STATUS]}</dd>
            </>
          ))}
        </dl>
      </main>
    </Page>
  )
}
