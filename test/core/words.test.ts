// Promises about words: whole syllables with their marks, phrases, what is allowed; what is disguised is found and what only looks like it
// is not; rules an office writes; places that lie in the text as given, in time that grows with the text.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lists } from '../../src/core/screening/lists.ts'
import { isSyllable } from '../../src/core/screening/phonology.ts'
import { BUILT_IN, type OwnRule, rulesOf, wordsOf } from '../../src/core/screening/rules.ts'
import { wordSignals } from '../../src/core/screening/words.ts'

const told = (text: string, rules = BUILT_IN) =>
  wordSignals(text, rules).flatMap(({ code, spans }) => spans.map((span) => [code, text.slice(...span)]))
const own = (...rules: [string, OwnRule['effect']][]) =>
  rulesOf(
    rules.map(([text, effect], at) => ({ id: String(at), text, effect })),
    [],
  )

describe('words of a list', () => {
  it.each([
    'Phó Chủ tịch Ủy ban nhân dân phường chủ trì buổi họp với các đại biểu.',
    'Điểm dân cư mới ở đường lớn, phố đi bộ và khu dân cư đã có điện.',
    'Đại diện các hộ được giải trình về việc bù giá và du lịch.',
    'Ông Lộn, bà Lớn, anh Dũng và chị Cư ở ngõ 5 chưa nhận được giấy mời.',
    'Bón phân, cứt trâu cho ruộng; con chim cu gáy ngoài vườn; đứa bé ngu ngơ.',
    'Chó thả rông cắn người, đề nghị phường xử lý; trẻ em cần được bú sữa mẹ.',
    'Người dân ngủ không được vì quán nhạc; xe bò chở lợn đi qua bưởi Đoan Hùng.',
  ])('are none of: %s', (text) => expect(told(text)).toEqual([]))

  it.each([
    ['địt mẹ chúng mày', ['địt', 'địt mẹ', 'chúng mày', 'mày']],
    ['Đồ ÓC CHÓ', ['ÓC CHÓ']],
    ['Vào KUWIN88 nhận thưởng', ['KUWIN88']],
    ['vay tiền nhanh, giải ngân trong ngày', ['vay tiền nhanh', 'giải ngân trong ngày']],
    ['do oc cho, mat day', ['oc cho', 'mat day']],
  ])('are found in: %s', (text, words) => {
    for (const word of words) expect(told(text).map(([, found]) => found)).toContain(word)
  })

  it('do not reach from one sentence into the next', () => {
    expect(told('Cấp óc. Chó thả rông.', own(['óc chó', 'hold']))).toEqual([])
  })

  it('of abbreviations that are also units count only where nothing has marks', () => {
    expect(told('Ong nuoc dai 5 dm bi vo')).not.toEqual([])
    expect(told('Ống nước dài 5 dm bị vỡ')).toEqual([])
  })

  it('that a built-in list points out are in none that allows, or they would never tell', () => {
    const of = (isAllowing: boolean) => lists().flatMap((list) => ((list.isAllowing ?? false) === isAllowing ? list.entries : []))
    const allowed = new Set(of(true))
    expect(of(false).filter((entry) => allowed.has(entry))).toEqual([])
  })

  it('of the built-in lists are all well-formed, and none stands twice in one list', () => {
    for (const { code, entries, isUnmarked } of lists()) {
      for (const entry of entries) expect(wordsOf(entry), entry).not.toBeNull()
      expect(new Set(entries).size, `${code} ${isUnmarked} ${entries.filter((each, at) => entries.indexOf(each) !== at)}`).toBe(
        entries.length,
      )
    }
  })
})

describe('a disguise', () => {
  it.each([
    ['đ ị t mẹ mày', 'đ ị t mẹ'],
    ['đồ ó.c c.h.ó', 'ó.c c.h.ó'],
    ['đúng là c4c', 'c4c'],
    ['đồ ngu xuuuuẩn', 'ngu xuuuuẩn'],
    ['đồ m\u200Bất d\u200Bạy', 'm\u200Bất d\u200Bạy'],
    ['óс сhó', 'óс сhó'],
    ['m4t d4y', 'm4t d4y'],
    ['ＫＵＷＩＮ88', 'ＫＵＷＩＮ88'],
    ['s o i k è o', 's o i k è o'],
    ['l ồ n', 'l ồ n'],
    ['đ ị t m 3', 'đ ị t'],
    ['con c-ặ-c', 'c-ặ-c'],
  ])('is undone: %s', (text, word) => {
    expect(told(text)).toContainEqual(['evasion', word])
  })

  it.each([
    'Tổ a, b, c và d; lô D1, C4, B0; xe 38A-123.45; 10 m3 nước, 5 m2 đất.',
    'C Á C  Đ Ạ I  B I Ể U  d ự  h ộ i  n g h ị',
    'N G H Ị  Q U Y Ế T  Đ Ạ I  H Ộ I',
    'Covid19, 4G, QL1A, A1, H5N1, ISO 9001:2015, Zone 5, PM2.5',
    'Email: canbo@phuongvidu.gov.vn, trang http://phuongvidu.gov.vn/tin-tuc',
    'Hoan hôôô các anh công annnn, tuyệt vờiiii!!!',
  ])('is nothing innocent: %s', (text) => expect(told(text)).toEqual([]))
})

