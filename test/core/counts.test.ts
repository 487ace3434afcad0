// Numbers that two acts at the same moment both touch: what one does to a comment changes what the other adds or takes away.
import { beforeAll, describe, expect, it } from 'vitest'
import { type Actor, AppError } from '../../src/core/context.ts'
import { decide } from '../../src/core/moderation/decide.ts'
import { openWard, type Ward } from '../support/ward.ts'

const ROUNDS = 200

let ward: Ward
beforeAll(async () => {
  ward = await openWard({ YKIEN_UNDO_SECONDS: '0' })
})

describe('a comment and its reply, each judged at the same moment', () => {
  it(`leave the numbers that were left had one come after the other, in each of ${ROUNDS} rounds`, async () => {
    const actor: Actor = { kind: 'staff', id: 'nhan-vien', name: 'Cô Một', role: 'leader' }
    const ctx = await ward.ctx(actor)
    const rule = async (id: string, verdict: 'approve' | 'hide') => {
      const { version } = await ward.store.db.selectFrom('comment').select('version').where('id', '=', id).executeTakeFirstOrThrow()
      const [outcome] = await decide(ctx, { items: [{ comment: id, version, verdict }] }, null)
      if (outcome?.status !== 'done') throw new AppError(outcome?.code ?? 'internal')
    }
    for (let round = 0; round < ROUNDS; round++) {
      const more = { article: { key: `cung-luc-${round}` } }
      const root = (await ward.submit('Ý kiến gốc.', more)).comment.id
      await rule(root, 'approve')
      const reply = (await ward.submit('Trả lời.', { ...more, parent_id: root })).comment.id
      // Half of the rounds hide both at once; the other half publish the reply while its comment is taken off.
      if (round % 2 === 0) await rule(reply, 'approve')
      await Promise.all([rule(root, 'hide'), rule(reply, round % 2 === 0 ? 'hide' : 'approve')])
      expect((await ward.thread(`?key=cung-luc-${round}`)).thread.count, `round ${round}, both off or a reply below one that is off`).toBe(
        round % 2,
      )
      await rule(root, 'approve')
      expect((await ward.thread(`?key=cung-luc-${round}`)).thread.count, `round ${round}, the comment back`).toBe(round % 2 === 0 ? 1 : 2)
    }
  })
})
