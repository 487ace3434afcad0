// The room of words: what the office points out, marks and allows, tried on the latest comments before it is kept; and which rules of
// screening are turned off. Every signal of a card leads here, to its rule.
import { AppError } from '../core/context.ts'
import { fromText, toCsv } from '../core/screening/exchange.ts'
import { EFFECTS, type Effect } from '../core/screening/rules.ts'
import { SIGNAL_CODES, type SignalCode, signal } from '../core/screening/signal.ts'
import {
  findOwnRule,
  type Lists,
  mayChange,
  readWordlist,
  SCOPES,
  type Scope,
  saveLists,
  switchRule,
  type Trial,
  tryLists,
  type Wordlist,
} from '../core/screening/wordlist.ts'
import type { AppContext } from '../http/door.ts'
import { readForm } from '../http/form.ts'
import { allowPage } from '../http/page.tsx'
import { logUnexpected, toAppError, toProblem } from '../http/problem.ts'
import { STATUS } from '../http/status.ts'
import { dateTime, fill } from '../i18n/format.ts'
import type { Desk } from './desk.ts'
import { openDesk } from './desk.ts'
import { Frame } from './parts.tsx'

/** What is in the form, what came of trying it, and what is wrong with it. */
type Draft = { lists: Lists; version: number; trial: Trial | null; faults: string[] }

/** GET /desk/:site/words, with `rule` for the one rule that a signal led to. */
export async function showWords(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  return page(c, desk, scopeOf(c.req.query('scope')), null)
}

/** GET /desk/:site/words.csv */
export async function exportWords(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  const scope = scopeOf(c.req.query('scope'))
  const { [scope]: lists } = await readWordlist(desk.ctx)
  c.header('content-type', 'text/csv; charset=utf-8')
  c.header('content-disposition', `attachment; filename="${desk.ctx.site.slug}-${scope}.csv"`)
  return c.body(toCsv(lists))
}

/** POST /desk/:site/words: takes in a pasted list, tries what is in the form, or keeps it. */
export async function receiveWords(c: AppContext): Promise<Response> {
  const form = await readForm(c)
  const desk = await openDesk(c)
  const scope = scopeOf(form.get('scope'))
  const pasted = fromText(form.get('pasted') ?? '')
  const lists = Object.fromEntries(EFFECTS.map((effect) => [effect, [...lines(form.get(effect)), ...pasted[effect]]])) as Lists
  const version = Number(form.get('version'))
  const draft: Draft = { lists, version, trial: null, faults: [] }
  try {
    if (form.get('act') === 'save') {
      await saveLists(desk.ctx, scope, { ...lists, version })
      return c.redirect(`${desk.base}/words?scope=${scope}&done=1`, 303)
    }
    return await page(c, desk, scope, { ...draft, trial: await tryLists(desk.ctx, scope, lists) })
  } catch (thrown) {
    const error = toAppError(thrown)
    if (error.code !== 'validation' && error.code !== 'rules_changed') throw error
    logUnexpected(c, error)
    const problem = toProblem(error, desk.language, c.var.requestId)
    c.status(STATUS[problem.code])
    const faults = problem.errors?.map(({ detail }) => detail) ?? [problem.detail]
    // After a clash the form is filled anew with the version that is there now, so that what was typed can be kept over it.
    const now = error.code === 'rules_changed' ? (await readWordlist(desk.ctx)).version : version
    return page(c, desk, scope, { ...draft, version: now, faults: [...new Set(faults)] })
  }
}

/** POST /desk/:site/words/switch: turns a rule off, or on again. */
export async function receiveSwitch(c: AppContext): Promise<Response> {
  const form = await readForm(c)
  const desk = await openDesk(c)
  const rule = form.get('rule') ?? ''
  await switchRule(desk.ctx, { rule, off: form.get('off') === '1' })
  return c.redirect(`${desk.base}/words?${new URLSearchParams({ rule })}`, 303)
}

/** Where a signal's rule is explained and can be turned off. */
export function ruleHref(desk: Desk, rule: string): string {
  return `${desk.base}/words?${new URLSearchParams({ rule })}`
}

