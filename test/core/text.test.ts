// Promises about a body: what is kept, how long it is, what HTML it becomes, which states it can reach, which address is its page.
import fc from 'fast-check'
import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5'
import { describe, expect, it } from 'vitest'
import {
  isEditable,
  isPublic,
  isWithdrawable,
  legalVerdicts,
  nextState,
  outwardEffect,
  STATES,
  VERDICTS,
} from '../../src/core/comments/states.ts'
import { acceptBody, acceptLine, escapeHtml, excerpt, lengthOf, toHtml } from '../../src/core/comments/text.ts'
import { AppError } from '../../src/core/context.ts'
import { BUILT_IN } from '../../src/core/screening/rules.ts'
import { screen } from '../../src/core/screening/screen.ts'
import { canonicalUrl, cleanTitle } from '../../src/core/threads.ts'

/** Text that looks like HTML more often than chance would have it. */
const markup = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '<',
        '>',
        '&',
        '"',
        "'",
        '/',
        '=',
        '<p>',
        '</p>',
        '<br>',
        '<script>',
        '</script>',
        '<!--',
        '-->',
        '&lt;',
        '&#60;',
        '<a href=x>',
        '\n',
        '\n\n',
        ' ',
      ),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''))

const LIMITS = { min: 1, max: 100_000 }

/** What the body is kept as, or null when it is refused. */
function accepted(raw: string): string | null {
  try {
    return acceptBody(raw, LIMITS, '/body')
  } catch (error) {
    if (error instanceof AppError) return null
    throw error
  }
}

type Node = DefaultTreeAdapterTypes.ChildNode
const elementsOf = (nodes: readonly Node[]): DefaultTreeAdapterTypes.Element[] =>
  nodes.flatMap((node) => ('tagName' in node ? [node, ...elementsOf(node.childNodes)] : []))
const textOf = (nodes: readonly Node[]): string =>
  nodes.map((node) => ('value' in node ? node.value : 'childNodes' in node ? textOf(node.childNodes) : '')).join('')

describe('a body', () => {
  it('is kept as NFC with plain line ends, and otherwise as it was typed', () => {
    fc.assert(
      fc.property(markup, (raw) => {
        const kept = accepted(raw)
        if (kept !== null) expect(kept).toBe(raw.replaceAll('\r\n', '\n').normalize('NFC'))
      }),
    )
  })

  it('does not change when it is sent again', () => {
    fc.assert(
      fc.property(markup, (raw) => {
        const kept = accepted(raw)
        if (kept !== null) expect(accepted(kept)).toBe(kept)
      }),
    )
  })

  it('is as long however its letters were composed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (typed) => {
        expect(lengthOf(typed.normalize('NFD'))).toBe(lengthOf(typed.normalize('NFC')))
        expect(lengthOf(typed.normalize('NFC').normalize('NFC'))).toBe(lengthOf(typed))
      }),
    )
    expect(lengthOf('Tiếng Việt'.normalize('NFD'))).toBe(10)
  })

  it('is counted as the segmenter counts, whichever characters meet', () => {
    const segmenter = new Intl.Segmenter('vi', { granularity: 'grapheme' })
    const near = fc.oneof(
      fc.integer({ min: 0x20, max: 0x36f }),
      fc.integer({ min: 0x1dc0, max: 0x1fff }),
      fc.integer({ min: 0x2000, max: 0x2070 }),
      fc.constantFrom(9, 10, 13, 0x1f1fb, 0x1f1f3, 0x1f469, 0x1f3fb),
    )
    fc.assert(
      fc.property(fc.array(near, { maxLength: 12 }), (points) => {
        const text = String.fromCodePoint(...points)
        expect(lengthOf(text)).toBe([...segmenter.segment(text.normalize('NFC'))].length)
      }),
      { numRuns: 2_000 },
    )
  })

  it.each(['\u0000', '\u0007', '\u001b', '\u000b', '\r', '\ud800', '\udc00a'])('is refused with %j in it', (char) => {
    expect(accepted(`trước ${char} sau`)).toBeNull()
    expect(accepted('trước \n\t sau')).not.toBeNull()
  })

  it('is refused beyond 64 KiB, however few graphemes that is', () => {
    expect(accepted(`a${'\u0300'.repeat(32_800)}`)).toBeNull()
    expect(accepted(`a${'\u0300'.repeat(32_700)}`)).not.toBeNull()
  })
})

