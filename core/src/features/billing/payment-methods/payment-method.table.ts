import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  foreignKey,
  index,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../../../platform/database/index.ts'
import { billingCustomer } from '../customers/customer.table.ts'

/** Ways to pay that gateways keep for customers. */
export const billingPaymentMethod = gramkit.table(
  'billing_payment_method',
  {
    tenantId: uuid().notNull(),
    id: uuid().notNull(),
    customerId: uuid().notNull(),
    gateway: text().notNull(),
    savedMethodId: text().notNull(),
    label: text().notNull(),
    isDefault: boolean().notNull(),
    removedAt: instant(),
    createdAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_payment_method_pkey', columns: [table.tenantId, table.id] }),
    foreignKey({
      name: 'billing_payment_method_customer_fk',
      columns: [table.tenantId, table.customerId],
      foreignColumns: [billingCustomer.tenantId, billingCustomer.id],
    }),
    index('billing_payment_method_customer_index').on(table.tenantId, table.customerId),
    uniqueIndex('billing_payment_method_saved_key')
      .on(table.tenantId, table.customerId, table.gateway, table.savedMethodId)
      .where(sql`${table.removedAt} is null`),
    // One is charged when an invoice is due.
    uniqueIndex('billing_payment_method_default_key')
      .on(table.tenantId, table.customerId)
      .where(sql`${table.isDefault}`),
    check(
      'billing_payment_method_removed_check',
      sql`not (${table.isDefault} and ${table.removedAt} is not null)`,
    ),
  ],
)
