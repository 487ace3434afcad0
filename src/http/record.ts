// The record as a file, sent piece by piece while it is read: for the desk's page and the staff API alike.
import type { Context } from 'hono'
import { exportLog, type LogFormat, type LogQuery } from '../core/archive/log.ts'
import type { Ctx } from '../core/context.ts'
import type { AppEnv } from './door.ts'

/** Media types of the forms of a file. */
const LOG_TYPES: Record<LogFormat, string> = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson; charset=utf-8' }

/** Answers with every line that fits, as an attachment. Throws as `exportLog` does, before anything is sent. */
export async function sendRecord(c: Context<AppEnv>, ctx: Ctx, query: LogQuery, format: LogFormat) {
  const pieces = await exportLog(ctx, query, format)
  const encoder = new TextEncoder()
  const stream = new ReadableStream({
    async pull(controller) {
      const { value, done } = await pieces.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
  })
  const day = ctx.services.now().toISOString().slice(0, 10)
  c.header('content-type', LOG_TYPES[format])
  c.header('content-disposition', `attachment; filename="${ctx.site.slug}-log-${day}.${format}"`)
  return c.body(stream)
}
