import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate as applyFolder } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'

/** One set of migrations: core's own, or an app's. */
export interface MigrationSet {
  /** PostgreSQL schema that holds the set's tables and its journal. */
  readonly schema: string
  /** Folder that drizzle-kit wrote. */
  readonly folder: string
}

/** Where core's own migrations are, in the source tree and in the published package alike. */
export const CORE_MIGRATIONS: MigrationSet = {
  schema: 'gramkit',
  folder: fileURLToPath(new URL('../../../migrations', import.meta.url)),
}

/** Any fixed number: what matters is that all migrators of a database ask for the same lock. */
const ADVISORY_LOCK = 7_362_511

/**
 * Brings a database up to date, one set after another; safe to run from many processes at once.
 *
 * Must run as the owner of the database. drizzle's migrator takes no lock of its own (three at
 * once fail), so an advisory lock on a connection of its own stands around it.
 */
export async function migrate(ownerUrl: string, sets: readonly MigrationSet[]): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl, application_name: 'gramkit-migrate' })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCK])
    for (const set of sets) {
      await applyFolder(drizzle(client), {
        migrationsFolder: set.folder,
        migrationsSchema: set.schema,
        migrationsTable: 'migration',
      })
    }
  } finally {
    await client.end()
  }
}
