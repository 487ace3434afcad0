// Command: a citizen's text becomes a waiting comment with a receipt. Nothing here publishes.
import { z } from 'zod'
import { seal, sha256 } from '../../lib/crypto.ts'
import { insertRow } from '../../storage/store.ts'
import { AppError, allow, type Ctx, faulty } from '../context.ts'
import { openingOf, refuseClosed } from '../opening.ts'
import { audited, commit, counted, retrying } from '../record.ts'
import { BUILT_IN } from '../screening/rules.ts'
import { screen } from '../screening/screen.ts'
import { isOwnPage } from '../sites.ts'
import { articleOf, cleanTitle, findThread, insertThread, refuseThreadFlood, type Thread, threadIds, toThread } from '../threads.ts'
import { AuthorInput, acceptAuthor, KindInput, readerHash, textHash } from './author.ts'
import { settleThread } from './publish.ts'
import { editToken, newReceiptCode, receiptSecret, receiptUrl } from './receipts.ts'
import { acceptBody } from './text.ts'

const CONSENTS = ['terms', 'name', 'notify'] as const

const MINUTE_MS = 60_000
/** Longest key of an article, in characters; portals use an item number or a path. */
const MAX_KEY_LENGTH = 500

/** What a citizen sends; unknown fields are refused rather than ignored. */
export const SubmitInput = z.strictObject({
  article: z.strictObject({
    key: z.string().min(1).max(MAX_KEY_LENGTH).refine(isPlainText).optional(),
    url: z.string().optional(),
    title: z.string().refine(isPlainText).optional(),
  }),
  parent_id: z.string().min(1).max(64).nullish(),
  author: AuthorInput.optional(),
  kind: KindInput.optional(),
  body: z.string(),
  consents: z.array(z.enum(CONSENTS)).max(CONSENTS.length).optional(),
  /** Which version of the texts the author had before them. */
  consents_version: z.number().int().min(0).optional(),
})
export type SubmitInput = z.infer<typeof SubmitInput>

export type Submitted = {
  comment: { id: string; state: 'pending' }
  receipt: { code: string; secret: string; url: string }
  edit: { token: string; until: string }
}

/**
 * Takes a comment. With an idempotency key (unique per site, for ever) the same request gets the same answer and never
 * a second comment; the same key with another request throws `idempotency_mismatch`. The reader's token lets an author's record
 * follow the device, never an address.
 */
export async function submit(ctx: Ctx, raw: unknown, idempotencyKey: string | null, readerToken: string | null = null): Promise<Submitted> {
  return counted(ctx.services.meters.posts, () => accept(ctx, raw, idempotencyKey, readerToken))
}

async function accept(ctx: Ctx, raw: unknown, idempotencyKey: string | null, readerToken: string | null): Promise<Submitted> {
  allow(ctx, 'comment.submit')
  const input = SubmitInput.parse(raw)
  const requestHash = sha256(JSON.stringify(input))
  return retrying(async () => {
    try {
      return await take(ctx, input, { key: idempotencyKey, hash: requestHash, readerToken })
    } catch (error) {
      // Whatever refuses it now, a request that was answered before is answered alike; the usual one needs no look-up for that.
      const earlier = idempotencyKey === null ? null : await findByKey(ctx, idempotencyKey)
      if (!earlier) throw error
      if (earlier.request_hash !== requestHash) throw new AppError('idempotency_mismatch')
      return answer(ctx, earlier.id, earlier.receipt_code, earlier.edit_until)
    }
  })
}

type Sending = { key: string | null; hash: string; readerToken: string | null }

