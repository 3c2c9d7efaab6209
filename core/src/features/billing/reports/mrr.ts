import {
  type Currency,
  type Decimal,
  type Fraction,
  fraction,
  multiply,
  roundFraction,
  roundToDecimal,
} from '../../../kernel/index.ts'
import type { Cycle } from '../periods/billing-period.ts'

/** Cycles in a month: a year has 52 weeks and 12 months. */
const CYCLES_A_MONTH: Readonly<Record<Cycle, Fraction>> = {
  weekly: fraction(52n, 12n),
  monthly: fraction(1n),
  quarterly: fraction(1n, 3n),
  semi_annually: fraction(1n, 6n),
  annually: fraction(1n, 12n),
  one_time: fraction(0n),
}

/**
 * What a price of one period is a month, in minor units, rounded half to even once: an annual price
 * of 120.00 is 10.00, and what is billed once is nothing.
 */
export function monthlyAmount(price: bigint, cycle: Cycle): bigint {
  return roundFraction(multiply(fraction(price), CYCLES_A_MONTH[cycle]))
}

/** What one customer paid a month in one currency, at the ends of months in a row. */
export interface CustomerMonths {
  /** When the customer paid for the first time ever. */
  readonly firstPaidOn: string | null
  /** One more than there are months: first the day before them. */
  readonly amounts: readonly bigint[]
}

/** How the monthly recurring revenue moved in a month; `contraction` and `churn` are taken off. */
export interface MrrMovement {
  readonly opening: bigint
  /** Of customers who pay for the first time. */
  readonly new: bigint
  /** Of customers who paid once, and not at the end of the month before. */
  readonly reactivation: bigint
  readonly expansion: bigint
  readonly contraction: bigint
  /** Of customers who do not pay any more. */
  readonly churn: bigint
  /** What the amounts at the beginning are worth more, or less, by the rates of the end. */
  readonly exchange: bigint
  readonly closing: bigint
}

/** How the paying customers moved in a month. */
export interface CustomerMovement {
  readonly opening: number
  readonly new: number
  readonly reactivated: number
  readonly churned: number
  readonly closing: number
}

/** A month of recurring revenue; amounts are minor units, after recurring coupons. */
export interface MrrMonth {
  readonly month: string
  /** The day at whose end it is: the last of the month, or today. */
  readonly on: string
  readonly currency: Currency
  readonly mrr: MrrMovement
  readonly customers: CustomerMovement
  /** {@link annualised} */
  readonly arr: bigint
  /** {@link perCustomer} */
  readonly arpu: bigint | null
  /** {@link customerChurn} */
  readonly customerChurn: Decimal | null
  /** {@link revenueChurn} */
  readonly revenueChurn: Decimal | null
  /** {@link netRetention} */
  readonly netRevenueRetention: Decimal | null
  /** {@link lifetimeValue} */
  readonly ltv: bigint | null
}

/** What moved in one of the months of customers, the first of which is 1. */
export function movementOf(
  customers: readonly CustomerMonths[],
  at: number,
  openedOn: string,
): { readonly mrr: MrrMovement; readonly customers: CustomerMovement } {
  const mrr = { opening: 0n, new: 0n, reactivation: 0n, expansion: 0n, contraction: 0n, churn: 0n }
  const counts = { opening: 0, new: 0, reactivated: 0, churned: 0, closing: 0 }
  let closing = 0n
  for (const { firstPaidOn, amounts } of customers) {
    const [before, after] = [amounts[at - 1] ?? 0n, amounts[at] ?? 0n]
    mrr.opening += before
    closing += after
    if (before > 0n) counts.opening += 1
    if (after > 0n) counts.closing += 1
    if (before === 0n && after > 0n) {
      const isNew = firstPaidOn === null || firstPaidOn > openedOn
      mrr[isNew ? 'new' : 'reactivation'] += after
      counts[isNew ? 'new' : 'reactivated'] += 1
    } else if (after === 0n && before > 0n) {
      mrr.churn += before
      counts.churned += 1
    } else if (after > before) mrr.expansion += after - before
    else mrr.contraction += before - after
  }
  return { mrr: { ...mrr, exchange: 0n, closing }, customers: counts }
}

/** The figures of a month, from how it moved. */
export function figuresOf(
  mrr: MrrMovement,
  customers: CustomerMovement,
): Pick<
  MrrMonth,
  'arr' | 'arpu' | 'customerChurn' | 'revenueChurn' | 'netRevenueRetention' | 'ltv'
