// Serving on Node: settings, database, app, the clock of the jobs, and an orderly end.
import type { Server } from 'node:http'
import { serve } from '@hono/node-server'
import { createApp } from './app.ts'
import type { Config } from './config.ts'
import { hasSites, newDemoLink, seedDemo } from './demo/seed.ts'
import { ARTICLE, WARD } from './demo/ward.ts'
import { tick } from './jobs.ts'
import { log, nodeServices, openDatabase, readMigrations } from './platform/node.ts'
import type { Services } from './services.ts'
import { migrate } from './storage/migrate.ts'
import { conflictOn } from './storage/store.ts'

/** How often the duties run when nothing wakes them. */
const TICK_MS = 60_000
/** How long requests in flight may take to end after SIGTERM. */
const DRAIN_MS = 8_000
/** How often connections that fell idle are closed meanwhile. */
const IDLE_SWEEP_MS = 50
/** A client gets this long to send its headers, and its whole request: stalled ones must not pile up. */
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 15_000

/** Migrates, fills an empty database with the demo where that is wanted, and serves until SIGTERM or SIGINT. */
export async function serveOnNode(config: Config): Promise<void> {
  const store = openDatabase(config)
  const clock = createClock()
  const services = nodeServices(config, store, clock.wakeAt)
  const applied = await migrate(store, readMigrations(store.dialect), services.now())
  if (applied.length > 0) log({ event: 'migrated', migrations: applied.join(' ') })
  if (!config.limits) log({ event: 'warning', reason: 'YKIEN_LIMITS=off: rate limits are lifted; never do this in production' })
  const demoLink = await prepareDemo(services)
  clock.start(services)

  const app = createApp(services)
  const server = serve({
    fetch: (request, { incoming }) =>
      app.fetch(request, {
        peer: incoming.socket.remoteAddress,
        header: (name) => {
          const value = incoming.headers[name]
          return typeof value === 'object' ? value.join(', ') : value
        },
      }),
    hostname: config.host,
    port: config.port,
    serverOptions: { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS, connectionsCheckingInterval: 5_000 },
  }) as Server
  server.on('error', (error) => {
    console.error(`ykien: cannot listen on ${config.host}:${config.port}: ${error.message}; set YKIEN_PORT to a free port`)
    process.exit(1)
  })
  await new Promise<void>((resolve) => server.once('listening', resolve))
  console.log(`Ý Kiến listens on ${config.baseUrl}`)
  if (demoLink !== null) {
    console.log(`  Article with the section:  ${config.baseUrl}/`)
    console.log(`  Sign in to the desk (once): ${demoLink}`)
    console.log(`  Page without script:       ${config.baseUrl}/r/${WARD.slug}?key=${ARTICLE.key}`)
    console.log(`  API:                       ${config.baseUrl}/docs`)
  }
  await ended(server)
  clock.stop()
  await store.close()
}

async function prepareDemo(services: Services): Promise<string | null> {
  if (!services.config.demo) return null
  if (!(await hasSites(services))) {
    try {
      return (await seedDemo(services)).signinUrl
    } catch (error) {
      // Another process that started at the same moment on the same database is making it.
      if (!conflictOn(error, 'site.slug')) throw error
    }
  }
  return newDemoLink(services)
}

/** Runs the duties every minute, and when a decision's undo window ends; never two runs at once. */
function createClock() {
  let running: Promise<void> | null = null
  let services: Services | null = null
  let minute: NodeJS.Timeout | undefined
  const run = () => {
    if (services === null || running !== null) return
    running = tick(services).finally(() => {
      running = null
    })
  }
  return {
    start(given: Services) {
      services = given
      minute = setInterval(run, TICK_MS)
      minute.unref()
      run()
    },
    wakeAt(notBefore: string) {
      setTimeout(run, Math.max(0, Date.parse(notBefore) - Date.now()) + 20).unref()
    },
    stop() {
      services = null
      clearInterval(minute)
    },
  }
}

/** Resolves when the server was told to stop and its requests have ended, or had their time. */
function ended(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      log({ event: 'stopping' })
      const hurry = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
      hurry.unref()
      // A connection that was busy just now falls idle after its answer and would be kept alive for seconds.
      const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS)
      server.close(() => {
        clearInterval(sweep)
        resolve()
      })
    }
    process.once('SIGTERM', stop)
    process.once('SIGINT', stop)
  })
}
