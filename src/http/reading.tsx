// What anyone may fetch to read and write without the widget: built files, the page without script, the receipt page.
import { Hono } from 'hono'
import { SORTS, type Sort } from '../core/comments/page.ts'
import { readThread, stampThread, type ThreadAnswer } from '../core/comments/read.ts'
import { type ReceiptView, readReceipt, splitReceipt } from '../core/comments/receipts.ts'
import { type Submitted, submit } from '../core/comments/submit.ts'
import type { CommentView, ReplyView } from '../core/comments/views.ts'
import { AppError, type Ctx } from '../core/context.ts'
import { findSite } from '../core/sites.ts'
import { dateTime, fill } from '../i18n/format.ts'
import { type Language, type Strings, strings } from '../i18n/index.ts'
import { base64url } from '../lib/crypto.ts'
import { type AppContext, type AppEnv, readerCtx } from './door.ts'
import { readForm } from './form.ts'
import { limited } from './guards.ts'
import type { RateLimiter } from './limits.ts'
import { allowPage, nonceOf, Page, RenderedBody, safeHref } from './page.tsx'
import { logUnexpected, type Problem, toAppError, toProblem } from './problem.ts'
import { STATUS } from './status.ts'

const PAGE_LENGTH = 20
/** The current release is asked about every ten minutes; a file with its hash in its name never changes. */
const CURRENT = 'public, max-age=600'
const IMMUTABLE = 'public, max-age=31536000, immutable'

type Kept = Map<string, string>

/** The doors of everything that is read without the API. */
export function readingDoors(limiter: RateLimiter): Hono<AppEnv> {
  const doors = new Hono<AppEnv>()
  doors.get('/widget/:file', (c) => sendAsset(c, `widget/${c.req.param('file')}`, true))
  doors.get('/assets/:file', (c) => sendAsset(c, `assets/${c.req.param('file')}`, false))
  doors.use('/r/*', limited(limiter, 'write', ['POST']))
  doors.get('/r/:site', async (c) => pageOf(c, await readerCtx(c, c.req.param('site')), new Map(), null))
  doors.post('/r/:site', receiveForm)
  doors.get('/r/:site/receipt', async (c) => receiptPage(c, await readerCtx(c, c.req.param('site')), null, null, ''))
  doors.post('/r/:site/receipt', trackForm)
  doors.onError(async (thrown, c) => errorPage(c, thrown))
  return doors
}

