import { type SQL, sql } from 'drizzle-orm'
import { bigint, customType, pgSchema, timestamp } from 'drizzle-orm/pg-core'
import { DECIMAL_PLACES, type Decimal, decimalText, readDecimal } from '../../kernel/index.ts'

/** PostgreSQL schema of all of core's tables; an app keeps its own beside it. */
export const gramkit = pgSchema('gramkit')

/** Column of an instant, to the millisecond. */
export const instant = () => timestamp({ withTimezone: true, precision: 3, mode: 'date' })

/** Column of a 64-bit integer that stays exact. */
export const int8 = () => bigint({ mode: 'bigint' })

/** Column of an exact decimal of 12 places: quantities and rates. */
export const decimal = customType<{ data: Decimal; driverData: string }>({
  dataType: () => `numeric(38, ${DECIMAL_PLACES})`,
  fromDriver: (text) => readDecimal(text),
  toDriver: decimalText,
})

/** The words that a column may hold, for its check: constants of the code only, as they are not escaped. */
export function listed(words: readonly string[]): SQL {
  return sql.raw(words.map((word) => `'${word}'`).join(', '))
}
