// The log: who did what, in words, narrowed by a plain form whose fields are the page's address; and the file to take along.
import { LOG_FORMATS, type LogEntry, LogQuery, readActors, readLog } from '../core/archive/log.ts'
import { AppError, allow, may } from '../core/context.ts'
import { COMMAND_LINE } from '../core/record.ts'
import type { AppContext } from '../http/door.ts'
import { readForm } from '../http/form.ts'
import { allowPage } from '../http/page.tsx'
import { sendRecord } from '../http/record.ts'
import { dateTime, fill } from '../i18n/format.ts'
import { type Desk, doerOf, openDesk } from './desk.ts'
import { Frame } from './parts.tsx'

/** Characters of one value of a change that are shown; the file holds it whole. */
const MAX_VALUE = 160

/** GET /desk/:site/log */
export async function showLog(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const query = queryOf((name) => c.req.query(name))
  const [page, actors] = await Promise.all([readLog(desk.ctx, query), readActors(desk.ctx)])
  const { record: words } = desk.words
  allowPage(c, { frameAncestors: "'none'", script: 'nonce', connect: true })
  return c.html(
    <Frame desk={desk} title={words.title}>
      <main class="log" id="main" tabindex={-1}>
        <h1>{words.title}</h1>
        <p class="lead">{words.lead}</p>
        <LogFilters desk={desk} query={query} actors={actors} />
        {page.items.length === 0 ? (
          <p class="empty">{words.empty}</p>
        ) : (
          <ol class="acts">
            {page.items.map((entry) => (
              <li>
                <Entry desk={desk} entry={entry} query={query} />
              </li>
            ))}
          </ol>
        )}
        <nav class="pages" aria-label={words.title}>
          {query.after && <a href={logHref(desk, { ...query, after: undefined })}>{words.newest}</a>}
          {page.next && <a href={logHref(desk, { ...query, after: page.next })}>{words.older}</a>}
        </nav>
        {may(desk.ctx, 'record.export') && <Export desk={desk} query={query} />}
      </main>
    </Frame>,
  )
}

/** POST /desk/:site/log/export */
export async function sendLog(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  allow(desk.ctx, 'record.export')
  const fields = await readForm(c)
  const format = LOG_FORMATS.find((each) => each === fields.get('format'))
  if (!format) throw new AppError('bad_request')
  return sendRecord(c, desk.ctx, { ...queryOf((name) => fields.get(name)), after: undefined }, format)
}

const FIELDS = ['who', 'what', 'subject', 'from', 'to', 'place', 'after'] as const

function queryOf(field: (name: string) => string | undefined): LogQuery {
  return LogQuery.parse(Object.fromEntries(FIELDS.flatMap((name) => (field(name) ? [[name, field(name)?.trim()]] : []))))
}

function logFields(query: LogQuery): [string, string][] {
  return FIELDS.flatMap((name): [string, string][] => {
    const value = query[name]
    return value === undefined || (name === 'place' && value === 'site') ? [] : [[name, value]]
  })
}

function logHref(desk: Desk, query: LogQuery): string {
  return `${desk.base}/log?${new URLSearchParams(logFields(query))}`
}

function LogFilters(props: { desk: Desk; query: LogQuery; actors: { id: string; name: string }[] }) {
  const { desk, query } = props
  const { record: words, desk: common } = desk.words
  const isSystem = 'role' in desk.ctx.actor && desk.ctx.actor.role === 'system'
  return (
    <search>
      <form class="filters" method="get" action={`${desk.base}/log`}>
        <div class="choices">
          <div class="field">
            <label for="who">{words.who}</label>
            <select id="who" name="who">
              <option value="">{words.anybody}</option>
              {props.actors.map(({ id, name }) => (
                <option value={id} selected={id === query.who}>
                  {name}
                </option>
              ))}
            </select>
          </div>
          <div class="field">
            <label for="what">{words.what}</label>
            <select id="what" name="what">
              <option value="">{words.anything}</option>
              {Object.entries(desk.words.acts).map(([action, text]) => (
                <option value={action} selected={action === query.what}>
                  {text}
                </option>
              ))}
            </select>
          </div>
          <div class="field">
            <label for="subject">{words.subject}</label>
            <input id="subject" name="subject" value={query.subject ?? ''} maxlength={254} />
          </div>
          <div class="field">
            <label for="from">{common.fromLabel}</label>
            <input id="from" type="date" name="from" value={query.from ?? ''} />
          </div>
          <div class="field">
            <label for="to">{common.toLabel}</label>
            <input id="to" type="date" name="to" value={query.to ?? ''} />
          </div>
          {isSystem && (
            <div class="field">
              <label for="place">{words.place}</label>
              <select id="place" name="place">
                <option value="site">{desk.ctx.site.name}</option>
                <option value="installation" selected={query.place === 'installation'}>
                  {words.installation}
                </option>
              </select>
            </div>
          )}
        </div>
        <div class="find">
          <button type="submit">{common.filterGo}</button>
          {logFields(query).length > 0 && (
            <a class="clear" href={`${desk.base}/log`}>
              {common.filterClear}
            </a>
          )}
        </div>
      </form>
    </search>
  )
}

