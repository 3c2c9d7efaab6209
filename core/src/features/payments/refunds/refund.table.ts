import { sql } from 'drizzle-orm'
import { check, index, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { gramkit, instant, int8 } from '../../../platform/database/index.ts'
import { payment } from '../payment.table.ts'
import { IN_BOOKS } from '../reconciliation/in-books.ts'
import { REFUND_STATUSES } from './refund.ts'

/** Money on its way back to the buyer. */
export const paymentRefund = gramkit.table(
  'payment_refund',
  {
    /** Idempotency key towards the provider too. */
    id: uuid().primaryKey(),
    paymentId: uuid()
      .notNull()
      .references(() => payment.id),
    amount: int8().notNull(),
    status: text({ enum: REFUND_STATUSES }).notNull(),
    providerRefundId: text(),
    /** Who asked: `admin`, `provider`, or a user's id. */
    actor: text().notNull(),
    failureReason: text(),
    nextCheckAt: instant(),
    /** What the comparison with the provider's books said; null until they were read that far. */
    inBooks: text({ enum: IN_BOOKS }),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    uniqueIndex('payment_refund_provider_refund_id_key')
      .on(table.paymentId, table.providerRefundId)
      .where(sql`${table.providerRefundId} is not null`),
    index('payment_refund_payment_id_index').on(table.paymentId),
    index('payment_refund_next_check_at_index')
      .on(table.nextCheckAt)
      .where(sql`${table.nextCheckAt} is not null`),
    index('payment_refund_not_in_books_index')
      .on(table.updatedAt)
      .where(sql`${table.status} = 'succeeded' and ${table.inBooks} is null`),
    check(
      'payment_refund_in_books_check',
      sql`${table.inBooks} in ('same', 'different', 'missing')`,
    ),
    check('payment_refund_amount_check', sql`${table.amount} > 0`),
    check(
      'payment_refund_status_check',
      sql`${table.status} in ('requested', 'pending', 'succeeded', 'failed', 'unknown')`,
    ),
  ],
)
