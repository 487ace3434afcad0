// The way to the province's sign-on and back. The way back is a page with one button, so that no GET signs anybody in.

import { AppError } from '../core/context.ts'
import { arrive, depart, providerName, unlink } from '../core/people/provider.ts'
import { forgetJourney, journeyOf, rememberJourney, rememberSignIn, rememberStep, sessionOf, visitorOf } from '../http/auth.ts'
import type { AppContext } from '../http/door.ts'
import { readForm } from '../http/form.ts'
import { fill } from '../i18n/format.ts'
import { openDesk } from './desk.ts'
import { placeOf, show } from './signin.tsx'

/** GET /desk/signin/provider: leads to the provider. */
export async function leaveForProvider(c: AppContext): Promise<Response> {
  if (providerName(c.var.services) === null) return c.redirect('/desk/signin', 303)
  const { url, sealed } = await depart(c.var.services, null)
  rememberJourney(c, sealed)
  return c.redirect(url, 303)
}

/** GET /desk/:site/account/provider: the same, to link an account there. Throws `confirmation_required`. */
export async function leaveToLink(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  if (providerName(c.var.services) === null) return c.redirect(`${desk.base}/account`, 303)
  const { url, sealed } = await depart(desk.ctx.services, desk.session)
  rememberJourney(c, sealed)
  return c.redirect(url, 303)
}

/** GET /desk/signin/provider/return: a button that ends the journey. */
export async function showReturn(c: AppContext): Promise<Response> {
  const place = placeOf(c)
  const name = providerName(c.var.services)
  if (name === null || !journeyOf(c)) return c.redirect(place.at('/desk/signin'), 303)
  const { account } = place.words
  return show(
    place,
    fill(account.providerTitle, { name }),
    <>
      <p>{fill(account.providerText, { name })}</p>
      <form method="post" action="/desk/signin/provider">
        <input type="hidden" name="query" value={new URL(c.req.url).search} />
        <button class="primary" type="submit">
          {account.next}
        </button>
      </form>
    </>,
  )
}

/** POST /desk/signin/provider: ends the journey. Throws `provider_failed`, `identity_unknown`, `identity_taken`. */
export async function receiveReturn(c: AppContext): Promise<Response> {
  const form = await readForm(c)
  const sealed = journeyOf(c)
  if (!sealed) throw new AppError('provider_failed')
  const session = await sessionOf(c)
  const arrival = await arrive(c.var.services, sealed, form.get('query') ?? '', session, visitorOf(c))
  forgetJourney(c)
  if ('signedIn' in arrival) rememberSignIn(c, arrival.signedIn)
  if ('ticket' in arrival) {
    rememberStep(c, arrival.ticket)
    return c.redirect('/desk/signin/step', 303)
  }
  const [first] = session?.person.roles ?? []
  return c.redirect('linked' in arrival && first ? `/desk/${first.slug}/account?done=saved` : '/desk', 303)
}

/** POST /desk/:site/account/provider/unlink */
export async function receiveUnlink(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  await unlink(desk.ctx.services, desk.session)
  return c.redirect(`${desk.base}/account?done=removed`, 303)
}
