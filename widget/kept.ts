// What stays on the reader's device, and only after the reader did something: drafts, own opinions that wait, likes, the reader's token.
// Not for: what others may see.
import type { Section } from './section.ts'

/** `draft:PLACE`, `like:ID` or `own`, all of one article. */
type Name = 'own' | `${'draft' | 'like'}:${string}`

/** What was kept under a name; null when nothing was. */
export function recall<Value>(section: Section, name: Name): Value | null {
  return parsed<Value>(prefixOf(section) + name)
}

/** Keeps a value; null forgets it. Where the browser keeps nothing, as long as the page stands. */
export function keep(section: Section, name: Name, value: unknown): void {
  write(prefixOf(section) + name, value)
}

/** By this a reader is known again, and by nothing else. Made on the first like, report or opinion. */
export function readerToken(): string {
  const token = parsed<string>('ykien:reader') ?? randomKey()
  write('ykien:reader', token)
  return token
}

/** 256 random bits in 63 characters or more. Portals on plain http have no `crypto.randomUUID`. */
export function randomKey(): string {
  return crypto.getRandomValues(new Uint8Array(32)).join('-')
}

function prefixOf({ slug, article }: Section): string {
  return `ykien:${slug}:${article.key ?? article.url}:`
}

/** For browsers that keep nothing: at least as long as the page stands. */
const memory: Record<string, string> = {}

function parsed<Value>(name: string): Value | null {
  let text: string | null | undefined = memory[name]
  try {
    text ??= localStorage.getItem(name)
  } catch {
    // Storage is forbidden here.
  }
  return JSON.parse(text || 'null') as Value | null
}

function write(name: string, value: unknown): void {
  const text = JSON.stringify(value)
  try {
    if (value === null) localStorage.removeItem(name)
    else localStorage.setItem(name, text)
  } catch {
    // A private window, a full store.
    memory[name] = text
  }
}
