// Every setting, once: its variable, its meaning, its schema and its default. docs/configuration.md is generated from this list.
import { z } from 'zod'

type Setting = { env: string; doc: string; schema: z.ZodType; default?: string }

const OnOff = z.enum(['on', 'off'], { error: 'write "on" or "off"' }).transform((word) => word === 'on')
const BaseUrl = z
  .url({ protocol: /^https?$/, error: 'write an address such as https://ykien.example.vn' })
  .transform((text) => new URL(text).origin)

/** The settings, in the order the documentation lists them. */
export const SETTINGS = {
  database: {
    env: 'YKIEN_DATABASE',
    doc: 'Where the data is: `file:` and the path of a SQLite file, or the `postgres://` address of a PostgreSQL database with user, password, host and name.',
    schema: z.string().regex(/^(?:file:.|postgres(?:ql)?:\/\/.)/, {
      error:
        'write "file:" and a path, such as file:data/ykien.db, or the address of a PostgreSQL database, such as postgres://ykien:PASSWORD@localhost/ykien',
    }),
    default: 'file:data/ykien.db',
  },
  replica: {
    env: 'YKIEN_DATABASE_REPLICA',
    doc: 'The `postgres://` address of a streaming replica of the PostgreSQL database. Public pages read from it, everything else from the primary; while it cannot be reached all read from the primary.',
    schema: z
      .string()
      .regex(/^postgres(?:ql)?:\/\/./, {
        error: 'write the address of a PostgreSQL server, such as postgres://ykien:PASSWORD@replica/ykien',
      })
      .optional(),
  },
  poolSize: {
    env: 'YKIEN_POOL',
    doc: 'How many connections to PostgreSQL one process holds at most, and as many to a replica. All processes together (`YKIEN_PROCESSES` times this, and one) must stay below the server’s `max_connections`. SQLite needs none.',
    schema: z.coerce.number({ error: 'write a number of connections' }).int().min(1).max(200),
    default: '10',
  },
  processes: {
    env: 'YKIEN_PROCESSES',
    doc: 'How many processes serve; as many as the machine has processors is enough. With more than 1 there is one besides that starts them, writes (to a SQLite file) and runs the clock.',
    schema: z.coerce.number({ error: 'write a number of processes' }).int().min(1).max(64),
    default: '1',
  },
  host: { env: 'YKIEN_HOST', doc: 'The address to listen on.', schema: z.string().min(1), default: '127.0.0.1' },
  port: {
    env: 'YKIEN_PORT',
    doc: 'The port to listen on.',
    schema: z.coerce.number({ error: 'write a number' }).int().min(0).max(65_535),
    default: '8787',
  },
  baseUrl: {
    env: 'YKIEN_BASE_URL',
    doc: 'The address by which readers and staff reach the service, without a path. Links in letters and receipts are built from it and from nothing else. Left out, it is `http://HOST:PORT`.',
    schema: BaseUrl.optional(),
  },
  secret: {
    env: 'YKIEN_SECRET',
    doc: 'At least 32 random characters; receipts, edit rights and contact data are sealed with it. On a development machine (loopback address, no outside base URL) one is made on first start and kept beside the database; elsewhere the program refuses to start without it.',
    schema: z
      .string()
      .min(32, { error: 'write at least 32 random characters, such as the output of "openssl rand -base64 32"' })
      .optional(),
  },
  anchor: {
    env: 'YKIEN_ANCHOR',
    doc: 'The file that keeps how far the chain over the record came, so that a record that was cut or made anew is noticed. Best on another disk, where the database’s user may write and nobody else. Left out, it is the path of the SQLite database and `.anchor`, with PostgreSQL `data/ykien.anchor`.',
    schema: z.string().min(1).optional(),
  },
  demo: {
    env: 'YKIEN_DEMO',
    doc: '`1` puts a fictional ward with its article and comments into an empty database; `0` leaves it out. Left out, it is 1 on a development machine and 0 elsewhere.',
    schema: z
      .enum(['0', '1'], { error: 'write 0 or 1' })
      .transform((word) => word === '1')
      .optional(),
  },
  undoSeconds: {
    env: 'YKIEN_UNDO_SECONDS',
    doc: 'How many seconds a decision waits before it takes effect outward; until then it can be undone. 0 publishes at once.',
    schema: z.coerce.number({ error: 'write a number of seconds' }).int().min(0).max(3_600),
    default: '10',
  },
  trustedProxies: {
    env: 'YKIEN_TRUSTED_PROXIES',
    doc: 'How many reverse proxies of your own stand in front. The reader’s address is then that many places from the right in `X-Forwarded-For`; with 0 that header is ignored.',
    schema: z.coerce.number({ error: 'write how many proxies stand in front' }).int().min(0).max(10),
    default: '0',
  },
  cacheMegabytes: {
    env: 'YKIEN_CACHE_MEGABYTES',
    doc: 'Memory for public answers that are kept ready to send, in megabytes for each process; 0 keeps none.',
    schema: z.coerce.number({ error: 'write a number of megabytes' }).int().min(0).max(65_536),
    default: '64',
  },
  metricsToken: {
    env: 'YKIEN_METRICS_TOKEN',
    doc: 'At least 16 characters; `GET /metrics` answers who sends them as bearer token. Left out, there is no such page.',
    schema: z
      .string()
      .regex(/^[\w.~+/=-]{16,}$/, { error: 'write at least 16 letters and digits, such as the output of "openssl rand -hex 16"' })
      .optional(),
  },
  maxConnections: {
    env: 'YKIEN_MAX_CONNECTIONS',
    doc: 'Connections held at once, shared out evenly among the processes; beyond it new ones are closed unread. Each takes one open file and memory: about 2 kB until its first byte, 10 kB from then on.',
    schema: z.coerce.number({ error: 'write a number' }).int().min(10).max(1_000_000),
    default: '15000',
  },
  drainSeconds: {
    env: 'YKIEN_DRAIN_SECONDS',
    doc: 'How many seconds the service goes on after SIGTERM with `/readyz` at 503, so that a load balancer looks elsewhere first. 0 stops at once.',
    schema: z.coerce.number({ error: 'write a number of seconds' }).int().min(0).max(300),
    default: '0',
  },
  oidcIssuer: {
    env: 'YKIEN_OIDC_ISSUER',
    doc: 'The address of an OpenID Connect provider, such as the province’s sign-on; staff may then sign in with it once they have linked their account there (docs/people.md).',
    schema: z.url({ protocol: /^https?$/, error: 'write the issuer’s address, such as https://sso.example.vn/realms/tinh' }).optional(),
  },
  oidcClientId: {
    env: 'YKIEN_OIDC_CLIENT_ID',
    doc: 'The name by which the provider knows this service; needed with `YKIEN_OIDC_ISSUER`.',
    schema: z.string().min(1).optional(),
  },
  oidcClientSecret: {
    env: 'YKIEN_OIDC_CLIENT_SECRET',
    doc: 'The secret that the provider gave this service; needed with `YKIEN_OIDC_ISSUER`.',
    schema: z.string().min(1).optional(),
  },
  oidcName: {
    env: 'YKIEN_OIDC_NAME',
    doc: 'What the provider is called on the sign-in page.',
    schema: z.string().min(1).max(60),
    default: 'VNeID, SSO',
  },
  oidcAcr: {
    env: 'YKIEN_OIDC_ACR',
    doc: 'The `acr` value that the provider gives when it has asked for a second factor itself. The service asks for this level and, where the answer has it, not for its own second factor. Left out, it always asks.',
    schema: z.string().min(1).optional(),
  },
  limits: {
    env: 'YKIEN_LIMITS',
    doc: '`off` lifts the rate limits, challenges and flood mode, for load tests only; the program warns at start.',
    schema: OnOff,
    default: 'on',
  },
} as const satisfies Record<string, Setting>

