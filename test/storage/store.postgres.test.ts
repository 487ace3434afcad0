// What the store promises on PostgreSQL when the server refuses, restarts or is not there, and when two begin at once.
import { sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { newDatabase, openEmptyStore, readMigrations } from '#platform'
import { placeOf } from '../../src/platform/node.ts'
import { checkHealth } from '../../src/storage/doctor.ts'
import { migrate } from '../../src/storage/migrate.ts'
import { openPostgres } from '../../src/storage/postgres.ts'
import { type Compilable, type Store, StoreBusy } from '../../src/storage/store.ts'

let url: string
let store: Store
beforeAll(async () => {
  url = await newDatabase()
  store = openPostgres(url, { poolSize: 4 })
  await migrate(store, readMigrations(), new Date())
  return () => store.close()
})

const raw = (text: string): Compilable => ({ compile: () => sql.raw(text).compile(store.db) })
const site = (slug: string, of = store) =>
  of.db.insertInto('site').values({ id: `id-${slug}`, slug, name: 'Phường Kho', settings: '{}', created_at: '2026-11-23T08:00:00.000Z' })
const slugs = async () => (await store.db.selectFrom('site').select('slug').orderBy('slug').execute()).map((row) => row.slug)

describe('migrations', () => {
  it('run once when four processes begin at the same moment on an empty database', async () => {
    const empty = await newDatabase()
    const stores = Array.from({ length: 4 }, () => openPostgres(empty, { poolSize: 2 }))
    const applied = await Promise.all(stores.map((each) => migrate(each, readMigrations(), new Date())))
    // Each process takes what is left; together they took each once.
    expect(applied.flat().toSorted()).toEqual(readMigrations().map(({ name }) => name))
    for (const each of stores) await each.close()
  })
})

describe('numbers', () => {
  it('are numbers, whether counted, summed or kept', async () => {
    const [result] = await store.batch([
      raw('SELECT count(*) AS counted, sum(n) AS summed, max(n) AS kept FROM (VALUES (1::bigint), (2::bigint)) AS v (n)'),
    ])
    expect(result?.rows).toEqual([{ counted: 2, summed: 3, kept: 2 }])
    const read = await sql<{ n: number }>`SELECT count(*) AS n FROM site`.execute(store.db)
    expect(read.rows[0]?.n).toBeTypeOf('number')
  })
})

describe('a character that PostgreSQL does not keep', () => {
  it('is in no name that is looked up, and no error', async () => {
    expect(await store.db.selectFrom('site').selectAll().where('slug', '=', 'a\u0000b').execute()).toEqual([])
  })
})

describe('the store says "busy" and has written nothing', () => {
  it.each([
    ['where nobody listens', 'postgres://nobody@127.0.0.1:1/none'],
    ['where the host is unknown', 'postgres://nobody@khong-co.invalid/none'],
    ['where the socket is missing', 'postgres://nobody@localhost/none?host=/khong/co'],
  ])('%s, to writers and readers alike', async (_name, address) => {
    const unreachable = openPostgres(address, { poolSize: 1 })
    await expect(unreachable.batch([site('a', unreachable)])).rejects.toThrow(StoreBusy)
    await expect(unreachable.db.selectFrom('site').selectAll().execute()).rejects.toThrow(StoreBusy)
    await unreachable.close()
  })

  it('on a server that may only be read', async () => {
    const address = new URL(url)
    address.searchParams.set('options', `${address.searchParams.get('options')} -c default_transaction_read_only=on`)
    const standby = openPostgres(address.href, { poolSize: 1 })
    await expect(standby.batch([site('chi-doc', standby)])).rejects.toThrow(StoreBusy)
    expect(await standby.db.selectFrom('site').selectAll().execute()).toEqual([])
    await standby.close()
  })

  it('when all connections are taken for longer than a request waits', async () => {
    const narrow = openPostgres(url, { poolSize: 1 })
    const long = narrow.batch([raw('SELECT pg_sleep(4)')])
    await expect(narrow.batch([site('chat')])).rejects.toThrow(StoreBusy)
    await long
    await narrow.batch([site('het-chat')])
    expect(await slugs()).toEqual(['het-chat'])
    await narrow.close()
  })

  it('when its session is ended by the server in the middle of a batch, and works again with the next', async () => {
    const before = await slugs()
    await expect(store.batch([site('nua-chung'), raw('SELECT pg_terminate_backend(pg_backend_pid())'), site('nua-sau')])).rejects.toThrow(
      StoreBusy,
    )
    expect(await slugs()).toEqual(before)
    await store.batch([site('lai-duoc')])
    expect(await slugs()).toContain('lai-duoc')
  })

  it('when the disk is full', async () => {
    await expect(
      store.batch([site('day'), raw("DO $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$")]),
    ).rejects.toThrow(StoreBusy)
    expect(await slugs()).not.toContain('day')
  })
})

describe('batches that meet', () => {
  it('go on one after another: of a hundred that each add one, each is counted', async () => {
    await store.batch([
      raw("INSERT INTO thread (id, site_id, key, url, title, created_at) SELECT 'dem', id, 'dem', '', '', '' FROM site LIMIT 1"),
    ])
    const other = openPostgres(url, { poolSize: 4 })
    const add = (of: Store) =>
      of.batch([
        of.db
          .updateTable('thread')
          .set((is) => ({ revision: is('revision', '+', 1) }))
          .where('id', '=', 'dem'),
      ])
    await Promise.all(Array.from({ length: 100 }, (_, index) => add(index % 2 === 0 ? store : other)))
    expect(await store.db.selectFrom('thread').select('revision').where('id', '=', 'dem').execute()).toEqual([{ revision: 100 }])
    await other.close()
  })

  it('and lock each other out are run again', async () => {
    await store.batch([site('cheo-1'), site('cheo-2')])
    const rename = (slug: string) => store.db.updateTable('site').set({ name: 'Phường Chéo' }).where('slug', '=', slug)
    const wait = raw('SELECT pg_sleep(0.2)')
    await Promise.all([store.batch([rename('cheo-1'), wait, rename('cheo-2')]), store.batch([rename('cheo-2'), wait, rename('cheo-1')])])
    const { rows } = await sql<{ n: number }>`SELECT count(*) AS n FROM site WHERE name = 'Phường Chéo'`.execute(store.db)
    expect(rows).toEqual([{ n: 2 }])
  })
})

describe('the doctor', () => {
  it.each([
    ['postgres://ykien:mat-khau@localhost/ykien', 'postgres://ykien:…@localhost/ykien'],
    ['postgres://ykien:mat/k@hau@localhost/ykien?sslmode=require', 'postgres://ykien:…@localhost/ykien?sslmode=require'],
    ['postgres:///ykien?host=/run&user=ykien&password=mat-khau', 'postgres:///ykien?host=/run&user=ykien&password=…'],
    ['postgres://localhost:5433/ykien', 'postgres://localhost:5433/ykien'],
    ['file:data/ykien.db', 'data/ykien.db'],
  ])('names the database of %s without its password', (database, place) => expect(placeOf(database)).toBe(place))

  it('finds nothing wrong with a new database, and names what is', async () => {
    const well = await openEmptyStore()
    await migrate(well, readMigrations(), new Date())
    expect((await checkHealth(well, readMigrations(), 'kho')).filter((finding) => !finding.isWell)).toEqual([])
    await well.batch([
      raw("INSERT INTO site (id, slug, name, settings, created_at) VALUES ('a', 'a', 'A', '{}', '')"),
      raw("INSERT INTO thread (id, site_id, key, url, title, public_count, created_at) VALUES ('t', 'a', 'k', '', '', 3, '')"),
    ])
    const faults = (await checkHealth(well, readMigrations(), 'kho')).filter((finding) => !finding.isWell)
    expect(faults.map((finding) => finding.text)).toEqual([expect.stringContaining('wrong number of comments')])
  })
})
