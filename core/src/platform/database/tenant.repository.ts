import { sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { assert } from '../../kernel/index.ts'
import { BaseRepository, type IdTable } from './base.repository.ts'
import { type Executor, rows } from './executor.ts'

/** A table whose every row belongs to a tenant; row-level security keeps tenants apart. */
export type TenantTable = IdTable & { readonly tenantId: PgColumn }

/**
 * Lets the statements of an open transaction see and write one tenant's rows, until it ends or
 * another tenant is entered, and gives the tenant that was entered before; an empty text is none.
 *
 * The setting is local to the transaction, so it never stays with a pooled connection, whoever pools
 * it. Rolling back to a savepoint brings back what was set before the savepoint.
 */
export async function enterTenant(executor: Executor, tenantId: string): Promise<string> {
  const [row] = await rows(
    executor,
    sql`with former as materialized (select current_setting('gramkit.tenant', true) as tenant)
        select coalesce(tenant, '') as tenant, set_config('gramkit.tenant', ${tenantId}, true)
        from former`,
    z.object({ tenant: z.string() }),
  )
  assert(row, 'A setting has a value')
  return row.tenant
}

/**
 * Reading and writing of one tenant's rows of one table. Every statement names the tenant, beside the
 * row-level security that refuses those of the others.
 */
export abstract class TenantRepository<Table extends TenantTable> extends BaseRepository<Table> {
  protected readonly tenantId: string

  constructor(db: Executor, tenantId: string, table: Table) {
    super(db, table, { tenantId } as Partial<Table['$inferInsert']>)
    this.tenantId = tenantId
  }

  /** Writes a new row of the tenant. */
  override insert(values: Omit<Table['$inferInsert'], 'tenantId'>): Promise<Table['$inferSelect']> {
    return super.insert(values as Table['$inferInsert'])
  }

  /** Writes a row of the tenant, or all given columns of the row that has its id already. */
  override upsert(values: Omit<Table['$inferInsert'], 'tenantId'>): Promise<Table['$inferSelect']> {
    return super.upsert(values as Table['$inferInsert'])
  }
}
