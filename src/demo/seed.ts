// Fills an empty database with the fictional ward, its staff and its readers' opinions, by the same commands that people use.
// Not for: what they wrote (comments.ts), or a site that asks real citizens for their opinion.
import { revise, withdraw } from '../core/comments/revise.ts'
import { type Submitted, submit } from '../core/comments/submit.ts'
import type { Actor, Ctx, Role } from '../core/context.ts'
import { decide } from '../core/moderation/decide.ts'
import { newLink } from '../core/people/links.ts'
import { recorded } from '../core/record.ts'
import { addSite, findSite } from '../core/sites.ts'
import type { Services } from '../services.ts'
import { COMMENTS, type DemoComment, type DemoStep, type Moment, RULES } from './comments.ts'
import { ARTICLE, articleUrl, WARD } from './ward.ts'

const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
/** The ward's clock: UTC+7 all year. */
const ZONE_OFFSET_MS = 7 * 3_600_000
/** The ward joined a day before the first of {@link COMMENTS} came in. */
const JOINED: Moment = { daysAgo: 6, at: '08:30' }

const ADMIN = { email: 'canbo@phuongvidu.example', name: 'Cán bộ Thử Nghiệm', role: 'admin' } as const
const MODERATOR = { email: 'kiemduyet@phuongvidu.example', name: 'Kiểm duyệt viên Mẫu', role: 'moderator' } as const

/** One thing that somebody did, with the services as they were then. */
type Event = { when: Date; run(services: Services): Promise<void> }

/** Whether the database holds any site, the demo's or another. */
export async function hasSites(services: Services): Promise<boolean> {
  return (await services.store.db.selectFrom('site').select('id').limit(1).executeTakeFirst()) !== undefined
}

/**
 * Makes the ward and the history of its article over the last days, and a link by which its clerk can sign in. Returns the
 * site's slug, the article's address and that link, which is null where others can reach the service. Throws UniqueViolation on `site.slug` when the ward is there already.
 */
export async function seedDemo(services: Services): Promise<{ site: string; article: string; signinUrl: string | null }> {
  const joined = at(services, momentBefore(services.now(), JOINED))
  await addSite(joined, { slug: WARD.slug, name: WARD.name, origins: originsOf(services.config.baseUrl), settings: { rules: RULES } })
  for (const member of [ADMIN, MODERATOR]) await joins(joined, member)
  for (const event of await history(services)) await event.run(at(services, event.when))

  return { site: WARD.slug, article: articleUrl(services), signinUrl: await newDemoLink(services) }
}

/**
 * A fresh sign-in link for the demo's clerk, who has no password and no second factor; null when this database has no such person,
 * and where others can reach the service: there people are invited.
 */
export async function newDemoLink(services: Services): Promise<string | null> {
  if (!services.config.isLoopback || (await findStaff(services, ADMIN.email)) === null) return null
  const link = newLink(services, { kind: 'demo', email: ADMIN.email })
  await services.store.batch(link.statements)
  return link.url
}

async function joins(services: Services, { email, name, role }: { email: string; name: string; role: Role }): Promise<void> {
  const site = await findSite(services, WARD.slug)
  const { db } = services.store
  const [id, created_at] = [services.newId(), services.now().toISOString()]
  const actor = { kind: 'system', name: 'demo' } as const
  await services.store.batch([
    db.insertInto('staff').values({ id, email, name, password_hash: null, language: null, disabled_at: null, created_at }),
    db.insertInto('staff_role').values({ staff_id: id, site_id: site.id, role, disabled_at: null, created_at }),
    recorded(services, site.id, actor, { action: 'staff.join', subject: { kind: 'staff', id }, detail: { role } }),
  ])
}

