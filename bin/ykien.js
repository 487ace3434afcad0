#!/usr/bin/env node
// The command line's entry. The program itself is built into dist/ by `npm run build`, which installing runs too.
// On a machine whose own Node is too old it runs on the one the project installs for itself.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * A server keeps the space for new objects small (megabytes; V8 would let it grow to several times this, and never gives it back): its
 * answers are ready bytes, and what it makes for one request is soon gone. Measured: 60 MB less memory, the same speed.
 */
const NEW_SPACE = '--max-semi-space-size=8'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const isTooOld = major < 22 || (major === 22 && minor < 19)
const own = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url))
const program = new URL('../dist/ykien.js', import.meta.url)
const isServer = process.argv[2] === 'serve'
const args = [...(isServer ? [NEW_SPACE] : []), fileURLToPath(import.meta.url), ...process.argv.slice(2)]

if (!existsSync(program)) {
  console.error('ykien: not built yet; run "npm run build" in the project first')
  process.exitCode = 1
} else if (isTooOld && !existsSync(own)) {
  console.error(`ykien: needs Node 22.19 or newer, this is ${process.versions.node}`)
  process.exitCode = 1
} else if (isTooOld) {
  process.exitCode = spawnSync(own, args, { stdio: 'inherit' }).status ?? 1
} else if (isServer && process.execve !== undefined && !process.execArgv.includes(NEW_SPACE)) {
  // The same process goes on with the option: whoever started it keeps its number, its signals and its pipes.
  process.removeAllListeners('warning')
  process.execve(process.execPath, [process.execPath, ...process.execArgv, ...args], process.env)
} else {
  await import(program.href)
}
