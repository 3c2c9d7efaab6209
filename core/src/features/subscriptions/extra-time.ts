import { addMs } from '../../kernel/index.ts'
import { later, noticeOfEnd } from './course.ts'
import { nextCharge } from './renewals/renewals.ts'
import { paidUntil, type Subscription } from './subscription.ts'
import type { SubscriptionsScope } from './subscriptions.scope.ts'

/**
 * From when time that is put on top of a subscription counts: its end, or now where that is over
 * already and a charge is awaited.
 */
export function extraTimeFrom(live: Subscription, now: Date): Date {
  const until = paidUntil(live)
  return live.pausedAt ? until : later(until, now)
}

/** Puts time on top of a subscription that the caller has locked; its billing date stays. */
export function addExtraTime(
  tx: SubscriptionsScope,
  live: Subscription,
  addedMs: number,
): Promise<Subscription> {
  const now = tx.clock.now()
  const lapsedMs = extraTimeFrom(live, now).getTime() - paidUntil(live).getTime()
  const extraMs = live.extraMs + lapsedMs + addedMs
  const { expiresAt } = live
  return tx.repos.subscriptions.update(live.id, {
    extraMs,
    ...(expiresAt ? { expiresAt: later(expiresAt, addMs(live.currentPeriodEnd, extraMs)) } : {}),
    ...noticeOfMovedEnd(tx, { ...live, extraMs }),
    updatedAt: now,
  })
}

/** When the end of a subscription is announced anew once it has moved, where nobody renews it. */
export function noticeOfMovedEnd(
  { gateways }: Pick<SubscriptionsScope, 'gateways'>,
  moved: Subscription,
): { readonly noticeAt?: Date } {
  const isEnding = moved.expiresAt !== null && nextCharge(gateways, moved) === null
  return isEnding ? { noticeAt: noticeOfEnd(moved) } : {}
}
