// How well screening must tell, at least: the figures that npm run bench:screening prints, held to the project's aims.
import { describe, expect, it } from 'vitest'
import { encodingFalse, encodingRecall, falseAlarms, personalQuality, recallOf } from '../../bench/screening/quality.ts'
import { CLEAN, ENCODINGS, PAIRS, personalCases, TRICKS } from '../../bench/screening/sets.ts'

describe('screening', () => {
  it('points out words in at most one of two hundred clean sentences', () => {
    expect(CLEAN.length).toBeGreaterThanOrEqual(500)
    expect(new Set(CLEAN).size).toBe(CLEAN.length)
    expect(falseAlarms().length / CLEAN.length).toBeLessThanOrEqual(0.005)
  })

  it.each(Object.keys(TRICKS))('knows nine of ten words disguised by %s', (trick) => {
    const { made, recall } = recallOf([trick])
    expect(made).toBeGreaterThan(100)
    expect(recall).toBeGreaterThanOrEqual(0.9)
  })

  it.each(PAIRS)('knows three of four words disguised by %s and %s', (...pair) => {
    const { made, recall } = recallOf(pair)
    expect(made).toBeGreaterThan(100)
    expect(recall).toBeGreaterThanOrEqual(0.75)
  })

  it('finds personal data, and nothing else, in cases that its rules were not made by', () => {
    expect(personalCases('known').length + personalCases('kept apart').length).toBeGreaterThanOrEqual(300)
    const { precision, recall } = personalQuality(personalCases('kept apart'))
    expect(precision).toBeGreaterThanOrEqual(0.98)
    expect(recall).toBeGreaterThanOrEqual(0.95)
  })

  it.each(Object.keys(ENCODINGS) as (keyof typeof ENCODINGS)[])('knows text in %s and reads it again', (encoding) => {
    const { found, exact } = encodingRecall(encoding)
    expect(found).toBeGreaterThanOrEqual(0.98)
    expect(exact).toBeGreaterThanOrEqual(0.98)
    expect(encodingFalse(CLEAN).length / CLEAN.length).toBeLessThanOrEqual(0.002)
  })
})
