// The command line: every command prints its result alone on stdout, says what it does on stderr, and exits non-zero
// with one clear line when it could not.
import { once } from 'node:events'
import { createWriteStream, rmSync } from 'node:fs'
import { finished } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { ZodError } from 'zod'
import packageJson from '../package.json' with { type: 'json' }
import { type Config, ConfigError, SETTINGS } from './config.ts'
import { EXPORTED_TABLES, exportSite } from './core/archive/export.ts'
import { acceptRecord, type Head, type RecordFault, verifyRecord } from './core/chain.ts'
import { AppError, ROLES } from './core/context.ts'
import { takeIn } from './core/moderation/catalogue.ts'
import type { RecoveryKind } from './core/people/links.ts'
import { disableAccount, invite, recover } from './core/people/team.ts'
import { newToken } from './core/people/tokens.ts'
import { addSite, setSite } from './core/sites.ts'
import { sweep } from './jobs.ts'
import { serveOnNode } from './main.node.ts'
import { ArchiveRefused, verifyArchive, writeArchive } from './platform/archive.ts'
import { copyInstallation, TABLES_OF_EXPORT } from './platform/copy.ts'
import { nodeServices, openDatabase, pathOf, placeOf, readConfig, readDatabase, readMigrations } from './platform/node.ts'
import { createProgress } from './platform/progress.ts'
import type { Services } from './services.ts'
import { backUp, restore } from './storage/backup.ts'
import { checkHealth } from './storage/doctor.ts'
import { DatabaseRefused, refuseDamaged } from './storage/file.ts'
import { MigrationRefused, migrate, migrationLines } from './storage/migrate.ts'
import { openScript } from './storage/script.ts'
import { countDocuments, resetIndex } from './storage/search.ts'
import { conflictOn } from './storage/store.ts'

/** A mistake in the call: its text is all the caller needs. */
class UsageError extends Error {}

/** The record was read and is not what was written. */
class RecordBroken extends Error {}

/** The record could not be read, so that nothing is known about it: exit 2. */
class RecordUnread extends Error {}

/** Time between two words about progress. */
const PROGRESS_MS = 2_000

/** What a person lost, and the link that mends it. */
const LOST: Record<string, RecoveryKind> = { password: 'password', factor: 'factor', both: 'anew' }

type Command = { usage: string; about: string; run(args: string[]): Promise<void> }

