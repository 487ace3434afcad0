// The page of preferences: how the person likes the desk, and which keys do what. Plain forms.
import { AppError, type Fault } from '../core/context.ts'
import { type DeskKeys, KEY_ACTIONS, readKeys, setKeys } from '../core/moderation/desk.ts'
import { setPreferences } from '../core/people/account.ts'
import { PAGE_LENGTHS, QUEUE_ORDERS } from '../core/people/preferences.ts'
import type { AppContext } from '../http/door.ts'
import { readForm } from '../http/form.ts'
import { STATUS } from '../http/status.ts'
import { room } from './account.tsx'
import { type Desk, openDesk } from './desk.ts'
import { Done } from './fields.tsx'

/** GET /desk/:site/preferences */
export async function showPreferences(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  return page(c, desk, await readKeys(desk.ctx), [])
}

/** POST /desk/:site/preferences */
export async function receivePreferences(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const form = await readForm(c)
  const chosen = (name: string) => form.get(name) || null
  await setPreferences(desk.ctx.services, desk.session, {
    language: chosen('language'),
    theme: chosen('theme'),
    pageLength: Number(form.get('page_length')),
    queueOrder: chosen('queue_order'),
  })
  return c.redirect(`${desk.base}/preferences?done=saved`, 303)
}

/** POST /desk/:site/keys: the keys as typed, or the usual ones. What was typed wrong is shown again with what is wrong. */
export async function receiveKeys(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const form = await readForm(c)
  const typed = Object.fromEntries(KEY_ACTIONS.map((action) => [action, form.get(action) ?? ''])) as DeskKeys
  try {
    await setKeys(desk.ctx, form.get('act') === 'reset' ? null : typed)
  } catch (error) {
    if (error instanceof AppError && error.code === 'validation') return page(c, desk, typed, error.faults)
    throw error
  }
  return c.redirect(`${desk.base}/preferences?done=keys`, 303)
}

function page(c: AppContext, desk: Desk, keys: DeskKeys, faults: readonly Fault[]): Response | Promise<Response> {
  const { account: words, desk: common } = desk.words
  const done = faults.length > 0 ? undefined : c.req.query('done')
  if (faults.length > 0) c.status(STATUS.validation)
  return room(
    c,
    desk,
    words.preferences,
    <>
      {done === 'saved' && <Done>{words.saved}</Done>}
      {done === 'keys' && <Done>{common.keysSaved}</Done>}
      {faults.length > 0 && (
        <p class="notice conflict" role="alert">
          {desk.words.problems.validation}
        </p>
      )}
      <Liking desk={desk} />
      <Keys desk={desk} keys={keys} faults={faults} />
    </>,
  )
}

function Liking({ desk }: { desk: Desk }) {
  const { account: words, desk: common } = desk.words
  const { language, theme, pageLength, queueOrder } = desk.person.preferences
  const orders = { newest: common.sortNewest, article: common.sortArticle, urgent: common.sortUrgent }
  return (
    <section class="block">
      <p class="hint">{words.preferencesHint}</p>
      <form class="fields" method="post" action={`${desk.base}/preferences`}>
        <Choice name="language" label={words.language} chosen={language ?? ''}>
          {[
            ['', words.languageSite],
            ['vi', 'Tiếng Việt'],
            ['en', 'English'],
          ]}
        </Choice>
        <Choice name="theme" label={words.theme} chosen={theme ?? ''}>
          {[
            ['', words.themeSystem],
            ['light', words.themeLight],
            ['dark', words.themeDark],
          ]}
        </Choice>
        <Choice name="page_length" label={words.pageLength} chosen={String(pageLength)}>
          {[...PAGE_LENGTHS].sort((one, other) => one - other).map((length) => [String(length), String(length)])}
        </Choice>
        <Choice name="queue_order" label={words.queueOrder} chosen={queueOrder ?? ''}>
          {[['', common.sortOldest], ...QUEUE_ORDERS.map((order): [string, string] => [order, orders[order]])]}
        </Choice>
        <div class="wide">
          <button class="primary" type="submit">
            {words.save}
          </button>
        </div>
      </form>
    </section>
  )
}

function Choice(props: { name: string; label: string; chosen: string; children: [value: string, label: string][] }) {
  return (
    <div class="field">
      <label for={props.name}>{props.label}</label>
      <select id={props.name} name={props.name}>
        {props.children.map(([value, label]) => (
          <option value={value} selected={value === props.chosen} lang={props.name === 'language' && value !== '' ? value : undefined}>
            {label}
          </option>
        ))}
      </select>
    </div>
  )
}

function Keys({ desk, keys, faults }: { desk: Desk; keys: DeskKeys; faults: readonly Fault[] }) {
  const words = desk.words.desk
  return (
    <section class="block" id="keys">
      <h2>{words.keys}</h2>
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
    </section>
  )
}
