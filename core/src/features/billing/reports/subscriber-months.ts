import { type Currency, isAppError, localDay } from '../../../kernel/index.ts'
import type { RecurringCoupon } from '../coupons/coupons.repository.ts'
import type { PlanVersion } from '../plans/plan.ts'
import { isUsage } from '../pricing/charge.ts'
import { applyDiscounts, type Discount } from '../pricing/discount.ts'
import { most } from '../pricing/order.ts'
import { priceCharge } from '../pricing/price-charge.ts'
import type { PricingPlugIns } from '../pricing/pricing-plug-in.ts'
import { discountsOf } from '../subscriptions/bill-facts.ts'
import {
  inForceOn,
  type ResolvedRevision,
  resolveRevisions,
  standing,
} from '../subscriptions/revisions.ts'
import type { StoredRevision } from '../subscriptions/subscription.ts'
import { type CustomerMonths, monthlyAmount } from './mrr.ts'
import type { Subscriber } from './reports.repository.ts'
import type { ReportsScope } from './reports.scope.ts'

/** Customers whose subscriptions are read at once. */
const CUSTOMERS = 500
/** Subscriptions or versions that one statement reads. */
const READ_MAX = 1_000

/** What customers pay a month, by currency and customer. */
export type SubscriberMonths = ReadonlyMap<Currency, ReadonlyMap<string, CustomerMonths>>

/**
 * Reads what each customer pays a month at the ends of some days: the prices of the charges in force
 * that are asked for again and again, for whole periods, less what coupons take off again and again.
 * Usage, set-up fees, what is billed once, trials, pauses, coupons worth one invoice and taxes that come
 * on top are not in it. What cannot be priced is nothing.
 */
export async function readSubscriberMonths(
  tx: ReportsScope,
  days: readonly string[],
): Promise<SubscriberMonths> {
  const months = new Map<Currency, Map<string, CustomerMonths>>()
  const versions = new Map<string, PlanVersion>()
  const { timeZone } = await tx.repos.tenant.get()
  let after: string | undefined
  for (;;) {
    const subscribers = await tx.repos.reports.listSubscribers(after, CUSTOMERS)
    const last = subscribers.at(-1)
    if (!last) return months
    after = last.customerId
    const storedOf = await readRevisions(tx, subscribers, versions)
    const couponsOf = await readCoupons(tx, subscribers, timeZone)
    for (const subscriber of subscribers) {
      const revisions = standing(resolveRevisions(storedOf.get(subscriber.id) ?? [], versions))
      const { currency, customerId } = subscriber
      const coupons = couponsOf.get(customerId) ?? []
      const paid = monthsOf(
        subscriber,
        { revisions, coupons },
        { days, plugIns: tx.pricingPlugIns },
      )
      const customers = months.get(currency) ?? new Map<string, CustomerMonths>()
      customers.set(customerId, together(customers.get(customerId), paid))
      months.set(currency, customers)
    }
  }
}

/** Reads the revisions of subscriptions, and adds the versions that they name. */
async function readRevisions(
  tx: ReportsScope,
  subscribers: readonly Subscriber[],
  versions: Map<string, PlanVersion>,
): Promise<ReadonlyMap<string, readonly StoredRevision[]>> {
  const stored: StoredRevision[] = []
  // A customer may have any number of subscriptions.
  for (let at = 0; at < subscribers.length; at += READ_MAX) {
    const ids = subscribers.slice(at, at + READ_MAX).map(({ id }) => id)
    stored.push(...(await tx.repos.revisions.listOfSubscriptions(ids)))
  }
  const named = new Set(stored.map(({ planVersionId }) => planVersionId))
  const missing = [...named].filter((id) => !versions.has(id))
  for (let at = 0; at < missing.length; at += READ_MAX) {
    const found = await tx.repos.planVersions.getByIds(missing.slice(at, at + READ_MAX))
    for (const version of found) versions.set(version.id, version)
  }
  return Map.groupBy(stored, ({ subscriptionId }) => subscriptionId)
}

/** A coupon that takes something off from one day up to, not including, another. */
interface DatedCoupon extends RecurringCoupon {
  readonly fromOn: string
}

async function readCoupons(
  tx: ReportsScope,
  subscribers: readonly Subscriber[],
  timeZone: string,
): Promise<ReadonlyMap<string, readonly DatedCoupon[]>> {
  const customerIds = [...new Set(subscribers.map(({ customerId }) => customerId))]
  const found = await tx.repos.couponRedemptions.listRecurring(customerIds)
  const dated = found.map((coupon) => ({
    ...{ ...coupon, fromOn: localDay(coupon.redeemedAt, timeZone) },
  }))
  return Map.groupBy(dated, ({ customerId }) => customerId)
}

interface SubscriberFacts {
  readonly revisions: readonly ResolvedRevision[]
  readonly coupons: readonly DatedCoupon[]
}

function monthsOf(
  { paysFromOn, currency }: Subscriber,
  { revisions, coupons }: SubscriberFacts,
  { days, plugIns }: { readonly days: readonly string[]; readonly plugIns: PricingPlugIns },
): CustomerMonths {
  const amountOn = (day: string): bigint => {
    const inForce = day < paysFromOn ? undefined : inForceOn(revisions, day)
    const running = coupons.filter(
      ({ fromOn, untilOn }) => fromOn <= day && (untilOn === null || day < untilOn),
    )
    return inForce ? monthlyPrice(inForce, discountsOf(currency, running), currency, plugIns) : 0n
  }
  const ends = coupons.flatMap(({ untilOn }) => untilOn ?? [])
  const starts = [...revisions.map(({ fromOn }) => fromOn), ...ends].map((day) =>
    most(day, paysFromOn),
  )
  const firstPaidOn = [paysFromOn, ...starts.toSorted()].find((day) => amountOn(day) > 0n) ?? null
  return { firstPaidOn, amounts: days.map(amountOn) }
}

function monthlyPrice(
  { charges, quantity, version }: ResolvedRevision,
  discounts: readonly Discount[],
  currency: Currency,
  plugIns: PricingPlugIns,
): bigint {
  try {
    const lines = charges
      .filter((charge) => !isUsage(charge))
      .map((charge) => ({
        planId: version.planId,
        amount: priceCharge(charge, { quantity, currency }, plugIns).amount,
      }))
    const { taken } = applyDiscounts(lines, discounts)
    const asked = lines.reduce((sum, { amount }) => sum + amount, 0n)
    const off = taken.reduce((sum, { amount }) => sum + amount, 0n)
    return monthlyAmount(asked - off, version.cycle)
  } catch (error) {
    if (!isAppError(error)) throw error
    return 0n
  }
}

/** What a customer pays for two things. */
export function together(one: CustomerMonths | undefined, other: CustomerMonths): CustomerMonths {
  if (!one) return other
  const days = [one.firstPaidOn, other.firstPaidOn].filter((day) => day !== null).toSorted()
  return {
    firstPaidOn: days[0] ?? null,
    amounts: one.amounts.map((amount, index) => amount + (other.amounts[index] ?? 0n)),
  }
}
