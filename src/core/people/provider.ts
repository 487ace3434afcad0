// Signing in through an OpenID Connect provider, such as the province's sign-on: code flow with PKCE, state, nonce and a checked signature. A
// person links their account there first, signed in here; an address in a token links nothing. What the provider says counts as the
// first step, unless it says at which level it asked and that is the one the operator trusts.
import type { Configuration } from 'openid-client'
import { base64url, seal, sha256, unseal } from '../../lib/crypto.ts'
import type { Services } from '../../services.ts'
import { conflictOn } from '../../storage/store.ts'
import { AppError } from '../context.ts'
import type { Visitor } from './attempts.ts'
import { spend } from './factors.ts'
import { auditedAccount, requireConfirmed, type Session } from './sessions.ts'
import { beginWithProvider, openSession, type SignedIn, spending } from './signin.ts'

/** How long somebody may take at the provider. */
const JOURNEY_MS = 15 * 60_000
const RANDOM_BYTES = 32
/** What a provider says of itself is asked again after this long. */
const KNOWN_MS = 60 * 60_000
const ANSWER_SECONDS = 5

/** What the browser keeps while its person is at the provider. */
type Journey = { state: string; nonce: string; verifier: string; linkFor: string | null; at: number }
/** Where to go, and the sealed journey for the cookie. */
type Departure = { url: string; sealed: string }
/** What came of it: a session, a ticket for the second step, or an account that was linked. */
type Arrival = { signedIn: SignedIn } | { ticket: string } | { linked: true }

/** What the provider is called; null where there is none. */
export function providerName(services: Services): string | null {
  return services.config.oidcIssuer === undefined ? null : services.config.oidcName
}

/** Begins a journey to the provider, to sign in or, with a session, to link its account. Throws `provider_unavailable`, `not_found` without one. */
export async function depart(services: Services, session: Session | null): Promise<Departure> {
  if (session) requireConfirmed(services, session)
  const client = await import('openid-client')
  const config = await knownProvider(services)
  const journey: Journey = {
    state: base64url(services.randomBytes(RANDOM_BYTES)),
    nonce: base64url(services.randomBytes(RANDOM_BYTES)),
    verifier: base64url(services.randomBytes(RANDOM_BYTES)),
    linkFor: session?.person.id ?? null,
    at: services.now().getTime(),
  }
  const { oidcAcr } = services.config
  const asked = {
    redirect_uri: returnAddress(services),
    scope: 'openid',
    state: journey.state,
    nonce: journey.nonce,
    code_challenge: await client.calculatePKCECodeChallenge(journey.verifier),
    code_challenge_method: 'S256',
    ...(oidcAcr === undefined ? {} : { acr_values: oidcAcr }),
  }
  const sealed = await seal(services.config.secret, 'provider journey', JSON.stringify(journey))
  try {
    return { url: client.buildAuthorizationUrl(config, asked).href, sealed }
  } catch (error) {
    // It names no address that may be gone to.
    throw new AppError('provider_unavailable', { cause: error })
  }
}

/**
 * Ends a journey with what the provider sent back, once. Throws `provider_failed` for anything it did not say to this browser,
 * `provider_unavailable`, `identity_unknown`, `identity_taken`.
 */
export async function arrive(
  services: Services,
  sealed: string,
  query: string,
  session: Session | null,
  visitor: Visitor,
): Promise<Arrival> {
  const journey = await openJourney(services, sealed)
  const { subject, issuer, acr } = await told(services, journey, query)
  const used = spend(services, `provider:${sha256(journey.state)}`)
  const { db } = services.store
  if (journey.linkFor !== null) {
    if (session?.person.id !== journey.linkFor) throw new AppError('provider_failed')
    requireConfirmed(services, session)
    const row = { issuer, subject, staff_id: journey.linkFor, created_at: services.now().toISOString() }
    try {
      await spending(services, [
        used,
        db.insertInto('identity').values(row),
        auditedAccount(services, session.person, 'identity.link', { issuer }),
      ])
    } catch (error) {
      if (conflictOn(error, 'identity.issuer,identity.subject')) throw new AppError('identity_taken', { cause: error })
      throw error
    }
    return { linked: true }
  }
  const staff = await db
    .selectFrom('identity')
    .innerJoin('staff', 'staff.id', 'identity.staff_id')
    .select(['staff.id', 'staff.email', 'staff.name'])
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .where('staff.disabled_at', 'is', null)
    .executeTakeFirst()
  if (!staff) throw new AppError('identity_unknown')
  const { oidcAcr } = services.config
  if (oidcAcr !== undefined && acr === oidcAcr) return { signedIn: await openSession(services, staff, 'provider', [used], visitor) }
  await spending(services, [used])
  return { ticket: await beginWithProvider(services, staff.id) }
}

