import { instant } from '@gramkit/core/database'
import { payment, userAccount } from '@gramkit/core/schema'
import { sql } from 'drizzle-orm'
import { check, index, pgSchema, text, uuid } from 'drizzle-orm/pg-core'

const shop = pgSchema('shop')

/** A physical thing that was paid and is to be sent. */
export const order = shop.table(
  'order',
  {
    id: uuid().primaryKey(),
    userId: uuid()
      .notNull()
      .references(() => userAccount.id),
    /** One order a payment, whatever is reported of it and how often. */
    paymentId: uuid()
      .notNull()
      .unique('order_payment_id_key')
      .references(() => payment.id),
    productId: text().notNull(),
    title: text().notNull(),
    status: text({ enum: ['paid', 'refunded'] }).notNull(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    index('order_user_id_index').on(table.userId, table.id),
    check('order_status_check', sql`${table.status} in ('paid', 'refunded')`),
  ],
)
