// The wire shapes of both APIs as schemas: what the OpenAPI document shows and the doors check. Meanings are in docs/api.md.
import { z } from '@hono/zod-openapi'
import { ChallengeShape } from '../core/abuse/challenge.ts'
import { SORTS } from '../core/comments/page.ts'
import { REPORT_REASONS } from '../core/comments/respond.ts'
import { STATES, VERDICTS } from '../core/comments/states.ts'
import { OPINION_KINDS, ROLES } from '../core/context.ts'
import { ACTS } from '../core/moderation/acts.ts'
import { HAPPENINGS } from '../core/moderation/item.ts'
import { LISTED_STATES, QUEUE_SORTS } from '../core/moderation/queue.ts'
import { NUDGES } from '../core/screening/nudges.ts'
import { EFFECTS } from '../core/screening/rules.ts'
import { SIGNAL_CODES } from '../core/screening/signal.ts'
import { SCOPES } from '../core/screening/wordlist.ts'

const Time = z.string().openapi({ format: 'date-time', example: '2026-11-23T08:19:00.000Z' })
/** The parameters of staff routes, and how their callers say who they are. */
export const Site = z.object({ site: z.string().openapi({ param: { name: 'site', in: 'path' }, example: 'phuong-vi-du' }) })
export const SiteAndId = Site.extend({ id: z.string().openapi({ param: { name: 'id', in: 'path' } }) })
export const security = [{ bearer: [] }, { session: [] }]

const State = z.enum(STATES)
const Kind = z.enum(OPINION_KINDS)
const Language = z.enum(['vi', 'en'])
const Rule = z.enum(['off', 'optional', 'required'])

const ProblemShape = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string(),
    request_id: z.string(),
    limit: z.number().optional(),
    retry_after: z.number().optional(),
    challenge: ChallengeShape.optional().openapi({ description: 'What is to be solved, where a challenge is asked for' }),
    page: z.string().optional().openapi({ description: 'The page without script where a question stands for the challenge' }),
    errors: z
      .array(
        z.object({
          pointer: z.string(),
          code: z.string(),
          detail: z.string(),
          limit: z.number().optional(),
          reason: z.string().optional(),
        }),
      )
      .optional(),
  })
  .openapi('Problem')

export const SiteShape = z
  .object({
    slug: z.string(),
    name: z.string(),
    agency: z.string(),
    language: Language,
    languages: z.array(Language),
    state: z.enum(['open', 'closed']),
    body: z.object({ min: z.number(), max: z.number() }),
    edit_minutes: z.number(),
    fields: z.object({ name: Rule, email: Rule, phone: Rule, address: Rule, kind: Rule }),
    kinds: z.array(Kind).nullable(),
    kind_names: z.partialRecord(Language, z.record(Kind, z.string())).nullable(),
    requires: z.object({ terms: z.boolean() }),
    rules: z.string().nullable(),
    privacy_url: z.string().nullable(),
    privacy_text: z.string().nullable(),
    consents: z.object({
      version: z.number(),
      terms: z.string().nullable(),
      name: z.string().nullable(),
      notify: z.string().nullable(),
    }),
    contact: z.object({
      address: z.string().nullable(),
      person: z.string().nullable(),
      phone: z.string().nullable(),
      email: z.string().nullable(),
    }),
  })
  .openapi('Site')

const Official = z.object({ agency: z.string(), signer_title: z.string(), signed_at: Time })
const Reply = z.object({
  id: z.string(),
  parent_id: z.string().nullable(),
  author: z.object({ name: z.string() }),
  official: Official.nullable(),
  pinned: z.boolean(),
  removed: z.enum(['withdrawn', 'removed']).nullable(),
  kind: Kind.nullable(),
  body_html: z.string(),
  body_text: z.string(),
  created_at: Time,
  published_at: Time,
  likes: z.number(),
  replies: z.array(z.object({}).catchall(z.never())).max(0),
  replies_next: z.string().nullable(),
})
const CommentShape = Reply.extend({ replies: z.array(Reply) }).openapi('Comment')

