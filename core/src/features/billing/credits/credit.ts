import { z } from 'zod'
import { assert, type Currency } from '../../../kernel/index.ts'
import { currencyField, line } from '../fields.ts'
import type { Invoice } from '../invoices/invoice.ts'

/** What a customer gets credit for. */
export const CREDIT_GAINS = [
  /** More was paid than an invoice asked for. */
  'overpayment',
  'credit_note',
  /** What was carried on for bills to come of a subscription that ended, or to an invoice that is void. */
  'unused',
  /** Somebody of the tenant gave it. */
  'grant',
] as const

/** Why the credit of a customer changed. */
export const CREDIT_REASONS = [
  ...CREDIT_GAINS,
  /** It paid an invoice. */
  'applied',
  /** It had paid an invoice that was credited afterwards. */
  'returned',
  /** It was paid out to the customer. */
  'refunded',
] as const

/** Why the credit of a customer changed. */
export type CreditReason = (typeof CREDIT_REASONS)[number]

/** One change of a customer's credit; never changed itself. */
export interface CreditEntry {
  readonly tenantId: string
  readonly id: string
  readonly customerId: string
  readonly currency: Currency
  readonly reason: CreditReason
  /** Minor units; negative for what is applied or refunded. */
  readonly amount: bigint
  /** Which invoice it paid, or was for. */
  readonly invoiceId: string | null
  readonly note: string | null
  /** What it comes of, such as `payment:<id>`: counted once for each reason. */
  readonly source: string | null
  readonly createdAt: Date
}

/** What a customer has of one currency, in minor units; never below 0. */
export interface CreditBalance {
  readonly customerId: string
  readonly currency: Currency
  readonly amount: bigint
}

/** The most that one entry moves, in minor units. */
const CREDIT_MAX = 10n ** 15n

/** What is moved of a customer's credit, in minor units. */
const creditAmount = z
  .bigint()
  .refine((amount) => amount > 0n && amount <= CREDIT_MAX, 'is not from 1 to 10^15 minor units')

/** How much is applied at the most. */
export const appliedFields = z.strictObject({
  /** [all that there is] */
  amount: creditAmount.optional(),
})

const movement = {
  customerId: z.uuid('is no id'),
  currency: currencyField,
  amount: creditAmount,
  note: line(500).nullable().default(null),
  /** What it comes of: the same source is counted once. [nothing that counts once] */
  source: line(100).nullable().default(null),
}

/** What is added to a customer's credit. */
export const creditFields = z.strictObject({
  ...movement,
  reason: z.enum(CREDIT_GAINS, `is none of ${CREDIT_GAINS.join(', ')}`),
  /** For which invoice more was paid, or which was credited. [none] */
  invoiceId: z.uuid('is no id').nullable().default(null),
})

/** What is added to a customer's credit. */
export type CreditInput = z.input<typeof creditFields>

/** What is paid out of a customer's credit. */
export const payoutFields = z.strictObject(movement)

/** What is paid out of a customer's credit. */
export type PayoutInput = z.input<typeof payoutFields>

/** What comes back of the credit that had paid an invoice. */
export const returnFields = z.strictObject({ ...movement, invoiceId: z.uuid('is no id') })

/** What comes back of the credit that had paid an invoice. */
export type ReturnInput = z.input<typeof returnFields>

/** How much credit pays of an invoice. */
export interface AppliedCredit {
  readonly invoice: Invoice
  readonly amount: bigint
}

/** Lets credit pay invoices, the oldest first, as far as it goes; nothing of it is spent twice. */
export function shareCredit(
  balances: readonly CreditBalance[],
  invoices: readonly Invoice[],
): AppliedCredit[] {
  const key = (of: Pick<CreditBalance, 'customerId' | 'currency'>): string =>
    `${of.customerId} ${of.currency}`
  const left = new Map(balances.map((balance) => [key(balance), balance.amount]))
  return invoices
    .toSorted((one, other) => (one.id < other.id ? -1 : 1))
    .flatMap((invoice) => {
      const has = left.get(key(invoice)) ?? 0n
      const amount = has < invoice.total ? has : invoice.total
      assert(amount >= 0n, 'Neither credit nor a total is below 0')
      left.set(key(invoice), has - amount)
      return amount === 0n ? [] : [{ invoice, amount }]
    })
}
