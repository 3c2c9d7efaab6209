import { bigint, pgSchema, timestamp } from 'drizzle-orm/pg-core'

/** PostgreSQL schema of all of core's tables; an app keeps its own beside it. */
export const gramkit = pgSchema('gramkit')

/** Column of an instant, to the millisecond. */
export const instant = () => timestamp({ withTimezone: true, precision: 3, mode: 'date' })

/** Column of a 64-bit integer that stays exact. */
export const int8 = () => bigint({ mode: 'bigint' })
