import { sql } from 'drizzle-orm'
import {
  check,
  foreignKey,
  integer,
  jsonb,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { CURRENCIES } from '../../../kernel/index.ts'
import { gramkit, instant, int8, listed } from '../../../platform/database/index.ts'
import { CYCLES } from '../periods/billing-period.ts'
import { billingTenant } from '../tenants/tenant.table.ts'

/** What a tenant sells. */
export const billingPlan = gramkit.table(
  'billing_plan',
  {
    tenantId: uuid().notNull(),
    id: uuid().notNull(),
    code: text().notNull(),
    name: text().notNull(),
    description: text().notNull(),
    archivedAt: instant(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_plan_pkey', columns: [table.tenantId, table.id] }),
    foreignKey({
      name: 'billing_plan_tenant_fk',
      columns: [table.tenantId],
      foreignColumns: [billingTenant.id],
    }),
    uniqueIndex('billing_plan_code_key').on(table.tenantId, table.code),
    check('billing_plan_name_check', sql`char_length(${table.name}) between 1 and 200`),
  ],
)

/** What a plan costs. A trigger keeps a published version as it is. */
export const billingPlanVersion = gramkit.table(
  'billing_plan_version',
  {
    tenantId: uuid().notNull(),
    id: uuid().notNull(),
    planId: uuid().notNull(),
    number: integer().notNull(),
    currency: text({ enum: CURRENCIES }).notNull(),
    cycle: text({ enum: CYCLES }).notNull(),
    trialDays: integer().notNull(),
    setupFee: int8().notNull(),
    /** As they were written: decimals are texts. */
    charges: jsonb().notNull(),
    publishedAt: instant(),
    createdAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_plan_version_pkey', columns: [table.tenantId, table.id] }),
    foreignKey({
      name: 'billing_plan_version_plan_fk',
      columns: [table.tenantId, table.planId],
      foreignColumns: [billingPlan.tenantId, billingPlan.id],
    }),
    uniqueIndex('billing_plan_version_number_key').on(table.tenantId, table.planId, table.number),
    // One draft at a time.
    uniqueIndex('billing_plan_version_draft_key')
      .on(table.tenantId, table.planId)
      .where(sql`${table.publishedAt} is null`),
    check('billing_plan_version_currency_check', sql`${table.currency} in (${listed(CURRENCIES)})`),
    check('billing_plan_version_cycle_check', sql`${table.cycle} in (${listed(CYCLES)})`),
    check(
      'billing_plan_version_terms_check',
      sql`${table.number} > 0 and ${table.trialDays} between 0 and 730 and ${table.setupFee} >= 0
        and jsonb_typeof(${table.charges}) = 'array'`,
    ),
  ],
)
