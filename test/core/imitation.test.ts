// Whoever signs as an office is published like anybody else only after a person saw the signal, and no name carries a badge.
import { beforeAll, describe, expect, it } from 'vitest'
import { setSite } from '../../src/core/sites.ts'
import { openWard, type Ward } from '../support/ward.ts'

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
  await setSite(ward.services, ward.slug, { agency: 'UBND phường Thử' })
})

const signalsOf = async (id: string) => {
  const rows = await ward.store.db.selectFrom('revision').select('signals').where('comment_id', '=', id).orderBy('number').execute()
  return rows.map(({ signals }) => (JSON.parse(signals) as { code: string }[]).map(({ code }) => code))
}
const named = (name: string) => ward.submit('Đường đã sửa xong.', { author: { name }, consents: ['name'] })

describe('a name', () => {
  it('like that of the agency or an officer is pointed out, also after the text was changed', async () => {
    const { comment, edit } = await named('C.A phường Thử')
    const response = await ward.request(`/api/v1/comments/${comment.id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${edit.token}` },
      body: { body: 'Đường đã sửa xong rồi.' },
    })
    expect(response.status).toBe(200)
    expect(await signalsOf(comment.id)).toEqual([['name_imitates'], ['name_imitates']])
    expect(await signalsOf((await named('Trần Công An')).comment.id)).toEqual([[]])
  })

  it('loses signs that look like the badge of an official reply', async () => {
    const { comment } = await named('✅ Cô Ba ✔️')
    const row = await ward.store.db
      .selectFrom('comment')
      .select(['author_name', 'author_name_given'])
      .where('id', '=', comment.id)
      .executeTakeFirstOrThrow()
    expect(row).toEqual({ author_name: 'Cô Ba', author_name_given: 'Cô Ba' })
    const only = await named('✓★')
    const { author_name } = await ward.store.db
      .selectFrom('comment')
      .select('author_name')
      .where('id', '=', only.comment.id)
      .executeTakeFirstOrThrow()
    expect(author_name).toBeNull()
  })
})
