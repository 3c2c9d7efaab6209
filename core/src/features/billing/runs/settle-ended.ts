import type { BilledSubscription } from '../subscriptions/subscription.ts'
import type { RunsScope } from './runs.scope.ts'

/**
 * Gives customers as credit what was carried on for bills that do not come any more, of subscriptions
 * that ended; once each. It pays first what is owed for the subscription, so that nobody is given
 * back what was never paid.
 */
export async function settleEnded(
  tx: RunsScope,
  ended: readonly BilledSubscription[],
): Promise<void> {
  for (const { id, customerId, currency } of ended) {
    const carried = await tx.repos.subscriptions.findCarried(id)
    const amount = carried.net + carried.tax
    if (amount === 0n) continue
    const source = `subscription:${id}`
    const gain = { customerId, currency, amount, reason: 'unused' as const, source }
    const { id: creditId } = await tx.credit.add(gain)
    await tx.journal.bookCreditUnused({ customerId, currency, creditId, ...carried })
    let left = amount
    for (const invoiceId of await tx.repos.subscriptions.listOwing(id)) {
      if (left > 0n) left -= await tx.credit.apply(invoiceId, left)
    }
  }
}
