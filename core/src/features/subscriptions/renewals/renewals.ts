import type { GatewayRegistry } from '../../payments/index.ts'
import { announce } from '../announcement.ts'
import { declinedCourse, expiredCourse, type RenewedBy } from '../course.ts'
import { type Subscription, transition } from '../subscription.ts'
import { subscriptionExpired, subscriptionPastDue } from '../subscriptions.events.ts'
import type { SubscriptionsScope } from '../subscriptions.scope.ts'

/** Who charges the next period of a subscription. */
export function renewedBy(
  gateways: GatewayRegistry,
  of: Pick<Subscription, 'gateway' | 'savedMethodId'>,
): RenewedBy {
  const renewals = gateways.get(of.gateway ?? '')?.capabilities.renewals
  if (renewals === 'provider') return 'provider'
  return renewals === undefined || of.savedMethodId === null ? 'nobody' : 'kit'
}

/** What a subscription costs next, and when; null when nobody will charge for it. */
export interface NextCharge {
  readonly at: Date
  readonly productId: string
  readonly amount: bigint
  readonly currency: NonNullable<Subscription['currency']>
}

/** The next charge as things are. */
export function nextCharge(
  gateways: GatewayRegistry,
  subscription: Subscription,
): NextCharge | null {
  const { status, nextChargeAt, currentPeriodEnd, currency } = subscription
  const amount = subscription.nextAmount ?? subscription.amount
  if (status !== 'active' && status !== 'past_due') return null
  const isByProvider = renewedBy(gateways, subscription) === 'provider' && status === 'active'
  const at = isByProvider ? currentPeriodEnd : nextChargeAt
  if (!at || amount === null || currency === null) return null
  return { at, productId: subscription.nextProductId ?? subscription.productId, amount, currency }
}

/** Takes in that a subscription, which the caller has locked, could not be charged for. */
export async function hearDecline(
  tx: SubscriptionsScope,
  subscription: Subscription,
  { reason, isFinal }: { readonly reason: string | null; readonly isFinal: boolean },
): Promise<void> {
  if (transition(subscription.status, 'decline') === 'ignore') return
  const now = tx.clock.now()
  const declined = await tx.repos.subscriptions.update(subscription.id, {
    ...declinedCourse(subscription, now, { isFinal }),
    updatedAt: now,
  })
  await announce(tx, subscriptionPastDue, declined, {
    reason,
    isFinal: declined.nextChargeAt === null,
    nextTryAt: declined.nextChargeAt?.toISOString() ?? null,
    accessUntil: (declined.expiresAt ?? now).toISOString(),
  })
}

/** Ends a subscription that the caller has locked. */
export async function expire(
  tx: SubscriptionsScope,
  subscription: Subscription,
  canceled: Partial<Pick<Subscription, 'canceledAt' | 'cancelReason'>> = {},
): Promise<void> {
  const { nextProductId } = subscription
  const expired = await tx.repos.subscriptions.update(subscription.id, {
    ...expiredCourse(subscription),
    ...canceled,
    nextProductId: null,
    nextAmount: null,
    updatedAt: tx.clock.now(),
  })
  await announce(tx, subscriptionExpired, expired, { nextProductId })
}
