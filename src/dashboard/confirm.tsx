// The proof that it is still the same person who sits there, asked for by a page before it offers what is sensitive.
import { confirmByCode } from '../core/people/account.ts'
import { askForPasskey, confirmByPasskey, type PasskeyRequest } from '../core/people/passkeys.ts'
import { isConfirmed } from '../core/people/sessions.ts'
import { visitorOf } from '../http/auth.ts'
import type { AppContext } from '../http/door.ts'
import { readForm } from '../http/form.ts'
import { allowPage } from '../http/page.tsx'
import { type Desk, openDesk } from './desk.ts'
import { Fault, Field, faultOf, type Told } from './fields.tsx'
import { Frame } from './parts.tsx'
import { PasskeyForm, passkeyFields } from './passkeys.tsx'

/** The rooms that ask for it, to one of which it leads back. */
const ROOMS = ['account', 'people', 'tokens'] as const
type GuardedRoom = (typeof ROOMS)[number]

/** POST /desk/:site/confirm */
export async function receiveConfirmation(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const form = await readForm(c)
  const room = ROOMS.find((each) => each === form.get('room')) ?? 'account'
  try {
    const { sealed, answer } = passkeyFields(form)
    if (answer === '') await confirmByCode(desk.ctx.services, desk.session, form.get('code') ?? '', visitorOf(c))
    else await confirmByPasskey(desk.ctx.services, desk.session, sealed, answer)
  } catch (thrown) {
    const told = faultOf(c, thrown)
    const { account } = desk.words
    const request = await askToConfirm(desk)
    allowPage(c, { frameAncestors: "'none'", script: 'nonce', connect: true })
    return c.html(
      <Frame desk={desk} title={account.confirmTitle}>
        <main class="account" id="main" tabindex={-1}>
          <h1>{account.confirmTitle}</h1>
          <Confirmation c={c} desk={desk} room={room} told={told} request={request} />
        </main>
      </Frame>,
    )
  }
  return c.redirect(`${desk.base}/${room}?done=confirmed`, 303)
}

/** What asks for a passkey on a page with {@link Confirmation}, where there is one and it is needed. */
export async function askToConfirm(desk: Desk): Promise<PasskeyRequest | null> {
  return isConfirmed(desk.ctx.services, desk.session) ? null : askForPasskey(desk.ctx.services, desk.person.id)
}

/** The form, where the page may not yet offer what is sensitive. */
export function Confirmation(props: { c: AppContext; desk: Desk; room: GuardedRoom; request: PasskeyRequest | null; told?: Told | null }) {
  const { c, desk, room, request, told = null } = props
  const { account } = desk.words
  if (isConfirmed(desk.ctx.services, desk.session)) return null
  return (
    <section class="block confirm-box">
      <h2>{account.confirmTitle}</h2>
      <p>{account.confirmWhy}</p>
      <Fault told={told} />
      <form method="post" action={`${desk.base}/confirm`}>
        <input type="hidden" name="room" value={room} />
        <Field
          scope="confirm"
          name="code"
          label={account.codeOrRecovery}
          autocomplete="one-time-code"
          maxlength={20}
          isFaulty={told !== null}
        />
        <button class="primary" type="submit">
          {account.confirm}
        </button>
      </form>
      <PasskeyForm c={c} words={desk.words} request={request} action={`${desk.base}/confirm`} label={account.passkeyUse}>
        <input type="hidden" name="room" value={room} />
      </PasskeyForm>
    </section>
  )
}
