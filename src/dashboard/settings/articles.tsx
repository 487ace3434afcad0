// The pages of articles: the list with its search, one article's opening, message and further names, and joining it to another.
import {
  type ArticleDetail,
  type ArticleRow,
  addAlias,
  addArticle,
  changeArticle,
  mergeArticles,
  readArticle,
  readArticles,
  removeAlias,
} from '../../core/articles.ts'
import { AppError, allow } from '../../core/context.ts'
import type { AppContext } from '../../http/door.ts'
import { readForm } from '../../http/form.ts'
import { safeHref } from '../../http/page.tsx'
import { type Problem, toAppError } from '../../http/problem.ts'
import { fill } from '../../i18n/format.ts'
import { type Desk, openDesk } from '../desk.ts'
import { answerSettings, faultsOf, LastChange, problemOf, Trouble } from './room.tsx'

const PAGE_LENGTH = 25
/** Articles offered to join another to: a clerk who does not see it there searches more narrowly. */
const CANDIDATES = 10
const VIETNAM_MS = 7 * 3_600_000

type Query = { q?: string | undefined; state?: 'open' | 'closed' | undefined; after?: string | undefined }

/** GET /desk/:site/articles */
export async function showArticles(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  allow(desk.ctx, 'thread.manage')
  return articlesPage(c, desk, { name: '', title: '', problem: null })
}

/** POST /desk/:site/articles: makes an article before its first opinion. */
export async function receiveArticle(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const form = await readForm(c)
  const draft = { name: form.get('name') ?? '', title: form.get('title') ?? '' }
  try {
    const { id } = await addArticle(desk.ctx, draft)
    return c.redirect(`${desk.base}/articles/${id}?saved`, 303)
  } catch (thrown) {
    const error = toAppError(thrown)
    if (error.code !== 'alias_taken' && error.code !== 'validation') throw thrown
    return articlesPage(c, desk, { ...draft, problem: problemOf(c, desk, error) })
  }
}

async function articlesPage(c: AppContext, desk: Desk, draft: { name: string; title: string; problem: Problem | null }): Promise<Response> {
  const words = desk.words.settings
  const state = c.req.query('state')
  const query: Query = {
    q: c.req.query('q') || undefined,
    state: state === 'open' || state === 'closed' ? state : undefined,
    after: c.req.query('after') || undefined,
  }
  const { articles, next } = await readArticles(desk.ctx, { ...query, limit: PAGE_LENGTH })
  const href = (more: Record<string, string>) =>
    `${desk.base}/articles?${new URLSearchParams({ ...(query.q ? { q: query.q } : {}), ...(query.state ? { state: query.state } : {}), ...more })}`
  return answerSettings(c, desk, {
    title: words.articles,
    problem: draft.problem,
    content: (
      <>
        <p class="lead">{words.articlesAbout}</p>
        <search>
          <form class="filters find" method="get" action={`${desk.base}/articles`}>
            <label for="q">{words.articleSearch}</label>
            <input id="q" type="search" name="q" value={query.q ?? ''} maxlength={200} />
            <select name="state" aria-label={desk.words.desk.stateLabel}>
              <option value="">{words.articleAny}</option>
              <option value="open" selected={query.state === 'open'}>
                {words.articleOpen}
              </option>
              <option value="closed" selected={query.state === 'closed'}>
                {words.articleClosed}
              </option>
            </select>
            <button type="submit">{desk.words.desk.searchGo}</button>
          </form>
        </search>
        {articles.length === 0 && <p class="empty">{next ? desk.words.desk.searchOn : words.articleNone}</p>}
        <ul class="rows">
          {articles.map((article) => (
            <li>
              <Name desk={desk} article={article} href={`${desk.base}/articles/${article.id}`} />
              <span class="state">{article.state === 'open' ? words.articleOpen : words.articleClosed}</span>
            </li>
          ))}
        </ul>
        {next && (
          <nav class="pages" aria-label={words.articles}>
            <a href={href({ after: next })}>{desk.words.desk.more}</a>
          </nav>
        )}
        <section class="group">
          <h2>{words.articleAdd}</h2>
          <p class="hint">{words.articleAddHint}</p>
          <form class="fields" method="post" action={`${desk.base}/articles`}>
            <Text name="name" label={words.articleName} value={draft.name} fault={draft.problem?.detail} isRequired />
            <Text name="title" label={words.articleTitle} value={draft.title} />
            <div class="wide">
              <button type="submit">{words.articleAdd}</button>
            </div>
          </form>
        </section>
      </>
    ),
  })
}

