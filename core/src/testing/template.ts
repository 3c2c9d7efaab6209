import { CORE_MIGRATIONS, type MigrationSet, migrate } from '../platform/database/index.ts'

/** Brings an empty database to the state that database tests start from. */
export async function migrateTemplate(
  ownerUrl: string,
  appSets: readonly MigrationSet[] = [],
): Promise<void> {
  await migrate(ownerUrl, [CORE_MIGRATIONS, ...appSets])
}
