// What is read at every look is answered by an index: no list walks a table, and no page but that of replies is sorted.
import { CompiledQuery } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { readFeed, stampFeed } from '../../src/core/comments/feed.ts'
import { keepAssessments } from '../../src/core/moderation/assess.ts'
import { readReassigned } from '../../src/core/moderation/assign.ts'
import { readSurroundings } from '../../src/core/moderation/item.ts'
import { countArrivals, readItem, readMoved, readQueue, readStamp } from '../../src/core/moderation/queue.ts'
import { readOthersHere } from '../../src/core/moderation/viewing.ts'
import { invite } from '../../src/core/people/team.ts'
import { toCursor } from '../../src/lib/cursor.ts'
import { BASE, openWard, type Ward } from '../support/ward.ts'

type Asked = { sql: string; parameters: readonly unknown[] }

let ward: Ward
/** The queries that were run since this was last emptied; parts of them are compiled too, but have no result. */
const asked: Asked[] = []

beforeAll(async () => {
  ward = await openWard()
  const { db } = ward.store
  const compiled = new WeakMap<object, Asked>()
  const watched = db.withPlugin({
    transformQuery({ node, queryId }) {
      compiled.set(queryId, db.getExecutor().compileQuery(node, queryId))
      return node
    },
    async transformResult({ result, queryId }) {
      const query = compiled.get(queryId)
      if (query && !query.parameters.some(isHole)) asked.push(query)
      return result
    },
  })
  // A look-up from a template is compiled once, with holes, and maybe before anybody watched.
  const run = watched.executeQuery.bind(watched)
  watched.executeQuery = (query) => {
    const filled = 'compile' in query ? query.compile() : query
    asked.push(filled)
    return run(filled)
  }
  ward.services.store = { ...ward.store, db: watched, stamp: () => null }
})

