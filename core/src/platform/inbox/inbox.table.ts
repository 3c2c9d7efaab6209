import { sql } from 'drizzle-orm'
import { check, index, integer, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../database/index.ts'

/** A delivery from outside, stored once before anything is done about it. */
export const inboxDelivery = gramkit.table(
  'inbox_delivery',
  {
    id: uuid().primaryKey(),
    provider: text().notNull(),
    /** What the provider repeats when it delivers the same thing again. */
    key: text().notNull(),
    /** JSON as text: `jsonb` refuses U+0000, and one such message must not stop all others. */
    body: text().notNull(),
    /** Whose message it is, such as `telegram:42`; null when it names nobody, or is forgotten. */
    sender: text(),
    status: text({ enum: ['pending', 'done', 'parked'] })
      .notNull()
      .default('pending'),
    attempts: integer().notNull().default(0),
    nextAttemptAt: instant().notNull(),
    lastError: text(),
    receivedAt: instant().notNull(),
    finishedAt: instant(),
  },
  (table) => [
    uniqueIndex('inbox_delivery_provider_key_key').on(table.provider, table.key),
    index('inbox_delivery_pending_index')
      .on(table.nextAttemptAt)
      .where(sql`${table.status} = 'pending'`),
    index('inbox_delivery_done_index').on(table.finishedAt).where(sql`${table.status} = 'done'`),
    index('inbox_delivery_sender_index').on(table.sender).where(sql`${table.sender} is not null`),
    index('inbox_delivery_parked_index').on(table.id).where(sql`${table.status} = 'parked'`),
    check('inbox_delivery_status_check', sql`${table.status} in ('pending', 'done', 'parked')`),
  ],
)
