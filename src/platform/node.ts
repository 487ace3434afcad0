// The Node host: opens the database, reads built files, keeps the development secret, and says what happens on stderr.
import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, extname, join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { type Config, ConfigError, parseConfig, SETTINGS } from '../config.ts'
import { createMeters, type Meters } from '../lib/meters.ts'
import type { Asset, LogEvent, Services } from '../services.ts'
import type { Committer } from '../storage/commit.ts'
import { refuseForeign } from '../storage/file.ts'
import { meteredStore } from '../storage/metered.ts'
import type { Migration } from '../storage/migrate.ts'
import { openPostgres } from '../storage/postgres.ts'
import { openSqlite, openSqliteElsewhere, openSqliteReadOnly, openSqliteThreaded } from '../storage/sqlite.ts'
import type { Store } from '../storage/store.ts'
import { fileAnchor } from './anchor.ts'
import { createHasher } from './hashing.ts'
import { createIds } from './id.ts'
import { fetchOut } from './outgoing.ts'
import type { Link } from './processes.ts'

const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.png': 'image/png',
}

/** How finely the event loop's delay is watched. */
const LOOP_RESOLUTION_MS = 20

/** The project's folder, from the built program (dist/) and from the sources (src/platform/) alike. */
const ROOT = join(dirname(fileURLToPath(import.meta.url)), import.meta.url.endsWith('.ts') ? '../..' : '..')

/** The settings of this machine. Throws ConfigError. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const database = env.YKIEN_DATABASE || 'file:data/ykien.db'
  return parseConfig(env, () => developmentSecret(join(isFile(database) ? dirname(pathOf(database)) : 'data', 'secret')))
}

/** Where the data is, for commands that need no other setting. Throws ConfigError. */
export function readDatabase(env: NodeJS.ProcessEnv): string {
  const { schema, default: usual } = SETTINGS.database
  const result = schema.safeParse(env.YKIEN_DATABASE || usual)
  if (!result.success) throw new ConfigError(`${SETTINGS.database.env}: ${result.error.issues[0]?.message}`)
  return result.data
}

/**
 * Opens the configured database for a command or for the primary of several processes: PostgreSQL, or a SQLite file that is made where
 * there is none, with `take` for the others' batches. Throws DatabaseRefused for a file that is no database. One connection is enough.
 */
export function openDatabase(
  { database }: Pick<Config, 'database'>,
  { isReadOnly = false } = {},
): Store & Partial<Pick<Committer, 'take'>> {
  if (!isFile(database)) return openPostgres(database, { poolSize: 1 })
  return isReadOnly ? openSqliteReadOnly(admittedPath(database)) : openSqlite(admittedPath(database))
}

/**
 * Opens the configured database for a process that serves: PostgreSQL with a pool, and its replica where there is one, or a SQLite file
 * that is written in a thread of its own, or by the primary that `link` leads to.
 */
export function openServed(
  { database, poolSize, replica }: Pick<Config, 'database' | 'poolSize' | 'replica'>,
  { isReadOnly = false, link = null }: { isReadOnly?: boolean; link?: Pick<Link, 'post' | 'onAnswers'> | null } = {},
): Store {
  if (!isFile(database))
    return openPostgres(database, {
      poolSize,
      replica,
      replicaChanged: (isUp, reason) => log(isUp ? { event: 'replica.up' } : { event: 'replica.down', reason }),
    })
  if (isReadOnly) return openSqliteReadOnly(admittedPath(database))
  return link === null ? openSqliteThreaded(admittedPath(database)) : openSqliteElsewhere(admittedPath(database), link)
}

/** The path of a database that may be opened, its folder made. */
function admittedPath(database: string): string {
  const path = pathOf(database)
  mkdirSync(dirname(path), { recursive: true })
  refuseForeign(path)
  return path
}

/** Where the database is, as a person may read it: without the password. */
export function placeOf(database: string): string {
  return isFile(database) ? pathOf(database) : database.replace(/^(\w+:\/\/[^:@]*):.*@/, '$1:…@').replace(/([?&]password=)[^&]*/, '$1…')
}

function isFile(database: string): boolean {
  return database.startsWith('file:')
}

