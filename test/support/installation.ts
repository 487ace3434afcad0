// An installation with rows in every table that a copy carries, and copies of it made by the real program.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import Database from 'better-sqlite3'
import { settleSite } from '../../src/core/comments/publish.ts'
import { like, report } from '../../src/core/comments/respond.ts'
import { withdraw } from '../../src/core/comments/revise.ts'
import { submit } from '../../src/core/comments/submit.ts'
import { decide } from '../../src/core/moderation/decide.ts'
import { invite } from '../../src/core/people/team.ts'
import { findSite } from '../../src/core/sites.ts'
import { nodeServices, openDatabase, readConfig } from '../../src/platform/node.ts'
import { COPIED_TABLES } from '../../src/storage/tables.ts'
import { fill } from './fill.ts'
import { setUp } from './person.ts'
import type { Machine } from './server.ts'

/** Heap the copying process gets, in megabytes: much less than the data of a large installation. */
const HEAP_MB = 64
/** Line ends beside the letters that stand for them elsewhere. The export of D1 itself takes one for the other. */
export const MIXED_TEXT = 'một dòng\\n chưa xuống,\nhai dòng\\\\n'
/** A body whose row is longer than a statement of D1 may be, full of what quoting may break. */
const LONG_BODY = `${'Ý kiến dài: "nháy", \'nháy đơn\', \\t không phải dấu cách;\r\n-- 👩‍👩‍👧 /* */\t& <b>\n'.repeat(1_200)}hết`

/** Fills a machine's database: `comments` ready-made ones, a third of them replies, and some of every kind by the product's own commands. */
export async function install(machine: Machine, site: string, comments: number): Promise<void> {
  fill(machine.database, comments)
  machine.command('token', 'add', '--site', site, '--role', 'moderator', '--name', "Máy đọc 'ý kiến'")
  await live(machine, site, 0)
  const database = new Database(machine.database)
  const nth = (n: number | string) => `printf('01900000-0000-7000-8001-%012x', ${n})`
  database.exec(`
    UPDATE comment SET parent_id = (SELECT id FROM comment AS root WHERE root.id < comment.id AND root.parent_id IS NULL ORDER BY root.id DESC LIMIT 1)
      WHERE receipt_code LIKE 'T%' AND substr(receipt_code, 2) % 3 = 2;
    UPDATE comment SET parent_id = ${nth(comments - 1)} WHERE id = ${nth(0)};`)
  database.prepare(`UPDATE comment SET public_text = ?, public_html = ? WHERE id = ${nth(1)}`).run(LONG_BODY, `<p>${LONG_BODY}</p>`)
  database.prepare("UPDATE revision SET body = ? WHERE id = printf('01900000-0000-7000-8002-%012x', 1)").run(LONG_BODY)
  database.prepare("UPDATE comment SET public_text = ? WHERE receipt_code = 'T0000002'").run(MIXED_TEXT)
  for (const { name } of COPIED_TABLES) fillIfEmpty(database, name)
  database.close()
}

/** Puts a row into a table that has none, its references to rows there are: what a copy carries, whatever rooms add to it later. */
function fillIfEmpty(database: Database.Database, table: string): void {
  if (database.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get() !== undefined) return
  const references = new Map(
    (database.pragma(`foreign_key_list(${table})`) as { from: string; to: string; table: string }[]).map((key) => [
      key.from,
      database.prepare(`SELECT ${key.to} FROM ${key.table} LIMIT 1`).pluck().get(),
    ]),
  )
  const columns = database.pragma(`table_info(${table})`) as { name: string; type: string }[]
  const values = columns.map(({ name, type }) => {
    if (references.has(name)) return references.get(name)
    if (type === 'INTEGER') return 1
    if (type === 'BLOB') return Buffer.from([0, 39, 255])
    return name.endsWith('_at') ? '2026-11-20T08:00:00.000Z' : `"${name}"`
  })
  const places = columns.map(() => '?').join(', ')
  database.prepare(`INSERT INTO ${table} (${columns.map(({ name }) => name).join(', ')}) VALUES (${places})`).run(...values)
}

