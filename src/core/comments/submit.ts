// Command: a citizen's text becomes a waiting comment with a receipt. Nothing here publishes.
import { z } from 'zod'
import { seal, sha256 } from '../../lib/crypto.ts'
import { conflictOn, insertRow, lookUp } from '../../storage/store.ts'
import { admit, type Lately, latelyColumns, latelyOf, offerChallenge, questionPage, type Sender, toLately } from '../abuse/admit.ts'
import { type Banned, networkHash } from '../abuse/ban.ts'
import { MAX_SOLUTION_LENGTH } from '../abuse/challenge.ts'
import { AT_EASE } from '../abuse/pressure.ts'
import { AppError, allow, type Ctx, faulty } from '../context.ts'
import { openingOf, refuseClosed } from '../opening.ts'
import { audited, commit, counted, retrying } from '../record.ts'
import { imitatesOffice } from '../screening/names.ts'
import { screened } from '../screening/screen.ts'
import { lookAgain, rulesAtHand } from '../screening/wordlist.ts'
import { agenciesOf, isOwnPage } from '../sites.ts'
import {
  articleOf,
  cleanTitle,
  insertThread,
  refuseThreadFlood,
  THREAD_COLUMNS,
  type Thread,
  threadIds,
  threadNamed,
  threadOrNull,
  toThread,
} from '../threads.ts'
import { AuthorInput, acceptAuthor, KindInput, readerHash, textHash } from './author.ts'
import { settleThread } from './publish.ts'
import { editToken, newReceiptCode, receiptSecret, receiptUrl } from './receipts.ts'
import { acceptBody } from './text.ts'

const CONSENTS = ['terms', 'name', 'notify'] as const

const MINUTE_MS = 60_000
/** Nobody reads the form and writes in less; whoever had the text ready has pasted it, and is told from programs by other signs. */
const LEAST_SECONDS = 3
/** Twice what the fastest typists do, who are not on a phone. */
const MOST_CHARACTERS_A_SECOND = 25
/** A sender who stands for no reader: the demonstration, an import, a test of something else. */
const UNWEIGHED: Sender = { token: null, networks: { network: '', wide: null }, weigh: () => AT_EASE }
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
  challenge: z.string().max(MAX_SOLUTION_LENGTH).optional(),
  form: z
    .strictObject({
      seconds: z.number().min(0).optional(),
      pasted: z.boolean().optional(),
      website: z.string().max(500).optional(),
    })
    .optional(),
})
export type SubmitInput = z.infer<typeof SubmitInput>

export type Submitted = {
  comment: { id: string; state: 'pending' }
  receipt: { code: string; secret: string; url: string }
  edit: { token: string; until: string }
}

/**
 * Takes a comment. With an idempotency key (unique per site, for ever) the same request gets the same answer and never
 * a second comment; the same key with another request throws `idempotency_mismatch`. The sender's token lets an author's record
 * follow the device, never an address. Throws as {@link admit}, and `challenge_used` for work that was shown before.
 */
export async function submit(ctx: Ctx, raw: unknown, idempotencyKey: string | null, sender: Sender = UNWEIGHED): Promise<Submitted> {
  return counted(ctx.services.meters.posts, () => accept(ctx, raw, idempotencyKey, sender))
}

async function accept(ctx: Ctx, raw: unknown, idempotencyKey: string | null, sender: Sender): Promise<Submitted> {
  allow(ctx, 'comment.submit')
  // The same comment may be sent once more with a challenge solved, and later.
  const { challenge: solution = null, form = {}, ...input } = SubmitInput.parse(raw)
  const requestHash = sha256(JSON.stringify(input))
  return retrying(async () => {
    try {
      return await take(ctx, input, { key: idempotencyKey, hash: requestHash, sender, solution, form })
    } catch (error) {
      // Whatever refuses it now, a request that was answered before is answered alike; the usual one needs no look-up for that.
      const earlier = idempotencyKey === null ? null : await findByKey(ctx, idempotencyKey)
      if (!earlier) throw conflictOn(error, 'challenge_use.hash') ? await usedBefore(ctx, sender, input) : error
      if (earlier.request_hash !== requestHash) throw new AppError('idempotency_mismatch')
      return answer(ctx, earlier.id, earlier.receipt_code, earlier.edit_until)
    }
  })
}

type Sent = Omit<SubmitInput, 'challenge' | 'form'>
type Sending = { key: string | null; hash: string; sender: Sender; solution: string | null; form: NonNullable<SubmitInput['form']> }

