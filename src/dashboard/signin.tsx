// Signing in by a single-use link and signing out. Opening the link changes nothing: scanners of letters open links too.
import { AppError } from '../core/context.ts'
import { readLink, signIn, signOut } from '../core/people/sessions.ts'
import { forgetSession, rememberSession, sessionOf } from '../http/auth.ts'
import type { AppContext } from '../http/door.ts'
import { readForm } from '../http/form.ts'
import { allowPage } from '../http/page.tsx'
import { fill } from '../i18n/format.ts'
import { strings } from '../i18n/index.ts'
import { Sheet } from './parts.tsx'

/** GET /desk: the queue of the person's first site. */
export async function showFirstSite(c: AppContext): Promise<Response> {
  const session = await sessionOf(c)
  if (!session) throw new AppError('unauthenticated')
  const [first] = session.person.roles
  if (first) return c.redirect(`/desk/${first.slug}/queue`, 303)
  const words = strings(c.var.language)
  allowPage(c, { frameAncestors: "'none'" })
  return c.html(
    <Sheet language={c.var.language} words={words} title={words.desk.title}>
      <p>{words.desk.noSites}</p>
      <form method="post" action="/desk/signout">
        <button type="submit">{words.desk.signOut}</button>
      </form>
    </Sheet>,
  )
}

/** GET /desk/signin: with a link one button that uses it, otherwise how to get one. Throws `link_invalid`. */
export async function showSignIn(c: AppContext): Promise<Response> {
  const link = c.req.query('link')
  if (link === undefined && (await sessionOf(c))) return c.redirect('/desk', 303)
  const person = link === undefined ? null : await readLink(c.var.services, link)
  const words = strings(c.var.language)
  allowPage(c, { frameAncestors: "'none'" })
  return c.html(
    <Sheet language={c.var.language} words={words} title={words.desk.signInTitle}>
      {c.req.query('signed') === 'out' && (
        <p class="notice done" role="status">
          {words.desk.signedOut}
        </p>
      )}
      {person === null ? (
        <p>{words.desk.signInNeedLink}</p>
      ) : (
        <form method="post" action="/desk/signin">
          <p>{fill(words.desk.signInConfirm, { name: person.name })}</p>
          <input type="hidden" name="link" value={link} />
          <button class="primary" type="submit">
            {words.desk.signIn}
          </button>
        </form>
      )}
    </Sheet>,
  )
}

/** POST /desk/signin: uses the link up and opens a new session. Throws `link_invalid`. */
export async function receiveSignIn(c: AppContext): Promise<Response> {
  const link = (await readForm(c)).get('link') ?? ''
  const { token, maxAgeSeconds } = await signIn(c.var.services, link)
  rememberSession(c, token, maxAgeSeconds)
  return c.redirect('/desk', 303)
}

/** POST /desk/signout: ends the session on the server and in the browser. */
export async function receiveSignOut(c: AppContext): Promise<Response> {
  const session = await sessionOf(c)
  if (session) await signOut(c.var.services, session)
  forgetSession(c)
  return c.redirect('/desk/signin?signed=out', 303)
}
