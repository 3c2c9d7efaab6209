import { type Currency, isAppError } from '../../../kernel/index.ts'
import type { ChargedLine } from '../pricing/proration.ts'
import { chargedBy, type MadeBill, makeBill, readBatchFacts } from '../subscriptions/bill-facts.ts'
import type { BilledSubscription } from '../subscriptions/subscription.ts'
import { reasonOf } from './runs.repository.ts'
import type { RunsScope } from './runs.scope.ts'

/** Boundaries of one subscription that a preview follows. */
const PREVIEWED_MAX = 100

/** What a run would bill of one subscription. */
export interface Previewed {
  readonly subscriptionId: string
  readonly currency: Currency
  readonly amounts: readonly bigint[]
  readonly failure: string | undefined
}

/** How many bills of a preview took something off by each redeemed coupon. */
export type SpentCoupons = Map<string, number>

/**
 * Follows subscriptions from bill to bill up to an instant, in memory.
 *
 * @param spent counted on, as subscriptions of one customer share coupons
 */
export async function previewed(
  tx: RunsScope,
  subscriptions: readonly BilledSubscription[],
  { asOf, spent }: { readonly asOf: Date; readonly spent: SpentCoupons },
): Promise<Previewed[]> {
  const seen = new Map<string, Previewed>()
  const charged = new Map<string, readonly ChargedLine[]>()
  let due = subscriptions
  for (let round = 0; round < PREVIEWED_MAX && due.length > 0; round++) {
    const bills = await billsOf(tx, due, { charged, spent })
    due = bills.flatMap(({ subscription, bill, failure }) => {
      const { id: subscriptionId, currency } = subscription
      const before = seen.get(subscriptionId)?.amounts ?? []
      const amounts = bill?.made ? [...before, bill.made.invoice.total] : before
      seen.set(subscriptionId, { subscriptionId, currency, amounts, failure })
      if (!bill) return []
      charged.set(subscriptionId, chargedBy(bill))
      const next = { ...subscription, ...bill.bill.next }
      return next.nextBillingAt !== null && next.nextBillingAt <= asOf ? [next] : []
    })
  }
  return [...seen.values()]
}

interface PreviewedBill {
  readonly subscription: BilledSubscription
  readonly bill?: MadeBill | undefined
  readonly failure?: string
}

/** What bills before the next ones of a preview did. */
interface Before {
  readonly charged: ReadonlyMap<string, readonly ChargedLine[]>
  readonly spent: SpentCoupons
}

/** The next bill of each, with what a bill before it in the preview charged. */
async function billsOf(
  tx: RunsScope,
  subscriptions: readonly BilledSubscription[],
  before: Before,
): Promise<PreviewedBill[]> {
  const { charged, spent } = before
  try {
    const facts = await readBatchFacts(tx, subscriptions)
    const billFactsOf: typeof facts.billFactsOf = (of) => {
      const read = facts.billFactsOf(of)
      const discounts = read.discounts.filter(
        ({ id, invoicesLeft }) => invoicesLeft === null || (spent.get(id) ?? 0) < invoicesLeft,
      )
      return { ...read, discounts, charged: charged.get(of.id) ?? read.charged }
    }
    return subscriptions.map((subscription): PreviewedBill => {
      try {
        const now = tx.clock.now()
        const bill = makeBill(tx, subscription, { ...facts, billFactsOf }, now)
        for (const { redemptionId } of bill?.bill.taken ?? []) {
          spent.set(redemptionId, (spent.get(redemptionId) ?? 0) + 1)
        }
        return { subscription, bill }
      } catch (error) {
        return { subscription, failure: reasonOf(error) }
      }
    })
  } catch (error) {
    const [subscription, ...others] = subscriptions
    if (!subscription || !isAppError(error)) throw error
    if (others.length === 0) return [{ subscription, failure: reasonOf(error) }]
    // One of them has what cannot be read, such as a meter that is none: each by itself.
    const bills: PreviewedBill[] = []
    for (const each of subscriptions) bills.push(...(await billsOf(tx, [each], before)))
    return bills
  }
}
