// The Node host: opens the database, reads built files, keeps the development secret, and says what happens on stderr.
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { type Config, parseConfig } from '../config.ts'
import type { Asset, LogEvent, Services } from '../services.ts'
import type { Migration } from '../storage/migrate.ts'
import { openPostgres } from '../storage/postgres.ts'
import { openSqlite } from '../storage/sqlite.ts'
import type { Store } from '../storage/store.ts'
import { createIds } from './id.ts'

const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.png': 'image/png',
}

/** The project's folder, from the built program (dist/) and from the sources (src/platform/) alike. */
const ROOT = join(dirname(fileURLToPath(import.meta.url)), import.meta.url.endsWith('.ts') ? '../..' : '..')

/** The settings of this machine. Throws ConfigError. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const database = env.YKIEN_DATABASE || 'file:data/ykien.db'
  return parseConfig(env, () => developmentSecret(join(isFile(database) ? dirname(pathOf(database)) : 'data', 'secret')))
}

/** Opens the configured database: a SQLite file, made where there is none, or PostgreSQL. */
export function openDatabase(config: Pick<Config, 'database' | 'poolSize'>): Store {
  if (!isFile(config.database)) return openPostgres(config.database, config)
  const path = pathOf(config.database)
  mkdirSync(dirname(path), { recursive: true })
  return openSqlite(path)
}

/** Where the database is, as a person may read it: without the password. */
export function placeOf(database: string): string {
  return isFile(database) ? pathOf(database) : database.replace(/^(\w+:\/\/[^:@]*):.*@/, '$1:…@').replace(/([?&]password=)[^&]*/, '$1…')
}

function isFile(database: string): boolean {
  return database.startsWith('file:')
}

function pathOf(database: string): string {
  return database.replace(/^file:/, '')
}

/** The program's own migrations, in the words of a database: D1 takes SQLite's. */
export function readMigrations(dialect: Store['dialect'] = 'sqlite'): Migration[] {
  const folder = join(ROOT, 'migrations', dialect === 'postgres' ? 'postgres' : 'sqlite')
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => ({ name: file.replace(/\.sql$/, ''), text: readFileSync(join(folder, file), 'utf8') }))
}

/** Everything the product needs of this host. `nudge` is given by whoever ticks the jobs. */
export function nodeServices(config: Config, store: Store, nudge: (notBefore: string) => void): Services {
  return {
    store,
    config,
    log,
    now: () => new Date(),
    newId: createIds(Date.now),
    randomBytes: (length) => new Uint8Array(randomBytes(length)),
    compress,
    asset: assetReader(join(ROOT, 'dist/assets')),
    nudge,
  }
}

const brotli = promisify(brotliCompress)
const gzipped = promisify(gzip)
/** Of a 50 kB answer quality 5 makes 10 % more bytes than 11, in a hundredth of the time. */
const BROTLI_QUALITY = 5

async function compress(bytes: Uint8Array<ArrayBuffer>, encoding: 'br' | 'gzip'): Promise<Uint8Array<ArrayBuffer>> {
  if (encoding === 'gzip') return new Uint8Array(await gzipped(bytes))
  const params = { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
  return new Uint8Array(await brotli(bytes, { params }))
}

/** One JSON line on stderr for each event; control characters are escaped by JSON itself. */
export function log(event: LogEvent): void {
  console.error(JSON.stringify({ at: new Date().toISOString(), ...event }))
}

/** Reads built files once and keeps them: there are a dozen, and they change only with a build. */
function assetReader(folder: string): (path: string) => Promise<Asset | null> {
  const kept = new Map<string, Asset>()
  return async (path) => {
    const known = kept.get(path)
    if (known) return known
    const type = TYPES[extname(path)]
    if (!type) return null
    try {
      const body = new Uint8Array(readFileSync(join(folder, path)))
      const asset = { body, type, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` }
      kept.set(path, asset)
      return asset
    } catch {
      return null
    }
  }
}

/** The secret of a development machine: made once, readable by its owner only, beside the database. */
function developmentSecret(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    mkdirSync(dirname(path), { recursive: true })
    const secret = randomBytes(32).toString('base64url')
    try {
      writeFileSync(path, `${secret}\n`, { mode: 0o600, flag: 'wx' })
      return secret
    } catch {
      // Another process made it between the reading and the writing.
      return readFileSync(path, 'utf8').trim()
    }
  }
}
