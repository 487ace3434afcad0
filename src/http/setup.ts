// The staff API of what a site keeps beside its comments: articles, prepared replies, and the record of who did what.
import { createRoute, z } from '@hono/zod-openapi'
import { LogExportInput, LogQuery, readLog } from '../core/archive/log.ts'
import {
  AliasInput,
  addAlias,
  addArticle,
  ChangeArticleInput,
  changeArticle,
  MergeInput,
  mergeArticles,
  NewArticleInput,
  readArticle,
  readArticles,
  removeAlias,
} from '../core/articles.ts'
import { addCanned, CannedEdit, CannedInput, changeCanned, readCanned, removeCanned } from '../core/canned.ts'
import type { newApi } from './public.ts'
import { sendRecord } from './record.ts'
import {
  ArticleShape,
  ArticlesQuery,
  ArticlesShape,
  body,
  CannedListShape,
  CannedShape,
  json,
  LogShape,
  refusal,
  Site,
  SiteAndId,
  security,
} from './shapes.ts'

const routes = {
  articles: createRoute({
    method: 'get',
    path: '/api/v1/admin/sites/{site}/articles',
    summary: 'A page of articles, the newest first; it can be short and yet have a `next`',
    security,
    request: { params: Site, query: ArticlesQuery },
    responses: { 200: json(ArticlesShape, 'The page'), default: refusal },
  }),
  addArticle: createRoute({
    method: 'post',
    path: '/api/v1/admin/sites/{site}/articles',
    summary: 'Make an article before its first opinion; `name` is its key or address',
    security,
    request: { params: Site, body: body(NewArticleInput) },
    responses: { 201: json(ArticleShape, 'The article'), default: refusal },
  }),
  article: createRoute({
    method: 'get',
    path: '/api/v1/admin/sites/{site}/articles/{id}',
    summary: 'One article with its further names, its schedule and the version to name when it is changed',
    security,
    request: { params: SiteAndId },
    responses: { 200: json(ArticleShape, 'The article'), default: refusal },
  }),
  changeArticle: createRoute({
    method: 'put',
    path: '/api/v1/admin/sites/{site}/articles/{id}',
    summary: 'Open, close or schedule an article and say something to its readers; 409 when another version stands',
    security,
    request: { params: SiteAndId, body: body(ChangeArticleInput) },
    responses: { 200: json(ArticleShape, 'The article as it is now'), default: refusal },
  }),
  addName: createRoute({
    method: 'post',
    path: '/api/v1/admin/sites/{site}/articles/{id}/names',
    summary: 'Give an article a further key or address, under which it keeps its opinions',
    security,
    request: { params: SiteAndId, body: body(AliasInput) },
    responses: { 200: json(ArticleShape, 'The article as it is now'), default: refusal },
  }),
  removeName: createRoute({
    method: 'delete',
    path: '/api/v1/admin/sites/{site}/articles/{id}/names',
    summary: 'Take a further key or address away',
    security,
    request: { params: SiteAndId, query: z.object({ name: z.string() }) },
    responses: { 200: json(ArticleShape, 'The article as it is now'), default: refusal },
  }),
  merge: createRoute({
    method: 'post',
    path: '/api/v1/admin/sites/{site}/articles/{id}/merge',
    summary: 'Join an article to another that is the same; its opinions and names go there, and nothing undoes it',
    security,
    request: { params: SiteAndId, body: body(MergeInput) },
    responses: { 200: json(ArticleShape, 'The article that is left'), default: refusal },
  }),
  canned: createRoute({
    method: 'get',
    path: '/api/v1/admin/sites/{site}/canned',
    summary: 'Prepared replies by name',
    security,
    request: { params: Site },
    responses: { 200: json(CannedListShape, 'The replies'), default: refusal },
  }),
  addCanned: createRoute({
    method: 'post',
    path: '/api/v1/admin/sites/{site}/canned',
    summary: 'Write a prepared reply',
    security,
    request: { params: Site, body: body(CannedInput) },
    responses: { 201: json(CannedShape, 'The reply'), default: refusal },
  }),
  changeCanned: createRoute({
    method: 'put',
    path: '/api/v1/admin/sites/{site}/canned/{id}',
    summary: 'Change a prepared reply; 409 when another version stands',
    security,
    request: { params: SiteAndId, body: body(CannedEdit) },
    responses: { 200: json(CannedShape, 'The reply as it is now'), default: refusal },
  }),
  removeCanned: createRoute({
    method: 'delete',
    path: '/api/v1/admin/sites/{site}/canned/{id}',
    summary: 'Remove a prepared reply; what was said with it stays said',
    security,
    request: { params: SiteAndId },
    responses: { 204: { description: 'Removed' }, default: refusal },
  }),
  log: createRoute({
    method: 'get',
    path: '/api/v1/admin/sites/{site}/log',
    summary: 'A page of the record of who did what, the newest first',
    security,
    request: { params: Site, query: LogQuery },
    responses: { 200: json(LogShape, 'The page'), default: refusal },
  }),
  exportLog: createRoute({
    method: 'post',
    path: '/api/v1/admin/sites/{site}/log/export',
    summary: 'The record as a file, every line that fits, the newest first; that it was taken is recorded too',
    security,
    request: { params: Site, body: body(LogExportInput) },
    responses: {
      200: {
        description: 'The file',
        content: {
          'text/csv': { schema: z.string() },
          'application/x-ndjson': { schema: z.string().openapi({ description: 'A line for each act, shaped as the items of a page' }) },
        },
      },
      default: refusal,
    },
  }),
}

/** Adds the routes to the staff API, behind its guard. */
export function addSetupRoutes(api: ReturnType<typeof newApi>): void {
  api.openapi(routes.articles, async (c) => c.json(await readArticles(c.var.ctx, c.req.valid('query')), 200))
  api.openapi(routes.addArticle, async (c) => {
    const { id } = await addArticle(c.var.ctx, c.req.valid('json'))
    return c.json(await readArticle(c.var.ctx, id), 201)
  })
  api.openapi(routes.article, async (c) => c.json(await readArticle(c.var.ctx, c.req.valid('param').id), 200))
  api.openapi(routes.changeArticle, async (c) => c.json(await changeArticle(c.var.ctx, c.req.valid('param').id, c.req.valid('json')), 200))
  api.openapi(routes.addName, async (c) => c.json(await addAlias(c.var.ctx, c.req.valid('param').id, c.req.valid('json')), 200))
  api.openapi(routes.removeName, async (c) => {
    return c.json(await removeAlias(c.var.ctx, c.req.valid('param').id, c.req.valid('query').name), 200)
  })
  api.openapi(routes.merge, async (c) => c.json(await mergeArticles(c.var.ctx, c.req.valid('param').id, c.req.valid('json')), 200))
  api.openapi(routes.canned, async (c) => c.json({ items: await readCanned(c.var.ctx) }, 200))
  api.openapi(routes.addCanned, async (c) => c.json(await addCanned(c.var.ctx, c.req.valid('json')), 201))
  api.openapi(routes.changeCanned, async (c) => c.json(await changeCanned(c.var.ctx, c.req.valid('param').id, c.req.valid('json')), 200))
  api.openapi(routes.removeCanned, async (c) => {
    await removeCanned(c.var.ctx, c.req.valid('param').id)
    return c.body(null, 204)
  })
  api.openapi(routes.log, async (c) => c.json(await readLog(c.var.ctx, c.req.valid('query')), 200))
  api.openapi(routes.exportLog, async (c) => {
    const { format, ...query } = c.req.valid('json')
    return sendRecord(c, c.var.ctx, query, format)
  })
}
