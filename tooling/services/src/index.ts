/**
 * PostgreSQL, Redis and Chromium for development and tests.
 *
 * `startPostgres` runs a real PostgreSQL that npm brought, `startRedis` the redis-server on PATH;
 * both listen on 127.0.0.1 only and end with the process that started them, however it ends.
 * Tests take databases from `@gramkit/services/testing`.
 *
 * @module
 */

// Errors
export {
  DataFolderInUse,
  DataFolderUnusable,
  DataFolderVersionMismatch,
  PostgresDidNotStart,
  ProgramNotFound,
  ServiceError,
} from './errors.ts'
// The machine
export { freePort } from './port.ts'
export type { PostgresVersion } from './postgres/binaries.ts'
// PostgreSQL
export {
  type PostgresCluster,
  type StartPostgresOptions,
  startPostgres,
} from './postgres/cluster.ts'
export { createOwnedDatabase, ensureRoles, ROLES } from './postgres/roles.ts'
export { findChromium, findProgram, findRedis } from './programs.ts'
// Redis
export { type RedisServer, type StartRedisOptions, startRedis } from './redis/redis.ts'
