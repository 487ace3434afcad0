// A round of practice: which cases it has, what was answered, and how that is judged. Pure; a round lives in an address, nowhere else.
import type { Verdict } from '../../core/comments/states.ts'
import { CASES, type Case, CHOICES, type Choice } from './cases.ts'

/** The cases of the round in their order, and the answers by case. */
export type Round = { cases: readonly Case[]; answers: ReadonlyMap<string, Choice> }

/** How a choice stands beside that of an experienced clerk. */
export type Judgement = 'right' | 'acceptable' | 'wrong'

/** The verdict that a choice gives on the real desk. */
export function verdictOf(choice: Choice): Verdict {
  return choice === 'mask' || choice === 'reply' ? 'approve' : choice
}

/** Judges one choice. */
export function judge(one: Case, choice: Choice): Judgement {
  if (choice === one.best) return 'right'
  return one.others.includes(choice) ? 'acceptable' : 'wrong'
}

/** The choice of that name, or undefined. */
export function choiceOf(name: string | undefined): Choice | undefined {
  return CHOICES.find((choice) => choice === name)
}

/** The round that `only` (ids) and `answers` (id.choice) tell, each parted by `_`; null where one names what there is not. */
export function readRound(field: (name: string) => string | undefined): Round | null {
  const only = parts(field('only'))
  const cases = only.length === 0 ? CASES : CASES.filter(({ id }) => only.includes(id))
  if (only.length > 0 && cases.length !== only.length) return null
  const answers = new Map<string, Choice>()
  for (const pair of parts(field('answers'))) {
    const [id = '', name, more] = pair.split('.')
    const choice = choiceOf(name)
    if (choice === undefined || more !== undefined || !cases.some((one) => one.id === id)) return null
    answers.set(id, choice)
  }
  return { cases, answers }
}

/** The fields that {@link readRound} reads. */
export function roundFields({ cases, answers }: Round): Record<string, string> {
  const only = cases.length === CASES.length ? '' : cases.map(({ id }) => id).join('_')
  const given = [...answers].map(([id, choice]) => `${id}.${choice}`).join('_')
  return { ...(only && { only }), ...(given && { answers: given }) }
}

/** The first case after `id` without an answer, going round to the start; null when each has one. */
export function nextCase({ cases, answers }: Round, id?: string): Case | null {
  const from = cases.findIndex((one) => one.id === id) + 1
  return [...cases.slice(from), ...cases.slice(0, from)].find((one) => !answers.has(one.id)) ?? null
}

/** The answered cases with choice and judgement, in the order of the round. */
export function judged({ cases, answers }: Round): { one: Case; choice: Choice; judgement: Judgement }[] {
  return cases.flatMap((one) => {
    const choice = answers.get(one.id)
    return choice === undefined ? [] : [{ one, choice, judgement: judge(one, choice) }]
  })
}

function parts(text: string | undefined): string[] {
  return text ? text.split('_') : []
}
