// The rules of the rooms bite: each forbidden import, written into a file of its room, fails the linter.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SETTINGS } from '../../src/config.ts'

/** What the linter, with the project's own rules, says of one file at this place in the project. */
function lint(path: string, source: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'ykien-rooms-'))
  try {
    const rules = JSON.parse(readFileSync('biome.json', 'utf8')) as { vcs: unknown; $schema?: string }
    const { vcs: _vcs, $schema: _schema, ...alone } = rules
    writeFileSync(join(folder, 'biome.json'), JSON.stringify(alone))
    for (const plugin of ['biome-clock.grit', 'biome-record.grit']) cpSync(plugin, join(folder, plugin))
    mkdirSync(join(folder, dirname(path)), { recursive: true })
    writeFileSync(join(folder, path), source)
    const { stdout, stderr } = spawnSync(resolve('node_modules/.bin/biome'), ['lint', path], { cwd: folder, encoding: 'utf8' })
    return stdout + stderr
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const imports = (what: string) => `import * as it from '${what}'\nexport const kept = it\n`

describe('the linter refuses', () => {
  it.each([
    ['src/lib/x.ts', '../core/context.ts', 'import nothing of ours'],
    ['src/core/x.ts', 'hono', 'core knows no door'],
    ['src/core/comments/x.ts', '../../http/problem.ts', 'core knows no door'],
    ['src/core/x.ts', '../platform/node.ts', 'core knows no host'],
    ['src/core/x.ts', '../storage/sqlite.ts', 'no driver'],
    ['src/core/x.ts', 'better-sqlite3', 'open a database'],
    ['src/core/x.ts', 'node:fs', 'runs on every host'],
    ['src/core/x.ts', 'cloudflare:workers', 'runs on every host'],
    ['src/http/x.ts', 'kysely', 'reads no table'],
    ['src/http/x.ts', '../dashboard/shell.tsx', 'reads no table'],
    ['src/dashboard/x.tsx', 'kysely', 'read no table'],
    ['src/jobs.ts', './http/problem.ts', 'not doors'],
    ['src/platform/x.ts', '../core/context.ts', 'neither core nor doors'],
    ['src/app.ts', './storage/sqlite.ts', 'knows no host'],
    ['src/storage/store.ts', '../core/context.ts', 'does not know what stands on it'],
    ['widget/x.ts', '../src/core/context.ts', 'nothing else'],
  ])('in %s an import of %s', (path, what, message) => {
    expect(lint(path, imports(what))).toContain(message)
  })

  it.each(['new Date()', 'Date.now()', 'Math.random()', 'crypto.randomUUID()'])('%s in core', (call) => {
    expect(lint('src/core/x.ts', `export const value = ${call}\n`)).toContain('reads no clock')
  })

  it.each(["db.insertInto('audit')", "insertRow(db, 'audit', row)"])('%s outside the one file that seals the record', (call) => {
    const source = `export const put = (db: never, row: never) => ${call}\n`
    expect(lint('src/core/x.ts', source)).toContain('one way in')
    expect(lint('src/http/x.ts', source)).toContain('one way in')
    expect(lint('src/core/record.ts', source)).not.toContain('one way in')
  })

  it('nothing in a clean file of core', () => {
    expect(lint('src/core/x.ts', `import { AppError } from './context.ts'\n\nexport const kept = AppError\n`)).not.toMatch(/×/)
  })
})

describe('the documents', () => {
  it('name every setting', () => {
    const text = readFileSync('docs/configuration.md', 'utf8')
    for (const { env } of Object.values(SETTINGS)) expect(text).toContain(env)
  })

  it('link only to files that exist', () => {
    const pages = [
      'README.md',
      'CONTRIBUTING.md',
      ...readdirSync('docs')
        .filter((file) => file.endsWith('.md'))
        .map((file) => `docs/${file}`),
    ]
    const broken = pages.flatMap((page) => {
      const folder = page.includes('/') ? 'docs/' : ''
      const links = [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map((match) => `${folder}${match[1]}`)
      return links.filter((link) => !existsSync(link)).map((link) => `${page}: ${link}`)
    })
    expect(broken).toEqual([])
  })
})
