import { sql } from 'drizzle-orm'
import { bigserial, index, integer, jsonb, text, uuid } from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../database/index.ts'

/** A fact that was written together with the change it tells of. */
export const outboxEvent = gramkit.table(
  'outbox_event',
  {
    id: uuid().primaryKey(),
    /** Order of writing; transactions commit late, so it is never used as a watermark. */
    seq: bigserial({ mode: 'bigint' }).notNull(),
    name: text().notNull(),
    version: integer().notNull(),
    occurredAt: instant().notNull(),
    subjectId: text().notNull(),
    userId: uuid(),
    payload: jsonb().notNull(),
    /** When the relay turned it into one job for each consumer. */
    publishedAt: instant(),
  },
  (table) => [
    index('outbox_event_unpublished_index').on(table.seq).where(sql`${table.publishedAt} is null`),
    index('outbox_event_published_index')
      .on(table.publishedAt)
      .where(sql`${table.publishedAt} is not null`),
    index('outbox_event_user_id_index').on(table.userId).where(sql`${table.userId} is not null`),
  ],
)