export const ThreadShape = z
  .object({
    site: SiteShape,
    thread: z.object({
      id: z.string().nullable(),
      key: z.string(),
      url: z.string().nullable(),
      title: z.string().nullable(),
      state: z.enum(['open', 'closed']),
      count: z.number(),
      official_count: z.number(),
      message: z.string().nullable(),
      closed: z
        .object({
          reason: z.enum(['article', 'site', 'hours']),
          message: z.string(),
          messages: z.partialRecord(Language, z.string()),
          opens_at: Time.nullable(),
        })
        .nullable(),
    }),
    comments: z.array(CommentShape),
    next: z.string().nullable(),
  })
  .openapi('Thread')

export const SubmittedShape = z
  .object({
    comment: z.object({ id: z.string(), state: State }),
    receipt: z.object({ code: z.string(), secret: z.string(), url: z.string() }),
    edit: z.object({ token: z.string(), until: Time }),
  })
  .openapi('Submitted')

export const LikedShape = z.object({ likes: z.number(), liked: z.boolean() }).openapi('Liked')
export const OfferedShape = z.object({ required: z.boolean(), challenge: ChallengeShape.nullable() }).openapi('OfferedChallenge')
export const ReportedShape = z.object({ reported: z.literal(true) }).openapi('Reported')
export const ReasonsShape = z.object({ reasons: z.array(z.object({ code: z.enum(REPORT_REASONS), text: z.string() })) }).openapi('Reasons')
export const NudgesShape = z
  .object({
    nudges: z.array(
      z.object({
        code: z.enum(NUDGES),
        message: z.string(),
        spans: z.array(z.array(z.number())).optional(),
        converted: z.string().optional(),
      }),
    ),
  })
  .openapi('Nudges')

export const RevisedShape = z
  .object({ comment: z.object({ id: z.string(), state: State }), edit: z.object({ token: z.string(), until: Time }) })
  .openapi('Revised')
export const WithdrawnShape = z.object({ comment: z.object({ id: z.string(), state: State }) }).openapi('Withdrawn')

export const ReceiptShape = z
  .object({
    code: z.string(),
    site: z.object({ slug: z.string(), name: z.string() }),
    comment: z.object({
      id: z.string(),
      state: State,
      parent_id: z.string().nullable(),
      body_text: z.string(),
      author: z.object({ name: z.string() }),
      created_at: Time,
      edit_until: Time,
      published: z.boolean(),
      public_text: z.string().nullable(),
    }),
    article: z.object({ url: z.string(), title: z.string() }),
    body_text: z.string(),
    received_at: Time,
    reason: z.string().nullable(),
    reason_text: z.string().nullable(),
    may_edit: z.boolean(),
    may_withdraw: z.boolean(),
    edit_until: Time,
    state_text: z.string(),
    reason_sentence: z.string().nullable(),
  })
  .openapi('Receipt')

const Mask = z.tuple([z.number().int(), z.number().int()])
const Signal = z.object({
  code: z.enum(SIGNAL_CODES),
  text: z.string(),
  weight: z.number(),
  spans: z.array(z.array(z.number())),
  rule: z.string().openapi({ description: 'What is turned off to be rid of it: a code, a built-in entry, or `rule:` and an id' }),
  details: z.object({
    kinds: z.array(z.string()).optional(),
    entry: z.string().optional(),
    twins: z.array(z.string()).optional(),
    count: z.number().optional(),
    converted: z.string().optional(),
  }),
})
const Person = z.object({ id: z.string(), name: z.string() })

