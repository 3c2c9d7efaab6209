import { sql } from 'drizzle-orm'
import { bigint, check, text } from 'drizzle-orm/pg-core'
import { gramkit } from '../database/index.ts'

/** The number of the last event that goes out, without gaps. */
export const webhookSequence = gramkit.table(
  'webhook_sequence',
  {
    stream: text().primaryKey(),
    last: bigint({ mode: 'number' }).notNull(),
  },
  (table) => [check('webhook_sequence_last_check', sql`${table.last} > 0`)],
)
