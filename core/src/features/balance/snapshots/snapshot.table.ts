import { sql } from 'drizzle-orm'
import { index, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { gramkit, instant, int8 } from '../../../platform/database/index.ts'
import { balanceAccount } from '../balance.table.ts'

/**
 * What system accounts had when all transfers up to a number were done. Written by the function
 * `balance_take_snapshots` alone (`0001_rules.sql`).
 */
export const balanceSnapshot = gramkit.table(
  'balance_snapshot',
  {
    accountId: uuid()
      .notNull()
      .references(() => balanceAccount.id),
    /** The last transfer that is counted; later ones are added. */
    number: int8().notNull(),
    /** Transactions that were posting when the number was chosen. */
    writers: text().array().notNull(),
    /** Null until all of those have ended. */
    balance: int8(),
    createdAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'balance_snapshot_pkey', columns: [table.accountId, table.number] }),
    index('balance_snapshot_unfinished_index')
      .on(table.number)
      .where(sql`${table.balance} is null`),
  ],
)
