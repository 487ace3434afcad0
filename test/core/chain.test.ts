// The record cannot be changed unseen: every kind of tampering is found and the first row named, on every database; what is late or
// linked by two at once is linked once; what an operator accepted stays accepted, and nothing else.
import { sql } from 'kysely'
import { beforeEach, describe, expect, it } from 'vitest'
import { openAgain } from '#platform'
import { acceptRecord, linkRecord, verifyRecord } from '../../src/core/chain.ts'
import { recorded } from '../../src/core/record.ts'
import { keyedHash } from '../../src/lib/crypto.ts'
import type { Anchor, Services } from '../../src/services.ts'
import { openWard, type Ward } from '../support/ward.ts'

const ACTOR = { kind: 'staff', id: 'canbo-1', name: 'Cô Một' } as const

let ward: Ward
let kept: { text: string | null; aside: string[] }

/** An anchor in memory, which does what a file does. */
const anchorOf = (): Anchor => ({
  read: async () => kept.text,
  async raise(text, isFurther) {
    if (isFurther(kept.text)) kept.text = text
  },
  async replace(text) {
    if (kept.text !== null) kept.aside.push(kept.text)
    kept.text = text
    return kept.aside.at(-1) ?? null
  },
})

/** A database, its migrations and some people, while other tests use the processors too. */
const SET_UP_MS = 60_000

beforeEach(async () => {
  ward = await openWard()
  kept = { text: null, aside: [] }
  ward.services.anchor = anchorOf()
  await run(sql`DELETE FROM audit`)
}, SET_UP_MS)

/** A statement of somebody who has the database and not the key. */
async function run(statement: ReturnType<typeof sql>): Promise<void> {
  await ward.store.batch([{ compile: () => statement.compile(ward.store.db) }])
}

async function act(n: number, services: Services = ward.services): Promise<string[]> {
  const ids: string[] = []
  for (let index = 0; index < n; index++) {
    ward.clock.ms += 1_000
    const statement = recorded(services, null, ACTOR, { action: 'comment.decide', subject: { kind: 'comment', id: `y-${index}` } })
    await services.store.batch([statement])
  }
  const rows = await ward.store.db.selectFrom('audit').select('id').orderBy('id').execute()
  ids.push(...rows.map(({ id }) => id))
  return ids
}

const verified = () => verifyRecord(ward.services)

describe('a record that nobody touched', () => {
  it('is whole, also while rows wait to be linked', async () => {
    await act(7)
    await linkRecord(ward.services)
    await act(2)
    expect(await verified()).toMatchObject({ rows: 7, waiting: 2, unsealed: 0, fault: null, anchor: { sequence: 7 } })
  })

  it('is linked in the order of the acts, whatever their number', async () => {
    const ids = await act(130)
    await linkRecord(ward.services)
    const rows = await ward.store.db.selectFrom('audit').select(['id', 'sequence']).orderBy('sequence').execute()
    expect(rows.map(({ id }) => id)).toEqual(ids)
    expect(rows.map(({ sequence }) => sequence)).toEqual(ids.map((_, index) => index + 1))
    expect((await verified()).fault).toBeNull()
  })

  it('takes a row that came late to its end', async () => {
    const late = recorded(ward.services, null, ACTOR, { action: 'comment.pin', subject: { kind: 'comment', id: 'muon' } })
    await act(3)
    await linkRecord(ward.services)
    await ward.store.batch([late])
    await act(1)
    await linkRecord(ward.services)
    const row = await ward.store.db.selectFrom('audit').select('sequence').where('subject_id', '=', 'muon').executeTakeFirstOrThrow()
    expect(row.sequence).toBe(4)
    expect(await verified()).toMatchObject({ rows: 5, fault: null })
  })

  it('is linked once when processes link it at once, while acts go on', async () => {
    const other: Services = { ...ward.services, store: openAgain(ward.store) }
    for (let round = 0; round < 8; round++) {
      const late = recorded(ward.services, null, ACTOR, { action: 'comment.pin', subject: { kind: 'comment', id: `muon-${round}` } })
      await act(60)
      await Promise.all([linkRecord(ward.services), linkRecord(other), ward.store.batch([late]), linkRecord(other), act(3)])
    }
    await linkRecord(ward.services)
    expect(await verified()).toMatchObject({ rows: 8 * 64, waiting: 0, fault: null })
  })

  it('holds rows of releases without seals, and those of a script for another machine', async () => {
    await act(2)
    await run(sql`UPDATE audit SET seal = NULL`)
    await act(1)
    const script = { ...ward.services, config: { ...ward.services.config, secret: '' } }
    await ward.store.batch([
      recorded(script, null, { kind: 'system', name: 'command line' }, { action: 'site.set', subject: { kind: 'site', id: 's' } }),
    ])
    await linkRecord(ward.services)
    expect(await verified()).toMatchObject({ rows: 4, unsealed: 3, fault: null })
  })
})

