import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  foreignKey,
  index,
  integer,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { CURRENCIES } from '../../../kernel/index.ts'
import { gramkit, instant } from '../../../platform/database/index.ts'
import { userAccount } from '../../users/user.table.ts'
import { billingTenant } from '../tenants/tenant.table.ts'

const currencies = sql.raw(CURRENCIES.map((currency) => `'${currency}'`).join(', '))

/** Who buys from a tenant. */
export const billingCustomer = gramkit.table(
  'billing_customer',
  {
    tenantId: uuid().notNull(),
    id: uuid().notNull(),
    code: text().notNull(),
    name: text().notNull(),
    email: text(),
    company: text(),
    address: text().array().notNull(),
    country: text(),
    region: text(),
    taxId: text(),
    taxExemption: text(),
    currency: text({ enum: CURRENCIES }).notNull(),
    timeZone: text().notNull(),
    paymentTermsDays: integer(),
    autoCharge: boolean().notNull(),
    userId: uuid().references(() => userAccount.id),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_customer_pkey', columns: [table.tenantId, table.id] }),
    foreignKey({
      name: 'billing_customer_tenant_fk',
      columns: [table.tenantId],
      foreignColumns: [billingTenant.id],
    }),
    uniqueIndex('billing_customer_code_key').on(table.tenantId, table.code),
    index('billing_customer_user_id_index')
      .on(table.userId, table.tenantId)
      .where(sql`${table.userId} is not null`),
    check('billing_customer_name_check', sql`char_length(${table.name}) between 1 and 200`),
    check('billing_customer_currency_check', sql`${table.currency} in (${currencies})`),
    check('billing_customer_terms_check', sql`${table.paymentTermsDays} between 0 and 365`),
  ],
)
