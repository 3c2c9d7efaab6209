import { invitationExpired } from './features/invites/index.ts'
import { paymentRefunded, paymentSucceeded } from './features/payments/index.ts'
import {
  waitlistAdmitted,
  waitlistConfirmed,
  waitlistJoined,
  waitlistLeft,
} from './features/waitlist/index.ts'
import { type EventSubscription, subscribe } from './platform/jobs/index.ts'
import type { CoreServices } from './services.ts'

/** What referrals hear of the other features: for an app with a waitlist. */
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
]
