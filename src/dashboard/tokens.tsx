// The tokens of a site's programs: which there are and when each was last used, making one, and making one worthless.
import type { Role } from '../core/context.ts'
import { isConfirmed, requireConfirmed } from '../core/people/sessions.ts'
import { givableRoles } from '../core/people/team.ts'
import { addToken, listTokens, revokeToken } from '../core/people/tokens.ts'
import type { AppContext } from '../http/door.ts'
import { readForm } from '../http/form.ts'
import { date, dateTime, fill } from '../i18n/format.ts'
import { room } from './account.tsx'
import { askToConfirm, Confirmation } from './confirm.tsx'
import { type Desk, openDesk } from './desk.ts'
import { Done, Fault, Field, faultOf, Once, RoleField, type Told } from './fields.tsx'

/** GET /desk/:site/tokens */
export async function showTokens(c: AppContext): Promise<Response> {
  return tokens(c, await openDesk(c), null)
}

/** POST /desk/:site/tokens: makes one and shows it, this once. */
export async function receiveToken(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const form = await readForm(c)
  const fields = { name: form.get('name') ?? '', role: form.get('role') ?? '' }
  const words = desk.words.account
  try {
    requireConfirmed(desk.ctx.services, desk.session)
    const token = await addToken(desk.ctx, fields)
    return await room(
      c,
      desk,
      words.tokens,
      <section class="block">
        <Once
          label={fill(words.tokenShown, { name: fields.name })}
          value={token}
          hint={words.tokenOnce}
          back={`${desk.base}/tokens`}
          backLabel={words.backToTokens}
        />
      </section>,
    )
  } catch (thrown) {
    return tokens(c, desk, { ...fields, told: faultOf(c, thrown) })
  }
}

/** POST /desk/:site/tokens/revoke */
export async function receiveTokenRevocation(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const form = await readForm(c)
  await revokeToken(desk.ctx, form.get('token') ?? '')
  return c.redirect(`${desk.base}/tokens?done=revoked`, 303)
}

async function tokens(c: AppContext, desk: Desk, refused: { name: string; role: string; told: Told } | null): Promise<Response> {
  const rows = await listTokens(desk.ctx)
  const { account: words, roles } = desk.words
  const role: Role = 'role' in desk.ctx.actor ? desk.ctx.actor.role : 'viewer'
  const givable = givableRoles(role)
  const request = await askToConfirm(desk)
  const done = c.req.query('done')
  return room(
    c,
    desk,
    words.tokens,
    <>
      {done === 'revoked' && <Done>{words.tokenRevoked}</Done>}
      {done === 'confirmed' && <Done>{words.confirmed}</Done>}
      <p class="lead">{words.tokensHint}</p>
      <Confirmation c={c} desk={desk} room="tokens" request={request} />
      {rows.length === 0 && <p class="empty">{words.tokenNone}</p>}
      <ul class="people">
        {rows.map((row) => (
          <li class="block">
            <h2>
              <bdi>{row.name}</bdi>
            </h2>
            <p>
              <span class="badge">{roles[row.role]}</span>
            </p>
            <p class="hint">
              {fill(words.tokenMade, { date: date(row.created_at) })} ·{' '}
              {row.last_used_at === null ? words.tokenUnused : fill(words.tokenUsed, { time: dateTime(row.last_used_at) })}
            </p>
            {givable.includes(row.role) && (
              <form method="post" action={`${desk.base}/tokens/revoke`}>
                <input type="hidden" name="token" value={row.id} />
                <button type="submit">
                  {words.tokenRevoke}
                  <span class="unseen">: {row.name}</span>
                </button>
              </form>
            )}
          </li>
        ))}
      </ul>
      {(isConfirmed(desk.ctx.services, desk.session) || refused !== null) && (
        <section class="block">
          <h2>{words.tokenAdd}</h2>
          <Fault told={refused?.told ?? null} />
          <form method="post" action={`${desk.base}/tokens`}>
            <Field
              name="name"
              label={words.tokenName}
              value={refused?.name}
              autocomplete="off"
              maxlength={100}
              isFaulty={refused?.told.pointer === '/name'}
            />
            <RoleField
              id="token-role"
              words={desk.words}
              roles={givable}
              chosen={(refused?.role as Role | undefined) ?? 'viewer'}
              label={words.inviteRole}
            />
            <button class="primary" type="submit">
              {words.tokenMake}
            </button>
          </form>
        </section>
      )}
    </>,
  )
}