const QueueItemShape = z
  .object({
    id: z.string(),
    version: z.number(),
    revision_id: z.string(),
    state: State,
    body_text: z.string(),
    author: z.object({
      name: z.string().nullable(),
      name_given: z.string().nullable(),
      record: z.object({ published: z.number(), rejected: z.number() }).nullable(),
    }),
    kind: Kind.nullable(),
    official: Official.nullable(),
    pinned: z.boolean(),
    report_count: z.number(),
    assignee: Person.nullable(),
    assignment: z.number().openapi({ description: 'How often it was assigned; an assignment names it' }),
    article: z.object({ thread_id: z.string(), key: z.string(), url: z.string(), title: z.string(), state: z.enum(['open', 'closed']) }),
    in_reply_to: z.object({ id: z.string(), author_name: z.string().nullable(), body_text: z.string() }).nullable(),
    signals: z.array(Signal),
    attention: z.number().openapi({ description: 'How closely to look, 0 to 100: what the signals weigh together' }),
    twins: z
      .array(z.object({ id: z.string(), version: z.number(), state: State, receipt_code: z.string(), created_at: Time }))
      .openapi({ description: 'Other comments of the site with nearly the same text, at most 99, the newest first' }),
    reasons: z.array(z.string()).openapi({
      description: 'Words of the text for which the site’s own decisions speak against it; none while it has decided too little',
    }),
    legal_verdicts: z.array(z.enum(VERDICTS)),
    legal_acts: z.array(z.enum(ACTS)),
    is_public: z.boolean(),
    public_text: z.string().nullable(),
    masks: z.array(Mask),
    proposed_masks: z.array(z.object({ kind: z.string(), span: Mask })),
    receipt_code: z.string(),
    created_at: Time,
    waiting_since: Time,
  })
  .openapi('QueueItem')

export const QueueShape = z
  .object({
    items: z.array(QueueItemShape),
    next: z.string().nullable(),
    counts: z.object(Object.fromEntries(LISTED_STATES.map((state) => [state, z.number()]))),
    is_catching_up: z.boolean(),
  })
  .openapi('Queue')

export const ItemShape = QueueItemShape.extend({
  reports: z.array(
    z.object({ reason: z.string(), reason_sentence: z.string(), text: z.string().nullable(), at: Time, handled_at: Time.nullable() }),
  ),
  revisions: z.array(z.object({ id: z.string(), number: z.number(), body_text: z.string(), signals: z.array(Signal), created_at: Time })),
  history: z.array(
    z.object({
      id: z.string(),
      kind: z.string(),
      verdict: z.enum(VERDICTS).nullable(),
      reason: z.string().nullable(),
      reason_text: z.string().nullable(),
      note: z.string().nullable(),
      state: State,
      by: z.string().nullable(),
      outcome: z.enum(['applied', 'undone']).nullable(),
      undo_until: Time.nullable(),
      at: Time,
    }),
  ),
}).openapi('Item')

export const AssignedShape = z
  .object({ comment: z.object({ id: z.string() }), assignee: Person.nullable(), assignment: z.number() })
  .openapi('Assigned')

export const ColleaguesShape = z.object({ items: z.array(Person.extend({ role: z.enum(ROLES) })) }).openapi('Colleagues')

export const NoteShape = z
  .object({
    id: z.string(),
    body_text: z.string(),
    by: z.string().nullable(),
    at: Time,
    corrected_at: Time.nullable(),
    deleted_at: Time.nullable(),
    can_change_until: Time.nullable(),
  })
  .openapi('Note')

export const ViewingShape = z.object({ others: z.array(z.string()) }).openapi('Viewing')

export const ContactShape = z
  .object({ email: z.string().nullable(), phone: z.string().nullable(), address: z.string().nullable() })
  .openapi('Contact')

const Neighbour = z.object({
  id: z.string(),
  state: State,
  author_name: z.string().nullable(),
  is_official: z.boolean(),
  excerpt: z.string(),
  at: Time,
})

export const SurroundingsShape = z
  .object({
    timeline: z.array(
      z.object({
        kind: z.enum(HAPPENINGS),
        id: z.string(),
        at: Time,
        by: z.string().nullable(),
        state: State.nullable(),
        verdict: z.enum(VERDICTS).nullable(),
        reason: z.string().nullable(),
        reason_text: z.string().nullable(),
        text: z.string().nullable(),
        signals: z.array(z.enum(SIGNAL_CODES)),
        assignee: z.string().nullable(),
        action: z.string().nullable(),
        undone: z.boolean(),
        deleted: z.boolean(),
        corrected_at: Time.nullable(),
        can_change_until: Time.nullable(),
      }),
    ),
    root: Neighbour.nullable(),
    replies: z.array(Neighbour),
    more_replies: z.boolean(),
    same_author: z.object({ items: z.array(Neighbour), more: z.boolean() }),
    has_contact: z.boolean(),
  })
  .openapi('Surroundings')

