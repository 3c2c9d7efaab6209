import { z } from 'zod'
import { line } from '../fields.ts'

/** What a saved way to pay is made from. */
export const paymentMethodFields = z.strictObject({
  customerId: z.uuid('is no id'),
  /** Name of the gateway that keeps it. */
  gateway: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'is no name of a gateway'),
  /** What the gateway calls it; no number of a card. */
  savedMethodId: line(255),
  /** What its owner knows it by, such as `Visa •• 4242`. */
  label: line(100),
})

/** What a saved way to pay is made from. */
export type PaymentMethodInput = z.input<typeof paymentMethodFields>

/** A way to pay that a gateway keeps for a customer. */
export interface BillingPaymentMethod extends Readonly<z.output<typeof paymentMethodFields>> {
  readonly tenantId: string
  readonly id: string
  /** The one that is charged when an invoice is due. */
  readonly isDefault: boolean
  readonly removedAt: Date | null
  readonly createdAt: Date
}
