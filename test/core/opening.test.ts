// When opinions are taken: hours, days off, and an article's own opening and closing, at the very minute in Vietnam.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { datesOf, datesText, isOpen, openingOf } from '../../src/core/opening.ts'
import { Settings } from '../../src/core/settings.ts'

const settings = (more: Record<string, unknown> = {}) => Settings.parse(more)
/** A time of Vietnam. */
const at = (local: string) => new Date(`${local}:00+07:00`)
const iso = (local: string) => at(local).toISOString()

describe('a site', () => {
  it('without hours or days off is open and will not change by itself', () => {
    expect(openingOf(settings(), null, at('2026-11-23T03:00'))).toEqual({ closed: null, opensAt: null, changesAt: null })
  })

  it('that is closed says no time at which it opens', () => {
    expect(openingOf(settings({ state: 'closed', hours_from: '07:00', hours_to: '17:00' }), null, at('2026-11-23T08:00'))).toEqual({
      closed: 'site',
      opensAt: null,
      changesAt: null,
    })
  })

  it.each([
    ['2026-11-23T06:59', 'hours', '2026-11-23T07:00'],
    ['2026-11-23T07:00', null, '2026-11-23T17:00'],
    ['2026-11-23T16:59', null, '2026-11-23T17:00'],
    ['2026-11-23T17:00', 'hours', '2026-11-24T07:00'],
  ])('open from 07:00 to 17:00 is, at %s, %s until %s', (now, closed, changes) => {
    const opening = openingOf(settings({ hours_from: '07:00', hours_to: '17:00' }), null, at(now))
    expect(opening).toEqual({ closed, opensAt: closed === null ? null : iso(changes), changesAt: iso(changes) })
  })

  it('closed on weekends opens on Monday, or after the days off that follow', () => {
    const weekdays = { open_days: [1, 2, 3, 4, 5], hours_from: '07:30', hours_to: '11:30' }
    expect(openingOf(settings(weekdays), null, at('2026-11-28T09:00')).opensAt).toBe(iso('2026-11-30T07:30'))
    const holidays = { ...weekdays, closed_dates: [{ from: '2026-11-30', to: '2026-12-01' }] }
    expect(openingOf(settings(holidays), null, at('2026-11-28T09:00')).opensAt).toBe(iso('2026-12-02T07:30'))
  })

  it('with a day off far ahead is looked at again before it', () => {
    const { closed, changesAt } = openingOf(
      settings({ closed_dates: [{ from: '2027-09-02', to: '2027-09-02' }] }),
      null,
      at('2026-11-23T08:00'),
    )
    expect(closed).toBeNull()
    expect(changesAt ?? '').toMatch(/^2027-01/)
  })

  it('changes next at the very time it names, and not before', () => {
    const time = fc
      .integer({ min: 0, max: 1_439 })
      .map((n) => `${String(Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}`)
    fc.assert(
      fc.property(
        fc.tuple(time, time).filter(([from, to]) => from < to),
        fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        fc.integer({ min: 0, max: 60 * 24 * 30 }),
        ([hours_from, hours_to], open_days, minutes) => {
          const own = settings({ hours_from, hours_to, open_days, closed_dates: [{ from: '2026-11-25', to: '2026-11-26' }] })
          const now = new Date(at('2026-11-20T00:00').getTime() + minutes * 60_000)
          const opening = openingOf(own, null, now)
          const next = new Date(opening.changesAt ?? '')
          expect(next.getTime()).toBeGreaterThan(now.getTime())
          expect(openingOf(own, null, next).closed).not.toBe(opening.closed)
          expect(openingOf(own, null, new Date(next.getTime() - 1)).closed).toBe(opening.closed)
        },
      ),
    )
  })
})

describe('an article', () => {
  const never = { closedAt: null, closesAt: null, opensAt: null }

  it.each([
    ['is open by itself', never, true],
    ['was closed', { ...never, closedAt: iso('2026-11-20T08:00') }, false],
    ['closes later', { ...never, closesAt: iso('2026-11-24T08:00') }, true],
    ['has closed as scheduled', { ...never, closesAt: iso('2026-11-23T08:00') }, false],
    ['has closed and opened again as scheduled', { ...never, closesAt: iso('2026-11-21T08:00'), opensAt: iso('2026-11-22T08:00') }, true],
    ['has opened and closed again as scheduled', { ...never, closesAt: iso('2026-11-22T08:00'), opensAt: iso('2026-11-21T08:00') }, false],
    ['was closed and has opened as scheduled', { ...never, closedAt: iso('2026-11-20T08:00'), opensAt: iso('2026-11-22T08:00') }, true],
  ])('that %s', (_what, article, isExpected) => {
    expect(isOpen(article, iso('2026-11-23T08:00'))).toBe(isExpected)
  })

  it('that is closed says when it opens, and is told before the site’s hours', () => {
    const article = { ...never, closedAt: iso('2026-11-20T08:00'), opensAt: iso('2026-11-25T08:00') }
    const opening = openingOf(settings({ hours_from: '07:00', hours_to: '17:00' }), article, at('2026-11-23T20:00'))
    expect(opening).toEqual({ closed: 'article', opensAt: iso('2026-11-25T08:00'), changesAt: iso('2026-11-24T07:00') })
  })
})

describe('days off as people write them', () => {
  it('read as they are written', () => {
    const dates = [
      { from: '2027-04-30', to: '2027-05-01' },
      { from: '2027-09-02', to: '2027-09-02' },
    ]
    expect(datesText(dates)).toBe('30/04/2027 - 01/05/2027\n02/09/2027')
    expect(datesOf(datesText(dates))).toEqual(dates)
    expect(datesOf(' 2/9/2027 \n\n30/04/2027–01/05/2027')).toEqual([dates[1], dates[0]])
  })

  it.each(['31/02/2027', '2027-09-02', 'mai', '01/01/2027 - ', '1/13/2027'])('are refused when a line is none: %s', (text) => {
    expect(datesOf(text)).toBeNull()
  })
})
