// What a person keeps beside the queue: saved views as plain forms, and the help that names the keys.
import { type DeskKeys, deleteView, KEY_ACTIONS, type SavedView, saveView } from '../core/moderation/desk.ts'
import type { AppContext } from '../http/door.ts'
import { readForm } from '../http/form.ts'
import { fill } from '../i18n/format.ts'
import { type Desk, isNarrowed, openDesk, type Place, placeFields, placeOf, queueHref } from './desk.ts'

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

/** The keys as a box that the script opens; without script the page of preferences says the same. */
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
        <a href={`${desk.base}/preferences#keys`}>{words.keysChange}</a>
      </p>
      <form method="dialog">
        <button type="submit">{words.close}</button>
      </form>
    </dialog>
  )
}
