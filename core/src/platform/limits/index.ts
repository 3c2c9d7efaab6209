/**
 * Limits that hold across processes: how often somebody may try something.
 *
 * @module
 */
export { forgetOldLimits } from './forget-old.ts'
export { admit, type Limiter, type Rate, type Taken } from './limiter.ts'
export { LimitsUnavailable, TooManyTries } from './limits.errors.ts'
export { openPostgresLimiter, type PostgresLimiterOptions } from './postgres-limiter.ts'
export { rateLimit } from './rate-limit.table.ts'
