// One set of test files, four places to run them: Node with SQLite files, workerd with D1, Node with PostgreSQL, a real browser.
// What differs is what "#platform" means and which folders a place takes.
import { fileURLToPath } from 'node:url'
import { cloudflareTest } from '@cloudflare/vitest-plugin'
import { defineConfig } from 'vitest/config'
import { readMigrations } from './src/platform/node.ts'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const platform = (name: string) => ({ alias: { '#platform': at(`./test/support/platform.${name}.ts`) } })

export default defineConfig({
  test: {
    reporters: ['default', at('./test/support/reporter.ts')],
    projects: [
      {
        resolve: platform('sqlite'),
        test: {
          name: 'sqlite',
          include: ['test/{core,http,dashboard,storage,house,faults}/**/*.test.ts'],
          exclude: ['test/**/*.{postgres,workers}.test.ts'],
          testTimeout: 120_000,
        },
      },
      {
        resolve: platform('workers'),
        plugins: [
          cloudflareTest({
            wrangler: { configPath: at('./wrangler.toml') },
            miniflare: { bindings: { TEST_MIGRATIONS: readMigrations(), YKIEN_SECRET: 'a secret that only the tests know, 32+' } },
          }),
        ],
        test: {
          name: 'workers',
          include: ['test/{core,http,dashboard}/**/*.test.ts', 'test/storage/*.test.ts'],
          exclude: ['test/**/*.{node,postgres}.test.ts'],
          testTimeout: 120_000,
          deps: { optimizer: { ssr: { enabled: true, include: ['sanitize-html'] } } },
        },
      },
      {
        resolve: platform('postgres'),
        test: {
          name: 'postgres',
          include: [
            'test/{core,http,dashboard,storage}/**/*.test.ts',
            'test/faults/{races,processes,migrate}.test.ts',
            'test/faults/copy.postgres.test.ts',
          ],
          exclude: ['test/**/*.workers.test.ts'],
          globalSetup: [at('./test/support/cluster.ts')],
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      {
        resolve: platform('sqlite'),
        test: {
          name: 'browser',
          include: ['test/{widget,desk}/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          // A busy machine takes its time to start a browser's page.
          expect: { poll: { timeout: 20_000 } },
        },
      },
    ],
  },
})
