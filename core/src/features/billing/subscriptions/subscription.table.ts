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
import { CYCLES } from '../periods/billing-period.ts'
import { billingPlanVersion } from '../plans/plan.table.ts'
import { BILLED_STATUSES, REVISION_KINDS } from './subscription.ts'

const day = () => date({ mode: 'string' })

/** What customers are billed for again and again. */
export const billingSubscription = gramkit.table(
  'billing_subscription',
  {
    tenantId: uuid().notNull(),
    id: uuid().notNull(),
    customerId: uuid().notNull(),
    status: text({ enum: BILLED_STATUSES }).notNull(),
    currency: text({ enum: CURRENCIES }).notNull(),
    startOn: day().notNull(),
    anchorOn: day().notNull(),
    cycle: text({ enum: CYCLES }).notNull(),
    timeZone: text().notNull(),
    periodIndex: integer().notNull(),
    billCount: integer().notNull(),
    chargedRevision: integer(),
    carried: int8().notNull(),
    nextBillingAt: instant(),
    dueAt: instant(),
    parkedAt: instant(),
    parkedReason: text(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_subscription_pkey', columns: [table.tenantId, table.id] }),
    foreignKey({
      name: 'billing_subscription_customer_fk',
      columns: [table.tenantId, table.customerId],
      foreignColumns: [billingCustomer.tenantId, billingCustomer.id],
    }),
    index('billing_subscription_customer_index').on(table.tenantId, table.customerId, table.id),
    index('billing_subscription_due_index')
      .on(table.tenantId, table.dueAt)
      .where(sql`${table.dueAt} is not null`),
    index('billing_subscription_due_tenant_index')
      .on(table.dueAt, table.tenantId)
      .where(sql`${table.dueAt} is not null`),
    index('billing_subscription_parked_index')
      .on(table.tenantId, table.id)
      .where(sql`${table.parkedAt} is not null`),
    check('billing_subscription_currency_check', sql`${table.currency} in (${listed(CURRENCIES)})`),
    check('billing_subscription_cycle_check', sql`${table.cycle} in (${listed(CYCLES)})`),
    check(
      'billing_subscription_status_check',
      sql`${table.status} in (${listed(BILLED_STATUSES)})`,
    ),
    check(
      'billing_subscription_counts_check',
      sql`${table.periodIndex} >= 0 and ${table.billCount} >= 0 and ${table.carried} >= 0`,
    ),
    check(
      'billing_subscription_due_check',
      sql`(${table.dueAt} is null) = (${table.nextBillingAt} is null)
        and (${table.parkedAt} is null) = (${table.parkedReason} is null)`,
    ),
  ],
)

/** What subscriptions cost from which day on. A trigger keeps it. */
export const billingSubscriptionRevision = gramkit.table(
  'billing_subscription_revision',
  {
    tenantId: uuid().notNull(),
    id: uuid().notNull(),
    subscriptionId: uuid().notNull(),
    number: integer().notNull(),
    kind: text({ enum: REVISION_KINDS }).notNull(),
    fromOn: day().notNull(),
    proration: text({ enum: ['time', 'none'] }).notNull(),
    planVersionId: uuid().notNull(),
    quantity: decimal().notNull(),
    prices: jsonb().notNull(),
    createdAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_subscription_revision_pkey', columns: [table.tenantId, table.id] }),
    foreignKey({
      name: 'billing_subscription_revision_subscription_fk',
      columns: [table.tenantId, table.subscriptionId],
      foreignColumns: [billingSubscription.tenantId, billingSubscription.id],
    }),
    foreignKey({
      name: 'billing_subscription_revision_version_fk',
      columns: [table.tenantId, table.planVersionId],
      foreignColumns: [billingPlanVersion.tenantId, billingPlanVersion.id],
    }),
    uniqueIndex('billing_subscription_revision_number_key').on(
      table.tenantId,
      table.subscriptionId,
      table.number,
    ),
    index('billing_subscription_revision_version_index').on(table.tenantId, table.planVersionId),
    check(
      'billing_subscription_revision_kind_check',
      sql`${table.kind} in (${listed(REVISION_KINDS)})`,
    ),
    check(
      'billing_subscription_revision_terms_check',
      sql`${table.number} > 0 and ${table.quantity} > 0 and ${table.proration} in ('time', 'none')`,
    ),
  ],
)
