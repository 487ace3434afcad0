// A database that an earlier release filled is what this release would have made of the same acts.
import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { openEmptyStore, readMigrations } from '#platform'
import { migrate } from '../../src/storage/migrate.ts'
import type { Compilable } from '../../src/storage/store.ts'

const NOW = new Date('2026-11-23T08:00:00.000Z')
const AT = NOW.toISOString()

it('replies of a hidden comment count after the upgrade, those of a sealed one do not, and neither shows what it was', async () => {
  const store = await openEmptyStore()
  const migrations = readMigrations()
  await migrate(
    store,
    migrations.filter(({ name }) => name < '0003'),
    NOW,
  )
  const raw = (text: string): Compilable => ({ compile: () => sql.raw(text).compile(store.db) })
  const comment = (id: string, parent: string | null, state: string, isPublic: boolean, hiddenAt: string | null, replies = 0) =>
    raw(`INSERT INTO comment (id, site_id, thread_id, parent_id, state, version, consents, revision_id, public_revision_id, published_at,
      hidden_at, public_replies, receipt_code, request_hash, edit_until, received_at)
      VALUES ('${id}', 's', 't', ${parent === null ? 'NULL' : `'${parent}'`}, '${state}', 2, '[]', 'r-${id}', ${isPublic ? `'r-${id}'` : 'NULL'},
      '${AT}', ${hiddenAt === null ? 'NULL' : `'${hiddenAt}'`}, ${replies}, 'CODE-${id}', 'x', '${AT}', '${AT}')`)
  await store.batch([
    raw(`INSERT INTO site (id, slug, name, settings, created_at) VALUES ('s', 's', 'Phường Cũ', '{}', '${AT}')`),
    raw(
      `INSERT INTO thread (id, site_id, key, url, title, revision, public_count, created_at) VALUES ('t', 's', 'k', '', '', 5, 2, '${AT}')`,
    ),
    comment('public', null, 'published', true, null, 1),
    comment('under-public', 'public', 'published', true, null),
    comment('hidden', null, 'hidden', true, AT, 1),
    comment('under-hidden', 'hidden', 'published', true, null),
    comment('sealed', null, 'sealed', false, null, 1),
    comment('under-sealed', 'sealed', 'published', true, null),
  ])
  await migrate(store, migrations, NOW)

  const thread = await store.db.selectFrom('thread').select(['public_count', 'official_count']).executeTakeFirstOrThrow()
  expect(thread).toEqual({ public_count: 3, official_count: 0 })
  const places = await store.db.selectFrom('comment').select(['id', 'published_at', 'likes', 'reply_rank']).orderBy('id').execute()
  expect(places.filter(({ published_at }) => published_at === null).map(({ id }) => id)).toEqual(['sealed'])
  expect(places.every(({ likes, reply_rank }) => likes === 0 && reply_rank === 1)).toBe(true)
})
