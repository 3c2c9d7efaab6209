/**
 * What the naive sides share: a schema of their own with tables like the kit's, by drizzle alone.
 *
 * @module
 */
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import { integer, jsonb, pgSchema, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import type pg from 'pg'

/** The schema of the naive sides. */
export const naive = pgSchema('naive')

/** A column that holds an instant. */
export const instant = () => timestamp({ withTimezone: true, precision: 3 })

/** What happened, as the kit's outbox holds it. */
export const outboxEvent = naive.table('outbox_event', {
  id: uuid().primaryKey(),
  name: text().notNull(),
  version: integer().notNull(),
  occurredAt: instant().notNull(),
  subjectId: text().notNull(),
  userId: uuid(),
  payload: jsonb().notNull(),
})

/** A transaction of drizzle. */
export type Transaction = Parameters<Parameters<NodePgDatabase['transaction']>[0]>[0]

/** Makes tables with the same columns, indexes and checks as the kit's, then runs `more`. */
export async function copyTables(
  admin: pg.Pool,
  names: readonly string[],
  more: string,
): Promise<void> {
  const likes = names.map(
    (name) => `create table naive.${name} (like gramkit.${name} including all);`,
  )
  await admin.query(`
    create schema naive;
    ${likes.join('\n')}
    ${more}
    grant usage on schema naive to gramkit_app;
    grant all on all tables in schema naive to gramkit_app;
    grant usage on all sequences in schema naive to gramkit_app;
    analyze`)
}
