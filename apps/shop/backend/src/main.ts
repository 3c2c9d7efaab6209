/**
 * Runs the shop in the roles of `GRAMKIT_ROLES`, configured by the environment.
 *
 * @module
 */

import { loadConfig } from '@gramkit/core/config'
import { isAppError } from '@gramkit/core/kernel'
import { serveShop } from './serve.ts'

try {
  const { close, logger } = await serveShop(loadConfig())
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      logger.info({ signal }, 'stopping')
      close().then(() => process.exit(0))
    })
  }
} catch (error) {
  process.stderr.write(`${isAppError(error) ? error.message : String(error)}\n`)
  process.exitCode = 1
}
