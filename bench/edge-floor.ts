// The floor of the edge's figures: a worker that answers a constant body, and one that asks D1 one question first. What they cost is
// the development server's and D1's, which runs in the same process here; what ours costs above them is the program's own.
import type { D1Database } from '@cloudflare/workers-types'

const body = 'ý'.repeat(6_000)

export default {
  async fetch(request: Request, env: { DB: D1Database }): Promise<Response> {
    const { pathname } = new URL(request.url)
    if (request.method === 'POST') await request.text()
    if (pathname === '/read') await env.DB.prepare('SELECT id, revision FROM thread WHERE id = ?').bind('none').first()
    if (pathname === '/post') {
      await env.DB.prepare('SELECT id, revision FROM thread WHERE id = ?').bind('none').first()
      await env.DB.prepare('SELECT id, revision FROM thread WHERE id = ?').bind('none').first()
      await env.DB.batch([1, 2, 3, 4, 5].map((n) => env.DB.prepare('UPDATE thread SET revision = ? WHERE id = ?').bind(n, 'none')))
    }
    return new Response(body, { headers: { 'content-type': 'application/json' } })
  },
}
