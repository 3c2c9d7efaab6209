import { type CoreServices, createPlatform, type Platform } from '@gramkit/core'

/**
 * Opens core on one connection, without gateways and products and without a limit of time: for
 * commands that read what is stored and ask nobody outside.
 */
export function openCore(databaseUrl: string): Promise<Platform<CoreServices>> {
  return createPlatform({ databaseUrl, poolSize: 1, statementTimeoutMs: 0 })
}
