// Puts opinions under an article of the browser tests' portal, by the commands that people use.
import { submit } from '../../src/core/comments/submit.ts'
import type { Ctx, Role } from '../../src/core/context.ts'
import { decide } from '../../src/core/moderation/decide.ts'
import { reply } from '../../src/core/moderation/reply.ts'
import { findSite } from '../../src/core/sites.ts'
import { type Service, SITE } from './service.ts'

type Opinion = { key?: string; body: string; name?: string; parent?: string; title?: string }

/** A reader of the portal, or a member of its staff. */
export async function as(service: Service, role: Role | 'reader'): Promise<Ctx> {
  const { services } = service
  const actor = role === 'reader' ? ({ kind: 'reader' } as const) : ({ kind: 'token', id: 'máy', name: 'Máy thử', role } as const)
  return { services, actor, site: await findSite(services, SITE) }
}

/** Sends an opinion that waits; gives its id. */
export async function send(service: Service, { key = 'bai-thu', body, name, parent, title }: Opinion): Promise<string> {
  const { comment } = await submit(
    await as(service, 'reader'),
    {
      article: { key, url: service.articleUrl, ...(title === undefined ? {} : { title }) },
      body,
      ...(name === undefined ? {} : { author: { name } }),
      ...(parent === undefined ? {} : { parent_id: parent }),
      consents: ['terms', 'name'],
    },
    null,
  )
  return comment.id
}

/** Sends an opinion and approves it; public at once where the service has no undo window. */
export async function publish(service: Service, opinion: Opinion): Promise<string> {
  const comment = await send(service, opinion)
  const [outcome] = await decide(await as(service, 'moderator'), { items: [{ comment, version: 1, verdict: 'approve' }] }, null)
  if (outcome?.status !== 'done') throw new Error(`approve: ${JSON.stringify(outcome)}`)
  return comment
}

/** Publishes the agency's reply to a published opinion. */
export async function answer(service: Service, comment: string, body: string): Promise<void> {
  await reply(await as(service, 'replier'), comment, { body, signer_title: 'Phó Chủ tịch' }, null)
}
