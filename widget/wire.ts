// What the reader API sends and takes, in the service's own types; the build drops this file. Not for: anything at run time.
import type {
  CommentView,
  Problem as FullProblem,
  Liked,
  Nudges,
  Reasons,
  Receipt,
  ReplyView,
  Revised,
  Submitted,
  ThreadAnswer,
} from '../src/http/public.ts'

export type { Liked, Nudges, Reasons, Receipt, ReplyView, ThreadAnswer }
export type SiteView = ThreadAnswer['site']
/** A comment as listed; a reply is one without replies of its own. */
export type Listed = CommentView | ReplyView
export type Root = CommentView
export type Page<Item extends Listed> = { readonly comments: readonly Item[]; readonly next: string | null }
export type PostAnswer = Submitted
export type EditAnswer = Revised

type FieldFault = NonNullable<FullProblem['errors']>[number]

/** A refusal. A lost connection is one too: `offline`, with status 0 and nothing else. */
export type Problem = Partial<Omit<FullProblem, 'code' | 'errors'>> & {
  readonly status: number
  readonly code: string
  readonly errors?: readonly (Pick<FieldFault, 'pointer' | 'limit'> & { readonly code: string; readonly detail?: string })[]
}
