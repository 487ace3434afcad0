// The HTTP server of one process: which connections are held and for how long, and how they end.
import { readFileSync } from 'node:fs'
import type { IncomingMessage, Server } from 'node:http'
import { serve } from '@hono/node-server'
import type { Config } from '../config.ts'
import type { LogEvent } from '../services.ts'
import { holdSilent } from './connections.ts'
import { createTurns } from './turns.ts'

/** How long requests in flight may take to end once no new ones are taken. */
export const DRAIN_MS = 8_000
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

/** What the server knows of a request beside the request itself. */
type Host = { peer: string | undefined; header(name: string): string | undefined; turn(): Promise<void> | null }
type Fetch = (request: Request, host: Host) => Response | Promise<Response>

/** Listens; resolves once it does. Where it cannot, the process says so in one line and ends with 1. `close` resolves when the last request has been answered. */
export async function openServer(config: Config, fetch: Fetch, log: (event: LogEvent) => void): Promise<{ close(): Promise<void> }> {
  const turns = createTurns()
  const server = serve({
    fetch: (request, { incoming }) =>
      turns.counted(fetch(request, { peer: incoming.socket.remoteAddress, header: (name) => headerOf(incoming, name), turn: turns.next })),
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
  server.maxConnections = connectionsAtMost(Math.ceil(config.maxConnections / config.processes), log)
  server.on('error', (error) => {
    console.error(`ykien: cannot listen on ${config.host}:${config.port}: ${error.message}; set YKIEN_PORT to a free port`)
    process.exit(1)
  })
  await new Promise<void>((resolve) => server.once('listening', resolve))
  return {
    async close() {
      const gone = ended(server)
      silent.close()
      await gone
      await turns.idle()
    },
  }
}

function headerOf({ headers }: Pick<IncomingMessage, 'headers'>, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'object' ? value.join(', ') : value
}

/** Connections held at once: what was set, or what the system lets this process open, where that is less. */
function connectionsAtMost(wanted: number, log: (event: LogEvent) => void): number {
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

/** Stops taking connections; resolves when the requests in flight have ended, or had their time. */
function ended(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const hurry = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
    hurry.unref()
    // A connection that was busy just now falls idle after its answer and would be kept alive for seconds.
    const sweep = setInterval(() => server.closeIdleConnections(), IDLE_SWEEP_MS)
    server.close(() => {
      clearInterval(sweep)
      resolve()
    })
  })
}
