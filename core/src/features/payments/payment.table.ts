import { type SQL, sql } from 'drizzle-orm'
import { type AnyPgColumn, check, index, jsonb, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { CURRENCIES } from '../../kernel/index.ts'
import { gramkit, instant, int8, listed } from '../../platform/database/index.ts'
import { userAccount } from '../users/user.table.ts'
import { PAYMENT_STATUSES } from './payment.ts'
import { IN_BOOKS } from './reconciliation/in-books.ts'

/** The part of a payment's id by which people name it, as `paymentReference` makes it. */
export function referenceOf(id: AnyPgColumn): SQL {
  return sql`upper(right(${id}::text, 8))`
}

/** One row for each purchase and each renewal. */
export const payment = gramkit.table(
  'payment',
  {
    /** Idempotency key towards the provider too. */
    id: uuid().primaryKey(),
    userId: uuid()
      .notNull()
      .references(() => userAccount.id),
    gateway: text().notNull(),
    surface: text({ enum: ['telegram', 'web'] }).notNull(),
    productId: text().notNull(),
    product: jsonb().notNull(),
    amount: int8().notNull(),
    currency: text({ enum: CURRENCIES }).notNull(),
    refundedAmount: int8().notNull().default(sql`0`),
    captureAmount: int8(),
    status: text({ enum: PAYMENT_STATUSES }).notNull(),
    providerPaymentId: text(),
    confirmationUrl: text(),
    returnUrl: text(),
    subscriptionId: uuid(),
    originalPaymentId: uuid().references((): AnyPgColumn => payment.id),
    savedMethodId: text(),
    providerPeriodEnd: instant(),
    failureReason: text(),
    nextCheckAt: instant(),
    /** What the comparison with the provider's books said; null until they were read that far. */
    inBooks: text({ enum: IN_BOOKS }),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
    paidAt: instant(),
  },
  (table) => [
    // The key that makes a charge count once, whatever reports it and how often.
    uniqueIndex('payment_provider_payment_id_key')
      .on(table.gateway, table.providerPaymentId)
      .where(sql`${table.providerPaymentId} is not null`),
    index('payment_user_id_index').on(table.userId, table.id),
    index('payment_reference_index').on(referenceOf(table.id)),
    index('payment_subscription_id_index')
      .on(table.subscriptionId)
      .where(sql`${table.subscriptionId} is not null`),
    index('payment_original_payment_id_index')
      .on(table.originalPaymentId)
      .where(sql`${table.originalPaymentId} is not null`),
    index('payment_next_check_at_index')
      .on(table.nextCheckAt)
      .where(sql`${table.nextCheckAt} is not null`),
    index('payment_not_in_books_index')
      .on(table.gateway, table.paidAt)
      .where(sql`${table.paidAt} is not null and ${table.inBooks} is null`),
    index('payment_differs_index')
      .on(table.gateway, table.id)
      .where(sql`${table.inBooks} in ('different', 'missing')`),
    check('payment_in_books_check', sql`${table.inBooks} in (${listed(IN_BOOKS)})`),
    check('payment_amount_check', sql`${table.amount} > 0`),
    check(
      'payment_refunded_amount_check',
      sql`${table.refundedAmount} between 0 and ${table.amount}`,
    ),
    check(
      'payment_capture_amount_check',
      sql`${table.captureAmount} between 1 and ${table.amount}`,
    ),
    check('payment_status_check', sql`${table.status} in (${listed(PAYMENT_STATUSES)})`),
    check('payment_currency_check', sql`${table.currency} in (${listed(CURRENCIES)})`),
  ],
)

/** What providers reported, and what it did. Append-only. */
export const paymentEvent = gramkit.table(
  'payment_event',
  {
    id: uuid().primaryKey(),
    paymentId: uuid().references(() => payment.id),
    gateway: text().notNull(),
    providerPaymentId: text().notNull(),
    reportedStatus: text().notNull(),
    outcome: text({ enum: ['applied', 'refused'] }).notNull(),
    /** Why a report was refused. */
    problem: text(),
    body: jsonb().notNull(),
    createdAt: instant().notNull(),
  },
  (table) => [
    index('payment_event_payment_id_index').on(table.paymentId),
    check('payment_event_outcome_check', sql`${table.outcome} in ('applied', 'refused')`),
  ],
)
