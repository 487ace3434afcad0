// What the machine can do at all with the same libraries: the floors that the product's figures are set against.
// `node bench/floor.ts PORT FOLDER` serves `constant.bin` under /constant, rows of the seeded database under /rows, and takes
// an INSERT under /insert.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import Database from 'better-sqlite3'
import { Hono } from 'hono'

const [port = '0', folder = '.'] = process.argv.slice(2)
const constant = new Uint8Array(readFileSync(join(folder, 'constant.bin')))
const counts = new Uint8Array(readFileSync(join(folder, 'counts.bin')))
const read = new Database(join(folder, 'ykien.db'), { readonly: true })
const roots = read.prepare(
  `SELECT comment.id, parent_id, author_name, public_html, public_text, received_at, published_at, likes, public_replies FROM comment JOIN thread ON thread.id = comment.thread_id
   WHERE thread.key = ? AND public_revision_id IS NOT NULL AND hidden_at IS NULL ORDER BY published_at DESC LIMIT 100`,
)
const write = new Database(join(folder, 'floor.db'))
write.pragma('journal_mode = WAL')
write.pragma('synchronous = FULL')
write.exec('CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, body TEXT NOT NULL)')
const insert = write.prepare('INSERT INTO note (body) VALUES (?)')

const app = new Hono()
app.get('/constant', (c) => c.body(constant, 200, { 'content-type': 'application/json', 'content-encoding': 'br', etag: '"floor"' }))
app.get('/not-modified', (c) => c.body(null, 304, { etag: '"floor"' }))
app.get('/counts', (c) => c.body(counts, 200, { 'content-type': 'application/json' }))
app.get('/rows', (c) => c.json(roots.all(c.req.query('key') ?? '')))
app.post('/insert', async (c) => {
  insert.run(await c.req.text())
  return c.json({ ok: true }, 202)
})
serve({ fetch: app.fetch, port: Number(port), hostname: '127.0.0.1' }, () => console.log('listening'))
