// The data of the measurements: one thread of 100 comments (30 % replies) and 200 of 20, through the product's own commands.
import { submit } from '../src/core/comments/submit.ts'
import { decide } from '../src/core/moderation/decide.ts'
import { newToken } from '../src/core/people/tokens.ts'
import { addSite, findSite } from '../src/core/sites.ts'
import { nodeServices, openDatabase, readConfig, readMigrations } from '../src/platform/node.ts'
import { migrate } from '../src/storage/migrate.ts'
import { MEASURED, SITE } from './loads.ts'
import { comment } from './sentences.ts'

/** Fills the configured, empty database and returns a moderator's token. */
export async function seed(env: NodeJS.ProcessEnv): Promise<string> {
  const config = { ...readConfig(env), undoSeconds: 0, limits: false }
  const store = openDatabase(config)
  const services = nodeServices(config, store, () => {})
  await migrate(store, readMigrations(store.dialect), services.now())
  await addSite(services, { slug: SITE, name: 'Phường Đo', origins: ['https://phuongdo.example'] })
  const site = await findSite(services, SITE)
  const reader = { services, actor: { kind: 'reader' } as const, site }
  const moderator = { services, actor: { kind: 'token', id: 'đo', name: 'đo', role: 'moderator' } as const, site }
  let sentences = 0
  const publish = async (key: string, parentId: string | null) => {
    const { body, next } = comment(sentences)
    sentences = next
    const sent = await submit(
      reader,
      { article: { key, url: `https://phuongdo.example/${key}` }, body, ...(parentId ? { parent_id: parentId } : {}) },
      null,
    )
    await decide(moderator, { items: [{ comment: sent.comment.id, version: 1, verdict: 'approve' }] }, null)
    return sent.comment.id
  }
  const fill = async (key: string, roots: number, replies: number) => {
    const ids: string[] = []
    for (let n = 0; n < roots; n++) ids.push(await publish(key, null))
    for (let n = 0; n < replies; n++) await publish(key, ids[(n * 7) % roots] ?? null)
  }
  await fill(MEASURED, 70, 30)
  for (let thread = 0; thread < 200; thread++) await fill(`bai-${thread}`, 14, 6)
  const { token, statements } = await newToken(services, { site: SITE, role: 'moderator', name: 'đo' })
  await store.batch(statements)
  await store.close()
  return token
}