describe('an office’s own rules', () => {
  it('hold, mark and allow, with a star for any letters within a word', () => {
    const rules = own(['dự án treo', 'hold'], ['khu*chế', 'mark'], ['*xuất', 'mark'], ['chế xuất', 'allow'])
    expect(told('Dự án treo ở khuchế, sản xuất và chế xuất', rules)).toEqual([
      ['word_hold', 'Dự án treo'],
      ['word_mark', 'khuchế'],
      ['word_mark', 'xuất'],
    ])
  })

  it('are found wherever their words stand side by side, whichever of them has the star', () => {
    const words = ['ban', 'bang', 'bán', 'bánh', 'sang', 'sáng', 'xa'] as const
    const starred = ['ban*', 'bá*', '*ang', 's*ng', 'b*an*', '*án'] as const
    const entry = fc
      .array(fc.constantFrom(...words, ...starred), { minLength: 1, maxLength: 3 })
      .filter((each) => wordsOf(each.join(' ')) !== null)
    fc.assert(
      fc.property(
        fc.array(entry, { minLength: 1, maxLength: 12 }),
        fc.array(fc.constantFrom(...words), { maxLength: 12 }),
        (entries, said) => {
          const rules = own(...entries.map((each): [string, 'mark'] => [each.join(' '), 'mark']))
          const standing = entries.flatMap((each, place) => {
            const pattern = new RegExp(`(?<=^| )${each.join(' ').replaceAll('*', '\\p{L}*')}(?= |$)`, 'u')
            return pattern.test(said.join(' ')) ? [`rule:${place}`] : []
          })
          const found = wordSignals(said.join(' '), rules).filter(({ code }) => code === 'word_mark')
          expect(found.map(({ rule }) => rule).sort()).toEqual(standing.sort())
        },
      ),
    )
  })

  it('allow what the built-in lists point out', () => {
    expect(told('Nói láo', own(['nói láo', 'allow']))).toEqual([])
  })

  it('are found in disguise too, and are gone when they are turned off', () => {
    const rules = own(['dự án treo', 'hold'])
    expect(told('d ự á n t r e o', rules)).toEqual([['evasion', 'd ự á n t r e o']])
    expect(told('d ự á n t r e o', { ...rules, off: new Set(['rule:0']) })).toEqual([])
  })

  it.each(['*', ' ** ', 'a*', '*b*', '', '!?', 'x'.repeat(81), 'a*b*c*d*e'])(
    'are none that would stand everywhere or nowhere: %j',
    (text) => {
      expect(wordsOf(text)).toBeNull()
    },
  )
})

describe('places', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'địt mẹ',
      'đ ị t',
      'c4c',
      'óc chó',
      'óс',
      ' ',
      '.',
      '\u200B',
      'ó\u0301',
      'KUWIN88',
      'vay tiền nhanh',
      '*',
      '\n',
      'a',
      'ngu',
      '1',
      '😀',
      'İ',
      'ﬁ',
      'ǅ',
    ),
    fc.string({ unit: 'grapheme', maxLength: 4 }),
  )
  it('lie in the text as given, in order and apart', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const text = pieces.join('')
        for (const { spans } of wordSignals(text, BUILT_IN)) {
          let before = 0
          for (const [start, end] of spans) {
            expect(start).toBeGreaterThanOrEqual(before)
            expect(end).toBeGreaterThan(start)
            expect(end).toBeLessThanOrEqual(text.length)
            before = end
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('a syllable', () => {
  it.each([
    'nghiêng',
    'quốc',
    'giếng',
    'gì',
    'khuya',
    'thuở',
    'đường',
    'Nguyễn',
    'quyết',
    'quý',
    'khuỷu',
    'huýt',
    'yêu',
    'ý',
    'ủy',
    'oanh',
  ])('can be %s, in every normal form', (word) => {
    expect(isSyllable(word)).toBe(true)
    expect(isSyllable(word.normalize('NFD'))).toBe(true)
  })
  it.each(['®­êng', 'ñöôøng', 'phÆ°á', 'bàc', 'kà', 'ngê', 'strà', 'đđi', 'họặc', ''])('cannot be %s', (word) =>
    expect(isSyllable(word)).toBe(false),
  )
})
