// The room of bans: who may not write for a time, by what they are told and why; adding one, also from a comment's page, and lifting it.
import { addBan, BAN_DAYS, BAN_KINDS, type BanKind, type BanView, bannableBy, liftBan, readBans } from '../core/abuse/ban.ts'
import { may } from '../core/context.ts'
import type { AppContext } from '../http/door.ts'
import { readForm } from '../http/form.ts'
import { allowPage } from '../http/page.tsx'
import { logUnexpected, type Problem, toAppError, toProblem } from '../http/problem.ts'
import { STATUS } from '../http/status.ts'
import { dateTime, fill } from '../i18n/format.ts'
import { type Desk, openDesk } from './desk.ts'
import { Frame } from './parts.tsx'

type Fields = ReadonlyMap<string, string>

/** GET /desk/:site/bans */
export async function showBans(c: AppContext): Promise<Response> {
  return bansPage(c, await openDesk(c), { kept: new Map(), problem: null })
}

/** POST /desk/:site/bans: bans the sender of a comment or a contact; leads to the list. */
export async function receiveBan(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const kept = await readForm(c)
  const field = (name: string) => kept.get(name) || undefined
  // One control chooses what somebody is told by and for how long: not every time is open to every kind.
  const [kind, days] = (field('span') ?? '').split(' ')
  try {
    await addBan(desk.ctx, { kind, days, reason: kept.get('reason') ?? '', comment: field('comment'), contact: field('contact') })
  } catch (error) {
    const known = toAppError(error)
    if (known.code === 'forbidden' || known.code === 'not_found') throw known
    logUnexpected(c, known)
    return bansPage(c, desk, { kept, problem: toProblem(known, desk.language, c.var.requestId) })
  }
  return c.redirect(`${desk.base}/bans?done=added`, 303)
}

/** POST /desk/:site/bans/:id/lift */
export async function receiveLift(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  await liftBan(desk.ctx, c.req.param('id') ?? '')
  return c.redirect(`${desk.base}/bans?done=lifted`, 303)
}

/** Banning the sender of a comment, on its page; nothing for whoever may not. */
export async function BanPanel(props: { desk: Desk; commentId: string }) {
  const { desk, commentId } = props
  const words = desk.words.abuse
  if (!may(desk.ctx, 'ban.manage')) return null
  const kinds = await bannableBy(desk.ctx, commentId)
  return (
    <details class="ban">
      <summary>{words.banSender}</summary>
      {kinds.length === 0 ? (
        <p class="hint">{words.nothingToTellBy}</p>
      ) : (
        <BanForm desk={desk} kinds={kinds} kept={new Map([['comment', commentId]])} problem={null} />
      )}
    </details>
  )
}

async function bansPage(c: AppContext, desk: Desk, draft: { kept: Fields; problem: Problem | null }): Promise<Response> {
  const { bans, next } = await readBans(desk.ctx, c.req.query('after') ?? null)
  const words = desk.words.abuse
  const done = c.req.query('done')
  const fromComment = draft.kept.get('comment')
  const kinds = fromComment ? await bannableBy(desk.ctx, fromComment) : (['email', 'phone'] as const)
  allowPage(c, { frameAncestors: "'none'", script: 'nonce', connect: true })
  return c.html(
    <Frame desk={desk} title={words.bans}>
      <main class="bans" id="main" tabindex={-1}>
        <h1>{words.bans}</h1>
        <p>{words.bansHint}</p>
        {(done === 'added' || done === 'lifted') && draft.problem === null && (
          <p class="notice done" role="status">
            {done === 'added' ? words.banAdded : words.banLifted}
          </p>
        )}
        {draft.problem && (
          <p class="notice conflict" role="alert">
            {draft.problem.detail}
          </p>
        )}
        <section class="block">
          <h2>{fromComment ? words.banSender : words.banContact}</h2>
          <BanForm desk={desk} kinds={kinds} kept={draft.kept} problem={draft.problem} />
        </section>
        <section class="block">
          <h2>{words.banList}</h2>
          {bans.length === 0 ? (
            <p class="empty">{words.noBans}</p>
          ) : (
            <ul class="ban-list">
              {bans.map((ban) => (
                <BanRow desk={desk} ban={ban} />
              ))}
            </ul>
          )}
          {next !== null && (
            <p class="pages">
              <a href={`${desk.base}/bans?after=${next}`}>{desk.words.desk.more}</a>
            </p>
          )}
        </section>
      </main>
    </Frame>,
    draft.problem ? STATUS[draft.problem.code] : 200,
  )
}

