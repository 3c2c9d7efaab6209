/**
 * PostgreSQL for repositories: executors, transactions with retries, row locks, migrations.
 *
 * @module
 */
export { announce } from './announcements.ts'
export { BATCH_MAX, BaseRepository, type IdTable, type LockOptions } from './base.repository.ts'
export { builtOnce, type ValueOf } from './built-once.ts'
export { databaseError, isRetryable, isUniqueViolation, LockUnavailable } from './errors.ts'
export { assertNoTransaction, type Database, type Executor, rows } from './executor.ts'
export {
  CORE_MIGRATIONS,
  MIGRATION_LOCK,
  type Migration,
  type MigrationSet,
  type MigrationState,
  migrate,
  readMigrationSet,
  readMigrationStates,
} from './migrate.ts'
export { type NodePostgresOptions, openNodePostgres } from './node-postgres.ts'
export { decimal, gramkit, instant, int8, listed } from './schema.ts'
export { enterTenant, TenantRepository, type TenantTable } from './tenant.repository.ts'
export type { ServicesHost, Transactional } from './transactional.ts'
