// What all parts of one section on a page share: where to ask, in which words to speak, how to tell the page. Holds no state of its own.
import { problems as problemsEn, reader as readerEn } from '../src/i18n/en.ts'
import { fill } from '../src/i18n/format.ts'
import { problems, reader } from '../src/i18n/vi.ts'
import type { Answer, Service } from './api.ts'
import type { Problem, SiteView } from './wire.ts'

export type Words = Readonly<Record<keyof typeof reader, string>>

export type Section = {
  readonly service: Service
  readonly language: 'vi' | 'en'
  readonly words: Words
  /** By code; a code that the widget does not know has none. */
  readonly problems: Readonly<Record<string, string>> & Readonly<Record<keyof typeof problems, string>>
  /** The element that everything is shown in. */
  readonly frame: HTMLElement
  /** Aborts when the element has left the page for good. */
  signal(): AbortSignal
  /** Dispatches an event from the element; false when the page cancelled it. */
  emit(name: string, detail: unknown): boolean
}

/** A section that has heard from the service. */
export type OpenSection = Section & { readonly site: SiteView }

/** The sentences of a language: those of readers, and those by code of problem. */
export function wordsOf(language: 'vi' | 'en'): Pick<Section, 'language' | 'words' | 'problems'> {
  return language === 'en' ? { language, words: readerEn, problems: problemsEn } : { language, words: reader, problems }
}

/** A sentence with a number in place of `{n}`, written as the language writes numbers: 2.000 in Vietnamese. */
export function fillNumber(section: Section, sentence: string, n: number): string {
  return fill(sentence, { n: n.toLocaleString(section.language) })
}

/** What to tell the reader about a problem: our sentence for its code when nothing is missing in it, else the server's. */
export function problemSentence(section: Section, problem: Pick<Problem, 'code' | 'detail' | 'limit' | 'retry_after'>): string {
  const n = problem.limit ?? problem.retry_after
  let known = section.problems[problem.code] ?? '{'
  if (n !== undefined) known = fillNumber(section, known, n)
  return known.includes('{') ? problem.detail || section.problems.internal : known
}

/** The answer to a request; tells the page of a failure: what was tried, the code and the HTTP status (0 when no answer came). */
export async function told<Value>(
  section: Section,
  operation: 'load' | 'submit' | 'edit' | 'withdraw',
  asked: Promise<Answer<Value>>,
): Promise<Answer<Value>> {
  const signal = section.signal()
  const answer = await asked
  if (!answer.ok && !signal.aborted) section.emit('ykien:error', { operation, code: answer.problem.code, status: answer.problem.status })
  return answer
}
