// The pages of a site's allowed origins, and of the texts its authors agreed to.
import { allow } from '../../core/context.ts'
import { CONSENT_TEXTS } from '../../core/settings.ts'
import { addOrigin, readConsentTexts, removeOrigin } from '../../core/setup.ts'
import type { AppContext } from '../../http/door.ts'
import { readForm } from '../../http/form.ts'
import { safeHref } from '../../http/page.tsx'
import { type Problem, toAppError } from '../../http/problem.ts'
import { dateTime, fill } from '../../i18n/format.ts'
import { type Desk, openDesk } from '../desk.ts'
import { answerSettings, problemOf, Trouble } from './room.tsx'

/** GET /desk/:site/settings/origins */
export async function showOrigins(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  if (c.req.query('last') !== undefined) return askAboutLast(c, desk)
  return originsPage(c, desk, { typed: '', problem: null })
}

/** POST /desk/:site/settings/origins: adds the one typed, or removes the one whose button was pressed. */
export async function receiveOrigin(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const form = await readForm(c)
  const origin = form.get('origin') ?? ''
  const done = (what: 'added' | 'removed', which: string) =>
    c.redirect(`${desk.base}/settings/origins?${new URLSearchParams({ [what]: which })}`, 303)
  try {
    if (form.get('act') !== 'remove') return done('added', await addOrigin(desk.ctx, origin))
    await removeOrigin(desk.ctx, { origin, confirmed: form.has('confirmed') })
    return done('removed', origin)
  } catch (thrown) {
    const error = toAppError(thrown)
    if (error.code === 'last_origin') return c.redirect(`${desk.base}/settings/origins?last`, 303)
    if (error.code !== 'validation' && error.code !== 'origins_full') throw thrown
    return originsPage(c, desk, { typed: origin, problem: problemOf(c, desk, error) })
  }
}

async function originsPage(c: AppContext, desk: Desk, draft: { typed: string; problem: Problem | null }): Promise<Response> {
  const words = desk.words.settings
  allow(desk.ctx, 'site.configure')
  const told = (name: 'added' | 'removed', sentence: string) => {
    const origin = c.req.query(name)
    return origin && safeHref(origin) ? fill(sentence, { origin }) : undefined
  }
  const origins = [...desk.ctx.site.origins].sort()
  return answerSettings(c, desk, {
    title: words.origins,
    problem: draft.problem,
    notice: told('added', words.originAdded) ?? told('removed', words.originRemoved),
    content: (
      <>
        <p class="lead">{words.originsAbout}</p>
        {origins.length === 0 ? (
          <p class="empty">{words.originNone}</p>
        ) : (
          <ul class="rows">
            {origins.map((origin) => (
              <li>
                <span>
                  <code>{origin}</code> {origin.startsWith('http:') && <span class="state">{words.originHttp}</span>}
                </span>
                <form method="post" action={`${desk.base}/settings/origins`}>
                  <input type="hidden" name="origin" value={origin} />
                  <button type="submit" name="act" value="remove" aria-label={fill(words.originRemoveLabel, { origin })}>
                    {words.originRemove}
                  </button>
                </form>
              </li>
            ))}
          </ul>
        )}
        <section class="group">
          <h2>{words.originAdd}</h2>
          <form class="fields" method="post" action={`${desk.base}/settings/origins`}>
            <div class="field wide">
              <label for="f-origin">{words.originField}</label>
              <input
                id="f-origin"
                name="origin"
                type="url"
                required
                value={draft.typed}
                aria-invalid={draft.problem ? 'true' : undefined}
                aria-describedby={draft.problem ? 'h-origin e-origin' : 'h-origin'}
              />
              <p class="hint" id="h-origin">
                {words.originHint}
              </p>
              {draft.problem && (
                <p class="fault" id="e-origin" role="alert">
                  {draft.problem.detail}
                </p>
              )}
            </div>
            <div class="wide">
              <button class="primary" type="submit">
                {words.originAdd}
              </button>
            </div>
          </form>
        </section>
      </>
    ),
  })
}

/** The last origin goes only when somebody says so twice. */
function askAboutLast(c: AppContext, desk: Desk): Response | Promise<Response> {
  const words = desk.words.settings
  allow(desk.ctx, 'site.configure')
  const [origin] = desk.ctx.site.origins
  if (origin === undefined || desk.ctx.site.origins.length > 1) return c.redirect(`${desk.base}/settings/origins`, 303)
  return answerSettings(c, desk, {
    title: words.originLastTitle,
    content: (
      <>
        <Trouble>
          <p>{fill(words.originLast, { origin })}</p>
        </Trouble>
        <form class="save" method="post" action={`${desk.base}/settings/origins`}>
          <input type="hidden" name="origin" value={origin} />
          <input type="hidden" name="confirmed" value="yes" />
          <a href={`${desk.base}/settings/origins`}>{words.cancel}</a>
          <button class="confirm" type="submit" name="act" value="remove">
            {words.originLastConfirm}
          </button>
        </form>
      </>
    ),
  })
}

/** GET /desk/:site/settings/consents */
export async function showConsents(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const words = desk.words.settings
  const versions = await readConsentTexts(desk.ctx)
  return answerSettings(c, desk, {
    title: words.consents,
    content: (
      <>
        <p class="lead">{words.consentsAbout}</p>
        {versions.length === 0 && <p class="empty">{words.consentNone}</p>}
        {versions.map((version, index) => (
          <details class="group version" open={index === 0}>
            <summary>
              <h2>{fill(words.consentVersion, { n: version.version })}</h2>{' '}
              <span>{fill(words.consentSince, { time: dateTime(version.since) })}</span>
            </summary>
            <dl>
              {CONSENT_TEXTS.map((name) => (
                <>
                  <dt>{words[`f_${name}`]}</dt>
                  <dd>{version.texts[name] ?? <em>{name.startsWith('consent_') ? words.consentStandard : words.emptyValue}</em>}</dd>
                </>
              ))}
            </dl>
          </details>
        ))}
      </>
    ),
  })
}