describe('a body as HTML', () => {
  it('holds no element but p and br, no attribute, and every character that was typed', () => {
    fc.assert(
      fc.property(markup, (raw) => {
        const body = accepted(raw)
        if (body === null) return
        const tree = parseFragment(toHtml(body))
        const elements = elementsOf(tree.childNodes)
        expect(elements.filter(({ tagName }) => tagName !== 'p' && tagName !== 'br')).toEqual([])
        expect(elements.flatMap(({ attrs }) => attrs)).toEqual([])
        expect(elements.filter(({ tagName }) => tagName === 'p').length).toBe(tree.childNodes.length)
        expect(textOf(tree.childNodes).replace(/\s/g, '')).toBe(body.replace(/\s/g, ''))
      }),
      { numRuns: 500 },
    )
  })

  it('has a paragraph at each blank line and a break at each single one', () => {
    expect(toHtml('một\nhai\n\n \nba')).toBe('<p>một<br />hai</p><p>ba</p>')
    expect(toHtml(' \n\n ')).toBe('')
  })

  it('is escaped for attributes as well as for content', () => {
    fc.assert(
      fc.property(markup, (raw) => {
        const [element] = elementsOf(
          parseFragment(`<i title="${escapeHtml(raw.replace(/[\0\r]/g, ''))}">${escapeHtml(raw)}</i>`).childNodes,
        )
        expect(element?.attrs.map(({ name }) => name)).toEqual(['title'])
        expect(element?.attrs[0]?.value).toBe(raw.replace(/[\0\r]/g, ''))
      }),
    )
  })
})

describe('an excerpt', () => {
  it('is one line, no longer than asked, and begins as the text does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 1, max: 30 }), (text, length) => {
        const cut = excerpt(text, length)
        const line = text.replace(/\s+/g, ' ').trim()
        expect(cut).not.toContain('\n')
        expect(line.startsWith(cut.replace(/…$/, '')) || cut === line).toBe(true)
        expect(cut === line || cut.endsWith('…')).toBe(true)
      }),
    )
    expect(excerpt('👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧', 2)).toBe('👨‍👩‍👧👨‍👩‍👧…')
    expect(excerpt('ba chữ này', 40)).toBe('ba chữ này')
  })
})

const NAME = { max: 80, code: 'name_invalid', pointer: '/author/name' } as const

describe('a name', () => {
  it('is one line without unseen characters, and cleaning it again changes nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (typed) => {
        const name = typed.isWellFormed() ? acceptLine(typed, NAME) : null
        if (name === null) return
        expect(name).not.toMatch(/[\n\r\t\u200B-\u200F\u202A-\u202E\u2060-\u2069\uFEFF\u00AD]/)
        expect(acceptLine(name, NAME)).toBe(name)
      }),
    )
    expect(acceptLine(' \u200B\u202E ', NAME)).toBeNull()
    expect(() => acceptLine('x'.repeat(81), NAME)).toThrow(AppError)
    expect(() => acceptLine('\ud800', NAME)).toThrow(AppError)
  })
})

describe('the title of an article', () => {
  it('is one line of at most 300 characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (typed) => {
        const title = cleanTitle(typed)
        expect(title).not.toMatch(/\p{Cc}/u)
        expect(Array.from(title).length).toBeLessThanOrEqual(300)
      }),
    )
  })
})

describe('signals', () => {
  it('name places that lie in the text, in order and apart from each other', () => {
    const odd = fc.constantFrom('\u200B', '\u202E', '\u2066', '\u0300', '\u0301', '👨‍👩‍👧', 'é', ' ', 'a', '\u00AD', '\u{E0041}')
    fc.assert(
      fc.property(fc.array(odd, { maxLength: 40 }), (parts) => {
        const text = parts.join('')
        for (const { spans } of screen({ body: text, name: null }, BUILT_IN, { isForeignArticle: false })) {
          let before = -1
          for (const [start, end] of spans) {
            expect(start).toBeGreaterThan(before)
            expect(end).toBeGreaterThan(start)
            expect(end).toBeLessThanOrEqual(text.length)
            before = end - 1
          }
        }
      }),
    )
  })

  it('are none for Vietnamese as it is typed, composed or not, with its emoji', () => {
    const text = 'Đường ngõ 5 ngập mỗi khi mưa 🌧️ 👨‍👩‍👧 – phường đã xử lý sớm ạ 🙏🏽'
    expect(screen({ body: text, name: null }, BUILT_IN, { isForeignArticle: false })).toEqual([])
    expect(screen({ body: text.normalize('NFD'), name: null }, BUILT_IN, { isForeignArticle: false })).toEqual([])
  })
})

