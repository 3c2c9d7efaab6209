import { CORE_MIGRATIONS, migrate } from '@gramkit/core'

/** Brings the tables of core and of the queue up to date, as the database's owner. */
export async function migrateBilling(ownerUrl: string): Promise<void> {
  // The queue's SDK is heavy, and processes that serve never migrate.
  const { migrateQueue } = await import('@gramkit/core/jobs/bullmq')
  await migrate(ownerUrl, [CORE_MIGRATIONS])
  await migrateQueue(ownerUrl)
}
