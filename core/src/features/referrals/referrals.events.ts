import { z } from 'zod'
import { defineEvent } from '../../platform/outbox/index.ts'
import { REFERRAL_FLAGS } from './flags.ts'

const referral = z.object({
  referralId: z.uuid(),
  inviterEntryId: z.uuid(),
  /** Null while nobody has come of it. */
  inviteeEntryId: z.uuid().nullable(),
})

const reward = z.object({
  rewardId: z.uuid(),
  entryId: z.uuid(),
  tier: z.string(),
  codes: z.int(),
  premiumMonths: z.int(),
})

/** An inviter named somebody whom they want to bring. */
export const referralShared = defineEvent('referral.shared', { version: 1, schema: referral })

/** Somebody whom an inviter brought is on the waitlist, or came in at once. */
export const referralJoined = defineEvent('referral.joined', { version: 1, schema: referral })

/** Somebody whom an inviter brought was let in. */
export const referralSignedUp = defineEvent('referral.signed_up', { version: 1, schema: referral })

/** The invitee did something real: the referral counts. */
export const referralQualified = defineEvent('referral.qualified', {
  version: 1,
  schema: referral.extend({ by: z.enum(['activity', 'payment']) }),
})

/** The invitee left before they were let in, or did too little in time. */
export const referralLapsed = defineEvent('referral.lapsed', { version: 1, schema: referral })

/** Something is odd about a referral; it goes on. */
export const referralFlagged = defineEvent('referral.flagged', {
  version: 1,
  schema: referral.extend({ flags: z.array(z.enum(REFERRAL_FLAGS)) }),
})

/** An administrator has it count for nothing. */
export const referralFrozen = defineEvent('referral.frozen', { version: 1, schema: referral })

/** It counts again. */
export const referralUnfrozen = defineEvent('referral.unfrozen', { version: 1, schema: referral })

/** It was taken back, once. */
export const referralClawedBack = defineEvent('referral.clawed_back', {
  version: 1,
  schema: referral.extend({ by: z.enum(['refund', 'administrator']) }),
})

/** Somebody got what their referrals are worth. */
export const rewardGranted = defineEvent('reward.granted', { version: 1, schema: reward })

/** What somebody got was taken back, once. */
export const rewardClawedBack = defineEvent('reward.clawed_back', { version: 1, schema: reward })