/** Everything that happened, first things first, so that ids and audit rows follow the clock as they do in earnest. */
async function history(services: Services): Promise<Event[]> {
  const now = services.now()
  const site = await findSite(services, WARD.slug)
  const [admin, moderator] = await Promise.all([staffActor(services, ADMIN), staffActor(services, MODERATOR)])
  const sent = new Map<string, Submitted>()
  const as = (actor: Actor) => (then: Services) => ({ services: then, actor, site }) satisfies Ctx

  const events: Event[] = COMMENTS.flatMap((comment) => [
    {
      when: momentBefore(now, comment.sent),
      run: async (then) => void sent.set(comment.id, await send(as({ kind: 'reader' })(then), comment, sent)),
    },
    ...(comment.after ?? []).map(
      (step): Event => ({
        when: momentBefore(now, step.when),
        run: (then) =>
          'verdict' in step
            ? judge(as(step.by === 'admin' ? admin : moderator)(then), of(sent, comment.id), step)
            : change(as({ kind: 'author' })(then), of(sent, comment.id), step),
      }),
    ),
  ])
  return events.sort((a, b) => a.when.getTime() - b.when.getTime())
}

async function send(ctx: Ctx, comment: DemoComment, sent: ReadonlyMap<string, Submitted>): Promise<Submitted> {
  const { name, email, phone, isNamePublic = name !== undefined } = comment
  return submit(
    ctx,
    {
      article: { key: ARTICLE.key, url: articleUrl(ctx.services), title: ARTICLE.title },
      parent_id: comment.replyTo === undefined ? null : of(sent, comment.replyTo).comment.id,
      author: { name, email, phone },
      body: comment.body,
      consents: isNamePublic ? ['terms', 'name'] : ['terms'],
    },
    null,
  )
}

/** Decides on the comment as it stands. A demo with half its states would mislead, so anything but "done" is an error. */
async function judge(ctx: Ctx, { comment }: Submitted, step: Extract<DemoStep, { verdict: unknown }>): Promise<void> {
  const { version } = await ctx.services.store.db
    .selectFrom('comment')
    .select('version')
    .where('id', '=', comment.id)
    .executeTakeFirstOrThrow()
  const { verdict, reason, reason_text, note, reply } = step
  const [outcome] = await decide(ctx, { items: [{ comment: comment.id, version, verdict, reason, reason_text, note, reply }] }, null)
  if (outcome?.status !== 'done') throw new Error(`the demo's "${verdict}" was not done: ${outcome?.code}`)
}

async function change(ctx: Ctx, { comment, edit }: Submitted, step: Exclude<DemoStep, { verdict: unknown }>): Promise<void> {
  if ('withdrawn' in step) await withdraw(ctx, comment.id, edit.token)
  else await revise(ctx, comment.id, edit.token, { body: step.body })
}

function of(sent: ReadonlyMap<string, Submitted>, id: string): Submitted {
  const submitted = sent.get(id)
  if (!submitted) throw new Error(`the demo refers to "${id}" before it was sent`)
  return submitted
}

/** The services as they were at an earlier moment. What was decided then has long taken effect, so nothing waits. */
function at(services: Services, moment: Date): Services {
  return { ...services, now: () => new Date(moment), config: { ...services.config, undoSeconds: 0 } }
}

function momentBefore(now: Date, moment: Moment): Date {
  if ('minutesAgo' in moment) return new Date(now.getTime() - moment.minutesAgo * MINUTE_MS)
  const day = new Date(now.getTime() + ZONE_OFFSET_MS - moment.daysAgo * DAY_MS).toISOString().slice(0, 10)
  return new Date(`${day}T${moment.at}:00+07:00`)
}

async function staffActor(services: Services, member: { email: string; name: string; role: Role }): Promise<Actor> {
  const id = await findStaff(services, member.email)
  if (id === null) throw new Error(`the demo has no ${member.email}`)
  return { kind: 'staff', id, name: member.name, role: member.role }
}

async function findStaff(services: Services, email: string): Promise<string | null> {
  return (await services.store.db.selectFrom('staff').select('id').where('email', '=', email).executeTakeFirst())?.id ?? null
}

/** On the loopback address a browser may as well be pointed at "localhost". */
function originsOf(baseUrl: string): string[] {
  const { hostname, port } = new URL(baseUrl)
  return hostname === '127.0.0.1' ? [baseUrl, `http://localhost${port && `:${port}`}`] : [baseUrl]
}
