import { index, text } from 'drizzle-orm/pg-core'
import { gramkit, instant } from '../../../platform/database/index.ts'

/** Init data that opened a login already: it opens no other, except for the device that sent it. */
export const userOpenedInitData = gramkit.table(
  'user_opened_init_data',
  {
    /** SHA-256 of what Telegram signed. */
    fingerprint: text().primaryKey(),
    /** SHA-256 of this and the key of the device that sent it; null when it sent none. */
    repeatHash: text(),
    /** When the init data is too old to open a login anyway. */
    expiresAt: instant().notNull(),
  },
  (table) => [index('user_opened_init_data_expires_at_index').on(table.expiresAt)],
)
