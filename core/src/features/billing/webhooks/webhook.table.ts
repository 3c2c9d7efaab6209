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
import { gramkit, instant, listed } from '../../../platform/database/index.ts'
import { billingTenant } from '../tenants/tenant.table.ts'
import { ATTEMPT_PROBLEMS, DELIVERY_STATES, DISABLED_REASONS } from './webhook-endpoint.ts'

/** Where tenants hear of what becomes true. Secrets are kept as they are, as they sign. */
export const billingWebhookEndpoint = gramkit.table(
  'billing_webhook_endpoint',
  {
    tenantId: uuid().notNull(),
    id: uuid().notNull(),
    name: text().notNull(),
    url: text().notNull(),
    events: text().array(),
    secret: text().notNull(),
    /** Signs beside the other until it ends. */
    formerSecret: text(),
    formerSecretUntil: instant(),
    isEnabled: boolean().notNull(),
    disabledReason: text({ enum: DISABLED_REASONS }),
    failingSince: instant(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_webhook_endpoint_pkey', columns: [table.tenantId, table.id] }),
    foreignKey({
      name: 'billing_webhook_endpoint_tenant_fk',
      columns: [table.tenantId],
      foreignColumns: [billingTenant.id],
    }),
    check(
      'billing_webhook_endpoint_url_check',
      sql`${table.url} ~ '^https?://' and char_length(${table.url}) <= 2000`,
    ),
    check(
      'billing_webhook_endpoint_disabled_check',
      sql`${table.isEnabled} = (${table.disabledReason} is null) and (${table.disabledReason} is null
        or ${table.disabledReason} in (${listed(DISABLED_REASONS)}))`,
    ),
  ],
)

/** What is on its way to endpoints, or was. */
export const billingWebhookDelivery = gramkit.table(
  'billing_webhook_delivery',
  {
    tenantId: uuid().notNull(),
    id: uuid().notNull(),
    endpointId: uuid().notNull(),
    eventId: uuid().notNull(),
    event: text().notNull(),
    body: text().notNull(),
    state: text({ enum: DELIVERY_STATES }).notNull(),
    attempts: integer().notNull(),
    attemptsMax: integer().notNull(),
    dueAt: instant(),
    deliveredAt: instant(),
    createdAt: instant().notNull(),
    updatedAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_webhook_delivery_pkey', columns: [table.tenantId, table.id] }),
    foreignKey({
      name: 'billing_webhook_delivery_endpoint_fk',
      columns: [table.tenantId, table.endpointId],
      foreignColumns: [billingWebhookEndpoint.tenantId, billingWebhookEndpoint.id],
    }).onDelete('cascade'),
    uniqueIndex('billing_webhook_delivery_event_key').on(
      table.tenantId,
      table.endpointId,
      table.eventId,
    ),
    // What is due of an endpoint, and of which tenants something is due.
    index('billing_webhook_delivery_due_index')
      .on(table.tenantId, table.endpointId, table.dueAt)
      .where(sql`${table.state} = 'pending'`),
    index('billing_webhook_delivery_next_index')
      .on(table.dueAt)
      .where(sql`${table.state} = 'pending'`),
    index('billing_webhook_delivery_over_index')
      .on(table.updatedAt)
      .where(sql`${table.state} <> 'pending'`),
    check(
      'billing_webhook_delivery_state_check',
      sql`${table.state} in (${listed(DELIVERY_STATES)})
        and (${table.state} = 'pending') = (${table.dueAt} is not null)
        and (${table.state} = 'delivered') = (${table.deliveredAt} is not null)`,
    ),
    check(
      'billing_webhook_delivery_attempts_check',
      sql`${table.attempts} between 0 and ${table.attemptsMax}`,
    ),
  ],
)

/** Each try of a delivery. */
export const billingWebhookAttempt = gramkit.table(
  'billing_webhook_attempt',
  {
    tenantId: uuid().notNull(),
    deliveryId: uuid().notNull(),
    number: integer().notNull(),
    at: instant().notNull(),
    status: integer(),
    problem: text({ enum: ATTEMPT_PROBLEMS }),
  },
  (table) => [
    primaryKey({
      name: 'billing_webhook_attempt_pkey',
      columns: [table.tenantId, table.deliveryId, table.number],
    }),
    foreignKey({
      name: 'billing_webhook_attempt_delivery_fk',
      columns: [table.tenantId, table.deliveryId],
      foreignColumns: [billingWebhookDelivery.tenantId, billingWebhookDelivery.id],
    }).onDelete('cascade'),
    check(
      'billing_webhook_attempt_outcome_check',
      sql`(${table.status} is null) <> (${table.problem} is null) and (${table.problem} is null
        or ${table.problem} in (${listed(ATTEMPT_PROBLEMS)}))`,
    ),
  ],
)
