// Keys pressed while Unikey's Telex or VNI is on. It does not know that a desk is no text: of "a" and then "j" it makes "ạ" and sends
// Backspace and "ạ". Here the key that was pressed is read back from what was taken away and what was put in its place. Pure.

/** What one event says: the keys that are now known to have been pressed; `isOpen` when only the next event, or silence, will tell. */
type Heard = { keys: string[]; isOpen: boolean }

export type Decoder = {
  /** Takes the sign of a keydown, or Backspace. `expectsDigit`: a digit would mean something now, so that VNI's marks are read as digits. */
  take(sign: string, expectsDigit: boolean): Heard
  /** Says what an open end meant after all, once nothing more came. */
  settle(): string[]
  /** Forgets the word, as Unikey does when the pointer is pressed or another field is entered. */
  reset(): void
}

/** A syllable is shorter; whatever was typed before cannot be rewritten any more. */
const MEMORY = 24

const TONES: Record<string, string> = { '\u0301': 's', '\u0300': 'f', '\u0309': 'r', '\u0303': 'x', '\u0323': 'j' }
const SHAPES: Record<string, string> = { '\u0302': '^', '\u0306': '(', '\u031b': '+' }
const TELEX: Record<string, string> = { '(': 'w', '+': 'w' }
const VNI: Record<string, string> = { s: '1', f: '2', r: '3', x: '4', j: '5', '^': '6', '+': '7', '(': '8', d: '9', z: '0' }

/** The letters without marks, the tone, and the shape of each letter: '' none, '^', '(' breve, '+' horn, 'd' the stroke. */
type Read = { letters: string; tone: string; shapes: string[] }

/** What Telex makes of the end of a word: a tone of any vowel before, the same letter once more, a mark by "w". */
const COMBINES = /[aeiouy].*[sfrxj]$|([aeod]).*\1$|[aou].*w$/

/**
 * A decoder of its own for each page. `isKey` says whether a letter means anything there: where a digit is expected and it cannot be told
 * whether Telex's letter or VNI's digit was pressed, nothing is heard rather than the wrong one; pressed again, the key comes as it is.
 */
export function createDecoder(isKey: (letter: string) => boolean): Decoder {
  let shown = ''
  let removed = ''
  let removals = 0
  let inserted = ''
  let isDigitExpected = false
  let isTelex = false
  /** In this word a letter came as it is that Telex would have combined. */
  let isOther = false

  function end(): void {
    shown = (shown + inserted).slice(-MEMORY)
    removed = ''
    inserted = ''
    removals = 0
  }

  /** The keys that a mark stands for: `letter` is the one that carries it. */
  function told(mark: string, letter: string): string[] {
    const key = mark === '^' || mark === '' ? letter : (TELEX[mark] ?? mark)
    const digit = VNI[mark]
    if (!isDigitExpected) isTelex ||= /^[\^(+sfrxjzwd]$/.test(mark)
    if (!isDigitExpected || isTelex || digit === undefined) return [key]
    return isOther || !isKey(key) ? [digit] : []
  }

  return {
    take(sign, expectsDigit) {
      isDigitExpected = expectsDigit
      if (sign === 'Backspace') {
        const before = inserted === '' ? [] : plain(inserted)
        if (inserted !== '') end()
        removed = shown.slice(-1) + removed
        removals++
        shown = shown.slice(0, -1)
        return { keys: before, isOpen: false }
      }
      const char = sign.toLowerCase()
      if (removals === 0) {
        // VNI makes "ư" of a "u"; without one it is what Telex may make of "w" alone.
        if (char === 'ư' && !shown.endsWith('u')) isTelex = true
        shown = (shown + char).normalize('NFC').slice(-MEMORY)
        if (/^[!-~]$/.test(char)) {
          isOther ||= COMBINES.test(read(/\p{L}*$/u.exec(shown)?.[0] ?? '').letters)
          return { keys: [char], isOpen: false }
        }
        return { keys: lastKey(char).flatMap((mark) => told(mark, mark)), isOpen: false }
      }
      inserted = (inserted + char).normalize('NFC')
      const verdict = removed.length < removals ? unknown(inserted) : explain(removed, inserted)
      if (verdict === 'wait') return { keys: [], isOpen: true }
      // A letter that takes a mark away is Telex's; VNI has digits for that.
      if (verdict !== 'plain' && verdict.mark === '') isTelex ||= /[a-z]/.test(verdict.letter) && marks(removed) > marks(inserted)
      const keys = verdict === 'plain' ? plain(inserted) : told(verdict.mark, verdict.letter)
      end()
      return { keys, isOpen: false }
    },
    settle() {
      if (inserted === '') return []
      const [was, is] = [read(removed), read(inserted)]
      const keys = was.tone !== '' && is.tone === '' && was.letters === is.letters ? told('z', 'z') : plain(inserted)
      end()
      return keys
    },
    reset() {
      end()
      shown = ''
      isOther = false
    },
  }
}

/** `mark` is '' for a letter that was pressed and is nothing but itself. */
type Verdict = 'wait' | 'plain' | { mark: string; letter: string }

/** Which key makes the one text of the other. Both are the end of one word, so that at most one letter more is in the second. */
function explain(removed: string, inserted: string): Verdict {
  const [was, is] = [read(removed), read(inserted)]
  if (was.letters.length > is.letters.length) return was.letters.startsWith(is.letters) ? 'wait' : 'plain'
  if (is.letters === was.letters) {
    const shaped = is.shapes.findIndex((shape, index) => shape !== '' && shape !== was.shapes[index])
    if (shaped !== -1) return { mark: is.shapes[shaped] ?? '', letter: is.letters[shaped] ?? '' }
    if (is.tone !== '' && is.tone !== was.tone) return { mark: is.tone, letter: is.tone }
    // A mark that went, by its own key once more, which then follows as a letter, or a tone by "z"; or a mark that is still to come.
    return 'wait'
  }
  if (is.letters === 'w' && removed === 'ư') return { mark: '', letter: 'w' }
  const added = is.letters.at(-1) ?? ''
  return is.letters.slice(0, -1) === was.letters ? { mark: '', letter: added } : 'plain'
}

/** What was taken away is not known: the last mark that a single letter carries tells. */
function unknown(inserted: string): Verdict {
  const [key] = lastKey(inserted)
  return key === undefined ? 'plain' : { mark: key, letter: read(inserted).letters.at(-1) ?? '' }
}

/** The key that put the last mark on a letter; none for a letter without marks. */
function lastKey(text: string): string[] {
  const { letters, tone, shapes } = read(text)
  const shape = shapes.at(-1) ?? ''
  if (tone !== '') return [tone]
  if (shape === '^') return [letters.at(-1) ?? '']
  return shape === '' ? [] : [shape]
}

function read(text: string): Read {
  const found: Read = { letters: '', tone: '', shapes: [] }
  for (const char of text.replaceAll('đ', 'd\u0335').normalize('NFD')) {
    const tone = TONES[char]
    const shape = char === '\u0335' ? 'd' : SHAPES[char]
    if (tone !== undefined) found.tone = tone
    else if (shape !== undefined) found.shapes[found.shapes.length - 1] = shape
    else {
      found.letters += char
      found.shapes.push('')
    }
  }
  return found
}

/** How many marks a text carries. */
function marks(text: string): number {
  const { tone, shapes } = read(text)
  return shapes.filter((shape) => shape !== '').length + (tone === '' ? 0 : 1)
}

/** Keys that were pressed as they came. */
function plain(text: string): string[] {
  return [...text].filter((char) => /^[!-~]$/.test(char))
}
