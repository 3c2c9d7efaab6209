import { date, index, primaryKey, uuid } from 'drizzle-orm/pg-core'
import { gramkit } from '../../../platform/database/index.ts'
import { userAccount } from '../user.table.ts'

/** On which days somebody came, each day as a streak counts it. */
export const userActiveDay = gramkit.table(
  'user_active_day',
  {
    userId: uuid()
      .notNull()
      .references(() => userAccount.id),
    day: date({ mode: 'string' }).notNull(),
  },
  (table) => [
    primaryKey({ name: 'user_active_day_pkey', columns: [table.userId, table.day] }),
    index('user_active_day_day_index').on(table.day, table.userId),
  ],
)
