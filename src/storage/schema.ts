// The Kysely types of every table, one for each; what the columns mean is in docs/data.md.
// Not for: behaviour. Columns are snake_case because batches bypass Kysely's result plugins.
import type { Generated } from 'kysely'

/** ISO-8601 UTC with milliseconds. */
type Time = string
/** JSON text; parsed by zod where core reads it. */
type Json = string

type SiteTable = {
  id: string
  slug: string
  name: string
  settings: Json
  version: Generated<number>
  rules_version: Generated<number>
  created_at: Time
}

type SiteOriginTable = { site_id: string; origin: string; created_at: Time }

type ThreadTable = {
  id: string
  site_id: string
  key: string
  url: string
  title: string
  closed_at: Time | null
  revision: Generated<number>
  public_count: Generated<number>
  next_change_at: Time | null
  official_count: Generated<number>
  touched_at: Time | null
  likes_due_at: Time | null
  closes_at: Time | null
  opens_at: Time | null
  message: string | null
  version: Generated<number>
  created_at: Time
}

export type CommentTable = {
  id: string
  site_id: string
  thread_id: string
  parent_id: string | null
  state: string
  version: number
  author_name: string | null
  author_name_given: string | null
  contact_sealed: string | null
  consents: Json
  revision_id: string
  public_revision_id: string | null
  public_text: string | null
  public_html: string | null
  renderer: number | null
  published_at: Time | null
  hidden_at: Time | null
  legal_hold_at: Time | null
  likes: Generated<number>
  public_replies: Generated<number>
  receipt_code: string
  idempotency_key: string | null
  request_hash: string
  edit_until: Time
  received_at: Time
  kind: string | null
  reader_hash: string | null
  body_hash: string | null
  official_agency: string | null
  official_signer_title: string | null
  official_signed_at: Time | null
  reply_rank: Generated<number>
  public_official: Generated<number>
  pin_slot: number | null
  public_masks: Json | null
  open_reports: Generated<number>
  urgent_rank: Generated<number>
  suspect_rank: Generated<number>
  network_hash: string | null
  assignee_id: string | null
  assignment: Generated<number>
  consent_version: number | null
}

type RevisionTable = { id: string; comment_id: string; number: number; body: string; signals: Json; created_at: Time }

type FactTable = {
  id: string
  site_id: string
  comment_id: string
  from_version: number
  kind: string
  revision_id: string
  verdict: string | null
  reason: string | null
  reason_text: string | null
  note: string | null
  undoes_id: string | null
  state_before: string | null
  state_after: string
  actor_kind: string
  actor_id: string | null
  actor_name: string | null
  request_key: string | null
  request_hash: string | null
  takes_effect_at: Time | null
  beside_id: string | null
  masks: Json | null
  created_at: Time
}

type SettlementTable = { decision_id: string; outcome: string; created_at: Time }

type PendingPublicationTable = { decision_id: string; thread_id: string; takes_effect_at: Time }

type CommentLikeTable = { id: string; comment_id: string; voter: string; network: string; created_at: Time }

type ReportTable = {
  id: string
  site_id: string
  comment_id: string
  reporter: string
  reason: string
  body: string | null
  handled_at: Time | null
  created_at: Time
}

type AuditTable = {
  id: string
  site_id: string | null
  action: string
  subject_kind: string
  subject_id: string
  actor_kind: string
  actor_id: string | null
  actor_name: string | null
  detail: Json
  created_at: Time
  seal: string | null
  sequence: number | null
  link: string | null
}

type AssignmentTable = {
  id: string
  site_id: string
  comment_id: string
  number: number
  assignee_id: string | null
  assignee_name: string | null
  actor_kind: string
  actor_id: string | null
  actor_name: string | null
  created_at: Time
}

type NoteTable = {
  id: string
  site_id: string
  comment_id: string
  body: string
  actor_kind: string
  actor_id: string | null
  actor_name: string | null
  corrected_at: Time | null
  deleted_at: Time | null
  created_at: Time
}

type ViewingTable = {
  comment_id: string
  viewer_id: string
  site_id: string
  viewer_name: string
  first_seen_at: Time
  last_seen_at: Time
  open_until: Time
}
/** An edit of something that people set, by the version it started from: of two that start from one, one wins. */
type EditTable = { subject_id: string; from_version: number; site_id: string; created_at: Time }

type ConsentTextTable = { id: string; site_id: string; version: number; texts: Json; created_at: Time }

type ThreadAliasTable = { site_id: string; key: string; thread_id: string; kind: string; created_at: Time }

type CannedReplyTable = { id: string; site_id: string; name: string; body: string; version: Generated<number>; created_at: Time }

type OutboxTable = {
  id: string
  site_id: string
  event: string
  payload: Json
  not_before: Time
  leased_until: Time | null
  attempts: Generated<number>
  last_error: string | null
  given_up_at: Time | null
  created_at: Time
}

type StaffTable = {
  id: string
  email: string
  name: string
  password_hash: string | null
  language: string | null
  theme: string | null
  page_length: number | null
  queue_order: string | null
  disabled_at: Time | null
  created_at: Time
}

