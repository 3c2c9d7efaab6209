import { sql } from 'drizzle-orm'
import { check, foreignKey, index, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { gramkit, instant, int8 } from '../../../platform/database/index.ts'
import { billingTenant } from '../tenants/tenant.table.ts'
import { RUN_STATES } from './run.ts'

const states = sql.raw(RUN_STATES.map((state) => `'${state}'`).join(', '))

/** Billing runs. Two at once would share their work, so a tenant has one open run. */
export const billingRun = gramkit.table(
  'billing_run',
  {
    tenantId: uuid().notNull(),
    id: uuid().notNull(),
    state: text({ enum: RUN_STATES }).notNull(),
    asOf: instant().notNull(),
    approvalThreshold: int8(),
    startedBy: text().notNull(),
    decidedBy: text(),
    decidedAt: instant(),
    completedAt: instant(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_run_pkey', columns: [table.tenantId, table.id] }),
    foreignKey({
      name: 'billing_run_tenant_fk',
      columns: [table.tenantId],
      foreignColumns: [billingTenant.id],
    }),
    uniqueIndex('billing_run_open_key')
      .on(table.tenantId)
      .where(sql`${table.state} in ('waiting', 'billing', 'finalizing')`),
    index('billing_run_open_index')
      .on(table.state, table.tenantId)
      .where(sql`${table.state} in ('billing', 'finalizing')`),
    check('billing_run_state_check', sql`${table.state} in (${states})`),
    check(
      'billing_run_completed_check',
      sql`(${table.completedAt} is null) = (${table.state} <> 'completed')
        and (${table.decidedAt} is null) = (${table.decidedBy} is null)`,
    ),
  ],
)
