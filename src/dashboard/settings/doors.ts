// The doors of the settings, for the map of the desk (shell.tsx).
import type { Hono } from 'hono'
import type { AppEnv } from '../../http/door.ts'
import {
  receiveArticle,
  receiveArticleChange,
  receiveArticleName,
  receiveMerge,
  showArticle,
  showArticles,
  showMerge,
} from './articles.tsx'
import { receiveCanned, showCanned } from './canned.tsx'
import { showEmbed } from './embed.tsx'
import { receiveOrigin, showConsents, showOrigins } from './origins.tsx'
import { showSettings } from './room.tsx'
import { receiveSite, showSite } from './site.tsx'

/** Mounts everything under /desk/:site/settings and /desk/:site/articles. */
export function settingsDoors(doors: Hono<AppEnv>): void {
  doors.get('/desk/:site/settings', showSettings)
  doors.get('/desk/:site/settings/site', showSite)
  doors.post('/desk/:site/settings/site', receiveSite)
  doors.get('/desk/:site/settings/origins', showOrigins)
  doors.post('/desk/:site/settings/origins', receiveOrigin)
  doors.get('/desk/:site/settings/consents', showConsents)
  doors.get('/desk/:site/settings/canned', showCanned)
  doors.post('/desk/:site/settings/canned', receiveCanned)
  doors.get('/desk/:site/settings/embed', showEmbed)
  doors.get('/desk/:site/articles', showArticles)
  doors.post('/desk/:site/articles', receiveArticle)
  doors.get('/desk/:site/articles/:id', showArticle)
  doors.post('/desk/:site/articles/:id', receiveArticleChange)
  doors.post('/desk/:site/articles/:id/names', receiveArticleName)
  doors.get('/desk/:site/articles/:id/merge', showMerge)
  doors.post('/desk/:site/articles/:id/merge', receiveMerge)
}
