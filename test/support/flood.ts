// A site full of comments, written straight into the tables: for searches and tabs at size. Every second text holds "không", the
// commonest syllable; states, articles and signals are spread over all of them, and one comment in a hundred waits.
import { type Insertable, sql } from 'kysely'
import { takeIn } from '../../src/core/moderation/catalogue.ts'
import type { Services } from '../../src/services.ts'
import type { Schema } from '../../src/storage/schema.ts'
import { insertRow } from '../../src/storage/store.ts'

const SYLLABLES =
  'đường phường nước rác cống ngập hỏng sửa đèn chợ trường trẻ em người dân tổ khu phố nhà đất thu phí thông báo đề nghị xem xét cảm ơn ủy ban cán bộ làm việc ngày đêm mưa nắng cây xanh vỉa hè bán hàng tiếng ồn xe cộ biển báo'.split(
    ' ',
  )
const WORDS_OF_TEXT = 30
const AT_ONCE = 1_000
const STATES = ['published', 'published', 'published', 'rejected', 'hidden', 'spam', 'returned', 'withdrawn', 'held', 'published'] as const
const KINDS = [null, 'question', 'proposal', 'reflection'] as const
const SPAN_MS = 200 * 86_400_000

/** What a flooded site holds: `threads` of `key-0`, `key-1`… with the comments in turn, evenly within 200 days up to `until`. */
export async function flood(
  services: Services,
  siteId: string,
  { count, threads, until }: { count: number; threads: number; until: number },
): Promise<void> {
  const threadIds = Array.from({ length: threads }, () => services.newId())
  const step = Math.floor(SPAN_MS / count)
  const start = new Date(until - count * step).toISOString()
  await insert(
    services,
    'thread',
    threadIds.map((id, n) => ({
      id,
      site_id: siteId,
      key: `key-${n}`,
      url: '',
      title: `Bài số ${n}`,
      revision: 1,
      public_count: 0,
      official_count: 0,
      created_at: start,
    })),
  )
  for (let from = 0; from < count; from += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, index) => from + index)
    const rows = numbers.map((n) => {
      const at = new Date(until - (count - n) * step).toISOString()
      const [comment, revision] = [`${idOf(at)}-7000-8001-${hex(n, 12)}`, `${idOf(at)}-7000-8002-${hex(n, 12)}`]
      const state = n % 100 === 6 ? 'pending' : (STATES[n % STATES.length] ?? 'published')
      const common = { site_id: siteId, comment_id: comment, revision_id: revision }
      return {
        comment: {
          id: comment,
          site_id: siteId,
          thread_id: threadIds[n % threads] ?? '',
          state,
          version: 1,
          consents: '[]',
          author_name_given: n % 3 === 0 ? `Nguyễn Văn ${SYLLABLES[n % SYLLABLES.length]}` : null,
          revision_id: revision,
          likes: 0,
          public_replies: 0,
          public_official: 0,
          reply_rank: 1,
          open_reports: 0,
          kind: KINDS[n % KINDS.length] ?? null,
          receipt_code: `F${n.toString(36).toUpperCase().padStart(7, '0')}`,
          request_hash: '',
          edit_until: at,
          received_at: at,
        },
        revision: {
          id: revision,
          comment_id: comment,
          number: 1,
          body: textOf(n),
          signals: n % 50 === 0 ? '[{"code":"bidi","spans":[]}]' : '[]',
          created_at: at,
        },
        fact: {
          id: `${idOf(at)}-7000-8003-${hex(n, 12)}`,
          ...common,
          from_version: 0,
          kind: 'revision',
          state_after: state,
          actor_kind: 'author',
          created_at: at,
        },
      }
    })
    await insert(
      services,
      'comment',
      rows.map(({ comment }) => comment),
    )
    await insert(
      services,
      'revision',
      rows.map(({ revision }) => revision),
    )
    await insert(
      services,
      'fact',
      rows.map(({ fact }) => fact),
    )
  }
}

/** The text of the n-th comment: half of all hold "không", one in a hundred "hiếm", and of the rest each its own mixture. */
function textOf(n: number): string {
  const words = Array.from(
    { length: WORDS_OF_TEXT },
    (_, place) => SYLLABLES[(n * 7 + place * (1 + (n % 13)) + (n >> 5)) % SYLLABLES.length] ?? '',
  )
  if (n % 2 === 0) words[5] = n % 40 === 0 ? 'khong' : 'không'
  if (n % 100 === 3) words[11] = 'hiếm'
  if (n % 2 === 1) words[9] = 'lẻ'
  return `${words.join(' ')}.`
}

async function insert<Table extends 'thread' | 'comment' | 'revision' | 'fact'>(
  { store }: Services,
  table: Table,
  rows: readonly Insertable<Schema[Table]>[],
): Promise<void> {
  // The columns are named, so that the others have their defaults; SQLite takes rows one by one faster than as JSON.
  const columns = sql.join([...new Set(rows.flatMap((row) => Object.keys(row)))].map((name) => sql.ref(name)))
  const filled = sql`INSERT INTO ${sql.table(table)} (${columns})
    SELECT ${columns} FROM json_populate_recordset(NULL::${sql.table(table)}, ${JSON.stringify(rows)}::json)`
  await store.batch(
    store.dialect === 'postgres' ? [{ compile: () => filled.compile(store.db) }] : rows.map((row) => insertRow(store.db, table, row)),
  )
}

function idOf(time: string): string {
  const ms = hex(Date.parse(time), 12)
  return `${ms.slice(0, 8)}-${ms.slice(8)}`
}

function hex(n: number, length: number): string {
  return n.toString(16).padStart(length, '0')
}

/** Takes everything that is new into the search index. */
export async function takeAllIn(services: Services): Promise<void> {
  while (!(await takeIn(services)));
}
