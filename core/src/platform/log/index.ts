/**
 * Logs as JSON lines (pino) that secrets are kept out of in three ways: by field, by the shape of
 * errors, and by scrubbing the finished line.
 *
 * @module
 */
export type { Logger } from 'pino'
export { type DebugLog, debugLog } from './debug.ts'
export { createLogger, type LoggerOptions, serializeError } from './logger.ts'
