// The keys of the desk are read back from what Unikey makes of them: every row of them, with Telex and with VNI.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDecoder, type Decoder } from '../../src/dashboard/client/telex.ts'
import { type Method, openKeyboard } from '../support/unikey.ts'

/** The usual keys, the letters of tabs, and some that a person may choose. "d" is a mark only after another one, and means a tab only after "g". */
const KEYS = ['j', 'k', 'x', 'a', 'r', 's', 'h', 'e', 't', 'n', 'z', 'g', '/', '?', 'c', 'b', 'w', 'o']
const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0']

/** Presses the keys and gives those that were understood. A digit is expected after "r", as on the desk. */
function heard(method: Method, keys: readonly string[], decoder: Decoder = createDecoder()): string[] {
  const keyboard = openKeyboard(method)
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
    expectsDigit = now.at(-1) === 'r'
  }
  return found
}

describe('with Telex', () => {
  it('every row of two and of three keys is understood', () => {
    for (const one of KEYS)
      for (const two of KEYS) {
        expect(heard('telex', [one, two])).toEqual([one, two])
        for (const three of KEYS)
          expect([one, two, three, ...heard('telex', [one, two, three])]).toEqual([one, two, three, one, two, three])
      }
  })

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

describe('with VNI', () => {
  it('every key, and every digit after the key that asks for a reason, is understood', () => {
    for (const one of KEYS)
      for (const digit of DIGITS) expect([one, digit, ...heard('vni', [one, 'r', digit])]).toEqual([one, digit, one, 'r', digit])
  })
})

describe('without either', () => {
  it('keys are what they are, also after a Backspace', () => {
    const decoder = createDecoder()
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
      expect(createDecoder().take(signs, false).keys).toEqual([key])
    const decoder = createDecoder()
    expect(['a', 'Backspace', 'a', '\u0323'].flatMap((sign) => decoder.take(sign, false).keys)).toEqual(['a', 'j'])
  })
})
