import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  date,
  foreignKey,
  index,
  integer,
  jsonb,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { CURRENCIES } from '../../../kernel/index.ts'
import { decimal, gramkit, instant, int8, listed } from '../../../platform/database/index.ts'
import { billingCustomer } from '../customers/customer.table.ts'
import { billingRun } from '../runs/run.table.ts'
import { billingSubscription } from '../subscriptions/subscription.table.ts'
import { billingTenant } from '../tenants/tenant.table.ts'
import { INVOICE_STATES } from './invoice.ts'
import { LINE_KINDS } from './invoice-line.ts'

const day = () => date({ mode: 'string' })

/** The last number of each series; `billing_finalize_invoices` alone writes it. */
export const billingInvoiceSeries = gramkit.table(
  'billing_invoice_series',
  {
    tenantId: uuid().notNull(),
    series: text().notNull(),
    last: int8().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_invoice_series_pkey', columns: [table.tenantId, table.series] }),
    foreignKey({
      name: 'billing_invoice_series_tenant_fk',
      columns: [table.tenantId],
      foreignColumns: [billingTenant.id],
    }),
  ],
)

/** What is asked of customers. Functions alone finalize and move it; a trigger keeps the rest. */
export const billingInvoice = gramkit.table(
  'billing_invoice',
  {
    tenantId: uuid().notNull(),
    id: uuid().notNull(),
    customerId: uuid().notNull(),
    subscriptionId: uuid(),
    billNumber: integer(),
    runId: uuid(),
    state: text({ enum: INVOICE_STATES }).notNull(),
    number: text(),
    series: text(),
    sequence: int8(),
    currency: text({ enum: CURRENCIES }).notNull(),
    seller: jsonb().notNull(),
    buyer: jsonb().notNull(),
    fromOn: day(),
    untilOn: day(),
    issuedOn: day(),
    dueOn: day(),
    overdueAt: instant(),
    paymentTermsDays: integer().notNull(),
    graceDays: integer().notNull(),
    timeZone: text().notNull(),
    subtotal: int8().notNull(),
    discount: int8().notNull(),
    tax: int8().notNull(),
    total: int8().notNull(),
    paid: int8().notNull(),
    credited: int8().notNull(),
    discounts: jsonb().notNull(),
    taxes: jsonb().notNull(),
    pricesIncludeTax: boolean().notNull(),
    reverseCharge: boolean().notNull(),
    purchaseOrder: text(),
    notes: text().array().notNull(),
    createdAt: instant().notNull(),
    finalizedAt: instant(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_invoice_pkey', columns: [table.tenantId, table.id] }),
    foreignKey({
      name: 'billing_invoice_customer_fk',
      columns: [table.tenantId, table.customerId],
      foreignColumns: [billingCustomer.tenantId, billingCustomer.id],
    }),
    foreignKey({
      name: 'billing_invoice_subscription_fk',
      columns: [table.tenantId, table.subscriptionId],
      foreignColumns: [billingSubscription.tenantId, billingSubscription.id],
    }),
    foreignKey({
      name: 'billing_invoice_run_fk',
      columns: [table.tenantId, table.runId],
      foreignColumns: [billingRun.tenantId, billingRun.id],
    }),
    // Each bill of a subscription has one invoice.
    uniqueIndex('billing_invoice_bill_key').on(
      table.tenantId,
      table.subscriptionId,
      table.billNumber,
    ),
    index('billing_invoice_run_index').on(table.tenantId, table.runId, table.state),
    uniqueIndex('billing_invoice_number_key').on(table.tenantId, table.number),
    uniqueIndex('billing_invoice_sequence_key').on(table.tenantId, table.series, table.sequence),
    index('billing_invoice_customer_index').on(table.tenantId, table.customerId, table.id),
    index('billing_invoice_unpaid_index')
      .on(table.tenantId, table.customerId)
      .where(sql`${table.state} in ('finalized', 'partially_paid', 'overdue')`),
    index('billing_invoice_overdue_index')
      .on(table.overdueAt, table.tenantId)
      .where(sql`${table.state} in ('finalized', 'partially_paid')`),
    check('billing_invoice_currency_check', sql`${table.currency} in (${listed(CURRENCIES)})`),
    check('billing_invoice_state_check', sql`${table.state} in (${listed(INVOICE_STATES)})`),
    check(
      'billing_invoice_number_check',
      sql`num_nonnulls(${table.number}, ${table.series}, ${table.sequence}, ${table.issuedOn},
        ${table.dueOn}, ${table.overdueAt}, ${table.finalizedAt})
        = case when ${table.state} = 'draft' then 0 else 7 end`,
    ),
    check(
      'billing_invoice_total_check',
      sql`${table.total} >= 0 and ${table.total} = ${table.subtotal} - ${table.discount} + ${table.tax}`,
    ),
    // What is paid and what is left say the same as the state.
    check(
      'billing_invoice_paid_check',
      sql`${table.paid} >= 0 and ${table.credited} >= 0 and case ${table.state}
        when 'draft' then ${table.paid} + ${table.credited} = 0
        when 'void' then ${table.paid} + ${table.credited} = 0
        when 'paid' then ${table.paid} + ${table.credited} = ${table.total}
        when 'finalized' then ${table.paid} = 0 and ${table.credited} < ${table.total}
        when 'partially_paid' then ${table.paid} > 0 and ${table.paid} + ${table.credited} < ${table.total}
        else ${table.paid} + ${table.credited} < ${table.total} end`,
    ),
  ],
)

/** The lines of invoices; triggers keep those of invoices that are no drafts. */
export const billingInvoiceLine = gramkit.table(
  'billing_invoice_line',
  {
    tenantId: uuid().notNull(),
    id: uuid().notNull(),
    invoiceId: uuid().notNull(),
    place: integer().notNull(),
    kind: text({ enum: LINE_KINDS }).notNull(),
    subscriptionId: uuid(),
    billNumber: integer(),
    chargeKey: text(),
    revision: integer(),
    title: text().notNull(),
    fromOn: day(),
    untilOn: day(),
    quantity: decimal().notNull(),
    unitPrice: decimal(),
    steps: jsonb().notNull(),
    discount: int8().notNull(),
    net: int8().notNull(),
    taxRate: decimal(),
    tax: int8().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_invoice_line_pkey', columns: [table.tenantId, table.id] }),
    foreignKey({
      name: 'billing_invoice_line_invoice_fk',
      columns: [table.tenantId, table.invoiceId],
      foreignColumns: [billingInvoice.tenantId, billingInvoice.id],
    }).onDelete('cascade'),
    foreignKey({
      name: 'billing_invoice_line_subscription_fk',
      columns: [table.tenantId, table.subscriptionId],
      foreignColumns: [billingSubscription.tenantId, billingSubscription.id],
    }),
    // No charge of a subscription is asked for twice for the same days.
    uniqueIndex('billing_invoice_line_charge_key').on(
      table.tenantId,
      table.subscriptionId,
      table.chargeKey,
      table.kind,
      table.fromOn,
      table.revision,
    ),
    uniqueIndex('billing_invoice_line_place_key').on(table.tenantId, table.invoiceId, table.place),
    check('billing_invoice_line_kind_check', sql`${table.kind} in (${listed(LINE_KINDS)})`),
    check('billing_invoice_line_days_check', sql`${table.fromOn} < ${table.untilOn}`),
  ],
)
