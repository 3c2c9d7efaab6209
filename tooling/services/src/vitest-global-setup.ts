import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import type { TestProject } from 'vitest/node'
import { startPostgres } from './postgres/cluster.ts'
import { createOwnedDatabase, ensureRoles, ROLES, withClient } from './postgres/roles.ts'
import type { TestCluster } from './test-cluster.ts'

const TEMPLATE = 'gramkit_template'
const MIGRATIONS = new URL('../../../core/src/testing/template.ts', import.meta.url)

/**
 * Starts one PostgreSQL for the database tests of a project and migrates the template they clone.
 *
 * `GRAMKIT_TEST_PG` (15 or 18) in the project's environment chooses the version. With
 * `GRAMKIT_TEST_DATABASE_URL`, the address of a superuser, an existing server is used instead.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const wanted = project.config.env?.['GRAMKIT_TEST_PG'] ?? process.env['GRAMKIT_TEST_PG']
  const existing = process.env['GRAMKIT_TEST_DATABASE_URL']
  const { cluster, close } =
    existing === undefined || existing === ''
      ? await embedded(wanted === '15' ? 15 : 18)
      : await external(existing, `${TEMPLATE}_${process.pid}_${project.name}`)
  try {
    await migrateTemplate(cluster.ownerUrl)
  } catch (error) {
    await close()
    throw error
  }
  project.provide('gramkitCluster', cluster)
  return close
}

interface Prepared {
  readonly cluster: TestCluster
  readonly close: () => Promise<void>
}

async function embedded(version: 15 | 18): Promise<Prepared> {
  const server = await startPostgres({ version })
  await server.createDatabase(TEMPLATE)
  const cluster: TestCluster = {
    version,
    template: TEMPLATE,
    adminUrl: server.adminUrl,
    ownerUrl: server.ownerUrl(TEMPLATE),
    appUrl: server.appUrl(TEMPLATE),
  }
  return { cluster, close: () => server.stop() }
}

async function external(adminUrl: string, template: string): Promise<Prepared> {
  await ensureRoles(adminUrl, { owner: 'test', app: 'test' })
  await createOwnedDatabase(adminUrl, template)
  const version = await withClient(adminUrl, async (client) => {
    const { rows } = await client.query<{ version: number }>(
      "select current_setting('server_version_num')::int / 10000 as version",
    )
    return rows[0]?.version ?? 0
  })
  const urlFor = (role: string): string => {
    const url = new URL(adminUrl)
    url.username = role
    url.password = 'test'
    url.pathname = `/${template}`
    return url.href
  }
  const close = (): Promise<void> =>
    withClient(adminUrl, async (client) => {
      await client.query(`drop database if exists ${template} with (force)`)
    })
  const cluster: TestCluster = {
    version,
    template,
    adminUrl,
    ownerUrl: urlFor(ROLES.owner),
    appUrl: urlFor(ROLES.app),
  }
  return { cluster, close }
}

/** Core is reached by its file: it depends on this package for its tests, not the other way round. */
async function migrateTemplate(ownerUrl: string): Promise<void> {
  if (!existsSync(MIGRATIONS)) return
  const module: { migrateTemplate(url: string): Promise<void> } = await import(
    pathToFileURL(MIGRATIONS.pathname).href
  )
  await module.migrateTemplate(ownerUrl)
}
