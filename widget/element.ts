// The element <y-kien>: its life on a page, what its attributes say, its events. Not for: the list (thread.ts) and the form (form.ts).
import type { Service } from './api.ts'
import { h } from './dom.ts'
import { wordsOf } from './section.ts'
import css from './style.css'
import { openThread } from './thread.ts'
import type { Sort } from './wire.ts'

/** Far enough below the fold that the list is there before a reader who scrolls at an ordinary pace. */
const NEAR_PX = 600

/**
 * Shows the readers' opinions of an article and takes new ones. Attributes: `site`, `article`, `lang`, `sort`, `theme`.
 * Events, all bubbling and composed: `ykien:ready`, cancelable `ykien:before-submit`, `ykien:submitted`, `ykien:error`.
 */
export class YKienElement extends HTMLElement {
  // Declared only: an initialised field costs every reader the bytes of a helper in ES2020.
  declare private frame: HTMLElement | undefined
  declare private life: AbortController | undefined
  declare private isShown: boolean | undefined

  static get observedAttributes(): string[] {
    return ['site', 'article']
  }

  connectedCallback(): void {
    if (!this.isAlive()) this.begin()
  }

  disconnectedCallback(): void {
    // A framework that moves the element disconnects and connects it within one task.
    queueMicrotask(() => {
      if (!this.isConnected) this.life?.abort()
    })
  }

  attributeChangedCallback(_name: string, before: string | null, after: string | null): void {
    if (before === after || !this.isAlive()) return
    this.life?.abort()
    this.isShown = false
    this.begin()
  }

  private isAlive(): boolean {
    return this.life?.signal.aborted === false
  }

  private begin(): void {
    this.frame ??= dressed(this)
    this.life = new AbortController()
    const { signal } = this.life
    // What was shown before the element left the page still stands, a half-written text included.
    if (this.isShown) return
    this.frame.replaceChildren(h('slot'))
    if (this.getAttribute('site')) whenNear(this, signal, () => void this.open(signal))
  }

  private async open(signal: AbortSignal): Promise<void> {
    await openThread(
      {
        ...wordsOf(languageOf(this)),
        service: { origin: new URL(import.meta.url).origin, site: this.getAttribute('site') ?? '', article: articleOf(this) },
        frame: this.frame ?? this,
        signal: () => this.life?.signal ?? signal,
        emit: (name, detail) =>
          this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, cancelable: name === 'ykien:before-submit', detail })),
      },
      sortOf(this),
    )
    this.isShown = !signal.aborted
  }
}

let sheet: CSSStyleSheet | undefined

/** Gives the element its shadow root and style, and returns the frame in it. */
function dressed(element: HTMLElement): HTMLElement {
  const root = element.attachShadow({ mode: 'open' })
  const frame = h('div', 'frame')
  root.append(frame)
  try {
    if (!sheet) {
      sheet = new CSSStyleSheet()
      sheet.replaceSync(css)
    }
    root.adoptedStyleSheets = [sheet]
  } catch {
    // Safari before 16.4, which old iPhones keep, has no constructed sheets.
    root.append(h('style', {}, css))
  }
  return frame
}

function whenNear(element: HTMLElement, signal: AbortSignal, then: () => void): void {
  if (!('IntersectionObserver' in window)) {
    then()
    return
  }
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return
      observer.disconnect()
      then()
    },
    { rootMargin: `${NEAR_PX}px` },
  )
  observer.observe(element)
  signal.addEventListener('abort', () => observer.disconnect())
}

function languageOf(element: HTMLElement): 'vi' | 'en' {
  return /^en/i.test(element.closest('[lang]')?.getAttribute('lang') || document.documentElement.lang) ? 'en' : 'vi'
}

function sortOf(element: HTMLElement): Sort {
  const named = element.getAttribute('sort')
  return named === 'old' || named === 'top' ? named : 'new'
}

function articleOf(element: HTMLElement): Service['article'] {
  const key = element.getAttribute('article')
  return { ...(key && { key }), url: pageUrl(), title: document.title }
}

/** The canonical URL when it speaks of this host, else the address bar's; without a fragment. */
function pageUrl(): string {
  let page = new URL(location.href)
  try {
    const canonical = new URL(document.querySelector<HTMLLinkElement>('link[rel=canonical]')?.href ?? '')
    // Templates copied from another portal leave its canonical link behind; http, https and www are one host.
    if (bareHost(canonical) === bareHost(page)) page = canonical
  } catch {
    // No canonical link, or an unreadable one.
  }
  page.hash = ''
  return page.href
}

function bareHost(url: URL): string {
  return url.hostname.replace(/^www\./, '')
}
