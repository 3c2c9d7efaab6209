import { sql } from 'drizzle-orm'
import {
  check,
  date,
  foreignKey,
  index,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { decimal, gramkit, instant, int8, listed } from '../../../platform/database/index.ts'
import { billingCustomer } from '../customers/customer.table.ts'
import { billingMeter } from './meter.table.ts'
import { QUOTA_CYCLES, QUOTA_KINDS, RESERVATION_STATUSES } from './quota.ts'

/** How much customers may use. */
export const billingQuota = gramkit.table(
  'billing_quota',
  {
    tenantId: uuid().notNull(),
    id: uuid().notNull(),
    customerId: uuid().notNull(),
    meterId: uuid().notNull(),
    quantity: decimal().notNull(),
    kind: text({ enum: QUOTA_KINDS }).notNull(),
    cycle: text({ enum: QUOTA_CYCLES }).notNull(),
    anchorOn: date({ mode: 'string' }).notNull(),
    /** End of the period in which it was told that nothing remains; null when it was not. */
    reachedUntil: instant(),
    /** How often usage of it was told. */
    uses: int8().notNull(),
    /** When it is looked at whether anything remains; null when it was since the last usage. */
    dueAt: instant(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_quota_pkey', columns: [table.tenantId, table.id] }),
    foreignKey({
      name: 'billing_quota_customer_fk',
      columns: [table.tenantId, table.customerId],
      foreignColumns: [billingCustomer.tenantId, billingCustomer.id],
    }),
    foreignKey({
      name: 'billing_quota_meter_fk',
      columns: [table.tenantId, table.meterId],
      foreignColumns: [billingMeter.tenantId, billingMeter.id],
    }),
    uniqueIndex('billing_quota_customer_key').on(table.tenantId, table.customerId, table.meterId),
    index('billing_quota_meter_index').on(table.tenantId, table.meterId),
    index('billing_quota_due_index').on(table.dueAt).where(sql`${table.dueAt} is not null`),
    check('billing_quota_quantity_check', sql`${table.quantity} >= 0`),
    check('billing_quota_kind_check', sql`${table.kind} in (${listed(QUOTA_KINDS)})`),
    check('billing_quota_cycle_check', sql`${table.cycle} in (${listed(QUOTA_CYCLES)})`),
  ],
)

/** What is reserved of quotas. */
export const billingReservation = gramkit.table(
  'billing_reservation',
  {
    tenantId: uuid().notNull(),
    id: uuid().notNull(),
    quotaId: uuid().notNull(),
    quantity: decimal().notNull(),
    status: text({ enum: RESERVATION_STATUSES }).notNull(),
    expiresAt: instant().notNull(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_reservation_pkey', columns: [table.tenantId, table.id] }),
    foreignKey({
      name: 'billing_reservation_quota_fk',
      columns: [table.tenantId, table.quotaId],
      foreignColumns: [billingQuota.tenantId, billingQuota.id],
    }),
    index('billing_reservation_quota_index').on(table.tenantId, table.quotaId, table.expiresAt),
    check('billing_reservation_quantity_check', sql`${table.quantity} > 0`),
    check(
      'billing_reservation_status_check',
      sql`${table.status} in (${listed(RESERVATION_STATUSES)})`,
    ),
  ],
)