async function sendAsset(c: AppContext, path: string, isForEveryone: boolean): Promise<Response> {
  const asset = /^[\w./-]+$/.test(path) && !path.includes('..') ? await c.var.services.asset(path) : null
  if (!asset) throw new AppError('not_found')
  const headers = {
    'content-type': asset.type,
    etag: asset.etag,
    'cache-control': /[.-][0-9a-f]{12}\.\w+$/.test(path) ? IMMUTABLE : CURRENT,
    ...(isForEveryone ? { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' } : {}),
  }
  if (c.req.header('if-none-match') === asset.etag) return c.body(null, 304, headers)
  return c.body(asset.body, 200, headers)
}

async function receiveForm(c: AppContext): Promise<Response> {
  const ctx = await readerCtx(c, c.req.param('site') ?? '')
  const form = await readForm(c)
  const field = (name: string) => form.get(name) || undefined
  try {
    const consents = (['terms', 'name'] as const).filter((purpose) => form.has(`consent_${purpose}`))
    const submitted = await submit(
      ctx,
      {
        article: { key: field('key'), url: field('url'), title: field('title') },
        parent_id: field('parent_id'),
        author: { name: field('name'), email: field('email'), phone: field('phone') },
        body: form.get('body') ?? '',
        consents,
      },
      field('request_key') ?? null,
    )
    return sentPage(c, ctx, form, submitted)
  } catch (error) {
    const known = toAppError(error)
    logUnexpected(c, known)
    return pageOf(c, ctx, form, toProblem(known, ctx.site.settings.language, c.var.requestId))
  }
}

async function trackForm(c: AppContext): Promise<Response> {
  const ctx = await readerCtx(c, c.req.param('site') ?? '')
  const typed = (await readForm(c)).get('receipt') ?? ''
  const { language } = ctx.site.settings
  try {
    const receipt = splitReceipt(typed)
    if (!receipt) throw new AppError('receipt_not_found')
    return receiptPage(c, ctx, await readReceipt({ services: ctx.services, actor: { kind: 'author' } }, receipt), null, typed)
  } catch (error) {
    const known = toAppError(error)
    logUnexpected(c, known)
    return receiptPage(c, ctx, null, toProblem(known, language, c.var.requestId), typed)
  }
}

/** The published list and the form; with a problem, the same page with what was typed and what is wrong with it. */
async function pageOf(c: AppContext, ctx: Ctx, kept: Kept, problem: Problem | null): Promise<Response> {
  const words = strings(ctx.site.settings.language)
  const key = kept.get('key') || c.req.query('key')
  const url = kept.get('url') || c.req.query('url')
  const sort = SORTS.find((each) => each === c.req.query('sort')) ?? 'new'
  const query = { sort, limit: PAGE_LENGTH, after: c.req.query('after') ?? null, around: null, parent: c.req.query('parent') ?? null }
  const hasArticle = Boolean(key || url)
  const reference = { key: key || undefined, url: url || undefined }
  const answer = hasArticle
    ? await readThread(ctx.services, await stampThread(ctx.services, ctx.site.slug, reference), reference, query)
    : null
  if (!hasArticle && problem === null) throw new AppError('article_required')
  const title = answer?.thread.title || kept.get('title') || c.req.query('title') || ''
  const href = safeHref(answer?.thread.url ?? url ?? null)
  const isOpen = answer?.thread.state !== 'closed'
  allowFramedPage(c, ctx)
  return c.html(
    <Page language={ctx.site.settings.language} title={[words.reader.title, title].filter(Boolean).join(' – ')} style="/assets/page.css">
      <main class="sheet">
        <header>
          <p class="agency">{ctx.site.name}</p>
          <h1>{answer ? fill(words.reader.titleCount, { n: answer.thread.count }) : words.reader.title}</h1>
          {href && (
            <p class="about">
              {words.reader.article}:{' '}
              <a href={href}>
                <bdi>{title || href}</bdi>
              </a>
            </p>
          )}
        </header>
        {problem && <Alert problem={problem} />}
        {answer && <List answer={answer} words={words} link={linkTo(ctx, { key, url }, sort)} sort={sort} isFirst={query.after === null} />}
        {isOpen ? (
          <Form ctx={ctx} words={words} kept={withArticle(kept, { key, url, title })} problem={problem} />
        ) : (
          <p class="notice">{words.reader.closed}</p>
        )}
        <p class="track">
          <a href={`/r/${ctx.site.slug}/receipt`}>{words.reader.track}</a>
        </p>
      </main>
    </Page>,
    problem ? STATUS[problem.code] : 200,
  )
}

function withArticle(kept: Kept, article: { key: string | undefined; url: string | undefined; title: string }): Kept {
  return new Map([...kept, ['key', article.key ?? ''], ['url', article.url ?? ''], ['title', article.title]])
}

type LinkTo = (more: Record<string, string>) => string

function linkTo(ctx: Ctx, article: { key: string | undefined; url: string | undefined }, sort: Sort): LinkTo {
  return (more) => {
    const query = new URLSearchParams({
      ...(article.key ? { key: article.key } : {}),
      ...(article.url ? { url: article.url } : {}),
      sort,
      ...more,
    })
    return `/r/${ctx.site.slug}?${query}`
  }
}

function List(props: { answer: ThreadAnswer; words: Strings; link: LinkTo; sort: Sort; isFirst: boolean }) {
  const { answer, words, link } = props
  const tabs: [Sort, string][] = [
    ['new', words.reader.tabNew],
    ['old', words.reader.tabOld],
    ['top', words.reader.tabTop],
    ['official', words.reader.tabOfficial],
  ]
  if (answer.comments.length === 0 && props.sort !== 'official') return <p class="notice">{words.reader.empty}</p>
  return (
    <section aria-label={words.reader.title}>
      <nav class="tabs" aria-label={words.reader.sort}>
        {tabs.map(([sort, label]) => (
          <a href={link({ sort })} aria-current={sort === props.sort ? 'page' : undefined}>
            {label}
          </a>
        ))}
      </nav>
      <ol class="comments">
        {answer.comments.map((comment) => (
          <li>
            <Entry comment={comment} words={words} />
            {comment.replies.length > 0 && (
              <ol class="replies">
                {comment.replies.map((reply) => (
                  <li>
                    <Entry comment={reply} words={words} />
                  </li>
                ))}
              </ol>
            )}
            {comment.replies_next && (
              <p>
                <a href={link({ parent: comment.id, after: comment.replies_next })}>{words.reader.moreReplies}</a>
              </p>
            )}
          </li>
        ))}
      </ol>
      <p class="pages">
        {!props.isFirst && <a href={link({})}>{words.reader.newest}</a>}
        {answer.next && <a href={link({ after: answer.next })}>{words.reader.more}</a>}
      </p>
    </section>
  )
}

/** A comment. What says that a reply is official, or a comment pinned, stands beside the author and never in what an author wrote. */
function Entry(props: { comment: CommentView | ReplyView; words: Strings }) {
  const {
    comment,
    words: { reader },
  } = props
  if (comment.removed !== null)
    return (
      <p class="removed" id={`c-${comment.id}`}>
        {comment.removed === 'withdrawn' ? reader.withdrawnPh : reader.removedPh}
      </p>
    )
  const { official } = comment
  return (
    <article class={official ? 'comment official' : 'comment'} id={`c-${comment.id}`}>
      {official && <p class="badge">{reader.official}</p>}
      {comment.pinned && <p class="badge">{reader.pinned}</p>}
      <p class="by">
        <bdi class="author">{official ? official.agency : comment.author.name}</bdi>{' '}
        <time datetime={official ? official.signed_at : comment.published_at}>
          {dateTime(official ? official.signed_at : comment.published_at)}
        </time>
        {official && <bdi class="signer">{official.signer_title}</bdi>}
      </p>
      <RenderedBody html={comment.body_html} />
    </article>
  )
}

function Alert(props: { problem: Problem }) {
  return (
    <div class="alert" role="alert">
      <p>{props.problem.detail}</p>
      {(props.problem.errors?.length ?? 0) > 1 && (
        <ul>
          {props.problem.errors?.map((error) => (
            <li>{error.detail}</li>
          ))}
        </ul>
      )}
    </div>
  )
}

function Form(props: { ctx: Ctx; words: Strings; kept: Kept; problem: Problem | null }) {
  const {
    ctx,
    kept,
    words: { reader },
  } = props
  const fault = (pointer: string) => props.problem?.errors?.find((error) => error.pointer === pointer)?.detail
  return (
    <form method="post" action={`/r/${ctx.site.slug}`} class="write" accept-charset="utf-8">
      <h2>{reader.write}</h2>
      <p class="hint">{reader.premod}</p>
      {['key', 'url', 'title'].map((name) => (
        <input type="hidden" name={name} value={kept.get(name) ?? ''} />
      ))}
      <input type="hidden" name="request_key" value={newRequestKey(ctx, kept, props.problem)} />
      <Field name="body" label={`${reader.body} (${reader.required.toLowerCase()})`} fault={fault('/body')}>
        <textarea
          id="f-body"
          name="body"
          rows={6}
          required
          lang="vi"
          autocapitalize="sentences"
          aria-invalid={fault('/body') ? 'true' : undefined}
          aria-describedby={fault('/body') ? 'e-body' : undefined}
        >
          {`\n${kept.get('body') ?? ''}`}
        </textarea>
      </Field>
      <Field name="name" label={reader.name} hint={reader.nameHint} fault={fault('/author/name')}>
        <input id="f-name" name="name" autocomplete="name" value={kept.get('name') ?? ''} aria-describedby="h-name" />
      </Field>
      <label class="check">
        <input type="checkbox" name="consent_name" checked={kept.has('consent_name')} /> <span>{reader.consentName}</span>
      </label>
      <Field name="email" label={reader.email} hint={reader.contactHint} fault={fault('/author/email')}>
        <input id="f-email" name="email" type="email" autocomplete="email" value={kept.get('email') ?? ''} aria-describedby="h-email" />
      </Field>
      <Field name="phone" label={reader.phone} fault={fault('/author/phone')}>
        <input id="f-phone" name="phone" type="tel" autocomplete="tel" value={kept.get('phone') ?? ''} />
      </Field>
      {ctx.site.settings.rules && (
        <details>
          <summary>{reader.rules}</summary>
          <p class="rules">{ctx.site.settings.rules}</p>
        </details>
      )}
      <label class="check">
        <input type="checkbox" name="consent_terms" required checked={kept.has('consent_terms')} /> <span>{reader.consentTerms}</span>
      </label>
      <button type="submit">{reader.submit}</button>
    </form>
  )
}

function Field(props: { name: string; label: string; hint?: string; fault?: string | undefined; children?: unknown }) {
  return (
    <div class="field">
      <label for={`f-${props.name}`}>{props.label}</label>
      {props.hint && (
        <p class="hint" id={`h-${props.name}`}>
          {props.hint}
        </p>
      )}
      {props.children as never}
      {props.fault && (
        <p class="fault" id={`e-${props.name}`}>
          {props.fault}
        </p>
      )}
    </div>
  )
}

/** A corrected text is a new sending; the same text sent twice by a double press is one. */
function newRequestKey(ctx: Ctx, kept: Kept, problem: Problem | null): string {
  const earlier = kept.get('request_key')
  return earlier && problem && problem.status >= 500 ? earlier : base64url(ctx.services.randomBytes(18))
}

function sentPage(c: AppContext, ctx: Ctx, form: Kept, submitted: Submitted): Response | Promise<Response> {
  const { reader } = strings(ctx.site.settings.language)
  const href = safeHref(form.get('url') || null)
  allowFramedPage(c, ctx)
  c.header('cache-control', 'no-store')
  return c.html(
    <Page language={ctx.site.settings.language} title={reader.title} style="/assets/page.css">
      <main class="sheet">
        <p class="agency">{ctx.site.name}</p>
        <h1>{reader.title}</h1>
        <div class="notice" role="status">
          <p>{fill(reader.sent, { code: submitted.receipt.code })}</p>
          <p class="receipt">
            <code>
              {submitted.receipt.code}-{submitted.receipt.secret}
            </code>
          </p>
          <p>
            {reader.sentHint} {reader.pendingOwn}.
          </p>
        </div>
        <p class="pages">
          <a href={submitted.receipt.url}>{reader.track}</a> {href && <a href={href}>{reader.backToArticle}</a>}
        </p>
      </main>
    </Page>,
  )
}

/** The secret arrives in the fragment, which only the browser sees; a few lines put it into the form. */
const FILL_RECEIPT = `const field=document.getElementById('f-receipt');const text=decodeURIComponent(location.hash.slice(1));if(field&&text){field.value=text;history.replaceState(null,'',location.pathname);field.form.submit()}`

function receiptPage(
  c: AppContext,
  ctx: Ctx,
  receipt: ReceiptView | null,
  problem: Problem | null,
  typed: string,
): Response | Promise<Response> {
  const words = strings(ctx.site.settings.language)
  const { reader } = words
  allowPage(c, { frameAncestors: framesOf(ctx), script: 'nonce' })
  c.header('cache-control', 'no-store')
  return c.html(
    <Page language={ctx.site.settings.language} title={`${reader.track} – ${ctx.site.name}`} style="/assets/page.css">
      <main class="sheet">
        <p class="agency">{ctx.site.name}</p>
        <h1>{reader.track}</h1>
        {problem && <Alert problem={problem} />}
        {receipt && <ReceiptOf receipt={receipt} words={words} />}
        <form method="post" action={`/r/${ctx.site.slug}/receipt`} class="write">
          <Field name="receipt" label={reader.trackCode}>
            <input id="f-receipt" name="receipt" required autocomplete="off" autocapitalize="characters" spellcheck={false} value={typed} />
          </Field>
          <button type="submit">{reader.track}</button>
        </form>
        <script nonce={nonceOf(c)} dangerouslySetInnerHTML={{ __html: FILL_RECEIPT }} />
      </main>
    </Page>,
    problem ? STATUS[problem.code] : 200,
  )
}

function ReceiptOf(props: { receipt: ReceiptView; words: Strings }) {
  const { receipt, words } = props
  const href = safeHref(receipt.article.url)
  const reason = receipt.reason === null ? null : words.reasons[receipt.reason as keyof Strings['reasons']]
  return (
    <section class="notice" role="status">
      <p>
        <strong>{fill(words.reader.receiptState, { state: words.receiptStates[receipt.comment.state] })}</strong>
      </p>
      {reason && <p>{fill(words.reader.receiptReason, { reason: [reason, receipt.reason_text].filter(Boolean).join(' – ') })}</p>}
      <p>{fill(words.reader.receiptReceived, { time: dateTime(receipt.received_at) })}</p>
      {href && (
        <p>
          {words.reader.article}:{' '}
          <a href={href}>
            <bdi>{receipt.article.title || href}</bdi>
          </a>
        </p>
      )}
      <blockquote class="own">{receipt.body_text}</blockquote>
    </section>
  )
}

function allowFramedPage(c: AppContext, ctx: Ctx): void {
  allowPage(c, { frameAncestors: framesOf(ctx) })
}

function framesOf(ctx: Ctx): string {
  return ["'self'", ...ctx.site.origins].join(' ')
}

async function errorPage(c: AppContext, thrown: unknown): Promise<Response> {
  const error = toAppError(thrown)
  logUnexpected(c, error)
  const language: Language = await findSite(c.var.services, c.req.param('site') ?? '').then(
    (site) => site.settings.language,
    () => 'vi' as const,
  )
  const problem = toProblem(error, language, c.var.requestId)
  const { reader } = strings(language)
  allowPage(c, { frameAncestors: "'none'" })
  c.header('cache-control', 'no-store')
  return c.html(
    <Page language={language} title={reader.title} style="/assets/page.css">
      <main class="sheet">
        <h1>{reader.title}</h1>
        <Alert problem={problem} />
      </main>
    </Page>,
    STATUS[problem.code],
  )
}
