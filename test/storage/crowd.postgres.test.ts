// Several processes of the service on one PostgreSQL, all at the same article: what is counted beside the facts never drifts,
// and each job runs once.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import { newDatabase, readMigrations } from '#platform'
import { runOutbox } from '../../src/core/outbound/outbox.ts'
import { addSite } from '../../src/core/sites.ts'
import { nodeServices, openServed, readConfig } from '../../src/platform/node.ts'
import type { Services } from '../../src/services.ts'
import { checkHealth } from '../../src/storage/doctor.ts'
import { migrate } from '../../src/storage/migrate.ts'
import type { CrowdReport } from '../support/crowd.ts'

const PROCESSES = 2
const PEOPLE = 6
const ACTS = 60
const SITE = 'phuong-dong'

describe.each([0, 1])(
  `${PROCESSES} processes with ${PEOPLE} people each at one article, decisions taking effect after %i s`,
  (undoSeconds) => {
    let env: NodeJS.ProcessEnv
    let services: Services
    let reports: CrowdReport[]

    beforeAll(async () => {
      env = {
        ...process.env,
        YKIEN_DATABASE: await newDatabase(),
        YKIEN_POOL: '6',
        YKIEN_SECRET: 'a secret that only the tests know, 32+',
        YKIEN_DEMO: '0',
        YKIEN_UNDO_SECONDS: String(undoSeconds),
        YKIEN_LIMITS: 'off',
      }
      const config = readConfig(env)
      services = nodeServices(config, openServed(config), () => {})
      await migrate(services.store, readMigrations(), services.now())
      await addSite(services, { slug: SITE, name: 'Phường Đông', origins: ['https://phuongdong.example'] })
      reports = await Promise.all(Array.from({ length: PROCESSES }, crowd))
      return () => services.store.close()
    }, 120_000)

    function crowd(): Promise<CrowdReport> {
      const program = fileURLToPath(new URL('../support/crowd.ts', import.meta.url))
      const child = fork(program, [SITE, String(PEOPLE), String(ACTS)], { env, execArgv: [] })
      return new Promise((resolve, reject) => {
        child.once('message', (report) => resolve(report as CrowdReport))
        child.once('exit', (code) => reject(new Error(`a process of the crowd ended with ${code}`)))
      })
    }

    it('are refused by the rules only', () => {
      const refused = new Set(reports.flatMap((report) => Object.keys(report.refused)))
      const byRule = ['conflict', 'illegal_transition', 'undo_expired', 'not_found', 'edit_closed', 'parent_not_found', 'validation']
      expect([...refused].filter((code) => !byRule.includes(code))).toEqual([])
      expect(reports.reduce((sum, report) => sum + report.done, 0)).toBeGreaterThan((PROCESSES * PEOPLE * ACTS) / 3)
      console.log(`crowd: ${JSON.stringify(reports)}`)
    })

    it('leave numbers and states that the facts give', async () => {
      const findings = await checkHealth(services.store, readMigrations(), 'the test')
      expect(findings.filter((finding) => !finding.isWell)).toEqual([])
      const { rows } = await sql`
      SELECT root.id FROM comment AS root WHERE root.parent_id IS NULL AND root.public_replies <> (
        SELECT count(*) FROM comment AS own WHERE own.parent_id = root.id AND own.public_revision_id IS NOT NULL AND own.hidden_at IS NULL)`.execute(
        services.store.db,
      )
      expect(rows).toEqual([])
    })

    it('leave no thread that expects its next change at another time than its first publication', async () => {
      const { rows } = await sql`
      SELECT id FROM thread WHERE coalesce(next_change_at, '') <> coalesce(
        (SELECT min(takes_effect_at) FROM pending_publication WHERE thread_id = thread.id), '')`.execute(services.store.db)
      expect(rows).toEqual([])
    })

    it('run every job exactly once', async () => {
      const { db } = services.store
      const later = { ...services, now: () => new Date(Date.now() + 5_000) }
      let jobs = reports.reduce((sum, report) => sum + report.jobs, 0)
      for (let ran = -1; ran !== 0; jobs += ran) ran = await runOutbox(later)
      const announced = await db.selectFrom('fact').select('id').where('takes_effect_at', 'is not', null).execute()
      const settled = await db.selectFrom('settlement').select('decision_id').execute()
      if (undoSeconds > 0) expect(announced.length).toBeGreaterThan(50)
      expect(jobs).toBe(announced.length)
      expect(await db.selectFrom('outbox').selectAll().execute()).toEqual([])
      expect(announced.filter(({ id }) => !settled.some((row) => row.decision_id === id))).toEqual([])
    })
  },
)
