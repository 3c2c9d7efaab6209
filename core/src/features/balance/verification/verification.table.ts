import { index, integer, uuid } from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../../../platform/database/index.ts'

/** When the ledger was verified by schedule, and what came of it. Append-only. */
export const balanceVerification = gramkit.table(
  'balance_verification',
  {
    id: uuid().primaryKey(),
    accounts: integer().notNull(),
    transfers: integer().notNull(),
    /** How many things did not add up. */
    differences: integer().notNull(),
    createdAt: instant().notNull(),
  },
  (table) => [index('balance_verification_created_at_index').on(table.createdAt)],
)
