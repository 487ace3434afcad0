// The element <y-kien>: its life on a page, what its attributes say, its events. Not for: the list (thread.ts) and the form (form.ts).
import { h, show } from './dom.ts'
import { inLanguage } from './section.ts'
import css from './style.css'
import { openThread, wanted } from './thread.ts'

/** Far enough below the fold that the list is there before a reader who scrolls at an ordinary pace. */
const NEAR_PX = 600

/**
 * Shows the readers' opinions of an article and takes new ones. Attributes: `site`, `article`, `article-title`, `lang`, `sort`, `limit`,
 * `theme`, and `data-…` for each sentence. Events, all bubbling and composed: `ykien:ready`, cancelable `ykien:before-submit`,
 * `ykien:submitted`, `ykien:error`.
 */
export class YKienElement extends HTMLElement {
  // Declared only: an initialised field costs every reader the bytes of a helper in ES2020.
  declare private life: AbortController | undefined

  static get observedAttributes(): string[] {
    return ['site', 'article', 'lang', 'sort', 'limit']
  }

  connectedCallback(): void {
    if (this.life) return
    this.life = new AbortController()
    void begin(this, this.life.signal)
  }

  disconnectedCallback(): void {
    // A framework that moves the element disconnects and connects it within one task.
    queueMicrotask(() => this.isConnected || this.end())
  }

  attributeChangedCallback(): void {
    if (!this.life) return
    this.end()
    this.connectedCallback()
  }

  private end(): void {
    this.life?.abort()
    this.life = undefined
  }
}

async function begin(element: HTMLElement, signal: AbortSignal): Promise<void> {
  const frame = h('div', 'frame', h('slot'))
  // The height that is held for the list, so that what stands below it in the page is not moved. It is given up at once when the list
  // is longer than the screen, else with the reader's first act in it, when no browser or reader minds.
  const release = () => hold.removeAttribute('class')
  const hold = h('div', { class: 'hold', onfocusin: release }, frame)
  const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' })
  show(root, hold)
  try {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(css)
    root.adoptedStyleSheets = [sheet]
  } catch {
    // Safari before 16.4, which old iPhones keep, has no constructed sheets.
    root.append(h('style', {}, css))
  }
  // A link to one opinion has to load it before it can lead there.
  if (!wanted()) await near(element)
  const attribute = (name: string) => element.getAttribute(name) ?? ''
  if (signal.aborted || !attribute('site')) return
  await openThread(
    inLanguage(
      {
        service: new URL(import.meta.url).origin,
        slug: attribute('site'),
        article: { key: attribute('article') || undefined, url: pageUrl(), title: attribute('article-title') || document.title },
        own: element.dataset,
        frame,
        signal,
        emit: (name, detail) => element.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, cancelable: true, detail })),
      },
      languageOf(element),
    ),
    { sort: attribute('sort') || 'new', limit: attribute('limit') || '20' },
  )
  // Asked in this way, since reading where it is would have the page laid out before its time.
  if ((await near(frame)).boundingClientRect.bottom > innerHeight) release()
}

/** Where the element is when it comes near the screen; waits for ever when it does not. */
function near(element: HTMLElement): Promise<IntersectionObserverEntry> {
  return new Promise((resolve) => {
    new IntersectionObserver(
      (entries, observer) => {
        const now = entries.pop()
        if (!now?.isIntersecting) return
        observer.disconnect()
        resolve(now)
      },
      { rootMargin: `${NEAR_PX}px` },
    ).observe(element)
  })
}

/** The nearest `lang`, by its language alone: `en` of `en-GB`. */
function languageOf(element: HTMLElement): string {
  return element.closest<HTMLElement>('[lang]')?.lang.slice(0, 2).toLowerCase() ?? ''
}

/** The canonical URL when it speaks of this host, else the address bar's; without a fragment. */
function pageUrl(): string {
  const canonical = document.querySelector<HTMLLinkElement>('link[rel=canonical]')?.href ?? ''
  // Templates copied from another portal leave its canonical link behind; http, https and www are one host.
  const [own, named] = [location.href, canonical].map((url) => url.replace(/^https?:\/\/(www\.)?|[:/?#].*/g, ''))
  return (own === named ? canonical : location.href).replace(/#.*/, '')
}
