// The room of practice: a prepared case, the choice of the clerk beside that of an experienced one with the reasoning, and the score.
// It reads and writes nothing of the site: a round is in the address and in the form.
import type { Child } from 'hono/jsx'
import { AppError, allow } from '../../core/context.ts'
import type { AppContext } from '../../http/door.ts'
import { readForm } from '../../http/form.ts'
import { allowPage } from '../../http/page.tsx'
import { fill } from '../../i18n/format.ts'
import type { Strings } from '../../i18n/index.ts'
import { JudgedText } from '../card.tsx'
import { type Desk, openDesk } from '../desk.ts'
import { Fault } from '../fields.tsx'
import { Frame } from '../parts.tsx'
import { CASES, type Case, CHOICES, type Choice } from './cases.ts'
import { choiceOf, type Judgement, judge, judged, nextCase, type Round, readRound, roundFields } from './round.ts'

const FRESH: Round = { cases: CASES, answers: new Map() }

/** GET /desk/:site/practice: the case that `case` names; without it the score of what was answered, or the way in. */
export async function showPractice(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  allow(desk.ctx, 'queue.read')
  const round = readRound((name) => c.req.query(name))
  if (round === null) return refuseRound(c, desk)
  const id = c.req.query('case')
  if (id !== undefined) return page(c, desk, <CasePage desk={desk} round={round} one={caseOf(round, id)} fault={null} />)
  return page(c, desk, round.answers.size > 0 ? <Score desk={desk} round={round} /> : <WayIn desk={desk} fault={null} />)
}

/** POST /desk/:site/practice: leads to the same case with the choice in the address. */
export async function receiveChoice(c: AppContext): Promise<Response> {
  const desk = await openDesk(c)
  allow(desk.ctx, 'queue.read')
  const form = await readForm(c)
  const round = readRound((name) => form.get(name))
  if (round === null) return refuseRound(c, desk)
  const one = caseOf(round, form.get('case') ?? '')
  const choice = choiceOf(form.get('choice'))
  if (choice === undefined) {
    c.status(422)
    return page(c, desk, <CasePage desk={desk} round={round} one={one} fault={desk.words.practice.choose} />)
  }
  const answered = { ...round, answers: new Map([...round.answers, [one.id, choice]]) }
  return c.redirect(`${href(desk, answered, one)}#result`, 303)
}

function refuseRound(c: AppContext, desk: Desk): Promise<Response> {
  c.status(422)
  return page(c, desk, <WayIn desk={desk} fault={desk.words.practice.unreadable} />)
}

/** Throws `not_found` for a case that the round has not. */
function caseOf(round: Round, id: string): Case {
  const one = round.cases.find((each) => each.id === id)
  if (!one) throw new AppError('not_found')
  return one
}

function href(desk: Desk, round: Round, one: Case | null): string {
  const fields = { ...(one && { case: one.id }), ...roundFields(round) }
  return `${desk.base}/practice?${new URLSearchParams(fields)}`
}

/** A choice as its button on the real desk says it. */
function choiceName(words: Strings, choice: Choice): string {
  return choice === 'reply' ? words.desk.approveAndReply : words.desk[choice]
}

function authorName(words: Strings, one: Case): string {
  return one.author ?? words.reader.anonymous
}

async function page(c: AppContext, desk: Desk, content: Child): Promise<Response> {
  const words = desk.words.practice
  allowPage(c, { frameAncestors: "'none'", script: 'nonce', connect: true })
  return c.html(
    <Frame desk={desk} title={words.title}>
      <main class="practice" id="main" tabindex={-1}>
        <p class="unreal">
          <strong>{words.band}</strong> {words.unreal}
        </p>
        {content}
      </main>
    </Frame>,
  )
}

function WayIn({ desk, fault }: { desk: Desk; fault: string | null }) {
  const words = desk.words.practice
  return (
    <>
      <h1>{words.title}</h1>
      <Fault told={fault === null ? null : { text: fault, pointer: null }} />
      <p>{fill(words.lead, { n: CASES.length })}</p>
      <p class="hint">
        {words.language} {words.progress}
      </p>
      <p class="pages">
        <a href={href(desk, FRESH, nextCase(FRESH))}>{words.start}</a>
      </p>
    </>
  )
}

