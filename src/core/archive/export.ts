// A site's rows in the order in which they can be put back, a page at a time. What is sealed stays sealed; tokens, sessions,
// sign-in links and the people of the desk are not the site's and stay out.
// Not for: the file around the rows and its proof (platform/archive.ts).
import { type Kysely, sql } from 'kysely'
import type { Schema } from '../../storage/schema.ts'
import { AppError } from '../context.ts'

/** Rows read at once: with the longest bodies about 15 MB. */
const PAGE_ROWS = 200

export type ExportedRow = { table: string; row: Record<string, unknown> }

/** The tables in order of dependency: the columns that order a page, and how a row belongs to the site. */
const TABLES: readonly { table: keyof Schema; key: readonly string[]; through?: { table: keyof Schema; key: string; column: string } }[] = [
  { table: 'site', key: ['id'] },
  { table: 'site_origin', key: ['origin'] },
  { table: 'thread', key: ['id'] },
  { table: 'comment', key: ['id'] },
  { table: 'revision', key: ['id'], through: { table: 'comment', key: 'id', column: 'comment_id' } },
  { table: 'fact', key: ['id'] },
  { table: 'settlement', key: ['decision_id'], through: { table: 'fact', key: 'id', column: 'decision_id' } },
  { table: 'pending_publication', key: ['decision_id'], through: { table: 'fact', key: 'id', column: 'decision_id' } },
  { table: 'comment_like', key: ['id'], through: { table: 'comment', key: 'id', column: 'comment_id' } },
  { table: 'report', key: ['id'] },
  { table: 'consent_text', key: ['id'] },
  { table: 'thread_alias', key: ['key'] },
  { table: 'canned_reply', key: ['id'] },
  { table: 'flood', key: ['id'] },
  { table: 'ban', key: ['id'] },
  { table: 'screening_rule', key: ['id'] },
  { table: 'screening_off', key: ['rule'] },
  { table: 'screening_change', key: ['id'] },
  { table: 'audit', key: ['id'] },
  { table: 'assignment', key: ['id'] },
  { table: 'note', key: ['id'] },
]

/** The tables of an export, in their order. */
export const EXPORTED_TABLES: readonly string[] = TABLES.map(({ table }) => table)

/**
 * The rows of a site. `db` must be a transaction that sees one moment of the database. Throws `not_found` for an unknown slug.
 */
export async function* exportSite(db: Kysely<Schema>, slug: string): AsyncGenerator<ExportedRow> {
  const site = await db.selectFrom('site').select('id').where('slug', '=', slug).executeTakeFirst()
  if (!site) throw new AppError('not_found')
  for (const { table, key, through } of TABLES) {
    // Asked row by row, so that no database thinks of walking along the other table and sorting anew for each page.
    const owner = through
      ? sql`(SELECT site_id FROM ${sql.table(through.table)} WHERE ${sql.ref(`${through.table}.${through.key}`)} = ${sql.ref(`${table}.${through.column}`)})`
      : sql.ref(`${table}.${table === 'site' ? 'id' : 'site_id'}`)
    const columns = key.map((column) => sql.ref(`${table}.${column}`))
    for (let after: readonly string[] = key.map(() => ''); ; ) {
      // The empty text keeps the database from using an index on the site and sorting all of its rows anew for each page: it
      // walks along the primary key instead, once for the whole export.
      const { rows } = await sql<Record<string, unknown>>`
        SELECT ${sql.table(table)}.* FROM ${sql.table(table)}
        WHERE (${sql.join(columns)}) > (${sql.join(after)}) AND ${owner} || '' = ${site.id}
        ORDER BY ${sql.join(columns)} LIMIT ${PAGE_ROWS}`.execute(db)
      for (const row of rows) yield { table, row }
      const last = rows.at(-1)
      if (!last || rows.length < PAGE_ROWS) break
      after = key.map((column) => String(last[column]))
    }
  }
}
