import { sql } from 'drizzle-orm'
import {
  check,
  foreignKey,
  integer,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { gramkit, instant, listed } from '../../../platform/database/index.ts'
import { billingTenant } from '../tenants/tenant.table.ts'
import { AGGREGATIONS, LATE_POLICIES } from './meter.ts'

/** How usage is counted. */
export const billingMeter = gramkit.table(
  'billing_meter',
  {
    tenantId: uuid().notNull(),
    id: uuid().notNull(),
    code: text().notNull(),
    name: text().notNull(),
    unit: text().notNull(),
    aggregation: text({ enum: AGGREGATIONS }).notNull(),
    valueProperty: text(),
    late: text({ enum: LATE_POLICIES }).notNull(),
    acceptedDays: integer().notNull(),
    createdAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_meter_pkey', columns: [table.tenantId, table.id] }),
    foreignKey({
      name: 'billing_meter_tenant_fk',
      columns: [table.tenantId],
      foreignColumns: [billingTenant.id],
    }),
    uniqueIndex('billing_meter_code_key').on(table.tenantId, table.code),
    check(
      'billing_meter_aggregation_check',
      sql`${table.aggregation} in (${listed(AGGREGATIONS)})`,
    ),
    check('billing_meter_late_check', sql`${table.late} in (${listed(LATE_POLICIES)})`),
    check('billing_meter_days_check', sql`${table.acceptedDays} between 1 and 400`),
    check(
      'billing_meter_value_check',
      sql`(${table.valueProperty} is null) = (${table.aggregation} = 'count')`,
    ),
  ],
)
