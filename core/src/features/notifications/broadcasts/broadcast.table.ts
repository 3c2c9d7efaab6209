import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, jsonb, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { gramkit, instant, listed } from '../../../platform/database/index.ts'
import { userAccount } from '../../users/user.table.ts'
import {
  BROADCAST_STATUSES,
  type BroadcastAudience,
  type BroadcastButtons,
  type BroadcastTexts,
  RECIPIENT_STATUSES,
} from './broadcast.ts'

/** Messages to many people. */
export const broadcast = gramkit.table(
  'broadcast',
  {
    id: uuid().primaryKey(),
    status: text({ enum: BROADCAST_STATUSES }).notNull(),
    texts: jsonb().$type<BroadcastTexts>().notNull(),
    buttons: jsonb().$type<BroadcastButtons>().notNull(),
    audience: jsonb().$type<BroadcastAudience>().notNull(),
    paidMessages: integer().notNull(),
    paidTaken: integer().notNull().default(0),
    createdAt: instant().notNull(),
    startedAt: instant(),
    endedAt: instant(),
  },
  (table) => [
    index('broadcast_running_index')
      .on(table.startedAt, table.id)
      .where(sql`${table.status} = 'running'`),
    index('broadcast_created_at_index').on(table.createdAt, table.id),
    check('broadcast_status_check', sql`${table.status} in (${listed(BROADCAST_STATUSES)})`),
    // What a broadcast may cost, whoever sends it.
    check('broadcast_paid_check', sql`${table.paidTaken} between 0 and ${table.paidMessages}`),
    check(
      'broadcast_ended_check',
      sql`(${table.status} in ('finished', 'canceled')) = (${table.endedAt} is not null)`,
    ),
  ],
)

/** Who belongs to a broadcast, as it was when it started, and what became of each. */
export const broadcastRecipient = gramkit.table(
  'broadcast_recipient',
  {
    broadcastId: uuid()
      .notNull()
      .references(() => broadcast.id),
    userId: uuid()
      .notNull()
      .references(() => userAccount.id),
    status: text({ enum: RECIPIENT_STATUSES }).notNull(),
    reason: text(),
    /** Not before: somebody's quiet hours end then. */
    dueAt: instant().notNull(),
    /** In the server's time: until then nobody but who took it knows what becomes of it. */
    claimedUntil: instant(),
    /** It may cost money. */
    isPaid: boolean().notNull().default(false),
    sentAt: instant(),
  },
  (table) => [
    // One message to each.
    primaryKey({ name: 'broadcast_recipient_pkey', columns: [table.broadcastId, table.userId] }),
    index('broadcast_recipient_pending_index')
      .on(table.broadcastId, table.dueAt, table.userId)
      .where(sql`${table.status} = 'pending'`),
    index('broadcast_recipient_sending_index')
      .on(table.claimedUntil)
      .where(sql`${table.status} = 'sending'`),
    index('broadcast_recipient_user_id_index').on(table.userId),
    check(
      'broadcast_recipient_status_check',
      sql`${table.status} in (${listed(RECIPIENT_STATUSES)})`,
    ),
    check(
      'broadcast_recipient_claim_check',
      sql`(${table.status} = 'sending') = (${table.claimedUntil} is not null)`,
    ),
  ],
)
