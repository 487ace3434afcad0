// npm run bench:screening: how well and how fast screening tells. The outside set of labelled comments is looked for in `../shared/data`,
// or the folder given as argument; without it that part says so and the rest is measured all the same.

import { BUILT_IN, type Rules, rulesOf } from '../src/core/screening/rules.ts'
import { type Draft, screen } from '../src/core/screening/screen.ts'
import { characterScores, encodingFalse, encodingRecall, falseAlarms, personalQuality, recallOf } from './screening/quality.ts'
import { CLEAN, disguised, ENCODINGS, hostileTexts, offensiveSpans, PAIRS, personalCases, TRICKS, VULGAR } from './screening/sets.ts'

const folder = process.argv[2] ?? '../shared/data'
const percent = (share: number) => `${(100 * share).toFixed(1)} %`
/** Texts screened before the clock runs. */
const SETTLING = 1_500
const ARRIVAL = { isForeignArticle: false }
const line = (label: string, value: string) => console.log(`${label.padEnd(46)} ${value}`)

console.log('Words')
const alarms = falseAlarms()
line(`clean sentences with a word signal (${CLEAN.length})`, percent(alarms.length / CLEAN.length))
for (const { text, rules } of alarms) console.log(`  ${text} → ${rules.join(', ')}`)
for (const trick of Object.keys(TRICKS)) {
  const { made, recall } = recallOf([trick])
  line(`recall of one trick: ${trick} (${made})`, percent(recall))
}
const pairs = PAIRS.map((pair) => ({ pair, ...recallOf(pair) }))
for (const { pair, made, recall } of pairs) line(`recall of two tricks: ${pair.join(' + ')} (${made})`, percent(recall))
const twice = pairs.reduce((sum, { made }) => sum + made, 0)
line(`recall of two tricks, all (${twice})`, percent(pairs.reduce((sum, { made, recall }) => sum + made * recall, 0) / twice))
const marked = offensiveSpans(folder)
if (marked === null) console.log(`  no labelled comments in ${folder}: not measured`)
else {
  const { precision, recall, f1 } = characterScores(marked)
  line(
    `characters of labelled comments (${marked.length})`,
    `precision ${percent(precision)}, recall ${percent(recall)}, F1 ${percent(f1)}`,
  )
}

console.log('Personal data')
for (const part of ['known', 'kept apart'] as const) {
  const { cases, precision, recall, wrong } = personalQuality(personalCases(part))
  line(`cases ${part} (${cases})`, `precision ${percent(precision)}, recall ${percent(recall)}`)
  for (const each of wrong) console.log(`  ${each}`)
}

console.log('Encodings')
for (const encoding of Object.keys(ENCODINGS) as (keyof typeof ENCODINGS)[]) {
  const { made, found, exact } = encodingRecall(encoding)
  line(`${encoding} (${made})`, `found ${percent(found)}, read again as written ${percent(exact)}`)
}
line(`clean sentences taken for an old encoding (${CLEAN.length})`, percent(encodingFalse(CLEAN).length / CLEAN.length))
if (marked !== null)
  line(`labelled comments taken for one (${marked.length})`, percent(encodingFalse(marked.map(({ text }) => text)).length / marked.length))

console.log('Time, of one comment')
const usual = usualText(2_000)
const own = Array.from({ length: 10_000 }, (_, place) => ({
  id: String(place),
  text: `${word(place)} ${word(place * 7 + 3)}${place % 10 === 0 ? '*' : ''}`,
  effect: 'mark' as const,
}))
const compiledAt = performance.now()
const many = rulesOf(own, [])
line('10,000 entries made ready, once for each change', `${(performance.now() - compiledAt).toFixed(0)} ms`)
// A service screens by the built-in lists and by long ones in turns; so do these, until the engine has seen enough of both.
for (let turn = 0; turn < SETTLING; turn++) for (const rules of [BUILT_IN, many]) screen({ body: usual, name: null }, rules, ARRIVAL)
const { median } = timeOf(usual, BUILT_IN, 400)
line('2,000 graphemes, median', `${median.toFixed(2)} ms`)
const withMany = timeOf(usual, many, 400).median
line(
  '2,000 graphemes with 10,000 entries, median',
  `${withMany.toFixed(2)} ms (${withMany > median ? '+' : ''}${percent(withMany / median - 1)})`,
)
const hostile = [
  ...Object.keys(TRICKS).map((trick) => ({
    name: `50,000 characters of ${trick}`,
    text: repeated(VULGAR.flatMap((each) => disguised(each, [trick])?.text ?? []).join(' ')),
  })),
  ...[
    'a.',
    '0 9',
    '@a',
    '38A-',
    'stk ',
    'số 1 ',
    '1 2345 ',
    'đ ',
    'địt mẹ ',
    'ở số 1/',
    'a\u0301\u0302',
    '\u200B',
    'không chín ',
    'Ä‘',
    'http://a',
    'cu gáy ',
  ].map((piece) => ({
    name: `50,000 characters of ${JSON.stringify(piece)}`,
    text: repeated(piece),
  })),
  ...hostileTexts(folder).map((text) => ({ name: `corpora: ${JSON.stringify(text.slice(0, 30))}`, text: text.slice(0, 50_000) })),
]
const times = hostile.map(({ name, text }) => ({ name, ms: timeOf(text, BUILT_IN, text.length > 5_000 ? 9 : 3).best }))
times.sort((one, other) => other.ms - one.ms)
for (const { name, ms } of times.slice(0, 5)) line(`worst of ${times.length}, best of some runs: ${name}`, `${ms.toFixed(1)} ms`)

/** Clean sentences one after the other, cut at so many characters; all are letters of one unit, so graphemes too. */
function usualText(length: number): string {
  return CLEAN.join(' ').slice(0, length)
}

function repeated(piece: string): string {
  return piece
    .repeat(Math.ceil(50_000 / piece.length))
    .slice(0, 50_000)
    .toWellFormed()
}

function word(place: number): string {
  const words = usualText(30_000).split(/[^\p{L}]+/u)
  return `${words[place % words.length]}`
}

/** Milliseconds of processor time, so that what else the machine does is left out as far as it can be. */
function timeOf(body: string, rules: Rules, runs: number): { median: number; best: number } {
  const draft: Draft = { body, name: null }
  screen(draft, rules, ARRIVAL)
  const times = Array.from({ length: runs }, () => {
    const at = process.cpuUsage()
    screen(draft, rules, ARRIVAL)
    const { user, system } = process.cpuUsage(at)
    return (user + system) / 1_000
  }).sort((one, other) => one - other)
  return { median: times[times.length >> 1] ?? 0, best: times[0] ?? 0 }
}