async function take(ctx: Ctx, input: Sent, request: Sending): Promise<Submitted> {
  const { services, site } = ctx
  const { settings } = site
  const consents = input.consents ?? []
  if (settings.requires_terms && !consents.includes('terms')) throw faulty('terms_required', '/consents')
  const consentVersion = input.consents_version ?? settings.consent_version
  if (consentVersion > settings.consent_version) throw faulty('validation', '/consents_version')
  const body = acceptBody(input.body, { min: settings.body_min, max: settings.body_max }, '/body')
  const { name, contact, kind } = acceptAuthor(ctx, input)

  const article = articleOf(input.article, '/article')
  const banned = { network: request.sender.networks.network, token: request.sender.token, contact }
  const { thread, parentId, lately } = input.parent_id
    ? await findReplied(ctx, article, input.parent_id, banned)
    : { ...(await findThreadAndLately(ctx, article, banned)), parentId: null }
  const subject = subjectOf(input)
  const admission = await admit(ctx, request.sender, { subject, solution: request.solution, threadId: thread?.id ?? null, lately })
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
  const { rules, isCurrent } = await rulesAtHand(ctx)
  const signals = screened({ body, name }, rules, {
    isForeignArticle: url !== '' && !isOwnPage(site, url),
    isFlooded: admission.isFlooded,
    wasBanned: admission.wasBanned,
    rejectedBefore: lately.rejected,
    rejectedNearby: lately.rejectedNearby,
    sending: sendingOf(request.form, body),
    isImitation: name !== null && imitatesOffice(name, agenciesOf(site)),
  })

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
    reader_hash: request.sender.token === null ? null : readerHash(ctx, request.sender.token),
    body_hash: textHash(body),
    network_hash: banned.network === '' ? null : networkHash(ctx, banned.network),
  }
  const revision = { id: revisionId, comment_id: id, number: 1, body, signals, created_at: at }
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
          db.insertInto('comment').values({
            ...comment,
            thread_id: threadNamed(site.id, article.key),
          }),
        ]
      : [insertRow(db, 'comment', { ...comment, thread_id: thread.id })]),
    insertRow(db, 'revision', revision),
    insertRow(db, 'fact', fact),
    audited(ctx, 'comment.submit', { kind: 'comment', id }, { receipt: receiptCode }),
    ...admission.statements,
    ...(isCurrent ? [] : [lookAgain(ctx, at)]),
  ])
  return answer(ctx, id, receiptCode, editUntil)
}

/** What a challenge for this comment is bound to. */
function subjectOf({ article, body }: Pick<Sent, 'article' | 'body'>): { article: string; body: string } {
  return { article: articleOf(article, '/article').key, body: sha256(body) }
}

async function usedBefore(ctx: Ctx, sender: Sender, input: Sent): Promise<AppError> {
  ctx.services.meters.challengeAnswers.add('challenge_used')
  const article = articleOf(input.article, '/article')
  const { challenge } = await challengeBefore(ctx, sender, article, subjectOf(input).body)
  return new AppError('challenge_used', { members: { challenge, page: questionPage(ctx, article.key) } })
}

/** Whether sending under an article needs a challenge just now, and one for the text whose SHA-256 is given. */
export async function challengeBefore(ctx: Ctx, sender: Sender, article: { key: string; url: string | null }, body: string | null) {
  const { lately } = await findThreadAndLately(ctx, article, { network: sender.networks.network, token: sender.token, contact: null })
  return offerChallenge(ctx, sender, { article: article.key, body, lately })
}

/** How it was written, as far as the form tells. */
function sendingOf({ seconds, pasted = false, website = '' }: Sending['form'], body: string) {
  const isTooFast = seconds !== undefined && (seconds < LEAST_SECONDS || (!pasted && body.length / seconds > MOST_CHARACTERS_A_SECOND))
  return { isHoneypotFilled: website !== '', isTooFast, isPasted: pasted }
}

async function findThreadAndLately(
  ctx: Ctx,
  { key, url }: { key: string; url: string | null },
  banned: Banned,
): Promise<{ thread: Thread | null; lately: Lately }> {
  const { services, site } = ctx
  const { db } = services.store
  const isUrl = key === url
  const asked = latelyOf(ctx, banned)
  const rows = await lookUp(
    db,
    `thread by ${isUrl ? 'url' : 'key'}, ${asked.shape}`,
    { key, siteSlug: site.slug, ...asked.values },
    (holes) =>
      db
        .selectFrom('site')
        .leftJoin('thread', (join) =>
          isUrl
            ? join.on('thread.id', 'in', threadIds(services, holes.siteSlug, [holes.key], [holes.key]))
            : join.on('thread.id', '=', threadNamed(holes.siteId, holes.key)),
        )
        .select(THREAD_COLUMNS)
        .select(latelyColumns(asked, holes))
        .where('site.id', '=', holes.siteId)
        .orderBy('thread.created_at'),
  )
  const row = rows.find((candidate) => candidate.key === key) ?? rows[0]
  return { thread: row ? threadOrNull(row) : null, lately: toLately(row) }
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
  banned: Banned,
): Promise<{ thread: Thread; parentId: string; lately: Lately }> {
  const asked = latelyOf(ctx, banned)
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
      .select(latelyColumns(asked, asked.values))
      .where('thread.id', 'in', threadIds(ctx.services, ctx.site.slug, [article.key], article.key === article.url ? [article.key] : []))
      .execute()
  const rows = await look()
  const thread = rows.map(toThread).find(({ key }) => key === article.key) ?? rows.map(toThread)[0]
  if (!thread) throw faulty('parent_not_found', '/parent_id')
  const known = (await settleThread(ctx, thread)) ? await look() : rows
  const row = known.find(({ id }) => id === thread.id)
  const isRootPublic = row?.parent_id === null || (row?.public_revision_id !== null && row?.hidden_at === null)
  if (!row?.comment_id || !isRootPublic) throw faulty('parent_not_found', '/parent_id')
  return { thread, parentId: row.parent_id ?? row.comment_id, lately: toLately(row) }
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
