import { ledgerDiffers } from './features/balance/index.ts'
import { BILLING_EVENTS } from './features/billing/index.ts'
import { friendshipEvents } from './features/friendships/index.ts'
import { groupEvents } from './features/groups/index.ts'
import {
  invitationBatchCreated,
  invitationCreated,
  invitationExpired,
  invitationLimitReached,
  invitationRevoked,
  invitationUsed,
} from './features/invites/index.ts'
import {
  broadcastCanceled,
  broadcastFinished,
  broadcastStarted,
  userBotBlocked,
  userBotUnblocked,
} from './features/notifications/index.ts'
import {
  paymentClosed,
  paymentRefunded,
  paymentReportRefused,
  paymentSucceeded,
  paymentUpdated,
  receiptOverdue,
  receiptRejected,
} from './features/payments/index.ts'
import {
  alertEscalated,
  alertOpened,
  alertResolved,
  gateChanged,
  gateOverridden,
} from './features/quality/index.ts'
import { referralEvents } from './features/referrals/index.ts'
import { subscriptionEvents } from './features/subscriptions/index.ts'
import {
  streakMilestoneReached,
  userAttributed,
  userCreated,
  userErased,
  userMerged,
  userRegistered,
  userRoleChanged,
} from './features/users/index.ts'
import {
  batchGenerated,
  waitlistAdmitted,
  waitlistConfirmed,
  waitlistInvited,
  waitlistJoined,
  waitlistLapsed,
  waitlistLeft,
  waitlistRequeued,
} from './features/waitlist/index.ts'
import type { EventDefinition } from './platform/outbox/index.ts'
import { settingChanged } from './platform/settings/index.ts'

/** Every event that core emits. */
export const CORE_EVENTS: readonly Pick<EventDefinition, 'name' | 'version' | 'schema'>[] = [
  userAttributed,
  userCreated,
  userErased,
  userMerged,
  streakMilestoneReached,
  userRegistered,
  userRoleChanged,
  userBotBlocked,
  userBotUnblocked,
  broadcastStarted,
  broadcastFinished,
  broadcastCanceled,
  ledgerDiffers,
  invitationCreated,
  invitationBatchCreated,
  invitationUsed,
  invitationLimitReached,
  invitationRevoked,
  invitationExpired,
  batchGenerated,
  waitlistAdmitted,
  waitlistConfirmed,
  waitlistInvited,
  waitlistJoined,
  waitlistLapsed,
  waitlistLeft,
  waitlistRequeued,
  alertOpened,
  alertEscalated,
  alertResolved,
  gateChanged,
  gateOverridden,
  ...Object.values(friendshipEvents),
  ...Object.values(groupEvents),
  paymentSucceeded,
  paymentClosed,
  paymentUpdated,
  paymentRefunded,
  paymentReportRefused,
  receiptRejected,
  receiptOverdue,
  settingChanged,
  ...Object.values(referralEvents),
  ...Object.values(subscriptionEvents),
  ...BILLING_EVENTS,
]
