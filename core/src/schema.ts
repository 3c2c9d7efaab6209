/**
 * Core's tables, for drizzle and for an app's own tables to refer to.
 *
 * @module
 */
export { auditEntry, auditSeal, auditUnsealed } from './features/audit/index.ts'
export {
  balanceAccount,
  balanceHold,
  balanceRefill,
  balanceSnapshot,
  balanceTransfer,
  balanceVerification,
} from './features/balance/index.ts'
export {
  billingApiKey,
  billingClosedMonth,
  billingCoupon,
  billingCouponPlan,
  billingCouponRedemption,
  billingCreditBalance,
  billingCreditEntry,
  billingCreditNote,
  billingCreditNoteLine,
  billingCreditNoteSeries,
  billingCustomer,
  billingDunning,
  billingDunningPolicy,
  billingDunningStep,
  billingExchangeRate,
  billingInvoice,
  billingInvoiceLine,
  billingInvoicePayment,
  billingInvoiceReturn,
  billingInvoiceSeries,
  billingJournalEntry,
  billingLateFee,
  billingLateFeePolicy,
  billingLateInvoice,
  billingMeter,
  billingPaymentMethod,
  billingPlan,
  billingPlanVersion,
  billingQuota,
  billingRecognition,
  billingReservation,
  billingRun,
  billingSubscription,
  billingSubscriptionRevision,
  billingTaxRate,
  billingTenant,
  billingUsageEvent,
  billingUsageReading,
  billingWebhookAttempt,
  billingWebhookDelivery,
  billingWebhookEndpoint,
} from './features/billing/index.ts'
export { friendship, friendshipBlock } from './features/friendships/index.ts'
export { group, groupMember } from './features/groups/index.ts'
export { invitation, invitationUse } from './features/invites/index.ts'
export {
  broadcast,
  broadcastRecipient,
  notification,
  notificationPreference,
  notificationReach,
  notificationSetting,
  notificationSlot,
} from './features/notifications/index.ts'
export {
  payment,
  paymentConsent,
  paymentContact,
  paymentDispute,
  paymentEvent,
  paymentReceipt,
  paymentReconciliation,
  paymentRefund,
} from './features/payments/index.ts'
export { qualityAlert, qualityGateChange, qualitySnapshot } from './features/quality/index.ts'
export { referral, referralCode, referralReward } from './features/referrals/index.ts'
export {
  subscription,
  subscriptionGift,
  subscriptionTrial,
} from './features/subscriptions/index.ts'
export {
  userAccount,
  userActiveDay,
  userAttribution,
  userDeparture,
  userEmail,
  userEmailCode,
  userExport,
  userLoginLink,
  userOpenedInitData,
  userPassword,
  userSession,
  userStreak,
} from './features/users/index.ts'
export {
  waitlistAdmission,
  waitlistBatch,
  waitlistBucketCount,
  waitlistClass,
  waitlistClassCount,
  waitlistEntry,
  waitlistInvite,
} from './features/waitlist/index.ts'
export { inboxDelivery } from './platform/inbox/index.ts'
export { job } from './platform/jobs/index.ts'
export { outboxEvent } from './platform/outbox/index.ts'
export { setting } from './platform/settings/index.ts'
export { webhookSequence } from './platform/webhooks/index.ts'
