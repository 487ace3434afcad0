// The serving processes of a server: which they are, and connections that are known to lead to one of them (Linux's tables tell).
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { Agent, request } from 'node:http'
import type { Socket } from 'node:net'

/** An answer, read to the end. */
export type Answered = { status: number; headers: Record<string, string | string[] | undefined>; text: string; json<Shape>(): Shape }
/** A connection kept open to one process. */
export type Way = {
  pid: number
  ask(path: string, init?: { method?: string; headers?: Record<string, string>; body?: unknown }): Promise<Answered>
  close(): void
}

/** Connections opened until each process has one. */
const MAX_TRIES = 400

/** The processes that a process has started and that live. */
export function childrenOf(pid: number): number[] {
  const path = `/proc/${pid}/task/${pid}/children`
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split(' ').filter(Boolean).map(Number) : []
}

/** A connection to each of the processes, in their order. */
export async function waysTo(base: string, pids: readonly number[]): Promise<Way[]> {
  const ways = new Map<number, Way>()
  const others: Way[] = []
  for (let tried = 0; tried < MAX_TRIES && ways.size < pids.length; tried++) {
    const way = await openWay(base, pids)
    if (ways.has(way.pid)) others.push(way)
    else ways.set(way.pid, way)
  }
  for (const way of others) way.close()
  return pids.map((pid) => {
    const way = ways.get(pid)
    if (!way) throw new Error(`no connection led to process ${pid}`)
    return way
  })
}

async function openWay(base: string, pids: readonly number[]): Promise<Way> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  let port = 0
  const ask: Way['ask'] = (path, { method = 'GET', headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const sent = request(
        `${base}${path}`,
        { agent, method, headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers } },
        (response) => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', (chunk: string) => {
            text += chunk
          })
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: <Shape>() => JSON.parse(text) as Shape }),
          )
        },
      )
      sent.on('socket', (socket: Socket) => {
        const now = socket.localPort ?? port
        // Another connection may lead to another process.
        if (port !== 0 && now !== port) sent.destroy(new Error('the connection was closed meanwhile'))
        port = now
      })
      sent.on('error', reject)
      sent.end(body === undefined ? undefined : JSON.stringify(body))
    })
  await ask('/healthz')
  const inode = inodeOf(Number(new URL(base).port), port)
  const pid = pids.find((each) => holds(each, inode))
  if (pid === undefined) throw new Error(`no process holds the connection from port ${port}`)
  return { pid, ask, close: () => agent.destroy() }
}

/** The server's end of a connection in the system's table: `sl local remote state … inode`, ports in hexadecimal. */
function inodeOf(serverPort: number, clientPort: number): string {
  const hex = (port: number) => `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  const row = readFileSync('/proc/net/tcp', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .find(([, local, remote]) => local?.endsWith(hex(serverPort)) && remote?.endsWith(hex(clientPort)))
  return row?.[9] ?? ''
}

function holds(pid: number, inode: string): boolean {
  return readdirSync(`/proc/${pid}/fd`).some((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`) === `socket:[${inode}]`
    } catch {
      return false
    }
  })
}
