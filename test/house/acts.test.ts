// Every act that the program records has a sentence in the log, in both languages.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { strings } from '../../src/i18n/index.ts'

/** The actions that core names where it writes the record. */
function actionsOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8')
      // A call of one of the three ways into the record, up to the action: a string, or the choice between two.
      const calls = text.matchAll(/\b(?:audited|auditedAccount|recorded)\(([^;]*?'[a-z]+\.[a-z_]+'[^;]{0,80})/g)
      return [...calls].flatMap(([, call = '']) => [...call.matchAll(/'([a-z]+\.[a-z_]+)'/g)].map(([, action = '']) => action))
    })
}

it('tells every recorded act in words', () => {
  const actions = [...new Set(actionsOf('src/core'))].filter((action) => !/^(?:comment|site|staff|audit)\.(?:id|site_id)$/.test(action))
  expect(actions.length).toBeGreaterThan(25)
  for (const language of ['vi', 'en'] as const) expect(actions.filter((action) => !(action in strings(language).acts))).toEqual([])
})