async function page(c: AppContext, desk: Desk, scope: Scope, draft: Draft | null): Promise<Response> {
  const words = desk.words.screening
  const list = await readWordlist(desk.ctx)
  const rule = c.req.method === 'GET' ? c.req.query('rule') : undefined
  allowPage(c, { frameAncestors: "'none'", script: 'nonce', connect: true })
  return c.html(
    <Frame desk={desk} title={words.title}>
      <main class="words" id="main" tabindex={-1}>
        <h1>{words.title}</h1>
        {c.req.query('done') && (
          <p class="notice done" role="status">
            {words.saved}
          </p>
        )}
        {rule !== undefined && <RulePanel desk={desk} list={list} rule={rule} own={await findOwnRule(desk.ctx, rule)} />}
        <nav class="scopes" aria-label={words.scopes}>
          {SCOPES.map((each) => (
            <a href={`${desk.base}/words?scope=${each}`} aria-current={each === scope ? 'page' : undefined}>
              {words[each]}
            </a>
          ))}
        </nav>
        <ListForm desk={desk} list={list} scope={scope} draft={draft} />
        <Signals desk={desk} list={list} />
        <History desk={desk} list={list} />
      </main>
    </Frame>,
  )
}

function ListForm(props: { desk: Desk; list: Wordlist; scope: Scope; draft: Draft | null }) {
  const { desk, list, scope, draft } = props
  const words = desk.words.screening
  const isOpen = mayChange(desk.ctx, scope)
  const lists = draft?.lists ?? list[scope]
  return (
    <section aria-labelledby="lists">
      <h2 id="lists">{words[`${scope}Lists`]}</h2>
      <p class="hint">{words.listHint}</p>
      {!isOpen && <p class="hint">{words.readOnly}</p>}
      {draft !== null && draft.faults.length > 0 && (
        <div class="notice conflict" role="alert">
          <ul>
            {draft.faults.map((fault) => (
              <li>{fault}</li>
            ))}
          </ul>
        </div>
      )}
      {draft?.trial && <TrialBox desk={desk} trial={draft.trial} />}
      <form class="lists" method="post" action={`${desk.base}/words`} autocomplete="off">
        <input type="hidden" name="scope" value={scope} />
        <input type="hidden" name="version" value={String(draft?.version ?? list.version)} />
        <div class="columns">
          {EFFECTS.map((effect) => (
            <div class="field">
              <label for={`list-${effect}`}>
                {words[effect]} <span class="hint">({fill(words.entries, { n: lists[effect].length })})</span>
              </label>
              <textarea
                id={`list-${effect}`}
                name={effect}
                rows={12}
                lang="vi"
                spellcheck={false}
                readonly={!isOpen}
                aria-describedby={`hint-${effect}`}
              >
                {`\n${lists[effect].join('\n')}`}
              </textarea>
              <p class="hint" id={`hint-${effect}`}>
                {words[`${effect}Hint`]}
              </p>
            </div>
          ))}
        </div>
        {isOpen && (
          <>
            <details>
              <summary>{words.paste}</summary>
              <div class="field">
                <label for="pasted">{words.pasted}</label>
                <textarea id="pasted" name="pasted" rows={6} spellcheck={false} aria-describedby="hint-pasted"></textarea>
                <p class="hint" id="hint-pasted">
                  {words.pasteHint}
                </p>
              </div>
            </details>
            <p class="buttons">
              <button type="submit" name="act" value="try">
                {words.try}
              </button>
              <button class="primary" type="submit" name="act" value="save">
                {words.save}
              </button>
              <a href={`${desk.base}/words.csv?scope=${scope}`}>{words.export}</a>
            </p>
          </>
        )}
      </form>
      {!isOpen && (
        <p>
          <a href={`${desk.base}/words.csv?scope=${scope}`}>{words.export}</a>
        </p>
      )}
    </section>
  )
}

