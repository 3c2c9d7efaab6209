import { sql } from 'drizzle-orm'
import { check, index, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../../platform/database/index.ts'
import { userAccount } from '../users/index.ts'
import { FRIENDSHIP_STATUSES } from './friendship.ts'

const statuses = sql.raw(FRIENDSHIP_STATUSES.map((status) => `'${status}'`).join(', '))

/** Two people who are friends, or of whom one wants to be. */
export const friendship = gramkit.table(
  'friendship',
  {
    lowId: uuid()
      .notNull()
      .references(() => userAccount.id),
    highId: uuid()
      .notNull()
      .references(() => userAccount.id),
    status: text({ enum: FRIENDSHIP_STATUSES }).notNull(),
    requestedBy: uuid().notNull(),
    createdAt: instant().notNull(),
    acceptedAt: instant(),
  },
  (table) => [
    primaryKey({ name: 'friendship_key', columns: [table.lowId, table.highId] }),
    index('friendship_high_id_index').on(table.highId),
    check('friendship_status_check', sql`${table.status} in (${statuses})`),
    // One row for two people whoever asked, and none for one person.
    check('friendship_pair_check', sql`${table.lowId} < ${table.highId}`),
    check(
      'friendship_requested_by_check',
      sql`${table.requestedBy} in (${table.lowId}, ${table.highId})`,
    ),
    check(
      'friendship_accepted_at_check',
      sql`(${table.acceptedAt} is not null) = (${table.status} = 'accepted')`,
    ),
  ],
)

/** Who does not want to hear of whom. */
export const friendshipBlock = gramkit.table(
  'friendship_block',
  {
    blockerId: uuid()
      .notNull()
      .references(() => userAccount.id),
    blockedId: uuid()
      .notNull()
      .references(() => userAccount.id),
    createdAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'friendship_block_key', columns: [table.blockerId, table.blockedId] }),
    index('friendship_block_blocked_id_index').on(table.blockedId),
    check('friendship_block_pair_check', sql`${table.blockerId} <> ${table.blockedId}`),
  ],
)
