import { sql } from 'drizzle-orm'
import { bigint, check, index, integer, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../../../platform/database/index.ts'
import { userAccount } from '../../users/index.ts'
import { subscription } from '../subscription.table.ts'

/** Who had a trial of which plan group. */
export const subscriptionTrial = gramkit.table(
  'subscription_trial',
  {
    userId: uuid()
      .notNull()
      .references(() => userAccount.id),
    planGroup: text().notNull(),
    productId: text().notNull(),
    subscriptionId: uuid().notNull(),
    endsAt: instant().notNull(),
    createdAt: instant().notNull(),
  },
  // Once for each user and plan group, ever: rows are never removed.
  (table) => [
    primaryKey({ name: 'subscription_trial_key', columns: [table.userId, table.planGroup] }),
  ],
)

/** Periods that were given for nothing. */
export const subscriptionGift = gramkit.table(
  'subscription_gift',
  {
    id: uuid().primaryKey(),
    userId: uuid()
      .notNull()
      .references(() => userAccount.id),
    productId: text().notNull(),
    periods: integer().notNull(),
    subscriptionId: uuid().references(() => subscription.id),
    addedMs: bigint({ mode: 'number' }).notNull(),
    actor: text().notNull(),
    note: text(),
    takenBackAt: instant(),
    createdAt: instant().notNull(),
  },
  (table) => [
    index('subscription_gift_user_id_index').on(table.userId),
    check('subscription_gift_added_ms_check', sql`${table.addedMs} >= 0`),
  ],
)
