import { sql } from 'drizzle-orm'
import { check, integer, text, uuid } from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../../../platform/database/index.ts'
import { balanceAccount } from '../balance.table.ts'
import { REFILL_PERIODS } from './resource.ts'

/** The last period for which an account was refilled; its row is locked while it is. */
export const balanceRefill = gramkit.table(
  'balance_refill',
  {
    accountId: uuid()
      .primaryKey()
      .references(() => balanceAccount.id),
    every: text({ enum: REFILL_PERIODS }).notNull(),
    /** Number of the period, in the time zone that the user had then. */
    period: integer().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    check('balance_refill_every_check', sql`${table.every} in ('hour', 'day', 'week', 'month')`),
  ],
)
