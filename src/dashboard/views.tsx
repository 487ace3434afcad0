// What a person keeps at the desk: saved views beside the tabs, and the page of keys. Both work as plain forms.
import { AppError, type Fault } from '../core/context.ts'
import { type DeskKeys, deleteView, KEY_ACTIONS, readKeys, type SavedView, saveView, setKeys } from '../core/moderation/desk.ts'
import type { AppContext } from '../http/door.ts'
import { readForm } from '../http/form.ts'
import { allowPage } from '../http/page.tsx'
import { fill } from '../i18n/format.ts'
import { type Desk, isNarrowed, openDesk, type Place, placeFields, placeOf, queueHref } from './desk.ts'
import { Frame } from './parts.tsx'

/** The saved views, each with a way to delete it, and a form that saves the place one is at. */
export function Views({ desk, views, place }: { desk: Desk; views: readonly SavedView[]; place: Place }) {
  const words = desk.words.desk
  const isWorthSaving = isNarrowed(place) || place.state === 'any' || place.sort !== undefined
  if (views.length === 0 && !isWorthSaving) return null
  return (
    <nav class="views" aria-label={words.views}>
      <h2>{words.views}</h2>
      <ul>
        {views.map((view) => (
          <li>
            <a href={`${desk.base}/queue?${new URLSearchParams(view.place)}`}>{view.name}</a>
            <form method="post" action={`${desk.base}/views/${view.id}/delete`}>
              <PlaceFields place={place} />
              <button class="quiet" type="submit" aria-label={fill(words.viewDelete, { name: view.name })}>
                ✕
              </button>
            </form>
          </li>
        ))}
      </ul>
      {isWorthSaving && (
        <form class="save-view" method="post" action={`${desk.base}/views`}>
          <PlaceFields place={place} />
          <label for="view-name">{words.viewName}</label>
          <input id="view-name" name="name" required maxlength={60} lang="vi" />
          <button type="submit">{words.viewSave}</button>
        </form>
      )}
    </nav>
  )
}

function PlaceFields({ place }: { place: Place }) {
  return (
    <>
      {Object.entries(placeFields(place)).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
    </>
  )
}

/** POST /desk/:site/views */
export async function receiveView(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const form = await readForm(c)
  const place = { ...placeOf((name) => form.get(name)), after: undefined }
  await saveView(desk.ctx, { name: form.get('name') ?? '', place: placeFields(place) })
  return c.redirect(queueHref(desk, place, { view: 'saved' }), 303)
}

/** POST /desk/:site/views/:id/delete */
export async function receiveViewDeletion(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const form = await readForm(c)
  await deleteView(desk.ctx, c.req.param('id') ?? '')
  return c.redirect(
    queueHref(
      desk,
      placeOf((name) => form.get(name)),
      { view: 'deleted' },
    ),
    303,
  )
}

/** GET /desk/:site/keys */
export async function showKeys(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  return keysPage(c, desk, await readKeys(desk.ctx), [])
}

/** POST /desk/:site/keys: the keys as typed, or the usual ones. What was typed wrong is shown again with what is wrong. */
export async function receiveKeys(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const form = await readForm(c)
  const typed = Object.fromEntries(KEY_ACTIONS.map((action) => [action, form.get(action) ?? ''])) as DeskKeys
  try {
    await setKeys(desk.ctx, form.get('act') === 'reset' ? null : typed)
  } catch (error) {
    if (error instanceof AppError && error.code === 'validation') return keysPage(c, desk, typed, error.faults)
    throw error
  }
  return c.redirect(`${desk.base}/keys?saved=1`, 303)
}

/** The keys as a box that the script opens; without script the page of keys says the same. */
export function KeyHelp({ desk, keys }: { desk: Desk; keys: DeskKeys }) {
  const words = desk.words.desk
  return (
    <dialog id="help" aria-labelledby="help-title">
      <h2 id="help-title">{words.keys}</h2>
      <dl>
        {KEY_ACTIONS.map((action) => (
          <div>
            <dt>{keys[action] === '' ? words.keyOff : <kbd>{keys[action]}</kbd>}</dt>
            <dd>{words[`key_${action}`]}</dd>
          </div>
        ))}
      </dl>
      <p>
        <a href={`${desk.base}/keys`}>{words.keysSave}</a>
      </p>
      <form method="dialog">
        <button type="submit">{words.close}</button>
      </form>
    </dialog>
  )
}

function keysPage(c: AppContext, desk: Desk, keys: DeskKeys, faults: readonly Fault[]): Response | Promise<Response> {
  const words = desk.words.desk
  allowPage(c, { frameAncestors: "'none'", script: 'nonce', connect: true })
  return c.html(
    <Frame desk={desk} title={words.keys}>
      <main id="main" tabindex={-1}>
        <h1>{words.keys}</h1>
        {c.req.query('saved') && faults.length === 0 && (
          <p class="notice done" role="status">
            {words.keysSaved}
          </p>
        )}
        {faults.length > 0 && (
          <p class="notice conflict" role="alert">
            {desk.words.problems.validation}
          </p>
        )}
        <p>{words.keysIntro}</p>
        <form class="keys" method="post" action={`${desk.base}/keys`} autocomplete="off">
          {KEY_ACTIONS.map((action) => {
            const fault = faults.find(({ pointer }) => pointer === `/${action}`)
            return (
              <div class="field">
                <label for={`key-${action}`}>{words[`key_${action}`]}</label>
                <input
                  id={`key-${action}`}
                  name={action}
                  value={keys[action]}
                  maxlength={1}
                  autocapitalize="none"
                  spellcheck={false}
                  aria-invalid={fault ? 'true' : undefined}
                  aria-describedby={fault ? `fault-${action}` : undefined}
                />
                {fault && (
                  <p class="fault" id={`fault-${action}`}>
                    {desk.words.problems[fault.code]}
                  </p>
                )}
              </div>
            )
          })}
          <div class="buttons">
            <button class="primary" type="submit">
              {words.keysSave}
            </button>
            <button type="submit" name="act" value="reset" formnovalidate>
              {words.keysReset}
            </button>
          </div>
        </form>
      </main>
    </Frame>,
    faults.length > 0 ? 422 : 200,
  )
}
