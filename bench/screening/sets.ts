// The sets that screening is measured on: sentences and cases of the project's own writing, disguises and old encodings made of them, and
// the labelled comments of an outside set where a path to them is given.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lists } from '../../src/core/screening/lists.ts'
import type { PersonalKind, Span } from '../../src/core/screening/privacy.ts'

const HERE = import.meta.dirname

/** Official sentences and such as citizens write, with every innocent word that loses its innocence with its marks. */
export const CLEAN: readonly string[] = lines('clean.txt')

export type PersonalCase = { text: string; expected: { kind: PersonalKind; span: Span }[] }

/** Written cases of personal data; `kept apart` were not looked at while the rules were made. */
export function personalCases(part: 'known' | 'kept apart'): PersonalCase[] {
  return lines(part === 'known' ? 'personal-1.txt' : 'personal-2.txt').map((line) => {
    const expected: PersonalCase['expected'] = []
    let text = ''
    let at = 0
    for (const match of line.matchAll(/\[(\w+): ((?:[^[\]]|\[at\])+)\]/g)) {
      text += line.slice(at, match.index)
      expected.push({ kind: match[1] as PersonalKind, span: [text.length, text.length + (match[2] ?? '').length] })
      text += match[2]
      at = match.index + match[0].length
    }
    return { text: text + line.slice(at), expected }
  })
}

/** The vulgar words with their marks, as the built-in list has them. */
export const VULGAR: readonly string[] = lists()
  .filter(({ code, isUnmarked, isAllowing }) => code === 'vulgar' && !isUnmarked && !isAllowing)
  .flatMap(({ entries }) => entries)

const graphemes = (text: string) => Array.from(new Intl.Segmenter('vi').segment(text), ({ segment }) => segment)
const DIGITS: Record<string, string> = { a: '4', e: '3', i: '1', o: '0' }
const CYRILLIC: Record<string, string> = { a: 'а', c: 'с', e: 'е', o: 'о', p: 'р', x: 'х', y: 'у', i: 'і' }
const swapped = (text: string, by: Record<string, string>, keepsMarks: boolean) =>
  graphemes(text)
    .map((letter) => {
      const [base = '', ...marks] = letter.normalize('NFD')
      const other = by[base]
      return other === undefined ? letter : other + (keepsMarks ? marks.join('') : '')
    })
    .join('')

/** What people do to a word so that a list does not know it. */
export const TRICKS: Record<string, (word: string) => string> = {
  spaces: (word) =>
    word
      .split(' ')
      .map((each) => graphemes(each).join(' '))
      .join('  '),
  dots: (word) =>
    word
      .split(' ')
      .map((each) => graphemes(each).join('.'))
      .join(' '),
  digits: (word) => swapped(word, DIGITS, false),
  repeats: (word) => word.replace(/(\p{L}\p{M}*)(?= |$)/gu, (letter) => letter.repeat(4)),
  lookalikes: (word) => swapped(word, CYRILLIC, true),
  invisible: (word) =>
    word
      .split(' ')
      .map((each) => graphemes(each).join('\u200B'))
      .join(' '),
}

/** A word in disguise inside a sentence; null where the tricks change nothing of it. */
export function disguised(word: string, tricks: readonly string[]): { text: string; span: Span } | null {
  let made = word
  for (const trick of tricks) {
    const next = TRICKS[trick]?.(made) ?? made
    if (next === made) return null
    made = next
  }
  const before = 'Bà con xem này, '
  return { text: `${before}${made} nhé cả xóm.`, span: [before.length, before.length + made.length] }
}

/** Pairs of tricks, in the order in which a person would do them: letters first, then what parts them. */
export const PAIRS: readonly [string, string][] = [
  ['digits', 'spaces'],
  ['digits', 'dots'],
  ['digits', 'repeats'],
  ['digits', 'invisible'],
  ['repeats', 'spaces'],
  ['repeats', 'dots'],
  ['repeats', 'lookalikes'],
  ['lookalikes', 'spaces'],
  ['lookalikes', 'dots'],
  ['lookalikes', 'invisible'],
  ['repeats', 'invisible'],
  ['digits', 'lookalikes'],
]