function BanForm(props: { desk: Desk; kinds: readonly BanKind[]; kept: Fields; problem: Problem | null }) {
  const { desk, kinds, kept } = props
  const words = desk.words.abuse
  const comment = kept.get('comment')
  const fault = (pointer: string) => props.problem?.errors?.some((error) => error.pointer === pointer)
  const spans = BAN_KINDS.filter((kind) => kinds.includes(kind)).flatMap((kind) => BAN_DAYS[kind].map((days) => ({ kind, days })))
  return (
    <form class="ban-form" method="post" action={`${desk.base}/bans`}>
      {comment ? (
        <input type="hidden" name="comment" value={comment} />
      ) : (
        <p>
          <label for="ban-contact">{words.contact}</label>
          <input
            id="ban-contact"
            name="contact"
            required
            autocomplete="off"
            value={kept.get('contact') ?? ''}
            aria-invalid={fault('/contact') ? 'true' : undefined}
          />
        </p>
      )}
      <p>
        <label for="ban-span">{words.banSpan}</label>
        <select id="ban-span" name="span" required aria-describedby={kinds.includes('network') ? 'ban-network' : undefined}>
          {spans.map(({ kind, days }) => (
            <option value={`${kind} ${days}`} selected={kept.get('span') === `${kind} ${days}`}>
              {fill(words.banSpanOption, { kind: words[`by_${kind}`], n: days })}
            </option>
          ))}
        </select>
      </p>
      {kinds.includes('network') && (
        <p class="hint" id="ban-network">
          {words.networkHint}
        </p>
      )}
      <p>
        <label for="ban-reason">{words.banReason}</label>
        <input
          id="ban-reason"
          name="reason"
          required
          maxlength={200}
          autocomplete="off"
          value={kept.get('reason') ?? ''}
          aria-invalid={fault('/reason') ? 'true' : undefined}
        />
      </p>
      <p>
        <button type="submit">{words.ban}</button>
      </p>
    </form>
  )
}

function BanRow(props: { desk: Desk; ban: BanView }) {
  const { desk, ban } = props
  const words = desk.words.abuse
  const isOver = ban.until <= desk.ctx.services.now().toISOString()
  const state = ban.lifted
    ? fill(words.liftedBy, { name: ban.lifted.by, time: dateTime(ban.lifted.at) })
    : fill(isOver ? words.banOver : words.banUntil, { time: dateTime(ban.until) })
  return (
    <li class={ban.lifted || isOver ? 'over' : undefined}>
      <p>
        <strong>{words[`by_${ban.kind}`]}</strong> – <bdi>{ban.reason}</bdi>
      </p>
      <p class="detail">
        {state} · {fill(words.banMade, { name: ban.by, time: dateTime(ban.since) })}
        {ban.comment && (
          <>
            {' · '}
            <a href={`${desk.base}/comments/${ban.comment.id}`}>{fill(words.banFrom, { code: ban.comment.code })}</a>
          </>
        )}
      </p>
      {!ban.lifted && !isOver && (
        <form method="post" action={`${desk.base}/bans/${ban.id}/lift`}>
          <button class="plain" type="submit">
            {words.lift}
            <span class="unseen">
              : {words[`by_${ban.kind}`]}, {ban.reason}
            </span>
          </button>
        </form>
      )}
    </li>
  )
}
