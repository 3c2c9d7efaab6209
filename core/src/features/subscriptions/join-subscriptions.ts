import { addMs, addPeriod, assert } from '../../kernel/index.ts'
import type { Payment } from '../payments/index.ts'
import { addExtraTime, noticeOfMovedEnd } from './extra-time.ts'
import { expire } from './renewals/renewals.ts'
import { paidUntil, type Subscription } from './subscription.ts'
import type { SubscriptionsScope } from './subscriptions.scope.ts'

/**
 * Makes room for the subscriptions of a guest beside those of the user whom the guest turns out to
 * be, in the caller's transaction: of two in one group the guest's ends, and its paid time goes on
 * top of the user's. Time of a trial goes nowhere, and a second trial ends: each person has one.
 */
export async function joinSubscriptions(
  tx: SubscriptionsScope,
  { guestId, userId }: { readonly guestId: string; readonly userId: string },
): Promise<void> {
  for (const own of await tx.repos.subscriptions.lockLive(guestId)) {
    const heir = await tx.repos.subscriptions.findLiveWithLock(userId, own.planGroup)
    const tried = await tx.repos.grants.findTrial(userId, own.planGroup)
    if (heir) await carryOver(tx, own, heir)
    else if (own.status === 'trialing' && tried) await end(tx, own)
  }
}

/**
 * Gives what a charge has bought that was on its way when its subscription was merged: its time goes
 * on top of the heir's. Which plan the user has and who is charged for it stay: nobody has consented
 * to more, and the guest's method is forgotten with the charge.
 */
export async function giveToHeir(
  tx: SubscriptionsScope,
  { product: { plan } }: Payment,
  { own, heir }: { readonly own: Subscription; readonly heir: Subscription },
): Promise<Subscription> {
  assert(plan && own.firstPaymentId, 'What was charged for has a plan and was bought')
  const now = tx.clock.now()
  const anchorDay = now.getUTCDate()
  const end = addPeriod(now, plan.period, anchorDay)
  const addedMs = end.getTime() - now.getTime()
  await tx.repos.payments.forgetMethod(own.firstPaymentId, now)
  await tx.repos.subscriptions.update(own.id, {
    // The period that its refund takes back.
    ...{ currentPeriodStart: now, currentPeriodEnd: end, anchorDay, period: plan.period },
    heirId: heir.id,
    carriedMs: own.carriedMs + addedMs,
    updatedAt: now,
  })
  return addExtraTime(tx, heir, addedMs)
}

/** Takes what a payment of a merged subscription has paid for off the time that was carried over. */
export async function takeBackCarried(
  tx: SubscriptionsScope,
  own: Subscription,
  { paymentId, periodMs }: { readonly paymentId: string; readonly periodMs: number },
): Promise<void> {
  const { heirId, carriedMs } = own
  assert(heirId, 'What was carried over was carried to somebody')
  const count = Math.ceil(carriedMs / periodMs)
  const isLeft = count > 0 && (await tx.repos.payments.isAmongLatestOf(own.id, paymentId, count))
  if (!isLeft) return
  const takenMs = Math.min(carriedMs, periodMs)
  const now = tx.clock.now()
  await tx.repos.subscriptions.update(own.id, { carriedMs: carriedMs - takenMs, updatedAt: now })
  const heir = await tx.repos.subscriptions.getByIdWithLock(heirId)
  const extraMs = Math.max(0, heir.extraMs - takenMs)
  const isByTime = heir.expiresAt?.getTime() === paidUntil(heir).getTime()
  await tx.repos.subscriptions.update(heirId, {
    extraMs,
    ...(isByTime ? { expiresAt: addMs(heir.currentPeriodEnd, extraMs) } : {}),
    ...noticeOfMovedEnd(tx, { ...heir, extraMs }),
    updatedAt: now,
  })
}

async function carryOver(
  tx: SubscriptionsScope,
  own: Subscription,
  heir: Subscription,
): Promise<void> {
  const now = tx.clock.now()
  const leftMs = paidUntil(own).getTime() - (own.pausedAt ?? now).getTime()
  const carriedMs = own.status === 'trialing' ? 0 : Math.max(0, leftMs)
  if (carriedMs > 0) await addExtraTime(tx, heir, carriedMs)
  await end(tx, own)
  await tx.repos.subscriptions.update(own.id, { heirId: heir.id, carriedMs, updatedAt: now })
}

/** Ends a guest's subscription: nobody renews it, and no method is kept for it. */
async function end(tx: SubscriptionsScope, own: Subscription): Promise<void> {
  const now = tx.clock.now()
  if (own.firstPaymentId) {
    await tx.repos.consents.withdraw(own.firstPaymentId, now)
    await tx.repos.payments.forgetMethod(own.firstPaymentId, now)
  }
  await tx.repos.subscriptions.update(own.id, { savedMethodId: null, updatedAt: now })
  await expire(tx, own, {
    canceledAt: own.canceledAt ?? now,
    cancelReason: own.cancelReason ?? 'merged',
  })
}
