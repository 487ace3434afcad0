// The desk's doors with the guards before them, and what an error looks like there.
import { Hono } from 'hono'
import { AppError } from '../core/context.ts'
import type { AppContext, AppEnv } from '../http/door.ts'
import { csrf, limited } from '../http/guards.ts'
import type { RateLimiter } from '../http/limits.ts'
import { allowPage } from '../http/page.tsx'
import { answerProblem, logUnexpected, toAppError, toProblem } from '../http/problem.ts'
import { STATUS } from '../http/status.ts'
import { strings } from '../i18n/index.ts'
import {
  receiveAppChange,
  receiveAppRemoval,
  receiveNewCodes,
  receivePasskeyAddition,
  receivePasskeyRemoval,
  receivePassword,
  receiveSessionEnd,
  showAccount,
  showApp,
} from './account.tsx'
import { receiveBan, receiveLift, showBans } from './bans.tsx'
import { receiveBulk, receiveBulkUndo } from './bulk.tsx'
import { receiveAssignee, receiveContact, receiveNote, receiveViewing, showComment } from './comment.tsx'
import { composeReply } from './compose.tsx'
import { receiveConfirmation } from './confirm.tsx'
import { isScript, receiveAct, receiveDecision, receiveUndo, tellMoved, tellStamp } from './decisions.ts'
import { showLearning } from './learning.tsx'
import { sendLog, showLog } from './log.tsx'
import { Sheet } from './parts.tsx'
import { receiveAccess, receiveInvitation, receiveRecovery, receiveRole, receiveWithdrawal, showPeople } from './people.tsx'
import { receiveChoice, showPractice } from './practice/room.tsx'
import { receiveKeys, receivePreferences, showPreferences } from './preferences.tsx'
import { leaveForProvider, leaveToLink, receiveReturn, receiveUnlink, showReturn } from './provider.tsx'
import { showCard, showQueue } from './queue.tsx'
import { receiveQuick, showQuick } from './quick.tsx'
import { settingsDoors } from './settings/doors.ts'
import {
  receiveApp,
  receiveCode,
  receiveNewPasskey,
  receivePasskey,
  receiveSignIn,
  receiveSignOut,
  showFirstSite,
  showSignIn,
  showStep,
} from './signin.tsx'
import { receiveToken, receiveTokenRevocation, showTokens } from './tokens.tsx'
import { receiveView, receiveViewDeletion } from './views.tsx'
import { exportWords, receiveSwitch, receiveWords, showWords } from './words.tsx'

