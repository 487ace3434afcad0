// The record as the operator sees it: verified from the command line, by exit codes; copied and restored; its anchor a file that never
// goes back.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { fileAnchor } from '../../src/platform/anchor.ts'

function machine(name = 'ykien.db', folder = mkdtempSync(join(tmpdir(), 'ykien-record-'))) {
  const path = join(folder, name)
  const env = { PATH: process.env.PATH, YKIEN_DATABASE: `file:${path}`, YKIEN_SECRET: 'a secret that only the tests know, 32+' }
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [resolve('bin/ykien.js'), ...args], { env, encoding: 'utf8' })
    return { status, stdout, stderr }
  }
  const tamper = (statement: string) => {
    const database = new Database(path)
    database.exec(statement)
    database.close()
  }
  return { folder, path, env, run, tamper }
}

/** A machine whose record is linked: six acts of the command line. */
function installed() {
  const one = machine()
  one.run('site', 'add', 'phuong-thu', '--name', 'Phường Thử', '--origin', 'https://phuongthu.example')
  for (const role of ['moderator', 'leader', 'viewer', 'admin', 'replier'])
    one.run('token', 'add', '--site', 'phuong-thu', '--role', role, '--name', 'máy')
  expect(one.run('tick')).toMatchObject({ status: 0 })
  return one
}

describe('ykien audit', () => {
  it('verifies a whole record with 0, a broken one with 1 and its first row, and 2 where nothing can be read', () => {
    const { run, tamper, path } = installed()
    const whole = run('audit', 'verify')
    expect(whole).toMatchObject({ status: 0, stderr: '' })
    expect(JSON.parse(whole.stdout)).toMatchObject({ rows: 6, waiting: 0, fault: null, anchor: { sequence: 6 } })
    expect(statSync(`${path}.anchor`).mode & 0o777).toBe(0o600)

    tamper("UPDATE audit SET detail = '{}' WHERE sequence = 3")
    const broken = run('audit', 'verify')
    expect(broken.status).toBe(1)
    expect(JSON.parse(broken.stdout).fault).toMatchObject({ kind: 'altered', sequence: 3, action: 'token.add' })
    expect(broken.stderr).toMatch(/^ykien: the record is broken: row number 3, token\.add of .+ is not as it was written/)
    expect(broken.stderr.trim().split('\n')).toHaveLength(1)

    expect(run('audit', 'verify', '--anchor', 'x').status).toBe(2)
    const missing = machine()
    expect(missing.run('audit', 'verify').status).toBe(2)
    expect(existsSync(missing.path)).toBe(false)
  })

  it('says that without an anchor a cut end would not be noticed, and takes one from the log', () => {
    const one = installed()
    const { head } = JSON.parse(one.run('audit', 'verify').stdout)
    one.tamper('DELETE FROM audit WHERE sequence > 4')
    expect(one.run('audit', 'verify').stderr).toContain('the end is cut off: row number 5 is missing')
    const { run } = machine('other.db', one.folder)
    expect(one.run('copy', '--from', `file:${one.path}`, '--to', `file:${join(one.folder, 'other.db')}`).status).toBe(0)
    const alone = run('audit', 'verify')
    expect(alone.status).toBe(0)
    expect(alone.stderr).toContain('no anchor was found')
    expect(run('audit', 'verify', '--anchor', `${head.sequence}:${head.link}`).status).toBe(1)
  })

  it('is whole on a copy and on a restored backup, which an operator accepts with a reason', () => {
    const one = installed()
    expect(one.run('backup', join(one.folder, 'backup.db')).status).toBe(0)
    const copy = machine('copy.db', one.folder)
    expect(one.run('copy', '--from', `file:${one.path}`, '--to', `file:${copy.path}`).status).toBe(0)
    expect(JSON.parse(copy.run('audit', 'verify').stdout)).toMatchObject({ rows: 6, fault: null })
    copy.run('tick')
    expect(JSON.parse(copy.run('audit', 'verify').stdout)).toMatchObject({ rows: 6, fault: null, anchor: { sequence: 6 } })

    one.run('token', 'add', '--site', 'phuong-thu', '--role', 'viewer', '--name', 'sau bản sao')
    one.run('tick')
    expect(one.run('audit', 'accept', '--reason', 'thử').stderr).toContain('nothing to accept')
    expect(one.run('restore', join(one.folder, 'backup.db'), '--to', `file:${one.path}`, '--replace').status).toBe(0)
    one.run('tick')
    expect(one.run('audit', 'verify')).toMatchObject({ status: 1, stderr: expect.stringContaining('row number 7 is missing') })
    expect(one.run('audit', 'accept').status).toBe(1)
    const accepted = one.run('audit', 'accept', '--reason', 'Khôi phục bản sao lưu')
    expect(accepted).toMatchObject({ status: 0, stderr: expect.stringContaining('the old anchor is now') })
    expect(JSON.parse(one.run('audit', 'verify').stdout)).toMatchObject({ rows: 7, fault: null, anchor: { sequence: 7 } })
    expect(readdirSync(one.folder).filter((name) => name.startsWith('ykien.db.anchor.'))).toHaveLength(1)
  })

  it('finds what a script did for another machine whole, and unsealed', () => {
    const one = installed()
    const { stdout } = one.run('token', 'add', '--site', 'phuong-thu', '--role', 'viewer', '--name', 'kịch bản', '--d1')
    one.tamper(stdout)
    one.run('tick')
    expect(JSON.parse(one.run('audit', 'verify').stdout)).toMatchObject({ rows: 7, unsealed: 1, fault: null })
  })
})

describe('the anchor file', () => {
  const fresh = () => {
    const path = join(mkdtempSync(join(tmpdir(), 'ykien-anchor-')), 'deep', 'ykien.anchor')
    return { path, anchor: fileAnchor(path) }
  }
  const further = (than: number) => (kept: string | null) => Number(kept ?? 0) < than

  it('never goes back, whoever raises it', async () => {
    const { path, anchor } = fresh()
    expect(await anchor.read()).toBeNull()
    await anchor.raise('5', further(5))
    await anchor.raise('3', further(3))
    expect(readFileSync(path, 'utf8')).toBe('5\n')
  })

  it('is left to the process that holds it, and taken over from one that died', async () => {
    const { path, anchor } = fresh()
    await anchor.raise('5', further(5))
    writeFileSync(`${path}.lock`, '')
    await anchor.raise('6', further(6))
    expect(await anchor.read()).toBe('5\n')
    utimesSync(`${path}.lock`, new Date(0), new Date(0))
    await anchor.raise('7', further(7))
    await anchor.raise('8', further(8))
    expect(await anchor.read()).toBe('8\n')
  })
})
