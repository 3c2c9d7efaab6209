import type { PersonPart, PersonRows } from '../../platform/people/index.ts'
import { subscriptionGift, subscriptionTrial } from './grants/grant.table.ts'
import { joinSubscriptions } from './join-subscriptions.ts'
import type { RenewalsService } from './renewals/renewals.service.ts'
import { nextCharge } from './renewals/renewals.ts'
import { subscription } from './subscription.table.ts'
import type { SubscriptionsScope } from './subscriptions.scope.ts'
import type { SubscriptionsService } from './subscriptions.service.ts'

interface SubscriptionsPartScope extends Omit<SubscriptionsScope, 'transaction'> {
  readonly repos: SubscriptionsScope['repos'] & { readonly personRows: PersonRows }
  readonly subscriptions: Pick<SubscriptionsService, 'endRenewals'>
  readonly renewals: Pick<RenewalsService, 'switchRenewal'>
}

/**
 * Access over time. A guest's subscription becomes the user's, or, where the user has one of the same
 * group, its paid time does; a trial counts for both. Renewals end before a person is erased, and at
 * the provider too, who could not be told afterwards.
 */
export const subscriptionsPart: PersonPart<SubscriptionsPartScope & SubscriptionsScope> = {
  name: 'subscriptions',
  tables: [subscription, subscriptionGift, subscriptionTrial],
  async merge(tx, merge) {
    await joinSubscriptions(tx, merge)
    await tx.repos.grants.moveTrials(merge)
    await tx.repos.personRows.move(subscription.userId, merge)
    await tx.repos.personRows.move(subscriptionGift.userId, merge)
  },
  async export({ repos: { personRows } }, userId) {
    return {
      subscriptions: await personRows.read(subscription.userId, userId, {
        without: ['savedMethodId'],
      }),
      trials: await personRows.read(subscriptionTrial.userId, userId),
      gifts: await personRows.read(subscriptionGift.userId, userId),
    }
  },
  async erase({ repos: { personRows } }, userId) {
    await personRows.clear(subscription.userId, userId, [
      ...[subscription.cancelFeedback, subscription.cancelReason, subscription.savedMethodId],
      // Nobody is charged, and nobody is told.
      ...[subscription.nextChargeAt, subscription.noticeAt],
    ])
    await personRows.clear(subscriptionGift.userId, userId, [subscriptionGift.note])
  },
  async erasureObstacles({ repos, gateways }, userId, { isLast }) {
    if (!isLast) return []
    // One that began since renewals were ended.
    const live = await repos.subscriptions.listLive(userId)
    return live.some((one) => nextCharge(gateways, one)) ? ['renewal_running'] : []
  },
  async beforeErasure(services, userId) {
    for (const id of await services.subscriptions.endRenewals(userId)) {
      await services.renewals.switchRenewal(id, true)
    }
  },
}
