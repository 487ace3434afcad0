// The keys of the desk are read back from what Unikey makes of them: every row of them, with Telex and with VNI.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { USUAL_KEYS } from '../../src/core/moderation/desk.ts'
import { createDecoder } from '../../src/dashboard/client/telex.ts'
import { type Method, openKeyboard } from '../support/unikey.ts'

const USUAL = Object.values(USUAL_KEYS)
/** The usual keys and the letters of tabs. */
const KEYS = ['j', 'k', 'x', 'a', 'r', 's', 'h', 'e', 't', 'n', 'z', 'g', '/', '?', 'c', 'b', 'd']
/** What a person may choose instead: every letter, and the signs but for brackets, with which Telex writes letters. */
const LETTERS = [...'abcdefghijklmnopqrstuvwxyz']
const SIGNS = [...'!"#$%&\'()*+,-./:;<=>?@\\^_`|~']
const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0']

/**
 * Presses the keys and gives those that were understood. A digit is expected after the key of reasons, as on the desk; `isKey` says which
 * letters mean anything there, by default the usual keys.
 */
function heard(
  method: Method,
  keys: readonly string[],
  more: { isFull?: boolean; reject?: string; isKey?: (letter: string) => boolean } = {},
): string[] {
  const { isKey = (letter: string) => USUAL.includes(letter), reject = 'r' } = more
  const decoder = createDecoder(isKey)
  const keyboard = openKeyboard(method, more)
  const found: string[] = []
  let expectsDigit = false
  for (const key of keys) {
    const stroke = keyboard.press(key)
    const signs = [...Array.from({ length: stroke.backspaces }, () => 'Backspace'), ...stroke.signs]
    const now: string[] = []
    let isOpen = false
    for (const sign of signs) {
      const told = decoder.take(sign, expectsDigit)
      now.push(...told.keys)
      isOpen = told.isOpen
    }
    if (isOpen) now.push(...decoder.settle())
    found.push(...now)
    // What was not understood leaves the desk waiting.
    if (now.length > 0) expectsDigit = now.at(-1) === reject
  }
  return found
}

describe('with Telex', () => {
  it.each([false, true])(
    'every row of two and of three keys that a person may choose is understood ("w" alone writes "ư": %s)',
    (isFull) => {
      const wrong: string[] = []
      const press = (...keys: string[]) => {
        const found = heard('telex', keys, { isFull, isKey: () => true }).join(' ')
        if (found !== keys.join(' ')) wrong.push(`${keys.join(' ')}: ${found}`)
      }
      for (const one of [...LETTERS, ...SIGNS])
        for (const two of [...LETTERS, ...SIGNS]) {
          press(one, two)
          if (LETTERS.includes(one) && LETTERS.includes(two)) for (const three of LETTERS) press(one, two, three)
        }
      // After "d" and the key of reasons nobody can tell Telex's "d" from VNI's 9: nothing is heard.
      expect(wrong).toEqual(['d r d: d r'])
    },
  )

  it('so is a whole morning of them', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('j', 'k', 'x', 'a', 'r1', 'r5', 's', 'h', 'z'), { maxLength: 60 }), (acts) => {
        const keys = acts.flatMap((act) => [...act])
        expect(heard('telex', keys)).toEqual(keys)
      }),
      { numRuns: 500 },
    )
  })
})

it('with Telex the letters of tabs are understood after the key that leads to them', () => {
  for (const one of KEYS) for (const letter of 'cxbdakt') expect(heard('telex', [one, 'g', letter])).toEqual([one, 'g', letter])
})

it.each(['telex', 'vni'] as const)(
  'after any key that a person chose for reasons, %s leads to no other key than the one that was pressed, and pressed again it is heard',
  (method) => {
    const wrong: string[] = []
    let [silent, all] = [0, 0]
    for (const reject of [...LETTERS, ...SIGNS])
      for (const one of LETTERS.filter((letter) => letter !== reject))
        for (const last of method === 'vni' ? DIGITS : LETTERS.filter((letter) => letter !== reject)) {
          const more = { reject, isKey: () => true }
          const once = heard(method, [one, reject, last], more).join('')
          all++
          if (once === one + reject) silent++
          else if (once !== one + reject + last) wrong.push(`${one}${reject}${last}: ${once}`)
          const twice = heard(method, [one, reject, last, last], more).join('')
          if (once === one + reject && twice !== one + reject + last) wrong.push(`${one}${reject}${last}${last}: ${twice}`)
        }
    expect(wrong).toEqual([])
    // Where every letter is a key; the fewer are, the rarer.
    expect(silent / all).toBeLessThan(0.12)
  },
)

describe('with VNI', () => {
  it('every key, and every digit after the key that asks for a reason, is understood', () => {
    for (const one of KEYS)
      for (const digit of DIGITS) expect([one, digit, ...heard('vni', [one, 'r', digit])]).toEqual([one, digit, one, 'r', digit])
  })

  it('so is the digit that takes a tone away', () => {
    expect(heard('vni', ['a', 'r', '1', 'r', '0'])).toEqual(['a', 'r', '1', 'r', '0'])
  })
})

describe('without either', () => {
  it('keys are what they are, also after a Backspace', () => {
    const decoder = createDecoder(() => true)
    const take = (sign: string) => {
      const { keys, isOpen } = decoder.take(sign, false)
      return isOpen ? [...keys, ...decoder.settle()] : keys
    }
    expect(['a', 'Backspace', 'j', 'Backspace', 'a', 'a', 'Backspace', 'Backspace', 's'].flatMap(take)).toEqual(['a', 'j', 'a', 'a', 's'])
  })

  it('a letter that comes composed, and one written with a mark of its own, mean the key of the mark', () => {
    for (const [signs, key] of [
      ['ạ', 'j'],
      ['â', 'a'],
      ['đ', 'd'],
      ['ư', 'w'],
    ] as const)
      expect(createDecoder(() => true).take(signs, false).keys).toEqual([key])
    const decoder = createDecoder(() => true)
    expect(['a', 'Backspace', 'a', '\u0323'].flatMap((sign) => decoder.take(sign, false).keys)).toEqual(['a', 'j'])
  })
})
