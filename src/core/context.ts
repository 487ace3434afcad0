// Who asks, for which site, with which services; who may do what; and the one error core throws.
// Not for: finding out who asks (http/auth.ts) or what an error looks like outside (http/problem.ts).
import type { Services } from '../services.ts'
import type { Settings } from './settings.ts'

/** The roles a person or token can have on a site (docs/roles.md says what each may do). */
export const ROLES = ['viewer', 'moderator', 'replier', 'leader', 'reception', 'admin', 'system'] as const
export type Role = (typeof ROLES)[number]

export type Actor =
  | { kind: 'reader' }
  | { kind: 'author' }
  | { kind: 'staff'; id: string; name: string; role: Role }
  | { kind: 'token'; id: string; name: string; role: Role }
  | { kind: 'system'; name: string }

/** The types of opinion a citizen can choose from. */
export const OPINION_KINDS = ['comment', 'question', 'reflection', 'proposal', 'suggestion', 'praise'] as const
export type OpinionKind = (typeof OPINION_KINDS)[number]

/** What a site may ask of an author beside the text, and how firmly. */
export type SiteField = 'name' | 'email' | 'phone' | 'address' | 'kind'
export type FieldRule = 'off' | 'optional' | 'required'

/**
 * The ward that asks for opinions, and the origins its pages live on. `rulesVersion` moves with each change of the rules its comments are
 * screened by; where a reader only reads, nothing is screened and it stays 0.
 */
export type Site = Readonly<{
  id: string
  slug: string
  name: string
  settings: Readonly<Settings>
  origins: readonly string[]
  rulesVersion: number
}>

/** What every command and query gets. A query reads rows of `site` only. */
export type Ctx = { services: Services; actor: Actor; site: Site }

/** Who decides on comments: everybody but those who only read, answer or receive citizens. */
const DECIDERS = ['moderator', 'leader', 'admin', 'system'] as const satisfies readonly Role[]
const ANSWERERS = ['replier', 'leader', 'admin', 'system'] as const satisfies readonly Role[]
/** Everybody who does something with comments. */
const WORKERS = ['moderator', 'replier', 'leader', 'reception', 'admin', 'system'] as const satisfies readonly Role[]
const ADMINS = ['admin', 'system'] as const satisfies readonly Role[]

/**
 * What staff and their programs may do on a site, one act a line: `may` enforces it, and docs/roles.md is written from it, in which
 * `means` is the act in words.
 */
export const STAFF_ACTS = {
  'queue.read': { roles: ROLES, means: 'read the queue, comments with their signals and history, and search' },
  'comment.decide': {
    roles: DECIDERS,
    means: 'approve (also with parts hidden), reject, return, defer, hide and seal comments, dismiss reports, undo own decisions',
  },
  'comment.pin': { roles: DECIDERS, means: 'pin and unpin published comments' },
  'comment.assign': {
    roles: ['moderator', 'replier', 'leader', 'admin', 'system'],
    means: 'give a comment to a colleague, take it, and put it back',
  },
  'note.write': { roles: WORKERS, means: 'write notes that only colleagues read; correct and delete own ones for a quarter of an hour' },
  'contact.read': {
    roles: ['leader', 'reception', 'admin', 'system'],
    means: 'read how an author can be reached, with a reason; each look is recorded',
  },
  'record.read': { roles: ['leader', 'admin', 'system'], means: 'read the record of who did what' },
  'record.export': { roles: ADMINS, means: 'take the record away as a file; that is recorded too' },
  'thread.close': { roles: DECIDERS, means: 'close an article to further opinions, and open it again' },
  'reply.publish': { roles: ANSWERERS, means: 'publish official replies, take back own ones' },
  'decision.undo_others': { roles: ['leader', 'admin', 'system'], means: 'undo what somebody else decided' },
  'learning.read': { roles: ADMINS, means: 'see how well the site’s own decisions order what waits' },
  'ban.manage': { roles: ['leader', 'admin', 'system'], means: 'ban senders for a time, see and lift bans' },
  'rules.read': { roles: ROLES, means: 'see the rules of screening and what was changed in them' },
  'rules.manage': { roles: ['leader', 'admin', 'system'], means: 'change the ward’s lists of words, turn rules of screening off and on' },
  'rules.province': { roles: ['system'], means: 'change the province’s lists of words, which hold on every site' },
  'thread.manage': {
    roles: DECIDERS,
    means: 'open, close and schedule articles, tell readers something there, join two articles that are one, give an article further names',
  },
  'canned.manage': { roles: ANSWERERS, means: 'write, change and remove prepared replies' },
  'site.configure': { roles: ADMINS, means: 'change the site’s settings and the origins its pages live on' },
  'people.read': { roles: ADMINS, means: 'see who works on the site, and in which role' },
  'people.manage': { roles: ADMINS, means: 'invite people, change their role, disable them, issue recovery links' },
  'people.recover_anew': {
    roles: ['system'],
    means: 'issue a link that replaces both password and second factor of a person of this site alone',
  },
  'token.manage': { roles: ADMINS, means: 'see, make and revoke the tokens of programs' },
} as const satisfies Record<string, { roles: readonly Role[]; means: string }>

export type StaffAct = keyof typeof STAFF_ACTS

