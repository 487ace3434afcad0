// The people of a site: who they are, what they may do, inviting and letting go, and links by which somebody gets back in.
import type { Role } from '../core/context.ts'
import { may } from '../core/context.ts'
import type { NewLink } from '../core/people/links.ts'
import { isConfirmed, requireConfirmed } from '../core/people/sessions.ts'
import {
  changeRole,
  givableRoles,
  invitePerson,
  issueRecovery,
  listPeople,
  type Member,
  setAccess,
  withdrawInvitation,
} from '../core/people/team.ts'
import type { AppContext } from '../http/door.ts'
import { readForm } from '../http/form.ts'
import { dateTime, fill } from '../i18n/format.ts'
import { room } from './account.tsx'
import { askToConfirm, Confirmation } from './confirm.tsx'
import { type Desk, openDesk } from './desk.ts'
import { Done, Fault, Field, faultOf, Once, RoleField, type Told } from './fields.tsx'

type Invitation = { email: string; name: string; role: string; told: Told }

/** GET /desk/:site/people */
export async function showPeople(c: AppContext): Promise<Response> {
  return people(c, await openDesk(c), null)
}

/** POST /desk/:site/people: invites somebody and shows the link, this once. */
export async function receiveInvitation(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const form = await readForm(c)
  const fields = { email: form.get('email') ?? '', name: form.get('name') ?? '', role: form.get('role') ?? '' }
  try {
    requireConfirmed(desk.ctx.services, desk.session)
    return await linkPage(c, desk, fields.email.trim(), await invitePerson(desk.ctx, fields))
  } catch (thrown) {
    return people(c, desk, { ...fields, told: faultOf(c, thrown) })
  }
}

/** POST /desk/:site/people/withdraw: takes an invitation back. */
export async function receiveWithdrawal(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const form = await readForm(c)
  await withdrawInvitation(desk.ctx, form.get('invitation') ?? '')
  return c.redirect(`${desk.base}/people?done=saved`, 303)
}

/** POST /desk/:site/people/role */
export async function receiveRole(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const form = await readForm(c)
  requireConfirmed(desk.ctx.services, desk.session)
  await changeRole(desk.ctx, form.get('person') ?? '', form.get('role') ?? '')
  return c.redirect(`${desk.base}/people?done=saved`, 303)
}

/** POST /desk/:site/people/access: disables a person on the site, or gives access back. */
export async function receiveAccess(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const form = await readForm(c)
  requireConfirmed(desk.ctx.services, desk.session)
  await setAccess(desk.ctx, form.get('person') ?? '', form.get('access') === 'on')
  return c.redirect(`${desk.base}/people?done=saved`, 303)
}

/** POST /desk/:site/people/recovery: shows a recovery link, this once. */
export async function receiveRecovery(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const form = await readForm(c)
  requireConfirmed(desk.ctx.services, desk.session)
  const id = form.get('person') ?? ''
  const link = await issueRecovery(desk.ctx, id, form.get('kind') ?? '')
  const { members } = await listPeople(desk.ctx)
  return linkPage(c, desk, members.find((member) => member.id === id)?.email ?? '', link)
}

