import { z } from 'zod'
import {
  addDays,
  type Currency,
  fraction,
  fractionOf,
  multiply,
  readDecimal,
  roundFraction,
} from '../../../kernel/index.ts'
import { currencyField, daysField } from '../fields.ts'
import { localMidnight } from '../periods/local-midnight.ts'
import { rateField } from '../pricing/decimal-fields.ts'

const HUNDRED_YEARS = 36_500n

const percent = z.strictObject({
  kind: z.literal('percent'),
  /** Percent a year, as a decimal number: `8.5`. */
  rate: z.string().refine((text) => {
    const read = rateField.safeParse(text)
    return read.success && read.data > 0n && read.data <= readDecimal('100')
  }, 'is not above 0 and up to 100'),
})

const flat = z.strictObject({
  kind: z.literal('flat'),
  /** Minor units, as a number or a text, by currency; an invoice in another currency bears none. */
  amounts: z.partialRecord(
    currencyField,
    z
      .union([
        z.bigint(),
        z
          .string()
          .regex(/^\d{1,18}$/)
          .transform(BigInt),
      ])
      .refine((amount) => amount > 0n && amount <= 10n ** 12n, 'is not from 1 to 10^12'),
  ),
})

/** What is asked beside an invoice that is paid late. */
export const lateFeePolicyFields = z.strictObject({
  fee: z.discriminatedUnion('kind', [percent, flat], 'is neither percent nor flat').nullable(),
  /** Days after the due day that cost nothing; those of fees count from the due day all the same. */
  graceDays: daysField(365),
  /** Days that one fee is for: so often it is asked for again. */
  everyDays: z.int('is no whole number').min(1, 'is below 1').max(365, 'is above 365'),
})

/** What is asked beside an invoice that is paid late. */
export type LateFeePolicyInput = z.input<typeof lateFeePolicyFields>

/** What is asked beside an invoice that is paid late. */
export type LateFeePolicy = Readonly<z.output<typeof lateFeePolicyFields>>

/** What a tenant asks for that has said nothing. */
export const LATE_FEE_DEFAULTS: LateFeePolicy = { fee: null, graceDays: 0, everyDays: 30 }

/**
 * What being late costs for some days: what is owed × rate / 365 × days, rounded once, half to even;
 * or the flat fee. In minor units; 0 where nothing is asked for.
 *
 * @example
 * lateFeeOf({ kind: 'percent', rate: '8' }, { owed: 100_00n, days: 30, currency: 'EUR' }) // 66n
 */
export function lateFeeOf(
  fee: LateFeePolicy['fee'],
  late: { readonly owed: bigint; readonly days: number; readonly currency: Currency },
): bigint {
  const { owed, days, currency } = late
  if (fee === null || owed <= 0n || days <= 0) return 0n
  if (fee.kind === 'flat') return fee.amounts[currency] ?? 0n
  const share = fraction(BigInt(days), HUNDRED_YEARS)
  return roundFraction(multiply(multiply(fraction(owed), fractionOf(readDecimal(fee.rate))), share))
}

/** A fee that was asked for, by an invoice of its own; never changed. */
export interface LateFee {
  readonly tenantId: string
  readonly id: string
  /** What was paid late. */
  readonly invoiceId: string
  /** Counts from 1. */
  readonly period: number
  /** Local days of the invoice: from one up to, not including, another. */
  readonly fromOn: string
  readonly untilOn: string
  /** What was owed when it was asked for, in minor units. */
  readonly owed: bigint
  readonly amount: bigint
  readonly feeInvoiceId: string
  readonly createdAt: Date
}

/** An invoice that is late. */
export interface LateInvoice {
  readonly tenantId: string
  readonly invoiceId: string
  /** The first day that no fee is for yet. */
  readonly fromOn: string
  readonly periods: number
  /** When the next fee is due; null once nothing is owed. */
  readonly dueAt: Date | null
  readonly updatedAt: Date
}

/** When a fee is due for the days that begin with one, and until when they last. */
export function feePeriod(
  policy: LateFeePolicy,
  { fromOn, dueOn, timeZone }: { fromOn: string; dueOn: string; timeZone: string },
): { readonly untilOn: string; readonly dueAt: Date } {
  const untilOn = addDays(fromOn, policy.everyDays)
  const [, askedOn = untilOn] = [untilOn, addDays(dueOn, policy.graceDays + 1)].sort()
  return { untilOn, dueAt: localMidnight(askedOn, timeZone) }
}
