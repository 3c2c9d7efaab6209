import { addMs } from '../../../kernel/index.ts'
import type { BillingEvent } from '../billing.events.ts'
import type { MadeInvoice } from '../invoices/invoices.repository.ts'
import { makeBill, readBatchFacts } from '../subscriptions/bill-facts.ts'
import type { BilledSubscription } from '../subscriptions/subscription.ts'
import { movedEvents, parkedEvent } from '../subscriptions/tell-subscriptions.ts'
import type { UsageReading } from '../usage/usage-reading.ts'
import type { BillingRun } from './run.ts'
import { reasonOf } from './runs.repository.ts'
import type { RunsScope } from './runs.scope.ts'
import { settleEnded } from './settle-ended.ts'

/** How long a subscription that could not be billed waits to be tried again. */
export const PARKED_MS = 3_600_000

/** What became of one batch. */
export interface BilledBatch {
  readonly billed: number
  readonly parked: number
}

/**
 * Bills the next boundary of each of some locked subscriptions: drafts and the subscriptions moved
 * on, in one transaction. One that cannot be priced is parked, and the others go on.
 */
export async function billBatch(
  tx: RunsScope,
  run: Pick<BillingRun, 'id'>,
  subscriptions: readonly BilledSubscription[],
): Promise<BilledBatch> {
  const now = tx.clock.now()
  const facts = await readBatchFacts(tx, subscriptions)
  const states: BilledSubscription[] = []
  const ended: BilledSubscription[] = []
  const told: BillingEvent[] = []
  const drafts: MadeInvoice[] = []
  const usage: UsageReading[] = []
  let parked = 0
  for (const subscription of subscriptions) {
    try {
      const bill = makeBill(tx, subscription, facts, now)
      const next = bill?.bill.next ?? { nextBillingAt: null }
      const moved = { ...subscription, ...next }
      const isOver = moved.status === 'canceled' && moved.nextBillingAt === null
      if (isOver && moved.carried > 0n) ended.push(moved)
      states.push(isOver ? { ...moved, carried: 0n } : moved)
      told.push(...movedEvents(subscription.status, moved, now))
      usage.push(...facts.usageOf(subscription))
      if (bill?.made)
        drafts.push({ ...bill.made, invoice: { ...bill.made.invoice, runId: run.id } })
    } catch (error) {
      parked++
      await park(tx, subscription, error)
    }
  }
  await tx.repos.invoices.insertDrafts(drafts)
  await countCoupons(tx, drafts)
  if (usage.length > 0) await tx.usage.bill(usage)
  await settleEnded(tx, ended)
  await tx.repos.subscriptions.moveOn(states, now)
  await tx.tell(told)
  return { billed: states.length, parked }
}

/** Puts a subscription aside with the reason why it could not be billed. */
export async function park(
  tx: RunsScope,
  subscription: BilledSubscription,
  error: unknown,
): Promise<void> {
  const { id, dueAt, parkedReason: former } = subscription
  const now = tx.clock.now()
  const parkedReason = reasonOf(error)
  const aside = { parkedAt: now, parkedReason, dueAt: addMs(now, PARKED_MS), updatedAt: now }
  await tx.repos.subscriptions.update(id, aside)
  const before = { dueAt }
  await tx.record({
    action: 'subscription.parked',
    subject: `subscription:${id}`,
    before,
    after: aside,
  })
  // It is tried again every hour, and its tenant hears of each reason once.
  if (parkedReason !== former) await tx.tell([parkedEvent(subscription, parkedReason, now)])
}

/** Coupons that took something off: once for each invoice. */
async function countCoupons(tx: RunsScope, drafts: readonly MadeInvoice[]): Promise<void> {
  let left = drafts.flatMap(({ invoice }) =>
    invoice.discounts.map(({ redemptionId }) => redemptionId),
  )
  while (left.length > 0) {
    const once = [...new Set(left)]
    await tx.repos.couponRedemptions.countInvoices(once)
    const counted = new Set<string>()
    left = left.filter((id) => counted.has(id) || !counted.add(id))
  }
}
