// Serving on Node: settings, database, app, the clock of the jobs, and an orderly end; in one process, or in several of which the
// primary writes and runs the clock.
import { execFile } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { createApp } from './app.ts'
import type { Config } from './config.ts'
import { hasSites, newDemoLink, seedDemo } from './demo/seed.ts'
import { ARTICLE, WARD } from './demo/ward.ts'
import { answerTo, createGate, createRemoteGate, type Question } from './http/limits.ts'
import { tick } from './jobs.ts'
import { log, nodeServices, openDatabase, openServed, pathOf, readMigrations } from './platform/node.ts'
import { isServing, joinPrimary, type Processes, startProcesses } from './platform/processes.ts'
import { openServer } from './platform/server.ts'
import type { Services } from './services.ts'
import { CHECKED_AT_START_BYTES, DatabaseRefused, faultOf, refuseDamaged } from './storage/file.ts'
import { migrate } from './storage/migrate.ts'
import { conflictOn, type Store } from './storage/store.ts'

/** How often the duties run when nothing wakes them. */
const TICK_MS = 60_000
/** Wakes within this time are one: hundreds of comments in a second ask for ten runs of the duties, not for hundreds. */
const WAKE_STEP_MS = 100
/** How long a run of the duties may take to end once the service stops. */
const CLOCK_STOP_MS = 3_000

type Options = { isReadOnly: boolean }

/**
 * Checks the database file, migrates, fills an empty database with the demo where that is wanted, and serves until SIGTERM or
 * SIGINT, in as many processes as are configured. Read-only nothing is migrated and every write is answered 503. Throws DatabaseRefused.
 */
export async function serveOnNode(config: Config, { isReadOnly = false } = {}): Promise<void> {
  if (isServing()) return serveForPrimary(config, { isReadOnly })
  if (config.database.startsWith('file:')) admit(pathOf(config.database), isReadOnly)
  if (!config.limits)
    log({ event: 'warning', reason: 'YKIEN_LIMITS=off: rate limits, challenges and flood mode are lifted; never do this in production' })
  const open = config.processes === 1 ? serveAlone : servePrimary
  const clock = createClock()
  const { services, processes, demoLink } = await open(config, { isReadOnly }, clock)
  // Heard before anybody is told that it listens: who waits for that line may ask it to stop at once.
  const stopped = told(() => {
    processes.drain()
    log({ event: 'stopping' })
  }, config.drainSeconds)
  console.log(`Ý Kiến listens on ${config.baseUrl}`)
  if (config.demo) {
    console.log(`  Article with the section:  ${config.baseUrl}/`)
    console.log(
      demoLink === null
        ? `  Sign in to the desk:       "ykien staff invite YOUR-ADDRESS --site ${WARD.slug} --role admin"`
        : `  Sign in to the desk (once): ${demoLink}`,
    )
    console.log(`  Page without script:       ${config.baseUrl}/r/${WARD.slug}?key=${ARTICLE.key}`)
    console.log(`  API:                       ${config.baseUrl}/docs`)
  }
  await stopped
  await processes.close()
  await clock.stop()
  await services.store.close()
}

type Served = { services: Services; processes: Processes; demoLink: string | null }

/** This process serves, and writes in a thread of its own. */
async function serveAlone(config: Config, options: Options, clock: Clock): Promise<Served> {
  let isDraining = false
  const store = openServed(config, options)
  const services: Services = { ...nodeServices(config, store, clock.wakeAt), isDraining: () => isDraining }
  const demoLink = await prepare(services, store, options, clock)
  const { close } = await openServer(config, createApp(services).fetch, log)
  const drain = () => {
    isDraining = true
  }
  return { services, processes: { drain, close }, demoLink }
}

/** This process writes and runs the clock; others that it starts serve. */
async function servePrimary(config: Config, options: Options, clock: Clock): Promise<Served> {
  const store = openDatabase(config, options)
  const services = nodeServices(config, store, clock.wakeAt)
  const demoLink = await prepare(services, store, options, clock)
  const gate = createGate(() => performance.now())
  const judge = (question: unknown) => answerTo(gate, question as Question)
  const { take = () => {} } = store
  const { reading } = services.meters
  const processes = await startProcesses(config.processes, {
    take,
    judge,
    hash: services.hashPassword,
    nudge: clock.wakeAt,
    reading,
    log,
  })
  return { services, processes, demoLink }
}

