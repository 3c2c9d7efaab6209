import { sql } from 'drizzle-orm'
import { check, index, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../../../platform/database/index.ts'
import { userAccount } from '../user.table.ts'

/** A login: an opaque token, known here only by its hash. */
export const userSession = gramkit.table(
  'user_session',
  {
    id: uuid().primaryKey(),
    userId: uuid()
      .notNull()
      .references(() => userAccount.id),
    tokenHash: text().notNull(),
    /** Where the login came from; decides which gateways may take the money for digital goods. */
    surface: text({ enum: ['telegram', 'web'] }).notNull(),
    /** Roughly what it was opened with, so that its owner knows it again. */
    label: text(),
    createdAt: instant().notNull(),
    lastSeenAt: instant().notNull(),
    expiresAt: instant().notNull(),
  },
  (table) => [
    uniqueIndex('user_session_token_hash_key').on(table.tokenHash),
    index('user_session_user_id_index').on(table.userId),
    check('user_session_surface_check', sql`${table.surface} in ('telegram', 'web')`),
  ],
)
