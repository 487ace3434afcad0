// `npm run dev:worker`: the same app in workerd with a local D1. Migrates and seeds that database with the program's own
// code, prints the links, then hands over to wrangler. `--port N` and `--state FOLDER` keep two of them apart;
// `--set NAME:VALUE` gives the worker a setting.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { D1Database } from '@cloudflare/workers-types'
import { getPlatformProxy } from 'wrangler'
import { parseConfig } from '../src/config.ts'
import { hasSites, newDemoLink, seedDemo } from '../src/demo/seed.ts'
import { nodeServices, readMigrations } from '../src/platform/node.ts'
import { openD1 } from '../src/storage/d1.ts'
import { migrate } from '../src/storage/migrate.ts'

const SECRET_FILE = '.dev.vars'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8788' },
    state: { type: 'string', default: '.wrangler/state' },
    set: { type: 'string', multiple: true, default: [] },
  },
})
const { port, state, set } = values
const baseUrl = `http://127.0.0.1:${port}`

process.env.WRANGLER_SEND_METRICS = 'false'
if (!existsSync(SECRET_FILE)) writeFileSync(SECRET_FILE, `YKIEN_SECRET=${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 })

const { env, dispose } = await getPlatformProxy<Record<string, unknown> & { DB: D1Database }>({
  configPath: 'wrangler.toml',
  persist: { path: join(state, 'v3') },
})
const secret = /^YKIEN_SECRET=(.+)$/m.exec(readFileSync(SECRET_FILE, 'utf8'))?.[1]
const settings = Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
const config = parseConfig({ ...settings, YKIEN_SECRET: secret, YKIEN_BASE_URL: baseUrl }, () => '')
const store = openD1(env.DB)
const services = nodeServices(config, store, () => {})
await migrate(store, readMigrations(), services.now())
if (config.demo) {
  const link = (await hasSites(services)) ? await newDemoLink(services) : (await seedDemo(services)).signinUrl
  console.log(`Article with the section:   ${config.baseUrl}/`)
  console.log(`Sign in to the desk (once): ${link}`)
}
await dispose()

const wrangler = spawn(
  'wrangler',
  [
    'dev',
    '--ip',
    '127.0.0.1',
    '--port',
    port,
    '--persist-to',
    state,
    '--var',
    `YKIEN_BASE_URL:${baseUrl}`,
    ...set.flatMap((setting) => ['--var', setting]),
    '--show-interactive-dev-session=false',
  ],
  { stdio: 'inherit' },
)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => wrangler.kill(signal))
wrangler.on('exit', (code) => process.exit(code ?? 0))
