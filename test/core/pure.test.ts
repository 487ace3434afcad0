// Promises of the pure functions: cursors, codes, sealed text, addresses, limits, sentences and dates.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { networksOf, readerAddress } from '../../src/http/address.ts'
import { type Bucket, createGate, createRateLimiter } from '../../src/http/limits.ts'
import * as en from '../../src/i18n/en.ts'
import { date, dateTime, fill } from '../../src/i18n/format.ts'
import { preferredLanguage } from '../../src/i18n/index.ts'
import * as vi from '../../src/i18n/vi.ts'
import { base32, base64url, equalSecret, fromBase64url, hmac, seal, unseal } from '../../src/lib/crypto.ts'
import { fromCursor, toCursor } from '../../src/lib/cursor.ts'

const networkOf = (address: string) => networksOf(address).network
const text = fc.string({ unit: 'grapheme' })
const bytes = fc.uint8Array({ maxLength: 200 })

describe('a cursor', () => {
  it('comes back as the values it was made of', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(text, fc.integer()), { maxLength: 4 }), (values) => {
        const types = values.map((value) => typeof value as 'string' | 'number')
        expect(fromCursor(toCursor(values), types)).toEqual(values)
      }),
    )
  })

  it('is null for other types, other lengths and anything else that was typed', () => {
    fc.assert(fc.property(text, (typed) => fromCursor(typed, ['string', 'string']) === null))
    expect(fromCursor(toCursor(['a', 1]), ['string', 'string'])).toBeNull()
    expect(fromCursor(toCursor(['a']), ['string', 'string'])).toBeNull()
    expect(fromCursor(base64url(new TextEncoder().encode('{"length":2}')), ['string', 'string'])).toBeNull()
    expect(fromCursor(base64url(new Uint8Array([0xff, 0xfe])), [])).toBeNull()
  })
})

describe('base64url', () => {
  it('comes back as the bytes it was made of, in an alphabet for addresses', () => {
    fc.assert(
      fc.property(bytes, (given) => {
        expect(base64url(given)).toMatch(/^[\w-]*$/)
        expect(fromBase64url(base64url(given))).toEqual(new Uint8Array(given))
      }),
    )
  })
})

describe('base 32', () => {
  it('says the first bits, five to a character, without I, L, O and U', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 5, maxLength: 40 }), fc.nat(8), (given, length) => {
        const said = base32(given, length)
        expect(said).toMatch(/^[0-9A-HJKMNP-TV-Z]*$/)
        const bits = Array.from(given, (byte) => byte.toString(2).padStart(8, '0')).join('')
        const back = Array.from(said, (char) => '0123456789ABCDEFGHJKMNPQRSTVWXYZ'.indexOf(char).toString(2).padStart(5, '0')).join('')
        expect(back).toBe(bits.slice(0, length * 5))
      }),
    )
  })

  it('refuses to make more characters than it has bits for', () => {
    expect(() => base32(new Uint8Array(4), 7)).toThrow()
    expect(base32(new Uint8Array(5), 8)).toBe('00000000')
  })
})

describe('sealed text', () => {
  it('opens to what was sealed, under the same secret and purpose', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.string({ minLength: 1 }), async (given, purpose) => {
        const sealed = await seal('bí mật', purpose, given)
        expect(await unseal('bí mật', purpose, sealed)).toBe(given)
      }),
      { numRuns: 40 },
    )
  })

  it('opens under no other secret or purpose, nor with any bit changed', async () => {
    const sealed = await seal('bí mật', 'contact:1', 'thư@example.com')
    await expect(unseal('bí mật khác', 'contact:1', sealed)).rejects.toThrow()
    await expect(unseal('bí mật', 'contact:2', sealed)).rejects.toThrow()
    const [nonce = '', body = ''] = sealed.split('.')
    const raw = fromBase64url(body) ?? new Uint8Array()
    for (let at = 0; at < raw.length; at++) {
      const changed = new Uint8Array(raw)
      changed[at] = (changed[at] ?? 0) ^ 1
      await expect(unseal('bí mật', 'contact:1', `${nonce}.${base64url(changed)}`)).rejects.toThrow()
    }
  })

  it('differs each time', async () => {
    expect(await seal('bí mật', 'x', 'một')).not.toBe(await seal('bí mật', 'x', 'một'))
  })
})

