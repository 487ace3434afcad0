// The reader API: what a page may call for its readers, without cookies, by CORS of the site's origins.
// Paths and shapes are the contract of version 1; docs/api.md says what they mean.
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { etag } from 'hono/etag'
import { readCounts } from '../core/comments/counts.ts'
import { NudgeInput, nudge } from '../core/comments/nudge.ts'
import { readThread, stampThread } from '../core/comments/read.ts'
import { readReceipt } from '../core/comments/receipts.ts'
import { like, REPORT_REASONS, ReportInput, report, unlike } from '../core/comments/respond.ts'
import { ReviseInput, revise, withdraw } from '../core/comments/revise.ts'
import { challengeBefore, SubmitInput, submit } from '../core/comments/submit.ts'
import { viewSite } from '../core/comments/views.ts'
import { AppError } from '../core/context.ts'
import { findSite, findSiteOfComment } from '../core/sites.ts'
import { articleOf } from '../core/threads.ts'
import { strings } from '../i18n/index.ts'
import { type AppContext, type AppEnv, readerCtx } from './door.ts'
import { bearerOf, cors, idempotencyKeyOf, jsonOnly, limited, readerOf, senderOf } from './guards.ts'
import { REVALIDATED } from './hot.ts'
import type { RateLimiter } from './limits.ts'
import { toldNudge } from './nudge.ts'
import {
  body,
  ChallengeQuery,
  CountsQuery,
  json,
  LikedShape,
  MAX_COUNTED,
  NudgesShape,
  OfferedShape,
  ReasonsShape,
  ReceiptShape,
  ReportedShape,
  RevisedShape,
  refusal,
  SiteShape,
  SubmittedShape,
  ThreadShape,
  ThreadsQuery,
  WithdrawnShape,
} from './shapes.ts'

export type { ThreadAnswer } from '../core/comments/read.ts'
export type { Liked } from '../core/comments/respond.ts'
export type { Revised } from '../core/comments/revise.ts'
export type { Submitted } from '../core/comments/submit.ts'
export type { CommentView, ReplyView } from '../core/comments/views.ts'
export type { Problem } from './problem.ts'
export type Nudges = z.infer<typeof NudgesShape>
export type Reasons = z.infer<typeof ReasonsShape>
export type Receipt = z.infer<typeof ReceiptShape>

const SiteParam = z.object({ site: z.string().openapi({ param: { name: 'site', in: 'path' }, example: 'phuong-vi-du' }) })
const CommentParam = z.object({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) })
const ReaderHeader = z.object({
  'ykien-reader': z.string().optional().openapi({ description: 'The browser’s own random token: 22 to 128 base64url characters' }),
})
const Bearer = [{ bearer: [] }]
const Article = z.strictObject({ key: z.string().optional(), url: z.string().optional() })