/** The path of a SQLite database. */
export function pathOf(database: string): string {
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
  const meters = createMeters()
  if (config.metricsToken !== undefined) measureProcess(meters)
  const { replica } = store
  if (replica)
    meters.gauge({
      name: 'ykien_replica_up',
      help: 'Whether public pages are read from the replica.',
      read: () => Number(replica.isUp()),
    })
  return {
    store: meteredStore(store, meters),
    config,
    log,
    now: () => new Date(),
    newId: createIds(Date.now),
    randomBytes: createRandomBytes(),
    compress: (bytes, encoding) => compress(bytes, encoding),
    hashPassword: createHasher(),
    fetchOut,
    shared: null,
    background: () => {},
    asset: assetReader(join(ROOT, 'dist/assets')),
    nudge,
    meters,
    anchor: fileAnchor(config.anchor ?? anchorBeside(config.database)),
    pause: () => new Promise((resolve) => setTimeout(resolve)),
    isDraining: () => false,
  }
}

/** Random bytes drawn at once for all who want a few: a draw costs as much as a look-up in the database, however short. */
const DRAWN_BYTES = 4_096

/** A source of random bytes, none of which is given or kept twice. */
function createRandomBytes(): Services['randomBytes'] {
  let drawn = Buffer.alloc(0)
  return (length) => {
    if (length > DRAWN_BYTES) return new Uint8Array(randomBytes(length))
    if (length > drawn.length) drawn = randomBytes(DRAWN_BYTES)
    const given = Uint8Array.from(drawn.subarray(0, length))
    drawn.fill(0, 0, length)
    drawn = drawn.subarray(length)
    return given
  }
}

/** Beside a SQLite database, else where a development machine keeps its secret. */
function anchorBeside(database: string): string {
  return isFile(database) ? `${pathOf(database)}.anchor` : 'data/ykien.anchor'
}

const brotli = promisify(brotliCompress)
const gzipped = promisify(gzip)
/** Of a 50 kB answer quality 5 makes 10 % more bytes than 11, in a hundredth of the time. */
const BROTLI_QUALITY = 5

async function compress(
  bytes: Uint8Array<ArrayBuffer>,
  encoding: 'br' | 'gzip',
  quality = BROTLI_QUALITY,
): Promise<Uint8Array<ArrayBuffer>> {
  if (encoding === 'gzip') return new Uint8Array(await gzipped(bytes))
  const params = { [constants.BROTLI_PARAM_QUALITY]: quality, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length }
  return new Uint8Array(await brotli(bytes, { params }))
}

/** What the process takes of the machine, and how late its event loop runs. */
function measureProcess(meters: Meters): void {
  const delay = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS })
  delay.enable()
  const seconds = (read: () => number) => () => {
    const nanoseconds = read()
    return Number.isFinite(nanoseconds) ? nanoseconds / 1e9 : 0
  }
  meters.gauge({ name: 'process_resident_memory_bytes', help: 'Memory the process holds.', read: () => process.memoryUsage.rss() })
  meters.gauge({ name: 'nodejs_heap_size_used_bytes', help: 'Memory of live objects.', read: () => process.memoryUsage().heapUsed })
  meters.gauge({
    name: 'process_cpu_seconds_total',
    help: 'Processor time used.',
    type: 'counter',
    read: () => seconds(() => process.cpuUsage().user * 1e3 + process.cpuUsage().system * 1e3)(),
  })
  meters.gauge({ name: 'process_uptime_seconds', help: 'Time since the start.', fold: 'max', read: () => process.uptime() })
  meters.gauge({
    name: 'nodejs_eventloop_lag_p99_seconds',
    fold: 'max',
    help: 'Delay of the event loop, 99th percentile since the last reading.',
    read: seconds(() => delay.percentile(99)),
  })
  meters.gauge({
    name: 'nodejs_eventloop_lag_max_seconds',
    fold: 'max',
    help: 'Longest delay of the event loop since the last reading.',
    read: seconds(() => {
      const { max } = delay
      // The last of the two to be read: the next reading starts anew.
      delay.reset()
      return max
    }),
  })
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
      const packed = { br: await compress(body, 'br', constants.BROTLI_MAX_QUALITY), gzip: await compress(body, 'gzip') }
      const asset = { body, type, etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`, packed }
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
