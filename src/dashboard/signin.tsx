// Signing in and out: password, second factor, and what a link that was handed over is for. Reading a link never uses it up; only
// pressing a button does, because mail scanners open links. Vietnamese first, and English by a switch that stays in the address.
import type { Child } from 'hono/jsx'
import { AppError } from '../core/context.ts'
import { offerTotp } from '../core/people/factors.ts'
import { type Link, readLink } from '../core/people/links.ts'
import { askForNewPasskey, askForPasskey, finishWithNewPasskey, finishWithPasskey, signInWithPasskey } from '../core/people/passkeys.ts'
import { MIN_PASSWORD_LENGTH } from '../core/people/passwords.ts'
import { providerName } from '../core/people/provider.ts'
import { signOut } from '../core/people/sessions.ts'
import {
  acceptInvitation,
  beginWithLink,
  beginWithPassword,
  finishWithApp,
  finishWithCode,
  readTicket,
  resetPassword,
  type SignedIn,
  type Standing,
  signInToDemo,
} from '../core/people/signin.ts'
import { forgetSession, hasStep, rememberSignIn, rememberStep, sessionOf, stepOf, visitorOf } from '../http/auth.ts'
import type { AppContext } from '../http/door.ts'
import { readForm } from '../http/form.ts'
import { allowPage } from '../http/page.tsx'
import { fill } from '../i18n/format.ts'
import { type Strings, strings } from '../i18n/index.ts'
import { Done, Fault, Field, faultOf, type Told } from './fields.tsx'
import { Sheet } from './parts.tsx'
import { PasskeyForm, passkeyFields } from './passkeys.tsx'
import { QrCode } from './qr.tsx'

/** A page of signing in: its words, and its own addresses in the language that was chosen. */
type Place = { c: AppContext; words: Strings; told: Told | null; at(path: string, fields?: Record<string, string>): string }

