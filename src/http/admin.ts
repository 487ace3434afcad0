// The staff API: what staff and their programs may call, by bearer token or the desk's session.
import { createRoute, z } from '@hono/zod-openapi'
import { closeArticle, openArticle } from '../core/moderation/close.ts'
import { DecideInput, decide } from '../core/moderation/decide.ts'
import { pin, unpin } from '../core/moderation/pin.ts'
import { type QueueItem, readItem, readQueue } from '../core/moderation/queue.ts'
import { ReplyInput, reply } from '../core/moderation/reply.ts'
import { dismissReports } from '../core/moderation/reports.ts'
import { UndoInput, undo, undoMany } from '../core/moderation/undo.ts'
import type { Signal } from '../core/screening/signal.ts'
import { ListsInput, readWordlist, SaveInput, SCOPES, SwitchInput, saveLists, switchRule, tryLists } from '../core/screening/wordlist.ts'
import { ChangeSettingsInput, changeSettings, readSetup } from '../core/setup.ts'
import { type Language, strings } from '../i18n/index.ts'
import { staffCtx } from './auth.ts'
import { csrf, idempotencyKeyOf, jsonOnly } from './guards.ts'
import { addItemRoutes } from './item.ts'
import { newApi } from './public.ts'
import { addSetupRoutes } from './setup.ts'
import {
  body,
  ClosedShape,
  DismissedShape,
  ItemShape,
  json,
  OutcomesShape,
  PinnedShape,
  QueueQuery,
  QueueShape,
  RepliedShape,
  refusal,
  SetupShape,
  Site,
  SiteAndId,
  security,
  TrialShape,
  UndoneManyShape,
  UndoneShape,
  VersionShape,
  WordlistShape,
} from './shapes.ts'
import { signalSentence } from './signal.ts'

const SiteAndScope = Site.extend({ scope: z.enum(SCOPES).openapi({ param: { name: 'scope', in: 'path' } }) })

const routes = {
  queue: createRoute({
    method: 'get',
    path: '/api/v1/admin/sites/{site}/queue',
    summary: 'A page of comments, by state, text, article, signal and date, with the counts of all states (1000 means more than 999)',
    security,
    request: {
      params: Site,
      query: QueueQuery,
    },
    responses: { 200: json(QueueShape, 'The page'), default: refusal },
  }),
  item: createRoute({
    method: 'get',
    path: '/api/v1/admin/sites/{site}/comments/{id}',
    summary: 'One comment with its signals, revisions and history',
    security,
    request: { params: SiteAndId },
    responses: { 200: json(ItemShape, 'The comment'), default: refusal },
  }),
  decide: createRoute({
    method: 'post',
    path: '/api/v1/admin/sites/{site}/decisions',
    summary: 'Decide on up to 100 comments, each with the version that was read',
    security,
    request: { params: Site, headers: z.object({ 'idempotency-key': z.string().optional() }), body: body(DecideInput) },
    responses: { 200: json(OutcomesShape, 'An outcome per item'), default: refusal },
  }),
  undoMany: createRoute({
    method: 'post',
    path: '/api/v1/admin/sites/{site}/undos',
    summary: 'Undo up to 100 decisions, each by itself, before they take effect',
    security,
    request: { params: Site, body: body(UndoInput) },
    responses: { 200: json(UndoneManyShape, 'An outcome per decision'), default: refusal },
  }),
  reply: createRoute({
    method: 'post',
    path: '/api/v1/admin/sites/{site}/comments/{id}/replies',
    summary: 'Publish an official reply to a published comment; its decision can be undone like an approval',
    security,
    request: { params: SiteAndId, headers: z.object({ 'idempotency-key': z.string().optional() }), body: body(ReplyInput) },
    responses: { 201: json(RepliedShape, 'The reply'), default: refusal },
  }),
  pin: createRoute({
    method: 'put',
    path: '/api/v1/admin/sites/{site}/comments/{id}/pin',
    summary: 'Pin a published root comment before all others of its article; a few at once',
    security,
    request: { params: SiteAndId },
    responses: { 200: json(PinnedShape, 'Pinned'), default: refusal },
  }),
  unpin: createRoute({
    method: 'delete',
    path: '/api/v1/admin/sites/{site}/comments/{id}/pin',
    summary: 'Unpin a comment',
    security,
    request: { params: SiteAndId },
    responses: { 200: json(PinnedShape, 'Not pinned'), default: refusal },
  }),
  rules: createRoute({
    method: 'get',
    path: '/api/v1/admin/sites/{site}/rules',
    summary: 'The lists of words of the ward and the province, rules that are turned off, and the latest changes',
    security,
    request: { params: Site },
    responses: { 200: json(WordlistShape, 'The rules'), default: refusal },
  }),
  saveRules: createRoute({
    method: 'put',
    path: '/api/v1/admin/sites/{site}/rules/{scope}',
    summary: 'Keep lists of words in place of those of the version that was read',
    security,
    request: { params: SiteAndScope, body: body(SaveInput) },
    responses: { 200: json(VersionShape, 'The version they made'), default: refusal },
  }),
  tryRules: createRoute({
    method: 'post',
    path: '/api/v1/admin/sites/{site}/rules/{scope}/trial',
    summary: 'Try lists of words on the latest 1,000 comments; nothing is kept',
    security,
    request: { params: SiteAndScope, body: body(ListsInput) },
    responses: { 200: json(TrialShape, 'What they would have done'), default: refusal },
  }),
  switchRule: createRoute({
    method: 'put',
    path: '/api/v1/admin/sites/{site}/switches',
    summary: 'Turn a rule of screening off on the site, or on again',
    security,
    request: { params: Site, body: body(SwitchInput) },
    responses: { 200: json(VersionShape, 'The version it made'), default: refusal },
  }),
  dismissReports: createRoute({
    method: 'delete',
    path: '/api/v1/admin/sites/{site}/comments/{id}/reports',
    summary: 'Lay a comment’s open reports aside; a decision on the comment does so too',
    security,
    request: { params: SiteAndId },
    responses: { 200: json(DismissedShape, 'Laid aside'), default: refusal },
  }),
  settings: createRoute({
    method: 'get',
    path: '/api/v1/admin/sites/{site}/settings',
    summary: 'A site’s settings, with the version to name when they are changed',
    security,
    request: { params: Site },
    responses: { 200: json(SetupShape, 'The settings'), default: refusal },
  }),
  changeSettings: createRoute({
    method: 'patch',
    path: '/api/v1/admin/sites/{site}/settings',
    summary: 'Change some settings, or the site’s `name`; null puts a default back; 409 when another version stands',
    security,
    request: { params: Site, body: body(ChangeSettingsInput) },
    responses: { 200: json(SetupShape, 'The settings as they are now'), default: refusal },
  }),
  close: createRoute({
    method: 'put',
    path: '/api/v1/admin/sites/{site}/threads/{id}/closed',
    summary: 'Take no more opinions under an article; what is public stays',
    security,
    request: { params: SiteAndId },
    responses: { 200: json(ClosedShape, 'Closed'), default: refusal },
  }),
  open: createRoute({
    method: 'delete',
    path: '/api/v1/admin/sites/{site}/threads/{id}/closed',
    summary: 'Take opinions under an article again',
    security,
    request: { params: SiteAndId },
    responses: { 200: json(ClosedShape, 'Open'), default: refusal },
  }),
  undo: createRoute({
    method: 'delete',
    path: '/api/v1/admin/sites/{site}/decisions/{id}',
    summary: 'Undo a decision before it takes effect',
    security,
    request: { params: SiteAndId },
    responses: { 200: json(UndoneShape, 'Undone'), default: refusal },
  }),
}

