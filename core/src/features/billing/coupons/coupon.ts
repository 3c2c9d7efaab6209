import { z } from 'zod'
import { readDecimal } from '../../../kernel/index.ts'
import { codeField, currencyField, line } from '../fields.ts'

/** For how long a redeemed coupon takes something off. */
export const COUPON_DURATIONS = ['once', 'repeating', 'forever'] as const

const wholeNumber = (least: number, most: number) =>
  z
    .int(`is no whole number from ${least} to ${most}`)
    .min(least, `is no whole number from ${least} to ${most}`)
    .max(most, `is no whole number from ${least} to ${most}`)

const dayField = z.iso.date('is no day, such as 2028-01-31')

const percentField = z
  .string()
  .regex(/^(?:\d{1,2}(?:\.\d{1,4})?|100(?:\.0{1,4})?)$/, 'is no percentage up to 100, such as 12.5')
  .transform((text) => readDecimal(text))
  .refine((percent) => percent > 0n, 'is 0')

/** What a coupon is made from. */
export const couponFields = z
  .strictObject({
    code: codeField,
    name: line(200),
    /** What is taken off: this part, up to four places. */
    percent: percentField.nullable().default(null),
    /** Or this amount, in minor units of the currency. */
    amount: z.bigint('is no amount').positive('is not above 0').nullable().default(null),
    currency: currencyField.nullable().default(null),
    duration: z.enum(COUPON_DURATIONS, `is none of ${COUPON_DURATIONS.join(', ')}`),
    /** Invoices that one redemption takes something off, of a repeating coupon. */
    invoices: wholeNumber(1, 1000).nullable().default(null),
    /** How many customers may redeem it; null for any number. */
    redemptionMax: wholeNumber(1, 1_000_000_000).nullable().default(null),
    /** First day on which it may be redeemed, where the tenant is. */
    validFromOn: dayField.nullable().default(null),
    /** Last day on which it may be redeemed. */
    validUntilOn: dayField.nullable().default(null),
    /** The plans whose charges it is for; none for all. */
    planIds: z.array(z.uuid('is no id')).max(100, 'are more than 100').default([]),
  })
  .superRefine((coupon, context) => {
    const fault = faultOf(coupon)
    if (!fault) return
    const [path, message] = fault
    context.issues.push({ code: 'custom', path: [path], message, input: coupon })
  })

/** What a coupon is made from. */
export type CouponInput = z.input<typeof couponFields>

/** Takes something off the invoices of whoever redeems it. */
export interface Coupon extends Readonly<Omit<z.output<typeof couponFields>, 'planIds'>> {
  readonly tenantId: string
  readonly id: string
  /** Kept by the database. */
  readonly redemptionCount: number
  readonly archivedAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** A coupon of one customer. */
export interface CouponRedemption {
  readonly tenantId: string
  readonly id: string
  readonly couponId: string
  readonly customerId: string
  /** Invoices it takes something off; null for all. */
  readonly invoiceMax: number | null
  readonly invoiceCount: number
  readonly createdAt: Date
}

/** Why a coupon cannot be redeemed. */
export type CouponRefusal =
  | 'archived'
  | 'not_yet_valid'
  | 'not_valid_any_more'
  | 'exhausted'
  | 'other_currency'
  | 'already_redeemed'

/** Why a coupon cannot be redeemed on a day, or undefined; its limit is the database's. */
export function refusalOf(
  coupon: Pick<Coupon, 'archivedAt' | 'currency' | 'validFromOn' | 'validUntilOn'>,
  asked: { readonly day: string; readonly currency: string },
): CouponRefusal | undefined {
  if (coupon.archivedAt) return 'archived'
  if (coupon.validFromOn && asked.day < coupon.validFromOn) return 'not_yet_valid'
  if (coupon.validUntilOn && asked.day > coupon.validUntilOn) return 'not_valid_any_more'
  if (coupon.currency && coupon.currency !== asked.currency) return 'other_currency'
  return undefined
}

function faultOf(
  coupon: Pick<
    Coupon,
    'percent' | 'amount' | 'currency' | 'duration' | 'invoices' | 'validFromOn' | 'validUntilOn'
  >,
): readonly [path: string, message: string] | undefined {
  if ((coupon.percent === null) === (coupon.amount === null)) {
    return ['percent', 'is given with an amount, or neither is']
  }
  if ((coupon.amount === null) !== (coupon.currency === null)) {
    return ['currency', 'belongs to an amount, and to nothing else']
  }
  if ((coupon.duration === 'repeating') !== (coupon.invoices !== null)) {
    return ['invoices', 'belongs to a repeating coupon, and to nothing else']
  }
  const { validFromOn, validUntilOn } = coupon
  if (validFromOn && validUntilOn && validUntilOn < validFromOn) {
    return ['validUntilOn', 'is before the first day']
  }
  return undefined
}