/** What happens on a working day: sent, answered, approved and settled, approved and waiting, rejected, withdrawn, signed in. */
export async function live(machine: Machine, slug: string, day: number): Promise<void> {
  const config = { ...readConfig(machine.env), undoSeconds: 0 }
  const store = openDatabase(config)
  const services = nodeServices(config, store, () => {})
  const site = await findSite(services, slug)
  const reader = { services, actor: { kind: 'reader' } as const, site }
  const moderator = { services, actor: { kind: 'token', id: 'm', name: 'Máy', role: 'moderator' } as const, site }
  const waiting = { ...moderator, services: { ...services, config: { ...config, undoSeconds: 3_600 } } }
  const send = (number: number, more = {}) =>
    submit(reader, { article: { key: `ngày-${day}` }, body: `Ngày ${day}, ý kiến ${number}.\n\nĐoạn hai; 'trích' 🌾`, ...more }, null)
  const judge = (ctx: typeof moderator, id: string, verdict: object) =>
    decide(ctx, { items: [{ comment: id, version: 1, ...verdict }] }, null)

  const sent = [await send(0, { author: { name: 'Bà Năm', email: 'ba.nam@example.com' } })]
  for (let number = 1; number < 6; number++) sent.push(await send(number))
  const [first, second, third, fourth] = sent
  if (!first || !second || !third || !fourth) throw new Error('nothing was sent')
  await judge(moderator, first.comment.id, { verdict: 'approve' })
  await settleSite(moderator)
  const phone = { token: null, network: '192.0.2.1', agent: 'Máy thử' }
  await like(reader, first.comment.id, phone)
  await report(reader, first.comment.id, { reason: 'other', text: 'Đọc thử.' }, phone)
  await judge(moderator, (await send(9, { parent_id: first.comment.id })).comment.id, { verdict: 'approve' })
  await judge(waiting, second.comment.id, { verdict: 'approve' })
  await judge(moderator, third.comment.id, { verdict: 'reject', reason: 'offtopic' })
  await withdraw({ ...reader, actor: { kind: 'author' } }, fourth.comment.id, fourth.edit.token)
  const email = `canbo-${day}@phuongmay.example`
  const { link, statements } = invite(services, { email, site: slug, role: 'moderator', name: 'Cán bộ' })
  await store.batch(statements)
  await setUp(services, link.url)
  await store.close()
}

export type CopyRun = { status: number | null; stdout: string; stderr: string; peakMb: number; tookMs: number }

/** Starts `ykien copy`, with little heap; the end tells what came of it and the most memory it held. */
export function startCopy(machine: Machine, from: string, to: string): { process: ChildProcess; ended: Promise<CopyRun> } {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [`--max-old-space-size=${HEAP_MB}`, resolve('bin/ykien.js'), 'copy', '--from', from, '--to', to], {
    env: machine.env,
    cwd: resolve('.'),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  let peakMb = 0
  const watch = setInterval(() => {
    peakMb = Math.max(peakMb, peakOf(child.pid))
  }, 50)
  const ended = new Promise<CopyRun>((end) =>
    child.once('close', (status) => {
      clearInterval(watch)
      end({ status, stdout: stdout.trim(), stderr: stderr.trim(), peakMb, tookMs: performance.now() - startedAt })
    }),
  )
  return { process: child, ended }
}

/** Copies to the end. */
export function copy(machine: Machine, from: string, to: string): Promise<CopyRun> {
  return startCopy(machine, from, to).ended
}

/** SHA-256 of the rows of a site's export: all of it but the first line, which has the date, and the last, which hashes the first. */
export function exportHash(machine: Machine, database: string, site: string): string {
  const file = join(dirname(machine.database), `export-${crypto.randomUUID()}.ndjson`)
  const env = { ...machine.env, YKIEN_DATABASE: database }
  execFileSync(process.execPath, [resolve('bin/ykien.js'), 'export', '--site', site, '--out', file], { env, stdio: 'pipe' })
  return execFileSync('sh', ['-c', 'tail -n +2 "$1" | head -n -1 | sha256sum; rm "$1"', 'sh', file], { encoding: 'utf8' })
}

function peakOf(pid: number | undefined): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    // It has ended meanwhile.
    return 0
  }
}