function Name({ desk, article, href }: { desk: Desk; article: ArticleRow; href: string | null }) {
  const words = desk.words.settings
  const title = article.title || article.url || article.key
  return (
    <span class="name">
      {href === null ? <strong>{title}</strong> : <a href={href}>{title}</a>}
      <span class="hint">
        {article.key} · {fill(words.articleCount, { n: article.count })}
      </span>
    </span>
  )
}

type Typed = { state: string; closes_at: string; opens_at: string; message: string; title: string }

/** GET /desk/:site/articles/:id */
export async function showArticle(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  allow(desk.ctx, 'thread.manage')
  const article = await readArticle(desk.ctx, c.req.param('id') ?? '')
  const notice =
    c.req.query('saved') !== undefined
      ? desk.words.settings.saved
      : c.req.query('joined') !== undefined
        ? desk.words.settings.articleJoined
        : undefined
  return articlePage(c, desk, article, { typed: typedOf(article), faults: new Set(), problem: null, notice })
}

/** POST /desk/:site/articles/:id: the opening, the message and the title. */
export async function receiveArticleChange(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const form = await readForm(c)
  const id = c.req.param('id') ?? ''
  const typed = Object.fromEntries(
    ['state', 'closes_at', 'opens_at', 'message', 'title'].map((name) => [name, (form.get(name) ?? '').replaceAll('\r\n', '\n')]),
  ) as Typed
  try {
    await changeArticle(desk.ctx, id, {
      ...typed,
      version: Number(form.get('version')),
      closes_at: timeOf(typed.closes_at),
      opens_at: timeOf(typed.opens_at),
    })
    return c.redirect(`${desk.base}/articles/${id}?saved`, 303)
  } catch (thrown) {
    const error = toAppError(thrown)
    if (error.code !== 'conflict' && error.code !== 'validation') throw thrown
    const article = await readArticle(desk.ctx, id)
    const version = error.code === 'conflict' ? article.version : Number(form.get('version'))
    return articlePage(c, desk, { ...article, version }, { typed, faults: faultsOf(error), problem: problemOf(c, desk, error) })
  }
}

/** POST /desk/:site/articles/:id/names: a further key or address, given or taken away. */
export async function receiveArticleName(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const form = await readForm(c)
  const id = c.req.param('id') ?? ''
  const name = form.get('name') ?? ''
  try {
    await (form.get('act') === 'remove' ? removeAlias(desk.ctx, id, name) : addAlias(desk.ctx, id, { name }))
    return c.redirect(`${desk.base}/articles/${id}?saved`, 303)
  } catch (thrown) {
    const error = toAppError(thrown)
    if (error.code !== 'alias_taken' && error.code !== 'validation') throw thrown
    const article = await readArticle(desk.ctx, id)
    return articlePage(c, desk, article, { typed: typedOf(article), faults: new Set(['name']), problem: problemOf(c, desk, error), name })
  }
}

type Draft = { typed: Typed; faults: ReadonlySet<string>; problem: Problem | null; name?: string; notice?: string | undefined }

