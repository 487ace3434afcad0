// Plain HTML forms as they arrive: strict about their encoding, and a Map, so that no field name can be mistaken for a property.
import { AppError } from '../core/context.ts'
import type { AppContext } from './door.ts'

/** The fields of an urlencoded form. Throws `unsupported_media_type`, or `bad_encoding` where bytes are not UTF-8. */
export async function readForm(c: AppContext): Promise<Map<string, string>> {
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(c.req.header('content-type') ?? ''))
    throw new AppError('unsupported_media_type')
  const text = await c.req.text()
  try {
    return new Map(
      text
        .split('&')
        .filter(Boolean)
        .map((pair): [string, string] => {
          const at = pair.indexOf('=')
          return at === -1 ? [decode(pair), ''] : [decode(pair.slice(0, at)), decode(pair.slice(at + 1))]
        }),
    )
  } catch (error) {
    throw new AppError('bad_encoding', { cause: error })
  }
}

/** URLSearchParams would put U+FFFD for bytes that are not UTF-8; this throws. */
function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '))
}
