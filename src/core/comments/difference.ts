// What an edit changed, word by word, for people who judged the text before. Not for: telling how alike two texts are
// (screening/twins.ts).

/** A run of text that both have, or that one of them has alone. */
export type Change = { kind: 'same' | 'added' | 'removed'; text: string }

/** Words put in and taken out beyond which a text counts as another one: the search costs so many walks through both. */
const MAX_EDITS = 400

const graphemes = new Intl.Segmenter('vi', { granularity: 'grapheme' })

/**
 * The changes that make `after` of `before`, in the text's order, what was taken out before what was put in. The same and the removed
 * together are `before`, the same and the added `after`; no grapheme is cut. Of texts that have little in common the whole is told as
 * removed and added.
 */
export function differences(before: string, after: string): Change[] {
  const [old, now] = [wordsOf(before), wordsOf(after)]
  return gathered(stepsBetween(old, now) ?? [...told('removed', old), ...told('added', now)])
}

/** Words, runs of white space, and each other sign by itself. */
function wordsOf(text: string): string[] {
  const words: string[] = []
  let last: string | null = null
  for (const { segment } of graphemes.segment(text)) {
    const kind = /^[\p{L}\p{N}]/u.test(segment) ? 'word' : /^\s+$/.test(segment) ? 'space' : null
    if (kind !== null && kind === last) words.push((words.pop() ?? '') + segment)
    else words.push(segment)
    last = kind
  }
  return words
}

function told(kind: Change['kind'], words: readonly string[]): Change[] {
  return words.map((text) => ({ kind, text }))
}

/**
 * The fewest words taken out and put in (E. W. Myers, "An O(ND) Difference Algorithm", 1986); null beyond {@link MAX_EDITS}. `furthest`
 * holds for each diagonal k = x − y how far along the old text it was followed.
 */
function stepsBetween(old: readonly string[], now: readonly string[]): Change[] | null {
  const most = Math.min(old.length + now.length, MAX_EDITS)
  const furthest = new Map<number, number>([[1, 0]])
  const trace: Map<number, number>[] = []
  for (let edits = 0; edits <= most; edits++) {
    trace.push(new Map(furthest))
    for (let k = -edits; k <= edits; k += 2) {
      let x = cameFromAbove(furthest, k, edits) ? at(furthest, k + 1) : at(furthest, k - 1) + 1
      while (x < old.length && x - k < now.length && old[x] === now[x - k]) x++
      furthest.set(k, x)
      if (x >= old.length && x - k >= now.length) return walkedBack(old, now, trace)
    }
  }
  return null
}

/** Whether the best way onto a diagonal puts a word in, rather than taking one out. */
function cameFromAbove(furthest: Map<number, number>, k: number, edits: number): boolean {
  return k === -edits || (k !== edits && at(furthest, k - 1) < at(furthest, k + 1))
}

function at(furthest: Map<number, number>, k: number): number {
  return furthest.get(k) ?? -1
}

function walkedBack(old: readonly string[], now: readonly string[], trace: readonly Map<number, number>[]): Change[] {
  const steps: Change[] = []
  let [x, y] = [old.length, now.length]
  for (const [edits, furthest] of [...trace.entries()].reverse()) {
    const from = cameFromAbove(furthest, x - y, edits) ? x - y + 1 : x - y - 1
    const startX = edits === 0 ? 0 : at(furthest, from)
    const startY = edits === 0 ? 0 : startX - from
    while (x > startX && y > startY) {
      steps.push({ kind: 'same', text: old[--x] ?? '' })
      y--
    }
    if (y > startY) steps.push({ kind: 'added', text: now[--y] ?? '' })
    else if (x > startX) steps.push({ kind: 'removed', text: old[--x] ?? '' })
  }
  return steps.reverse()
}

/** Puts neighbours of a kind together. Two replaced words with nothing but a space between them are read as one change. */
function gathered(steps: readonly Change[]): Change[] {
  const changes: Change[] = []
  let [removed, added, space] = ['', '', '']
  const end = () => {
    const parts = [
      { kind: 'removed', text: removed },
      { kind: 'added', text: added },
      { kind: 'same', text: space },
    ] as const
    for (const part of parts) {
      const last = changes.at(-1)
      if (part.text === '') continue
      if (last?.kind === part.kind) last.text += part.text
      else changes.push({ ...part })
    }
    removed = added = space = ''
  }
  for (const { kind, text } of steps) {
    if (kind === 'same' && space === '' && removed !== '' && added !== '' && /^[^\S\n]+$/.test(text)) space = text
    else if (kind === 'same') {
      end()
      space = text
      end()
    } else {
      if (space !== '') {
        removed += space
        added += space
        space = ''
      }
      if (kind === 'removed') removed += text
      else added += text
    }
  }
  end()
  return changes
}
