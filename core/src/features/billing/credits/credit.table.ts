import { sql } from 'drizzle-orm'
import { check, foreignKey, index, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { CURRENCIES } from '../../../kernel/index.ts'
import { gramkit, instant, int8, listed } from '../../../platform/database/index.ts'
import { billingCustomer } from '../customers/customer.table.ts'
import { billingInvoice } from '../invoices/invoice.table.ts'
import { CREDIT_REASONS } from './credit.ts'

/** What each customer has of each currency; a trigger on the entries alone writes it. */
export const billingCreditBalance = gramkit.table(
  'billing_credit_balance',
  {
    tenantId: uuid().notNull(),
    customerId: uuid().notNull(),
    currency: text({ enum: CURRENCIES }).notNull(),
    amount: int8().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    primaryKey({
      name: 'billing_credit_balance_pkey',
      columns: [table.tenantId, table.customerId, table.currency],
    }),
    foreignKey({
      name: 'billing_credit_balance_customer_fk',
      columns: [table.tenantId, table.customerId],
      foreignColumns: [billingCustomer.tenantId, billingCustomer.id],
    }),
    check(
      'billing_credit_balance_currency_check',
      sql`${table.currency} in (${listed(CURRENCIES)})`,
    ),
    // Refuses whoever spends what another has spent meanwhile.
    check('billing_credit_balance_amount_check', sql`${table.amount} >= 0`),
  ],
)

/** Each change of a customer's credit, for ever. */
export const billingCreditEntry = gramkit.table(
  'billing_credit_entry',
  {
    tenantId: uuid().notNull(),
    id: uuid().notNull(),
    customerId: uuid().notNull(),
    currency: text({ enum: CURRENCIES }).notNull(),
    reason: text({ enum: CREDIT_REASONS }).notNull(),
    amount: int8().notNull(),
    invoiceId: uuid(),
    note: text(),
    source: text(),
    createdAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_credit_entry_pkey', columns: [table.tenantId, table.id] }),
    foreignKey({
      name: 'billing_credit_entry_customer_fk',
      columns: [table.tenantId, table.customerId],
      foreignColumns: [billingCustomer.tenantId, billingCustomer.id],
    }),
    foreignKey({
      name: 'billing_credit_entry_invoice_fk',
      columns: [table.tenantId, table.invoiceId],
      foreignColumns: [billingInvoice.tenantId, billingInvoice.id],
    }),
    index('billing_credit_entry_customer_index').on(table.tenantId, table.customerId, table.id),
    index('billing_credit_entry_invoice_index').on(table.tenantId, table.invoiceId),
    // A payment that is told twice leaves its rest once.
    uniqueIndex('billing_credit_entry_source_key').on(table.tenantId, table.reason, table.source),
    check('billing_credit_entry_currency_check', sql`${table.currency} in (${listed(CURRENCIES)})`),
    check('billing_credit_entry_reason_check', sql`${table.reason} in (${listed(CREDIT_REASONS)})`),
    check(
      'billing_credit_entry_amount_check',
      sql`case when ${table.reason} in ('applied', 'refunded') then ${table.amount} < 0
        else ${table.amount} > 0 end`,
    ),
    check(
      'billing_credit_entry_invoice_check',
      sql`${table.invoiceId} is not null or ${table.reason} not in ('applied', 'returned')`,
    ),
  ],
)
