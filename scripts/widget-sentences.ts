// An esbuild plugin for the widget's build: of each language only the sentences that the widget says, as bare values in one order.
// Not for: the widget's own code, which sees the languages as they are (widget/languages.ts).
import { readdirSync, readFileSync } from 'node:fs'
import type { Plugin } from 'esbuild'
import { LANGUAGES } from '../src/i18n/index.ts'
import { wordsIn } from '../widget/languages.ts'

const WIDGET = new URL('../widget/', import.meta.url)

/** Problems that no answer of the service explains, or that are found before it is asked. All others come with their sentence. */
const OWN_PROBLEMS = ['field_required', 'terms_required', 'internal', 'offline']

/** esbuild drops unused exports, not unused properties: this saves about a third of the bundle. */
export function widgetSentences(): Plugin {
  const [first] = LANGUAGES.map(wordsIn)
  const keys = Object.keys(first ?? {}).filter(isSaid())
  const lists = LANGUAGES.map((language) => {
    const words = wordsIn(language)
    return `${language}: named(${JSON.stringify(keys.map((key) => words[key]).join('|'))})`
  })
  return {
    name: 'widget sentences',
    setup: (builder) => {
      builder.onLoad({ filter: /widget\/languages\.ts$/ }, () => ({
        contents: `const keys = ${JSON.stringify(keys.join('|'))}.split('|')
          const named = (list) => Object.fromEntries(list.split('|').map((sentence, index) => [keys[index], sentence]))
          export const languages = { ${lists.join()} }`,
      }))
    },
  }
}

function isSaid(): (key: string) => boolean {
  const source = readdirSync(WIDGET)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(new URL(name, WIDGET), 'utf8'))
    .join('\n')
  const said = new Set([...source.matchAll(/words\.(\w+)|, '(tab\w+)'\]/g)].map(([, word, tab]) => word ?? tab))
  for (const key of ['name', 'email', 'phone', 'address', 'removedPh', 'withdrawnPh', 'kept', ...OWN_PROBLEMS]) said.add(key)
  return (key) => said.has(key)
}