function TrialBox(props: { desk: Desk; trial: Trial }) {
  const { desk, trial } = props
  const words = desk.words.screening
  return (
    <div class="notice done trial" role="status">
      <p>
        <strong>{fill(words.tried, { n: trial.looked })}</strong> {fill(words.wouldHold, { n: trial.held })}{' '}
        {fill(words.wouldMark, { n: trial.marked })} {fill(words.wouldFree, { n: trial.freed })}
      </p>
      {trial.changed > trial.comments.length && <p class="hint">{fill(words.triedFirst, { n: trial.comments.length })}</p>}
      {trial.comments.length > 0 && (
        <ul>
          {trial.comments.map((comment) => (
            <li>
              <a href={`${desk.base}/comments/${comment.id}`}>{comment.receipt_code}</a>: <bdi>{comment.body_text}</bdi>{' '}
              <span class="told">
                {[...comment.gained.map((each) => `+ ${each}`), ...comment.lost.map((each) => `− ${each}`)].join(', ')}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

/** The one rule that a signal led to. */
function RulePanel(props: { desk: Desk; list: Wordlist; rule: string; own: Awaited<ReturnType<typeof findOwnRule>> }) {
  const { desk, list, rule, own } = props
  const words = desk.words.screening
  const [code = '', ...rest] = rule.split(':')
  const isCode = (SIGNAL_CODES as readonly string[]).includes(code)
  if (!isCode && own === null) throw new AppError('not_found')
  const name = own === null ? (rest.length === 0 ? desk.words.signals[code as SignalCode] : `“${rest.join(':')}”`) : `“${own.text}”`
  const source =
    own === null
      ? rest.length === 0
        ? words.ofProduct
        : fill(words.ofBuiltIn, { list: desk.words.signals[code as SignalCode] })
      : fill(words.ofOffice, { list: words[own.effect], scope: words[own.scope] })
  const isOff = list.off.includes(rule)
  return (
    <section class="rule" id="rule" aria-labelledby="rule-name">
      <h2 id="rule-name">{fill(words.ruleTitle, { name })}</h2>
      <p>{source}</p>
      <p>{isOff ? words.isOff : words.isOn}</p>
      <Switch desk={desk} rule={rule} isOff={isOff} name={name} />
    </section>
  )
}

function Switch(props: { desk: Desk; rule: string; isOff: boolean; name: string }) {
  const { desk, rule, isOff } = props
  const words = desk.words.screening
  if (!mayChange(desk.ctx, 'ward')) return null
  return (
    <form method="post" action={`${desk.base}/words/switch`}>
      <input type="hidden" name="rule" value={rule} />
      <input type="hidden" name="off" value={isOff ? '0' : '1'} />
      <button type="submit" aria-label={`${isOff ? words.turnOn : words.turnOff}: ${props.name}`}>
        {isOff ? words.turnOn : words.turnOff}
      </button>
    </form>
  )
}

/** Every signal with its weight and its switch, and single rules that are turned off. */
function Signals(props: { desk: Desk; list: Wordlist }) {
  const { desk, list } = props
  const words = desk.words.screening
  const single = list.off.filter((rule) => !(SIGNAL_CODES as readonly string[]).includes(rule))
  return (
    <section aria-labelledby="signals">
      <h2 id="signals">{words.signals}</h2>
      <p class="hint">{words.signalsHint}</p>
      {single.length > 0 && (
        <ul class="off">
          {single.map((rule) => (
            <li>
              <a href={ruleHref(desk, rule)}>{rule}</a> <Switch desk={desk} rule={rule} isOff name={rule} />
            </li>
          ))}
        </ul>
      )}
      <table>
        <thead>
          <tr>
            <th scope="col">{words.signal}</th>
            <th scope="col">{words.weight}</th>
            <th scope="col">{words.state}</th>
          </tr>
        </thead>
        <tbody>
          {SIGNAL_CODES.map((code) => (
            <tr id={`s-${code}`}>
              <th scope="row">{desk.words.signals[code]}</th>
              <td class="number">{signal(code).weight}</td>
              <td>
                <span>{list.off.includes(code) ? words.off : words.on}</span>{' '}
                <Switch desk={desk} rule={code} isOff={list.off.includes(code)} name={desk.words.signals[code]} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function History(props: { desk: Desk; list: Wordlist }) {
  const { desk, list } = props
  const words = desk.words.screening
  if (list.changes.length === 0) return null
  return (
    <section class="history" aria-labelledby="changes">
      <h2 id="changes">{words.changes}</h2>
      <ol>
        {list.changes.map(({ at, by, scope, changes }) => (
          <li>
            <p>{fill(desk.words.desk.historyRow, { time: dateTime(at), name: by, act: words[scope] })}</p>
            {(
              [
                ...EFFECTS.map((effect) => [`${words.added} (${words[effect]})`, textsOf(changes.added, effect)] as const),
                ...EFFECTS.map((effect) => [`${words.removed} (${words[effect]})`, textsOf(changes.removed, effect)] as const),
                [words.turnOff, changes.off],
                [words.turnOn, changes.on],
              ] as const
            ).map(([label, entries]) => entries && entries.length > 0 && <p class="detail">{`${label}: ${named(entries)}`}</p>)}
          </li>
        ))}
      </ol>
    </section>
  )
}

function textsOf(entries: Wordlist['changes'][number]['changes']['added'], wanted: Effect): string[] {
  return (entries ?? []).flatMap(({ text, effect }) => (effect === wanted ? [text] : []))
}

/** Entries named in one line; more are told by their number. */
const MAX_NAMED = 12
function named(entries: readonly string[]): string {
  const more = entries.length - MAX_NAMED
  return `${entries.slice(0, MAX_NAMED).join(', ')}${more > 0 ? ` … (+${more})` : ''}`
}

function lines(text: string | undefined): string[] {
  return (text ?? '').split(/\r\n|[\r\n]/).filter((line) => line.trim() !== '')
}

function scopeOf(name: string | undefined): Scope {
  return SCOPES.find((scope) => scope === name) ?? 'ward'
}
