// Migrations go forward only and each is held to its text; and a batch is all or nothing, with the same refusals on both databases.
import { sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { openEmptyStore, readMigrations } from '#platform'
import { checksumOf, type Migration, MigrationRefused, migrate, statementsOf } from '../../src/storage/migrate.ts'
import type { Schema } from '../../src/storage/schema.ts'
import { type Compilable, conflictOn, MAX_PARAMETERS, type Store, UniqueViolation } from '../../src/storage/store.ts'
import { dump } from '../support/dump.ts'

const NOW = new Date('2026-11-23T08:00:00.000Z')

/** The columns that schema.ts says each table has. The type checker holds this list to it: none missing, none too many. */
const COLUMNS: { [Table in keyof Schema]: Record<keyof Schema[Table], true> } = {
  site: { id: true, slug: true, name: true, settings: true, version: true, rules_version: true, created_at: true },
  site_origin: { site_id: true, origin: true, created_at: true },
  thread: {
    id: true,
    site_id: true,
    key: true,
    url: true,
    title: true,
    closed_at: true,
    revision: true,
    public_count: true,
    next_change_at: true,
    official_count: true,
    touched_at: true,
    likes_due_at: true,
    closes_at: true,
    opens_at: true,
    message: true,
    version: true,
    created_at: true,
  },
  comment: {
    id: true,
    site_id: true,
    thread_id: true,
    parent_id: true,
    state: true,
    version: true,
    author_name: true,
    author_name_given: true,
    contact_sealed: true,
    consents: true,
    revision_id: true,
    public_revision_id: true,
    public_text: true,
    public_html: true,
    renderer: true,
    published_at: true,
    hidden_at: true,
    legal_hold_at: true,
    likes: true,
    public_replies: true,
    receipt_code: true,
    idempotency_key: true,
    request_hash: true,
    edit_until: true,
    received_at: true,
    kind: true,
    reader_hash: true,
    body_hash: true,
    official_agency: true,
    official_signer_title: true,
    official_signed_at: true,
    reply_rank: true,
    public_official: true,
    pin_slot: true,
    public_masks: true,
    open_reports: true,
    urgent_rank: true,
    suspect_rank: true,
    network_hash: true,
    assignee_id: true,
    assignment: true,
    consent_version: true,
  },
  revision: { id: true, comment_id: true, number: true, body: true, signals: true, created_at: true },
  fact: {
    id: true,
    site_id: true,
    comment_id: true,
    from_version: true,
    kind: true,
    revision_id: true,
    verdict: true,
    reason: true,
    reason_text: true,
    note: true,
    undoes_id: true,
    state_before: true,
    state_after: true,
    actor_kind: true,
    actor_id: true,
    actor_name: true,
    request_key: true,
    request_hash: true,
    takes_effect_at: true,
    beside_id: true,
    masks: true,
    created_at: true,
  },
  settlement: { decision_id: true, outcome: true, created_at: true },
  pending_publication: { decision_id: true, thread_id: true, takes_effect_at: true },
  comment_like: { id: true, comment_id: true, voter: true, network: true, created_at: true },
  challenge_use: { hash: true, expires_at: true },
  ban: {
    id: true,
    site_id: true,
    kind: true,
    hash: true,
    reason: true,
    comment_id: true,
    made_by: true,
    created_at: true,
    expires_at: true,
    lifted_at: true,
    lifted_by: true,
  },
  flood: {
    id: true,
    site_id: true,
    thread_id: true,
    began_at: true,
    lasts_until: true,
    ended_at: true,
    taken: true,
    refused: true,
  },
  report: {
    id: true,
    site_id: true,
    comment_id: true,
    reporter: true,
    reason: true,
    body: true,
    handled_at: true,
    created_at: true,
  },
  audit: {
    id: true,
    site_id: true,
    action: true,
    subject_kind: true,
    subject_id: true,
    actor_kind: true,
    actor_id: true,
    actor_name: true,
    detail: true,
    created_at: true,
    seal: true,
    sequence: true,
    link: true,
  },
  assignment: {
    id: true,
    site_id: true,
    comment_id: true,
    number: true,
    assignee_id: true,
    assignee_name: true,
    actor_kind: true,
    actor_id: true,
    actor_name: true,
    created_at: true,
  },
  note: {
    id: true,
    site_id: true,
    comment_id: true,
    body: true,
    actor_kind: true,
    actor_id: true,
    actor_name: true,
    corrected_at: true,
    deleted_at: true,
    created_at: true,
  },
  viewing: {
    comment_id: true,
    viewer_id: true,
    site_id: true,
    viewer_name: true,
    first_seen_at: true,
    last_seen_at: true,
    open_until: true,
  },
  edit: { subject_id: true, from_version: true, site_id: true, created_at: true },
  consent_text: { id: true, site_id: true, version: true, texts: true, created_at: true },
  thread_alias: { site_id: true, key: true, thread_id: true, kind: true, created_at: true },
  canned_reply: { id: true, site_id: true, name: true, body: true, version: true, created_at: true },
  outbox: {
    id: true,
    site_id: true,
    event: true,
    payload: true,
    not_before: true,
    leased_until: true,
    attempts: true,
    last_error: true,
    given_up_at: true,
    created_at: true,
  },
  staff: {
    id: true,
    email: true,
    name: true,
    password_hash: true,
    language: true,
    theme: true,
    page_length: true,
    queue_order: true,
    disabled_at: true,
    created_at: true,
  },
  staff_role: { staff_id: true, site_id: true, role: true, disabled_at: true, created_at: true },
  signin_link: { token_hash: true, kind: true, staff_id: true, site_id: true, role: true, expires_at: true, created_at: true },
  session: {
    token_hash: true,
    id: true,
    staff_id: true,
    method: true,
    agent: true,
    confirmed_at: true,
    last_seen_at: true,
    expires_at: true,
    revoked_at: true,
    created_at: true,
  },
  totp: { staff_id: true, secret_sealed: true, created_at: true },
  recovery_code: { code_hash: true, staff_id: true, created_at: true },
  passkey: {
    id: true,
    staff_id: true,
    public_key: true,
    counter: true,
    transports: true,
    name: true,
    last_used_at: true,
    created_at: true,
  },
  identity: { issuer: true, subject: true, staff_id: true, created_at: true },
  spent: { key: true, spent_at: true },
  attempt: { key: true, tries: true, since: true },
  api_token: { id: true, token_hash: true, site_id: true, role: true, name: true, revoked_at: true, last_used_at: true, created_at: true },
  saved_view: { id: true, site_id: true, staff_id: true, name: true, place: true, created_at: true },
  desk_keys: { staff_id: true, keys: true, changed_at: true },
  screening_rule: { id: true, site_id: true, text: true, words: true, effect: true, created_at: true },
  screening_off: { site_id: true, rule: true, created_at: true },
  screening_change: { id: true, site_id: true, number: true, changes: true, actor_name: true, created_at: true },
  search_cursor: { fact_id: true },
  search_site: { site_id: true, number: true },
  search_document: { id: true, comment_id: true, version: true },
  search_word: { word: true },
  assessment_cursor: { fact_id: true, format: true },
  assessment_turn: { site_id: true, number: true },
  assessment: { comment_id: true, version: true, revision_id: true, reasons: true },
  learned: { site_id: true, kept: true, refused: true, syllables: true, pairs: true, trigrams: true },
  lesson: { comment_id: true, site_id: true, decision_id: true, revision_id: true, label: true, score: true, decided_at: true },
  twin: { comment_id: true, site_id: true, head_id: true, sent_at: true },
  twin_band: { site_id: true, band: true, head_id: true, sent_at: true },
  schema_migration: { name: true, checksum: true, applied_at: true },
}

let store: Store
let migrations: Migration[]
beforeAll(async () => {
  store = await openEmptyStore()
  migrations = readMigrations()
  await migrate(store, migrations, NOW)
})

const raw = (text: string): Compilable => ({ compile: () => sql.raw(text).compile(store.db) })
/** Everything the database says of its tables and indexes, in its own words. */
const schemaOf = async () =>
  (store.dialect === 'postgres'
    ? await sql`
        SELECT table_name || '.' || column_name AS name, data_type || is_nullable || coalesce(column_default, '') AS sql
        FROM information_schema.columns WHERE table_schema = current_schema()
        UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() ORDER BY 1`.execute(store.db)
    : await sql`SELECT name, sql FROM sqlite_master WHERE name NOT LIKE '\\_cf%' ESCAPE '\\' ORDER BY name`.execute(store.db)
  ).rows
const columnsOf = (table: string) =>
  store.dialect === 'postgres'
    ? sql<{
        name: string
      }>`SELECT column_name AS name FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = ${table}`
    : sql<{ name: string }>`SELECT name FROM pragma_table_info(${table})`

describe('migrations', () => {
  it('are all applied, each with the checksum of its text', async () => {
    const applied = await store.db.selectFrom('schema_migration').selectAll().orderBy('name').execute()
    expect(migrations.length).toBeGreaterThan(0)
    expect(applied).toEqual(
      await Promise.all(
        migrations.map(async ({ name, text }) => ({ name, checksum: await checksumOf(text), applied_at: NOW.toISOString() })),
      ),
    )
  })

  it('change nothing when run again, nor when two run at once', async () => {
    const before = [await schemaOf(), await dump(store)]
    expect(await migrate(store, migrations, new Date())).toEqual([])
    expect(await Promise.all([migrate(store, migrations, new Date()), migrate(store, migrations, new Date())])).toEqual([[], []])
    expect([await schemaOf(), await dump(store)]).toEqual(before)
  })

  it('are refused when one was edited after it was applied, and nothing is done', async () => {
    const edited = migrations.map((migration) => ({ ...migration, text: `${migration.text}\n-- sửa` }))
    const before = [await schemaOf(), await dump(store)]
    await expect(migrate(store, edited, NOW)).rejects.toThrow(MigrationRefused)
    await expect(migrate(store, edited, NOW)).rejects.toThrow('was changed after it was applied')
    expect([await schemaOf(), await dump(store)]).toEqual(before)
  })

  it('are not thought edited for the line ends of another machine', async () => {
    const windows = migrations.map((migration) => ({ ...migration, text: migration.text.replaceAll('\n', '\r\n') }))
    expect(await migrate(store, windows, NOW)).toEqual([])
  })

  it('are refused when the database holds one that this program does not know', async () => {
    await expect(migrate(store, [], NOW)).rejects.toThrow(MigrationRefused)
    await expect(migrate(store, [], NOW)).rejects.toThrow('does not know')
  })

  it('are applied whole or not at all', async () => {
    const faulty = { name: '9000_faulty', text: 'CREATE TABLE half_done (id TEXT);\n\nINSERT INTO no_such_table VALUES (1);\n' }
    const before = [await schemaOf(), await dump(store)]
    await expect(migrate(store, [...migrations, faulty], NOW)).rejects.toThrow(/no such table|does not exist/)
    expect([await schemaOf(), await dump(store)]).toEqual(before)
  })

  it('go on from where an earlier release stopped, in the order of their names', async () => {
    const later = [
      { name: '9002_later', text: 'ALTER TABLE made_later ADD COLUMN second TEXT;\n' },
      { name: '9001_later', text: '-- A comment; with a semicolon.\nCREATE TABLE made_later (first TEXT);\n' },
    ]
    expect(await migrate(store, [...later, ...migrations], NOW)).toEqual(['9001_later', '9002_later'])
    await store.batch([raw('DROP TABLE made_later'), raw("DELETE FROM schema_migration WHERE name LIKE '900%'")])
  })

  it('make the tables and columns that schema.ts names, and no others but the search index, each database’s own', async () => {
    const found: Record<string, string[]> = {}
    for (const table of Object.keys(await dump(store)).filter((name) => !name.startsWith('search_index'))) {
      const { rows } = await columnsOf(table).execute(store.db)
      found[table] = rows.map(({ name }) => name).sort()
    }
    expect(found).toEqual(Object.fromEntries(Object.entries(COLUMNS).map(([table, columns]) => [table, Object.keys(columns).sort()])))
  })

  it('are told apart into statements at semicolons that end a line', () => {
    expect(statementsOf("-- x;\nSELECT 1;\n\nSELECT ';' AS a,\n  2;\n")).toEqual(['SELECT 1', "SELECT ';' AS a,\n  2"])
  })
})

describe('a batch', () => {
  const row = (slug: string) =>
    store.db.insertInto('site').values({ id: `id-${slug}`, slug, name: 'Phường Lô', settings: '{}', created_at: NOW.toISOString() })

  it('is rolled back whole when its second statement takes a unique key, and says which', async () => {
    await store.batch([row('lo-1')])
    const before = await dump(store)
    const error = await store.batch([row('lo-2'), row('lo-1'), row('lo-3')]).then(
      () => null,
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(UniqueViolation)
    expect(conflictOn(error, 'site.slug') || conflictOn(error, 'site.id')).toBe(true)
    expect(await dump(store)).toEqual(before)
  })

  it('names a key of several columns in their order', async () => {
    const origin = (at: string) =>
      store.db.insertInto('site_origin').values({ site_id: 'id-lo-1', origin: 'https://lo.example', created_at: at })
    await store.batch([origin('1')])
    await expect(store.batch([origin('2')])).rejects.toMatchObject({
      name: 'UniqueViolation',
      columns: 'site_origin.site_id,site_origin.origin',
    })
  })

  it.each([
    [
      'a missing value',
      "INSERT INTO site (id, slug, name, settings, created_at) VALUES ('x', 'x', NULL, '{}', 'x')",
      /NOT NULL constraint failed: site\.name/,
    ],
    ['a reference to nothing', "INSERT INTO site_origin VALUES ('khong-co', 'x', 'x')", /FOREIGN KEY constraint failed/],
    ['a table that is not there', 'INSERT INTO khong_co VALUES (1)', /no such table|does not exist/],
  ])('is rolled back whole for %s, in the same words', async (_name, statement, words) => {
    const before = await dump(store)
    const error = await store.batch([row('lo-4'), raw(statement)]).then(
      () => null,
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(Error)
    expect(error).not.toBeInstanceOf(UniqueViolation)
    expect((error as Error).message).toMatch(words)
    expect(await dump(store)).toEqual(before)
  })

  it('tells of each statement the rows it returned and how many it changed', async () => {
    const results = await store.batch([
      row('lo-5').returning(['slug']),
      store.db.updateTable('site').set({ name: 'Phường Lô Năm' }).where('slug', 'in', ['lo-1', 'lo-5']),
      store.db.selectFrom('site').select('name').where('slug', '=', 'lo-5'),
      store.db.deleteFrom('site').where('slug', '=', 'khong-co'),
    ])
    expect(results.map(({ rows }) => rows)).toEqual([[{ slug: 'lo-5' }], [], [{ name: 'Phường Lô Năm' }], []])
    expect([results[1]?.changed, results[3]?.changed]).toEqual([2, 0])
  })

  it('is held to what D1 takes, and no less', () => expect(MAX_PARAMETERS).toBe(100))

  it(`takes ${MAX_PARAMETERS} parameters in a statement and refuses ${MAX_PARAMETERS + 1}, changing nothing`, async () => {
    const among = (count: number) =>
      store.db
        .selectFrom('site')
        .select('id')
        .where(
          'slug',
          'in',
          Array.from({ length: count }, (_, index) => `khong-co-${index}`),
        )
    expect(await store.batch([among(MAX_PARAMETERS)])).toMatchObject([{ rows: [] }])
    const before = await dump(store)
    await expect(store.batch([row('lo-6'), among(MAX_PARAMETERS + 1)])).rejects.toThrow(`${MAX_PARAMETERS + 1} parameters`)
    expect(await dump(store)).toEqual(before)
  })
})