describe('tampering is found, and the first row named:', () => {
  let ids: string[]
  const third = () => ids[2] ?? ''
  beforeEach(async () => {
    ids = await act(9)
    await linkRecord(ward.services)
  })

  it.each(['action', 'subject_kind', 'subject_id', 'actor_kind', 'actor_id', 'actor_name', 'detail', 'created_at', 'site_id', 'seal'])(
    'a changed %s',
    async (column) => {
      await run(sql`UPDATE audit SET ${sql.ref(column)} = 'khác' WHERE id = ${third()}`)
      await run(sql`UPDATE audit SET action = 'x' WHERE id = ${ids[6]}`)
      expect((await verified()).fault).toMatchObject({ sequence: 3, id: third() })
    },
  )

  it('a changed row whose hash was taken from another', async () => {
    await run(
      sql`UPDATE audit SET actor_name = 'x', link = (SELECT link FROM audit AS other WHERE other.id = ${ids[3]}) WHERE id = ${third()}`,
    )
    expect((await verified()).fault).toMatchObject({ kind: 'altered', sequence: 3, id: third() })
  })

  it('a removed row, also when the numbers behind it were moved up', async () => {
    await run(sql`DELETE FROM audit WHERE id = ${third()}`)
    expect((await verified()).fault).toMatchObject({ kind: 'removed', sequence: 3 })
    for (let index = 3; index < ids.length; index++) await run(sql`UPDATE audit SET sequence = ${sql.lit(index)} WHERE id = ${ids[index]}`)
    expect((await verified()).fault).toMatchObject({ kind: 'moved', sequence: 3, id: ids[3] })
  })

  it('a row put into the midst, the numbers behind it moved on', async () => {
    for (let index = ids.length - 1; index >= 2; index--)
      await run(sql`UPDATE audit SET sequence = ${sql.lit(index + 2)} WHERE id = ${ids[index]}`)
    await run(sql`INSERT INTO audit (id, action, subject_kind, subject_id, actor_kind, actor_id, actor_name, detail, created_at, seal, sequence, link)
      SELECT 'ffff', action, subject_kind, subject_id, actor_kind, actor_id, actor_name, detail, created_at, seal, 3, link FROM audit WHERE sequence = 4`)
    expect((await verified()).fault).toMatchObject({ kind: 'altered', sequence: 3, id: 'ffff' })
  })

  it('a row in another’s name that waits to be linked, and once it was linked', async () => {
    await run(sql`INSERT INTO audit (id, action, subject_kind, subject_id, actor_kind, actor_id, actor_name, detail, created_at)
      VALUES ('ffff', 'comment.decide', 'comment', 'y', 'staff', 'canbo-1', 'Cô Một', '{}', '2026-11-23T09:00:00.000Z')`)
    expect((await verified()).fault).toMatchObject({ kind: 'foreign', id: 'ffff' })
    await linkRecord(ward.services)
    expect((await verified()).fault).toMatchObject({ kind: 'foreign', sequence: 10, id: 'ffff' })
  })

  it('a row with a number below the first', async () => {
    await run(sql`INSERT INTO audit (id, action, subject_kind, subject_id, actor_kind, actor_id, actor_name, detail, created_at, sequence, link)
      VALUES ('0', 'comment.decide', 'comment', 'y', 'staff', 'canbo-1', 'Cô Một', '{}', '2026-11-23T09:00:00.000Z', -4, 'x')`)
    expect((await verified()).fault).toMatchObject({ kind: 'foreign', sequence: -4, id: '0' })
  })

  it('two rows that were exchanged', async () => {
    await run(sql`UPDATE audit SET sequence = NULL WHERE id = ${third()}`)
    await run(sql`UPDATE audit SET sequence = 3 WHERE id = ${ids[5]}`)
    await run(sql`UPDATE audit SET sequence = 6 WHERE id = ${third()}`)
    expect((await verified()).fault).toMatchObject({ kind: 'moved', sequence: 3, id: ids[5] })
  })

  it('an end that was cut off, and the duty does not hide it by linking on', async () => {
    await run(sql`DELETE FROM audit WHERE sequence > 6`)
    await act(5)
    expect((await verified()).fault).toMatchObject({ kind: 'cut', sequence: 7 })
    await linkRecord(ward.services)
    expect(await verified()).toMatchObject({ rows: 6, waiting: 5, fault: { kind: 'cut', sequence: 7 } })
    expect(ward.logged).toContainEqual({ event: 'record.broken', fault: 'cut', sequence: 7 })
  })

  it('an end whose place in the chain was taken away', async () => {
    await run(sql`UPDATE audit SET sequence = NULL, link = NULL WHERE sequence > 6`)
    await linkRecord(ward.services)
    expect((await verified()).fault).toMatchObject({ kind: 'cut', sequence: 7 })
  })

  it('a chain that was made anew without the key', async () => {
    await run(sql`UPDATE audit SET actor_name = 'Cô Hai' WHERE id = ${third()}`)
    const forge = keyedHash('a secret that somebody has guessed wrongly', 'record link')
    for (let index = 0; index < ids.length; index++)
      await run(sql`UPDATE audit SET link = ${forge(String(index))} WHERE id = ${ids[index]}`)
    expect((await verified()).fault).toMatchObject({ kind: 'moved', sequence: 1, id: ids[0] })
  })

  it('a chain that was taken off so that the service itself would make it anew', async () => {
    await run(sql`DELETE FROM audit WHERE id = ${third()}`)
    await run(sql`UPDATE audit SET sequence = NULL, link = NULL`)
    await linkRecord(ward.services)
    expect(await verified()).toMatchObject({ rows: 0, fault: { kind: 'cut', sequence: 1 } })
    // And where nothing kept the end, the log did.
    const link = String(ward.logged.find(({ event }) => event === 'record.linked')?.link)
    kept.text = null
    await linkRecord(ward.services)
    expect((await verified()).fault).toBeNull()
    expect((await verifyRecord(ward.services, { sequence: 9, link })).fault).toMatchObject({ kind: 'cut' })
    await act(3)
    await linkRecord(ward.services)
    expect((await verifyRecord(ward.services, { sequence: 9, link })).fault).toMatchObject({ kind: 'replaced', sequence: 9 })
  })

  it('an anchor that was made without the key', async () => {
    kept.text = JSON.stringify({ ...JSON.parse(kept.text ?? ''), sequence: 4 })
    expect((await verified()).fault).toMatchObject({ kind: 'anchor' })
    await act(1)
    await linkRecord(ward.services)
    expect(JSON.parse(kept.text)).toMatchObject({ sequence: 4 })
  })

  it('another installation’s key', async () => {
    const other = { ...ward.services, config: { ...ward.services.config, secret: 'the secret of quite another installation' } }
    expect((await verifyRecord(other)).fault).toMatchObject({ kind: 'altered', sequence: 1 })
  })
})

