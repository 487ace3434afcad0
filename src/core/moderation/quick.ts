// The quick lane: opinions with nothing to point out, by authors with a good record, which one press approves a page at a time.
// A person presses, having the page before them; nothing is published without. Each opinion is looked at again before it is approved.
import { z } from 'zod'
import { AppError, allow, type Ctx, type Site } from '../context.ts'
import { readRequest } from './bulk.ts'
import { decide, type Outcome } from './decide.ts'
import { type QueueItem, readItem, readQueue } from './queue.ts'

/** Opinions on a page of the lane: what somebody reads before one press. */
export const QUICK_PAGE = 20
/** Waiting opinions read in one step, and steps in one answer; past them the page says where to go on. */
const WALK = 100
const MAX_WALKS = 5

const QuickInput = z.strictObject({
  items: z
    .array(z.strictObject({ comment: z.string().min(1).max(64), version: z.number().int().min(1) }))
    .min(1)
    .max(QUICK_PAGE),
})

/**
 * Whether an opinion may take the lane: it waits with its first text, no signal and no report points at it, and the same reader's
 * token sent enough that was published and nothing that was rejected.
 */
export function isQuick(
  { settings }: Pick<Site, 'settings'>,
  item: Pick<QueueItem, 'state' | 'is_public' | 'official' | 'signals' | 'report_count' | 'legal_verdicts'> & {
    author: Pick<QueueItem['author'], 'record'>
  },
): boolean {
  const { record } = item.author
  return (
    settings.quick_lane &&
    item.state === 'pending' &&
    !item.is_public &&
    item.official === null &&
    item.signals.length === 0 &&
    item.report_count === 0 &&
    item.legal_verdicts.includes('approve') &&
    record !== null &&
    record.rejected === 0 &&
    record.published >= settings.quick_published
  )
}

/** A page of the lane, the longest waiting first. A page may be short and yet have a `next`, when much was looked through. */
export async function readQuick(ctx: Ctx, after: string | undefined): Promise<{ items: QueueItem[]; next: string | null }> {
  allow(ctx, 'comment.decide')
  if (!ctx.site.settings.quick_lane) return { items: [], next: null }
  const items: QueueItem[] = []
  let place = after
  for (let walks = 0; walks < MAX_WALKS; walks++) {
    const page = await readQueue(ctx, { state: 'pending', sort: 'oldest', limit: WALK, after: place })
    items.push(...page.items.filter((item) => isQuick(ctx.site, item)))
    // What a step found beyond the page is found again after the press: the lane is read from its beginning then.
    if (items.length >= QUICK_PAGE) return { items: items.slice(0, QUICK_PAGE), next: null }
    if (page.next === null) return { items, next: null }
    place = page.next
  }
  return { items, next: place ?? null }
}

/**
 * Approves the opinions of a page, each with the version that was shown. One that no longer qualifies, or was changed or decided since,
 * is left as it is and told. The key is the person's own: the same one again gives what was decided under it. Throws
 * `illegal_transition` where the site has no lane.
 */
export async function approveQuick(ctx: Ctx, raw: unknown, key: string): Promise<{ outcomes: Outcome[]; left: number }> {
  allow(ctx, 'comment.decide')
  const { items } = QuickInput.parse(raw)
  if (!ctx.site.settings.quick_lane) throw new AppError('illegal_transition')
  const earlier = await readRequest(ctx, key)
  if (earlier.length > 0) return { outcomes: earlier, left: items.length - earlier.length }
  const standing = await Promise.all(items.map(({ comment }) => readItem(ctx, comment).catch(onlyGone)))
  const fit = items.filter(({ version }, index) => {
    const item = standing[index]
    return item && item.version === version && isQuick(ctx.site, item)
  })
  if (fit.length === 0) return { outcomes: [], left: items.length }
  const outcomes = await decide(ctx, { items: fit.map((item) => ({ ...item, verdict: 'approve' })) }, key)
  return { outcomes, left: items.length - outcomes.filter(({ status }) => status === 'done').length }
}

function onlyGone(error: unknown): null {
  if (error instanceof AppError && error.code === 'not_found') return null
  throw error
}
