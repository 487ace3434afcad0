// Passkeys on the pages: a form that its script fills in and sends, hidden where no script runs.
import type { Child } from 'hono/jsx'
import type { PasskeyRequest } from '../core/people/passkeys.ts'
import type { AppContext } from '../http/door.ts'
import { nonceOf } from '../http/page.tsx'
import type { Strings } from '../i18n/index.ts'
import { Field } from './fields.tsx'

type Props = {
  c: AppContext
  words: Strings
  request: PasskeyRequest | null
  action: string
  label: string
  /** Asks for a name, for a passkey that is new. */
  isNew?: boolean
  isFaulty?: boolean
  children?: Child
}

/** A button that asks the device; nothing where passkeys cannot work or there is none. The page's policy must let its own script run. */
export function PasskeyForm({ c, words, request, action, label, isNew = false, isFaulty = false, children }: Props) {
  if (request === null) return null
  const { account } = words
  return (
    <form method="post" action={action} class="passkey" data-passkey={JSON.stringify(request.options)} hidden>
      {children}
      <input type="hidden" name="challenge" value={request.sealed} />
      <input type="hidden" name="answer" value="" />
      {isNew && <Field scope="p" name="passkey_name" label={account.passkeyName} autocomplete="off" maxlength={100} isFaulty={isFaulty} />}
      <p class="fault" role="alert" data-failed hidden>
        {account.passkeyFailed}
      </p>
      <button type="submit">{label}</button>
      {isNew && <p class="hint">{account.passkeyHint}</p>}
      <script type="module" src="/assets/passkey.js" nonce={nonceOf(c)}></script>
    </form>
  )
}

/** What such a form sends. */
export function passkeyFields(form: Map<string, string>): { sealed: string; answer: string; name: string } {
  return { sealed: form.get('challenge') ?? '', answer: form.get('answer') ?? '', name: form.get('passkey_name') ?? '' }
}
