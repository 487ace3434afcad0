// What every page of the desk stands in: the frame for somebody who is signed in, and the sheet for everybody else.
import type { Child } from 'hono/jsx'
import { type Act, may } from '../core/context.ts'
import type { DeskKeys } from '../core/moderation/desk.ts'
import { Page } from '../http/page.tsx'
import type { Language, Strings } from '../i18n/index.ts'
import type { Desk } from './desk.ts'
import { FloodBanner } from './flood.tsx'

/** What the script needs to know; everything else it says comes ready-made with the answers. */
export type ClientWords = Record<
  | 'undo'
  | 'open'
  | 'effect'
  | 'arrivals'
  | 'offline'
  | 'internal'
  | 'signIn'
  | 'redecide'
  | 'noMore'
  | 'notHere'
  | 'failed'
  | 'goThere'
  | 'chosen'
  | 'chooseAll'
  | 'maskPick'
  | 'maskCount'
  | 'maskMark'
  | 'publicText',
  string
>

/** A page of the desk for somebody who is signed in. With `keys` the page's script listens to them. */
export function Frame(props: { desk: Desk; title: string; keys?: DeskKeys; children?: Child }) {
  const { desk } = props
  const { site } = desk.ctx
  const words = desk.words.desk
  const { theme } = desk.person.preferences
  return (
    <Page
      language={desk.language}
      title={`${props.title} – ${words.title} – ${site.name}`}
      style="/assets/desk.css"
      {...(theme ? { colors: theme } : {})}
      head={
        <>
          <Dark theme={theme} />
          <script type="module" src="/assets/desk.js" nonce={desk.nonce}></script>
        </>
      }
    >
      <a class="skip" href="#main">
        {words.skip}
      </a>
      <header class="top">
        <div class="top-in">
          <a class="home" href={`${desk.base}/queue`}>
            {words.title}
          </a>
          <SiteSwitch desk={desk} />
          <details class="me">
            <summary>
              <span class="unseen">{words.signedInAs}: </span>
              <bdi>{desk.person.name}</bdi>
            </summary>
            <ul>
              <li>
                <a href={`${desk.base}/account`} aria-current={desk.room === 'account' ? 'page' : undefined}>
                  {desk.words.account.title}
                </a>
              </li>
              <li>
                <a href={`${desk.base}/preferences`} aria-current={desk.room === 'preferences' ? 'page' : undefined}>
                  {desk.words.account.preferences}
                </a>
              </li>
              <li>
                <form method="post" action="/desk/signout">
                  <button class="plain" type="submit">
                    {words.signOut}
                  </button>
                </form>
              </li>
            </ul>
          </details>
        </div>
        <Rooms desk={desk} />
      </header>
      <div
        class="desk"
        id="desk"
        data-base={desk.base}
        data-words={JSON.stringify(clientWords(desk.words))}
        data-keys={props.keys && JSON.stringify(props.keys)}
      >
        <FloodBanner desk={desk} />
        {props.children}
      </div>
      {desk.ctx.services.config.demo && (
        <footer class="foot">
          <p>{words.demoHint}</p>
        </footer>
      )}
      <p class="unseen" id="live" role="status" aria-live="polite"></p>
    </Page>
  )
}

/** The colours of the dark, where it is dark; a person can have them always, or never. */
function Dark({ theme }: { theme: 'light' | 'dark' | null }) {
  if (theme === 'light') return null
  return <link rel="stylesheet" href="/assets/dark.css" media={theme === 'dark' ? undefined : '(prefers-color-scheme: dark)'} />
}

/** The rooms of a site's desk in the order of its menu: the path's first part, and who may enter. */
const ROOMS: readonly { path: string; act: Act; title: (words: Strings) => string; isOpen?: (desk: Desk) => boolean }[] = [
  { path: 'queue', act: 'queue.read', title: (words) => words.desk.queue },
  {
    path: 'quick',
    act: 'comment.decide',
    title: (words) => words.settings.quick,
    isOpen: (desk) => desk.ctx.site.settings.quick_lane,
  },
  { path: 'bans', act: 'ban.manage', title: (words) => words.abuse.bans },
  { path: 'words', act: 'rules.read', title: (words) => words.screening.title },
  { path: 'learning', act: 'learning.read', title: (words) => words.screening.learning },
  { path: 'people', act: 'people.read', title: (words) => words.account.people },
  { path: 'tokens', act: 'token.manage', title: (words) => words.account.tokens },
  { path: 'log', act: 'record.read', title: (words) => words.record.title },
  { path: 'practice', act: 'queue.read', title: (words) => words.practice.title },
  { path: 'settings', act: 'queue.read', title: (words) => words.settings.title },
]

/** The menu of rooms that this person may enter. */
function Rooms({ desk }: { desk: Desk }) {
  return (
    <nav class="rooms" aria-label={desk.words.desk.rooms}>
      {ROOMS.filter(({ act, isOpen }) => may(desk.ctx, act) && (isOpen?.(desk) ?? true)).map(({ path, title }) => (
        <a href={`${desk.base}/${path}`} aria-current={desk.room === path ? 'page' : undefined}>
          {title(desk.words)}
        </a>
      ))}
    </nav>
  )
}

/** A page without a desk around it: signing in, errors. */
export function Sheet(props: { language: Language; words: Strings; title: string; children?: Child }) {
  return (
    <Page
      language={props.language}
      title={`${props.title} – ${props.words.desk.title}`}
      style="/assets/desk.css"
      head={<Dark theme={null} />}
      bodyClass="bare"
    >
      <main class="sheet" id="main">
        <p class="home">{props.words.desk.title}</p>
        <h1>{props.title}</h1>
        {props.children}
      </main>
    </Page>
  )
}

function SiteSwitch(props: { desk: Desk }) {
  const { site } = props.desk.ctx
  const others = props.desk.person.roles.filter((role) => role.siteId !== site.id)
  if (others.length === 0) return <p class="site">{site.name}</p>
  return (
    <details class="site">
      <summary>
        <span class="unseen">{props.desk.words.desk.switchSite}: </span>
        {site.name}
      </summary>
      <ul>
        {others.map((role) => (
          <li>
            <a href={`/desk/${role.slug}/queue`}>{role.siteName}</a>
          </li>
        ))}
      </ul>
    </details>
  )
}

function clientWords(words: Strings): ClientWords {
  return {
    undo: words.desk.undo,
    open: words.desk.open,
    effect: words.desk.doneEffect,
    arrivals: words.desk.newArrivals,
    offline: words.problems.offline,
    internal: words.problems.internal,
    signIn: words.desk.signIn,
    redecide: words.desk.redecide,
    noMore: words.desk.noMore,
    notHere: words.desk.notHere,
    failed: words.desk.inFlightFailed,
    goThere: words.desk.goThere,
    chosen: words.desk.chosenCount,
    chooseAll: words.desk.chooseAll,
    maskPick: words.desk.maskPick,
    maskCount: words.desk.maskCount,
    maskMark: words.desk.maskMark,
    publicText: words.desk.publicText,
  }
}
