/**
 * Pure building blocks without I/O: money, exact numbers, ids, clocks, calendar periods, pages, lines
 * of CSV, typed errors.
 *
 * @module
 */
export { allocate } from './allocation.ts'
export { AssertionFailed, assert, unreachable } from './assert.ts'
export { type Clock, systemClock, VirtualClock } from './clock.ts'
export { type CsvCell, csvLine } from './csv.ts'
export {
  DECIMAL_PLACES,
  type Decimal,
  decimalOf,
  decimalText,
  productText,
  readDecimal,
  ZERO,
} from './decimal.ts'
export { readEmail } from './email-address.ts'
export {
  AppError,
  type ErrorDetails,
  type ErrorKind,
  InvalidValue,
  isAppError,
  NotFound,
} from './errors.ts'
export {
  type Fraction,
  fraction,
  fractionOf,
  multiply,
  ROUNDINGS,
  type Rounding,
  roundFraction,
  roundToDecimal,
  roundToMinor,
  sumFractions,
} from './fraction.ts'
export { deriveId, idSchema, newId } from './id.ts'
export { addMs, addPeriod, DAY_MS, type Period } from './interval.ts'
export { LANGUAGES, type Language, languageOf, type Reader } from './language.ts'
export {
  addDays,
  isTimeZone,
  type LocalTime,
  localDay,
  localTime,
  STREAK_DAY_START_HOUR,
} from './local-day.ts'
export {
  CURRENCIES,
  type Currency,
  currencyScale,
  formatDecimal,
  isCurrency,
  isSameMoney,
  type Money,
  parseDecimal,
} from './money.ts'
export {
  decodeCursor,
  encodeCursor,
  PAGE_LIMIT_MAX,
  type Page,
  type PageRequest,
  pageLimit,
  toPage,
} from './page.ts'
export { hashSecret } from './secret.ts'
export { UNIT_AMOUNT_MAX, UNIT_NAME } from './unit.ts'
