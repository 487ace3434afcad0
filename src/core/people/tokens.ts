// The tokens of a site's programs: made once and shown once, since the database keeps their hash; and who a token is.
import { z } from 'zod'
import { base64url, sha256 } from '../../lib/crypto.ts'
import type { Services } from '../../services.ts'
import { type Compilable, StoreBusy } from '../../storage/store.ts'
import { AppError, allow, type Ctx, faulty, ROLES, type Role } from '../context.ts'
import { audited, COMMAND_LINE, commit, recorded } from '../record.ts'
import { givable } from './team.ts'

/** Bytes of a token: 256 random bits, so its plain hash cannot be searched. */
const TOKEN_BYTES = 32
const MAX_NAME_LENGTH = 100
const MAX_TOKENS = 200
/** How stale "last used" may be, so that a program that asks all day writes seldom. */
const USED_STEP_MS = 10 * 60_000

const NewToken = z.object({ site: z.string().min(1), role: z.enum(ROLES), name: z.string().trim().min(1).max(MAX_NAME_LENGTH) })

export type TokenHolder = { id: string; name: string; role: Role; siteId: string; lastUsedAt: string | null }
export type TokenRow = { id: string; name: string; role: Role; created_at: string; last_used_at: string | null }

/** Makes a token for the command line. Returns it, once. The batch fails on `site_id` when there is no such site. */
export function newToken(services: Services, raw: z.input<typeof NewToken>): { token: string; statements: Compilable[] } {
  const input = NewToken.parse(raw)
  const { db } = services.store
  const token = `yk_${base64url(services.randomBytes(TOKEN_BYTES))}`
  const id = services.newId()
  const created_at = services.now().toISOString()
  return {
    token,
    statements: [
      db.insertInto('api_token').values((is) => ({
        id,
        token_hash: sha256(token),
        site_id: is.selectFrom('site').select('id').where('slug', '=', input.site),
        role: input.role,
        name: input.name,
        revoked_at: null,
        last_used_at: null,
        created_at,
      })),
      recorded(services, db.selectFrom('site').select('id').where('slug', '=', input.site).$asScalar(), COMMAND_LINE, {
        action: 'token.add',
        subject: { kind: 'token', id },
        detail: { role: input.role, name: input.name },
      }),
    ],
  }
}

/** Makes a token for a program of the site. Returns it, once. Throws `validation`, `forbidden`. */
export async function addToken(ctx: Ctx, raw: { name: string; role: string }): Promise<string> {
  allow(ctx, 'token.manage')
  const name = raw.name.normalize('NFC').trim()
  if (name === '' || name.length > MAX_NAME_LENGTH || /\p{C}/u.test(name)) throw faulty('name_invalid', '/name')
  const role = givable(ctx, raw.role)
  const token = `yk_${base64url(ctx.services.randomBytes(TOKEN_BYTES))}`
  const id = ctx.services.newId()
  await commit(ctx, [
    ctx.services.store.db.insertInto('api_token').values({
      id,
      token_hash: sha256(token),
      site_id: ctx.site.id,
      role,
      name,
      revoked_at: null,
      last_used_at: null,
      created_at: ctx.services.now().toISOString(),
    }),
    audited(ctx, 'token.add', { kind: 'token', id }, { role, name }),
  ])
  return token
}

/** The site's tokens that work, newest first. */
export async function listTokens(ctx: Ctx): Promise<TokenRow[]> {
  allow(ctx, 'token.manage')
  const rows = await ctx.services.store.db
    .selectFrom('api_token')
    .select(['id', 'name', 'role', 'created_at', 'last_used_at'])
    .where('site_id', '=', ctx.site.id)
    .where('revoked_at', 'is', null)
    .orderBy('created_at', 'desc')
    .limit(MAX_TOKENS)
    .execute()
  return rows.map((row) => ({ ...row, role: row.role as Role }))
}

/** Makes a token worthless at once. Throws `not_found`, and `forbidden` for one whose role is above the actor's. */
export async function revokeToken(ctx: Ctx, id: string): Promise<void> {
  allow(ctx, 'token.manage')
  const { db } = ctx.services.store
  const token = await db
    .selectFrom('api_token')
    .select(['name', 'role'])
    .where('id', '=', id)
    .where('site_id', '=', ctx.site.id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  if (!token) throw new AppError('not_found')
  givable(ctx, token.role)
  await commit(ctx, [
    db.updateTable('api_token').set({ revoked_at: ctx.services.now().toISOString() }).where('id', '=', id),
    audited(ctx, 'token.revoke', { kind: 'token', id }, { role: token.role, name: token.name }),
  ])
}

/** Whom a token belongs to; null when it is unknown or revoked. */
export async function findToken(services: Services, token: string): Promise<TokenHolder | null> {
  const row = await services.store.db
    .selectFrom('api_token')
    .select(['id', 'name', 'role', 'site_id', 'last_used_at'])
    .where('token_hash', '=', sha256(token))
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return row ? { id: row.id, name: row.name, role: row.role as Role, siteId: row.site_id, lastUsedAt: row.last_used_at } : null
}

/** Notes that a token was used, at most every ten minutes; while the database cannot be written the token works as before. */
export async function markUsed(services: Services, { id, lastUsedAt }: Pick<TokenHolder, 'id' | 'lastUsedAt'>): Promise<void> {
  const now = services.now()
  if (lastUsedAt !== null && lastUsedAt > new Date(now.getTime() - USED_STEP_MS).toISOString()) return
  try {
    await services.store.batch([services.store.db.updateTable('api_token').set({ last_used_at: now.toISOString() }).where('id', '=', id)])
  } catch (error) {
    if (!(error instanceof StoreBusy)) throw error
  }
}
