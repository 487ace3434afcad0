// The people of a site: who works there in which role, inviting them, changing or ending what they may do, and the links by which
// somebody gets back in. What the command line does only inserts, looking up by name inside the statement, so that it can also be
// printed for D1. Not for: what people do with their own account (signin.ts, sessions.ts).
import { z } from 'zod'
import type { Services } from '../../services.ts'
import { type Compilable, conflictOn } from '../../storage/store.ts'
import { AppError, allow, type Ctx, faulty, ROLES, type Role } from '../context.ts'
import { audited, COMMAND_LINE, commit, recorded } from '../record.ts'
import { type NewLink, newLink, type RecoveryKind, spendLink } from './links.ts'
import { auditedAccount, endSessionsOf } from './sessions.ts'

const Email = z
  .email()
  .max(254)
  .transform((email) => email.toLowerCase())
const Invitation = z.object({ email: Email, site: z.string().min(1), role: z.enum(ROLES), name: z.string().trim().max(100).optional() })

/** People of a site on one page: more than any ward has. */
const MAX_PEOPLE = 500

export type Member = {
  id: string
  name: string
  email: string
  role: Role
  disabled_at: string | null
  joined_at: string
  last_seen_at: string | null
}
export type OpenInvitation = { id: string; email: string; role: Role; expires_at: string }

/** Invites a person to a role on a site, for the command line. The batch fails on `invitation_names_site` when there is no such site. */
export function invite(services: Services, raw: z.input<typeof Invitation>): { link: NewLink; statements: Compilable[] } {
  const input = Invitation.parse(raw)
  const link = newLink(services, { kind: 'invitation', email: input.email, siteSlug: input.site, role: input.role })
  const { db } = services.store
  return {
    link,
    statements: [
      personNamed(services, input.email, input.name),
      ...link.statements,
      recorded(services, db.selectFrom('site').select('id').where('slug', '=', input.site).$asScalar(), COMMAND_LINE, {
        action: 'staff.invite',
        subject: { kind: 'email', id: input.email },
        detail: { role: input.role },
      }),
    ],
  }
}

/** A recovery link for a person, for the command line. The batch fails on `staff_id` when there is no such person. */
export function recover(services: Services, { email, kind }: { email: string; kind: RecoveryKind }): NewLink {
  const address = Email.parse(email)
  const link = newLink(services, { kind, email: address })
  const audit = recorded(services, null, COMMAND_LINE, {
    action: 'recovery.issue',
    subject: { kind: 'email', id: address },
    detail: { kind },
  })
  return { ...link, statements: [...link.statements, audit] }
}

/** The roles that this role may give and take: nobody makes somebody who may do more than they may. */
export function givableRoles(role: Role): readonly Role[] {
  if (role === 'system') return ROLES
  return role === 'admin' ? ROLES.filter((each) => each !== 'system') : []
}

/** Who works on the site, by name, and who was invited and has not come yet. */
export async function listPeople(ctx: Ctx): Promise<{ members: Member[]; invitations: OpenInvitation[] }> {
  allow(ctx, 'people.read')
  const { db } = ctx.services.store
  const members = await db
    .selectFrom('staff_role')
    .innerJoin('staff', 'staff.id', 'staff_role.staff_id')
    .select((pick) => [
      'staff.id',
      'staff.name',
      'staff.email',
      'staff_role.role',
      'staff_role.disabled_at',
      'staff_role.created_at as joined_at',
      pick
        .selectFrom('session')
        .select('session.last_seen_at')
        .whereRef('session.staff_id', '=', 'staff.id')
        .orderBy('session.created_at', 'desc')
        .limit(1)
        .as('last_seen_at'),
    ])
    .where('staff_role.site_id', '=', ctx.site.id)
    .where('staff.disabled_at', 'is', null)
    .orderBy('staff.name')
    .limit(MAX_PEOPLE)
    .execute()
  const links = await db
    .selectFrom('signin_link')
    .innerJoin('staff', 'staff.id', 'signin_link.staff_id')
    .leftJoin('spent', 'spent.key', 'signin_link.token_hash')
    .select(['signin_link.token_hash as id', 'staff.email', 'signin_link.role', 'signin_link.expires_at', 'spent.spent_at'])
    .where('signin_link.site_id', '=', ctx.site.id)
    .where('signin_link.expires_at', '>', ctx.services.now().toISOString())
    .orderBy('signin_link.expires_at', 'desc')
    .limit(MAX_PEOPLE)
    .execute()
  return {
    members: members.map((member) => ({ ...member, role: member.role as Role })),
    invitations: links.flatMap(({ spent_at, role, ...link }) =>
      spent_at === null && role !== null ? [{ ...link, role: role as Role }] : [],
    ),
  }
}

