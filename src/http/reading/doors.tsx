// The doors of everything a reader without script may fetch, and what an error looks like there.
import { Hono } from 'hono'
import { findSite } from '../../core/sites.ts'
import { type Language, strings } from '../../i18n/index.ts'
import type { AppContext, AppEnv } from '../door.ts'
import { limited } from '../guards.ts'
import type { RateLimiter } from '../limits.ts'
import { allowPage, Page } from '../page.tsx'
import { logUnexpected, toAppError, toProblem } from '../problem.ts'
import { STATUS } from '../status.ts'
import { receiveOpinion, showArticle } from './article.tsx'
import { receiveReceipt, showReceipt } from './receipt.tsx'
import { receiveLike, receiveReport, showReport } from './respond.tsx'
import { Alert } from './sheet.tsx'

/** Everything under /r. */
export function readingDoors(limiter: RateLimiter): Hono<AppEnv> {
  const doors = new Hono<AppEnv>()
  // An opinion is weighed when it is sent; this is for what comes before that, the hints.
  doors.use('/r/:site', limited(limiter, 'page', ['POST']))
  doors.use('/r/:site/:part', limited(limiter, 'write', ['POST']))
  doors.get('/r/:site', showArticle)
  doors.post('/r/:site', receiveOpinion(limiter))
  doors.get('/r/:site/receipt', showReceipt)
  doors.post('/r/:site/receipt', receiveReceipt)
  doors.post('/r/:site/like', receiveLike)
  doors.get('/r/:site/report', showReport)
  doors.post('/r/:site/report', receiveReport)
  doors.onError(async (thrown, c) => errorPage(c, thrown))
  return doors
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
  if (error.retryAfter !== undefined) c.header('retry-after', String(error.retryAfter))
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
