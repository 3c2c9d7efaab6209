import type { EventDefinition } from '../../platform/outbox/index.ts'
import type { Subscription } from './subscription.ts'
import { switchRenewal } from './subscriptions.jobs.ts'
import type { SubscriptionsScope } from './subscriptions.scope.ts'

/** What every event of a subscription says. */
interface Facts {
  readonly subscriptionId: string
  readonly productId: string
  readonly status: Subscription['status']
  readonly currentPeriodEnd: string
}

/** Writes an event of a subscription, as it is after the change. */
export async function announce<More extends object>(
  tx: SubscriptionsScope,
  event: EventDefinition<Facts & More>,
  subscription: Subscription,
  more: More,
): Promise<void> {
  await tx.repos.outbox.add(
    event.create({
      occurredAt: tx.clock.now(),
      subjectId: subscription.id,
      userId: subscription.userId,
      payload: {
        subscriptionId: subscription.id,
        productId: subscription.productId,
        status: subscription.status,
        currentPeriodEnd: subscription.currentPeriodEnd.toISOString(),
        ...more,
      },
    }),
  )
}

/**
 * Has the provider told whether it may renew; each word after the one before, so that the last one
 * is the last to arrive.
 */
export async function tellProvider(
  tx: SubscriptionsScope,
  subscriptionId: string,
  word: 'stop' | 'permit',
): Promise<void> {
  const orderKey = `${switchRenewal.name}:${subscriptionId}`
  await tx.repos.jobs.enqueue(
    switchRenewal,
    { subscriptionId, isCanceled: word === 'stop' },
    { orderKey },
  )
}
