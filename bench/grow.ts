// Grows the configured SQLite database to a number of comments, written straight into the tables: `node bench/grow.ts 200000`.
// One article holds up to 50,000 of them; nine in ten are published, the rest wait. Every count is what the product would have made it.
import Database from 'better-sqlite3'
import { toHtml } from '../src/core/comments/text.ts'
import { createIds } from '../src/platform/id.ts'
import { pathOf, readConfig } from '../src/platform/node.ts'
import { LARGE_ARTICLE, SITE } from './loads.ts'
import { comment, SENTENCES } from './sentences.ts'

/** Comments of the largest article, and of every other. */
const LARGEST = 50_000
const OTHERS = 200

const total = Number(process.argv[2])
const database = new Database(pathOf(readConfig(process.env).database))
database.pragma('synchronous = OFF')
const newId = createIds(Date.now)
const count = (sql: string, ...values: unknown[]) => (database.prepare(sql).get(...values) as { n: number }).n
const { id: siteId } = database.prepare('SELECT id FROM site WHERE slug = ?').get(SITE) as { id: string }

const insert = (table: string, columns: readonly string[]) =>
  database.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`)
const threads = insert('thread', ['id', 'site_id', 'key', 'url', 'title', 'revision', 'created_at'])
const comments = insert('comment', [
  'id',
  'site_id',
  'thread_id',
  'state',
  'version',
  'consents',
  'revision_id',
  'public_revision_id',
  'public_text',
  'public_html',
  'renderer',
  'published_at',
  'receipt_code',
  'request_hash',
  'edit_until',
  'received_at',
])
const revisions = insert('revision', ['id', 'comment_id', 'number', 'body', 'signals', 'created_at'])
const facts = insert('fact', [
  'id',
  'site_id',
  'comment_id',
  'from_version',
  'kind',
  'revision_id',
  'verdict',
  'state_before',
  'state_after',
  'actor_kind',
  'actor_name',
  'created_at',
])
const settlements = insert('settlement', ['decision_id', 'outcome', 'created_at'])

function threadOf(key: string): string {
  const known = database.prepare('SELECT id FROM thread WHERE site_id = ? AND key = ?').get(siteId, key) as { id: string } | undefined
  if (known) return known.id
  const id = newId()
  threads.run(id, siteId, key, `https://phuongdo.example/${key}`, `Bài ${key}`, 1, new Date().toISOString())
  return id
}

database.transaction(() => {
  const before = count('SELECT count(*) AS n FROM comment')
  const large = threadOf(LARGE_ARTICLE)
  let inLarge = count('SELECT count(*) AS n FROM comment WHERE thread_id = ?', large)
  let other = ''
  for (let n = before; n < total; n++) {
    const isLarge = n % 2 === 0 && inLarge < LARGEST
    if (isLarge) inLarge++
    else if (other === '' || n % OTHERS === 1) other = threadOf(`bai-lon-${n}`)
    const [id, revision, at] = [newId(), newId(), new Date(Date.now() - (total - n) * 1_000).toISOString()]
    const { body } = comment((n * 5) % (SENTENCES - 8))
    const isPublished = n % 10 !== 3
    comments.run(
      id,
      siteId,
      isLarge ? large : other,
      isPublished ? 'published' : 'pending',
      isPublished ? 2 : 1,
      '[]',
      revision,
      ...(isPublished ? [revision, body, toHtml(body), 1, at] : [null, null, null, null, null]),
      `G${n.toString(36).toUpperCase().padStart(7, '0')}`,
      '',
      at,
      at,
    )
    revisions.run(revision, id, 1, body, '[]', at)
    facts.run(newId(), siteId, id, 0, 'revision', revision, null, null, 'pending', 'author', null, at)
    if (!isPublished) continue
    const decision = newId()
    facts.run(decision, siteId, id, 1, 'decision', revision, 'approve', 'pending', 'published', 'token', 'đo', at)
    settlements.run(decision, 'applied', at)
  }
  database.exec(`UPDATE thread SET revision = revision + 1, public_count = (
    SELECT count(*) FROM comment WHERE thread_id = thread.id AND public_revision_id IS NOT NULL AND hidden_at IS NULL)`)
  // Searching at size has a test of its own; building its index here would be measured as if it were reading and posting.
  database.exec('UPDATE search_cursor SET fact_id = (SELECT max(id) FROM fact)')
})()
database.pragma('wal_checkpoint(TRUNCATE)')
database.exec('ANALYZE')
database.close()
