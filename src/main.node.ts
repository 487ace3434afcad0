// Serving on Node: settings, database, app, the clock of the jobs, and an orderly end.
import { execFile } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import type { Server } from 'node:http'
import { constants, setPriority } from 'node:os'
import { serve } from '@hono/node-server'
import { createApp } from './app.ts'
import type { Config } from './config.ts'
import { hasSites, newDemoLink, seedDemo } from './demo/seed.ts'
import { ARTICLE, WARD } from './demo/ward.ts'
import { tick } from './jobs.ts'
import { holdSilent, type SilentConnections } from './platform/connections.ts'
import { log, nodeServices, openDatabase, pathOf, readMigrations } from './platform/node.ts'
import type { Services } from './services.ts'
import { CHECKED_AT_START_BYTES, DatabaseRefused, faultOf, refuseDamaged } from './storage/file.ts'
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
const CONNECTIONS_CHECKED_MS = 5_000
/** A connection that has been answered waits this long for its next request. */
const KEEP_ALIVE_MS = 5_000
/** Bytes of headers: a browser's cookies and a proxy's additions fit, and no more is gathered for anybody. */
const MAX_HEADER_BYTES = 16 * 1024
/** Files the process needs besides its connections: database, log, listening socket. */
const OTHER_FILES = 64

/**
 * Checks the database file, migrates, fills an empty database with the demo where that is wanted, and serves until SIGTERM or
 * SIGINT. Read-only nothing is migrated and every write is answered 503. Throws DatabaseRefused.
 */
export async function serveOnNode(config: Config, { isReadOnly = false } = {}): Promise<void> {
  if (config.database.startsWith('file:')) admit(pathOf(config.database), isReadOnly)
  const store = openDatabase(config, { isReadOnly })
  const clock = createClock()
  let isStopping = false
  const services: Services = { ...nodeServices(config, store, clock.wakeAt), isDraining: () => isStopping }
  const applied = isReadOnly ? [] : await migrate(store, readMigrations(store.dialect), services.now())
  if (applied.length > 0) log({ event: 'migrated', migrations: applied.join(' ') })
  if (!config.limits) log({ event: 'warning', reason: 'YKIEN_LIMITS=off: rate limits are lifted; never do this in production' })
  const demoLink = isReadOnly ? null : await prepareDemo(services)
  if (!isReadOnly) clock.start(services)

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
    serverOptions: {
      headersTimeout: HEADERS_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      connectionsCheckingInterval: CONNECTIONS_CHECKED_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
    },
  }) as Server
  const silent = holdSilent(server, HEADERS_TIMEOUT_MS)
  server.maxConnections = connectionsAtMost(config.maxConnections)
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
  await told(() => {
    isStopping = true
    log({ event: 'stopping' })
  }, config.drainSeconds)
  await ended(server, silent)
  clock.stop()
  await store.close()
}

/** Connections held at once: what was set, or what the system lets this process open, where that is less. */
function connectionsAtMost(wanted: number): number {
  const allowed = allowedFiles() - OTHER_FILES
  if (allowed >= wanted) return wanted
  log({ event: 'warning', reason: `the system allows this process ${allowed} connections, not ${wanted}; raise "ulimit -n"` })
  return Math.max(1, allowed)
}

function allowedFiles(): number {
  try {
    // Node raises its own limit to the hard one when it starts.
    const [, limit] = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit)
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

/** Refuses a database file that would fail later; a large one is looked through after the start, by a process beside this one. */
function admit(path: string, isReadOnly: boolean): void {
  if (isReadOnly) {
    const fault = existsSync(path) ? faultOf(path, false) : 'missing'
    if (fault !== null)
      throw new DatabaseRefused(
        `${path} cannot be read at all (${fault}); restore the last backup with "ykien restore BACKUP --to file:${path} --replace"`,
      )
    log({ event: 'warning', reason: '--allow-corrupt: the database is only read, and every write is answered 503' })
    return
  }
  refuseDamaged(path, false)
  if (existsSync(path) && statSync(path).size > CHECKED_AT_START_BYTES) checkBeside()
}

/** Runs `ykien doctor --file` at the lowest priority and says in the log what it found. */
function checkBeside(): void {
  const startedAt = performance.now()
  const child = execFile(process.execPath, [process.argv[1] ?? '', 'doctor', '--file'], (error, _stdout, stderr) => {
    const took_ms = Math.round(performance.now() - startedAt)
    if (error) log({ event: 'database.damaged', reason: stderr.trim(), took_ms })
    else log({ event: 'database.checked', took_ms })
  })
  child.unref()
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW)
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

/** Resolves `afterSeconds` after SIGTERM or SIGINT, and at once on a second one; `stopping` is called at the first. */
function told(stopping: () => void, afterSeconds: number): Promise<void> {
  return new Promise((resolve) => {
    let isTold = false
    const tell = () => {
      if (isTold || afterSeconds === 0) resolve()
      if (!isTold) {
        stopping()
        setTimeout(resolve, afterSeconds * 1_000)
      }
      isTold = true
    }
    process.on('SIGTERM', tell)
    process.on('SIGINT', tell)
  })
}

/** Stops taking connections; resolves when the requests in flight have ended, or had their time. */
function ended(server: Server, silent: SilentConnections): Promise<void> {
  return new Promise((resolve) => {
    const hurry = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
    hurry.unref()
    // A connection that was busy just now falls idle after its answer and would be kept alive for seconds.
    const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS)
    silent.close()
    server.close(() => {
      clearInterval(sweep)
      resolve()
    })
  })
}
