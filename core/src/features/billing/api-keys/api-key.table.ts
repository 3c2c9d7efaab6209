import { sql } from 'drizzle-orm'
import { check, date, foreignKey, index, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../../../platform/database/index.ts'
import { billingTenant } from '../tenants/tenant.table.ts'
import { API_SCOPES, type ApiScope } from './api-key.ts'

const scopes = sql.raw(API_SCOPES.map((scope) => `'${scope}'`).join(', '))

/** How programs show that they may act for a tenant; of a key only its hash is kept. */
export const billingApiKey = gramkit.table(
  'billing_api_key',
  {
    tenantId: uuid().notNull(),
    id: uuid().notNull(),
    name: text().notNull(),
    hash: text().notNull(),
    ending: text().notNull(),
    scopes: text().array().$type<ApiScope[]>().notNull(),
    expiresAt: instant(),
    revokedAt: instant(),
    lastUsedOn: date({ mode: 'string' }),
    createdAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'billing_api_key_pkey', columns: [table.tenantId, table.id] }),
    foreignKey({
      name: 'billing_api_key_tenant_fk',
      columns: [table.tenantId],
      foreignColumns: [billingTenant.id],
    }),
    // Whose a key is, is asked before any tenant is entered.
    index('billing_api_key_hash_index').on(table.hash),
    check('billing_api_key_hash_check', sql`${table.hash} ~ '^[0-9a-f]{64}$'`),
    check(
      'billing_api_key_scopes_check',
      sql`${table.scopes} <@ array[${scopes}] and cardinality(${table.scopes}) > 0`,
    ),
  ],
)
