import { sql } from 'drizzle-orm'
import { boolean, check, integer, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { CURRENCIES, LANGUAGES, ROUNDINGS } from '../../../kernel/index.ts'
import { gramkit, instant, int8, listed } from '../../../platform/database/index.ts'

/** Who sells by the kit. */
export const billingTenant = gramkit.table(
  'billing_tenant',
  {
    id: uuid('tenant_id').primaryKey(),
    code: text().notNull(),
    name: text().notNull(),
    company: text(),
    address: text().array().notNull(),
    country: text(),
    region: text(),
    taxId: text(),
    currency: text({ enum: CURRENCIES }).notNull(),
    timeZone: text().notNull(),
    language: text({ enum: LANGUAGES }).notNull(),
    invoiceSeries: text().notNull(),
    creditNoteSeries: text().notNull(),
    paymentTermsDays: integer().notNull(),
    graceDays: integer().notNull(),
    approvalThreshold: int8(),
    pricesIncludeTax: boolean().notNull(),
    taxCategory: text().notNull(),
    taxRounding: text({ enum: ROUNDINGS }).notNull(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    uniqueIndex('billing_tenant_code_key').on(table.code),
    check('billing_tenant_name_check', sql`char_length(${table.name}) between 1 and 200`),
    check('billing_tenant_currency_check', sql`${table.currency} in (${listed(CURRENCIES)})`),
    check('billing_tenant_language_check', sql`${table.language} in (${listed(LANGUAGES)})`),
    check('billing_tenant_rounding_check', sql`${table.taxRounding} in (${listed(ROUNDINGS)})`),
    check('billing_tenant_threshold_check', sql`${table.approvalThreshold} >= 0`),
    check(
      'billing_tenant_days_check',
      sql`${table.paymentTermsDays} between 0 and 365 and ${table.graceDays} between 0 and 365`,
    ),
  ],
)