export const OutcomesShape = z
  .object({
    outcomes: z.array(
      z.object({
        comment: z.string(),
        status: z.enum(['done', 'conflict', 'refused']),
        decision: z.string().nullable(),
        state: State.nullable(),
        version: z.number().nullable(),
        by: z.string().nullable(),
        at: Time.nullable(),
        undo_until: Time.nullable(),
        code: z.string().nullable(),
        reply: z.string().nullable(),
      }),
    ),
  })
  .openapi('Outcomes')

export const UndoneManyShape = z
  .object({
    outcomes: z.array(
      z.object({
        decision: z.string(),
        status: z.enum(['undone', 'refused']),
        comment: z.object({ id: z.string(), state: State, version: z.number() }).nullable(),
        code: z.string().nullable(),
      }),
    ),
  })
  .openapi('UndoneMany')

export const RepliedShape = z
  .object({
    reply: z.object({ id: z.string(), state: State, version: z.number() }),
    decision: z.object({ id: z.string() }),
    undo_until: Time.nullable(),
  })
  .openapi('Replied')
export const PinnedShape = z.object({ comment: z.object({ id: z.string() }), pinned: z.boolean() }).openapi('Pinned')
export const ClosedShape = z.object({ thread: z.object({ id: z.string(), state: z.enum(['open', 'closed']) }) }).openapi('ArticleState')
export const DismissedShape = z.object({ comment: z.object({ id: z.string() }), dismissed: z.number() }).openapi('Dismissed')

const Edited = z.object({ by: z.string(), at: Time }).nullable()

/** Meanings and defaults of the settings are in docs/operations.md. */
export const SetupShape = z
  .object({
    version: z.number(),
    name: z.string(),
    settings: z.record(z.string(), z.any()),
    changed: Edited,
  })
  .openapi('Setup')

const ArticleRow = z.object({
  id: z.string(),
  key: z.string(),
  url: z.string(),
  title: z.string(),
  count: z.number(),
  state: z.enum(['open', 'closed']),
  created_at: Time,
})
export const ArticlesShape = z.object({ articles: z.array(ArticleRow), next: z.string().nullable() }).openapi('Articles')
export const ArticleShape = ArticleRow.extend({
  version: z.number(),
  closes_at: Time.nullable(),
  opens_at: Time.nullable(),
  message: z.string().nullable(),
  aliases: z.array(
    z.object({
      key: z.string(),
      kind: z.enum(['key', 'address', 'former']).openapi({ description: '`former`: the id of an article that was joined to this one' }),
    }),
  ),
  changed: Edited,
}).openapi('Article')
export const ArticlesQuery = z.object({
  q: z.string().max(200).optional().openapi({ description: 'Words that the title must all contain, with or without marks' }),
  state: z.enum(['open', 'closed']).optional(),
  after: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(25),
})
export const CannedShape = z.object({ id: z.string(), name: z.string(), body: z.string(), version: z.number() }).openapi('PreparedReply')
export const CannedListShape = z.object({ items: z.array(CannedShape) }).openapi('PreparedReplies')
export const LogShape = z
  .object({
    items: z.array(
      z.object({
        id: z.string(),
        at: Time,
        by: z.object({ kind: z.string(), id: z.string().nullable(), name: z.string().nullable() }),
        action: z.string(),
        subject: z.object({ kind: z.string(), id: z.string() }),
        detail: z.record(z.string(), z.any()),
        sequence: z.number().nullable().openapi({ description: 'Its number in the chain; null for the minute until it is linked' }),
      }),
    ),
    next: z.string().nullable(),
  })
  .openapi('Log')

export const UndoneShape = z
  .object({ comment: z.object({ id: z.string(), state: State, version: z.number() }), decision: z.object({ id: z.string() }) })
  .openapi('Undone')

const Lists = z.object({ hold: z.array(z.string()), mark: z.array(z.string()), allow: z.array(z.string()) })
const Entry = z.object({ text: z.string(), effect: z.enum(EFFECTS) })
export const WordlistShape = z
  .object({
    version: z.number().openapi({ description: 'Moves with each change; lists are kept over the version they were read in' }),
    ward: Lists,
    province: Lists,
    off: z.array(z.string()),
    changes: z.array(
      z.object({
        at: Time,
        by: z.string(),
        scope: z.enum(SCOPES),
        changes: z.object({
          added: z.array(Entry).optional(),
          removed: z.array(Entry).optional(),
          off: z.array(z.string()).optional(),
          on: z.array(z.string()).optional(),
        }),
      }),
    ),
  })
  .openapi('Wordlist')
