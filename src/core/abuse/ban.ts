// Bans: for a time, and for a reason, somebody may not write on a site, told by the network, the browser's token or the contact they gave.
// Only keyed hashes are kept. A ban is politely said to whoever meets it, with where else to turn, since everybody may be heard.
import { sql } from 'kysely'
import { z } from 'zod'
import { unseal } from '../../lib/crypto.ts'
import type { Services } from '../../services.ts'
import { keyed, readerHash } from '../comments/author.ts'
import { acceptLine } from '../comments/text.ts'
import { AppError, allow, type Ctx, faulty } from '../context.ts'
import { audited, commit } from '../record.ts'

/** What somebody is told by. */
export const BAN_KINDS = ['network', 'reader', 'email', 'phone'] as const
export type BanKind = (typeof BAN_KINDS)[number]

/**
 * How many days a ban may last. A network stands for a household at least and often for a whole quarter behind its carrier, so it is
 * shut out for a week at most.
 */
export const BAN_DAYS = {
  network: [1, 3, 7],
  reader: [1, 7, 30, 90],
  email: [1, 7, 30, 90],
  phone: [1, 7, 30, 90],
} as const satisfies Record<BanKind, readonly number[]>

/** For how long a comment's network is known, so that a ban can still be made by it. */
const NETWORK_KEPT_MS = 7 * 86_400_000
const DAY_MS = 86_400_000
const MAX_REASON_GRAPHEMES = 200
const FORGOTTEN_AT_ONCE = 500
const PAGE_LENGTH = 50

const BanInput = z.strictObject({
  kind: z.enum(BAN_KINDS),
  days: z.coerce.number().int(),
  reason: z.string(),
  /** The comment whose sender is meant, or the contact itself. */
  comment: z.string().optional(),
  contact: z.string().optional(),
})

/** A ban as the desk lists it. `code` is the receipt code of the comment it was made from. */
export type BanView = {
  id: string
  kind: BanKind
  reason: string
  comment: { id: string; code: string } | null
  by: string
  since: string
  until: string
  lifted: { at: string; by: string } | null
}

/** Who sends, as far as a ban can tell. */
export type Banned = { network: string; token: string | null; contact: { email?: string; phone?: string } | null }

/** The hashes by which a sender may be banned, by kind; a network that is not known has none. */
export function banHashes(ctx: Ctx, sender: Banned): Partial<Record<BanKind, string>> {
  const { email, phone } = sender.contact ?? {}
  return {
    ...(sender.network === '' ? {} : { network: networkHash(ctx, sender.network) }),
    ...(sender.token === null ? {} : { reader: readerHash(ctx, sender.token) }),
    ...(email === undefined ? {} : { email: keyed(ctx, 'ban email', ctx.site.id, email.normalize('NFKC').trim().toLowerCase()) }),
    ...(phone === undefined ? {} : { phone: keyed(ctx, 'ban phone', ctx.site.id, digitsOf(phone)) }),
  }
}

/** The hash of a network on one site: another site's cannot be told by it. */
export function networkHash(ctx: Ctx, network: string): string {
  return keyed(ctx, 'network', ctx.site.id, network)
}

/** The column of the latest end of a ban on any of these hashes, over or not, lifted ones aside; null for somebody never banned. */
export function bannedUntil(siteId: string, hashes: readonly string[]) {
  return hashes.length === 0
    ? sql<string | null>`NULL`
    : sql<
        string | null
      >`(SELECT max(expires_at) FROM ban WHERE site_id = ${siteId} AND hash IN (${sql.join(hashes)}) AND lifted_at IS NULL)`
}

/** Throws `banned`, telling until when and where else to turn, while a ban stands. Returns whether there was one before. */
export function refuseBanned(ctx: Ctx, until: string | null): boolean {
  if (until === null) return false
  const { settings, name } = ctx.site
  if (until > ctx.services.now().toISOString()) throw new AppError('banned', { values: { time: until, agency: settings.agency ?? name } })
  return true
}

/** By what the sender of a comment can be banned still: what they gave, and their network for a week. Throws `not_found`. */
export async function bannableBy(ctx: Ctx, commentId: string): Promise<BanKind[]> {
  allow(ctx, 'ban.manage')
  const hashes = await hashesOf(ctx, commentId)
  return BAN_KINDS.filter((kind) => hashes[kind] !== undefined)
}

/**
 * Bans the sender of a comment, or whoever gives a contact. Throws `ban_unknown` when the comment's sender cannot be told by this kind
 * (any more), `validation` for a time or reason that cannot be, `not_found` for no such comment.
 */
export async function addBan(ctx: Ctx, raw: unknown): Promise<{ ban: { id: string; until: string } }> {
  allow(ctx, 'ban.manage')
  const { kind, days, reason: given, comment, contact } = BanInput.parse(raw)
  const reason = acceptLine(given, { max: MAX_REASON_GRAPHEMES, code: 'ban_reason_invalid', pointer: '/reason' })
  if (reason === null) throw faulty('field_required', '/reason')
  if (!(BAN_DAYS[kind] as readonly number[]).includes(days)) throw faulty('validation', '/days')
  const hash = comment === undefined ? contactHash(ctx, kind, contact ?? '') : (await hashesOf(ctx, comment))[kind]
  if (hash === undefined) throw new AppError('ban_unknown')
  const { services, actor } = ctx
  const id = services.newId()
  const now = services.now()
  const until = new Date(now.getTime() + days * DAY_MS).toISOString()
  await commit(ctx, [
    services.store.db.insertInto('ban').values({
      id,
      site_id: ctx.site.id,
      kind,
      hash,
      reason,
      comment_id: comment ?? null,
      made_by: 'name' in actor ? actor.name : '',
      created_at: now.toISOString(),
      expires_at: until,
    }),
    audited(ctx, 'ban.add', { kind: 'ban', id }, { kind, until, ...(comment === undefined ? {} : { comment }) }),
  ])
  return { ban: { id, until } }
}