/** The doors of the staff API. */
export function adminApi() {
  const api = newApi()
  // The guard stands before the validation, so that a stranger learns nothing, not even what a request should look like.
  api.use(
    '/api/v1/admin/sites/:site/*',
    csrf,
    async (c, next) => {
      c.header('cache-control', 'no-store')
      c.set('ctx', await staffCtx(c, c.req.param('site')))
      await next()
    },
    jsonOnly,
  )

  api.openapi(routes.queue, async (c) => {
    const page = await readQueue(c.var.ctx, c.req.valid('query'))
    return c.json({ ...page, items: page.items.map((item) => told(item, c.var.language)) }, 200)
  })

  api.openapi(routes.item, async (c) => {
    const item = await readItem(c.var.ctx, c.req.valid('param').id)
    return c.json(
      {
        ...item,
        ...told(item, c.var.language),
        reports: item.reports.map((report) => ({ ...report, reason_sentence: strings(c.var.language).reasons[report.reason] })),
        revisions: item.revisions.map((revision) => ({ ...revision, signals: sentences(revision.signals, c.var.language) })),
      },
      200,
    )
  })

  api.openapi(routes.decide, async (c) => {
    return c.json({ outcomes: await decide(c.var.ctx, c.req.valid('json'), idempotencyKeyOf(c)) }, 200)
  })

  api.openapi(routes.undo, async (c) => c.json(await undo(c.var.ctx, c.req.valid('param').id), 200))

  api.openapi(routes.settings, async (c) => c.json(await readSetup(c.var.ctx), 200))

  api.openapi(routes.changeSettings, async (c) => c.json(await changeSettings(c.var.ctx, c.req.valid('json')), 200))

  api.openapi(routes.undoMany, async (c) => c.json({ outcomes: await undoMany(c.var.ctx, c.req.valid('json')) }, 200))

  api.openapi(routes.reply, async (c) => {
    return c.json(await reply(c.var.ctx, c.req.valid('param').id, c.req.valid('json'), idempotencyKeyOf(c)), 201)
  })

  api.openapi(routes.pin, async (c) => c.json(await pin(c.var.ctx, c.req.valid('param').id), 200))

  api.openapi(routes.unpin, async (c) => c.json(await unpin(c.var.ctx, c.req.valid('param').id), 200))

  api.openapi(routes.close, async (c) => c.json(await closeArticle(c.var.ctx, c.req.valid('param').id), 200))

  api.openapi(routes.open, async (c) => c.json(await openArticle(c.var.ctx, c.req.valid('param').id), 200))

  api.openapi(routes.rules, async (c) => c.json(await readWordlist(c.var.ctx), 200))

  api.openapi(routes.saveRules, async (c) => c.json(await saveLists(c.var.ctx, c.req.valid('param').scope, c.req.valid('json')), 200))

  api.openapi(routes.tryRules, async (c) => c.json(await tryLists(c.var.ctx, c.req.valid('param').scope, c.req.valid('json')), 200))

  api.openapi(routes.switchRule, async (c) => c.json(await switchRule(c.var.ctx, c.req.valid('json')), 200))

  api.openapi(routes.dismissReports, async (c) => c.json(await dismissReports(c.var.ctx, c.req.valid('param').id), 200))

  addItemRoutes(api)
  addSetupRoutes(api)
  return api
}

function told(item: QueueItem, language: Language) {
  return { ...item, signals: sentences(item.signals, language) }
}

/** Signals with the sentence that explains each. */
function sentences(signals: readonly Signal[], language: Language) {
  return signals.map((signal) => ({ ...signal, text: signalSentence(signal, strings(language)) }))
}
