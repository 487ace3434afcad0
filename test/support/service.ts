// A running service for browser tests: the real app on a real SQLite file and real sockets, on http and https, under a
// host name of its own that Chromium maps to this machine; and a portal that embeds the widget from another site.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { createServer as createHttpServer, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { type Browser, chromium } from 'playwright-core'
import { createApp } from '../../src/app.ts'
import { parseConfig } from '../../src/config.ts'
import type { Role } from '../../src/core/context.ts'
import { addSite } from '../../src/core/sites.ts'
import { tick } from '../../src/jobs.ts'
import { nodeServices, openDatabase, readMigrations } from '../../src/platform/node.ts'
import type { Services } from '../../src/services.ts'
import { migrate } from '../../src/storage/migrate.ts'
import { chromiumPath } from './chromium.ts'
import { openSession } from './person.ts'

export const SERVICE_HOST = 'ykien.test'
export const PORTAL_HOST = 'phuongthu.example'
export const SITE = 'phuong-thu'

/** Where the tests' own page is that hands a browser its session; the service knows nothing of it. */
const TEST_DOOR = '/open-session-of-tests/'

export type Service = {
  services: Services
  /** Where the service answers, such as `https://ykien.test:41234`. */
  base: string
  /** Where the portal's article is. */
  articleUrl: string
  /** The same article under the strictest policy a portal can have and still embed: the service's host, no inline style, Trusted Types. */
  strictUrl: string
  /** Puts a page of this markup on the portal and tells where it is. */
  addPage(body: string): string
  /** An address of the tests' own, beside the service: its page has one button, which leads to the desk with an open session. */
  signinLink(name?: string, role?: Role): Promise<string>
  /** Lets the service take the next opinion and cuts the line before its answer. */
  loseNextAnswer(): void
  /** Lets the service take the next opinion and keeps its answer back until `wait` is over. */
  holdNextAnswer(wait: () => Promise<void>): void
  /** Lets the undo windows that are open now end, for the service only, and carries out what is due. */
  endUndoWindows(): Promise<void>
  close(): Promise<void>
}