function articlePage(c: AppContext, desk: Desk, article: ArticleDetail, draft: Draft): Response | Promise<Response> {
  const words = desk.words.settings
  const { typed, faults, problem } = draft
  const path = `${desk.base}/articles/${article.id}`
  const href = safeHref(article.url)
  const aliases = article.aliases.filter(({ kind }) => kind !== 'former')
  return answerSettings(c, desk, {
    title: article.title || article.url || article.key,
    problem,
    notice: draft.notice,
    content: (
      <>
        <p class="lead">
          {article.key} · {fill(words.articleCount, { n: article.count })} ·{' '}
          <a href={`${desk.base}/queue?${new URLSearchParams({ article: article.id })}`}>{words.articleQueue}</a>
          {href && (
            <>
              {' '}
              ·{' '}
              <a href={href} rel="noopener noreferrer" target="_blank">
                {words.articlePage}
                <span class="unseen"> ({desk.words.desk.newTab})</span>
              </a>
            </>
          )}
        </p>
        {problem && !faults.has('name') && (
          <Trouble>
            <p>{problem.code === 'conflict' ? problem.detail : words.wrong}</p>
            {problem.code === 'conflict' && (
              <p>
                {fill(words.articleStands, {
                  state: article.state === 'open' ? words.articleOpen : words.articleClosed,
                  message: article.message ?? words.emptyValue,
                })}
              </p>
            )}
          </Trouble>
        )}
        <section class="group">
          <h2>{words.articleOpening}</h2>
          <LastChange desk={desk} edit={article.changed} />
          <form class="fields" method="post" action={path}>
            <input type="hidden" name="version" value={String(article.version)} />
            <fieldset class="options wide">
              <legend>{words.articleState}</legend>
              <div class="row">
                {(['open', 'closed'] as const).map((state) => (
                  <label class="option">
                    <input type="radio" name="state" value={state} checked={typed.state === state} />{' '}
                    <span>{state === 'open' ? words.articleOpen : words.articleClosed}</span>
                  </label>
                ))}
              </div>
            </fieldset>
            {(['closes_at', 'opens_at'] as const).map((name) => (
              <div class="field">
                <label for={`f-${name}`}>{name === 'closes_at' ? words.articleClosesAt : words.articleOpensAt}</label>
                <input
                  id={`f-${name}`}
                  name={name}
                  type="datetime-local"
                  value={typed[name]}
                  aria-invalid={faults.has(name) ? 'true' : undefined}
                  aria-describedby={faults.has(name) ? `h-${name} e-${name}` : `h-${name}`}
                />
                <p class="hint" id={`h-${name}`}>
                  {words.articleTimeHint}
                </p>
                {faults.has(name) && (
                  <p class="fault" id={`e-${name}`}>
                    {words.articleTimeFault}
                  </p>
                )}
              </div>
            ))}
            <div class="field wide">
              <label for="f-message">{words.articleMessage}</label>
              <textarea id="f-message" name="message" rows={3} maxlength={1_000} lang="vi" aria-describedby="h-message">
                {`\n${typed.message}`}
              </textarea>
              <p class="hint" id="h-message">
                {words.articleMessageHint}
              </p>
            </div>
            <Text name="title" label={words.articleTitle} value={typed.title} isWide />
            <div class="wide">
              <button class="primary" type="submit">
                {words.save}
              </button>
            </div>
          </form>
        </section>

        <section class="group">
          <h2>{words.articleNames}</h2>
          <p class="hint">{words.articleNamesHint}</p>
          <ul class="names">
            {aliases.map(({ key }) => (
              <li>
                <code>{key}</code>
                <form method="post" action={`${path}/names`}>
                  <input type="hidden" name="name" value={key} />
                  <button class="small" type="submit" name="act" value="remove" aria-label={fill(words.originRemoveLabel, { origin: key })}>
                    {words.originRemove}
                  </button>
                </form>
              </li>
            ))}
          </ul>
          <form class="fields" method="post" action={`${path}/names`}>
            <Text
              name="name"
              label={words.articleName}
              value={draft.name ?? ''}
              fault={faults.has('name') ? problem?.detail : undefined}
              isRequired
              isWide
            />
            <div class="wide">
              <button type="submit">{words.articleNameAdd}</button>
            </div>
          </form>
        </section>

        <section class="group">
          <h2>{words.articleJoin}</h2>
          <p class="hint">{words.articleJoinHint}</p>
          <p>
            <a href={`${path}/merge`}>{words.articleJoinChoose}</a>
          </p>
        </section>
      </>
    ),
  })
}

