// One's own account: second factor, password, and where one is signed in.
import type { Child } from 'hono/jsx'
import { removeApp, renewRecoveryCodes, replaceApp } from '../core/people/account.ts'
import { countRecoveryCodes, offerTotp } from '../core/people/factors.ts'
import { addPasskey, askForNewPasskey, listPasskeys, removePasskey } from '../core/people/passkeys.ts'
import { MIN_PASSWORD_LENGTH } from '../core/people/passwords.ts'
import { hasIdentity, providerName } from '../core/people/provider.ts'
import { endOtherSessions, endSession, isConfirmed, listSessions } from '../core/people/sessions.ts'
import { changePassword, factorsOf } from '../core/people/signin.ts'
import { visitorOf } from '../http/auth.ts'
import type { AppContext } from '../http/door.ts'
import { readForm } from '../http/form.ts'
import { allowPage } from '../http/page.tsx'
import { date, dateTime, fill } from '../i18n/format.ts'
import { askToConfirm, Confirmation } from './confirm.tsx'
import { type Desk, openDesk } from './desk.ts'
import { Done, Fault, Field, faultOf, type Told } from './fields.tsx'
import { Frame } from './parts.tsx'
import { PasskeyForm, passkeyFields } from './passkeys.tsx'
import { AppOffer, RecoveryCodes } from './signin.tsx'

/** What a page of an account can say was done, by the word in its address. */
const DONE = {
  confirmed: 'confirmed',
  saved: 'saved',
  removed: 'removed',
  password: 'passwordChanged',
  ended: 'sessionEnded',
} as const

/** GET /desk/:site/account */
export async function showAccount(c: AppContext): Promise<Response> {
  return account(c, await openDesk(c), null)
}

/** POST /desk/:site/account/password */
export async function receivePassword(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const form = await readForm(c)
  const fields = { current: form.get('current') ?? '', password: form.get('password') ?? '' }
  try {
    await changePassword(desk.ctx.services, desk.session, fields, visitorOf(c))
  } catch (thrown) {
    return account(c, desk, { part: 'password', told: faultOf(c, thrown) })
  }
  return c.redirect(`${desk.base}/account?done=password`, 303)
}

/** POST /desk/:site/account/sessions: ends one by its id, or all but this one. */
export async function receiveSessionEnd(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const id = (await readForm(c)).get('session') ?? ''
  if (id === 'others') await endOtherSessions(desk.ctx.services, desk.session)
  else await endSession(desk.ctx.services, desk.session, id)
  return c.redirect(`${desk.base}/account?done=ended`, 303)
}

/** GET /desk/:site/account/app: a new secret for the authenticator. */
export async function showApp(c: AppContext): Promise<Response> {
  return app(c, await openDesk(c), null, null)
}

/** POST /desk/:site/account/app */
export async function receiveAppChange(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const form = await readForm(c)
  const offer = form.get('offer') ?? ''
  try {
    await replaceApp(desk.ctx.services, desk.session, { offer, code: form.get('code') ?? '' })
  } catch (thrown) {
    return app(c, desk, offer, faultOf(c, thrown))
  }
  return c.redirect(`${desk.base}/account?done=saved`, 303)
}

/** POST /desk/:site/account/app/remove */
export async function receiveAppRemoval(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  try {
    await removeApp(desk.ctx.services, desk.session)
  } catch (thrown) {
    return account(c, desk, { part: 'factors', told: faultOf(c, thrown) })
  }
  return c.redirect(`${desk.base}/account?done=removed`, 303)
}

/** POST /desk/:site/account/passkeys */
export async function receivePasskeyAddition(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const form = await readForm(c)
  try {
    await addPasskey(desk.ctx.services, desk.session, passkeyFields(form))
  } catch (thrown) {
    return account(c, desk, { part: 'passkeys', told: faultOf(c, thrown) })
  }
  return c.redirect(`${desk.base}/account?done=saved`, 303)
}

