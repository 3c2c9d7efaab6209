import { addPeriod, assert, InvalidValue, newId, type Period } from '../../../kernel/index.ts'
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
  /** How many of the plan's periods, 1 to 1,200. [1] */
  readonly periods?: number | undefined
  /** Who gives it, for the audit: `admin`, or the app's own name for itself. */
  readonly actor: string
  readonly note?: string | undefined
}

type Plan = NonNullable<Product['plan']>

/** What is given of a plan. */
interface Given extends Plan {
  /** All periods of the gift as one. */
  readonly whole: Period
}

/** A hundred years of months: what an app may give for a lifetime. */
const PERIODS_MAX = 1_200

/** Gives a period in the caller's transaction; see `SubscriptionsService.gift`. */
export async function give(tx: SubscriptionsScope, request: GiftRequest): Promise<Subscription> {
  const { id, userId, productId, periods = 1, actor, note = null } = request
  const product = tx.payments.sellable(productId)
  const { plan } = product
  if (!plan) throw new NotGivable({ productId, runs: null })
  if (!Number.isInteger(periods) || periods < 1 || periods > PERIODS_MAX) {
    const remedy = `send a whole number from 1 to ${PERIODS_MAX}`
    throw new InvalidValue({ field: 'periods', problem: 'is no number of periods', remedy })
  }
  await tx.repos.users.getPresent(userId)
  const now = tx.clock.now()
  // The id is taken first: of two at once the second waits here, and then finds what was given.
  const isNew = await tx.repos.grants.insertGift({
    ...{ id, userId, productId, periods, actor, note },
    ...{ addedMs: 0, takenBackAt: null },
    createdAt: now,
  })
  if (!isNew) return given(tx, request)
  const [subscription, addedMs] = await lengthenOrBegin(tx, userId, product, {
    ...plan,
    whole: repeated(plan.period, periods),
  })
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
  const { userId, productId, periods = 1 } = request
  if (gift?.userId !== userId || gift.productId !== productId || gift.periods !== periods) {
    throw new GiftConflict({ giftId: request.id })
  }
  assert(gift.subscriptionId, 'A gift that was committed has its subscription')
  return tx.repos.subscriptions.getById(gift.subscriptionId)
}

async function lengthenOrBegin(
  tx: SubscriptionsScope,
  userId: string,
  product: Product,
  plan: Given,
): Promise<[Subscription, addedMs: number]> {
  const live = await tx.repos.subscriptions.findLiveWithLock(userId, plan.group)
  if (live) return lengthen(tx, live, product, plan)
  const now = tx.clock.now()
  const anchorDay = now.getUTCDate()
  const end = addPeriod(now, plan.period, anchorDay)
  const addedMs = addPeriod(now, plan.whole, anchorDay).getTime() - now.getTime()
  // A period of a subscription is never longer than its plan's: the others come on top.
  const extraMs = addedMs - (end.getTime() - now.getTime())
  const begun = await tx.repos.subscriptions.insertLive({
    id: newId(),
    userId,
    productId: product.id,
    title: product.title,
    planGroup: plan.group,
    period: plan.period,
    ...activeCourse(
      { currentPeriodStart: now, currentPeriodEnd: end, extraMs, anchorDay },
      'nobody',
    ),
    createdAt: now,
    updatedAt: now,
  })
  if (begun) {
    await announce(tx, subscriptionStarted, begun, {})
    return [begun, addedMs]
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
  plan: Given,
): Promise<[Subscription, addedMs: number]> {
  if (live.productId !== product.id) {
    throw new NotGivable({ productId: product.id, runs: live.productId })
  }
  assert(transition(live.status, 'gift') === live.status, 'A gift changes no state')
  const from = extraTimeFrom(live, tx.clock.now())
  const addedMs = addPeriod(from, plan.whole, from.getUTCDate()).getTime() - from.getTime()
  return [await addExtraTime(tx, live, addedMs), addedMs]
}

function repeated(period: Period, times: number): Period {
  return 'days' in period ? { days: period.days * times } : { months: period.months * times }
}
