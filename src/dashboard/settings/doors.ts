// The doors of the settings, for the map of the desk (shell.tsx).
import type { Hono } from 'hono'
import type { AppEnv } from '../../http/door.ts'
import { receiveOrigin, showConsents, showOrigins } from './origins.tsx'
import { showSettings } from './room.tsx'
import { receiveSite, showSite } from './site.tsx'

/** Mounts everything under /desk/:site/settings. */
export function settingsDoors(doors: Hono<AppEnv>): void {
  doors.get('/desk/:site/settings', showSettings)
  doors.get('/desk/:site/settings/site', showSite)
  doors.post('/desk/:site/settings/site', receiveSite)
  doors.get('/desk/:site/settings/origins', showOrigins)
  doors.post('/desk/:site/settings/origins', receiveOrigin)
  doors.get('/desk/:site/settings/consents', showConsents)
}
