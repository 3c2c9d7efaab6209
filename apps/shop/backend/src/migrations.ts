import { fileURLToPath } from 'node:url'
import { CORE_MIGRATIONS, type MigrationSet, migrate } from '@gramkit/core'

/** The shop's own tables; they refer to core's, so core migrates first. */
export const SHOP_MIGRATIONS: MigrationSet = {
  schema: 'shop',
  folder: fileURLToPath(new URL('../migrations', import.meta.url)),
}

/** Brings the tables of core, of the shop and of the queue up to date, as the database's owner. */
export async function migrateShop(ownerUrl: string): Promise<void> {
  // The queue's SDK is heavy, and processes that serve never migrate.
  const { migrateQueue } = await import('@gramkit/core/jobs/bullmq')
  await migrate(ownerUrl, [CORE_MIGRATIONS, SHOP_MIGRATIONS])
  await migrateQueue(ownerUrl)
}
