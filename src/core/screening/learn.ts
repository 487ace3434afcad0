// What an office's own decisions teach about a new text: naive Bayes over syllables, pairs of syllables and trigrams of letters, counted
// in three tables of fixed size. It orders what waits and shows its reasons; it never decides. Pure.
// Not for: which decisions teach, or keeping the counts (moderation/assess.ts).
import { fold, syllables } from './vietnamese.ts'

/** What the office made of a text: published it, or refused it. */
export type Label = 'kept' | 'refused'

/** The kinds of tokens, each with the places of its table. More places would hardly tell more; fewer would mix up words. */
const KINDS = { syllable: 2 ** 14, pair: 2 ** 15, trigram: 2 ** 15 } as const
type Kind = keyof typeof KINDS
const KIND_NAMES = Object.keys(KINDS) as Kind[]

/** A table of counts: in how many kept, and in how many refused texts a token's place occurred. */
type Counts = Record<Label, Uint32Array>

/** What a site has learned. `texts` says of how many texts. */
export type Model = { texts: Record<Label, number>; counts: Record<Kind, Counts> }

/** A model's counts as they are kept. */
export type Tables = Record<Kind, string>

/** Stands for a token: which table, which place, and the words it was made of. */
type Token = { kind: Kind; place: number; text: string }

/** Moves when the tokens of a text or their places change: counts of another format mean nothing and are learned anew. */
export const MODEL_FORMAT = 1
/**
 * What is added to each count, so that a word seen once is no proof; and how much a kind counts, since pairs and trigrams say again what
 * syllables said. Measured on bench/learning, as is the power by which longer texts are tempered.
 */
const SMOOTHING: Record<Kind, number> = { syllable: 1, pair: 0.5, trigram: 1 }
const SHARE: Record<Kind, number> = { syllable: 1, pair: 0.5, trigram: 0.5 }
const TEMPER = 0.2
/** Makes log-odds of the sum: fitted on the same comments after 100 to 800 decisions, as is all above. */
const SLOPE = 0.5
const OFFSET = 1.5
/** Tokens of a text that count, of each kind: past them a longer text tells nothing new. */
const MOST_TOKENS = 2_000
/** Words that are named as reasons. */
const MOST_REASONS = 3
/** How much a token must speak for refusing, to be named: twice as common among refused texts as among others. */
const LEAST_REASON = Math.log(2)

/** A model that has learned nothing. */
export function emptyModel(): Model {
  const counts = (places: number): Counts => ({ kept: new Uint32Array(places), refused: new Uint32Array(places) })
  return {
    texts: { kept: 0, refused: 0 },
    counts: { syllable: counts(KINDS.syllable), pair: counts(KINDS.pair), trigram: counts(KINDS.trigram) },
  }
}

/** Counts a text that the office kept or refused into the model, or takes it out again: exactly what was counted in. */
export function learn(model: Model, text: string, label: Label, by: 1 | -1 = 1): void {
  model.texts[label] += by
  for (const { kind, place } of tokensOf(text)) {
    const counts = model.counts[kind][label]
    counts[place] = Math.max(0, (counts[place] ?? 0) + by)
  }
}

/**
 * The log-odds that the office would refuse a text, as far as its own decisions tell: above 0 more likely than not. 0 for a model that
 * knows only refused texts, only kept ones, or none.
 */
export function score(model: Model, text: string): number {
  if (model.texts.kept === 0 || model.texts.refused === 0) return 0
  const sums: Record<Kind, [sum: number, n: number]> = { syllable: [0, 0], pair: [0, 0], trigram: [0, 0] }
  for (const token of tokensOf(text)) {
    const sum = sums[token.kind]
    sum[0] += weightOf(model, token)
    sum[1]++
  }
  const sum = KIND_NAMES.reduce((total, kind) => total + (SHARE[kind] * sums[kind][0]) / Math.max(1, sums[kind][1]) ** TEMPER, 0)
  return SLOPE * sum + OFFSET
}

function weightOf(model: Model, { kind, place }: Token): number {
  const { kept, refused } = model.counts[kind]
  const smoothing = SMOOTHING[kind]
  const [inKept, inRefused] = [kept[place] ?? 0, refused[place] ?? 0]
  // A word never seen says nothing; it only makes the text longer.
  if (inKept + inRefused === 0) return 0
  const share = (count: number, texts: number) => (count + smoothing) / (texts + 2 * smoothing)
  return Math.log(share(inRefused, model.texts.refused) / share(inKept, model.texts.kept))
}