/** Starts service and portal, both over the given protocol; the service may be reached by another name of this machine. */
export async function startService(protocol: 'http' | 'https', env: Record<string, string> = {}, host = SERVICE_HOST): Promise<Service> {
  const folder = mkdtempSync(join(tmpdir(), 'ykien-browser-'))
  const tls = protocol === 'https' ? certificate(folder) : null
  const holder: { listener?: ReturnType<typeof getRequestListener> } = {}
  let losesAnswer = false
  let wait: (() => Promise<void>) | null = null
  const service = await listen(tls, (request, response) => {
    if (losesAnswer && request.method === 'POST' && request.url?.endsWith('/comments')) {
      losesAnswer = false
      response.end = () => {
        request.socket.destroy()
        return response
      }
    }
    if (wait && request.method === 'POST' && request.url?.endsWith('/comments')) {
      const end = response.end.bind(response)
      const held = wait
      wait = null
      response.end = (...given: unknown[]) => {
        void held().then(() => end(...(given as [])))
        return response
      }
    }
    if (request.url?.startsWith(TEST_DOOR)) return handSession(request.url.slice(TEST_DOOR.length), base, response)
    void holder.listener?.(request, response)
  })
  const base = `${protocol}://${host}:${portOf(service)}`
  const pages: string[] = []
  const portal = await listen(tls, (request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8')
    const [, added] = /^\/added-(\d+)/.exec(request.url ?? '') ?? []
    if (added !== undefined) {
      response.end(pages[Number(added)])
      return
    }
    if (request.url?.startsWith('/strict')) response.setHeader('content-security-policy', strictPolicy(base))
    response.end(articlePage(base))
  })
  const articleOrigin = `${protocol}://${PORTAL_HOST}:${portOf(portal)}`

  const config = parseConfig(
    {
      YKIEN_DATABASE: `file:${join(folder, 'ykien.db')}`,
      YKIEN_SECRET: 'a secret that only the tests know, 32+',
      YKIEN_BASE_URL: base,
      YKIEN_DEMO: '0',
      ...env,
    },
    () => '',
  )
  const store = openDatabase(config)
  let passedMs = 0
  const services = { ...nodeServices(config, store, () => {}), now: () => new Date(Date.now() + passedMs) }
  await migrate(store, readMigrations(), services.now())
  await addSite(services, { slug: SITE, name: 'Phường Thử', origins: [articleOrigin] })
  const app = createApp(services)
  holder.listener = getRequestListener((request) => app.fetch(request, { peer: '127.0.0.1' }))

  let invited = 0
  return {
    services,
    base,
    articleUrl: `${articleOrigin}/bai-viet.html`,
    strictUrl: `${articleOrigin}/strict.html`,
    addPage(body) {
      pages.push(`<!doctype html><html lang="vi"><meta charset="utf-8"><title>Trang thêm</title>${body}</html>`)
      return `${articleOrigin}/added-${pages.length - 1}.html`
    },
    async signinLink(name = `Cán bộ ${++invited}`, role: Role = 'moderator') {
      const email = `canbo${invited}-${Date.now()}@phuongthu.example`
      return `${base}${TEST_DOOR}${await openSession(services, { email, site: SITE, role, name })}`
    },
    loseNextAnswer() {
      losesAnswer = true
    },
    holdNextAnswer(given) {
      wait = given
    },
    async endUndoWindows() {
      passedMs += config.undoSeconds * 1_000
      await tick(services)
    },
    async close() {
      for (const server of [service, portal]) {
        server.closeAllConnections()
        await new Promise((resolve) => {
          server.close(resolve)
        })
      }
      await store.close()
    },
  }
}

/** Chromium with both host names mapped to this machine, so that page and service are different sites. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = chromiumPath()
  if (executablePath === null) throw new Error('no Chromium: run "apt-get install chromium" or set CHROMIUM_PATH')
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', `--host-resolver-rules=MAP ${SERVICE_HOST} 127.0.0.1, MAP ${PORTAL_HOST} 127.0.0.1`],
  })
}

function handSession(token: string, base: string, response: ServerResponse): void {
  const { protocol, port } = new URL(base)
  const isHttps = protocol === 'https:'
  response.setHeader(
    'set-cookie',
    `${isHttps ? '__Host-' : ''}ykien-${port}=${token}; Path=/; HttpOnly; SameSite=Lax${isHttps ? '; Secure' : ''}`,
  )
  response.setHeader('content-type', 'text/html; charset=utf-8')
  response.end(
    '<!doctype html><html lang="vi"><title>Vào bàn duyệt</title><main><form action="/desk"><button type="submit">Đăng nhập</button></form></main></html>',
  )
}

function articlePage(base: string): string {
  return `<!doctype html><html lang="vi"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Bài viết thử</title>
<h1>Bài viết thử</h1><p>Đoạn văn của bài viết.</p>
<script type="module" src="${base}/widget/v1.js"></script><y-kien site="${SITE}" article="bai-thu"></y-kien></html>`
}

function strictPolicy(base: string): string {
  return `default-src 'none'; script-src ${base}; connect-src ${base}; style-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'`
}

type Tls = { key: string; cert: string }

function listen(tls: Tls | null, listener: Parameters<typeof createHttpServer>[1] & object): Promise<Server> {
  const server = (tls ? createHttpsServer(tls, listener) : createHttpServer(listener)) as Server
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

function certificate(folder: string): Tls {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const names = `subjectAltName=DNS:${SERVICE_HOST},DNS:${PORTAL_HOST}`
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=ykien test',
      '-addext',
      names,
      '-keyout',
      key,
      '-out',
      cert,
    ],
    { stdio: 'ignore' },
  )
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
}
