// Doors for those who run the service or program against it: health, the OpenAPI document and its page.
import type { OpenAPIHono } from '@hono/zod-openapi'
import { Hono } from 'hono'
import { strings } from '../i18n/index.ts'
import type { AppEnv } from './door.ts'
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

/** The doors of operations; `describe` is asked once, when somebody first reads the documentation. */
export function opsDoors(describe: () => Document): Hono<AppEnv> {
  const doors = new Hono<AppEnv>()
  let document: Document | undefined
  const known = () => {
    document ??= describe()
    return document
  }
  doors.get('/healthz', (c) => c.text('ok\n', 200, { 'cache-control': 'no-store' }))
  doors.get('/openapi.json', (c) => c.json(known(), 200, { 'access-control-allow-origin': '*', 'cache-control': 'public, max-age=300' }))
  doors.get('/docs', (c) => {
    allowPage(c, { frameAncestors: "'none'" })
    return c.html(<Documentation document={known()} />)
  })
  return doors
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
