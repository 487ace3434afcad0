// Completes package-lock.json: adds the optional platform builds that npm left out because the registry it asked
// does not carry them. Without their entries `npm ci` calls the lock file out of sync; with them it skips them by platform.
import { readFileSync, writeFileSync } from 'node:fs'

type LockEntry = {
  version?: string
  optionalDependencies?: Record<string, string>
  [field: string]: unknown
}
type Lock = { packages: Record<string, LockEntry> }

/** Spellings of a platform that differ from npm's own words for it. */
const SPELLINGS: Record<string, string> = { windows: 'win32', '64': 'x64' }
const OPERATING_SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32']
const PROCESSORS = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64']

const path = new URL('../package-lock.json', import.meta.url)
const lock: Lock = JSON.parse(readFileSync(path, 'utf8'))
const added: string[] = []

for (const [place, entry] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    const nested = `${place}/node_modules/${name}`
    const hoisted = `node_modules/${name}`
    if (lock.packages[nested] || lock.packages[hoisted]) continue
    lock.packages[hoisted] = platformEntry(name, range, entry.dev === true)
    added.push(name)
  }
}

if (added.length > 0) {
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1))
  writeFileSync(path, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`)
}
console.error(`package-lock.json: ${added.length} platform builds added`)

/** The platform is spelled in the name, `@scope/tool-linux-x64-musl`; a name without one is refused rather than guessed. */
function platformEntry(name: string, range: string, isDevelopment: boolean): LockEntry {
  const words = name.split(/[/-]/).map((word) => SPELLINGS[word] ?? word)
  const os = words.filter((word) => OPERATING_SYSTEMS.includes(word))
  const cpu = words.filter((word) => PROCESSORS.includes(word))
  if (os.length === 0 && cpu.length === 0) throw new Error(`${name}: no platform in its name; add it to the lock file by hand`)
  const libc = words.some((word) => word.startsWith('musl')) ? { libc: ['musl'] } : {}
  return {
    version: range.replace(/^[\^~]/, ''),
    cpu,
    ...(isDevelopment ? { dev: true } : {}),
    ...libc,
    optional: true,
    ...(os.length > 0 ? { os } : {}),
  }
}
