// What an edit changed, word by word: nothing is lost, no letter is parted from its marks, and no pair of texts takes long.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Change, differences } from '../../src/core/comments/difference.ts'

const told = (before: string, after: string) =>
  differences(before, after)
    .map(({ kind, text }) => (kind === 'same' ? text : kind === 'added' ? `{+${text}+}` : `[-${text}-]`))
    .join('')
const sideOf = (changes: readonly Change[], kind: 'added' | 'removed') =>
  changes
    .filter((change) => change.kind === 'same' || change.kind === kind)
    .map(({ text }) => text)
    .join('')
const graphemes = new Intl.Segmenter('vi', { granularity: 'grapheme' })
const boundariesOf = (text: string) => new Set([...graphemes.segment(text)].map(({ index }) => index).concat(text.length))

describe('an edit', () => {
  it.each([
    ['Đèn đường hỏng.', 'Đèn đường hỏng.', 'Đèn đường hỏng.'],
    ['Đèn đường hỏng.', 'Đèn đường bị hỏng.', 'Đèn đường {+bị +}hỏng.'],
    ['Rác chưa được thu gom.', 'Rác được thu gom.', 'Rác [-chưa -]được thu gom.'],
    ['Ngõ 5 ngập.', 'Ngõ 15 ngập.', 'Ngõ [-5-]{+15+} ngập.'],
    ['Con đường này hỏng.', 'Cái cầu này hỏng.', '[-Con đường-]{+Cái cầu+} này hỏng.'],
    ['Một dòng.\nHai dòng.', 'Một dòng.\nBa dòng.', 'Một dòng.\n[-Hai-]{+Ba+} dòng.'],
    ['', 'Mới.', '{+Mới.+}'],
    ['Ban', 'Bạn', '[-Ban-]{+Bạn+}'],
  ])('of "%s" to "%s" is told as "%s"', (before, after, expected) => {
    expect(told(before, after)).toBe(expected)
  })

  it('loses nothing of either text and cuts no grapheme, whatever the texts', () => {
    const bits = fc.constantFrom(
      'ngõ',
      'đường',
      'ươ\u0323',
      ' ',
      '\n',
      '.',
      '👩‍👧',
      '🇻🇳',
      'a\u0301\u0323',
      '\u0301',
      '\u200b',
      '\r\n',
      '1',
      'Ý',
      'क्षि',
    )
    const text = fc.array(bits, { maxLength: 40 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(text, text, (before, after) => {
        const changes = differences(before, after)
        for (const [kind, whole] of [
          ['removed', before],
          ['added', after],
        ] as const) {
          expect(sideOf(changes, kind)).toBe(whole)
          const allowed = boundariesOf(whole)
          let at = 0
          for (const change of changes)
            if (change.kind === 'same' || change.kind === kind) {
              at += change.text.length
              expect(allowed.has(at)).toBe(true)
            }
        }
        for (const [index, { kind }] of changes.entries()) expect(kind).not.toBe(changes[index + 1]?.kind)
      }),
      { numRuns: 500 },
    )
  })

  it('that leaves nothing in common is told as the whole, however long the texts are', () => {
    const before = Array.from({ length: 1_000 }, (_, n) => `a${n}`).join(' ')
    const after = Array.from({ length: 1_000 }, (_, n) => `b${n}`).join(',')
    expect(differences(before, after)).toEqual([
      { kind: 'removed', text: before },
      { kind: 'added', text: after },
    ])
  })

  it('of the longest text costs no more than a blink', () => {
    const started = performance.now()
    differences('.,'.repeat(5_000), ',.;'.repeat(3_333))
    expect(performance.now() - started).toBeLessThan(2_000)
  })
})
