// Articles as staff manage them: finding them, opening and closing by hand or by the clock, what readers are told there, further names,
// and joining two that are one. Not for: the threads readers and senders look up (threads.ts).
import { sql } from 'kysely'
import { z } from 'zod'
import { fromCursor, toCursor } from '../lib/cursor.ts'
import { conflictOn } from '../storage/store.ts'
import { AppError, allow, type Ctx, faulty } from './context.ts'
import { isOpen } from './opening.ts'
import { audited, commit, edited, retrying } from './record.ts'
import { fold } from './screening/vietnamese.ts'
import { commitEdit, conflictOf, type Edit, lastEdit } from './setup.ts'
import { canonicalUrl, cleanTitle, findThreadById, insertThread, nextIfKnown, reschedule } from './threads.ts'

/** Articles read in one walk of a search by title, and walks in one answer; past them it says where to go on. */
const WALK = 500
const MAX_WALKS = 10
/** Further names an article can have: each place it was ever moved to. */
const MAX_ALIASES = 50
const MAX_MESSAGE_LENGTH = 1_000
const MAX_KEY_LENGTH = 500

export type ArticleRow = {
  id: string
  key: string
  url: string
  title: string
  count: number
  state: 'open' | 'closed'
  created_at: string
}
type Alias = { key: string; kind: 'key' | 'address' | 'former' }
export type ArticleDetail = ArticleRow & {
  version: number
  closes_at: string | null
  opens_at: string | null
  message: string | null
  aliases: Alias[]
  changed: Edit | null
}

const Time = z.iso.datetime().nullable()
/** Everything of an article that is set by hand, and the version it was read in. */
export const ChangeArticleInput = z.strictObject({
  version: z.number().int().min(1),
  state: z.enum(['open', 'closed']),
  /** When it closes and opens by itself; a time that has passed is none. */
  closes_at: Time,
  opens_at: Time,
  message: z
    .string()
    .max(MAX_MESSAGE_LENGTH)
    .transform((text) => text.trim() || null)
    .nullable(),
  title: z.string().max(1_000).optional(),
})
/** The article that it is joined to, by id. */
export const MergeInput = z.strictObject({ into: z.string().min(1).max(64) })
/** A further key or address. */
export const AliasInput = z.strictObject({ name: z.string().trim().min(1).max(2_048) })
/** A key or an address, and a title. */
export const NewArticleInput = AliasInput.extend({ title: z.string().max(1_000) })

/**
 * A page of articles, the newest first. `q` are words that the title must all contain, with or without marks; without them every
 * article. A page may be short and yet have a `next`, when many were looked through.
 */
export async function readArticles(
  ctx: Ctx,
  query: { q?: string | undefined; state?: 'open' | 'closed' | undefined; after?: string | undefined; limit: number },
): Promise<{ articles: ArticleRow[]; next: string | null }> {
  allow(ctx, 'queue.read')
  const place = query.after === undefined ? null : fromCursor(query.after, ['string', 'string'])
  if (query.after !== undefined && place === null) throw faulty('validation', '/after')
  const words = fold(query.q ?? '')
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
  const isWanted = (article: ArticleRow) => {
    const title = fold(article.title).toLowerCase()
    return words.every((word) => title.includes(word)) && (query.state === undefined || article.state === query.state)
  }
  const found: ArticleRow[] = []
  let after = place as [string, string] | null
  for (let walks = 0; walks < MAX_WALKS; walks++) {
    const rows = await walk(ctx, after)
    const articles = rows.map((row) => toArticle(ctx, row))
    for (const [index, article] of articles.entries()) {
      if (!isWanted(article)) continue
      if (found.length === query.limit) return { articles: found, next: nextOf(articles[index - 1] ?? found.at(-1)) }
      found.push(article)
    }
    const last = articles.at(-1)
    if (rows.length < WALK || !last) return { articles: found, next: null }
    after = [last.created_at, last.id]
  }
  return { articles: found, next: after === null ? null : toCursor(after) }
}

/** One article with its further names and its schedule. An id that it had before it was joined will do. Throws `not_found`. */
export async function readArticle(ctx: Ctx, id: string): Promise<ArticleDetail> {
  allow(ctx, 'queue.read')
  const { db } = ctx.services.store
  const { id: threadId } = await findThreadById(ctx, id)
  const [row, aliases, changed] = await Promise.all([
    db.selectFrom('thread').selectAll().where('id', '=', threadId).executeTakeFirstOrThrow(),
    db
      .selectFrom('thread_alias')
      .select(['key', 'kind'])
      .where('thread_id', '=', threadId)
      .orderBy('created_at')
      .limit(MAX_ALIASES)
      .execute(),
    lastEdit(ctx, threadId),
  ])
  return {
    ...toArticle(ctx, row),
    version: row.version,
    closes_at: row.closes_at,
    opens_at: row.opens_at,
    message: row.message,
    aliases: aliases as Alias[],
    changed,
  }
}

