// Names: what passes for an office is known however it is written, and no person is taken for one.
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { imitatesOffice, withoutBadges } from '../../src/core/screening/names.ts'

const AGENCIES = ['Phường Ví Dụ', 'UBND phường Ví Dụ']
const listed = (name: string) =>
  readFileSync(new URL(`../../bench/names/${name}.txt`, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
const imitations = listed('imitations')
const persons = listed('persons')

describe('a name', () => {
  it('that imitates an office is known in at least 98 of 100 of the listed ways', () => {
    expect(imitations.length).toBeGreaterThanOrEqual(300)
    expect(new Set(imitations).size).toBe(imitations.length)
    const missed = imitations.filter((name) => !imitatesOffice(name, AGENCIES))
    expect(missed.length / imitations.length, missed.join(' | ')).toBeLessThanOrEqual(0.02)
  })

  it('of a person is never taken for an office', () => {
    expect(persons.length).toBeGreaterThanOrEqual(500)
    expect(new Set(persons).size).toBe(persons.length)
    expect(persons.filter((name) => imitatesOffice(name, AGENCIES))).toEqual([])
  })

  it('imitates no less in capitals, NFD, with unseen characters or wide letters', () => {
    const unseen = fc.constantFrom('', '\u200B', '\u00AD', '\u2060', '\u3164')
    fc.assert(
      fc.property(
        fc.constantFrom('UBND phường', 'Chủ tịch phường', 'Công an phường', 'Ban biên tập', 'Admin'),
        fc.array(unseen),
        (name, between) => {
          const sprinkled = Array.from(name, (char, at) => char + (between[at] ?? '')).join('')
          const wide = name.replace(/[A-Za-z]/g, (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0))
          for (const written of [sprinkled, sprinkled.toUpperCase(), sprinkled.normalize('NFD'), wide])
            expect(imitatesOffice(written, AGENCIES), written).toBe(true)
        },
      ),
    )
  })

  it('imitates the site itself by its place and kind, and another ward’s place says nothing', () => {
    for (const name of ['Công an Ví Dụ', 'P. Ví Dụ', 'ub vi du', 'Cổng thông tin Ví Dụ']) {
      expect(imitatesOffice(name, AGENCIES), name).toBe(true)
      expect(imitatesOffice(name, ['Phường Nơi Khác']), name).toBe(false)
    }
  })

  it('is looked through whatever it holds, in time that no length can raise', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (name) => typeof imitatesOffice(name, AGENCIES) === 'boolean'))
    const startedAt = performance.now()
    for (const piece of ['a ', 'chủ ', 'U.', 'ờ', '𝗨', '\u0301']) imitatesOffice(piece.repeat(2_000), AGENCIES)
    expect(performance.now() - startedAt).toBeLessThan(5_000)
  })

  it('keeps no sign that looks like a badge, and every other character', () => {
    expect(withoutBadges('✓✔️☑✅Phường★ Ví Dụ🛡️👮')).toBe('Phường Ví Dụ')
    for (const name of persons) expect(withoutBadges(name)).toBe(name)
  })
})
