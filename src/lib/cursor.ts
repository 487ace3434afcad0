// Keyset cursors: the sort values of the last row shown, opaque to the caller.
import { base64url, fromBase64url } from './crypto.ts'

/** A cursor from the sort values of a row. */
export function toCursor(values: readonly (string | number)[]): string {
  return base64url(new TextEncoder().encode(JSON.stringify(values)))
}

/** The sort values of a cursor, or null when it was not made by {@link toCursor} with as many values of these types. Numbers are whole. */
export function fromCursor(cursor: string, types: readonly ('string' | 'number')[]): (string | number)[] | null {
  const bytes = fromBase64url(cursor)
  if (!bytes) return null
  try {
    const values: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    if (!Array.isArray(values) || values.length !== types.length) return null
    return values.every((value, index) => typeof value === types[index] && (typeof value === 'string' || Number.isSafeInteger(value)))
      ? values
      : null
  } catch {
    return null
  }
}