type Parsed = { [Name in keyof typeof SETTINGS]: z.output<(typeof SETTINGS)[Name]['schema']> }

/** The settings as the program uses them: what may be left out has been filled in. */
export type Config = Omit<Parsed, 'baseUrl' | 'secret' | 'demo'> & {
  baseUrl: string
  secret: string
  demo: boolean
  /** Whether the service listens on this machine only and is reached by an address of it. */
  isLoopback: boolean
}

/** Every faulty setting at once, one line each, naming the variable. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/**
 * Reads the settings from the environment. `developmentSecret` gives the secret of a development machine; it is asked
 * only there and only when none is set. Throws {@link ConfigError} naming every faulty variable.
 */
export function parseConfig(env: Readonly<Record<string, string | undefined>>, developmentSecret: () => string): Config {
  const faults: string[] = []
  const parsed: Record<string, unknown> = {}
  for (const [name, setting] of Object.entries(SETTINGS) as [string, Setting][]) {
    const text = env[setting.env] === '' ? undefined : env[setting.env]
    const result = setting.schema.safeParse(text ?? setting.default)
    if (result.success) parsed[name] = result.data
    else faults.push(`${setting.env}: ${result.error.issues[0]?.message ?? 'not valid'}`)
  }
  if (parsed.replica !== undefined && String(parsed.database).startsWith('file:'))
    faults.push(`${SETTINGS.replica.env}: a SQLite file has no replica; leave it out`)
  for (const name of ['oidcClientId', 'oidcClientSecret'] as const)
    if (parsed.oidcIssuer !== undefined && parsed[name] === undefined)
      faults.push(`${SETTINGS[name].env}: needed with ${SETTINGS.oidcIssuer.env}`)
  if (faults.length > 0) throw new ConfigError(faults.join('\n'))

  const given = parsed as Parsed
  const baseUrl = given.baseUrl ?? `http://${given.host.includes(':') ? `[${given.host}]` : given.host}:${given.port}`
  const isDevelopment = isLoopback(given.host) && isLoopback(new URL(baseUrl).hostname)
  if (given.secret === undefined && !isDevelopment) {
    throw new ConfigError(
      `${SETTINGS.secret.env}: needed when the service can be reached from outside; set it to the output of "openssl rand -base64 32" and keep it`,
    )
  }
  return { ...given, baseUrl, secret: given.secret ?? developmentSecret(), demo: given.demo ?? isDevelopment, isLoopback: isDevelopment }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127\./.test(host) || host.endsWith('.localhost')
}
