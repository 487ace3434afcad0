// Promises about signals: all of them are collected, in an order that says nothing, each can be turned off, and old ones still read.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BUILT_IN } from '../../src/core/screening/rules.ts'
import { type Facts, isOfText, screen, screened } from '../../src/core/screening/screen.ts'
import { attentionOf, inOrder, readSignals, readStored, SIGNAL_CODES, type Signal, signal } from '../../src/core/screening/signal.ts'

const draft = { body: 'Đường\u200B ngõ \u202E5 a\u0300\u0301\u0302\u0303\u0304 hỏng', name: null }
const facts: Facts = {
  isForeignArticle: true,
  rejectedBefore: 2,
  rejectedNearby: 1,
  twins: { ids: ['a', 'b'], count: 3 },
  isImitation: true,
  sending: { isHoneypotFilled: true, isTooFast: true, isPasted: true },
  isFlooded: true,
}
const codes = (signals: readonly Signal[]) => signals.map(({ code }) => code).sort()

describe('signals', () => {
  it('of the surroundings are told from those of the text, which alone can be found again', () => {
    const surroundings = screen({ body: '', name: null }, BUILT_IN, { ...facts, wasBanned: true }).map(({ code }) => code)
    for (const code of SIGNAL_CODES) expect(isOfText(code), code).toBe(!surroundings.includes(code))
  })

  it('are all collected, however many hold', () => {
    expect(codes(screen(draft, BUILT_IN, facts))).toEqual(
      codes(
        (
          [
            'invisible',
            'bidi',
            'piled_marks',
            'foreign_article',
            'rejected_before',
            'address_rejected',
            'twins',
            'name_imitates',
            'honeypot',
            'too_fast',
            'pasted',
            'flood',
          ] as const
        ).map((code) => signal(code)),
      ),
    )
  })

  it('take the soft hyphen for the letter it is in TCVN3, and for an unseen character everywhere else', () => {
    const old = '§\u00ADêng phè nhµ t«i ngËp n\u00ADíc ®· l©u, ®Ò nghÞ ph\u00ADêng söa ch÷a.'
    const of = (body: string) => codes(screen({ body, name: null }, BUILT_IN, { isForeignArticle: false }))
    expect(of(old)).toEqual(['legacy_encoding'])
    expect(of(`${old} \u200B`)).toEqual(['invisible', 'legacy_encoding'])
    expect(of('Đường ph\u00ADố nhà tôi ngập nước.')).toEqual(['invisible'])
  })

  it('are none of a rule that is turned off, and all others stay', () => {
    const all = screen(draft, BUILT_IN, facts)
    for (const { code, rule } of all)
      expect(screen(draft, { ...BUILT_IN, off: new Set([rule]) }, facts)).toEqual(all.filter((each) => each.code !== code))
  })

  it('of the surroundings are kept where they are turned off, and told when they are turned on again', () => {
    const surroundings = screen({ body: '', name: null }, BUILT_IN, { ...facts, wasBanned: true })
    for (const { rule } of surroundings) {
      const off = { ...BUILT_IN, off: new Set([rule]) }
      const kept = screened({ body: '', name: null }, off, { ...facts, wasBanned: true })
      expect(readSignals(kept)).toEqual(surroundings.filter((each) => each.rule !== rule))
      expect(readStored(kept)).toEqual(surroundings)
      expect(readSignals(screened({ body: '', name: null }, BUILT_IN, { isForeignArticle: false }, readStored(kept)))).toEqual(surroundings)
    }
  })

  it('weigh the same and come in the same order, whichever was found first', () => {
    const some = fc.array(
      fc.constantFrom(...SIGNAL_CODES).map((code) => signal(code)),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(
        some.chain((signals) => fc.tuple(fc.constant(signals), fc.shuffledSubarray(signals, { minLength: signals.length }))),
        ([signals, shuffled]) => {
          expect(attentionOf(shuffled)).toBe(attentionOf(signals))
          expect(inOrder(shuffled)).toEqual(inOrder(signals))
        },
      ),
    )
  })

  it('name at most fifty places and tell how many there are', () => {
    const [told] = screen({ body: 'a\u200B'.repeat(900), name: null }, BUILT_IN, { isForeignArticle: false })
    expect(told?.spans).toHaveLength(50)
    expect(told?.details.count).toBe(900)
  })

  it('are read as they were stored, also from before they had weights and rules', () => {
    const stored = screen(draft, BUILT_IN, facts)
    expect(readSignals(JSON.stringify(stored))).toEqual(stored)
    expect(readSignals('[{"code":"bidi","spans":[[3,4]]},{"code":"unheard_of","spans":[]}]')).toEqual([signal('bidi', [[3, 4]])])
  })
})
