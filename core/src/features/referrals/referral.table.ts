import { sql } from 'drizzle-orm'
import { check, index, integer, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../../platform/database/index.ts'
import { invitation } from '../invites/index.ts'
import { waitlistEntry } from '../waitlist/index.ts'
import type { ReferralFlag } from './flags.ts'
import { REFERRAL_STATUSES } from './referral.ts'

const statuses = sql.raw(REFERRAL_STATUSES.map((status) => `'${status}'`).join(', '))

/** Who brought whom, and what came of it. */
export const referral = gramkit.table(
  'referral',
  {
    id: uuid().primaryKey(),
    inviterEntryId: uuid()
      .notNull()
      .references(() => waitlistEntry.id),
    inviteeEntryId: uuid().references(() => waitlistEntry.id),
    recipientEmail: text(),
    invitationId: uuid(),
    status: text({ enum: REFERRAL_STATUSES }).notNull(),
    flags: text().array().$type<ReferralFlag[]>().notNull(),
    qualifiedBy: text({ enum: ['activity', 'payment'] }),
    paymentId: uuid(),
    frozenAt: instant(),
    signedUpAt: instant(),
    qualifiedAt: instant(),
    nextCheckAt: instant(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    // Nobody is brought twice: the first touch wins.
    uniqueIndex('referral_invitee_entry_id_key').on(table.inviteeEntryId),
    uniqueIndex('referral_recipient_key').on(table.recipientEmail, table.inviterEntryId),
    index('referral_inviter_entry_id_index').on(table.inviterEntryId, table.id),
    index('referral_next_check_at_index')
      .on(table.nextCheckAt)
      .where(sql`${table.nextCheckAt} is not null`),
    index('referral_payment_id_index')
      .on(table.paymentId)
      .where(sql`${table.paymentId} is not null`),
    index('referral_signed_up_at_index').on(table.signedUpAt),
    check('referral_status_check', sql`${table.status} in (${statuses})`),
    check('referral_self_check', sql`${table.inviterEntryId} <> ${table.inviteeEntryId}`),
    check(
      'referral_shared_check',
      sql`(${table.status} = 'shared') = (${table.inviteeEntryId} is null)
        and (${table.status} = 'shared') = (${table.recipientEmail} is not null)`,
    ),
    check(
      'referral_qualified_check',
      sql`${table.status} <> 'qualified' or (${table.qualifiedAt} is not null
        and ${table.qualifiedBy} is not null)`,
    ),
  ],
)

/** What somebody was given for their referrals, and whether it was taken back. */
export const referralReward = gramkit.table(
  'referral_reward',
  {
    id: uuid().primaryKey(),
    entryId: uuid()
      .notNull()
      .references(() => waitlistEntry.id),
    tier: text().notNull(),
    threshold: integer().notNull(),
    codes: integer().notNull(),
    premiumMonths: integer().notNull(),
    premiumGivenAt: instant(),
    clawedBackAt: instant(),
    createdAt: instant().notNull(),
  },
  (table) => [
    // Of any number of grants at once one is written, until it is taken back.
    uniqueIndex('referral_reward_key')
      .on(table.entryId, table.tier)
      .where(sql`${table.clawedBackAt} is null`),
    index('referral_reward_entry_id_index').on(table.entryId),
    check('referral_reward_codes_check', sql`${table.codes} >= 0`),
    check('referral_reward_premium_months_check', sql`${table.premiumMonths} >= 0`),
    check('referral_reward_something_check', sql`${table.codes} + ${table.premiumMonths} > 0`),
  ],
)

/** The codes that were minted out of rewards. */
export const referralCode = gramkit.table(
  'referral_code',
  {
    entryId: uuid()
      .notNull()
      .references(() => waitlistEntry.id),
    invitationId: uuid()
      .notNull()
      .references(() => invitation.id),
    createdAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'referral_code_pkey', columns: [table.invitationId] }),
    index('referral_code_entry_id_index').on(table.entryId, table.createdAt),
  ],
)
