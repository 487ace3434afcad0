// The page of prepared replies: each with its form and how it reads when filled, and a form for a new one.
import { addCanned, type Canned, changeCanned, fillCanned, MERGE_FIELDS, readCanned, removeCanned } from '../../core/canned.ts'
import { allow } from '../../core/context.ts'
import type { AppContext } from '../../http/door.ts'
import { readForm } from '../../http/form.ts'
import { type Problem, toAppError } from '../../http/problem.ts'
import { date, fill } from '../../i18n/format.ts'
import { type Desk, openDesk } from '../desk.ts'
import { answerSettings, problemOf } from './room.tsx'

/** What was typed into one form: that of a reply by its id, or the new one's under the empty id. */
type Draft = { id: string; name: string; body: string; version: number; problem: Problem | null; isPreview: boolean }

/** GET /desk/:site/settings/canned */
export async function showCanned(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  allow(desk.ctx, 'canned.manage')
  return cannedPage(c, desk, null)
}

/** POST /desk/:site/settings/canned: writes, changes, removes, or only shows how it reads. */
export async function receiveCanned(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const form = await readForm(c)
  allow(desk.ctx, 'canned.manage')
  const id = form.get('id') ?? ''
  const typed = { name: form.get('name') ?? '', body: (form.get('body') ?? '').replaceAll('\r\n', '\n') }
  const draft: Draft = { id, ...typed, version: Number(form.get('version')) || 1, problem: null, isPreview: form.get('act') === 'preview' }
  if (draft.isPreview) return cannedPage(c, desk, draft)
  try {
    if (form.get('act') === 'remove') await removeCanned(desk.ctx, id)
    else if (id === '') await addCanned(desk.ctx, typed)
    else await changeCanned(desk.ctx, id, { version: draft.version, ...typed })
    return c.redirect(`${desk.base}/settings/canned?saved`, 303)
  } catch (thrown) {
    const error = toAppError(thrown)
    if (error.code !== 'validation' && error.code !== 'conflict') throw thrown
    const stands = error.code === 'conflict' ? (await readCanned(desk.ctx)).find((each) => each.id === id) : undefined
    return cannedPage(c, desk, { ...draft, version: stands?.version ?? draft.version, problem: problemOf(c, desk, error) })
  }
}

async function cannedPage(c: AppContext, desk: Desk, draft: Draft | null): Promise<Response> {
  const words = desk.words.settings
  const all = await readCanned(desk.ctx)
  const fields = Object.values(MERGE_FIELDS).map((names) => `{${names[desk.language]}}`)
  return answerSettings(c, desk, {
    title: words.canned,
    problem: draft?.problem ?? null,
    notice: c.req.query('saved') === undefined ? undefined : words.saved,
    content: (
      <>
        <p class="lead">
          {words.cannedFields}{' '}
          {fields.map((field) => (
            <>
              <code>{field}</code>{' '}
            </>
          ))}
        </p>
        {all.map((canned) => (
          <details class="group version" open={draft?.id === canned.id}>
            <summary>
              <h2>{canned.name}</h2>
            </summary>
            <CannedForm desk={desk} canned={canned} draft={draft?.id === canned.id ? draft : null} />
          </details>
        ))}
        <section class="group">
          <h2>{words.cannedAdd}</h2>
          <CannedForm desk={desk} canned={null} draft={draft?.id === '' ? draft : null} />
        </section>
      </>
    ),
  })
}

function CannedForm({ desk, canned, draft }: { desk: Desk; canned: Canned | null; draft: Draft | null }) {
  const words = desk.words.settings
  const key = canned?.id ?? 'new'
  const shown = draft ?? {
    name: canned?.name ?? '',
    body: canned?.body ?? '',
    version: canned?.version ?? 1,
    problem: null,
    isPreview: false,
  }
  const fault = shown.problem?.detail
  const pointer = shown.problem?.errors?.[0]?.pointer
  const isWrong = (field: string) => (pointer === `/${field}` ? 'true' : undefined)
  return (
    <form class="fields" method="post" action={`${desk.base}/settings/canned`} autocomplete="off">
      {canned && <input type="hidden" name="id" value={canned.id} />}
      <input type="hidden" name="version" value={String(shown.version)} />
      {fault && (
        <p class="fault wide" id={`e-${key}`} role="alert">
          {fault}
        </p>
      )}
      <div class="field wide">
        <label for={`name-${key}`}>{words.cannedName}</label>
        <input
          id={`name-${key}`}
          name="name"
          value={shown.name}
          required
          maxlength={100}
          lang="vi"
          aria-invalid={isWrong('name')}
          aria-describedby={isWrong('name') && `e-${key}`}
        />
      </div>
      <div class="field wide">
        <label for={`body-${key}`}>{words.cannedBody}</label>
        <textarea
          id={`body-${key}`}
          name="body"
          rows={6}
          required
          maxlength={10_000}
          lang="vi"
          aria-invalid={isWrong('body')}
          aria-describedby={isWrong('body') && `e-${key}`}
        >
          {`\n${shown.body}`}
        </textarea>
      </div>
      {shown.isPreview && (
        <div class="wide preview" role="status">
          <p class="hint">{words.cannedPreviewOf}</p>
          <div class="body">{fillCanned(shown.body, sample(desk))}</div>
        </div>
      )}
      <div class="wide save">
        <button class="primary" type="submit" name="act" value="save">
          {words.save}
        </button>
        <button type="submit" name="act" value="preview">
          {words.cannedPreview}
        </button>
        {canned && (
          <button
            class="confirm"
            type="submit"
            name="act"
            value="remove"
            formnovalidate
            aria-label={fill(words.originRemoveLabel, { origin: canned.name })}
          >
            {words.originRemove}
          </button>
        )}
      </div>
    </form>
  )
}

function sample(desk: Desk) {
  const words = desk.words.settings
  const { site, services } = desk.ctx
  return {
    name: words.sampleName,
    article: words.sampleArticle,
    code: 'ABCD-1234',
    agency: site.settings.agency ?? site.name,
    date: date(services.now().toISOString()),
  }
}