const COMMANDS: Record<string, Command> = {
  serve: {
    usage: 'ykien serve [--allow-corrupt]',
    about:
      'Checks the database file, migrates and serves until SIGTERM. Settings come from the environment; see docs/configuration.md. With --allow-corrupt a damaged database is served as far as it can be read, and nothing is written.',
    async run(args) {
      const { values } = read(args, { 'allow-corrupt': { type: 'boolean' } })
      await serveOnNode(readConfig(process.env), { isReadOnly: values['allow-corrupt'] === true })
    },
  },
  migrate: {
    usage: 'ykien migrate [--d1]',
    about: 'Brings the database up to date. With --d1 prints the SQL for "wrangler d1 execute --file" instead.',
    async run(args) {
      const { values } = read(args, { d1: { type: 'boolean' } })
      if (values.d1) return void process.stdout.write(`${(await migrationLines(readMigrations(), new Date())).join('\n')}\n`)
      await withServices(async (services) => {
        const applied = await migrate(services.store, readMigrations(services.store.dialect), services.now())
        for (const name of applied) console.log(name)
        console.error(applied.length === 0 ? 'nothing to migrate' : `${applied.length} applied`)
      })
    },
  },
  'site add': {
    usage: 'ykien site add SLUG --name NAME --origin ORIGIN [--origin …] [--d1]',
    about: 'Adds a site whose pages live on these origins. Prints the slug.',
    async run(args) {
      const { values, positionals } = read(
        args,
        { name: { type: 'string' }, origin: { type: 'string', multiple: true }, d1: { type: 'boolean' } },
        1,
      )
      const [slug = ''] = positionals
      const name = required(values.name, '--name NAME')
      const origins = values.origin ?? []
      await written(values.d1 === true, async (services) => addSite(services, { slug, name, origins }), `a site "${slug}" is there already`)
    },
  },
  'site set': {
    usage: 'ykien site set SLUG SETTING=VALUE … [--d1]',
    about:
      'Changes settings of a site, such as agency="UBND Phường Ví Dụ" ask_email=required privacy_url=https://…; null puts the default back. docs/operations.md lists them. Prints the slug.',
    async run(args) {
      const { values, positionals } = read(args, { d1: { type: 'boolean' } }, args.filter((arg) => !arg.startsWith('-')).length)
      const [slug = '', ...pairs] = positionals
      if (pairs.length === 0) throw new UsageError('SETTING=VALUE is missing')
      const changes = Object.fromEntries(pairs.map(settingOf))
      await written(values.d1 === true, async (services) => setSite(services, slug, changes))
    },
  },
  'token add': {
    usage: 'ykien token add --site SLUG --role ROLE --name NAME [--d1]',
    about: `Makes an API token and prints it, once. Roles: ${ROLES.join(', ')}.`,
    async run(args) {
      const { values } = read(args, {
        site: { type: 'string' },
        role: { type: 'string' },
        name: { type: 'string' },
        d1: { type: 'boolean' },
      })
      const input = { site: required(values.site, '--site SLUG'), role: roleOf(values.role), name: required(values.name, '--name NAME') }
      await written(values.d1 === true, async (services) => {
        const { token, statements } = newToken(services, input)
        await services.store.batch(statements)
        return token
      })
    },
  },
  'staff invite': {
    usage: 'ykien staff invite EMAIL --site SLUG --role ROLE [--name NAME] [--d1]',
    about: `Invites a person to a role on a site and prints the link, which works once, for 48 hours, and sets up the account. Roles: ${ROLES.join(', ')}.`,
    async run(args) {
      const { values, positionals } = read(
        args,
        { site: { type: 'string' }, role: { type: 'string' }, name: { type: 'string' }, d1: { type: 'boolean' } },
        1,
      )
      const [email = ''] = positionals
      const input = {
        email,
        site: required(values.site, '--site SLUG'),
        role: roleOf(values.role),
        ...(values.name === undefined ? {} : { name: values.name }),
      }
      await written(values.d1 === true, async (services) => {
        const { link, statements } = invite(services, input)
        await services.store.batch(statements)
        return link.url
      })
    },
  },
  'staff recover': {
    usage: 'ykien staff recover EMAIL --lost password|factor|both [--d1]',
    about:
      'Prints a link by which a person gets back in; it works once, for 48 hours. With a lost password it asks for the second factor, with a lost second factor for the password; with both lost it asks for nothing, so be sure whom you give it to.',
    async run(args) {
      const { values, positionals } = read(args, { lost: { type: 'string' }, d1: { type: 'boolean' } }, 1)
      const [email = ''] = positionals
      const kind = LOST[required(values.lost, '--lost password|factor|both')]
      if (!kind) throw new UsageError('--lost is password, factor or both')
      await written(values.d1 === true, async (services) => {
        const link = recover(services, { email, kind })
        await services.store.batch(link.statements)
        return link.url
      })
    },
  },
  'staff disable': {
    usage: 'ykien staff disable EMAIL',
    about: 'Disables an account on every site and ends its sessions. Prints the address.',
    async run(args) {
      const { positionals } = read(args, {}, 1)
      const [email = ''] = positionals
      await written(false, async (services) => {
        await disableAccount(services, email)
        return email
      })
    },
  },
  export: {
    usage: 'ykien export --site SLUG [--out FILE] | ykien export --verify FILE',
    about:
      'Writes a site as it is at one moment, one JSON line a row, with counts and a SHA-256 at the end; FILE must not exist, and without one it goes to stdout. --verify checks such a file. Contact data stay sealed; tokens, sessions and staff are left out.',
    async run(args) {
      const { values } = read(args, { site: { type: 'string' }, out: { type: 'string' }, verify: { type: 'string' } })
      if (values.verify !== undefined) return console.log(JSON.stringify(await verifyArchive(values.verify)))
      await writeExport(required(values.site, '--site SLUG'), values.out)
    },
  },
  backup: {
    usage: 'ykien backup FILE',
    about:
      'Copies the database to FILE, also while the service writes, reads the copy back and prints path, bytes, SHA-256 and number of comments as JSON. FILE must not exist.',
    async run(args) {
      const { positionals } = read(args, {}, 1)
      console.log(JSON.stringify(await backUp(sqlitePath(readDatabase(process.env)), positionals[0] ?? '', say)))
    },
  },
  restore: {
    usage: 'ykien restore FILE --to file:PATH [--replace]',
    about:
      'Checks a backup, brings it up to date and puts it at PATH. With --replace the database that is there is moved aside; a service that has it open must be stopped first.',
    async run(args) {
      const { values, positionals } = read(args, { to: { type: 'string' }, replace: { type: 'boolean' } }, 1)
      const target = sqlitePath(readDatabase({ YKIEN_DATABASE: required(values.to, '--to file:PATH') }))
      const { restored, movedTo } = await restore(positionals[0] ?? '', target, values.replace === true, migrateFile, say)
      if (movedTo !== null) say(`the old database is now ${movedTo}`)
      console.log(JSON.stringify(restored))
    },
  },
  copy: {
    usage: 'ykien copy --from URL --to URL | ykien copy --tables',
    about:
      'Moves an installation to another database, also while it runs, and prints counts and hashes as JSON. URL is file:PATH, postgres://USER@HOST/NAME, or d1:FILE.sql (read: what "wrangler d1 export" wrote; written: SQL for a new D1 database). The same command again goes on where it stopped, or takes what has changed since: stop the service for the last time. --tables prints the tables that are copied, for "wrangler d1 export --table".',
    async run(args) {
      const { values } = read(args, { from: { type: 'string' }, to: { type: 'string' }, tables: { type: 'boolean' } })
      if (values.tables) return console.log(TABLES_OF_EXPORT.join('\n'))
      const places = { from: required(values.from, '--from URL'), to: required(values.to, '--to URL') }
      console.log(JSON.stringify(await copyInstallation(places, createProgress(process.stderr, Date.now))))
    },
  },
  doctor: {
    usage: 'ykien doctor [--file]',
    about: 'Checks settings, database file, migrations and projections, and says what to do about each fault. With --file only the file.',
    async run(args) {
      const { values } = read(args, { file: { type: 'boolean' } })
      if (values.file) {
        const path = sqlitePath(readDatabase(process.env))
        refuseDamaged(path, true)
        return console.log(`ok    database file ${path} is intact`)
      }
      await withServices(async (services) => {
        let faults = 0
        for (const finding of await checkHealth(
          services.store,
          readMigrations(services.store.dialect),
          placeOf(services.config.database),
        )) {
          if (!finding.isWell) faults++
          console.log(`${finding.isWell ? 'ok   ' : 'FAULT'} ${finding.text}`)
        }
        if (faults > 0) throw new UsageError(`${faults} faults found`)
      })
    },
  },
  'audit verify': {
    usage: 'ykien audit verify [--anchor NUMBER:HASH]',
    about:
      'Reads the whole record and prints as JSON how long it is and what is wrong first: a row changed, removed, put in, moved, or an end cut off. Exit 0: nothing; 1: a fault, named on stderr; 2: it could not be read. --anchor compares with a place that the log told ("record.linked") instead of the anchor file. Needs the YKIEN_SECRET of the installation.',
    async run(args) {
      try {
        const { values } = read(args, { anchor: { type: 'string' } })
        const known = values.anchor === undefined ? null : placeInChain(values.anchor)
        const report = await withServices((services) => verifyRecord(services, known), { isReadOnly: true })
        console.log(JSON.stringify(report))
        if (report.fault) throw new RecordBroken(told(report.fault))
        if (report.anchor === null) say('no anchor was found to compare with: a record whose end was cut off would look the same')
      } catch (error) {
        if (error instanceof RecordBroken) throw error
        throw new RecordUnread(error instanceof Error ? error.message : String(error), { cause: error })
      }
    },
  },
  'audit accept': {
    usage: 'ykien audit accept --reason TEXT',
    about:
      'Accepts the record as it is found, such as after a restored backup: writes reason and fault into the record, lays the old anchor aside and goes on from here. Refused when nothing is wrong. What is changed later is found as before.',
    async run(args) {
      const { values } = read(args, { reason: { type: 'string' } })
      const reason = required(values.reason?.trim(), '--reason TEXT')
      const accepted = await withServices((services) => acceptRecord(services, reason))
      if (accepted === null) throw new UsageError('the record is whole, so there is nothing to accept')
      if (accepted.anchorKeptAs !== null) say(`the old anchor is now ${accepted.anchorKeptAs}`)
      console.log(JSON.stringify(accepted.found))
    },
  },
  'search rebuild': {
    usage: 'ykien search rebuild [--d1]',
    about:
      'Makes the search index anew from the comments, also while the service runs; until it is done staff find less. With --d1 prints the SQL that empties it; the worker’s clock fills it again.',
    async run(args) {
      const { values } = read(args, { d1: { type: 'boolean' } })
      if (values.d1) {
        const { store, script } = openScript()
        await store.batch(resetIndex(store))
        process.stdout.write(script())
        return
      }
      await withServices(async (services) => {
        const { store } = services
        await migrate(store, readMigrations(store.dialect), services.now())
        await store.batch(resetIndex(store))
        for (let toldAt = performance.now(); !(await takeIn(services)); ) {
          if (performance.now() - toldAt < PROGRESS_MS) continue
          toldAt = performance.now()
          say(`${await countDocuments(store)} comments so far`)
        }
        console.log(await countDocuments(store))
      })
    },
  },
  tick: {
    usage: 'ykien tick',
    about: 'Runs the recurring duties once, for those who prefer a cron job.',
    async run(args) {
      read(args, {})
      await withServices(async (services) => {
        await migrate(services.store, readMigrations(services.store.dialect), services.now())
        await sweep(services)
      })
    },
  },
}

