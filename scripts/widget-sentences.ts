// An esbuild plugin for the widget's build: of each language only the sentences that the widget says, the second language as bare values.
// Not for: the widget's own code, which imports the languages as they are and works without this.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Plugin } from 'esbuild'
import * as en from '../src/i18n/en.ts'
import * as vi from '../src/i18n/vi.ts'

const WIDGET = new URL('../widget/', import.meta.url)

/** What the desk alone is told, or what no request of the widget can cause. A code without a sentence shows the server's own detail. */
const NEVER_TOLD = new Set([
  'bad_encoding',
  'unsupported_media_type',
  'idempotency_key_invalid',
  'unauthenticated',
  'link_invalid',
  'forbidden',
  'cross_site',
  'receipt_not_found',
  'conflict',
  'undo_expired',
  'signer_title_invalid',
  'pins_full',
  'reason_required',
])

type Sentences = Readonly<Record<string, string>>

/** esbuild drops unused exports, not unused properties: this saves about 700 bytes of brotli. */
export function widgetSentences(): Plugin {
  const source = readdirSync(WIDGET)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(new URL(name, WIDGET), 'utf8'))
    .join('\n')
  const reader = keep(vi.reader, (key) => new RegExp(`words\\.${key}\\b|, '${key}'\\]`).test(source))
  const problems = keep(vi.problems, (key) => !NEVER_TOLD.has(key))
  return {
    name: 'widget sentences',
    setup: (builder) => {
      builder.onLoad({ filter: /i18n\/vi\.ts$/ }, () => ({
        contents: `export const reader = ${JSON.stringify(reader)}, problems = ${JSON.stringify(problems)}`,
      }))
      builder.onLoad({ filter: /i18n\/en\.ts$/ }, ({ path }) => ({
        resolveDir: dirname(path),
        contents: `import * as vi from './vi.ts'
          const named = (source, values) => Object.fromEntries(Object.keys(source).map((key, index) => [key, values[index]]))
          export const reader = named(vi.reader, ${JSON.stringify(inOrder(en.reader, reader))})
          export const problems = named(vi.problems, ${JSON.stringify(inOrder(en.problems, problems))})`,
      }))
    },
  }
}

function keep(sentences: Sentences, isKept: (key: string) => boolean): Sentences {
  return Object.fromEntries(Object.entries(sentences).filter(([key]) => isKept(key)))
}

function inOrder(sentences: Sentences, keys: Sentences): (string | undefined)[] {
  return Object.keys(keys).map((key) => sentences[key])
}