describe('a keyed hash', () => {
  it('differs for parts that only read alike when joined', async () => {
    const codes = await Promise.all([
      hmac('s', 'a', 'bc'),
      hmac('s', 'ab', 'c'),
      hmac('s', 'abc'),
      hmac('s', '1:a|2:bc'),
      hmac('t', 'a', 'bc'),
    ])
    expect(new Set(codes.map((code) => base64url(code))).size).toBe(codes.length)
  })
})

describe('comparing secrets', () => {
  it('says the same as ===', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        expect(equalSecret(one, other)).toBe(one === other)
        expect(equalSecret(one, one)).toBe(true)
        expect(equalSecret(`${one}a`, one)).toBe(false)
      }),
    )
  })
})

/** The spellings of an IPv6 address given by its eight groups. */
function spellings(groups: readonly number[]): string[] {
  const plain = groups.map((group) => group.toString(16))
  const padded = plain.map((group) => group.padStart(4, '0'))
  const at = groups.findIndex((group, index) => group === 0 && groups[index + 1] === 0)
  let end = at
  while (at !== -1 && groups[end] === 0) end++
  const short = at === -1 ? [] : [`${plain.slice(0, at).join(':')}::${plain.slice(end).join(':')}`]
  const [high = 0, low = 0] = groups.slice(6)
  const dotted = `${plain.slice(0, 6).join(':')}:${[high >> 8, high & 255, low >> 8, low & 255].join('.')}`
  const all = [plain.join(':'), padded.join(':'), padded.join(':').toUpperCase(), dotted, ...short]
  return [...all, ...all.map((one) => `${one}%eth0`), ...all.map((one) => `[${one}]`), ...all.map((one) => `[${one}]:443`)]
}

const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }))
const isMapped = (groups: readonly number[]) => groups.slice(0, 5).every((each) => each === 0) && groups[5] === 0xffff

describe('the network of an address', () => {
  it('is one for all spellings of an IPv6 address', () => {
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        expect([...new Set(spellings(groups).map(networkOf))]).toHaveLength(1)
      }),
    )
  })

  it('is shared by a /64 and not by the next', () => {
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), fc.array(group, { minLength: 4, maxLength: 4 }), (groups, host) => {
        const neighbour = [...groups.slice(0, 4), ...host]
        fc.pre(!isMapped(groups) && !isMapped(neighbour))
        expect(networkOf(neighbour.map((each) => each.toString(16)).join(':'))).toBe(
          networkOf(groups.map((each) => each.toString(16)).join(':')),
        )
        const next = groups.map((each, index) => (index === 3 ? each ^ 1 : each).toString(16)).join(':')
        expect(networkOf(next)).not.toBe(networkOf(groups.map((each) => each.toString(16)).join(':')))
      }),
    )
  })

  it('is the IPv4 address itself, also when mapped into IPv6', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const [a = 0, b = 0, c = 0, d = 0] = address.split('.').map(Number)
        expect(networkOf(address)).toBe(address)
        expect(networkOf(`${address}:8080`)).toBe(address)
        expect(networkOf(`::ffff:${address}`)).toBe(address)
        expect(networkOf(`0:0:0:0:0:FFFF:${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`)).toBe(address)
      }),
    )
  })

  it('takes whatever is written without failing', () => {
    fc.assert(fc.property(fc.string(), (written) => typeof networkOf(written) === 'string'))
  })
})

describe('the reader’s address', () => {
  it('is the peer when no proxy is trusted, whatever the header says', () => {
    fc.assert(fc.property(fc.string(), (header) => readerAddress('192.0.2.1', header, 0) === '192.0.2.1'))
  })

  it('is what the outermost trusted proxy saw, however much a reader writes before it', () => {
    fc.assert(
      fc.property(fc.array(fc.ipV4()), fc.ipV4(), fc.array(fc.ipV4(), { maxLength: 3 }), (forged, reader, between) => {
        const header = [...forged, reader, ...between].join(', ')
        expect(readerAddress('10.0.0.1', header, between.length + 1)).toBe(reader)
      }),
    )
  })

  it('is the peer when the header is missing or shorter than the proxies', () => {
    expect(readerAddress('10.0.0.1', undefined, 1)).toBe('10.0.0.1')
    expect(readerAddress('10.0.0.1', '', 2)).toBe('10.0.0.1')
    expect(readerAddress('10.0.0.1', '203.0.113.7', 2)).toBe('10.0.0.1')
  })
})

