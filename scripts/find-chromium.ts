// Makes sure there is a Chromium for the browser tests: the one CHROMIUM_PATH names, one that is installed, or else
// Debian's package, installed here as root. Fails naming the package where none of that works.
import { spawnSync } from 'node:child_process'
import { chromiumPath } from '../test/support/chromium.ts'

if (chromiumPath() === null) {
  console.error('No Chromium found; installing Debian’s package "chromium"')
  for (const args of [
    ['update', '-qq'],
    ['install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-noto-core', 'fonts-noto-color-emoji'],
  ]) {
    spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
  }
}
if (chromiumPath() === null) {
  console.error('The browser tests need Chromium: run "apt-get install chromium" as root, or set CHROMIUM_PATH to a Chromium binary')
  process.exit(1)
}