const routes = {
  site: createRoute({
    method: 'get',
    path: '/api/v1/sites/{site}',
    summary: 'What the widget needs to know of a site',
    request: { params: SiteParam },
    responses: { 200: json(SiteShape, 'The site'), default: refusal },
  }),
  threads: createRoute({
    method: 'get',
    path: '/api/v1/sites/{site}/threads',
    summary: 'A page of an article’s published comments',
    request: {
      params: SiteParam,
      query: ThreadsQuery,
    },
    responses: { 200: json(ThreadShape, 'The page; an unknown article is an empty thread'), default: refusal },
  }),
  counts: createRoute({
    method: 'get',
    path: '/api/v1/sites/{site}/counts',
    summary: 'Numbers of published comments, by keys in the query, cacheable',
    request: {
      params: SiteParam,
      query: CountsQuery,
    },
    responses: {
      200: json(z.object({ counts: z.array(z.number()) }), 'The numbers: of the keys in order, then of the addresses'),
      default: refusal,
    },
  }),
  postCounts: createRoute({
    method: 'post',
    path: '/api/v1/sites/{site}/counts',
    summary: 'Numbers of published comments of up to 100 articles',
    request: { params: SiteParam, body: body(z.strictObject({ articles: z.array(Article).max(MAX_COUNTED) })) },
    responses: { 200: json(z.object({ counts: z.array(z.number()) }), 'The numbers, in the order asked'), default: refusal },
  }),
  submit: createRoute({
    method: 'post',
    path: '/api/v1/sites/{site}/comments',
    summary: 'Send a comment; it waits for a person',
    request: { params: SiteParam, headers: ReaderHeader.extend({ 'idempotency-key': z.string().optional() }), body: body(SubmitInput) },
    responses: { 202: json(SubmittedShape, 'Received; also for a repeated request'), default: refusal },
  }),
  challenge: createRoute({
    method: 'get',
    path: '/api/v1/sites/{site}/challenge',
    summary: 'Whether sending needs a challenge just now, and one for a text that is to be sent',
    request: { params: SiteParam, headers: ReaderHeader, query: ChallengeQuery },
    responses: { 200: json(OfferedShape, 'Whether it is needed; the challenge where the text’s hash was given'), default: refusal },
  }),
  nudge: createRoute({
    method: 'post',
    path: '/api/v1/sites/{site}/nudges',
    summary: 'Hints about a text before it is sent; nothing is stored, and none of them blocks',
    request: { params: SiteParam, body: body(NudgeInput) },
    responses: { 200: json(NudgesShape, 'The hints, in the reader’s language'), default: refusal },
  }),
  like: createRoute({
    method: 'put',
    path: '/api/v1/comments/{id}/like',
    summary: 'Like a published comment, once per reader',
    request: { params: CommentParam, headers: ReaderHeader },
    responses: { 200: json(LikedShape, 'The number of likes now'), default: refusal },
  }),
  unlike: createRoute({
    method: 'delete',
    path: '/api/v1/comments/{id}/like',
    summary: 'Take one’s like back',
    request: { params: CommentParam, headers: ReaderHeader },
    responses: { 200: json(LikedShape, 'The number of likes now'), default: refusal },
  }),
  report: createRoute({
    method: 'post',
    path: '/api/v1/comments/{id}/reports',
    summary: 'Report a published comment to the staff',
    request: { params: CommentParam, headers: ReaderHeader, body: body(ReportInput) },
    responses: { 202: json(ReportedShape, 'Received; also for a repeated report'), default: refusal },
  }),
  reasons: createRoute({
    method: 'get',
    path: '/api/v1/sites/{site}/reasons',
    summary: 'The reasons a report can have, in the reader’s language',
    request: { params: SiteParam },
    responses: { 200: json(ReasonsShape, 'The reasons'), default: refusal },
  }),
  revise: createRoute({
    method: 'patch',
    path: '/api/v1/comments/{id}',
    summary: 'Change one’s own comment; what was approved stays public until the change is approved',
    security: Bearer,
    request: { params: CommentParam, body: body(ReviseInput) },
    responses: { 200: json(RevisedShape, 'The change is held'), default: refusal },
  }),
  withdraw: createRoute({
    method: 'delete',
    path: '/api/v1/comments/{id}',
    summary: 'Withdraw one’s own comment',
    security: Bearer,
    request: { params: CommentParam },
    responses: { 200: json(WithdrawnShape, 'Withdrawn'), default: refusal },
  }),
  receipt: createRoute({
    method: 'get',
    path: '/api/v1/receipts/{code}',
    summary: 'What became of one’s own comment; the receipt’s secret is the bearer token',
    security: Bearer,
    request: { params: z.object({ code: z.string().openapi({ param: { name: 'code', in: 'path' } }) }) },
    responses: { 200: json(ReceiptShape, 'The receipt'), default: refusal },
  }),
  receiptOfSite: createRoute({
    method: 'get',
    path: '/api/v1/sites/{site}/receipts/{code}',
    summary: 'The same of a comment of this site, for pages of its origins',
    security: Bearer,
    request: { params: SiteParam.extend({ code: z.string().openapi({ param: { name: 'code', in: 'path' } }) }) },
    responses: { 200: json(ReceiptShape, 'The receipt'), default: refusal },
  }),
}

