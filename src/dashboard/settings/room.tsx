// The settings of a site as a room of the desk: the list of its parts, and the frame and pieces each part's page stands in.
import type { Child } from 'hono/jsx'
import { type Act, AppError, may } from '../../core/context.ts'
import type { Edit } from '../../core/setup.ts'
import type { AppContext } from '../../http/door.ts'
import { allowPage } from '../../http/page.tsx'
import { type Problem, toProblem } from '../../http/problem.ts'
import { STATUS } from '../../http/status.ts'
import { dateTime, fill } from '../../i18n/format.ts'
import type { Strings } from '../../i18n/index.ts'
import { type Desk, doerOf, openDesk } from '../desk.ts'
import { Frame } from '../parts.tsx'

type Part = { path: string; act: Act; title: keyof Strings['settings']; about: keyof Strings['settings'] }

/** The parts in the order of the menu: where each is below the site's desk, and who may enter. */
const PARTS: readonly Part[] = [
  { path: 'settings/site', act: 'site.configure', title: 'site', about: 'siteAbout' },
  { path: 'settings/origins', act: 'site.configure', title: 'origins', about: 'originsAbout' },
  { path: 'articles', act: 'thread.manage', title: 'articles', about: 'articlesAbout' },
  { path: 'settings/canned', act: 'canned.manage', title: 'canned', about: 'cannedAbout' },
  { path: 'settings/embed', act: 'queue.read', title: 'embed', about: 'embedAbout' },
  { path: 'settings/consents', act: 'site.configure', title: 'consents', about: 'consentsAbout' },
]

/** GET /desk/:site/settings: the parts this person may enter, each with what it is for. */
export async function showSettings(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const words = desk.words.settings
  const parts = partsOf(desk)
  if (parts.length === 0) throw new AppError('forbidden')
  return answerSettings(c, desk, {
    title: words.title,
    isIndex: true,
    content: (
      <ul class="parts">
        {parts.map((part) => (
          <li>
            <a href={`${desk.base}/${part.path}`}>
              <strong>{words[part.title]}</strong>
              <span>{words[part.about]}</span>
            </a>
          </li>
        ))}
      </ul>
    ),
  })
}

/** The index lists the parts itself and has no menu of them beside it. */
export type SettingsPage = { title: string; content: Child; isIndex?: true; problem?: Problem | null; notice?: string | undefined }

/** Answers with a page of the settings: the parts beside it, and what came of the last act above it. */
export function answerSettings(c: AppContext, desk: Desk, page: SettingsPage): Response | Promise<Response> {
  allowPage(c, { frameAncestors: "'none'", script: 'nonce', connect: true })
  return c.html(
    <Frame desk={desk} title={page.title}>
      {page.isIndex !== true && <Menu desk={desk} path={c.req.path} />}
      <main id="main" class="settings" tabindex={-1}>
        <h1>{page.title}</h1>
        {page.notice && (
          <p class="notice done" role="status">
            {page.notice}
          </p>
        )}
        {page.content}
      </main>
    </Frame>,
    (page.problem ? STATUS[page.problem.code] : 200) as 200,
  )
}

function Menu({ desk, path }: { desk: Desk; path: string }) {
  return (
    <div class="rail">
      <nav class="tabs" aria-label={desk.words.settings.menu}>
        <ul>
          {partsOf(desk).map((part) => (
            <li>
              <a href={`${desk.base}/${part.path}`} aria-current={path.startsWith(`${desk.base}/${part.path}`) ? 'page' : undefined}>
                {desk.words.settings[part.title]}
              </a>
            </li>
          ))}
        </ul>
      </nav>
    </div>
  )
}

/** An error as the page tells it. */
export function problemOf(c: AppContext, desk: Desk, error: AppError): Problem {
  return toProblem(error, desk.language, c.var.requestId)
}

/** The first fault of each setting or field that an error names, by the first part of its pointer. */
export function faultsOf(error: AppError): Set<string> {
  return new Set(error.faults.map((fault) => fault.pointer.split('/')[1] ?? ''))
}

/** Who changed something last. */
export function LastChange({ desk, edit }: { desk: Desk; edit: Edit | null }) {
  if (edit === null || edit.by === '') return null
  return <p class="hint">{fill(desk.words.settings.changedBy, { name: doerOf(desk, edit.by), time: dateTime(edit.at) })}</p>
}

/** A box at the head of a page that says why nothing was saved. */
export function Trouble({ children, title }: { children?: Child; title?: string }) {
  return (
    <div class="notice conflict" role="alert" id="problem" tabindex={-1}>
      <div>
        {title && <h2>{title}</h2>}
        {children}
      </div>
    </div>
  )
}

function partsOf(desk: Desk): Part[] {
  return PARTS.filter(({ act }) => may(desk.ctx, act))
}