/** Invites somebody to a role on the site; the link is to be handed over in private. Throws `validation`, `already_member`, `forbidden`. */
export async function invitePerson(ctx: Ctx, raw: { email: string; name: string; role: string }): Promise<NewLink> {
  allow(ctx, 'people.manage')
  const { data: email } = Email.safeParse(raw.email.trim())
  if (email === undefined) throw faulty('email_invalid', '/email')
  if (raw.name.length > 100 || /\p{C}/u.test(raw.name)) throw faulty('name_invalid', '/name')
  const role = givable(ctx, raw.role)
  const { db } = ctx.services.store
  const member = await db
    .selectFrom('staff')
    .innerJoin('staff_role', 'staff_role.staff_id', 'staff.id')
    .select('staff.id')
    .where('staff.email', '=', email)
    .where('staff_role.site_id', '=', ctx.site.id)
    .executeTakeFirst()
  if (member) throw faulty('already_member', '/email')
  const link = newLink(ctx.services, { kind: 'invitation', email, siteSlug: ctx.site.slug, role })
  await commit(ctx, [
    personNamed(ctx.services, email, raw.name),
    ...link.statements,
    // The address is the subject until there is a person who answers to it.
    audited(ctx, 'staff.invite', { kind: 'email', id: email }, { role }),
  ])
  return link
}

/** Takes an invitation back. Throws `not_found` for one of another site, and for one that was used. */
export async function withdrawInvitation(ctx: Ctx, id: string): Promise<void> {
  allow(ctx, 'people.manage')
  const link = await ctx.services.store.db
    .selectFrom('signin_link')
    .select(['staff_id', 'role'])
    .where('token_hash', '=', id)
    .where('site_id', '=', ctx.site.id)
    .where((where) => where.not(where.exists(where.selectFrom('spent').select('key').where('key', '=', id))))
    .executeTakeFirst()
  if (!link) throw new AppError('not_found')
  try {
    await commit(ctx, [
      spendLink(ctx.services, id),
      audited(ctx, 'staff.uninvite', { kind: 'staff', id: link.staff_id }, { role: link.role }),
    ])
  } catch (error) {
    if (conflictOn(error, 'spent.key')) throw new AppError('not_found', { cause: error })
    throw error
  }
}

/** Gives a person another role on the site; what they may do changes with their next request. Throws `own_access`, `forbidden`, `not_found`. */
export async function changeRole(ctx: Ctx, staffId: string, raw: string): Promise<void> {
  allow(ctx, 'people.manage')
  const role = givable(ctx, raw)
  const member = await memberOf(ctx, staffId)
  await commit(ctx, [
    roleRow(ctx, staffId).set({ role }),
    audited(ctx, 'staff.role', { kind: 'staff', id: staffId }, { before: member.role, after: role }),
  ])
}

/** Ends or gives back a person's access to the site. Ending it ends all of their sessions at once. Throws as {@link changeRole}. */
export async function setAccess(ctx: Ctx, staffId: string, isAllowed: boolean): Promise<void> {
  allow(ctx, 'people.manage')
  await memberOf(ctx, staffId)
  const disabled_at = isAllowed ? null : ctx.services.now().toISOString()
  await commit(ctx, [
    roleRow(ctx, staffId).set({ disabled_at }),
    ...(isAllowed ? [] : [endSessionsOf(ctx.services, staffId)]),
    audited(ctx, isAllowed ? 'staff.enable' : 'staff.disable', { kind: 'staff', id: staffId }),
  ])
}