export const VersionShape = z.object({ version: z.number() }).openapi('Version')
export const TrialShape = z
  .object({
    looked: z.number(),
    held: z.number(),
    marked: z.number(),
    freed: z.number(),
    changed: z.number(),
    comments: z.array(
      z.object({
        id: z.string(),
        receipt_code: z.string(),
        body_text: z.string(),
        gained: z.array(z.string()),
        lost: z.array(z.string()),
      }),
    ),
  })
  .openapi('Trial')

/** Roots on a page of a thread unless asked otherwise, and at most. */
const PAGE_LENGTH = 20
const MAX_PAGE_LENGTH = 100
/** Articles counted in one request: a long list page. */
export const MAX_COUNTED = 100

/** The query of a thread's page. Unknown names are dropped, so that they make no further views of the same page. */
export const ThreadsQuery = z.object({
  key: z.string().optional(),
  url: z.string().optional(),
  sort: z.enum(SORTS).default('new'),
  after: z.string().optional(),
  around: z.string().optional(),
  parent: z.string().optional().openapi({ description: 'A root comment: gives a page of its replies instead' }),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_LENGTH).default(PAGE_LENGTH),
})

export const ChallengeQuery = z.object({
  key: z.string().optional(),
  url: z.string().optional(),
  body: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional()
    .openapi({ description: 'SHA-256 of the text as it will be sent, in hex' }),
})

/** Characters of what is searched for, and of an article's key or address. */
export const MAX_SEARCH_LENGTH = 200
export const MAX_ARTICLE_LENGTH = 2_048

/** The query of the queue, of the staff API and the desk's page alike. */
export const QueueQuery = z.object({
  state: z.enum([...STATES, 'any']).default('pending'),
  q: z.string().max(MAX_SEARCH_LENGTH).optional().openapi({ description: 'Words that must all occur; phrases in quotation marks' }),
  article: z.string().max(MAX_ARTICLE_LENGTH).optional().openapi({ description: 'An article’s key or address, or a thread’s id' }),
  signal: z.enum(SIGNAL_CODES).optional(),
  kind: Kind.optional().openapi({ description: 'The type of opinion its author chose' }),
  assignee: z.string().max(64).optional().openapi({ description: '`me`, `none`, or the id of a colleague who has it in hand' }),
  author: z
    .string()
    .max(64)
    .optional()
    .openapi({ description: 'A comment’s id: only what the same reader sent, without saying who that is' }),
  reported: z.literal('1').optional().openapi({ description: '1: only comments with open reports' }),
  from: z.iso.date().optional().openapi({ description: 'First day, Vietnamese time' }),
  to: z.iso.date().optional().openapi({ description: 'Last day, Vietnamese time' }),
  sort: z.enum(QUEUE_SORTS).optional().openapi({
    description:
      'The oldest first where people wait, unless given; `article`: by article, of a search within each page; of what waits, not of a search, `urgent`: what needs a person first, and `suspect`: what will most likely be refused',
  }),
  until: z.string().max(64).optional().openapi({ description: 'A comment’s id: only it and those that came before it' }),
  after: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_LENGTH).default(PAGE_LENGTH),
})

const Listed = z.union([z.string().transform((one) => [one]), z.array(z.string())]).default([])
/** The query of counts: `key` and `url`, each any number of times, together at most 100. */
export const CountsQuery = z
  .object({ key: Listed, url: Listed })
  .refine(({ key, url }) => key.length + url.length <= MAX_COUNTED, { path: ['key'] })

/** A JSON answer of a route. */
export function json<Shape extends z.ZodType>(schema: Shape, description: string) {
  return { description, content: { 'application/json': { schema } } }
}

/** A JSON body of a route. */
export function body<Shape extends z.ZodType>(schema: Shape) {
  return { required: true, content: { 'application/json': { schema } } }
}

/** The answer of a route for everything that is refused. */
export const refusal = {
  description: 'Refused: RFC 9457, told apart by `code`',
  content: { 'application/problem+json': { schema: ProblemShape } },
}
