#!/usr/bin/env node
// The command line's entry. The program itself is built into dist/ by `npm run build`, which installing runs too.
// On a machine whose own Node is too old it runs on the one the project installs for itself.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const isTooOld = major < 22 || (major === 22 && minor < 19)
const own = fileURLToPath(new URL('../node_modules/node/bin/node', import.meta.url))
const program = new URL('../dist/ykien.js', import.meta.url)

if (!existsSync(program)) {
  console.error('ykien: not built yet; run "npm run build" in the project first')
  process.exitCode = 1
} else if (!isTooOld) {
  await import(program.href)
} else if (existsSync(own)) {
  process.exitCode = spawnSync(own, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1
} else {
  console.error(`ykien: needs Node 22.19 or newer, this is ${process.versions.node}`)
  process.exitCode = 1
}