/** Lifts a ban that stands; again nothing is done. Throws `not_found`. */
export async function liftBan(ctx: Ctx, id: string): Promise<void> {
  allow(ctx, 'ban.manage')
  const { services, actor } = ctx
  const { db } = services.store
  const ban = await db.selectFrom('ban').select('lifted_at').where('id', '=', id).where('site_id', '=', ctx.site.id).executeTakeFirst()
  if (!ban) throw new AppError('not_found')
  if (ban.lifted_at !== null) return
  const lifted_at = services.now().toISOString()
  await commit(ctx, [
    db
      .updateTable('ban')
      .set({ lifted_at, lifted_by: 'name' in actor ? actor.name : '' })
      .where('id', '=', id)
      .where('lifted_at', 'is', null),
    audited(ctx, 'ban.lift', { kind: 'ban', id }),
  ])
}

/** A page of a site's bans, the newest first. */
export async function readBans(ctx: Ctx, after: string | null): Promise<{ bans: BanView[]; next: string | null }> {
  allow(ctx, 'ban.manage')
  const rows = await ctx.services.store.db
    .selectFrom('ban')
    .leftJoin('comment', 'comment.id', 'ban.comment_id')
    .selectAll('ban')
    .select(['comment.receipt_code', 'comment.state'])
    .where('ban.site_id', '=', ctx.site.id)
    .$if(after !== null, (query) => query.where('ban.id', '<', after ?? ''))
    .orderBy('ban.id', 'desc')
    .limit(PAGE_LENGTH + 1)
    .execute()
  const bans = rows.slice(0, PAGE_LENGTH).map((row) => ({
    id: row.id,
    kind: row.kind as BanKind,
    reason: row.reason,
    // A comment that took the confidential road is not pointed at.
    comment:
      row.comment_id === null || row.receipt_code === null || row.state === 'sealed'
        ? null
        : { id: row.comment_id, code: row.receipt_code },
    by: row.made_by,
    since: row.created_at,
    until: row.expires_at,
    lifted: row.lifted_at === null ? null : { at: row.lifted_at, by: row.lifted_by ?? '' },
  }))
  return { bans, next: rows.length > PAGE_LENGTH ? (bans.at(-1)?.id ?? null) : null }
}

/** Forgets which network comments of more than a week ago came from. Returns whether there are more. */
export async function forgetNetworks({ store, now }: Services): Promise<boolean> {
  const before = new Date(now().getTime() - NETWORK_KEPT_MS).toISOString()
  const old = store.db
    .selectFrom('comment')
    .select('id')
    .where('network_hash', 'is not', null)
    .where('received_at', '<', before)
    .orderBy('received_at')
    .limit(FORGOTTEN_AT_ONCE)
  const [forgotten] = await store.batch([store.db.updateTable('comment').set({ network_hash: null }).where('id', 'in', old)])
  return forgotten?.changed === FORGOTTEN_AT_ONCE
}

async function hashesOf(ctx: Ctx, commentId: string): Promise<Partial<Record<BanKind, string>>> {
  const { store, config } = ctx.services
  const row = await store.db
    .selectFrom('comment')
    .select(['network_hash', 'reader_hash', 'contact_sealed'])
    .where('id', '=', commentId)
    .where('site_id', '=', ctx.site.id)
    .where('state', '!=', 'sealed')
    .executeTakeFirst()
  if (!row) throw new AppError('not_found')
  const contact =
    row.contact_sealed === null
      ? null
      : (JSON.parse(await unseal(config.secret, `contact:${commentId}`, row.contact_sealed)) as Banned['contact'])
  return {
    ...banHashes(ctx, { network: '', token: null, contact }),
    ...(row.network_hash === null ? {} : { network: row.network_hash }),
    ...(row.reader_hash === null ? {} : { reader: row.reader_hash }),
  }
}

function contactHash(ctx: Ctx, kind: BanKind, contact: string): string | undefined {
  if (kind !== 'email' && kind !== 'phone') throw faulty('validation', '/kind')
  const isWellFormed = kind === 'email' ? z.email().safeParse(contact.trim()).success : digitsOf(contact).length >= 8
  if (!isWellFormed) throw faulty(kind === 'email' ? 'email_invalid' : 'phone_invalid', '/contact')
  return banHashes(ctx, { network: '', token: null, contact: { [kind]: contact } })[kind]
}

/** A telephone number however it is written: digits alone, Vietnam's own prefix as a zero. */
function digitsOf(phone: string): string {
  return phone.replace(/\D/g, '').replace(/^(?:00)?84(?=\d{9,10}$)/, '0')
}
