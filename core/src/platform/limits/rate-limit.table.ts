import { index, text, timestamp } from 'drizzle-orm/pg-core'
import { gramkit } from '../database/index.ts'

/** To the microsecond, and in the database's own time: all processes count by one clock. */
const moment = () => timestamp({ withTimezone: true, precision: 6, mode: 'date' })

/** How far each limited subject has used up its tries; a row of the past limits nobody. */
export const rateLimit = gramkit.table(
  'rate_limit',
  {
    /** SHA-256 of name and subject, so that no address is stored. */
    key: text().primaryKey(),
    /** When all tries are free again. */
    freeAt: moment().notNull(),
    pausedUntil: moment(),
  },
  (table) => [index('rate_limit_free_at_index').on(table.freeAt)],
)