describe('an operator', () => {
  beforeEach(async () => {
    await act(9)
    await linkRecord(ward.services)
  })

  it('accepts an older state, says so in the record, and later tampering is found as before', async () => {
    await run(sql`DELETE FROM audit WHERE sequence > 6`)
    await act(2)
    const accepted = await acceptRecord(ward.services, 'Khôi phục bản sao ngày 2-11')
    expect(accepted).toMatchObject({ found: { kind: 'cut', sequence: 7 } })
    expect(kept.aside).toHaveLength(1)
    expect(await verified()).toMatchObject({ rows: 9, waiting: 0, fault: null })
    const row = await ward.store.db.selectFrom('audit').selectAll().where('action', '=', 'record.accept').executeTakeFirstOrThrow()
    expect(row.detail).toContain('Khôi phục bản sao ngày 2-11')
    await run(sql`UPDATE audit SET actor_name = 'x' WHERE sequence = 2`)
    expect((await verified()).fault).toMatchObject({ kind: 'altered', sequence: 2 })
  })

  it('accepts a changed row as it is, and a further change of the same row is found', async () => {
    await run(sql`UPDATE audit SET actor_name = 'x' WHERE sequence = 2`)
    await acceptRecord(ward.services, 'Sửa nhầm bằng tay')
    expect(await verified()).toMatchObject({ accepted: [2], fault: null })
    await run(sql`UPDATE audit SET actor_name = 'y' WHERE sequence = 2`)
    expect((await verified()).fault).toMatchObject({ kind: 'altered', sequence: 2 })
  })

  it('cannot accept what is whole, and nobody without the key accepts at all', async () => {
    expect(await acceptRecord(ward.services, 'thử')).toBeNull()
    await run(sql`UPDATE audit SET actor_name = 'x' WHERE sequence = 2`)
    const { found } = (await acceptRecord(ward.services, 'Sửa nhầm')) ?? {}
    expect(found).toMatchObject({ sequence: 2 })
    await run(sql`UPDATE audit SET seal = 'x' WHERE action = 'record.accept'`)
    expect((await verified()).fault).toMatchObject({ sequence: 2 })
  })
})