/** This process was started by a primary, and serves until that says that it is time to end. */
async function serveForPrimary(config: Config, { isReadOnly }: Options): Promise<void> {
  const link = joinPrimary(() => services.meters.reading())
  const store = openServed(config, { isReadOnly, link })
  const usual = nodeServices(config, store, link.nudge)
  const services: Services = {
    ...usual,
    meters: { ...usual.meters, readings: link.readings },
    hashPassword: link.hash,
    isDraining: link.isDraining,
  }
  const { close } = await openServer(config, createApp(services, createRemoteGate(link.judge)).fetch, log)
  await link.told
  await close()
  await store.close()
  process.exit(0)
}

/** What is done once before anybody is served. Gives the demo's sign-in link, where there is a demo. */
async function prepare(services: Services, store: Store, { isReadOnly }: Options, clock: Clock): Promise<string | null> {
  if (isReadOnly) return null
  const applied = await migrate(store, readMigrations(store.dialect), services.now())
  if (applied.length > 0) log({ event: 'migrated', migrations: applied.join(' ') })
  const demoLink = await prepareDemo(services)
  clock.start(services)
  return demoLink
}

/** Refuses a database file that would fail later; a large one is looked through after the start, by a process beside this one. */
function admit(path: string, isReadOnly: boolean): void {
  if (isReadOnly) {
    const fault = existsSync(path) ? faultOf(path, false) : 'missing'
    if (fault !== null)
      throw new DatabaseRefused(
        `${path} cannot be read at all (${fault}); restore the last backup with "ykien restore BACKUP --to file:${path} --replace"`,
      )
    log({ event: 'warning', reason: '--allow-corrupt: the database is only read, and every write is answered 503' })
    return
  }
  refuseDamaged(path, false)
  if (existsSync(path) && statSync(path).size > CHECKED_AT_START_BYTES) checkBeside()
}

/** Runs `ykien doctor --file` at the lowest priority and says in the log what it found. */
function checkBeside(): void {
  const startedAt = performance.now()
  const child = execFile(process.execPath, [process.argv[1] ?? '', 'doctor', '--file'], (error, _stdout, stderr) => {
    const took_ms = Math.round(performance.now() - startedAt)
    if (error) log({ event: 'database.damaged', reason: stderr.trim(), took_ms })
    else log({ event: 'database.checked', took_ms })
  })
  child.unref()
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW)
}

async function prepareDemo(services: Services): Promise<string | null> {
  if (!services.config.demo) return null
  if (!(await hasSites(services))) {
    try {
      return (await seedDemo(services)).signinUrl
    } catch (error) {
      // Another process that started at the same moment on the same database is making it.
      if (!conflictOn(error, 'site.slug')) throw error
    }
  }
  return newDemoLink(services)
}

type Clock = { start(given: Services): void; wakeAt(notBefore: string): void; stop(): Promise<void> }

/** Runs the duties every minute, when a decision's undo window ends, and while something is left to do; never two runs at once. */
function createClock(): Clock {
  let running: Promise<void> | null = null
  let services: Services | null = null
  let minute: NodeJS.Timeout | undefined
  let isWanted = false
  const run = () => {
    isWanted = services !== null && running !== null
    if (services === null || running !== null) return
    running = tick(services)
      .then((restMs) => {
        if (restMs !== null) wakeIn(restMs)
      })
      .finally(() => {
        running = null
        // Somebody asked for a run while this one was past what they meant.
        if (isWanted) run()
      })
  }
  const planned = new Set<number>()
  const wakeIn = (ms: number) => {
    const slot = Math.ceil((performance.now() + ms) / WAKE_STEP_MS)
    if (planned.has(slot)) return
    planned.add(slot)
    const wake = () => {
      planned.delete(slot)
      run()
    }
    setTimeout(wake, slot * WAKE_STEP_MS - performance.now()).unref()
  }
  return {
    start(given: Services) {
      services = given
      minute = setInterval(run, TICK_MS)
      minute.unref()
      run()
    },
    wakeAt(notBefore: string) {
      wakeIn(Math.max(0, Date.parse(notBefore) - Date.now()) + 20)
    },
    async stop() {
      services = null
      clearInterval(minute)
      // What it does now may end before its database is closed; what takes longer is done again by the next start.
      await Promise.race([running, new Promise((resolve) => setTimeout(resolve, CLOCK_STOP_MS).unref())])
    },
  }
}

/** Resolves `afterSeconds` after SIGTERM or SIGINT, and at once on a second one; `stopping` is called at the first. */
function told(stopping: () => void, afterSeconds: number): Promise<void> {
  return new Promise((resolve) => {
    let isTold = false
    const tell = () => {
      if (isTold || afterSeconds === 0) resolve()
      if (!isTold) {
        stopping()
        setTimeout(resolve, afterSeconds * 1_000)
      }
      isTold = true
    }
    process.on('SIGTERM', tell)
    process.on('SIGINT', tell)
  })
}
