// What the Workers runtime offers as a module and this host uses of it. The types of the runtime as a whole would
// replace those of the browser and of Node in every room.
declare module 'cloudflare:workers' {
  /** Keeps the request's work alive until the promise settles, also when the client has left. Only within a request. */
  export function waitUntil(promise: Promise<unknown>): void
}
