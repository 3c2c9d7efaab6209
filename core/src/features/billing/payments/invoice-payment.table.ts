import { sql } from 'drizzle-orm'
import {
  check,
  foreignKey,
  index,
  integer,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { CURRENCIES } from '../../../kernel/index.ts'
import { gramkit, instant, int8, listed } from '../../../platform/database/index.ts'
import { billingCustomer } from '../customers/customer.table.ts'
import { billingInvoice } from '../invoices/invoice.table.ts'
import { DECLINE_CLASSES, INVOICE_PAYMENT_STATES } from './invoice-payment.ts'

/** Payments of invoices, and tries to charge them; the id is that of the payment. */
export const billingInvoicePayment = gramkit.table(
  'billing_invoice_payment',
  {
    tenantId: uuid().notNull(),
    id: uuid().notNull(),
    invoiceId: uuid().notNull(),
    customerId: uuid().notNull(),
    gateway: text(),
    attempt: integer(),
    currency: text({ enum: CURRENCIES }).notNull(),
    amount: int8().notNull(),
    state: text({ enum: INVOICE_PAYMENT_STATES }).notNull(),
    taken: int8().notNull(),
    left: int8().notNull(),
    returned: int8().notNull(),
    takenBack: int8().notNull(),
    reason: text(),
    declineClass: text({ enum: DECLINE_CLASSES }),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_invoice_payment_pkey', columns: [table.tenantId, table.id] }),
    foreignKey({
      name: 'billing_invoice_payment_invoice_fk',
      columns: [table.tenantId, table.invoiceId],
      foreignColumns: [billingInvoice.tenantId, billingInvoice.id],
    }),
    foreignKey({
      name: 'billing_invoice_payment_customer_fk',
      columns: [table.tenantId, table.customerId],
      foreignColumns: [billingCustomer.tenantId, billingCustomer.id],
    }),
    index('billing_invoice_payment_invoice_index').on(table.tenantId, table.invoiceId),
    index('billing_invoice_payment_customer_index').on(table.tenantId, table.customerId),
    index('billing_invoice_payment_updated_index').on(table.tenantId, table.updatedAt),
    // Each try to charge an invoice is made once.
    uniqueIndex('billing_invoice_payment_attempt_key')
      .on(table.tenantId, table.invoiceId, table.attempt)
      .where(sql`${table.attempt} is not null`),
    // While a charge is under way no other is made.
    uniqueIndex('billing_invoice_payment_charge_key')
      .on(table.tenantId, table.invoiceId)
      .where(sql`${table.attempt} is not null and ${table.state} = 'open'`),
    check(
      'billing_invoice_payment_currency_check',
      sql`${table.currency} in (${listed(CURRENCIES)})`,
    ),
    check(
      'billing_invoice_payment_state_check',
      sql`${table.state} in (${listed(INVOICE_PAYMENT_STATES)})`,
    ),
    check(
      'billing_invoice_payment_decline_check',
      sql`${table.declineClass} in (${listed(DECLINE_CLASSES)})`,
    ),
    // All money that came is somewhere, and no more of it goes back.
    check(
      'billing_invoice_payment_amounts_check',
      sql`${table.amount} > 0 and ${table.taken} >= 0 and ${table.left} >= 0
        and ${table.taken} + ${table.left} =
          case ${table.state} when 'received' then ${table.amount} else 0 end
        and ${table.returned} between 0 and ${table.taken} + ${table.left}
        and ${table.takenBack} between 0 and least(${table.taken}, ${table.returned})`,
    ),
  ],
)

/** Money of these payments that went back; the id is that of the refund. */
export const billingInvoiceReturn = gramkit.table(
  'billing_invoice_return',
  {
    tenantId: uuid().notNull(),
    id: uuid().notNull(),
    paymentId: uuid().notNull(),
    amount: int8().notNull(),
    fromInvoice: int8().notNull(),
    fromCredit: int8().notNull(),
    lost: int8().notNull(),
    createdAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_invoice_return_pkey', columns: [table.tenantId, table.id] }),
    foreignKey({
      name: 'billing_invoice_return_payment_fk',
      columns: [table.tenantId, table.paymentId],
      foreignColumns: [billingInvoicePayment.tenantId, billingInvoicePayment.id],
    }),
    index('billing_invoice_return_payment_index').on(table.tenantId, table.paymentId),
    check(
      'billing_invoice_return_amounts_check',
      sql`${table.amount} > 0 and least(${table.fromInvoice}, ${table.fromCredit}, ${table.lost}) >= 0
        and ${table.fromInvoice} + ${table.fromCredit} + ${table.lost} = ${table.amount}`,
    ),
  ],
)
