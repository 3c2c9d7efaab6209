import { sql } from 'drizzle-orm'
import {
  bigserial,
  check,
  index,
  integer,
  jsonb,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../database/index.ts'

/**
 * A piece of work and its whole truth: the queue carries only its id.
 *
 * `run_at`, `created_at` and `finished_at` are instants of the kit's clock, which development may
 * move; `handed_at` and `lease_until` are the database's own time, which nobody moves.
 */
export const job = gramkit.table(
  'job',
  {
    id: uuid().primaryKey(),
    seq: bigserial({ mode: 'bigint' }).notNull(),
    name: text().notNull(),
    payload: jsonb().notNull(),
    status: text({ enum: ['pending', 'done', 'dead'] })
      .notNull()
      .default('pending'),
    runAt: instant().notNull(),
    attempts: integer().notNull().default(0),
    attemptsMax: integer().notNull(),
    lastError: text(),
    /** Pending rows of one key run one after the other, in `seq` order. */
    orderKey: text(),
    /** A second row of the same name and key is not written. */
    dedupeKey: text(),
    handedAt: timestamp({ withTimezone: true }),
    /** Times it was handed over since the last attempt; more than one means nobody came. */
    handovers: integer().notNull().default(0),
    leaseUntil: timestamp({ withTimezone: true }),
    finishedAt: instant(),
  },
  (table) => [
    // The key first, as the jobs that deliver an event are found by it.
    uniqueIndex('job_dedupe_key').on(table.dedupeKey, table.name),
    index('job_pending_index').on(table.runAt, table.seq).where(sql`${table.status} = 'pending'`),
    index('job_handed_index')
      .on(table.handedAt)
      .where(sql`${table.status} = 'pending' and ${table.handedAt} is not null`),
    index('job_order_index')
      .on(table.orderKey, table.seq)
      .where(sql`${table.status} = 'pending' and ${table.orderKey} is not null`),
    index('job_done_index').on(table.finishedAt).where(sql`${table.status} = 'done'`),
    index('job_dead_index').on(table.id).where(sql`${table.status} = 'dead'`),
    check('job_status_check', sql`${table.status} in ('pending', 'done', 'dead')`),
  ],
)

/** Which process currently does a chore that only one should do, by the database's time. */
export const jobLeader = gramkit.table('job_leader', {
  chore: text().primaryKey(),
  holderId: uuid().notNull(),
  expiresAt: timestamp({ withTimezone: true }).notNull(),
})