/** POST /desk/:site/account/passkeys/remove */
export async function receivePasskeyRemoval(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const form = await readForm(c)
  try {
    await removePasskey(desk.ctx.services, desk.session, form.get('passkey') ?? '')
  } catch (thrown) {
    return account(c, desk, { part: 'passkeys', told: faultOf(c, thrown) })
  }
  return c.redirect(`${desk.base}/account?done=removed`, 303)
}

/** POST /desk/:site/account/codes: shows the new codes, this once. */
export async function receiveNewCodes(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const codes = await renewRecoveryCodes(desk.ctx.services, desk.session)
  const words = desk.words.account
  return room(
    c,
    desk,
    words.codesTitle,
    <section class="block">
      <p>{words.codesHint}</p>
      <RecoveryCodes codes={codes} />
      <p>
        <a class="action" href={`${desk.base}/account`}>
          {words.codesBack}
        </a>
      </p>
    </section>,
  )
}

type Fell = { part: 'password' | 'factors' | 'passkeys'; told: Told }

async function account(c: AppContext, desk: Desk, fell: Fell | null): Promise<Response> {
  const { services } = desk.ctx
  const words = desk.words.account
  const isOpen = isConfirmed(services, desk.session)
  const [toConfirm, isLinked, passkeys, newPasskey, factors, codesLeft, sessions] = await Promise.all([
    askToConfirm(desk),
    hasIdentity(services, desk.person.id),
    listPasskeys(services, desk.person.id),
    isOpen ? askForNewPasskey(services, desk.person) : null,
    factorsOf(services, desk.person.id),
    countRecoveryCodes(services, desk.person.id),
    listSessions(services, desk.session),
  ])
  const done = DONE[c.req.query('done') as keyof typeof DONE]
  const toldIn = (part: Fell['part']) => (fell?.part === part ? fell.told : null)
  const passwordFault = toldIn('password')
  const provider = providerName(services)
  return room(
    c,
    desk,
    words.title,
    <>
      {done && <Done>{words[done]}</Done>}
      <p class="who-am-i">
        <bdi>{desk.person.name}</bdi> · <bdi>{desk.person.email}</bdi>
      </p>
      <Confirmation c={c} desk={desk} room="account" request={toConfirm} />
      <section class="block">
        <h2>{words.factors}</h2>
        <Fault told={toldIn('factors')} />
        <dl>
          <dt>{words.app}</dt>
          <dd>{factors.appSince === null ? words.appNone : fill(words.appSince, { date: date(factors.appSince) })}</dd>
        </dl>
        <p>{fill(words.codesLeft, { n: codesLeft })}</p>
        {isOpen && (
          <div class="row">
            <a class="action" href={`${desk.base}/account/app`}>
              {words.appAdd}
            </a>
            {factors.appSince !== null && (
              <form method="post" action={`${desk.base}/account/app/remove`}>
                <button type="submit">{words.appRemove}</button>
              </form>
            )}
            <form method="post" action={`${desk.base}/account/codes`}>
              <button type="submit" aria-describedby="codes-hint">
                {words.codesNew}
              </button>
            </form>
            <p class="hint" id="codes-hint">
              {words.codesNewHint}
            </p>
          </div>
        )}
      </section>
      {(passkeys.length > 0 || newPasskey !== null) && (
        <section class="block">
          <h2>{words.passkeys}</h2>
          <Fault told={toldIn('passkeys')} />
          <ul class="lines">
            {passkeys.map((each) => (
              <li>
                <p>{fill(words.passkeyRow, { name: each.name, date: date(each.created_at) })}</p>
                {isOpen && (
                  <form method="post" action={`${desk.base}/account/passkeys/remove`}>
                    <input type="hidden" name="passkey" value={each.id} />
                    <button type="submit">
                      {words.passkeyRemove}
                      <span class="unseen">: {each.name}</span>
                    </button>
                  </form>
                )}
              </li>
            ))}
          </ul>
          <PasskeyForm
            c={c}
            words={desk.words}
            request={newPasskey}
            action={`${desk.base}/account/passkeys`}
            label={words.passkeyAdd}
            isNew
            isFaulty={toldIn('passkeys')?.pointer === '/passkey_name'}
          />
        </section>
      )}
      <section class="block">
        <h2>{words.changePassword}</h2>
        <Fault told={passwordFault} />
        <form method="post" action={`${desk.base}/account/password`}>
          <input type="hidden" name="username" value={desk.person.email} autocomplete="username" />
          <Field
            name="current"
            type="password"
            label={words.currentPassword}
            autocomplete="current-password"
            isFaulty={passwordFault !== null && passwordFault.pointer === null}
          />
          <Field
            name="password"
            type="password"
            label={words.newPassword}
            hint={fill(words.passwordHint, { n: MIN_PASSWORD_LENGTH })}
            autocomplete="new-password"
            isFaulty={passwordFault?.pointer === '/password'}
          />
          <button type="submit">{words.changePassword}</button>
        </form>
      </section>
      {provider !== null && (
        <section class="block">
          <h2>{words.provider}</h2>
          <p>{isLinked ? fill(words.providerLinked, { name: provider }) : provider}</p>
          {isOpen &&
            (isLinked ? (
              <form method="post" action={`${desk.base}/account/provider/unlink`}>
                <button type="submit">{words.providerUnlink}</button>
              </form>
            ) : (
              <p>
                <a class="action" href={`${desk.base}/account/provider`}>
                  {fill(words.providerLink, { name: provider })}
                </a>
              </p>
            ))}
        </section>
      )}
      <section class="block">
        <h2>{words.sessions}</h2>
        <ul class="lines">
          {sessions.map((each) => (
            <li>
              <p>
                {fill(words.sessionRow, { agent: each.agent, time: dateTime(each.created_at) })}
                <span class="hint">{fill(words.sessionSeen, { time: dateTime(each.last_seen_at) })}</span>
              </p>
              {each.isThis ? (
                <span class="badge">{words.sessionThis}</span>
              ) : (
                <form method="post" action={`${desk.base}/account/sessions`}>
                  <input type="hidden" name="session" value={each.id} />
                  <button type="submit">{words.sessionEnd}</button>
                </form>
              )}
            </li>
          ))}
        </ul>
        {sessions.length > 1 && (
          <form method="post" action={`${desk.base}/account/sessions`}>
            <input type="hidden" name="session" value="others" />
            <button type="submit">{words.sessionEndOthers}</button>
          </form>
        )}
      </section>
    </>,
  )
}

async function app(c: AppContext, desk: Desk, offered: string | null, told: Told | null): Promise<Response> {
  const words = desk.words.account
  if (!isConfirmed(desk.ctx.services, desk.session) && offered === null) return c.redirect(`${desk.base}/account`, 303)
  const offer = await offerTotp(desk.ctx.services, desk.person, offered)
  return room(
    c,
    desk,
    words.appAdd,
    <section class="block">
      <Fault told={told} />
      <form method="post" action={`${desk.base}/account/app`}>
        <AppOffer words={desk.words} offer={offer} isFaulty={told !== null} />
        <button class="primary" type="submit">
          {words.enrolFinish}
        </button>
      </form>
      <p class="back">
        <a href={`${desk.base}/account`}>{desk.words.reader.cancel}</a>
      </p>
    </section>,
  )
}

/** A page of the rooms of people: narrow, and in parts. */
export function room(c: AppContext, desk: Desk, title: string, children: Child): Response | Promise<Response> {
  allowPage(c, { frameAncestors: "'none'", script: 'nonce', connect: true })
  return c.html(
    <Frame desk={desk} title={title}>
      <main class="account" id="main" tabindex={-1}>
        <h1>{title}</h1>
        {children}
      </main>
    </Frame>,
  )
}