/** GET /desk: the queue of the person's first site. */
export async function showFirstSite(c: AppContext): Promise<Response> {
  const session = await sessionOf(c)
  if (!session) throw new AppError('unauthenticated')
  const [first] = session.person.roles
  if (first) return c.redirect(`/desk/${first.slug}/queue`, 303)
  const { words } = placeOf(c)
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

/** GET /desk/signin: the form, or with a link what that is for. Throws `link_invalid`. */
export async function showSignIn(c: AppContext): Promise<Response> {
  const place = placeOf(c)
  const token = linkIn(c.req.query('link'))
  if (token !== null) return showLink(place, token)
  if (await sessionOf(c)) return c.redirect('/desk', 303)
  return showForm(place, '', null)
}

/** POST /desk/signin: the first step with e-mail and password, or with a link. Throws as the forms tell. */
export async function receiveSignIn(c: AppContext): Promise<Response> {
  const form = await readForm(c)
  const place = placeOf(c)
  const token = linkIn(form.get('link'))
  const [email, password] = [form.get('email'), form.get('password') ?? '']
  if (email === undefined && token === null) throw new AppError('link_invalid')
  try {
    if (email !== undefined) rememberStep(c, await beginWithPassword(c.var.services, { email, password }, visitorOf(c)))
    else return await useLink(place, token ?? '', form)
  } catch (thrown) {
    const retold = { ...place, told: faultOf(c, thrown) }
    if (email === undefined) return showLink(retold, token ?? '', form.get('name'))
    return showForm(retold, email, token)
  }
  return c.redirect(place.at('/desk/signin/step', token === null ? {} : { link: token }), 303)
}

/** GET /desk/signin/step: the second step, for who has done the first; others are led there. Throws `signin_expired`. */
export async function showStep(c: AppContext): Promise<Response> {
  if (!hasStep(c)) return c.redirect(placeOf(c).at('/desk/signin'), 303)
  return showStanding(placeOf(c), await readTicket(c.var.services, stepOf(c)), linkIn(c.req.query('link')))
}

/** POST /desk/signin/code: ends a sign-in by a code. */
export async function receiveCode(c: AppContext): Promise<Response> {
  const form = await readForm(c)
  const place = placeOf(c)
  const link = linkIn(form.get('link'))
  const ticket = stepOf(c)
  try {
    rememberSignIn(c, await finishWithCode(c.var.services, ticket, form.get('code') ?? '', visitorOf(c)))
  } catch (thrown) {
    return showStanding({ ...place, told: faultOf(c, thrown) }, await readTicket(c.var.services, ticket), link)
  }
  return c.redirect(link === null ? '/desk' : place.at('/desk/signin', { link }), 303)
}

/** POST /desk/signin/app: sets up the app, ends the sign-in, and shows the recovery codes. */
export async function receiveApp(c: AppContext): Promise<Response> {
  const form = await readForm(c)
  const place = placeOf(c)
  const ticket = stepOf(c)
  const offer = form.get('offer') ?? ''
  try {
    const signedIn = await finishWithApp(c.var.services, ticket, { offer, code: form.get('code') ?? '' }, visitorOf(c))
    rememberSignIn(c, signedIn)
    return showCodes(place, signedIn)
  } catch (thrown) {
    return showStanding({ ...place, told: faultOf(c, thrown) }, await readTicket(c.var.services, ticket), null, offer)
  }
}

/** POST /desk/signin/passkey: signs in with a passkey, alone or after a password. */
export async function receivePasskey(c: AppContext): Promise<Response> {
  const form = await readForm(c)
  const place = placeOf(c)
  const { sealed, answer } = passkeyFields(form)
  const isSecondStep = form.get('step') === 'second'
  const ticket = isSecondStep ? stepOf(c) : ''
  const { services } = c.var
  try {
    const signedIn = isSecondStep
      ? await finishWithPasskey(services, ticket, { sealed, answer }, visitorOf(c))
      : await signInWithPasskey(services, sealed, answer, visitorOf(c))
    rememberSignIn(c, signedIn)
  } catch (thrown) {
    const retold = { ...place, told: faultOf(c, thrown) }
    return isSecondStep ? showStanding(retold, await readTicket(services, ticket), null) : showForm(retold, '', null)
  }
  return c.redirect('/desk', 303)
}

/** POST /desk/signin/passkey/new: sets up a passkey as second factor, ends the sign-in, and shows the recovery codes. */
export async function receiveNewPasskey(c: AppContext): Promise<Response> {
  const form = await readForm(c)
  const place = placeOf(c)
  const ticket = stepOf(c)
  try {
    const signedIn = await finishWithNewPasskey(c.var.services, ticket, passkeyFields(form), visitorOf(c))
    rememberSignIn(c, signedIn)
    return showCodes(place, signedIn)
  } catch (thrown) {
    return showStanding({ ...place, told: faultOf(c, thrown) }, await readTicket(c.var.services, ticket), null)
  }
}

/** POST /desk/signout: ends the session on the server and in the browser. */
export async function receiveSignOut(c: AppContext): Promise<Response> {
  const session = await sessionOf(c)
  if (session) await signOut(c.var.services, session)
  forgetSession(c)
  return c.redirect('/desk/signin?signed=out', 303)
}

/** The recovery codes of somebody who has just set up a second factor. */
function showCodes(place: Place, { codes }: SignedIn): Response | Promise<Response> {
  const words = place.words.account
  return show(
    place,
    words.codesTitle,
    <>
      <p>{words.codesHint}</p>
      <RecoveryCodes codes={codes} />
      <p>
        <a class="action" href="/desk">
          {words.codesDone}
        </a>
      </p>
    </>,
  )
}

/** Recovery codes as they are to be written down. */
export function RecoveryCodes(props: { codes: readonly string[] }) {
  return (
    <ol class="codes">
      {props.codes.map((code) => (
        <li>
          <code>{code}</code>
        </li>
      ))}
    </ol>
  )
}

/** A new secret for the app: as a picture, as text, and the field for its first code. */
export function AppOffer(props: { words: Strings; offer: { secret: string; uri: string; sealed: string }; isFaulty: boolean }) {
  const words = props.words.account
  return (
    <>
      <p>{words.enrolScan}</p>
      <QrCode text={props.offer.uri} label={words.enrolQr} />
      <p>{words.enrolType}</p>
      <p class="secret">
        <code>{props.offer.secret.match(/.{1,4}/g)?.join(' ')}</code>
      </p>
      <input type="hidden" name="offer" value={props.offer.sealed} />
      <Field name="code" label={words.enrolCode} autocomplete="one-time-code" isNumeric isFaulty={props.isFaulty} maxlength={12} />
    </>
  )
}

async function showForm(place: Place, email: string, link: string | null): Promise<Response> {
  const { c, words, at } = place
  const request = await askForPasskey(c.var.services, null)
  const provider = providerName(c.var.services)
  return show(
    place,
    words.desk.signInTitle,
    <>
      <PasswordForm place={place} email={email} link={link} />
      <PasskeyForm c={c} words={words} request={request} action={at('/desk/signin/passkey')} label={words.account.passkeySignIn} />
      {provider !== null && (
        <p>
          <a class="action" href="/desk/signin/provider">
            {fill(words.account.providerSignIn, { name: provider })}
          </a>
        </p>
      )}
    </>,
  )
}

async function useLink(place: Place, token: string, form: Map<string, string>): Promise<Response> {
  const { c, at } = place
  const { services } = c.var
  const link = await readLink(services, token)
  const fields = { name: form.get('name') ?? '', password: form.get('password') ?? '', code: form.get('code') ?? '' }
  if (link.kind === 'demo') rememberSignIn(c, await signInToDemo(services, token, visitorOf(c)))
  else if (link.kind === 'password') rememberSignIn(c, await resetPassword(services, token, fields, visitorOf(c)))
  else if (link.kind === 'invitation' && !link.isNew) {
    const session = await sessionOf(c)
    if (!session) return c.redirect(at('/desk/signin', { link: token }), 303)
    const { slug } = await acceptInvitation(services, token, session)
    return c.redirect(`/desk/${slug}/queue`, 303)
  } else {
    rememberStep(c, await beginWithLink(services, token, fields, visitorOf(c)))
    return c.redirect(at('/desk/signin/step'), 303)
  }
  return c.redirect('/desk', 303)
}

async function showLink(place: Place, token: string, name?: string): Promise<Response> {
  const { c, words, at } = place
  const link = await readLink(c.var.services, token)
  const { account } = words
  const isFaulty = (pointer: string) => place.told?.pointer === pointer
  const newPassword = (
    <Field
      name="password"
      type="password"
      label={account.newPassword}
      hint={fill(account.passwordHint, { n: MIN_PASSWORD_LENGTH })}
      autocomplete="new-password"
      isFaulty={isFaulty('/password')}
    />
  )
  const form = (children: Child, button: string) => (
    <form method="post" action={at('/desk/signin', { link: token })}>
      <input type="hidden" name="link" value={token} />
      {children}
      <button class="primary" type="submit">
        {button}
      </button>
    </form>
  )
  // A password manager keeps the password under the address it is for.
  const username = <input type="hidden" name="username" value={link.staff.email} autocomplete="username" />
  const nameField = (
    <Field
      name="name"
      label={account.name}
      hint={account.nameHint}
      value={name ?? (link.staff.name === link.staff.email ? '' : link.staff.name)}
      autocomplete="name"
      maxlength={100}
      isFaulty={isFaulty('/name')}
    />
  )
  const { email } = link.staff
  switch (link.kind) {
    case 'demo':
      return show(
        place,
        words.desk.signInTitle,
        form(<p>{fill(words.desk.signInConfirm, { name: link.staff.name })}</p>, words.desk.signIn),
      )
    case 'password':
      return show(
        place,
        account.recoverPasswordTitle,
        <>
          <p>{fill(account.recoverPasswordText, { email })}</p>
          {form(
            <>
              {username}
              {newPassword}
              <Field
                name="code"
                label={account.codeOrRecovery}
                autocomplete="one-time-code"
                isFaulty={place.told !== null && !isFaulty('/password')}
                maxlength={20}
              />
            </>,
            account.next,
          )}
        </>,
      )
    case 'factor':
      return show(
        place,
        account.recoverFactorTitle,
        <>
          <p>{fill(account.recoverFactorText, { email })}</p>
          {form(
            <>
              {username}
              <Field
                name="password"
                type="password"
                label={account.password}
                autocomplete="current-password"
                isFaulty={place.told !== null}
              />
            </>,
            account.next,
          )}
        </>,
      )
    case 'anew':
      return show(
        place,
        account.recoverAnewTitle,
        <>
          <p>{fill(account.recoverAnewText, { email })}</p>
          {form([username, nameField, newPassword], account.next)}
        </>,
      )
    case 'invitation':
      return showInvitation(place, link, form, [username, nameField, newPassword], token)
  }
}

async function showInvitation(
  place: Place,
  link: Link,
  form: (children: Child, button: string) => Child,
  newAccount: Child,
  token: string,
): Promise<Response> {
  const { account } = place.words
  const role = link.role === null ? '' : place.words.roles[link.role]
  const text = <p>{fill(account.invitedText, { site: link.site?.name ?? '', email: link.staff.email, role })}</p>
  const asked = async () => {
    if (link.isNew) return form(newAccount, account.next)
    const session = await sessionOf(place.c)
    if (session?.person.id === link.staff.id) return form(null, account.accept)
    if (session) return <p class="notice conflict">{account.invitedOther}</p>
    return (
      <>
        <p>{account.invitedSignIn}</p>
        <PasswordForm place={place} email={link.staff.email} link={token} />
      </>
    )
  }
  const rest = await asked()
  return show(
    place,
    account.invitedTitle,
    <>
      {text}
      {rest}
    </>,
  )
}

async function showStanding(place: Place, standing: Standing, link: string | null, offered: string | null = null): Promise<Response> {
  const { c, words, at } = place
  const { account } = words
  if (standing.step === 'code') {
    const request = await askForPasskey(c.var.services, standing.staff.id)
    return show(
      place,
      account.codeTitle,
      <>
        {standing.appSince !== null && (
          <form method="post" action={at('/desk/signin/code')}>
            {link !== null && <input type="hidden" name="link" value={link} />}
            <Field
              name="code"
              label={account.code}
              hint={account.codeHint}
              autocomplete="one-time-code"
              isNumeric
              isFocused
              isFaulty={place.told !== null}
              maxlength={12}
            />
            <button class="primary" type="submit">
              {words.desk.signIn}
            </button>
          </form>
        )}
        <PasskeyForm c={c} words={words} request={request} action={at('/desk/signin/passkey')} label={account.passkeyUse}>
          <input type="hidden" name="step" value="second" />
        </PasskeyForm>
        <details class="more">
          <summary>{account.useRecovery}</summary>
          <form method="post" action={at('/desk/signin/code')}>
            {link !== null && <input type="hidden" name="link" value={link} />}
            <Field
              scope="r"
              name="code"
              label={account.recoveryCode}
              hint={account.recoveryHint}
              autocomplete="off"
              maxlength={20}
              isFaulty={place.told !== null}
            />
            <button type="submit">{words.desk.signIn}</button>
          </form>
        </details>
        <p class="back">
          <a href={at('/desk/signin')}>{account.startAgain}</a>
        </p>
      </>,
    )
  }
  const offer = await offerTotp(c.var.services, standing.staff, offered)
  const request = await askForNewPasskey(c.var.services, standing.staff)
  return show(
    place,
    account.enrolTitle,
    <>
      <p>{account.enrolWhy}</p>
      <form method="post" action={at('/desk/signin/app')}>
        <AppOffer words={words} offer={offer} isFaulty={place.told !== null} />
        <button class="primary" type="submit">
          {account.enrolFinish}
        </button>
      </form>
      <PasskeyForm
        c={c}
        words={words}
        request={request}
        action={at('/desk/signin/passkey/new')}
        label={account.passkeyAdd}
        isNew
        isFaulty={place.told?.pointer === '/passkey_name'}
      />
    </>,
  )
}

function PasswordForm(props: { place: Place; email: string; link: string | null }) {
  const { words, at, told: fault } = props.place
  const { account } = words
  return (
    <>
      <form method="post" action={at('/desk/signin', props.link === null ? {} : { link: props.link })}>
        {props.link !== null && <input type="hidden" name="link" value={props.link} />}
        <Field
          name="email"
          type="email"
          label={account.email}
          value={props.email}
          autocomplete="username"
          isFaulty={fault !== null}
          maxlength={254}
        />
        <Field name="password" type="password" label={account.password} autocomplete="current-password" isFaulty={fault !== null} />
        <button class="primary" type="submit">
          {words.desk.signIn}
        </button>
      </form>
      <p class="hint">{account.signInHint}</p>
    </>
  )
}

/** The page of signing in that a request is for. */
export function placeOf(c: AppContext): Place {
  const isEnglish = c.req.query('lang') === 'en'
  c.set('language', isEnglish ? 'en' : 'vi')
  return {
    c,
    words: strings(c.var.language),
    told: null,
    at(path, fields = {}) {
      const query = new URLSearchParams({ ...fields, ...(isEnglish ? { lang: 'en' } : {}) }).toString()
      return query === '' ? path : `${path}?${query}`
    },
  }
}

/** A page of signing in. */
export function show(place: Place, title: string, children: Child): Response | Promise<Response> {
  const { c, words } = place
  const other = c.var.language === 'en' ? 'vi' : 'en'
  const query = new URLSearchParams([...new URL(c.req.url).searchParams].filter(([name]) => name === 'link'))
  if (other === 'en') query.set('lang', 'en')
  const path = c.req.path.replace(/\/(?:code|app|passkey\/new)$/, '/step').replace(/\/passkey$/, '')
  allowPage(c, { frameAncestors: "'none'", script: 'nonce' })
  return c.html(
    <Sheet language={c.var.language} words={words} title={title}>
      {c.req.query('signed') === 'out' && <Done>{words.desk.signedOut}</Done>}
      <Fault told={place.told} />
      {children}
      <p class="tongue">
        <a href={`${path}${query.size === 0 ? '' : `?${query}`}`} lang={other} hreflang={other}>
          {words.account.switchLanguage}
        </a>
      </p>
    </Sheet>,
  )
}

function linkIn(text: string | undefined): string | null {
  if (text === undefined) return null
  if (!/^[\w-]{43}$/.test(text)) throw new AppError('link_invalid')
  return text
}
