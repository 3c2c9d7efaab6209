import { sql } from 'drizzle-orm'
import { check, index, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { CURRENCIES } from '../../../kernel/index.ts'
import { gramkit, instant, int8, listed } from '../../../platform/database/index.ts'
import { userAccount } from '../../users/user.table.ts'
import { payment } from '../payment.table.ts'
import { paymentRefund } from '../refunds/refund.table.ts'
import { RECEIPT_KINDS, RECEIPT_STATUSES } from './receipt.ts'

/** Fiscal receipts (54-FZ) and how far their registration is. */
export const paymentReceipt = gramkit.table(
  'payment_receipt',
  {
    /** Idempotency key of a settlement towards the provider. */
    id: uuid().primaryKey(),
    kind: text({ enum: RECEIPT_KINDS }).notNull(),
    paymentId: uuid()
      .notNull()
      .references(() => payment.id),
    refundId: uuid().references(() => paymentRefund.id),
    amount: int8().notNull(),
    currency: text({ enum: CURRENCIES }).notNull(),
    status: text({ enum: RECEIPT_STATUSES }).notNull(),
    providerReceiptId: text(),
    fiscalDocumentNumber: text(),
    fiscalStorageNumber: text(),
    fiscalAttribute: text(),
    registeredAt: instant(),
    rejection: text(),
    overdueAt: instant(),
    nextCheckAt: instant(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    // One receipt for each movement of money; a settlement that was rejected may be tried anew.
    uniqueIndex('payment_receipt_sale_key').on(table.paymentId).where(sql`${table.kind} = 'sale'`),
    uniqueIndex('payment_receipt_settlement_key')
      .on(table.paymentId)
      .where(sql`${table.kind} = 'settlement' and ${table.status} <> 'rejected'`),
    uniqueIndex('payment_receipt_refund_key')
      .on(table.refundId)
      .where(sql`${table.refundId} is not null`),
    index('payment_receipt_payment_id_index').on(table.paymentId),
    index('payment_receipt_next_check_at_index')
      .on(table.nextCheckAt)
      .where(sql`${table.nextCheckAt} is not null`),
    // What a person has to see to.
    index('payment_receipt_trouble_index')
      .on(table.id)
      .where(
        sql`${table.status} = 'rejected' or (${table.status} = 'pending' and ${table.overdueAt} is not null)`,
      ),
    check('payment_receipt_amount_check', sql`${table.amount} > 0`),
    check('payment_receipt_kind_check', sql`${table.kind} in (${listed(RECEIPT_KINDS)})`),
    check('payment_receipt_status_check', sql`${table.status} in (${listed(RECEIPT_STATUSES)})`),
    check(
      'payment_receipt_refund_check',
      sql`(${table.kind} = 'refund') = (${table.refundId} is not null)`,
    ),
    check('payment_receipt_currency_check', sql`${table.currency} in (${listed(CURRENCIES)})`),
  ],
)

/** Where a buyer gets receipts: kept apart from the payment, and only while it may be needed. */
export const paymentContact = gramkit.table(
  'payment_contact',
  {
    /** The purchase; renewals and linked payments look here too. */
    paymentId: uuid()
      .primaryKey()
      .references(() => payment.id),
    userId: uuid()
      .notNull()
      .references(() => userAccount.id),
    email: text(),
    phone: text(),
    createdAt: instant().notNull(),
  },
  (table) => [
    index('payment_contact_user_id_index').on(table.userId, table.createdAt),
    check('payment_contact_kind_check', sql`(${table.email} is null) <> (${table.phone} is null)`),
  ],
)
