/**
 * Migrates the database of `GRAMKIT_OWNER_DATABASE_URL`; run it before a new version starts.
 *
 * @module
 */

import { loadConfig } from '@gramkit/core/config'
import { isAppError } from '@gramkit/core/kernel'
import { migrateShop } from './migrations.ts'

try {
  const { database } = loadConfig()
  if (database.ownerUrl) {
    await migrateShop(database.ownerUrl)
    process.stdout.write('The database is up to date.\n')
  } else {
    process.stderr.write(
      'GRAMKIT_OWNER_DATABASE_URL is missing; it should be the address of the role that owns the schema.\n',
    )
    process.exitCode = 1
  }
} catch (error) {
  process.stderr.write(`${isAppError(error) ? error.message : String(error)}\n`)
  process.exitCode = 1
}
