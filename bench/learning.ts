// What a site learns from its own decisions: trained one by one on half of the labelled comments in bench/learning, then asked about
// the other half. Prints the area under the curve in all and per class, and how much spam stands in the first fifth of the queue.
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { areaUnderCurve, emptyModel, type Label, learn, score } from '../src/core/screening/learn.ts'
import { shinglesOf, similarity } from '../src/core/screening/twins.ts'

const CLASSES = ['gambling', 'loan', 'insult', 'offtopic', 'clean'] as const
type Class = (typeof CLASSES)[number]
/** A comment as one wrote it, and what a clerk would make of it. */
export type Labelled = { text: string; class: Class }

/** Texts that share more stand in the same half. */
const MOST_ALIKE = 0.3
const DECISIONS = [50, 100, 200, 800]
/** What is pressed away as spam; insults and off-topic comments are rejected with a reason. */
const SPAM: readonly Class[] = ['gambling', 'loan']

/** All labelled comments, each once. */
export function readLabelled(): Labelled[] {
  return CLASSES.flatMap((name) =>
    readFileSync(new URL(`learning/${name}.txt`, import.meta.url), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((text) => ({ text, class: name })),
  )
}

/** Two halves, each class in both, no text in one that is nearly one of the other; and how alike the most alike across them are. */
export function halvesOf(all: readonly Labelled[]): { halves: [Labelled[], Labelled[]]; mostAlike: number } {
  const shingles = all.map(({ text }) => shinglesOf(text))
  const family = all.map((_, index) => index)
  const headOf = (index: number): number => (family[index] === index ? index : headOf(family[index] ?? index))
  for (const [one, of] of shingles.entries())
    for (let other = one + 1; other < all.length; other++)
      if (similarity(of, shingles[other] ?? new Set()) > MOST_ALIKE) family[headOf(other)] = headOf(one)
  const halves: [Labelled[], Labelled[]] = [[], []]
  const sides = new Map<number, 0 | 1>()
  const given = new Map<Class, number>()
  for (const [index, labelled] of all.entries()) {
    const head = headOf(index)
    const n = given.get(labelled.class) ?? 0
    const side = sides.get(head) ?? ((n % 2) as 0 | 1)
    if (!sides.has(head)) given.set(labelled.class, n + 1)
    sides.set(head, side)
    halves[side].push(labelled)
  }
  let mostAlike = 0
  const [ofFirst, ofSecond] = halves.map((half) => half.map(({ text }) => shinglesOf(text)))
  for (const one of ofFirst ?? []) for (const other of ofSecond ?? []) mostAlike = Math.max(mostAlike, similarity(one, other))
  return { halves, mostAlike }
}

/** What the office makes of a class. */
export function labelOf(name: Class): Label {
  return name === 'clean' ? 'kept' : 'refused'
}

/** Areas under the curve; and how much of the spam of an ordinary queue stands in its first fifth. */
export type Quality = { decisions: number; all: number; of: Record<Exclude<Class, 'clean'>, number>; spamInFirstFifth: number }

/** The quality on `asked` after each number of decisions on `trained`, taken in an order that repeats. */
export function measure(trained: readonly Labelled[], asked: readonly Labelled[], decisions: readonly number[] = DECISIONS): Quality[] {
  const order = shuffled(trained)
  const model = emptyModel()
  const measured: Quality[] = []
  for (const [index, { text, class: name }] of order.entries()) {
    learn(model, text, labelOf(name))
    if (!decisions.includes(index + 1)) continue
    const scored = asked.map((each) => ({ ...each, score: score(model, each.text) }))
    const of = (name: Class) => scored.filter((each) => each.class === name).map((each) => each.score)
    const against = (refused: readonly number[]) => areaUnderCurve(refused, of('clean')) ?? 0
    const queue = ordinary(scored).toSorted((one, other) => other.score - one.score)
    const spam = (among: readonly Labelled[]) => among.filter((each) => SPAM.includes(each.class)).length
    measured.push({
      decisions: index + 1,
      all: against(scored.filter((each) => each.class !== 'clean').map((each) => each.score)),
      of: {
        gambling: against(of('gambling')),
        loan: against(of('loan')),
        insult: against(of('insult')),
        offtopic: against(of('offtopic')),
      },
      spamInFirstFifth: spam(queue.slice(0, Math.ceil(queue.length / 5))) / spam(queue),
    })
  }
  return measured
}

/** A queue as a ward has it: every clean comment, and of the others one for each six of those, half of them spam. */
function ordinary<Item extends Labelled>(scored: readonly Item[]): Item[] {
  const clean = scored.filter((each) => each.class === 'clean')
  const share = (names: readonly Class[]) =>
    shuffled(scored.filter((each) => names.includes(each.class))).slice(0, Math.round(clean.length / 12))
  return [...clean, ...share(SPAM), ...share(['insult', 'offtopic'])]
}

/** The same order each time (a multiplicative generator of Lehmer's, seeded). */
function shuffled<Item>(items: readonly Item[]): Item[] {
  const order = [...items]
  let state = 20_261_127
  for (let at = order.length - 1; at > 0; at--) {
    state = (state * 48_271) % 2_147_483_647
    const other = state % (at + 1)
    ;[order[at], order[other]] = [order[other] as Item, order[at] as Item]
  }
  return order
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const all = readLabelled()
  const { halves, mostAlike } = halvesOf(all)
  console.log(
    `${all.length} labelled comments: ${CLASSES.map((name) => `${all.filter((each) => each.class === name).length} ${name}`).join(', ')}`,
  )
  console.log(
    `halves of ${halves[0].length} and ${halves[1].length}; the most alike texts across them share ${mostAlike.toFixed(2)} of their shingles`,
  )
  for (const [trained, asked] of [halves, halves.toReversed()] as [Labelled[], Labelled[]][]) {
    for (const { decisions, all: total, of, spamInFirstFifth } of measure(trained, asked))
      console.log(
        `after ${String(decisions).padStart(3)} decisions: AUC ${total.toFixed(3)} (${Object.entries(of)
          .map(([name, area]) => `${name} ${area.toFixed(3)}`)
          .join(', ')}); ${(100 * spamInFirstFifth).toFixed(0)} % of the spam in the first fifth of an ordinary queue`,
      )
    console.log()
  }
}
