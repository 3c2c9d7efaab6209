import { sql } from 'drizzle-orm'
import { check, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { gramkit, instant, int8 } from '../../../platform/database/index.ts'
import { payment } from '../payment.table.ts'
import { DISPUTE_STATUSES } from './dispute.ts'

/** Money that a buyer's bank or an app store wants back. */
export const paymentDispute = gramkit.table(
  'payment_dispute',
  {
    id: uuid().primaryKey(),
    paymentId: uuid()
      .notNull()
      .references(() => payment.id),
    reference: text().notNull(),
    amount: int8().notNull(),
    status: text({ enum: DISPUTE_STATUSES }).notNull(),
    reason: text(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    uniqueIndex('payment_dispute_reference_key').on(table.paymentId, table.reference),
    check('payment_dispute_amount_check', sql`${table.amount} > 0`),
    check('payment_dispute_status_check', sql`${table.status} in ('open', 'won', 'lost')`),
  ],
)
