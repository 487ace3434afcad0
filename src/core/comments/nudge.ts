// Query of a sender, asked once before sending: hints about the text. It stores nothing and never blocks.
import { z } from 'zod'
import { allow, type Ctx } from '../context.ts'
import { type Nudge, nudgesOf } from '../screening/nudges.ts'
import { rulesAtHand } from '../screening/wordlist.ts'
import { agenciesOf } from '../sites.ts'
import { articleOf, threadIds } from '../threads.ts'
import { AuthorInput, acceptName, textHash } from './author.ts'
import { acceptBody } from './text.ts'

/** How long ago the same text counts as sent before. */
const REPEATED_WITHIN_MS = 86_400_000

export const NudgeInput = z.strictObject({
  article: z
    .strictObject({ key: z.string().min(1).max(500).optional(), url: z.string().optional(), title: z.string().optional() })
    .optional(),
  body: z.string(),
  author: AuthorInput.optional(),
})

/** The hints about a text, in the order in which they matter. Throws `validation` for a text that could not be sent either. */
export async function nudge(ctx: Ctx, raw: unknown): Promise<Nudge[]> {
  allow(ctx, 'comment.submit')
  const input = NudgeInput.parse(raw)
  const { settings } = ctx.site
  const body = acceptBody(input.body, { min: settings.body_min, max: settings.body_max }, '/body')
  const name = acceptName(input.author?.name)
  const { rules } = await rulesAtHand(ctx)
  const nudges = nudgesOf({ body, name }, rules, agenciesOf(ctx.site))
  if (input.article && (await wasSent(ctx, articleOf(input.article, '/article'), body))) nudges.push({ code: 'duplicate' })
  return nudges
}

/** Whether the same text was sent under the article within a day, by anybody. What was withdrawn or sealed is not told of. */
async function wasSent(ctx: Ctx, article: { key: string; url: string | null }, body: string): Promise<boolean> {
  const since = new Date(ctx.services.now().getTime() - REPEATED_WITHIN_MS).toISOString()
  const row = await ctx.services.store.db
    .selectFrom('comment')
    .select('id')
    .where('thread_id', 'in', threadIds(ctx.services, ctx.site.slug, [article.key], article.key === article.url ? [article.key] : []))
    .where('body_hash', '=', textHash(body))
    .where('received_at', '>', since)
    .where('state', 'not in', ['withdrawn', 'sealed'])
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