async function people(c: AppContext, desk: Desk, refused: Invitation | null): Promise<Response> {
  const { members, invitations } = await listPeople(desk.ctx)
  const { account: words, roles } = desk.words
  const { base, ctx } = desk
  const request = await askToConfirm(desk)
  const done = c.req.query('done')
  const canManage = may(ctx, 'people.manage') && isConfirmed(ctx.services, desk.session)
  const givable = roleOf(desk) === null ? [] : givableRoles(roleOf(desk) ?? 'viewer')
  return room(
    c,
    desk,
    words.peopleTitle,
    <>
      {(done === 'saved' || done === 'confirmed') && <Done>{words[done]}</Done>}
      {may(ctx, 'people.manage') && <Confirmation c={c} desk={desk} room="people" request={request} />}
      <ul class="people">
        {members.map((member) => (
          <li class="block">
            <h2>
              <bdi>{member.name}</bdi>
            </h2>
            <p class="hint">
              <bdi>{member.email}</bdi>
            </p>
            <p>
              <span class="badge">{roles[member.role]}</span>{' '}
              {member.disabled_at !== null && <span class="badge off">{words.disabled}</span>}{' '}
              {member.id === desk.person.id && <span class="badge">{words.you}</span>}
            </p>
            <p class="hint">
              {member.last_seen_at === null ? words.neverSeen : fill(words.lastSeen, { time: dateTime(member.last_seen_at) })}
            </p>
            {canManage && member.id !== desk.person.id && givable.includes(member.role) && (
              <Management desk={desk} member={member} givable={givable} />
            )}
          </li>
        ))}
      </ul>
      {invitations.length > 0 && (
        <section class="block">
          <h2>{words.invitations}</h2>
          <ul class="lines">
            {invitations.map((each) => (
              <li>
                <p>{fill(words.invitationRow, { email: each.email, role: roles[each.role], time: dateTime(each.expires_at) })}</p>
                {may(ctx, 'people.manage') && (
                  <form method="post" action={`${base}/people/withdraw`}>
                    <input type="hidden" name="invitation" value={each.id} />
                    <button type="submit">{words.withdrawInvitation}</button>
                  </form>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
      {(canManage || refused !== null) && (
        <section class="block">
          <h2>{words.invite}</h2>
          <p class="hint">{words.inviteHint}</p>
          <Fault told={refused?.told ?? null} />
          <form method="post" action={`${base}/people`}>
            <Field
              scope="invite"
              name="email"
              type="email"
              label={words.email}
              value={refused?.email}
              autocomplete="off"
              maxlength={254}
              isFaulty={refused?.told.pointer === '/email'}
            />
            <Field
              scope="invite"
              name="name"
              label={words.name}
              value={refused?.name}
              autocomplete="off"
              maxlength={100}
              isFaulty={refused?.told.pointer === '/name'}
            />
            <RoleField
              id="invite-role"
              words={desk.words}
              roles={givable}
              chosen={(refused?.role as Role | undefined) ?? 'moderator'}
              label={words.inviteRole}
            />
            <button class="primary" type="submit">
              {words.inviteMake}
            </button>
          </form>
        </section>
      )}
    </>,
  )
}

function Management(props: { desk: Desk; member: Member; givable: readonly Role[] }) {
  const { desk, member, givable } = props
  const { account: words } = desk.words
  const person = <input type="hidden" name="person" value={member.id} />
  const kinds = [
    ['password', words.recoveryPassword],
    ['factor', words.recoveryFactor],
    ...(may(desk.ctx, 'people.recover_anew') ? ([['anew', words.recoveryAnew]] as const) : []),
  ] as const
  return (
    <details class="more">
      <summary>
        {words.manage}
        <span class="unseen">: {member.name}</span>
      </summary>
      <form method="post" action={`${desk.base}/people/role`} class="row">
        {person}
        <RoleField id={`role-${member.id}`} words={desk.words} roles={givable} chosen={member.role} label={words.inviteRole} />
        <button type="submit">{words.changeRole}</button>
      </form>
      <form method="post" action={`${desk.base}/people/recovery`} class="row">
        {person}
        <div class="field">
          <label for={`kind-${member.id}`}>{words.recovery}</label>
          <select id={`kind-${member.id}`} name="kind">
            {kinds.map(([kind, label]) => (
              <option value={kind}>{label}</option>
            ))}
          </select>
        </div>
        <button type="submit">{words.recoveryMake}</button>
      </form>
      <form method="post" action={`${desk.base}/people/access`}>
        {person}
        <input type="hidden" name="access" value={member.disabled_at === null ? 'off' : 'on'} />
        {member.disabled_at === null ? (
          <>
            <p class="hint">{words.disableHint}</p>
            <button class="confirm" type="submit">
              {words.disable}
            </button>
          </>
        ) : (
          <button type="submit">{words.enable}</button>
        )}
      </form>
    </details>
  )
}

function linkPage(c: AppContext, desk: Desk, email: string, link: NewLink): Response | Promise<Response> {
  const { account: words } = desk.words
  return room(
    c,
    desk,
    words.linkTitle,
    <section class="block">
      <p>{fill(words.linkFor, { email, time: dateTime(link.expiresAt) })}</p>
      <Once label={words.linkLabel} value={link.url} hint={words.inviteHint} back={`${desk.base}/people`} backLabel={words.backToPeople} />
    </section>,
  )
}

function roleOf(desk: Desk): Role | null {
  return 'role' in desk.ctx.actor ? desk.ctx.actor.role : null
}
