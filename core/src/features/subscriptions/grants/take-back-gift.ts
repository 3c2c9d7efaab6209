import { addMs, NotFound } from '../../../kernel/index.ts'
import { announce } from '../announcement.ts'
import { noticeOfMovedEnd } from '../extra-time.ts'
import { paidUntil, type Subscription } from '../subscription.ts'
import { subscriptionGiftTakenBack } from '../subscriptions.events.ts'
import type { SubscriptionsScope } from '../subscriptions.scope.ts'

/** A gift that should not have been given. */
export interface GiftReturn {
  readonly giftId: string
  /** Who takes it back, for the audit. */
  readonly actor: string
  readonly reason: string
}

/** Takes a gift back in the caller's transaction; see `SubscriptionsService.takeBackGift`. */
export async function takeBackGift(
  tx: SubscriptionsScope,
  { giftId, actor, reason }: GiftReturn,
): Promise<void> {
  const gift = await tx.repos.grants.findGiftWithLock(giftId)
  if (!gift?.subscriptionId) throw new NotFound({ what: 'gift', id: giftId })
  if (gift.takenBackAt) return
  const now = tx.clock.now()
  await tx.repos.grants.updateGift(giftId, { takenBackAt: now })
  const live = await tx.repos.subscriptions.getByIdWithLock(gift.subscriptionId)
  const { fromExtra, fromPeriod } = unused(live, gift.addedMs, now)
  await tx.repos.audit.insert({
    actor,
    action: 'subscription.gift_taken_back',
    subject: `subscription:${live.id}`,
    facts: { giftId, userId: gift.userId, takenMs: String(fromExtra + fromPeriod), reason },
    createdAt: now,
  })
  if (fromExtra + fromPeriod === 0) return
  const span = {
    extraMs: live.extraMs - fromExtra,
    currentPeriodEnd: addMs(live.currentPeriodEnd, -fromPeriod),
  }
  const isByTime = live.expiresAt?.getTime() === paidUntil(live).getTime()
  const shortened = await tx.repos.subscriptions.update(live.id, {
    ...span,
    ...(isByTime ? { expiresAt: paidUntil(span) } : {}),
    ...noticeOfMovedEnd(tx, { ...live, ...span }),
    updatedAt: now,
  })
  const accessUntil = shortened.expiresAt?.toISOString() ?? null
  await announce(tx, subscriptionGiftTakenBack, shortened, { giftId, accessUntil })
}

/** How much of a gift is left: time on top first, then the period, unless somebody has paid for it. */
function unused(
  live: Subscription,
  addedMs: number,
  now: Date,
): { readonly fromExtra: number; readonly fromPeriod: number } {
  if (live.status === 'expired') return { fromExtra: 0, fromPeriod: 0 }
  const fromExtra = Math.min(live.extraMs, addedMs)
  const leftMs = live.currentPeriodEnd.getTime() - (live.pausedAt ?? now).getTime()
  const isGiven = live.firstPaymentId === null && live.status !== 'trialing'
  return { fromExtra, fromPeriod: isGiven ? Math.max(0, Math.min(addedMs - fromExtra, leftMs)) : 0 }
}
