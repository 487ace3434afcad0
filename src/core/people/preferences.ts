// How a person likes the desk, on every site: its language, light or dark, how many opinions on a page and which of them first.
// Pure. Not for: keeping it (account.ts), keys and saved views (moderation/desk.ts).
import { z } from 'zod'

/** Opinions on a page; the first is what everybody gets. */
export const PAGE_LENGTHS = [20, 10, 50] as const
/** Orders of what waits, beside the usual one, which is the oldest first. */
export const QUEUE_ORDERS = ['newest', 'article', 'urgent'] as const

/** What each may be; a choice that is none becomes what everybody gets. */
export const Preferences = z.object({
  /** Null is the site's language. */
  language: z.enum(['vi', 'en']).nullable().catch(null),
  /** Null follows the person's machine. */
  theme: z.enum(['light', 'dark']).nullable().catch(null),
  pageLength: z.literal(PAGE_LENGTHS).catch(PAGE_LENGTHS[0]),
  /** Null is the usual order. */
  queueOrder: z.enum(QUEUE_ORDERS).nullable().catch(null),
})
export type Preferences = z.infer<typeof Preferences>

/** Preferences out of a row; what a row does not know, or no longer may hold, is what everybody gets. */
export function toPreferences(row: {
  language: string | null
  theme: string | null
  page_length: number | null
  queue_order: string | null
}): Preferences {
  return Preferences.parse({ language: row.language, theme: row.theme, pageLength: row.page_length, queueOrder: row.queue_order })
}
