// The page on which an official reply is written at length: a prepared reply can be put in and changed before it is published.
import { fillCanned, readCanned } from '../core/canned.ts'
import { allow } from '../core/context.ts'
import { readItem } from '../core/moderation/queue.ts'
import type { AppContext } from '../http/door.ts'
import { readForm } from '../http/form.ts'
import { allowPage } from '../http/page.tsx'
import { date, fill } from '../i18n/format.ts'
import { JudgedText } from './card.tsx'
import { authorOf, openDesk, placeFields, placeOf } from './desk.ts'
import { Frame } from './parts.tsx'

/** POST /desk/:site/comments/:id/reply: shows the page with what was written so far; nothing is kept. */
export async function composeReply(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  allow(desk.ctx, 'reply.publish')
  const form = await readForm(c)
  const item = await readItem(desk.ctx, c.req.param('id') ?? '')
  const { words } = desk
  const all = await readCanned(desk.ctx)
  const chosen = all.find(({ id }) => id === form.get('canned'))
  const written = (form.get('reply') ?? '').replaceAll('\r\n', '\n')
  const { site } = desk.ctx
  const filled =
    chosen &&
    fillCanned(chosen.body, {
      // The public name only: what is published must not tell a name its owner did not agree to publish.
      name: item.author.name ?? words.reader.anonymous,
      article: item.article.title || item.article.url || item.article.key,
      code: item.receipt_code,
      agency: site.settings.agency ?? site.name,
      date: date(item.created_at),
    })
  const text = [written.trimEnd(), filled].filter(Boolean).join('\n\n')
  const isBeside = item.legal_verdicts.includes('approve')
  const carried = {
    comment: item.id,
    version: form.get('version') ?? String(item.version),
    request_key: desk.ctx.services.newId(),
    ...placeFields(placeOf((name) => form.get(name))),
  }
  const title = fill(words.reader.replyTo, { name: authorOf(desk, item) })
  allowPage(c, { frameAncestors: "'none'", script: 'nonce', connect: true })
  return c.html(
    <Frame desk={desk} title={title}>
      <main class="settings" id="main" tabindex={-1}>
        <p class="back">
          <a href={`${desk.base}/comments/${item.id}`}>{words.desk.open}</a>
        </p>
        <h1>{title}</h1>
        <section class="group">
          <JudgedText text={item.body_text} signals={item.signals} words={words} />
        </section>
        <form class="group compose" method="post" action={`${desk.base}/decisions`} autocomplete="off">
          {Object.entries(carried).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <div class="find">
            <label for="canned">{words.settings.cannedChoose}</label>
            <select id="canned" name="canned">
              <option value="">{words.settings.cannedNone}</option>
              {all.map(({ id, name }) => (
                <option value={id}>{name}</option>
              ))}
            </select>
            <button type="submit" formaction={`${desk.base}/comments/${item.id}/reply`} formnovalidate>
              {words.settings.cannedInsert}
            </button>
          </div>
          <div class="field">
            <label for="reply">{words.reader.official}</label>
            <textarea id="reply" name="reply" rows={12} required lang="vi">
              {`\n${text}`}
            </textarea>
          </div>
          <div class="field">
            <label for="signer">{words.desk.signerTitle}</label>
            <input id="signer" name="signer_title" required maxlength={200} lang="vi" value={form.get('signer_title') ?? ''} />
          </div>
          <button class="primary" type="submit" name="verdict" value={isBeside ? 'approve' : 'reply'}>
            {isBeside ? words.desk.approveAndReply : words.desk.replyGo}
          </button>
        </form>
      </main>
    </Frame>,
  )
}
