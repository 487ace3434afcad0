// What decisions teach: the quality on labelled comments that no rule was written for, and counts that come and go exactly.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { halvesOf, type Labelled, labelOf, measure, readLabelled } from '../../bench/learning.ts'
import { decode, emptyModel, encode, type Label, learn, reasonsOf, score } from '../../src/core/screening/learn.ts'
import { bandsOf, LEAST_SIMILARITY, shinglesOf, similarity } from '../../src/core/screening/twins.ts'

const all = readLabelled()
const { halves, mostAlike } = halvesOf(all)
const text = fc.oneof(fc.constantFrom(...all.map((each) => each.text)), fc.string({ unit: 'grapheme', maxLength: 60 }))
const label = fc.constantFrom<Label>('kept', 'refused')

describe('learning', () => {
  it('is measured on at least 1,500 comments, none of which stands nearly alike in both halves', () => {
    expect(all.length).toBeGreaterThanOrEqual(1_500)
    expect(new Set(all.map((each) => each.text)).size).toBe(all.length)
    for (const half of halves) expect(half.length).toBeGreaterThanOrEqual(800)
    expect(mostAlike).toBeLessThan(0.3)
  })

  it.each([
    ['one half', halves],
    ['the other half', halves.toReversed() as [Labelled[], Labelled[]]],
  ])('tells refused from kept after 800 decisions, each class by itself, and puts most spam first; taught by %s', (_, [trained, asked]) => {
    const [last] = measure(trained, asked, [800])
    expect(last?.all).toBeGreaterThanOrEqual(0.9)
    for (const [name, area] of Object.entries(last?.of ?? {})) expect(area, name).toBeGreaterThanOrEqual(0.89)
    expect(last?.spamInFirstFifth).toBeGreaterThan(0.8)
  })

  it('takes out exactly what it counted in, in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, label), { maxLength: 8 }), fc.array(fc.tuple(text, label), { maxLength: 8 }), (stay, go) => {
        const [model, expected] = [emptyModel(), emptyModel()]
        for (const [each, as] of [...stay, ...go]) learn(model, each, as)
        for (const [each, as] of go) learn(model, each, as, -1)
        for (const [each, as] of stay.toReversed()) learn(expected, each, as)
        expect(model).toEqual(expected)
      }),
      { numRuns: 40 },
    )
  })

  it('is kept as text of bounded size and reads back the same', () => {
    const model = emptyModel()
    for (const each of all) learn(model, each.text, labelOf(each.class))
    const tables = encode(model)
    expect(decode(model.texts, tables)).toEqual(model)
    for (const table of Object.values(tables)) expect(table.length).toBeLessThan(400_000)
    for (const counts of Object.values(model.counts)) for (const table of Object.values(counts)) table.fill(1_000_000)
    expect(decode(model.texts, encode(model))).toEqual(model)
    for (const table of Object.values(encode(model))) expect(table.length).toBeLessThan(400_000)
  })

  it('says nothing until it knows both, and names words of the text as its reasons', () => {
    const model = emptyModel()
    learn(model, 'Nạp tiền nhận thưởng', 'refused')
    expect(score(model, 'Nạp tiền')).toBe(0)
    expect(reasonsOf(model, 'Nạp tiền')).toEqual([])
    for (let n = 0; n < 5; n++) {
      learn(model, `Nạp tiền nhận thưởng lần ${n}`, 'refused')
      learn(model, `Đường ngập quá phường ơi ${n}`, 'kept')
    }
    expect(score(model, 'Mời nạp tiền')).toBeGreaterThan(0)
    expect(score(model, 'Đường ngập')).toBeLessThan(0)
    expect(reasonsOf(model, 'Mời NẠP tiền nhé')).toContain('nạp tiền')
    expect(reasonsOf(model, 'Đường ngập')).toEqual([])
    fc.assert(fc.property(text, (each) => Number.isFinite(score(model, each)) && reasonsOf(model, each).length <= 3))
  })
})

describe('twins', () => {
  it('are told whatever marks, gaps, signs and numbers they are written with', () => {
    const one = shinglesOf('Vay tiền nhanh trong ngày, gọi 0912 345 678, không cần thế chấp!')
    const other = shinglesOf('vay tien nhanh trong ngay – goi 0387.654.321 – khong can the chap')
    expect(similarity(one, other)).toBe(1)
    expect(bandsOf(one)).toEqual(bandsOf(other))
    expect(shinglesOf('Cảm ơn phường').size).toBe(0)
  })

  it('with a word more or another one meet in the index; no two of 1,600 written comments do', () => {
    const shingles = all.map((each) => shinglesOf(each.text)).filter((each) => each.size > 40)
    const places = new Map<number, number>()
    for (const [index, each] of shingles.entries()) for (const band of bandsOf(each)) places.set(band, index)
    let met = 0
    const changed = all.map((each) => each.text).filter((each) => shinglesOf(each).size > 40)
    for (const each of changed) {
      const [near, far] = [shinglesOf(`${each} nhé bà con`), shinglesOf(each)]
      if (similarity(near, far) < LEAST_SIMILARITY) continue
      const bands = new Set(bandsOf(far))
      if (bandsOf(near).some((band) => bands.has(band))) met++
    }
    expect(met / changed.length).toBeGreaterThan(0.95)
    const alike = shingles.flatMap((one, at) => shingles.slice(at + 1).filter((other) => similarity(one, other) >= LEAST_SIMILARITY))
    expect(alike.length).toBe(0)
  })

  it('are alike to themselves, both ways alike, and never by more than all', () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        const [first, second] = [shinglesOf(one), shinglesOf(other)]
        expect(similarity(first, second)).toBe(similarity(second, first))
        if (first.size > 0) expect(similarity(first, first)).toBe(1)
        expect(bandsOf(first).every((band) => band >= 0 && band < 2 ** 32)).toBe(true)
      }),
    )
  })
})
