// Where PostgreSQL's server programs are on this machine.
import { existsSync, readdirSync } from 'node:fs'

const DEBIAN = '/usr/lib/postgresql'

/** The folder with `initdb` and `postgres` of the newest version that Debian's package installed; null when there is none. */
export function postgresPrograms(): string | null {
  if (!existsSync(DEBIAN)) return null
  const versions = readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a))
  return versions.map((version) => `${DEBIAN}/${version}/bin`).find((folder) => existsSync(`${folder}/initdb`)) ?? null
}
