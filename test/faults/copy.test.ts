// An installation goes into a real D1 database as SQL and comes back as its export, and is the same; what is no whole export is refused.
import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Copied } from '../../src/platform/copy.ts'
import { readMigrations } from '../../src/platform/node.ts'
import { createProgress } from '../../src/platform/progress.ts'
import { statementsOf } from '../../src/storage/migrate.ts'
import { literal } from '../../src/storage/script.ts'
import { COPIED_TABLES } from '../../src/storage/tables.ts'
import { run, serve, stop } from '../support/ask.ts'
import { copy, exportHash, install, live, MIXED_TEXT } from '../support/installation.ts'
import { type Machine, newMachine } from '../support/server.ts'

const SITE = 'phuong-may'
/** Bytes of one statement that D1 takes. */
const D1_STATEMENT_BYTES = 100_000

let machine: Machine
let original: string
beforeAll(async () => {
  machine = await newMachine(SITE)
  await install(machine, SITE, 600)
  original = `file:${machine.database}`
})
afterAll(() => machine.remove())

const file = (name: string) => join(dirname(machine.database), name)
async function copied(from: string, to: string): Promise<Copied> {
  const { status, stdout, stderr } = await copy(machine, from, to)
  expect(status, stderr).toBe(0)
  return JSON.parse(stdout) as Copied
}
async function refused(from: string, to: string): Promise<string> {
  const { status, stdout, stderr } = await copy(machine, from, to)
  expect(status).toBe(1)
  expect(stdout).toBe('')
  return stderr.split('\n').at(-1) ?? ''
}

