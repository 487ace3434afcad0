// Every sentence that the widget could say, in every language, by one flat key. The build puts in its place those it does say
// (scripts/widget-sentences.ts). A further language needs nothing here: it is a file in src/i18n, named in that folder's index.
import { LANGUAGES, type Strings, strings } from '../src/i18n/index.ts'

export type Words = Readonly<Record<keyof Strings['reader'] | keyof Strings['problems'], string>> & Readonly<Record<string, string>>

/** By language; the first one speaks where a page's language is none of them. */
export const languages: Readonly<Record<string, Words>> = Object.fromEntries(LANGUAGES.map((language) => [language, wordsIn(language)]))

/** A language's sentences: for readers, and for problems by code. */
export function wordsIn(language: (typeof LANGUAGES)[number]): Words {
  const { reader, problems } = strings(language)
  return { ...problems, ...reader }
}
