import { addPeriod, assert, newId } from '../../../kernel/index.ts'
import type { Product } from '../../payments/index.ts'
import { announce } from '../announcement.ts'
import { activeCourse } from '../course.ts'
import { addExtraTime, extraTimeFrom } from '../extra-time.ts'
import { type Subscription, transition } from '../subscription.ts'
import { GiftConflict, NotGivable } from '../subscriptions.errors.ts'
import { subscriptionGifted, subscriptionStarted } from '../subscriptions.events.ts'
import type { SubscriptionsScope } from '../subscriptions.scope.ts'

/** A period to be given for nothing. */
export interface GiftRequest {
  /** Idempotency key: the same id gives once. */
  readonly id: string
  readonly userId: string
  readonly productId: string
  /** Who gives it, for the audit: `admin`, or the app's own name for itself. */
  readonly actor: string
  readonly note?: string | undefined
}

type Plan = NonNullable<Product['plan']>

/** Gives a period in the caller's transaction; see `SubscriptionsService.gift`. */
export async function give(tx: SubscriptionsScope, request: GiftRequest): Promise<Subscription> {
  const { id, userId, productId, actor, note = null } = request
  const product = tx.payments.sellable(productId)
  const { plan } = product
  if (!plan) throw new NotGivable({ productId, runs: null })
  await tx.repos.users.getPresent(userId)
  const now = tx.clock.now()
  // The id is taken first: of two at once the second waits here, and then finds what was given.
  const isNew = await tx.repos.grants.insertGift({
    ...{ id, userId, productId, actor, note },
    addedMs: 0,
    createdAt: now,
  })
  if (!isNew) return given(tx, request)
  const [subscription, addedMs] = await lengthenOrBegin(tx, userId, product, plan)
  await tx.repos.grants.updateGift(id, { subscriptionId: subscription.id, addedMs })
  await tx.repos.audit.insert({
    actor,
    action: 'subscription.gifted',
    subject: `subscription:${subscription.id}`,
    facts: { giftId: id, userId, productId, addedMs: String(addedMs), note: note ?? '' },
    createdAt: now,
  })
  const accessUntil = subscription.expiresAt?.toISOString() ?? null
  await announce(tx, subscriptionGifted, subscription, { giftId: id, accessUntil })
  return subscription
}

/** What an earlier call with the same id has given. */
async function given(tx: SubscriptionsScope, request: GiftRequest): Promise<Subscription> {
  const gift = await tx.repos.grants.findGift(request.id)
  if (gift?.userId !== request.userId || gift.productId !== request.productId) {
    throw new GiftConflict({ giftId: request.id })
  }
  assert(gift.subscriptionId, 'A gift that was committed has its subscription')
  return tx.repos.subscriptions.getById(gift.subscriptionId)
}

async function lengthenOrBegin(
  tx: SubscriptionsScope,
  userId: string,
  product: Product,
  plan: Plan,
): Promise<[Subscription, addedMs: number]> {
  const live = await tx.repos.subscriptions.findLiveWithLock(userId, plan.group)
  if (live) return lengthen(tx, live, product, plan)
  const now = tx.clock.now()
  const anchorDay = now.getUTCDate()
  const end = addPeriod(now, plan.period, anchorDay)
  const begun = await tx.repos.subscriptions.insertLive({
    id: newId(),
    userId,
    productId: product.id,
    title: product.title,
    planGroup: plan.group,
    period: plan.period,
    ...activeCourse(
      { currentPeriodStart: now, currentPeriodEnd: end, extraMs: 0, anchorDay },
      'nobody',
    ),
    createdAt: now,
    updatedAt: now,
  })
  if (begun) {
    await announce(tx, subscriptionStarted, begun, {})
    return [begun, end.getTime() - now.getTime()]
  }
  // Somebody was faster; theirs is committed by now.
  const other = await tx.repos.subscriptions.findLiveWithLock(userId, plan.group)
  assert(other, 'What stood in the way is there')
  return lengthen(tx, other, product, plan)
}

/** Puts the period on top: the billing date stays, and the time is used when nobody renews. */
async function lengthen(
  tx: SubscriptionsScope,
  live: Subscription,
  product: Product,
  plan: Plan,
): Promise<[Subscription, addedMs: number]> {
  if (live.productId !== product.id) {
    throw new NotGivable({ productId: product.id, runs: live.productId })
  }
  assert(transition(live.status, 'gift') === live.status, 'A gift changes no state')
  const from = extraTimeFrom(live, tx.clock.now())
  const addedMs = addPeriod(from, plan.period, from.getUTCDate()).getTime() - from.getTime()
  return [await addExtraTime(tx, live, addedMs), addedMs]
}
