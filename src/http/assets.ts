// Built files for anyone: the widget under its current and its immutable name, the pages' and the desk's files.
import { Hono } from 'hono'
import { AppError } from '../core/context.ts'
import type { AppContext, AppEnv } from './door.ts'
import { preferredEncoding } from './hot.ts'
import { answerProblem } from './problem.ts'

/** The current release is asked about every ten minutes; a file with its hash in its name never changes. */
const CURRENT = 'public, max-age=600'
const IMMUTABLE = 'public, max-age=31536000, immutable'

/** The doors of built files. */
export function assetDoors(): Hono<AppEnv> {
  const doors = new Hono<AppEnv>()
  doors.get('/widget/:file', (c) => sendAsset(c, `widget/${c.req.param('file')}`, true))
  doors.get('/assets/:file', (c) => sendAsset(c, `assets/${c.req.param('file')}`, false))
  doors.onError((thrown, c) => answerProblem(c, thrown))
  return doors
}

async function sendAsset(c: AppContext, path: string, isForEveryone: boolean): Promise<Response> {
  const asset = /^[\w./-]+$/.test(path) && !path.includes('..') ? await c.var.services.asset(path) : null
  if (!asset) throw new AppError('not_found')
  const encoding = asset.packed ? preferredEncoding(c.req.header('accept-encoding')) : 'identity'
  const packed = encoding === 'identity' ? undefined : asset.packed?.[encoding]
  const headers = {
    'content-type': asset.type,
    etag: asset.etag,
    vary: 'Accept-Encoding',
    ...(packed ? { 'content-encoding': encoding } : {}),
    'cache-control': /[.-][0-9a-f]{12}\.\w+$/.test(path) ? IMMUTABLE : CURRENT,
    ...(isForEveryone ? { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' } : {}),
  }
  if (c.req.header('if-none-match') === asset.etag) return c.body(null, 304, headers)
  return c.body(packed ?? asset.body, 200, headers)
}
