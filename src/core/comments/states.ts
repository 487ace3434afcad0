// The table of states and verdicts, and what each verdict does to what the public sees. Pure.
import { AppError } from '../context.ts'

export { REASONS, type Reason } from '../reasons.ts'

export const STATES = ['pending', 'published', 'rejected', 'spam', 'held', 'hidden', 'returned', 'withdrawn', 'sealed'] as const
export type State = (typeof STATES)[number]

export const VERDICTS = ['approve', 'reject', 'spam', 'hold', 'hide', 'return', 'seal'] as const
export type Verdict = (typeof VERDICTS)[number]

const RESULT: Record<Verdict, State> = {
  approve: 'published',
  reject: 'rejected',
  spam: 'spam',
  hold: 'held',
  hide: 'hidden',
  return: 'returned',
  seal: 'sealed',
}

/** `sealed` and `withdrawn` have no way out; `hide` needs something public. */
const LEGAL: Record<State, readonly Verdict[]> = {
  pending: ['approve', 'reject', 'spam', 'hold', 'hide', 'return', 'seal'],
  held: ['approve', 'reject', 'spam', 'hide', 'return', 'seal'],
  returned: ['approve', 'reject', 'spam', 'hold', 'hide', 'seal'],
  rejected: ['approve', 'spam', 'hold', 'hide', 'return', 'seal'],
  spam: ['approve', 'reject', 'hold', 'hide', 'seal'],
  published: ['hide', 'reject', 'spam', 'return', 'seal'],
  hidden: ['approve', 'reject', 'spam', 'seal'],
  withdrawn: [],
  sealed: [],
}

/** States in which the author may still change the text. */
const EDITABLE: readonly State[] = ['pending', 'published', 'held', 'returned', 'rejected']
/** States in which the author may still take the comment back. */
const WITHDRAWABLE: readonly State[] = ['pending', 'published', 'held', 'returned', 'rejected', 'spam', 'hidden']

export type Standing = { state: State; revisionId: string; publicRevisionId: string | null; hiddenAt: string | null }

/** Whether anything of the comment is public. */
export function isPublic(comment: Standing): boolean {
  return comment.publicRevisionId !== null && comment.hiddenAt === null
}

/** The verdicts that are legal for a comment as it stands. */
export function legalVerdicts(comment: Standing): Verdict[] {
  return LEGAL[comment.state].filter((verdict) => verdict !== 'hide' || isPublic(comment))
}

/** Whether parts of the text can be hidden by approving it: also of one that is published already. */
export function isMaskable(comment: Standing): boolean {
  return comment.state === 'published' || legalVerdicts(comment).includes('approve')
}

/** The state after a verdict; `hidesParts` when an approval says which parts the public does not read. Throws `illegal_transition`. */
export function nextState(comment: Standing, verdict: Verdict, hidesParts = false): State {
  const isLegal = verdict === 'approve' && hidesParts ? isMaskable(comment) : legalVerdicts(comment).includes(verdict)
  if (!isLegal) throw new AppError('illegal_transition')
  return RESULT[verdict]
}

/**
 * What a verdict does outward: `publish` the judged text when the undo window ends, take the comment `off` the page at once, or `none`.
 * A verdict against a waiting edit leaves the text approved earlier where it is.
 */
export function outwardEffect(comment: Standing, verdict: Verdict): 'publish' | 'off' | 'none' {
  if (verdict === 'approve') return 'publish'
  if (!isPublic(comment)) return 'none'
  if (verdict === 'hide' || verdict === 'seal') return 'off'
  return comment.publicRevisionId === comment.revisionId && verdict !== 'hold' ? 'off' : 'none'
}

/** Whether the author may edit in this state. */
export function isEditable(state: State): boolean {
  return EDITABLE.includes(state)
}

/** Whether the author may edit now: until the end of the edit window, and as long as a comment was returned for it. */
export function mayEdit(comment: { state: State; editUntil: string }, now: string): boolean {
  return isEditable(comment.state) && (comment.state === 'returned' || comment.editUntil > now)
}

/** Whether the author may withdraw in this state. */
export function isWithdrawable(state: State): boolean {
  return WITHDRAWABLE.includes(state)
}