/** Runs wrangler in a folder with a local D1 database of its own. */
async function wrangler(folder: string, ...args: string[]): Promise<string> {
  mkdirSync(folder, { recursive: true })
  const settings = 'name = "copy"\n[[d1_databases]]\nbinding = "DB"\ndatabase_name = "copy"\ndatabase_id = "copy"\n'
  writeFileSync(join(folder, 'wrangler.toml'), settings)
  const child = spawn(process.execPath, [resolve('node_modules/wrangler/bin/wrangler.js'), 'd1', ...args], {
    cwd: folder,
    env: { ...process.env, WRANGLER_SEND_METRICS: 'false', CI: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
  const status = await new Promise((end) => child.once('close', end))
  if (status !== 0) throw new Error(said)
  return said
}

/** D1 exports no database with a search index whole, but the tables that a copy carries. */
function carriedTables(): string[] {
  return run(machine.env, 'copy', '--tables')
    .stdout.trim()
    .split('\n')
    .flatMap((table) => ['--table', table])
}

async function query(folder: string, statement: string): Promise<unknown> {
  const said = await wrangler(folder, 'execute', 'copy', '--local', '--yes', '--json', '--command', statement)
  return (JSON.parse(said.slice(said.indexOf('['))) as { results: unknown }[])[0]?.results
}

describe('ykien copy through D1', () => {
  it('writes SQL that a new D1 database runs whole, and its export gives the same installation', async () => {
    const into = await copied(original, `d1:${file('d1.sql')}`)
    expect(statSync(file('d1.sql')).mode & 0o777).toBe(0o600)
    const lines = readFileSync(file('d1.sql'), 'utf8').split('\n')
    expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThanOrEqual(D1_STATEMENT_BYTES)
    expect(lines.filter((line) => line.startsWith('UPDATE "comment" SET "public_html"')).length).toBeGreaterThan(2)
    expect(lines.every((line) => line === '' || line.endsWith(';'))).toBe(true)

    const folder = file('d1')
    await wrangler(folder, 'execute', 'copy', '--local', '--yes', '--file', file('d1.sql'))
    await expect(wrangler(folder, 'execute', 'copy', '--local', '--yes', '--file', file('d1.sql'))).rejects.toThrow('already exists')
    const found = await query(folder, "SELECT public_text FROM comment WHERE receipt_code = 'T0000002'")
    expect(found).toEqual([{ public_text: MIXED_TEXT }])
    const plain = "UPDATE comment SET public_text = 'hai\ndòng' WHERE receipt_code = 'T0000002'"
    await query(folder, plain)
    new Database(machine.database).exec(plain).close()
    await expect(wrangler(folder, 'export', 'copy', '--local', '--output', file('whole.sql'))).rejects.toThrow('Virtual Tables')
    await wrangler(folder, 'export', 'copy', '--local', '--output', file('exported.sql'), ...carriedTables())
    const back = await copied(`d1:${file('exported.sql')}`, `file:${file('back.db')}`)
    expect(back.tables).toEqual((await copied(original, `file:${file('same.db')}`)).tables)
    expect({ ...back.tables, comment: null }).toEqual({ ...into.tables, comment: null })
    for (const [table, { rows }] of Object.entries(back.tables)) expect(rows, `${table} is not tested by an empty table`).toBeGreaterThan(0)
    expect(exportHash(machine, `file:${file('back.db')}`, SITE)).toBe(exportHash(machine, original, SITE))
    expect(existsSync(file('d1.sql.partial'))).toBe(false)
  })

  it('takes from a later export only what changed, and reads one of named tables', async () => {
    const folder = file('d1')
    const statement = "UPDATE comment SET likes = 9 WHERE receipt_code = 'T0000005'; DELETE FROM pending_publication"
    await wrangler(folder, 'execute', 'copy', '--local', '--yes', '--command', statement)
    await wrangler(folder, 'export', 'copy', '--local', '--output', file('later.sql'), ...carriedTables())
    expect(await copied(`d1:${file('later.sql')}`, `file:${file('back.db')}`)).toMatchObject({ put: 1, removed: 1 })
  })

  it.each([
    ['cut off inside a statement', (text: string) => text.slice(0, text.length - 20), /cut off|unfinished|not finished|lacks table/],
    ['cut off between two', (text: string) => text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1), /not finished/],
    ['without its tables', (text: string) => text.replaceAll(/^CREATE .*\n/gm, ''), /no whole export of D1: no such table/],
    ['without some rows', (text: string) => text.replace(/^INSERT INTO "thread".*\n/m, ''), /rows that refer to rows it does not have/],
    ['of another program', () => 'CREATE TABLE customers (id TEXT);\n', /no database of ykien/],
    [
      'of an older release',
      (text: string) => text.replace(/^INSERT INTO schema_migration .*'0001_.*\n/m, ''),
      /not up to date: it lacks migration 0001_ground/,
    ],
    ['of another release', (text: string) => text.replace("'0001_ground', '", "'0001_ground', 'x"), /does not know \(0001_ground\)/],
  ])('refuses a file %s, and leaves nothing behind', async (_name, change, words) => {
    writeFileSync(file('faulty.sql'), change(readFileSync(file('d1.sql'), 'utf8')))
    expect(await refused(`d1:${file('faulty.sql')}`, `file:${file('faulty.db')}`)).toMatch(words)
    expect(readdirSync(dirname(machine.database)).filter((name) => /^faulty\.(?!sql$)/.test(name))).toEqual([])
  })

  it('runs nothing of a file but what makes, replaces and fills its own tables', async () => {
    const elsewhere = file('elsewhere.db')
    writeFileSync(
      file('hostile.sql'),
      `ATTACH '${elsewhere}' AS other;\nCREATE TABLE other.taken (id TEXT);\nINSERT INTO other.taken VALUES (1);\n/* ; */ VACUUM INTO '${elsewhere}';\n`,
    )
    appendFileSync(file('hostile.sql'), readFileSync(file('d1.sql')))
    expect((await copied(`d1:${file('hostile.sql')}`, `file:${file('hostile.db')}`)).tables.site?.rows).toBe(1)
    expect(existsSync(elsewhere)).toBe(false)
  })

  it('overwrites no file', async () => {
    expect(await refused(original, `d1:${file('d1.sql')}`)).toContain('is there already and is not overwritten')
  })
})

describe('ykien copy', () => {
  it('makes a copy that becomes an installation of its own when it is served, and not before', async () => {
    const target = `file:${file('own.db')}`
    await copied(original, target)
    await live(machine, SITE, 2)
    expect((await copied(original, target)).put).toBeGreaterThan(0)
    expect(run({ ...machine.env, YKIEN_DATABASE: target }, 'doctor').status).toBe(0)
    expect((await copied(original, target)).put).toBe(0)
    expect(await stop(await serve({ ...machine.env, YKIEN_DATABASE: target }))).toBe(0)
    expect(await refused(original, target)).toContain('holds an installation of its own')
  })

  it('refuses a target that a service has open, even if it is empty', async () => {
    const target = `file:${file('idle.db')}`
    const server = await serve({ ...machine.env, YKIEN_DATABASE: target })
    expect(await refused(original, target)).toContain('stop the service first')
    expect(await stop(server)).toBe(0)
    await copied(original, target)
  })

  it('changes no byte of a database that it refuses', async () => {
    const database = new Database(file('foreign.db'))
    database.exec('CREATE TABLE customers (id TEXT)')
    database.close()
    const bytes = readFileSync(file('foreign.db'))
    expect(await refused(original, `file:${file('foreign.db')}`)).toContain('holds tables of another program (customers)')
    expect(readFileSync(file('foreign.db')).equals(bytes)).toBe(true)
  })

  it('says so when a unique value went to an older row since the last run', async () => {
    const target = `file:${file('swapped.db')}`
    await copied(original, target)
    const database = new Database(machine.database)
    const give = database.prepare('UPDATE staff SET email = ? WHERE email = ?')
    const [older, newer] = database.prepare('SELECT email FROM staff ORDER BY id LIMIT 2').pluck().all() as [string, string]
    give.run('nobody@phuongmay.example', older)
    give.run(older, newer)
    give.run(newer, 'nobody@phuongmay.example')
    database.close()
    expect(await refused(original, target)).toContain('staff.email: a value went from one row to another')
  })

  it('refuses a copy of another installation', async () => {
    const other = await newMachine('xa-khac')
    await copied(original, `file:${file('mine.db')}`)
    expect(await refused(`file:${other.database}`, `file:${file('mine.db')}`)).toContain('is a copy of another installation')
    other.remove()
  })

  it.each([
    ['mysql://root:mat-khau@localhost/x', '--from: write file:PATH, postgres://USER@HOST/NAME or d1:FILE.sql'],
    ['postgres://ykien:mat-khau@[::1/x', '--from: write file:PATH'],
    ['d1:', '--from: write file:PATH'],
    ['file:/khong/co.db', 'there is no database at /khong/co.db'],
    ['d1:/khong/co.sql', 'there is no file /khong/co.sql'],
  ])('refuses %s in one line without a password', async (from, words) => {
    const said = await refused(from, `file:${file('never.db')}`)
    expect(said).toContain(words)
    expect(said).not.toContain('mat-khau')
  })

  it('refuses to copy a database onto itself, also by another path', async () => {
    expect(await refused(original, `file:${dirname(machine.database)}/./ykien.db`)).toContain('are the same database')
  })

  it('copies a database only when it is up to date', async () => {
    await copied(original, `file:${file('older.db')}`)
    const database = new Database(file('older.db'))
    database.exec("DELETE FROM schema_migration WHERE name = '0001_ground'")
    database.close()
    expect(await refused(`file:${file('older.db')}`, `file:${file('never.db')}`)).toContain('lacks migration 0001_ground')
    rmSync(file('older.db'))
  })
})

describe('the list of tables', () => {
  const database = new Database(':memory:')
  for (const { text } of readMigrations()) for (const statement of statementsOf(text)) database.exec(statement)
  const pragma = <Found>(name: string, table: string) => database.pragma(`${name}(${table})`) as Found[]

  it.each(COPIED_TABLES)('knows the primary key of $name, and puts it after what it refers to', ({ name, key, self }) => {
    const columns = pragma<{ name: string; pk: number }>('table_info', name)
    expect(columns.filter(({ pk }) => pk > 0).map((column) => column.name)).toEqual(key)
    const place = COPIED_TABLES.findIndex((table) => table.name === name)
    for (const reference of pragma<{ table: string; from: string }>('foreign_key_list', name))
      if (reference.table === name) expect(reference.from).toBe(self)
      else expect(COPIED_TABLES.slice(0, place).map((table) => table.name)).toContain(reference.table)
  })
})

describe('a text as SQL on one line', () => {
  const database = new Database(':memory:')
  it.each(['', "O'Neil''s", '\\n', '\n', '\\\n\\n\n', '\\n1.\\n\n', '\\n1\n1.\n', 'a\r\nb\\r\\n\rc', '🌾\u0301; -- /* */'])(
    '%j comes back as it was',
    (text) => {
      expect(literal(text)).not.toMatch(/[\r\n]/)
      expect(database.prepare(`SELECT ${literal(text)} AS text`).get()).toEqual({ text })
    },
  )
})

describe('progress', () => {
  it('is a bar on a terminal, with rows a second and the time that is left', () => {
    let shown = ''
    let ms = 0
    const screen = { isTTY: true, columns: 100, write: (text: string) => (shown = text) }
    const progress = createProgress(screen, () => ms)
    progress.begin('copying', 1_000)
    ms = 1_000
    progress.advance(250)
    expect(shown).toMatch(/^\rcopying {2}\[#+-+\] {2}25 % {2}250 of 1000 rows {2}250 rows\/s {2}3 s left/)
    expect(shown.replace('\r', '').replace('\x1b[K', '').length).toBeLessThanOrEqual(100)
    progress.advance(750)
    progress.end()
    expect(shown).toBe('\n')
  })

  it('is a line every few seconds elsewhere, and one at the end', () => {
    const lines: string[] = []
    let ms = 0
    const progress = createProgress({ write: (text: string) => lines.push(text) }, () => ms)
    progress.begin('copying', 1_000)
    for (; ms < 10_000; ms += 100) progress.advance(10)
    progress.end()
    expect(lines.slice(0, -1).map((line) => line.slice(0, 14))).toEqual(['copying: 51 %,'])
    expect(lines.at(-1)).toMatch(/^copying: 100 %, 1000 of 1000 rows {2}100 rows\/s\n$/)
  })
})
