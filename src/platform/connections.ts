// Connections that say nothing: thousands can be held by anybody, so one costs a socket and no more until its first byte.
// Not for: connections that speak; the HTTP server has its own limits for those.
import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/** The connections of a server that have not said anything yet. */
export type SilentConnections = {
  /** Closes them all: nobody who asked anything is among them. */
  close(): void
}

/**
 * Keeps connections from the HTTP server until their first byte, and closes those that are still silent after `limitMs`. The server would
 * give each a parser at once, which takes three quarters of its memory. Call before the server listens.
 */
export function holdSilent(server: Server, limitMs: number): SilentConnections {
  const silent = new Set<Socket>()
  const greet = server.listeners('connection')
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    const giveUp = () => socket.destroy()
    const forget = () => silent.delete(socket)
    silent.add(socket)
    socket.setTimeout(limitMs, giveUp)
    // One that breaks closes by itself; unheard, its error would end the process.
    socket.on('error', forget)
    socket.on('close', forget)
    socket.once('readable', () => {
      forget()
      socket.setTimeout(0)
      for (const [event, listener] of [
        ['timeout', giveUp],
        ['error', forget],
        ['close', forget],
      ] as const)
        socket.removeListener(event, listener)
      for (const listener of greet) listener.call(server, socket)
    })
  })
  return {
    close() {
      for (const socket of silent) socket.destroy()
    },
  }
}
