import { sql } from 'drizzle-orm'
import {
  check,
  date,
  foreignKey,
  index,
  jsonb,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { decimal, gramkit, instant } from '../../../platform/database/index.ts'
import { billingCustomer } from '../customers/customer.table.ts'
import { billingSubscription } from '../subscriptions/subscription.table.ts'

/** What customers used. Meters and customers are never deleted; one foreign key an event is enough. */
export const billingUsageEvent = gramkit.table(
  'billing_usage_event',
  {
    tenantId: uuid().notNull(),
    source: text().notNull(),
    eventId: text().notNull(),
    customerId: uuid().notNull(),
    meterId: uuid().notNull(),
    occurredAt: instant().notNull(),
    quantity: decimal(),
    value: text(),
    properties: jsonb().notNull(),
    createdAt: instant().notNull(),
  },
  (table) => [
    // What is told twice is counted once.
    primaryKey({
      name: 'billing_usage_event_pkey',
      columns: [table.tenantId, table.source, table.eventId],
    }),
    foreignKey({
      name: 'billing_usage_event_customer_fk',
      columns: [table.tenantId, table.customerId],
      foreignColumns: [billingCustomer.tenantId, billingCustomer.id],
    }),
    index('billing_usage_event_time_index').on(
      table.tenantId,
      table.customerId,
      table.meterId,
      table.occurredAt,
    ),
    check('billing_usage_event_quantity_check', sql`${table.quantity} >= 0`),
  ],
)

/**
 * What was billed of what a meter counted in a period of a subscription: the whole at first, and what
 * came late with a later boundary. All of them add up to what is counted.
 */
export const billingUsageReading = gramkit.table(
  'billing_usage_reading',
  {
    tenantId: uuid().notNull(),
    id: uuid().notNull(),
    subscriptionId: uuid().notNull(),
    customerId: uuid().notNull(),
    meterId: uuid().notNull(),
    startsAt: instant().notNull(),
    endsAt: instant().notNull(),
    /** The period that these days are of, all of it or a part. */
    periodStartOn: date({ mode: 'string' }).notNull(),
    periodEndOn: date({ mode: 'string' }).notNull(),
    /** The end of the days with which it was billed. */
    billedAt: instant().notNull(),
    quantity: decimal().notNull(),
    createdAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_usage_reading_pkey', columns: [table.tenantId, table.id] }),
    foreignKey({
      name: 'billing_usage_reading_customer_fk',
      columns: [table.tenantId, table.customerId],
      foreignColumns: [billingCustomer.tenantId, billingCustomer.id],
    }),
    foreignKey({
      name: 'billing_usage_reading_subscription_fk',
      columns: [table.tenantId, table.subscriptionId],
      foreignColumns: [billingSubscription.tenantId, billingSubscription.id],
    }),
    // A period is billed once with each boundary.
    uniqueIndex('billing_usage_reading_key').on(
      table.tenantId,
      table.subscriptionId,
      table.meterId,
      table.startsAt,
      table.endsAt,
      table.billedAt,
    ),
    index('billing_usage_reading_customer_index').on(
      table.tenantId,
      table.customerId,
      table.meterId,
      table.endsAt,
    ),
    check(
      'billing_usage_reading_period_check',
      sql`${table.startsAt} < ${table.endsAt} and ${table.endsAt} <= ${table.billedAt}
        and ${table.periodStartOn} < ${table.periodEndOn}`,
    ),
  ],
)