const standing = fc.record({
  state: fc.constantFrom(...STATES),
  revisionId: fc.constantFrom('r1', 'r2'),
  publicRevisionId: fc.constantFrom('r1', 'r2', null),
  hiddenAt: fc.constantFrom('2026-11-23T08:00:00.000Z', null),
})

describe('the table of states', () => {
  it('has no way out of sealed and withdrawn, by verdict or by the author', () => {
    fc.assert(
      fc.property(standing, fc.constantFrom('sealed', 'withdrawn'), fc.constantFrom(...VERDICTS), (given, state, verdict) => {
        const comment = { ...given, state } as const
        expect(legalVerdicts(comment)).toEqual([])
        expect(() => nextState(comment, verdict)).toThrow(AppError)
        expect(isEditable(state) || isWithdrawable(state)).toBe(false)
      }),
    )
  })

  it('leads from sealed to published by no sequence of verdicts', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...VERDICTS), { maxLength: 20 }), (verdicts) => {
        let comment = {
          state: 'pending' as (typeof STATES)[number],
          revisionId: 'r1',
          publicRevisionId: 'r1' as string | null,
          hiddenAt: null,
        }
        let wasSealed = false
        for (const verdict of verdicts) {
          if (!legalVerdicts(comment).includes(verdict)) continue
          comment = { ...comment, state: nextState(comment, verdict) }
          wasSealed ||= comment.state === 'sealed'
          if (wasSealed) expect(comment.state).toBe('sealed')
        }
      }),
    )
  })

  it('takes a verdict exactly when it says so, and never leaves a comment where it is', () => {
    fc.assert(
      fc.property(standing, fc.constantFrom(...VERDICTS), (comment, verdict) => {
        if (legalVerdicts(comment).includes(verdict)) expect(nextState(comment, verdict)).not.toBe(comment.state)
        else expect(() => nextState(comment, verdict)).toThrow(AppError)
      }),
    )
  })

  it('publishes by approval only, and takes off at once only what is public', () => {
    fc.assert(
      fc.property(standing, fc.constantFrom(...VERDICTS), (comment, verdict) => {
        const effect = outwardEffect(comment, verdict)
        expect(effect === 'publish').toBe(verdict === 'approve')
        if (effect === 'off') expect(isPublic(comment)).toBe(true)
        if (isPublic(comment) && (verdict === 'hide' || verdict === 'seal')) expect(effect).toBe('off')
      }),
    )
  })
})

describe('the canonical address of a page', () => {
  const address = fc
    .record({
      base: fc.webUrl({ withFragments: true, withQueryParameters: true }),
      more: fc.array(
        fc.constantFrom('ItemID=5', 'utm_source=zalo', 'fbclid=x', 'a=1', 'UTM_Medium=x', 'tin=Ph%C6%B0%E1%BB%9Dng', 'zarsrc=30'),
        { maxLength: 5 },
      ),
    })
    .map(({ base, more }) => {
      const [head = '', fragment] = base.split('#')
      return `${head}${head.includes('?') ? '&' : '?'}${more.join('&')}${fragment === undefined ? '' : `#${fragment}`}`
    })

  it('is canonical itself', () => {
    fc.assert(
      fc.property(address, (written) => {
        const canonical = canonicalUrl(written)
        if (canonical !== null) expect(canonicalUrl(canonical)).toBe(canonical)
      }),
    )
  })

  it('drops where a reader came from and the fragment, and keeps what names the page', () => {
    fc.assert(
      fc.property(address, (written) => {
        const canonical = canonicalUrl(written)
        if (canonical === null) return
        expect(canonical).not.toMatch(/utm_|fbclid|zarsrc|#/i)
        for (const kept of ['ItemID=5', 'tin=Ph%C6%B0%E1%BB%9Dng']) expect(canonical.includes(kept)).toBe(written.includes(kept))
      }),
    )
    expect(canonicalUrl('HTTPS://Phuong.Example:443/tin?utm_source=z&ItemID=5&gclid=1#b')).toBe('https://phuong.example/tin?ItemID=5')
    expect(canonicalUrl('https://phuong.example/tin?b=2&a=1')).toBe('https://phuong.example/tin?b=2&a=1')
  })

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://phuong.example/',
    'https://ai:mat@phuong.example/',
    '//phuong.example/',
    'bài viết',
    `https://phuong.example/${'a'.repeat(2_100)}`,
  ])('is none for %s', (written) => expect(canonicalUrl(written)).toBeNull())
})
