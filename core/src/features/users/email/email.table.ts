import { sql } from 'drizzle-orm'
import { check, index, smallint, text, uuid } from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../../../platform/database/index.ts'
import { userAccount } from '../user.table.ts'

/** An address that somebody has proved to be theirs; apart from the account, which all read. */
export const userEmail = gramkit.table(
  'user_email',
  {
    userId: uuid()
      .primaryKey()
      .references(() => userAccount.id),
    email: text().notNull().unique('user_email_email_key'),
    verifiedAt: instant().notNull(),
    /** SHA-256 of the network that logged in by it last. */
    loginNetwork: text(),
  },
  (table) => [check('user_email_email_check', sql`${table.email} = lower(${table.email})`)],
)

/** Codes on their way to an address, of whoever asked; the digits are not among the columns. */
export const userEmailCode = gramkit.table(
  'user_email_code',
  {
    id: uuid().primaryKey(),
    purpose: text({ enum: ['login', 'connect'] }).notNull(),
    email: text().notNull(),
    userId: uuid().references(() => userAccount.id),
    language: text({ enum: ['en', 'ru'] }).notNull(),
    attempts: smallint().notNull().default(0),
    expiresAt: instant().notNull(),
    usedAt: instant(),
    createdAt: instant().notNull(),
  },
  (table) => [
    index('user_email_code_expires_at_index').on(table.expiresAt),
    index('user_email_code_user_id_index').on(table.userId),
    check('user_email_code_purpose_check', sql`${table.purpose} in ('login', 'connect')`),
    check('user_email_code_language_check', sql`${table.language} in ('en', 'ru')`),
    check(
      'user_email_code_user_check',
      sql`(${table.purpose} = 'connect') = (${table.userId} is not null)`,
    ),
    check('user_email_code_attempts_check', sql`${table.attempts} between 0 and 5`),
  ],
)
