import { type BillingEvent, billedSubscriptionEvents as events } from '../billing.events.ts'
import type { BilledStatus, StoredRevision, ToldSubscription } from './subscription.ts'

/** What can be told of a subscription that needs nothing beside it. */
type SubscriptionFact = 'activated' | 'pastDue' | 'recovered' | 'ended'

/** Makes the event that something became of a subscription, as it is now. */
export function subscriptionEvent(
  fact: SubscriptionFact,
  subscription: ToldSubscription,
  occurredAt: Date,
): BillingEvent {
  const { id: subjectId } = subscription
  return events[fact].create({ occurredAt, subjectId, payload: factsOf(subscription) })
}

/** Makes the event of a subscription that could not be billed. */
export function parkedEvent(
  subscription: ToldSubscription,
  reason: string,
  occurredAt: Date,
): BillingEvent {
  const { id: subjectId } = subscription
  const payload = { ...factsOf(subscription), reason }
  return events.parked.create({ occurredAt, subjectId, payload })
}

const REVISED = {
  ...{ start: events.created, change: events.changed, pause: events.paused },
  ...{ resume: events.resumed, cancel: events.canceled },
} as const

/** Makes the event that a subscription costs something else from a day on. */
export function revisedEvent(
  subscription: ToldSubscription,
  { kind, fromOn }: Pick<StoredRevision, 'kind' | 'fromOn'>,
  occurredAt: Date,
): BillingEvent {
  const { id: subjectId } = subscription
  const payload = { ...factsOf(subscription), fromOn }
  return REVISED[kind].create({ occurredAt, subjectId, payload })
}

/** Makes the event of a status that a bill or a cancellation led to, if there is one. */
export function movedEvents(
  former: BilledStatus,
  subscription: ToldSubscription,
  at: Date,
): BillingEvent[] {
  const { status } = subscription
  if (status === former) return []
  switch (status) {
    case 'active':
      return [subscriptionEvent('activated', subscription, at)]
    case 'canceled':
    case 'expired':
      return [subscriptionEvent('ended', subscription, at)]
    default:
      return []
  }
}

function factsOf({ tenantId, id, customerId, status }: ToldSubscription) {
  return { tenantId, subscriptionId: id, customerId, status }
}
