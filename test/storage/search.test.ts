// How the databases answer tabs, filters and searches: from indexes, without walking through the comments or the whole index of words.
// At full size (YKIEN_FAULTS=whole) with 200,000 comments, where it also prints what each answer takes.
import { CompiledQuery, sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { readMigrations } from '#platform'
import { createApp } from '../../src/app.ts'
import { finding, placesOf, resetIndex, type Wanted } from '../../src/storage/search.ts'
import { flood, takeAllIn } from '../support/flood.ts'
import { BASE, openWard, type Ward } from '../support/ward.ts'

const IS_WHOLE = typeof process !== 'undefined' && process.env.YKIEN_FAULTS === 'whole'
const COUNT = IS_WHOLE ? 200_000 : 2_000
/** Asked so often each, in turn, so that no answer profits from being the one before. */
const ROUNDS = 15
const UNTIL = Date.parse('2026-11-23T00:00:00.000Z')

const QUERIES: Record<string, Record<string, string>> = {
  'tab pending': {},
  'tab published': { state: 'published' },
  'tab withdrawn, oldest': { state: 'withdrawn', sort: 'oldest' },
  'a state’s month': { state: 'published', from: '2026-10-01', to: '2026-10-31' },
  'a state’s month, oldest': { state: 'rejected', from: '2026-09-01', to: '2026-09-30', sort: 'oldest' },
  'tab by article': { state: 'published', sort: 'article' },
  'tab reported': { state: 'published', reported: '1' },
  'reported in all states': { state: 'any', reported: '1' },
  'what nobody has in hand': { assignee: 'none' },
  'what never a colleague has in hand': { state: 'any', assignee: 'khong-co-ai' },
  'what never a colleague has in hand, of a state': { assignee: 'khong-co-ai', state: 'published' },
  'never the same author’s': { state: 'any', author: 'khong-co' },
  'all states': { state: 'any' },
  kind: { state: 'any', kind: 'proposal' },
  'kind and commonest': { q: 'khong', state: 'any', kind: 'proposal', sort: 'article' },
  article: { state: 'any', article: 'key-3' },
  'article and state': { state: 'spam', article: 'key-5' },
  signal: { state: 'any', signal: 'bidi' },
  'commonest syllable without marks': { q: 'khong', state: 'any' },
  'commonest, oldest': { q: 'khong', state: 'any', sort: 'oldest' },
  'commonest with marks': { q: 'không ', state: 'any' },
  'commonest among what waits': { q: 'khong ' },
  'commonest in a phrase': { q: '"khong xe"', state: 'any' },
  'two common words': { q: 'duong khong', state: 'published' },
  'two common words that never meet': { q: 'khong le ', state: 'any' },
  'a beginning of many words': { q: 'ch', state: 'any' },
  'rare word': { q: 'hiem', state: 'any' },
  'no such word': { q: 'xyzzy', state: 'any' },
  'receipt code': { q: 'F0000abc', state: 'any' },
  'commonest in months and days': { q: 'khong', state: 'any', from: '2026-06-17', to: '2026-10-29' },
  'commonest, article, signal and dates': {
    q: 'khong',
    state: 'published',
    article: 'key-0',
    signal: 'bidi',
    from: '2026-06-01',
    to: '2026-10-31',
  },
}

/** A plan's words for reading a table of comments, or what was kept of all of them, from end to end. */
const WALKS =
  /^SCAN (?:comment|parent|fact|revision|thread|document|search_document|search_word)\b|Seq Scan on (?:comment|fact|revision|search_index|search_document)\b/m

let ward: Ward
let token: string
let siteId: string
beforeAll(async () => {
  ward = await openWard()
  token = await ward.token()
  siteId = (await ward.ctx({ kind: 'reader' })).site.id
  const times = [performance.now()]
  await flood(ward.services, siteId, { count: COUNT, threads: 50, until: UNTIL })
  times.push(performance.now())
  // Workers share the tests' database, whose cursor is further on by now.
  await ward.store.batch(resetIndex(ward.store))
  await takeAllIn(ward.services)
  times.push(performance.now())
  const [filled = 0, indexed = 0] = times.slice(1).map((time, index) => Math.round(time - (times[index] ?? 0)))
  if (IS_WHOLE) console.log(`${COUNT} comments written in ${filled} ms, taken into the index in ${indexed} ms`)
  if (ward.store.dialect === 'postgres') await sql`ANALYZE`.execute(ward.store.db)
}, 600_000)

const ask = async (query: Record<string, string>) => {
  const response = await ward.request(`/api/v1/admin/sites/${ward.slug}/queue?${new URLSearchParams(query)}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  expect(response.status).toBe(200)
  return (await response.json()) as { items: unknown[]; next: string | null; is_catching_up: boolean }
}

describe(`a queue of ${COUNT} comments`, () => {
  it('answers every tab, filter and search, and holds half of them under its commonest syllable', async () => {
    const took: Record<string, number[]> = {}
    for (let round = 0; round < (IS_WHOLE ? ROUNDS : 1); round++)
      for (const [name, query] of Object.entries(QUERIES)) {
        const startedAt = performance.now()
        const page = await ask(query)
        took[name] = [...(took[name] ?? []), performance.now() - startedAt]
        expect(page.is_catching_up).toBe(false)
        expect(page.items.length === 0 ? page.next : null, `${name} went on without end`).toBe(null)
        if (!/rare|never|no such|receipt code|reported/.test(name)) expect(page.items.length, name).toBeGreaterThan(0)
      }
    if (IS_WHOLE)
      for (const [name, times] of Object.entries(took)) {
        const sorted = times.toSorted((one, other) => one - other)
        console.log(`${ward.store.dialect}: ${name}: median ${sorted[ROUNDS >> 1]?.toFixed(1)} ms, worst ${sorted.at(-1)?.toFixed(1)} ms`)
      }
  }, 600_000)

  it('holds as many hits of the commonest syllable as the measurement asks for', async () => {
    const { first, last } = await placesOf(ward.store, siteId)
    const hits = await finding(
      ward.store,
      { kind: 'words', words: ['~khong'] },
      { first, last },
      { isAscending: true, limit: COUNT },
    ).execute(ward.store.db)
    expect(hits.rows.length).toBeGreaterThanOrEqual(COUNT * 0.49)
  })
})

describe('a reset', () => {
  it('makes the index as the migration does', async () => {
    const made = readMigrations().find(({ name }) => name === '0002_search')?.text ?? ''
    const statements = resetIndex(ward.store).map((statement) => statement.compile().sql)
    const creating = statements.filter((statement) => statement.startsWith('CREATE'))
    expect(creating).toHaveLength(ward.store.dialect === 'postgres' ? 0 : 1)
    for (const statement of creating) expect(made).toContain(statement)
  })
})

describe('how it is answered', () => {
  const commonest: Wanted = {
    kind: 'except',
    wanted: {
      kind: 'all',
      of: [
        { kind: 'words', words: ['@any'] },
        { kind: 'words', words: ['~khong'] },
      ],
    },
    not: { kind: 'words', words: ['=khong'] },
  }

  it.each([true, false])(
    'a search walks from hit to hit in the order asked for (from the oldest: %s), and sorts nothing',
    async (isAscending) => {
      const places = await placesOf(ward.store, siteId)
      const plan = await planOf(finding(ward.store, commonest, places, { isAscending, limit: 21 }).compile(ward.store.db))
      if (ward.store.dialect === 'postgres') {
        expect(plan).toMatch(/(?:Index|Bitmap Heap) Scan .*on search_index/)
        expect(plan).not.toMatch(/Seq Scan on search_index/)
        return
      }
      // FTS5 names what it was given to do itself: M a match, > and < the ends of the walk; "SCAN" is its only word for any of it.
      expect(plan).toMatch(/SCAN search_index VIRTUAL TABLE INDEX \d+:M\d+[><]{2}|SCAN search_index VIRTUAL TABLE INDEX \d+:[><]{2}M\d+/)
      expect(plan).toMatch(/SEARCH document USING INTEGER PRIMARY KEY/)
      expect(plan.match(/TEMP B-TREE/g) ?? []).toEqual([])
      expect(plan.match(/^SCAN (?!search_index|hit)/gm) ?? []).toEqual([])
    },
  )

  it('no answer of the queue walks through the comments, nor through what was kept of all of them', async () => {
    for (const [name, query] of Object.entries(QUERIES)) {
      const statements = await statementsOf(query)
      expect(statements.length, name).toBeGreaterThan(2)
      for (const statement of statements) {
        const plan = await planOf(statement)
        const told = `${name}: ${statement.sql}\n${plan}`
        // Where there are few comments PostgreSQL reads them all, and is right.
        if (ward.store.dialect !== 'postgres' || IS_WHOLE) expect(plan, told).not.toMatch(WALKS)
        if (ward.store.dialect !== 'postgres' && /"comment"\."id" in \(/.test(statement.sql))
          expect(plan, told).toMatch(/SEARCH comment USING INDEX \w+ \(id=\?\)/)
        expect(plan, told).not.toMatch(/SCAN search_index (?!VIRTUAL TABLE INDEX \d+:\S*M\d)/)
      }
    }
  })
})

/** The statements that a request makes the database answer, as they are sent. */
async function statementsOf(query: Record<string, string>): Promise<CompiledQuery[]> {
  const statements: CompiledQuery[] = []
  const { store } = ward
  const db = store.db.withPlugin({
    transformQuery({ node, queryId }) {
      statements.push(store.db.getExecutor().compileQuery(node, queryId))
      return node
    },
    transformResult: async ({ result }) => result,
  })
  const app = createApp({ ...ward.services, store: { ...store, session: undefined, db } })
  const request = new Request(`${BASE}/api/v1/admin/sites/${ward.slug}/queue?${new URLSearchParams(query)}`, {
    headers: { authorization: `Bearer ${token}` },
  })
  expect((await app.fetch(request, { peer: '203.0.113.7' })).status).toBe(200)
  return statements
}

/** How the database would run a statement, a line for each step. */
async function planOf(statement: CompiledQuery): Promise<string> {
  const explain = ward.store.dialect === 'postgres' ? 'EXPLAIN' : 'EXPLAIN QUERY PLAN'
  const { rows } = await ward.store.db.executeQuery<Record<string, string>>(
    CompiledQuery.raw(`${explain} ${statement.sql}`, [...statement.parameters]),
  )
  return rows.map((row) => row.detail ?? row['QUERY PLAN'] ?? '').join('\n')
}