/** The words of a text that speak most for refusing it, as they stand in it, strongest first. */
export function reasonsOf(model: Model, text: string): string[] {
  if (model.texts.kept === 0 || model.texts.refused === 0) return []
  const words = tokensOf(text)
    .filter(({ kind }) => kind !== 'trigram')
    .map((token) => ({ text: token.text, weight: weightOf(model, token) }))
    .filter(({ weight }) => weight >= LEAST_REASON)
    .sort((one, other) => other.weight - one.weight)
  const named: string[] = []
  for (const word of words) {
    if (named.length === MOST_REASONS) break
    if (!named.some((each) => ` ${each} `.includes(` ${word.text} `) || ` ${word.text} `.includes(` ${each} `))) named.push(word.text)
  }
  return named
}

/** The tokens of a text, each once: what it says counts, not how often. */
function tokensOf(text: string): Token[] {
  const tokens = new Map<string, Token>()
  const room = { syllable: MOST_TOKENS, pair: MOST_TOKENS, trigram: MOST_TOKENS }
  const add = (kind: Kind, token: string) => {
    const key = `${kind}:${token}`
    if (tokens.has(key) || room[kind]-- <= 0) return
    tokens.set(key, { kind, place: hash(key) % KINDS[kind], text: token })
  }
  const words = wordsOf(text)
  for (const [index, word] of words.entries()) {
    add('syllable', word)
    if (index > 0) add('pair', `${words[index - 1]} ${word}`)
  }
  // Without marks and with letters that were drawn apart put together: what one writes to get past others is alike again.
  const letters = ` ${fold(words.join(' ')).replace(/(?<= |^)(\p{L}) (?=\p{L}(?: |$))/gu, '$1')} `
  for (let at = 0; at + 3 <= letters.length; at++) add('trigram', letters.slice(at, at + 3))
  return [...tokens.values()]
}

/** The words of a text: syllables in one spelling, numbers by their length, pictures as they are. */
function wordsOf(text: string): string[] {
  const pictures = Array.from(text.matchAll(/\p{Extended_Pictographic}/gu), ([picture]) => picture)
  return [
    ...syllables(text).map((syllable) => (/^\p{N}+$/u.test(syllable.text) ? `#${Math.min(syllable.text.length, 9)}` : syllable.text)),
    ...pictures,
  ]
}

/** Texts of each label before a site's own decisions say enough: with fewer the order is little better than chance. */
const LEAST_OF_EACH = 25
const LEAST_IN_ALL = 100

/** Whether a model has seen enough to have a say in the order. */
export function isTrained(model: Pick<Model, 'texts'>): boolean {
  const { kept, refused } = model.texts
  return kept >= LEAST_OF_EACH && refused >= LEAST_OF_EACH && kept + refused >= LEAST_IN_ALL
}

/** The counts of a model as text, one for each kind: base64 of pairs of counts, runs of places without any left out. */
export function encode(model: Model): Tables {
  const packed = ({ kept, refused }: Counts) => {
    const bytes: number[] = []
    const put = (value: number) => {
      for (let rest = value; ; rest >>>= 7) {
        if (rest < 128) return bytes.push(rest)
        bytes.push((rest & 127) | 128)
      }
    }
    let last = -1
    for (const [place, count] of kept.entries()) {
      const other = refused[place] ?? 0
      if (count + other === 0) continue
      put(place - last)
      put(count)
      put(other)
      last = place
    }
    let binary = ''
    for (const byte of bytes) binary += String.fromCharCode(byte)
    return btoa(binary)
  }
  return { syllable: packed(model.counts.syllable), pair: packed(model.counts.pair), trigram: packed(model.counts.trigram) }
}

/** The model that {@link encode} wrote. */
export function decode(texts: Record<Label, number>, tables: Tables): Model {
  const model = { ...emptyModel(), texts: { ...texts } }
  for (const kind of KIND_NAMES) {
    const binary = atob(tables[kind])
    const { kept, refused } = model.counts[kind]
    let at = 0
    const take = () => {
      let value = 0
      for (let shift = 0; ; shift += 7) {
        const byte = binary.charCodeAt(at++)
        value |= (byte & 127) << shift
        if (byte < 128) return value >>> 0
      }
    }
    for (let place = -1; at < binary.length; ) {
      place += take()
      kept[place] = take()
      refused[place] = take()
    }
  }
  return model
}

/** The chance that a refused text stands before a kept one by these scores, ties counting half; null when one of them is missing. */
export function areaUnderCurve(refused: readonly number[], kept: readonly number[]): number | null {
  if (refused.length === 0 || kept.length === 0) return null
  let wins = 0
  for (const one of refused) for (const other of kept) wins += one > other ? 1 : one === other ? 0.5 : 0
  return wins / (refused.length * kept.length)
}

/** FNV-1a over UTF-16 units, 32 bits. Not for anything that somebody could want to collide. */
export function hash(text: string): number {
  let bits = 0x811c9dc5
  for (let at = 0; at < text.length; at++) bits = Math.imul(bits ^ text.charCodeAt(at), 0x01000193)
  return (bits ^ (bits >>> 15)) >>> 0
}
