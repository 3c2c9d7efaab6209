import { sql } from 'drizzle-orm'
import { index, integer, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../database/index.ts'

/** The first request with an idempotency key, and its answer once there is one. */
export const httpIdempotency = gramkit.table(
  'http_idempotency',
  {
    /** Who asked, and which route. */
    scope: text().notNull(),
    key: text().notNull(),
    /** SHA-256 of what was asked. */
    fingerprint: text().notNull(),
    /** Id of what the request makes, the same for every try. */
    operationId: uuid().notNull(),
    /** Who works on it until the lease ends; the machine's time, not the kit's clock. */
    runnerId: uuid().notNull(),
    leaseUntil: instant().notNull(),
    status: integer(),
    body: text(),
    createdAt: instant().notNull().default(sql`now()`),
  },
  (table) => [
    primaryKey({ columns: [table.scope, table.key] }),
    index('http_idempotency_created_at_index').on(table.createdAt),
  ],
)
