import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import { createOwnedDatabase, withClient } from './postgres/roles.ts'
import type { TestCluster } from './test-cluster.ts'

/** A database of one test file's own, with every core migration in it. */
export interface TestDatabase extends AsyncDisposable {
  readonly name: string
  /** Address for migrations: `gramkit_owner`. */
  readonly ownerUrl: string
  /** Address for the code under test: `gramkit_app_login`. */
  readonly appUrl: string
  /** Address of the superuser, for faults and for looking where nobody else may. */
  readonly adminUrl: string
  /** Removes the database, ending connections that are still open. */
  drop(): Promise<void>
}

/**
 * Clones the migrated template into a new database.
 *
 * @example
 * const database = await testDatabase()
 * afterAll(() => database.drop())
 */
export async function testDatabase(
  options: {
    /** Start from an empty database instead of the migrated template. [false] */
    readonly empty?: boolean
  } = {},
): Promise<TestDatabase> {
  const cluster = testCluster()
  const name = `test_${randomBytes(8).toString('hex')}`
  await createOwnedDatabase(
    cluster.adminUrl,
    name,
    options.empty === true ? {} : { template: cluster.template },
  )
  const drop = (): Promise<void> =>
    withClient(cluster.adminUrl, async (client) => {
      await client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`)
    })
  return {
    name,
    ownerUrl: onDatabase(cluster.ownerUrl, name),
    appUrl: onDatabase(cluster.appUrl, name),
    adminUrl: onDatabase(cluster.adminUrl, name),
    drop,
    [Symbol.asyncDispose]: drop,
  }
}

/** The cluster that this run of database tests uses: its major version and addresses. */
export function testCluster(): TestCluster {
  return inject('gramkitCluster')
}

function onDatabase(url: string, database: string): string {
  const changed = new URL(url)
  changed.pathname = `/${database}`
  return changed.href
}
