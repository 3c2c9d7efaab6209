import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
  bigint,
  check,
  index,
  integer,
  jsonb,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import type { Currency, Period } from '../../kernel/index.ts'
import { gramkit, instant, int8 } from '../../platform/database/index.ts'
import { payment } from '../payments/index.ts'
import { userAccount } from '../users/index.ts'
import { SUBSCRIPTION_STATUSES } from './subscription.ts'

const statuses = sql.raw(SUBSCRIPTION_STATUSES.map((status) => `'${status}'`).join(', '))

/** A user's access to a plan. */
export const subscription = gramkit.table(
  'subscription',
  {
    id: uuid().primaryKey(),
    userId: uuid()
      .notNull()
      .references(() => userAccount.id),
    productId: text().notNull(),
    title: text().notNull(),
    planGroup: text().notNull(),
    gateway: text(),
    status: text({ enum: SUBSCRIPTION_STATUSES }).notNull(),
    period: jsonb().$type<Period>().notNull(),
    anchorDay: integer().notNull(),
    currentPeriodStart: instant().notNull(),
    currentPeriodEnd: instant().notNull(),
    extraMs: bigint({ mode: 'number' }).notNull().default(0),
    amount: int8(),
    currency: text().$type<Currency>(),
    firstPaymentId: uuid().references(() => payment.id),
    savedMethodId: text(),
    nextChargeAt: instant(),
    chargeAttempts: integer().notNull().default(0),
    expiresAt: instant(),
    noticeAt: instant(),
    noticedEnd: instant(),
    noticedExpiry: instant(),
    nextProductId: text(),
    nextAmount: int8(),
    changePaymentId: uuid().references(() => payment.id),
    pausedAt: instant(),
    canceledAt: instant(),
    cancelReason: text(),
    cancelFeedback: text(),
    heardAt: instant(),
    /** The subscription of the same person that took its time over when a guest was merged. */
    heirId: uuid().references((): AnyPgColumn => subscription.id),
    carriedMs: bigint({ mode: 'number' }).notNull().default(0),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    // Two parallel purchases, trials or gifts can never leave a user with two live subscriptions.
    uniqueIndex('subscription_live_key')
      .on(table.userId, table.planGroup)
      .where(sql`${table.status} <> 'expired'`),
    index('subscription_user_id_index').on(table.userId, table.id),
    index('subscription_first_payment_id_index').on(table.firstPaymentId),
    index('subscription_next_charge_at_index')
      .on(table.nextChargeAt)
      .where(sql`${table.nextChargeAt} is not null`),
    index('subscription_expires_at_index')
      .on(table.expiresAt)
      .where(sql`${table.expiresAt} is not null`),
    index('subscription_notice_at_index')
      .on(table.noticeAt)
      .where(sql`${table.noticeAt} is not null`),
    check('subscription_status_check', sql`${table.status} in (${statuses})`),
    check('subscription_anchor_day_check', sql`${table.anchorDay} between 1 and 31`),
    check('subscription_extra_ms_check', sql`${table.extraMs} >= 0`),
    check(
      'subscription_carried_ms_check',
      sql`${table.carriedMs} >= 0 and (${table.carriedMs} = 0 or ${table.heirId} is not null)`,
    ),
    // Access ends at an instant that is known, unless time stands still or it has ended.
    check(
      'subscription_expires_at_check',
      sql`(${table.expiresAt} is null) = (${table.status} in ('paused', 'expired'))`,
    ),
    check(
      'subscription_paused_at_check',
      sql`(${table.pausedAt} is not null) = (${table.status} = 'paused')`,
    ),
  ],
)
