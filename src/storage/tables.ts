// Every table of the schema, once: what a copy of a whole installation must carry, and in which order. A new table does not
// compile until it has its place here.
import type { Schema } from './schema.ts'

/** A table with rows of its own: its primary key, and the column by which a row may refer to another row of the same table. */
export type CopiedTable = { name: keyof Schema & string; key: readonly string[]; self?: string }

/**
 * Rows can be put in this order, each after those it refers to. `derived` tables follow from the others and are rebuilt
 * where the copy is served; `bookkeeping` is each database's own.
 */
const TABLES: {
  readonly [Table in keyof Schema]:
    | { key: readonly (keyof Schema[Table] & string)[]; self?: keyof Schema[Table] & string }
    | 'derived'
    | 'bookkeeping'
} = {
  site: { key: ['id'] },
  site_origin: { key: ['site_id', 'origin'] },
  thread: { key: ['id'] },
  comment: { key: ['id'], self: 'parent_id' },
  revision: { key: ['id'] },
  fact: { key: ['id'] },
  settlement: { key: ['decision_id'] },
  pending_publication: { key: ['decision_id'] },
  comment_like: { key: ['id'] },
  report: { key: ['id'] },
  audit: { key: ['id'] },
  assignment: { key: ['id'] },
  note: { key: ['id'] },
  viewing: { key: ['comment_id', 'viewer_id'] },
  edit: { key: ['subject_id', 'from_version'] },
  consent_text: { key: ['id'] },
  thread_alias: { key: ['site_id', 'key'] },
  canned_reply: { key: ['id'] },
  outbox: { key: ['id'] },
  staff: { key: ['id'] },
  staff_role: { key: ['staff_id', 'site_id'] },
  signin_link: { key: ['token_hash'] },
  session: { key: ['token_hash'] },
  totp: { key: ['staff_id'] },
  recovery_code: { key: ['code_hash'] },
  passkey: { key: ['id'] },
  identity: { key: ['issuer', 'subject'] },
  spent: { key: ['key'] },
  attempt: { key: ['key'] },
  api_token: { key: ['id'] },
  challenge_use: { key: ['hash'] },
  flood: { key: ['id'] },
  ban: { key: ['id'] },
  saved_view: { key: ['id'] },
  desk_keys: { key: ['staff_id'] },
  screening_rule: { key: ['id'] },
  screening_off: { key: ['site_id', 'rule'] },
  screening_change: { key: ['id'] },
  search_cursor: 'derived',
  search_site: 'derived',
  search_document: 'derived',
  search_word: 'derived',
  assessment_cursor: 'derived',
  assessment_turn: 'derived',
  assessment: 'derived',
  learned: 'derived',
  lesson: 'derived',
  twin: 'derived',
  twin_band: 'derived',
  schema_migration: 'bookkeeping',
}

/** The tables that a copy carries, in the order in which their rows can be put. */
export const COPIED_TABLES: readonly CopiedTable[] = Object.entries(TABLES).flatMap(([name, table]) =>
  typeof table === 'string' ? [] : [{ name: name as keyof Schema & string, ...table }],
)