export type Act =
  | StaffAct
  | 'thread.read'
  | 'comment.submit'
  | 'comment.revise'
  | 'comment.like'
  | 'comment.report'
  | 'receipt.read'
  | 'decision.settle'

const OTHER_ACTS: Record<'reader' | 'author' | 'system', readonly Act[]> = {
  reader: ['thread.read', 'comment.submit', 'comment.like', 'comment.report', 'receipt.read'],
  author: ['comment.revise', 'receipt.read'],
  system: ['decision.settle'],
}

/** Whether the actor may do this on the context's site. */
export function may(ctx: Ctx, act: Act): boolean {
  const { actor } = ctx
  if (actor.kind === 'staff' || actor.kind === 'token') return act === 'thread.read' || roleMay(actor.role, act)
  return OTHER_ACTS[actor.kind].includes(act)
}

/** Whether a role has this act, by the table. */
export function roleMay(role: Role, act: Act): boolean {
  const row: { roles: readonly Role[] } | undefined = act in STAFF_ACTS ? STAFF_ACTS[act as StaffAct] : undefined
  return row?.roles.includes(role) ?? false
}

/** Throws `forbidden` unless the actor may do this. The first line of every command. */
export function allow(ctx: Ctx, act: Act): void {
  if (!may(ctx, act)) throw new AppError('forbidden')
}

/** Who an act is put down to: an actor, or a person whose role has no part in it. */
export type Doer = Actor | { kind: 'staff'; id: string; name: string }

/** The identity of an actor as facts and audit rows keep it. A citizen has none. */
export function actorColumns(actor: Doer): { actor_kind: string; actor_id: string | null; actor_name: string | null } {
  return {
    actor_kind: actor.kind,
    actor_id: 'id' in actor ? actor.id : null,
    actor_name: 'name' in actor ? actor.name : null,
  }
}

/** Every code an error can have; problem.ts gives each its status, i18n its sentence. */
export type ErrorCode =
  | 'bad_request'
  | 'bad_encoding'
  | 'unsupported_media_type'
  | 'too_large'
  | 'validation'
  | 'body_too_short'
  | 'body_too_long'
  | 'body_characters'
  | 'name_invalid'
  | 'email_invalid'
  | 'phone_invalid'
  | 'address_invalid'
  | 'signer_title_invalid'
  | 'report_text_invalid'
  | 'field_required'
  | 'terms_required'
  | 'article_required'
  | 'url_invalid'
  | 'thread_closed'
  | 'site_closed'
  | 'outside_hours'
  | 'setting_invalid'
  | 'origin_invalid'
  | 'last_origin'
  | 'origins_full'
  | 'name_taken'
  | 'alias_taken'
  | 'merge_field_unknown'
  | 'parent_not_found'
  | 'edit_closed'
  | 'unauthenticated'
  | 'link_invalid'
  | 'signin_refused'
  | 'signin_expired'
  | 'code_invalid'
  | 'confirmation_required'
  | 'password_short'
  | 'password_long'
  | 'password_weak'
  | 'passkey_invalid'
  | 'provider_failed'
  | 'provider_unavailable'
  | 'identity_unknown'
  | 'identity_taken'
  | 'last_factor'
  | 'own_access'
  | 'already_member'
  | 'forbidden'
  | 'cross_site'
  | 'origin_not_allowed'
  | 'not_found'
  | 'receipt_not_found'
  | 'conflict'
  | 'illegal_transition'
  | 'undo_expired'
  | 'reason_required'
  | 'masks_invalid'
  | 'views_full'
  | 'nothing_chosen'
  | 'key_invalid'
  | 'key_taken'
  | 'idempotency_mismatch'
  | 'idempotency_key_invalid'
  | 'reader_token_invalid'
  | 'pins_full'
  | 'assignee_unknown'
  | 'assigned_meanwhile'
  | 'rule_invalid'
  | 'rule_twice'
  | 'rules_full'
  | 'rules_changed'
  | 'rate_limited'
  | 'challenge_required'
  | 'challenge_invalid'
  | 'challenge_expired'
  | 'challenge_used'
  | 'answer_wrong'
  | 'banned'
  | 'ban_unknown'
  | 'ban_reason_invalid'
  | 'busy'
  | 'internal'

/** One fault of one field: a JSON pointer into the request and the code of its sentence. */
export type Fault = { pointer: string; code: ErrorCode; values?: Record<string, string | number> }

/** The only error core throws on purpose. `values` fill the sentence; `retryAfter` is in seconds; `members` are told with the problem. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly values: Record<string, string | number>
  readonly faults: readonly Fault[]
  readonly retryAfter: number | undefined
  readonly members: Readonly<Record<string, unknown>>

  constructor(
    code: ErrorCode,
    more: {
      values?: Record<string, string | number>
      faults?: readonly Fault[]
      retryAfter?: number
      members?: Record<string, unknown>
      cause?: unknown
    } = {},
  ) {
    super(code, { cause: more.cause })
    this.code = code
    this.values = more.values ?? {}
    this.faults = more.faults ?? []
    this.retryAfter = more.retryAfter
    this.members = more.members ?? {}
  }
}

/** The error for one faulty field. */
export function faulty(code: ErrorCode, pointer: string, values?: Record<string, string | number>): AppError {
  return new AppError('validation', { faults: [{ pointer, code, ...(values ? { values } : {}) }] })
}
