// Many comments at once, for tests of size: published ones with a revision and the two facts of their lives each, made inside SQLite.
import Database from 'better-sqlite3'

/** Adds `count` published comments of 200 letters to the only site of a database that no server has open; ids go on from `from`. */
export function fill(path: string, count: number, from = 0): void {
  const database = new Database(path)
  database.pragma('journal_mode = WAL')
  database.pragma('foreign_keys = ON')
  const { id: site } = database.prepare('SELECT id FROM site LIMIT 1').get() as { id: string }
  const at = "'2026-11-20T08:00:00.000Z'"
  const text = "'Ý kiến số ' || n || ': ' || substr(hex(randomblob(100)), 1, 180)"
  const series = `WITH RECURSIVE series (n) AS (SELECT ${from} UNION ALL SELECT n + 1 FROM series WHERE n + 1 < ${from + count})`
  const id = (kind: string) => `printf('01900000-0000-7000-${kind}-%012x', n)`
  database
    .transaction(() => {
      database
        .prepare(
          `INSERT OR IGNORE INTO thread (id, site_id, key, url, title, created_at) VALUES ('01900000-0000-7000-8000-00000000ffff', ?, 'day', 'https://phuongmay.example/day', 'Bài đầy', ${at})`,
        )
        .run(site)
      database
        .prepare(
          `${series} INSERT INTO comment (id, site_id, thread_id, state, version, consents, revision_id, public_revision_id, public_text, public_html, renderer, published_at, receipt_code, idempotency_key, request_hash, edit_until, received_at)
           SELECT ${id('8001')}, ?, '01900000-0000-7000-8000-00000000ffff', 'published', 2, '[]', ${id('8002')}, ${id('8002')}, ${text}, '<p>' || ${text} || '</p>', 1, ${at}, printf('T%07d', n), NULL, '', ${at}, ${at} FROM series`,
        )
        .run(site)
      database.prepare(`${series} INSERT INTO revision SELECT ${id('8002')}, ${id('8001')}, 1, ${text}, '[]', ${at} FROM series`).run()
      for (const [kind, version, name, state] of [
        ['8003', 0, 'revision', 'pending'],
        ['8004', 1, 'decision', 'published'],
      ] as const)
        database
          .prepare(
            `${series} INSERT INTO fact (id, site_id, comment_id, from_version, kind, revision_id, verdict, state_after, actor_kind, created_at)
             SELECT ${id(kind)}, ?, ${id('8001')}, ${version}, '${name}', ${id('8002')}, ${version === 0 ? 'NULL' : "'approve'"}, '${state}', 'system', ${at} FROM series`,
          )
          .run(site)
      database.prepare(`${series} INSERT INTO settlement SELECT ${id('8004')}, 'applied', ${at} FROM series`).run()
      database
        .prepare(
          `${series} INSERT INTO audit (id, site_id, action, subject_kind, subject_id, actor_kind, detail, created_at) SELECT ${id('8005')}, ?, 'comment.submit', 'comment', ${id('8001')}, 'reader', '{}', ${at} FROM series`,
        )
        .run(site)
      database.prepare("UPDATE thread SET public_count = public_count + ?, revision = revision + 1 WHERE key = 'day'").run(count)
    })
    .immediate()
  database.pragma('wal_checkpoint(TRUNCATE)')
  database.close()
}