> {
  return {
    ...{ arr: annualised(mrr), arpu: perCustomer(mrr, customers) },
    ...{ customerChurn: customerChurn(customers), revenueChurn: revenueChurn(mrr) },
    ...{ netRevenueRetention: netRetention(mrr), ltv: lifetimeValue(mrr, customers) },
  }
}

/** Annual recurring revenue: 12 times the monthly one at the end of the month. */
export function annualised({ closing }: Pick<MrrMovement, 'closing'>): bigint {
  return 12n * closing
}

/** Average revenue per user: MRR / paying customers, at the end of the month; null without one. */
export function perCustomer(
  { closing }: Pick<MrrMovement, 'closing'>,
  customers: Pick<CustomerMovement, 'closing'>,
): bigint | null {
  if (customers.closing === 0) return null
  return roundFraction(fraction(closing, BigInt(customers.closing)))
}

/**
 * Customer churn rate: customers who left in the month / customers at its beginning; null without
 * one. Who came and left within the month counts for neither.
 */
export function customerChurn(
  customers: Pick<CustomerMovement, 'opening' | 'churned'>,
): Decimal | null {
  return ratio(BigInt(customers.churned), BigInt(customers.opening))
}

/** Gross revenue churn rate: (contraction + churn) / MRR at the beginning; null of nothing. */
export function revenueChurn(
  mrr: Pick<MrrMovement, 'opening' | 'contraction' | 'churn'>,
): Decimal | null {
  return ratio(mrr.contraction + mrr.churn, mrr.opening)
}

/**
 * Net revenue retention: (MRR at the beginning + expansion - contraction - churn) / MRR at the
 * beginning, so of those customers alone who paid then; null of nothing.
 */
export function netRetention(
  mrr: Pick<MrrMovement, 'opening' | 'expansion' | 'contraction' | 'churn'>,
): Decimal | null {
  return ratio(mrr.opening + mrr.expansion - mrr.contraction - mrr.churn, mrr.opening)
}

/**
 * Lifetime value of a customer: average revenue per user / customer churn rate of the month, as a
 * customer stays 1 / churn months on average; null where nobody left. It is revenue, not margin.
 */
export function lifetimeValue(
  { closing }: Pick<MrrMovement, 'closing'>,
  customers: Pick<CustomerMovement, 'opening' | 'churned' | 'closing'>,
): bigint | null {
  const { opening, churned, closing: paying } = customers
  if (churned === 0 || paying === 0) return null
  return roundFraction(fraction(closing * BigInt(opening), BigInt(paying) * BigInt(churned)))
}

function ratio(part: bigint, whole: bigint): Decimal | null {
  return whole === 0n ? null : roundToDecimal(fraction(part, whole))
}

/** Customers who paid for the first time in one month, and what became of them. */
export interface Cohort {
  /** The month in which they began. */
  readonly month: string
  readonly currency: Currency
  /** From the end of that month on; the first stands for it. */
  readonly months: readonly {
    readonly month: string
    readonly customers: number
    readonly mrr: bigint
    /** Of those who paid at the end of the first month; null where nobody did. */
    readonly customerRetention: Decimal | null
    readonly revenueRetention: Decimal | null
  }[]
}

/** Groups customers by the month in which they paid for the first time. */
export function cohortsOf(
  customers: readonly CustomerMonths[],
  months: readonly string[],
  currency: Currency,
): Cohort[] {
  return months.flatMap((month, index) => {
    const those = customers.filter(({ firstPaidOn }) => firstPaidOn?.startsWith(month))
    if (those.length === 0) return []
    const ends = months.slice(index).map((end, after) => {
      const amounts = those.map((one) => one.amounts[index + after + 1] ?? 0n)
      const mrr = amounts.reduce((sum, amount) => sum + amount, 0n)
      return { month: end, customers: amounts.filter((amount) => amount > 0n).length, mrr }
    })
    const [begun] = ends
    return [
      {
        ...{ month, currency },
        months: ends.map((end) => ({
          ...end,
          customerRetention: ratio(BigInt(end.customers), BigInt(begun?.customers ?? 0)),
          revenueRetention: ratio(end.mrr, begun?.mrr ?? 0n),
        })),
      },
    ]
  })
}
