// Lists of words as text to take along: CSV with a column for the entry and one for what it does. Pure.
import { EFFECTS, type Effect } from './rules.ts'

type Lists = Record<Effect, string[]>

/** A spreadsheet takes what begins so for a formula; an apostrophe before it is shown by none. */
const FORMULA = /^[=+\-@\t\r]/

/** Lists as CSV, an entry a line, with a byte order mark so that spreadsheets read it as Unicode. */
export function toCsv(lists: Lists): string {
  const rows = EFFECTS.flatMap((effect) => lists[effect].map((text) => `${quoted(text)},${effect}`))
  return `\uFEFFentry,effect\r\n${rows.map((row) => `${row}\r\n`).join('')}`
}

/** Lists from CSV or plain text, an entry a line. A line without a known effect is one to `mark`; a heading and empty lines are none. */
export function fromText(text: string): Lists {
  const lists: Lists = { hold: [], mark: [], allow: [] }
  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n|[\r\n]/)) {
    const match = /^(.*)[,;\t]\s*"?(hold|mark|allow)"?\s*$/.exec(line)
    const entry = unquoted((match?.[1] ?? line).trim())
    if (entry !== '' && !/^entry,effect$/i.test(line.trim())) lists[(match?.[2] as Effect | undefined) ?? 'mark'].push(entry)
  }
  return lists
}

function quoted(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

function unquoted(text: string): string {
  const inner = /^"(.*)"$/.exec(text)?.[1]?.replaceAll('""', '"') ?? text
  return inner.replace(/^'(?=[=+\-@])/, '')
}
