import { sql } from 'drizzle-orm'
import { z } from 'zod'
import {
  decodeCursor,
  type Page,
  type PageRequest,
  pageLimit,
  toPage,
} from '../../../kernel/index.ts'
import {
  BaseRepository,
  type Executor,
  enterTenant,
  rows,
} from '../../../platform/database/index.ts'
import { billingTenant } from './tenant.table.ts'
import type { Tenant } from './tenant.ts'

/** A tenant's own row. */
export class TenantRowRepository extends BaseRepository<typeof billingTenant> {
  readonly #tenantId: string

  constructor(db: Executor, tenantId: string) {
    super(db, billingTenant, { id: tenantId })
    this.#tenantId = tenantId
  }

  /**
   * Reads the tenant.
   *
   * @throws {@link NotFound}
   */
  get(): Promise<Tenant> {
    return this.getById(this.#tenantId)
  }
}

const idRow = z.object({ id: z.uuid() })

/** Work of billing that falls due. */
export type DueKind =
  | 'overdue'
  | 'billing'
  | 'recognition'
  | 'webhooks'
  | 'webhooks_over'
  | 'charge'
  | 'dunning'
  | 'late_fee'
  | 'quota'

/** The few questions that cross tenants; each is a function of the database and gives ids. */
export class TenantsRepository {
  readonly #db: Executor

  constructor(db: Executor) {
    this.#db = db
  }

  /** Lets the open transaction see one tenant's rows, and gives the tenant it saw before. */
  enter(tenantId: string): Promise<string> {
    return enterTenant(this.#db, tenantId)
  }

  /** One page of all tenants' ids, oldest first. */
  async listIds(request: PageRequest): Promise<Page<string>> {
    const limit = pageLimit(request)
    const after = request.cursor ? decodeCursor(request.cursor) : null
    const found = await rows(
      this.#db,
      sql`select id from gramkit.billing_tenants(${after}, ${limit + 1}) id`,
      idRow,
    )
    const page = toPage(found, limit, ({ id }) => id)
    return { ...page, items: page.items.map(({ id }) => id) }
  }

  /** Whose API key has a hash, or undefined. */
  async findOfKey(hash: string): Promise<string | undefined> {
    const [row] = await rows(
      this.#db,
      sql`select id from gramkit.billing_tenant_of_key(${hash}) id where id is not null`,
      idRow,
    )
    return row?.id
  }

  /** Tenants of which work of a kind has fallen due. */
  async listDue(kind: DueKind, now: Date): Promise<string[]> {
    const found = await rows(
      this.#db,
      sql`select id from gramkit.billing_due_tenants(${kind}, ${now.toISOString()}::timestamptz, 100) id`,
      idRow,
    )
    return found.map(({ id }) => id)
  }

  /** When the earliest work of a kind falls due, among all tenants. */
  async findNextDue(kind: DueKind): Promise<Date | undefined> {
    const query = sql`select gramkit.billing_next_due(${kind}) as at`
    const [row] = await rows(this.#db, query, z.object({ at: z.coerce.date().nullable() }))
    return row?.at ?? undefined
  }

  /** The tenants of which somebody is a customer. */
  async listOfUser(userId: string): Promise<string[]> {
    const found = await rows(
      this.#db,
      sql`select id from gramkit.billing_tenants_of_user(${userId}) id`,
      idRow,
    )
    return found.map(({ id }) => id)
  }
}
