// A process that brings the database in YKIEN_DATABASE up to date with the program's migrations and two of its own, which copy rows and
// build a table anew as later releases do. Prints the names it applied.
// Run by Node itself with types stripped.
import { openDatabase, readMigrations } from '../../src/platform/node.ts'
import { type Migration, migrate } from '../../src/storage/migrate.ts'

/** Equal in every run, so that databases can be compared whole. */
const NOW = new Date('2026-11-23T08:00:00.000Z')

const OWN: Migration[] = [
  {
    name: '9000_copied',
    text: `CREATE TABLE copied AS SELECT id, thread_id, receipt_code, received_at FROM comment;
CREATE INDEX copied_by_date ON copied (received_at);
UPDATE copied SET receipt_code = 'C' || receipt_code;
`,
  },
  {
    name: '9001_anew',
    text: `CREATE TABLE copied_anew (id TEXT PRIMARY KEY, receipt_code TEXT NOT NULL, body TEXT NOT NULL);
INSERT INTO copied_anew SELECT copied.id, copied.receipt_code, revision.body FROM copied JOIN revision ON revision.comment_id = copied.id;
DROP TABLE copied;
ALTER TABLE copied_anew RENAME TO copied;
UPDATE thread SET revision = revision + 1;
DELETE FROM copied WHERE body = '';
`,
  },
]

const store = openDatabase({ database: process.env.YKIEN_DATABASE ?? '' })
for (const name of await migrate(store, [...readMigrations(store.dialect), ...OWN], NOW)) console.log(name)
await store.close()
