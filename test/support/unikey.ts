// What Unikey does to a row of keys, with Telex or VNI, as far as letters and digits go: marks may be typed anywhere in the word,
// nothing is checked for spelling. Written forwards, from the manuals; the desk reads it backwards (dashboard/client/telex.ts).

export type Method = 'telex' | 'vni'
/** What the page gets for one key: so many Backspaces, then these signs; `isPhysical` when the key itself came through. */
export type Stroke = { backspaces: number; signs: string; isPhysical: boolean }

const TONE_KEYS: Record<Method, Record<string, string>> = {
  telex: { s: '\u0301', f: '\u0300', r: '\u0309', x: '\u0303', j: '\u0323' },
  vni: { '1': '\u0301', '2': '\u0300', '3': '\u0309', '4': '\u0303', '5': '\u0323' },
}
const TONE = /[\u0300\u0301\u0303\u0309\u0323]/

/** A keyboard with Unikey between it and the page. `isFull`: the Telex in which "w" alone writes "ư", and twice "w". */
export function openKeyboard(method: Method, { isFull = false } = {}): { press(key: string): Stroke } {
  let word = ''
  let isAlone = false
  return {
    press(key) {
      if (!/^[a-z0-9]$/.test(key) || (method === 'telex' && /\d/.test(key))) {
        word = ''
        isAlone = false
        return { backspaces: 0, signs: key, isPhysical: true }
      }
      let next = isAlone && key === 'w' ? `${word.slice(0, -1)}w` : typed(word, key, method)
      isAlone = isFull && method === 'telex' && !isAlone && next === `${word}w`
      if (isAlone) next = `${word}ư`
      const stroke = difference(word, next)
      word = next
      return stroke.backspaces === 0 && stroke.signs === key ? { ...stroke, isPhysical: true } : stroke
    },
  }
}

function difference(was: string, is: string): Stroke {
  let same = 0
  while (same < was.length && was[same] === is[same]) same++
  return { backspaces: was.length - same, signs: is.slice(same), isPhysical: false }
}

function typed(word: string, key: string, method: Method): string {
  const tone = TONE_KEYS[method][key]
  if (tone !== undefined) return toned(word, key, tone)
  if (key === (method === 'telex' ? 'z' : '0')) {
    const bare = withoutTone(word)
    return bare === word ? word + key : bare
  }
  return method === 'telex' ? shapedTelex(word, key) : shapedVni(word, key)
}

function toned(word: string, key: string, tone: string): string {
  const parts = [...word.normalize('NFC')]
  const at = vowelFor(parts)
  if (at === -1) return word + key
  if (TONE.test(word.normalize('NFD')) && word.normalize('NFD').includes(tone)) return withoutTone(word) + key
  const bare = [...withoutTone(word)]
  bare[at] = ((bare[at] ?? '') + tone).normalize('NFC')
  return bare.join('')
}

/** The last vowel that has a shape, else the last of the first row of vowels. */
function vowelFor(parts: string[]): number {
  const isVowel = (char: string) => /[aeiouy]/.test(char.normalize('NFD')[0] ?? '')
  const shaped = parts.findLastIndex((char) => isVowel(char) && /[\u0302\u0306\u031b]/.test(char.normalize('NFD')))
  if (shaped !== -1) return shaped
  const first = parts.findIndex(isVowel)
  if (first === -1) return -1
  let last = first
  while (last + 1 < parts.length && isVowel(parts[last + 1] ?? '')) last++
  return last
}

function withoutTone(word: string): string {
  return word.normalize('NFD').replace(TONE, '').normalize('NFC')
}

function shapedTelex(word: string, key: string): string {
  if (key === 'd') return changed(word, /d/, 'đ', /đ/, key)
  if (key === 'w') return shapedWith(word, { a: '\u0306', o: '\u031b', u: '\u031b' }, key)
  if (/[aeo]/.test(key)) return shapedWith(word, { [key]: '\u0302' }, key)
  return word + key
}

function shapedVni(word: string, key: string): string {
  if (key === '6') return shapedWith(word, { a: '\u0302', e: '\u0302', o: '\u0302' }, key)
  if (key === '7') return shapedWith(word, { o: '\u031b', u: '\u031b' }, key)
  if (key === '8') return shapedWith(word, { a: '\u0306' }, key)
  if (key === '9') return changed(word, /d/, 'đ', /đ/, key)
  return word + key
}

function changed(word: string, from: RegExp, to: string, done: RegExp, key: string): string {
  if (done.test(word)) return word.replace(done, 'd') + key
  return from.test(word) ? word.replace(from, to) : word + key
}

function shapedWith(word: string, marks: Record<string, string>, key: string): string {
  const parts = [...word.normalize('NFC')]
  const at = parts.findLastIndex((char) => (char.normalize('NFD')[0] ?? '') in marks)
  if (at === -1) return word + key
  const [base = '', ...rest] = parts[at]?.normalize('NFD') ?? ''
  const mark = marks[base] ?? ''
  if (rest.includes(mark)) {
    parts[at] = [base, ...rest.filter((each) => each !== mark)].join('').normalize('NFC')
    return parts.join('') + key
  }
  const tones = rest.filter((each) => TONE.test(each))
  parts[at] = [base, mark, ...tones].join('').normalize('NFC')
  return parts.join('')
}
