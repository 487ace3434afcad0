// The page of an article's opinions without script: the list, the form under it, and what comes of sending.
import { acceptAuthor } from '../../core/comments/author.ts'
import { nudge } from '../../core/comments/nudge.ts'
import { readThread, stampThread } from '../../core/comments/read.ts'
import { type Submitted, submit } from '../../core/comments/submit.ts'
import { kindOf } from '../../core/comments/views.ts'
import { AppError } from '../../core/context.ts'
import { fill } from '../../i18n/format.ts'
import type { AppContext } from '../door.ts'
import { readForm } from '../form.ts'
import { senderOf } from '../guards.ts'
import type { RateLimiter } from '../limits.ts'
import { type ToldNudge, toldNudge } from '../nudge.ts'
import { safeHref } from '../page.tsx'
import { logUnexpected, type Problem, toAppError, toProblem } from '../problem.ts'
import { STATUS } from '../status.ts'
import { agreedOf, CONTROLS, consentsOf, secondsSince, WriteForm } from './form.tsx'
import { List, sortOf } from './list.tsx'
import { type Kept, linkTo, type Place, placeOf, referenceOf } from './place.ts'
import { Alert, answerSheet } from './sheet.tsx'

const PAGE_LENGTH = 20

/** GET /r/:site */
export async function showArticle(c: AppContext): Promise<Response> {
  return articlePage(c, await placeOf(c), { kept: new Map(), problem: null, nudges: [] })
}

/**
 * POST /r/:site: sends; a text that something can be said about is shown once more first, and where things are busy a question is asked.
 * Answers are limited by address, since a program that reads the page can answer them.
 */
export function receiveOpinion(limiter: RateLimiter): (c: AppContext) => Promise<Response> {
  return (c) => receive(c, limiter)
}

async function receive(c: AppContext, limiter: RateLimiter): Promise<Response> {
  const sent: Kept = await readForm(c)
  // A text in an old encoding, converted and perhaps mended by its author, takes the place of what was pasted.
  const kept: Kept = sent.get('use') === 'converted' ? new Map([...sent, ['body', sent.get('converted') ?? '']]) : sent
  const place = await placeOf(c, kept)
  const field = (name: string) => kept.get(name) || undefined
  const body = kept.get('body') ?? ''
  const author = { name: field('name'), email: field('email'), phone: field('phone'), address: field('address') }
  const article = { ...referenceOf(place), title: place.title || undefined }
  try {
    if (kept.get('confirmed') !== body) {
      const nudges = (await nudge(place.ctx, { article: referenceOf(place), body, author })).map((each) => toldNudge(each, place.words))
      if (nudges.length > 0) {
        // What is wrong is told before what might be better.
        acceptAuthor(place.ctx, { author, kind: kindOf(kept.get('kind') ?? null) ?? undefined, consents: consentsOf(kept) })
        return articlePage(c, place, { kept, problem: null, nudges })
      }
    }
    const sender = senderOf(c)
    const token = field('question')
    if (token !== undefined && place.ctx.services.config.limits) await limiter('answer', sender.networks)
    const submitted = await submit(
      place.ctx,
      {
        article,
        parent_id: field('parent_id'),
        author,
        kind: field('kind'),
        body,
        ...agreedOf(kept),
        form: { seconds: secondsSince(place.ctx, field('shown')), website: kept.get('website')?.slice(0, 500) },
      },
      field('request_key') ?? null,
      token === undefined ? sender : { ...sender, answer: { token, text: kept.get('answer') ?? '' } },
    )
    return sentPage(c, place, submitted)
  } catch (error) {
    const known = toAppError(error)
    logUnexpected(c, known)
    return articlePage(c, place, { kept, problem: toProblem(known, place.language, c.var.requestId), nudges: [] })
  }
}

type Draft = { kept: Kept; problem: Problem | null; nudges: readonly ToldNudge[] }

/** The list and the form; with a problem, the same page with what was typed and what is wrong with it. */
async function articlePage(c: AppContext, place: Place, draft: Draft): Promise<Response> {
  const { ctx, words } = place
  const replied = draft.kept.get('parent_id') || c.req.query('reply') || null
  const shown = {
    sort: sortOf(c.req.query('sort')),
    after: c.req.query('after') ?? null,
    parent: c.req.query('parent') ?? null,
    comment: c.req.query('comment') ?? replied,
  }
  if (place.key === null && place.url === null && draft.problem === null) throw new AppError('article_required')
  const reference = referenceOf(place)
  const answer =
    place.key === null && place.url === null
      ? null
      : await readThread(await stampThread(ctx.services, ctx.site.slug, reference), reference, {
          sort: shown.sort,
          limit: PAGE_LENGTH,
          after: shown.after,
          around: shown.after === null && shown.parent === null ? shown.comment : null,
          parent: shown.parent,
        })
  const title = answer?.thread.title || place.title
  if (draft.problem?.retry_after !== undefined) c.header('retry-after', String(draft.problem.retry_after))
  const href = safeHref(answer?.thread.url ?? place.url)
  const target = answer?.comments.find(({ id, removed }) => id === replied && removed === null)
  const heading = answer ? fill(words.reader.titleCount, { n: answer.thread.count.toLocaleString(place.language) }) : words.reader.title
  return answerSheet(c, place, {
    title: [words.reader.title, title].filter(Boolean).join(' – '),
    heading,
    isPrivate: draft.kept.size > 0,
    status: draft.problem ? STATUS[draft.problem.code] : 200,
    content: (
      <>
        {href && !place.isFramed && (
          <p class="about">
            {words.reader.article}:{' '}
            <a href={href}>
              <bdi>{title || href}</bdi>
            </a>
          </p>
        )}
        {draft.problem && <Alert problem={draft.problem} fields={CONTROLS} />}
        {answer && <List place={place} answer={answer} shown={shown} />}
        {answer?.thread.message && <p class="notice">{answer.thread.message}</p>}
        {answer?.thread.closed ? (
          <p class="notice">{answer.thread.closed.message}</p>
        ) : (
          <WriteForm
            place={{ ...place, title }}
            {...draft}
            reply={target ? { id: target.id, name: target.official?.agency ?? target.author.name } : null}
          />
        )}
        <p class="track">
          <a href={linkTo(place, {}, '/receipt')}>{words.reader.track}</a>
        </p>
      </>
    ),
  })
}

function sentPage(c: AppContext, place: Place, { receipt }: Submitted): Response | Promise<Response> {
  const { reader } = place.words
  const [before = '', after = ''] = reader.sent.split('{code}')
  return answerSheet(c, place, {
    title: reader.title,
    heading: reader.title,
    isPrivate: true,
    content: (
      <>
        <div class="notice" role="status">
          <p>
            {before}
            {after}
          </p>
          <p class="receipt">
            <code>
              {receipt.code}-{receipt.secret}
            </code>
          </p>
          <p>
            {reader.sentHint} {reader.pendingOwn}.
          </p>
        </div>
        <p class="pages">
          <a href={`${linkTo(place, {}, '/receipt')}#${receipt.code}-${receipt.secret}`}>{reader.track}</a>
          <a href={linkTo(place)}>{place.words.pages.backToList}</a>
        </p>
      </>
    ),
  })
}
