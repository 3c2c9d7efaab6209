import { index, text, uuid } from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../../../platform/database/index.ts'
import { userAccount } from '../user.table.ts'

/** A link to one's own data, which a browser opens without a login; its secret only as SHA-256. */
export const userExport = gramkit.table(
  'user_export',
  {
    tokenHash: text().primaryKey(),
    userId: uuid()
      .notNull()
      .references(() => userAccount.id),
    expiresAt: instant().notNull(),
  },
  (table) => [index('user_export_user_id_index').on(table.userId)],
)
