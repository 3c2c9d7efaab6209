import { assert } from '@gramkit/core/kernel'
import pg from 'pg'
import { z } from 'zod'
import type { RunningBilling } from './running-billing.ts'

const tables = z.array(z.object({ name: z.string() }))
const texts = z.array(z.object({ row: z.string() }))

/** All rows of a tenant, as its database's superuser sees them, each as a text. */
export async function tenantRows(
  { database }: Pick<RunningBilling, 'database'>,
  tenantId: string,
): Promise<string[]> {
  const client = new pg.Client(database.adminUrl)
  await client.connect()
  try {
    const found = await client.query(`
      select table_name as name from information_schema.columns
      where table_schema = 'gramkit' and column_name = 'tenant_id' order by 1`)
    const names = tables.parse(found.rows).map(({ name }) => name)
    assert(names.length > 15, 'Billing has many tables')
    const all: string[] = []
    for (const name of names) {
      const { rows } = await client.query(
        `select '${name} ' || to_jsonb(t)::text as row from gramkit."${name}" t
         where tenant_id = $1 order by 1`,
        [tenantId],
      )
      all.push(...texts.parse(rows).map(({ row }) => row))
    }
    return all
  } finally {
    await client.end()
  }
}
