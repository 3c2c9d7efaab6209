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

/** Follows subscriptions from bill to bill up to an instant, in memory. */
export async function previewed(
  tx: RunsScope,
  subscriptions: readonly BilledSubscription[],
  asOf: Date,
): Promise<Previewed[]> {
  const seen = new Map<string, Previewed>()
  const charged = new Map<string, readonly ChargedLine[]>()
  let due = subscriptions
  for (let round = 0; round < PREVIEWED_MAX && due.length > 0; round++) {
    const bills = await billsOf(tx, due, charged)
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

/** The next bill of each, with what a bill before it in the preview charged. */
async function billsOf(
  tx: RunsScope,
  subscriptions: readonly BilledSubscription[],
  charged: ReadonlyMap<string, readonly ChargedLine[]>,
): Promise<PreviewedBill[]> {
  try {
    const facts = await readBatchFacts(tx, subscriptions)
    const billFactsOf: typeof facts.billFactsOf = (of) => {
      const read = facts.billFactsOf(of)
      return { ...read, charged: charged.get(of.id) ?? read.charged }
    }
    return subscriptions.map((subscription): PreviewedBill => {
      try {
        const now = tx.clock.now()
        return { subscription, bill: makeBill(tx, subscription, { ...facts, billFactsOf }, now) }
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
    for (const each of subscriptions) bills.push(...(await billsOf(tx, [each], charged)))
    return bills
  }
}
