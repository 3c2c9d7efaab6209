import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  bigint,
  boolean,
  check,
  index,
  integer,
  primaryKey,
  smallint,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { LANGUAGES } from '../../kernel/index.ts'
import { gramkit, instant, listed } from '../../platform/database/index.ts'
import { userAccount } from '../users/index.ts'
import { ENTRY_STATUSES } from './entry.ts'
import { COHORTS, PERSONAS } from './score.ts'

/**
 * What a score depends on, one row for each combination that was ever there; never changed. The score
 * itself follows from it and the weights of the moment.
 */
export const waitlistClass = gramkit.table(
  'waitlist_class',
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    persona: text({ enum: PERSONAS }).notNull(),
    isDetailed: boolean().notNull(),
    hasKeyword: boolean().notNull(),
    referrals: smallint().notNull(),
    cohort: text({ enum: COHORTS }).notNull(),
  },
  (table) => [
    uniqueIndex('waitlist_class_key').on(
      table.persona,
      table.isDetailed,
      table.hasKeyword,
      table.referrals,
      table.cohort,
    ),
    check('waitlist_class_persona_check', sql`${table.persona} in (${listed(PERSONAS)})`),
    check('waitlist_class_referrals_check', sql`${table.referrals} between 0 and 100`),
    check('waitlist_class_cohort_check', sql`${table.cohort} in (${listed(COHORTS)})`),
  ],
)

/** Somebody on the waitlist: an address, a user, or both. */
export const waitlistEntry = gramkit.table(
  'waitlist_entry',
  {
    id: uuid().primaryKey(),
    /** Given by the database in the order of joining. */
    seq: bigint({ mode: 'bigint' }).notNull().generatedAlwaysAsIdentity(),
    email: text(),
    userId: uuid()
      .unique('waitlist_entry_user_id_key')
      .references(() => userAccount.id),
    classId: integer()
      .notNull()
      .references(() => waitlistClass.id),
    useCase: text().notNull(),
    language: text({ enum: LANGUAGES }).notNull(),
    referralCode: text().notNull().unique('waitlist_entry_referral_code_key'),
    inviterEntryId: uuid().references((): AnyPgColumn => waitlistEntry.id),
    /** SHA-256 of the network that they joined from. */
    networkHash: text(),
    status: text({ enum: ENTRY_STATUSES }).notNull(),
    qualifiedReferrals: integer().notNull().default(0),
    requeues: smallint().notNull().default(0),
    joinedAt: instant().notNull(),
    confirmedAt: instant(),
  },
  (table) => [
    // Ordered by bytes in every database, so that it finds addresses by their beginning.
    uniqueIndex('waitlist_entry_email_key').on(table.email.op('text_pattern_ops')),
    index('waitlist_entry_status_index').on(table.status, table.id),
    // Who has brought the most.
    index('waitlist_entry_leader_index')
      .on(table.qualifiedReferrals.desc(), table.seq)
      .where(sql`${table.qualifiedReferrals} > 0 and ${table.status} <> 'left'`),
    // Who comes next of a class, and who of it is before somebody in their bucket.
    index('waitlist_entry_waiting_index')
      .on(table.classId, table.seq)
      .where(sql`${table.status} = 'waiting'`),
    index('waitlist_entry_unconfirmed_index')
      .on(table.joinedAt)
      .where(sql`${table.status} = 'unconfirmed'`),
    index('waitlist_entry_joined_at_index').on(table.joinedAt),
    index('waitlist_entry_inviter_entry_id_index')
      .on(table.inviterEntryId)
      .where(sql`${table.inviterEntryId} is not null`),
    check('waitlist_entry_status_check', sql`${table.status} in (${listed(ENTRY_STATUSES)})`),
    check('waitlist_entry_email_check', sql`${table.email} = lower(${table.email})`),
    check('waitlist_entry_language_check', sql`${table.language} in (${listed(LANGUAGES)})`),
    check('waitlist_entry_inviter_check', sql`${table.inviterEntryId} <> ${table.id}`),
    check(
      'waitlist_entry_known_check',
      sql`coalesce(${table.email}, ${table.userId}::text) is not null or ${table.status} = 'left'`,
    ),
    check(
      'waitlist_entry_confirmed_check',
      sql`${table.confirmedAt} is not null or ${table.status} in ('unconfirmed', 'left')`,
    ),
    check('waitlist_entry_qualified_referrals_check', sql`${table.qualifiedReferrals} >= 0`),
  ],
)

/** How many entries of a class are in a state: the sum over its stripes. Triggers alone write it. */
export const waitlistClassCount = gramkit.table(
  'waitlist_class_count',
  {
    classId: integer().notNull(),
    status: text({ enum: ENTRY_STATUSES }).notNull(),
    /** Those who join at once write different ones. */
    stripe: smallint().notNull(),
    entries: integer().notNull(),
  },
  (table) => [
    primaryKey({
      name: 'waitlist_class_count_key',
      columns: [table.status, table.classId, table.stripe],
    }),
  ],
)

/** How many of a class wait in each 4,096 numbers of joining. Triggers alone write it. */
export const waitlistBucketCount = gramkit.table(
  'waitlist_bucket_count',
  {
    classId: integer().notNull(),
    bucket: integer().notNull(),
    stripe: smallint().notNull(),
    waiting: integer().notNull(),
  },
  (table) => [
    primaryKey({
      name: 'waitlist_bucket_count_key',
      columns: [table.classId, table.bucket, table.stripe],
    }),
  ],
)
