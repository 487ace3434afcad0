// Makes sure there is a PostgreSQL for the tests: the database YKIEN_TEST_POSTGRES names, an installed server, or else
// Debian's package, installed here as root. Fails naming the package where none of that works.
import { spawnSync } from 'node:child_process'
import { postgresPrograms } from '../test/support/postgres.ts'

const isThere = () => Boolean(process.env.YKIEN_TEST_POSTGRES) || postgresPrograms() !== null

if (!isThere()) {
  console.error('No PostgreSQL found; installing Debian’s package "postgresql"')
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'postgresql'],
  ]) {
    spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
  }
}
if (!isThere()) {
  console.error(
    'The tests need PostgreSQL: run "apt-get install postgresql" as root, or set YKIEN_TEST_POSTGRES to the address of a database',
  )
  process.exit(1)
}
