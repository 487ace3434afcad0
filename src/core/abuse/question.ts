// The plain alternative to a challenge, for the page without script: a question of the office's own, or a small sum in words. Signed, for
// one article, good for ten minutes and one comment. Not for: programs, which find a sum easy; who answers is limited by address.
import { base64url, equalSecret, hmac, sha256 } from '../../lib/crypto.ts'
import { AppError, type Ctx } from '../context.ts'
import { fold } from '../screening/vietnamese.ts'
import type { Work } from './challenge.ts'

/** A question as a page asks it; the token comes back with the answer. */
export type Question = { token: string; text: string }

const LASTS_MS = 10 * 60_000
/** Numbers of one syllable each, so that a sum is short to read aloud. */
const LEAST = 1
const MOST = 9

/** Sentences of the built-in sum and the spellings of its numbers, by language; the site's sentences are its own. */
const SUMS = {
  vi: { ask: (a: string, b: string) => `${a} cộng ${b} bằng mấy?`, words: ' một hai ba bốn năm sáu bảy tám chín' },
  en: { ask: (a: string, b: string) => `How much is ${a} plus ${b}?`, words: ' one two three four five six seven eight nine' },
} as const
const SPELLED = {
  vi: [
    ['hai'],
    ['ba'],
    ['bốn', 'tư'],
    ['năm'],
    ['sáu'],
    ['bảy', 'bẩy'],
    ['tám'],
    ['chín'],
    ['mười'],
    ['mười một'],
    ['mười hai'],
    ['mười ba'],
    ['mười bốn', 'mười tư'],
    ['mười lăm', 'mười năm'],
    ['mười sáu'],
    ['mười bảy', 'mười bẩy'],
    ['mười tám'],
  ],
  en: [
    ['two'],
    ['three'],
    ['four'],
    ['five'],
    ['six'],
    ['seven'],
    ['eight'],
    ['nine'],
    ['ten'],
    ['eleven'],
    ['twelve'],
    ['thirteen'],
    ['fourteen'],
    ['fifteen'],
    ['sixteen'],
    ['seventeen'],
    ['eighteen'],
  ],
} as const

/** A fresh question for an article of the context's site. */
export function newQuestion(ctx: Ctx, article: string): Question {
  const { services } = ctx
  const nonce = base64url(services.randomBytes(12))
  const until = new Date(services.now().getTime() + LASTS_MS).toISOString()
  return { token: [nonce, until, signature(ctx, article, nonce, until)].join('~'), text: questionOf(ctx, nonce).text }
}

/**
 * Checks an answer; case, marks and spaces do not matter, nor whether a number is written in digits. Throws `challenge_invalid` for a
 * token that is not ours or for another article, `challenge_expired`, `answer_wrong`.
 */
export function checkAnswer(ctx: Ctx, article: string, token: string, answer: string): Work {
  const [nonce = '', until = '', signed = ''] = token.split('~')
  if (!equalSecret(signed, signature(ctx, article, nonce, until))) throw new AppError('challenge_invalid')
  if (until <= ctx.services.now().toISOString()) throw new AppError('challenge_expired')
  const given = bare(answer)
  if (!questionOf(ctx, nonce).answers.some((accepted) => bare(accepted) === given)) throw new AppError('answer_wrong')
  return { hash: sha256(token), expiresAt: until }
}

/** The question a nonce stands for, so that none has to be kept. */
function questionOf(ctx: Ctx, nonce: string): { text: string; answers: readonly string[] } {
  const [which = 0, first = 0, second = 0] = hmac(ctx.services.config.secret, 'question', nonce)
  const { questions, language } = ctx.site.settings
  const own = questions[which % (questions.length || 1)]
  if (own) return { text: own.question, answers: own.answers }
  const [a, b] = [LEAST + (first % MOST), LEAST + (second % MOST)]
  const { ask, words } = SUMS[language]
  const word = (n: number) => words.split(' ')[n] ?? ''
  const text = ask(word(a), word(b))
  return { text: text.charAt(0).toUpperCase() + text.slice(1), answers: [String(a + b), ...(SPELLED[language][a + b - 2] ?? [])] }
}

/** Marks between words and a full stop at the end say nothing. */
function bare(text: string): string {
  return fold(text)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

function signature(ctx: Ctx, article: string, nonce: string, until: string): string {
  return base64url(hmac(ctx.services.config.secret, 'question token', ctx.site.id, article, nonce, until))
}
