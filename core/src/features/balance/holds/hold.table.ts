import { sql } from 'drizzle-orm'
import { check, index, text, uuid } from 'drizzle-orm/pg-core'
import { gramkit, instant, int8 } from '../../../platform/database/index.ts'
import { userAccount } from '../../users/user.table.ts'
import { balanceAccount } from '../balance.table.ts'
import { HOLD_STATUSES } from './hold.ts'

/**
 * Amounts that wait for a decision. What an account has held is kept by the database when a row is
 * inserted or leaves `pending` (`0001_rules.sql`); a hold ends once.
 */
export const balanceHold = gramkit.table(
  'balance_hold',
  {
    id: uuid().primaryKey(),
    accountId: uuid()
      .notNull()
      .references(() => balanceAccount.id),
    userId: uuid()
      .notNull()
      .references(() => userAccount.id),
    unit: text().notNull(),
    amount: int8().notNull(),
    status: text({ enum: HOLD_STATUSES }).notNull(),
    reason: text().notNull(),
    reference: text().notNull(),
    expiresAt: instant(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    index('balance_hold_account_id_index')
      .on(table.accountId)
      .where(sql`${table.status} = 'pending'`),
    index('balance_hold_expires_at_index')
      .on(table.expiresAt)
      .where(sql`${table.status} = 'pending' and ${table.expiresAt} is not null`),
    check('balance_hold_amount_check', sql`${table.amount} > 0`),
    check(
      'balance_hold_status_check',
      sql`${table.status} in ('pending', 'posted', 'voided', 'expired')`,
    ),
  ],
)
