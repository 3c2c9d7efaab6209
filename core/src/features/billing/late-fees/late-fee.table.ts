import { sql } from 'drizzle-orm'
import {
  check,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  primaryKey,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { gramkit, instant, int8 } from '../../../platform/database/index.ts'
import { billingInvoice } from '../invoices/invoice.table.ts'
import { billingTenant } from '../tenants/tenant.table.ts'

const day = () => date({ mode: 'string' })

/** What tenants ask for beside invoices that are paid late; none for one that has said nothing. */
export const billingLateFeePolicy = gramkit.table(
  'billing_late_fee_policy',
  {
    tenantId: uuid().primaryKey(),
    policy: jsonb().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    foreignKey({
      name: 'billing_late_fee_policy_tenant_fk',
      columns: [table.tenantId],
      foreignColumns: [billingTenant.id],
    }),
  ],
)

/** Which invoices are late, and when the next of their fees is due. */
export const billingLateInvoice = gramkit.table(
  'billing_late_invoice',
  {
    tenantId: uuid().notNull(),
    invoiceId: uuid().notNull(),
    /** The first day that no fee is for yet. */
    fromOn: day().notNull(),
    periods: integer().notNull(),
    dueAt: instant(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_late_invoice_pkey', columns: [table.tenantId, table.invoiceId] }),
    foreignKey({
      name: 'billing_late_invoice_invoice_fk',
      columns: [table.tenantId, table.invoiceId],
      foreignColumns: [billingInvoice.tenantId, billingInvoice.id],
    }),
    index('billing_late_invoice_due_index')
      .on(table.dueAt, table.tenantId)
      .where(sql`${table.dueAt} is not null`),
  ],
)

/** The fees that were asked for. */
export const billingLateFee = gramkit.table(
  'billing_late_fee',
  {
    tenantId: uuid().notNull(),
    id: uuid().notNull(),
    invoiceId: uuid().notNull(),
    period: integer().notNull(),
    fromOn: day().notNull(),
    untilOn: day().notNull(),
    owed: int8().notNull(),
    amount: int8().notNull(),
    feeInvoiceId: uuid().notNull(),
    createdAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_late_fee_pkey', columns: [table.tenantId, table.id] }),
    foreignKey({
      name: 'billing_late_fee_invoice_fk',
      columns: [table.tenantId, table.invoiceId],
      foreignColumns: [billingInvoice.tenantId, billingInvoice.id],
    }),
    foreignKey({
      name: 'billing_late_fee_fee_invoice_fk',
      columns: [table.tenantId, table.feeInvoiceId],
      foreignColumns: [billingInvoice.tenantId, billingInvoice.id],
    }),
    // No days of an invoice cost twice.
    uniqueIndex('billing_late_fee_period_key').on(table.tenantId, table.invoiceId, table.period),
    uniqueIndex('billing_late_fee_invoice_key').on(table.tenantId, table.feeInvoiceId),
    check(
      'billing_late_fee_amount_check',
      sql`${table.owed} > 0 and ${table.amount} > 0 and ${table.fromOn} < ${table.untilOn}`,
    ),
  ],
)
