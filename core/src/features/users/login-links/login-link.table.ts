import { sql } from 'drizzle-orm'
import { check, index, smallint, text, uuid } from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../../../platform/database/index.ts'
import { userSession } from '../sessions/session.table.ts'
import { userAccount } from '../user.table.ts'

/** A question whether a person at Telegram sits before a browser; gone soon after it expires. */
export const userLoginLink = gramkit.table(
  'user_login_link',
  {
    id: uuid().primaryKey(),
    purpose: text({ enum: ['login', 'connect'] }).notNull(),
    /** SHA-256 of what the link carries: whoever has it may answer, and gets no login by it. */
    tokenHash: text().notNull().unique('user_login_link_token_hash_key'),
    /** SHA-256 of what the browser alone knows: whoever has it gets the login. */
    pollHash: text().notNull().unique('user_login_link_poll_hash_key'),
    userId: uuid().references(() => userAccount.id),
    /** The login that asks to be connected; the link ends with it. */
    sessionId: uuid().references(() => userSession.id, { onDelete: 'cascade' }),
    matchNumber: smallint().notNull(),
    browser: text(),
    status: text({ enum: ['pending', 'confirmed', 'declined', 'consumed'] }).notNull(),
    confirmedBy: uuid().references(() => userAccount.id),
    expiresAt: instant().notNull(),
    createdAt: instant().notNull(),
  },
  (table) => [
    index('user_login_link_expires_at_index').on(table.expiresAt),
    index('user_login_link_session_id_index').on(table.sessionId),
    check('user_login_link_purpose_check', sql`${table.purpose} in ('login', 'connect')`),
    check(
      'user_login_link_user_check',
      sql`(${table.purpose} = 'connect') = (${table.userId} is not null)`,
    ),
    check(
      'user_login_link_session_check',
      sql`(${table.userId} is null) = (${table.sessionId} is null)`,
    ),
    check(
      'user_login_link_status_check',
      sql`${table.status} in ('pending', 'confirmed', 'declined', 'consumed')`,
    ),
    check(
      'user_login_link_confirmed_check',
      sql`(${table.status} in ('confirmed', 'consumed')) = (${table.confirmedBy} is not null)`,
    ),
  ],
)
