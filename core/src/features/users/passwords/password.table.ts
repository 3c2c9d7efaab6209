import { text, uuid } from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../../../platform/database/index.ts'
import { userAccount } from '../user.table.ts'

/** Passwords, as argon2id made them; apart from the account, which all read. */
export const userPassword = gramkit.table('user_password', {
  userId: uuid()
    .primaryKey()
    .references(() => userAccount.id),
  hash: text().notNull(),
  changedAt: instant().notNull(),
})
