// A browser without script, for tests of forms: keeps cookies, sends an own page's headers, and follows nothing by itself.
import { BASE, type Ward } from './ward.ts'

export type Client = {
  get(path: string, headers?: Record<string, string>): Promise<{ status: number; html: string; response: Response }>
  post(
    path: string,
    fields: Record<string, string>,
    headers?: Record<string, string>,
  ): Promise<{ status: number; html: string; to: string; response: Response }>
  cookies: Map<string, string>
}

/** A new browser, from an address of its own where one is given. */
export function newClient(ward: Ward, { peer = '203.0.113.7', cookie = '', origin = BASE } = {}): Client {
  const cookies = new Map<string, string>()
  for (const pair of cookie === '' ? [] : cookie.split('; '))
    cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
  const header = () => [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const keep = (response: Response) => {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';')
      const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
      if (/max-age=0\b/i.test(line)) cookies.delete(name)
      else cookies.set(name, decodeURIComponent(value))
    }
    return response
  }
  return {
    cookies,
    async get(path, headers = {}) {
      const response = keep(await ward.request(path, { peer, headers: { cookie: header(), ...headers } }))
      return { status: response.status, html: await response.text(), response }
    },
    async post(path, fields, headers = {}) {
      const body = new URLSearchParams(fields)
      const sent = { cookie: header(), origin, 'sec-fetch-site': 'same-origin', ...headers }
      const response = keep(await ward.request(path, { method: 'POST', peer, headers: sent, body }))
      return { status: response.status, html: await response.text(), to: response.headers.get('location') ?? '', response }
    },
  }
}

/** The value of a hidden field of a page. */
export function hidden(html: string, name: string): string {
  const [, value = ''] = new RegExp(`<input type="hidden" name="${name}" value="([^"]*)"`).exec(html) ?? []
  return value
}
