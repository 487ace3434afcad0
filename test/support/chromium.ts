// Where Chromium is on this machine.
import { existsSync } from 'node:fs'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/opt/google/chrome/chrome']

/** The path of a Chromium binary: `CHROMIUM_PATH`, or one of the usual places; null when there is none. */
export function chromiumPath(): string | null {
  const named = process.env.CHROMIUM_PATH
  return [...(named ? [named] : []), ...PLACES].find((path) => existsSync(path)) ?? null
}
