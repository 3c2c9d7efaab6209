import { sql } from 'drizzle-orm'
import {
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core'
import { gramkit, instant, listed } from '../../../platform/database/index.ts'
import { billingInvoice } from '../invoices/invoice.table.ts'
import { DECLINE_CLASSES } from '../payments/invoice-payment.ts'
import { billingTenant } from '../tenants/tenant.table.ts'
import { DUNNING_ENDS, DUNNING_STATES, DUNNING_STEPS } from './dunning.ts'

/** How far tenants go after what is owed; none for one that has said nothing. */
export const billingDunningPolicy = gramkit.table(
  'billing_dunning_policy',
  {
    tenantId: uuid().primaryKey(),
    policy: jsonb().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    foreignKey({
      name: 'billing_dunning_policy_tenant_fk',
      columns: [table.tenantId],
      foreignColumns: [billingTenant.id],
    }),
  ],
)

/** Which invoices are gone after, and how far. */
export const billingDunning = gramkit.table(
  'billing_dunning',
  {
    tenantId: uuid().notNull(),
    invoiceId: uuid().notNull(),
    state: text({ enum: DUNNING_STATES }).notNull(),
    declineClass: text({ enum: DECLINE_CLASSES }),
    step: integer().notNull(),
    openedAt: instant().notNull(),
    dueAt: instant(),
    ended: text({ enum: DUNNING_ENDS }),
    updatedAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_dunning_pkey', columns: [table.tenantId, table.invoiceId] }),
    foreignKey({
      name: 'billing_dunning_invoice_fk',
      columns: [table.tenantId, table.invoiceId],
      foreignColumns: [billingInvoice.tenantId, billingInvoice.id],
    }),
    index('billing_dunning_due_index')
      .on(table.dueAt, table.tenantId)
      .where(sql`${table.dueAt} is not null`),
    check('billing_dunning_state_check', sql`${table.state} in (${listed(DUNNING_STATES)})`),
    check(
      'billing_dunning_decline_check',
      sql`${table.declineClass} in (${listed(DECLINE_CLASSES)})`,
    ),
    check('billing_dunning_ended_check', sql`${table.ended} in (${listed(DUNNING_ENDS)})`),
    check('billing_dunning_step_check', sql`${table.step} >= 0`),
  ],
)

/** What was done about what is owed, for ever. */
export const billingDunningStep = gramkit.table(
  'billing_dunning_step',
  {
    tenantId: uuid().notNull(),
    invoiceId: uuid().notNull(),
    number: integer().notNull(),
    kind: text({ enum: DUNNING_STEPS }).notNull(),
    at: instant().notNull(),
  },
  (table) => [
    // Each step is taken once, whoever is at it.
    primaryKey({
      name: 'billing_dunning_step_pkey',
      columns: [table.tenantId, table.invoiceId, table.number],
    }),
    foreignKey({
      name: 'billing_dunning_step_dunning_fk',
      columns: [table.tenantId, table.invoiceId],
      foreignColumns: [billingDunning.tenantId, billingDunning.invoiceId],
    }),
    check('billing_dunning_step_kind_check', sql`${table.kind} in (${listed(DUNNING_STEPS)})`),
  ],
)