function CasePage(props: { desk: Desk; round: Round; one: Case; fault: string | null }) {
  const { desk, round, one, fault } = props
  const words = desk.words.practice
  const choice = round.answers.get(one.id)
  return (
    <>
      <h1>{fill(words.case, { n: round.cases.indexOf(one) + 1, total: round.cases.length })}</h1>
      <Fault told={fault === null ? null : { text: fault, pointer: null }} />
      <article class="exercise" aria-labelledby="author">
        <h2 class="author" id="author">
          <span class="unseen">{words.opinion} </span>
          <bdi lang="vi">{authorName(desk.words, one)}</bdi>
        </h2>
        <p class="about">
          {desk.words.reader.article}: <span lang="vi">{one.article}</span>
        </p>
        <div lang="vi">
          <JudgedText text={one.text} signals={[]} masks={choice === undefined ? [] : masksOf(one)} words={desk.words} />
        </div>
        {one.context && (
          <p class="context" lang="vi">
            {one.context}
          </p>
        )}
      </article>
      {choice === undefined ? (
        <form method="post" action={`${desk.base}/practice`}>
          <input type="hidden" name="case" value={one.id} />
          {Object.entries(roundFields(round)).map(([name, value]) => (
            <input type="hidden" name={name} value={value} />
          ))}
          <fieldset class="actions">
            <legend>{words.question}</legend>
            {CHOICES.map((each) => (
              <button type="submit" name="choice" value={each}>
                {choiceName(desk.words, each)}
              </button>
            ))}
          </fieldset>
        </form>
      ) : (
        <Answer desk={desk} round={round} one={one} choice={choice} />
      )}
      {choice === undefined && round.answers.size > 0 && (
        <p class="back">
          <a href={href(desk, round, null)}>{words.stop}</a>
        </p>
      )}
    </>
  )
}

/** Where each part that readers do not get stands in the text. */
function masksOf(one: Case): [number, number][] {
  return (one.hides ?? []).map((part) => {
    const start = one.text.indexOf(part)
    return [start, start + part.length]
  })
}

/** The choice beside that of an experienced clerk. The address leads the focus here. */
function Answer(props: { desk: Desk; round: Round; one: Case; choice: Choice }) {
  const { desk, round, one, choice } = props
  const words = desk.words.practice
  const next = nextCase(round, one.id)
  const judgement = judge(one, choice)
  const name = (each: Choice) => choiceName(desk.words, each)
  return (
    <section class={`answer ${judgement}`} id="result" tabindex={-1} aria-labelledby="judgement">
      <h2 id="judgement">{words[judgement]}</h2>
      <dl>
        <dt>{words.yours}</dt>
        <dd>{name(choice)}</dd>
        <dt>{words.expert}</dt>
        <dd>
          <strong>{name(one.best)}</strong>
        </dd>
        {one.others.length > 0 && (
          <>
            <dt>{words.others}</dt>
            <dd>{one.others.map(name).join('; ')}</dd>
          </>
        )}
        {one.reason !== null && (
          <>
            <dt>{words.reason}</dt>
            <dd>{desk.words.reasons[one.reason]}</dd>
          </>
        )}
        {one.hides && (
          <>
            <dt>{words.hides}</dt>
            <dd lang="vi">{one.hides.map((part) => `“${part}”`).join('; ')}</dd>
          </>
        )}
      </dl>
      <h3>{words.signs}</h3>
      <ul lang="vi">
        {one.signs.map((sign) => (
          <li>{sign}</li>
        ))}
      </ul>
      <h3>{words.why}</h3>
      <p lang="vi">{one.why}</p>
      <p class="pages">
        <a href={href(desk, round, next)}>{next === null ? words.finish : words.next}</a>
        {next !== null && <a href={href(desk, round, null)}>{words.stop}</a>}
      </p>
    </section>
  )
}

function Score({ desk, round }: { desk: Desk; round: Round }) {
  const words = desk.words.practice
  const answers = judged(round)
  const count = (judgement: Judgement) => answers.filter((answer) => answer.judgement === judgement).length
  const missed = answers.filter(({ judgement }) => judgement === 'wrong').map(({ one }) => one)
  const next = nextCase(round)
  const repeated = { cases: missed, answers: new Map() }
  return (
    <>
      <h1>{words.score}</h1>
      <p class="score">
        {fill(words.scoreLine, {
          done: answers.length,
          total: round.cases.length,
          right: count('right'),
          acceptable: count('acceptable'),
          wrong: count('wrong'),
        })}
      </p>
      <p class="pages">
        {next !== null && <a href={href(desk, round, next)}>{words.goOn}</a>}
        {missed.length > 0 && <a href={href(desk, repeated, missed[0] ?? null)}>{fill(words.repeat, { n: missed.length })}</a>}
        <a href={href(desk, FRESH, nextCase(FRESH))}>{words.again}</a>
      </p>
      <section aria-labelledby="answered">
        <h2 id="answered">{words.answered}</h2>
        <ol class="answered">
          {answers.map(({ one, choice, judgement }) => (
            <li class={judgement}>
              <a href={`${href(desk, round, one)}#result`}>
                <bdi lang="vi">{authorName(desk.words, one)}</bdi>
                {' – '}
                <span lang="vi">{one.article}</span>
              </a>
              <p>
                {words[judgement]} ({choiceName(desk.words, choice)})
              </p>
            </li>
          ))}
        </ol>
      </section>
    </>
  )
}
