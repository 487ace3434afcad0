// The page of the quick lane: the opinions one press approves, all of them shown whole, and one undo.

import { AppError, allow } from '../core/context.ts'
import { readRequest } from '../core/moderation/bulk.ts'
import { approveQuick, QUICK_PAGE, readQuick } from '../core/moderation/quick.ts'
import type { AppContext } from '../http/door.ts'
import { readForm } from '../http/form.ts'
import { allowPage } from '../http/page.tsx'
import { fill } from '../i18n/format.ts'
import { Card } from './card.tsx'
import { leftMs } from './decisions.ts'
import { openDesk } from './desk.ts'
import { Frame } from './parts.tsx'

const PLACE = { state: 'pending' } as const
const KEY = /^[\w-]{8,64}$/

/** GET /desk/:site/quick */
export async function showQuick(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const words = desk.words.settings
  const { items, next } = await readQuick(desk.ctx, c.req.query('after'))
  const { quick_lane: isOn, quick_published: published } = desk.ctx.site.settings
  const key = c.req.query('done') ?? ''
  const decided = KEY.test(key) ? await readRequest(desk.ctx, key) : []
  const left = Number(c.req.query('left') ?? 0)
  const isUndoable = leftMs(desk, decided[0]?.undo_until ?? null) > 0
  allowPage(c, { frameAncestors: "'none'", script: 'nonce', connect: true })
  return c.html(
    <Frame desk={desk} title={words.quick}>
      <main class="settings" id="main" tabindex={-1}>
        <h1>{words.quick}</h1>
        <p class="lead">{fill(words.quickRule, { n: published })}</p>
        {c.req.query('done') !== undefined && (
          <div class={`notice ${left > 0 ? 'conflict' : 'done'}`} role="status">
            <p>
              {fill(words.quickDone, { n: decided.length })} {left > 0 && fill(words.quickLeft, { n: left })}
            </p>
            {isUndoable && (
              <form method="post" action={`${desk.base}/bulk/undo`}>
                <input type="hidden" name="request_key" value={key} />
                <input type="hidden" name="state" value="pending" />
                <button type="submit">{desk.words.desk.undo}</button>
              </form>
            )}
          </div>
        )}
        {items.length === 0 && <p class="empty">{isOn ? (next ? desk.words.desk.searchOn : words.quickNone) : words.quickOff}</p>}
        <div class="cards">
          {items.map((item) => (
            <Card desk={desk} item={item} place={PLACE} />
          ))}
        </div>
        {items.length > 0 && (
          <form class="save press" method="post" action={`${desk.base}/quick`}>
            <input type="hidden" name="request_key" value={desk.ctx.services.newId()} />
            {items.map((item, index) => (
              <input type="hidden" name={`item-${index}`} value={`${item.id} ${item.version}`} />
            ))}
            <button class="approve" type="submit">
              {fill(words.quickGo, { n: items.length })}
            </button>
          </form>
        )}
        {next && (
          <nav class="pages" aria-label={words.quick}>
            <a href={`${desk.base}/quick?${new URLSearchParams({ after: next })}`}>{desk.words.desk.more}</a>
          </nav>
        )}
      </main>
    </Frame>,
  )
}

/** POST /desk/:site/quick */
export async function receiveQuick(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  allow(desk.ctx, 'comment.decide')
  const form = await readForm(c)
  const key = form.get('request_key') ?? ''
  if (!KEY.test(key)) throw new AppError('idempotency_key_invalid')
  const items = Array.from({ length: QUICK_PAGE }, (_, index) => form.get(`item-${index}`)).flatMap((shown) => {
    const [comment = '', version = ''] = shown?.split(' ') ?? []
    return comment === '' ? [] : [{ comment, version: Number(version) }]
  })
  const { left } = await approveQuick(desk.ctx, { items }, key)
  return c.redirect(`${desk.base}/quick?${new URLSearchParams({ done: key, ...(left > 0 ? { left: String(left) } : {}) })}`, 303)
}