async function take(ctx: Ctx, input: SubmitInput, request: Sending): Promise<Submitted> {
  const { services, site } = ctx
  const { settings } = site
  const consents = input.consents ?? []
  if (settings.requires_terms && !consents.includes('terms')) throw faulty('terms_required', '/consents')
  const consentVersion = input.consents_version ?? settings.consent_version
  if (consentVersion > settings.consent_version) throw faulty('validation', '/consents_version')
  const body = acceptBody(input.body, { min: settings.body_min, max: settings.body_max }, '/body')
  const { name, contact, kind } = acceptAuthor(ctx, input)

  const article = articleOf(input.article, '/article')
  const { thread, parentId } = input.parent_id
    ? await findReplied(ctx, article, input.parent_id)
    : { thread: await findThread(ctx, article), parentId: null }
  if (thread === null) await refuseThreadFlood(ctx)
  refuseClosed(openingOf(settings, thread, services.now()))

  const { db } = services.store
  const now = services.now()
  const at = now.toISOString()
  const id = services.newId()
  const revisionId = services.newId()
  const receiptCode = newReceiptCode(services)
  const editUntil = new Date(now.getTime() + settings.edit_minutes * MINUTE_MS).toISOString()
  const contactSealed = contact === null ? null : await seal(services.config.secret, `contact:${id}`, JSON.stringify(contact))
  const url = thread?.url ?? article.url ?? ''
  const signals = screen({ body, name }, BUILT_IN, { isForeignArticle: url !== '' && !isOwnPage(site, url) })

  const comment = {
    id,
    site_id: site.id,
    parent_id: parentId,
    state: 'pending',
    version: 1,
    author_name: consents.includes('name') ? name : null,
    author_name_given: name,
    contact_sealed: contactSealed,
    consents: JSON.stringify(consents),
    consent_version: consentVersion,
    revision_id: revisionId,
    receipt_code: receiptCode,
    idempotency_key: request.key,
    request_hash: request.hash,
    edit_until: editUntil,
    received_at: at,
    kind,
    reader_hash: request.readerToken === null ? null : readerHash(ctx, request.readerToken),
    body_hash: textHash(body),
  }
  const revision = { id: revisionId, comment_id: id, number: 1, body, signals: JSON.stringify(signals), created_at: at }
  const fact = {
    id: services.newId(),
    site_id: site.id,
    comment_id: id,
    from_version: 0,
    kind: 'revision',
    revision_id: revisionId,
    state_after: 'pending',
    actor_kind: 'author',
    created_at: at,
  }
  await commit(ctx, [
    ...(thread === null
      ? [
          insertThread(ctx, { key: article.key, url, title: cleanTitle(input.article.title) }),
          // A first comment that raced this one may have made the thread under another id.
          db.insertInto('comment').values((is) => ({
            ...comment,
            thread_id: is.selectFrom('thread').select('id').where('site_id', '=', site.id).where('key', '=', article.key),
          })),
        ]
      : [insertRow(db, 'comment', { ...comment, thread_id: thread.id })]),
    insertRow(db, 'revision', revision),
    insertRow(db, 'fact', fact),
    audited(ctx, 'comment.submit', { kind: 'comment', id }, { receipt: receiptCode }),
  ])
  return answer(ctx, id, receiptCode, editUntil)
}

async function findByKey(ctx: Ctx, key: string) {
  return ctx.services.store.db
    .selectFrom('comment')
    .select(['id', 'receipt_code', 'edit_until', 'request_hash'])
    .where('site_id', '=', ctx.site.id)
    .where('idempotency_key', '=', key)
    .executeTakeFirst()
}

/**
 * The thread of an article and the root that a reply to one of its comments hangs under, in one look-up. A reply to a reply hangs under
 * the root; what is not public cannot be replied to.
 */
async function findReplied(
  ctx: Ctx,
  article: { key: string; url: string | null },
  commentId: string,
): Promise<{ thread: Thread; parentId: string }> {
  const look = () =>
    ctx.services.store.db
      .selectFrom('thread')
      .leftJoin('comment', (join) =>
        join
          .onRef('comment.thread_id', '=', 'thread.id')
          .on('comment.id', '=', commentId)
          .on('comment.public_revision_id', 'is not', null)
          .on('comment.hidden_at', 'is', null),
      )
      .leftJoin('comment as root', 'root.id', 'comment.parent_id')
      .selectAll('thread')
      .select(['comment.id as comment_id', 'comment.parent_id', 'root.public_revision_id', 'root.hidden_at'])
      .where('thread.id', 'in', threadIds(ctx.services, ctx.site.slug, [article.key], article.key === article.url ? [article.key] : []))
      .execute()
  const rows = await look()
  const thread = rows.map(toThread).find(({ key }) => key === article.key) ?? rows.map(toThread)[0]
  if (!thread) throw faulty('parent_not_found', '/parent_id')
  const known = (await settleThread(ctx, thread)) ? await look() : rows
  const row = known.find(({ id }) => id === thread.id)
  const isRootPublic = row?.parent_id === null || (row?.public_revision_id !== null && row?.hidden_at === null)
  if (!row?.comment_id || !isRootPublic) throw faulty('parent_not_found', '/parent_id')
  return { thread, parentId: row.parent_id ?? row.comment_id }
}

function answer(ctx: Ctx, id: string, code: string, until: string): Submitted {
  const secret = receiptSecret(ctx.services, id)
  return {
    comment: { id, state: 'pending' },
    receipt: { code, secret, url: receiptUrl(ctx.services, ctx.site.slug, code, secret) },
    edit: { token: editToken(ctx.services, id), until },
  }
}

function isPlainText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000')
}
