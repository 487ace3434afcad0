// What search compares: one spelling with marks, one without, and syllables at their places. Any text must go through.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonical, fold, hasMarks, syllables } from '../../src/core/screening/vietnamese.ts'

const VIETNAMESE = 'aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ'
const vietnamese = fc.string({ unit: fc.constantFrom(...VIETNAMESE, ...VIETNAMESE.toUpperCase(), ' ', '.', '\n') })
const anyText = fc.oneof(
  vietnamese,
  vietnamese.map((text) => text.normalize('NFD')),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
)

const always = (texts: fc.Arbitrary<string>, promise: (text: string) => void) =>
  fc.assert(
    fc.property(texts, (text) => {
      promise(text)
    }),
  )

describe('the canonical spelling', () => {
  it.each([
    ['hoà', 'hòa'],
    ['Hoà', 'hòa'],
    ['THUÝ', 'thúy'],
    ['khoẻ', 'khỏe'],
    ['xoè', 'xòe'],
    ['uỷ', 'ủy'],
    ['huỵ', 'hụy'],
    ['hoà'.normalize('NFD'), 'hòa'],
    ['Uỷ ban hoà giải, khoẻ.', 'ủy ban hòa giải, khỏe.'],
  ])('of %s is %s', (text, spelling) => {
    expect(canonical(text)).toBe(spelling)
  })

  it.each(['quý', 'quỳ', 'giá', 'của', 'hoàn', 'hoài', 'khuỷu', 'thuyền', 'hòa', 'thúy', 'đường', 'nghĩa'])('of %s is itself', (text) => {
    expect(canonical(text)).toBe(text)
  })

  it('is found once: taking it again changes nothing', () => {
    always(anyText, (text) => expect(canonical(canonical(text))).toBe(canonical(text)))
  })

  it('is at most three times as long', () => {
    always(anyText, (text) => expect(canonical(text).length).toBeLessThanOrEqual(3 * text.length))
  })

  it('is the same for both normal forms', () => {
    always(vietnamese, (text) => expect(canonical(text.normalize('NFD'))).toBe(canonical(text)))
  })
})

describe('the text without marks', () => {
  it.each([
    ['Đường Hồng Lĩnh', 'duong hong linh'],
    ['đường hồng lĩnh'.normalize('NFD'), 'duong hong linh'],
    ['ưu  đãi\n\tlớn ', 'uu dai lon'],
    ['Hoà hòa', 'hoa hoa'],
    ['H’Hen Niê, K’Brôi', 'h’hen nie, k’broi'],
    ['한글', '한글'],
  ])('of %s is %s', (text, folded) => {
    expect(fold(text)).toBe(folded)
  })

  it('is found once: folding it again changes nothing', () => {
    always(anyText, (text) => expect(fold(fold(text))).toBe(fold(text)))
  })

  it('is at most three times as long', () => {
    always(anyText, (text) => expect(fold(text).length).toBeLessThanOrEqual(3 * text.length))
  })

  it('is the same for both normal forms and for the canonical spelling', () => {
    always(vietnamese, (text) => {
      expect(fold(text.normalize('NFD'))).toBe(fold(text))
      expect(fold(canonical(text))).toBe(fold(text))
    })
  })

  it('of Vietnamese is ASCII', () => {
    always(vietnamese, (text) => expect(fold(text)).toMatch(/^[ -~]*$/))
  })
})

describe('marks', () => {
  it.each(['đi', 'Đi', 'ơ', 'hồng', 'hong linh là'])('are in %s', (text) => {
    expect([hasMarks(text), hasMarks(text.normalize('NFD'))]).toEqual([true, true])
  })

  it.each(['', 'duong hong 12', 'UBND'])('are not in "%s"', (text) => expect(hasMarks(text)).toBe(false))

  it('are nowhere in a folded text', () => {
    always(anyText, (text) => expect(hasMarks(fold(text))).toBe(false))
  })
})

describe('syllables', () => {
  it('are told with their places in the text as written', () => {
    expect(syllables('Đường, hoà-bình: số 12!')).toEqual([
      { start: 0, end: 5, text: 'đường' },
      { start: 7, end: 10, text: 'hòa' },
      { start: 11, end: 15, text: 'bình' },
      { start: 17, end: 19, text: 'số' },
      { start: 20, end: 22, text: '12' },
    ])
  })

  it('of a text with separate marks have its own, longer places', () => {
    const text = 'Tiếng Việt'.normalize('NFD')
    expect(syllables(text)).toEqual([
      { start: 0, end: 7, text: 'tiếng' },
      { start: 8, end: 14, text: 'việt' },
    ])
  })

  it('lie inside the text, in order and apart, and each is the spelling of what lies there', () => {
    always(anyText, (text) => {
      let last = 0
      for (const { start, end, text: spelling } of syllables(text)) {
        expect(start).toBeGreaterThanOrEqual(last)
        expect(end).toBeGreaterThan(start)
        expect(end).toBeLessThanOrEqual(text.length)
        expect(canonical(text.slice(start, end))).toBe(spelling)
        last = end
      }
    })
  })

  it('are words and nothing else: no space, sign or control character', () => {
    always(anyText, (text) => {
      for (const { text: spelling } of syllables(text)) expect(spelling).toMatch(/^[\p{L}\p{M}\p{N}]+$/u)
    })
  })
})
