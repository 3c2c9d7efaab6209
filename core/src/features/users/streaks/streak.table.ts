import { sql } from 'drizzle-orm'
import { check, date, integer, text, uuid } from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../../../platform/database/index.ts'
import { userAccount } from '../user.table.ts'

/** How many days in a row somebody came. */
export const userStreak = gramkit.table(
  'user_streak',
  {
    userId: uuid()
      .primaryKey()
      .references(() => userAccount.id),
    current: integer().notNull(),
    best: integer().notNull(),
    total: integer().notNull(),
    day: date({ mode: 'string' }).notNull(),
    timeZone: text().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    check('user_streak_current_check', sql`${table.current} >= 1`),
    check('user_streak_best_check', sql`${table.best} >= ${table.current}`),
    check('user_streak_total_check', sql`${table.total} >= ${table.best}`),
  ],
)
