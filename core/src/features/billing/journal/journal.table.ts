import { sql } from 'drizzle-orm'
import {
  check,
  date,
  foreignKey,
  index,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { CURRENCIES } from '../../../kernel/index.ts'
import { gramkit, instant, int8, listed } from '../../../platform/database/index.ts'
import { billingCustomer } from '../customers/customer.table.ts'
import { billingInvoice } from '../invoices/invoice.table.ts'
import { billingTenant } from '../tenants/tenant.table.ts'
import { JOURNAL_SOURCES } from './journal.ts'

const amount = () => int8().notNull().default(sql`0`)
const day = () => date({ mode: 'string' })

/**
 * The double-entry journal of each tenant: a column for each account, which together are 0 in every
 * row. Append-only.
 */
export const billingJournalEntry = gramkit.table(
  'billing_journal_entry',
  {
    tenantId: uuid().notNull(),
    number: int8().notNull().generatedByDefaultAsIdentity(),
    bookingId: uuid().notNull(),
    source: text({ enum: JOURNAL_SOURCES }).notNull(),
    sourceId: text().notNull(),
    bookedOn: day().notNull(),
    currency: text({ enum: CURRENCIES }).notNull(),
    customerId: uuid().notNull(),
    invoiceId: uuid(),
    receivable: amount(),
    unbilled: amount(),
    cash: amount(),
    customerCredit: amount(),
    carried: amount(),
    deferred: amount(),
    tax: amount(),
    revenue: amount(),
    concession: amount(),
    badDebt: amount(),
    createdAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_journal_entry_pkey', columns: [table.tenantId, table.number] }),
    foreignKey({
      name: 'billing_journal_entry_customer_fk',
      columns: [table.tenantId, table.customerId],
      foreignColumns: [billingCustomer.tenantId, billingCustomer.id],
    }),
    foreignKey({
      name: 'billing_journal_entry_invoice_fk',
      columns: [table.tenantId, table.invoiceId],
      foreignColumns: [billingInvoice.tenantId, billingInvoice.id],
    }),
    // Nothing is booked twice.
    uniqueIndex('billing_journal_entry_source_key').on(
      table.tenantId,
      table.source,
      table.sourceId,
    ),
    index('billing_journal_entry_customer_index').on(table.tenantId, table.customerId),
    index('billing_journal_entry_invoice_index').on(table.tenantId, table.invoiceId),
    index('billing_journal_entry_booking_index').on(table.tenantId, table.bookingId),
    index('billing_journal_entry_day_index').on(table.tenantId, table.bookedOn),
    check(
      'billing_journal_entry_currency_check',
      sql`${table.currency} in (${listed(CURRENCIES)})`,
    ),
    check(
      'billing_journal_entry_source_check',
      sql`${table.source} in (${listed(JOURNAL_SOURCES)})`,
    ),
    check(
      'billing_journal_entry_balanced_check',
      sql`${table.receivable}::numeric + ${table.unbilled} + ${table.cash} + ${table.customerCredit}
        + ${table.carried} + ${table.deferred} + ${table.tax}
        + ${table.revenue} + ${table.concession} + ${table.badDebt} = 0`,
    ),
  ],
)

/** How what a line of an invoice asks for is earned, day by day. */
export const billingRecognition = gramkit.table(
  'billing_recognition',
  {
    tenantId: uuid().notNull(),
    /** That of the line. */
    id: uuid().notNull(),
    invoiceId: uuid().notNull(),
    /** From one day up to, not including, another the amount is earned in equal parts. */
    fromOn: day().notNull(),
    untilOn: day().notNull(),
    amount: int8().notNull(),
    /** The part of it that was earned before the invoice was issued. */
    unbilled: int8().notNull(),
    /** What is in the revenue of it, and up to which day. */
    recognised: int8().notNull(),
    throughOn: day().notNull(),
    /** What was in the revenue before the amount was reduced. */
    earlier: int8().notNull(),
    /** When the next part is to be recognised; null when nothing is left. */
    dueAt: instant(),
  },
  (table) => [
    primaryKey({ name: 'billing_recognition_pkey', columns: [table.tenantId, table.id] }),
    foreignKey({
      name: 'billing_recognition_invoice_fk',
      columns: [table.tenantId, table.invoiceId],
      foreignColumns: [billingInvoice.tenantId, billingInvoice.id],
    }),
    index('billing_recognition_invoice_index').on(table.tenantId, table.invoiceId),
    index('billing_recognition_due_index')
      .on(table.dueAt, table.tenantId)
      .where(sql`${table.dueAt} is not null`),
    check(
      'billing_recognition_days_check',
      sql`${table.fromOn} < ${table.untilOn} and ${table.throughOn} between ${table.fromOn} and ${table.untilOn}`,
    ),
    check(
      'billing_recognition_amount_check',
      sql`${table.recognised} between least(0, ${table.amount}) and greatest(0, ${table.amount})
        and ${table.unbilled} between least(0, ${table.amount}) and greatest(0, ${table.amount})`,
    ),
    check(
      'billing_recognition_over_check',
      sql`(${table.dueAt} is null) = (${table.recognised} = ${table.amount})`,
    ),
  ],
)

/** Months that take no more entries. */
export const billingClosedMonth = gramkit.table(
  'billing_closed_month',
  {
    tenantId: uuid().notNull(),
    /** Its first day. */
    month: day().notNull(),
    actor: text().notNull(),
    createdAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_closed_month_pkey', columns: [table.tenantId, table.month] }),
    foreignKey({
      name: 'billing_closed_month_tenant_fk',
      columns: [table.tenantId],
      foreignColumns: [billingTenant.id],
    }),
    check('billing_closed_month_day_check', sql`extract(day from ${table.month}) = 1`),
  ],
)
