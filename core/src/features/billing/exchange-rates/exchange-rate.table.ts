import { sql } from 'drizzle-orm'
import {
  check,
  date,
  foreignKey,
  integer,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { CURRENCIES } from '../../../kernel/index.ts'
import { decimal, gramkit, instant } from '../../../platform/database/index.ts'
import { billingTenant } from '../tenants/tenant.table.ts'

const currencies = sql.raw(CURRENCIES.map((currency) => `'${currency}'`).join(', '))

/** What currencies were worth in others, as tenants were told; rows are added alone. */
export const billingExchangeRate = gramkit.table(
  'billing_exchange_rate',
  {
    tenantId: uuid().notNull(),
    id: uuid().notNull(),
    from: text('from_currency', { enum: CURRENCIES }).notNull(),
    to: text('to_currency', { enum: CURRENCIES }).notNull(),
    rate: decimal().notNull(),
    quotedOn: date({ mode: 'string' }).notNull(),
    version: integer().notNull(),
    source: text().notNull(),
    actor: text().notNull(),
    reason: text(),
    createdAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_exchange_rate_pkey', columns: [table.tenantId, table.id] }),
    foreignKey({
      name: 'billing_exchange_rate_tenant_fk',
      columns: [table.tenantId],
      foreignColumns: [billingTenant.id],
    }),
    uniqueIndex('billing_exchange_rate_version_key').on(
      table.tenantId,
      table.from,
      table.to,
      table.quotedOn,
      table.version,
    ),
    check(
      'billing_exchange_rate_currency_check',
      sql`${table.from} in (${currencies}) and ${table.to} in (${currencies}) and ${table.from} <> ${table.to}`,
    ),
    check('billing_exchange_rate_rate_check', sql`${table.rate} between 0.000001 and 1000000`),
    check(
      'billing_exchange_rate_version_check',
      sql`${table.version} = 1 or (${table.version} > 1 and ${table.reason} is not null)`,
    ),
  ],
)