/** Makes an article before its first opinion, so that it can be closed or told something. Throws `alias_taken` when its name is known. */
export async function addArticle(ctx: Ctx, raw: unknown): Promise<{ id: string }> {
  allow(ctx, 'thread.manage')
  const input = NewArticleInput.parse(raw)
  const name = nameOf(input.name)
  if ((await ownerOf(ctx, name.key)) !== null) throw new AppError('alias_taken')
  const title = cleanTitle(input.title)
  await commit(ctx, [
    insertThread(ctx, { key: name.key, url: name.kind === 'address' ? name.key : '', title }),
    audited(ctx, 'thread.add', { kind: 'thread', id: name.key }, { before: null, after: { key: name.key, title } }),
  ])
  const id = await ownerOf(ctx, name.key)
  if (id === null) throw new AppError('not_found')
  return { id }
}

/**
 * Opens, closes or schedules an article and sets what readers are told. Throws `conflict`, naming who came first, when another version
 * stands; `validation` for a new time that has passed.
 */
export async function changeArticle(ctx: Ctx, id: string, raw: unknown): Promise<ArticleDetail> {
  allow(ctx, 'thread.manage')
  const input = ChangeArticleInput.parse(raw)
  const { store, now } = ctx.services
  const at = now().toISOString()
  const article = await readArticle(ctx, id)
  if (article.version !== input.version) throw await conflictOf(ctx, article.id)
  const timeOf = (name: 'closes_at' | 'opens_at') => {
    const time = input[name] === null ? null : new Date(input[name]).toISOString()
    if (time !== null && time <= at && time !== article[name]) throw faulty('setting_invalid', `/${name}`)
    return time !== null && time > at ? time : null
  }
  const before = {
    state: article.state,
    closes_at: article.closes_at,
    opens_at: article.opens_at,
    message: article.message,
    title: article.title,
  }
  const after = {
    state: input.state,
    closes_at: timeOf('closes_at'),
    opens_at: timeOf('opens_at'),
    message: input.message,
    title: input.title === undefined ? article.title : cleanTitle(input.title),
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return article
  await commitEdit(ctx, article.id, [
    edited(ctx, article.id, input.version),
    store.db
      .updateTable('thread')
      .set({
        title: after.title,
        closed_at: after.state === 'open' ? null : sql<string>`coalesce(closed_at, ${at})`,
        closes_at: after.closes_at,
        opens_at: after.opens_at,
        message: after.message,
        version: input.version + 1,
        revision: nextIfKnown,
      })
      .where('id', '=', article.id),
    audited(ctx, 'thread.change', { kind: 'thread', id: article.id }, { before, after }),
  ])
  return readArticle(ctx, article.id)
}

/**
 * Gives an article a further key or address, under which it keeps its opinions. Again: the same answer. Throws `alias_taken` when
 * another article has the name: those two are to be joined.
 */
export async function addAlias(ctx: Ctx, id: string, raw: unknown): Promise<ArticleDetail> {
  allow(ctx, 'thread.manage')
  const name = nameOf(AliasInput.parse(raw).name)
  const article = await readArticle(ctx, id)
  const owner = await ownerOf(ctx, name.key)
  if (owner === article.id) return article
  if (owner !== null || article.aliases.length >= MAX_ALIASES) throw new AppError('alias_taken')
  const { store, now } = ctx.services
  try {
    await commit(ctx, [
      store.db
        .insertInto('thread_alias')
        .values({ site_id: ctx.site.id, key: name.key, thread_id: article.id, kind: name.kind, created_at: now().toISOString() }),
      audited(ctx, 'thread.alias_add', { kind: 'thread', id: article.id }, { before: null, after: name.key }),
    ])
  } catch (error) {
    if (!conflictOn(error, 'thread_alias.site_id,thread_alias.key')) throw error
    throw new AppError('alias_taken')
  }
  return readArticle(ctx, article.id)
}

/** Takes a further key or address away; the id that a joined article had stays, since feeds and links name it. */
export async function removeAlias(ctx: Ctx, id: string, key: string): Promise<ArticleDetail> {
  allow(ctx, 'thread.manage')
  const article = await readArticle(ctx, id)
  if (!article.aliases.some((alias) => alias.key === key && alias.kind !== 'former')) return article
  await commit(ctx, [
    ctx.services.store.db
      .deleteFrom('thread_alias')
      .where('site_id', '=', ctx.site.id)
      .where('key', '=', key)
      .where('thread_id', '=', article.id),
    audited(ctx, 'thread.alias_remove', { kind: 'thread', id: article.id }, { before: key, after: null }),
  ])
  return readArticle(ctx, article.id)
}

/**
 * Joins an article to another that is the same: its opinions lie there from now on, in the order of their publication, and all its names
 * lead there. The row goes, so that the database itself keeps opinions that arrive meanwhile from being written under it: their sender
 * finds the other one. Throws `not_found`, `validation` when both are one.
 */
export async function mergeArticles(ctx: Ctx, id: string, raw: unknown): Promise<ArticleDetail> {
  allow(ctx, 'thread.manage')
  const { into } = MergeInput.parse(raw)
  return retrying(async () => {
    const [from, to] = await Promise.all([readArticle(ctx, id), readArticle(ctx, into)])
    if (from.id === to.id) throw faulty('validation', '/into')
    const { db } = ctx.services.store
    const at = ctx.services.now().toISOString()
    const names: Alias[] = [
      { key: from.key, kind: from.key === from.url ? 'address' : 'key' },
      ...(from.url !== '' && from.url !== from.key && from.url !== to.url ? [{ key: from.url, kind: 'address' as const }] : []),
      { key: from.id, kind: 'former' },
    ]
    const number = (column: 'public_count' | 'official_count' | 'revision') =>
      sql<number>`(SELECT joined.${sql.ref(column)} FROM thread AS joined WHERE joined.id = ${from.id})`
    await commit(ctx, [
      db
        .updateTable('thread')
        .set({
          public_count: sql<number>`public_count + ${number('public_count')}`,
          official_count: sql<number>`official_count + ${number('official_count')}`,
          revision: sql<number>`CASE WHEN revision + ${number('revision')} > 0 THEN revision + ${number('revision')} + 1 ELSE 0 END`,
          touched_at: at,
        })
        .where('id', '=', to.id),
      db.updateTable('thread_alias').set({ thread_id: to.id }).where('thread_id', '=', from.id),
      ...names.map(({ key, kind }) =>
        db
          .insertInto('thread_alias')
          .values({ site_id: ctx.site.id, key, thread_id: to.id, kind, created_at: at })
          .onConflict((conflict) => conflict.columns(['site_id', 'key']).doUpdateSet({ thread_id: to.id })),
      ),
      // Three places are an article's at most; those of the joined one would be six.
      db.updateTable('comment').set({ pin_slot: null }).where('thread_id', '=', from.id).where('pin_slot', 'is not', null),
      db.updateTable('comment').set({ thread_id: to.id }).where('thread_id', '=', from.id),
      db.updateTable('pending_publication').set({ thread_id: to.id }).where('thread_id', '=', from.id),
      db.updateTable('flood').set({ ended_at: at }).where('thread_id', '=', from.id).where('ended_at', 'is', null),
      db.updateTable('flood').set({ thread_id: to.id }).where('thread_id', '=', from.id),
      reschedule(ctx, to.id),
      db.deleteFrom('thread').where('id', '=', from.id),
      audited(
        ctx,
        'thread.merge',
        { kind: 'thread', id: to.id },
        { before: { id: from.id, key: from.key, url: from.url, title: from.title }, after: { id: to.id, key: to.key } },
      ),
    ])
    return readArticle(ctx, to.id)
  })
}

function walk(ctx: Ctx, after: [string, string] | null) {
  let rows = ctx.services.store.db
    .selectFrom('thread')
    .select(['id', 'key', 'url', 'title', 'public_count', 'closed_at', 'closes_at', 'opens_at', 'created_at'])
    .where('site_id', '=', ctx.site.id)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(WALK)
  if (after) rows = rows.where(sql<boolean>`(created_at, id) < (${sql.join(after)})`)
  return rows.execute()
}

type Row = Awaited<ReturnType<typeof walk>>[number]

function toArticle(ctx: Ctx, row: Row): ArticleRow {
  const scheduled = { closedAt: row.closed_at, closesAt: row.closes_at, opensAt: row.opens_at }
  return {
    id: row.id,
    key: row.key,
    url: row.url,
    title: row.title,
    count: row.public_count,
    state: isOpen(scheduled, ctx.services.now().toISOString()) ? 'open' : 'closed',
    created_at: row.created_at,
  }
}

function nextOf(article: ArticleRow | undefined): string | null {
  return article ? toCursor([article.created_at, article.id]) : null
}

/** A name as it is looked up: an address in its canonical spelling, anything else as a key. Throws `validation`. */
function nameOf(typed: string): { key: string; kind: 'key' | 'address' } {
  const url = canonicalUrl(typed)
  if (url !== null) return { key: url, kind: 'address' }
  if (typed.length > MAX_KEY_LENGTH || !typed.isWellFormed() || typed.includes('\u0000')) throw faulty('validation', '/name')
  return { key: typed, kind: 'key' }
}

/** The id of the article that a key or address names by itself or further; null when none does. */
async function ownerOf(ctx: Ctx, key: string): Promise<string | null> {
  const { db } = ctx.services.store
  const row = await db
    .selectFrom('thread')
    .select('id')
    .where('site_id', '=', ctx.site.id)
    .where('key', '=', key)
    .union(db.selectFrom('thread').select('id').where('site_id', '=', ctx.site.id).where('url', '=', key))
    .union(db.selectFrom('thread_alias').select('thread_id as id').where('site_id', '=', ctx.site.id).where('key', '=', key))
    .limit(1)
    .executeTakeFirst()
  return row?.id ?? null
}