/** Everything under /desk. */
export function deskDoors(limiter: RateLimiter): Hono<AppEnv> {
  const doors = new Hono<AppEnv>()
  doors.use(
    '/desk/*',
    async (c, next) => {
      c.header('cache-control', 'no-store')
      // The desk speaks the site's language, whatever the browser asks for; until the site is known, Vietnamese.
      c.set('language', 'vi')
      await next()
    },
    csrf,
  )
  doors.use('/desk/signin', limited(limiter, 'signin', ['POST']))
  doors.use('/desk/signin/*', limited(limiter, 'signin', ['POST']))

  doors.get('/desk', showFirstSite)
  doors.get('/desk/signin', showSignIn)
  doors.post('/desk/signin', receiveSignIn)
  doors.get('/desk/signin/step', showStep)
  doors.post('/desk/signin/code', receiveCode)
  doors.post('/desk/signin/app', receiveApp)
  doors.get('/desk/signin/provider', leaveForProvider)
  doors.get('/desk/signin/provider/return', showReturn)
  doors.post('/desk/signin/provider', receiveReturn)
  doors.post('/desk/signin/passkey', receivePasskey)
  doors.post('/desk/signin/passkey/new', receiveNewPasskey)
  doors.post('/desk/signout', receiveSignOut)
  doors.get('/desk/:site/queue', showQueue)
  doors.get('/desk/:site/words', showWords)
  doors.get('/desk/:site/words.csv', exportWords)
  doors.post('/desk/:site/words', receiveWords)
  doors.post('/desk/:site/words/switch', receiveSwitch)
  doors.get('/desk/:site/comments/:id', showComment)
  doors.post('/desk/:site/comments/:id/assignee', receiveAssignee)
  doors.post('/desk/:site/comments/:id/notes', receiveNote)
  doors.post('/desk/:site/comments/:id/contact', receiveContact)
  doors.post('/desk/:site/comments/:id/viewing', receiveViewing)
  doors.post('/desk/:site/comments/:id/reply', composeReply)
  doors.get('/desk/:site/bans', showBans)
  doors.post('/desk/:site/bans', receiveBan)
  doors.post('/desk/:site/bans/:id/lift', receiveLift)
  doors.post('/desk/:site/decisions', receiveDecision)
  doors.post('/desk/:site/decisions/:id/undo', receiveUndo)
  doors.post('/desk/:site/moved', tellMoved)
  doors.get('/desk/:site/stamp', tellStamp)
  doors.get('/desk/:site/cards/:id', showCard)
  doors.post('/desk/:site/acts', receiveAct)
  doors.get('/desk/:site/learning', showLearning)
  doors.post('/desk/:site/bulk', receiveBulk)
  doors.get('/desk/:site/quick', showQuick)
  doors.post('/desk/:site/quick', receiveQuick)
  doors.post('/desk/:site/bulk/undo', receiveBulkUndo)
  doors.post('/desk/:site/views', receiveView)
  doors.post('/desk/:site/views/:id/delete', receiveViewDeletion)
  doors.get('/desk/:site/preferences', showPreferences)
  doors.post('/desk/:site/preferences', receivePreferences)
  doors.post('/desk/:site/keys', receiveKeys)
  doors.post('/desk/:site/confirm', receiveConfirmation)
  doors.get('/desk/:site/account', showAccount)
  doors.post('/desk/:site/account/password', receivePassword)
  doors.post('/desk/:site/account/sessions', receiveSessionEnd)
  doors.get('/desk/:site/account/app', showApp)
  doors.post('/desk/:site/account/app', receiveAppChange)
  doors.post('/desk/:site/account/app/remove', receiveAppRemoval)
  doors.post('/desk/:site/account/codes', receiveNewCodes)
  doors.get('/desk/:site/account/provider', leaveToLink)
  doors.post('/desk/:site/account/provider/unlink', receiveUnlink)
  doors.post('/desk/:site/account/passkeys', receivePasskeyAddition)
  doors.post('/desk/:site/account/passkeys/remove', receivePasskeyRemoval)
  doors.get('/desk/:site/people', showPeople)
  doors.post('/desk/:site/people', receiveInvitation)
  doors.post('/desk/:site/people/withdraw', receiveWithdrawal)
  doors.post('/desk/:site/people/role', receiveRole)
  doors.post('/desk/:site/people/access', receiveAccess)
  doors.post('/desk/:site/people/recovery', receiveRecovery)
  doors.get('/desk/:site/tokens', showTokens)
  doors.post('/desk/:site/tokens', receiveToken)
  doors.post('/desk/:site/tokens/revoke', receiveTokenRevocation)
  doors.get('/desk/:site/practice', showPractice)
  doors.post('/desk/:site/practice', receiveChoice)
  doors.get('/desk/:site/log', showLog)
  doors.post('/desk/:site/log/export', sendLog)
  settingsDoors(doors)
  doors.all('/desk/*', () => {
    throw new AppError('not_found')
  })
  doors.onError((thrown, c) => showError(c, thrown))
  return doors
}

/** An error as a page, or as a problem for the page's script. Whoever only reads without a session is led to the sign-in page. */
function showError(c: AppContext, thrown: unknown): Response | Promise<Response> {
  const error = toAppError(thrown)
  if (isScript(c)) return answerProblem(c, error)
  if (error.code === 'unauthenticated' && c.req.method === 'GET') return c.redirect('/desk/signin', 303)
  logUnexpected(c, error)
  const { language } = c.var
  const words = strings(language)
  const problem = toProblem(error, language, c.var.requestId)
  const isSignedOut = ['unauthenticated', 'link_invalid', 'signin_expired'].includes(problem.code)
  allowPage(c, { frameAncestors: "'none'" })
  c.header('cache-control', 'no-store')
  if (error.retryAfter !== undefined) c.header('retry-after', String(error.retryAfter))
  return c.html(
    <Sheet language={language} words={words} title={words.desk.errorTitle}>
      <p class="notice conflict" role="alert">
        {problem.detail}
      </p>
      <p class="back">{isSignedOut ? <a href="/desk/signin">{words.desk.signIn}</a> : <a href="/desk">{words.desk.toDesk}</a>}</p>
    </Sheet>,
    STATUS[problem.code],
  )
}