/** The doors of the reader API. */
export function publicApi(limiter: RateLimiter): OpenAPIHono<AppEnv> {
  const api = newApi()
  const writes = limited(limiter, 'write', ['POST', 'PATCH', 'DELETE', 'PUT'])
  const ofSite = cors((c) => findSite(c.var.services, c.req.param('site') ?? ''))
  const ofComment = cors((c) => findSiteOfComment(c.var.services, c.req.param('id') ?? ''))
  // Two patterns, because "/*" alone would leave out the site's own path and match a site's id as a comment's.
  for (const path of ['/api/v1/sites/:site', '/api/v1/sites/:site/:part'] as const) api.use(path, ofSite, jsonOnly)
  api.use('/api/v1/sites/:site/challenge', limited(limiter, 'challenge', ['GET']))
  api.use('/api/v1/sites/:site/nudges', limited(limiter, 'nudge', ['POST']))
  api.use('/api/v1/comments/:id', writes, ofComment, jsonOnly)
  api.use('/api/v1/comments/:id/like', limited(limiter, 'like', ['PUT', 'DELETE']), ofComment)
  api.use('/api/v1/comments/:id/reports', limited(limiter, 'report', ['POST']), ofComment, jsonOnly)
  api.use('/api/v1/sites/:site/receipts/:code', limited(limiter, 'receipt', ['GET']), ofSite)
  api.use('/api/v1/receipts/:code', limited(limiter, 'receipt', ['GET']))
  for (const path of ['/api/v1/sites/:site', '/api/v1/sites/:site/threads', '/api/v1/sites/:site/counts'] as const)
    api.get(path, etag(), storable)

  api.openapi(routes.site, async (c) => c.json(viewSite(await readerCtx(c, c.req.valid('param').site)), 200))

  api.openapi(routes.threads, async (c) => {
    const { key, url, sort, limit, after, around, parent } = c.req.valid('query')
    const { services } = c.var
    const stamp = await stampThread(services, c.req.valid('param').site, { key, url })
    const query = { sort, limit, after: after ?? null, around: around ?? null, parent: parent ?? null }
    return c.json(await readThread(stamp, { key, url }, query), 200)
  })

  api.openapi(routes.counts, async (c) => {
    const { key, url } = c.req.valid('query')
    const articles = [...key.map((each) => ({ key: each })), ...url.map((each) => ({ url: each }))]
    const { counts } = await readCounts(c.var.services, c.req.valid('param').site, articles)
    return c.json({ counts }, 200)
  })

  api.openapi(routes.postCounts, async (c) => {
    const { articles } = c.req.valid('json')
    c.header('cache-control', 'no-store')
    const { counts } = await readCounts(c.var.services, c.req.valid('param').site, articles)
    return c.json({ counts }, 200)
  })

  api.openapi(routes.submit, async (c) => {
    const ctx = await readerCtx(c, c.req.valid('param').site)
    const submitted = await submit(ctx, c.req.valid('json'), idempotencyKeyOf(c), senderOf(c))
    c.header('cache-control', 'no-store')
    return c.json(submitted, 202)
  })

  api.openapi(routes.challenge, async (c) => {
    const { key, url, body } = c.req.valid('query')
    const ctx = await readerCtx(c, c.req.valid('param').site)
    c.header('cache-control', 'no-store')
    return c.json(await challengeBefore(ctx, senderOf(c), articleOf({ key, url }, ''), body ?? null), 200)
  })

  api.openapi(routes.nudge, async (c) => {
    const nudges = await nudge(await readerCtx(c, c.req.valid('param').site), c.req.valid('json'))
    c.header('cache-control', 'no-store')
    return c.json({ nudges: nudges.map((each) => toldNudge(each, strings(c.var.language))) }, 200)
  })

  api.openapi(routes.like, async (c) => {
    c.header('cache-control', 'no-store')
    return c.json(await like(await readerCtx(c, ''), c.req.valid('param').id, readerOf(c)), 200)
  })

  api.openapi(routes.unlike, async (c) => {
    c.header('cache-control', 'no-store')
    return c.json(await unlike(await readerCtx(c, ''), c.req.valid('param').id, readerOf(c)), 200)
  })

  api.openapi(routes.report, async (c) => {
    c.header('cache-control', 'no-store')
    return c.json(await report(await readerCtx(c, ''), c.req.valid('param').id, c.req.valid('json'), readerOf(c)), 202)
  })

  api.openapi(routes.reasons, (c) => {
    c.header('cache-control', REVALIDATED)
    c.header('vary', 'Accept-Language', { append: true })
    const { reasons } = strings(c.var.language)
    return c.json({ reasons: REPORT_REASONS.map((code) => ({ code, text: reasons[code] })) }, 200)
  })

  api.openapi(routes.revise, async (c) => {
    const token = tokenOf(c)
    c.header('cache-control', 'no-store')
    return c.json(await revise(await readerCtx(c, '', { kind: 'author' }), c.req.valid('param').id, token, c.req.valid('json')), 200)
  })

  api.openapi(routes.withdraw, async (c) => {
    const token = tokenOf(c)
    c.header('cache-control', 'no-store')
    return c.json(await withdraw(await readerCtx(c, '', { kind: 'author' }), c.req.valid('param').id, token), 200)
  })

  const answerReceipt = async (c: AppContext, receipt: Parameters<typeof readReceipt>[1]) => {
    const { services, language } = c.var
    const found = await readReceipt({ services, actor: { kind: 'author' } }, receipt)
    const words = strings(language)
    c.header('cache-control', 'no-store')
    const reason_sentence = found.reason === null ? null : (words.reasons[found.reason as keyof typeof words.reasons] ?? null)
    return { ...found, state_text: words.receiptStates[found.comment.state], reason_sentence }
  }

  api.openapi(routes.receipt, async (c) =>
    c.json(await answerReceipt(c, { code: c.req.valid('param').code, secret: tokenOf(c), site: null }), 200),
  )

  api.openapi(routes.receiptOfSite, async (c) => {
    const { site, code } = c.req.valid('param')
    return c.json(await answerReceipt(c, { code, secret: tokenOf(c), site }), 200)
  })

  return api
}

/** An OpenAPI door whose validation faults become problems like every other error. */
export function newApi(): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (!result.success) throw result.error
    },
  })
}

async function storable(c: AppContext, next: () => Promise<void>): Promise<void> {
  await next()
  if (c.res.ok) c.res.headers.set('cache-control', REVALIDATED)
}

function tokenOf(c: AppContext): string {
  const token = bearerOf(c)
  if (token === null) throw new AppError('unauthenticated')
  return token
}
