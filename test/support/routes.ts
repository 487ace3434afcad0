// The app's own table of routes: tests enumerate it, so that a new route cannot be forgotten by them.
import { createApp } from '../../src/app.ts'
import type { Services } from '../../src/services.ts'

/** `path` as Hono writes it, with `:site` and `:id` for what varies. */
export type Route = { method: string; path: string }

const UNSAFE = ['POST', 'PUT', 'PATCH', 'DELETE']

/** Every route that answers by itself, each once; guards and catch-alls are none. */
export function routesOf(services: Services): Route[] {
  const names = new Set(
    createApp(services)
      .routes.filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path}`),
  )
  return [...names].map((name) => {
    const [method = '', path = ''] = name.split(' ')
    return { method, path }
  })
}

/** The routes that change something. */
export function writeRoutesOf(services: Services): Route[] {
  return routesOf(services).filter(({ method }) => UNSAFE.includes(method))
}

/** The paths of an OpenAPI document as routes. */
export function routesOfDocument(document: { paths: Record<string, Record<string, unknown>> }): Route[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path: path.replace(/\{(\w+)\}/g, ':$1') })),
  )
}

/** A path with its parts filled in; a part without a value stays as it is. */
export function filled(path: string, parts: Record<string, string>): string {
  return path.replace(/:(\w+)(?:\{[^}]*\})?/g, (whole, name: string) => (name in parts ? encodeURIComponent(parts[name] ?? '') : whole))
}

/** The name of a route in a table of cases. */
export function nameOf({ method, path }: Route): string {
  return `${method} ${path}`
}