/** Whether the person has linked an account of the provider. */
export async function hasIdentity(services: Services, staffId: string): Promise<boolean> {
  const { oidcIssuer } = services.config
  if (oidcIssuer === undefined) return false
  const row = await services.store.db
    .selectFrom('identity')
    .select('subject')
    .where('staff_id', '=', staffId)
    .where('issuer', '=', oidcIssuer)
    .executeTakeFirst()
  return row !== undefined
}

/** Takes the link to the provider away. Throws `confirmation_required`. */
export async function unlink(services: Services, session: Session): Promise<void> {
  requireConfirmed(services, session)
  await services.store.batch([
    services.store.db.deleteFrom('identity').where('staff_id', '=', session.person.id),
    auditedAccount(services, session.person, 'identity.unlink'),
  ])
}

/** What the provider says of who came back, once everything about it holds. */
async function told(services: Services, journey: Journey, query: string): Promise<{ issuer: string; subject: string; acr: string | null }> {
  const client = await import('openid-client')
  const config = await knownProvider(services)
  const address = new URL(returnAddress(services))
  address.search = query
  const { issuer } = config.serverMetadata()
  // Also where a provider does not announce it: an answer that names another issuer was meant for somebody else.
  const named = address.searchParams.get('iss')
  if (named !== null && named !== issuer) throw new AppError('provider_failed')
  try {
    const tokens = await client.authorizationCodeGrant(config, address, {
      pkceCodeVerifier: journey.verifier,
      expectedState: journey.state,
      expectedNonce: journey.nonce,
      idTokenExpected: true,
    })
    const claims = tokens.claims()
    if (!claims) throw new AppError('provider_failed')
    return { issuer: claims.iss, subject: claims.sub, acr: typeof claims.acr === 'string' ? claims.acr : null }
  } catch (error) {
    throw failureOf(error)
  }
}

const known = new WeakMap<Services['config'], { at: number; config: Promise<Configuration> }>()

/** What the provider says of itself, asked once an hour. */
async function knownProvider(services: Services): Promise<Configuration> {
  const { oidcIssuer, oidcClientId, oidcClientSecret } = services.config
  if (oidcIssuer === undefined || oidcClientId === undefined) throw new AppError('not_found')
  const now = services.now().getTime()
  const kept = known.get(services.config)
  if (kept && now - kept.at < KNOWN_MS) return kept.config
  const client = await import('openid-client')
  const config = client.discovery(new URL(oidcIssuer), oidcClientId, oidcClientSecret, undefined, {
    timeout: ANSWER_SECONDS,
    // A provider on plain http is for trying out; the operator has written its address.
    execute: [client.enableNonRepudiationChecks, ...(oidcIssuer.startsWith('http:') ? [client.allowInsecureRequests] : [])],
    [client.customFetch]: (url, options) => ask(services, new Request(url, options as RequestInit)),
  })
  known.set(services.config, { at: now, config })
  try {
    return await config
  } catch (error) {
    known.delete(services.config)
    throw new AppError('provider_unavailable', { cause: error })
  }
}

/** An answer of the provider. Throws `provider_unavailable` where it gives none, or says itself that it failed. */
async function ask(services: Services, request: Request): Promise<Response> {
  try {
    const answer = await services.fetchOut(request)
    if (answer.status < 500) return answer
    throw new Error(`${request.url}: ${answer.status}`)
  } catch (error) {
    throw new AppError('provider_unavailable', { cause: error })
  }
}

/** The library wraps what {@link ask} throws; everything else it finds fault with came by way of the browser. */
function failureOf(error: unknown): AppError {
  for (let each = error; each instanceof Error; each = each.cause) if (each instanceof AppError) return each
  return new AppError('provider_failed', { cause: error })
}

async function openJourney(services: Services, sealed: string): Promise<Journey> {
  try {
    const journey = JSON.parse(await unseal(services.config.secret, 'provider journey', sealed)) as Journey
    if (services.now().getTime() - journey.at < JOURNEY_MS) return journey
  } catch (error) {
    throw new AppError('provider_failed', { cause: error })
  }
  throw new AppError('provider_failed')
}

/** The address that the provider has to know. */
function returnAddress(services: Services): string {
  return `${services.config.baseUrl}/desk/signin/provider/return`
}