function Entry(props: { desk: Desk; entry: LogEntry; query: LogQuery }) {
  const { desk, entry, query } = props
  const { record: words } = desk.words
  const { kind, id } = entry.subject
  return (
    <article>
      <p class="act">
        <time datetime={entry.at}>{dateTime(entry.at)}</time>
        <strong>
          <bdi>{whoOf(desk, entry.by)}</bdi>
        </strong>
        <span>{sentenceOf(desk, entry.action)}</span>
        {kind === 'comment' && (
          <a href={`${desk.base}/comments/${id}`}>
            {words.openComment} <code>{id.slice(-6)}</code>
          </a>
        )}
        {query.subject !== id && (
          <a class="only" href={logHref(desk, { ...query, subject: id, after: undefined })}>
            {words.onlyThis}
          </a>
        )}
        <span class="place" title={entry.sequence === null ? words.unlinked : fill(words.linked, { n: entry.sequence })}>
          {entry.sequence === null ? '…' : `#${entry.sequence}`}
        </span>
      </p>
      <Changes desk={desk} detail={entry.detail} />
    </article>
  )
}

/** Who did it. A duty of the program has a name that only operators know: it is the system. */
function whoOf(desk: Desk, by: LogEntry['by']): string {
  if (by.kind === 'system' && by.name !== COMMAND_LINE.name) return desk.words.record.system
  return by.name === null ? desk.words.record.citizen : doerOf(desk, by.name)
}

/** An act in words; one that no sentence tells yet by its code. */
function sentenceOf({ words }: Desk, action: string): string {
  const sentences: Record<string, string> = words.acts
  return sentences[action] ?? fill(words.record.otherAct, { code: action })
}

/** What an act says of itself: what was before and after where it says so, else each part by its name. */
function Changes(props: { desk: Desk; detail: Record<string, unknown> }) {
  const { before, after, state_before, state_after, ...others } = props.detail
  const { words } = props.desk
  const [was, is] = [parts(before, after), parts(after, before)]
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])]
  const states: Record<string, string> = words.states
  const rows: { name: string; before?: string; after: string }[] = [
    ...names.map((name) => ({
      name: labelOf(props.desk, name),
      before: spoken(props.desk, name, was[name]),
      after: spoken(props.desk, name, is[name]),
    })),
    ...(typeof state_after === 'string' || typeof state_before === 'string'
      ? [
          {
            name: words.record.state,
            ...(typeof state_before === 'string' ? { before: states[state_before] ?? state_before } : {}),
            after: states[String(state_after)] ?? '–',
          },
        ]
      : []),
    ...Object.entries(others)
      .filter(([, value]) => value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0) && !isId(value))
      .map(([name, value]) => ({ name: labelOf(props.desk, name), after: spoken(props.desk, name, value) })),
  ]
  if (rows.length === 0) return null
  return (
    <dl class="changes">
      {rows.map((row) => (
        <div>
          <dt>{row.name}</dt>
          <dd>
            {row.before !== undefined && (
              <>
                <del>{row.before}</del> → <span class="unseen">{words.record.becomes} </span>
              </>
            )}
            <ins>{row.after}</ins>
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** One side of a change by its parts: something added or removed has none on the other side. */
function parts(side: unknown, other: unknown): Record<string, unknown> {
  const hasParts = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)
  if (side === undefined || (side === null && hasParts(other))) return {}
  return hasParts(side) ? (side as Record<string, unknown>) : { value: side }
}

/** Ids tell a person nothing; the file has them. */
function isId(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value)
}

/** A part by its name; a setting by what its field is called, a key by what it does. */
function labelOf({ words }: Desk, name: string): string {
  const labels: Record<string, string> = words.actParts
  const fields: Record<string, string> = words.settings
  const keys: Record<string, string> = words.desk
  return labels[name] ?? fields[`f_${name}`] ?? keys[`key_${name}`] ?? name
}

function spoken({ words }: Desk, name: string, value: unknown): string {
  const known: Record<string, Record<string, string>> = {
    reason: words.reasons,
    role: words.roles,
    state: { ...words.states, open: words.settings.articleOpen, closed: words.settings.articleClosed },
    verdict: words.desk,
    kind: { email: words.item.email, phone: words.item.phone, network: words.abuse.by_network, reader: words.abuse.by_reader },
  }
  if (typeof value === 'boolean') return value ? words.record.yes : words.record.no
  if (typeof value !== 'string') return shown(value)
  return known[name]?.[value] ?? (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value) ? dateTime(value) : shown(value))
}

function shown(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–'
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > MAX_VALUE ? `${text.slice(0, MAX_VALUE)}…` : text
}

function Export(props: { desk: Desk; query: LogQuery }) {
  const { record: words } = props.desk.words
  return (
    <form class="take" method="post" action={`${props.desk.base}/log/export`}>
      {logFields({ ...props.query, after: undefined }).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <p>{words.exportHint}</p>
      {LOG_FORMATS.map((format) => (
        <button type="submit" name="format" value={format}>
          {words[format]}
        </button>
      ))}
    </form>
  )
}
