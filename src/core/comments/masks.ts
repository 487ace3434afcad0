// Parts of a text that the public does not read: personal data, a coarse word. The office hides, it never rewrites; the original
// stays as it was sent. Pure.
import { strings } from '../../i18n/index.ts'
import { AppError, type Ctx } from '../context.ts'

/** A hidden part as UTF-16 offsets [start, end) into one exact revision. */
export type Mask = [start: number, end: number]

/** Parts hidden in one text: more than that is a text for another verdict. */
export const MAX_MASKS = 100

const graphemes = new Intl.Segmenter('vi', { granularity: 'grapheme' })

/**
 * The parts as they are kept: in order, each of whole graphemes so that no letter loses its mark, those that touch made one. Throws
 * `masks_invalid` for a place outside the text, and when nothing of it would be left to read.
 */
export function acceptMasks(body: string, masks: readonly Mask[]): Mask[] {
  const kept: Mask[] = []
  for (const [from, to] of [...masks].sort((one, other) => one[0] - other[0])) {
    if (from < 0 || from >= to || to > body.length) throw new AppError('masks_invalid')
    const [start, end] = wholeGraphemes(body, from, to)
    const last = kept.at(-1)
    if (last && start <= last[1]) last[1] = Math.max(last[1], end)
    else kept.push([start, end])
  }
  if (kept.length > 0 && !/[\p{L}\p{N}]/u.test(withoutParts(body, kept, ''))) throw new AppError('masks_invalid')
  return kept
}

/** The text as the public reads it: a plain mark in the site's language stands where parts are hidden. */
export function masked(ctx: Pick<Ctx, 'site'>, body: string, masks: readonly Mask[]): string {
  return withoutParts(body, masks, strings(ctx.site.settings.language).desk.maskMark)
}

/** The parts in a column; none for null. */
export function masksOf(column: string | null): Mask[] {
  return column === null ? [] : (JSON.parse(column) as Mask[])
}

/** The column of the parts; null for none. */
export function masksColumn(masks: readonly Mask[]): string | null {
  return masks.length === 0 ? null : JSON.stringify(masks)
}

function wholeGraphemes(body: string, from: number, to: number): Mask {
  const segments = graphemes.segment(body)
  const first = segments.containing(from)
  const last = segments.containing(to - 1)
  return [first?.index ?? from, last ? last.index + last.segment.length : to]
}

function withoutParts(body: string, masks: readonly Mask[], mark: string): string {
  let text = ''
  let at = 0
  for (const [start, end] of masks) {
    text += body.slice(at, start) + mark
    at = end
  }
  return text + body.slice(at)
}
