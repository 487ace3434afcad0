// What an author gives beside the text: name, contact and type of opinion, as the site asks for them; and the reader's token.
// Not for: the text itself (text.ts).
import { z } from 'zod'
import { base64url, hmac, sha256 } from '../../lib/crypto.ts'
import { AppError, type Ctx, type ErrorCode, type Fault, OPINION_KINDS, type OpinionKind, type SiteField } from '../context.ts'
import { withoutBadges } from '../screening/names.ts'
import { acceptLine, canonicalText } from './text.ts'
import { fieldsOf } from './views.ts'

const MAX_NAME_GRAPHEMES = 80
const MAX_ADDRESS_GRAPHEMES = 200
/** Characters of a keyed hash that are kept: 132 bits, and half the room in an index that a whole one takes. */
const HASH_LENGTH = 22

const Email = z.email().max(254)
const Phone = z.string().regex(/^\+?\d(?:[\s.-]?\d){7,14}$/)

/** An author as sent; unknown fields are refused rather than ignored. */
export const AuthorInput = z.strictObject({
  name: z.string().optional(),
  email: z.string().optional(),
  phone: z.string().optional(),
  address: z.string().optional(),
})
export const KindInput = z.enum(OPINION_KINDS)

export type Author = {
  name: string | null
  contact: { email?: string; phone?: string; address?: string } | null
  kind: OpinionKind | null
}

/**
 * The author as kept. What the site does not ask for is dropped, so that no personal data is held that nobody uses; what it
 * requires and misses, or is malformed, is told field by field in one `validation`.
 */
export function acceptAuthor(
  ctx: Pick<Ctx, 'site'>,
  input: { author?: z.infer<typeof AuthorInput> | undefined; kind?: OpinionKind | undefined; consents?: readonly string[] | undefined },
): Author {
  const fields = fieldsOf(ctx)
  const faults: Fault[] = []
  const asked = <Value>(field: SiteField, given: Value | null): Value | null => {
    if (fields[field] === 'required' && given === null)
      faults.push({ pointer: field === 'kind' ? '/kind' : `/author/${field}`, code: 'field_required' })
    return fields[field] === 'off' ? null : given
  }
  const line = (field: Exclude<SiteField, 'kind'>, max: number, code: ErrorCode, isWellFormed: (text: string) => boolean) => {
    if (fields[field] === 'off') return null
    const pointer = `/author/${field}`
    try {
      const given = input.author?.[field]
      const text = field === 'name' ? acceptName(given) : acceptLine(given, { max, code, pointer })
      if (text !== null && !isWellFormed(text)) faults.push({ pointer, code })
      return asked(field, text)
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      faults.push(...error.faults)
      return null
    }
  }
  const name = line('name', MAX_NAME_GRAPHEMES, 'name_invalid', () => true)
  const email = line('email', 254, 'email_invalid', (text) => Email.safeParse(text).success)
  const phone = line('phone', 32, 'phone_invalid', (text) => Phone.safeParse(text).success)
  const address = line('address', MAX_ADDRESS_GRAPHEMES, 'address_invalid', () => true)
  const kind = asked('kind', input.kind ?? null)
  const needsEmail = input.consents?.includes('notify') && email === null
  if (needsEmail && faults.every((fault) => fault.pointer !== '/author/email'))
    faults.push({ pointer: '/author/email', code: 'field_required' })
  if (faults.length > 0) throw new AppError('validation', { faults })

  const contact = { ...(email === null ? {} : { email }), ...(phone === null ? {} : { phone }), ...(address === null ? {} : { address }) }
  return { name, contact: Object.keys(contact).length === 0 ? null : contact, kind }
}

/** A name by itself, as {@link acceptAuthor} keeps it: without unseen characters and without signs that look like a badge. Throws `name_invalid`. */
export function acceptName(raw: string | undefined): string | null {
  return acceptLine(raw === undefined ? raw : withoutBadges(raw), {
    max: MAX_NAME_GRAPHEMES,
    code: 'name_invalid',
    pointer: '/author/name',
  })
}

/** The author a reader's token stands for on one site. Another site's comments of the same reader cannot be told by it. */
export function readerHash(ctx: Ctx, token: string): string {
  return keyed(ctx, 'reader', ctx.site.id, token)
}

/** The hash by which the same text, typed with other spaces, cases or marks between words, is known again. */
export function textHash(body: string): string {
  return sha256(canonicalText(body)).slice(0, HASH_LENGTH)
}

/** A keyed hash of the parts, as short as it may be to stand in a unique key. */
export function keyed(ctx: Pick<Ctx, 'services'>, ...parts: string[]): string {
  return base64url(hmac(ctx.services.config.secret, ...parts)).slice(0, HASH_LENGTH)
}