/**
 * A link by which a person of the site gets back in. `password` and `factor` each ask for the other of the two, so that neither whoever
 * issues it nor whoever finds it gets in; `anew` asks for none, and is for system administrators, and persons of this site alone.
 * Throws as {@link changeRole}.
 */
export async function issueRecovery(ctx: Ctx, staffId: string, raw: string): Promise<NewLink> {
  const kind = raw === 'password' || raw === 'factor' || raw === 'anew' ? raw : null
  allow(ctx, kind === 'anew' ? 'people.recover_anew' : 'people.manage')
  if (kind === null) throw faulty('validation', '/kind')
  const member = await memberOf(ctx, staffId)
  if (kind === 'anew') {
    const elsewhere = await ctx.services.store.db
      .selectFrom('staff_role')
      .select('site_id')
      .where('staff_id', '=', staffId)
      .where('site_id', '!=', ctx.site.id)
      .executeTakeFirst()
    if (elsewhere) throw new AppError('forbidden')
  }
  const link = newLink(ctx.services, { kind, email: member.email })
  await commit(ctx, [...link.statements, audited(ctx, 'recovery.issue', { kind: 'staff', id: staffId }, { kind })])
  return link
}

/** Disables an account on every site and ends its sessions, for the command line. Throws `not_found`. */
export async function disableAccount(services: Services, raw: string): Promise<void> {
  const email = Email.parse(raw)
  const { db } = services.store
  const staff = await db.selectFrom('staff').select(['id', 'name']).where('email', '=', email).executeTakeFirst()
  if (!staff) throw new AppError('not_found')
  await services.store.batch([
    db.updateTable('staff').set({ disabled_at: services.now().toISOString() }).where('id', '=', staff.id),
    endSessionsOf(services, staff.id),
    auditedAccount(services, staff, 'staff.disable', {}, COMMAND_LINE),
  ])
}

/** A person of the site whose access this actor may change. */
async function memberOf(ctx: Ctx, staffId: string): Promise<{ email: string; role: Role }> {
  const row = await ctx.services.store.db
    .selectFrom('staff_role')
    .innerJoin('staff', 'staff.id', 'staff_role.staff_id')
    .select(['staff.email', 'staff_role.role'])
    .where('staff_role.staff_id', '=', staffId)
    .where('staff_role.site_id', '=', ctx.site.id)
    .where('staff.disabled_at', 'is', null)
    .executeTakeFirst()
  if (!row) throw new AppError('not_found')
  if ('id' in ctx.actor && ctx.actor.id === staffId) throw new AppError('own_access')
  givable(ctx, row.role)
  return { email: row.email, role: row.role as Role }
}

/** The role, if this actor may give it. Throws `validation` for none, `forbidden` for one above. */
export function givable(ctx: Ctx, raw: string): Role {
  const role = ROLES.find((each) => each === raw)
  if (!role) throw faulty('validation', '/role')
  if (!('role' in ctx.actor) || !givableRoles(ctx.actor.role).includes(role)) throw new AppError('forbidden')
  return role
}

function roleRow(ctx: Ctx, staffId: string) {
  return ctx.services.store.db.updateTable('staff_role').where('staff_id', '=', staffId).where('site_id', '=', ctx.site.id)
}

/** A person with this address, where there is none yet. Until they say it themselves their name is as invited, or the address. */
function personNamed(services: Services, email: string, name: string | undefined): Compilable {
  return services.store.db
    .insertInto('staff')
    .values({
      id: services.newId(),
      email,
      name: name?.trim() || email,
      password_hash: null,
      language: null,
      disabled_at: null,
      created_at: services.now().toISOString(),
    })
    .onConflict((conflict) => conflict.column('email').doNothing())
}