describe('the rate limiter', () => {
  const createAllowance = (monotonicMs: () => number) => {
    const { take } = createGate(monotonicMs)
    return (bucket: Bucket, network: string) => take(bucket, { network, wide: null })
  }

  it('gives a burst, then refuses with the seconds after which it gives again', () => {
    const clock = { ms: 0 }
    const secondsToWait = createAllowance(() => clock.ms)
    for (let n = 0; n < 30; n++) expect(secondsToWait('write', 'a')).toBe(0)
    expect(secondsToWait('write', 'a')).toBe(2)
    clock.ms += 2_000
    expect(secondsToWait('write', 'a')).toBe(0)
    expect(secondsToWait('write', 'a')).toBe(2)
  })

  it('keeps networks and buckets apart', () => {
    const secondsToWait = createAllowance(() => 0)
    for (let n = 0; n < 40; n++) secondsToWait('signin', 'a')
    expect(secondsToWait('signin', 'a')).toBeGreaterThan(0)
    expect(secondsToWait('signin', 'b')).toBe(0)
    expect(secondsToWait('write', 'a')).toBe(0)
  })

  it('never gives more than burst and rate allow, however the calls fall', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5_000), { maxLength: 300 }), (pauses) => {
        const clock = { ms: 0 }
        const secondsToWait = createAllowance(() => clock.ms)
        let given = 0
        for (const pause of pauses) {
          clock.ms += pause
          if (secondsToWait('report', 'a') === 0) given++
        }
        expect(given).toBeLessThanOrEqual(10 + (clock.ms / 60_000) * 10 + 1e-6)
      }),
    )
  })

  it('forgets the networks idle longest rather than grow without bound, and not the one that is at it', () => {
    const secondsToWait = createAllowance(() => 0)
    for (let n = 0; n < 39; n++) secondsToWait('signin', 'busy')
    for (let n = 0; n < 199_000; n++) secondsToWait('signin', `n${n}`)
    secondsToWait('signin', 'busy')
    for (let n = 0; n < 2_000; n++) secondsToWait('signin', `m${n}`)
    expect(secondsToWait('signin', 'busy')).toBeGreaterThan(0)
  })

  it.each([createAllowance(() => 0), async () => 2])(
    'refuses as soon as there is something to wait for, here or by another process',
    async (allowance) => {
      const refused: string[] = []
      const limiter = createRateLimiter({ take: (bucket, { network }) => allowance(bucket, network) }, (bucket) => refused.push(bucket))
      let error: unknown
      for (let n = 0; n < 31 && !error; n++) error = await limiter('write', { network: 'a', wide: null }).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: 'rate_limited', retryAfter: 2 })
      expect(refused).toEqual(['write'])
    },
  )
})

describe('sentences', () => {
  it('get their values, and keep a name that has none', () => {
    expect(fill('{n} ý kiến của {name}, {n}', { n: 3, name: '{n}' })).toBe('3 ý kiến của {n}, 3')
    expect(fill('{thieu}', {})).toBe('{thieu}')
  })

  it('take no value from the prototype of the values', () => {
    expect(fill('{constructor} {toString}', {})).toBe('{constructor} {toString}')
  })

  it('ask for the same values in both languages', () => {
    const places = (sentence: string) => [...new Set(sentence.match(/\{\w+\}/g) ?? [])].sort()
    for (const [section, sentences] of Object.entries(vi)) {
      for (const [key, sentence] of Object.entries(sentences)) {
        const other = (en as Record<string, Record<string, string>>)[section]?.[key] ?? ''
        expect(places(other), `${section}.${key}`).toEqual(places(sentence))
      }
    }
  })
})

describe('dates and times', () => {
  it('read as the clock in Việt Nam does', () => {
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone: 'Asia/Ho_Chi_Minh',
      dateStyle: 'short',
      timeStyle: 'short',
      hourCycle: 'h23',
    })
    fc.assert(
      fc.property(fc.date({ min: new Date('1980-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }), (moment) => {
        const iso = moment.toISOString()
        const [day, time] = format.format(moment).split(', ')
        expect(date(iso)).toBe(day)
        expect(dateTime(iso)).toBe(`${time} ${day}`)
      }),
    )
    expect(dateTime('2026-12-31T17:00:00.000Z')).toBe('00:00 01/01/2027')
  })
})

describe('the language of an answer', () => {
  it.each([
    [undefined, 'vi'],
    ['', 'vi'],
    ['fr-FR, de;q=0.5', 'vi'],
    ['en', 'en'],
    ['en;q=0.3, vi;q=0.9', 'vi'],
    ['vi;q=0, en;q=0.1', 'en'],
    ['*', 'vi'],
  ])('of "%s" is %s', (header, language) => expect(preferredLanguage(header)).toBe(language))
})
