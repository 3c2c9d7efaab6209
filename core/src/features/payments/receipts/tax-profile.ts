import { z } from 'zod'

/**
 * What the law wants to know of a product on a receipt (54-FZ): the shop owner's accountant decides,
 * nothing here has a default that could be wrong quietly.
 */
export const taxProfileSchema = z.strictObject({
  /** Rate of VAT, tag 1199: 1 is without VAT, 2 is 0 %, … 12 (YooKassa's list of codes). */
  vatCode: z.int().min(1).max(12),
  /** What is sold, tag 1212; goods that are marked or under excise need more than the kit knows. */
  subject: z.enum([
    'commodity',
    'job',
    'service',
    'intellectual_activity',
    'property_right',
    'composite',
    'another',
  ]),
  /** `full_prepayment` where the goods are handed over later, with a receipt of its own; tag 1214. */
  mode: z.enum(['full_payment', 'full_prepayment']),
  /** What one of it is, tag 2108. */
  measure: z.enum(['piece', 'day', 'hour', 'minute', 'gram', 'kilogram', 'meter', 'another']),
  /** Its name on the receipt, tag 1030. */
  description: z.string().min(1).max(128),
})

/** What the law wants to know of a product on a receipt. */
export type TaxProfile = z.output<typeof taxProfileSchema>
