// The command line: results alone on stdout, one clear line on stderr when it cannot, and SQL that D1 can run.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { submit } from '../../src/core/comments/submit.ts'
import { findToken } from '../../src/core/people/tokens.ts'
import { findSite } from '../../src/core/sites.ts'
import { nodeServices, readConfig } from '../../src/platform/node.ts'
import { resetIndex } from '../../src/storage/search.ts'
import { openSqlite } from '../../src/storage/sqlite.ts'

function machine() {
  const folder = mkdtempSync(join(tmpdir(), 'ykien-cli-'))
  const env = { PATH: process.env.PATH, YKIEN_DATABASE: `file:${join(folder, 'ykien.db')}` }
  const run = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/ykien.js', ...args], { env, encoding: 'utf8' })
    return { status, stdout, stderr }
  }
  return { folder, env, run }
}

describe('ykien', () => {
  it('adds a site, a token and a person, and prints each result alone', () => {
    const { run } = machine()
    expect(run('site', 'add', 'phuong-thu', '--name', 'Phường Thử', '--origin', 'https://phuongthu.example')).toMatchObject({
      status: 0,
      stdout: 'phuong-thu\n',
      stderr: '',
    })
    expect(run('token', 'add', '--site', 'phuong-thu', '--role', 'moderator', '--name', 'máy')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^yk_[\w-]{43}\n$/),
      stderr: '',
    })
    expect(run('staff', 'invite', 'canbo@phuongthu.example', '--site', 'phuong-thu', '--role', 'leader').stdout).toMatch(
      /^http:\/\/127\.0\.0\.1:8787\/desk\/signin\?link=[\w-]{43}\n$/,
    )
    expect(run('site', 'set', 'phuong-thu', 'agency=UBND Phường Thử', 'ask_email=required', 'languages=["vi"]')).toMatchObject({
      status: 0,
      stdout: 'phuong-thu\n',
      stderr: '',
    })
    expect(run('doctor')).toMatchObject({ status: 0 })
  })

  it.each([
    [['site', 'add', 'Phường', '--name', 'x', '--origin', 'https://x.example'], 'a slug is'],
    [['site', 'add', 'x', '--name', 'x', '--origin', 'x.example/trang'], 'is not an origin'],
    [['site', 'add', 'x', '--origin', 'https://x.example'], '--name NAME is missing'],
    [['site', 'set', 'khong-co', 'body_max=100'], 'no such site'],
    [['site', 'set', 'khong-co', 'ask_name=maybe'], 'ask_name: invalid option'],
    [['site', 'set', 'khong-co', 'khac=1'], 'unrecognized key: "khac"'],
    [['site', 'set', 'khong-co', 'body_max'], 'is no SETTING=VALUE'],
    [['site', 'set', 'khong-co'], 'SETTING=VALUE is missing'],
    [['token', 'add', '--site', 'khong-co', '--role', 'moderator', '--name', 'x'], 'no such site'],
    [['token', 'add', '--site', 'x', '--role', 'chief', '--name', 'x'], '"chief" is no role'],
    [['staff', 'invite', 'không phải thư', '--site', 'x', '--role', 'viewer'], 'email'],
    [['fly'], 'no command "fly"'],
    [['serve', '--fast'], "Unknown option '--fast'"],
  ])('%j fails with one clear line', (args, reason) => {
    const { status, stdout, stderr } = machine().run(...args)
    expect(status).toBe(1)
    expect(stdout).toBe('')
    expect(stderr.toLowerCase()).toContain(reason.toLowerCase())
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  it('explains itself with --help on every command', () => {
    const { run } = machine()
    for (const command of [
      [],
      ['serve'],
      ['migrate'],
      ['site', 'add'],
      ['site', 'set'],
      ['token', 'add'],
      ['staff', 'invite'],
      ['copy'],
      ['doctor'],
      ['search', 'rebuild'],
      ['tick'],
    ]) {
      const { status, stdout } = run(...command, '--help')
      expect(status).toBe(0)
      expect(stdout).toContain(`usage: ykien ${command.join(' ')}`.trim())
    }
  })

  it('names every faulty setting at once and does not start', () => {
    const { env } = machine()
    const { status, stderr } = spawnSync(process.execPath, ['bin/ykien.js', 'serve'], {
      env: { ...env, YKIEN_PORT: 'x', YKIEN_LIMITS: 'maybe', YKIEN_BASE_URL: 'here' },
      encoding: 'utf8',
    })
    expect(status).toBe(1)
    for (const name of ['YKIEN_PORT', 'YKIEN_LIMITS', 'YKIEN_BASE_URL']) expect(stderr).toContain(name)
  })

  it('refuses to serve the outside without a secret of its own', () => {
    const { env } = machine()
    const { status, stderr } = spawnSync(process.execPath, ['bin/ykien.js', 'serve'], {
      env: { ...env, YKIEN_HOST: '0.0.0.0' },
      encoding: 'utf8',
    })
    expect(status).toBe(1)
    expect(stderr).toContain('YKIEN_SECRET')
  })

  it('makes a development secret once, readable by its owner only', () => {
    const { folder, run } = machine()
    run('migrate')
    const path = join(folder, 'secret')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const secret = readFileSync(path, 'utf8')
    run('doctor')
    expect(readFileSync(path, 'utf8')).toBe(secret)
  })

  it('prints SQL for D1 whose token works once it was run, and whose migrations are known', async () => {
    const { folder, run } = machine()
    const database = new Database(join(folder, 'd1.db'))
    database.exec(run('migrate', '--d1').stdout)
    database.exec(run('site', 'add', 'phuong-thu', '--name', "Phường O'Thử; --", '--origin', 'https://phuongthu.example', '--d1').stdout)
    database.exec(run('site', 'set', 'phuong-thu', "rules=Dòng một; 'hai'\nvà ba?", 'body_max=900', '--d1').stdout)
    expect(JSON.parse(String(database.prepare('SELECT settings FROM site').pluck().get()))).toEqual({
      rules: "Dòng một; 'hai'\nvà ba?",
      body_max: 900,
      consent_version: 1,
    })
    const added = run('token', 'add', '--site', 'phuong-thu', '--role', 'moderator', '--name', 'máy', '--d1')
    database.exec(added.stdout)
    const invited = run('staff', 'invite', 'canbo@phuongthu.example', '--site', 'phuong-thu', '--role', 'leader', '--d1')
    database.exec(invited.stdout)
    expect(invited.stderr).toMatch(/signin\?link=/)
    expect(database.prepare('SELECT name FROM site').get()).toEqual({ name: "Phường O'Thử; --" })
    database.close()
    const store = openSqlite(join(folder, 'd1.db'))
    const services = nodeServices(readConfig({ YKIEN_SECRET: 'a secret that only the tests know, 32+' }), store, () => {})
    expect(await findToken(services, added.stderr.trim())).toMatchObject({ name: 'máy', role: 'moderator' })
    await store.close()
  })

  it('rebuilds the search index, also one that is gone, and prints SQL that empties it on D1', async () => {
    const { folder, env, run } = machine()
    run('site', 'add', 'phuong-thu', '--name', 'Phường Thử', '--origin', 'https://phuongthu.example')
    const path = join(folder, 'ykien.db')
    const store = openSqlite(path)
    const services = nodeServices(readConfig(env), store, () => {})
    const site = await findSite(services, 'phuong-thu')
    await submit({ services, actor: { kind: 'reader' }, site }, { article: { key: 'bai-1' }, body: 'Để tìm lại' }, null)
    await store.batch(resetIndex(store).slice(0, 1))
    await store.close()
    expect(run('doctor')).toMatchObject({ status: 1, stdout: expect.stringContaining('run "ykien migrate", then "ykien search rebuild"') })
    expect(run('search', 'rebuild')).toMatchObject({ status: 0, stdout: '1\n' })
    expect(run('doctor')).toMatchObject({ status: 0, stdout: expect.stringContaining('staff find every comment\n') })
    const database = new Database(path)
    database.exec(run('search', 'rebuild', '--d1').stdout)
    database.close()
    expect(run('doctor')).toMatchObject({ status: 0, stdout: expect.stringContaining('every comment but 1') })
  })
})