/** GET /desk/:site/articles/:id/merge: which article to join this one to, then whether really. */
export async function showMerge(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  allow(desk.ctx, 'thread.manage')
  const words = desk.words.settings
  const article = await readArticle(desk.ctx, c.req.param('id') ?? '')
  const path = `${desk.base}/articles/${article.id}`
  const chosen = c.req.query('into')
  if (chosen !== undefined) {
    const into = await readArticle(desk.ctx, chosen)
    return answerSettings(c, desk, {
      title: words.articleJoin,
      content: (
        <>
          <Trouble>
            <p>{fill(words.articleJoinAsk, { from: article.title || article.key, into: into.title || into.key, n: article.count })}</p>
          </Trouble>
          <form class="save" method="post" action={`${path}/merge`}>
            <input type="hidden" name="into" value={into.id} />
            <a href={path}>{words.cancel}</a>
            <button class="confirm" type="submit">
              {words.articleJoinGo}
            </button>
          </form>
        </>
      ),
    })
  }
  const q = c.req.query('q') || undefined
  const { articles } = await readArticles(desk.ctx, { q, limit: CANDIDATES + 1 })
  const others = articles.filter(({ id }) => id !== article.id).slice(0, CANDIDATES)
  return answerSettings(c, desk, {
    title: words.articleJoin,
    content: (
      <>
        <p class="lead">{fill(words.articleJoinWhich, { from: article.title || article.key })}</p>
        <search>
          <form class="filters find" method="get" action={`${path}/merge`}>
            <label for="q">{words.articleSearch}</label>
            <input id="q" type="search" name="q" value={q ?? ''} maxlength={200} />
            <button type="submit">{desk.words.desk.searchGo}</button>
          </form>
        </search>
        {others.length === 0 && <p class="empty">{words.articleNone}</p>}
        <ul class="rows">
          {others.map((other) => (
            <li>
              <Name desk={desk} article={other} href={null} />
              <a href={`${path}/merge?${new URLSearchParams({ into: other.id })}`}>{words.articleJoinHere}</a>
            </li>
          ))}
        </ul>
        <p class="back">
          <a href={path}>{words.cancel}</a>
        </p>
      </>
    ),
  })
}

/** POST /desk/:site/articles/:id/merge */
export async function receiveMerge(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const form = await readForm(c)
  const joined = await mergeArticles(desk.ctx, c.req.param('id') ?? '', { into: form.get('into') ?? '' })
  return c.redirect(`${desk.base}/articles/${joined.id}?joined`, 303)
}

function Text(props: { name: string; label: string; value: string; fault?: string | undefined; isRequired?: boolean; isWide?: boolean }) {
  const { name, fault } = props
  return (
    <div class={props.isWide ? 'field wide' : 'field'}>
      <label for={`f-${name}`}>{props.label}</label>
      <input
        id={`f-${name}`}
        name={name}
        value={props.value}
        required={props.isRequired}
        aria-invalid={fault ? 'true' : undefined}
        aria-describedby={fault ? `e-${name}` : undefined}
      />
      {fault && (
        <p class="fault" id={`e-${name}`} role="alert">
          {fault}
        </p>
      )}
    </div>
  )
}

function typedOf(article: ArticleDetail): Typed {
  return {
    state: article.state,
    closes_at: localOf(article.closes_at),
    opens_at: localOf(article.opens_at),
    message: article.message ?? '',
    title: article.title,
  }
}

/** A time as a browser's control for date and time has it, in Vietnam. */
function localOf(iso: string | null): string {
  return iso === null ? '' : new Date(Date.parse(iso) + VIETNAM_MS).toISOString().slice(0, 16)
}

/** What such a control holds as a time; null when it is empty. Throws `validation` for what is none. */
function timeOf(local: string): string | null {
  if (local.trim() === '') return null
  const at = new Date(`${local.trim().slice(0, 16)}:00+07:00`)
  if (Number.isNaN(at.getTime())) throw new AppError('validation', { faults: [{ pointer: '/closes_at', code: 'setting_invalid' }] })
  return at.toISOString()
}
