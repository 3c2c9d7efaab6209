import { sql } from 'drizzle-orm'
import { check, date, foreignKey, primaryKey, text, unique, uuid } from 'drizzle-orm/pg-core'
import { decimal, gramkit, instant } from '../../../platform/database/index.ts'
import { billingTenant } from '../tenants/tenant.table.ts'

/** What tenants add to prices, by place, category and day. */
export const billingTaxRate = gramkit.table(
  'billing_tax_rate',
  {
    tenantId: uuid().notNull(),
    id: uuid().notNull(),
    country: text().notNull(),
    region: text(),
    category: text().notNull(),
    name: text().notNull(),
    rate: decimal(),
    fromOn: date({ mode: 'string' }).notNull(),
    createdAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_tax_rate_pkey', columns: [table.tenantId, table.id] }),
    foreignKey({
      name: 'billing_tax_rate_tenant_fk',
      columns: [table.tenantId],
      foreignColumns: [billingTenant.id],
    }),
    // A rate holds until the next begins, so two overlap only where both begin on one day.
    unique('billing_tax_rate_place_key')
      .on(table.tenantId, table.country, table.region, table.category, table.fromOn)
      .nullsNotDistinct(),
    check('billing_tax_rate_rate_check', sql`${table.rate} between 0 and 100`),
  ],
)
