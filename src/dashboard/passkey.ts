// The browser's part of passkeys, a script of its own: asks the device and puts its answer into the form, which is then sent like any other.
// Buttons it can serve are hidden until it runs. It builds nothing from text, so the page's policy may forbid that.

const toBytes = (text: string): ArrayBuffer =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0)).buffer
const toText = (bytes: ArrayBuffer | null | undefined): string | undefined =>
  bytes
    ? btoa(String.fromCharCode(...new Uint8Array(bytes)))
        .replaceAll('+', '-')
        .replaceAll('/', '_')
        .replaceAll('=', '')
    : undefined

type Named = { id: string; type: 'public-key' }
type Options = {
  challenge: string
  user?: { id: string; name: string; displayName: string }
  allowCredentials?: Named[]
  excludeCredentials?: Named[]
}

const withBytes = (list: Named[] | undefined) => list?.map((each) => ({ ...each, id: toBytes(each.id) }))

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-passkey]')) {
  if (!('PublicKeyCredential' in window)) break
  form.hidden = false
  form.addEventListener('submit', (event) => {
    if (form.dataset.answered === 'true') return
    event.preventDefault()
    void ask(form)
  })
}

async function ask(form: HTMLFormElement): Promise<void> {
  const failed = form.querySelector<HTMLElement>('[data-failed]')
  if (failed) failed.hidden = true
  try {
    const options = JSON.parse(form.dataset.passkey ?? '') as Options
    const publicKey = {
      ...options,
      challenge: toBytes(options.challenge),
      allowCredentials: withBytes(options.allowCredentials),
      excludeCredentials: withBytes(options.excludeCredentials),
      ...(options.user ? { user: { ...options.user, id: toBytes(options.user.id) } } : {}),
    }
    const credential = (
      options.user
        ? await navigator.credentials.create({ publicKey: publicKey as unknown as PublicKeyCredentialCreationOptions })
        : await navigator.credentials.get({ publicKey: publicKey as unknown as PublicKeyCredentialRequestOptions })
    ) as PublicKeyCredential | null
    if (credential === null) throw new Error('no credential')
    const answer = form.elements.namedItem('answer')
    if (answer instanceof HTMLInputElement) answer.value = JSON.stringify(told(credential))
    form.dataset.answered = 'true'
    form.submit()
  } catch {
    // The person closed the device's question, or it has no such key.
    if (failed) failed.hidden = false
  }
}

function told(credential: PublicKeyCredential): Record<string, unknown> {
  const { response } = credential
  const common = { id: credential.id, rawId: toText(credential.rawId), type: credential.type, clientExtensionResults: {} }
  const clientDataJSON = toText(response.clientDataJSON)
  if (response instanceof AuthenticatorAttestationResponse)
    return {
      ...common,
      response: { clientDataJSON, attestationObject: toText(response.attestationObject), transports: response.getTransports() },
    }
  const { authenticatorData, signature, userHandle } = response as AuthenticatorAssertionResponse
  return {
    ...common,
    response: {
      clientDataJSON,
      authenticatorData: toText(authenticatorData),
      signature: toText(signature),
      userHandle: toText(userHandle),
    },
  }
}
