// The one writer of a SQLite file, in the thread that reads and in a thread of its own: batches that share a commit stay apart, errors
// come back as what they were, nothing is answered early, and closing leaves one file.
import { existsSync } from 'node:fs'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newDatabase } from '#platform'
import { openSqlite, openSqliteThreaded } from '../../src/storage/sqlite.ts'
import { type Compilable, type Store, StoreBusy, UniqueViolation } from '../../src/storage/store.ts'

const WAITING_AT_MOST = 2_000

describe.each([
  ['this thread', openSqlite],
  ['a thread of its own', openSqliteThreaded],
])('the writer in %s', (_where, open) => {
  let path: string
  let store: Store
  beforeEach(async () => {
    path = (await newDatabase()).replace('file:', '')
    store = open(path)
    await store.batch([statement(`CREATE TABLE note (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, bytes BLOB)`)])
  })
  afterEach(() => store.close())

  const statement = (text: string, ...values: unknown[]): Compilable => ({
    compile: () => ({ ...sql.raw(text).compile(store.db), parameters: values }),
  })
  const insert = (name: string | null) => statement('INSERT INTO note (name) VALUES (?)', name)
  const names = async () => (await sql<{ name: string }>`SELECT name FROM note ORDER BY id`.execute(store.db)).rows.map(({ name }) => name)

  it('gives the rows and numbers of each statement of a batch, bytes as bytes', async () => {
    const bytes = new Uint8Array([0, 1, 255])
    const results = await store.batch([
      statement('INSERT INTO note (name, bytes) VALUES (?, ?) RETURNING id, name, bytes', 'một', bytes),
      statement('UPDATE note SET name = name || ?', '!'),
      statement('SELECT name FROM note'),
    ])
    expect(results.map(({ changed }) => changed)).toEqual([1, 1, 1])
    expect(results[0]?.rows[0]).toMatchObject({ id: 1, name: 'một' })
    expect(Buffer.from(results[0]?.rows[0]?.bytes as Uint8Array)).toEqual(Buffer.from(bytes))
    expect(results[2]?.rows).toEqual([{ name: 'một!' }])
  })

  it('keeps what was sent together apart: one that fails leaves nothing, the others stand', async () => {
    const outcomes = await Promise.allSettled([
      store.batch([insert('a')]),
      store.batch([insert('b'), insert('a')]),
      store.batch([insert('c')]),
      store.batch([insert(null)]),
      store.batch([insert('d')]),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'rejected', 'fulfilled'])
    expect(await names()).toEqual(['a', 'c', 'd'])
    const [, taken, , missing] = outcomes.map((outcome) => (outcome.status === 'rejected' ? outcome.reason : null))
    expect(taken).toBeInstanceOf(UniqueViolation)
    expect(taken).toMatchObject({ columns: 'note.name' })
    expect(missing).toMatchObject({ message: 'NOT NULL constraint failed: note.name' })
  })

  it('runs batches in the order they were sent', async () => {
    const sent = Array.from({ length: 500 }, (_, n) => `số ${n}`)
    await Promise.all(sent.map((name) => store.batch([insert(name)])))
    expect(await names()).toEqual(sent)
  })

  it('has written what it answers, and says by the stamp that something changed', async () => {
    for (let round = 0; round < 50; round++) {
      const before = store.stamp()
      await store.batch([insert(`vòng ${round}`)])
      expect(store.stamp()).not.toBe(before)
      expect(await names()).toHaveLength(round + 1)
    }
  })

  it('tells writers that it is busy before memory grows, and takes the others', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: WAITING_AT_MOST + 50 }, (_, n) => store.batch([insert(`số ${n}`)])))
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refused).toHaveLength(50)
    expect(refused.every(({ reason }) => reason instanceof StoreBusy)).toBe(true)
    expect(await names()).toHaveLength(WAITING_AT_MOST)
  })

  it('says busy while another holds the file, and writes when it is free', async () => {
    const other = openSqlite(path)
    await sql`BEGIN IMMEDIATE`.execute(other.db)
    await expect(store.batch([insert('bị giữ')])).rejects.toBeInstanceOf(StoreBusy)
    await sql`ROLLBACK`.execute(other.db)
    await store.batch([insert('hết giữ')])
    expect(await names()).toEqual(['hết giữ'])
    await other.close()
  })

  it('ends what is on its way when it is closed, and leaves the file alone', async () => {
    const sent = Array.from({ length: 100 }, (_, n) => store.batch([insert(`số ${n}`)]))
    await store.close()
    expect(await Promise.all(sent)).toHaveLength(100)
    expect(existsSync(`${path}-wal`)).toBe(false)
    store = open(path)
    expect(await names()).toHaveLength(100)
  })
})