function isHole(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

async function plansOf(read: () => Promise<unknown>): Promise<string[]> {
  asked.length = 0
  await read()
  const plans: string[] = []
  for (const { sql, parameters } of [...asked]) {
    const query = CompiledQuery.raw(`EXPLAIN QUERY PLAN ${sql}`, [...parameters])
    const { rows } = await ward.store.db.executeQuery<{ detail: string }>(query)
    plans.push(rows.map(({ detail }) => detail).join('\n'))
  }
  return plans
}

const lastPlanOf = async (read: () => Promise<unknown>) => (await plansOf(read)).at(-1) ?? ''

describe('a page of a thread', () => {
  it.each([
    ['new', 'comment_root_by_date'],
    ['old', 'comment_root_by_date'],
    ['top', 'comment_root_by_likes'],
    ['official', 'comment_root_official'],
  ])('in the sort "%s" is found by %s, as its pins and replies by theirs', async (sort, index) => {
    await ward.published(`Gốc ${sort}.`)
    // A place beyond every row, and pages of lengths nobody asked for yet, so that no kept answer serves.
    const place = toCursor(sort === 'top' ? [9, '9', 'x'] : ['9', 'x'])
    for (const more of ['&limit=7', `&limit=7&after=${place}`]) {
      const plan = await lastPlanOf(() => ward.thread(`?key=bai-1&sort=${sort}${more}`))
      expect(plan).toContain(`INDEX ${index} (thread_id=?`)
      expect(plan).toContain('INDEX comment_pinned (thread_id=?')
      expect(plan).toContain('INDEX comment_reply_in_order (parent_id=?)')
      expect(plan).not.toMatch(/SCAN comment\b/)
      const [ofRoots = ''] = plan.split('MATERIALIZE ranked')
      expect(ofRoots.slice(0, ofRoots.indexOf('comment_pinned'))).not.toContain('TEMP B-TREE')
    }
  })

  it('of replies is found by their index in their order', async () => {
    const root = await ward.published('Gốc.')
    await ward.published('Con.', { parent_id: root.comment.id })
    const plan = await lastPlanOf(() => ward.thread(`?key=bai-1&parent=${root.comment.id}`))
    expect(plan).toContain('INDEX comment_reply_in_order (parent_id=?')
    expect(plan).not.toContain('TEMP B-TREE')
  })
})

describe('what else grows', () => {
  const plan = async (read: () => Promise<unknown>) => (await plansOf(read)).join('\n')

  it.each([
    ['a site', false, 'comment_of_site_by_date (site_id=?)'],
    ['an article', true, 'comment_of_thread_by_date (thread_id=?)'],
  ])('is read by its index: the feed of %s, and no more of it than it lists', async (_name, isOfThread, index) => {
    await ward.published('Trong nguồn tin.')
    const { thread } = await ward.thread('?key=bai-1')
    const stamp = await stampFeed(ward.services, ward.slug, isOfThread ? thread.id : null)
    const feed = await plan(() => readFeed(stamp))
    expect(feed).toContain(`INDEX ${index}`)
    expect(feed).not.toMatch(/SCAN comment\b/)
  })

  it('is read by its index: a like, a report, a text sent before', async () => {
    const { comment } = await ward.published('Để thích.')
    const liking = await plan(() => ward.request(`/api/v1/comments/${comment.id}/like`, { method: 'PUT' }))
    expect(liking).toMatch(/comment_like USING (?:COVERING )?INDEX sqlite_autoindex_comment_like_\d \(comment_id=\? AND voter=\?\)/)
    expect(liking).toMatch(
      /comment_like USING (?:COVERING )?INDEX comment_like_by_network \(comment_id=\? AND network=\? AND created_at>\?\)/,
    )
    const reporting = await plan(() => ward.request(`/api/v1/comments/${comment.id}/reports`, { method: 'POST', body: { reason: 'ads' } }))
    expect(reporting).toMatch(/report USING (?:COVERING )?INDEX sqlite_autoindex_report_\d \(comment_id=\? AND reporter=\?\)/)
    const body = { article: { key: 'bai-1' }, body: 'Để thích.' }
    const nudging = await plan(() => ward.request(`/api/v1/sites/${ward.slug}/nudges`, { method: 'POST', body }))
    expect(nudging).toContain('INDEX comment_by_text (thread_id=? AND body_hash=? AND received_at>?)')
    for (const each of [liking, reporting, nudging]) expect(each).not.toMatch(/SCAN (?:comment|report|comment_like)\b/)
  })

  it('what arrived lately is counted for each post from the queue’s indexes alone, up to the number that makes a site busy', async () => {
    await ward.submit('Vừa gửi.')
    const posting = await plan(() => ward.submit('Gửi tiếp.'))
    expect(posting).toContain('comment USING COVERING INDEX comment_in_queue (site_id=? AND state=? AND received_at>?)')
    expect(posting).toContain(
      'comment USING COVERING INDEX comment_in_queue_by_article (site_id=? AND state=? AND thread_id=? AND received_at>?)',
    )
    expect(posting).not.toMatch(/SCAN (?:comment|thread)\b/)
  })

  it('what was rejected of a sender is found by the hash of the network, not among all that was rejected', async () => {
    const posting = await plan(() => ward.submit('Từ một mạng.'))
    expect(posting).toContain('comment USING INDEX comment_of_network (site_id=? AND network_hash=? AND state=?)')
  })

  it('so is what a page of the desk asks every ten seconds, and what moved and arrived when anything did', async () => {
    const { comment } = await ward.submit('Hỏi xem có gì mới.')
    const staff = await ward.ctx({ kind: 'staff', id: 'a', name: 'Cô Một', role: 'moderator' })
    const stamps = await plansOf(() => readStamp(staff))
    expect(stamps).toHaveLength(1)
    expect(stamps[0]).toMatch(/SEARCH audit USING (?:COVERING )?INDEX audit_of_site \(site_id=\?\)/)
    expect(stamps[0]).not.toContain('TEMP B-TREE')
    const moved = await plan(() => readMoved(staff, [{ id: comment.id, version: 1 }]))
    const arrived = await plan(() => countArrivals(staff, 'pending', comment.id))
    expect(arrived).toContain('INDEX comment_in_queue (site_id=? AND state=? AND received_at>?)')
    const reassigned = await plan(() => readReassigned(staff, [{ id: comment.id, assignment: 1 }]))
    for (const each of [moved, arrived, reassigned]) expect(each).not.toMatch(/SCAN (?:comment|fact)\b/)
  })

  it('so is what surrounds one comment: its story, who has it open, its replies and the others of its reader', async () => {
    const root = await ward.published('Có trả lời.', {})
    await ward.submit('Trả lời.', { parent_id: root.comment.id })
    const staff = await ward.ctx({ kind: 'staff', id: 'a', name: 'Cô Một', role: 'moderator' })
    const around = await plan(() => readSurroundings(staff, root.comment.id))
    const here = await plan(() => readOthersHere(staff, root.comment.id))
    expect(around).toContain('INDEX comment_of_reader_by_date (site_id=? AND reader_hash=?)')
    for (const each of [around, here]) expect(each).not.toMatch(/SCAN (?:comment|audit|fact|revision|note|assignment|viewing|report)\b/)
  })

  it('a tab by article is read in the order of its index', async () => {
    const staff = await ward.ctx({ kind: 'staff', id: 'a', name: 'Cô Một', role: 'viewer' })
    const plans = await plansOf(() => readQueue(staff, { state: 'pending', sort: 'article', limit: 20 }))
    const page = plans.find((each) => each.includes('comment_in_queue_by_article')) ?? ''
    expect(page).toContain('INDEX comment_in_queue_by_article (site_id=? AND state=?)')
    expect(page).not.toContain('TEMP B-TREE')
  })

  it('in the desk too: reported comments, an author’s record, the reports of one comment', async () => {
    const { comment } = await ward.submit('Có mã.', {}, { 'ykien-reader': 'x'.repeat(22) })
    const staff = await ward.ctx({ kind: 'system', name: 'thử' })
    const ctx = { ...staff, actor: { kind: 'staff', id: 'a', name: 'Cô Một', role: 'viewer' } as const }
    const queue = await plan(() => readQueue(ctx, { state: 'published', limit: 20, reported: '1' }))
    expect(queue).toContain('INDEX comment_reported (site_id=? AND state=?)')
    expect(queue).toMatch(/earlier USING COVERING INDEX comment_of_reader \(site_id=\? AND reader_hash=\? AND state=\?\)/)
    expect(await plan(() => readItem(ctx, comment.id))).toMatch(/report USING INDEX sqlite_autoindex_report_\d \(comment_id=\?\)/)
  })

  it('orders by rank from the index of each, and finds twins and their heads by theirs', async () => {
    const { comment } = await ward.submit('Cho vay tiền nhanh không cần thế chấp, gọi ngay hôm nay để được tư vấn')
    await keepAssessments(ward.services)
    const ctx = { ...(await ward.ctx({ kind: 'reader' })), actor: { kind: 'staff', id: 'a', name: 'Cô Một', role: 'viewer' } as const }
    for (const [sort, index] of [
      ['urgent', 'comment_urgent'],
      ['suspect', 'comment_suspect'],
    ] as const) {
      const queue = await plansOf(() => readQueue(ctx, { state: 'pending', sort, limit: 20 }))
      const ofPage = queue.find((each) => each.includes(index)) ?? ''
      expect(ofPage).toContain(`comment USING INDEX ${index} (site_id=? AND state=?)`)
      expect(ofPage).not.toMatch(/TEMP B-TREE|SCAN comment\b/)
    }
    const twins = await plan(() => readItem(ctx, comment.id))
    expect(twins).toMatch(/twin USING (?:COVERING )?INDEX twin_of_head \(site_id=\? AND head_id=\?\)/)
    await ward.submit('Cho vay tiền nhanh không cần thế chấp, gọi ngay hôm nay để được tư vấn!')
    const assessing = await plan(() => keepAssessments(ward.services))
    expect(assessing).toMatch(/twin_band USING (?:COVERING )?INDEX sqlite_autoindex_twin_band_1 \(site_id=\? AND band=\?\)/)
    for (const each of [twins, assessing]) expect(each).not.toMatch(/SCAN (?:comment|fact|twin|twin_band|assessment|lesson)\b/)
  })

  it('signing in, links, sessions and the rooms of people walk along no table', async () => {
    const cookie = await ward.signIn('system')
    const { link, statements } = invite(ward.services, { email: 'chi-muc@phuongthu.example', site: ward.slug, role: 'viewer' })
    await ward.store.batch(statements)
    const token = await ward.token('viewer')
    const page = (path: string) => plan(() => ward.request(`/desk/${path}`, { headers: { cookie } }))
    const asked = {
      signin: await plan(() =>
        ward.request('/desk/signin', {
          method: 'POST',
          headers: { origin: BASE },
          body: new URLSearchParams({ email: 'chi-muc@phuongthu.example', password: 'không phải mật khẩu' }),
        }),
      ),
      link: await plan(() => ward.request(`/desk/signin${new URL(link.url).search}`)),
      token: await plan(() =>
        ward.request(`/api/v1/admin/sites/${ward.slug}/colleagues`, { headers: { authorization: `Bearer ${token}` } }),
      ),
      people: await page(`${ward.slug}/people`),
      tokens: await page(`${ward.slug}/tokens`),
      account: await page(`${ward.slug}/account`),
      preferences: await page(`${ward.slug}/preferences`),
    }
    for (const [name, found] of Object.entries(asked)) {
      expect([name, found.length > 0]).toEqual([name, true])
      expect([
        name,
        /SCAN (?:staff|staff_role|session|signin_link|api_token|totp|passkey|recovery_code|attempt|spent|identity|desk_keys)\b/.exec(
          found,
        )?.[0],
      ]).toEqual([name, undefined])
    }
  })
})
