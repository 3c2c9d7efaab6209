import { z } from 'zod'
import { ContactInvalid } from './receipts.errors.ts'

/**
 * Where the buyer gets the receipt. Personal: it is kept apart from the payment, given to the
 * provider alone, and never part of an event, an error or a log line.
 */
export type BuyerContact =
  | { readonly email: string; readonly phone?: undefined }
  | { readonly phone: string; readonly email?: undefined }

/** What a buyer gives, as they wrote it. */
export interface GivenContact {
  readonly email?: string | undefined
  readonly phone?: string | undefined
}

const emailSchema = z.email().max(254)

/** E.164 without the plus, as YooKassa wants it. */
const phoneSchema = z.string().regex(/^[1-9]\d{9,14}$/)

/**
 * Reads a contact of the kind that the gateway can send receipts to; undefined when none was given.
 * An e-mail address goes first where both are.
 *
 * @throws {@link ContactInvalid} naming the field, never its value
 */
export function readContact(
  given: GivenContact | undefined,
  kinds: 'email' | 'email_or_phone',
): BuyerContact | undefined {
  if (given?.email !== undefined) {
    const email = emailSchema.safeParse(given.email.trim())
    if (!email.success) throw new ContactInvalid({ field: 'contact.email' })
    return { email: email.data }
  }
  if (given?.phone !== undefined && kinds === 'email_or_phone') {
    const phone = phoneSchema.safeParse(toDigits(given.phone))
    if (!phone.success) throw new ContactInvalid({ field: 'contact.phone' })
    return { phone: phone.data }
  }
  return undefined
}

/** `+7 (900) 000-00-00` and the Russian `8 900 …` as `79000000000`; other text stays and fails. */
function toDigits(text: string): string {
  const bare = text
    .trim()
    .replace(/^\+/, '')
    .replace(/[\s().-]/g, '')
  return /^8\d{10}$/.test(bare) && !text.trim().startsWith('+') ? `7${bare.slice(1)}` : bare
}