type StaffRoleTable = { staff_id: string; site_id: string; role: string; disabled_at: Time | null; created_at: Time }

type SigninLinkTable = {
  token_hash: string
  kind: string
  staff_id: string
  site_id: string | null
  role: string | null
  expires_at: Time
  created_at: Time
}

type SessionTable = {
  token_hash: string
  id: string
  staff_id: string
  method: string
  agent: string
  confirmed_at: Time
  last_seen_at: Time
  expires_at: Time
  revoked_at: Time | null
  created_at: Time
}

type TotpTable = { staff_id: string; secret_sealed: string; created_at: Time }

type RecoveryCodeTable = { code_hash: string; staff_id: string; created_at: Time }

type PasskeyTable = {
  id: string
  staff_id: string
  public_key: string
  counter: number
  transports: Json
  name: string
  last_used_at: Time | null
  created_at: Time
}

type IdentityTable = { issuer: string; subject: string; staff_id: string; created_at: Time }

/** What works once and has worked: its key is the lock. */
type SpentTable = { key: string; spent_at: Time }

type AttemptTable = { key: string; tries: number; since: Time }

type ApiTokenTable = {
  id: string
  token_hash: string
  site_id: string
  role: string
  name: string
  revoked_at: Time | null
  last_used_at: Time | null
  created_at: Time
}

type ChallengeUseTable = { hash: string; expires_at: Time }

type BanTable = {
  id: string
  site_id: string
  kind: string
  hash: string
  reason: string
  comment_id: string | null
  made_by: string
  created_at: Time
  expires_at: Time
  lifted_at: Time | null
  lifted_by: string | null
}

type FloodTable = {
  id: string
  site_id: string
  thread_id: string
  began_at: Time
  lasts_until: Time
  ended_at: Time | null
  taken: Generated<number>
  refused: Generated<number>
}

type SavedViewTable = { id: string; site_id: string; staff_id: string; name: string; place: Json; created_at: Time }

type DeskKeysTable = { staff_id: string; keys: Json; changed_at: Time }

type ScreeningRuleTable = { id: string; site_id: string | null; text: string; words: string; effect: string; created_at: Time }

type ScreeningOffTable = { site_id: string; rule: string; created_at: Time }

type ScreeningChangeTable = { id: string; site_id: string | null; number: number; changes: Json; actor_name: string; created_at: Time }

/** How far the search index has followed the facts; one row. */
type SearchCursorTable = { fact_id: string }

type SearchSiteTable = { site_id: string; number: number }

type SearchDocumentTable = { id: number; comment_id: string; version: number }

type SearchWordTable = { word: string }

/** How far the assessments have followed the facts, and of which format they are; one row. */
type AssessmentCursorTable = { fact_id: string; format: number }

type AssessmentTurnTable = { site_id: string; number: number }

type AssessmentTable = { comment_id: string; version: number; revision_id: string; reasons: Json }

type LearnedTable = { site_id: string; kept: number; refused: number; syllables: string; pairs: string; trigrams: string }

type LessonTable = {
  comment_id: string
  site_id: string
  decision_id: string
  revision_id: string
  label: string
  score: number | null
  decided_at: Time
}

type TwinTable = { comment_id: string; site_id: string; head_id: string; sent_at: Time }

type TwinBandTable = { site_id: string; band: number; head_id: string; sent_at: Time }

type SchemaMigrationTable = { name: string; checksum: string; applied_at: Time }

export type Schema = {
  site: SiteTable
  site_origin: SiteOriginTable
  thread: ThreadTable
  comment: CommentTable
  revision: RevisionTable
  fact: FactTable
  settlement: SettlementTable
  pending_publication: PendingPublicationTable
  comment_like: CommentLikeTable
  report: ReportTable
  audit: AuditTable
  assignment: AssignmentTable
  note: NoteTable
  viewing: ViewingTable
  edit: EditTable
  consent_text: ConsentTextTable
  thread_alias: ThreadAliasTable
  canned_reply: CannedReplyTable
  outbox: OutboxTable
  staff: StaffTable
  staff_role: StaffRoleTable
  signin_link: SigninLinkTable
  session: SessionTable
  totp: TotpTable
  recovery_code: RecoveryCodeTable
  passkey: PasskeyTable
  identity: IdentityTable
  spent: SpentTable
  attempt: AttemptTable
  api_token: ApiTokenTable
  challenge_use: ChallengeUseTable
  flood: FloodTable
  ban: BanTable
  saved_view: SavedViewTable
  desk_keys: DeskKeysTable
  screening_rule: ScreeningRuleTable
  screening_off: ScreeningOffTable
  screening_change: ScreeningChangeTable
  search_cursor: SearchCursorTable
  search_site: SearchSiteTable
  search_document: SearchDocumentTable
  search_word: SearchWordTable
  assessment_cursor: AssessmentCursorTable
  assessment_turn: AssessmentTurnTable
  assessment: AssessmentTable
  learned: LearnedTable
  lesson: LessonTable
  twin: TwinTable
  twin_band: TwinBandTable
  schema_migration: SchemaMigrationTable
}