const TCVN3 =
  'à=B5 ả=B6 ã=B7 á=B8 ạ=B9 ă=A8 ằ=BB ẳ=BC ẵ=BD ắ=BE ặ=C6 â=A9 ầ=C7 ẩ=C8 ẫ=C9 ấ=CA ậ=CB đ=AE è=CC ẻ=CE ẽ=CF é=D0 ẹ=D1 ê=AA ề=D2 ể=D3 ễ=D4 ế=D5 ệ=D6 ì=D7 ỉ=D8 ĩ=DC í=DD ị=DE ò=DF ỏ=E1 õ=E2 ó=E3 ọ=E4 ô=AB ồ=E5 ổ=E6 ỗ=E7 ố=E8 ộ=E9 ơ=AC ờ=EA ở=EB ỡ=EC ớ=ED ợ=EE ù=EF ủ=F1 ũ=F2 ú=F3 ụ=F4 ư=AD ừ=F5 ử=F6 ữ=F7 ứ=F8 ự=F9 ỳ=FA ỷ=FB ỹ=FC ý=FD ỵ=FE'
const TO_TCVN3 = new Map(
  TCVN3.split(' ').map((pair): [string, string] => [pair.slice(0, 1), String.fromCharCode(Number.parseInt(pair.slice(2), 16))]),
)
const TONES: Record<string, string> = { '\u0301': 'ù', '\u0300': 'ø', '\u0309': 'û', '\u0303': 'õ', '\u0323': 'ï' }
const WITH_CIRCUMFLEX: Record<string, string> = { '': 'â', '\u0301': 'á', '\u0300': 'à', '\u0309': 'å', '\u0303': 'ã', '\u0323': 'ä' }
const WITH_BREVE: Record<string, string> = { '': 'ê', '\u0301': 'é', '\u0300': 'è', '\u0309': 'ú', '\u0303': 'ü', '\u0323': 'ë' }
const VNI_WHOLE: Record<string, string> = { đ: 'ñ', í: 'í', ì: 'ì', ỉ: 'æ', ĩ: 'ó', ị: 'ò', ỵ: 'î' }

/** Sentences as they come from a file in an old encoding. Capitals with marks become small ones first, as TCVN3 has few. */
export const ENCODINGS: Record<'tcvn3' | 'vni' | 'utf8_as_latin1', (text: string) => string> = {
  tcvn3: (text) => Array.from(text.toLowerCase(), (letter) => TO_TCVN3.get(letter) ?? letter).join(''),
  vni: (text) =>
    Array.from(text.toLowerCase(), (letter) => {
      const whole = VNI_WHOLE[letter]
      if (whole !== undefined) return whole
      const [base = '', ...marks] = letter.normalize('NFD')
      const tone = marks.find((mark) => mark in TONES) ?? ''
      if (marks.includes('\u0302')) return base + WITH_CIRCUMFLEX[tone]
      if (marks.includes('\u0306')) return base + WITH_BREVE[tone]
      const horned = marks.includes('\u031B') ? (base === 'o' ? 'ô' : 'ö') : base
      return horned + (TONES[tone] ?? '')
    }).join(''),
  utf8_as_latin1: (text) => new TextDecoder('windows-1252').decode(new TextEncoder().encode(text)),
}

/** Comments with the characters of hateful words marked, as UTF-16 offsets; null where the folder does not have them. */
export function offensiveSpans(folder: string): { text: string; marked: ReadonlySet<number> }[] | null {
  const file = join(folder, 'vietnamese/offensive-spans-dev.csv')
  if (!existsSync(file)) return null
  return parseCsv(readFileSync(file, 'utf8'))
    .slice(1)
    .map(([, text = '', places = '']) => {
      const points = new Set<number>(JSON.parse(places === '' ? '[]' : places))
      const marked = new Set<number>()
      let unit = 0
      for (const [place, point] of Array.from(text).entries()) {
        if (points.has(place)) for (let at = 0; at < point.length; at++) marked.add(unit + at)
        unit += point.length
      }
      return { text, marked }
    })
}

/** Every string of the outside corpora that is text; empty where the folder does not have them. */
export function hostileTexts(folder: string): string[] {
  const corpora = join(folder, 'corpora')
  if (!existsSync(corpora)) return []
  return readdirSync(corpora)
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => stringsOf(JSON.parse(readFileSync(join(corpora, file), 'utf8'))))
    .filter((text) => text.isWellFormed())
}

function stringsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsOf) : []
}

function parseCsv(text: string): string[][] {
  const rows: string[][] = []
  const row: string[] = []
  let field = ''
  let isQuoted = false
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    if (isQuoted) {
      if (char !== '"') field += char
      else if (text.charAt(at + 1) === '"') field += text.charAt(++at)
      else isQuoted = false
    } else if (char === '"') isQuoted = true
    else if (char === ',' || char === '\n') {
      row.push(field)
      field = ''
      if (char === '\n') rows.push(row.splice(0))
    } else if (char !== '\r') field += char
  }
  if (field !== '' || row.length > 0) rows.push([...row, field])
  return rows
}

function lines(file: string): string[] {
  return readFileSync(join(HERE, file), 'utf8')
    .normalize('NFC')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
}
