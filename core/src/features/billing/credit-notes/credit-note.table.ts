import { sql } from 'drizzle-orm'
import {
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
import { billingInvoice, billingInvoiceLine } from '../invoices/invoice.table.ts'
import { billingTenant } from '../tenants/tenant.table.ts'

const day = () => date({ mode: 'string' })

/** The last number of each series; `billing_issue_credit_note` alone writes it. */
export const billingCreditNoteSeries = gramkit.table(
  'billing_credit_note_series',
  {
    tenantId: uuid().notNull(),
    series: text().notNull(),
    last: int8().notNull(),
  },
  (table) => [
    primaryKey({
      name: 'billing_credit_note_series_pkey',
      columns: [table.tenantId, table.series],
    }),
    foreignKey({
      name: 'billing_credit_note_series_tenant_fk',
      columns: [table.tenantId],
      foreignColumns: [billingTenant.id],
    }),
  ],
)

/** What corrects finalized invoices; `billing_issue_credit_note` alone writes it, once. */
export const billingCreditNote = gramkit.table(
  'billing_credit_note',
  {
    tenantId: uuid().notNull(),
    id: uuid().notNull(),
    invoiceId: uuid().notNull(),
    customerId: uuid().notNull(),
    number: text().notNull(),
    series: text().notNull(),
    sequence: int8().notNull(),
    issuedOn: day().notNull(),
    reason: text(),
    currency: text({ enum: CURRENCIES }).notNull(),
    subtotal: int8().notNull(),
    discount: int8().notNull(),
    tax: int8().notNull(),
    total: int8().notNull(),
    lowered: int8().notNull(),
    released: int8().notNull(),
    discounts: jsonb().notNull(),
    taxes: jsonb().notNull(),
    createdAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_credit_note_pkey', columns: [table.tenantId, table.id] }),
    foreignKey({
      name: 'billing_credit_note_invoice_fk',
      columns: [table.tenantId, table.invoiceId],
      foreignColumns: [billingInvoice.tenantId, billingInvoice.id],
    }),
    foreignKey({
      name: 'billing_credit_note_customer_fk',
      columns: [table.tenantId, table.customerId],
      foreignColumns: [billingCustomer.tenantId, billingCustomer.id],
    }),
    index('billing_credit_note_invoice_index').on(table.tenantId, table.invoiceId, table.id),
    index('billing_credit_note_customer_index').on(table.tenantId, table.customerId, table.id),
    uniqueIndex('billing_credit_note_number_key').on(table.tenantId, table.number),
    uniqueIndex('billing_credit_note_sequence_key').on(
      table.tenantId,
      table.series,
      table.sequence,
    ),
    check('billing_credit_note_currency_check', sql`${table.currency} in (${listed(CURRENCIES)})`),
    check(
      'billing_credit_note_total_check',
      sql`${table.total} > 0 and ${table.total} = ${table.subtotal} - ${table.discount} + ${table.tax}
        and ${table.lowered} >= 0 and ${table.released} >= 0
        and ${table.total} = ${table.lowered} + ${table.released}`,
    ),
  ],
)

/** What credit notes take back of the lines of invoices. */
export const billingCreditNoteLine = gramkit.table(
  'billing_credit_note_line',
  {
    tenantId: uuid().notNull(),
    id: uuid().notNull(),
    creditNoteId: uuid().notNull(),
    place: integer().notNull(),
    invoiceLineId: uuid().notNull(),
    title: text().notNull(),
    fromOn: day(),
    untilOn: day(),
    quantity: decimal().notNull(),
    unitPrice: decimal(),
    discount: int8().notNull(),
    net: int8().notNull(),
    taxRate: decimal(),
    tax: int8().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_credit_note_line_pkey', columns: [table.tenantId, table.id] }),
    foreignKey({
      name: 'billing_credit_note_line_note_fk',
      columns: [table.tenantId, table.creditNoteId],
      foreignColumns: [billingCreditNote.tenantId, billingCreditNote.id],
    }),
    foreignKey({
      name: 'billing_credit_note_line_line_fk',
      columns: [table.tenantId, table.invoiceLineId],
      foreignColumns: [billingInvoiceLine.tenantId, billingInvoiceLine.id],
    }),
    uniqueIndex('billing_credit_note_line_place_key').on(
      table.tenantId,
      table.creditNoteId,
      table.place,
    ),
    index('billing_credit_note_line_line_index').on(table.tenantId, table.invoiceLineId),
  ],
)
