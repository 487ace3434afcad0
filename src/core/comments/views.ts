// What readers get to see of a site and its comments: the shapes of the reader API and how rows become them.
// Not for: finding the rows (page.ts) or what the author sees of one's own (receipts.ts).
import { type Language, strings } from '../../i18n/index.ts'
import type { Ctx, FieldRule, OpinionKind, SiteField } from '../context.ts'
import { OPINION_KINDS } from '../context.ts'

/** Under whose name an official reply speaks, and since when. */
export type Official = { agency: string; signer_title: string; signed_at: string }

/** A published reply. It has no replies of its own: a reply to it hangs beside it. */
export type ReplyView = {
  id: string
  parent_id: string | null
  author: { name: string }
  /** Set for the agency's own replies only, which no reader can write. */
  official: Official | null
  /** A root that stands before all others, put there by staff. */
  pinned: boolean
  /** Why nothing but a root's place is left, which keeps its replies: the author took it back, or staff took it off. */
  removed: 'withdrawn' | 'removed' | null
  /** The type of opinion its author chose, where the site asks for one. */
  kind: OpinionKind | null
  body_html: string
  body_text: string
  created_at: string
  published_at: string
  likes: number
  replies: Record<string, never>[]
  replies_next: string | null
}

export type CommentView = Omit<ReplyView, 'replies'> & { replies: ReplyView[] }

export type SiteView = {
  slug: string
  name: string
  /** Who signs official replies. */
  agency: string
  language: 'vi' | 'en'
  /** The languages the section may speak. */
  languages: ('vi' | 'en')[]
  state: 'open' | 'closed'
  body: { min: number; max: number }
  edit_minutes: number
  fields: Record<SiteField, FieldRule>
  /** The types of opinion to choose from; null where the site asks for none. */
  kinds: OpinionKind[] | null
  /** What those are called, in each of the languages. */
  kind_names: Partial<Record<Language, Record<OpinionKind, string>>> | null
  requires: { terms: boolean }
  rules: string | null
  privacy_url: string | null
  /** The short notice on personal data that stands under the form. */
  privacy_text: string | null
  /** The site's own sentences beside the boxes of consent (null: the usual one), and which version of all texts agreed to this is. */
  consents: { version: number; terms: string | null; name: string | null; notify: string | null }
  /** How the office is reached. */
  contact: { address: string | null; person: string | null; phone: string | null; email: string | null }
}

/** The columns of a comment that readers may see, or that say whether and where they may. */
export const PUBLIC_COLUMNS = [
  'id',
  'parent_id',
  'author_name',
  'kind',
  'public_revision_id',
  'public_html',
  'public_text',
  'hidden_at',
  'received_at',
  'published_at',
  'likes',
  'public_replies',
  'pin_slot',
  'reply_rank',
  'official_agency',
  'official_signer_title',
  'official_signed_at',
] as const

export type PublicRow = {
  id: string
  parent_id: string | null
  author_name: string | null
  kind: string | null
  public_revision_id: string | null
  public_html: string | null
  public_text: string | null
  hidden_at: string | null
  received_at: string
  published_at: string | null
  likes: number
  public_replies: number
  pin_slot: number | null
  reply_rank: number
  official_agency: string | null
  official_signer_title: string | null
  official_signed_at: string | null
}

/** What the widget needs to know of a site. */
export function viewSite(ctx: Pick<Ctx, 'site'>): SiteView {
  const { slug, name, settings } = ctx.site
  const asksKind = settings.ask_kind !== 'off'
  return {
    slug,
    name,
    agency: settings.agency ?? name,
    language: settings.language,
    languages: [...settings.languages],
    state: settings.state,
    body: { min: settings.body_min, max: settings.body_max },
    edit_minutes: settings.edit_minutes,
    fields: fieldsOf(ctx),
    kinds: asksKind ? [...OPINION_KINDS] : null,
    kind_names: asksKind ? Object.fromEntries(settings.languages.map((language) => [language, strings(language).kinds])) : null,
    requires: { terms: settings.requires_terms },
    rules: settings.rules,
    privacy_url: settings.privacy_url,
    privacy_text: settings.privacy_text,
    consents: {
      version: settings.consent_version,
      terms: settings.consent_terms,
      name: settings.consent_name,
      notify: settings.consent_notify,
    },
    contact: {
      address: settings.contact_address,
      person: settings.contact_person,
      phone: settings.contact_phone,
      email: settings.contact_email,
    },
  }
}

/** How firmly the site asks for each thing beside the text. */
export function fieldsOf(ctx: Pick<Ctx, 'site'>): Record<SiteField, FieldRule> {
  const { ask_name, ask_email, ask_phone, ask_address, ask_kind } = ctx.site.settings
  return { name: ask_name, email: ask_email, phone: ask_phone, address: ask_address, kind: ask_kind }
}

/** A row as readers see it. Of a comment that is public no more nothing is shown but its place. */
export function viewComment(ctx: Ctx, row: PublicRow): ReplyView {
  const removed = row.public_revision_id === null ? 'withdrawn' : row.hidden_at === null ? null : 'removed'
  const shown = removed === null
  return {
    id: row.id,
    parent_id: row.parent_id,
    author: { name: shown ? nameShown(ctx, row) : '' },
    official: shown ? officialOf(row) : null,
    pinned: shown && row.pin_slot !== null,
    removed,
    kind: shown ? kindOf(row.kind) : null,
    body_html: shown ? (row.public_html ?? '') : '',
    body_text: shown ? (row.public_text ?? '') : '',
    created_at: row.received_at,
    published_at: row.published_at ?? row.received_at,
    likes: shown ? row.likes : 0,
    replies: [],
    replies_next: null,
  }
}

/** The signature of an official reply; null for a citizen's comment. */
export function officialOf(row: Pick<PublicRow, 'official_agency' | 'official_signer_title' | 'official_signed_at'>): Official | null {
  if (row.official_agency === null || row.official_signer_title === null || row.official_signed_at === null) return null
  return { agency: row.official_agency, signer_title: row.official_signer_title, signed_at: row.official_signed_at }
}

/** The type of opinion in a row; null when there is none. */
export function kindOf(text: string | null): OpinionKind | null {
  return OPINION_KINDS.find((kind) => kind === text) ?? null
}

/** The name that stands over a comment: the agency, the author, or the one for those who give none. */
export function nameShown(ctx: Ctx, row: Pick<PublicRow, 'author_name' | 'official_agency'>): string {
  return row.official_agency ?? row.author_name ?? strings(ctx.site.settings.language).reader.anonymous
}
