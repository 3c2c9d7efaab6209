import { type TestDatabase, testDatabase } from '@gramkit/services/testing'
import { type CommonOptions, createPlatform, type Platform } from '../platform.ts'
import type { CoreServices } from '../services.ts'

/** A platform of one test file, on a database that nobody else has. */
export interface TestPlatform {
  readonly database: TestDatabase
  readonly platform: Platform<CoreServices>
  readonly services: CoreServices
  /** Closes the platform and drops its database. */
  readonly close: () => Promise<void>
}

/**
 * Makes a platform for a test file.
 *
 * @example
 * const { services, close } = await testPlatform({ poolSize: 16 })
 * afterAll(close)
 */
export async function testPlatform(
  options: Omit<CommonOptions<CoreServices>, 'databaseUrl'> = {},
): Promise<TestPlatform> {
  const database = await testDatabase()
  const platform = await createPlatform({ ...options, databaseUrl: database.appUrl })
  return {
    database,
    platform,
    services: platform.services,
    async close() {
      await platform.close()
      await database.drop()
    },
  }
}