type Options = NonNullable<Parameters<typeof parseArgs>[0]>['options']

function read<Given extends NonNullable<Options>>(args: string[], options: Given, positionals = 0) {
  try {
    const parsed = parseArgs({ args, options, allowPositionals: true, strict: true })
    if (parsed.positionals.length !== positionals)
      throw new UsageError(`expected ${positionals} argument${positionals === 1 ? '' : 's'}, got ${parsed.positionals.length}`)
    return parsed
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

function required(value: string | undefined, option: string): string {
  if (value === undefined || value === '') throw new UsageError(`${option} is missing`)
  return value
}

function roleOf(value: string | undefined): (typeof ROLES)[number] {
  const role = ROLES.find((each) => each === required(value, '--role ROLE'))
  if (!role) throw new UsageError(`"${value}" is no role; choose one of ${ROLES.join(', ')}`)
  return role
}

/** A setting and its value: a number, true, false, null or a list as JSON spells them, anything else as text. */
function settingOf(pair: string): [string, unknown] {
  const [, name = '', text = ''] = /^(\w+)=([\s\S]*)$/.exec(pair) ?? []
  if (name === '') throw new UsageError(`"${pair}" is no SETTING=VALUE`)
  try {
    return [name, JSON.parse(text)]
  } catch {
    return [name, text]
  }
}

/** A place in the chain as the log tells it. */
function placeInChain(text: string): Head {
  const [, sequence = '', link = ''] = /^(\d+):([\w-]+)$/.exec(text) ?? []
  if (link === '') throw new UsageError(`"${text}" is no NUMBER:HASH`)
  return { sequence: Number(sequence), link }
}

/** What is wrong with the record, for the operator. */
function told({ kind, sequence, id, action, at }: RecordFault): string {
  const row = id === null ? `row number ${sequence}` : `row number ${sequence || '(none yet)'}, ${action} of ${at} (${id}),`
  const texts: Record<RecordFault['kind'], string> = {
    removed: `${row} is missing; the one after it is of ${at}`,
    altered: `${row} is not as it was written, or YKIEN_SECRET is not that of this installation`,
    moved: `${row} does not stand where it was put: rows were exchanged, or the chain was made anew without the key`,
    foreign: `${row} was put in by somebody without the key`,
    cut: `the end is cut off: ${row} is missing, and the anchor has seen it`,
    replaced: `the record was made anew: the anchor has seen another row number ${sequence}`,
    anchor: 'the anchor file was not made with this YKIEN_SECRET',
  }
  return `the record is broken: ${texts[kind]}; see "The record" in docs/operations.md`
}

async function withServices<Result>(use: (services: Services) => Promise<Result>, options: { isReadOnly?: boolean } = {}): Promise<Result> {
  const config = readConfig(process.env)
  const store = openDatabase(config, options)
  try {
    return await use(nodeServices(config, store, () => {}))
  } finally {
    await store.close()
  }
}

/** The path of a SQLite database; commands that copy its file have no meaning for another kind. */
function sqlitePath(database: string): string {
  if (!database.startsWith('file:'))
    throw new UsageError('this command copies SQLite files; for PostgreSQL use pg_dump and pg_restore, and "ykien doctor" afterwards')
  return pathOf(database)
}

/** Writes a site's export to a new file, readable by its owner only, or to stdout; a file that could not be finished is removed. */
async function writeExport(slug: string, file: string | undefined): Promise<void> {
  const store = openDatabase({ database: readDatabase(process.env) }, { isReadOnly: true })
  try {
    // A transaction that only reads, for the one moment it sees; nothing of the product writes like this.
    const trailer = await store.db
      .transaction()
      .setIsolationLevel('repeatable read')
      .execute(async (db) => {
        const header = { version: packageJson.version, site: slug, exported_at: new Date().toISOString(), tables: EXPORTED_TABLES }
        const out = file === undefined ? process.stdout : createWriteStream(file, { flags: 'wx', mode: 0o600 })
        if (file !== undefined) await once(out, 'open')
        try {
          const written = await writeArchive(out, header, exportSite(db, slug), say)
          if (file !== undefined) await finished(out.end())
          return written
        } catch (error) {
          if (file !== undefined) rmSync(file, { force: true })
          throw error
        }
      })
    say(`${Object.values(trailer.counts).reduce((sum, count) => sum + count, 0)} rows, SHA-256 ${trailer.sha256}`)
    if (file !== undefined) console.log(file)
  } catch (error) {
    if (error instanceof AppError && error.code === 'not_found') throw new UsageError(`there is no site "${slug}"`)
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST')
      throw new UsageError(`${file} is there already and is not overwritten; name a new file`)
    throw error
  } finally {
    await store.close()
  }
}

async function migrateFile(path: string): Promise<void> {
  const store = openDatabase({ database: `file:${path}` })
  try {
    await migrate(store, readMigrations(), new Date())
  } finally {
    await store.close()
  }
}

/** Progress goes to stderr, so that the result stands alone on stdout. */
function say(line: string): void {
  console.error(line)
}

/** Runs a writing command on the database, or with --d1 prints its SQL; the result goes to stdout, with --d1 to stderr. */
async function written(isForD1: boolean, command: (services: Services) => Promise<string>, taken = ''): Promise<void> {
  if (isForD1) {
    const { store, script } = openScript()
    const config: Config = {
      ...readConfig({ ...process.env, YKIEN_SECRET: process.env.YKIEN_SECRET || 'not needed to print a script, but asked for' }),
      // The secret of the other machine is not here, so what is recorded there is recorded unsealed.
      secret: '',
    }
    console.error(await command(nodeServices(config, store, () => {})))
    process.stdout.write(script())
    return
  }
  await withServices(async (services) => {
    await migrate(services.store, readMigrations(services.store.dialect), services.now())
    try {
      console.log(await command(services))
    } catch (error) {
      if (conflictOn(error, 'site.slug')) throw new UsageError(taken)
      if (error instanceof AppError && error.code === 'not_found') throw new UsageError('there is no such person or site')
      if (error instanceof Error && /signin_link\.staff_id|"staff_id" of relation "signin_link"/.test(error.message))
        throw new UsageError('there is no account with this address; "ykien staff invite" makes one')
      if (
        error instanceof Error &&
        /NOT NULL constraint failed: (api_token\.site_id|audit\.subject_id)|invitation_names_site/.test(error.message)
      ) {
        throw new UsageError('there is no such site; "ykien site add" makes one')
      }
      throw error
    }
  })
}

function help(command: Command | undefined): string {
  if (command) return `usage: ${command.usage}\n\n${command.about}\n`
  const rows = Object.values(COMMANDS).map(({ usage, about }) => `  ${usage}\n      ${about}`)
  return `usage: ykien COMMAND\n\n${rows.join('\n')}\n\nSettings: ${Object.values(SETTINGS)
    .map(({ env }) => env)
    .join(', ')}; see docs/configuration.md.\n`
}

async function main(args: string[]): Promise<void> {
  const [first = '', second = ''] = args
  const isPair = `${first} ${second}` in COMMANDS
  const command = COMMANDS[isPair ? `${first} ${second}` : first]
  if (args.includes('--help') || args.includes('-h') || first === '' || first === 'help') {
    process.stdout.write(help(command))
    return
  }
  if (!command) throw new UsageError(`no command "${args.slice(0, 2).join(' ')}"; "ykien --help" lists them`)
  try {
    await command.run(args.slice(isPair ? 2 : 1))
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${error.message}; "${command.usage.split(' [')[0]}"`)
    throw error
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const isExpected =
    error instanceof UsageError ||
    error instanceof ConfigError ||
    error instanceof MigrationRefused ||
    error instanceof DatabaseRefused ||
    error instanceof ArchiveRefused ||
    error instanceof RecordBroken
  const text =
    error instanceof ZodError
      ? error.issues.map((issue) => (issue.path[0] === undefined ? issue.message : `${issue.path.join('.')}: ${issue.message}`)).join('; ')
      : error instanceof Error
        ? error.message
        : String(error)
  console.error(`ykien: ${text.replaceAll('\n', '; ')}`)
  if (error instanceof RecordUnread) {
    process.exitCode = 2
    return
  }
  if (!isExpected && !(error instanceof ZodError) && process.env.DEBUG) console.error(error)
  process.exitCode = 1
})
