import { sql } from 'drizzle-orm'
import { check, index, integer, jsonb, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import type { Period } from '../../kernel/index.ts'
import { gramkit, instant } from '../../platform/database/index.ts'
import { payment } from '../payments/index.ts'
import { userAccount } from '../users/index.ts'
import { SUBSCRIPTION_STATUSES } from './subscription.ts'

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
    gateway: text().notNull(),
    status: text({ enum: SUBSCRIPTION_STATUSES }).notNull(),
    period: jsonb().$type<Period>().notNull(),
    anchorDay: integer().notNull(),
    currentPeriodStart: instant().notNull(),
    currentPeriodEnd: instant().notNull(),
    firstPaymentId: uuid()
      .notNull()
      .references(() => payment.id),
    savedMethodId: text(),
    nextChargeAt: instant(),
    chargeAttempts: integer().notNull().default(0),
    expiresAt: instant(),
    canceledAt: instant(),
    cancelReason: text(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    // Two parallel purchases can never leave a user with two live subscriptions of one group.
    uniqueIndex('subscription_live_key')
      .on(table.userId, table.planGroup)
      .where(sql`${table.status} <> 'expired'`),
    index('subscription_user_id_index').on(table.userId, table.id),
    index('subscription_next_charge_at_index')
      .on(table.nextChargeAt)
      .where(sql`${table.nextChargeAt} is not null`),
    index('subscription_expires_at_index')
      .on(table.expiresAt)
      .where(sql`${table.expiresAt} is not null`),
    check(
      'subscription_status_check',
      sql`${table.status} in ('active', 'past_due', 'canceled', 'expired')`,
    ),
    check('subscription_anchor_day_check', sql`${table.anchorDay} between 1 and 31`),
  ],
)
