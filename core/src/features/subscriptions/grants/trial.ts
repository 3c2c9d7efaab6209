import { addPeriod, newId } from '../../../kernel/index.ts'
import { announce } from '../announcement.ts'
import { trialCourse } from '../course.ts'
import type { Subscription } from '../subscription.ts'
import { AlreadySubscribed, NoTrial, TrialUsed } from '../subscriptions.errors.ts'
import { subscriptionStarted } from '../subscriptions.events.ts'
import type { SubscriptionsScope } from '../subscriptions.scope.ts'

/** Begins a trial in the caller's transaction; see `SubscriptionsService.startTrial`. */
export async function startTrial(
  tx: SubscriptionsScope,
  userId: string,
  productId: string,
): Promise<Subscription> {
  const product = tx.payments.sellable(productId)
  const { plan } = product
  if (!plan?.trial) throw new NoTrial({ productId })
  const now = tx.clock.now()
  const id = newId()
  const endsAt = addPeriod(now, plan.trial, now.getUTCDate())
  const trial = { userId, planGroup: plan.group, productId, subscriptionId: id, endsAt }
  // The row decides: of two at once the second waits here and then finds that it is taken.
  if (!(await tx.repos.grants.insertTrial({ ...trial, createdAt: now }))) {
    const live = await tx.repos.subscriptions.findLive(userId, plan.group)
    if (live?.status === 'trialing' && live.productId === productId) return live
    throw new TrialUsed({ planGroup: plan.group })
  }
  const started = await tx.repos.subscriptions.insertLive({
    id,
    userId,
    productId,
    title: product.title,
    planGroup: plan.group,
    period: plan.period,
    ...trialCourse({
      currentPeriodStart: now,
      currentPeriodEnd: endsAt,
      extraMs: 0,
      anchorDay: endsAt.getUTCDate(),
    }),
    createdAt: now,
    updatedAt: now,
  })
  if (!started) {
    const live = await tx.repos.subscriptions.findLive(userId, plan.group)
    throw new AlreadySubscribed({ subscriptionId: live?.id ?? '', planGroup: plan.group })
  }
  await announce(tx, subscriptionStarted, started, {})
  return started
}
