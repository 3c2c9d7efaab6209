import { sql } from 'drizzle-orm'
import { check, index, integer, uuid } from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../../../platform/database/index.ts'
import { userAccount } from '../user.table.ts'

/** Who is nobody any more, and when rows that came late are looked for again. */
export const userDeparture = gramkit.table(
  'user_departure',
  {
    userId: uuid()
      .primaryKey()
      .references(() => userAccount.id),
    /** Who a merged guest turned out to be; null for somebody who was erased. */
    successorId: uuid().references(() => userAccount.id),
    departedAt: instant().notNull(),
    /** How often the rows were moved or emptied so far. */
    rounds: integer().notNull(),
    nextRoundAt: instant(),
  },
  (table) => [
    index('user_departure_successor_id_index')
      .on(table.successorId)
      .where(sql`${table.successorId} is not null`),
    index('user_departure_next_round_at_index')
      .on(table.nextRoundAt)
      .where(sql`${table.nextRoundAt} is not null`),
    check('user_departure_successor_check', sql`${table.successorId} <> ${table.userId}`),
    check('user_departure_rounds_check', sql`${table.rounds} >= 1`),
  ],
)
