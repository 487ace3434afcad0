// What all parts of one section on a page share: where to ask, in which words to speak, how to tell the page. Holds no state of its own.
import { type Child, h } from './dom.ts'
import { languages, type Words } from './languages.ts'
import type { Problem, SiteView } from './wire.ts'

export type Section = {
  /** The service's origin. */
  readonly service: string
  readonly slug: string
  readonly article: { readonly key: string | undefined; readonly url: string; readonly title: string }
  /** The language it speaks. */
  readonly tongue: string
  /** Every sentence by its key, the page's own before ours. */
  readonly words: Words
  /** The page's own, by the same keys. */
  readonly own: Readonly<Record<string, string | undefined>>
  /** The element that everything is shown in. */
  readonly frame: HTMLElement
  /** Aborts when the element has left the page for good. */
  readonly signal: AbortSignal
  /** Dispatches an event from the element; false when the page cancelled it. */
  emit(name: string, detail: unknown): boolean
}

/** A section that has heard from the service. */
export type OpenSection = Section & {
  readonly site: SiteView
  readonly isOpen: boolean
}

/** The section in a language: the one wanted when it is one of ours, else Vietnamese. */
export function inLanguage(section: Omit<Section, 'tongue' | 'words'>, wanted: string): Section {
  const language = languages[wanted] ? wanted : 'vi'
  section.frame.lang = language
  return { ...section, tongue: language, words: { ...languages[language], ...section.own } as Words }
}

/** A sentence with its one `{…}` replaced. */
export function fill(sentence: string, value: string | number): string {
  return sentence.replace(/\{\w+\}/, () => `${value}`)
}

/** A sentence of the service's, unless the page has another one for its code. */
export function said({ words }: Section, code: string, sentence: string): string {
  return words[code] || sentence
}

/** A whole number as the language writes it: 2.000 in Vietnamese. */
export function number({ words }: Section, n: number): string {
  // Not by the browser's own rules of numbers: loading them costs a slow phone more than all the rest of the section's script.
  return `${n}`.replace(/\B(?=(...)+$)/g, words.thousands)
}

/** What to tell the reader about a problem: the page's or our sentence for its code, else the service's, which is in the reader's language. */
export function problemSentence(section: Section, { code, detail }: Pick<Problem, 'code' | 'detail'>): string {
  return said(section, code, detail || section.words.internal)
}

/** A sentence that screen readers speak at once, for places where something went wrong. */
export function alarm(...children: readonly Child[]): HTMLElement {
  return h('div', { class: 'error', role: 'alert' }, ...children)
}
