import { createPlatform } from '@gramkit/core'
import type { TenantBilling } from '@gramkit/core/billing'
import { aTenant } from '@gramkit/core/testing'
import { testDatabase } from '@gramkit/services/testing'
import { test as base } from 'vitest'

/** A test with the billing of a tenant that nobody else has, in a database of its own. */
export const test = base.extend<{ billing: TenantBilling }>({
  // biome-ignore lint/correctness/noEmptyPattern: a fixture says by its pattern what it needs
  billing: async ({}, use) => {
    const database = await testDatabase()
    const platform = await createPlatform({ databaseUrl: database.appUrl })
    await use(await aTenant(platform.core))
    await platform.close()
    await database.drop()
  },
})
