// Command: reading how to reach an author. It is sealed in the database, opened only for who may and says why, and each opening recorded.
import { z } from 'zod'
import { unseal } from '../../lib/crypto.ts'
import { findUnsealed } from '../comments/comment.ts'
import { acceptBody } from '../comments/text.ts'
import { AppError, allow, type Ctx } from '../context.ts'
import { audited, commit } from '../record.ts'

/** Graphemes of a reason. */
const MAX_REASON = 300

export type Contact = { email: string | null; phone: string | null; address: string | null }

export const ContactInput = z.strictObject({ reason: z.string() })

const Sealed = z.object({ email: z.string().nullish(), phone: z.string().nullish(), address: z.string().nullish() })

/**
 * The contact data of an author. The opening is recorded, with its reason, before anything is shown. Throws `validation` without a
 * reason, `not_found` where the author left none.
 */
export async function revealContact(ctx: Ctx, commentId: string, raw: z.input<typeof ContactInput>): Promise<Contact> {
  allow(ctx, 'contact.read')
  const reason = acceptBody(ContactInput.parse(raw).reason, { min: 1, max: MAX_REASON }, '/reason')
  const comment = await findUnsealed(ctx, commentId)
  const { store, config } = ctx.services
  const { contact_sealed } = await store.db
    .selectFrom('comment')
    .select('contact_sealed')
    .where('id', '=', comment.id)
    .executeTakeFirstOrThrow()
  if (contact_sealed === null) throw new AppError('not_found')
  await commit(ctx, [audited(ctx, 'contact.read', { kind: 'comment', id: comment.id }, { reason })])
  const contact = Sealed.parse(JSON.parse(await unseal(config.secret, `contact:${comment.id}`, contact_sealed)))
  return { email: contact.email ?? null, phone: contact.phone ?? null, address: contact.address ?? null }
}
