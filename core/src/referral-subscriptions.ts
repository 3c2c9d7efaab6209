import { invitationExpired } from './features/invites/index.ts'
import { notifyOn } from './features/notifications/index.ts'
import { paymentRefunded, paymentSucceeded } from './features/payments/index.ts'
import {
  referralEvents,
  rewardEarnedTemplate,
  tellReferralJoined,
} from './features/referrals/index.ts'
import {
  waitlistAdmitted,
  waitlistConfirmed,
  waitlistJoined,
  waitlistLeft,
} from './features/waitlist/index.ts'
import { type EventSubscription, subscribe } from './platform/jobs/index.ts'
import type { CoreServices } from './services.ts'

/**
 * What referrals hear of the other features, and what people are told of them: for an app with a
 * waitlist, which declares the two templates.
 */
export const referralSubscriptions: readonly EventSubscription<CoreServices>[] = [
  subscribe({
    event: waitlistJoined,
    consumer: 'referrals.join',
    handle: (tx: CoreServices, { payload: { entryId } }) => tx.referrals.join(entryId),
  }),
  subscribe({
    event: waitlistConfirmed,
    consumer: 'referrals.join',
    handle: (tx: CoreServices, { payload: { entryId } }) => tx.referrals.join(entryId),
  }),
  subscribe({
    event: waitlistAdmitted,
    consumer: 'referrals.sign_up',
    handle: (tx: CoreServices, { payload }) => tx.referrals.signUp(payload),
  }),
  subscribe({
    event: waitlistLeft,
    consumer: 'referrals.leave',
    handle: (tx: CoreServices, { payload: { entryId } }) => tx.referrals.leave(entryId),
  }),
  subscribe({
    event: paymentSucceeded,
    consumer: 'referrals.pay',
    handle: (tx: CoreServices, { payload: { paymentId } }) => tx.referrals.pay(paymentId),
  }),
  subscribe({
    event: paymentRefunded,
    consumer: 'referrals.refund',
    handle: (tx: CoreServices, { payload: { paymentId } }) => tx.referrals.refund(paymentId),
  }),
  subscribe({
    event: invitationExpired,
    consumer: 'referrals.return_expired',
    handle: (tx: CoreServices, { subjectId }) => tx.rewards.returnExpired(subjectId),
  }),
  subscribe({
    event: referralEvents.referralJoined,
    consumer: 'referrals.tell_of_invitee',
    handle: (tx: CoreServices, { payload: { referralId } }) =>
      tx.repos.jobs.enqueue(tellReferralJoined, { referralId }),
  }),
  notifyOn(referralEvents.rewardGranted, {
    template: rewardEarnedTemplate,
    consumer: 'rewards.tell_granted',
    facts: (tx: CoreServices, { payload: { codes, premiumMonths } }) => ({
      url: `${tx.waitlistOptions.pageUrl}me`,
      ...{ codes, premiumMonths },
    }),
  }),
]
